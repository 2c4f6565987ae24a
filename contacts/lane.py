"""One channel's way out: claim, mark, send, record, in short transactions.

The limiter says how many may go within the next fraction of a second; only those are
claimed. So priority is strict, and nothing stands in *sending* that is not about to leave.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contacts.claiming import (
    Lease,
    anything_due,
    claim,
    due_deliveries,
    give_back,
    paused_until,
    sent_lately,
)
from contacts.directory import ChannelKind
from contacts.fallback import plan_alerts_elsewhere
from contacts.limiter import SECOND, Limiter, Slot
from contacts.marking import EDIT_PATIENCE, Linking, Marked, mark_sending
from contacts.outcomes import Result, record
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.transport import Later, Outcome, Outgoing, Transport, Unknown
from contacts.verdicts import Chance

log = logging.getLogger(__name__)

#: how far ahead slots are given out
QUANTUM = timedelta(milliseconds=100)
#: how long the lane sleeps when nothing wakes it
LOOK_S = 0.5
#: a mail server gets one connection; a chat server answers many requests at a time
WIDTH = {ChannelKind.TELEGRAM: 128, ChannelKind.EMAIL: 4}
#: what is under way gets this long when the house stops
FINISH_S = 2.5
#: an outcome that the store refuses this often is left to recovery
RECORD_TRIES = 20


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with."""

    db: Database
    settings: SendingSettings
    sealer: Sealer
    clock: Callable[[], datetime]
    linking: Linking
    owner: str
    chance: Chance = random.random


class Lane:
    """Sends everything of one kind of channel through its transport."""

    def __init__(self, transport: Transport, means: Means) -> None:
        self.kind = transport.kind
        self._transport, self._means = transport, means
        self._limiter = _limiter(self.kind, means.settings)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        # Until the outcome is written down, or the next line overtakes one that must be retried.
        self._chats: dict[int, str] = {}
        self._done: list[Result] = []
        self._tries: dict[int, int] = {}
        self._woken = asyncio.Event()

    @property
    def in_hand(self) -> set[int]:
        """Deliveries that are being sent, or whose outcome is not written down yet."""
        return set(self._tasks) | {result.delivery_id for result in self._done}

    def wake(self) -> None:
        self._woken.set()

    async def remember(self, *, now: datetime) -> None:
        """Take over the limits from what left just before a restart."""
        means = self._means
        within = max(SECOND, timedelta(seconds=means.settings.chat_interval_s)) + QUANTUM
        async with means.db.read() as session:
            lately = await sent_lately(
                session, self.kind, within=within, sealer=means.sealer, now=now
            )
        for chat, at in lately:
            self._limiter.remember(chat, at + QUANTUM)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; then finish what is under way, and write down the rest."""
        while not stop.is_set():
            self._woken.clear()
            try:
                await self._record()
                wait_s = await self._round(now=self._means.clock())
            except Exception as error:
                log.exception(
                    "A round of the outbox failed",
                    extra={"action": "round_failed", "kind": _name(error)},
                )
                wait_s = LOOK_S
            await self._sleep(wait_s)
        await self._finish()

    async def _round(self, *, now: datetime) -> float:
        """Start what may go now; returns for how many seconds there is nothing to do."""
        wait = self._limiter.wait(now)
        if wait > QUANTUM / 2:
            return (wait - QUANTUM / 2).total_seconds()
        async with self._means.db.read() as session:
            if not await anything_due(session, self.kind, patience=EDIT_PATIENCE, now=now):
                return LOOK_S
            until = await paused_until(session, self.kind, now=now)
        if until is not None:
            return await self._wait_out(until, now=now)
        slots = await self._claim(now=now)
        if not slots:
            return self._until_a_chat_is_free(now)
        await self._mark_and_start(slots)
        return 0.0

    async def _wait_out(self, until: datetime, *, now: datetime) -> float:
        async with self._means.db.begin() as session:
            planned = await plan_alerts_elsewhere(
                session, self.kind, sealer=self._means.sealer, now=now
            )
        if planned:
            log.info("Alerts go by e-mail", extra={"action": "alerts_elsewhere", "count": planned})
        return min(LOOK_S, (until - now).total_seconds())

    def _until_a_chat_is_free(self, now: datetime) -> float:
        at = self._limiter.frees_at(now)
        return LOOK_S if at is None else min(LOOK_S, (at - now).total_seconds())

    async def _claim(self, *, now: datetime) -> list[Slot]:
        room = WIDTH[self.kind] - len(self._tasks)
        if room <= 0:
            return []
        means, in_flight = self._means, set(self._chats.values())
        async with means.db.begin() as session:
            waiting = await due_deliveries(
                session, self.kind, busy=self._limiter.busy(now) | in_flight,
                limit=2 * room + 20, sealer=means.sealer, patience=EDIT_PATIENCE, now=now,
            )  # fmt: skip
            slots = self._limiter.choose(
                waiting, at_most=room, horizon=QUANTUM, in_flight=in_flight, now=now
            )
            ours = await claim(session, [slot.id for slot in slots], self._lease(now), now=now)
        return [slot for slot in slots if slot.id in ours]

    async def _mark_and_start(self, slots: Sequence[Slot]) -> None:
        means, now = self._means, self._means.clock()
        ids = [slot.id for slot in slots]
        try:
            async with means.db.begin() as session:
                marked = await mark_sending(
                    session, ids, lease=self._lease(now), linking=means.linking,
                    sealer=means.sealer, now=now,
                )  # fmt: skip
        except Exception:
            async with means.db.begin() as session:
                await give_back(session, ids, action="claims_given_back", now=now)
            raise
        going = {one.delivery_id: one for one in marked}
        for slot in slots:
            if slot.id in going:
                self._start(going[slot.id], slot.at)
            else:
                self._limiter.withdrawn(slot.id)

    def _lease(self, now: datetime) -> Lease:
        return Lease(self._means.owner, now + timedelta(seconds=self._means.settings.lease_s))

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
            outcome = Unknown("interrupted")
            outcome = await self._transport.send(outgoing, now=clock())
        except Exception as error:
            # Without its text: that may hold an address or a token.
            log.error("A transport raised", extra={"action": "send_failed", "kind": _name(error)})
            outcome = Unknown(f"transport_{_name(error)}")
        finally:
            del self._tasks[marked.delivery_id]
            self._limiter.answered(marked.delivery_id, clock())
            self._put_down(marked, outcome)

    def _put_down(self, marked: Marked, outcome: Outcome) -> None:
        self._done.append(Result(marked.delivery_id, marked.chat, outcome, at=self._means.clock()))
        self.wake()

    async def _record(self) -> None:
        """Write down all outcomes so far; one that cannot be stored does not hold the others."""
        done = list(self._done)
        if not done:
            return
        try:
            await self._write(done)
        except Exception:
            log.exception("A batch was not stored", extra={"action": "record_failed"})
            for result in done:
                await self._write_alone(result)

    async def _write_alone(self, result: Result) -> None:
        try:
            await self._write([result])
        except Exception as error:
            tries = self._tries.get(result.delivery_id, 0) + 1
            self._tries[result.delivery_id] = tries
            if tries < RECORD_TRIES:
                raise
            log.error(
                "An outcome was not stored; recovery will call it uncertain",
                extra={"action": "outcome_lost", "kind": _name(error)},
            )
            self._forget([result])

    async def _write(self, results: Sequence[Result]) -> None:
        means = self._means
        async with means.db.begin() as session:
            await record(
                session, self.kind, results, max_attempts=means.settings.max_attempts,
                sealer=means.sealer, chance=means.chance, now=means.clock(),
            )  # fmt: skip
        self._forget(results)

    def _forget(self, results: Sequence[Result]) -> None:
        gone = {result.delivery_id for result in results}
        self._done = [result for result in self._done if result.delivery_id not in gone]
        for delivery_id in gone:
            self._tries.pop(delivery_id, None)
            self._chats.pop(delivery_id, None)

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        try:
            await asyncio.wait_for(self._woken.wait(), timeout=seconds)
        except TimeoutError:
            return

    async def _finish(self) -> None:
        tasks = set(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            await self._record()
        except Exception as error:
            log.exception("The last outcomes were not stored", extra={"kind": _name(error)})


def _limiter(kind: ChannelKind, settings: SendingSettings) -> Limiter:
    if kind is ChannelKind.TELEGRAM:
        return Limiter(settings.telegram_per_s, settings.chat_interval_s)
    return Limiter(settings.mail_per_s)


def _name(error: Exception) -> str:
    return type(error).__name__
