"""The durable way in: updates are committed before Telegram may forget them.

``store_updates`` writes what :mod:`bot.reducing` leaves of a batch; :mod:`bot.handling` runs
what was stored through the chat.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.reducing import Reduced
from bot.rows import Conversation, IncomingMail, IncomingUpdate, UpdateKind, UpdateStatus
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person
from contacts.journal import SYSTEM, write_journal
from contacts.permissions import Actor, load_actors
from contacts.records import Database
from contacts.returning import who_stopped
from contacts.sealing import Sealer
from contacts.tally import count_up

log = logging.getLogger(__name__)

#: Telegram may choose a new, lower series of ids after a week without updates.
KEEP_IDS = timedelta(days=6)
#: half an answer says something about somebody, and is answered out of context later
KEEP_CONVERSATIONS = timedelta(days=7)
KEEP_MAILS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: how many are new, and which strangers may be answered.

    ``stopped``: those who ended their messages themselves; of them no more is kept than of others.
    ``playing``: the chats of those who did so in an exercise.
    """

    new: int
    strangers: tuple[Reduced, ...]
    stopped: tuple[Reduced, ...] = ()
    playing: frozenset[int] = frozenset()


async def store_updates(
    db: Database, updates: Sequence[Reduced], sealer: Sealer, *, now: datetime
) -> Stored:
    """Commit a batch. Known ids are skipped; of strangers only id and kind are kept."""
    strangers: list[Reduced] = []
    new = 0
    async with db.begin() as session:
        seen = await _known_ids(session, [update.id for update in updates])
        known = await _known_chats(session, [one.chat for one in updates if one.chat is not None])
        for update in updates:
            if update.id in seen:
                continue
            seen.add(update.id)
            new += 1
            row = IncomingUpdate(id=update.id, kind=update.kind, received_at=now)
            if update.chat is None:
                row.status, row.handled_at = UpdateStatus.DONE, now
            elif update.is_start or update.chat in known:
                row.chat, row.refused = update.chat, update.refused
                row.payload = _sealed(sealer, update.payload)
            else:
                row.status, row.handled_at = UpdateStatus.DONE, now
                strangers.append(update)
            session.add(row)
        chats = [one.chat for one in strangers if one.chat is not None]
        gone = await who_stopped(session, chats) if chats else {}
        for _ in [one for one in strangers if one.chat not in gone]:
            await count_up(session, "stranger", now=now)
    return Stored(
        new=new,
        strangers=tuple(one for one in strangers if one.chat not in gone),
        stopped=tuple(one for one in strangers if one.chat in gone),
        playing=frozenset(chat for chat, is_exercise in gone.items() if is_exercise),
    )


async def next_updates(db: Database, limit: int = 50) -> list[int]:
    """Ids of updates that wait, oldest first."""
    async with db.read() as session:
        found = await session.exec(
            select(IncomingUpdate.id)
            .where(col(IncomingUpdate.status) == UpdateStatus.NEW)
            .order_by(col(IncomingUpdate.attempts), col(IncomingUpdate.id))
            .limit(limit)
        )
        return list(found.all())


async def forwards_of(db: Database, ids: Sequence[int]) -> set[int]:
    """Those that may point at a page, which is read before the turn begins."""
    async with db.read() as session:
        found = await session.exec(
            select(IncomingUpdate.id).where(
                col(IncomingUpdate.id).in_(ids), col(IncomingUpdate.kind) == UpdateKind.FORWARD
            )
        )
        return set(found.all())


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Drop the ids of handled updates before Telegram can use them again; and with time,
    questions that nobody finished and the numbers of mails that were read."""
    old = (
        (IncomingUpdate, (col(IncomingUpdate.status) != UpdateStatus.NEW)
         & (col(IncomingUpdate.received_at) < now - KEEP_IDS)),
        (Conversation, col(Conversation.updated_at) < now - KEEP_CONVERSATIONS),
        (IncomingMail, col(IncomingMail.received_at) < now - KEEP_MAILS),
    )  # fmt: skip
    dropped = 0
    for table, is_old in old:
        result = await session.exec(delete(table).where(is_old))
        dropped += result.rowcount
    if dropped:
        write_journal(
            session, who=SYSTEM, action="incoming_dropped", subject="incoming_update",
            detail={"count": dropped}, now=now,
        )  # fmt: skip
    return dropped


async def _known_ids(session: AsyncSession, ids: Sequence[int]) -> set[int]:
    found = await session.exec(select(IncomingUpdate.id).where(col(IncomingUpdate.id).in_(ids)))
    return set(found.all())


async def _known_chats(session: AsyncSession, chats: Sequence[int]) -> set[int]:
    """Those with somebody behind them who is still on the list."""
    found = await session.exec(
        select(Channel.address)
        .join(Person, col(Person.id) == col(Channel.person_id))
        .where(
            *_is_theirs(),
            col(Channel.address).in_([str(chat) for chat in chats]),
            col(Person.left_at).is_(None),
        )
    )
    return {int(address) for address in found.all()}


def _is_theirs() -> tuple[ColumnElement[bool], ...]:
    """A chat that says who somebody is. A closed channel still knows its person, so that a tap
    after unblocking, or a goodbye, is not treated as a stranger's."""
    is_open = col(Channel.status) == ChannelStatus.ACTIVE
    is_chat = col(Channel.kind) == ChannelKind.TELEGRAM
    return is_chat, is_open | (col(Channel.closed_reason) == "blocked")


@dataclass(frozen=True, slots=True)
class Selves:
    """Who is behind a chat: their real self, and whom they play in an exercise, or one of both."""

    real: Actor | None = None
    playing: Actor | None = None

    @property
    def is_both(self) -> bool:
        return self.real is not None and self.playing is not None


def self_of(selves: Selves, *, is_exercise: bool | None) -> Actor | None:
    """Who speaks. ``is_exercise``: the world of the button or the open question, if there is one.

    Who takes part in an exercise and says something that belongs to neither plays: it is marked
    as exercise and reaches nobody outside it, where the other way round it would be real. Pure.
    """
    if not selves.is_both:
        return selves.real or selves.playing
    return selves.real if is_exercise is False else selves.playing


async def selves_of(session: AsyncSession, chats: Collection[int]) -> dict[int, Selves]:
    """The people behind these chats; who is unknown or gone is missing."""
    found = await session.exec(
        select(Channel.address, Channel.person_id).where(
            *_is_theirs(), col(Channel.address).in_([str(chat) for chat in chats])
        )
    )
    people = [(int(address), person_id) for address, person_id in found.all()]
    actors = await load_actors(session, {person_id for _, person_id in people})
    selves: dict[int, Selves] = {}
    for chat, person_id in people:
        if (actor := actors.get(person_id)) is not None:
            part = {"playing" if actor.is_exercise else "real": actor}
            selves[chat] = replace(selves.get(chat, Selves()), **part)
    return selves


def _sealed(sealer: Sealer, payload: dict[str, Any] | None) -> str | None:
    return None if payload is None else sealer.seal(json.dumps(payload))


def opened(sealer: Sealer, payload: str | None) -> dict[str, Any]:
    if payload is None:
        return {}
    opened: dict[str, Any] = json.loads(sealer.unseal(payload))
    return opened
