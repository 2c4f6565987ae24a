"""Which domains found each other through Schakel: five by five, with small counts hidden. Pure.

A contact is: somebody took up what another domain asked or offered, looked up a contact there,
or told the municipality something. The figures of 2019 are of another kind (the share of a
small group of respondents that had contact at least once a year), so they stand beside these
and are never compared by a machine. Source: figure 2.2 of *Al doende leren* (2019), of which
only four cells were published in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contacts.directory import Domain
from contacts.meeting import ContactCount, Way
from signals.feedback import SMALL, shown_count
from signals.picture import total_of

HUB = Domain.MUNICIPALITY
#: from so many contacts a share says something, and points at nobody
SHARE_FROM = 20
#: a share is as vague as this, in percent
STEP = 5
#: from these counts on a cell is darker
MANY = 10


@dataclass(frozen=True, slots=True)
class Published:
    """A share of 2019 in percent, and of how many respondents the report speaks."""

    percent: int
    n: int


PUBLISHED: Mapping[tuple[Domain, Domain], Published] = {
    (Domain.CARE_WELFARE, Domain.MUNICIPALITY): Published(56, 27),
    (Domain.EDUCATION, Domain.MUNICIPALITY): Published(44, 10),
    (Domain.CARE_WELFARE, Domain.SAFETY): Published(48, 27),
    (Domain.EDUCATION, Domain.SAFETY): Published(18, 10),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """``shown``: the count as it may be shown; ``shade`` 0 (none) to 3 (many)."""

    shown: str
    shade: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """``rows``: from, then to. ``hub_share``: percent through the municipality, or None where
    there are too few contacts to say. ``unmet``: pairs of domains without any contact."""

    rows: Mapping[Domain, Mapping[Domain, Cell]]
    total: str
    ways: Mapping[Way, str]
    hub_share: int | None
    unmet: tuple[tuple[Domain, Domain], ...]


def matrix_of(counts: Iterable[ContactCount]) -> Matrix:
    """The picture of these weeks together."""
    kept = list(counts)
    cells: Counter[tuple[Domain, Domain]] = Counter()
    ways: Counter[Way] = Counter()
    for count in kept:
        cells[count.from_domain, count.to_domain] += count.count
        ways[count.way] += count.count
    return Matrix(
        rows={one: {other: _cell(cells[one, other]) for other in Domain} for one in Domain},
        total=total_of(cells),
        ways={way: shown_count(ways[way]) for way in Way},
        hub_share=hub_share(cells),
        unmet=tuple(
            (one, other)
            for number, one in enumerate(Domain)
            for other in list(Domain)[number + 1 :]
            if not cells[one, other] and not cells[other, one]
        ),
    )


def _cell(count: int) -> Cell:
    return Cell(shown_count(count), shade(count))


def shade(count: int) -> int:
    """0 nothing, 1 for one or two, 2 for a few, 3 for many. Pure."""
    if count >= MANY:
        return 3
    return 2 if count >= SMALL else min(count, 1)


def shade_of(published: Published) -> int:
    """How dark a share of 2019 is drawn: by thirds of a hundred. Pure."""
    return 1 + min(published.percent // 25, 2)


def hub_share(cells: Mapping[tuple[Domain, Domain], int]) -> int | None:
    """Of all contacts the share with the municipality at one end, in steps of five percent.

    None under twenty contacts, or where either part is so small that it would be told.
    """
    total = sum(cells.values())
    through = sum(count for ends, count in cells.items() if HUB in ends)
    if total < SHARE_FROM or 0 < through < SMALL or 0 < total - through < SMALL:
        return None
    return STEP * round(100 * through / total / STEP)
