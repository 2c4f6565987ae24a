"""Several cities from one command: each by itself, and one that falls takes nobody along."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cities.parent import END_S
from bot.cities.standing import RED_AFTER, Falling, note_of, write_falling
from contacts.outbox import DeliveryStatus
from tests.conftest import NOW
from tests.several import City, Several

pytestmark = pytest.mark.slow

TEXT = "Informatie voor"
NAMES = ("arnhem", "utrecht")


@asynccontextmanager
async def two_cities(tmp_path: Path, people: int) -> AsyncIterator[list[City]]:
    folder = tmp_path / "steden"
    folder.mkdir()
    made = [City(folder, name, number) for number, name in enumerate(NAMES, start=1)]
    for city in made:
        await city.settle(people)
    yield made
    for city in made:
        await city.close()


@pytest.fixture
async def cities(tmp_path: Path) -> AsyncIterator[list[City]]:
    """Two of them, each with forty people: for what comes of their rows."""
    async with two_cities(tmp_path, 40) as made:
        yield made


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[list[City]]:
    """Two of them, for what is the same on every store."""
    async with two_cities(tmp_path, 1) as made:
        yield made


@pytest.fixture
async def several(tmp_path: Path) -> AsyncIterator[Several]:
    command = Several(tmp_path / "steden")
    yield command
    await command.close([])


def limit_s() -> float:
    """Five seconds; on a machine that is busy with others, what the parent gives its cities."""
    return 5.0 if os.getloadavg()[0] <= 2 * (os.cpu_count() or 1) else END_S


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").is_dir()


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def test_each_city_sends_with_its_own_bot_from_its_own_store(
    cities: list[City], several: Several
) -> None:
    for city in cities:
        await city.tell(f"{TEXT} {city.name}")
    await several.start()
    for city in cities:
        rows = await city.settled(40)
        assert {row.status for row in rows} == {DeliveryStatus.SENT}
    for city, other in zip(cities, reversed(cities), strict=True):
        assert sorted(city.arrived(f"{TEXT} {city.name}").values()) == [1] * 40
        assert not city.arrived(f"{TEXT} {other.name}")
        calls = city.simulator.telegram.calls
        assert calls, "the bot of this city was used"
    await several.ready(*NAMES)
    assert several.process is not None
    assert threads_of(several.process.pid) == 1, "a fork needs a parent of one thread"
    assert "threads" not in several.said
    for city in cities:
        environ = Path(f"/proc/{several.pid(city.name)}/environ").read_bytes()
        assert b"SCHAKEL_TELEGRAM" not in environ
        assert city.simulator.token not in several.said


async def test_a_city_that_is_killed_comes_back_and_the_other_never_stops(
    cities: list[City], several: Several
) -> None:
    first, second = cities
    await several.start()
    await several.ready(*NAMES)
    untouched = several.pid(second.name)
    await first.tell(f"{TEXT} een")
    for _ in range(500):
        if first.arrived(f"{TEXT} een"):
            break
        await asyncio.sleep(0.01)
    assert 0 < len(first.arrived(f"{TEXT} een")) < 40, "killed while it sends"
    os.kill(several.pid(first.name), signal.SIGKILL)
    await second.tell(f"{TEXT} twee")
    rows = await second.settled(40)
    assert {row.status for row in rows} == {DeliveryStatus.SENT}
    rows = await first.settled(40)
    arrived = first.arrived(f"{TEXT} een")
    assert len(rows) == 40
    assert max(arrived.values()) == 1
    for row in rows:
        if row.status is DeliveryStatus.SENT:
            assert arrived[int(row.address)] == 1
        else:
            assert (row.status, row.is_repeat) == (DeliveryStatus.UNKNOWN, False)
    assert several.pid(second.name) == untouched
    assert is_alive(untouched)
    assert "arnhem: is uitgevallen (code -9) en start over 1 s opnieuw." in several.said
    assert "utrecht: is uitgevallen" not in several.said


async def test_sigterm_stops_every_city_within_five_seconds_with_nothing_lost(
    cities: list[City], several: Several
) -> None:
    await several.start()
    await several.ready(*NAMES)
    pids = [several.pid(name) for name in NAMES]
    for city in cities:
        await city.tell(f"{TEXT} {city.name}")
    assert await several.stop() < limit_s()
    assert several.process is not None
    assert several.process.returncode == 0
    assert not any(map(is_alive, pids))
    for name in NAMES:
        assert f"INFO {name} bot.house Stopped" in several.said
    await several.start()
    for city in cities:
        rows = await city.settled(40)
        assert {row.status for row in rows} == {DeliveryStatus.SENT}
        assert sorted(city.arrived(f"{TEXT} {city.name}").values()) == [1] * 40


async def test_cities_hand_over_and_end_when_their_parent_is_gone(
    pair: list[City], several: Several
) -> None:
    await several.start()
    await several.ready(*NAMES)
    pids = [several.pid(name) for name in NAMES]
    several.tell(signal.SIGKILL)
    await several.ended()
    for name in NAMES:
        await several.see(f"INFO {name} bot.house Stopped", timeout_s=30)
    for _ in range(100):
        if not any(map(is_alive, pids)):
            break
        await asyncio.sleep(0.05)
    assert not any(map(is_alive, pids))


async def test_sighup_takes_in_lets_go_and_renews_one_city_at_a_time(
    pair: list[City], several: Several
) -> None:
    first, second = pair
    text = second.config.read_text(encoding="utf-8")
    second.config.unlink()
    await several.start()
    await several.ready(first.name)
    pid = several.pid(first.name)

    second.write(text)
    several.tell(signal.SIGHUP)
    await several.ready(second.name)
    assert several.pid(first.name) == pid, "a city whose files did not change goes on"

    earlier = several.pid(second.name)
    second.write(text.replace("refresh_s = 0.5", "refresh_s = 0.7"))
    several.tell(signal.SIGHUP)
    await several.ready(second.name, times=2)
    assert not is_alive(earlier)
    assert several.pid(second.name) != earlier
    assert several.pid(first.name) == pid

    second.write("[web]\nprot = 1\n")
    several.tell(signal.SIGHUP)
    await several.see("utrecht: de nieuwe configuratie klopt niet")
    await several.see("Bedoelt u port")
    assert is_alive(several.pid(second.name)), "it goes on with what it had"

    second.config.unlink()
    several.tell(signal.SIGHUP)
    await several.see("City utrecht: process .* ended with 0", times=2)
    assert "utrecht: is weg uit de map en is gestopt." in several.said
    assert several.pid(first.name) == pid
    assert is_alive(pid)
    assert await several.stop() < limit_s()


async def test_the_command_that_looks_names_each_city_and_is_red_when_one_is(
    pair: list[City], several: Several
) -> None:
    code, said = await several.look()
    assert (code, said) == (1, "arnhem: Draait niet.\nutrecht: Draait niet.\n")
    await several.start()
    await several.ready(*NAMES)
    code, said = await several.look()
    assert (code, said.count("Draait. Nagekeken:")) == (0, 2)
    write_falling(note_of(pair[1].folder, "all"), Falling(RED_AFTER, 70, NOW.isoformat()))
    pair[0].write("[web]\nprot = 1\n")
    code, said = await several.look()
    assert code == 1
    assert re.search(r"^arnhem: .*Bedoelt u port", said, re.MULTILINE)
    assert re.search(r"^utrecht: De stad valt steeds uit: 5 keer", said, re.MULTILINE)


async def test_a_city_that_cannot_be_read_is_named_and_the_other_starts(
    pair: list[City], several: Several
) -> None:
    pair[1].write("[web]\nprot = 1\n")
    await several.start()
    await several.ready("arnhem")
    assert "utrecht: start niet." in several.said
    assert "Bedoelt u port" in several.said


async def test_two_cities_with_one_store_and_one_bot_are_refused_and_nothing_starts(
    pair: list[City], several: Several
) -> None:
    first, second = pair
    second.write(first.config.read_text(encoding="utf-8"))
    second.secrets.write_text(first.secrets.read_text(encoding="utf-8"), encoding="utf-8")
    await several.start()
    assert await several.ended() == 2
    for what in ("dezelfde database", "dezelfde bot", "dezelfde map voor gegevens"):
        assert f"arnhem en utrecht hebben {what}" in several.said
    assert "Geef elke stad een eigen." in several.said
    assert "bot.house" not in several.said
    assert first.simulator.token not in several.said


async def test_a_city_never_takes_a_secret_that_all_would_share(
    pair: list[City], several: Several
) -> None:
    await several.start({"SCHAKEL_TELEGRAM_TOKEN": pair[0].simulator.token})
    assert await several.ended() == 2
    assert "SCHAKEL_TELEGRAM_TOKEN staat in de omgeving" in several.said
    pair[1].secrets.unlink()
    await several.start()
    await several.ready("arnhem")
    assert "utrecht: start niet." in several.said, "without its own token it has none"
