"""Just before the request: claimed → sending, with everything filled in.

What cannot go (an exercise to a real address, a form that does not exist) gets its
outcome here and never meets the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import Lease, give_back, open_address
from contacts.directory import Channel, ChannelKind, ChannelStatus, LinkPurpose, Organisation
from contacts.filling import LINK, OWN_PAGE, SIGN_IN, Personal, fill, mentions
from contacts.journal import SYSTEM
from contacts.links import mint_link, mint_person_link
from contacts.outbox import (
    DELIVERY_MOVES,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import ids_of, move_many
from contacts.sealing import Sealer
from contacts.sending import has_form
from contacts.texts import OWN_INTERNAL_CONTACT
from contacts.transport import Outgoing, Refused

EDIT_WAITS = timedelta(seconds=2)
#: how long an edit waits for a message of which nobody knows whether it arrived
EDIT_PATIENCE = timedelta(hours=1)

EXERCISE_GUARD = "exercise_guard"
UNREADABLE, NO_FORM, NO_LINK = "unreadable_address", "no_form", "link_without_event"
#: reasons that lie with us, not with the address
IMPOSSIBLE = frozenset({UNREADABLE, NO_FORM, NO_LINK})


@dataclass(frozen=True, slots=True)
class Linking:
    """Where links lead, and how long they work."""

    base: str
    days: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A delivery that is now in *sending*: what to send, or why it cannot go."""

    delivery_id: int
    chat: str
    work: Outgoing | Refused


@dataclass(frozen=True, slots=True)
class _Case:
    """A claimed delivery with all that decides about it."""

    delivery: Delivery
    message: Message
    original: Delivery | None
    chat: str | None
    channel: Channel | None
    organisation: Organisation | None


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
    return [
        await _prepare(session, case, linking, now=now)
        for case in going
        if case.delivery.id in moved
    ]


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


def may_reach(message: Message, channel: Channel | None, organisation: Organisation | None) -> bool:
    """Whether this address is in the same world (real or exercise) as the message.

    An address that nobody listed belongs to the real world, unless its organisation exists
    for exercises only.
    """
    if channel is not None:
        return channel.is_exercise == message.is_exercise
    return (organisation is not None and organisation.is_exercise) == message.is_exercise


async def _load(session: AsyncSession, ids: Sequence[int], *, sealer: Sealer) -> list[_Case]:
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Delivery.id).in_(ids))
        .execution_options(populate_existing=True)
    )
    rows = found.all()
    originals = await _by_id(session, Delivery, [d.edits_delivery_id for d, _ in rows])
    organisations = await _by_id(session, Organisation, [d.organisation_id for d, _ in rows])
    chats = {d.id: open_address(d.address, d.kind, sealer) for d, _ in rows}
    channels = await _channels(session, [(d.kind, chats[d.id]) for d, _ in rows])
    return [
        _Case(
            delivery=delivery,
            message=message,
            original=originals.get(delivery.edits_delivery_id),
            chat=chats[delivery.id],
            channel=channels.get((delivery.kind, chats[delivery.id] or "")),
            organisation=organisations.get(delivery.organisation_id),
        )
        for delivery, message in rows
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


async def _channels(
    session: AsyncSession, addresses: Sequence[tuple[ChannelKind, str | None]]
) -> dict[tuple[ChannelKind, str], Channel]:
    found = await session.exec(
        select(Channel)
        .where(col(Channel.address).in_({address for _, address in addresses if address}))
        .execution_options(populate_existing=True)
    )
    return {(channel.kind, channel.address): channel for channel in found.all()}


async def _put_aside(
    session: AsyncSession, waiting: Sequence[_Case], void: Sequence[_Case], *, now: datetime
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


async def _turn_into_sends(session: AsyncSession, cases: Sequence[_Case]) -> None:
    for case in cases:
        case.delivery.act, case.delivery.edits_delivery_id = DeliveryAct.SEND, None
    await session.flush()


async def _prepare(
    session: AsyncSession, case: _Case, linking: Linking, *, now: datetime
) -> Marked:
    delivery, content = case.delivery, Content.from_json(case.message.content)
    assert delivery.id is not None
    chat = case.chat or delivery.address
    refused = _objection(case, content)
    if refused is not None:
        return Marked(delivery.id, chat, refused)
    original_id = delivery.edits_delivery_id or delivery.id
    personal = await _personal(session, case, content, original_id, linking, now=now)
    outgoing = Outgoing(
        delivery_id=delivery.id,
        original_id=original_id,
        address=chat,
        act=delivery.act,
        content=fill(content, personal),
        edits_external_id=case.original.external_id
        if case.original is not None and delivery.act is DeliveryAct.EDIT
        else None,
        is_repeat=delivery.is_repeat,
        is_exercise=case.message.is_exercise,
    )
    return Marked(delivery.id, chat, outgoing)


def _objection(case: _Case, content: Content) -> Refused | None:
    delivery, message = case.delivery, case.message
    if case.chat is None:
        return Refused(UNREADABLE)
    if not may_reach(message, case.channel, case.organisation):
        return Refused(EXERCISE_GUARD)
    if not has_form(content, delivery.kind):
        return Refused(NO_FORM)
    closed = case.channel is not None and case.channel.status is ChannelStatus.CLOSED
    # Somebody whose channel was closed and who talks to us again does get an answer.
    if closed and message.kind is not MessageKind.DIALOGUE:
        return Refused("channel_closed")
    linkable = delivery.organisation_id is not None and message.event_id is not None
    if mentions(content, LINK) and not linkable:
        return Refused(NO_LINK)
    own = any(mentions(content, placeholder) for placeholder in (SIGN_IN, OWN_PAGE))
    if own and delivery.person_id is None:
        return Refused(NO_LINK)
    return None


async def _personal(
    session: AsyncSession,
    case: _Case,
    content: Content,
    original_id: int,
    linking: Linking,
    *,
    now: datetime,
) -> Personal:
    """The links of this recipient, made only where the text asks for them."""
    base = linking.base.rstrip("/")

    async def own(placeholder: str, purpose: LinkPurpose, path: str) -> str:
        if not mentions(content, placeholder) or case.delivery.person_id is None:
            return ""
        token = await mint_person_link(session, case.delivery.person_id, purpose, now=now)
        return f"{base}/{path}/{token}"

    link = ""
    if mentions(content, LINK):
        link = await _link(session, case, original_id, linking, now=now)
    organisation = case.organisation
    return Personal(
        link=link,
        internal_contact=(organisation.internal_contact if organisation else None)
        or OWN_INTERNAL_CONTACT,
        sign_in=await own(SIGN_IN, LinkPurpose.SIGN_IN, "aanmelden"),
        own_page=await own(OWN_PAGE, LinkPurpose.OWN_PAGE, "p"),
    )


async def _link(
    session: AsyncSession, case: _Case, original_id: int, linking: Linking, *, now: datetime
) -> str:
    assert case.delivery.organisation_id is not None
    assert case.message.event_id is not None
    token = await mint_link(
        session,
        organisation_id=case.delivery.organisation_id,
        event_id=case.message.event_id,
        delivery_id=original_id,
        now=now,
        days=linking.days,
    )
    return f"{linking.base.rstrip('/')}/o/{token}"
