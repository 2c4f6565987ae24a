"""What an approver's message says after the decision: when it goes, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.progress import View, meant_for, messages_of, name_and_version
from bot.chat.render import render
from bot.evening.asking_again import buttons, waits_again, who_changed
from bot.event_names import name_of
from briefings import moments
from briefings.calling_off import is_held, may_not_go_on
from briefings.endings import End, Ended, how_it_ended, voided
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import waits
from contacts.calling import CallItem, CallReason, CallStatus
from contacts.delivery_counts import count_deliveries
from contacts.directory import Role
from contacts.journal import JournalEntry
from contacts.outbox import (
    Button,
    Delivery,
    Message,
    MessageStatus,
)
from contacts.permissions import Permission, load_actor, may
from contacts.records import ids_of
from feeds.rows import Event

#: the message of who approved, and those of who else was asked
APPROVED, TOLD = "approved", "told"
#: so long after a version went out its messages say what becomes of it
FOLLOWED = timedelta(days=1)


class Stand(StrEnum):
    """How it is with what was approved."""

    GOES = "goes"
    WAITS = "waits"
    STOPPED = "stopped"
    HALTED = "halted"
    REST_OFF = "rest_off"
    CALLED_OFF = "called_off"
    VOIDED = "voided"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


_ENDS = {End.CALLED_OFF: Stand.CALLED_OFF, End.APPROVAL_VOIDED: Stand.VOIDED}
_AFTER = {
    BriefingStatus.WITHDRAWN: Stand.WITHDRAWN,
    BriefingStatus.CORRECTED: Stand.CORRECTED,
    BriefingStatus.RETRACTED: Stand.RETRACTED,
}


async def approved_view(
    session: AsyncSession, event_id: int, briefing_id: int, *, now: datetime
) -> View:
    """Under the decision itself, with the one button that still does something."""
    briefing = await session.get_one(Briefing, briefing_id)
    values = await standing(session, briefing, now=now)
    text = render(
        "coordinator/approved.html",
        named=await name_and_version(session, briefing),
        briefing=briefing,
        can_act=True,
        **values,
    )
    if values["stand"] is Stand.VOIDED:
        again = await waits_again(session, event_id)
        mine = again is not None and again.changed.version == briefing.version
        return text, buttons(event_id, again) if again and mine else []
    return text, _buttons(event_id, briefing, values["stand"])


async def told_view(
    session: AsyncSession,
    event: Event,
    briefing_id: int,
    *,
    delivery_id: int | None = None,
    now: datetime,
) -> View:
    """For an approver who was asked and did not decide: that somebody did, and how it went on.

    :param delivery_id: the message, to know whether its reader may decide about what stands still.
    """
    briefing = await session.get_one(Briefing, briefing_id)
    values = await standing(session, briefing, now=now)
    stands_still = values["stand"] in (Stand.STOPPED, Stand.HALTED)
    can_act = stands_still and await _may_brake(session, delivery_id)
    text = render(
        "coordinator/approved_told.html",
        title=await name_of(session, event),
        briefing=briefing,
        can_act=can_act,
        **values,
    )
    return text, _buttons(event.id or 0, briefing, values["stand"]) if can_act else []


async def _may_brake(session: AsyncSession, delivery_id: int | None) -> bool:
    delivery = await session.get(Delivery, delivery_id) if delivery_id else None
    reader = delivery.person_id if delivery else None
    actor = await load_actor(session, reader) if reader else None
    return actor is not None and may(actor, Permission.STOP_SENDING)


async def is_long_gone(session: AsyncSession, briefing_id: int, *, now: datetime) -> bool:
    """Whether a version went out so long ago that looking at it each second tells nothing new."""
    briefing = await session.get_one(Briefing, briefing_id)
    return briefing.distributed_at is not None and briefing.distributed_at <= now - FOLLOWED


async def standing(session: AsyncSession, briefing: Briefing, *, now: datetime) -> dict[str, Any]:
    """How it is with an approved version, for a text about it."""
    messages = await messages_of(session, briefing.id or 0)
    counts = await count_deliveries(session, message_ids=ids_of(messages))
    ended = await how_it_ended(session, briefing)
    under_way = bool(counts.to_go or counts.sending)
    stand = stand_of(briefing, messages, ended, under_way=under_way, now=now)
    was_cut = any(message.status is MessageStatus.CANCELLED for message in messages)
    changed = await voided(session, briefing) if stand is Stand.VOIDED else None
    return {
        "stand": stand,
        "at": briefing.approved_at or now,
        "said": await _said(session, stand, ended),
        "changed": changed,
        "who": who_changed(changed) if changed else [],
        "why": texts.REFUSALS.get(await may_not_go_on(session, briefing), ""),
        "leaves_at": briefing.send_at,
        "meant_for": meant_for(messages),
        "deliveries": counts.total + counts.cancelled,
        "planned": counts.planned,
        "reached": counts.total - counts.planned,
        "perhaps": counts.unknown,
        "sent_late": was_cut and await _was_sent_late(session, briefing),
        "resumed": bool(counts.planned) and await _was_resumed(session, messages),
        "unreachable": await _unreachable(session, briefing),
    }


def stand_of(
    briefing: Briefing,
    messages: Sequence[Message],
    ended: Ended | None,
    *,
    under_way: bool,
    now: datetime,
) -> Stand:
    """Pure. A part that left before the rest was called off keeps messages that are not."""
    if briefing.status in _AFTER:
        after = _AFTER[briefing.status]
        return _ENDS.get(ended.end, after) if ended and after is Stand.WITHDRAWN else after
    states = {message.status for message in messages}
    if is_held(briefing):
        return Stand.STOPPED
    if MessageStatus.HALTED in states:
        return Stand.HALTED
    if MessageStatus.CANCELLED in states and not under_way:
        return Stand.REST_OFF
    return Stand.WAITS if waits(briefing, now=now) else Stand.GOES


def _buttons(event_id: int, briefing: Briefing, stand: Stand) -> list[list[Button]]:
    # What waits for its moment is stopped; what went out can only be taken back.
    call_off = Button(texts.CALL_OFF, data("brka", event_id, briefing.id))
    if stand is Stand.WAITS:
        return [[Button(texts.STOP_WAITING, data("brks", event_id, briefing.id)), call_off]]
    if stand in (Stand.STOPPED, Stand.HALTED):
        return [[Button(texts.GO_ON, data("brkg", event_id, briefing.id)), call_off]]
    if stand in (Stand.GOES, Stand.REST_OFF):
        return [[Button(texts.TAKE_BACK, data("retr", event_id))]]
    return []


async def _said(session: AsyncSession, stand: Stand, ended: Ended | None) -> str:
    """When it ended and by whom, by role; empty while it goes or may still go."""
    if ended is None or stand not in approved_texts.ENDED:
        return ""
    by, actor = "", await load_actor(session, ended.person_id) if ended.person_id else None
    if actor is not None:
        leads = Role.COORDINATOR in actor.roles
        by = approved_texts.BY_COORDINATOR if leads else approved_texts.BY_APPROVER
    return approved_texts.ENDED[stand].format(at=moments.moment(ended.at), by=by)


async def _was_resumed(session: AsyncSession, messages: Sequence[Message]) -> bool:
    found = await session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.action) == "message_resumed",
            col(JournalEntry.subject).in_([f"message:{message.id}" for message in messages]),
        )
        .limit(1)
    )
    return found.first() is not None


async def _was_sent_late(session: AsyncSession, briefing: Briefing) -> bool:
    found = await session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.action) == "version_sent_to_missed",
            col(JournalEntry.subject) == f"briefing:{briefing.id}",
        )
        .limit(1)
    )
    return found.first() is not None


async def _unreachable(session: AsyncSession, briefing: Briefing) -> int:
    found = await session.exec(
        select(func.count()).where(
            col(CallItem.briefing_id) == briefing.id,
            col(CallItem.why) == CallReason.NO_CHANNEL,
            col(CallItem.status) != CallStatus.NOT_NEEDED,
        )
    )
    return found.one()
