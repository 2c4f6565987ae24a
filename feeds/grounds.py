"""Where the reasons of an event were read: which report gave them, and in which part of it.

The severity of an event begins with its heaviest report, so the reasons that rest on words all come
from that one; what follows from several reports together belongs to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds import texts
from feeds.events import ItemView, view_of
from feeds.matching import fold
from feeds.rows import Event, Item, Source

_QUOTED = re.compile(r"“([^”]*)”")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason. ``where`` is where its words stand, in Dutch: empty when it quotes none."""

    text: str
    weight: float
    where: str = ""
    is_of_item: bool = False

    def as_row(self) -> dict[str, Any]:
        """As an event keeps it; what no title shows says so."""
        hidden = self.where not in {"", texts.IN_TITLE}
        return {
            "text": texts.READ_IN.format(reason=self.text, where=self.where)
            if hidden
            else self.text,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class Grounds:
    """The reasons of an event, and the report that those with ``is_of_item`` come from."""

    reasons: Sequence[Ground]
    item: ItemView | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [one.as_row() for one in self.reasons]


async def grounds_of(session: AsyncSession, event: Event) -> Grounds:
    """The reasons of an event with where each was read, as far as it still can be told."""
    numbers = {int(row["item"]) for row in event.reasons if row.get("item") is not None}
    if len(numbers) != 1:
        return Grounds([Ground(str(row["text"]), float(row["weight"])) for row in event.reasons])
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.id).in_(numbers))
    )
    row = found.first()
    if row is None:
        return Grounds([Ground(str(row["text"]), float(row["weight"])) for row in event.reasons])
    item, source = row
    return Grounds(grounds_in(event.reasons, item), view_of(item, source))


async def goes_on_from(session: AsyncSession, event: Event) -> Event | None:
    """The event that rang before and that this one goes on with, along mergers."""
    number = next((row["follows"] for row in event.reasons if row.get("follows")), None)
    earlier = await session.get(Event, int(number)) if number is not None else None
    while earlier is not None and earlier.merged_into_id is not None:
        earlier = await session.get(Event, earlier.merged_into_id)
    return earlier if earlier is not None and earlier.id != event.id else None


def grounds_in(reasons: Iterable[Mapping[str, Any]], item: Item) -> list[Ground]:
    """Where the words of each reason stand in a report. Pure.

    :param reasons: rows with ``text`` and ``weight``; those of the report have its id in ``item``.
    """
    return [
        Ground(
            str(row["text"]),
            float(row["weight"]),
            where_read(str(row["text"]), item.title, item.lead) if "item" in row else "",
            "item" in row,
        )
        for row in reasons
    ]


def where_read(reason: str, title: str, lead: str | None) -> str:
    """In which part of a report the quoted words of a reason stand; empty when it quotes none.

    Pure. Without the lead, which goes when the event is over, nobody can tell more than that it
    is not the title.
    """
    quoted = _QUOTED.search(reason)
    words = {fold(word) for word in _WORDS.findall(quoted[1])} if quoted else set()
    if not words:
        return ""
    hidden = words - _words(title)
    if not hidden:
        return texts.IN_TITLE
    if not lead or hidden - _words(lead):
        return texts.NOT_IN_TITLE if hidden == words else texts.PARTLY_IN_TITLE
    return texts.IN_LEAD if hidden == words else texts.PARTLY_IN_LEAD


def _words(text: str) -> set[str]:
    return {fold(word) for word in _WORDS.findall(text)}
