"""The house as ``schakel run`` runs it, with a clock at every commit.

``python -m bot.bench.house_process CONFIG`` prints ``started`` once it works; on SIGTERM, or when
its input closes, it stops and prints its figures as one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.bench.marks import sends_mark
from bot.settling import load_quickly, settle_memory

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.house import House


def time_commits(engine: Engine) -> list[float]:
    """Milliseconds of every commit from now on."""
    took: list[float] = []
    dialect: Any = engine.dialect
    inner: Callable[[Any], None] = dialect.do_commit

    def timed(connection: Any) -> None:
        began = time.perf_counter()
        inner(connection)
        took.append((time.perf_counter() - began) * 1000)

    dialect.do_commit = timed
    return took


async def _tell_who_sends(house: House, config: Path) -> None:
    """Where several work, a file named after this process stands as long as it sends."""
    mark = sends_mark(config, os.getpid())
    while house.election is not None:
        if "pump" in house.election.held:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)
        await asyncio.sleep(0.05)


async def serve(path: Path) -> None:
    # As ``schakel run`` loads it: the collector of memory waits until it is done.
    load_quickly()
    from bot.config import load_config
    from bot.house import House
    from bot.run import quiet_logging

    quiet_logging(logging.WARNING)
    house = House(load_config(path, os.environ))
    commits = time_commits(house.db.engine.sync_engine)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, house.stop_event.set)
    # Whoever measures is gone when the input closes: nobody would stop this one.
    loop.add_reader(sys.stdin, house.stop_event.set)
    try:
        await house.start()
        settle_memory()
        print("started", flush=True)  # noqa: T201  (whoever measures reads it)
        telling = asyncio.create_task(_tell_who_sends(house, path))
        await house.run_until_stopped()
        telling.cancel()
    finally:
        await house.stop()
    from bot.bench.visiting import percentile

    p95 = percentile(commits, 0.95) if commits else None
    # Whoever measures reads it.
    print(json.dumps({"p95_commit_ms": p95, "commits": len(commits)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
