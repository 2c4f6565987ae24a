"""The other way to somebody: the next channel when one fails or is uncertain, the back-up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.any_of import any_of
from contacts.claiming import open_address
from contacts.directory import Channel, ChannelKind, Organisation
from contacts.journal import SYSTEM, write_journal
from contacts.messages import URGENT_SEVERITY
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
from contacts.pauses import silent_kinds
from contacts.quiet import QUIET_HOURS, earliest
from contacts.records import ids_of, move_many, read_columns
from contacts.sealing import PREFIX, Sealer, is_sealed
from contacts.sending import Recipient, channels_of, has_form
from contacts.verdicts import Fallback

_ONLY = {Fallback.EMAIL: ChannelKind.EMAIL, Fallback.CHAT: ChannelKind.TELEGRAM}


async def plan_fallback(
    session: AsyncSession,
    delivery: Delivery,
    message: Message,
    way: Fallback,
    *,
    sealer: Sealer | None = None,
    chat: str,
    now: datetime,
    not_before: datetime | None = None,
) -> Delivery | None:
    """Plan the same message on another channel of the same person, not in their quiet hours.

    ``chat`` is the address in the clear. A sealed way back gets a sealed fallback, so that
    the row still does not say who it is (and none without a ``sealer``). None when there is
    no other channel, when the message has no form for it, or when it went there already:
    what is uncertain there must not go there again. ``not_before``: later than now, so long as
    proof of arrival may still come.
    """
    if way is Fallback.NONE or message.status is not MessageStatus.READY:
        return None
    if is_sealed(delivery.address) and sealer is None:
        return None
    person_id = delivery.person_id or await _person_behind(session, delivery, chat)
    if person_id is None or await _has_fallback(session, delivery):
        return None
    channels = await channels_of(session, person_id)
    used = {(delivery.kind, chat), *await _addresses(session, message, channels, sealer)}
    content = Content.from_json(message.content)
    for channel in channels:
        wrong_way = channel.kind is not _ONLY.get(way, channel.kind)
        known = (channel.kind, channel.address) in used
        if wrong_way or known or not has_form(content, channel.kind):
            continue
        wanted = not_before or now
        at = await earliest(session, message, person_id, wanted)
        return await _plan(
            session, delivery, channel, is_backup=delivery.is_backup, sealer=sealer, at=at,
            wanted=wanted, now=now,
        )  # fmt: skip
    return None


async def plan_backup(
    session: AsyncSession, delivery: Delivery, message: Message, *, now: datetime
) -> Delivery | None:
    """Plan the same message for the back-up of the organisation, who is told so; once a version.

    None when there is no back-up, when the back-up got the version anyhow, or has no channel
    that carries it.
    """
    organisation = await session.get(Organisation, delivery.organisation_id)
    backup_id = organisation.backup_person_id if organisation else None
    if backup_id is None or message.status is not MessageStatus.READY:
        return None
    got = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(same_version(message), col(Delivery.person_id) == backup_id)
        .limit(1)
    )
    if got.first() is not None:
        return None
    content = Content.from_json(message.content)
    channels = await channels_of(session, backup_id)
    used = await _addresses(session, message, channels, None)
    for channel in channels:
        if has_form(content, channel.kind) and (channel.kind, channel.address) not in used:
            # Their organisation may be another one; the text and its link are for this one.
            at = await earliest(session, message, backup_id, now)
            return await _plan(
                session, delivery, channel, is_backup=True, sealer=None, at=at, wanted=now, now=now
            )
    return None


_FIRST = aliased(Delivery)
# Their status is left to the move: asked for here, SQLite would walk over all that is planned.
_ELSEWHERE = sql_select(col(Delivery.id)).where(any_of(col(Delivery.fallback_of_id), "of"))
_NO_STEP_YET = _ELSEWHERE.join(_FIRST, col(_FIRST.id) == col(Delivery.fallback_of_id)).where(
    col(_FIRST.escalated_at).is_(None)
)


async def spare_fallbacks(
    session: AsyncSession, delivery_ids: Collection[int], *, now: datetime
) -> int:
    """These arrived: what was still to go by another channel is not needed; returns how many.

    A step that was taken because nobody reacted goes all the same. Arrival is no reaction, and
    with that step gone nothing would come after it.
    """
    return await _stop(session, _NO_STEP_YET, delivery_ids, reason="arrived", now=now)


async def stop_fallbacks(
    session: AsyncSession, delivery_ids: Collection[int], *, reason: str, now: datetime
) -> int:
    """A person settled these: nothing more goes by another channel either, whatever planned it."""
    return await _stop(session, _ELSEWHERE, delivery_ids, reason=reason, now=now)


async def _stop(
    session: AsyncSession, elsewhere: Select[int | None], ids: Collection[int], *, reason: str,
    now: datetime,
) -> int:  # fmt: skip
    if not ids:
        return 0
    found = ids_of(await read_columns(session, elsewhere, {"of": [*ids]}))
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, found,
        DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
        who=SYSTEM, action="fallback_spared", now=now, reason=reason, done_at=now,
    )  # fmt: skip
    return len(moved)


def same_version(message: Message) -> ColumnElement[bool]:
    """Messages of the same version: its texts differ per audience, the news does not."""
    if message.briefing_id is None:
        return col(Message.id) == message.id
    return col(Message.briefing_id) == message.briefing_id


async def _plan(
    session: AsyncSession,
    instead_of: Delivery,
    channel: Recipient,
    *,
    is_backup: bool,
    sealer: Sealer | None,
    at: datetime,
    wanted: datetime,
    now: datetime,
) -> Delivery:
    person_id, address = channel.person_id, channel.address
    if sealer is not None and is_sealed(instead_of.address):
        person_id, address = None, sealer.seal(address)
    fallback = Delivery(
        message_id=instead_of.message_id,
        person_id=person_id,
        organisation_id=instead_of.organisation_id,
        kind=channel.kind,
        address=address,
        fallback_of_id=instead_of.id,
        priority=instead_of.priority,
        is_repeat=instead_of.is_repeat,
        is_backup=is_backup,
        not_before=at,
        reason=QUIET_HOURS if at > wanted else None,
        is_exercise=instead_of.is_exercise,
        planned_at=now,
    )
    session.add(fallback)
    await session.flush()
    write_journal(
        session,
        who=SYSTEM,
        action="backup_planned" if is_backup else "fallback_planned",
        subject=f"delivery:{fallback.id}",
        detail={
            "fallback_of": instead_of.id,
            "channel": channel.kind.value,
            "not_before": at.isoformat(),
        },
        now=now,
    )
    return fallback


async def _person_behind(session: AsyncSession, delivery: Delivery, address: str) -> int | None:
    found = await session.exec(
        select(Channel.person_id).where(
            col(Channel.kind) == delivery.kind,
            col(Channel.address) == address,
            col(Channel.is_exercise) == delivery.is_exercise,
        )
    )
    return found.one_or_none()


async def _has_fallback(session: AsyncSession, delivery: Delivery) -> bool:
    found = await session.exec(
        select(Delivery.id).where(col(Delivery.fallback_of_id) == delivery.id).limit(1)
    )
    return found.first() is not None


async def _addresses(
    session: AsyncSession, message: Message, wanted: Collection[Recipient], sealer: Sealer | None
) -> set[tuple[ChannelKind, str]]:
    """Which of the wanted addresses the message goes or went to, in the clear.

    A sealed address differs each time: those have to be opened one by one. The kinds are named
    because the index has them before the address: without them it walks over all who had the text.
    """
    if not wanted:
        return set()
    theirs: ColumnElement[bool] = col(Delivery.address).in_([one.address for one in wanted])
    if sealer is not None:
        theirs = theirs | col(Delivery.address).startswith(PREFIX)
    found = await session.exec(
        select(Delivery.kind, Delivery.address).where(
            col(Delivery.message_id) == message.id,
            col(Delivery.kind).in_({one.kind for one in wanted}),
            theirs,
        )
    )
    rows = [(ChannelKind(kind), address) for kind, address in found.all()]
    if sealer is None:
        return set(rows)
    opened = [(kind, open_address(address, kind, sealer)) for kind, address in rows]
    return {(kind, address) for kind, address in opened if address is not None}


async def plan_pressing_elsewhere(
    session: AsyncSession, kind: ChannelKind, *, sealer: Sealer, now: datetime
) -> int:
    """While a channel is paused: its waiting alerts go by the other kind as well, at once.

    So do requests to approve and urgent notices when the pause is one of which people are told;
    after a pause of seconds they are there before anybody opened the other. All keep their place:
    the other kind may not be set up here, and the chat has the buttons.
    """
    pressing: ColumnElement[bool] = col(Message.kind) == MessageKind.ALERT
    if kind in await silent_kinds(session, now=now):
        urgent = col(Message.severity) >= URGENT_SEVERITY
        pressing |= col(Message.kind) == MessageKind.APPROVAL
        pressing |= (col(Message.kind) == MessageKind.NOTICE) & urgent
    elsewhere = aliased(Delivery)
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            pressing,
            col(Message.status) == MessageStatus.READY,
            col(Delivery.kind) == kind,
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.not_before) <= now,
            # Every half second, for as long as the pause lasts.
            ~select(elsewhere.id).where(col(elsewhere.fallback_of_id) == Delivery.id).exists(),
        )
    )
    other = Fallback.EMAIL if kind is ChannelKind.TELEGRAM else Fallback.CHAT
    planned = 0
    for delivery, message in found.all():
        chat = open_address(delivery.address, delivery.kind, sealer)
        if chat is not None and await plan_fallback(
            session, delivery, message, other, sealer=sealer, chat=chat, now=now
        ):
            planned += 1
    return planned
