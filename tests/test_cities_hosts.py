"""Several cities on several hosts: a command per part; a host that stops hands over each city."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contacts.outbox import DeliveryStatus
from tests import stores
from tests.several import City, Several

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not stores.is_postgresql(), reason="SQLite is a file of one host"),
]

NAMES = ("arnhem", "utrecht")
TEXT = "Informatie voor"


@pytest.fixture
async def cities(tmp_path: Path) -> AsyncIterator[list[City]]:
    folder = tmp_path / "steden"
    folder.mkdir()
    made = [City(folder, name, number) for number, name in enumerate(NAMES, start=1)]
    for city in made:
        await city.settle(5)
        said = city.config.read_text(encoding="utf-8")
        city.write(said.replace("[database]\n", "[database]\nseveral_hosts = true\n"))
    yield made
    for city in made:
        await city.close()


async def test_each_part_of_all_cities_can_be_a_command_of_its_own(cities: list[City]) -> None:
    folder = cities[0].place
    worker = Several(folder, "--only", "worker", name="worker")
    bot = Several(folder, "--only", "bot", name="bot")
    try:
        await worker.start()
        await bot.start()
        for name in NAMES:
            await worker.see(f"INFO {name} bot.election Holding pump")
            await bot.see(f"INFO {name} bot.election Holding poller")
        assert "Holding poller" not in worker.said
        os.kill(worker.pid("arnhem"), signal.SIGKILL)
        for city in cities:
            await city.tell(f"{TEXT} {city.name}")
            await city.users[0].say("/help")
        for city in cities:
            rows = await city.settled(5)
            assert {row.status for row in rows} == {DeliveryStatus.SENT}
            assert sorted(city.arrived(f"{TEXT} {city.name}").values()) == [1] * 5
            await city.users[0].see("/stop", timeout_s=60)
        assert worker.said.count("is uitgevallen") == 1
        assert "is uitgevallen" not in bot.said
        for command in (worker, bot):
            await command.stop()
            assert "afgebroken" not in command.said
    finally:
        await worker.close([])
        await bot.close([])


async def test_a_host_that_stops_hands_over_every_city(cities: list[City]) -> None:
    folder = cities[0].place
    first, second = Several(folder, name="first"), Several(folder, name="second")
    try:
        await first.start()
        for name in NAMES:
            await first.see(f"INFO {name} bot.election Holding pump")
        await second.start()
        await second.ready(*NAMES)
        await first.stop()
        assert "afgebroken" not in first.said
        for name in NAMES:
            await second.see(f"INFO {name} bot.election Holding pump")
        for city in cities:
            await city.tell(f"{TEXT} {city.name}")
            rows = await city.settled(5)
            assert {row.status for row in rows} == {DeliveryStatus.SENT}
    finally:
        await first.close([])
        await second.close([])


async def test_a_city_that_shares_nothing_is_refused_one_part(cities: list[City]) -> None:
    said = cities[1].config.read_text(encoding="utf-8")
    cities[1].write(said.replace("several_hosts = true\n", ""))
    command = Several(cities[0].place, "--only", "worker")
    try:
        await command.start()
        await command.ready("arnhem")
        assert "utrecht: --only is voor meer machines op één PostgreSQL" in command.said
    finally:
        await command.close([])
