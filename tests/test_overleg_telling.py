"""Who was invited to a meeting hears that it moved, is off, or is on after all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from bot.exercise.forgetting import KEEP_EXERCISE, forget_exercises
from bot.overleg_telling import Change, Stand, change_between
from briefings.overleg.rows import (
    Overleg,
    OverlegInvitation,
    OverlegKind,
    OverlegPresence,
    OverlegStatus,
)
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    Domain,
    GroupMember,
    Organisation,
    Person,
)
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, Message, MessageKind
from contacts.people import open_channel
from contacts.records import Database
from contacts.sending import post
from feeds.rows import Event, Origin
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague
from tests.overleg_world import FORM, act, page_of, planned

NOW = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
STAND = Stand(NOW + timedelta(days=9), 90, 1, "Zaal 2", OverlegStatus.PLANNED)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def invited(desk: Desk) -> tuple[Overleg, list[str]]:
    """A planned meeting, and the addresses that its invitation went to."""
    overleg, before = await planned(desk), len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    return overleg, [one.address for one in (await desk.rows(Delivery))[before:]]


async def change(desk: Desk, overleg: Overleg, **changed: str) -> str:
    form = {**FORM, "gastheer": str(overleg.host_id), **changed}
    answer = await act(desk, overleg, "wijzigen", **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def told_since(desk: Desk, before: int) -> list[str]:
    return [one.address for one in (await desk.rows(Delivery))[before:]]


async def test_who_is_host_is_not_told_that_a_colleague_may_come(desk: Desk) -> None:
    overleg = await planned(desk)
    await a_guest(desk)
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    by_message = {one.id: str(one.content) for one in await desk.rows(Message)}
    read = {
        one.organisation_id == overleg.host_id: by_message[one.message_id]
        for one in (await desk.rows(Delivery))[before:]
    }
    assert set(read) == {True, False}
    assert "Uw organisatie is deze keer gastheer" in read[True]
    assert "U bent gastheer: Maatschappelijk overleg" in read[True]
    assert "Uitnodiging: Maatschappelijk overleg" in read[False]
    assert "een collega van uw organisatie" not in read[True]
    assert "een collega van uw organisatie" in read[False]
    assert "gastheer" not in read[False]


async def a_guest(desk: Desk, name: str = "Gast") -> int:
    """Somebody of the other organisation, who can be reached; returns which one that is."""
    async with desk.world.db.begin() as session:
        guest = await a_colleague(session, name, (), desk.world.now)
        person = await session.get_one(Person, guest)
        await open_channel(
            session, person, ChannelKind.EMAIL, "gast@x.example", rank=1, now=desk.world.now
        )
        return person.organisation_id


async def read_by(desk: Desk, before: int) -> dict[int | None, str]:
    """What each organisation got since."""
    by_message = {one.id: str(one.content) for one in await desk.rows(Message)}
    rows = (await desk.rows(Delivery))[before:]
    return {one.organisation_id: by_message[one.message_id] for one in rows}


async def test_a_new_host_and_the_one_before_hear_it_each_in_their_own_words(desk: Desk) -> None:
    guest = await a_guest(desk)
    overleg, _ = await invited(desk)
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, gastheer=str(guest))
    read = await read_by(desk, before)
    assert "Uw organisatie is nu gastheer." in read[guest]
    assert "een collega in uw plaats" not in read[guest]
    assert "Uw organisatie is geen gastheer meer." in read[overleg.host_id]
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, gastheer=str(guest), plek="Zaal 4")
    read = await read_by(desk, before)
    assert "Uw organisatie is gastheer. Lukt het zo niet" in read[guest]
    assert "gastheer" not in read[overleg.host_id]


async def test_a_new_host_who_was_not_invited_gets_the_invitation_of_a_host(desk: Desk) -> None:
    overleg, _ = await invited(desk)
    guest = await a_guest(desk)
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, gastheer=str(guest))
    assert "U bent gastheer" in (await read_by(desk, before))[guest]


async def test_a_new_host_whose_invitee_is_not_reached_any_more_hears_it_all_the_same(
    desk: Desk,
) -> None:
    guest = await a_guest(desk)
    overleg, _ = await invited(desk)
    async with desk.world.db.begin() as session:
        await session.exec(
            update(Channel)
            .where(col(Channel.address) == "gast@x.example")
            .values(status=ChannelStatus.CLOSED)
            .execution_options(synchronize_session=False)
        )
        colleague = Person(
            organisation_id=guest, name="Tweede", function="baliemedewerker",
            created_at=desk.world.now,
        )  # fmt: skip
        session.add(colleague)
        await session.flush()
        await open_channel(
            session, colleague, ChannelKind.EMAIL, "tweede@x.example", rank=1, now=desk.world.now
        )
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, gastheer=str(guest))
    assert "U bent gastheer" in (await read_by(desk, before))[guest]
    assert "tweede@x.example" in await told_since(desk, before)


async def test_a_group_without_the_host_brings_the_host_along(desk: Desk) -> None:
    guest = await a_guest(desk)
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        group = ContactGroup(name="Gasten")
        session.add(group)
        await session.flush()
        found = await session.exec(select(Person).where(col(Person.organisation_id) == guest))
        session.add(GroupMember(group_id=group.id or 0, person_id=found.one().id or 0))
        number = str(group.id)
    page = (await desk.web.get(f"/overleg/{overleg.id}?wie={number}")).text
    assert "2 mensen krijgen dan de uitnodiging" in page
    assert "Vraag eerst de gastheer" in page
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-", groep=number)
    read = await read_by(desk, before)
    assert set(read) == {guest, overleg.host_id}
    assert "U bent gastheer" in read[overleg.host_id]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (STAND, None),
        (replace(STAND, starts_at=STAND.starts_at + timedelta(days=1)), Change.MOVED),
        (replace(STAND, place="Zaal 3"), Change.MOVED),
        (replace(STAND, host_id=2), Change.MOVED),
        (replace(STAND, status=OverlegStatus.CANCELLED), Change.OFF),
        (replace(STAND, status=OverlegStatus.HELD), None),
        (replace(STAND, starts_at=NOW - timedelta(hours=1), place="Zaal 3"), None),
    ],
)
def test_what_is_told_is_what_somebody_who_comes_would_notice(
    after: Stand, told: Change | None
) -> None:
    assert change_between(STAND, after, now=NOW) is told


def test_what_was_off_and_is_planned_again_goes_on_after_all() -> None:
    off = replace(STAND, status=OverlegStatus.CANCELLED)
    assert change_between(off, STAND, now=NOW) is Change.ON_AGAIN


async def test_exactly_who_was_invited_hears_that_it_moved_with_both_moments(desk: Desk) -> None:
    overleg, to = await invited(desk)
    assert "genodigde" in await page_of(desk, overleg)
    before = len(await desk.rows(Delivery))
    location = await change(desk, overleg, dag="2026-06-19", tijd="16:30", plek="Zaal <3>")
    assert "overleg_changed_told" in location
    assert sorted(await told_since(desk, before)) == sorted(to)
    content = (await desk.rows(Message))[-1].content
    assert content["email"]["subject"] == "Gewijzigd: Maatschappelijk overleg"
    text = content["email"]["text"]
    assert text.index("vrijdag 19 juni, 16.30 uur") < text.index(
        "Eerder was het: donderdag 18 juni"
    )
    assert "/overleg.ics" in text
    assert "Zaal &lt;3&gt;" in content["telegram"]["text"]
    [line] = [e for e in await desk.rows(JournalEntry) if e.action == "overleg_invited_told"]
    assert line.detail == {"count": len(to)}
    assert "Daarna is het overleg gewijzigd" not in await page_of(desk, overleg)


async def test_saving_it_as_it_was_tells_nobody(desk: Desk) -> None:
    overleg, _ = await invited(desk)
    before = len(await desk.rows(Delivery))
    assert "overleg_changed_told" not in await change(desk, overleg)
    assert await told_since(desk, before) == []
    assert "Daarna is het overleg gewijzigd" not in await page_of(desk, overleg)


async def test_a_meeting_that_is_off_and_on_again_is_told_each_time(desk: Desk) -> None:
    overleg, to = await invited(desk)
    before = len(await desk.rows(Delivery))
    assert "Ja, het gaat niet door" in await page_of(desk, overleg)
    await act(desk, overleg, "stand", doe="niet")
    assert sorted(await told_since(desk, before)) == sorted(to)
    off = (await desk.rows(Message))[-1].content
    assert off["email"]["subject"].startswith("Gaat niet door: ")
    assert "donderdag 18 juni, 15.00 uur" in off["email"]["text"]
    assert off["telegram"]["buttons"] == []
    assert "Ja, toch weer gepland" in await page_of(desk, overleg)
    await act(desk, overleg, "stand", doe="weer")
    assert len(await told_since(desk, before)) == 2 * len(to)
    assert (await desk.rows(Message))[-1].content["email"]["subject"].startswith("Gaat toch door")


async def test_nobody_who_was_not_invited_hears_of_it(desk: Desk) -> None:
    overleg = await planned(desk)
    before = len(await desk.rows(Delivery))
    assert "genodigde" not in await page_of(desk, overleg)
    await change(desk, overleg, plek="Zaal 3")
    await act(desk, overleg, "stand", doe="niet")
    assert await told_since(desk, before) == []


async def test_who_left_since_hears_nothing(desk: Desk) -> None:
    overleg, to = await invited(desk)
    async with desk.world.db.begin() as session:
        found = await session.exec(
            update(Person)
            .where(col(Person.name) == "Docent")
            .values(left_at=desk.world.now)
            .execution_options(synchronize_session=False)
        )
        assert found.rowcount == 1
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, plek="Zaal 3")
    assert sorted(await told_since(desk, before)) == sorted(set(to) - {"docent@school.example"})


async def test_what_was_invited_to_longer_ago_than_is_kept_says_that_nobody_knows(
    desk: Desk,
) -> None:
    overleg, _ = await invited(desk)
    async with desk.world.db.begin() as session:
        [one] = (await session.exec(select(OverlegInvitation))).all()
        await session.exec(
            update(Delivery)
            .where(col(Delivery.message_id) == one.message_id)
            .values(person_id=None)
            .execution_options(synchronize_session=False)
        )
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, plek="Zaal 3")
    assert await told_since(desk, before) == []
    assert "Daarna is het overleg gewijzigd" in await page_of(desk, overleg)


async def test_what_an_exercise_invited_to_goes_with_it(db: Database, now: datetime) -> None:
    old = now - KEEP_EXERCISE - timedelta(days=1)
    async with db.begin() as session:
        event = Event(
            title="Oefening",
            type="algemeen",
            origin=Origin.MANUAL,
            detected_at=old,
            is_exercise=True,
        )
        school = Organisation(
            name="School", domain=Domain.EDUCATION, is_exercise=True, created_at=old
        )
        session.add_all([event, school])
        await session.flush()
        host = school.id or 0
        overleg = Overleg(
            starts_at=now, kind=OverlegKind.AD_HOC, host_id=host, event_id=event.id,
            edited_at=old, is_exercise=True,
        )  # fmt: skip
        session.add(overleg)
        await session.flush()
        # The invitation is younger than the event that it goes with.
        await post(
            session, kind=MessageKind.NOTICE, content=Content(), to=[], is_exercise=True, now=now
        )
        message = (await session.exec(select(Message))).one()
        session.add_all([
            OverlegInvitation(overleg_id=overleg.id or 0, message_id=message.id or 0),
            OverlegPresence(overleg_id=overleg.id or 0, organisation_id=host),
        ])  # fmt: skip
    async with db.begin() as session:
        assert await forget_exercises(session, now=now) == 1
    async with db.read() as session:
        for kind in (Overleg, OverlegInvitation, OverlegPresence):
            assert (await session.exec(select(kind))).all() == []
