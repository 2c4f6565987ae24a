"""``schakel health``: whether everything turns, for a person, a container or a watching program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cities import city_texts
from bot.cli import texts
from bot.cli.frame import (
    DEFAULT_CONFIG,
    WRONG,
    ConfigPath,
    load,
    say,
    say_wrong,
    stop,
    with_database,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.cities.standing import Falling
    from bot.console.health import Beat
    from bot.room import Shortage
    from bot.starts import Starts
    from contacts.records import Database

MB = 1_000_000


def health(
    as_json: Annotated[bool, typer.Option("--json", help=texts.HELP_HEALTH_JSON)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.cities.standing import falling_in
    from bot.clock import utc_now
    from bot.console.health import report, silent_since
    from bot.room import shortages
    from bot.starts import fallen_in

    loaded = load(config)
    short = shortages(loaded)
    if not as_json:
        # Before the store is opened: on a full disk that may fail as well.
        for shortage in short:
            say_wrong(line_of_shortage(shortage))

    async def look(db: Database) -> list[Beat]:
        from bot.console.health import read_beats

        async with db.read() as session:
            return await read_beats(session, loaded.ticks, now=utc_now())

    beats = with_database(loaded, look)
    falling = falling_in(loaded.state_dir)
    fallen = fallen_in(loaded.state_dir, utc_now())
    silent = silent_since(beats, loaded.ticks)
    found = report(
        beats, keeps_falling=bool(falling or fallen), is_silent=silent is not None,
        lacks_room=bool(short),
    )  # fmt: skip
    if as_json:
        say(json.dumps(found))
        raise typer.Exit(0 if found["ok"] else WRONG)
    if not beats:
        raise stop(texts.NOTHING_TURNS, WRONG)
    wrong = [
        *map(line_of_falling, falling),
        *map(line_of_starts, fallen),
        *lines_of_parts(beats, silent, lacks_room=bool(short)),
    ]
    if wrong:
        raise stop("\n".join(wrong), WRONG)
    if short:
        raise typer.Exit(WRONG)
    say(texts.EVERYTHING_TURNS.format(parts=len(beats)))


def lines_of_parts(
    beats: Sequence[Beat], silent: datetime | None, *, lacks_room: bool = False
) -> list[str]:
    """One line when nothing turns any more, or one for each part that is late.

    :param lacks_room: then what turns cannot say so either.
    """
    from signals.workdays import day_and_time

    if silent is not None and lacks_room:
        return [texts.NO_SIGN_SINCE.format(at=day_and_time(silent))]
    if silent is not None:
        return [texts.NOTHING_SINCE.format(at=day_and_time(silent))]
    return [line_of(beat) for beat in beats if beat.is_late]


def line_of_shortage(shortage: Shortage) -> str:
    from bot.run_texts import NO_ROOM

    return NO_ROOM.format(path=shortage.folder, free=shortage.free // MB)


def line_of(beat: Beat) -> str:
    from bot.console.part_texts import PARTS
    from signals.workdays import day_and_time

    return texts.PART_IS_LATE.format(what=PARTS.get(beat.name, beat.name), at=day_and_time(beat.at))


def line_of_starts(starts: Starts) -> str:
    from bot.chat.render import clock_time
    from signals.workdays import day_and_time

    return texts.FELL_OFTEN.format(
        since=day_and_time(starts.since or starts.began), count=starts.falls,
        at=clock_time(starts.began),
    )  # fmt: skip


def line_of_falling(falling: Falling) -> str:
    from signals.workdays import day_and_time

    at = day_and_time(falling.moment)
    return city_texts.FALLS.format(count=falling.count, at=at, code=falling.code)
