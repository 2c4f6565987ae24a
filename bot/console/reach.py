"""Reach: per organisation and per domain who has it, who read it, who still needs a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from bot.console.reach_counts import COUNTED, PAGE, leaf_of_reach
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import SENT, newest_texts, versions_of
from contacts.directory import Domain
from contacts.messages import message_ids
from contacts.permissions import Permission
from contacts.records import ids_of, read_columns

GONE_OUT = {*SENT, BriefingStatus.APPROVED}
_counts = attrgetter(*COUNTED)
_LEAF = leaf_of_reach()


@dataclass(slots=True)
class Reach:
    """Counts of people for one organisation or one domain.

    ``people`` are those with an audience; each counts once, by the best that is known.
    """

    name: str
    people: int = 0
    sent: int = 0
    unknown: int = 0
    waiting: int = 0
    held: int = 0
    failed: int = 0
    read: int = 0
    understood: int = 0

    @property
    def without(self) -> int:
        """People for whom nothing was even planned: no channel that works."""
        known = self.sent + self.unknown + self.waiting + self.held + self.failed
        return max(self.people - known, 0)

    @property
    def is_reached(self) -> bool:
        return self.sent > 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """The organisations of one leaf, and the counts of all of them.

    ``last``: so many leaves there are; ``missed``: organisations where nobody is reached yet.
    """

    rows: Sequence[Reach]
    domains: Sequence[Reach]
    number: int
    last: int
    missed: int


async def show_reach(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/bereik?versie=…&blad=…&alleen=gemist``.

    Without a version all parts of the newest text.
    """
    event = await visit.event()
    assert event.id is not None
    versions = await versions_of(visit.session, event.id)
    out = [version for version in versions if version.status in GONE_OUT]
    asked = visit.request.query_params
    wanted, number = asked.get("versie", ""), asked.get("blad", "1")
    chosen = [version for version in out if str(version.version) == wanted]
    parts = chosen or newest_texts(versions, GONE_OUT)
    only_missed = asked.get("alleen") == "gemist"
    leaf = await read_reach(
        visit.session, parts, is_exercise=event.is_exercise, with_neighbours=event.with_neighbours,
        only_missed=only_missed,
        number=int(number[:6]) if number.isascii() and number.isdigit() else 1,
    )  # fmt: skip
    return await visit.show_of(
        event,
        "bereik",
        "bereik.html",
        parts=parts,
        versions=out,
        version=f"versie={wanted}&" if chosen else "",
        rows=leaf.rows,
        leaf=leaf.number,
        last=leaf.last,
        missed=leaf.missed,
        only_missed=only_missed,
        domains=leaf.domains,
        total=summed(texts.EVERYBODY, leaf.domains),
    )


async def read_reach(
    session: AsyncSession, parts: Sequence[Briefing], *, is_exercise: bool,
    with_neighbours: bool = False, only_missed: bool = False, number: int = 1,
) -> Leaf:  # fmt: skip
    """Organisations with people in the audience, by name, and all of them per domain.

    :param with_neighbours: municipalities next door were asked along; else only those of them
        whose people a text went to before that was changed.
    :param only_missed: on the leaf only those where nobody is reached yet.
    """
    found = await read_columns(
        session,
        _LEAF,
        {
            "messages": await message_ids(session, ids_of(parts)),
            "is_exercise": is_exercise,
            "with_neighbours": with_neighbours,
            "only_missed": only_missed,
            "number": number,
        },
    )
    return _as_leaf(found)


def _as_leaf(found: Sequence[Any]) -> Leaf:
    """Rows of (place or -1 for a sum, how many are shown or missed, domain, name, counts). Pure."""
    sums = [one for one in found if one.place < 0]
    by_domain = {one.domain: Reach(texts.DOMAINS[one.domain], *one[4:]) for one in sums}
    shown = [one for one in found if one.place >= 0]
    total, first = (shown[0].total, shown[0].place) if shown else (0, 0)
    return Leaf(
        rows=[Reach(*one[3:]) for one in shown],
        domains=[by_domain[domain] for domain in Domain if domain in by_domain],
        number=first // PAGE + 1,
        last=max(-(-total // PAGE), 1),
        missed=sum(one.total for one in sums),
    )


def summed(name: str, rows: Sequence[Reach]) -> Reach:
    """All counts of several rows together. Pure."""
    counts = zip(*(_counts(row) for row in rows), strict=True)
    return Reach(name, *(sum(column) for column in counts))


DOORS = (Door("/gebeurtenis/{number:int}/bereik", show_reach, Permission.SEE_STATUS),)
