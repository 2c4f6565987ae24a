"""Hosts for a measurement: each process in a network of its own, on one machine.

Linux network namespaces on a bridge, made by ``ip`` and only by root. A host that dies here dies
as a real one does: first its cable is pulled, so nobody hears a goodbye, and then it is killed.
The store is reached through a forwarder on the bridge, which holds its connections to the same
patience as a server does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from bot.bench import bench_texts as texts
from bot.bench.processes import BenchFailed
from bot.database import LIVENESS

#: a network that nobody routes (RFC 2544, for benchmarks)
NET = "198.18"
POSTGRESQL = 5432


class Networks:
    """``count`` hosts; the one who measures, the other side and the store are on the bridge."""

    def __init__(self, count: int) -> None:
        self._mark = f"sb{os.getpid() % 100_000}"
        part = os.getpid() % 250 + 1
        self.address = f"{NET}.{part}.1"
        self._part, self.count = part, count

    def words(self, host: int) -> Sequence[str]:
        """What comes before a command that is to run on this host."""
        return ("ip", "netns", "exec", self._name(host))

    async def make(self) -> None:
        """:raises BenchFailed: this machine, or this user, may not."""
        if os.geteuid() != 0 or shutil.which("ip") is None:
            raise BenchFailed(texts.NO_NETWORKS)
        try:
            await _ip("link", "add", self._mark, "type", "bridge")
            await _ip("addr", "add", f"{self.address}/24", "dev", self._mark)
            await _ip("link", "set", self._mark, "up")
            for host in range(self.count):
                await self._plug_in(host)
        except OSError as error:
            await self.remove()
            raise BenchFailed(texts.NO_NETWORKS) from error

    async def _plug_in(self, host: int) -> None:
        name, cable = self._name(host), self._cable(host)
        await _ip("netns", "add", name)
        await _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        await _ip("link", "set", cable, "master", self._mark, "up")
        inside = f"{NET}.{self._part}.{host + 10}/24"
        await _ip("-n", name, "addr", "add", inside, "dev", "eth0")
        for device in ("lo", "eth0"):
            await _ip("-n", name, "link", "set", device, "up")

    async def pull(self, host: int) -> None:
        """The cable: what it sends arrives nowhere, and it hears nothing."""
        await _ip("link", "set", self._cable(host), "down")

    async def plug(self, host: int) -> None:
        await _ip("link", "set", self._cable(host), "up")

    async def remove(self) -> None:
        """Whatever was made is gone."""
        for host in range(self.count):
            with contextlib.suppress(OSError):
                await _ip("netns", "del", self._name(host))
        with contextlib.suppress(OSError):
            await _ip("link", "del", self._mark)

    def _name(self, host: int) -> str:
        return f"{self._mark}-{host}"

    def _cable(self, host: int) -> str:
        return f"{self._mark}c{host}"


@asynccontextmanager
async def networks(count: int) -> AsyncIterator[Networks]:
    """:raises BenchFailed: they cannot be made here."""
    made = Networks(count)
    await made.make()
    try:
        yield made
    finally:
        await made.remove()


@asynccontextmanager
async def store_on(address: str, url: str) -> AsyncIterator[str]:
    """The URL of the store as hosts on the bridge reach it."""
    asked = make_url(url)
    where = str(asked.query.get("host") or asked.host or "127.0.0.1")
    port = int(str(asked.query.get("port") or asked.port or POSTGRESQL))
    busy: set[asyncio.Task[None]] = set()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        _be_patient_with(writer.get_extra_info("socket"))
        if where.startswith("/"):
            there = await asyncio.open_unix_connection(f"{where}/.s.PGSQL.{port}")
        else:
            there = await asyncio.open_connection(where, port)
        try:
            ways = {
                asyncio.create_task(_pass_on(reader, there[1])),
                asyncio.create_task(_pass_on(there[0], writer)),
            }
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        finally:
            for end in (writer, there[1]):
                end.close()
            busy.discard(task)

    server = await asyncio.start_server(forward, address, 0)
    try:
        here = server.sockets[0].getsockname()[1]
        query = {name: value for name, value in asked.query.items() if name not in ("host", "port")}
        reached = asked.set(host=address, port=here, query=query)
        yield reached.render_as_string(hide_password=False)
    finally:
        server.close()
        for task in list(busy):
            task.cancel()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()


def _be_patient_with(end: socket.socket) -> None:
    """As PostgreSQL is: a host that is gone without a word is noticed within seconds."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, key in (
        ("TCP_KEEPIDLE", "tcp_keepalives_idle"),
        ("TCP_KEEPINTVL", "tcp_keepalives_interval"),
        ("TCP_KEEPCNT", "tcp_keepalives_count"),
        ("TCP_USER_TIMEOUT", "tcp_user_timeout"),
    ):
        end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), LIVENESS[key])


async def _ip(*words: str) -> None:
    """:raises OSError: it refused."""
    process = await asyncio.create_subprocess_exec(
        "ip", *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise OSError(f"ip {words[0]}")
