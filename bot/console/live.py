"""Keeps open pages fresh: one stream per page, fed by the journal, and who else is looking.

Every status move in the house writes a journal line, so the newest journal number tells that
something changed. It is looked up once for all streams together, and only while there are any.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
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
from bot.console.doors import who_is_there
from bot.console.forms import MAX_ID
from bot.console.pages import parts_of
from bot.console.paths import tab_asks, way_back
from contacts.journal import JournalEntry
from contacts.permissions import Actor, may
from contacts.records import Database
from feeds.rows import Event

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
#: a sign of life now and then, or proxies take the stream for dead, and pages ask by themselves
PING_EVERY_S = 15.0
#: then the browser connects anew, and the guard looks again who that is
LONGEST_S = 600.0
#: more pages than this at once is not a team but a fault
MOST_STREAMS = 500
RETRY_MS = 2000
#: real or exercise, and the address: the two worlds do not see who is in the other
Place = tuple[bool, str]
#: where no page of an event is open: one hears of changes there, and of nobody
NOWHERE: Place = (False, "")
_OF_EVENT = re.compile(r"/gebeurtenis/(\d{1,10})(?:/([a-z/-]+))?", re.ASCII)


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
        #: place → stream → who looks at it
        self._present: dict[Place, dict[int, Looker]] = {}
        self.closing = False

    @property
    def streams(self) -> int:
        return sum(len(there) for there in self._present.values())

    def names_at(self, place: Place) -> set[str]:
        """Everybody who has this page open."""
        there = {} if place == NOWHERE else self._present.get(place, {})
        return {looker.name for looker in there.values()}

    async def follow(self, place: Place, name: str) -> AsyncIterator[bytes]:
        """The stream of one open page: ``veranderd``, ``samen`` and ``leeft``, until it ends."""
        number, me = next(self._numbers), Looker(name)
        self._present.setdefault(place, {})[number] = me
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())
        self._wake(place)
        # What changed between the page and its stream would be missed: begin with a look.
        told, shown = -1, None
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_S
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self.closing and loop.time() < ends:
                me.wake.clear()
                others = self.names_at(place) - {name}
                if others != shown:
                    shown = others
                    yield event("samen", str(len(others)))
                if told != self._version:
                    told = self._version
                    yield event("veranderd", str(self._seen))
                if not await _news(me):
                    yield event("leeft", "")
        finally:
            del self._present[place][number]
            if not self._present[place]:
                del self._present[place]
            self._wake(place)

    def _wake(self, place: Place | None = None) -> None:
        """Let the streams of one page, or of all, look again."""
        pages = self._present.values() if place is None else [self._present.get(place, {})]
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
    place = await _place(request, visitor.actor)
    return StreamingResponse(
        desk.follow(place, visitor.name),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def who_else(request: Request) -> Response:
    """``GET /samen?bij=…``: who else has this page of an event open, as one sentence or nothing."""
    visitor = await who_is_there(request, by_itself=True)
    if visitor is None:
        return Response(status_code=401)
    desk: LiveDesk = request.app.state.live
    names = desk.names_at(await _place(request, visitor.actor)) - {visitor.name}
    said = texts.ALSO_HERE.format(names=", ".join(sorted(names))) if names else ""
    return HTMLResponse(str(escape(said)))


async def _place(request: Request, actor: Actor) -> Place:
    """The page in the question, when it is of an event that this person may open."""
    asked = way_back(request.query_params.get("bij", "/"))
    found = _OF_EVENT.fullmatch(asked)
    if found is None or not may(actor, tab_asks(found[2] or "")):
        return NOWHERE
    number = int(found[1])
    async with parts_of(request).db.read() as session:
        here = await session.get(Event, number) if number <= MAX_ID else None
    is_theirs = here is not None and here.is_exercise == actor.is_exercise
    return (actor.is_exercise, asked) if is_theirs else NOWHERE


ROUTES = (Route("/stroom", stream), Route("/samen", who_else))
