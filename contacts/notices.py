"""What a coördinator hears of the outbox: grouped, plain, and never about a notice itself."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contacts import texts
from contacts.directory import ChannelKind, Role
from contacts.journal import SYSTEM
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import (
    Button,
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    MessageStatus,
    TelegramForm,
)
from contacts.people import organisation_names
from contacts.permissions import people_with
from contacts.records import ids_of, set_many
from contacts.sealing import is_sealed
from contacts.sending import tell_people
from contacts.verdicts import MAY_BE_THERE, Untold

log = logging.getLogger(__name__)

#: what waits longer than this for a channel that nobody serves is told to a person
UNSERVED_AFTER = timedelta(minutes=10)
#: button data ``unk:<event>:<briefing>``: shows who does not have it, with one to send again
SHOW_UNKNOWN = "unk"
#: button data ``calls:<event>``: shows the list of people to call
OPEN_CALLS = "calls"
AT_ONCE = 1000
#: so long we wait for somebody who can hear of a failure, by whether it is of an exercise
UNTOLD_FOR = {False: timedelta(days=7), True: timedelta(hours=1)}


def as_content(title: str, lines: Sequence[str], buttons: Sequence[Button] = ()) -> Content:
    """A notice in both forms; title and lines are plain text."""
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{escape(title)}</b>", *map(escape, lines)]),
            buttons=[[button] for button in buttons],
        ),
        email=EmailForm(
            subject=title[:60],
            text="\n\n".join(lines) + "\n",
            html="".join(f"<p>{escape(line)}</p>" for line in lines),
        ),
    )


async def tell_coordinators(
    session: AsyncSession, content: Content, *, is_exercise: bool, now: datetime,
    avoid: ChannelKind | None = None, may_rest: bool = False, is_urgent: bool = False,
) -> int:  # fmt: skip
    """A notice to every coördinator, or to the beheerders when there is none.

    What is urgent goes another way as well when its channel is silent or unsure.
    """
    for role in (Role.COORDINATOR, Role.ADMIN):
        people = await people_with(session, role, is_exercise=is_exercise)
        told = await tell_people(
            session, people, content,
            kind=MessageKind.NOTICE, severity=URGENT_SEVERITY if is_urgent else 0,
            may_rest=may_rest, is_exercise=is_exercise, avoid=avoid, now=now,
        )  # fmt: skip
        if told:
            return len(told)
    return 0


def unserved(kinds: Collection[ChannelKind], *, now: datetime) -> SelectOfScalar[Any]:
    """What waits for one of these kinds of channel, which nobody serves, and was not told yet."""
    return (
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.kind).in_(kinds),
            col(Delivery.not_before) <= now - UNSERVED_AFTER,
            func.coalesce(col(Delivery.reason), "") != Untold.UNSERVED.value,
            col(Message.status) == MessageStatus.READY,
            col(Message.kind) != MessageKind.NOTICE,
        )
    )


async def find_unserved(
    session: AsyncSession, kinds: Collection[ChannelKind], *, now: datetime
) -> None:
    """Let the next notice name what waits for a channel without a lane, once per delivery."""
    found = await session.exec(unserved(kinds, now=now).limit(AT_ONCE))
    ids = [ident for ident in found.all() if ident is not None]
    await set_many(
        session, Delivery, ids, who=SYSTEM, action="deliveries_unserved", now=now,
        untold=Untold.UNSERVED.value, reason=Untold.UNSERVED.value,
    )  # fmt: skip


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
    replaced = await _replaced(session, deliveries)
    lines = [texts.counted(texts.FAILURES[what], n) for what, n in tally.items()]
    if replaced:
        lines.append(texts.counted(texts.REPLACED, len(replaced)))
    lost = [
        d
        for d in deliveries
        if d.id not in replaced and d.untold not in MAY_BE_THERE and not is_sealed(d.address)
    ]
    if names := await _organisations(session, lost):
        lines.append(texts.NOT_REACHED.format(names=texts.listed(names)))
    old = [d for d in deliveries if d.untold == Untold.OLD_TEXT]
    if names := await _organisations(session, old):
        lines.append(texts.OLD_TEXT.format(names=texts.listed(names)))
    # Whose answer it was stays sealed; that its organisation told something, readers know.
    answers = [
        d
        for d, m in rows
        if m.kind is MessageKind.FEEDBACK and d.id not in replaced and d.untold not in MAY_BE_THERE
    ]
    if names := await _organisations(session, [d for d in answers if is_sealed(d.address)]):
        lines.append(texts.ANSWER_LOST.format(names=texts.listed(names)))
    return as_content(texts.counted(texts.FAILURES_TITLE, len(rows)), lines, _buttons(rows))


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


async def _organisations(session: AsyncSession, deliveries: Sequence[Delivery]) -> list[str]:
    ids = {d.organisation_id for d in deliveries if d.organisation_id is not None}
    return await organisation_names(session, ids)


async def tell_everywhere(
    session: AsyncSession, content: Content, *, avoid: ChannelKind | None, now: datetime
) -> int:
    """What both worlds share, such as a channel: the coördinatoren of both hear of it.

    Returns how many people that are. Where those of the real world cannot be reached now, it is
    nobody: who plays would hear it again each time that it is tried.
    """
    told = await tell_coordinators(
        session, content, is_exercise=False, avoid=avoid, is_urgent=True, now=now
    )
    if not told:
        for role in (Role.COORDINATOR, Role.ADMIN):
            if await people_with(session, role, is_exercise=False):
                return 0
    return told + await tell_coordinators(
        session, content, is_exercise=True, avoid=avoid, is_urgent=True, now=now
    )


async def tell_call_list(
    session: AsyncSession,
    names: list[str],
    *,
    event_id: int | None,
    is_exercise: bool,
    now: datetime,
) -> int:
    """Which organisations to call, after every channel and the back-up were tried; returns how
    many people hear it."""
    buttons = [] if event_id is None else [Button(texts.OPEN_CALLS, f"{OPEN_CALLS}:{event_id}")]
    content = as_content(
        texts.counted(texts.CALL_LIST_TITLE, len(names)),
        [texts.counted(texts.CALL_LIST, len(names), names=texts.listed(names))],
        buttons,
    )
    return await tell_coordinators(
        session, content, is_exercise=is_exercise, is_urgent=True, now=now
    )


async def tell_still_halted(
    session: AsyncSession, messages: int, *, is_exercise: bool, now: datetime
) -> int:
    """Urgent messages that nobody let go on, nor cancelled, since they were halted; returns how
    many people hear it."""
    content = as_content(
        texts.counted(texts.STILL_HALTED_TITLE, messages),
        [texts.counted(texts.STILL_HALTED, messages)],
    )
    return await tell_coordinators(
        session, content, is_exercise=is_exercise, is_urgent=True, now=now
    )
