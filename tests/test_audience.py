"""Who gets a version: everybody first, and then exactly those who got the one before."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import (
    Reader,
    Receipt,
    Way,
    plan_everybody,
    plan_followers,
    plan_readers,
    plan_version,
)
from briefings.distribution import group_readers
from briefings.drafting import draft_briefing
from briefings.rows import Briefing, BriefingKind
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Person,
)
from contacts.outbox import Content, Delivery, DeliveryStatus, Message
from contacts.records import Database
from feeds.rows import Event
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    add_organisation,
    add_person,
    an_event,
    facts_for,
    send,
    sure,
    the_cast,
)

AUDIENCES = st.lists(st.sampled_from(list(Audience)), max_size=3, unique=True)
CHANNELS = st.lists(
    st.tuples(
        st.sampled_from(list(ChannelKind)),
        st.integers(0, 3),
        st.sampled_from(list(ChannelStatus)),
        st.booleans(),
    ),
    max_size=3,
)


def a_reader(number: int, *audiences: str) -> Reader:
    return Reader(number, 1, "x", "", None, audiences, is_exercise=False)


def a_way(number: int, kind: ChannelKind, address: str) -> Way:
    return Way(number, 1, kind, address, number, ChannelStatus.ACTIVE, is_exercise=False)


@st.composite
def people_and_channels(draw: st.DrawFn) -> tuple[list[Reader], dict[int, list[Way]]]:
    people, channels = [], {}
    for number in range(1, draw(st.integers(1, 8))):
        people.append(
            Reader(
                id=number,
                organisation_id=draw(st.integers(1, 3)),
                name="x",
                function="",
                phone=None,
                audiences=[audience.value for audience in draw(AUDIENCES)],
                is_exercise=draw(st.booleans()),
                left_at=draw(st.sampled_from([None, None, NOW])),
            )
        )
        channels[number] = [
            Way(
                id=number * 10 + index,
                person_id=number,
                kind=kind,
                address=f"{number}-{index}",
                rank=rank,
                status=status,
                is_exercise=is_exercise,
            )
            for index, (kind, rank, status, is_exercise) in enumerate(draw(CHANNELS))
        ]
    return people, channels


@given(people_and_channels(), st.booleans())
def test_planned_and_unreachable_are_the_whole_audience(
    world: tuple[list[Reader], dict[int, list[Way]]], is_exercise: bool
) -> None:
    people, channels = world
    plan = plan_everybody(people, channels, is_exercise=is_exercise)
    whole = {
        p.id for p in people if p.audiences and p.left_at is None and p.is_exercise == is_exercise
    }
    planned = [recipient.person_id for recipient, _, _ in plan.recipients]
    unreachable = [person.id for person in plan.unreachable]
    assert sorted([*planned, *unreachable]) == sorted(whole)
    for recipient, audience, extras in plan.recipients:
        person = next(p for p in people if p.id == recipient.person_id)
        channel = next(c for c in channels[person.id] if c.address == recipient.address)
        assert channel.status is ChannelStatus.ACTIVE
        assert channel.is_exercise == is_exercise
        assert [audience.value, *(extra.value for extra in extras)] == person.audiences


@given(people_and_channels(), st.randoms(use_true_random=False))
def test_the_snapshot_does_not_depend_on_the_order(
    world: tuple[list[Reader], dict[int, list[Way]]], random: Random
) -> None:
    people, channels = world
    before = plan_everybody(people, channels, is_exercise=False).snapshot()
    random.shuffle(people)
    assert plan_everybody(people, channels, is_exercise=False).snapshot() == before


@given(people_and_channels(), st.data())
def test_followers_are_exactly_those_who_got_it(
    world: tuple[list[Reader], dict[int, list[Way]]], data: st.DataObject
) -> None:
    people, channels = world
    everybody = {person.id: person for person in people}
    ids = data.draw(st.lists(st.sampled_from([*everybody, 99]), max_size=8))
    receipts = [
        Receipt(number, 1, (ChannelKind.EMAIL, f"{number}-0"), Audience.PARENTS) for number in ids
    ]
    plan = plan_followers(receipts, everybody, channels, is_exercise=False)
    planned = [recipient.person_id for recipient, _, _ in plan.recipients]
    unreachable = [person.id for person in plan.unreachable]
    assert sorted([*planned, *unreachable]) == sorted(set(ids) - {99})


def test_a_correction_takes_the_channel_that_worked() -> None:
    person = a_reader(1, "ouders")
    ways = [a_way(1, ChannelKind.TELEGRAM, "7"), a_way(2, ChannelKind.EMAIL, "a@x")]
    got = [Receipt(1, 1, (ChannelKind.EMAIL, "a@x"), Audience.PARENTS)]
    plan = plan_followers(got, {1: person}, {1: ways}, is_exercise=False)
    assert plan.recipients[0].recipient.kind is ChannelKind.EMAIL
    ways[1] = ways[1]._replace(status=ChannelStatus.CLOSED)
    plan = plan_followers(got, {1: person}, {1: ways}, is_exercise=False)
    assert plan.recipients[0].recipient.kind is ChannelKind.TELEGRAM


@pytest.mark.parametrize(
    ("kind", "address"), [(BriefingKind.UPDATE, "11"), (BriefingKind.CORRECTION, "a@x.test")]
)
async def test_who_came_back_to_the_first_channel_reads_there_on_and_a_correction_where_it_was(
    db: Database, kind: BriefingKind, address: str
) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        way = (await session.exec(select(Channel).where(col(Channel.address) == "11"))).one()
        way.status = ChannelStatus.CLOSED
        await send(session, cast, BriefingKind.FIRST)
        way.status = ChannelStatus.ACTIVE
        draft = await draft_briefing(
            session, cast.event, kind=kind, settings=SETTINGS, editor_id=1, now=NOW
        )
        plan = await plan_version(session, cast.event, draft)
    mine = [
        one.recipient for one in plan.recipients if one.recipient.person_id == cast.people[0].id
    ]
    assert [one.address for one in mine] == [address]


def test_an_organisations_own_address_gets_the_follow_up_there() -> None:
    got = [Receipt(None, 3, (ChannelKind.EMAIL, "info@x"), Audience.PARENTS)] * 2
    plan = plan_followers(got, {}, {}, is_exercise=False)
    assert [(r.address, r.organisation_id) for r, _, _ in plan.recipients] == [("info@x", 3)]


async def set_status(session: AsyncSession, person: Person, status: DeliveryStatus) -> None:
    found = await session.exec(select(Delivery).where(col(Delivery.person_id) == person.id))
    for delivery in found.all():
        delivery.status = status
        session.add(delivery)
    await session.flush()


def a_first(event: Event) -> Briefing:
    """A first version for everybody."""
    assert event.id is not None
    return Briefing(
        event_id=event.id, version=1, kind=BriefingKind.FIRST, facts_version=1, edited_at=NOW,
        created_at=NOW,
    )  # fmt: skip


async def test_everybody_of_the_events_world_and_who_has_no_channel(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        other = await add_organisation(session, "Oefenschool", Domain.EDUCATION, is_exercise=True)
        await add_person(
            session, other, "oefendocent", [Audience.TEACHER_PO], telegram="99", is_exercise=True
        )
        plan = await plan_version(session, cast.event, a_first(cast.event))
    assert [r.address for r, _, _ in plan.recipients] == ["11", "b@x.test", "12"]
    assert [person.name for person in plan.unreachable] == ["conciërge"]
    assert plan.by_channel == {ChannelKind.TELEGRAM: 2, ChannelKind.EMAIL: 1}
    assert plan.organisations == 2


async def test_an_exercise_reaches_only_exercise_addresses(db: Database) -> None:
    async with db.begin() as session:
        await the_cast(session)
        other = await add_organisation(session, "Oefenschool", Domain.EDUCATION, is_exercise=True)
        learner = await add_person(
            session, other, "oefendocent", [Audience.TEACHER_PO], telegram="99", is_exercise=True
        )
        real = Channel(
            person_id=learner.id, kind=ChannelKind.EMAIL, address="echt@x.test", rank=1,
            is_exercise=False, created_at=NOW,
        )  # fmt: skip
        event = an_event(is_exercise=True)
        session.add_all([real, event])
        await session.flush()
        plan = await plan_version(session, event, a_first(event))
    assert [r.address for r, _, _ in plan.recipients] == ["99"]


async def test_an_update_goes_to_sent_and_unknown_and_not_to_who_came_later(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = await send(session, cast, BriefingKind.FIRST)
        teacher, leader, _, police = cast.people
        await set_status(session, teacher, DeliveryStatus.SENT)
        await set_status(session, leader, DeliveryStatus.UNKNOWN)
        await set_status(session, police, DeliveryStatus.FAILED)
        school = await add_organisation(session, "Nieuwe school", Domain.EDUCATION)
        await add_person(session, school, "later", [Audience.TEACHER_PO], telegram="77")
        later = NOW + timedelta(hours=3)
        await sure(session, cast.event, "De Testlaan is weer open.", at=later)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=later
        )
        assert first.id is not None
        for plan in (
            await plan_readers(session, cast.event, [first.id]),
            await plan_version(session, cast.event, update),
        ):
            assert {r.person_id for r, _, _ in plan.recipients} == {teacher.id, leader.id}


async def test_somebody_in_two_audiences_gets_one_message_with_a_link(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = await send(session, cast, BriefingKind.FIRST)
        leader = cast.people[1]
        found = await session.exec(
            select(Message)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.person_id) == leader.id)
        )
        message = found.one()
    content = Content.from_json(message.content)
    assert content.email is not None
    assert message.audience == Audience.SCHOOL_LEADER.value
    assert message.briefing_id == first.id
    assert "Ook voor u: de tekst voor" in content.email.text
    assert "%%LINK%%?tekst=docent_po" in content.email.html
    assert content.email.subject == "Informatie bij gebeurtenis: aanhouding Presikhaaf"


def test_readers_with_the_same_text_and_links_share_a_message() -> None:
    world = [
        a_reader(n, *audiences)
        for n, audiences in enumerate((["ouders"], ["ouders"], ["ouders", "docent_po"]), 1)
    ]
    ways = {n: [a_way(n, ChannelKind.EMAIL, str(n))] for n in (1, 2, 3)}
    groups = group_readers(plan_everybody(world, ways, is_exercise=False).recipients, {})
    assert [len(readers) for readers in groups.values()] == [2, 1]
