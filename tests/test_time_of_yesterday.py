"""A clock time that today has not shown yet is said to be one of yesterday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape

import pytest

from bot.evening.sourcing import LONG_AGO, is_long_ago
from bot.evening.texts import OF_YESTERDAY
from briefings.rows import Fact
from contacts.local_time import AMSTERDAM
from contacts.records import Database
from tests.console_desk import FACT, Desk, a_desk
from tests.coordinating import a_running_event, say, tap
from tests.partner_world import Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.mark.parametrize(
    ("typed", "said"), [("20.30", True), ("17.40", False), ("17.46", False), ("", False)]
)
async def test_at_the_desk_a_time_later_today_is_said_to_be_of_yesterday(
    desk: Desk, typed: str, said: bool
) -> None:
    for act, more in (
        ("feiten", {"soort": "bevestigd", "tekst": FACT, "bron": "politie"}),
        ("feiten", {"soort": "bevestigd", "tekst": "Het is druk.", "bron": "Omroep"}),
    ):
        done = await desk.press(act, tijd=typed, **more)
        page = unescape((await desk.web.get(done.headers["location"])).text)
        assert (OF_YESTERDAY in page) is said
    [claim] = [one for one in await desk.rows(Fact) if one.text == "Het is druk."]
    done = await desk.press("feiten/bevestigd", feit=claim.id, bron="politie", tijd=typed)
    page = unescape((await desk.web.get(done.headers["location"])).text)
    assert (OF_YESTERDAY in page) is said


@pytest.mark.parametrize(("typed", "said"), [("politie 20.30", True), ("politie 17.40", False)])
async def test_on_the_phone_it_is_said_and_the_list_shows_the_day(
    db: Database, now: datetime, typed: str, said: bool
) -> None:
    phone = await a_coordinator(db, now)
    event_id = await a_running_event(phone)
    await tap(phone, f"fadd:{event_id}")
    await say(phone, FACT)
    first = phone.message
    await say(phone, typed)
    shown = await phone.text()
    assert ("maandag 2-3, 20.30 uur" in shown) is said
    assert ("politie, 17.40 uur" in shown) is not said
    spoken = [await text_of(phone, number) for number in range(first + 1, phone.message)]
    assert (OF_YESTERDAY in spoken) is said


async def text_of(phone: Chat, number: int) -> str:
    phone = Chat(phone.db, phone.now, phone.person_id, number)
    return await phone.text()


def test_what_was_said_last_evening_is_typed_by_night_without_a_word() -> None:
    night = datetime(2026, 3, 4, 0, 10, tzinfo=AMSTERDAM)
    assert not is_long_ago(night - timedelta(minutes=20), night)
    assert not is_long_ago(night - LONG_AGO, night)
    assert is_long_ago(night - LONG_AGO - timedelta(minutes=1), night)
    assert not is_long_ago(None, night)
