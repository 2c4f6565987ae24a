"""One address of a real person, lent to whom they play from the start of the clock to the end.

Only the address of the yes: what a person answered in Telegram says nothing about a mailbox that
others read, too. Who leads or approves does so in Telegram, so they lend that.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise import seat_texts as texts
from bot.exercise.rows import SEAT_MOVES, Seat, SeatRole, SeatStatus
from bot.rows import Conversation
from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person, Role
from contacts.journal import SYSTEM, Who
from contacts.people import grant, mark_left, open_channel
from contacts.records import move
from contacts.sending import channels_of

log = logging.getLogger(__name__)

RIGHTS = {SeatRole.COORDINATOR: Role.COORDINATOR, SeatRole.APPROVER: Role.APPROVER}


async def ways_of(session: AsyncSession, person_id: int, role: SeatRole) -> Sequence[Channel]:
    """The addresses that somebody could play this role at, the one to try first in front."""
    query = select(Channel).where(
        col(Channel.person_id) == person_id,
        col(Channel.status) == ChannelStatus.ACTIVE,
        col(Channel.is_exercise).is_(False),
    )
    if role in RIGHTS:
        query = query.where(col(Channel.kind) == ChannelKind.TELEGRAM)
    return (await session.exec(query.order_by(col(Channel.rank), col(Channel.id)))).all()


async def way_of_yes(session: AsyncSession, seat: Seat, chat: int | None = None) -> Channel | None:
    """The one address that a yes lends: that of the chat, or else the one that was asked.

    When that is closed, the one to which the question went instead; None when there is none.
    """
    ways = await ways_of(session, seat.person_id, seat.role)
    if chat is not None:
        here = (ChannelKind.TELEGRAM, str(chat))
        return next((one for one in ways if (one.kind, one.address) == here), None)
    asked = next((one for one in ways if one.id == seat.channel_id), None)
    return asked or next(iter(ways), None)


async def lend(session: AsyncSession, seat: Seat, *, now: datetime) -> Person | None:
    """Whom they play, from now on; None, and out, when the address does not work any more."""
    ways = await ways_of(session, seat.person_id, seat.role)
    own = next((one for one in ways if one.id == seat.channel_id), None)
    if own is not None:
        person = await session.get_one(Person, seat.person_id)
        player = await _player(session, person, now=now)
        seat.player_id = player.id
        session.add(seat)
        if (right := RIGHTS.get(seat.role)) is not None:
            await grant(session, player.id or 0, right, who=SYSTEM, now=now)
        if await open_channel(
            session, player, own.kind, own.address, rank=0, is_lent=True, now=now
        ):
            return player
    log.warning("Nothing to lend", extra={"action": "exercise_seat_unreachable", "id": seat.id})
    await take_out(session, seat, SeatStatus.LEFT, who=SYSTEM, now=now)
    return None


async def take_out(
    session: AsyncSession, seat: Seat, status: SeatStatus, *, who: Who, now: datetime
) -> None:
    """Out: whom they played leaves, and their address is only their own again."""
    await move(
        session, SEAT_MOVES, seat, status, who=who, action=f"exercise_seat_{status.value}", now=now
    )
    if seat.player_id is None:
        return
    player = await session.get_one(Person, seat.player_id)
    await _drop_questions(session, player)
    await mark_left(session, player, who=who, now=now, reads_on=True)


async def _drop_questions(session: AsyncSession, player: Person) -> None:
    """What they were half way telling in the exercise is never finished in the city."""
    chats = [
        int(channel.address)
        for channel in await channels_of(session, player.id or 0)
        if channel.kind is ChannelKind.TELEGRAM
    ]
    await session.exec(
        delete(Conversation)
        .where(col(Conversation.chat).in_(chats), col(Conversation.is_exercise))
        .execution_options(synchronize_session="fetch")
    )


async def _player(session: AsyncSession, person: Person, *, now: datetime) -> Person:
    """Whom they play: like themselves, at their organisation's likeness in the exercise."""
    own = await session.get_one(Organisation, person.organisation_id)
    name = texts.ORGANISATION.format(name=own.name)[: texts.LONGEST]
    found = await session.exec(select(Organisation).where(col(Organisation.name) == name))
    organisation = found.first()
    if organisation is None:
        organisation = Organisation(
            name=name, domain=own.domain, district=own.district,
            school_types=list(own.school_types), internal_contact=own.internal_contact,
            is_exercise=True, created_at=now,
        )  # fmt: skip
        session.add(organisation)
        await session.flush()
    player = Person(
        organisation_id=organisation.id or 0, name=person.name, function=person.function,
        audiences=list(person.audiences), language=person.language, is_exercise=True,
        created_at=now,
    )  # fmt: skip
    session.add(player)
    await session.flush()
    return player


async def move_seats(session: AsyncSession, keep: Person, gone: Person) -> None:
    """Who is one with somebody else on the list plays on as that one.

    Asked twice for one exercise, they keep their own seat; the other one stays where it is.
    """
    own = select(Seat.exercise_id).where(col(Seat.person_id) == keep.id)
    await session.exec(
        update(Seat)
        .where(col(Seat.person_id) == gone.id, col(Seat.exercise_id).not_in(own))
        .values(person_id=keep.id)
        .execution_options(synchronize_session="fetch")
    )
