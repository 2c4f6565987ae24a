"""*Klopt dit nog?*: asked by everybody's own channel, answered with one tap or press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking import AT_ONCE, is_office_hour
from bot.config import Config
from bot.console.gaps import line_of, shares_of
from contacts.directory import ChannelKind, Domain, Organisation, Person
from contacts.gaps import Gap, ReachDay, note_reach, reach_now, standings
from contacts.list_check import CheckAnswer, ListCheck, is_fresh
from contacts.outbox import Delivery
from contacts.people import close_channel, open_channel
from contacts.records import Database
from contacts.settings import ContactSettings
from feeds.rows import Event, EventStatus
from tests.console_world import SAME_SITE, World
from tests.contact_files_world import rows
from tests.list_check_world import ADDRESS, LATER, a_reachable_world, asked, one, page_of
from tests.partner_world import a_partner

EVERY = timedelta(days=182)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_reachable_world(db, now) as made:
        yield made


async def test_everybody_with_a_channel_is_asked_once_in_half_a_year(world: World) -> None:
    assert await asked(world.db, world.now + timedelta(days=181, hours=-3)) == 0
    assert await asked(world.db, LATER) == 2
    assert await asked(world.db, LATER + timedelta(hours=1)) == 0
    assert await asked(world.db, LATER + timedelta(days=183)) == 2
    mails = [d for d in await rows(world.db, Delivery) if d.address == ADDRESS]
    assert len(mails) == 3  # the briefing of the world, and two questions


async def test_nobody_is_asked_at_night_in_a_weekend_or_during_an_event(world: World) -> None:
    assert await asked(world.db, LATER.replace(hour=19)) == 0
    assert await asked(world.db, LATER + timedelta(days=2)) == 0
    async with world.db.begin() as session:
        event = await session.get_one(Event, 1)
        event.status = EventStatus.CONFIRMED
    assert await asked(world.db, LATER) == 0


async def test_no_question_where_the_city_wants_none(world: World) -> None:
    config = Config(contacts=ContactSettings(check_days=0))
    assert await asked(world.db, LATER, config) == 0


async def test_a_long_list_is_asked_in_portions(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        school = Organisation(name="School", domain=Domain.EDUCATION, created_at=now)
        session.add(school)
        await session.flush()
        for number in range(AT_ONCE + 5):
            person = Person(organisation_id=school.id, name=f"Docent {number}", created_at=now)
            session.add(person)
            await session.flush()
            await open_channel(
                session, person, ChannelKind.EMAIL, f"d{number}@s.example", rank=1, now=now
            )
    assert await asked(db, LATER) == AT_ONCE
    assert await asked(db, LATER + timedelta(hours=1)) == 5


async def test_one_tap_in_the_chat_confirms_the_organisation(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    assert await asked(db, LATER) == 1
    chat.message = (await chat.all(Delivery))[-1].id
    chat.now = LATER
    assert "Klopt dit nog?" in await chat.text()
    await chat.press("Ja, dit klopt")
    assert "half jaar" in await chat.text()
    (organisation,) = await rows(db, Organisation)
    assert organisation.confirmed_at == LATER
    (check,) = await rows(db, ListCheck)
    assert check.answer is CheckAnswer.RIGHT


async def test_a_look_at_the_own_page_confirms_nothing_and_one_press_does(world: World) -> None:
    page = await page_of(world)
    await world.web.get(page)
    assert (await rows(world.db, ListCheck)) == []
    answer = await world.web.post(f"{page}/klopt", data={"x": ""}, headers=SAME_SITE)
    assert answer.status_code == 303
    school = next(o for o in await rows(world.db, Organisation) if o.name == "Voorbeeldcollege")
    assert school.confirmed_at == world.now


async def test_another_site_can_neither_confirm_nor_remove_anybody(world: World) -> None:
    page = await page_of(world)
    for act in ("klopt", "weg", "opvolger"):
        answer = await world.web.post(
            f"{page}/{act}", data={"zeker": "ja"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403
    assert (await rows(world.db, ListCheck)) == []
    assert (await one(world)).left_at is None


async def test_the_desk_confirms_after_a_telephone_call(world: World) -> None:
    page = (await world.desk.get("/contacten/hiaten?hiaat=niet-bevestigd")).text
    assert "Voorbeeldcollege" in page
    await world.press(f"/organisatie/{world.organisation_id}/bevestigd")
    page = (await world.desk.get("/contacten/hiaten?hiaat=niet-bevestigd")).text
    assert "Voorbeeldcollege" not in page


async def test_gaps_say_why_and_a_closed_channel_says_it_too(world: World) -> None:
    async with world.db.begin() as session:
        await close_channel(
            session, ChannelKind.EMAIL, ADDRESS, reason="bounce_5.1.1", now=world.now
        )
        school = await session.get_one(Organisation, world.organisation_id)
        (standing,) = await standings(session, [school], EVERY, now=world.now)
    assert standing.gaps == [Gap.UNREACHABLE, Gap.FEW, Gap.BOUNCING, Gap.UNCONFIRMED, Gap.NO_BACKUP]
    assert "Voorbeeldcollege" in (await world.desk.get("/contacten/hiaten?hiaat=komt-terug")).text
    other = (await world.desk.get("/contacten/hiaten?hiaat=komt-terug&domein=gemeente")).text
    assert "Voorbeeldcollege" not in other
    person = await one(world)
    card = (await world.desk.get(f"/contact/{person.id}")).text
    assert "de mail kwam terug (5.1.1)" in card


async def test_silence_is_a_gap_after_a_month_and_an_answer_ends_it(world: World) -> None:
    await asked(world.db, LATER)
    async with world.db.read() as session:
        school = await session.get_one(Organisation, world.organisation_id)
        for days, there in ((29, False), (31, True)):
            now = LATER + timedelta(days=days)
            (standing,) = await standings(session, [school], EVERY, now=now)
            assert (Gap.SILENT in standing.gaps) is there


async def test_the_share_is_kept_once_a_day(world: World) -> None:
    async with world.db.begin() as session:
        assert await note_reach(session, is_exercise=False, now=world.now)
        assert not await note_reach(session, is_exercise=False, now=world.now)
        assert (await reach_now(session, is_exercise=False))[Domain.EDUCATION] == (1, 1)
        await close_channel(session, ChannelKind.EMAIL, ADDRESS, reason="blocked", now=world.now)
        assert (await reach_now(session, is_exercise=False))[Domain.EDUCATION] == (1, 0)
        assert await note_reach(session, is_exercise=False, now=world.now + timedelta(days=40))
    page = (await world.desk.get("/contacten/hiaten")).text
    assert "<polyline" in page or "maart 2026" in page


def test_the_line_runs_from_left_to_right_and_from_nobody_to_everybody() -> None:
    days = [
        ReachDay(day=date(2026, 1, 1), domain=Domain.CIVIL, organisations=4, reachable=0),
        ReachDay(day=date(2026, 1, 11), domain=Domain.CIVIL, organisations=4, reachable=2),
        ReachDay(day=date(2026, 1, 21), domain=Domain.CIVIL, organisations=4, reachable=4),
    ]
    assert line_of(days) == "0.0,120.0 300.0,60.0 600.0,0.0"
    assert line_of(days[:1]) == ""
    (share,) = shares_of(days)
    assert (share.label, share.total, share.percent) == ("januari 2026", "4 / 4", 100)


BOUNDS = (datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001  (hypothesis wants these)


@given(st.datetimes(*BOUNDS, timezones=st.just(UTC)))
def test_office_hours_are_never_in_a_weekend_or_at_night(at: datetime) -> None:
    if is_office_hour(at):
        assert at.weekday() < 5
        assert 6 <= at.hour < 16


def test_a_confirmation_lasts_half_a_year_and_a_month() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    assert is_fresh(now - timedelta(days=211), EVERY, now)
    assert not is_fresh(now - timedelta(days=213), EVERY, now)
    assert not is_fresh(None, EVERY, now)
