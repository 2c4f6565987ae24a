"""Which organisations say that they come to a meeting; of whom in it, nothing is kept.

The last word of an organisation counts. An answer is about one moment: a meeting that moves asks
anew, and a button under an older message says so.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg.rows import Overleg, OverlegReply, OverlegStatus, Reply
from contacts.directory import Organisation

#: who came is kept with the meeting; who said to come is of no use after this
KEEP_REPLIES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Replies:
    """Who said what, by number of the organisation."""

    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()

    def silent(self, asked: Set[int], *, host: int) -> int:
        """How many of those who were asked said nothing; the host is not asked. Pure."""
        return len(asked - self.yes - self.no - {host})


def moment_key(starts_at: datetime) -> int:
    """Which moment an answer is about, short enough for a button. Pure."""
    return int(starts_at.timestamp()) // 60


def is_open(overleg: Overleg, *, now: datetime) -> bool:
    """Whether somebody can still say whether they come. Pure."""
    return overleg.status is OverlegStatus.PLANNED and overleg.starts_at > now


async def say(
    session: AsyncSession,
    overleg: Overleg,
    organisation_id: int,
    reply: Reply,
    *,
    key: int,
    now: datetime,
) -> bool:
    """Keep what an organisation says; False when it is over, off, or about another moment.

    :param key: of the moment that whoever answers had before them.
    """
    organisation = await session.get_one(Organisation, organisation_id)
    fits = is_open(overleg, now=now) and key == moment_key(overleg.starts_at)
    if not fits or organisation.is_exercise != overleg.is_exercise:
        return False
    again = (
        update(OverlegReply)
        .where(
            col(OverlegReply.overleg_id) == overleg.id,
            col(OverlegReply.organisation_id) == organisation_id,
        )
        .values(reply=reply, answered_at=now)
        .execution_options(synchronize_session=False)
    )
    if (await session.exec(again)).rowcount:
        return True
    try:
        # Two colleagues at the same moment: one row, and the last word counts.
        async with session.begin_nested():
            session.add(
                OverlegReply(
                    overleg_id=overleg.id or 0, organisation_id=organisation_id, reply=reply,
                    answered_at=now,
                )
            )  # fmt: skip
    except IntegrityError:
        await session.exec(again)
    return True


async def replies_of(session: AsyncSession, overleg_id: int) -> Replies:
    """What every organisation said last."""
    found = await session.exec(
        select(OverlegReply.organisation_id, OverlegReply.reply).where(
            col(OverlegReply.overleg_id) == overleg_id
        )
    )
    said = found.all()
    return Replies(
        frozenset(ident for ident, reply in said if reply is Reply.YES),
        frozenset(ident for ident, reply in said if reply is Reply.NO),
    )


async def drop_replies(session: AsyncSession, overleg_ids: Collection[int]) -> None:
    """Of meetings that moved: everybody is asked anew."""
    await session.exec(
        delete(OverlegReply)
        .where(col(OverlegReply.overleg_id).in_(overleg_ids))
        .execution_options(synchronize_session=False)
    )


async def forget_replies(session: AsyncSession, *, now: datetime) -> None:
    """Of meetings of more than a month ago."""
    found = await session.exec(
        select(Overleg.id).where(col(Overleg.starts_at) <= now - KEEP_REPLIES)
    )
    await drop_replies(session, [ident for ident in found.all() if ident is not None])
