"""Whether every part of the machine still does its rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carrying import configured_kinds
from bot.config import Config
from bot.rows import Heartbeat
from bot.settings import TickSettings
from contacts.directory import ChannelKind
from contacts.records import read_columns

#: a part is late after this many rounds, plus the patience of one slow round
LATE_ROUNDS = 3
PATIENCE = timedelta(seconds=60)
#: with every part silent for so long nothing runs: some of them turn every second
SILENT = timedelta(seconds=30)


_BEATS = select(col(Heartbeat.name), col(Heartbeat.at), col(Heartbeat.trouble)).order_by(
    col(Heartbeat.name)
)


@dataclass(frozen=True, slots=True)
class Beat:
    """The last round of one part; ``age`` since then.

    ``trouble``: what is wrong with Telegram, where that is why it stands still.
    """

    name: str
    at: datetime
    age: timedelta
    is_late: bool
    trouble: str | None = None


async def read_beats(session: AsyncSession, ticks: TickSettings, *, now: datetime) -> list[Beat]:
    """All heartbeats, by name."""
    beats = await read_columns(session, _BEATS)
    return [judge_beat(name, at, ticks, now=now, trouble=trouble) for name, at, trouble in beats]


def judge_beat(
    name: str, at: datetime, ticks: TickSettings, *, now: datetime, trouble: str | None = None
) -> Beat:
    """Whether this part is late at its own pace. Pure.

    What is no tick (the poller) is noted by the health round, so it has that pace.
    """
    age = now - at
    return Beat(name, at, age, age > late_after(name, ticks), trouble)


def late_after(name: str, ticks: TickSettings) -> timedelta:
    """How long a part may go without a round. Pure."""
    pace_s: float = getattr(ticks, f"{name}_s", ticks.health_s)
    return LATE_ROUNDS * timedelta(seconds=pace_s) + PATIENCE


def silent_since(beats: Sequence[Beat], ticks: TickSettings) -> datetime | None:
    """When the last part turned, if none does any more; known sooner than each is late. Pure."""
    if not beats:
        return None
    pace_s = min(getattr(ticks, f"{beat.name}_s", ticks.health_s) for beat in beats)
    last = min(beats, key=lambda beat: beat.age)
    return last.at if last.age > SILENT + LATE_ROUNDS * timedelta(seconds=pace_s) else None


def not_set_up(config: Config, *, has_sources: bool) -> list[str]:
    """The parts that this installation has no use for: their rounds, if any, do nothing. Pure."""
    kinds = configured_kinds(config)
    telegram = ChannelKind.TELEGRAM in kinds
    is_used = {
        "feeds": has_sources,
        "mail_in": bool(config.mail.imap_host),
        "poller": telegram,
        "pump_email": ChannelKind.EMAIL in kinds,
        "pump_telegram": telegram,
        "webhooks": bool(config.webhooks),
        "worker": telegram,
    }
    return [part for part, used in is_used.items() if not used]


#: the store did not answer: nothing can be said of anything
NO_STORE: dict[str, object] = {"ok": False, "late": ["store"], "beats": []}


def report(
    beats: Sequence[Beat],
    *,
    keeps_falling: bool = False,
    is_silent: bool = False,
    lacks_room: bool = False,
) -> dict[str, object]:
    """As a watching program reads it. Without any heartbeat nothing runs. Pure.

    :param keeps_falling: the process was started again and again, as one of several cities.
    :param is_silent: no part turns any more.
    :param lacks_room: a disk is nearly full; what turns cannot say so much longer.
    """
    is_down = keeps_falling or is_silent
    late = ["room"] * lacks_room
    late += [beat.name for beat in beats if beat.is_late] + ["process"] * is_down
    return {
        "ok": bool(beats) and not late,
        "late": late,
        "beats": [
            {"name": beat.name, "age_s": round(beat.age.total_seconds()), "late": beat.is_late}
            for beat in beats
        ],
    }
