"""The fact block at the desk: edited once, seen in the seven texts at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import done_texts, texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.forms import moment
from bot.console.seen import stamp
from bot.evening import writing
from bot.evening.asking_again import waits_again
from bot.evening.forewarning import forewarned
from bot.evening.promising import called, desk_choices, promise_from
from bot.evening.sourcing import clock_time, is_long_ago, said_at, source_names
from bot.evening.starting import next_time
from bot.evening.writing import NewFact, NotStored
from bot.evening.wrong_parts import was_sent
from briefings.facts import (
    FactRefused,
    facts_of,
    set_context,
    set_next_update,
    withdraw_fact,
)
from briefings.proposals import proposals
from briefings.rows import Fact, FactKind
from contacts.directory import Audience
from contacts.permissions import Permission
from feeds.rows import Event, EventStatus

KINDS = (FactKind.CONFIRMED, FactKind.UNCONFIRMED, FactKind.UNKNOWN, FactKind.DENIED)
MEASURE_FIELDS = ("for_whom", "where", "from_", "until", "decided_by")
#: no moment that a page offers is further away
FURTHEST = timedelta(days=1, hours=1)
CONTEXT_FIELDS = ("neutral_title", "local_tie", "meaning", "meaning_speaker")


#: the field that a refusal is about; of any other it is said above the form
FIELDS = {
    "person": "tekst", "too_precise": "tekst", "too_long": "tekst", "empty": "tekst",
    "no_source": "bron", "needs_official_source": "bron", "source_in_future": "tijd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed in a form that came back, so that nothing has to be typed twice.

    ``at``: the field that the error is about; empty when it is about the form.
    """

    form: str = ""
    values: dict[str, str] = field(default_factory=dict)
    error: str = ""
    at: str = ""

    def error_of(self, form: str, name: str = "") -> str:
        """The error to say at this field of this form; without a name, above the form."""
        return self.error if (self.form, self.at) == (form, name) else ""


async def show_facts(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/feiten``."""
    return await _page(visit, await visit.event(), Given())


async def _page(visit: Visit, event: Event, given: Given) -> Response:
    assert event.id is not None
    if event.status in (EventStatus.DETECTED, EventStatus.DISMISSED):
        return visit.back(f"/gebeurtenis/{event.id}")
    view = await facts_of(visit.session, event.id)
    offered = await proposals(visit.session, event.id)
    soonest = await promise_from(visit.session, event, now=visit.now)
    groups = [
        (FactKind.CONFIRMED, view.confirmed),
        (FactKind.UNCONFIRMED, view.unconfirmed),
        (FactKind.UNKNOWN, view.unknown),
        (FactKind.DENIED, view.denied),
        (FactKind.MEASURE, view.measures),
    ]
    sources = source_names([*chat_texts.OFFICIAL_SOURCES, *(o.source_name for o in offered)])
    return await visit.show_of(
        event,
        "feiten",
        "feiten.html",
        status=422 if given.error else 200,
        block=view.block,
        groups=groups,
        kinds=KINDS,
        headings=texts.FACT_HEADINGS,
        audiences=texts.AUDIENCES,
        namen_van_lezers={one.value: label for one, label in texts.AUDIENCES.items()},
        offered=offered,
        promised=called(view.block.next_update_at, visit.now),
        soonest=called(soonest, visit.now),
        update_choices=desk_choices(visit.now, soonest),
        sources=sources,
        given=given,
        again=await waits_again(visit.session, event.id),
        warning=await forewarned(visit.session, event.id, now=visit.now),
    )


async def add(visit: Visit) -> Response:
    """``POST …/feiten``: one sentence with its source."""
    event = await visit.event()
    given = {name: visit.text(name) for name in ("soort", "tekst", "bron", "tijd", "link")}
    kind = FactKind(given["soort"])
    if kind not in KINDS:
        raise ValueError("not a sentence")
    at = clock_time(given["tijd"])
    if given["tijd"] and at is None:
        return await _page(visit, event, Given("feit", given, texts.TIME_LIKE_THIS, "tijd"))
    fact = NewFact(
        kind,
        given["tekst"],
        given["bron"],
        said_at(at, visit.now) if at else None,
        given["link"] or None,
    )
    return await _store(visit, event, fact, "feit", given, is_typed=at is not None)


async def add_measure(visit: Visit) -> Response:
    """``POST …/maatregel``."""
    event = await visit.event()
    names = ("tekst", *MEASURE_FIELDS, "applies")
    given = {name: visit.text(name) for name in names}
    measure: dict[str, Any] = {name: given[name] for name in MEASURE_FIELDS}
    measure["until"] = measure["until"] or chat_texts.UNTIL_FURTHER_NOTICE
    measure["applies"] = "nee" if given["applies"] == "nee" else "ja"
    chosen = [audience.value for audience in Audience if visit.text(f"lezer-{audience.value}")]
    if measure["applies"] == "ja" and chosen:
        measure["audiences"] = chosen
    fact = NewFact(FactKind.MEASURE, given["tekst"], given["decided_by"], measure=measure)
    return await _store(visit, event, fact, "maatregel", given)


async def _store(
    visit: Visit,
    event: Event,
    fact: NewFact,
    form: str,
    values: dict[str, str],
    *,
    is_typed: bool = False,
) -> Response:
    """:param is_typed: when its source said so was typed as a clock time."""
    assert event.id is not None
    before = (await facts_of(visit.session, event.id)).block.version
    stored = await writing.store_fact(
        visit.session,
        event,
        visit.actor,
        fact,
        visit.parts.config.briefings,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(stored, NotStored):
        error = chat_texts.REFUSALS.get(stored.reason, stored.reason)
        at = FIELDS.get(stored.reason, "") if form == "feit" else ""
        return await _page(visit, event, Given(form, values, error, at))
    done = "fact_lowered" if stored.lowered else "fact_added"
    if visit.text("versie") != str(before):
        done = "fact_added_beside"
    if is_typed and is_long_ago(fact.source_at, visit.now):
        done += done_texts.YESTERDAY
    return visit.back(f"/gebeurtenis/{event.id}/feiten", done=done)


async def take_over(visit: Visit) -> Response:
    """``POST …/overnemen``: a title from the news, as *nog niet bevestigd*."""
    event = await visit.event()
    assert event.id is not None
    offered = await proposals(visit.session, event.id)
    chosen = next((offer for offer in offered if offer.text == visit.text("tekst")), None)
    if chosen is None:
        raise StalePage
    fact = NewFact(
        FactKind.UNCONFIRMED,
        chosen.text,
        chosen.source_name,
        chosen.source_at,
        chosen.source_link,
    )
    return await _store(visit, event, fact, "overnemen", {})


async def confirm(visit: Visit) -> Response:
    """``POST …/feiten/bevestigd``: what was not confirmed yet is so now, with who says so."""
    event = await visit.event()
    fact = await visit.session.get(Fact, visit.number("feit"))
    if fact is None or fact.event_id != event.id:
        raise LookupError("no such fact")
    if fact.withdrawn_at is not None or fact.kind is not FactKind.UNCONFIRMED:
        raise StalePage
    given = {name: visit.text(name) for name in ("bron", "tijd", "link")}
    form = f"bevestigd-{fact.id}"
    at = clock_time(given["tijd"])
    if given["tijd"] and at is None:
        return await _page(visit, event, Given(form, given, texts.TIME_LIKE_THIS, "tijd"))
    said = said_at(at, visit.now) if at else None
    stored = await writing.confirm_fact(
        visit.session,
        event,
        visit.actor,
        fact,
        source=given["bron"],
        source_at=said,
        link=given["link"] or None,
        settings=visit.parts.config.briefings,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(stored, NotStored):
        error = chat_texts.REFUSALS.get(stored.reason, stored.reason)
        # Its sentence stands there already: only its source can be typed.
        about = FIELDS.get(stored.reason, "").replace("tekst", "")
        return await _page(visit, event, Given(form, given, error, about))
    later = done_texts.YESTERDAY if is_long_ago(said, visit.now) else ""
    return visit.back(f"/gebeurtenis/{event.id}/feiten", done=f"fact_confirmed{later}")


async def remove(visit: Visit) -> Response:
    """``POST …/feiten/weg``: out of the block, kept as history.

    What readers have in hand is asked about first: wrong takes a correction.
    """
    event = await visit.event()
    fact = await visit.session.get(Fact, visit.number("feit"))
    if fact is None or fact.event_id != event.id or fact.id is None:
        raise LookupError("no such fact")
    outdated = bool(visit.text("achterhaald"))
    if not outdated and await was_sent(visit.session, event, fact, now=visit.now):
        given = {"feit": str(fact.id), "tekst": fact.text}
        return await _page(visit, event, Given("weg", given, texts.SENT_ALREADY))
    await withdraw_fact(visit.session, fact.id, editor_id=visit.actor.person_id, now=visit.now)
    return await _redrafted(visit, event, "fact_removed")


async def promise(visit: Visit) -> Response:
    """``POST …/volgende-update``: a moment that was offered, or a clock time, today or tomorrow."""
    event = await visit.event()
    assert event.id is not None
    block = (await facts_of(visit.session, event.id)).block
    await visit.hold(block)
    values = {"tijd": visit.text("tijd")}
    if visit.text("gezien") != stamp(block.next_update_at):
        return await _page(visit, event, Given("update", values, texts.SOMEBODY_ELSE))
    soonest = await promise_from(visit.session, event, now=visit.now)
    clock = clock_time(visit.text("tijd"))
    if visit.text("moment"):
        at = moment(visit.fields, "moment")
    elif clock is not None:
        at = next_time(soonest, clock)
    else:
        return await _page(visit, event, Given("update", values, texts.TIME_LIKE_THIS, "tijd"))
    if at < soonest:
        return await _page(visit, event, Given("update", values, chat_texts.MOMENT_IS_OVER))
    if at > soonest + FURTHEST:
        raise ValueError("no moment that was offered")
    await set_next_update(
        visit.session, event.id, at, editor_id=visit.actor.person_id, now=visit.now
    )
    return await _redrafted(visit, event, "promise_set")


async def put_context(visit: Visit) -> Response:
    """``POST …/kader``: title, local tie and public words. A stale form saves nothing."""
    event = await visit.event()
    assert event.id is not None
    given = {name: visit.text(name) for name in CONTEXT_FIELDS}
    block = (await facts_of(visit.session, event.id)).block
    await visit.hold(block)
    if visit.text("versie") != str(block.version):
        return await _page(visit, event, Given("kader", given, texts.SOMEBODY_ELSE))
    if not given["neutral_title"]:
        return await _page(visit, event, Given("kader", given, texts.TITLE_MISSING))
    refused = await set_context(
        visit.session,
        event.id,
        editor_id=visit.actor.person_id,
        now=visit.now,
        neutral_title=given["neutral_title"][:120],
        local_tie=given["local_tie"][:300],
        meaning=given["meaning"][:400],
        meaning_speaker=given["meaning_speaker"][:120],
        allow=visit.parts.config.signals.allow,
    )
    if isinstance(refused, FactRefused):
        error = chat_texts.REFUSALS.get(refused.reason, refused.reason)
        return await _page(visit, event, Given("kader", given, error))
    return await _redrafted(visit, event, "context_set")


async def _redrafted(visit: Visit, event: Event, done: str) -> Response:
    settings = visit.parts.config.briefings
    await writing.redraft(visit.session, event, visit.actor, settings, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/feiten", done=done)


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/feiten", show_facts, Permission.SEE_STATUS),
    Door(f"{_EVENT}/feiten", add, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/maatregel", add_measure, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/overnemen", take_over, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/feiten/bevestigd", confirm, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/feiten/weg", remove, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/volgende-update", promise, Permission.EDIT_FACTS, "POST"),
    Door(f"{_EVENT}/kader", put_context, Permission.EDIT_FACTS, "POST"),
)
