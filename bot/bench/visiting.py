"""The users: they walk over the pages of the console and keep pages open, and note how long."""

from __future__ import annotations

import asyncio
import gzip
import math
import random
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bot.bench.filling import Filled
from bot.console.app import DOORS
from bot.console.pages import PLAIN_COOKIE

THINK_S = 1.0
#: streams are open this long before the memory is read
SETTLE_S = 3.0
#: to print, to keep or for a frame, not to be looked at; and pages that no measured store has
LEFT_OUT = (
    "/pdf", "/mail", "/csv", "/oefenen/N", "/groep/N/bericht", "/overleg/N", "/rondbrief/N",
    "{name:str}",
)  # fmt: skip
#: every page of the console; N stands for the number of a row
PAGES = tuple(
    path
    for path in (door.path.replace("{number:int}", "N") for door in DOORS if door.method == "GET")
    if not path.endswith(LEFT_OUT)
)
#: pages of one event
TABS = tuple(path for path in PAGES if path.startswith("/gebeurtenis/N"))
_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r'@import\s+(?:url\()?"?([^")\s;]+\.css)')


class PageFailed(Exception):
    """A page did not answer as it should; the figures would mean nothing."""


@dataclass(slots=True)
class Figures:
    """Milliseconds per page."""

    took: dict[str, list[float]] = field(default_factory=dict)

    def note(self, page: str, ms: float) -> None:
        self.took.setdefault(page, []).append(ms)

    def all(self) -> list[float]:
        return [ms for each in self.took.values() for ms in each]


@dataclass(frozen=True, slots=True)
class Weight:
    """The first page with its styles and scripts, in kilobytes."""

    gzipped: float
    sent: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed. Pure."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


async def walk_around(address: str, filled: Filled, *, users: int, seconds: float) -> Figures:
    """Everybody looks at a page, thinks, and looks at another one, until the time is over."""
    figures = Figures()
    ends = time.perf_counter() + seconds
    await asyncio.gather(
        *(_walk(address, filled, figures, user=user, ends=ends) for user in range(users))
    )
    return figures


async def look_at_everything(address: str, filled: Filled) -> None:
    """Every page once."""
    cookies = {PLAIN_COOKIE: filled.tokens[0]}
    async with aiohttp.ClientSession(address, cookies=cookies) as web:
        for page in PAGES:
            await _look(web, page.replace("N", str(filled.events[0])))


async def _walk(address: str, filled: Filled, figures: Figures, *, user: int, ends: float) -> None:
    # The same walk each time, so that two measurements can be compared.
    chance = random.Random(user)  # noqa: S311
    await asyncio.sleep(chance.random() * THINK_S)
    cookies = {PLAIN_COOKIE: filled.tokens[user % len(filled.tokens)]}
    async with aiohttp.ClientSession(address, cookies=cookies) as web:
        while time.perf_counter() < ends:
            page = chance.choice(PAGES)
            # Half of the looks are at the event of the evening.
            number = filled.events[0] if chance.random() < 0.5 else chance.choice(filled.events)
            figures.note(page, await _look(web, page.replace("N", str(number))))
            await asyncio.sleep(THINK_S)


async def _look(web: aiohttp.ClientSession, path: str) -> float:
    began = time.perf_counter()
    async with web.get(path, allow_redirects=False) as answer:
        await answer.read()
        # Nothing: a part of a page that has nothing to show for this event.
        if answer.status not in (200, 204):
            raise PageFailed(f"{path}: {answer.status}")
    return (time.perf_counter() - began) * 1000


async def weigh_first_page(address: str, filled: Filled) -> Weight:
    """What a browser fetches for the first page, without the fonts."""
    cookies = {PLAIN_COOKIE: filled.tokens[0]}
    async with aiohttp.ClientSession(address, cookies=cookies, auto_decompress=False) as web:
        seen: dict[str, Weight] = {}
        waiting = ["/"]
        while waiting:
            path = waiting.pop()
            plain, sent = await _fetch(web, path)
            seen[path] = Weight(len(gzip.compress(plain, 6)) / 1024, sent / 1024)
            waiting += [one for one in linked(path, plain.decode()) if one not in seen]
    return Weight(sum(one.gzipped for one in seen.values()), sum(one.sent for one in seen.values()))


async def _fetch(web: aiohttp.ClientSession, path: str) -> tuple[bytes, int]:
    """The bytes of a file, and how many of them travelled."""
    async with web.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        body = await answer.read()
        if answer.status != 200:
            raise PageFailed(f"{path}: {answer.status}")
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(body) if packed else body, len(body)


def linked(path: str, source: str) -> set[str]:
    """Styles and scripts that a page or a style sheet asks for. Pure."""
    folder = path.rpartition("/")[0]
    imported = {
        name if name.startswith("/") else f"{folder}/{name}" for name in _IMPORTED.findall(source)
    }
    return set(_LINKED.findall(source)) | imported


async def keep_open(address: str, filled: Filled, pid: int, *, streams: int) -> float | None:
    """Open so many pages at once; the memory of the server while they are open."""
    unlimited = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(address, connector=unlimited) as web,
        AsyncExitStack() as opened,
    ):
        for number in range(streams):
            token = filled.tokens[number % len(filled.tokens)]
            answer = await opened.enter_async_context(
                web.get(
                    "/stroom",
                    params={"bij": TABS[number % len(TABS)].replace("N", "1")},
                    cookies={PLAIN_COOKIE: token},
                )
            )
            if answer.status != 200 or not await answer.content.readline():
                raise PageFailed(f"/stroom: {answer.status}")
        await asyncio.sleep(SETTLE_S)
        return memory_mb(pid)


def memory_mb(pid: int) -> float | None:
    """Resident memory of a process; None where the system does not tell it."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


def summary(took: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Per page the middle, the slow end and how many. Pure."""
    return {page: of_one(values) for page, values in sorted(took.items())}


def of_one(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50_ms": round(percentile(ordered, 0.5), 1),
        "p95_ms": round(percentile(ordered, 0.95), 1),
        "max_ms": round(ordered[-1], 1),
        "n": len(ordered),
    }
