"""The change of duty: who comes on hears how everything stands and says that it is taken over.

Until that tap, whoever goes off has duty too: an alert goes to both. What was told is in the
rows, so a restart tells it once; whom nobody could be told stays for the next round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape, unescape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.alerts import say_to
from bot.chat.buttons import data
from bot.chat.coordinator.handover_flow import as_text, how_it_stands
from bot.config import Config
from bot.console.today import read_today
from bot.on_duty import reachable
from briefings.moments import far_moment
from contacts.directory import Person, Role
from contacts.filling import BASE
from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import load_actor, may, people_with
from contacts.records import StaleMove
from contacts.rota import RotaPlace, before_of, covers, is_untaken
from contacts.rota_duty import take_over
from contacts.rota_keeping import may_stand, note_turn
from contacts.rota_rows import RotaTurn
from contacts.sending import tell_people

#: button data ``rotok:<turn>``
TAKE = "rotok"
_TAG = re.compile(r"<[^>]+>")


async def hand_over(
    session: AsyncSession, config: Config, turns: Sequence[RotaTurn], *, now: datetime
) -> int:
    """Tell who comes on, and who goes off; returns how many changes that was."""
    told = 0
    for turn in turns:
        if turn.place is RotaPlace.DUTY and turn.handed_at is None and covers(turn, now):
            told += await _hand_over(session, config, turns, turn, now=now)
    return told


async def _hand_over(
    session: AsyncSession, config: Config, turns: Sequence[RotaTurn], turn: RotaTurn, *,
    now: datetime,
) -> bool:  # fmt: skip
    before = before_of(turns, turn)
    if before is not None and before.person_id == turn.person_id:
        # Nobody comes on: the same person goes on.
        turn.handed_at = turn.taken_at = now
        session.add(turn)
        return False
    known = await may_stand(session, RotaPlace.DUTY, is_exercise=turn.is_exercise)
    person = known.get(turn.person_id)
    if person is None or not await reachable(session, [person], now=now):
        return False
    leaves = None if before is None else await _still_there(session, before, now=now)
    text = await _message(session, config, turn, before, leaves, person, now=now)
    told = await tell_people(
        session, [person], in_both_forms(text, turn), kind=MessageKind.NOTICE,
        is_exercise=turn.is_exercise, now=now,
    )  # fmt: skip
    if not told:
        return False
    turn.handed_at = now
    session.add(turn)
    note_turn(session, turn, "rota_handed", who=SYSTEM, now=now)
    if leaves is not None:
        line = texts.GOES_OFF.format(name=person.name, until=far_moment(turn.ends_at, now))
        await say_to(session, [leaves], escape(line), is_exercise=turn.is_exercise, now=now)
    return True


async def _message(
    session: AsyncSession, config: Config, turn: RotaTurn, before: RotaTurn | None,
    leaves: Person | None, person: Person, *, now: datetime,
) -> str:  # fmt: skip
    """What who comes on reads, as Telegram HTML: how it stands as *Vandaag* reckons it."""
    actor = await load_actor(session, person.id or 0)
    today = await read_today(
        session, config, is_exercise=turn.is_exercise, now=now,
        sees=lambda need: actor is not None and may(actor, need.acts), reader=person.id,
    )  # fmt: skip
    begin = [texts.YOUR_DUTY.format(until=far_moment(turn.ends_at, now))]
    begin.append(texts.TAP_ALONE if leaves is None else texts.TAP_PLEASE.format(name=leaves.name))
    parts = [f"<b>{escape(begin[0])}</b>\n{escape(begin[1])}"]
    if before is not None and before.note:
        writer = await session.get_one(Person, before.person_id)
        said = texts.NOTE_OF.format(name=writer.name)
        parts.append(f"<b>{escape(said)}</b>\n{escape(before.note)}")
    parts.append(as_text(how_it_stands(today, now=now)))
    parts.append(f'<a href="{BASE}/">{texts.ALL_OF_IT}</a>')
    return "\n\n".join(parts)


async def tell_untaken(
    session: AsyncSession, turns: Sequence[RotaTurn], patience: timedelta, *, now: datetime
) -> int:
    """Nobody tapped in time: both hear it, or all coordinators when nobody goes off."""
    told = 0
    for turn in turns:
        if not is_untaken(turn, now) or turn.untaken_told_at is not None:
            continue
        if turn.handed_at is None or turn.handed_at > now - patience:
            continue
        told += await _tell_untaken(session, turns, turn, now=now)
    return told


async def _tell_untaken(
    session: AsyncSession, turns: Sequence[RotaTurn], turn: RotaTurn, *, now: datetime
) -> bool:
    person = await session.get_one(Person, turn.person_id)
    before = before_of(turns, turn)
    leaves = None if before is None else await _still_there(session, before, now=now)
    values = {"name": person.name, "since": far_moment(turn.starts_at, now)}
    if leaves is not None:
        others, line = [leaves], texts.UNTAKEN_BEFORE
    else:
        all_of_them = await people_with(
            session, Role.COORDINATOR, is_exercise=turn.is_exercise
        )  # fmt: skip
        others, line = [one for one in all_of_them if one.id != person.id], texts.UNTAKEN_ALL
    told = await say_to(
        session, others, escape(line.format(**values)), is_exercise=turn.is_exercise, now=now
    )
    own = await say_to(
        session, [person], escape(texts.UNTAKEN_OWN.format(**values)),
        is_exercise=turn.is_exercise, now=now, buttons=take_button(turn),
    )  # fmt: skip
    if not told and not own:
        return False
    turn.untaken_told_at = now
    session.add(turn)
    write_journal(
        session, who=SYSTEM, action="rota_untaken_told", subject=f"rota_turn:{turn.id}", now=now
    )
    return True


async def say_taken(
    session: AsyncSession,
    turns: Sequence[RotaTurn],
    turn: RotaTurn,
    person_id: int,
    *,
    who: Who,
    now: datetime,
) -> str:
    """Whoever has duty taps: it is theirs, and who goes off hears it. Returns what they read.

    :raises StaleMove: it is not theirs now, or they said so before.
    """
    if turn.place is not RotaPlace.DUTY:
        raise StaleMove("only duty is taken over")
    before = before_of(turns, turn)
    await take_over(session, turn, person_id, who=who, now=now)
    person = await session.get_one(Person, person_id)
    leaves = None
    if before is not None and before.person_id != person_id:
        leaves = await _still_there(session, before, now=now)
    if leaves is not None:
        line = escape(texts.TAKEN_TOLD.format(name=person.name))
        await say_to(session, [leaves], line, is_exercise=turn.is_exercise, now=now)
    return texts.TAKEN.format(until=far_moment(turn.ends_at, now))


def in_both_forms(text: str, turn: RotaTurn) -> Content:
    """With the button in the chat; by mail line by line, with the way to the page. Pure."""
    mail = f"{text}\n\n{texts.TAKE_MAIL}\n{BASE}/beheer/rooster"
    return Content(
        telegram=TelegramForm(text=text, buttons=take_button(turn)),
        email=EmailForm(
            subject=texts.HANDED_SUBJECT,
            text=unescape(_TAG.sub("", mail)) + "\n",
            html=f"<p>{mail.replace(chr(10), '<br>')}</p>",
        ),
    )


def take_button(turn: RotaTurn) -> list[list[Button]]:
    """Below what who comes on reads. Pure."""
    return [[Button(texts.TAKE, data(TAKE, turn.id))]]


async def _still_there(session: AsyncSession, before: RotaTurn, *, now: datetime) -> Person | None:
    """Who goes off, as far as they have duty until the other says so: who can still be called."""
    known = await may_stand(session, RotaPlace.DUTY, is_exercise=before.is_exercise)
    person = known.get(before.person_id)
    if person is None or not await reachable(session, [person], now=now):
        return None
    return person
