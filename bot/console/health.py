"""Whether every part of the machine still does its rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rows import Heartbeat
from bot.settings import TickSettings

#: a part is late after this many rounds, plus the patience of one slow round
LATE_ROUNDS = 3
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Beat:
    """The last round of one part; ``age`` since then."""

    name: str
    at: datetime
    age: timedelta
    is_late: bool


async def read_beats(session: AsyncSession, ticks: TickSettings, *, now: datetime) -> list[Beat]:
    """All heartbeats, by name."""
    found = await session.exec(select(Heartbeat).order_by(col(Heartbeat.name)))
    return [judge_beat(row.name, row.at, ticks, now=now) for row in found.all()]


def judge_beat(name: str, at: datetime, ticks: TickSettings, *, now: datetime) -> Beat:
    """Whether this part is late at its own pace. Pure.

    What is no tick (the poller) is noted by the health round, so it has that pace.
    """
    age = now - at
    return Beat(name, at, age, age > late_after(name, ticks))


def late_after(name: str, ticks: TickSettings) -> timedelta:
    """How long a part may go without a round. Pure."""
    pace_s: float = getattr(ticks, f"{name}_s", ticks.health_s)
    return LATE_ROUNDS * timedelta(seconds=pace_s) + PATIENCE


#: the store did not answer: nothing can be said of anything
NO_STORE: dict[str, object] = {"ok": False, "late": ["store"], "beats": []}


def report(beats: Sequence[Beat], *, keeps_falling: bool = False) -> dict[str, object]:
    """As a watching program reads it. Without any heartbeat nothing runs. Pure.

    :param keeps_falling: the process was started again and again, as one of several cities.
    """
    late = [beat.name for beat in beats if beat.is_late] + ["process"] * keeps_falling
    return {
        "ok": bool(beats) and not late,
        "late": late,
        "beats": [
            {"name": beat.name, "age_s": round(beat.age.total_seconds()), "late": beat.is_late}
            for beat in beats
        ],
    }
