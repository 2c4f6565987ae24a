"""The web application in a process of its own, so that its memory and time are its alone.

``python -m bot.bench.server URL`` prints its address and stops when its input closes: when the
one who measures is gone, so is the server.
"""

from __future__ import annotations

import asyncio
import sys

from bot.clock import utc_now
from bot.config import Config
from bot.console.app import build_app
from bot.console.serving import WebServer
from bot.database import open_database
from bot.query_plans import QueryPlans
from bot.settling import settle_memory
from contacts.sealing import Sealer


async def serve(url: str) -> None:
    db = open_database(url)
    await QueryPlans(db).keep()
    app = build_app(db, Config(), Sealer(Sealer.new_key()), utc_now)
    web = WebServer(app, host="127.0.0.1", port=0)
    await web.start()
    settle_memory()
    sys.stdout.write(f"{web.address}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await app.state.live.close()
    await web.stop()
    await db.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
