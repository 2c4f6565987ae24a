"""What a coördinator hears of deliveries that went wrong: one notice, with whom to call."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts import texts
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.notices import (
    AT_ONCE,
    OPEN_CALLS,
    SHOW_UNKNOWN,
    about,
    as_content,
    tell_coordinators,
)
from contacts.outbox import (
    DISTRIBUTED,
    Button,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.overdue import MUST_ARRIVE
from contacts.people import organisation_names
from contacts.records import ids_of, set_many
from contacts.sealing import is_sealed
from contacts.verdicts import MAY_BE_THERE, Untold

log = logging.getLogger(__name__)

#: so long we wait for somebody who can hear of a failure, by whether it is of an exercise
UNTOLD_FOR = {False: timedelta(days=7), True: timedelta(hours=1)}
#: what nobody tries again by the same way, so that somebody may have to call
GIVEN_UP = (Untold.REFUSED, Untold.EXHAUSTED, Untold.IMPOSSIBLE, Untold.BOUNCED)
#: characters of a button that a phone still shows
LABEL = 60


async def tell_failures(
    session: AsyncSession, *, now: datetime, avoid: ChannelKind | None = None
) -> tuple[int, int]:
    """One notice per world for all that went wrong and was not told yet.

    Returns how many were told, and how many are left because nobody can hear it now. What is told
    is marked in the same transaction, so nothing is told twice or forgotten. ``avoid``: a kind of
    channel that does not work now.
    """
    told = left = 0
    for is_exercise in (False, True):
        found = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Delivery.untold).is_not(None), col(Message.is_exercise) == is_exercise)
            .order_by(col(Delivery.id))
            .limit(AT_ONCE)
        )
        rows = found.all()
        if not rows:
            continue
        content = await _failures(session, rows)
        if await tell_coordinators(
            session, content, is_exercise=is_exercise, avoid=avoid, is_urgent=True, now=now
        ):
            told += len(rows)
            ids = ids_of(delivery for delivery, _ in rows)
            await set_many(
                session, Delivery, ids, who=SYSTEM, action="failures_told", now=now, untold=None
            )
        else:
            left += len(rows) - await _let_go(session, rows, is_exercise=is_exercise, now=now)
    return told, left


async def _let_go(
    session: AsyncSession, rows: Sequence[tuple[Delivery, Message]], *, is_exercise: bool,
    now: datetime,
) -> int:  # fmt: skip
    """What nobody could hear for so long is history, for one of an exercise that is over."""
    before = now - UNTOLD_FOR[is_exercise]
    old = [d for d, _ in rows if (d.done_at or d.not_before) <= before]
    if not old:
        return 0
    log.warning("Nobody could hear of failures", extra={"action": "untold", "count": len(old)})
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id).in_(ids_of(old)))
        .values(untold=None)
        .execution_options(synchronize_session=False)
    )
    return len(old)


async def _failures(session: AsyncSession, rows: Sequence[tuple[Delivery, Message]]) -> Content:
    deliveries = [delivery for delivery, _ in rows]
    tally = Counter(delivery.untold or "" for delivery in deliveries)
    # Where an old text stands is no failure that another channel mends.
    failed = [delivery for delivery in deliveries if delivery.untold != Untold.OLD_TEXT]
    replaced = await _replaced(session, failed)
    there = await _there_already(session, failed) - replaced
    lines = [
        *about(subjects_of(message for _, message in rows)),
        *(texts.counted(texts.FAILURES[what], n) for what, n in tally.items()),
    ]
    if replaced:
        lines.append(texts.counted(texts.REPLACED, len(replaced)))
    if there:
        lines.append(texts.counted(texts.THERE_ALREADY, len(there)))
    settled = replaced | there
    missed = [
        (d, m)
        for d, m in rows
        if d.id not in settled and d.untold not in MAY_BE_THERE and not is_sealed(d.address)
    ]
    lost = [d for d, _ in missed]
    if names := await _organisations(session, lost):
        lines.append(texts.NOT_REACHED.format(names=texts.listed(names)))
    calls = _to_call(missed)
    if calls:
        lines.append(texts.SOON_LISTED)
    old = [d for d in deliveries if d.untold == Untold.OLD_TEXT]
    if names := await _organisations(session, old):
        lines.append(texts.OLD_TEXT.format(names=texts.listed(names)))
    # Whose answer it was stays sealed; that its organisation told something, readers know.
    answers = [
        d
        for d, m in rows
        if m.kind is MessageKind.FEEDBACK and d.id not in settled and d.untold not in MAY_BE_THERE
    ]
    if names := await _organisations(session, [d for d in answers if is_sealed(d.address)]):
        lines.append(texts.ANSWER_LOST.format(names=texts.listed(names)))
    return as_content(
        texts.counted(texts.FAILURES_TITLE, len(rows)),
        lines,
        [*calls, *_buttons(rows)],
    )


def _to_call(missed: Sequence[tuple[Delivery, Message]]) -> list[Button]:
    """The list of each event that it may bring somebody on; named where there are several. Pure."""
    events: dict[int, list[Message]] = {}
    for delivery, message in missed:
        may_be_called = delivery.untold in GIVEN_UP and message.kind in MUST_ARRIVE
        if may_be_called and delivery.person_id is not None and message.event_id is not None:
            events.setdefault(message.event_id, []).append(message)
    buttons = []
    for event_id, messages in events.items():
        subjects = subjects_of(messages) if len(events) > 1 else []
        label = texts.CALLS_OF.format(subject=subjects[0]) if subjects else texts.OPEN_CALLS
        buttons.append(Button(label[:LABEL], f"{OPEN_CALLS}:{event_id}"))
    return buttons


def subjects_of(messages: Iterable[Message]) -> list[str]:
    """What texts to organisations are called, each once; of one whose words are gone nothing.
    Pure."""
    contents = [
        Content.from_json(message.content) for message in messages if message.kind in DISTRIBUTED
    ]
    return list(dict.fromkeys(one.email.subject for one in contents if one.email))


def _buttons(rows: Sequence[tuple[Delivery, Message]]) -> list[Button]:
    briefings = {
        (m.event_id, m.briefing_id)
        for d, m in rows
        if d.untold == Untold.UNKNOWN and m.event_id is not None and m.briefing_id is not None
    }
    return [
        Button(text=texts.SHOW_UNKNOWN, data=f"{SHOW_UNKNOWN}:{event_id}:{briefing_id}")
        for event_id, briefing_id in sorted(briefings)
    ]


async def _replaced(session: AsyncSession, deliveries: Sequence[Delivery]) -> set[int]:
    other = aliased(Delivery)
    found = await session.exec(
        select(other.fallback_of_id).where(
            col(other.fallback_of_id).in_(ids_of(deliveries)),
            col(other.status) != DeliveryStatus.FAILED,
        )
    )
    return {ident for ident in found.all() if ident is not None}


async def _there_already(session: AsyncSession, deliveries: Sequence[Delivery]) -> set[int]:
    """Whose reader has the same message by another channel."""
    other = aliased(Delivery)
    found = await session.exec(
        select(Delivery.id)
        .join(other, col(other.message_id) == col(Delivery.message_id))
        .where(
            col(Delivery.id).in_(ids_of(deliveries)),
            (col(other.person_id) == col(Delivery.person_id))
            | (col(other.id) == col(Delivery.fallback_of_id)),
            col(other.is_backup) == col(Delivery.is_backup),
            col(other.act) == DeliveryAct.SEND,
            col(other.status) == DeliveryStatus.SENT,
            col(Delivery.act) == DeliveryAct.SEND,
        )
    )
    return {ident for ident in found.all() if ident is not None}


async def _organisations(session: AsyncSession, deliveries: Sequence[Delivery]) -> list[str]:
    ids = {d.organisation_id for d in deliveries if d.organisation_id is not None}
    return await organisation_names(session, ids)
