"""What is claimed is marked *sending* a moment before its slot, and until then goes back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from bot.clock import utc_now
from contacts.claiming import claim
from contacts.departing import Departures, Means
from contacts.departure_log import DepartureLog
from contacts.limiter import Limiter, Slot
from contacts.preparing import Linking, Marked
from contacts.records import Database
from contacts.sealing import Sealer
from tests.outbox_world import FAST, a_briefing, a_person, all_deliveries, statuses, until


class Lane:
    """Remembers what was started."""

    def __init__(self, db: Database) -> None:
        self.started: list[tuple[int, datetime]] = []
        self.held = False
        self.means = Means(
            db, FAST, Sealer(Sealer.new_key()), utc_now, Linking("", 1), "test",
            DepartureLog(None, utc_now),
        )  # fmt: skip
        self.departures = Departures(
            self.means, Limiter(500), start=self._start, is_held=lambda: self.held
        )

    def _start(self, marked: Marked, _at: datetime) -> None:
        self.started.append((marked.delivery_id, utc_now()))

    async def claim(self, *waits_s: float) -> list[Slot]:
        """As many deliveries, with slots so long from now."""
        now = utc_now()
        async with self.means.db.begin() as session:
            people = [await a_person(session, now, chat=str(n)) for n in range(len(waits_s))]
            rows = await a_briefing(session, people, now)
            ids = await claim(
                session, [row.id or 0 for row in rows], self.means.lease(now), now=now
            )
        now = utc_now()
        slots = [
            Slot(ident, now + timedelta(seconds=wait))
            for ident, wait in zip(ids, waits_s, strict=True)
        ]
        self.departures.add(slots, {slot.id: str(slot.id) for slot in slots})
        return slots


async def test_what_leaves_later_is_not_marked_with_what_leaves_now_and_goes_back_at_the_stop(
    db: Database,
) -> None:
    lane, stop = Lane(db), asyncio.Event()
    soon, _ = await lane.claim(0.01, 4.0)
    running = asyncio.create_task(lane.departures.run(stop))
    await until(db, lambda rows: statuses(rows) == ["sending", "claimed"])
    assert [ident for ident, _ in lane.started] == [soon.id]
    stop.set()
    lane.departures.wake()
    await running
    assert statuses(await all_deliveries(db)) == ["sending", "planned"]
    assert not lane.departures.chats


async def test_a_slot_is_waited_for_before_the_mark(db: Database) -> None:
    lane, stop = Lane(db), asyncio.Event()
    (slot,) = await lane.claim(0.6)
    running = asyncio.create_task(lane.departures.run(stop))
    await until(db, lambda rows: statuses(rows) == ["sending"])
    stop.set()
    await running
    ((_, at),) = lane.started
    assert at > slot.at - timedelta(seconds=0.3)


async def test_nothing_is_marked_while_the_channel_is_held(db: Database) -> None:
    lane, stop = Lane(db), asyncio.Event()
    lane.held = True
    await lane.claim(0.0)
    running = asyncio.create_task(lane.departures.run(stop))
    await asyncio.sleep(0.3)
    assert statuses(await all_deliveries(db)) == ["claimed"]
    lane.held = False
    await until(db, lambda rows: statuses(rows) == ["sending"])
    stop.set()
    await running


async def test_a_loop_that_cannot_mark_anything_does_not_seem_to_turn(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is away left the heart beating, and nobody heard of it."""
    lane, stop = Lane(db), asyncio.Event()
    await lane.claim(0.0)

    def away() -> NoReturn:
        raise OperationalError("BEGIN", None, Exception("no connection"))

    with monkeypatch.context() as patch:
        patch.setattr(db, "begin", away)
        began = utc_now()
        running = asyncio.create_task(lane.departures.run(stop))
        await asyncio.sleep(1.2)
        assert lane.departures.round_at is not None
        assert lane.departures.round_at - began < timedelta(seconds=0.2)
    await until(db, lambda rows: statuses(rows) == ["sending"])
    await asyncio.sleep(1.2)
    assert lane.departures.round_at - began > timedelta(seconds=1)
    stop.set()
    await running
