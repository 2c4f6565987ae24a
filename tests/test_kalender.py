"""Foreseeable moments: the right day, told some days before, once, with the fitting card."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.config import Config
from bot.foreseeing import scenario_card, tell_foreseen
from contacts.directory import Role
from contacts.outbox import Message
from contacts.records import Database
from feeds.kalender import (
    CalendarSettings,
    Foreseen,
    MomentSettings,
    foreseen,
    read_calendar,
)
from tests.outbox_world import a_person

#: half past seven in Arnhem, in autumn
MORNING = datetime(2026, 10, 4, 5, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SEVENTH = MomentSettings(key="7-oktober", name="Jaardag van 7 oktober", on="10-07", type="E14")
ICS = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Zitting in de zaak van de brand\r
CATEGORIES:E12\r
DTSTART;TZID=Europe/Amsterdam:20261005T233000\r
DTEND;TZID=Europe/Amsterdam:20261005T235900\r
RRULE:FREQ=WEEKLY;COUNT=3\r
EXDATE;TZID=Europe/Amsterdam:20261012T233000\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
SUMMARY:Afspraak met Sanne de Vries\r
DTSTART;VALUE=DATE:20261006\r
END:VEVENT\r
END:VCALENDAR\r
"""


def settings(*moments: MomentSettings, **differs: object) -> Config:
    calendar = CalendarSettings.model_validate({"moments": list(moments), **differs})
    return Config(calendar=calendar)


async def texts(db: Database) -> list[str]:
    async with db.read() as session:
        found = await session.exec(select(Message).order_by(col(Message.id)))
        return [str(message.content) for message in found]


@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("10-07", [date(2026, 10, 7), date(2027, 10, 7)]),
        ("2027-10-07", [date(2027, 10, 7)]),
        ("02-29", []),
    ],
)
def test_a_date_comes_back_each_year_or_once(on: str, days: list[date]) -> None:
    moment = MomentSettings(key="dag", name="Dag", on=on)
    found = foreseen(CalendarSettings(moments=[moment]), date(2026, 3, 1), date(2027, 12, 31))
    assert [one.day for one in found] == days


def test_a_calendar_file_is_read_with_its_repetitions_on_the_day_of_the_city(
    tmp_path: Path,
) -> None:
    file = tmp_path / "stad.ics"
    file.write_bytes(ICS)
    found = read_calendar(file, date(2026, 10, 1), date(2026, 10, 31))
    assert found is not None
    court = [one for one in found if one.type == "E12"]
    assert [one.day for one in court] == [date(2026, 10, 5), date(2026, 10, 19)]
    assert len({one.key for one in court}) == 1


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", b"x" * 2_000_001]
)
def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "kapot.ics"
    file.write_bytes(raw)
    chosen = CalendarSettings(files=[file, tmp_path / "weg.ics"], moments=[SEVENTH])
    assert len(foreseen(chosen, date(2026, 10, 1), date(2026, 10, 31))) == 1


async def test_a_moment_is_told_three_days_before_and_once(db: Database) -> None:
    async with db.begin() as session:
        await a_person(session, MORNING, chat="1", role=Role.COORDINATOR)
    config = settings(SEVENTH)
    assert await tell_foreseen(db, config, now=MORNING - DAY) == 0
    assert await tell_foreseen(db, config, now=MORNING - timedelta(minutes=1)) == 0
    assert await tell_foreseen(db, config, now=MORNING) == 1
    assert await tell_foreseen(db, config, now=MORNING + DAY) == 0
    assert await tell_foreseen(db, config, now=MORNING + timedelta(days=365)) == 1
    first, _ = await texts(db)
    assert "Jaardag van 7 oktober" in first
    assert "woensdag 7-10-2026 (over 3 dagen)" in first
    assert "Scenariokaart" in first
    assert "Vragen die kunnen komen" in first


async def test_an_announcement_that_reaches_nobody_comes_again(db: Database) -> None:
    assert await tell_foreseen(db, settings(SEVENTH), now=MORNING) == 0
    async with db.begin() as session:
        await a_person(session, MORNING, chat="1", role=Role.COORDINATOR)
    assert await tell_foreseen(db, settings(SEVENTH), now=MORNING + DAY) == 1


async def test_a_person_in_a_calendar_is_not_named(db: Database, tmp_path: Path) -> None:
    (tmp_path / "stad.ics").write_bytes(ICS)
    async with db.begin() as session:
        await a_person(session, MORNING, chat="1", role=Role.COORDINATOR)
    assert await tell_foreseen(db, settings(files=[tmp_path / "stad.ics"]), now=MORNING) == 2
    said = " ".join(await texts(db))
    assert "Zitting in de zaak van de brand" in said
    assert "Vries" not in said
    assert "iets uit de agenda van de gemeente" in said


def test_without_a_kind_there_is_no_card_and_without_an_hour_no_announcement() -> None:
    assert scenario_card("", Config()) is None
    card = scenario_card("E07", Config())
    assert card is not None
    assert len(card.questions) == 3
    assert Foreseen(date(2026, 1, 1), "a", "b") < Foreseen(date(2026, 1, 2), "a", "b")
    assert CalendarSettings(at="").at == ""
