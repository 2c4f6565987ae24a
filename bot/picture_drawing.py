"""Beeld as a picture for the chat: the map and the bars of the page, drawn as PNG.

The words stay under it, so whoever cannot see it, and a machine without the library, miss nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import picture_drawing_texts as words
from bot.console.pages import fragment
from bot.console.picture import begin_of, city_map, in_period_of_moments, shapes_of
from bot.console.picture_texts import HEADINGS
from bot.uploads import Document, Maker, NoDocument
from briefings.moments import day, local_date
from contacts.records import Database
from feeds.districts import parts_of_city
from signals.assessing import signals_about
from signals.picture import Bar, Picture, picture_of, weak_signals
from signals.picture_moments import of_moments
from signals.rows import Signal
from signals.telling import district_names

KIND, LIBRARY, MIME = "beeld", "resvg_py", "image/png"
LOOK_BACK = timedelta(days=7)
WEEK, QUARTER = "week", "kwartaal"
FONTS = Path(__file__).parent / "fonts"
CHARTS, MOST_BARS = ("kinds", "severities", "directions"), 5
#: from nothing to many, each darker than the one before it, also in grey
TINTS = ("#dfe6eb", "#a9c9dc", "#4f8fb5", "#123f5e")
#: heights of the heading, a chart's heading, a bar and the notes
_TOP, _HEADING, _BAR, _NOTES = 150, 62, 44, 170
_MAP_WIDTH = 540


def can_draw() -> bool:
    """Whether the extra for pictures is on this machine."""
    return find_spec(LIBRARY) is not None


@dataclass(frozen=True, slots=True)
class Plate:
    """Which picture: of an event, or (0) of a period, and a print of what it shows."""

    event_id: int
    is_exercise: bool
    print_of: str
    period: str = WEEK

    @property
    def key(self) -> str:
        """As one word, for who keeps files by name."""
        world = "oefening" if self.is_exercise else "echt"
        about = str(self.event_id) if self.event_id or self.period == WEEK else self.period
        return "/".join([KIND, about, world, self.print_of])

    @staticmethod
    def named(key: str) -> Plate:
        """:raises ValueError: it names no picture. Pure."""
        kind, about, world, print_of = key.split("/")
        if kind != KIND:
            raise ValueError(key)
        if about in words.OF_PERIOD:
            return Plate(0, world == "oefening", print_of, about)
        return Plate(int(about), world == "oefening", print_of)


async def signals_of(
    session: AsyncSession,
    event_id: int | None,
    *,
    is_exercise: bool,
    now: datetime,
    period: str = WEEK,
    live: bool,
) -> Sequence[Signal]:
    """Of an event, or everything of a period; of a quarter what was light and is closed.

    :param live: as it is now, for who may read signals; else as it was at a moment.
    """
    if event_id is not None:
        about = await signals_about(session, event_id, is_exercise=is_exercise)
        return about if live else of_moments(about)
    begin = now - LOOK_BACK if period == WEEK else begin_of(period, now)
    if not live:
        every = await session.exec(select(Signal).where(col(Signal.is_exercise) == is_exercise))
        return in_period_of_moments(every.all(), period, begin)
    found = await session.exec(
        select(Signal).where(
            col(Signal.received_at) > begin, col(Signal.is_exercise) == is_exercise
        )
    )
    return weak_signals(found.all()) if period == QUARTER else found.all()


def counted(signals: Sequence[Signal]) -> Picture:
    """The counts as everybody may see them."""
    return picture_of(
        signals, day_of=lambda at: day(local_date(at)), names=district_names(),
        parts=parts_of_city(),
    )  # fmt: skip


def svg_of(
    picture: Picture, *, of_event: bool, is_exercise: bool, now: datetime, period: str = WEEK
) -> str:
    """The picture, of the same counts as the page. Pure."""
    charts = [(HEADINGS[key], bars) for key, bars in picture.charts if key in CHARTS]
    charts = [(heading, bars[:MOST_BARS]) for heading, bars in charts if bars]
    number = picture.organisations
    unit = words.ONE if number == "1" else words.MORE
    return fragment(
        "beeld_plaat.html",
        title=words.OF_EVENT if of_event else words.OF_PERIOD[period],
        stand=words.STAND.format(number=number, unit=unit, day=day(local_date(now))),
        is_exercise=is_exercise,
        field=city_map(),
        shapes=shapes_of(picture.by_district),
        tints=TINTS,
        map_width=_MAP_WIDTH,
        legend=words.LEGEND,
        legend_title=words.LEGEND_TITLE,
        charts=charts,
        notes=words.NOTES,
        height=_height(charts),
    )


def _height(charts: Sequence[tuple[str, Sequence[Bar]]]) -> int:
    field = city_map()
    bars = sum(_HEADING + _BAR * len(found) for _, found in charts)
    return _TOP + round(field.height * _MAP_WIDTH / field.width) + bars + _NOTES


def plate_of(svg: str, event_id: int | None, *, is_exercise: bool, period: str = WEEK) -> Plate:
    """Pure."""
    return Plate(event_id or 0, is_exercise, sha256(svg.encode()).hexdigest()[:16], period)


def drawn(svg: str) -> bytes:
    """As PNG, in the letters of the pages; those of the machine are not asked for.

    :raises NoDocument: the extra is not there.
    """
    if not can_draw():
        raise NoDocument(LIBRARY)
    import resvg_py

    fonts = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    made: bytes = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=fonts, sans_serif_family="Noto Sans"
    )
    return made


def picture_maker(db: Database, clock: Callable[[], datetime]) -> Maker:
    """By the keys of :class:`Plate`. What was counted anew meanwhile goes as words only."""

    async def make(key: str) -> Document:
        plate, now = Plate.named(key), clock()
        event_id = plate.event_id or None
        # The key does not say for whom: it names what is shown, live or of a moment.
        for live in (False, True):
            async with db.read() as session:
                signals = await signals_of(
                    session, event_id, is_exercise=plate.is_exercise, now=now,
                    period=plate.period, live=live,
                )  # fmt: skip
            svg = svg_of(
                counted(signals), of_event=event_id is not None, is_exercise=plate.is_exercise,
                now=now, period=plate.period,
            )  # fmt: skip
            if plate_of(svg, event_id, is_exercise=plate.is_exercise, period=plate.period) == plate:
                return Document("beeld.png", await asyncio.to_thread(drawn, svg), MIME)
        raise NoDocument("changed")

    return make
