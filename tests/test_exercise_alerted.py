"""Who leads an exercise sees as what people got its alert, and how many; never who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.alerts import call_backup, ring
from bot.clock import utc_now
from bot.exercise import texts
from bot.exercise.leading import begin, end
from bot.exercise.marks import card_of
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import shipped
from contacts.directory import ChannelKind, Role
from contacts.outbox import Delivery, DeliveryStatus
from contacts.people import close_channel
from contacts.records import Database
from feeds.rows import Source
from feeds.settings import FeedSettings
from tests.console_world import a_world
from tests.exercise_world import SCRIPT, Telephone
from tests.outbox_world import a_person
from tests.rota_world import BACKUP, DAY, NAMES, an_alert, on_rota, people_of_the_city

TEN = timedelta(minutes=10)


async def a_run(db: Database, now: datetime, *, with_rota: bool = True) -> tuple[int, int]:
    """An exercise with news that rings. (exercise, event)"""
    async with db.begin() as session:
        exercise = await begin(session, shipped()[SCRIPT], speed=1, who=LEADER, now=now)
        assert exercise is not None
    people = await people_of_the_city(db, now, is_exercise=True)
    if with_rota:
        await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now, is_exercise=True)
        await on_rota(db, people["Carla"], now - DAY, now + DAY, BACKUP, now=now, is_exercise=True)
    event = await an_alert(db, now, is_exercise=True)
    async with db.begin() as session:
        for source in (await session.exec(select(Source))).all():
            source.scene = exercise.id
            session.add(source)
    return exercise.id or 0, event


async def lines(db: Database, number: int, now: datetime) -> list[str]:
    async with db.read() as session:
        exercise = await session.get_one(Exercise, number)
        card: dict[str, Any] = (await card_of(session, exercise, now=now)).as_row()
    assert not any(name in str(card["alerted"]) for name in NAMES)
    return texts.alerted_lines(card)


async def test_each_time_that_it_rang_is_a_line_by_role_and_place_on_the_rota(
    db: Database, now: datetime
) -> None:
    number, _ = await a_run(db, now)
    assert await lines(db, number, now) == []
    await ring(db, FeedSettings(), now=now + timedelta(minutes=2))
    assert await lines(db, number, now) == ["Na 2 min: 1 coördinator met dienst."]
    await call_backup(db, after=TEN, now=now + timedelta(minutes=12))
    assert await lines(db, number, now) == [
        "Na 2 min: 1 coördinator met dienst.",
        "Na 12 min: 1 achterwacht, 1 coördinator en 1 goedkeurder.",
    ]


async def test_without_a_rota_it_says_how_many_coordinators_and_to_how_many_it_did_not_come(
    db: Database, now: datetime
) -> None:
    number, _ = await a_run(db, now, with_rota=False)
    async with db.begin() as session:
        await close_channel(session, ChannelKind.TELEGRAM, "4202", reason="stopped", now=now)
    await ring(db, FeedSettings(), now=now)
    async with db.begin() as session:
        first = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).first()
        assert first is not None
        first.status = DeliveryStatus.FAILED
        session.add(first)
    assert await lines(db, number, now) == ["Na 0 min: 2 coördinatoren (bij 1 kwam zij niet aan)."]


async def test_it_stays_on_the_card_when_everybody_left_and_is_on_the_page(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        number, _ = await a_run(db, now)
        page = f"/oefenen/{number}"
        assert texts.NO_ALERT in (await world.desk.get(page)).text
        await ring(db, FeedSettings(), now=now)
        said = "Na 0 min: 1 coördinator met dienst."
        assert said in (await world.desk.get(page)).text
        async with db.begin() as session:
            row = await session.get_one(Exercise, number)
            await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=now)
        html = (await world.desk.get(page)).text
        assert said in html
        assert "Bram" not in html


def test_a_card_of_before_says_nothing_of_it() -> None:
    assert texts.alerted_lines({"lines": []}) == []


@pytest.mark.parametrize("count", [1, 2])
def test_more_than_one_is_said_as_more(count: int) -> None:
    [line] = texts.alerted_lines(
        {"alerted": [{"minute": 3.0, "to": {"machine": count}, "failed": 0}]}
    )
    assert ("goedkeurders" in line) == (count > 1)


async def test_the_leader_reads_it_on_the_phone_while_it_runs_and_on_the_card(
    db: Database,
) -> None:
    now = utc_now()
    async with db.begin() as session:
        await a_person(session, now, chat="900", role=Role.COORDINATOR)
    number, _ = await a_run(db, now)
    phone = Telephone(db, 900, now)
    await phone.command("/oefening")
    assert texts.NO_ALERT in (await phone.said())[-1][1]
    await ring(db, FeedSettings(), now=now)
    await phone.command("/oefening")
    standing = (await phone.said())[-1][1]
    assert f"{texts.ALERTED}\n• Na 0 min: 1 coördinator met dienst." in standing
    async with db.begin() as session:
        row = await session.get_one(Exercise, number)
        await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=now)
    await phone.press("Hoe staat het nu?")
    card = (await phone.said())[-1][1]
    assert "Scorekaart" in card
    assert "• Na 0 min: 1 coördinator met dienst." in card
