"""WebSub, done: remembers hubs, asks them, notes what they answer.

No transaction is open across the network.

A source with a hub is polled like any other, so a hub that is silent costs nothing but speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM
from contacts.records import Database, move
from feeds.channel import About
from feeds.hub_rules import (
    REFUSED_FOR,
    WISHED,
    Derive,
    ask_again_at,
    is_expected,
    lease,
    renew_at,
    secret_of,
    token_of,
)
from feeds.parsing import FeedFault
from feeds.rows import HUB_MOVES, HubState, HubSubscription, Source, being_read

#: hubs that are asked in one round
AT_A_TIME = 10


class Posting(Protocol):
    """What asking needs of a fetcher."""

    async def post(self, url: str, fields: dict[str, str]) -> int | FeedFault: ...


async def note_hub(
    session: AsyncSession, source: Source, about: About, *, now: datetime
) -> None:  # fmt: skip
    """Remember which hub a source names; one that it no longer names is forgotten."""
    assert source.id is not None
    if source.is_exercise:
        return
    row = await subscription_of(session, source.id)
    if about.hub is None:
        if row is not None:
            await session.delete(row)
        return
    topic = about.topic or source.url
    if row is not None and (row.hub, row.topic) != (about.hub, topic):
        # Another hub is another subscription.
        await session.delete(row)
        await session.flush()
        row = None
    if row is None:
        session.add(
            HubSubscription(source_id=source.id, hub=about.hub, topic=topic,
                            status=HubState.WANTED, ask_at=now)
        )  # fmt: skip


async def ask_hubs(
    db: Database, posting: Posting, derive: Derive, *, base_url: str, now: datetime
) -> int:
    """Ask every hub whose time it is to push to us; returns how many were asked.

    :param base_url: how the hubs reach our pages.
    """
    async with db.begin() as session:
        rows = await _due(session, now)
        for row in rows:
            row.failures += 1
            row.ask_at, row.asked_at = ask_again_at(row, now=now), now
            session.add(row)
            await session.flush()
            if not _goes_on(row, now):
                await move(session, HUB_MOVES, row, HubState.ASKED, who=SYSTEM,
                           action="hub_asked", now=now)  # fmt: skip
        asked = [(row.hub, _question(row, derive, base_url)) for row in rows]
    # Noted first: a hub may confirm before its own answer to us is in.
    for hub, fields in asked:
        await posting.post(hub, fields)
    return len(asked)


def _goes_on(row: HubSubscription, now: datetime) -> bool:
    """Whether it stays as it is while it is asked: already asked, or still being pushed to."""
    if row.status is HubState.ACTIVE:
        return row.until is not None and row.until > now
    return row.status is HubState.ASKED


async def subscription_of(session: AsyncSession, source_id: int) -> HubSubscription | None:
    found = await session.exec(
        select(HubSubscription).where(col(HubSubscription.source_id) == source_id)
    )
    return found.one_or_none()


async def _due(session: AsyncSession, now: datetime) -> Sequence[HubSubscription]:
    found = await session.exec(
        select(HubSubscription)
        .join(Source, col(Source.id) == col(HubSubscription.source_id))
        .where(col(HubSubscription.ask_at) <= now, being_read())
        .order_by(col(HubSubscription.ask_at))
        .limit(AT_A_TIME)
    )
    return found.all()


def _question(row: HubSubscription, derive: Derive, base_url: str) -> dict[str, str]:
    return {
        "hub.mode": "subscribe",
        "hub.topic": row.topic,
        "hub.callback": f"{base_url.rstrip('/')}{path_of(derive, row.source_id)}",
        "hub.secret": secret_of(derive, row),
        "hub.lease_seconds": str(round(WISHED.total_seconds())),
    }


def path_of(derive: Derive, source_id: int) -> str:
    """Where the hub of a source finds us."""
    return f"/nieuws/{source_id}/{token_of(derive, source_id)}"


async def confirm(
    session: AsyncSession, source_id: int, *, topic: str, lease_seconds: str, now: datetime
) -> bool:
    """A hub asks whether we meant it; whether we did."""
    row = await subscription_of(session, source_id)
    if row is None or not is_expected(row, topic=topic, now=now):
        return False
    span = lease(lease_seconds)
    row.failures, row.until, row.ask_at = 0, now + span, renew_at(span, now=now)
    session.add(row)
    await session.flush()
    if row.status is not HubState.ACTIVE:
        await move(session, HUB_MOVES, row, HubState.ACTIVE, who=SYSTEM,
                   action="hub_confirmed", now=now)  # fmt: skip
    return True


async def refuse(session: AsyncSession, source_id: int, *, topic: str, now: datetime) -> None:
    """A hub says that it will not push; it is asked again much later."""
    row = await subscription_of(session, source_id)
    if row is None or row.topic != topic or HubState.REFUSED not in HUB_MOVES[row.status]:
        return
    await move(session, HUB_MOVES, row, HubState.REFUSED, who=SYSTEM, action="hub_refused",
               now=now, until=None, ask_at=now + REFUSED_FOR)  # fmt: skip


async def pushing(session: AsyncSession, source_id: int) -> tuple[Source, HubSubscription] | None:
    """The source and its subscription, when pushes for it are welcome."""
    row = await subscription_of(session, source_id)
    source = await session.get(Source, source_id)
    if row is None or source is None or not source.is_read or row.status is HubState.WANTED:
        return None
    return source, row


async def note_push(
    session: AsyncSession, source_id: int, *, read_now: bool = False, now: datetime
) -> None:
    """A push was real.

    :param read_now: nobody read it yet, so the source is due at once.
    """
    if read_now:
        source = await session.get_one(Source, source_id)
        source.next_poll_at = now
        session.add(source)
    row = await subscription_of(session, source_id)
    if row is not None:
        row.pushed_at = now
        session.add(row)
