"""Shared fixtures: a real SQLite file (or PostgreSQL) per test, and no network but loopback."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from bot.bench.cluster import binaries
from contacts.records import Database
from feeds.chosen_place import choose
from tests import stores

if TYPE_CHECKING:
    from playwright.async_api import Browser

CLUSTER = pytest.StashKey[Path]()
# A busy machine is slow at everything; that says nothing about the code. The same examples
# each time, so that a red run is about the change; `make search` looks for new ones.
settings.register_profile(
    "calm", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("calm")

#: the collector looks through so many new objects at a time, and seldom through old ones
SELDOM = (100_000, 20, 10)
NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden texts anew, to be read"
    )
    parser.addoption(
        "--postgresql", action="store_true", help="the tests that keep rows, on PostgreSQL"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The one who starts the workers starts the cluster that they share."""
    if not config.getoption("postgresql") or stores.is_postgresql():
        return
    if binaries() is None:
        pytest.exit(
            "PostgreSQL ontbreekt (apt install postgresql): DE HELFT VAN DE TOETSEN IS "
            "OVERGESLAGEN, die op PostgreSQL.",
            returncode=0,
        )
    config.stash[CLUSTER] = stores.start_cluster()


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(CLUSTER, None)
    if folder is not None:
        stores.stop_cluster(folder)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays; looking through it again and again was a third of the time.

    The oldest generation is looked through now and then: with 100 times fewer looks a worker grew
    to five gigabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def pytest_runtest_teardown() -> None:
    """A command that ran in this process set the collector, or looked with another city."""
    gc.enable()
    gc.set_threshold(*SELDOM)
    choose()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("postgresql"):
        others = [item for item in items if not stores.keeps_rows(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if stores.keeps_rows(item)]


@pytest.fixture
def now() -> datetime:
    """A Tuesday in term, 17.42 in Arnhem."""
    return NOW


@pytest.fixture
async def db() -> AsyncIterator[Database]:
    async with stores.clean_database() as database:
        yield database


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    from tests.browsing import a_browser  # only who looks at pages loads what that takes

    async with a_browser() as started:
        yield started


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The measuring data, or a loud skip."""
    place = Path(os.environ.get("SCHAKEL_DATA", "../shared/data"))
    if not place.is_dir():
        pytest.skip("SCHAKEL_DATA points nowhere and ../shared/data is not there: not measured")
    return place
