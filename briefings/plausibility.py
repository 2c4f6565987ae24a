"""What stands out about the recipients, before anybody approves: gaps, doubles, odd counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import texts
from briefings.audience import RecipientPlan
from briefings.distribution import MESSAGE_KINDS
from briefings.moments import clock
from briefings.rows import Briefing, BriefingKind
from briefings.versions import SENT
from contacts.directory import Organisation, Person
from contacts.outbox import Delivery, DeliveryAct, Message
from contacts.quiet import quiet_ends, waits
from contacts.records import read_columns
from contacts.texts import counted, listed
from feeds.rows import Event

#: fewer people more or less than this are everyday comings and goings
ODD_PEOPLE, ODD_SHARE = 5, 0.03
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out. ``names`` are organisations; ``until`` is for quiet hours."""

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
    session: AsyncSession, event: Event, briefing: Briefing, plan: RecipientPlan, *, now: datetime
) -> list[Finding]:
    """Everything that stands out about a version that is still to go, the worst first."""
    names = await _names(session, lonely(plan))
    before = await _before(session, event, briefing)
    found = [
        Finding(Notice.NO_CHANNEL, len(plan.unreachable)),
        Finding(Notice.ONE_CONTACT, len(names), names),
        Finding(Notice.DOUBLE, doubles(plan)),
        *compare(len(plan.recipients), before),
        await _resting(session, event, briefing, plan, now=briefing.send_at or now),
    ]
    return [finding for finding in found if finding.count]


def tally(findings: Sequence[Finding]) -> Mapping[str, int]:
    """For the journal: counts by kind, no names. Pure."""
    return {finding.notice.value: finding.count for finding in findings}


def lonely(plan: RecipientPlan) -> list[int]:
    """Organisations with a single person in the audience, reachable or not. Pure."""
    people: Counter[int] = Counter(person.organisation_id for person in plan.unreachable)
    for planned in plan.recipients:
        if planned.recipient.organisation_id is not None:
            people[planned.recipient.organisation_id] += 1
    return sorted(ident for ident, count in people.items() if count == 1)


def doubles(plan: RecipientPlan) -> int:
    """Addresses that more than one recipient has, whatever their capitals. Pure."""
    seen = Counter(
        (planned.recipient.kind, planned.recipient.address.strip().lower())
        for planned in plan.recipients
    )
    return sum(count > 1 for count in seen.values())


def compare(people: int, before: int | None) -> list[Finding]:
    """An odd difference with the sending before; nothing without one. Pure."""
    if before is None or abs(people - before) < max(ODD_PEOPLE, ODD_SHARE * before):
        return []
    notice = Notice.MORE if people > before else Notice.FEWER
    return [Finding(notice, abs(people - before))]


async def _names(session: AsyncSession, organisation_ids: Sequence[int]) -> tuple[str, ...]:
    found = await session.exec(
        select(Organisation.name)
        .where(col(Organisation.id).in_(organisation_ids))
        .order_by(col(Organisation.name))
    )
    return tuple(found.all())


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
        select(func.count())
        .select_from(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == last,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.fallback_of_id).is_(None),
        )
    )
    return counts.one()


async def _resting(
    session: AsyncSession, event: Event, briefing: Briefing, plan: RecipientPlan, *, now: datetime
) -> Finding:
    """Who has quiet hours at that moment, if this text can wait for them."""
    if not waits(MESSAGE_KINDS[briefing.kind], event.severity or event.suggested_severity):
        return Finding(Notice.QUIET, 0)
    wanted = {planned.recipient.person_id for planned in plan.recipients}
    hours = await read_columns(
        session,
        sql_select(col(Person.id), col(Person.quiet_from), col(Person.quiet_until)).where(
            col(Person.quiet_from).is_not(None)
        ),
    )
    ends = [quiet_ends(begin, end, now) for ident, begin, end in hours if ident in wanted]
    asleep = [at for at in ends if at is not None]
    return Finding(Notice.QUIET, len(asleep), until=min(asleep, default=None))
