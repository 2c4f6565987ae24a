"""The processes of a measurement, and what they used."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.bench import bench_texts as texts
from bot.bench.judging import Kill
from bot.bench.marks import sends_mark

if TYPE_CHECKING:
    from bot.bench.hosts import Networks

START_S, STOP_S = 120.0, 60.0
LOOK_S = 0.05
#: a house at rest uses less of each second, and gets so many seconds for it
QUIET_CPU_S, SETTLES_S = 0.15, 20
#: held so long before its end, so that the other side takes in what the kernel has of it
HELD_S = 0.1


class BenchFailed(Exception):
    """There is nothing to measure; says why, in Dutch."""


def used(pid: int) -> tuple[float, float]:
    """Seconds of processor time and the highest megabytes so far; zeros where nobody tells."""
    place = Path(f"/proc/{pid}")
    if not (place / "stat").is_file():
        return 0.0, 0.0
    # The name of the process stands in brackets and may hold anything.
    fields = (place / "stat").read_text("utf-8").rpartition(")")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    lines = dict(line.split(":", 1) for line in (place / "status").read_text("utf-8").splitlines())
    return cpu_s, int(lines["VmHWM"].split()[0]) / 1024


def unread(pid: int) -> frozenset[int]:
    """Ports of a process, or of its network, where something came in that nobody read yet."""
    table = Path(f"/proc/{pid}/net/tcp")
    if not table.is_file():
        return frozenset()
    rows = [line.split() for line in table.read_text("utf-8").splitlines()[1:]]
    # Addresses and queues are pairs of hexadecimal numbers: proc(5).
    # Of a connection that the other side ended (08) the end itself counts as one unread byte.
    waiting = [row[1] for row in rows if row[3] == "01" and int(row[4].partition(":")[2], 16)]
    return frozenset(int(address.rpartition(":")[2], 16) for address in waiting)


async def run_once(module: str, *words: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module of ours to its end; returns the JSON object that it prints.

    :raises BenchFailed: it ended in an error.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *words,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(json.dumps(asked).encode() + b"\n")
    if process.returncode != 0:
        raise BenchFailed(texts.ENDED.format(module=module, code=process.returncode))
    done: dict[str, Any] = json.loads(out)
    return done


@asynccontextmanager
async def crowd(asked: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The other side, in a process of its own: its ports."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.simulator.crowd",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        await process.stdin.drain()
        line = await asyncio.wait_for(process.stdout.readline(), START_S)
        if not line:
            raise BenchFailed(texts.NO_CROWD)
        yield json.loads(line)
    finally:
        process.stdin.close()
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()


class House:
    """``schakel run`` in a process of its own, as often as it takes.

    ``cpu_s`` and ``peak_mb`` are of all of them; ``restarts`` are moments, in monotonic seconds.
    """

    def __init__(
        self, config: Path, environment: Mapping[str, str], words: Sequence[str] = ()
    ) -> None:
        """:param words: what stands before its command."""
        self._config, self._environment, self._words = config, dict(environment), words
        self._process: asyncio.subprocess.Process | None = None
        self._works = False
        self.cpu_s, self.peak_mb = 0.0, 0.0
        self.restarts: list[float] = []
        self.kills: list[Kill] = []

    async def start(self) -> None:
        """Begin; :meth:`ready` waits until it works."""
        self._works = False
        self._process = await asyncio.create_subprocess_exec(
            *self._words, sys.executable, "-m", "bot.bench.house_process", str(self._config),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **self._environment},
        )  # fmt: skip

    async def ready(self) -> None:
        """Wait until it says that it works. :raises BenchFailed: it does not."""
        if self._works:
            return
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_S)
        if line.strip() != b"started":
            raise BenchFailed(texts.NO_START)
        self._works = True

    async def settled(self) -> None:
        """Wait until a start is really over: it uses little of a processor, or it never will."""
        assert self._process is not None
        before = used(self._process.pid)[0]
        for _ in range(SETTLES_S):
            await asyncio.sleep(1.0)
            now = used(self._process.pid)[0]
            if now - before < QUIET_CPU_S:
                return
            before = now

    async def hold(self) -> None:
        """Stop it where it is and note what it had not read: its end changes nothing after that."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        at = asyncio.get_running_loop().time()
        self.kills.append(Kill(at, unread(self._process.pid)))
        await asyncio.sleep(HELD_S)

    async def end(self) -> None:
        """Without a warning; it stays away."""
        assert self._process is not None
        self._note()
        self._process.kill()
        await self._process.wait()

    async def kill_and_restart(self) -> None:
        """As a kill, and the supervisor that starts it again."""
        await self.hold()
        await self.end()
        self.restarts.append(asyncio.get_running_loop().time())
        await self.start()

    async def stop(self) -> dict[str, Any]:
        """SIGTERM; returns the figures that it prints."""
        assert self._process is not None
        self._note()
        self._process.terminate()
        out, _ = await asyncio.wait_for(self._process.communicate(), STOP_S)
        lines = [line for line in out.splitlines() if line.startswith(b"{")]
        figures: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        return figures

    async def close(self) -> None:
        """Whatever happened, it is gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    @property
    def sends(self) -> bool:
        """Among several: whether this one holds the duty to send."""
        return self._process is not None and sends_mark(self._config, self._process.pid).exists()

    def _note(self) -> None:
        assert self._process is not None
        cpu_s, peak_mb = used(self._process.pid)
        self.cpu_s += cpu_s
        self.peak_mb = max(self.peak_mb, peak_mb)


def _on_host(config: Path, host: int) -> Path:
    """The same configuration in a folder that only this host has."""
    place = config.parent / f"host-{host}"
    place.mkdir()
    own = place / config.name
    own.write_text(config.read_text("utf-8"), encoding="utf-8")
    return own


class Houses:
    """One or more of them on one store; kills meet the one that sends."""

    def __init__(
        self,
        config: Path,
        environment: Mapping[str, str],
        count: int,
        networks: Networks | None = None,
    ) -> None:
        """:param networks: where each is a host of its own, with its own files."""
        self._networks = networks
        if networks is None:
            self.all = [House(config, environment) for _ in range(count)]
        else:
            self.all = [
                House(_on_host(config, host), environment, networks.words(host))
                for host in range(count)
            ]

    @property
    def cpu_s(self) -> float:
        return sum(house.cpu_s for house in self.all)

    @property
    def peak_mb(self) -> float:
        """Of the largest, not of all together: each may stand on a machine of its own."""
        return max(house.peak_mb for house in self.all)

    @property
    def restarts(self) -> list[float]:
        return sorted(at for house in self.all for at in house.restarts)

    @property
    def kills(self) -> list[Kill]:
        return [kill for house in self.all for kill in house.kills]

    async def start(self) -> None:
        for house in self.all:
            await house.start()

    async def ready(self) -> None:
        """Wait until all work, and one of several sends. :raises BenchFailed: they do not."""
        for house in self.all:
            await house.ready()
        await self._sender()

    async def settled(self) -> None:
        """Wait until what a start does beside its work is done in all of them."""
        for house in self.all:
            await house.settled()

    async def kill_and_restart(self) -> None:
        """The one that sends; a host of its own comes back when another has taken over."""
        house = await self._sender()
        if self._networks is None:
            await house.kill_and_restart()
            return
        number = self.all.index(house)
        house.kills.append(Kill(asyncio.get_running_loop().time()))
        # As a host that dies: nobody hears a goodbye.
        await self._networks.pull(number)
        await house.end()
        await self._sender(but=house)
        await self._networks.plug(number)
        await house.start()

    async def stop(self) -> dict[str, Any]:
        """The figures of the one with the most commits."""
        figures = [await house.stop() for house in self.all]
        return max(figures, key=lambda one: int(one.get("commits", 0)))

    async def close(self) -> None:
        for house in self.all:
            await house.close()

    async def _sender(self, but: House | None = None) -> House:
        if len(self.all) == 1:
            return self.all[0]
        async with asyncio.timeout(START_S):
            # It is told by a file of another process: there is nothing to be woken by.
            while not (found := [h for h in self.all if h.sends and h is not but]):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        return found[0]
