"""The card of the evening and the progress of sending: messages edited in place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import learning_texts, poll_texts
from bot.chat.buttons import data
from bot.chat.coordinator import ending_texts, texts
from bot.chat.coordinator.approved import APPROVED, TOLD, approved_view, is_long_gone, told_view
from bot.chat.coordinator.progress import View, progress_view
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.asking_again import REQUEST, request_now, shown, waits_again
from bot.evening.parts_said import said_parts
from bot.evening.texts import HALTED, STOPPED, WRITE_TEXTS
from bot.event_names import name_of
from bot.rows import LiveMessage
from briefings.calling_off import is_halted, is_held
from briefings.counting import Overview, read_overview
from briefings.drafting import current_briefing, texts_of
from briefings.facts import facts_of
from briefings.open_errors import count_misled
from briefings.promising import due_of
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import SENT, versions_of
from contacts.call_list import list_changed_since
from contacts.outbox import Button, Content, Delivery, TelegramForm
from contacts.permissions import Permission
from contacts.retention import WIPED
from contacts.sending import edit_sent
from feeds.rows import RUNNING, Event, EventStatus
from signals.feedback import open_signals

CARD, PROGRESS = "card", "progress"
#: Telegram counts edits against the limit of a chat: not more often than this.
EDIT_PAUSE = timedelta(seconds=2)
#: so long after an event, or a change of its calls, its messages are kept right
AFTERWARDS = timedelta(hours=1)


async def show_card(turn: Turn, event: Event) -> None:
    """A fresh card at the bottom of the chat; an older one stops being edited."""
    assert event.id is not None
    await _retire_card(turn, event)
    text, buttons = await card_view(turn.session, event)
    delivery = await turn.pin(text, buttons, event_id=event.id)
    await remember(turn.session, event.id, turn.chat, CARD, delivery, (text, buttons), turn.now)


async def _retire_card(turn: Turn, event: Event) -> None:
    """The card higher up would go stale: it says where the new one is."""
    live = await _live(turn.session, event.id or 0, turn.chat, CARD, 0)
    if live is not None:
        form = TelegramForm(
            text=render(
                "coordinator/card_moved.html", event=event, title=await name_of(turn.session, event)
            )
        )
        await edit_sent(turn.session, live.delivery_id, Content(telegram=form), now=turn.now)


async def _live(
    session: AsyncSession, event_id: int, chat: int, name: str, briefing_id: int
) -> LiveMessage | None:
    found = await session.exec(
        select(LiveMessage).where(
            LiveMessage.event_id == event_id,
            LiveMessage.chat == chat,
            LiveMessage.name == name,
            LiveMessage.briefing_id == briefing_id,
        )
    )
    return found.first()


async def remember(
    session: AsyncSession,
    event_id: int,
    chat: int,
    name: str,
    delivery: Delivery,
    view: View,
    now: datetime,
    briefing_id: int = 0,
) -> None:
    """Keep editing this message from now on."""
    assert delivery.id is not None
    live = await _live(session, event_id, chat, name, briefing_id)
    if live is None:
        live = LiveMessage(
            event_id=event_id,
            chat=chat,
            name=name,
            briefing_id=briefing_id,
            delivery_id=delivery.id,
            content_hash="",
            edited_at=now,
        )
        session.add(live)
    live.delivery_id = delivery.id
    live.content_hash, live.edited_at = _hash(view), now


async def card_view(session: AsyncSession, event: Event) -> View:
    """Where the evening of one event stands, and what can be done next."""
    assert event.id is not None
    facts = await facts_of(session, event.id)
    briefing = await current_briefing(session, event.id)
    drafts = await texts_of(session, briefing.id) if briefing and briefing.id else []
    plan = await _plan(session, event, briefing)
    text = render(
        "coordinator/card.html",
        event=event,
        title=await name_of(session, event),
        confirmed=len(facts.confirmed),
        open=len(facts.unknown) + len(facts.unconfirmed),
        next_update=facts.block.next_update_at,
        briefing=briefing,
        kind=texts.BRIEFING_KINDS[briefing.kind] if briefing else "",
        due=await due_of(session, briefing, event.send_before) if briefing else None,
        state=await _state(session, briefing) if briefing else "",
        drafts=len(drafts),
        parts=said_parts(await versions_of(session, event.id)),
        **shown(await waits_again(session, event.id)),
        remarks=sum(1 for draft in drafts if draft.remarks),
        plan=plan,
        misled=await count_misled(session, event),
        signals=await _waiting_signals(session, event),
        is_over=event.status is EventStatus.CLOSED,
    )
    return text, _card_buttons(event, briefing, has_sent=await _has_sent(session, event))


async def _has_sent(session: AsyncSession, event: Event) -> bool:
    found = await session.exec(
        select(Briefing.id)
        .where(col(Briefing.event_id) == event.id, col(Briefing.status).in_(SENT))
        .limit(1)
    )
    return found.first() is not None


async def _state(session: AsyncSession, briefing: Briefing) -> str:
    if is_held(briefing):
        return STOPPED
    if briefing.status is BriefingStatus.DISTRIBUTED and await is_halted(session, briefing):
        return HALTED
    return texts.BRIEFING_STATES[briefing.status]


async def _waiting_signals(session: AsyncSession, event: Event) -> int:
    waiting = await open_signals(session, is_exercise=event.is_exercise)
    return sum(signal.event_id == event.id for signal in waiting)


async def _plan(session: AsyncSession, event: Event, briefing: Briefing | None) -> Overview | None:
    if briefing is None or briefing.status not in (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED):
        return None
    return await read_overview(session, event, briefing)


def _card_buttons(event: Event, briefing: Briefing | None, *, has_sent: bool) -> list[list[Button]]:
    number, is_running = event.id, event.status in RUNNING
    rows = [[Button(texts.FACTS, data("facts", number))] if is_running else []]
    if briefing is None:
        rows += write_again(event)
    else:
        rows[0] += [
            Button(texts.TEXTS, data("texts", number)),
            Button(texts.RECIPIENTS, data("rcpt", number)),
        ]
    status = briefing.status if briefing else None
    if briefing is not None and status is BriefingStatus.DRAFT:
        rows.append(
            [
                Button(texts.SUBMIT, data("submit", number, briefing.version)),
                Button(texts.WITHDRAW, data("drop", number, briefing.version)),
            ]
        )
    elif briefing is not None and status is BriefingStatus.APPROVED:
        rows.append(_until_it_goes(number, briefing))
    elif is_running and status is BriefingStatus.DISTRIBUTED:
        rows.append(
            [
                Button(texts.UPDATE, data("upd", number)),
                Button(texts.CORRECTION, data("corr", number)),
                Button(texts.CLOSE, data("clos", number)),
            ]
        )
    if event.status in RUNNING:
        rows.append(
            [Button(texts.CHANGE, data("echg", number)), Button(texts.GRIP, data("grip", number))]
        )
    last = [Button(texts.SIGNALS, data("sigs", number))]
    if is_running:
        last.append(Button(texts.TIMETABLE, data("klok", number)))
    if event.status is EventStatus.CLOSED:
        last.append(Button(texts.REOPEN, data("reop", number)))
        rows.append(
            [
                Button(poll_texts.ASK, data("pollask", number)),
                Button(learning_texts.ADD, data("les", number)),
            ]
        )
    if is_running and briefing is not None and has_sent:
        # Also while a next text is being written: harm does not wait for it.
        last.append(Button(texts.TAKE_BACK, data("retr", number)))
    rows.append(last)
    return rows


def _until_it_goes(number: int | None, briefing: Briefing) -> list[Button]:
    """Approved, and its moment has not come: nobody has it, so it can still be called off."""
    first = (
        Button(texts.GO_ON, data("brkg", number, briefing.id))
        if is_held(briefing)
        else Button(texts.STOP, data("brks", number, briefing.id))
    )
    return [first, Button(texts.CALL_OFF, data("brka", number, briefing.id))]


def write_again(event: Event) -> list[list[Button]]:
    """Where every version was withdrawn: the first texts can be written anew."""
    if event.status not in RUNNING:
        return []
    return [
        [
            Button(WRITE_TEXTS, data("upd", event.id)),
            Button(ending_texts.END, data("endn", event.id)),
        ]
    ]


async def refresh_live(session: AsyncSession, *, now: datetime) -> int:
    """Edit every live message of a running event whose view changed; returns how many."""
    found = await session.exec(
        select(LiveMessage, Event)
        .join(Event, col(Event.id) == col(LiveMessage.event_id))
        .join(Delivery, col(Delivery.id) == col(LiveMessage.delivery_id))
        .where(
            # Of who was erased there is no chat any more.
            col(Delivery.address).not_like(f"{WIPED}%"),
            col(Event.status).in_(RUNNING)
            | (col(Event.closed_at) > now - AFTERWARDS)
            # The button to the list of calls stays right for who still calls.
            | col(Event.id).in_(list_changed_since(now - AFTERWARDS)),
            col(LiveMessage.edited_at) <= now - EDIT_PAUSE,
        )
    )
    edited = 0
    for live, event in found.all():
        view = await _view(session, live, event, now)
        if view is None or _hash(view) == live.content_hash:
            continue
        form = TelegramForm(text=view[0], buttons=view[1])
        await edit_sent(session, live.delivery_id, Content(telegram=form), now=now)
        live.content_hash, live.edited_at = _hash(view), now
        edited += 1
    return edited


async def live_name(session: AsyncSession, delivery_id: int | None) -> str:
    """What the message that this delivery put in a chat is kept up to date as; else empty."""
    found = await session.exec(
        select(LiveMessage.name).where(col(LiveMessage.delivery_id) == delivery_id).limit(1)
    )
    return found.first() or ""


async def _view(
    session: AsyncSession, live: LiveMessage, event: Event, now: datetime
) -> View | None:
    """What it has to say now; None when it can stay as it is."""
    if live.name == REQUEST:
        asked = await session.get(Delivery, live.delivery_id)
        reader = asked.person_id if asked else None
        return await request_now(session, event, live.briefing_id, reader)
    if live.name == PROGRESS:
        return await progress_view(session, live.event_id, live.briefing_id, now=now)
    if live.name in (APPROVED, TOLD) and await is_long_gone(session, live.briefing_id, now=now):
        return None
    if live.name == APPROVED:
        return await approved_view(session, live.event_id, live.briefing_id, now=now)
    if live.name == TOLD:
        return await told_view(
            session, event, live.briefing_id, delivery_id=live.delivery_id, now=now
        )
    return await card_view(session, event)


async def card_again(turn: Turn) -> None:
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    event = await turn.session.get(Event, turn.tap.number(0))
    if event is None:
        raise ValueError("no such event")
    await show_card(turn, event)


async def running_events(session: AsyncSession, *, is_exercise: bool) -> Sequence[Event]:
    """Confirmed events that were not closed yet, newest first."""
    found = await session.exec(
        select(Event)
        .where(col(Event.status).in_(RUNNING), col(Event.is_exercise) == is_exercise)
        .order_by(col(Event.id).desc())
    )
    return found.all()


def _hash(view: View) -> str:
    return hashlib.sha256(repr(view).encode()).hexdigest()


TAPS: dict[str, Handler] = {"ecard": card_again}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
