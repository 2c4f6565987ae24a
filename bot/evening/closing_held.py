"""A closing text that did not leave, for partners told something: who hears it, and what next."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.evening.texts import CLOSE_AGAIN
from bot.event_names import name_of
from briefings.last_look import Held, held_untold, note_told
from contacts.directory import Role
from contacts.outbox import Button, Content, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, may, people_with
from contacts.sending import tell_people
from feeds.rows import Event

log = logging.getLogger(__name__)

#: why a closing text does not tell what partners told
UNHEARD = ("signals_wait", "signals_changed")


def ways_on(event_id: int, actor: Actor | None) -> list[Button]:
    """To the signals, for who may read them (None: who that is, is not known), and to a closing
    text with the signals as they are now. Pure."""
    reads = actor is None or may(actor, Permission.READ_SIGNALS)
    signals = [Button(texts.SIGNALS, data("sigs", event_id))] if reads else []
    return [*signals, Button(CLOSE_AGAIN, data("clos", event_id))]


def why_not(reason: str, actor: Actor) -> str:
    """The refusal in words; who may not read signals hears who does. Pure."""
    why = texts.REFUSALS.get(reason, reason)
    if reason == UNHEARD[0] and not may(actor, Permission.READ_SIGNALS):
        return f"{why} {approved_texts.OTHERS_ANSWER}"
    return why


async def tell_held(session: AsyncSession, briefing_id: int, *, now: datetime) -> int:
    """The coordinators and the approvers hear that a closing text stands still, or the admins
    where none of those can; returns how many. Nobody: it stays to be told."""
    held = await held_untold(session, briefing_id)
    if held is None:
        return 0
    event = await session.get_one(Event, held.briefing.event_id)
    told = await _tell(session, event, held, (Role.COORDINATOR, Role.APPROVER), now=now)
    told = told or await _tell(session, event, held, (Role.ADMIN,), now=now)
    is_news = await note_told(session, held, told, now=now)
    if is_news and not told:
        log.error(
            "A closing text was stopped, and nobody can hear it",
            extra={"action": "closing_hold_untold", "briefing_id": held.briefing.id},
        )
    return told


async def _tell(
    session: AsyncSession, event: Event, held: Held, roles: Sequence[Role], *, now: datetime
) -> int:
    known: set[int | None] = set()
    told = 0
    for role in roles:
        people = await people_with(session, role, is_exercise=event.is_exercise)
        people = [person for person in people if person.id not in known]
        known |= {person.id for person in people}
        deliveries = await tell_people(
            session,
            people,
            await _content(session, event, held, role),
            kind=MessageKind.NOTICE,
            event_id=event.id,
            severity=event.severity or 0,
            is_exercise=event.is_exercise,
            now=now,
        )
        told += len(deliveries)
    return told


async def _content(session: AsyncSession, event: Event, held: Held, role: Role) -> Content:
    text = render(
        "coordinator/closing_held.html",
        title=await name_of(session, event),
        meant_for=held.meant_for,
        why=texts.REFUSALS.get(held.reason, approved_texts.NOT_LOOKED),
    )
    # Signals are not read by who only approves, or only keeps the house.
    buttons = ways_on(event.id or 0, None) if role is Role.COORDINATOR else []
    return Content(
        telegram=TelegramForm(text=text, buttons=[buttons] if buttons else []),
        email=mail_of(approved_texts.CLOSING_HELD, text),
    )
