"""Writes down what became of a batch: one move per new status, then what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, literal
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cancelling import cancel_returned
from contacts.directory import Channel, ChannelKind, ChannelStatus
from contacts.fallback import plan_fallback, spare_fallbacks
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import (
    DELIVERY_MOVES,
    Delivery,
    DeliveryStatus,
    Message,
)
from contacts.pausing import Doubts, end_pause, pause_channel, put_behind
from contacts.records import move_many
from contacts.sealing import Sealer, is_sealed
from contacts.sending import halt_message
from contacts.settings import SendingSettings
from contacts.transport import Later, Outcome, Sent
from contacts.verdicts import Chance, Verdict, decide, wait_for_proof

_ACTIONS = {
    DeliveryStatus.FAILED: "deliveries_failed",
    DeliveryStatus.UNKNOWN: "deliveries_unknown",
    DeliveryStatus.PLANNED: "deliveries_planned_again",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came back for a delivery in *sending*. ``chat`` is the address in the clear."""

    delivery_id: int
    chat: str
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True)
class _Judged:
    result: Result
    delivery: Delivery
    message: Message
    verdict: Verdict


async def record(
    session: AsyncSession,
    kind: ChannelKind,
    results: Sequence[Result],
    *,
    settings: SendingSettings,
    sealer: Sealer,
    chance: Chance,
    doubts: Doubts | None = None,
    now: datetime,
) -> list[int]:
    """Record outcomes of one channel; returns the deliveries that were still ours.

    A row that is no longer *sending* (recovered by somebody else) is left as it is.

    :param doubts: what the channel took before; without it nothing is known.
    """
    doubts = doubts or Doubts()
    arrived = [result for result in results if isinstance(result.outcome, Sent)]
    others = [result for result in results if not isinstance(result.outcome, Sent)]
    moved = await record_sent(session, arrived, now=now)
    for result in arrived:
        doubts.took(result.at)
    judged = await _judge(session, others, settings, doubts, chance=chance, now=now)
    moved |= await _move_all(session, judged, now=now)
    for one in judged:
        if one.delivery.id in moved:
            await _follow_up(session, one, settings, sealer=sealer, now=now)
    again = {one.delivery.id for one in judged if one.verdict.status is DeliveryStatus.PLANNED}
    await cancel_returned(session, moved.intersection(again), now=now)
    pauses = [one.verdict.pause for one in judged if one.verdict.pause is not None]
    if pauses:
        pause = await pause_channel(session, kind, pauses, now=now)
        await put_behind(session, doubts, pause)
    elif arrived:
        await end_pause(session, kind, now=now)
    return sorted(moved)


async def record_sent(
    session: AsyncSession, results: Sequence[Result], *, now: datetime
) -> set[int]:
    """What arrived needs no judging, and it is nearly everything: one statement for all."""
    names = {
        result.delivery_id: result.outcome.external_id
        for result in results
        if isinstance(result.outcome, Sent)
    }
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, list(names),
        DeliveryStatus.SENDING, DeliveryStatus.SENT, who=SYSTEM, action="deliveries_sent", now=now,
        reason=None, lease_owner=None, lease_until=None,
        done_at=max((result.at for result in results), default=now), each={"external_id": names},
    )  # fmt: skip
    await spare_fallbacks(session, moved, now=now)
    return set(moved)


async def _judge(
    session: AsyncSession,
    results: Sequence[Result],
    settings: SendingSettings,
    doubts: Doubts,
    *,
    chance: Chance,
    now: datetime,
) -> list[_Judged]:
    if not results:
        return []
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Delivery.id).in_([result.delivery_id for result in results]))
    )
    rows = {delivery.id: (delivery, message) for delivery, message in found.all()}
    judged = []
    for result in results:
        delivery, message = rows[result.delivery_id]
        outcome = result.outcome
        if isinstance(outcome, Later) and doubts.is_its_own(outcome, delivery, at=result.at):
            outcome = Later(now, outcome.if_its_own or outcome.reason)
        verdict = decide(
            outcome, delivery, message, max_attempts=settings.max_attempts, chance=chance, now=now
        )
        judged.append(_Judged(result, delivery, message, verdict))
    return judged


async def _move_all(session: AsyncSession, judged: Sequence[_Judged], *, now: datetime) -> set[int]:
    moved: set[int] = set()
    for status, action in _ACTIONS.items():
        here = [one for one in judged if one.verdict.status is status]
        if not here:
            continue
        ids = [one.result.delivery_id for one in here]
        moved.update(
            await move_many(
                session, DELIVERY_MOVES, Delivery, ids, DeliveryStatus.SENDING, status,
                who=SYSTEM, action=action, now=now, **_values(here, status),
            )
        )  # fmt: skip
    return moved


def _values(judged: Sequence[_Judged], status: DeliveryStatus) -> dict[str, Any]:
    """Column values of one UPDATE for the whole group, different per row where they differ."""
    reasons = {o.result.delivery_id: o.verdict.reason for o in judged}
    values: dict[str, Any] = {
        "reason": _per_row("reason", reasons),
        "lease_owner": None,
        "lease_until": None,
    }
    attempted = {o.result.delivery_id: 1 for o in judged if o.verdict.attempted}
    if attempted:
        values["attempts"] = Delivery.attempts + case(attempted, value=col(Delivery.id), else_=0)
    untold = {o.result.delivery_id: o.verdict.untold for o in judged if o.verdict.untold}
    if untold:
        values["untold"] = _per_row("untold", untold)
    if status is DeliveryStatus.PLANNED:
        later = {o.result.delivery_id: o.verdict.not_before for o in judged}
        values["not_before"] = _per_row("not_before", later)
    else:
        values["done_at"] = _per_row("done_at", {o.result.delivery_id: o.result.at for o in judged})
    return values


def _per_row(name: str, values: dict[int, Any]) -> ColumnElement[Any]:
    """``CASE id WHEN … THEN …``; a row whose value is None keeps what it has."""
    column = getattr(Delivery, name)
    given = {key: literal(v, column.type) for key, v in values.items() if v is not None}
    return case(given, value=col(Delivery.id), else_=column) if given else column


async def _follow_up(
    session: AsyncSession,
    one: _Judged,
    settings: SendingSettings,
    *,
    sealer: Sealer,
    now: datetime,
) -> None:
    verdict, delivery, chat = one.verdict, one.delivery, one.result.chat
    if verdict.closes_channel:
        await close_address(session, delivery.kind, chat, reason=verdict.reason or "", now=now)
    if verdict.halts_message:
        await halt_message(
            session, delivery.message_id, who=SYSTEM, reason=verdict.reason or "", now=now
        )
    if verdict.new_address is not None:
        await _change_address(session, one, verdict.new_address, sealer=sealer, now=now)
    unsure = verdict.status is DeliveryStatus.UNKNOWN
    await plan_fallback(
        session, delivery, one.message, verdict.fallback, sealer=sealer, chat=chat, now=now,
        not_before=now + wait_for_proof(one.message, settings) if unsure else None,
    )  # fmt: skip


async def close_address(
    session: AsyncSession, kind: ChannelKind, address: str, *, reason: str, now: datetime
) -> bool:
    """This address will never work again; it is not tried any more. ``reason`` is a code."""
    found = await session.exec(
        select(Channel).where(
            col(Channel.kind) == kind,
            col(Channel.address) == address,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
    )
    channels = found.all()
    for channel in channels:
        channel.status, channel.closed_reason, channel.closed_at = (
            ChannelStatus.CLOSED, reason[:80], now,
        )  # fmt: skip
        write_journal(
            session, who=SYSTEM, action="channel_closed", subject=f"channel:{channel.id}",
            detail={"reason": reason[:80]}, now=now,
        )  # fmt: skip
    await session.flush()
    return bool(channels)


async def _change_address(
    session: AsyncSession, one: _Judged, new_address: str, *, sealer: Sealer, now: datetime
) -> None:
    """The chat moved: the channel and the delivery get the new address."""
    kind, delivery_id = one.delivery.kind, one.result.delivery_id
    if not await _in_use(session, Channel, kind, new_address):
        await session.exec(
            update(Channel)
            .where(col(Channel.kind) == kind, col(Channel.address) == one.result.chat)
            .values(address=new_address)
            .execution_options(synchronize_session=False)
        )
    same_message = col(Delivery.message_id) == one.delivery.message_id
    if await _in_use(session, Delivery, kind, new_address, same_message):
        await move_many(
            session, DELIVERY_MOVES, Delivery, [delivery_id],
            DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
            who=SYSTEM, action="address_known", now=now, reason="address_known", done_at=now,
        )  # fmt: skip
        return
    sealed = is_sealed(one.delivery.address)
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id)
        .values(address=sealer.seal(new_address) if sealed else new_address)
        .execution_options(synchronize_session=False)
    )
    write_journal(
        session, who=SYSTEM, action="address_moved", subject=f"delivery:{delivery_id}", now=now
    )


async def _in_use(
    session: AsyncSession, table: Any, kind: ChannelKind, address: str, *also: ColumnElement[bool]
) -> bool:
    found = await session.exec(
        select(table.id).where(table.kind == kind, table.address == address, *also).limit(1)
    )
    return found.first() is not None
