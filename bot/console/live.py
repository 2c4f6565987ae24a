"""Keeps open pages fresh: one stream per page, fed by the journal, and who else is looking.

Every status move in the house writes a journal line, so the newest journal number tells that
something changed. It is looked up once for all streams together, and only while there are any.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.console import texts
from bot.console.doors import way_back, who_is_there
from contacts.journal import JournalEntry
from contacts.records import Database

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
#: a sign of life now and then, or proxies take the stream for dead, and pages ask by themselves
PING_EVERY_S = 15.0
#: then the browser connects anew, and the guard looks again who that is
LONGEST_S = 600.0
#: more pages than this at once is not a team but a fault
MOST_STREAMS = 500
RETRY_MS = 2000


@dataclass(slots=True)
class Looker:
    """Somebody with a page open; ``wake`` is set when there may be news for them."""

    name: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class LiveDesk:
    """All open streams of this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: int | None = None
        self._version = 0
        self._watch: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        #: page → stream → who looks at it
        self._present: dict[str, dict[int, Looker]] = {}
        self.closing = False

    @property
    def streams(self) -> int:
        return sum(len(there) for there in self._present.values())

    def names_at(self, page: str) -> set[str]:
        """Everybody who has this page open."""
        return {looker.name for looker in self._present.get(page, {}).values()}

    async def follow(self, page: str, name: str) -> AsyncIterator[bytes]:
        """The stream of one open page: ``veranderd``, ``samen`` and ``leeft``, until it ends."""
        number, me = next(self._numbers), Looker(name)
        self._present.setdefault(page, {})[number] = me
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())
        self._wake(page)
        # What changed between the page and its stream would be missed: begin with a look.
        told, shown = -1, None
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_S
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self.closing and loop.time() < ends:
                me.wake.clear()
                others = self.names_at(page) - {name}
                if others != shown:
                    shown = others
                    yield event("samen", str(len(others)))
                if told != self._version:
                    told = self._version
                    yield event("veranderd", str(self._seen))
                if not await _news(me):
                    yield event("leeft", "")
        finally:
            del self._present[page][number]
            if not self._present[page]:
                del self._present[page]
            self._wake(page)

    def _wake(self, page: str | None = None) -> None:
        """Let the streams of one page, or of all, look again."""
        pages = self._present.values() if page is None else [self._present.get(page, {})]
        for looker in [looker for there in pages for looker in there.values()]:
            looker.wake.set()

    async def _look(self) -> None:
        """Look at the journal while anybody listens."""
        while self._present and not self.closing:
            try:
                async with self._db.read() as session:
                    newest = (await session.exec(select(func.max(JournalEntry.id)))).one() or 0
            except SQLAlchemyError:
                # The store may be away for a moment; the pages wait for it.
                log.warning("The journal cannot be read", extra={"action": "live_waits"})
                await asyncio.sleep(PING_EVERY_S)
                continue
            if newest != self._seen:
                self._version += self._seen is not None
                self._seen = newest
                self._wake()
            await asyncio.sleep(LOOK_EVERY_S)

    async def close(self) -> None:
        """End every stream; a stopping house waits for nobody."""
        self.closing = True
        self._wake()
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch


async def _news(me: Looker) -> bool:
    """Until there may be news; False when it is time for a sign of life."""
    try:
        async with asyncio.timeout(PING_EVERY_S):
            await me.wake.wait()
    except TimeoutError:
        return False
    return True


def event(name: str, data: str) -> bytes:
    """One server-sent event; ``data`` is a single line. Pure."""
    return f"event: {name}\ndata: {data}\n\n".encode()


async def stream(request: Request) -> Response:
    """``GET /stroom?bij=/gebeurtenis/3/feiten``: only for who is signed in."""
    visitor = await who_is_there(request, by_itself=True)
    if visitor is None:
        return Response(status_code=401)
    desk: LiveDesk = request.app.state.live
    if desk.streams >= MOST_STREAMS or desk.closing:
        return Response(status_code=503, headers={"Retry-After": "5"})
    page = way_back(request.query_params.get("bij", "/"))
    return StreamingResponse(
        desk.follow(page, visitor.name),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def who_else(request: Request) -> Response:
    """``GET /samen?bij=…``: who else has this page open, as one sentence or nothing."""
    visitor = await who_is_there(request, by_itself=True)
    if visitor is None:
        return Response(status_code=401)
    desk: LiveDesk = request.app.state.live
    names = desk.names_at(way_back(request.query_params.get("bij", "/"))) - {visitor.name}
    said = texts.ALSO_HERE.format(names=", ".join(sorted(names))) if names else ""
    return HTMLResponse(str(escape(said)))


ROUTES = (Route("/stroom", stream), Route("/samen", who_else))
