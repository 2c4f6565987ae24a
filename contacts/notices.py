"""What a coördinator hears of the outbox: grouped, plain, and never about a notice itself."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
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
from contacts.permissions import people_with
from contacts.records import set_many
from contacts.sending import tell_people
from contacts.verdicts import Untold

log = logging.getLogger(__name__)

#: what waits longer than this for a channel that nobody serves is told to a person
UNSERVED_AFTER = timedelta(minutes=10)
#: button data ``unk:<event>:<briefing>``: shows who does not have it, with one to send again
SHOW_UNKNOWN = "unk"
#: button data ``calls:<event>``: shows the list of people to call
OPEN_CALLS = "calls"
AT_ONCE = 1000
#: texts that one notice names
SUBJECTS = 3


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


def about(subjects: list[str]) -> list[str]:
    """The line that says which texts it is about; none where none is known. Pure."""
    if not subjects:
        return []
    return [texts.ABOUT.format(subjects=texts.listed(subjects, at_most=SUBJECTS))]


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
    subjects: list[str],
    *,
    event_id: int | None,
    is_exercise: bool,
    now: datetime,
) -> int:
    """Which organisations to call about which texts, after every channel and the back-up were
    tried; returns how many people hear it."""
    buttons = [] if event_id is None else [Button(texts.OPEN_CALLS, f"{OPEN_CALLS}:{event_id}")]
    content = as_content(
        texts.counted(texts.CALL_LIST_TITLE, len(names)),
        [*about(subjects), texts.counted(texts.CALL_LIST, len(names), names=texts.listed(names))],
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
