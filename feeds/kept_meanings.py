"""Keeps what texts mean beside their items, so that a restart need not read the window again.

Reading costs tens of milliseconds a text, and a window holds thousands. What is kept is 384 numbers
of half precision. They hold no words, but who tries could tell what a text was about: so they go
when the lead goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds.grouping import Doc
from feeds.meaning import E5Meanings, digest_of, mark
from feeds.rows import Event, EventStatus, Item, ItemMeaning

#: texts of which the item is remembered: what is read later is written beside it
MOST_NOTED = 40_000
AT_A_TIME = 500
#: a window of news does not last longer than this
LONGEST_KEPT = timedelta(days=7)


class KeptMeanings:
    """The meanings of one watch and their rows. Not thread-safe."""

    def __init__(self, meanings: E5Meanings) -> None:
        self._meanings = meanings
        self._items: dict[str, int] = {}
        self._written: set[str] = set()

    def note(self, docs: Iterable[Doc]) -> None:
        """These texts are those of these items; what is read of them later belongs there."""
        for doc in docs:
            if doc.item_id is not None:
                self._items.pop(digest := digest_of(doc.text), None)
                self._items[digest] = doc.item_id
        for digest in list(self._items)[: max(0, len(self._items) - MOST_NOTED)]:
            del self._items[digest]

    async def load(self, session: AsyncSession, docs: Collection[Doc]) -> None:
        """Take over what was read before of these texts, by the model that is read with now."""
        self.note(docs)
        numbers = [doc.item_id for doc in docs if doc.item_id is not None]
        times = {doc.item_id: doc.at for doc in docs}
        for begin in range(0, len(numbers), AT_A_TIME):
            found = await session.exec(
                select(ItemMeaning).where(
                    col(ItemMeaning.item_id).in_(numbers[begin : begin + AT_A_TIME]),
                    col(ItemMeaning.model) == mark(),
                )
            )
            for row in found.all():
                self._meanings.take(row.text_digest, row.direction, times[row.item_id])

    async def write(self, session: AsyncSession) -> None:
        """Store what was read since and belongs to a stored item; :meth:`committed` once it is.

        Several texts of one item (it was retitled) leave the last.
        """
        rows: dict[int, ItemMeaning] = {}
        self._written = set()
        for digest, direction in self._meanings.fresh().items():
            item_id = self._items.get(digest)
            if item_id is not None:
                self._written.add(digest)
                rows[item_id] = ItemMeaning(
                    item_id=item_id, model=mark(), text_digest=digest, direction=direction
                )
        for row in rows.values():
            await session.merge(row)

    def committed(self) -> None:
        """What was written last is in the store for good."""
        self._meanings.settle(self._written)


async def drop_meanings(session: AsyncSession, items: Any) -> None:
    """Forget what these items mean. ``items`` is a list, or a query, of their numbers."""
    await session.exec(
        delete(ItemMeaning)
        .where(col(ItemMeaning.item_id).in_(items))
        .execution_options(synchronize_session=False)
    )


async def drop_old_meanings(session: AsyncSession, *, kept: timedelta, now: datetime) -> None:
    """Forget what no open event needs after ``kept``, as leads go, and all of it after a week."""
    over = select(Event.id).where(
        col(Event.status).in_([EventStatus.CLOSED, EventStatus.DISMISSED])
    )
    unneeded = or_(col(Item.event_id).is_(None), col(Item.event_id).in_(over))
    old = select(Item.id).where(
        or_(
            (col(Item.first_seen_at) < now - kept) & unneeded,
            col(Item.first_seen_at) < now - LONGEST_KEPT,
        )
    )
    await drop_meanings(session, old)
