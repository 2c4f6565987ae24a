"""Hubs bring news to us (WebSub): they are asked, they confirm, they push.

A push counts only with the signature that its own hub makes with our secret. What is not
signed well is taken and forgotten, as the standard wants; the source is polled all the same.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contacts.records import Database
from contacts.sealing import Sealer
from feeds.hub_rules import is_signed, secret_of, token_of
from feeds.hubs import confirm, note_push, pushing, refuse
from feeds.polling import Watch

log = logging.getLogger(__name__)

PATH = "/nieuws/{source:int}/{token:str}"
SIGNATURE = "X-Hub-Signature"
#: pushes that are read at once; another one waits
AT_ONCE = 2
LONGEST_CHALLENGE = 500


class HubDoor:
    """The address that hubs know, one for each source."""

    def __init__(
        self,
        db: Database,
        watch: Watch,
        sealer: Sealer,
        *,
        clock: Callable[[], datetime],
        max_bytes: int,
        on_event: Callable[[], Awaitable[object]],
        reads_here: bool = True,
    ) -> None:
        """:param reads_here: whether this host is the one that groups news; where another one
        may be, a push only makes the source due at once."""
        self._db, self._watch, self._sealer, self._clock = db, watch, sealer, clock
        self._max_bytes, self._on_event = max_bytes, on_event
        self._reads_here = reads_here
        self._gate = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.answer, methods=["GET"]),
            Route(PATH, self.take, methods=["POST"]),
        ]

    async def answer(self, request: Request) -> Response:
        """Say whether we asked for this; a GET with the challenge that only the hub knows."""
        source_id = self._source(request)
        if source_id is None:
            return Response(status_code=404)
        asked = request.query_params
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        challenge, now = asked.get("hub.challenge", ""), self._clock()
        async with self._db.begin() as session:
            if mode == "denied":
                await refuse(session, source_id, topic=topic, now=now)
                return Response()
            if mode != "subscribe" or not 0 < len(challenge) <= LONGEST_CHALLENGE:
                return Response(status_code=404)
            span = asked.get("hub.lease_seconds", "")
            meant = await confirm(session, source_id, topic=topic, lease_seconds=span, now=now)
        return PlainTextResponse(challenge) if meant else Response(status_code=404)

    async def take(self, request: Request) -> Response:
        """202 for whatever comes with the right address; only what is signed is read."""
        source_id = self._source(request)
        if source_id is None:
            return Response(status_code=404)
        async with self._db.read() as session:
            found = await pushing(session, source_id)
        if found is None:
            # The standard's way to say that we want no more of it.
            return Response(status_code=410)
        source, row = found
        body = await self._body(request)
        if body is None:
            return Response(status_code=413)
        secret = secret_of(self._sealer.derive, row)
        if not is_signed(body, request.headers.get(SIGNATURE, ""), secret):
            log.warning("A push without our signature", extra={"action": "push_unsigned"})
            return Response(status_code=202)
        async with self._gate:
            kind = request.headers.get("Content-Type", "")
            touched = self._reads_here and await self._watch.take_feed(
                source, body, content_type=kind
            )
            async with self._db.begin() as session:
                await note_push(
                    session, source_id, read_now=not self._reads_here, now=self._clock()
                )
        if touched:
            await self._on_event()
        return Response(status_code=202)

    def _source(self, request: Request) -> int | None:
        source_id = int(request.path_params["source"])
        wanted = token_of(self._sealer.derive, source_id)
        given = str(request.path_params["token"])
        return source_id if hmac.compare_digest(given.encode(), wanted.encode()) else None

    async def _body(self, request: Request) -> bytes | None:
        raw = b""
        try:
            async for piece in request.stream():
                raw += piece
                if len(raw) > self._max_bytes:
                    return None
        except ClientDisconnect:
            return None
        return raw
