"""*Evaluatie*: how fast, whom it reached, what was told and answered. All from the rows.

As a page, as a tagged PDF, and its numbers as CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import evaluation_texts as texts
from bot.console.doors import Door, Visit
from bot.console.journal_texts import BY_ITSELF
from bot.console.learning import keep_lesson, lesson_values, read_lesson
from bot.console.number_files import Number, send_numbers
from bot.console.pages import fragment
from bot.console.poll_results import Result, poll_values
from bot.console.printing import send_pdf
from bot.console.texts import DOMAINS
from bot.learning_texts import KEEP_SO, NOT_KEPT
from briefings.learning.lessons import NewLesson, NotKept
from briefings.learning.pace import Moment, Step, read_moments
from briefings.learning.reached import Reached, read_reached, summed
from briefings.learning.timeline import read_timeline
from briefings.learning.unsent import CalledOff, read_called_off
from briefings.moments import day, local_date, moment
from briefings.pdf import Sheet
from briefings.rows import Briefing, BriefingKind
from briefings.versions import SENT, first_texts, versions_of
from contacts.delivery_counts import count_deliveries
from contacts.permissions import Permission
from feeds.rows import Event
from signals.feedback import shown_count
from signals.help_count_rows import HelpStep
from signals.help_counts import HelpLine, help_of_event
from signals.looking_back import Told, read_told
from signals.picture import total_of
from signals.picture_moments import is_live, seen_by
from signals.promises import answer_parts
from signals.rows import Signal

_PAGE = "/gebeurtenis/{number:int}/evaluatie"


@dataclass(frozen=True, slots=True)
class Promises:
    """Answers that were promised: how many in time. Under three nothing is told.

    ``in_time``, ``late`` (answered or not) and ``open`` (not late yet) share nothing, so that no
    two of them give away a third; ``asked`` is no more exact than they are together.
    """

    asked: str
    in_time: str
    late: str
    open: str
    median_h: float | None


async def show_evaluation(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/evaluatie``."""
    return await _page(visit, await visit.event())


async def _page(
    visit: Visit,
    event: Event,
    *,
    error: str = "",
    typed: NewLesson | None = None,
    asks_again: bool = False,
) -> Response:
    values = await _values(visit, event, typed)
    status = 422 if error else 200
    return await visit.show_of(
        event,
        "evaluatie",
        "evaluatie.html",
        status=status,
        error=error,
        asks_again=KEEP_SO if asks_again else "",
        **values,
    )


async def add(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/les``: one thing to keep, one to change."""
    event = await visit.event()
    typed = read_lesson(visit)
    kept = await keep_lesson(visit, event, typed)
    if isinstance(kept, NotKept):
        return await _page(
            visit, event, error=NOT_KEPT[kept.reason], typed=typed,
            asks_again=kept.reason == "role",
        )  # fmt: skip
    return visit.back(f"/gebeurtenis/{event.id}/evaluatie", done="lesson_added")


async def _values(visit: Visit, event: Event, typed: NewLesson | None = None) -> dict[str, Any]:
    """What the page, the paper and the file are made of."""
    assert event.id is not None
    session = visit.session
    versions = await versions_of(session, event.id)
    off = await read_called_off(session, versions)
    # What was called off before anybody had it may count as sent, and yet it told nobody.
    told = [version for version in versions if version.id not in off.whole]
    sent = [version for version in told if version.status in SENT]
    found = await session.exec(select(Signal).where(col(Signal.event_id) == event.id))
    signals = found.all()
    reached = await read_reached(session, first_texts(told))
    timeline = await read_timeline(session, event.id, versions, leaving_out=BY_ITSELF)
    return {
        "moments": await read_moments(session, event, told),
        "steps": texts.STEPS,
        "timeline": [(line, texts.line_words(line.action)) for line in timeline],
        "counts": await count_deliveries(session, event_id=event.id),
        "versions": sent,
        "off": off,
        "corrections": sum(version.kind is BriefingKind.CORRECTION for version in sent),
        "reached": reached,
        "reached_all": summed(reached),
        "domains": DOMAINS,
        "all_domains": texts.ALL_DOMAINS,
        "told": await read_told(session, event.id, seen_by(visit.actor, signals)),
        "of_moments": not is_live(visit.actor),
        "promises": promises_of(signals, now=visit.now),
        "has_single": bool(signals),
        "help_lines": await help_of_event(session, event.id),
        "help_steps": list(HelpStep),
        **await lesson_values(visit, event, typed),
        **await poll_values(visit, event),
    }


def promises_of(signals: Sequence[Signal], *, now: datetime) -> Promises:
    """Whether who told something heard in time what happened with it. Pure."""
    asked = [signal for signal in signals if signal.wants_feedback]
    parts = answer_parts(asked, now=now)
    hours = [
        (s.closed_at - s.received_at).total_seconds() / 3600
        for s in asked
        if s.closed_at is not None
    ]
    return Promises(
        asked=total_of(parts),
        in_time=shown_count(parts["in_time"]),
        late=shown_count(parts["late"]),
        open=shown_count(parts["open"]),
        median_h=round(median(hours), 1) if len(hours) > 2 else None,
    )


async def print_evaluation(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/evaluatie/pdf``: the tables, on paper."""
    event = await visit.event()
    values = await _values(visit, event)
    sheet = Sheet(
        subject=texts.PAPER_TITLE.format(name=await visit.name_of(event)),
        body=fragment("evaluatie_papier.html", now=visit.now, **values),
        audience=texts.FOR_WHOM,
        stand=day(local_date(visit.now)),
        sender=visit.parts.config.briefings.city,
        is_exercise=event.is_exercise,
    )
    return await send_pdf(visit.request, sheet, name=texts.FILE_NAME.format(number=event.id))


async def send_figures(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/evaluatie/csv``: the same numbers for a spreadsheet."""
    event = await visit.event()
    values = await _values(visit, event)
    numbers = [
        *_paces(values["moments"]),
        *_reaches(values["reached"], values["reached_all"]),
        *_versions(values["versions"], values["off"]),
        *_tellings(values["told"]),
        *_promises(values["promises"], has_single=values["has_single"]),
        *_helps(values["help_lines"]),
        *_answers(values["poll_results"]),
    ]
    return send_numbers(
        numbers, name=texts.FILE_NAME.format(number=event.id), is_exercise=event.is_exercise
    )


def _paces(moments: Sequence[Moment]) -> list[Number]:
    found = []
    for one in moments:
        step = texts.STEPS[one.step]
        found.append(Number(texts.PACE, step, moment(one.at), texts.UNIT_MOMENT))
        if one.step is not Step.SEEN:
            minutes = round(one.since.total_seconds() / 60)
            found.append(Number(texts.PACE, step, str(minutes), texts.UNIT_MINUTES))
    return found


def _reaches(reached: Sequence[Reached], total: Reached | None) -> list[Number]:
    rows = [(DOMAINS[one.domain], one) for one in reached]
    if total is not None:
        rows.append((texts.ALL_DOMAINS, total))
    return [
        Number(texts.REACH, f"{name}: {what}", str(count), texts.UNIT_ORGANISATIONS)
        for name, one in rows
        for what, count in (
            (texts.PLANNED, one.organisations), (texts.REACHED, one.reached),
            (texts.IN_TIME, one.in_time), (texts.MISSED, one.missed), (texts.READ, one.read),
        )
    ]  # fmt: skip


def _versions(versions: Sequence[Briefing], off: CalledOff) -> list[Number]:
    numbers = {texts.VERSIONS: len(versions), texts.OFF: len(off.whole)}
    return [Number(texts.TEXTS, what, str(n), texts.UNIT_NUMBER) for what, n in numbers.items()]


def _tellings(told: Told) -> list[Number]:
    groups = ((texts.TOLD, told.per_domain), (texts.KINDS, told.kinds),
              (texts.OUTCOMES, told.outcomes))  # fmt: skip
    return [
        Number(group, bar.label, bar.shown, texts.UNIT_ORGANISATIONS)
        for group, bars in groups
        for bar in bars
    ]


def _promises(promises: Promises, *, has_single: bool) -> list[Number]:
    if not has_single:
        return []
    rows = {
        texts.ASKED: promises.asked, texts.ANSWERED_IN_TIME: promises.in_time,
        texts.LATE: promises.late, texts.STILL_OPEN: promises.open,
    }  # fmt: skip
    return [Number(texts.PROMISES, name, n, texts.UNIT_SIGNALS) for name, n in rows.items()]


def _helps(lines: Sequence[HelpLine]) -> list[Number]:
    return [
        Number(texts.HELP, f"{line.label}: {step.value}", shown, texts.UNIT_TIMES)
        for line in lines
        for step, shown in zip(HelpStep, line.shown, strict=True)
    ]


def _answers(results: Sequence[Result]) -> list[Number]:
    return [
        Number(result.heading, bar.label, bar.shown, texts.UNIT_ANSWERS)
        for result in results
        for bar in result.bars
    ]


DOORS = (
    Door(_PAGE, show_evaluation, Permission.SEE_STATUS),
    Door("/gebeurtenis/{number:int}/les", add, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_PAGE}/pdf", print_evaluation, Permission.SEE_STATUS),
    Door(f"{_PAGE}/csv", send_figures, Permission.SEE_STATUS),
)
