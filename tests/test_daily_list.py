"""The daily list: at its hour, once a day, each event once, and never what rang."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.daily import send_daily_list
from bot.settings import AlertSettings, TickSettings
from contacts.directory import ChannelKind, Person, Role
from contacts.local_time import AMSTERDAM
from contacts.outbox import Message
from contacts.people import open_channel
from contacts.records import Database
from feeds.daily import list_day
from feeds.rows import Event, Item, Origin, Source
from feeds.standing import Trust
from tests.console_world import a_colleague
from tests.flow_world import an_evening

AT = time(7, 30)
#: half past seven in Arnhem, in summer
MORNING = datetime(2026, 6, 2, 5, 30, tzinfo=UTC)
DAY = timedelta(days=1)


async def a_desk(db: Database, *, has_phone: bool = True) -> None:
    async with db.begin() as session:
        await a_colleague(session, "Coördinator", (Role.COORDINATOR,), MORNING)
        if has_phone:
            person = (await session.exec(select(Person))).one()
            await open_channel(session, person, ChannelKind.TELEGRAM, "4101", rank=0, now=MORNING)


async def an_event(db: Database, title: str, **differs: object) -> int:
    values = {"suggested_severity": 2, "last_item_at": MORNING - timedelta(hours=5), **differs}
    async with db.begin() as session:
        event = Event(
            title=title, type="E02", origin=Origin.FEED,
            detected_at=MORNING - timedelta(hours=6), **values,
        )  # fmt: skip
        source = Source(
            key=f"bron-{title[-1].lower()}", name="Omroep", url="https://omroep.example/rss",
            trust=Trust.REGIONAL, next_poll_at=MORNING,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        assert event.id is not None
        session.add(
            Item(
                source_id=source.id, guid=title, title=title, link="https://omroep.example/1",
                event_id=event.id, severity=2, first_seen_at=MORNING - timedelta(hours=6),
                polled_at=MORNING, content_hash="1",
            )
        )  # fmt: skip
        return event.id


async def send(db: Database, now: datetime) -> int:
    return await send_daily_list(db, AT, is_exercise=False, now=now)


async def texts(db: Database) -> list[str]:
    async with db.read() as session:
        return [
            str(message.content)
            for message in (await session.exec(select(Message).order_by(col(Message.id)))).all()
        ]


async def test_what_was_dismissed_and_rose_without_ringing_is_listed(db: Database) -> None:
    await a_desk(db)
    await an_event(db, "Onrust A", alerted_severity=1)
    assert await send(db, MORNING) == 1


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 6, 2, 5, 29, tzinfo=UTC), None),
        (MORNING, 2),
        (datetime(2026, 6, 2, 11, 29, tzinfo=UTC), 2),
        (datetime(2026, 6, 2, 11, 30, tzinfo=UTC), None),
        (datetime(2026, 1, 2, 5, 30, tzinfo=UTC), None),
        (datetime(2026, 1, 2, 6, 30, tzinfo=UTC), 2),
    ],
)
def test_the_list_of_a_day_goes_out_from_its_hour_on_the_clock_of_the_city(
    at: datetime, day: int | None
) -> None:
    found = list_day(at, AT)
    assert (found.day if found else None) == day


def test_without_an_hour_there_is_no_list() -> None:
    assert list_day(MORNING, AlertSettings(daily_at="").daily_time) is None
    assert AlertSettings().daily_time == AT


async def test_the_list_holds_what_did_not_ring_and_may_raise_questions(db: Database) -> None:
    await a_desk(db)
    await an_event(db, "Demonstratie op de markt A")
    await an_event(db, "Explosie bij een deur B", suggested_severity=3)
    await an_event(db, "Klein bericht C", suggested_severity=1)
    await an_event(db, "Dit ging al af D", alerted_at=MORNING - timedelta(hours=3),
                   alerted_severity=2)  # fmt: skip
    await an_event(db, "Volgt iemand al E", snoozed_until=MORNING + DAY)
    await an_event(db, "Oud nieuws F", last_item_at=MORNING - 2 * DAY)
    assert await send(db, MORNING - timedelta(minutes=1)) == 0
    assert await send(db, MORNING) == 2
    (text,) = await texts(db)
    assert text.index("deur B") < text.index("markt A")
    for absent in ("bericht C", "af D", "al E", "nieuws F"):
        assert absent not in text


async def test_a_day_has_one_list_and_an_event_stands_on_one_list(db: Database) -> None:
    await a_desk(db)
    await an_event(db, "Demonstratie A", last_item_at=MORNING + DAY)
    assert await send(db, MORNING) == 1
    await an_event(db, "Vonnis B", last_item_at=MORNING + DAY)
    assert await send(db, MORNING + timedelta(minutes=1)) == 0
    assert await send(db, MORNING + DAY) == 1
    assert await send(db, MORNING + 2 * DAY) == 0
    first, second = await texts(db)
    assert "Demonstratie A" in first
    assert "Demonstratie A" not in second


async def test_a_list_that_reaches_nobody_is_tried_again(db: Database) -> None:
    await a_desk(db, has_phone=False)
    await an_event(db, "Demonstratie A")
    assert await send(db, MORNING) == 0
    async with db.begin() as session:
        person = (await session.exec(select(Person))).one()
        await open_channel(session, person, ChannelKind.TELEGRAM, "4101", rank=0, now=MORNING)
    assert await send(db, MORNING + timedelta(minutes=5)) == 1


async def test_a_long_list_shows_ten_and_says_how_many_more(db: Database) -> None:
    await a_desk(db)
    for letter in "ABCDEFGHIJKL":
        await an_event(db, f"Vonnis {letter}")
    assert await send(db, MORNING) == 12
    (text,) = await texts(db)
    assert "En nog 2" in text
    assert text.count("ernst 2") == 3 * 10


async def test_a_number_of_the_list_opens_that_event_with_the_answers_of_an_alert(
    tmp_path: Path,
) -> None:
    """At the hour of the clock, in the whole house."""
    pace = TickSettings(feeds_s=0.5, refresh_s=1, daily_s=0.3)
    async with an_evening(tmp_path, ticks=pace) as evening:
        house, user = evening.house, evening.coordinator
        async with house.db.begin() as session:
            event = Event(
                title="Demonstratie <zaterdag> op de markt", type="E02", origin=Origin.FEED,
                suggested_severity=2, detected_at=house.clock(), is_exercise=True,
            )  # fmt: skip
            session.add(event)
        hour = list_hour(house.clock())
        house.config = house.config.model_copy(update={"alerts": AlertSettings(daily_at=hour)})
        await user.press("1", timeout_s=15)
        shown = await user.see_button("Niet relevant")
        assert "Demonstratie <zaterdag> op de markt" in shown.text


def list_hour(now: datetime) -> str:
    """A time of today in Arnhem that has just passed."""
    local = now.astimezone(AMSTERDAM)
    return f"{local.hour:02}:{local.minute:02}"
