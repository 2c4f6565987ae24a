"""Runs stored updates through the chat, each once: its answers are in the same transaction.

A crash between storing and handling repeats the update; a crash inside rolls everything back,
answers included.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import parse
from bot.chat.router import route, tell_failure
from bot.chat.turn import Turn
from bot.config import Config
from bot.inbox import opened
from bot.looking_ahead import Ahead, look_ahead
from bot.now import current_config
from bot.rows import Conversation, IncomingUpdate, UpdateKind, UpdateStatus
from bot.speaking import Said, who_speaks
from contacts.records import Database
from contacts.sealing import Sealer, UnsealError
from feeds.pages import Page

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
HANDLING_LIMIT_S = 20.0
#: a batch begins no other update after this long: whoever sends waits for the same store
TOGETHER_S = 0.05
#: but on a busy machine so many: what a batch asks first costs as much as two of them
AT_LEAST = 10


@dataclass(frozen=True, slots=True)
class Handled:
    """One update is done; ``query_id`` and ``toast`` answer the tapped button."""

    query_id: str | None = None
    toast: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What every turn works with."""

    config: Config
    sealer: Sealer
    now: datetime


class _SetApartError(Exception):
    """An update of a batch raised, and ``before`` did not."""

    def __init__(self, before: int) -> None:
        super().__init__(before)
        self.before = before


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
    rules = Rules(config, sealer, now)
    try:
        async with asyncio.timeout(HANDLING_LIMIT_S), db.begin() as session:
            row = await _waiting(session, update_id)
            if row is None:
                return Handled()
            handled = await _run_turn(session, row, rules, page=page)
            _close(row, UpdateStatus.DONE, now)
            return handled
    except Exception:
        log.exception("An update failed", extra={"action": "update_failed", "id": update_id})
        return await _count_failure(db, update_id, rules)


async def handle_together(
    db: Database, ids: Sequence[int], config: Config, sealer: Sealer, *, now: datetime
) -> dict[int, Handled]:
    """Handle the first of these in one transaction; returns what is done.

    Each sees nothing that another left in memory. When one raises, all of it is undone, and those
    before it are handled again: it happens seldom, and a savepoint for each would cost a third.
    What raised is left to :func:`handle_update`, with what comes after it: a chat keeps its order.
    """
    rules = Rules(config, sealer, now)
    try:
        try:
            return await _together(db, ids, rules)
        except _SetApartError as apart:
            log.info("An update left the batch", extra={"action": "update_set_apart"})
            return await _together(db, ids[: apart.before], rules) if apart.before else {}
    except Exception as error:
        log.warning(
            "A batch was undone: %s", type(error).__name__, extra={"action": "updates_undone"}
        )
        return {}


async def _together(db: Database, ids: Sequence[int], rules: Rules) -> dict[int, Handled]:
    done: dict[int, Handled] = {}
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(HANDLING_LIMIT_S), db.begin() as session:
        ends = loop.time() + TOGETHER_S
        ahead = await look_ahead(session, ids, rules.config)
        for update_id in ids:
            if len(done) >= AT_LEAST and loop.time() > ends:
                break
            row = ahead.rows.get(update_id)
            try:
                done[update_id] = Handled()
                if row is not None:
                    done[update_id] = await _run_turn(session, row, rules, ahead)
                    # What was only said waits for the others.
                    if session.new or session.dirty or session.deleted:
                        await session.flush()
            except Exception as error:
                raise _SetApartError(len(done) - 1) from error
            session.expunge_all()
        await _close_all(session, [one for one in done if one in ahead.rows], rules.now)
    return done


async def _close_all(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    """:raises RuntimeError: somebody else handled one of them meanwhile."""
    closed = await session.exec(
        update(IncomingUpdate)
        .where(col(IncomingUpdate.id).in_(ids), col(IncomingUpdate.status) == UpdateStatus.NEW)
        .values(status=UpdateStatus.DONE, handled_at=now, payload=None, chat=None, refused=None)
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount != len(ids):
        raise RuntimeError("updates were handled by two at the same time")


async def _run_turn(
    session: AsyncSession,
    row: IncomingUpdate,
    rules: Rules,
    ahead: Ahead | None = None,
    *,
    page: Page | None = None,
) -> Handled:
    payload = opened(rules.sealer, row.payload)
    turn = await _open_turn(session, row, payload, rules, ahead)
    turn.page = page
    await route(turn, row.kind, row.refused)
    return Handled(query_id=payload.get("query_id"), toast=turn.toast)


async def _open_turn(
    session: AsyncSession,
    row: IncomingUpdate,
    payload: dict[str, Any],
    rules: Rules,
    ahead: Ahead | None,
) -> Turn:
    assert row.chat is not None
    knows = ahead if ahead is not None else Ahead()
    tap = parse(payload["data"]) if row.kind is UpdateKind.TAP else None
    talk = (
        None if knows.talking is not None and row.chat not in knows.talking
        else await session.get(Conversation, row.chat)
    )  # fmt: skip
    said = Said(row.kind, payload.get("text"), tap, talk)
    speaker = await who_speaks(session, row.chat, said, knows.selves)
    return Turn(
        session=session,
        config=await current_config(session, rules.config) if knows.config is None
        else knows.config,
        sealer=rules.sealer,
        now=rules.now,
        chat=row.chat,
        actor=speaker.actor,
        message_id=payload.get("message_id") or (row.refused or {}).get("message_id"),
        text=payload.get("text") or payload.get("status"),
        link=payload.get("link"),
        tap=tap,
        conversation=speaker.talk,
        elsewhere=speaker.elsewhere,
    )  # fmt: skip


async def _count_failure(db: Database, update_id: int, rules: Rules) -> Handled:
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
            return await _give_up(session, update_id, rules)
    except Exception:
        log.exception("A failure was not told", extra={"action": "untold", "id": update_id})
    async with db.begin() as session:
        row = await _waiting(session, update_id)
        if row is not None:
            _close(row, UpdateStatus.FAILED, rules.now)
    return Handled()


async def _waiting(session: AsyncSession, update_id: int) -> IncomingUpdate | None:
    row = await session.get(IncomingUpdate, update_id)
    return row if row is not None and row.status is UpdateStatus.NEW else None


async def _give_up(session: AsyncSession, update_id: int, rules: Rules) -> Handled:
    """Tell it and close; without the payload, which may be just what cannot be opened."""
    row = await _waiting(session, update_id)
    if row is None:
        return Handled()
    assert row.chat is not None
    said = Said(row.kind, None, None, await session.get(Conversation, row.chat))
    speaker = await who_speaks(session, row.chat, said)
    turn = Turn(
        session=session,
        config=rules.config,
        sealer=rules.sealer,
        now=rules.now,
        chat=row.chat,
        actor=speaker.actor,
        conversation=speaker.talk,
        elsewhere=speaker.elsewhere,
    )
    await tell_failure(turn)
    query_id = _query_of(row, rules.sealer)
    _close(row, UpdateStatus.FAILED, rules.now)
    return Handled(query_id=query_id)


def _query_of(row: IncomingUpdate, sealer: Sealer) -> str | None:
    try:
        return opened(sealer, row.payload).get("query_id")
    except (UnsealError, ValueError):
        return None  # only the little clock on the button keeps turning


def _close(row: IncomingUpdate, status: UpdateStatus, now: datetime) -> None:
    row.status, row.handled_at = status, now
    row.payload, row.chat, row.refused = None, None, None
