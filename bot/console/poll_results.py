"""What readers answered to the two questions, on the evaluation; and the button that asks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from bot import poll_texts as texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.texts import DOMAINS
from bot.poll_asking import ask_readers, count_readers_of, next_office_hour
from briefings.learning.polls import (
    OFFERED,
    Answered,
    can_ask,
    is_open,
    poll_of,
    read_answers,
    read_words,
    wipe_words,
)
from briefings.learning.rows import Question
from briefings.moments import day, local_date
from contacts.directory import Domain
from contacts.permissions import Permission, may
from feeds.rows import Event
from signals.feedback import shown_count
from signals.looking_back import as_bars
from signals.picture import Bar, total_of

_EVENT = "/gebeurtenis/{number:int}"


@dataclass(frozen=True, slots=True)
class Result:
    """One question as it may be shown. ``rows``: per answer its label and one count per domain."""

    heading: str
    given: str
    bars: tuple[Bar, ...]
    rows: Sequence[tuple[str, Sequence[str]]]


async def poll_values(visit: Visit, event: Event) -> dict[str, Any]:
    """What the evaluation shows of the questions of this event."""
    assert event.id is not None
    session = visit.session
    poll = await poll_of(session, event.id)
    may_act = may(visit.actor, Permission.MANAGE_EVENT)
    can = may_act and can_ask(event, poll)
    answers = await read_answers(session, event.id) if poll else {}
    may_read = may(visit.actor, Permission.READ_SIGNALS)
    return {
        "poll": poll,
        "poll_open": is_open(poll, visit.now),
        "poll_until": day(local_date(poll.closes_at)) if poll else "",
        "poll_readers": await count_readers_of(session, event) if can else 0,
        "poll_when": next_office_hour(visit.now),
        "poll_results": [
            result_of(question, found) for question, found in answers.items() if found.given
        ],
        "poll_words": await read_words(session, event.id, visit.parts.sealer) if may_read else [],
        "domain_names": list(DOMAINS.values()),
    }


def result_of(question: Question, found: Answered) -> Result:
    """Counts as they may be shown. Pure."""
    labels, keys = texts.ANSWERS[question], list(OFFERED[question])
    parts = {key: {one: n[key] for one, n in found.domains.items()} for key in keys}
    cells = {(key, one): n for key in keys for one, n in parts[key].items()}
    # A total beside its parts is as vague as they are, or one could be taken from the other;
    # it is drawn as long as it is at least.
    totals = {labels[key]: total_of(parts[key]) for key in keys}
    drawn = as_bars({label: int(shown.partition("-")[0]) for label, shown in totals.items()})
    return Result(
        texts.HEADINGS[question],
        total_of(cells),
        tuple(replace(bar, shown=totals[bar.label]) for bar in drawn),
        [
            (
                labels[key],
                [
                    shown_count(found.domains[domain][key]) if domain in found.domains else "0"
                    for domain in Domain
                ],
            )
            for key in OFFERED[question]
        ],
    )


async def ask(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/vraag``: send the questions, once."""
    event = await visit.event()
    poll = await ask_readers(visit.session, event, who=visit.actor.who, now=visit.now)
    if poll is None:
        raise StalePage
    return visit.back(f"/gebeurtenis/{event.id}/evaluatie", done="poll_asked")


async def wipe(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/vraag/wissen``: typed words that should not stay."""
    event = await visit.event()
    assert event.id is not None
    await wipe_words(
        visit.session, event.id, visit.number("zin"), who=visit.actor.who, now=visit.now
    )
    return visit.back(f"/gebeurtenis/{event.id}/evaluatie", done="poll_wiped")


DOORS = (
    Door(f"{_EVENT}/vraag", ask, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/vraag/wissen", wipe, Permission.READ_SIGNALS, "POST"),
)
