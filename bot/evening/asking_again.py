"""Facts changed while a version lay with the approvers: what they read then, and how they ask for
the texts back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.progress import View
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.evening import texts as words
from bot.event_names import name_of
from briefings.capitals import with_capital
from briefings.drafting import current_briefing
from briefings.endings import End, Voided, how_it_ended, voided
from briefings.moments import clock, moment
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Role
from contacts.journal import JournalEntry, write_journal
from contacts.outbox import Button, Content, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, people_with, require
from contacts.sending import tell_people
from feeds.rows import Event

ASKED = "resubmission_asked"
#: the button of an approver, and the name of the message that has it
ASK, REQUEST = "again", "request"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that lay with the approvers, what changed, and when somebody asked it back."""

    briefing: Briefing
    changed: Voided
    asked_at: datetime | None
    reader: int | None = None

    @property
    def who(self) -> list[str]:
        """As :func:`who_changed`."""
        return who_changed(self.changed, self.reader)


async def waits_again(
    session: AsyncSession, event_id: int, reader: int | None = None
) -> Waiting | None:
    """The version that has to be handed in again because something in it changed; or None.

    :param reader: who reads it, to say *you* about what they did themselves.
    """
    briefing = await current_briefing(session, event_id)
    if briefing is None or briefing.status is not BriefingStatus.DRAFT:
        return None
    changed = await voided(session, briefing)
    if changed is None:
        return None
    found = await session.exec(
        select(JournalEntry.at)
        .where(
            col(JournalEntry.subject) == f"briefing:{briefing.id}",
            col(JournalEntry.action) == ASKED,
            col(JournalEntry.at) >= changed.at,
        )
        .limit(1)
    )
    return Waiting(briefing, changed, found.first(), reader)


async def request_now(
    session: AsyncSession, event: Event, briefing_id: int, reader: int | None = None
) -> View | None:
    """What an approver's question became; None while it stands, or when its end is told there."""
    assert event.id is not None
    briefing = await session.get_one(Briefing, briefing_id)
    title = await name_of(session, event)
    if briefing.status is BriefingStatus.WITHDRAWN and briefing.approved_at is None:
        ended = await how_it_ended(session, briefing)
        if ended is None or ended.end is not End.WITHDRAWN:
            return None
        why = approved_texts.REQUEST_WITHDRAWN
        return render("coordinator/request_retired.html", title=title, why=why), []
    waiting = await waits_again(session, event.id, reader)
    if waiting is None or waiting.briefing.id != briefing.id:
        return None
    text = render("coordinator/request_changed.html", title=title, **shown(waiting))
    return text, buttons(event.id, waiting)


def shown(waiting: Waiting | None) -> dict[str, object]:
    """For a template that says what changed, if anything did. Pure."""
    if waiting is None:
        return {"changed": None, "asked_at": None, "who": []}
    return {"changed": waiting.changed, "asked_at": waiting.asked_at, "who": waiting.who}


def who_changed(changed: Voided, reader: int | None = None) -> list[str]:
    """Who took it back, and whose texts were worded by hand: by role, never by name, and *you* to
    who did it. Pure."""
    lines = []
    if changed.by is not None:
        who, at = with_capital(words.BY_ROLE[changed.by]), moment(changed.at)
        is_mine = reader is not None and changed.person_id == reader
        own = words.WORDS_CHANGED_BY_YOU if is_mine else words.WORDS_CHANGED_BY
        shape = own if changed.is_words_only else words.CHANGED_BY
        lines.append(shape.format(who=who, at=at))
    by: dict[str, list[str]] = {}
    for audience, role, person_id in changed.worded:
        who = words.BY_ROLE[role] if role else words.SOMEBODY
        if reader is not None and person_id == reader:
            who = ""
        by.setdefault(who, []).append(texts.AUDIENCES[audience])
    for who, names in by.items():
        shape = words.WORDED_BY if who else words.WORDED_BY_YOU
        lines.append(shape.format(who=who, names=", ".join(names)))
    return lines


def buttons(event_id: int, waiting: Waiting) -> list[list[Button]]:
    """Read what they became, and ask for them. Pure."""
    rows = [[Button(approved_texts.READ_NEW, data("rd", waiting.briefing.id))]]
    if waiting.asked_at is None:
        rows.append([Button(approved_texts.ASK_AGAIN, data(ASK, event_id))])
    return rows


def hand_in_buttons(event_id: int, waiting: Waiting) -> list[Button]:
    """Read the texts, and hand them in again. Pure."""
    return [
        Button(texts.TEXTS, data("texts", event_id)),
        Button(texts.SUBMIT, data("submit", event_id, waiting.briefing.version)),
    ]


async def ask_again(
    session: AsyncSession, event: Event, actor: Actor, *, now: datetime
) -> int | str:
    """An approver asks the coordinators to hand in what changed; how many hear it, or why not.

    Nobody hears it: it can be asked again.

    :raises NotAllowed: the actor may not approve.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    assert event.id is not None
    waiting = await _only_us(session, event.id)
    if waiting is None:
        return approved_texts.NOTHING_TO_ASK
    if waiting.asked_at is not None:
        return approved_texts.ASKED_ALREADY.format(clock=clock(waiting.asked_at))
    people = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
    others = [person for person in people if person.id != actor.person_id]
    told = await tell_people(
        session,
        others,
        await _question(session, event, waiting),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        severity=event.severity or 0,
        is_exercise=event.is_exercise,
        now=now,
    )
    if not told:
        return _nobody(is_writer=len(others) < len(people), others=len(others))
    subject = f"briefing:{waiting.briefing.id}"
    write_journal(session, who=actor.who, action=ASKED, subject=subject, now=now)
    return len(told)


async def _only_us(session: AsyncSession, event_id: int) -> Waiting | None:
    """As :func:`waits_again`; who asks in the same moment waits, and finds that it was asked."""
    briefing = await current_briefing(session, event_id)
    if briefing is not None:
        await session.refresh(briefing, with_for_update=True)
    return await waits_again(session, event_id)


def _nobody(*, is_writer: bool, others: int) -> int | str:
    """Nobody else heard it: what who asked can do about that. Pure."""
    if not is_writer:
        return 0
    return approved_texts.ASK_THE_OTHERS if others else approved_texts.ASK_YOURSELF


async def _question(session: AsyncSession, event: Event, waiting: Waiting) -> Content:
    text = render(
        "coordinator/ask_again.html", title=await name_of(session, event), **shown(waiting)
    )
    assert event.id is not None
    rows = [hand_in_buttons(event.id, waiting)]
    return Content(
        telegram=TelegramForm(text=text, buttons=rows),
        email=mail_of(approved_texts.ASK_SUBJECT, text),
    )
