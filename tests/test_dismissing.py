"""An alert about what runs already: one tap on the phone brings its reports there."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import select

from bot.chat.coordinator import texts
from bot.chat.coordinator.dismissing_flow import MOST
from contacts.directory import Person
from contacts.journal import JournalEntry, Who
from contacts.records import Database
from feeds.events import dismiss_event
from feeds.rows import DismissReason, Event, EventStatus, Item, Origin, Source
from feeds.standing import Trust
from tests.partner_world import Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def event_with(
    desk: Chat, title: str, status: EventStatus, *, is_exercise: bool = False
) -> int:
    """With one report."""
    async with desk.db.begin() as session:
        source = (await session.exec(select(Source))).first() or Source(
            key="omroep", name="Omroep", url="https://omroep.example/rss", trust=Trust.REGIONAL,
            next_poll_at=desk.now,
        )  # fmt: skip
        confirmed = None if status is EventStatus.DETECTED else desk.now
        event = Event(
            title=title, type="E09", origin=Origin.FEED, suggested_severity=3, item_count=1,
            detected_at=desk.now, confirmed_at=confirmed, status=status, is_exercise=is_exercise,
            severity=None if confirmed is None else 3,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        session.add(
            Item(
                source_id=source.id, guid=title, title=title, link="https://omroep.example/1",
                event_id=event.id, severity=3, published_at=desk.now, first_seen_at=desk.now,
                polled_at=desk.now, content_hash="1", types=["E09"],
            )
        )  # fmt: skip
        return event.id or 0


async def not_relevant(desk: Chat, alert: int) -> None:
    """Under a message of this chat."""
    await desk.tap(f"items:{alert}")
    await desk.tap(f"no:{alert}")


async def test_an_alert_goes_into_what_runs_with_its_reports_and_rings_no_more(
    desk: Chat,
) -> None:
    running = await event_with(desk, "Inval in Presikhaaf", EventStatus.CONFIRMED)
    alert = await event_with(desk, "Tweede inval in Arnhem", EventStatus.DETECTED)
    await not_relevant(desk, alert)
    await desk.press("Hoort bij: Inval in Presikhaaf")
    async with desk.db.read() as session:
        gone = await session.get_one(Event, alert)
        items = (await session.exec(select(Item.event_id))).all()
        entries = (await session.exec(select(JournalEntry))).all()
    assert (gone.status, gone.merged_into_id) == (EventStatus.DISMISSED, running)
    assert set(items) == {running}
    [merged] = [e.detail for e in entries if e.action == "event_merged"]
    assert (merged["into"], len(merged["items"])) == (running, 1)
    assert texts.BACK in await desk.labels()
    await desk.tap(f"into:{alert}:{running}")
    assert "hoort bij een andere gebeurtenis, volgens" in (desk.toast or "")


async def test_what_turned_out_to_be_nothing_is_a_false_alarm_by_one_tap(desk: Chat) -> None:
    alert = await event_with(desk, "Verdacht pakket in Arnhem", EventStatus.DETECTED)
    await not_relevant(desk, alert)
    assert (await desk.labels())[0] == "loos alarm", "the most telling one comes first"
    await desk.press("loos alarm")
    assert "Niet relevant: loos alarm." in await desk.text()
    async with desk.db.read() as session:
        assert (await session.get_one(Event, alert)).dismissed_reason is DismissReason.FALSE_ALARM


@pytest.mark.parametrize(
    ("place", "reason"),
    list(enumerate(["sport_cultuur", "elders", "oud_nieuws", "al_bekend", "anders", "loos_alarm"])),
)
async def test_a_button_under_an_old_message_keeps_its_reason(
    desk: Chat, place: int, reason: str
) -> None:
    alert = await event_with(desk, "Verdacht pakket in Arnhem", EventStatus.DETECTED)
    await not_relevant(desk, alert)
    await desk.tap(f"dis:{alert}:{place}")
    async with desk.db.read() as session:
        assert (await session.get_one(Event, alert)).dismissed_reason == reason


async def test_only_what_runs_in_the_same_world_is_offered_and_not_everything(desk: Chat) -> None:
    alert = await event_with(desk, "Onrust bij een opvang", EventStatus.DETECTED)
    await not_relevant(desk, alert)
    assert not [label for label in await desk.labels() if label.startswith("Hoort bij")]
    await event_with(desk, "Oefening", EventStatus.CONFIRMED, is_exercise=True)
    await event_with(desk, "Afgesloten", EventStatus.CLOSED)
    await event_with(desk, "Ook een melding", EventStatus.DETECTED)
    for number in range(MOST + 1):
        await event_with(desk, f"Loopt {number}", EventStatus.CONFIRMED)
    await not_relevant(desk, alert)
    offered = [label for label in await desk.labels() if label.startswith("Hoort bij")]
    assert offered == [f"Hoort bij: Loopt {MOST - number}" for number in range(MOST)]


async def test_a_forged_button_brings_an_alert_nowhere(desk: Chat) -> None:
    alert = await event_with(desk, "Onrust bij een opvang", EventStatus.DETECTED)
    closed = await event_with(desk, "Afgesloten", EventStatus.CLOSED)
    drill = await event_with(desk, "Oefening", EventStatus.CONFIRMED, is_exercise=True)
    await desk.tap(f"items:{alert}")
    await desk.tap(f"into:{alert}:{closed}")
    assert desk.toast == texts.ALREADY_DECIDED
    with pytest.raises(ValueError, match="no such event"):
        await desk.tap(f"into:{alert}:{drill}")
    async with desk.db.read() as session:
        assert (await session.get_one(Event, alert)).status is EventStatus.DETECTED


@pytest.mark.parametrize("question", ["no", "later", "ok"])
async def test_a_question_about_an_alert_has_a_way_back_that_decides_nothing(
    desk: Chat, question: str
) -> None:
    alert = await event_with(desk, "Inval in Arnhem", EventStatus.DETECTED)
    await desk.tap(f"items:{alert}")
    await desk.tap(f"{question}:{alert}")
    await desk.press("Toch niet")
    assert "Mogelijk ingrijpende gebeurtenis" in await desk.text()
    assert {"Bevestig", "Nog niet, blijf volgen", "Niet relevant"} <= {*await desk.labels()}
    [event] = await desk.all(Event)
    assert (event.status, event.snoozed_until) == (EventStatus.DETECTED, None)


async def test_the_way_back_is_over_once_somebody_decided(desk: Chat) -> None:
    alert = await event_with(desk, "Inval in Arnhem", EventStatus.CONFIRMED)
    await desk.tap(f"alert:{alert}", message=0)
    assert desk.toast == texts.ALREADY_DECIDED


async def test_who_comes_later_hears_what_was_decided_by_whom_and_is_asked_nothing(
    desk: Chat,
) -> None:
    alert = await event_with(desk, "Inval in Arnhem", EventStatus.DETECTED)
    async with desk.db.begin() as session:
        event = await session.get_one(Event, alert)
        who = Who("person", desk.person_id or 0)
        await dismiss_event(session, event, DismissReason.SPORT_CULTURE, who=who, now=desk.now)
        name = (await session.get_one(Person, desk.person_id)).name
    await desk.tap(f"items:{alert}")
    before = await desk.labels()
    for button in ("ok", "no", "alert"):
        await desk.tap(f"{button}:{alert}")
        assert f"niet relevant volgens {name}" in (desk.toast or "")
        assert await desk.labels() == before, "no question that has no use"
