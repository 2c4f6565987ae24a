"""*In cijfers*: what the network did, for everybody to read. Totals of quarters that are over.

Only what was frozen is shown, so that nobody learns from the difference between two looks. It
names no organisation, no event and no wijk, and it is there only if the municipality wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console import public_texts as texts
from bot.console.pages import explain, parts_of, show
from bot.console.quarters import title_of
from briefings.learning.freezing import frozen_packs
from briefings.learning.packs import asked_shown
from briefings.overleg.rows import Overleg, OverlegStatus
from signals.feedback import shown_count
from signals.quarters import Quarter, quarter_named

#: so many quarters beside each other
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One quarter: its name, and one value per line of the table."""

    title: str
    values: tuple[str, ...]


async def show_totals(request: Request) -> Response:
    """``GET /cijfers``: nobody signs in for it; not there unless ``[web] public_totals``."""
    parts = parts_of(request)
    if not parts.config.web.public_totals:
        return explain(request, "not_found", status=404)
    async with parts.db.read() as session:
        packs = [] if parts.config.is_exercise else await frozen_packs(session)
        columns = []
        for pack in packs[:SHOWN]:
            quarter = quarter_named(pack.quarter)
            assert quarter is not None
            held = await _meetings(session, quarter)
            columns.append(Column(title_of(quarter), totals_of(pack.figures, held)))
    return show(
        request, "cijfers.html", lines=texts.LINES, columns=columns, rows=rows_of(columns),
        is_exercise=parts.config.is_exercise,
    )  # fmt: skip


async def _meetings(session: AsyncSession, quarter: Quarter) -> int:
    found = await session.exec(
        select(func.count())
        .select_from(Overleg)
        .where(
            col(Overleg.status) == OverlegStatus.HELD,
            col(Overleg.is_exercise).is_(False),
            col(Overleg.starts_at) >= quarter.begin,
            col(Overleg.starts_at) < quarter.end,
        )
    )
    return found.one()


def totals_of(figures: dict[str, Any], meetings: int) -> tuple[str, ...]:
    """In the order of the lines; what is small stays as vague as it was frozen. Pure."""
    reach, answers, on_list = figures["reach"], figures["answers"], figures["list"]
    return (
        str(len(figures["events"])),
        _part(shown_count(reach["in_time"]), shown_count(reach["organisations"])),
        texts.UNKNOWN
        if on_list is None
        else _part(shown_count(on_list["reachable"]), shown_count(on_list["organisations"])),
        str(figures["weak"]["organisations"]),
        _part(str(answers["in_time"]), asked_shown(answers)),
        str(len(figures["lessons"]["done"])),
        str(figures["lessons"]["changed"]),
        str(meetings),
    )


def _part(count: str, total: str) -> str:
    return texts.NONE if total == "0" else texts.OF.format(count=count, total=total)


def rows_of(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Each line with its value per quarter, the newest quarter first. Pure."""
    return [
        (label, [column.values[number] for column in columns])
        for number, label in enumerate(texts.LINES)
    ]


ROUTES = (Route("/cijfers", show_totals),)
