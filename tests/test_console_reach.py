"""Whom a text reached, and how an event went, as the desk shows it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console.evaluation import promises_of
from bot.console.event_view import strips_of
from bot.console.picture import shade
from bot.console.reach import read_reach
from bot.console.reach_counts import PAGE
from bot.console.spans import spoken
from briefings.learning.pace import Sent, moments_of
from briefings.rows import Briefing
from briefings.versions import versions_of
from contacts.directory import Domain, Organisation, Person
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from feeds.events import ItemView
from feeds.rows import Event, EventStatus, Origin
from feeds.standing import Trust
from signals.picture import bars
from tests.console_desk import Desk, a_desk


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_resending_takes_only_what_is_uncertain(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        found = await session.exec(
            select(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.event_id) == desk.number)
        )
        mine = found.all()
        mine[0].status = DeliveryStatus.UNKNOWN
        ident = mine[0].id
    assert "Opnieuw sturen naar 1 onzekere" in await desk.page("verzenden")
    assert (await desk.press("opnieuw", versie=1, bericht=ident)).status_code == 303
    assert (await desk.press("opnieuw", versie=1, bericht=ident)).status_code == 409


@pytest.mark.parametrize(
    ("status", "label"),
    [(DeliveryStatus.UNKNOWN, "onzeker"), (DeliveryStatus.FAILED, "niet bereikt")],
)
async def test_where_it_is_uncertain_it_is_not_said_to_be_missed(
    desk: Desk, status: DeliveryStatus, label: str
) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        for delivery in (await session.exec(select(Delivery))).all():
            delivery.status = status
    found = re.findall(
        r'<span class="label">(onzeker|niet bereikt)</span>', await desk.page("bereik")
    )
    assert set(found) == {label}


async def test_the_reach_is_that_of_what_was_sent(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    assert "Van versie 1" in await desk.page("bereik")


async def test_the_reach_of_every_version_stays_a_press_away(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="afsluiting")
    await desk.send(2)
    page = await desk.page("bereik")
    assert "Van versie 2" in page
    assert 'href="?versie=1"' in page
    first = await desk.page("bereik?versie=1")
    assert "Van versie 1, eerste bericht" in first
    assert 'hx-get="/gebeurtenis/' in first
    assert "bereik?versie=1&amp;blad=1" in first or "bereik?versie=1&blad=1" in first
    assert "Van versie 2" in await desk.page("bereik?versie=9")


async def test_the_picture_and_the_evaluation_of_an_event_answer(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert "Er zijn geen signalen" in await desk.page("beeld")
    page = await desk.page("evaluatie")
    assert "Goedgekeurd" in page
    assert "Er waren geen signalen." in page


def test_one_and_two_organisations_are_drawn_alike() -> None:
    drawn = {bar.label: (bar.width, bar.shown) for bar in bars([("a", 1), ("b", 1), ("b", 2)])}
    # A chart of nothing but small numbers does not look like many.
    assert drawn["a"] == drawn["b"] == (30.0, "1-2")
    assert [bar.width for bar in bars([("a", n) for n in range(6)] + [("b", 1)])] == [100.0, 25.0]
    assert [shade(count) for count in (0, 1, 2, 3, 5, 6)] == [0, 1, 1, 2, 2, 3]


async def test_a_person_counts_once_by_the_best_that_is_known(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        school = await session.get_one(Organisation, teacher.organisation_id)
        for name in ("Tweede", "Derde"):
            session.add(
                Person(
                    organisation_id=school.id or 0, name=name, audiences=list(teacher.audiences),
                    created_at=desk.world.now,
                )
            )  # fmt: skip
        [second] = (await session.exec(select(Person).where(col(Person.name) == "Tweede"))).all()
        briefing = (
            await session.exec(
                select(Briefing).where(
                    col(Briefing.event_id) == desk.number, col(Briefing.version) == 1
                )
            )
        ).one()
        [first] = (
            await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(
                    col(Delivery.person_id) == teacher.id,
                    col(Message.briefing_id) == briefing.id,
                )
            )
        ).all()
        first.status = DeliveryStatus.FAILED
        again = first.model_dump(exclude={"id"})
        for person, status in ((teacher, DeliveryStatus.UNKNOWN), (second, DeliveryStatus.SENT)):
            session.add(
                Delivery(
                    **{**again, "person_id": person.id, "status": status,
                       "address": f"{person.id}@school.example"}
                )
            )  # fmt: skip
    async with desk.world.db.read() as session:
        leaf = await read_reach(session, [briefing], is_exercise=False)
    [row] = [row for row in leaf.rows if row.name == school.name]
    assert (row.people, row.sent, row.unknown, row.failed, row.without) == (3, 1, 1, 0, 1)


async def test_the_reach_shows_a_hundred_organisations_a_leaf_and_the_missed_apart(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        for number in range(120):
            school = Organisation(
                name=f"Zuid {number:03}", domain=Domain.EDUCATION, created_at=desk.world.now
            )
            session.add(school)
            await session.flush()
            session.add(
                Person(
                    organisation_id=school.id or 0, name="x", audiences=["ouders"],
                    created_at=desk.world.now,
                )
            )  # fmt: skip
    first, second = await desk.page("bereik"), await desk.page("bereik?blad=2")
    assert "Blad 1 van 2" in first
    assert ("Zuid 119" in first, "Zuid 119" in second) == (False, True)
    assert "Zuid 119" in await desk.page("bereik?alleen=gemist&blad=99")
    assert (await desk.web.get(f"/gebeurtenis/{desk.number}/bereik?blad=x²")).status_code == 200


async def test_a_leaf_beyond_the_last_is_the_last_and_counts_are_of_all(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        for number in range(PAGE + 1):
            await people_of(session, f"Zuid {number:03}", ["ouders"], desk.world.now)
        await people_of(session, "Zuid zonder tekst", [], desk.world.now)
        versions = await versions_of(session, desk.number)
        seen = [await read_reach(session, versions, is_exercise=False, number=n) for n in (0, 1, 9)]
        played = await read_reach(session, versions, is_exercise=True)
    assert [(one.number, one.last) for one in seen] == [(1, 2), (1, 2), (2, 2)]
    first, _, last = ([row.name for row in one.rows] for one in seen)
    assert len(first) == PAGE
    assert last[-1] == "Zuid 100"
    assert not {*first} & {*last}
    assert sum(one.people for one in seen[0].domains) == len(first + last)
    assert (played.rows, played.domains, played.number, played.last) == ([], [], 1, 1)


async def test_next_door_counts_whom_a_text_went_to_before_it_was_not_asked_along(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        told, _ = await people_of(
            session, "Gemeente Buurstad", ["ouders", "ouders"], desk.world.now, "Buurstad"
        )
        delivery = (
            await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(col(Message.event_id) == desk.number, col(Message.briefing_id).is_not(None))
            )
        ).first()
        assert delivery is not None
        delivery.person_id = told
        await session.flush()
        versions = await versions_of(session, desk.number)

        async def next_door(**asked: bool) -> list[tuple[int, int]]:
            leaf = await read_reach(session, versions, is_exercise=False, **asked)
            return [(one.people, one.without) for one in leaf.rows if "Buurstad" in one.name]

        assert await next_door() == [(1, 0)]
        assert await next_door(with_neighbours=True) == [(2, 1)]
        delivery.person_id = None
        await session.flush()
        assert await next_door() == []
        assert await next_door(with_neighbours=True) == [(2, 2)]


async def people_of(
    session: AsyncSession, name: str, audiences: list[str], now: datetime, city: str | None = None
) -> list[int]:
    """An organisation with somebody for each of these audiences, or with one who gets no text."""
    place = Organisation(name=name, domain=Domain.EDUCATION, municipality=city, created_at=now)
    session.add(place)
    await session.flush()
    people = [
        Person(organisation_id=place.id or 0, name="x", audiences=[one] if one else [],
               created_at=now)
        for one in audiences or [""]
    ]  # fmt: skip
    session.add_all(people)
    await session.flush()
    return [one.id or 0 for one in people]


def test_the_steps_of_an_evening_stand_in_their_order(now: datetime) -> None:
    event = Event(
        title="x", type="algemeen", origin=Origin.FEED, status=EventStatus.CONFIRMED,
        detected_at=now, alerted_at=now + timedelta(seconds=2),
        confirmed_at=now + timedelta(minutes=2),
    )  # fmt: skip
    moments = moments_of(event, [], Sent(None, None))
    assert [moment.took for moment in moments] == [
        None, timedelta(seconds=2), timedelta(seconds=118),
    ]  # fmt: skip
    spans = (timedelta(seconds=2), timedelta(minutes=72), timedelta(days=3))
    assert [spoken(span) for span in spans] == ["2 s", "1 u 12 min", "3 dagen"]
    assert promises_of([], now=now).median_h is None


def test_reports_stand_on_the_line_of_their_newsroom(now: datetime) -> None:
    def item(source: str, minutes: int) -> ItemView:
        at = now + timedelta(minutes=minutes)
        return ItemView(1, "x", "", source, Trust.REGIONAL, at, at)

    strips = strips_of([item("b", 10), item("a", 0), item("b", 40)])
    assert [(s.source, list(s.places)) for s in strips] == [("a", [0.0]), ("b", [25.0, 100.0])]
    assert strips_of([item("a", 0)]) == []
