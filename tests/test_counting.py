"""What is counted before the approval is the plan that is sent."""

from __future__ import annotations

from datetime import time, timedelta
from random import Random

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import plan_readers, plan_version
from briefings.counting import count_readers, overview_of, read_overview
from briefings.drafting import draft_briefing
from briefings.rows import Briefing, BriefingKind
from contacts.directory import Audience, Channel, ChannelStatus, Domain, Person
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from feeds.rows import Event
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    Cast,
    add_organisation,
    add_person,
    facts_for,
    let_go,
    sure,
    the_cast,
)


async def a_city(db: Database, chance: Random) -> Cast:
    """People with and without channels, audiences and quiet hours, in both worlds."""
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        event = await session.get_one(Event, cast.event.id)
        event.with_neighbours = cast.event.with_neighbours = chance.random() < 0.5
        for number in range(12):
            is_exercise = number % 6 == 5
            where = await add_organisation(
                session, f"O{number}", Domain.CIVIL, is_exercise=is_exercise
            )
            where.municipality = "Buurstad" if number % 4 == 1 else None
            for one in range(chance.randint(1, 5)):
                # Two spellings of one address are two rows and one mailbox.
                shared = f"{'Deel' if one % 2 else 'deel'}{number % 3}.{one // 2}@x.test"
                taken = await session.exec(select(Channel.id).where(Channel.address == shared))
                person = await add_person(
                    session, where, f"p{number}.{one}",
                    chance.sample(list(Audience), chance.randint(0, 3)),
                    telegram=chance.choice([None, f"{number}00{one}"]),
                    email=None if taken.first() else shared, is_exercise=is_exercise,
                )  # fmt: skip
                if chance.random() < 0.5:
                    person.quiet_from, person.quiet_until = time(chance.randint(20, 22)), time(7)
                person.left_at = chance.choice([None, None, None, NOW])
        for channel in (await session.exec(select(Channel).order_by(col(Channel.id)))).all():
            channel.rank = chance.randint(1, 3)
            if channel.id != 1 and chance.random() < 0.3:
                channel.status = ChannelStatus.CLOSED
    return cast


async def a_first(session: AsyncSession, cast: Cast) -> Briefing:
    return await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
    )


@pytest.mark.parametrize("seed", range(5))
async def test_a_first_text_is_counted_as_it_is_planned(db: Database, seed: int) -> None:
    cast = await a_city(db, Random(seed))
    async with db.begin() as session:
        first = await a_first(session, cast)
        counted = await read_overview(session, cast.event, first)
        planned = await plan_version(session, cast.event, first)
        assert counted == await overview_of(session, planned)
    assert counted.people == len(planned.recipients) > 0
    assert counted.lonely
    assert counted.quiet


async def test_an_address_in_two_spellings_is_counted_as_a_double(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = await a_first(session, cast)
        where = await add_organisation(session, "Twee", Domain.CIVIL)
        for address in ("Info@x.test", "info@x.test"):
            await add_person(session, where, address, [Audience.PARENTS], email=address)
        assert (await read_overview(session, cast.event, first)).doubles == 1


async def test_an_update_is_counted_among_those_who_got_the_first(db: Database) -> None:
    cast = await a_city(db, Random(3))
    later = NOW + timedelta(hours=3)
    async with db.begin() as session:
        first = await a_first(session, cast)
        approved = await let_go(session, cast, first)
        school = await add_organisation(session, "Nieuwe school", Domain.EDUCATION)
        await add_person(session, school, "later", [Audience.TEACHER_PO], telegram="77")
        await sure(session, cast.event, "De Testlaan is weer open.", at=later)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=later
        )
        counted = await read_overview(session, cast.event, update)
    assert counted.people == approved.deliveries
    # Whoever had no channel is counted as one group in both, though only the first calls them.
    assert counted.passed_over == counted.still_to_call == approved.unreachable > 0
    assert not counted.unreachable


async def test_who_lost_a_channel_after_the_first_is_called_and_not_passed_over(
    db: Database,
) -> None:
    cast = await a_city(db, Random(3))
    async with db.begin() as session:
        first = await a_first(session, cast)
        approved = await let_go(session, cast, first)
        for channel in (await session.exec(select(Channel).order_by(col(Channel.id)))).all():
            channel.status = ChannelStatus.CLOSED
        await sure(session, cast.event, "De Testlaan is weer open.", at=NOW)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=NOW
        )
        counted = await read_overview(session, cast.event, update)
    assert counted.people == 0
    assert len(counted.unreachable) == approved.deliveries
    assert counted.passed_over == approved.unreachable


@pytest.mark.parametrize("seed", range(5))
async def test_readers_are_counted_as_they_are_asked(db: Database, seed: int) -> None:
    chance = Random(seed)
    cast = await a_city(db, chance)
    async with db.begin() as session:
        first = await a_first(session, cast)
        approved = await let_go(session, cast, first)
        for delivery in (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all():
            delivery.status = chance.choice(list(DeliveryStatus))
            if chance.random() < 0.2:  # an address of an organisation, or of a sealed answer
                delivery.person_id = None
                delivery.address = chance.choice(["post@x.test", "info@x.test", "sealed:1"])
        for channel in (await session.exec(select(Channel).order_by(col(Channel.id)))).all():
            if chance.random() < 0.2:
                channel.status = ChannelStatus.CLOSED
        for person in (await session.exec(select(Person).order_by(col(Person.id)))).all():
            person.left_at = chance.choice([None, None, None, NOW])
        await session.flush()
        ids = [first.id or 0]
        planned = await plan_readers(session, cast.event, ids)
        assert await count_readers(session, cast.event, ids) == len(planned.recipients)
        assert await count_readers(session, cast.event, []) == 0
    assert 0 < len(planned.recipients) < approved.deliveries
