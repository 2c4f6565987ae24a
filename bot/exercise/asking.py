"""Whom to ask for an exercise, and how far it came with who was asked: the desk and the chat alike.

Only whoever leads it reads this; nothing of it is kept besides the seats, which go with time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise import seat_texts as texts
from bot.exercise.lending import RIGHTS
from bot.exercise.reaching import TO_CALL, Reaching, reached
from bot.exercise.rows import Exercise, Seat, SeatRole, SeatStatus
from bot.exercise.seats import OPEN, seats_of
from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person, RoleGrant
from contacts.former_names import named_like


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked, and what they said or how far the question came.

    ``calls``: whether a person has to call them, at ``phone`` when one is known.
    """

    name: str
    role: str
    status: str
    phone: str = ""
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked, and as what: who leads or approves does so in Telegram."""

    id: int
    name: str
    where: str
    roles: dict[str, str]


async def asked_of(
    session: AsyncSession, exercise: Exercise, kinds: Collection[ChannelKind]
) -> list[Asked]:
    """Everybody who was asked, in the order of asking.

    :param kinds: of channel that this installation can send by.
    """
    seats = await seats_of(session, exercise)
    found = await session.exec(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_([seat.person_id for seat in seats]))
    )
    people = {person.id: (person, place) for person, place in found.all()}
    waiting = [seat for seat in seats if seat.status is SeatStatus.ASKED]
    if exercise.status not in OPEN:
        waiting = []
    came = await reached(session, waiting, kinds)
    missing = texts.AND.join(texts.MISSING[one] for one in ChannelKind if one not in kinds)
    return [
        _line(seat, people.get(seat.person_id), came.get(seat.id or 0), missing) for seat in seats
    ]


def _line(
    seat: Seat, who: tuple[Person, Organisation] | None, came: Reaching | None, missing: str
) -> Asked:
    """``came``: None once they answered, or when it is over. Pure."""
    status = texts.STATUSES[seat.status]
    if came is not None:
        status = texts.REACHED[came].format(missing=missing)
    person, place = who or (None, None)
    return Asked(
        f"{person.name}, {place.name}" if person and place else "",
        texts.ROLES[seat.role],
        status,
        (person.phone or place.phone or "") if person and place else "",
        came in TO_CALL,
    )


async def candidates_of(
    session: AsyncSession,
    exercise: Exercise,
    *,
    most: int,
    search: str = "",
    skip: int = 0,
    only: int | None = None,
) -> list[Candidate]:
    """Real people with a channel that works and no seat yet, those with rights in front.

    :param search: a part of the name, the function or the organisation.
    :param only: this person, if they can be asked.
    """
    has_way = select(Channel.person_id).where(
        col(Channel.status) == ChannelStatus.ACTIVE, col(Channel.is_exercise).is_(False)
    )
    has_right = col(Person.id).in_(select(RoleGrant.person_id))
    taken = [seat.person_id for seat in await seats_of(session, exercise)]
    query = (
        select(Person, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.is_exercise).is_(False),
            col(Person.left_at).is_(None),
            col(Person.id).in_(has_way),
            col(Person.id).not_in(taken),
        )
    )
    if search:
        query = query.where(
            or_(col(Person.name).icontains(search), named_like(search),
                col(Person.function).icontains(search))
        )  # fmt: skip
    if only is not None:
        query = query.where(col(Person.id) == only)
    in_order = query.order_by(
        has_right.desc(), col(Organisation.name), col(Person.name), col(Person.id)
    )
    people = (await session.exec(in_order.offset(skip).limit(most))).all()
    chats = await _with_telegram(session, [person.id or 0 for person, _ in people])
    return [
        Candidate(
            person.id or 0,
            person.name,
            ", ".join(filter(None, (person.function, place))),
            _offered(has_chat=person.id in chats),
        )
        for person, place in people
    ]


async def _with_telegram(session: AsyncSession, people: Sequence[int]) -> set[int]:
    found = await session.exec(
        select(Channel.person_id).where(
            col(Channel.person_id).in_(people),
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
    )
    return set(found.all())


def _offered(*, has_chat: bool) -> dict[str, str]:
    """What somebody can be asked as, the reader first. Pure."""
    return {
        role.value: texts.ROLES[role]
        for role in reversed(SeatRole)
        if has_chat or role not in RIGHTS
    }
