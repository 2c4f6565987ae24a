"""Two houses on one PostgreSQL: refused unless both know of it, and a restart never is."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot import store_lock
from bot.config import load_config
from bot.settings import DatabaseSettings
from bot.store_lock import StoreLock, StoreTaken
from tests import stores
from tests.killing import Installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not stores.is_postgresql(), reason="SQLite is a file of one host"),
]

SEVERAL = "[database]\nseveral_hosts = true\n"
#: of this store alone: other tests have theirs on the same server
END = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Houses(Installation):
    """One store; each house has a folder and a log of its own, as on a machine of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.running: list[asyncio.subprocess.Process] = []

    async def settle(self) -> None:
        await self.prepare(1)
        alone = (self.folder / "config.toml").read_text(encoding="utf-8")
        for name in ("one", "other"):
            (self.folder / name).mkdir()
            own = alone.replace(f'"{self.folder}"', f'"{self.folder}/{name}"')
            (self.folder / name / "alone.toml").write_text(own, encoding="utf-8")
            (self.folder / name / "several.toml").write_text(
                own.replace("[database]\n", SEVERAL), encoding="utf-8"
            )

    async def run(self, name: str, how: str, *words: str) -> asyncio.subprocess.Process:
        with self.log_of(name).open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli.main", "run", *words,
                "--config", str(self.folder / name / f"{how}.toml"),
                env={
                    **os.environ, "SCHAKEL_TELEGRAM_TOKEN": self.simulator.token,
                    "SCHAKEL_SECRET_KEY": KEY,
                },
                stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(process)
        return process

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.txt"

    def said(self, name: str) -> str:
        return self.log_of(name).read_text(encoding="utf-8")

    async def see(self, name: str, words: str) -> None:
        for _ in range(1500):
            if words in self.said(name):
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.said(name))

    async def close(self) -> None:
        for process in self.running:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await super().close()


KEY = "5nDP4UMS7Y0T8r8Hr7m2lcZ0bYw9w8h3rbuXzbBq8nM="


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Houses]:
    made = Houses(tmp_path)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("first", "second"), [("alone", "alone"), ("alone", "several"), ("several", "alone")]
)
async def test_a_second_house_on_the_same_rows_is_refused(
    place: Houses, first: str, second: str
) -> None:
    await place.settle()
    await place.run("one", first)
    await place.see("one", "bot.house Started")
    process = await place.run("other", second)
    assert await asyncio.wait_for(process.wait(), 60) == 2
    assert "draait nog op deze gegevens" in place.said("other")
    assert "several_hosts = true" in place.said("other")
    assert "Schakel wacht hooguit 10 seconden" in place.said("other")
    assert "Started" not in place.said("other")
    assert place.running[0].returncode is None


async def test_parts_of_one_house_that_know_of_each_other_work_together(place: Houses) -> None:
    await place.settle()
    await place.run("one", "several", "--only", "worker")
    await place.see("one", "bot.house Started")
    await place.run("other", "several", "--only", "bot")
    await place.see("other", "bot.house Started")
    assert "wacht hooguit" not in place.said("other")


async def test_a_restart_right_after_a_crash_is_not_refused(place: Houses) -> None:
    await place.settle()
    for _ in range(3):
        process = await place.run("one", "alone")
        await place.see("one", "bot.house Started")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await place.run("other", "alone")
    await place.see("other", "bot.house Started")


def settings(place: Houses, how: str = "alone") -> DatabaseSettings:
    return load_config(place.folder / "one" / f"{how}.toml", {}).database


async def test_a_house_that_comes_while_another_stops_waits_for_it(place: Houses) -> None:
    await place.settle()
    one, other, heard = StoreLock(settings(place)), StoreLock(settings(place)), list[str]()
    await one.take(heard.append)
    waiting = asyncio.create_task(other.take(heard.append))
    await asyncio.sleep(1)
    assert not waiting.done()
    await one.close()
    await waiting
    assert len(heard) == 1
    await other.close()


async def test_a_lock_that_was_lost_is_taken_again(
    place: Houses, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await place.settle()
    monkeypatch.setattr(store_lock, "LOOK_S", 0.1)
    caplog.set_level("INFO")
    lock, other = StoreLock(settings(place)), StoreLock(settings(place, "several"))
    await lock.take(lambda _: None)
    address = make_url(place.database).set(drivername="postgresql")
    async with await psycopg.AsyncConnection.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as admin:
        await admin.execute(END, (store_lock.NUMBER,))
    for _ in range(200):
        if "is held again" in caplog.text:
            break
        await asyncio.sleep(0.05)
    assert "The store lock is lost" in caplog.text
    with pytest.raises(StoreTaken):
        await other.take(lambda _: None, wait_s=0.2)
    await lock.close()
    await other.take(lambda _: None, wait_s=0.2)
    await other.close()
