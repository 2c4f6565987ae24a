"""The durable way in: updates are committed before Telegram may forget them.

``store_updates`` writes what :mod:`bot.reducing` leaves of a batch; ``handle_next`` runs
one stored update through the chat in one transaction. A crash between the two repeats the
update; a crash inside rolls everything back, answers included.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import parse
from bot.chat.router import route, tell_failure
from bot.chat.turn import Turn
from bot.config import Config
from bot.now import current_config
from bot.reducing import Reduced
from bot.rows import Conversation, IncomingMail, IncomingUpdate, UpdateKind, UpdateStatus
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person
from contacts.journal import SYSTEM, write_journal
from contacts.permissions import Actor, load_actor
from contacts.records import Database
from contacts.sealing import Sealer, UnsealError
from contacts.tally import count_up
from feeds.pages import Page

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
HANDLING_LIMIT_S = 20.0
#: a batch begins no other update after this long: whoever sends waits for the same store
TOGETHER_S = 0.05
#: Telegram may choose a new, lower series of ids after a week without updates.
KEEP_IDS = timedelta(days=6)
#: half an answer says something about somebody, and is answered out of context later
KEEP_CONVERSATIONS = timedelta(days=7)
KEEP_MAILS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: how many are new, and which strangers may be answered."""

    new: int
    strangers: tuple[Reduced, ...]


@dataclass(frozen=True, slots=True)
class Handled:
    """One update is done; ``query_id`` and ``toast`` answer the tapped button."""

    query_id: str | None = None
    toast: str | None = None


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
                await count_up(session, "stranger", now=now)
            session.add(row)
    return Stored(new=new, strangers=tuple(strangers))


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


async def handle_update(
    db: Database,
    update_id: int,
    config: Config,
    sealer: Sealer,
    *,
    now: datetime,
    page: Page | None = None,
) -> Handled:
    """Handle one stored update, once. What goes wrong is counted, never fatal for the rest.

    :param page: what stands behind the link that was sent, read before.
    """
    try:
        async with asyncio.timeout(HANDLING_LIMIT_S), db.begin() as session:
            return await _run_turn(session, update_id, config, sealer, now=now, page=page)
    except Exception:
        log.exception("An update failed", extra={"action": "update_failed", "id": update_id})
        return await _count_failure(db, update_id, config, sealer, now)


async def handle_together(
    db: Database, ids: Sequence[int], config: Config, sealer: Sealer, *, now: datetime
) -> dict[int, Handled]:
    """Handle the first of these in one transaction; returns what is done.

    Each has a savepoint of its own and sees nothing that another left in memory. What raises is
    undone and left to :func:`handle_update`, with what comes after it: a chat keeps its order.
    """
    done: dict[int, Handled] = {}
    loop = asyncio.get_running_loop()
    ends = loop.time() + TOGETHER_S
    try:
        async with asyncio.timeout(HANDLING_LIMIT_S), db.begin() as session:
            for update_id in ids:
                if loop.time() > ends:
                    break
                try:
                    async with session.begin_nested():
                        one = await _run_turn(session, update_id, config, sealer, now=now)
                except Exception:
                    log.info("An update left the batch", extra={"action": "update_set_apart"})
                    break
                session.expunge_all()
                done[update_id] = one
    except Exception as error:
        log.warning(
            "A batch was undone: %s", type(error).__name__, extra={"action": "updates_undone"}
        )
        return {}
    return done


async def _run_turn(
    session: AsyncSession,
    update_id: int,
    config: Config,
    sealer: Sealer,
    *,
    now: datetime,
    page: Page | None = None,
) -> Handled:
    row = await _waiting(session, update_id)
    if row is None:
        return Handled()
    turn = await _open_turn(session, row, config, sealer, now)
    turn.page = page
    payload = opened(sealer, row.payload)
    await route(turn, row.kind, row.refused)
    _close(row, UpdateStatus.DONE, now)
    return Handled(query_id=payload.get("query_id"), toast=turn.toast)


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


async def actor_of(session: AsyncSession, chat: int) -> Actor | None:
    """The person behind a chat."""
    person_id = (
        await session.exec(
            select(Channel.person_id).where(*_is_theirs(), col(Channel.address) == str(chat))
        )
    ).first()
    return None if person_id is None else await load_actor(session, person_id)


async def _open_turn(
    session: AsyncSession, row: IncomingUpdate, config: Config, sealer: Sealer, now: datetime
) -> Turn:
    payload = opened(sealer, row.payload)
    assert row.chat is not None
    return Turn(
        session=session,
        config=await current_config(session, config),
        sealer=sealer,
        now=now,
        update_id=row.id,
        chat=row.chat,
        actor=await actor_of(session, row.chat),
        message_id=payload.get("message_id") or (row.refused or {}).get("message_id"),
        text=payload.get("text") or payload.get("status"),
        link=payload.get("link"),
        tap=parse(payload["data"]) if row.kind is UpdateKind.TAP else None,
        conversation=await session.get(Conversation, row.chat),
    )


async def _count_failure(
    db: Database, update_id: int, config: Config, sealer: Sealer, now: datetime
) -> Handled:
    """Count in a transaction of its own: what follows may fail too, and must not undo it."""
    async with db.begin() as session:
        row = await _waiting(session, update_id)
        if row is None:
            return Handled()
        row.attempts += 1
        if row.attempts < MAX_ATTEMPTS:
            return Handled()
    try:
        async with asyncio.timeout(HANDLING_LIMIT_S), db.begin() as session:
            return await _give_up(session, update_id, config, sealer, now)
    except Exception:
        log.exception("A failure was not told", extra={"action": "untold", "id": update_id})
    async with db.begin() as session:
        row = await _waiting(session, update_id)
        if row is not None:
            _close(row, UpdateStatus.FAILED, now)
    return Handled()


async def _waiting(session: AsyncSession, update_id: int) -> IncomingUpdate | None:
    row = await session.get(IncomingUpdate, update_id)
    return row if row is not None and row.status is UpdateStatus.NEW else None


async def _give_up(
    session: AsyncSession, update_id: int, config: Config, sealer: Sealer, now: datetime
) -> Handled:
    """Tell it and close; without the payload, which may be just what cannot be opened."""
    row = await _waiting(session, update_id)
    if row is None:
        return Handled()
    assert row.chat is not None
    turn = Turn(
        session=session,
        config=config,
        sealer=sealer,
        now=now,
        update_id=row.id,
        chat=row.chat,
        actor=await actor_of(session, row.chat),
        conversation=await session.get(Conversation, row.chat),
    )
    await tell_failure(turn)
    query_id = _query_of(row, sealer)
    _close(row, UpdateStatus.FAILED, now)
    return Handled(query_id=query_id)


def _query_of(row: IncomingUpdate, sealer: Sealer) -> str | None:
    try:
        return opened(sealer, row.payload).get("query_id")
    except (UnsealError, ValueError):
        return None  # only the little clock on the button keeps turning


def _close(row: IncomingUpdate, status: UpdateStatus, now: datetime) -> None:
    row.status, row.handled_at = status, now
    row.payload, row.chat, row.refused = None, None, None


def _sealed(sealer: Sealer, payload: dict[str, Any] | None) -> str | None:
    return None if payload is None else sealer.seal(json.dumps(payload))


def opened(sealer: Sealer, payload: str | None) -> dict[str, Any]:
    if payload is None:
        return {}
    opened: dict[str, Any] = json.loads(sealer.unseal(payload))
    return opened
