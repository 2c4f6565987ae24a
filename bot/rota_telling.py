"""Who was put on the rota, or taken off it, by somebody else hears it: of what, by whom in which
role, and what they can do. It waits for their quiet hours to end, unless it begins before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.alerts import say_to
from bot.chat.buttons import data
from bot.rota_swapping import GIVE, TAKE, period_of
from contacts.directory import Person, Role
from contacts.filling import BASE
from contacts.outbox import Button
from contacts.permissions import Actor
from contacts.rota import Period, Turn
from contacts.rota_rows import RotaTurn

PAGE = f"{BASE}/beheer/rooster"
#: more periods than this would not be read in one message
SHOWN = 8
Buttons = list[list[Button]]


async def tell_put_on(
    session: AsyncSession, turns: Sequence[RotaTurn], actor: Actor, *, now: datetime
) -> bool:
    """One message to each person, with all of their periods that are not over.

    Returns whether each of them has a channel, as all of these do.
    """
    ordered = sorted(turns, key=lambda one: (one.person_id, one.starts_at))
    can_hear = True
    for person_id, theirs in groupby(ordered, key=lambda one: one.person_id):
        if coming := [one for one in theirs if one.ends_at > now]:
            can_hear &= await _put_on(session, person_id, coming, actor, now=now)
    return can_hear


async def _put_on(
    session: AsyncSession, person_id: int, turns: Sequence[RotaTurn], actor: Actor, *,
    now: datetime,
) -> bool:  # fmt: skip
    head = texts.PUT_ON if len(turns) == 1 else texts.PUT_ON_OFTEN.format(count=len(turns))
    lines = [head, *(texts.ON_LINE.format(period=period_of(one, now)) for one in turns[:SHOWN])]
    if (rest := len(turns) - SHOWN) > 0:
        lines.append(texts.ON_MORE.format(count=rest))
    lines.append(texts.ON_SWAP)
    buttons: Buttons = []
    if len(turns) == 1:
        buttons = [[Button(texts.GIVE, data(GIVE, turns[0].id, turns[0].version))]]
    return await _tell(session, person_id, lines, turns, actor, buttons=buttons, now=now)


async def tell_taken_off(
    session: AsyncSession, gone: Turn, actor: Actor, *, now: datetime,
    instead: RotaTurn | None = None,
) -> bool:  # fmt: skip
    """:param instead: the period that another has now in its place, if any does."""
    if gone.ends_at <= now:
        return True
    lines = [texts.TAKEN_OFF, texts.ON_LINE.format(period=period_of(gone, now))]
    buttons: Buttons = []
    if instead is None:
        lines.append(texts.OFF_NOBODY)
    else:
        lines.append(texts.OFF_ANOTHER)
        buttons = [[Button(texts.TAKE_OVER, data(TAKE, instead.id, instead.version))]]
    return await _tell(session, gone.person_id, lines, [gone], actor, buttons=buttons, now=now)


async def tell_changed(
    session: AsyncSession, before: Period, after: RotaTurn, actor: Actor, *, now: datetime
) -> bool:
    """Another person: both hear it. Other hours: whose they are."""
    if before.person_id != after.person_id:
        hears_off = await tell_taken_off(session, before, actor, instead=after, now=now)
        return await tell_put_on(session, [after], actor, now=now) and hears_off
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        lines = [
            texts.HOURS,
            texts.HOURS_BEFORE.format(period=period_of(before, now)),
            texts.HOURS_NOW.format(period=period_of(after, now)),
        ]
        buttons = [[Button(texts.GIVE, data(GIVE, after.id, after.version))]]
        return await _tell(
            session, after.person_id, [*lines, texts.ON_SWAP], [before, after], actor,
            buttons=buttons, now=now,
        )  # fmt: skip
    return True


async def _tell(
    session: AsyncSession, person_id: int, lines: Sequence[str], about: Sequence[Turn],
    actor: Actor, *, buttons: Buttons, now: datetime,
) -> bool:  # fmt: skip
    if person_id == actor.person_id:
        return True
    person = await session.get_one(Person, person_id)
    by = texts.BY_COORDINATOR if Role.COORDINATOR in actor.roles else texts.BY_ADMIN
    head, *rest = lines
    text = "\n".join([f"<b>{escape(head.format(by=by))}</b>", *map(escape, rest), PAGE])
    first = min(one.starts_at for one in about)
    told = await say_to(
        session, [person], text, is_exercise=person.is_exercise, now=now, buttons=buttons,
        may_rest=True, useful_until=first,
    )  # fmt: skip
    return bool(told)
