"""Just before the request: claimed → sending, with everything filled in.

What cannot go (an exercise to a real address, a form that does not exist) gets its
outcome here and never meets the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlmodel
from sqlalchemy import bindparam, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.any_of import any_of
from contacts.claiming import Lease, give_back, open_address
from contacts.directory import Channel, ChannelKind, Organisation
from contacts.journal import SYSTEM
from contacts.outbox import (
    DELIVERY_MOVES,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.preparing import (
    CANNOT_BE_MADE,
    Case,
    Claimed,
    Known,
    Linking,
    Listed,
    Marked,
    Original,
    prepare,
)
from contacts.records import ids_of, move_many, read_columns
from contacts.sealing import Sealer
from contacts.transport import Refused

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
    going = by_step["go"] + await _turn_into_sends(session, by_step["send_anew"])
    moved = await _to_sending(
        session, ids_of(case.delivery for case in going), lease=lease, now=now
    )
    ours = set(moved)
    leaving = [case for case in going if case.delivery.id in ours]
    return await prepare(session, leaving, linking, sealer=sealer, now=now)


async def mark_impossible(
    session: AsyncSession, ident: int, chat: str, *, lease: Lease, now: datetime
) -> list[Marked]:
    """It goes as far as what has no form for its channel, and ends with that outcome."""
    moved = await _to_sending(session, [ident], lease=lease, now=now)
    return [Marked(one, chat, Refused(CANNOT_BE_MADE)) for one in moved]


async def _to_sending(
    session: AsyncSession, ids: Sequence[int], *, lease: Lease, now: datetime
) -> list[int]:
    return await move_many(
        session, DELIVERY_MOVES, Delivery, ids, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING,
        who=SYSTEM, action="deliveries_sending", now=now,
        sending_at=now, lease_owner=lease.owner, lease_until=lease.until,
    )  # fmt: skip


def next_step(
    delivery: Claimed, message: Message, original: Original | None, *, now: datetime
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


# In several moves from here on, so all are taken first, by their numbers as in ``move_many``.
_CLAIMED = (
    select(*(col(getattr(Delivery, name)) for name in Claimed._fields))
    .where(any_of(Delivery.id, "ids"))
    .order_by(col(Delivery.id))
    .with_for_update()
)
_ORIGINALS = select(col(Delivery.id), col(Delivery.status), col(Delivery.external_id)).where(
    any_of(Delivery.id, "ids")
)
_MESSAGES = (
    sqlmodel.select(Message)
    .where(any_of(Message.id, "ids"))
    .execution_options(populate_existing=True)
)
_ORGANISATIONS = select(
    col(Organisation.id), col(Organisation.is_exercise), col(Organisation.internal_contact)
).where(any_of(Organisation.id, "ids"))
_CHANNELS = select(col(Channel.address), col(Channel.status), col(Channel.is_exercise)).where(
    # The kind comes first in the index.
    col(Channel.kind) == bindparam("kind"),
    any_of(Channel.address, "addresses"),
)


async def _load(session: AsyncSession, ids: Sequence[int], *, sealer: Sealer) -> list[Case]:
    found = await read_columns(session, _CLAIMED, {"ids": ids})
    deliveries = [Claimed(*row) for row in found]
    messages = await _messages(session, {one.message_id for one in deliveries})
    originals = await _originals(session, {one.edits_delivery_id for one in deliveries})
    organisations = await _organisations(session, {one.organisation_id for one in deliveries})
    chats = {one.id: open_address(one.address, one.kind, sealer) for one in deliveries}
    channels = await _channels(session, {(one.kind, chats[one.id]) for one in deliveries})
    return [
        Case(
            delivery=one,
            message=messages[one.message_id],
            original=originals.get(one.edits_delivery_id),
            chat=chats[one.id],
            channel=_of_its_world(
                channels.get((one.kind, chats[one.id] or ""), {}), messages[one.message_id]
            ),
            organisation=organisations.get(one.organisation_id),
        )
        for one in deliveries
    ]


async def _messages(session: AsyncSession, ids: set[int]) -> dict[int | None, Message]:
    found = await session.exec(_MESSAGES, params={"ids": list(ids)})
    return {message.id: message for message in found.all()}


async def _originals(session: AsyncSession, ids: set[int | None]) -> dict[int | None, Original]:
    if not (wanted := ids - {None}):
        return {}
    found = await read_columns(session, _ORIGINALS, {"ids": wanted})
    return {ident: Original(ident, *rest) for ident, *rest in found}


async def _organisations(session: AsyncSession, ids: set[int | None]) -> dict[int | None, Known]:
    if not (wanted := ids - {None}):
        return {}
    found = await read_columns(session, _ORGANISATIONS, {"ids": wanted})
    return {ident: Known(*rest) for ident, *rest in found}


async def _channels(
    session: AsyncSession, wanted: set[tuple[ChannelKind, str | None]]
) -> dict[tuple[ChannelKind, str], dict[bool, Listed]]:
    """By address, and by whether it is the one of the exercise."""
    listed: dict[tuple[ChannelKind, str], dict[bool, Listed]] = {}
    for kind in {kind for kind, _ in wanted}:
        addresses = [address for one, address in wanted if one is kind and address]
        asked = {"kind": kind, "addresses": addresses}
        for address, status, is_exercise in await read_columns(session, _CHANNELS, asked):
            listed.setdefault((kind, address), {})[is_exercise] = Listed(status, is_exercise)
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


async def _turn_into_sends(session: AsyncSession, cases: Sequence[Case]) -> list[Case]:
    """These edits change nothing that anybody has: they go as messages of their own."""
    if not cases:
        return []
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.id).in_([case.delivery.id for case in cases]),
            col(Delivery.status) == DeliveryStatus.CLAIMED,
        )
        .values(act=DeliveryAct.SEND, edits_delivery_id=None)
        .execution_options(synchronize_session=False)
    )
    return [
        replace(case, delivery=case.delivery._replace(act=DeliveryAct.SEND, edits_delivery_id=None))
        for case in cases
    ]
