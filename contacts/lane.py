"""One channel's way out: claim, mark, send, record, in short transactions.

The limiter says how many may go within the next fraction of a second; only those are
claimed, so priority is strict. They stand in *sending* from just before they leave
(:mod:`contacts.departing`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import anything_due, claim, due_deliveries, paused_until, sent_lately
from contacts.departing import Departures, Means
from contacts.fallback import plan_pressing_elsewhere
from contacts.guests import Guests
from contacts.limiter import LONGEST_TRIP, SECOND, Slot, limiter_of
from contacts.marking import EDIT_PATIENCE
from contacts.outcomes import Result
from contacts.preparing import Marked
from contacts.recording import Recording
from contacts.transport import (
    HELD,
    Later,
    Outcome,
    Outgoing,
    Transport,
    Unknown,
    leaves,
    when_leaving,
)
from contacts.waiting import wait_for_event

log = logging.getLogger(__name__)

#: how far ahead slots are given out
QUANTUM = timedelta(milliseconds=100)
LONGEST_QUANTUM = timedelta(milliseconds=500)
#: how long the lane sleeps when nothing wakes it
LOOK_S = 0.5
#: rounds are at least so far apart while there is work: what comes back meanwhile is one batch
PACE_S = 0.04
#: a bigger batch keeps everything else waiting while it is filled in
BATCH = 250
#: what is under way gets this long when the house stops
FINISH_S = 2.5


class Lane:
    """Sends everything of one kind of channel through its transport."""

    def __init__(self, transport: Transport, means: Means) -> None:
        self.kind = transport.kind
        self._transport, self._means = transport, means
        self._limiter, self._width = limiter_of(transport, means.settings)
        self._departures = Departures(
            means, self._limiter, start=self._start, is_held=self._is_held
        )
        self.guests = Guests(
            transport, means, self._limiter, is_busy=lambda: self._is_busy, is_held=self._is_held
        )
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._chats: dict[int, str] = {}
        self._recording = Recording(self.kind, means)
        self._woken = asyncio.Event()
        self._door = asyncio.Lock()
        self._held_until: datetime | None = None
        self._claim_took = timedelta(0)
        self._is_busy = False
        self._round_at: datetime | None = None
        #: set once something came back, or there was nothing that could go
        self.is_going = asyncio.Event()

    @property
    def round_at(self) -> datetime | None:
        """When both loops last turned and did their work; a lane that hangs, or whose store is
        away, has an old one."""
        rounds = [at for at in (self._round_at, self._departures.round_at) if at is not None]
        return min(rounds, default=None)

    @property
    def in_hand(self) -> set[int]:
        """Deliveries that have a slot, are being sent, or whose outcome is not written down yet."""
        return set(self._departures.chats) | set(self._tasks) | self._recording.waiting

    def wake(self) -> None:
        self._woken.set()

    async def remember(self, *, now: datetime) -> None:
        """Take over the limits from what left just before a restart."""
        means = self._means
        within = max(SECOND, timedelta(seconds=means.settings.chat_interval_s))
        within += LONGEST_QUANTUM + LONGEST_TRIP
        async with means.db.read() as session:
            lately = await sent_lately(
                session, self.kind, within=within, ahead=LONGEST_QUANTUM,
                sealer=means.sealer, now=now,
            )  # fmt: skip
        for chat, at in lately:
            self._limiter.remember(chat, min(at, now))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; then finish what is under way, and write down the rest."""
        departures = asyncio.create_task(self._departures.run(stop))
        try:
            await self._turn(stop)
            self._departures.wake()
            await departures
            # What this loop claimed after that one had stopped.
            await self._departures.give_back()
            await self._finish()
        finally:
            # Also when it is taken away: what leaves after the file is closed is not in it.
            await _break_off({departures, *self._tasks.values()})

    async def _turn(self, stop: asyncio.Event) -> None:
        self._round_at = self._means.clock()
        while not stop.is_set():
            self._woken.clear()
            began = self._means.clock()
            try:
                await self._recording.write()
                await self._end_hold()
                wait_s = await self._round(now=self._means.clock())
                self._round_at = began
                if not self.in_hand and not self._full_for():
                    self.is_going.set()
            except Exception as error:
                log.exception(
                    "A round of the outbox failed",
                    extra={"action": "round_failed", "kind": _name(error)},
                )
                wait_s = LOOK_S
            due = self._means.clock() + timedelta(seconds=min(wait_s, LOOK_S))
            await self._rest(began)
            await wait_for_event(self._woken, (due - self._means.clock()).total_seconds())

    async def _round(self, *, now: datetime) -> float:
        """Start what may go now; returns for how many seconds there is nothing to do."""
        if wait := self._full_for():
            return wait.total_seconds()
        if not self._is_busy and not await self._anything(now):
            return LOOK_S
        claimed, until = await self._claim(now=now)
        self._claim_took = (self._claim_took + self._means.clock() - now) / 2
        self._is_busy = claimed > 0
        if until is not None:
            await self._departures.give_back()
            return await self._wait_out(until, now=now)
        return 0.0 if claimed else self._until_a_chat_is_free(now)

    def _full_for(self) -> timedelta:
        """How long enough left already; after a restart too, when nothing is in hand yet."""
        return max(self._limiter.wait(self._means.clock()) - self._horizon() / 2, timedelta(0))

    async def _anything(self, now: datetime) -> bool:
        """A look without the write lock."""
        async with self._means.db.read() as session:
            return await anything_due(session, self.kind, patience=EDIT_PATIENCE, now=now)

    async def _wait_out(self, until: datetime, *, now: datetime) -> float:
        async with self._means.begin() as session:
            planned = await plan_pressing_elsewhere(
                session, self.kind, sealer=self._means.sealer, now=now
            )
        if planned:
            log.info(
                "What presses goes by the other kind of channel as well",
                extra={"action": "pressing_elsewhere", "count": planned},
            )
        return min(LOOK_S, (until - now).total_seconds())

    def _until_a_chat_is_free(self, now: datetime) -> float:
        at = self._limiter.frees_at(now)
        return LOOK_S if at is None else min(LOOK_S, (at - now).total_seconds())

    async def _claim(self, *, now: datetime) -> tuple[int, datetime | None]:
        """Give out slots and claim what got one: how many, or until when the channel waits."""
        room = min(self._width - len(self._tasks) - len(self._departures.chats), BATCH)
        if room <= 0:
            return 0, None
        slots: list[Slot] = []
        try:
            async with self._means.begin() as session:
                until = await paused_until(session, self.kind, now=now)
                if until is not None:
                    return 0, until
                slots, chats = await self._choose(session, room, now=now)
                ids = [slot.id for slot in slots]
                ours = set(await claim(session, ids, self._means.lease(now), now=now))
        except BaseException:
            for slot in slots:
                self._limiter.withdrawn(slot.id)
            raise
        for slot in slots:
            if slot.id not in ours:
                self._limiter.withdrawn(slot.id)
        self._departures.add([slot for slot in slots if slot.id in ours], chats)
        return len(ours), None

    async def _end_hold(self) -> None:
        """The rows are the truth, once every outcome is in them: the pause may be over, or the
        answer was about one recipient, and there is none."""
        if self._held_until is None or self._recording.waiting:
            return
        async with self._means.db.read() as session:
            until = await paused_until(session, self.kind, now=self._means.clock())
        if not self._recording.waiting:  # nothing came back meanwhile that may stop it again
            self._held_until = until

    def _is_held(self) -> bool:
        return self._held_until is not None and self._means.clock() < self._held_until

    async def _choose(
        self, session: AsyncSession, room: int, *, now: datetime
    ) -> tuple[list[Slot], dict[int, str]]:
        in_flight = {*self._chats.values(), *self._departures.chats.values()}
        in_flight |= self._recording.chats
        horizon = self._horizon()
        waiting = await due_deliveries(
            session, self.kind, busy=self._limiter.busy(now) | in_flight,
            limit=self._limiter.room(room, horizon, now) + 20, sealer=self._means.sealer,
            patience=EDIT_PATIENCE, now=now,
        )  # fmt: skip
        slots = self._limiter.choose(
            waiting, at_most=room, horizon=horizon, in_flight=in_flight, now=now,
            # Sooner it cannot leave, and what is late leaves in a heap.
            lead=self._lead(),
        )  # fmt: skip
        return slots, {one.id: one.chat for one in waiting}

    def _horizon(self) -> timedelta:
        """A slow store is asked for more at a time, or the channel waits for it.

        What is claimed now leaves after :meth:`_lead`; slots must last until the next round's do.
        """
        return min(max(QUANTUM + self._lead(), self._claim_took * 3), LONGEST_QUANTUM)

    def _lead(self) -> timedelta:
        """What lies between a claim and the first departure from it."""
        return min(self._claim_took + self._departures.took, QUANTUM)

    def _start(self, marked: Marked, at: datetime) -> None:
        if not isinstance(marked.work, Outgoing):
            self._limiter.withdrawn(marked.delivery_id)
            self._put_down(marked, marked.work)
            return
        self._chats[marked.delivery_id] = marked.chat
        self._tasks[marked.delivery_id] = asyncio.create_task(self._send(marked, marked.work, at))

    async def _send(self, marked: Marked, outgoing: Outgoing, at: datetime) -> None:
        """Wait for the slot, send, put the outcome down."""
        clock = self._means.clock
        outcome: Outcome = Later(clock(), "interrupted")  # until the request begins
        try:
            await asyncio.sleep(max(0.0, (at - clock()).total_seconds()))
            # What is late does not leave in a heap: between two of them, answers are read.
            async with self._door:
                await asyncio.sleep(0)
            if self._held_until is not None and self._is_held():
                outcome = Later(self._held_until, HELD)
                self._limiter.withdrawn(marked.delivery_id)
                return
            outcome = Unknown("interrupted")
            self._limiter.departed(marked.delivery_id, clock())
            when_leaving(partial(self._leaves, marked.delivery_id))
            if not self._transport.tells_leaving:
                leaves()
            outcome = await self._transport.send(outgoing)
            self._means.departure_log.came_back(marked.delivery_id, outcome)
        except Exception as error:
            # Without its text: that may hold an address or a token.
            log.error("A transport raised", extra={"action": "send_failed", "kind": _name(error)})
            outcome = Unknown(f"transport_{_name(error)}")
        finally:
            del self._tasks[marked.delivery_id], self._chats[marked.delivery_id]
            self._limiter.answered(marked.delivery_id, clock())
            self.is_going.set()
            self._put_down(marked, outcome)

    def _leaves(self, ident: int) -> None:
        if ident in self._tasks:  # what its transport does after it came back changes nothing
            self._means.departure_log.leaves(ident)

    def _put_down(self, marked: Marked, outcome: Outcome) -> None:
        if isinstance(outcome, Later) and outcome.whole_channel:
            # What is about to leave would be refused like this one, and prolong the pause.
            self._held_until = max(outcome.not_before, self._held_until or outcome.not_before)
        self._recording.put_down(
            Result(marked.delivery_id, marked.chat, outcome, at=self._means.clock())
        )
        self.wake()

    async def _rest(self, began: datetime) -> None:
        """With something under way, what comes back within the pace is one batch."""
        if self._tasks:
            spent = (self._means.clock() - began).total_seconds()
            await asyncio.sleep(max(0.0, PACE_S - spent))

    async def _finish(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks.values()), timeout=FINISH_S)
            await _break_off(late)
        try:
            await self._recording.write()
        except Exception as error:
            log.exception("The last outcomes were not stored", extra={"kind": _name(error)})


async def _break_off(tasks: Collection[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _name(error: Exception) -> str:
    return type(error).__name__
