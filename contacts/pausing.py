"""A channel that waits as a whole: until when, and whether an answer is about it at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus
from contacts.pause_notices import tell_pause_over
from contacts.records import read_columns
from contacts.transport import Later

#: between two looks at a channel that stays silent
LONGEST_PROBE = timedelta(seconds=30)
#: a pause that ended longer ago than this and was not renewed is another pause
SAME_PAUSE = timedelta(minutes=10)
#: so many in a row may each be refused for themselves, such as those of one domain; one more, and
#: it is the channel
IN_A_ROW = 5


#: what stopped the channel is due so long after the others, however urgent it is
BEHIND = timedelta(seconds=5)


class Doubts:
    """Whether an answer that would stop the channel is about its one recipient: others were taken
    since this one was due, or since it stopped the channel. Kept in memory: after a start the first
    such answer stops the channel.
    """

    def __init__(self) -> None:
        self._taken_at: datetime | None = None
        self._in_a_row = 0
        #: by delivery, when it last stopped the channel
        self._stopped: dict[int, datetime] = {}

    def copy(self) -> Doubts:
        """For a transaction that may be undone: what was asked of the copy is then not said."""
        other = Doubts()
        other._taken_at, other._in_a_row = self._taken_at, self._in_a_row
        other._stopped = dict(self._stopped)
        return other

    def took(self, at: datetime) -> None:
        """The other side took something then."""
        self._taken_at = at if self._taken_at is None else max(at, self._taken_at)
        self._in_a_row = 0

    @property
    def stopped(self) -> set[int]:
        """The deliveries that stopped the channel, and are to come behind the others."""
        return set(self._stopped)

    def keep(self, waiting: Collection[int]) -> None:
        """Of those that stopped the channel only these are still to go."""
        self._stopped = {one: at for one, at in self._stopped.items() if one in waiting}

    def is_its_own(self, outcome: Later, delivery: Delivery, *, at: datetime) -> bool:
        """To be asked once for each answer.

        :param at: when it came.
        """
        if outcome.if_its_own is None:
            return False
        ident = delivery.id or 0
        if self._is_its_own(outcome, delivery, since=self._stopped.pop(ident, delivery.not_before)):
            return True
        self._stopped[ident] = at
        return False

    def _is_its_own(self, outcome: Later, delivery: Delivery, *, since: datetime) -> bool:
        own = outcome.if_its_own
        if delivery.attempts and delivery.reason == own:
            return True  # it was before
        if self._taken_at is None or self._taken_at < since:
            return False
        if delivery.reason == outcome.reason:
            return True  # the second time, with others taken in between
        if not outcome.at_first_sight or self._in_a_row >= IN_A_ROW:
            self._in_a_row = 0
            return False
        self._in_a_row += 1
        return True


async def pause_channel(
    session: AsyncSession, kind: ChannelKind, reasons: Sequence[Later], *, now: datetime
) -> ChannelPause:
    """Everybody on this channel waits; the longer it is silent, the rarer we look."""
    latest = max(reasons, key=lambda later: later.not_before)
    pause = await _pause(session, kind)
    if pause is None:
        pause = ChannelPause(kind=kind, until=now, since=now, reason=latest.reason)
        session.add(pause)
    elif pause.until < now - SAME_PAUSE:
        pause.since, pause.told_at = now, None
    probe = min((now - pause.since) / 4, LONGEST_PROBE)
    pause.until = max(pause.until, latest.not_before, now + probe)
    pause.reason = latest.reason[:200]
    await session.flush()
    write_journal(
        session, who=SYSTEM, action="channel_paused", subject=f"channel_pause:{kind.value}",
        detail={"reason": pause.reason, "until": pause.until.isoformat()}, now=now,
    )  # fmt: skip
    return pause


async def hold_channel(
    session: AsyncSession, kind: ChannelKind, reason: str, *, until: datetime, now: datetime
) -> None:
    """Somebody who knows it from elsewhere says that the other side is away. Said again before
    ``until`` it stays so."""
    await pause_channel(session, kind, [Later(until, reason, whole_channel=True)], now=now)


async def release_channel(
    session: AsyncSession, kind: ChannelKind, reason: str, *, now: datetime
) -> None:
    """The other side is back. A pause for another reason, such as too many messages, stays."""
    pause = await _pause(session, kind)
    if pause is None or pause.reason != reason:
        return
    pause.until = min(pause.until, now)
    await session.flush()
    await end_pause(session, kind, now=now)


async def put_behind(session: AsyncSession, doubts: Doubts, pause: ChannelPause) -> None:
    """Whatever stopped the channel comes after all others once the pause is over. An urgent one
    would be the first again, stop the channel again, and nobody else had a turn; so would two in
    turn, if only the last one came behind."""
    if not doubts.stopped:
        return
    waiting = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.id).in_(doubts.stopped),
            col(Delivery.status) == DeliveryStatus.PLANNED,
            # A person, or the quiet of the night, may have put it off for longer.
            col(Delivery.not_before) < pause.until + BEHIND,
        )
        .values(not_before=pause.until + BEHIND)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    )
    doubts.keep(set(waiting.scalars()))


async def end_pause(session: AsyncSession, kind: ChannelKind, *, now: datetime) -> None:
    # After every batch, and there hardly ever is one.
    if not await read_columns(session, _ANY_PAUSE, {"kind": kind}):
        return
    pause = await _pause(session, kind)
    if pause is None or pause.until > now:  # something else was refused in the meantime
        return
    await session.delete(pause)
    write_journal(
        session, who=SYSTEM, action="channel_resumed", subject=f"channel_pause:{kind.value}",
        now=now,
    )  # fmt: skip
    if pause.told_at is not None and pause.until > now - SAME_PAUSE:
        await tell_pause_over(session, pause, now=now)


_ANY_PAUSE = select(ChannelPause.id).where(col(ChannelPause.kind) == bindparam("kind")).limit(1)


async def _pause(session: AsyncSession, kind: ChannelKind) -> ChannelPause | None:
    found = await session.exec(
        select(ChannelPause).where(col(ChannelPause.kind) == kind).order_by(col(ChannelPause.id))
    )
    return found.first()
