"""Gives a period of the rota to a colleague, and tells the other of it: for desk and chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.alerts import say_to
from bot.chat.buttons import data
from bot.on_duty import reachable
from briefings.moments import far_moment
from contacts.directory import Person
from contacts.outbox import Button
from contacts.permissions import Actor
from contacts.rota import Turn
from contacts.rota_keeping import may_stand
from contacts.rota_passing import decline, offer, pass_to
from contacts.rota_rows import RotaTurn

#: button data ``rotyes:<period>:<version>`` and ``rotno:<period>``
YES, NO = "rotyes", "rotno"
#: ``rotswap:<period>:<version>`` and ``rottake:<period>:<version>``: whom to ask · take over?
GIVE, TAKE = "rotswap", "rottake"


class NotReached(Exception):
    """The colleague has no channel that works now: nothing was asked."""


def period_of(turn: Turn, now: datetime) -> str:
    """``dienst van … tot …``. Pure."""
    return texts.PERIOD.format(
        place=texts.PLACES[turn.place], begin=far_moment(turn.starts_at, now),
        end=far_moment(turn.ends_at, now),
    )  # fmt: skip


async def colleagues(
    session: AsyncSession, turn: RotaTurn, own: int, *, now: datetime
) -> list[Person]:
    """Who else may stand there, and can be asked."""
    known = await may_stand(session, turn.place, is_exercise=turn.is_exercise)
    awake = await reachable(session, known.values(), now=now)
    return [one for number, one in known.items() if number in awake and number != own]


async def ask(
    session: AsyncSession, turn: RotaTurn, to: int, actor: Actor, *, seen: int, now: datetime
) -> str:
    """Ask a colleague to take this period; returns what who asks reads.

    :raises NotReached: the colleague cannot be asked now.
    :raises RotaRefused: the colleague may not stand there.
    :raises StaleMove: it is not theirs, or was changed meanwhile.
    """
    await offer(session, turn, to, own=actor.person_id, seen=seen, who=actor.who, now=now)
    own = await session.get_one(Person, actor.person_id)
    other = await session.get_one(Person, to)
    buttons = [
        [Button(texts.YES, data(YES, turn.id, turn.version)), Button(texts.NO, data(NO, turn.id))]
    ]
    line = texts.OFFER.format(name=own.name, period=period_of(turn, now))
    if not await _tell(session, turn, [other], line, buttons=buttons, now=now):
        raise NotReached
    return texts.OFFERED.format(name=other.name)


async def take(
    session: AsyncSession, turn: RotaTurn, actor: Actor, *, seen: int, now: datetime
) -> str:
    """The actor takes the period; who had it hears so. Returns what the actor reads.

    :raises RotaRefused: they may not stand there.
    :raises StaleMove: it is theirs already, or was changed meanwhile.
    """
    before = await session.get_one(Person, turn.person_id)
    taken = await pass_to(session, turn, actor.person_id, seen=seen, who=actor.who, now=now)
    own = await session.get_one(Person, actor.person_id)
    period = period_of(taken, now)
    line = texts.PASSED_TOLD.format(name=own.name, period=period)
    await _tell(session, taken, [before], line, now=now)
    return texts.PASSED.format(period=period)


async def refuse(session: AsyncSession, turn: RotaTurn, actor: Actor, *, now: datetime) -> str:
    """The actor does not take what was offered; who asked hears so.

    :raises StaleMove: they are not asked any more.
    """
    await decline(session, turn, actor.person_id, who=actor.who, now=now)
    own = await session.get_one(Person, actor.person_id)
    holder = await session.get_one(Person, turn.person_id)
    line = texts.DECLINED_TOLD.format(name=own.name, period=period_of(turn, now))
    await _tell(session, turn, [holder], line, now=now)
    return texts.DECLINED.format(name=holder.name)


async def _tell(
    session: AsyncSession, turn: RotaTurn, people: Sequence[Person], line: str, *,
    now: datetime, buttons: list[list[Button]] | None = None,
) -> bool:  # fmt: skip
    told = await say_to(
        session, people, escape(line), is_exercise=turn.is_exercise, now=now, buttons=buttons
    )
    return bool(told)
