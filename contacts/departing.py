"""Between the claim and the request: what has a slot is marked *sending* just before it leaves.

After a crash a claim goes back, and a mark is uncertain. So much may be claimed ahead, and as
little as possible is marked ahead: a small batch, a moment before its slots.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import Lease, give_back, owned_by
from contacts.departure_log import DepartureLog
from contacts.limiter import AHEAD_AT_MOST, Limiter, Slot
from contacts.marking import mark_impossible, mark_sending
from contacts.preparing import Linking, Marked
from contacts.records import STORE_AWAY, Database
from contacts.recovery import sign_as_sender
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.verdicts import Chance
from contacts.waiting import wait_for_event

log = logging.getLogger(__name__)

#: what leaves within so long of each other is marked in one transaction
TOGETHER = timedelta(milliseconds=30)
#: a store that is slower than this makes departures late, not marks early
LONGEST_LEAD = timedelta(milliseconds=100)
#: how long it sleeps when nothing wakes it, and while the channel is held
LOOK_S, HELD_S = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with."""

    db: Database
    settings: SendingSettings
    sealer: Sealer
    clock: Callable[[], datetime]
    linking: Linking
    owner: str
    departure_log: DepartureLog
    chance: Chance = random.random

    def lease(self, now: datetime) -> Lease:
        """Of this run, so that the next one knows which file tells of it."""
        owner = owned_by(self.owner, self.departure_log.run)
        return Lease(owner, now + timedelta(seconds=self.settings.lease_s))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A write transaction of the one who sends; on several hosts it says so."""
        async with self.db.begin() as session:
            await sign_as_sender(session)
            yield session


class Departures:
    """What a lane has claimed, in the order of its slots.

    :param start: begins a marked delivery, which waits for its slot itself.
    :param is_held: whether the channel refused somebody just now.
    """

    def __init__(
        self,
        means: Means,
        limiter: Limiter,
        *,
        start: Callable[[Marked, datetime], None],
        is_held: Callable[[], bool],
    ) -> None:
        self._means, self._limiter, self._start, self._is_held = means, limiter, start, is_held
        self._slots: list[Slot] = []
        self._chats: dict[int, str] = {}
        self._woken = asyncio.Event()
        # A batch that is being marked must not go back meanwhile.
        self._marking = asyncio.Lock()
        #: how long it takes to mark a batch, about
        self.took = timedelta(0)
        #: when the loop last turned and did its work
        self.round_at: datetime | None = None

    @property
    def chats(self) -> Mapping[int, str]:
        """The chat of each delivery that waits here."""
        return self._chats

    def add(self, slots: Sequence[Slot], chats: Mapping[int, str]) -> None:
        """Claimed, and these are their slots."""
        self._slots = sorted([*self._slots, *slots], key=lambda slot: slot.at)
        self._chats |= {slot.id: chats[slot.id] for slot in slots}
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Mark until ``stop``; what was not marked by then goes back."""
        self.round_at = self._means.clock()
        while not stop.is_set():
            self._woken.clear()
            began = self._means.clock()
            try:
                wait_s = await self._round(now=began)
                self.round_at = began
            except Exception as error:
                log.exception(
                    "A round of departures failed",
                    extra={"action": "departures_failed", "kind": type(error).__name__},
                )
                wait_s = LOOK_S
            if wait_s > 0 and not stop.is_set():
                await wait_for_event(self._woken, min(wait_s, LOOK_S))
        await self.give_back()

    async def _round(self, *, now: datetime) -> float:
        """Mark what is about to leave; returns for how many seconds there is nothing to do."""
        if not self._slots:
            return LOOK_S
        if self._is_held():
            return HELD_S
        lead = min(self.took * 1.5, LONGEST_LEAD)
        early = self._slots[0].at - lead - now
        if early > AHEAD_AT_MOST:  # the clock was put back
            self._slots = [Slot(id=one.id, at=now) for one in self._slots]
        elif early > timedelta(0):
            return early.total_seconds()
        async with self._marking:
            await self._mark([one for one in self._slots if one.at <= now + lead + TOGETHER])
        self.took = (self.took + self._means.clock() - now) / 2
        return 0.0

    async def _mark(self, batch: Sequence[Slot]) -> None:
        """Together, and one by one where that fails, so that one that cannot be made holds up no
        other.

        :raises Exception: the store is away, and everything waits for it.
        """
        try:
            async with self._means.begin() as session:
                marked = await self._mark_in(session, batch)
        except Exception:
            log.exception("A batch was not marked", extra={"action": "mark_failed"})
            for slot in batch:
                self._go([slot], await self._mark_alone(slot))
        else:
            self._go(batch, marked)

    async def _mark_alone(self, slot: Slot) -> list[Marked]:
        """What the store does take the move of, but nobody can fill in, is refused: a person hears
        of it."""
        means, now = self._means, self._means.clock()
        async with means.begin() as session:
            try:
                async with session.begin_nested():
                    return await self._mark_in(session, [slot])
            except STORE_AWAY:
                raise
            except Exception as error:
                log.error(
                    "A delivery cannot be made",
                    extra={
                        "action": "cannot_be_made",
                        "kind": type(error).__name__,
                        "delivery_id": slot.id,
                    },
                )
            return await mark_impossible(
                session, slot.id, self._chats[slot.id], lease=means.lease(now), now=now
            )

    async def _mark_in(self, session: AsyncSession, batch: Sequence[Slot]) -> list[Marked]:
        means, now = self._means, self._means.clock()
        return await mark_sending(
            session, [slot.id for slot in batch], lease=means.lease(now),
            linking=means.linking, sealer=means.sealer, now=now,
        )  # fmt: skip

    def _go(self, batch: Sequence[Slot], marked: Sequence[Marked]) -> None:
        going = {one.delivery_id: one for one in marked}
        self._means.departure_log.marked(going)
        self._drop(batch)
        for slot in batch:
            if slot.id in going:
                self._start(going[slot.id], slot.at)
            else:
                self._limiter.withdrawn(slot.id)

    async def give_back(self) -> None:
        """Nothing of this leaves now: it is planned again, and no attempt was made."""
        async with self._marking:
            if not (slots := list(self._slots)):
                return
            self._drop(slots)
            for slot in slots:
                self._limiter.withdrawn(slot.id)
            try:
                async with self._means.begin() as session:
                    await give_back(
                        session, [slot.id for slot in slots], action="claims_given_back",
                        now=self._means.clock(),
                    )  # fmt: skip
            except Exception as error:
                # The leases end by themselves.
                log.exception("Claims did not go back", extra={"kind": type(error).__name__})

    def _drop(self, slots: Sequence[Slot]) -> None:
        gone = {slot.id for slot in slots}
        self._slots = [slot for slot in self._slots if slot.id not in gone]
        for ident in gone:
            self._chats.pop(ident, None)
