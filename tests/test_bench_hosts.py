"""Two hosts with networks of their own: one dies, the other takes over, nobody is lost."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bench.cluster import binaries
from bot.bench.hosts import Networks, networks, store_on
from bot.bench.processes import BenchFailed
from tests import stores


async def _may() -> bool:
    try:
        async with networks(1):
            return True
    except BenchFailed:
        return False


@pytest.fixture
def may_make_networks() -> None:
    """Skips, and says so where a summary shows it: half a promise is untested here."""
    if not asyncio.run(_may()):
        warnings.warn("networks of hosts cannot be made here: two hosts are untested", stacklevel=1)
        pytest.skip("no network namespaces on this machine")


@pytest.fixture
def postgresql(may_make_networks: None) -> Iterator[str]:
    """An empty database of a cluster, the one of the test run where there is one."""
    if binaries() is None:
        warnings.warn("PostgreSQL is not installed: two hosts are untested", stacklevel=1)
        pytest.skip("no PostgreSQL on this machine")
    own = None if stores.is_postgresql() else stores.start_cluster()
    url = stores.fresh_url(Path())
    yield url
    stores.drop(url)
    if own is not None:
        stores.stop_cluster(own)


@pytest.mark.slow
def test_a_host_that_dies_is_followed_by_the_other_and_nobody_is_lost(
    postgresql: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "bench", "deliver", "--json", "--hosts",
         "--workers", "2", "--kill", "1", "--contacts", "1500", "--rate", "50",
         "--database", postgresql],
        capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)}, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["lost"], figures["silent_duplicates"]) == (0, 0)
    # How soon is judged by the measurement on a quiet machine; here, that it goes on.
    assert 0 < figures["resumed_s"] <= 90


async def test_a_host_whose_cable_is_pulled_hears_nothing_until_it_is_plugged_in(
    may_make_networks: None,
) -> None:
    async with networks(2) as made:
        assert await _reaches(made, 0)
        await made.pull(0)
        assert not await _reaches(made, 0)
        assert await _reaches(made, 1)
        await made.plug(0)
        # It has to find its neighbours again.
        assert any([await _reaches(made, 0) for _ in range(5)])
    left = await _said("ip", "netns", "list")
    assert made.words(0)[-1] not in left


async def test_the_store_is_reached_through_the_bridge(postgresql: str) -> None:
    async with networks(1) as made, store_on(made.address, postgresql) as url:
        asks = (
            "import sys; from sqlalchemy import create_engine as c, text;"
            "print(c(sys.argv[1]).connect().execute(text('select 41 + 1')).scalar())"
        )
        assert await _said(*made.words(0), sys.executable, "-c", asks, url) == "42"


async def test_where_they_cannot_be_made_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BenchFailed, match="eigen netwerken"):
        await Networks(1).make()


async def _reaches(made: Networks, host: int) -> bool:
    """Whether this host gets an answer of whoever is on the bridge."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), made.address, 0)
    port = server.sockets[0].getsockname()[1]
    asks = f"import socket; socket.create_connection(({made.address!r}, {port}), 2)"
    process = await asyncio.create_subprocess_exec(
        *made.words(host), sys.executable, "-c", asks, stderr=asyncio.subprocess.DEVNULL
    )
    code = await process.wait()
    server.close()
    return code == 0


async def _said(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode().strip()
