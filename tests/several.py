"""Runs the real ``schakel run --cities`` on a folder; each city has an outside world of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sqlmodel import col, select

from bot.clock import utc_now
from bot.simulator import Simulator, User
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.sending import first_channel, post
from tests.killing import Installation

SETTLED = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)
#: what a fork must not find in the environment of a test
BARE = {name: value for name, value in os.environ.items() if not name.startswith("SCHAKEL_")}


class City(Installation):
    """One city: its store and outside world in a folder of its own, its files in ``folder``."""

    def __init__(self, folder: Path, name: str, number: int) -> None:
        own = folder.parent / name
        own.mkdir()
        super().__init__(own)
        self.name, self.place = name, folder
        self.simulator = Simulator(f"70000000{number:02}:" + "oefening" * 4)
        self.users: list[User] = []

    @property
    def config(self) -> Path:
        return self.place / f"{self.name}.toml"

    @property
    def secrets(self) -> Path:
        return self.config.with_suffix(".geheimen")

    async def settle(self, people: int) -> None:
        """Its people, its configuration and its secrets."""
        self.users = await self.prepare(people)
        self.write((self.folder / "config.toml").read_text(encoding="utf-8"))

    def write(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")
        self.secrets.write_text(f"SCHAKEL_TELEGRAM_TOKEN={self.simulator.token}\n", "utf-8")
        self.secrets.chmod(0o600)

    async def tell(self, text: str) -> None:
        """One message to everybody."""
        async with self.open() as db, db.begin() as session:
            to = [await first_channel(session, n + 1) for n in range(len(self.users))]
            await post(
                session, kind=MessageKind.BRIEFING, content=Content(telegram=TelegramForm(text)),
                to=[one for one in to if one], is_exercise=True, now=utc_now(),
            )  # fmt: skip

    async def settled(self, wanted: int) -> list[Delivery]:
        """The deliveries of what was told, once each of them ended."""
        for _ in range(600):
            async with self.open() as db, db.read() as session:
                found = await session.exec(
                    select(Delivery)
                    .join(Message, col(Message.id) == col(Delivery.message_id))
                    .where(
                        col(Message.kind) == MessageKind.BRIEFING,
                        col(Delivery.act) == DeliveryAct.SEND,
                    )
                )
                rows = list(found.all())
            if len(rows) >= wanted and all(row.status in SETTLED for row in rows):
                return rows
            await asyncio.sleep(0.05)
        raise AssertionError([(row.id, row.status) for row in rows])

    def arrived(self, text: str) -> Counter[int]:
        """How often each chat got this, in the world of this city's bot."""
        return Counter(
            call.chat_id
            for call in self.simulator.telegram.accepted()
            if call.chat_id is not None and call.text and text in call.text
        )


class Several:
    """The command, its log and its processes."""

    def __init__(self, folder: Path, *words: str, name: str = "log") -> None:
        self.folder, self.words = folder, words
        self.log = folder.parent / f"{name}.txt"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, environment: dict[str, str] | None = None) -> None:
        with self.log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli.main", "run", "--cities", str(self.folder),
                *self.words, env=BARE | (environment or {}), stdout=log, stderr=log,
            )  # fmt: skip

    async def look(self) -> tuple[int, str]:
        """``schakel cities``: its code, and what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli.main", "cities", str(self.folder),
            env=BARE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def see(self, pattern: str, times: int = 1, timeout_s: float = 30) -> None:
        """Wait until this stands in the log."""
        for _ in range(int(timeout_s / 0.02)):
            if len(re.findall(pattern, self.said)) >= times:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{pattern}\n{self.said}")

    async def ready(self, *cities: str, times: int = 1) -> None:
        for city in cities:
            await self.see(rf"INFO {city} bot.house Started", times)

    def pid(self, city: str) -> int:
        """The process that works for this city now."""
        return int(re.findall(rf"City {city}: process (\d+)\n", self.said)[-1])

    def tell(self, signo: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(signo)

    async def stop(self) -> float:
        """SIGTERM; how many seconds it took."""
        assert self.process is not None
        began = asyncio.get_running_loop().time()
        self.tell(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), 60)
        return asyncio.get_running_loop().time() - began

    async def ended(self) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), 60)

    async def close(self, cities: Iterable[City]) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        for city in cities:
            await city.close()
