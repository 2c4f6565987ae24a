"""A question from practice, asked on the page."""

from __future__ import annotations

from sqlmodel import col, select

from signals.rows import (
    Signal,
)
from tests.console_world import SAME_SITE, World

WORDS = "Hoe begin ik een gesprek als een groep niet wil praten?"


async def ask(world: World, what: str = "praktijkvraag") -> Signal:
    answer = await world.web.post(
        f"{world.page}/vertel", data={"wat": what, "tekst": WORDS}, headers=SAME_SITE
    )
    assert answer.status_code == 303
    async with world.db.read() as session:
        found = await session.exec(select(Signal).order_by(col(Signal.id).desc()))
        signal = found.first()
    assert signal is not None
    return signal
