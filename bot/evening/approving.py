"""Four eyes: who is asked, what happens after the second tap, and the word back to the writers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import AUDIENCES, data
from bot.chat.coordinator import card, texts
from bot.chat.coordinator.progress import View, progress_view
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.console.contact_texts import LANGUAGES
from bot.evening.own_said import barred_said
from bot.evening.questions import follow_requests, retire_requests
from bot.evening.request_lines import block_lines, granted_lines, noticed_lines
from bot.evening.since_asked import MOST_IN_CHAT, ROOM, changes_shown
from bot.event_names import name_of
from briefings.approval import send_back
from briefings.approval_rules import needs_four_eyes
from briefings.asked_texts import since_asked
from briefings.blocking import granted_in, open_blocks
from briefings.counting import read_overview
from briefings.drafting import current_briefing, texts_of
from briefings.plausibility import look_over
from briefings.rows import CAN_SPLIT, Briefing, BriefingStatus, BriefingText
from briefings.settings import BriefingSettings
from briefings.translations import read_translations
from briefings.writers import Barred, barred_of
from contacts.directory import Audience, Person, Role
from contacts.filling import BASE
from contacts.outbox import (
    Button,
    Content,
    MessageKind,
    TelegramForm,
)
from contacts.permissions import Actor, Permission, may, people_with
from contacts.sending import tell_people
from contacts.texts import counted
from feeds.rows import Event
from signals.person_filter import screen

#: Enough of the hash to tell two versions apart within 64 bytes of button data.
HASH_PART = 12
REMARK_LIMIT = 300
#: findings with a button of their own under one message
MOST_BLOCKS = 6
#: a message holds 4096 characters; what changed since has a heading and a last line as well
REQUEST_LIMIT = 3800


async def request_view(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    *,
    now: datetime,
    barred: Barred | None = None,
) -> View:
    """What an approver sees in the chat.

    :param barred: what this one may not approve; None is nothing.
    """
    assert briefing.id is not None
    assert briefing.content_hash is not None
    plan = await read_overview(session, event, briefing)
    drafts = await texts_of(session, briefing.id)
    blocks = open_blocks(briefing, drafts)
    values: dict[str, Any] = {
        "event": event,
        "title": await name_of(session, event),
        "plan": plan,
        "noticed": noticed_lines(await look_over(session, event, briefing, plan, now=now)),
        "drafts": drafts,
        "kind": texts.BRIEFING_KINDS[briefing.kind],
        "names": texts.AUDIENCES,
        "blocks": block_lines(blocks),
        "granted": granted_lines(granted_in(briefing, drafts)),
        "translations": await _translations(session, drafts),
        "barred": barred_said(barred, texts.AUDIENCES),
    }
    text = render("coordinator/approval.html", since=None, **values)
    room = min(ROOM, REQUEST_LIMIT - len(text))
    since = await changes_shown(session, briefing, drafts, most=MOST_IN_CHAT, room=room)
    if since is not None:
        text = render("coordinator/approval.html", since=since, **values)
    seen = briefing.content_hash[:HASH_PART]
    buttons = [
        [Button(texts.READ, data("rd", briefing.id))],
        *_approve_buttons(briefing, [draft.audience for draft in drafts], barred),
        [Button(texts.SEND_BACK, data("back", briefing.id))],
    ]
    for found in [] if barred and barred.reason else blocks[:MOST_BLOCKS]:
        if found.can_be_set_aside:
            label = texts.SET_ASIDE.format(
                code=found.remark.code, name=texts.AUDIENCES[found.audience]
            )
            buttons.append([Button(label, data("exc", briefing.id, seen, found.key))])
    return text, buttons


def _approve_buttons(
    briefing: Briefing, there: Sequence[Audience], barred: Barred | None
) -> list[list[Button]]:
    """All of it, or what this reader may approve of it. Pure."""
    if barred is not None and barred.reason:
        return []
    seen = (briefing.content_hash or "")[:HASH_PART]
    others = barred.others if barred is not None else tuple(there)
    rows = [[Button(texts.APPROVE, data("ap1", briefing.id, seen))]]
    if barred is not None and barred.texts:
        label = counted(texts.APPROVE_OTHERS, len(others))
        mark = data("ap1", briefing.id, seen, held_mask(barred.texts))
        rows = [[Button(label, mark)]]
    if len(others) > 1 and briefing.kind in CAN_SPLIT:
        mask = held_mask(barred.texts) if barred is not None else 0
        rows.append([Button(texts.NOT_ALL, data("aps", briefing.id, seen, mask))])
    return rows


def held_mask(held: Collection[Audience]) -> int:
    """Texts that are held back, as one number for a button. Pure."""
    return sum(1 << index for index, audience in enumerate(AUDIENCES) if audience in held)


async def _translations(session: AsyncSession, drafts: Sequence[BriefingText]) -> list[str]:
    """Which translations go out with these texts: the approval binds them too."""
    return [
        f"{texts.AUDIENCES[audience]} ({LANGUAGES.get(language, language)})"
        for audience, language in await read_translations(session, drafts)
    ]


async def ask_approvers(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> int:
    """Put a submitted version before everyone else who may approve it; returns how many of them
    have a channel to read it by, and may approve any of it."""
    approvers = await people_with(session, Role.APPROVER, is_exercise=actor.is_exercise)
    approvers = [person for person in approvers if person.id != actor.person_id]
    await retire_requests(session, event, texts.REQUEST_RENEWED, now=now)
    if not approvers:
        return 0
    return await _put_before(session, event, briefing, approvers, settings, now=now)


async def _put_before(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    people: Sequence[Person],
    settings: BriefingSettings,
    *,
    now: datetime,
) -> int:
    """The request, for each with what they may approve; returns how many of those who may have a
    channel."""
    ids = [person.id or 0 for person in people]
    found = await barred_of(session, briefing, event, ids, settings)
    told = 0
    for barred in dict.fromkeys(found.values()):
        same = [person for person in people if found.get(person.id or 0) == barred]
        view = await request_view(session, event, briefing, now=now, barred=barred)
        heard = await _tell(session, event, briefing, same, view, now=now)
        told += 0 if barred.reason else heard
    return told


async def _tell(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    people: Sequence[Person],
    view: View,
    *,
    now: datetime,
) -> int:
    """The request in the chat, by mail for who has no chat; returns how many have a channel."""
    drafts = await texts_of(session, briefing.id or 0)
    before = await since_asked(session, briefing, drafts)
    mail = render(
        "coordinator/approval_mail.html", title=await name_of(session, event), before=before,
        page=f"{BASE}/gebeurtenis/{event.id}/verzenden",
    )  # fmt: skip
    told = await tell_people(
        session,
        people,
        Content(
            telegram=TelegramForm(text=view[0], buttons=view[1]),
            email=mail_of(render("coordinator/approval_subject.txt"), mail),
        ),
        kind=MessageKind.APPROVAL,
        event_id=event.id,
        severity=event.severity or 0,
        is_exercise=event.is_exercise,
        now=now,
    )
    await follow_requests(session, event, briefing, told, view, now=now)
    return len(told)


async def ask_again_for_rest(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> int | None:
    """After a part was approved: the texts that were held back, before everybody who may approve
    them, whoever held them back included.

    Coordinators are asked when no approver has a channel; under four eyes not who handed it in.
    Returns how many were told; None when nothing was held back.
    """
    rest = await current_briefing(session, briefing.event_id)
    if rest is None or rest.id == briefing.id or rest.status is not BriefingStatus.SUBMITTED:
        return None
    approvers = await people_with(session, Role.APPROVER, is_exercise=actor.is_exercise)
    told = await _put_before(session, event, rest, approvers, settings, now=now)
    if told:
        return told
    others = await people_with(session, Role.COORDINATOR, is_exercise=actor.is_exercise)
    asked = {person.id for person in approvers}
    others = [person for person in others if person.id not in asked]
    if needs_four_eyes(event, settings):
        others = [person for person in others if person.id != rest.submitted_by]
    return await _put_before(session, event, rest, others, settings, now=now)


async def follow_sending(
    session: AsyncSession, event: Event, briefing: Briefing, *, now: datetime
) -> None:
    """A live progress message for the coordinators."""
    assert event.id is not None
    assert briefing.id is not None
    view = await progress_view(session, event.id, briefing.id, now=now)
    coordinators = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
    for person in coordinators:
        await _show_live(session, person, event.id, view, card.PROGRESS, briefing.id, now=now)


async def show_card_to(session: AsyncSession, event: Event, actor: Actor, *, now: datetime) -> None:
    """The card of the evening on the actor's own phone, if they have one."""
    assert event.id is not None
    person = await session.get_one(Person, actor.person_id)
    view = await card.card_view(session, event)
    await _show_live(session, person, event.id, view, card.CARD, 0, now=now)


async def _show_live(
    session: AsyncSession,
    person: Person,
    event_id: int,
    view: View,
    name: str,
    briefing_id: int,
    *,
    now: datetime,
) -> None:
    deliveries = await tell_people(
        session,
        [person],
        Content(telegram=TelegramForm(text=view[0], buttons=view[1])),
        kind=MessageKind.NOTICE,
        event_id=event_id,
        is_exercise=person.is_exercise,
        now=now,
    )
    for delivery in deliveries:
        if delivery.address.lstrip("-").isdigit():
            chat = int(delivery.address)
            await card.remember(session, event_id, chat, name, delivery, view, now, briefing_id)


async def return_to_writers(
    session: AsyncSession,
    briefing: Briefing,
    actor: Actor,
    remark: str,
    *,
    allow: Collection[str],
    now: datetime,
) -> bool:
    """Send a version back with a remark, and tell its writers.

    False, and nothing kept, when the remark is about a person.

    :raises NotAllowed: the actor may not approve.
    :raises contacts.records.IllegalMove: it was not handed in.
    """
    submitter = briefing.submitted_by
    remark = remark.strip()[:REMARK_LIMIT]
    if screen(remark, allow).blocked:
        return False
    await send_back(session, briefing, actor, remark, now=now)
    coordinators = await people_with(session, Role.COORDINATOR, is_exercise=actor.is_exercise)
    form = TelegramForm(text=render("coordinator/was_sent_back.html", remark=remark))
    await tell_people(
        session,
        [p for p in coordinators if p.id != actor.person_id or p.id == submitter],
        Content(telegram=form),
        kind=MessageKind.NOTICE,
        event_id=briefing.event_id,
        is_exercise=actor.is_exercise,
        now=now,
    )
    return True


async def anything_waits(session: AsyncSession, actor: Actor) -> bool:
    """Whether texts lie with the approvers, of whom this is one."""
    if not may(actor, Permission.APPROVE_BRIEFING):
        return False
    found = await session.exec(
        select(Briefing.id).where(
            col(Briefing.status) == BriefingStatus.SUBMITTED,
            col(Briefing.is_exercise) == actor.is_exercise,
        )
    )
    return found.first() is not None
