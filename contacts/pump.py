"""The pump: takes what is planned in the outbox to the network, and writes down what came back.

Rows are the truth. The pump may stop at any moment; :meth:`Pump.recover` sets right what
that leaves behind. One pump per channel runs at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from contacts.departing import Means
from contacts.departure_log import DepartureLog
from contacts.directory import ChannelKind
from contacts.failures import tell_failures
from contacts.guests import outgoing_line
from contacts.lane import Lane
from contacts.notices import find_unserved, unserved
from contacts.outbox import ChannelPause, Content, Delivery, DeliveryStatus
from contacts.pause_notices import tell_pauses
from contacts.preparing import Linking
from contacts.records import Database
from contacts.recovery import free_rows, recover_all, sweep_leases
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.transport import Sent, Transport, Unknown
from contacts.waiting import wait_for_event

log = logging.getLogger(__name__)

#: between two rounds of sweeping leases and telling people
TIDY_S = 0.5
#: in front of a channel's name: the part of the machine that sends by it
LANE = "pump_"


class Pump:
    """All lanes of one process, and the tidying beside them.

    :param link_base: where the organisation pages live; links are ``{link_base}/o/{token}``.
    :param owner: names this pump in leases; the same after a restart, so that it recognises
        its own claims.
    :param departures: the file that tells the next run what left; None: nobody is told.
    :param notice_gap_s: at least so many seconds between two notices about failures.
    """

    def __init__(
        self,
        db: Database,
        transports: Sequence[Transport],
        *,
        settings: SendingSettings,
        sealer: Sealer,
        clock: Callable[[], datetime],
        link_base: str,
        owner: str,
        departures: Path | None = None,
        notice_gap_s: float = 10.0,
    ) -> None:
        linking = Linking(link_base, settings.link_days)
        self._departure_log = DepartureLog(departures, clock)
        self._means = Means(
            db, settings, sealer, clock, linking, owner, self._departure_log
        )  # fmt: skip
        self._transports = list(transports)
        self._lanes = [Lane(transport, self._means) for transport in transports]
        self._served = {lane.kind for lane in self._lanes}
        self._unserved = set(ChannelKind) - self._served
        self._notice_gap = timedelta(seconds=notice_gap_s)
        #: when a notice was last tried: of failures, and of channels that are silent
        self._noticed_at: datetime | None = None
        self._paused_at: datetime | None = None
        self._at_work = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the outbox; look at once."""
        for lane in self._lanes:
            lane.wake()

    def rounds(self) -> dict[str, datetime | None]:
        """When each lane's loop last turned, as ``pump_telegram``; None: it did not begin."""
        return {f"{LANE}{lane.kind.value}": lane.round_at for lane in self._lanes}

    async def answer_guest(
        self, kind: ChannelKind, address: str, content: Content, *, wait_s: float = 0.0
    ) -> bool | None:
        """One line to somebody on no list, within the limits; False when it did not arrive, None
        when this process does not send on that channel and does not begin within ``wait_s``."""
        if not self._at_work.is_set() and not await wait_for_event(self._at_work, wait_s):
            return None
        for lane in self._lanes:
            if lane.kind is kind:
                return await lane.guests.answer(address, content)
        return None

    async def send_past_the_queue(
        self, kind: ChannelKind, address: str, content: Content, *, is_exercise: bool
    ) -> bool:
        """A line that nobody would send otherwise, because nobody sends: in no row, and outside the
        limits, so for a few people. False when it certainly did not arrive."""
        line = outgoing_line(0, address, content, is_exercise=is_exercise)
        for transport in self._transports:
            if transport.kind is kind:
                return isinstance(await transport.send(line), Sent | Unknown)
        return False

    async def recover(self, now: datetime) -> int:
        """Before :meth:`run`: what a crash left in *sending* is uncertain (an edit is planned
        again) unless the file says more, claims of ours go back. Returns how many deliveries were
        set right."""
        left = self._departure_log.take_over()
        async with self._means.begin() as session:
            freed = await free_rows(session)
        if freed:
            log.warning("Freed rows", extra={"action": "rows_freed", "count": freed})
        async with self._means.begin() as session:
            count = await recover_all(
                session, [lane.kind for lane in self._lanes],
                owner=self._means.owner, settings=self._means.settings,
                sealer=self._means.sealer, left=left, now=now,
            )  # fmt: skip
        self._departure_log.begin()
        if count:
            log.warning("Recovered deliveries", extra={"action": "recovered", "count": count})
        return count

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; what is under way then gets a moment to finish."""
        for lane in self._lanes:
            await lane.remember(now=self._means.clock())
        waker = asyncio.create_task(self._wake_on(stop))
        self._at_work.set()
        try:
            await asyncio.gather(*(lane.run(stop) for lane in self._lanes), self._tidy(stop))
        finally:
            waker.cancel()
            self._at_work.clear()
            # Whoever sends next may read it.
            self._departure_log.close()

    async def going(self, wait_s: float) -> bool:
        """Wait until every lane goes: it heard of its first delivery, or has none that may leave.

        False when that takes longer: whoever waits for it goes on.
        """
        waits = [asyncio.create_task(lane.is_going.wait()) for lane in self._lanes]
        if not waits:
            return True
        _, late = await asyncio.wait(waits, timeout=wait_s)
        for wait in late:
            wait.cancel()
        return not late

    async def close(self) -> None:
        """Give the transports' connections back."""
        for transport in self._transports:
            await transport.close()
        self._departure_log.close()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _tidy(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if await self.tidy(now=self._means.clock()):
                    self.wake()
                self._departure_log.tidy(self._in_hand())
            except Exception as error:
                log.exception(
                    "Tidying the outbox failed",
                    extra={"action": "tidy_failed", "kind": type(error).__name__},
                )
            await wait_for_event(stop, TIDY_S)

    async def tidy(self, *, now: datetime) -> int:
        """Sweep leases that are over and tell people what they must know; returns how much."""
        if not await self._anything_to_tidy(now):
            return 0
        async with self._means.begin() as session:
            count = await sweep_leases(
                session, in_hand=self._in_hand(), settings=self._means.settings,
                sealer=self._means.sealer, now=now,
            )  # fmt: skip
            await find_unserved(session, self._unserved, now=now)
            if self._may_tell(self._noticed_at, now):
                avoid = next(iter(self._unserved), None)
                told, left = await tell_failures(session, avoid=avoid, now=now)
                self._noticed_at = now if told or left else self._noticed_at
                count += told
            if self._may_tell(self._paused_at, now):
                told, left = await tell_pauses(session, sends_by=self._served, now=now)
                self._paused_at = now if left else None
                count += told
        return count

    def _may_tell(self, tried_at: datetime | None, now: datetime) -> bool:
        return tried_at is None or now - tried_at >= self._notice_gap

    def _in_hand(self) -> set[int]:
        return {ident for lane in self._lanes for ident in lane.in_hand}

    async def _anything_to_tidy(self, now: datetime) -> bool:
        leases = select(Delivery.id).where(
            col(Delivery.status).in_([DeliveryStatus.CLAIMED, DeliveryStatus.SENDING]),
            col(Delivery.lease_until) <= now,
        )
        untold = select(Delivery.id).where(col(Delivery.untold).is_not(None))
        pauses = select(ChannelPause.id).where(
            col(ChannelPause.told_at).is_(None), col(ChannelPause.until) > now
        )
        questions = [leases, unserved(self._unserved, now=now)]
        questions += [untold] if self._may_tell(self._noticed_at, now) else []
        questions += [pauses] if self._may_tell(self._paused_at, now) else []
        async with self._means.db.read() as session:
            for question in questions:
                if (await session.exec(question.limit(1))).first() is not None:
                    return True
        return False
