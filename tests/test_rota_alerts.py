"""An alert goes first to who has duty, then to everybody; never to nobody."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from bot.alerts import call_backup, ring
from bot.settings import RotaSettings
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.local_time import AMSTERDAM
from contacts.outbox import ChannelPause, MessageKind
from contacts.people import close_channel, mark_left, revoke
from contacts.records import Database
from feeds.rows import Event
from feeds.settings import FeedSettings
from tests.rota_world import BACKUP, DAY, an_alert, on_rota, people_of_the_city, told

TEN = timedelta(minutes=10)
ALERT, NOTICE = MessageKind.ALERT, MessageKind.NOTICE


async def rung(db: Database, now: datetime, rota: RotaSettings | None = None) -> list[list[int]]:
    await ring(db, FeedSettings(), now=now, rota=rota or RotaSettings())
    return await told(db, ALERT)


async def test_without_a_rota_and_in_a_gap_everybody_gets_it_at_once(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    everybody = [people["Anna"], people["Bram"], people["Carla"]]
    await an_alert(db, now)
    assert await rung(db, now) == [everybody]
    await on_rota(db, people["Bram"], now + DAY, now + 2 * DAY, now=now)
    await an_alert(db, now, severity=5)
    assert (await rung(db, now))[-1] == everybody, "it begins tomorrow"


async def test_who_has_duty_gets_it_first_and_after_ten_minutes_everybody_once(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    await on_rota(db, people["Carla"], now - DAY, now + DAY, BACKUP, now=now)
    await an_alert(db, now)
    assert await rung(db, now) == [[people["Bram"]]]
    assert await call_backup(db, after=TEN, now=now + timedelta(minutes=9)) == 0
    assert await call_backup(db, after=TEN, now=now + TEN) == 1
    later = [people["Carla"], people["Dirk"], people["Anna"]]
    assert await told(db, ALERT) == [[people["Bram"]], later]
    [note] = await told(db, NOTICE, "Carla is achterwacht en reageert nu als eerste")
    assert set(note) == set(people.values())


async def test_without_a_back_up_on_the_rota_the_approvers_are_the_back_up(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    await an_alert(db, now)
    await rung(db, now)
    await call_backup(db, after=TEN, now=now + TEN)
    assert (await told(db, ALERT))[1] == [people["Dirk"], people["Anna"], people["Carla"]]
    assert await told(db, NOTICE, "1 goedkeurder heeft die nu ook.")


async def test_a_city_can_choose_that_all_of_them_keep_getting_it_at_once(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    await an_alert(db, now)
    assert await rung(db, now, RotaSettings(first="allen")) == [
        [people["Anna"], people["Bram"], people["Carla"]]
    ]


@pytest.mark.parametrize("what", ["no channel", "no right", "left", "silent channel"])
async def test_who_cannot_be_reached_is_as_good_as_a_gap(
    db: Database, now: datetime, what: str
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    async with db.begin() as session:
        bram = await session.get_one(Person, people["Bram"])
        if what == "no channel":
            await close_channel(session, ChannelKind.TELEGRAM, "4101", reason="blocked", now=now)
        elif what == "no right":
            await revoke(session, people["Bram"], Role.COORDINATOR, who=SYSTEM, now=now)
        elif what == "left":
            await mark_left(session, bram, who=SYSTEM, now=now)
        else:
            session.add(
                ChannelPause(kind=ChannelKind.TELEGRAM, since=now, until=now + TEN, reason="down")
            )
    await an_alert(db, now)
    [got] = await rung(db, now)
    assert {people["Anna"], people["Carla"]} <= set(got)


async def test_in_quiet_hours_what_would_wait_goes_to_everybody_and_what_is_urgent_to_who_has_duty(
    db: Database,
) -> None:
    night = datetime(2026, 3, 3, 23, tzinfo=AMSTERDAM)
    people = await people_of_the_city(db, night)
    await on_rota(db, people["Bram"], night - DAY, night + DAY, now=night)
    async with db.begin() as session:
        bram = await session.get_one(Person, people["Bram"])
        bram.quiet_from, bram.quiet_until = time(22), time(7)
        session.add(bram)
    await an_alert(db, night, severity=3)
    assert len((await rung(db, night))[0]) == 3
    await an_alert(db, night, severity=4)
    assert (await rung(db, night))[-1] == [people["Bram"]]


async def test_what_everybody_heard_once_rings_for_everybody_again_when_it_gets_worse(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    number = await an_alert(db, now)
    await rung(db, now)
    await call_backup(db, after=TEN, now=now + TEN)
    async with db.begin() as session:
        (await session.get_one(Event, number)).suggested_severity = 5
    assert len((await rung(db, now + 2 * TEN))[-1]) == 3


async def test_until_it_is_taken_over_the_alert_goes_to_both(db: Database, now: datetime) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Anna"], now - DAY, now, now=now - DAY)
    await on_rota(db, people["Bram"], now, now + DAY, now=now, is_taken=False)
    await an_alert(db, now)
    assert await rung(db, now) == [[people["Bram"], people["Anna"]]]


async def test_an_exercise_asks_its_own_people_and_never_who_has_real_duty(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    players = await people_of_the_city(db, now, is_exercise=True)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    await an_alert(db, now, is_exercise=True)
    assert await rung(db, now) == [[players["Anna"], players["Bram"], players["Carla"]]]
