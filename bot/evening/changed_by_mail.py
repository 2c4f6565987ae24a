"""Facts changed while a version lay with the approvers: who was asked by mail hears it by mail.

A question in a chat says so by itself; a mail cannot be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator import approved_texts
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.evening.asking_again import Waiting, shown, waits_again
from bot.event_names import name_of
from briefings.endings import VOIDED
from briefings.rows import Briefing
from contacts.directory import ChannelKind, Person
from contacts.filling import BASE
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.permissions import Permission, load_actor, may
from contacts.sending import tell_people
from feeds.rows import Event

#: facts often come by twos and threes, and the texts may be handed in again at once
SETTLES = timedelta(minutes=1)
#: a house that was away for longer tells it with the next question
LOOKS_BACK = timedelta(days=1)
CHANGE_TOLD = "change_told"
#: did not reach anybody, so there is nothing to take back
_NEVER = (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)


async def tell_changed(session: AsyncSession, *, now: datetime) -> int:
    """Tell it once for each version that came back; returns how many people hear it."""
    told = 0
    for event in await _came_back(session, now):
        people = await _asked_by_mail(session, event)
        waiting = await waits_again(session, event.id or 0) if people else None
        if waiting is None or waiting.changed.at > now - SETTLES:
            continue
        told += await _tell(session, event, waiting, people, now=now)
    return told


async def _came_back(session: AsyncSession, now: datetime) -> Sequence[Event]:
    """The events of which a version came back from the approvers lately."""
    found = await session.exec(
        select(JournalEntry.subject).where(
            col(JournalEntry.action).in_(VOIDED), col(JournalEntry.at) > now - LOOKS_BACK
        )
    )
    ids = [int(subject.partition(":")[2]) for subject in found.all()]
    if not ids:
        return []
    of_them = select(Briefing.event_id).where(col(Briefing.id).in_(ids))
    events = await session.exec(
        select(Event).where(col(Event.id).in_(of_them)).order_by(col(Event.id))
    )
    return events.all()


async def _asked_by_mail(session: AsyncSession, event: Event) -> list[tuple[Person, datetime]]:
    """Who was asked by mail, at what moment, and may still approve."""
    found = await session.exec(
        select(Person, Message.created_at)
        .join(Delivery, col(Delivery.person_id) == col(Person.id))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.event_id) == event.id,
            col(Message.kind) == MessageKind.APPROVAL,
            col(Delivery.kind) == ChannelKind.EMAIL,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).not_in(_NEVER),
            col(Person.left_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    asked = []
    for person, at in found.all():
        actor = await load_actor(session, person.id or 0)
        if actor is not None and may(actor, Permission.APPROVE_BRIEFING):
            asked.append((person, at))
    return asked


async def _tell(
    session: AsyncSession,
    event: Event,
    waiting: Waiting,
    asked: Sequence[tuple[Person, datetime]],
    *,
    now: datetime,
) -> int:
    changed, subject = waiting.changed, f"briefing:{waiting.briefing.id}"
    known = await session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.subject) == subject,
            col(JournalEntry.action) == CHANGE_TOLD,
            col(JournalEntry.at) >= changed.at,
        )
        .limit(1)
    )
    # Who changed it knows; who was asked before this version has a question about that one.
    people = {
        person.id: person
        for person, at in asked
        if at >= changed.since and person.id != changed.person_id
    }
    if not people or known.first() is not None:
        return 0
    told = await tell_people(
        session,
        list(people.values()),
        await _word(session, event, waiting),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        severity=event.severity or 0,
        is_exercise=event.is_exercise,
        now=now,
    )
    if told:
        write_journal(
            session, who=SYSTEM, action=CHANGE_TOLD, subject=subject,
            detail={"count": len(told)}, now=now,
        )  # fmt: skip
    return len(told)


async def _word(session: AsyncSession, event: Event, waiting: Waiting) -> Content:
    """By mail alone: a chat has its own question, which says the same."""
    title = await name_of(session, event)
    text = render("coordinator/request_changed.html", title=title, **shown(waiting))
    page = f"{BASE}/gebeurtenis/{event.id}/teksten"
    mail = f"{text}\n\n{approved_texts.AT_THE_DESK.format(page=page)}"
    return Content(email=mail_of(approved_texts.CHANGED_SUBJECT, mail))
