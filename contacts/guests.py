"""One polite line to somebody who is on no list: within the channel's limits, and kept nowhere.

It is no row, so it cannot be repeated or followed up, and a crash forgets it. It goes behind
everything that is a row: while rows wait, one slot in twenty is for guests.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from contacts.departing import Means
from contacts.limiter import AHEAD, Limiter, Slot, Waiting
from contacts.outbox import Content, DeliveryAct, Priority
from contacts.pausing import pause_channel
from contacts.transport import Later, Outgoing, Sent, Transport, Unknown

log = logging.getLogger(__name__)

#: how far ahead a slot may be
HORIZON = timedelta(milliseconds=500)
LOOK_S = 0.1
#: who waits so long gets no answer: the question is stale, and there are many of them
PATIENCE_S = 60.0


class Guests:
    """The guests of one channel.

    :param is_busy: whether rows wait.
    :param is_held: whether the channel refused somebody just now.
    """

    def __init__(
        self,
        transport: Transport,
        means: Means,
        limiter: Limiter,
        *,
        is_busy: Callable[[], bool],
        is_held: Callable[[], bool],
    ) -> None:
        self._transport, self._means, self._limiter = transport, means, limiter
        self._is_busy, self._is_held = is_busy, is_held
        # Below zero: rows have numbers of their own.
        self._numbers = itertools.count(-1, -1)
        self._last_at: datetime | None = None
        self._turn = asyncio.Lock()

    async def answer(self, address: str, content: Content) -> bool:
        """Send it when there is room; False when it certainly did not arrive."""
        ident = next(self._numbers)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._in_turn(ident, address)
        except TimeoutError:
            return False
        try:
            if self._is_held():
                self._limiter.withdrawn(ident)
                return False
            self._limiter.departed(ident, self._means.clock())
            outcome = await self._transport.send(outgoing_line(ident, address, content))
        finally:
            self._limiter.answered(ident, self._means.clock())
        if isinstance(outcome, Later) and outcome.whole_channel:
            async with self._means.begin() as session:
                await pause_channel(
                    session, self._transport.kind, [outcome], now=self._means.clock()
                )
        return isinstance(outcome, Sent | Unknown)

    async def _in_turn(self, ident: int, address: str) -> None:
        """One at a time, until its moment is there: what becomes a row meanwhile goes first."""
        async with self._turn:
            slot = await self._slot(ident, address)
            try:
                await asyncio.sleep(max(0.0, (slot.at - self._means.clock()).total_seconds()))
            except BaseException:
                self._limiter.withdrawn(ident)
                raise

    async def _slot(self, ident: int, address: str) -> Slot:
        while True:
            now = self._means.clock()
            if self._may_now(now):
                waiting = [Waiting(ident, address, int(max(Priority)))]
                if slots := self._limiter.choose(waiting, at_most=1, horizon=HORIZON, now=now):
                    self._last_at = slots[0].at
                    return slots[0]
            await asyncio.sleep(LOOK_S)

    def _may_now(self, now: datetime) -> bool:
        if self._is_held():
            return False
        if not self._is_busy() or self._last_at is None:
            return True
        return now - self._last_at >= (AHEAD + 1) * self._limiter.spacing


def outgoing_line(
    ident: int, address: str, content: Content, *, is_exercise: bool = False
) -> Outgoing:
    """A line that is no row. Pure.

    :param ident: zero or below: rows have numbers of their own.
    """
    return Outgoing(
        delivery_id=ident, original_id=ident, address=address, act=DeliveryAct.SEND,
        content=content, edits_external_id=None, is_repeat=False, is_exercise=is_exercise,
    )  # fmt: skip
