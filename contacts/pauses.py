"""Which channels are silent for a while, and for how long a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.outbox import ChannelPause
from contacts.records import read_columns

#: a pause that is longer than this is told to a person, and what presses goes another way as well
QUIET_PAUSE = timedelta(seconds=60)

_RUNNING = select(col(ChannelPause.kind), col(ChannelPause.since), col(ChannelPause.until)).where(
    col(ChannelPause.until) > bindparam("now")
)


def is_long(since: datetime, until: datetime, *, now: datetime) -> bool:
    """Whether waiting for its end keeps somebody from what they should hear. Pure."""
    return max(until, now) - since > QUIET_PAUSE


async def silent_kinds(
    session: AsyncSession, *, now: datetime, however_short: bool = False
) -> frozenset[ChannelKind]:
    """The kinds of channel that are silent now.

    :param however_short: counts a pause of seconds too, as after too many messages at once.
    """
    return frozenset(
        ChannelKind(kind)
        for kind, since, until in await read_columns(session, _RUNNING, {"now": now})
        if however_short or is_long(since, until, now=now)
    )
