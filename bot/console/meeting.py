"""*Wie vindt wie*: which domains found each other through Schakel, beside what 2019 published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from bot.console import meeting_texts as texts
from bot.console.doors import Door, Visit
from bot.console.number_files import Number, send_numbers
from briefings.moments import day, local_date
from contacts.directory import Domain
from contacts.meeting import ContactCount, contacts_since
from contacts.permissions import Permission
from signals import texts as signal_texts
from signals.contact_matrix import PUBLISHED, Matrix, matrix_of, shade_of

WEEKS = {"kwartaal": 13, "jaar": 52}
#: quarters of which the share through the municipality is shown
BLOCKS = 4


async def show_matrix(visit: Visit) -> Response:
    """``GET /beeld/contact?periode=kwartaal|jaar``."""
    return visit.show("contact_matrix.html", **await _values(visit))


async def _values(visit: Visit) -> dict[str, Any]:
    asked = visit.request.query_params.get("periode", "")
    period = asked if asked in WEEKS else "kwartaal"
    monday = _monday(visit)
    counts = await contacts_since(
        visit.session, monday - timedelta(weeks=52 - 1), is_exercise=visit.actor.is_exercise
    )
    since = monday - timedelta(weeks=WEEKS[period] - 1)
    return {
        "period": period,
        "periods": texts.PERIODS,
        "since": day(since),
        "matrix": matrix_of([count for count in counts if count.week >= since]),
        "domains": signal_texts.DOMAINS,
        "ways": texts.WAYS,
        "published": published(),
        "not_published": texts.NOT_PUBLISHED,
        "source": texts.SOURCE,
        "about_2019": texts.ABOUT_2019,
        "shares": shares(counts, monday),
        "is_exercise": visit.actor.is_exercise,
    }


def _monday(visit: Visit) -> date:
    today = local_date(visit.now)
    return today - timedelta(days=today.weekday())


def published() -> dict[Domain, dict[Domain, tuple[str, int]]]:
    """The four cells of 2019: (in words with n, shade). Pure."""
    table: dict[Domain, dict[Domain, tuple[str, int]]] = {one: {} for one in Domain}
    for (one, other), share in PUBLISHED.items():
        said = texts.PUBLISHED.format(said=texts.SAID[one, other], percent=share.percent, n=share.n)
        table[one][other] = (said, shade_of(share))
    return table


def shares(counts: Sequence[ContactCount], monday: date) -> list[tuple[str, str, int]]:
    """(weeks, share in words, percent or 0) of the last four quarters, the oldest first. Pure."""
    told = []
    for block in reversed(range(BLOCKS)):
        last = monday - timedelta(weeks=13 * block)
        first = last - timedelta(weeks=12)
        share = matrix_of([c for c in counts if first <= c.week <= last]).hub_share
        name = texts.BLOCK.format(first=day(first), last=day(last + timedelta(days=6)))
        said = texts.NO_SHARE if share is None else texts.SHARE.format(percent=share)
        told.append((name, said, share or 0))
    return told


async def send_matrix(visit: Visit) -> Response:
    """``GET /beeld/contact/csv``: the same, for a spreadsheet; small counts stay hidden."""
    values = await _values(visit)
    numbers = [*_now(values["matrix"]), *_then(), *_shares(values["shares"])]
    return send_numbers(numbers, name=texts.FILE_NAME, is_exercise=visit.actor.is_exercise)


def _now(matrix: Matrix) -> list[Number]:
    lines = [
        Number(texts.PART_NOW, _pair(one, other), cell.shown, texts.UNIT_CONTACTS)
        for one, row in matrix.rows.items()
        for other, cell in row.items()
    ]
    return lines + [
        Number(texts.PART_WAYS, texts.WAYS[way], shown, texts.UNIT_CONTACTS)
        for way, shown in matrix.ways.items()
    ]


def _then() -> list[Number]:
    return [
        Number(texts.PART_2019, _pair(one, other), said, texts.UNIT_SHARE_2019)
        for one, row in published().items()
        for other, (said, _) in row.items()
    ]


def _shares(told: Sequence[tuple[str, str, int]]) -> list[Number]:
    return [Number(texts.PART_SHARE, name, said, texts.UNIT_SHARE) for name, said, _ in told]


def _pair(one: Domain, other: Domain) -> str:
    names = signal_texts.DOMAINS
    return texts.FROM_TO.format(one=names[one], other=names[other])


DOORS = (
    Door("/beeld/contact", show_matrix, Permission.SEE_PICTURE),
    Door("/beeld/contact/csv", send_matrix, Permission.SEE_PICTURE),
)
