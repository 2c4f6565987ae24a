"""The emergency brake: what is wrong and harmful is taken back at once, read again afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.evening.approving import follow_sending
from bot.evening.writing import ABOUT_LIMIT, NotBegun, redraft
from bot.evening.wrong_parts import Around, fact_of, sent_part, take_out
from bot.event_names import name_of
from briefings.approval import Approved, SubmitRefused, retract
from briefings.approval_rules import ApprovalRefused, needs_four_eyes
from briefings.drafting import current_briefing
from briefings.settings import BriefingSettings
from briefings.wordings import words_aside
from contacts.directory import Role
from contacts.outbox import Content, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, people_with, require
from contacts.sending import tell_people
from feeds.rows import Event
from signals.person_filter import screen

TakenBack = Approved | ApprovalRefused | SubmitRefused | NotBegun


def may_take_back(event: Event, actor: Actor, settings: BriefingSettings) -> bool:
    """Whether the brake is this person's: where four eyes are needed it is an approver's. Pure."""
    return Role.APPROVER in actor.roles or not needs_four_eyes(event, settings)


async def take_back(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    key: str,
    about: str,
    settings: BriefingSettings,
    *,
    allow: Collection[str],
    now: datetime,
) -> TakenBack:
    """Retract the first version that carried a part, to whoever got it, without waiting.

    The other approvers and the coordinators are told to read it afterwards. A version that is
    being written gives way: its texts are written anew from the facts that are left.

    :param key: of a part (:mod:`bot.evening.wrong_parts`).
    :param about: what was wrong, as a category; never the wrong claim itself.
    :raises ValueError: the fact is not one of this event.
    :raises NotAllowed: the actor may not approve.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    fact = await fact_of(session, event, key)
    if not may_take_back(event, actor, settings):
        return ApprovalRefused("not_approver")
    if screen(about, allow).blocked:
        return NotBegun("person")
    part = await sent_part(session, event, key, now=now)
    if part is None and (fact is None or fact.withdrawn_at is not None):
        return NotBegun("taken_back")
    if part is None:
        await take_out(session, event, key, actor, settings, now=now)
        await redraft(session, event, actor, settings, now=now)
        return NotBegun("never_sent")
    trial = await session.begin_nested()
    await take_out(session, event, key, actor, settings, now=now)
    done = await retract(
        session,
        event,
        actor,
        settings,
        wrong=about.strip()[:ABOUT_LIMIT],
        now=now,
        version=part.first_wrong,
        bare=key == Around.WHOLE,
    )
    if not isinstance(done, Approved):
        # All or nothing: a sentence that left the facts could not be taken back again.
        await trial.rollback()
        await session.refresh(event)
        return done
    await trial.commit()
    await _call_second_readers(session, event, actor, done, now=now)
    return done


async def _call_second_readers(
    session: AsyncSession, event: Event, actor: Actor, done: Approved, *, now: datetime
) -> None:
    assert event.id is not None
    briefing = await current_briefing(session, event.id)
    assert briefing is not None
    await follow_sending(session, event, briefing, now=now)
    readers = {
        person.id: person
        for role in (Role.APPROVER, Role.COORDINATOR)
        for person in await people_with(session, role, is_exercise=event.is_exercise)
        if person.id != actor.person_id
    }
    text = render(
        "coordinator/read_afterwards.html", event=event, briefing=briefing, result=done,
        title=await name_of(session, event), aside=await words_aside(session, briefing),
    )  # fmt: skip
    await tell_people(
        session,
        list(readers.values()),
        Content(
            telegram=TelegramForm(text=text),
            email=mail_of(render("coordinator/read_afterwards_subject.txt"), text),
        ),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        severity=event.severity or 0,
        is_exercise=event.is_exercise,
        now=now,
    )
