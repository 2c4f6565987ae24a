"""``/overdracht``: how everything stands for whoever takes over, and one tap that says who did.

Nobody gets or loses a right by it: the others hear whom to call, and the journal keeps the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import handover_texts as texts
from bot.chat.coordinator.doubts_flow import way_to_doubts
from bot.chat.turn import Handler, Turn
from bot.chat.used import use_up
from bot.console.today import Running, Today, read_today
from briefings.moments import clock, far_moment
from contacts.directory import Person, Role
from contacts.journal import JournalEntry, write_journal
from contacts.notices import as_content
from contacts.outbox import Button, MessageKind
from contacts.permissions import Permission, may, people_with
from contacts.sending import tell_people

#: button data ``overd``
TAKE = "overd"
ACTION = "handover_taken"
#: more would not be read in a chat
SHOWN = 8
#: who took over longer ago than this does not count as who leads now
HOLDS = timedelta(hours=24)
#: a title, and the lines below it
Part = tuple[str, list[str]]


async def show(turn: Turn) -> None:
    """``/overdracht``, for who may lead an event."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    today = await read_today(
        turn.session, turn.config, is_exercise=actor.is_exercise, now=turn.now,
        sees=lambda need: may(actor, need.acts), reader=actor.person_id,
    )  # fmt: skip
    leads = await who_leads(turn.session, is_exercise=actor.is_exercise, now=turn.now)
    _, to_doubts = await way_to_doubts(turn)
    await turn.say(view(today, leads, now=turn.now), [[Button(texts.TAKE, data(TAKE))], *to_doubts])


async def who_leads(
    session: AsyncSession, *, is_exercise: bool, now: datetime
) -> tuple[Person, datetime] | None:
    """Who took over last in this world, and when; None when that is a day ago."""
    found = await session.exec(
        select(JournalEntry)
        .where(col(JournalEntry.action) == ACTION, col(JournalEntry.at) > now - HOLDS)
        .order_by(col(JournalEntry.id).desc())
    )
    for line in found.all():
        person = await session.get(Person, int(line.subject.partition(":")[2]))
        if person is not None and person.is_exercise == is_exercise and person.left_at is None:
            return person, line.at
    return None


def view(today: Today, leads: tuple[Person, datetime] | None, *, now: datetime) -> str:
    """The message, as Telegram HTML. Pure."""
    said = texts.NOBODY
    if leads is not None:
        said = texts.LEADS.format(name=escape(leads[0].name), clock=clock(leads[1]))
    return as_text(
        [
            (texts.TITLE.format(clock=clock(now)), [said]),
            *how_it_stands(today, now=now),
            (texts.ASK, [f"• {one}" for one in texts.QUESTIONS]),
        ]
    )


def how_it_stands(today: Today, *, now: datetime) -> list[Part]:
    """What runs and what needs somebody, as parts with a title. Pure."""
    running = [f"• {escape(_running(one, now))}" for one in today.running] or [texts.QUIET]
    needs = [
        texts.NEED.format(number=number, what=escape(need.what))
        for number, need in enumerate(today.needs[:SHOWN], 1)
    ] or [texts.NO_NEEDS]
    if (rest := len(today.needs) - SHOWN) > 0:
        needs.append(texts.MORE.format(count=rest))
    return [(texts.RUNNING, running), (texts.NEEDS, needs)]


def as_text(parts: Sequence[Part]) -> str:
    """Parts below each other, as Telegram HTML. Pure."""
    return "\n\n".join("\n".join([f"<b>{title}</b>", *lines]) for title, lines in parts)


def _running(one: Running, now: datetime) -> str:
    promise = ""
    if one.next_update_at is not None and one.next_update_at > now:
        promise = texts.PROMISED.format(when=far_moment(one.next_update_at, now))
    return texts.ONE.format(title=one.title, severity=one.event.severity, promise=promise)


async def take(turn: Turn) -> None:
    """``overd``: who taps leads from now; the other coordinators and approvers hear it."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    leads = await who_leads(turn.session, is_exercise=actor.is_exercise, now=turn.now)
    if leads is not None and leads[0].id == actor.person_id:
        turn.toast = texts.ALREADY
        return
    own = await turn.session.get_one(Person, actor.person_id)
    write_journal(
        turn.session, who=actor.who, action=ACTION, subject=f"person:{own.id}", now=turn.now
    )
    others = {
        person.id: person
        for role in (Role.COORDINATOR, Role.APPROVER)
        for person in await people_with(turn.session, role, is_exercise=actor.is_exercise)
        if person.id != own.id
    }
    lines = [texts.TOLD.format(name=own.name, clock=clock(turn.now))]
    await tell_people(
        turn.session, list(others.values()),
        as_content(texts.TOLD_TITLE.format(name=own.name), lines),
        kind=MessageKind.NOTICE, is_exercise=actor.is_exercise, now=turn.now,
    )  # fmt: skip
    await use_up(turn)
    await turn.say(texts.TAKEN)


TAPS: dict[str, Handler] = {TAKE: take}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/overdracht": show}
