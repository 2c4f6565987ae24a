"""A group around an event, begun and joined, for the tests of them."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.permissions import Actor, load_actor
from feeds.rows import Event, EventStatus
from signals.helping import HelpRefused
from signals.peer_groups import (
    Begun,
    ask_in,
    begin_group,
    say_yes,
)
from signals.peer_rows import PeerTopic
from signals.peer_views import my_groups
from signals.settings import SignalSettings
from tests.helping import consent, reached
from tests.partner_world import SEALER, Chat, an_event

NAME = "Ouderavond in de wijk"


async def told(chat: Chat, *people: int | None) -> int:
    """A running event of which these members' organisations got something."""
    event = await an_event(chat)
    for person in people:
        await reached(chat, person or 0, event)
    return event


async def actor_of(session: AsyncSession, person_id: int | None) -> Actor:
    actor = await load_actor(session, person_id or 0)
    assert actor is not None
    return actor


async def begun(chat: Chat, person: int | None, event: int, words: str = "") -> int:
    async with chat.db.begin() as session:
        await consent(session, person or 0, chat.now)
        made = await begin_group(
            session, event, PeerTopic.OWN if words else PeerTopic.PARENTS, words,
            actor=await actor_of(session, person), sealer=SEALER, settings=SignalSettings(),
            now=chat.now,
        )  # fmt: skip
    assert isinstance(made, Begun), made
    return made.group_id


async def asked(chat: Chat, group: int, by: int | None, other: int) -> HelpRefused | None:
    async with chat.db.begin() as session:
        return await ask_in(
            session, group, other, event_name="Gebeurtenis", actor=await actor_of(session, by),
            sealer=SEALER, now=chat.now,
        )  # fmt: skip


async def said_yes(chat: Chat, group: int, person: int) -> HelpRefused | None:
    async with chat.db.begin() as session:
        return await say_yes(session, group, actor=await actor_of(session, person), now=chat.now)


async def seen_by(chat: Chat, person: int | None) -> list[list[str]]:
    """Whom this member sees, by group."""
    async with chat.db.read() as session:
        groups = await my_groups(session, await actor_of(session, person), sealer=SEALER)
        return [[one.name for one in group.members] for group in groups]


async def ended(chat: Chat, event: int) -> None:
    async with chat.db.begin() as session:
        row = await session.get_one(Event, event)
        row.status = EventStatus.CLOSED
        session.add(row)
