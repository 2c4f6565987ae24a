"""Whom a version that went out did not reach, and sending it to exactly those who can be now.

A refused message certainly did not arrive, and somebody without a channel got none: when the
channel works again, the same approved text can still go to them. What is uncertain, or was
settled by a person in another way, counts as reached here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, not_, or_, select, true
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import GOT, RecipientPlan, plan_listed, restricted
from briefings.distribution import post_version
from briefings.drafting import texts_of
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.settings import BriefingSettings
from contacts.calling import CallItem, CallReason
from contacts.directory import Channel, ChannelStatus, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.neighbours import works_in_the_city
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.preparing import SET_ASIDE
from contacts.records import read_columns
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


def meant_for(event: Event, briefing: Briefing) -> ColumnElement[bool]:
    """People whom this version is meant for.

    A first one is for everybody on the list, also who came later; what follows is for who
    was to get it then.
    """
    tried = _with_delivery(briefing, col(Delivery.id).is_not(None))
    if briefing.kind is BriefingKind.FIRST and briefing.audiences is not None:
        return or_(and_(on_the_list(event), _reads(briefing.audiences)), tried)
    if briefing.kind is BriefingKind.FIRST:
        return or_(on_the_list(event), tried)
    called = select(col(CallItem.person_id)).where(
        col(CallItem.briefing_id) == briefing.id, col(CallItem.why) == CallReason.NO_CHANNEL
    )
    return or_(tried, col(Person.id).in_(called))


def _reads(audiences: Sequence[str]) -> ColumnElement[bool]:
    """People whose own text, the first of their list, is one of these."""
    return or_(*(STORED_AUDIENCES.startswith(f'["{one}"', autoescape=True) for one in audiences))


def missed_but_reachable(event: Event, briefing: Briefing) -> ColumnElement[bool]:
    """People whom the version is meant for, did not reach, and can reach now."""
    missed = not_(got_version(briefing))
    return and_(meant_for(event, briefing), on_the_list(event), missed, has_channel(event))


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
    if briefing.status is not BriefingStatus.DISTRIBUTED:
        return RecipientPlan()
    asked = (
        select(col(Person.id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.is_exercise) == event.is_exercise,
            col(Organisation.is_exercise) == event.is_exercise,
            missed_but_reachable(event, briefing),
        )
    )
    ids = [ident for (ident,) in await read_columns(session, asked)]
    return restricted(await plan_listed(session, event, ids), briefing) if ids else RecipientPlan()


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

    :raises NothingToSend: nothing is left to do, or it is about others by now.
    """
    assert briefing.id is not None
    # Two coordinators at once: the second waits here, and then finds nobody.
    await session.refresh(briefing, with_for_update=True)
    plan = await plan_missed(session, event, briefing)
    if not plan.recipients or seal_of(plan) != seen:
        raise NothingToSend
    texts = await texts_of(session, briefing.id)
    planned = await post_version(session, event, briefing, texts, plan, settings, now=now)
    write_journal(
        session, who=who, action="version_sent_to_missed", subject=f"briefing:{briefing.id}",
        detail={"people": len(plan.recipients), "messages": sorted(planned)}, now=now,
    )  # fmt: skip
    return len(plan.recipients)
