"""Looks after the rota: the change of duty, a gap that comes near, who can no longer be called.

Each is told once. A city that keeps no rota hears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.alerts import say_to
from bot.config import Config
from bot.rota_handing import hand_over, tell_untaken
from bot.rota_standing import gap_line, names_of, near_gaps, unfit_for
from contacts.directory import Role
from contacts.filling import BASE
from contacts.journal import SYSTEM, write_journal
from contacts.permissions import people_with
from contacts.rota_keeping import turns_of
from contacts.rota_rows import RotaTurn

PAGE = f"{BASE}/beheer/rooster"


async def keep_rota(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """One round over both worlds, in the caller's transaction; returns how much was told."""
    told = 0
    for is_exercise in (False, True):
        turns = await turns_of(session, is_exercise=is_exercise)
        if not turns:
            continue
        told += await hand_over(session, config, turns, now=now)
        patience = timedelta(minutes=config.rota.confirm_min)
        told += await tell_untaken(session, turns, patience, now=now)
        told += await tell_unfit(session, turns, is_exercise=is_exercise, now=now)
        ahead = timedelta(days=config.rota.gap_days)
        told += await tell_gaps(session, turns, ahead, is_exercise=is_exercise, now=now)
        await session.flush()
    return told


async def tell_gaps(
    session: AsyncSession,
    turns: Sequence[RotaTurn],
    ahead: timedelta,
    *,
    is_exercise: bool,
    now: datetime,
) -> int:
    """A stretch without duty that begins within so long is told once; filled and open again,
    once more."""
    found = {one.after: one for one in near_gaps(turns, ahead, now=now)}
    told = 0
    for turn in turns:
        gap = found.get(turn.id or 0)
        if gap is None:
            if turn.gap_told_at is not None:
                turn.gap_told_at = None
                session.add(turn)
            continue
        if turn.gap_told_at is not None:
            continue
        lines = [gap_line(gap, now), texts.GAP_THEN]
        if await _tell_all(session, texts.GAP_TITLE, lines, is_exercise=is_exercise, now=now):
            turn.gap_told_at = now
            session.add(turn)
            _note(session, "rota_gap_told", turn, now)
            told += 1
    return told


async def tell_unfit(
    session: AsyncSession, turns: Sequence[RotaTurn], *, is_exercise: bool, now: datetime
) -> int:
    """Who stands on the rota and lost the right or every channel is told once, until that is
    mended. A channel that is silent for a while is told elsewhere."""
    coming = [one for one in turns if one.ends_at > now]
    unfit = await unfit_for(
        session, coming, is_exercise=is_exercise, now=now, minds_pauses=False
    )  # fmt: skip
    names = await names_of(session, set(unfit))
    told = 0
    for turn in coming:
        if turn.person_id not in unfit and turn.unfit_told_at is not None:
            turn.unfit_told_at = None
            session.add(turn)
    for person_id in sorted(unfit):
        theirs = [one for one in coming if one.person_id == person_id]
        untold = [one for one in theirs if one.unfit_told_at is None]
        if not untold:
            continue
        places = sorted({texts.PLACES[one.place] for one in theirs}, reverse=True)
        line = texts.UNFIT_LINE.format(
            name=names.get(person_id, texts.GONE), places=texts.AND.join(places)
        )
        lines = [line, texts.UNFIT_THEN]
        if not await _tell_all(
            session, texts.UNFIT_TITLE, lines, is_exercise=is_exercise, now=now
        ):  # fmt: skip
            continue
        for turn in untold:
            turn.unfit_told_at = now
            session.add(turn)
            _note(session, "rota_unfit_told", turn, now)
        told += 1
    return told


async def _tell_all(
    session: AsyncSession, title: str, lines: Sequence[str], *, is_exercise: bool, now: datetime
) -> bool:
    """To every coordinator, with the way to the page."""
    people = await people_with(session, Role.COORDINATOR, is_exercise=is_exercise)
    body = "\n".join(map(escape, lines))
    text = f"<b>{escape(title)}</b>\n{body}\n{PAGE}"
    return bool(await say_to(session, people, text, is_exercise=is_exercise, now=now))


def _note(session: AsyncSession, action: str, turn: RotaTurn, now: datetime) -> None:
    write_journal(session, who=SYSTEM, action=action, subject=f"rota_turn:{turn.id}", now=now)
