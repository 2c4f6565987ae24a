"""As whom somebody speaks who is in the real world and in an exercise with one telephone.

A button belongs to the world of its message, an answer to that of its question. The rest is the
exercise, for as long as they take part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import Tap
from bot.inbox import Selves, self_of, selves_of
from bot.rows import Conversation, UpdateKind
from contacts.outbox import Delivery
from contacts.permissions import Actor


@dataclass(frozen=True, slots=True)
class Said:
    """What came in, and the question that was open."""

    kind: UpdateKind
    text: str | None
    tap: Tap | None
    talk: Conversation | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """``talk``: the open question of this self; ``elsewhere``: that of the other, to be replaced
    and never answered."""

    actor: Actor | None
    talk: Conversation | None = None
    elsewhere: Conversation | None = None


async def who_speaks(
    session: AsyncSession,
    chat: int,
    said: Said,
    known: Mapping[int, Selves] | None = None,
) -> Speaker:
    """:param known: who is behind the chats of a batch; else it is read."""
    selves = (await selves_of(session, [chat]) if known is None else known).get(chat, Selves())
    world = await _world_of(session, said) if selves.is_both else None
    actor = self_of(selves, is_exercise=world)
    # Also of who is only in one world now: a question of an exercise that is over is not real.
    if said.talk is not None and actor is not None and said.talk.is_exercise != actor.is_exercise:
        return Speaker(actor, None, said.talk)
    return Speaker(actor, said.talk)


async def _world_of(session: AsyncSession, said: Said) -> bool | None:
    """True: the exercise; None: neither."""
    if said.kind is UpdateKind.MEMBERSHIP:
        return False  # a telephone that is gone is gone for the city first
    if said.tap is not None and said.tap.delivery_id is not None:
        delivery = await session.get(Delivery, said.tap.delivery_id)
        return None if delivery is None else delivery.is_exercise
    if said.kind is UpdateKind.COMMAND:
        return None  # it begins something, or is the way out; it answers no open question
    return None if said.talk is None else said.talk.is_exercise
