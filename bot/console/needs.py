"""What needs a person now: one list per kind of need, each with its moment. No writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.text_forms import cut
from bot.console import calling_texts, overleg_texts, texts
from bot.console import needs_asked as asked
from bot.console.away import what_is_away
from bot.console.texts import AUDIENCES as NAMES
from bot.evening.own_said import why_not_by
from bot.settings import TickSettings
from briefings.moments import at_clock, local_date
from briefings.overleg.agreements import open_actions
from briefings.promising import due_of
from briefings.rows import Briefing, BriefingStatus
from briefings.settings import BriefingSettings
from contacts.outbox import (
    DISTRIBUTED,
    MessageKind,
)
from contacts.permissions import Permission
from contacts.reason_texts import HALTED
from contacts.records import read_columns
from feeds.lexicon import mask_names
from feeds.rows import Source
from feeds.texts import FAULTS
from signals.rows import SignalStatus, ToldAs

#: of the remark that texts were sent back with; the page of the texts has all of it
REMARK_SHOWN = 140


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a person must do. ``due`` orders things of one kind; ``by`` says what
    that moment is: a deadline, or since when. ``opens_for``: who may open the page of it.
    ``acts``: who can do something about it there; it is no need of anybody else's."""

    what: str
    detail: str
    by: str
    due: datetime
    event_id: int | None = None
    is_exercise: bool = False
    page: str = ""
    is_everybodys: bool = False
    opens_for: Permission = Permission.SEE_STATUS
    acts: Permission = Permission.USE_CONSOLE

    @property
    def path(self) -> str:
        """Where it can be done; empty when only the machine's keeper can."""
        if self.page.startswith("/") or self.event_id is None:
            return self.page
        return f"/gebeurtenis/{self.event_id}{self.page and '/'}{self.page}"


async def alerts(session: AsyncSession, patience: timedelta, *, now: datetime) -> list[Need]:
    return [
        Need(
            what=texts.NEED_ALERT.format(title=mask_names(event.title)),
            detail=texts.NEED_ALERT_DETAIL.format(severity=event.suggested_severity),
            by=texts.DECIDE_BY,
            # What was set apart may have rung long before, as a part of the whole.
            due=max(event.alerted_at or event.detected_at, event.detected_at) + patience,
            event_id=event.id,
            is_exercise=event.is_exercise,
            acts=Permission.MANAGE_EVENT,
        )
        for event in await read_columns(session, asked.ALERTED)
        if event.snoozed_until is None or event.snoozed_until <= now
    ]


async def drafts(
    session: AsyncSession,
    titles: Mapping[int, str],
    settings: BriefingSettings,
    *,
    reader: int | None,
) -> list[Need]:
    """Versions that did not go.

    :param reader: who reads it; where somebody else has to approve, they are told.
    """
    waiting = (await session.exec(asked.DRAFTS)).all()
    due = {one.id: await due_of(session, one, event.send_before) for one, event in waiting}
    return [
        Need(
            what=_what_of(briefing).format(title=title_of(titles, event.id)),
            detail=_detail_of(briefing)
            + _by_another(await why_not_by(session, event, briefing, reader, settings, NAMES)),
            by=texts.SEND_BY if due[briefing.id] else texts.SINCE,
            due=due[briefing.id] or briefing.edited_at,
            event_id=event.id,
            is_exercise=event.is_exercise,
            page="teksten" if briefing.status is BriefingStatus.DRAFT else "verzenden",
            acts=Permission.MANAGE_EVENT,
        )
        for briefing, event in waiting
    ]


def _by_another(why: str) -> str:
    return texts.NEED_OTHER.format(why=why) if why else ""


def _what_of(briefing: Briefing) -> str:
    return texts.NEED_SENT_BACK if _came_back(briefing) else texts.NEED_DRAFT[briefing.status]


def _detail_of(briefing: Briefing) -> str:
    """The kind, and what an approver remarked on it. Pure."""
    kind, remark = texts.BRIEFING_KINDS[briefing.kind], _came_back(briefing)
    if not remark:
        return kind
    return texts.NEED_REMARK.format(kind=kind, remark=cut(remark, REMARK_SHOWN))


def _came_back(briefing: Briefing) -> str:
    """With which remark it came back; empty when it did not, or was handed in again. Pure."""
    is_back = briefing.status is BriefingStatus.DRAFT
    return " ".join((briefing.sent_back_reason or "").split()) if is_back else ""


async def unknown(session: AsyncSession, titles: Mapping[int, str]) -> list[Need]:
    found = await read_columns(session, asked.UNKNOWN)
    counts: dict[tuple[int | None, bool], tuple[int, datetime]] = {}
    for event_id, is_exercise, send_at, kind, number in found:
        if number:
            # Answers, alerts and conversations stand together on a page of their own.
            key = event_id if kind in DISTRIBUTED else None, is_exercise
            before, since = counts.get(key, (0, send_at))
            counts[key] = before + number, min(since, send_at)
    return [
        Need(
            what=counted(texts.NEED_UNKNOWN, number),
            detail=texts.NOT_A_BRIEFING if event_id is None else title_of(titles, event_id),
            by=texts.SINCE,
            due=since,
            event_id=event_id,
            is_exercise=is_exercise,
            page="/berichten" if event_id is None else "verzenden",
        )
        for (event_id, is_exercise), (number, since) in counts.items()
    ]


async def waiting_signals(session: AsyncSession, *, is_exercise: bool) -> list[asked.Waiting]:
    """Signals without an answer, the oldest promise first."""
    found = await read_columns(session, asked.SIGNALS, {"in_exercise": is_exercise})
    return list(map(asked.Waiting._make, found))


def late_answers(
    waiting: Iterable[asked.Waiting], titles: Mapping[int, str], *, now: datetime
) -> list[Need]:
    """Promises of an answer that are over, per event. Pure."""
    late = [s for s in waiting if s.answer_due_at < now]
    return [
        Need(
            what=counted(texts.NEED_ANSWER[told_as], len(group)),
            detail=title_of(titles, event_id),
            by=texts.PROMISED_BY,
            due=min(signal.answer_due_at for signal in group),
            event_id=event_id,
            is_exercise=is_exercise,
            page="/signalen",
            opens_for=Permission.READ_SIGNALS,
        )
        for (event_id, is_exercise, told_as), group in _alike(late).items()
    ]


def unread(waiting: Iterable[asked.Waiting], titles: Mapping[int, str]) -> list[Need]:
    """New signals that nobody read, per event, with the hour that was promised. Pure."""
    new = [s for s in waiting if s.status is SignalStatus.NEW and s.read_at is None]
    return [
        Need(
            what=counted(texts.NEED_UNREAD[told_as], len(group)),
            detail=title_of(titles, event_id),
            by=texts.READ_BY,
            due=min(signal.read_due_at or signal.received_at for signal in group),
            event_id=event_id,
            is_exercise=is_exercise,
            page="/signalen",
            opens_for=Permission.READ_SIGNALS,
        )
        for (event_id, is_exercise, told_as), group in _alike(new).items()
    ]


def _alike(
    signals: Iterable[asked.Waiting],
) -> dict[tuple[int | None, bool, ToldAs], list[asked.Waiting]]:
    """By event, and signals, questions and examples each by their own word."""
    groups: dict[tuple[int | None, bool, ToldAs], list[asked.Waiting]] = {}
    for one in signals:
        groups.setdefault((one.event_id, one.is_exercise, one.told_as), []).append(one)
    return groups


async def calls(session: AsyncSession, titles: Mapping[int, str], *, now: datetime) -> list[Need]:
    """Whom no channel reached, per event."""
    found = await read_columns(session, asked.CALLS, {"until": now})
    return [
        Need(
            what=counted(calling_texts.NEED, count),
            detail=title_of(titles, event_id),
            by=texts.SINCE,
            due=since,
            event_id=event_id,
            is_exercise=is_exercise,
            page="verzenden",
            acts=Permission.MANAGE_EVENT,
        )
        for event_id, is_exercise, count, since in found
    ]


async def halted(session: AsyncSession, titles: Mapping[int, str], *, now: datetime) -> list[Need]:
    """One for each text, however many forms of it wait."""
    found = await read_columns(session, asked.HALTED)
    stopped = {(one.event_id, one.briefing_id or -one.id, one.kind): one for one in found}
    return [
        Need(
            what=_stopped(message.kind, message.halt_reason),
            detail=title_of(titles, message.event_id),
            by=texts.SINCE if message.send_at <= now else texts.MEANT_FOR,
            due=message.send_at,
            event_id=message.event_id,
            is_exercise=message.is_exercise,
            page="verzenden" if message.kind in DISTRIBUTED else "/berichten",
        )
        for message in stopped.values()
    ]


def _stopped(kind: MessageKind, reason: str | None) -> str:
    """What stands still, and why when the machine stopped it. Pure."""
    what = texts.NEED_HALTED.format(kind=texts.MESSAGE_KINDS[kind])
    why = HALTED.get(reason or "")
    return f"{what}, want {why}" if why else what


async def away(session: AsyncSession, ticks: TickSettings, *, now: datetime) -> list[Need]:
    """Channels that are silent, and parts of the machine that stand still."""
    return [
        Need(
            what=one.what,
            detail=texts.NEED_PAUSE_DETAIL.format(reason=one.why, advice=one.advice)
            if one.why
            else one.advice,
            by=texts.SINCE,
            due=one.since,
            is_everybodys=True,
        )
        for one in await what_is_away(session, ticks, now=now)
    ]


def unchecked_lines(settings: BriefingSettings, *, now: datetime) -> list[Need]:
    """Lines of the city that nobody checked: as long as there are any, nothing real goes out."""
    lines = settings.unverified(local_date(now))
    if not lines:
        return []
    return [
        Need(
            what=counted(texts.NEED_LINES, len(lines)),
            detail=texts.NEED_LINES_DETAIL,
            by=texts.AS_OF,
            due=now,
            page="/meldkaart",
            opens_for=Permission.MANAGE_CONTACTS,
        )
    ]


async def late_actions(session: AsyncSession, *, is_exercise: bool, now: datetime) -> list[Need]:
    """What the overleg agreed, and is not done although its day is over."""
    today = local_date(now)
    return [
        Need(
            what=overleg_texts.NEED_LATE.format(words=one.words.rstrip(".")),
            detail=one.owner,
            by=overleg_texts.DUE,
            due=at_clock(one.due, time(17)),
            is_exercise=is_exercise,
            page=f"/overleg/{one.overleg_id}",
        )
        for one in await open_actions(session, is_exercise=is_exercise)
        if one.due is not None and one.due < today
    ]


def sick_feeds(sources: Iterable[Source], after: int, *, now: datetime) -> list[Need]:
    """Sources that failed ``after`` times or more. Pure."""
    return [
        Need(
            what=texts.NEED_FEED.format(name=source.name),
            detail=FAULTS.get(source.error or "", FAULTS["unknown"]),
            by=texts.SINCE,
            due=source.ok_at or source.polled_at or now,
            is_exercise=source.is_exercise,
            page="/beheer",
            opens_for=Permission.MANAGE_SYSTEM,
        )
        for source in sources
        if source.failures >= after
    ]


def counted(forms: tuple[str, str], count: int) -> str:
    """The form for one, or the form for more with the number. Pure."""
    return forms[0] if count == 1 else forms[1].format(count=count)


def title_of(titles: Mapping[int, str], event_id: int | None) -> str:
    return texts.NO_EVENT if event_id is None else titles.get(event_id, texts.NO_EVENT)
