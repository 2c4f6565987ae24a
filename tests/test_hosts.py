"""Several hosts on one PostgreSQL: one holder per duty, and a dead host costs seconds."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select, text

from bot.clock import utc_now
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.sending import first_channel, post
from tests import stores
from tests.killing import Installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not stores.is_postgresql(), reason="SQLite is a file of one host"),
]

TEXT = "Informatie bij gebeurtenis (proef)"
SETTLED = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)


class Hosts(Installation):
    """One installation in several processes, each with a log of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.processes: list[asyncio.subprocess.Process] = []

    async def prepare_hosts(self, people: int) -> None:
        self.users = await self.prepare(people)
        path = self.folder / "config.toml"
        said = path.read_text(encoding="utf-8")
        path.write_text(
            said.replace("[database]\n", "[database]\nseveral_hosts = true\n"), encoding="utf-8"
        )

    async def add(self, *arguments: str) -> int:
        """Another process; returns its number."""
        number = len(self.processes)
        with (self.folder / f"host{number}.txt").open("wb") as log:
            self.processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot.cli.main", "run", *arguments,
                    "--config", str(self.folder / "config.toml"),
                    env={**os.environ, "SCHAKEL_TELEGRAM_TOKEN": self.simulator.token},
                    stdout=asyncio.subprocess.DEVNULL, stderr=log,
                )
            )  # fmt: skip
        return number

    def log(self, number: int) -> str:
        return (self.folder / f"host{number}.txt").read_text(encoding="utf-8")

    async def holder(self, duty: str, among: set[int]) -> int:
        """Waits until one of these holds the duty."""
        for _ in range(1200):
            for number in among:
                said = self.log(number)
                if said.count(f"Holding {duty}\n") > said.count(f"Let go of {duty}\n"):
                    return number
            await asyncio.sleep(0.1)
        raise TimeoutError(duty + "".join(self.log(number) for number in among))

    async def end(self, number: int, how: signal.Signals) -> int:
        process = self.processes[number]
        process.send_signal(how)
        return await asyncio.wait_for(process.wait(), 60)

    async def close(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await super().close()

    async def plan(self, people: int) -> None:
        async with self.open() as db, db.begin() as session:
            to = [await first_channel(session, person) for person in range(1, people + 1)]
            await post(
                session, kind=MessageKind.BRIEFING, content=Content(telegram=TelegramForm(TEXT)),
                to=[recipient for recipient in to if recipient], is_exercise=True, now=utc_now(),
            )  # fmt: skip

    async def settled(self, wanted: int) -> list[Delivery]:
        for _ in range(1200):
            async with self.open() as db, db.read() as session:
                found = await session.exec(
                    select(Delivery)
                    .join(Message, col(Message.id) == col(Delivery.message_id))
                    .where(col(Message.kind) == MessageKind.BRIEFING)
                )
                rows = list(found.all())
            if len(rows) == wanted and all(row.status in SETTLED for row in rows):
                return rows
            await asyncio.sleep(0.1)
        raise TimeoutError([(row.id, row.status) for row in rows])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Hosts]:
    made = Hosts(tmp_path)
    yield made
    await made.close()


async def test_a_dead_host_loses_nothing_and_repeats_nothing(place: Hosts) -> None:
    await place.prepare_hosts(100)
    hosts = {await place.add(), await place.add()}
    first = await place.holder("pump", hosts)
    await place.plan(100)
    for _ in range(600):
        if len(list(place.simulator.telegram.accepted())) >= 10:
            break
        await asyncio.sleep(0.02)
    await place.end(first, signal.SIGKILL)
    second = await place.holder("pump", hosts - {first})
    rows = await place.settled(100)
    arrived = Counter(
        call.chat_id for call in place.simulator.telegram.accepted() if TEXT in (call.text or "")
    )
    for row in rows:
        if row.status is DeliveryStatus.SENT:
            assert arrived[int(row.address)] == 1
        else:
            assert row.status is DeliveryStatus.UNKNOWN
            assert arrived[int(row.address)] <= 1
    assert second != first


async def test_a_host_that_is_stopped_hands_over(place: Hosts) -> None:
    await place.prepare_hosts(1)
    hosts = {await place.add(), await place.add()}
    first = await place.holder("pump", hosts)
    assert await place.end(first, signal.SIGTERM) == 0
    for duty in ("pump", "poller", "worker", "ticks"):
        assert await place.holder(duty, hosts - {first}) != first
    assert "Traceback" not in place.log(first)


async def test_each_part_can_be_a_process_of_its_own(place: Hosts) -> None:
    await place.prepare_hosts(1)
    web, bot, worker = [await place.add("--only", part) for part in ("web", "bot", "worker")]
    assert await place.holder("poller", {web, bot, worker}) == bot
    assert await place.holder("worker", {web, bot, worker}) == bot
    assert await place.holder("pump", {web, bot, worker}) == worker
    assert await place.holder("ticks", {web, bot, worker}) == worker
    await place.users[0].say("/help")
    await place.users[0].see("/stop", timeout_s=60)


async def test_the_engine_is_no_part_of_what_is_kept(place: Hosts) -> None:
    await place.prepare_hosts(1)
    await place.holder("pump", {await place.add()})
    async with place.open() as db, db.read() as session:
        connection = await session.connection()
        kept = await connection.execute(text("SELECT count(*) FROM procrastinate_jobs"))
        # A holder and one who waits, for each of four duties.
        assert 1 <= kept.scalar_one() <= 8
