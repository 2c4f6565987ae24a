"""The balance of the alerts adds up, and says what rings for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.balances import lines_of
from contacts.records import Database
from feeds.balance import balance_of, read_balance
from feeds.rows import DismissReason, Event, EventStatus, Origin
from tests.console_world import World, a_world

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FORMS = {"E01": "geweld", "E07": "onrust"}


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


def an_event(status: EventStatus = EventStatus.DETECTED, **differs: Any) -> Event:
    values = {"type": "E01", "alerted_at": NOW, "alerted_severity": 3, **differs}
    return Event(title="x", origin=Origin.FEED, detected_at=NOW, status=status, **values)


def dismissed(reason: DismissReason | None = None, **differs: Any) -> Event:
    return an_event(EventStatus.DISMISSED, dismissed_reason=reason, **differs)


def test_each_alert_is_taken_up_put_aside_or_open() -> None:
    found = balance_of(
        [
            an_event(EventStatus.CONFIRMED, severity=4),
            an_event(EventStatus.CLOSED, severity=2, type="E07"),
            dismissed(DismissReason.OLD_NEWS, themes=["T01", "T02"]),
            an_event(),
            an_event(EventStatus.CONFIRMED, alerted_at=None, severity=3),
        ],
        FORMS,
    )
    total = found.total
    assert (total.shown, total.confirmed, total.rejected, total.open) == (4, 2, 1, 1)
    assert (total.by_hand, total.raised, total.lowered) == (1, 1, 1)
    assert total.dismissed == {DismissReason.OLD_NEWS: 1}
    assert total.share == pytest.approx(2 / 3)
    assert {form: tally.shown for form, tally in found.by_form.items()} == {
        "geweld": 3,
        "onrust": 1,
    }
    assert {theme: tally.shown for theme, tally in found.by_theme.items()} == {"T01": 1, "T02": 1}


@pytest.mark.parametrize(
    ("confirmed", "rejected", "poor"), [(1, 4, True), (2, 3, False), (0, 4, False), (0, 5, True)]
)
def test_what_rings_for_nothing_often_enough_is_marked(
    confirmed: int, rejected: int, *, poor: bool
) -> None:
    events = [an_event(EventStatus.CONFIRMED, severity=3) for _ in range(confirmed)]
    events += [dismissed(DismissReason.OTHER) for _ in range(rejected)]
    found = balance_of(events, FORMS)
    assert found.by_type["E01"].is_poor is poor
    assert any("vaak voor niets" in line for line in lines_of(found, 90)) is poor


def test_a_false_alarm_is_not_relevant_but_says_nothing_against_what_rang() -> None:
    events = [an_event(EventStatus.CONFIRMED, severity=3)]
    events += [dismissed(DismissReason.FALSE_ALARM) for _ in range(6)]
    total = balance_of(events, FORMS).total
    assert (total.rejected, total.false_alarms, total.share) == (6, 6, 1.0)
    assert not total.is_poor
    events += [dismissed(DismissReason.OLD_NEWS) for _ in range(4)]
    total = balance_of(events, FORMS).total
    assert (total.share, total.is_poor) == (pytest.approx(1 / 5), True)
    lines = list(lines_of(balance_of(events, FORMS), 90))
    assert any("niet relevant, want loos alarm: 6" in line for line in lines)


@given(st.lists(st.tuples(st.sampled_from(EventStatus), st.sampled_from(["E01", "E07", "E99"]))))
def test_the_parts_add_up_to_the_whole(rows: list[tuple[EventStatus, str]]) -> None:
    events = [an_event(status, type=kind) for status, kind in rows]
    found = balance_of(events, FORMS)
    total = found.total
    assert total.shown == total.confirmed + total.rejected + total.open == len(rows)
    for part in (found.by_form, found.by_type):
        assert sum(tally.shown for tally in part.values()) == len(rows)


async def test_only_this_time_this_world_and_what_rang_or_was_started_counts(db: Database) -> None:
    async with db.begin() as session:
        old = an_event()
        old.detected_at = NOW - 100 * DAY
        silent = an_event(alerted_at=None)
        session.add_all([an_event(), old, silent, an_event(is_exercise=True)])
    async with db.read() as session:
        found = await read_balance(
            session, since=NOW - 90 * DAY, until=NOW + DAY, is_exercise=False
        )
    assert (found.total.shown, found.total.by_hand) == (1, 0)


async def test_the_page_shows_reasons_and_names_and_takes_no_other_period(world: World) -> None:
    async with world.db.begin() as session:
        for _ in range(5):
            event = dismissed(DismissReason.ELSEWHERE, themes=["T01"], alerted_at=world.now)
            event.detected_at = world.now - DAY
            session.add(event)
        false = dismissed(DismissReason.FALSE_ALARM, alerted_at=world.now)
        false.detected_at = world.now - DAY
        session.add(false)
    page = (await world.desk.get("/gebeurtenissen/balans?dagen=abc")).text
    assert "loos alarm (1), elders, geen band (5)" in page
    assert "een loos alarm telt daarin niet mee" in page
    assert ">6, waarvan 1 loos alarm</td>" in page
    assert "vaak voor niets" in page
    assert "elders, geen band (5)" in page
    assert "aanhouding terrorisme" in page
    assert 'href="/gebeurtenissen/balans?dagen=90" aria-current="page"' in page


async def test_a_false_alarm_is_chosen_at_the_desk_too(world: World) -> None:
    async with world.db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        number = event.id
    page = f"/gebeurtenis/{number}"
    assert '<option value="loos_alarm">Loos alarm</option>' in (await world.desk.get(page)).text
    assert (await world.press(f"{page}/afwijzen", reden="loos_alarm")).status_code == 303
    async with world.db.read() as session:
        assert (await session.get_one(Event, number)).dismissed_reason is DismissReason.FALSE_ALARM


async def test_of_what_happened_in_the_city_nobody_says_by_default_that_it_was_elsewhere(
    world: World,
) -> None:
    async with world.db.begin() as session:
        here, far = an_event(proximity="P0"), an_event(proximity="P3")
        session.add_all([here, far])
        await session.flush()
        near, away = f"/gebeurtenis/{here.id}", f"/gebeurtenis/{far.id}"
    chosen = '<option value="elders" selected>'
    assert chosen in (await world.desk.get(away)).text
    page = (await world.desk.get(near)).text
    assert chosen not in page
    assert '<option value="" selected>Kies een reden</option>' in page
    answer = await world.press(f"{near}/afwijzen", reden="")
    assert "klaar=no_reason" in answer.headers["location"]
    async with world.db.read() as session:
        assert (await session.get_one(Event, here.id)).status is EventStatus.DETECTED
