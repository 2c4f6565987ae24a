"""The other way to somebody: the next channel when one fails, and when nobody reacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import open_address
from contacts.directory import Channel, ChannelKind, Organisation
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.messages import URGENT_SEVERITY
from contacts.notices import tell_call_list, tell_still_halted
from contacts.outbox import (
    Acknowledgement,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database, ids_of
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient, channels_of, has_form
from contacts.settings import SendingSettings
from contacts.verdicts import Fallback

#: kinds whose silence is followed up when urgent
FOLLOWED_UP = (MessageKind.BRIEFING, MessageKind.UPDATE, MessageKind.CORRECTION)
#: what is older than this is history, not an alarm
ESCALATE_WITHIN = timedelta(hours=24)
AT_ONCE = 500
STILL_HALTED = "still_halted_told"


async def plan_fallback(
    session: AsyncSession,
    delivery: Delivery,
    message: Message,
    way: Fallback,
    *,
    sealer: Sealer | None = None,
    chat: str,
    now: datetime,
) -> Delivery | None:
    """Plan the same message on another channel of the same person.

    ``chat`` is the address in the clear. A sealed way back gets a sealed fallback, so that
    the row still does not say who it is (and none without a ``sealer``). None when there is
    no other channel, when the message has no form for it, or when it went there already:
    what is uncertain there must not go there again.
    """
    if way is Fallback.NONE or message.status is not MessageStatus.READY:
        return None
    if is_sealed(delivery.address) and sealer is None:
        return None
    person_id = delivery.person_id or await _person_behind(session, delivery.kind, chat)
    if person_id is None or await _has_fallback(session, delivery):
        return None
    used = {(delivery.kind, chat), *await _addresses(session, message, sealer)}
    content = Content.from_json(message.content)
    for channel in await channels_of(session, person_id):
        wrong_way = way is Fallback.EMAIL and channel.kind is not ChannelKind.EMAIL
        known = (channel.kind, channel.address) in used
        if wrong_way or known or not has_form(content, channel.kind):
            continue
        return await _plan(session, delivery, channel, sealer=sealer, now=now)
    return None


async def _plan(
    session: AsyncSession,
    instead_of: Delivery,
    channel: Recipient,
    *,
    sealer: Sealer | None,
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
        not_before=now,
        is_exercise=instead_of.is_exercise,
        planned_at=now,
    )
    session.add(fallback)
    await session.flush()
    write_journal(
        session,
        who=SYSTEM,
        action="fallback_planned",
        subject=f"delivery:{fallback.id}",
        detail={"fallback_of": instead_of.id, "channel": channel.kind.value},
        now=now,
    )
    return fallback


async def _person_behind(session: AsyncSession, kind: ChannelKind, address: str) -> int | None:
    found = await session.exec(
        select(Channel.person_id).where(col(Channel.kind) == kind, col(Channel.address) == address)
    )
    return found.one_or_none()


async def _has_fallback(session: AsyncSession, delivery: Delivery) -> bool:
    found = await session.exec(
        select(Delivery.id).where(col(Delivery.fallback_of_id) == delivery.id).limit(1)
    )
    return found.first() is not None


async def _addresses(
    session: AsyncSession, message: Message, sealer: Sealer | None
) -> set[tuple[ChannelKind, str]]:
    """Where the message goes or went, in the clear: a sealed address differs each time."""
    found = await session.exec(
        select(Delivery.kind, Delivery.address).where(col(Delivery.message_id) == message.id)
    )
    rows = [(ChannelKind(kind), address) for kind, address in found.all()]
    if sealer is None:
        return set(rows)
    opened = [(kind, open_address(address, kind, sealer)) for kind, address in rows]
    return {(kind, address) for kind, address in opened if address is not None}


async def plan_alerts_elsewhere(
    session: AsyncSession, kind: ChannelKind, *, sealer: Sealer, now: datetime
) -> int:
    """While a channel is paused: its waiting alerts go by e-mail as well, at once."""
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Delivery.kind) == kind,
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.not_before) <= now,
        )
    )
    planned = 0
    for delivery, message in found.all():
        fallback = await plan_fallback(
            session, delivery, message, Fallback.EMAIL,
            sealer=sealer, chat=delivery.address, now=now,
        )  # fmt: skip
        planned += fallback is not None
    return planned


async def escalate_due(db: Database, settings: SendingSettings, *, now: datetime) -> int:
    """Follow up on urgent briefings that nobody acknowledged in time; returns how many.

    1. A delivery that went out ``escalate_after_min`` ago without an acknowledgement by its
       person is planned on the person's next channel, once.
    2. Who has no other channel, or stayed silent there too, comes on the list of people to
       call, which goes to the coördinatoren in one notice.
    3. A message that was halted so long ago reaches nobody; the coördinatoren hear it again.
    """
    async with db.begin() as session:
        silent = await _silent(session, settings, now=now)
        to_call: dict[bool, list[int | None]] = {}
        for delivery, message in silent:
            fallback = None
            if delivery.fallback_of_id is None:
                fallback = await plan_fallback(
                    session, delivery, message, Fallback.NEXT,
                    chat=delivery.address, now=now,
                )  # fmt: skip
            if fallback is None and not await _asked_elsewhere(session, delivery):
                to_call.setdefault(message.is_exercise, []).append(delivery.organisation_id)
        await _mark_escalated(session, [delivery for delivery, _ in silent], now=now)
        for is_exercise, organisation_ids in to_call.items():
            names = await _names(session, organisation_ids)
            await tell_call_list(
                session, len(organisation_ids), names, is_exercise=is_exercise, now=now
            )
        return len(silent) + await _tell_halted(session, settings, now=now)


async def _tell_halted(session: AsyncSession, settings: SendingSettings, *, now: datetime) -> int:
    found = await session.exec(
        select(Message)
        .where(
            col(Message.status) == MessageStatus.HALTED,
            col(Message.kind).in_([*FOLLOWED_UP, MessageKind.RETRACTION]),
            col(Message.severity) >= URGENT_SEVERITY,
            col(Message.send_at) > now - ESCALATE_WITHIN,
            col(Message.send_at) <= now,
        )
        .order_by(col(Message.id))
    )
    halted = {f"message:{message.id}": message for message in found.all()}
    since = await _journalled(session, "message_halted", halted)
    told = await _journalled(session, STILL_HALTED, halted)
    late = {
        subject: halted[subject]
        for subject, at in since.items()
        if at <= now - timedelta(minutes=settings.escalate_after_min)
        and (subject not in told or told[subject] < at)
    }
    for is_exercise in (False, True):
        count = sum(message.is_exercise is is_exercise for message in late.values())
        if count:
            await tell_still_halted(session, count, is_exercise=is_exercise, now=now)
    for subject in late:
        write_journal(session, who=SYSTEM, action=STILL_HALTED, subject=subject, now=now)
    return len(late)


async def _journalled(
    session: AsyncSession, action: str, subjects: Collection[str]
) -> dict[str, datetime]:
    """When this last happened to each of them."""
    found = await session.exec(
        select(JournalEntry.subject, func.max(col(JournalEntry.at)))
        .where(col(JournalEntry.action) == action, col(JournalEntry.subject).in_(subjects))
        .group_by(col(JournalEntry.subject))
    )
    return dict(found.all())


async def _silent(
    session: AsyncSession, settings: SendingSettings, *, now: datetime
) -> Sequence[tuple[Delivery, Message]]:
    other = aliased(Delivery)
    acknowledged = (
        select(Acknowledgement.id)
        .join(other, col(other.id) == col(Acknowledgement.delivery_id))
        .where(
            col(other.message_id) == col(Delivery.message_id),
            col(other.person_id) == col(Delivery.person_id),
        )
        .exists()
    )
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind).in_(FOLLOWED_UP),
            col(Message.severity) >= URGENT_SEVERITY,
            col(Message.status) == MessageStatus.READY,
            col(Message.send_at) > now - ESCALATE_WITHIN,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(
                [DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.PLANNED]
            ),
            col(Delivery.not_before) <= now - timedelta(minutes=settings.escalate_after_min),
            col(Delivery.escalated_at).is_(None),
            col(Delivery.person_id).is_not(None),
            ~acknowledged,
        )
        .order_by(col(Delivery.id))
        .limit(AT_ONCE)
    )
    return [(delivery, message) for delivery, message in found.all()]


async def _asked_elsewhere(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether a fallback of this delivery is still waiting for its own answer."""
    found = await session.exec(
        select(Delivery.id).where(
            col(Delivery.fallback_of_id) == delivery.id,
            col(Delivery.status) != DeliveryStatus.FAILED,
        )
    )
    return found.first() is not None


async def _mark_escalated(
    session: AsyncSession, deliveries: Sequence[Delivery], *, now: datetime
) -> None:
    if not deliveries:
        return
    ids = ids_of(deliveries)
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id).in_(ids))
        .values(escalated_at=now)
        .execution_options(synchronize_session=False)
    )
    write_journal(
        session, who=SYSTEM, action="deliveries_escalated", subject="delivery",
        detail={"ids": ids}, now=now,
    )  # fmt: skip


async def _names(session: AsyncSession, organisation_ids: Sequence[int | None]) -> list[str]:
    found = await session.exec(
        select(Organisation.name)
        .where(col(Organisation.id).in_({i for i in organisation_ids if i is not None}))
        .order_by(col(Organisation.name))
    )
    return list(found.all())
