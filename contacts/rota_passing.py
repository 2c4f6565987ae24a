"""A period goes from one to another: offered and accepted, or taken over by a colleague."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who
from contacts.records import StaleMove
from contacts.rota_keeping import (
    RotaRefused,
    WhyNot,
    guarded,
    may_stand,
    note_turn,
    write_if,
)
from contacts.rota_rows import RotaTurn


async def offer(
    session: AsyncSession, turn: RotaTurn, to: int, *, own: int, seen: int, who: Who, now: datetime
) -> None:
    """Whose period it is asks one colleague to take it; the one asked before is asked no more.

    :raises RotaRefused: the colleague may not stand there.
    :raises StaleMove: it is not theirs, is over, or was changed meanwhile.
    """
    if turn.person_id != own or turn.ends_at <= now or to == own:
        raise StaleMove(f"rota_turn {turn.id}: not for {own} to give away")
    if to not in await may_stand(session, turn.place, is_exercise=turn.is_exercise):
        raise RotaRefused(WhyNot.ROLE)
    await guarded(session, turn, seen=seen, offered_to_id=to)
    note_turn(session, turn, "rota_offered", person_id=to, who=who, now=now)


async def decline(
    session: AsyncSession, turn: RotaTurn, person_id: int, *, who: Who, now: datetime
) -> None:
    """Whoever was asked does not take it.

    :raises StaleMove: they are not asked any more.
    """
    await write_if(session, turn, col(RotaTurn.offered_to_id) == person_id, offered_to_id=None)
    note_turn(session, turn, "rota_declined", person_id=person_id, who=who, now=now)


async def pass_to(
    session: AsyncSession, turn: RotaTurn, person_id: int, *, seen: int, who: Who, now: datetime
) -> RotaTurn:
    """The period is this person's, by their own tap. One that runs is theirs from now on: what is
    past of it stays of who had it. There is no moment at which it is nobody's.

    :raises RotaRefused: they may not stand there.
    :raises StaleMove: it is theirs already, is over, or was changed meanwhile.
    """
    if turn.person_id == person_id or turn.ends_at <= now:
        raise StaleMove(f"rota_turn {turn.id}: nothing to take for {person_id}")
    if person_id not in await may_stand(session, turn.place, is_exercise=turn.is_exercise):
        raise RotaRefused(WhyNot.ROLE)
    if turn.starts_at < now:
        taken = await _the_rest(session, turn, person_id, seen=seen, now=now)
    else:
        values: dict[str, Any] = dict.fromkeys(
            ("offered_to_id", "handed_at", "taken_at", "untaken_told_at", "unfit_told_at", "note")
        )
        await guarded(session, turn, seen=seen, person_id=person_id, **values)
        taken = turn
    note_turn(session, taken, "rota_passed", person_id=person_id, who=who, now=now)
    return taken


async def _the_rest(
    session: AsyncSession, turn: RotaTurn, person_id: int, *, seen: int, now: datetime
) -> RotaTurn:
    ends_at = turn.ends_at
    await guarded(session, turn, seen=seen, ends_at=now, offered_to_id=None)
    rest = RotaTurn(
        place=turn.place, person_id=person_id, starts_at=now, ends_at=ends_at,
        is_exercise=turn.is_exercise, handed_at=now, taken_at=now,
    )  # fmt: skip
    session.add(rest)
    await session.flush()
    return rest
