"""What stands out before anybody approves: gaps among recipients, doubles, odd counts, and a
promise to them that will not be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import texts
from briefings.counting import Overview
from briefings.distribution import MESSAGE_KINDS
from briefings.moments import clock
from briefings.open_errors import count_misled
from briefings.promising import lapsing
from briefings.rows import Briefing, BriefingKind, Fact, FactKind
from briefings.versions import SENT
from contacts.elsewhere import stands_better
from contacts.outbox import UNDER_WAY, Delivery, DeliveryAct, Message, MessageStatus
from contacts.people import organisation_names
from contacts.quiet import QUIET_HOURS, quiet_ends, waits
from contacts.texts import counted, listed
from feeds.matching import words_of
from feeds.rows import Event

#: fewer people more or less than this are everyday comings and goings
ODD_PEOPLE, ODD_SHARE = 5, 0.03
#: so many letters at the beginning make a word; shorter ones say little
STEM = 5
#: names in one sentence
NAMED = 5


class Notice(StrEnum):
    """What can stand out."""

    NO_CHANNEL = "no_channel"
    ONE_CONTACT = "one_contact"
    DOUBLE = "double_address"
    MORE = "more_than_before"
    FEWER = "fewer_than_before"
    QUIET = "quiet_hours"
    EARLIER_WAITS = "earlier_still_waits"
    LAPSES = "promise_lapses"
    MISLED = "error_not_put_right"
    NOT_TOLD = "what_happened_not_told"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out. ``names`` are organisations, versions, or the moments of
    promises; ``until`` is for quiet hours."""

    notice: Notice
    count: int
    names: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def sentence(self) -> str:
        """For who is about to approve."""
        names = listed(list(self.names), at_most=NAMED)
        until = "" if self.until is None else clock(self.until)
        return counted(texts.NOTICES[self.notice], self.count, names=names, until=until)


async def look_over(
    session: AsyncSession, event: Event, briefing: Briefing, plan: Overview, *, now: datetime
) -> list[Finding]:
    """Everything that stands out about a version that is still to go, the worst first."""
    names = tuple(await organisation_names(session, plan.lonely))
    before = await _before(session, event, briefing)
    lapsed = tuple(await lapsing(session, briefing))
    closes = briefing.kind is BriefingKind.CLOSING
    found = [
        Finding(Notice.MISLED, await count_misled(session, event) if closes else 0),
        Finding(Notice.NOT_TOLD, await _beside_the_point(session, event, briefing)),
        await _still_waits(session, event, briefing, now=now),
        Finding(Notice.LAPSES, len(lapsed), lapsed),
        Finding(Notice.NO_CHANNEL, len(plan.unreachable)),
        Finding(Notice.ONE_CONTACT, 0 if plan.is_part else len(names), names),
        Finding(Notice.DOUBLE, plan.doubles),
        *([] if plan.is_part else compare(plan.people, before)),
        _resting(event, briefing, plan, now=briefing.send_at or now),
    ]
    return [finding for finding in found if finding.count]


async def _still_waits(
    session: AsyncSession, event: Event, briefing: Briefing, *, now: datetime
) -> Finding:
    """Readers whom an earlier version did not reach yet, because it was put off, as a mail server
    does. What waits for quiet hours to end gives way to this one."""
    found = await session.exec(
        select(Briefing.version, Briefing.kind, func.count())
        .join(Message, col(Message.briefing_id) == col(Briefing.id))
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Briefing.event_id) == event.id,
            col(Briefing.version) < briefing.version,
            col(Briefing.distributed_at) <= now,
            col(Message.status) != MessageStatus.CANCELLED,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(UNDER_WAY),
            col(Delivery.attempts) > 0,
            func.coalesce(col(Delivery.reason), "") != QUIET_HOURS,
            ~stands_better(),
        )
        .group_by(col(Briefing.version), col(Briefing.kind))
        .order_by(col(Briefing.version))
    )
    rows = found.all()
    names = tuple(texts.named(BriefingKind(kind), number) for number, kind, _ in rows)
    return Finding(Notice.EARLIER_WAITS, sum(count for *_, count in rows), names)


async def _beside_the_point(session: AsyncSession, event: Event, briefing: Briefing) -> int:
    """The confirmed facts of a first text, when none of them is about what happened."""
    if briefing.kind is not BriefingKind.FIRST:
        return 0
    found = await session.exec(
        select(Fact.text).where(
            col(Fact.event_id) == briefing.event_id,
            col(Fact.kind) == FactKind.CONFIRMED,
            col(Fact.withdrawn_at).is_(None),
        )
    )
    facts = found.all()
    return 0 if shares_a_word(event.title, facts) else len(facts)


def shares_a_word(title: str, facts: Iterable[str]) -> bool:
    """Whether a fact names something that the title of the event names, in any form of it. Pure."""
    told = {stem for fact in facts for stem in _stems(fact)}
    named = _stems(title)
    return not named or not named.isdisjoint(told)


def _stems(text: str) -> set[str]:
    return {word.key[:STEM] for word in words_of(text) if len(word.key) >= STEM}


def tally(findings: Sequence[Finding]) -> Mapping[str, int]:
    """For the journal: counts by kind, no names. Pure."""
    return {finding.notice.value: finding.count for finding in findings}


def compare(people: int, before: int | None) -> list[Finding]:
    """An odd difference with the sending before; nothing without one. Pure."""
    if before is None or abs(people - before) < max(ODD_PEOPLE, ODD_SHARE * before):
        return []
    notice = Notice.MORE if people > before else Notice.FEWER
    return [Finding(notice, abs(people - before))]


async def _before(session: AsyncSession, event: Event, briefing: Briefing) -> int | None:
    """To how many the last comparable version was planned: a first text is compared with the
    first text of the event before, what follows with what went before it."""
    query = (
        select(Briefing.id)
        .join(Event, col(Event.id) == col(Briefing.event_id))
        .where(col(Briefing.status).in_(SENT), col(Event.is_exercise) == event.is_exercise)
        .order_by(col(Briefing.distributed_at).desc(), col(Briefing.id).desc())
        .limit(1)
    )
    if briefing.kind is BriefingKind.FIRST:
        query = query.where(
            col(Briefing.kind) == BriefingKind.FIRST, col(Briefing.event_id) != event.id
        )
    else:
        query = query.where(col(Briefing.event_id) == event.id, col(Briefing.id) != briefing.id)
    last = (await session.exec(query)).first()
    if last is None:
        return None
    counts = await session.exec(
        # By address: what was called off and sent later after all is still one reader.
        select(func.count(col(Delivery.address).distinct()))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == last,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.fallback_of_id).is_(None),
        )
    )
    return counts.one()


def _resting(event: Event, briefing: Briefing, plan: Overview, *, now: datetime) -> Finding:
    """Who has quiet hours at that moment, if this text can wait for them. Pure."""
    if not waits(MESSAGE_KINDS[briefing.kind], event.severity or event.suggested_severity):
        return Finding(Notice.QUIET, 0)
    ends = [(quiet_ends(*hours, now), count) for hours, count in plan.quiet.items()]
    asleep = [(at, count) for at, count in ends if at is not None]
    return Finding(
        Notice.QUIET,
        sum(count for _, count in asleep),
        until=min((at for at, _ in asleep), default=None),
    )
