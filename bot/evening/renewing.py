"""An approval that does not go on because of who gets it: asked anew, and the coordinators hear."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.event_names import name_of
from briefings.handing_in import bind_anew
from briefings.rows import Briefing
from contacts.directory import Role
from contacts.outbox import Button, Content, MessageKind, TelegramForm
from contacts.permissions import Actor, people_with
from contacts.sending import tell_people
from feeds.rows import Event


async def renew(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    reason: str,
    *,
    now: datetime,
) -> bool:
    """Bind the request to who is on the list now, and tell the coordinators why it was not
    approved. The texts stay handed in. False, and nothing done, when they know, or when the
    refusal is about what they get.

    :param reason: of the refusal.
    :raises NotAllowed: the actor may not approve.
    """
    if reason not in approved_texts.STALLED:
        return False
    if not await bind_anew(session, event, briefing, actor, now=now):
        return False
    text = render(
        "coordinator/approval_stalled.html",
        title=await name_of(session, event),
        why=approved_texts.STALLED[reason],
    )
    people = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
    rows = [[Button(texts.RECIPIENTS, data("rcpt", event.id))]]
    await tell_people(
        session,
        [person for person in people if person.id != actor.person_id],
        Content(
            telegram=TelegramForm(text=text, buttons=rows),
            email=mail_of(approved_texts.STALLED_SUBJECT, text),
        ),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        severity=event.severity or 0,
        is_exercise=event.is_exercise,
        now=now,
    )
    return True
