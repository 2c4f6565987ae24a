"""Gaps that the store counts are the gaps of each organisation by itself."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Domain, Organisation, Person
from contacts.gap_counts import AHEAD, gaps_by_name, kinds_of_standing
from contacts.gaps import Gap, standings
from contacts.list_check import PATIENCE, ListCheck
from contacts.neighbours import ALL_KINDS, of_the_city
from contacts.records import Database
from contacts.successors import Succession, SuccessionStatus

EVERY = timedelta(days=182)
#: of each person of an organisation: their channel, or why there is none
PEOPLE = ("works", "bounce_5.1.1", "blocked", "stopped", "none", "left")
EACH = [*((one,) for one in PEOPLE), *product(PEOPLE, PEOPLE), ()]


async def a_city(session: AsyncSession, now: datetime) -> None:
    """Every pair of people, with each of the other things that an organisation can have."""
    for number, people in enumerate(EACH):
        place = Organisation(
            name=f"Plek {number:03}",
            domain=tuple(Domain)[number % len(Domain)],
            created_at=now,
            confirmed_at=(None, now, now - EVERY - PATIENCE)[number % 3],
            municipality="Buurstad" if number % 11 == 5 else None,
            is_exercise=number % 13 == 7,
        )
        session.add(place)
        await session.flush()
        for rank, state in enumerate(people):
            await a_person(session, place, f"{number}-{rank}", state, now)
        if number % 4 == 1 and people:
            await asked_and_left(session, place, now)


async def a_person(
    session: AsyncSession, place: Organisation, name: str, state: str, now: datetime
) -> None:
    person = Person(
        organisation_id=place.id, name=name, created_at=now,
        left_at=now if state == "left" else None,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    if state == "none":
        return
    closed = None if state in {"works", "left"} else state
    is_chat = state == "works" and name.endswith("-1")
    session.add(
        Channel(
            person_id=person.id, address=f"{name}@s.example", rank=1,
            kind=ChannelKind.TELEGRAM if is_chat else ChannelKind.EMAIL,
            status=ChannelStatus.CLOSED if closed else ChannelStatus.ACTIVE,
            closed_reason=closed, created_at=now,
        )
    )  # fmt: skip


async def asked_and_left(session: AsyncSession, place: Organisation, now: datetime) -> None:
    """Its first person never answered; a place of theirs is vacant, and one was given up."""
    first = (await session.exec(select(Person).where(Person.organisation_id == place.id))).first()
    assert first is not None
    session.add(ListCheck(person_id=first.id, organisation_id=place.id, asked_at=now - PATIENCE))
    for status in (SuccessionStatus.ASKED, SuccessionStatus.DROPPED):
        session.add(
            Succession(
                organisation_id=place.id, left_person_id=first.id, status=status, asked_at=now
            )
        )
    place.backup_person_id = first.id


@pytest.mark.parametrize("every", [EVERY, timedelta(0)])
@pytest.mark.parametrize("is_exercise", [False, True])
@pytest.mark.parametrize("sends_by", [ALL_KINDS, *(frozenset({one}) for one in ChannelKind)])
async def test_what_is_counted_is_what_each_organisation_has(
    db: Database,
    now: datetime,
    every: timedelta,
    is_exercise: bool,
    sends_by: frozenset[ChannelKind],
) -> None:
    async with db.begin() as session:
        await a_city(session, now)
        mine = await session.exec(
            select(Organisation)
            .where(col(Organisation.is_exercise) == is_exercise, of_the_city())
            .order_by(col(Organisation.name))
        )
        each = await standings(session, mine.all(), every, now=now, sends_by=sends_by)
        world: Any = {"is_exercise": is_exercise, "now": now, "sends_by": sends_by}
        kinds = await kinds_of_standing(session, every, **world)
        listed = await gaps_by_name(session, every, **world)
    counted = Counter[tuple[Gap, Domain]]()
    for kind, organisations in kinds:
        for gap in kind.gaps:
            counted[gap, kind.organisation.domain] += organisations
    assert counted == Counter((gap, one.organisation.domain) for one in each for gap in one.gaps)
    unused = {Gap.NOT_SET_UP} if sends_by == ALL_KINDS else set()
    assert is_exercise or {gap for gap, _ in counted} == set(Gap) - unused
    assert sum(organisations for _, organisations in kinds) == len(each)
    assert sum(count for one, count in kinds if one.reachable) == len(
        [one for one in each if one.reachable]
    )
    assert listed == [one for one in each if one.gaps]


async def test_a_page_of_gaps_begins_behind_a_name_and_finds_what_is_rare(
    db: Database, now: datetime
) -> None:
    count = AHEAD + 20
    async with db.begin() as session:
        for number in range(count):
            session.add(
                Organisation(name=f"Plek {number:03}", domain=Domain.EDUCATION, created_at=now,
                             confirmed_at=now if number < count - 2 else None)
            )  # fmt: skip
        await session.flush()

        async def names(gap: Gap | None, **asked: object) -> list[str]:
            found = await gaps_by_name(
                session,
                EVERY,
                is_exercise=False,
                now=now,
                gap=gap,
                **asked,
            )
            return [one.organisation.name for one in found]

        assert await names(Gap.FEW, limit=2) == ["Plek 000", "Plek 001"]
        assert await names(Gap.FEW, after="Plek 001", limit=2) == ["Plek 002", "Plek 003"]
        assert await names(Gap.UNCONFIRMED, limit=3) == ["Plek 068", "Plek 069"]
        assert await names(Gap.UNCONFIRMED, after="Plek 068", limit=3) == ["Plek 069"]
        assert await names(None, domain=Domain.CIVIL, limit=3) == []
