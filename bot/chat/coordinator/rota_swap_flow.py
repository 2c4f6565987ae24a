"""Buttons under ``/rooster``: give one's own period to a colleague, or take over another's."""

from __future__ import annotations

from collections.abc import Awaitable
from html import escape

from bot import rota_texts as texts
from bot.chat.buttons import data
from bot.chat.shown import drop_buttons
from bot.chat.turn import Handler, Turn
from bot.rota_standing import Standing
from bot.rota_swapping import (
    GIVE,
    NO,
    TAKE,
    YES,
    NotReached,
    ask,
    colleagues,
    period_of,
    refuse,
    take,
)
from contacts.directory import Person
from contacts.outbox import Button
from contacts.permissions import Actor, Permission
from contacts.records import StaleMove
from contacts.rota_keeping import ROLES, RotaRefused
from contacts.rota_rows import RotaTurn

#: ask · take over
ASK, SURE = "rotask", "rottake2"
#: colleagues to choose from
SHOWN = 12


def rows_for(standing: Standing, actor: Actor, shown: int) -> list[list[Button]]:
    """One button for each period that is shown: one's own to give, another's to take where one may
    stand. Pure."""
    rows, own = [], actor.person_id
    for number, one in enumerate(standing.turns[:shown], 1):
        if one.person_id != own and not actor.roles & set(ROLES[one.place]):
            continue
        verb, label = (GIVE, texts.SWAP) if one.person_id == own else (TAKE, texts.TAKE_IT)
        rows.append([Button(label.format(number=number), data(verb, one.id, one.version))])
    return rows


async def choose_colleague(turn: Turn) -> None:
    """``rotswap:<period>:<version>``: of one's own."""
    actor, period, seen = await _asked(turn)
    if period.person_id != actor.person_id or period.version != seen:
        turn.toast = texts.CHANGED
        return
    people = await colleagues(turn.session, period, actor.person_id, now=turn.now)
    if not people:
        turn.toast = texts.NOBODY_ELSE
        return
    rows = [[Button(one.name[:60], data(ASK, period.id, seen, one.id))] for one in people[:SHOWN]]
    line = texts.SWAP_ASK.format(period=period_of(period, turn.now))
    await turn.say(escape(line), [*rows, [Button(texts.QUIT, data("rotquit"))]])


async def ask_colleague(turn: Turn) -> None:
    """``rotask:<period>:<version>:<person>``."""
    actor, period, seen = await _asked(turn)
    assert turn.tap is not None
    to = turn.tap.number(2)
    await _done(turn, ask(turn.session, period, to, actor, seen=seen, now=turn.now))


async def ask_sure(turn: Turn) -> None:
    """``rottake:<period>:<version>``: another's, with who it is taken from."""
    _, period, seen = await _asked(turn)
    holder = await turn.session.get_one(Person, period.person_id)
    line = texts.TAKE_ASK.format(name=holder.name, period=period_of(period, turn.now))
    yes = Button(texts.YES, data(SURE, period.id, seen))
    await turn.say(escape(line), [[yes, Button(texts.QUIT, data("rotquit"))]])


async def take_it(turn: Turn) -> None:
    """``rottake2:<period>:<version>`` and ``rotyes:…``, under an offer."""
    actor, period, seen = await _asked(turn)
    await _done(turn, take(turn.session, period, actor, seen=seen, now=turn.now))


async def accept(turn: Turn) -> None:
    """``rotyes:<period>:<version>``: what was offered to whoever taps."""
    actor, period, _ = await _asked(turn)
    if period.offered_to_id != actor.person_id:
        turn.toast = texts.CHANGED
        return
    await take_it(turn)


async def say_no(turn: Turn) -> None:
    """``rotno:<period>``."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    period = await turn.in_world(RotaTurn, turn.tap.number(0))
    await _done(turn, refuse(turn.session, period, actor, now=turn.now))


async def _done(turn: Turn, act: Awaitable[str]) -> None:
    """What it said, and no buttons left; a refusal changes nothing and is said over the button."""
    try:
        # What is refused half-way is undone; the turn itself goes on.
        async with turn.session.begin_nested():
            said = await act
    except NotReached:
        turn.toast = texts.NOT_REACHED
    except RotaRefused:
        turn.toast = texts.MAY_NOT
    except StaleMove:
        turn.toast = texts.CHANGED
    else:
        if turn.tap is not None and turn.tap.delivery_id is not None:
            await drop_buttons(turn.session, turn.tap.delivery_id, "rot", now=turn.now)
        await turn.say(escape(said))


async def _asked(turn: Turn) -> tuple[Actor, RotaTurn, int]:
    """Who taps, the period, and the version that the button was made for.

    :raises ValueError: the period is not there any more, or of the other world.
    """
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    period = await turn.in_world(RotaTurn, turn.tap.number(0))
    return actor, period, turn.tap.number(1)


TAPS: dict[str, Handler] = {
    GIVE: choose_colleague, ASK: ask_colleague, TAKE: ask_sure, SURE: take_it, YES: accept,
    NO: say_no,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
