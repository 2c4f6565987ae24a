"""A host that is gone is told of once, by whoever found it first."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.exceptions import ConnectorException

from bot.election import Election


class Jobs:
    """One job of a dead host, which another host may have buried just before."""

    def __init__(self, stop: asyncio.Event, *, was_first: bool) -> None:
        self.stop, self.was_first = stop, was_first

    async def get_stalled_jobs(self, **_: Any) -> list[Any]:
        self.stop.set()
        return [SimpleNamespace(id=1)]

    async def finish_job_by_id_async(self, *_: Any, **__: Any) -> None:
        if not self.was_first:
            raise ConnectorException


@pytest.mark.parametrize("was_first", [True, False])
async def test_a_host_that_is_gone_is_counted_once(
    caplog: pytest.LogCaptureFixture, was_first: bool
) -> None:
    stop = asyncio.Event()
    app: Any = SimpleNamespace(job_manager=Jobs(stop, was_first=was_first))
    with caplog.at_level(logging.WARNING, "bot.election"):
        await Election("postgresql+psycopg://nobody@/nowhere", [])._watch(app, stop)
    assert caplog.messages.count("A holder is gone") == was_first
