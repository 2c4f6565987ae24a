"""Tells a page which chat changed: server-sent events, made by looking now and then."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bot.demo.checklist import Progress

#: how often the chats are compared, in seconds; the database is asked once in so many times
LOOK_S, LIST_EVERY = 0.25, 4
#: a browser or a proxy gives up on a stream that is silent for longer
SILENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Stream:
    """What is looked at: ``prints`` by chat, ``progress`` of the evening; ends with ``stop``."""

    prints: Callable[[], dict[int, str]]
    progress: Callable[[], Awaitable[Progress]]
    stop: asyncio.Event

    async def events(self) -> AsyncIterator[str]:
        """``chat`` (data: its id) and ``lijst`` as they change, and a comment in silence."""
        chats, done = self.prints(), await self.progress()
        yield "retry: 2000\n\n"
        number, look, spoken = 0, 0, time.monotonic()
        while not await self._stops_within(LOOK_S):
            look += 1
            before, chats = chats, self.prints()
            changes = [("chat", str(chat)) for chat in chats if chats[chat] != before.get(chat)]
            if look % LIST_EVERY == 0 and (now_done := await self.progress()) != done:
                done = now_done
                changes.append(("lijst", str(sum(step.is_done for step in done.steps))))
            for kind, data in changes:
                number += 1
                yield f"id: {number}\nevent: {kind}\ndata: {data}\n\n"
            if not changes and time.monotonic() - spoken > SILENCE_S:
                yield ": \n\n"
            elif not changes:
                continue
            spoken = time.monotonic()

    async def _stops_within(self, seconds: float) -> bool:
        """Wait so long; True as soon as the house stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        return self.stop.is_set()
