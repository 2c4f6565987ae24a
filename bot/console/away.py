"""What does not work now, and the one advice about it: the same words at the desk and by chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.texts import TELEGRAM_TROUBLE
from bot.console import needs_asked as asked
from bot.console import texts
from bot.console.health import Beat, read_beats
from bot.console.part_texts import PARTS
from bot.settings import TickSettings
from contacts.away_texts import RESTART, what_to_do
from contacts.directory import ChannelKind
from contacts.pauses import is_long
from contacts.pump import LANE
from contacts.reason_texts import reason_of
from contacts.records import read_columns
from contacts.texts import CHANNELS


@dataclass(frozen=True, slots=True)
class Away:
    """A channel that is silent, or a part that stands still. ``why`` may be empty."""

    what: str
    since: datetime
    advice: str
    why: str = ""


async def what_is_away(session: AsyncSession, ticks: TickSettings, *, now: datetime) -> list[Away]:
    """Silent channels first, then the parts that stand still of themselves."""
    pauses = {ChannelKind(one.kind): one for one in await _pauses(session, now=now)}
    # A pause of seconds, as after many messages at once, is over before anybody reads of it.
    silent = {kind: one for kind, one in pauses.items() if is_long(one.since, one.until, now=now)}
    found = [
        Away(
            what=texts.NEED_PAUSE.format(channel=CHANNELS[kind]),
            since=pause.since,
            advice=what_to_do(pause.reason),
            why=reason_of(pause.reason),
        )
        for kind, pause in silent.items()
    ]
    telegram = silent.get(ChannelKind.TELEGRAM)
    said = what_to_do(telegram.reason) if telegram else ""
    beats = await read_beats(session, ticks, now=now)
    return found + [
        stands_still(beat)
        for beat in beats
        # Reading and sending that are silent together are one thing; not a token that is wrong.
        if beat.is_late and not (beat.trouble and what_to_do(beat.trouble) == said)
    ]


def stands_still(beat: Beat) -> Away:
    """A restart helps what stands still of itself, not what waits for Telegram. Pure."""
    if beat.trouble:
        what = TELEGRAM_TROUBLE[beat.trouble].rstrip(".")
        return Away(what, beat.at, what_to_do(beat.trouble))
    part = PARTS.get(beat.name, beat.name)
    return Away(texts.NEED_STILL.format(part=part), beat.at, RESTART)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a part stands, in words before a moment."""

    part: str
    said: str
    at: datetime


async def stands_of(session: AsyncSession, beats: Sequence[Beat], *, now: datetime) -> list[Stand]:
    """Of each part; one that turns while its channel is silent sends nothing."""
    silent = {f"{LANE}{pause.kind}": pause for pause in await _pauses(session, now=now)}
    return [_stand(beat, silent.get(beat.name)) for beat in beats]


def _stand(beat: Beat, pause: Any) -> Stand:
    part = PARTS.get(beat.name, beat.name)
    if beat.is_late and beat.trouble and what_to_do(beat.trouble) != RESTART:
        why = TELEGRAM_TROUBLE[beat.trouble].rstrip(".")
        return Stand(part, texts.PART_WAITS.format(why=why), beat.at)
    if beat.is_late:
        return Stand(part, texts.PART_STILL, beat.at)
    if pause is not None:
        return Stand(part, texts.PART_WAITS.format(why=reason_of(pause.reason)), pause.since)
    return Stand(part, texts.PART_FINE, beat.at)


async def _pauses(session: AsyncSession, *, now: datetime) -> Sequence[Any]:
    return await read_columns(session, asked.PAUSES, {"after": now})
