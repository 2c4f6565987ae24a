"""A closing text that did not leave, for partners told something: who hears it, and what next."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.render import render
from bot.evening.texts import CLOSE_AGAIN
from bot.event_names import name_of
from briefings.last_look import Held, hold_unheard
from contacts.directory import Role
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, may, people_with
from contacts.sending import tell_people
from feeds.rows import Event

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


async def hold_and_tell(session: AsyncSession, *, now: datetime) -> int:
    """Stop the closing texts that may not leave, and tell the coordinators and the approvers;
    returns how many that are."""
    held = await hold_unheard(session, now=now)
    for one in held:
        await _tell(session, one, now=now)
    return len(held)


async def _tell(session: AsyncSession, held: Held, *, now: datetime) -> None:
    event = await session.get_one(Event, held.briefing.event_id)
    assert event.id is not None
    for role in (Role.COORDINATOR, Role.APPROVER):
        people = await people_with(session, role, is_exercise=event.is_exercise)
        if role is Role.APPROVER:
            leads = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
            known = {person.id for person in leads}
            people = [person for person in people if person.id not in known]
        text = render(
            "coordinator/closing_held.html",
            title=await name_of(session, event),
            meant_for=held.meant_for,
            why=texts.REFUSALS[held.reason],
        )
        # Signals are not read by who only approves.
        buttons = ways_on(event.id, None) if role is Role.COORDINATOR else []
        await tell_people(
            session,
            people,
            Content(
                telegram=TelegramForm(text=text, buttons=[buttons] if buttons else []),
                email=EmailForm(
                    subject=approved_texts.CLOSING_HELD,
                    text=render("coordinator/plain.txt", text=text),
                    html=f"<p>{text}</p>",
                ),
            ),
            kind=MessageKind.NOTICE,
            event_id=event.id,
            severity=event.severity or 0,
            is_exercise=event.is_exercise,
            now=now,
        )
