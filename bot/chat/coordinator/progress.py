"""How far the sending of one version is, with the brakes that fit it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.render import render
from bot.evening.closing_held import ways_on
from bot.event_names import name_of
from briefings.calling_off import count_called_off, is_held, may_not_go_on
from briefings.endings import End, how_it_ended
from briefings.rows import Briefing, BriefingStatus, Fact
from briefings.versions import waits
from contacts.call_list import calls_of
from contacts.calling import CallStatus
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.notices import OPEN_CALLS, SHOW_UNKNOWN
from contacts.outbox import Button, Message, MessageStatus
from contacts.quiet import Waiting, count_waiting
from contacts.records import ids_of
from contacts.texts import CHANNELS, counted
from feeds.rows import Event

BAR = 10

View = tuple[str, list[list[Button]]]


async def progress_view(
    session: AsyncSession, event_id: int, briefing_id: int, *, now: datetime
) -> View:
    """How far the sending of one briefing is, with what needs a person."""
    messages = await messages_of(session, briefing_id)
    counts = await count_deliveries(session, message_ids=ids_of(messages))
    is_halted = any(message.status is MessageStatus.HALTED for message in messages)
    briefing = await session.get_one(Briefing, briefing_id)
    total, done = counts.total, counts.done
    waiting = await count_waiting(session, briefing_id, now=now)
    filled = BAR * done // total if total else BAR
    unheard = await may_not_go_on(session, briefing)
    is_off = briefing.status is BriefingStatus.WITHDRAWN
    text = render(
        "coordinator/progress.html",
        counts=counts,
        total=total,
        done=done,
        bar="▓" * filled + "░" * (BAR - filled),
        is_finished=counts.is_finished,
        named=await name_and_version(session, briefing),
        waiting=waiting,
        away=[(CHANNELS[kind], count) for kind, count in waiting.away.items()],
        only_held=waiting.held and waiting.held == counts.to_go and not counts.sending,
        is_halted=is_halted,
        called_off=await count_called_off(session, messages),
        is_called_off=is_off,
        ended=await _why_off(session, briefing) if is_off else "",
        leaves_at=briefing.send_at if waits(briefing, now=now) else None,
        meant_for=meant_for(messages) if is_held(briefing) else None,
        why=texts.REFUSALS.get(unheard, ""),
    )
    buttons = brakes(event_id, briefing, messages, waiting=counts.to_go > 0, now=now)
    if unheard:
        buttons.insert(0, ways_on(event_id, None))
    if label := _without(counts, waiting) if not is_off else "":
        buttons.append([Button(label, data(SHOW_UNKNOWN, event_id, briefing_id))])
    # The list is of the event: about a version that nobody got, nobody is to be called.
    open_calls = [CallStatus.OPEN]
    to_call = [] if is_off else await calls_of(session, event_id, now=now, statuses=open_calls)
    if to_call:
        label = texts.CALL_LIST.format(count=len(to_call))
        buttons.append([Button(label, data(OPEN_CALLS, event_id))])
    return text, buttons


def _without(counts: DeliveryCounts, waiting: Waiting) -> str:
    """The button to those who do not have it, or may not; empty while it simply goes on. Pure."""
    if counts.unknown:
        return counted(texts.SHOW_UNKNOWN, counts.unknown)
    without = counts.failed + waiting.held + waiting.again + sum(waiting.away.values())
    return approved_texts.WHO_LACKS_IT.format(count=without) if without else ""


async def name_and_version(session: AsyncSession, briefing: Briefing) -> str:
    """``Aanhoudingen Presikhaaf · update, versie 2``: several events may run at once."""
    event = await session.get_one(Event, briefing.event_id)
    return f"{await name_of(session, event)} · {texts.named(briefing)}"


async def _why_off(session: AsyncSession, briefing: Briefing) -> str:
    """What ended an approved version that nobody got: a code for its text."""
    ended = await how_it_ended(session, briefing)
    if ended is None or ended.end is not End.APPROVAL_VOIDED:
        return "withdrawn" if ended and ended.end is End.WITHDRAWN else "called_off"
    # By the moment: a fact that came later did not end it.
    found = await session.exec(
        select(Fact.id)
        .where(
            col(Fact.event_id) == briefing.event_id,
            (col(Fact.created_at) == ended.at) | (col(Fact.withdrawn_at) == ended.at),
        )
        .limit(1)
    )
    return "words" if found.first() is None else "facts"


_OF_VERSION = (
    select(Message)
    .where(col(Message.briefing_id) == bindparam("of_version"))
    .order_by(col(Message.id))
)


async def messages_of(session: AsyncSession, briefing_id: int) -> Sequence[Message]:
    """The messages of a version, by number."""
    found = await session.exec(_OF_VERSION, params={"of_version": briefing_id})
    return found.all()


def meant_for(messages: Sequence[Message]) -> datetime | None:
    """The moment that what was stopped was to go at. Pure."""
    return max((m.send_at for m in messages if m.status is MessageStatus.HALTED), default=None)


def brakes(
    event_id: int,
    briefing: Briefing,
    messages: Sequence[Message],
    *,
    waiting: bool,
    now: datetime,
) -> list[list[Button]]:
    """Stop while there is something to stop; go on or call off once it stands still. Pure.

    What waits for its moment reached nobody, so it can be called off as it is.
    """
    call_off = Button(texts.CALL_OFF, data("brka", event_id, briefing.id))
    if any(message.status is MessageStatus.HALTED for message in messages):
        return [[Button(texts.GO_ON, data("brkg", event_id, briefing.id)), call_off]]
    stop = Button(texts.STOP, data("brks", event_id, briefing.id))
    if waits(briefing, now=now):
        return [[stop, call_off]]
    return [[stop]] if waiting else []
