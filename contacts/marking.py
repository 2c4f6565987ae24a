"""Just before the request: claimed → sending, with everything filled in.

What cannot go (an exercise to a real address, a form that does not exist) gets its
outcome here and never meets the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import Lease, give_back, open_address
from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation
from contacts.journal import SYSTEM
from contacts.outbox import (
    DELIVERY_MOVES,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.preparing import Case, Known, Linking, Listed, Marked, prepare
from contacts.records import ids_of, move_many
from contacts.sealing import Sealer

EDIT_WAITS = timedelta(seconds=2)
#: how long an edit waits for a message of which nobody knows whether it arrived
EDIT_PATIENCE = timedelta(hours=1)


async def mark_sending(
    session: AsyncSession,
    ids: Sequence[int],
    *,
    lease: Lease,
    linking: Linking,
    sealer: Sealer,
    now: datetime,
) -> list[Marked]:
    """Move what may go to *sending*; give back what must wait, cancel what has become void."""
    cases = await _load(session, ids, sealer=sealer)
    verdicts = {case.delivery.id: next_step(case.delivery, case.message, case.original, now=now)
                for case in cases}  # fmt: skip
    by_step = {
        step: [case for case in cases if verdicts[case.delivery.id] == step]
        for step in ("go", "send_anew", "wait", "drop")
    }
    await _put_aside(session, by_step["wait"], by_step["drop"], now=now)
    await _turn_into_sends(session, by_step["send_anew"])
    going = by_step["go"] + by_step["send_anew"]
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, ids_of(case.delivery for case in going),
        DeliveryStatus.CLAIMED, DeliveryStatus.SENDING,
        who=SYSTEM, action="deliveries_sending", now=now,
        sending_at=now, lease_owner=lease.owner, lease_until=lease.until,
    )  # fmt: skip
    ours = set(moved)
    leaving = [case for case in going if case.delivery.id in ours]
    return await prepare(session, leaving, linking, sealer=sealer, now=now)


def next_step(
    delivery: Delivery, message: Message, original: Delivery | None, *, now: datetime
) -> str:
    """``go``, ``wait`` (planned again), ``drop`` (cancelled) or, for an edit, ``send_anew``.

    An edit follows its original: it waits until that is sent, and is void when it failed.
    When the original arrived without our learning its id, the text goes as a new message.
    """
    if message.status is MessageStatus.CANCELLED:
        return "drop"
    if message.status is MessageStatus.HALTED:
        return "wait"
    if delivery.act is DeliveryAct.SEND:
        return "go"
    if original is None or original.status in {DeliveryStatus.FAILED, DeliveryStatus.CANCELLED}:
        return "drop"
    if original.status is DeliveryStatus.SENT:
        return "go" if original.external_id else "send_anew"
    if original.status is DeliveryStatus.UNKNOWN and now - delivery.planned_at > EDIT_PATIENCE:
        return "drop"
    return "wait"


async def _load(session: AsyncSession, ids: Sequence[int], *, sealer: Sealer) -> list[Case]:
    deliveries = list((await _by_id(session, Delivery, ids)).values())
    messages = await _by_id(session, Message, [d.message_id for d in deliveries])
    originals = await _by_id(session, Delivery, [d.edits_delivery_id for d in deliveries])
    organisations = await _organisations(session, {d.organisation_id for d in deliveries})
    chats = {d.id: open_address(d.address, d.kind, sealer) for d in deliveries}
    channels = await _channels(
        session, {d.kind for d in deliveries}, [chat for chat in chats.values() if chat]
    )
    return [
        Case(
            delivery=delivery,
            message=messages[delivery.message_id],
            original=originals.get(delivery.edits_delivery_id),
            chat=chats[delivery.id],
            channel=_of_its_world(
                channels.get((delivery.kind, chats[delivery.id] or ""), {}),
                messages[delivery.message_id],
            ),
            organisation=organisations.get(delivery.organisation_id or 0),
        )
        for delivery in deliveries
    ]


async def _by_id(
    session: AsyncSession, kind: Any, ids: Sequence[int | None]
) -> dict[int | None, Any]:
    wanted = {ident for ident in ids if ident is not None}
    if not wanted:
        return {}
    found = await session.exec(
        select(kind).where(kind.id.in_(wanted)).execution_options(populate_existing=True)
    )
    return {row.id: row for row in found.all()}


async def _organisations(session: AsyncSession, ids: set[int | None]) -> dict[int, Known]:
    found = await session.exec(
        select(Organisation.id, Organisation.is_exercise, Organisation.internal_contact).where(
            col(Organisation.id).in_([ident for ident in ids if ident is not None])
        )
    )
    return {ident: Known(is_exercise, name) for ident, is_exercise, name in found.all() if ident}


async def _channels(
    session: AsyncSession, kinds: set[ChannelKind], addresses: Sequence[str]
) -> dict[tuple[ChannelKind, str], dict[bool, Listed]]:
    """By address, and by whether it is the one of the exercise."""
    found = await session.exec(
        select(Channel.kind, Channel.address, Channel.status, Channel.is_exercise).where(
            # The kind comes first in the index.
            col(Channel.kind).in_(kinds),
            col(Channel.address).in_(addresses),
        )
    )
    listed: dict[tuple[ChannelKind, str], dict[bool, Listed]] = {}
    for kind, address, status, is_exercise in found.all():
        worlds = listed.setdefault((ChannelKind(kind), address), {})
        worlds[is_exercise] = Listed(ChannelStatus(status), is_exercise)
    return listed


def _of_its_world(listed: Mapping[bool, Listed], message: Message) -> Listed | None:
    """The address as it stands in the world of the message, or else in the other. Pure."""
    return listed.get(message.is_exercise) or listed.get(not message.is_exercise)


async def _put_aside(
    session: AsyncSession, waiting: Sequence[Case], void: Sequence[Case], *, now: datetime
) -> None:
    waits = await give_back(
        session, ids_of(case.delivery for case in waiting), action="deliveries_wait", now=now
    )
    if waits:
        await session.exec(
            update(Delivery)
            .where(col(Delivery.id).in_(waits))
            .values(not_before=now + EDIT_WAITS)
            .execution_options(synchronize_session=False)
        )
    await move_many(
        session, DELIVERY_MOVES, Delivery, ids_of(case.delivery for case in void),
        DeliveryStatus.CLAIMED, DeliveryStatus.CANCELLED,
        who=SYSTEM, action="deliveries_void", now=now, reason="void", done_at=now,
    )  # fmt: skip


async def _turn_into_sends(session: AsyncSession, cases: Sequence[Case]) -> None:
    for case in cases:
        case.delivery.act, case.delivery.edits_delivery_id = DeliveryAct.SEND, None
    await session.flush()
