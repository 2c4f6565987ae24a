"""Whom a version that went out did not reach, and sending it to exactly those who can be now.

A refused message certainly did not arrive, and somebody without a channel got none: when the
channel works again, the same approved text can still go to them. What is uncertain, or was
settled by a person in another way, counts as reached here. Only the newest text that went out is
sent so: who missed all of them gets that one, and nobody an older one after it, or one that is
being put right. A promise in it that is over by then is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, not_, or_, select, true
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import GOT, RecipientPlan, plan_listed
from briefings.distribution import post_version
from briefings.drafting import texts_of
from briefings.past_promise import is_invitation_over
from briefings.plans import only_readers_of
from briefings.rows import CORRECTING, Briefing, BriefingKind, BriefingStatus, covered
from briefings.settings import BriefingSettings
from briefings.versions import OPEN, SENT, earlier_than, followed_by, versions_of
from contacts.calling import CallItem, CallReason
from contacts.directory import Audience, Channel, ChannelStatus, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.neighbours import works_in_the_city
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.preparing import SET_ASIDE
from contacts.records import ids_of, read_columns
from contacts.restored import mark_repeats, was_restored_since
from feeds.rows import Event

#: how somebody who gets no text is stored
NO_AUDIENCE = "[]"
STORED_AUDIENCES = cast(col(Person.audiences), String)


class NothingToSend(Exception):
    """Nobody is missed any more, others are than was seen, or the text no longer holds."""


def on_the_list(event: Event) -> ColumnElement[bool]:
    """People who get texts: with an audience, and still there. A condition on ``Person``."""
    asked = true() if event.with_neighbours else works_in_the_city()
    return and_(STORED_AUDIENCES != NO_AUDIENCE, col(Person.left_at).is_(None), asked)


def has_channel(event: Event) -> ColumnElement[bool]:
    """People with a channel that works, in the world of the event."""
    working = (
        select(literal(1))
        .where(
            col(Channel.person_id) == col(Person.id),
            col(Channel.is_exercise) == event.is_exercise,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
        .correlate(Person)
    )
    return working.exists()


def got_version(briefing: Briefing) -> ColumnElement[bool]:
    """People whom this version reached, may have reached, or is on its way to."""
    settled = and_(col(Delivery.status) == DeliveryStatus.FAILED, col(Delivery.reason) == SET_ASIDE)
    return _with_delivery(briefing, or_(col(Delivery.status).in_(GOT), settled))


def in_force(briefing: Briefing, versions: Sequence[Briefing]) -> frozenset[Audience]:
    """Whose text of this version still stands: it went out, and nothing newer for them did. Pure.

    Texts that were approved in parts stand beside each other.
    """
    if briefing.status is not BriefingStatus.DISTRIBUTED:
        return frozenset()
    newer = [one for one in versions if one.status in SENT and one.version > briefing.version]
    told = {one for version in newer for one in covered(version)}
    return frozenset(covered(briefing)) - told - being_corrected(briefing, versions)


def being_corrected(briefing: Briefing, versions: Sequence[Briefing]) -> frozenset[Audience]:
    """Whose text of this version is known to be wrong: somebody writes what puts it right or takes
    it back, or that waits for its moment. Pure."""
    under_way = [
        one
        for one in versions
        if one.kind in CORRECTING and one.status in {*OPEN, BriefingStatus.APPROVED}
        if briefing.id in ids_of(followed_by(one, versions))
    ]
    return frozenset(audience for one in under_way for audience in covered(one))


def meant_for(
    event: Event, briefing: Briefing, versions: Sequence[Briefing]
) -> ColumnElement[bool]:
    """People whom this version is meant for.

    A first one is for everybody on the list, also who came later. So is an update or a
    correction, for who missed what went before; what ends or takes back is for who was to get
    it then.
    """
    tried = _with_delivery(briefing, col(Delivery.id).is_not(None))
    if briefing.kind is not BriefingKind.FIRST:
        called = select(col(CallItem.person_id)).where(
            col(CallItem.briefing_id) == briefing.id, col(CallItem.why) == CallReason.NO_CHANNEL
        )
        tried = or_(tried, col(Person.id).in_(called))
    if not (readers := _told(briefing, versions)):
        return tried
    listed = on_the_list(event)
    if readers != frozenset(Audience):
        listed = and_(listed, _reads(sorted(readers)))
    return or_(listed, tried)


def _told(briefing: Briefing, versions: Sequence[Briefing]) -> frozenset[Audience]:
    """Audiences of whom everybody is to know this text. Pure.

    A correction is not for those whose text was held back: they were told nothing wrong.
    """
    if briefing.kind in (BriefingKind.FIRST, BriefingKind.UPDATE):
        return frozenset(covered(briefing))
    if briefing.kind is not BriefingKind.CORRECTION:
        return frozenset()
    earlier = earlier_than(briefing.version, versions)
    return frozenset(covered(briefing)) & {one for before in earlier for one in covered(before)}


def _reads(audiences: Sequence[str]) -> ColumnElement[bool]:
    """People whose own text, the first of their list, is one of these."""
    return or_(*(STORED_AUDIENCES.startswith(f'["{one}"', autoescape=True) for one in audiences))


def reachable_now(
    event: Event, briefing: Briefing, versions: Sequence[Briefing]
) -> ColumnElement[bool]:
    """People whom the version is meant for and who can be reached now, also who has it."""
    return and_(meant_for(event, briefing, versions), on_the_list(event), has_channel(event))


def missed_but_reachable(
    event: Event, briefing: Briefing, versions: Sequence[Briefing]
) -> ColumnElement[bool]:
    """People whom the version is meant for, did not reach, and can reach now."""
    return and_(not_(got_version(briefing)), reachable_now(event, briefing, versions))


def _with_delivery(briefing: Briefing, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found: Any = (
        select(col(Delivery.person_id))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.person_id).is_not(None),
            col(Delivery.act) == DeliveryAct.SEND,
            condition,
        )
    )
    return col(Person.id).in_(found)


async def plan_missed(session: AsyncSession, event: Event, briefing: Briefing) -> RecipientPlan:
    """To whom this version can still go; empty when its text no longer holds."""
    versions = await versions_of(session, briefing.event_id)
    if not (readers := in_force(briefing, versions)):
        return RecipientPlan()
    asked = (
        select(col(Person.id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.is_exercise) == event.is_exercise,
            col(Organisation.is_exercise) == event.is_exercise,
            missed_but_reachable(event, briefing, versions),
        )
    )
    ids = [ident for (ident,) in await read_columns(session, asked)]
    return only_readers_of(await plan_listed(session, event, ids), readers)


async def may_have_gone(session: AsyncSession, briefing: Briefing) -> bool:
    """Whether who missed it may have it all the same: a back-up was put back since it went out, and
    what was done after that one was made is forgotten."""
    return await was_restored_since(session, briefing.distributed_at)


def seal_of(plan: RecipientPlan) -> str:
    """What a page showed of a plan, in one word; another plan has another. Pure."""
    return hashlib.sha256("\n".join(plan.snapshot()).encode()).hexdigest()[:32]


async def send_to_missed(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    settings: BriefingSettings,
    *,
    seen: str,
    who: Who,
    now: datetime,
) -> int:
    """The same approved text, to exactly the people that were seen; returns how many.

    An update that was promised for a moment that is over is not promised again.

    :raises NothingToSend: nothing is left to do, or it is about others by now.
    """
    assert briefing.id is not None
    # Two coordinators at once: the second waits here, and then finds nobody.
    await session.refresh(briefing, with_for_update=True)
    plan = await plan_missed(session, event, briefing)
    is_over = is_invitation_over(briefing, now=now)
    if is_over or not plan.recipients or seal_of(plan) != seen:
        raise NothingToSend
    texts = await texts_of(session, briefing.id)
    planned = await post_version(session, event, briefing, texts, plan, settings, now=now)
    if await may_have_gone(session, briefing):
        await mark_repeats(session, planned)
    write_journal(
        session, who=who, action="version_sent_to_missed", subject=f"briefing:{briefing.id}",
        detail={"people": len(plan.recipients), "messages": sorted(planned)}, now=now,
    )  # fmt: skip
    return len(plan.recipients)
