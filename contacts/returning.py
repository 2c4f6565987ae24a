"""Whoever stopped messages in a chat by themselves may come back there, by their own word.

Not where they have another phone by now: the old one may be lost.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Person

#: why a channel is closed whose person ended it; nobody else opens it again
STOPPED = "stopped"
#: ``/start weer`` asks, ``/start ja`` is the yes
AGAIN, YES = "weer", "ja"
WORDS = frozenset({AGAIN, YES})


async def who_stopped(session: AsyncSession, chats: Collection[int]) -> dict[int, bool]:
    """Those of these chats whose person stopped, is still on the list and has no other chat; and
    whether that was in an exercise alone."""
    found = await session.exec(
        select(Channel.address, Channel.is_exercise)
        .join(Person, col(Person.id) == col(Channel.person_id))
        .where(*_stopped(), col(Channel.address).in_([str(chat) for chat in chats]))
    )
    stopped: dict[int, bool] = {}
    for address, is_exercise in found.all():
        stopped[int(address)] = stopped.get(int(address), True) and is_exercise
    return stopped


async def only_in_exercises(session: AsyncSession, chat: int) -> bool:
    """Whether this chat is listed, and never for anybody real: nothing real may be said there."""
    found = await session.exec(
        select(Channel.is_exercise).where(
            col(Channel.kind) == ChannelKind.TELEGRAM, col(Channel.address) == str(chat)
        )
    )
    worlds = found.all()
    return bool(worlds) and all(worlds)


async def person_who_stopped(session: AsyncSession, chat: int) -> Person | None:
    """Whose chat this was, their real self first; None when they did not stop it themselves, or
    are reached in another chat."""
    found = await session.exec(
        select(Person)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(*_stopped(), col(Channel.address) == str(chat))
        .order_by(col(Person.is_exercise))
    )
    return found.first()


def _stopped() -> tuple[ColumnElement[bool], ...]:
    other = aliased(Channel)
    elsewhere = (
        select(other.id)
        .where(
            col(other.person_id) == col(Channel.person_id),
            col(other.kind) == ChannelKind.TELEGRAM,
            col(other.status) == ChannelStatus.ACTIVE,
        )
        .exists()
    )
    return (
        col(Channel.kind) == ChannelKind.TELEGRAM,
        col(Channel.status) == ChannelStatus.CLOSED,
        col(Channel.closed_reason) == STOPPED,
        col(Person.left_at).is_(None),
        ~elsewhere,
    )
