"""Runs the real ``schakel run`` in a process of its own, and kills it without warning."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import utc_now
from bot.database import open_database
from bot.migrating import migrate
from bot.simulator import Simulator, User
from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.records import Database
from tests.stores import fresh_url

CONFIG = """
state_dir = "{folder}"
is_exercise = true
[telegram]
base_url = "{bot_url}"
bot_name = "schakel_oefen_bot"
poll_timeout_s = 2
[web]
port = 0
[database]
url = "{database}"
[sending]
chat_interval_s = 0.05
[ticks]
refresh_s = 0.5
feeds_s = 0.5
[[feeds.sources]]
key = "oefen-omroep"
name = "Oefenomroep"
url = "{feed_url}"
trust = "regionaal"
interval_s = 1
[feeds]
allow_private = true
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Installation:
    """One installation in ``folder``: simulator here, house in a process."""

    def __init__(self, folder: Path, *, webhook: bool = False) -> None:
        self.folder, self.webhook = folder, webhook
        self.simulator = Simulator()
        self.database = fresh_url(folder)
        self.kills: list[float] = []
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None

    async def prepare(self, people: int) -> list[User]:
        """A migrated database with ``people`` members who have a linked phone."""
        await self.simulator.start()
        self.simulator.feeds.add_outlet("oefen-omroep", "Oefenomroep")
        text = CONFIG.format(
            folder=self.folder, bot_url=self.simulator.bot_url, database=self.database,
            feed_url=self.simulator.feed_url("oefen-omroep"),
        )  # fmt: skip
        if self.webhook:
            port = free_port()
            text = text.replace("port = 0", f'port = {port}\nbase_url = "http://127.0.0.1:{port}"')
            text = text.replace("poll_timeout_s = 2", "webhook = true")
            self.simulator.telegram.desk.again_s = 0.2
        lines = text.split("[[feeds.sources]]")
        source, feeds = lines[1].split("[feeds]")
        text = lines[0] + "[feeds]" + feeds + "[[feeds.sources]]" + source
        (self.folder / "config.toml").write_text(text, encoding="utf-8")
        await migrate(self.database)
        users = [self.simulator.user(9000 + n, f"Lid {n}") for n in range(people)]
        for user in users:
            user.chat.started = True
        async with self.open() as db, db.begin() as session:
            now = utc_now()
            organisation = Organisation(
                name="School (oefening)", domain=Domain.EDUCATION, is_exercise=True,
                created_at=now, district="WK020204",
            )  # fmt: skip
            session.add(organisation)
            await session.flush()
            for user in users:
                person = Person(
                    organisation_id=organisation.id or 0, name=user.chat.name,
                    audiences=["docent_vo_mbo"], is_exercise=True, created_at=now,
                )  # fmt: skip
                session.add(person)
                await session.flush()
                session.add(
                    Channel(
                        person_id=person.id or 0, kind=ChannelKind.TELEGRAM,
                        address=str(user.chat_id), is_exercise=True, created_at=now,
                    )
                )  # fmt: skip
            session.add(RoleGrant(person_id=1, role=Role.COORDINATOR, granted_at=now))
        return users

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Database]:
        db = open_database(self.database)
        try:
            yield db
        finally:
            await db.close()

    async def start(self) -> None:
        environment = {
            **os.environ, "SCHAKEL_TELEGRAM_TOKEN": self.simulator.token
        }  # fmt: skip
        self.starts += 1
        with (self.folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli.main", "run", "--config",
                str(self.folder / "config.toml"), env=environment,
                stdout=asyncio.subprocess.DEVNULL, stderr=log,
            )  # fmt: skip

    async def ready(self) -> None:
        """Wait until the house that was started last says so in its log."""
        for _ in range(6000):
            log = (self.folder / "log.txt").read_text(encoding="utf-8")
            if log.count("Started") >= self.starts:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError("the house did not start")

    async def kill(self) -> None:
        """As a power cut does: no warning, no clean-up."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> float:
        """SIGTERM; returns how many seconds the house took to end."""
        assert self._process is not None
        began = asyncio.get_running_loop().time()
        self._process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self._process.wait(), 60)
        return asyncio.get_running_loop().time() - began

    async def kill_now_and_then(self, times: int, seed: int) -> None:
        """``kill -9`` at random moments after it is ready; they are kept in ``kills``."""
        moments = random.Random(seed)
        for _ in range(times):
            moment = moments.uniform(0.0, 1.5)
            self.kills.append(round(moment, 3))
            await self.ready()
            await asyncio.sleep(moment)
            await self.kill()
            await self.start()

    async def close(self) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()
        await self.simulator.stop()
