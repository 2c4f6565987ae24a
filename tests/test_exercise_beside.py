"""While people play, a real alert says that it is real, and a grave one offers to stop the play."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from bot.alerts import alert_content, ring
from bot.clock import utc_now
from bot.exercise import seat_texts as texts
from bot.exercise.beside import GRAVE, offer_to_stop
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole
from contacts.directory import Role
from contacts.outbox import Delivery, Message
from contacts.records import Database
from feeds.rows import Event, EventStatus, Item, Origin, Source
from feeds.settings import FeedSettings
from feeds.standing import Trust
from tests.exercise_world import Telephone, play
from tests.outbox_world import a_person

CHAT = 900
NOW = utc_now()


@dataclass
class Evening:
    phone: Telephone
    coordinator: int


async def an_evening(db: Database) -> Evening:
    """A real coordinator, and a teacher who plays."""
    async with db.begin() as session:
        coordinator = await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR)
        teacher = await a_person(session, NOW, chat="901")
        numbers = coordinator.id or 0, teacher.id or 0
    await play(db, {numbers[1]: SeatRole.READER}, now=NOW)
    return Evening(Telephone(db, CHAT, NOW), numbers[0])


async def test_a_real_alert_says_that_it_is_real_while_people_play(db: Database) -> None:
    await an_evening(db)
    async with db.begin() as session:
        words = {}
        for is_exercise in (False, True):
            event = Event(
                title="Steekpartij", type="algemeen", origin=Origin.FEED, detected_at=NOW,
                status=EventStatus.DETECTED, is_exercise=is_exercise,
            )  # fmt: skip
            session.add(event)
            await session.flush()
            content = await alert_content(session, event)
            assert content.telegram is not None
            assert content.email is not None
            words[is_exercise] = content.telegram.text, content.email.subject, content.email.text
    assert all("ECHT" in one for one in words[False])
    assert not any("ECHT" in one for one in words[True])


@pytest.mark.parametrize("severity", [GRAVE - 1, GRAVE])
async def test_only_a_grave_alert_offers_to_stop_and_one_tap_stops(
    db: Database, severity: int
) -> None:
    evening = await an_evening(db)
    async with db.begin() as session:
        event = Event(
            title="Steekpartij", type="algemeen", origin=Origin.FEED, detected_at=NOW,
            suggested_severity=severity,
        )  # fmt: skip
        offered = await offer_to_stop(session, event, now=NOW)
        sent = (await session.exec(select(Delivery))).all()
    assert offered == (severity >= GRAVE)
    assert bool([one for one in sent if one.person_id == evening.coordinator]) == offered
    if not offered:
        return
    await evening.phone.press(texts.STOP_IT)
    async with db.read() as session:
        exercise = (await session.exec(select(Exercise))).one()
    assert exercise.status is ExerciseStatus.STOPPED
    said = await evening.phone.said()
    assert [text for world, text in said if not world and texts.OVER_TITLE in text]
    assert (False, texts.STOPPED) in said


async def test_a_coordinator_with_only_mail_gets_the_way_to_the_button(db: Database) -> None:
    await an_evening(db)
    async with db.begin() as session:
        mailed = await a_person(session, NOW, mail="leider@gemeente.example", role=Role.COORDINATOR)
        event = Event(
            title="Steekpartij", type="algemeen", origin=Origin.FEED, detected_at=NOW,
            suggested_severity=GRAVE,
        )  # fmt: skip
        assert await offer_to_stop(session, event, now=NOW)
        found = await session.exec(
            select(Message)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.person_id) == mailed.id)
        )
        mail = found.one().content["email"]
        exercise = (await session.exec(select(Exercise))).one()
    assert mail["subject"].startswith("ECHT, geen oefening")
    assert f"%%BASE%%/oefenen/{exercise.id}" in mail["text"]


async def test_the_offer_comes_with_the_alert_that_rings(db: Database) -> None:
    await an_evening(db)
    async with db.begin() as session:
        event = Event(
            title="Aanslag", type="E02", origin=Origin.FEED, suggested_severity=GRAVE,
            detected_at=NOW, item_count=1,
        )  # fmt: skip
        source = Source(
            key="omroep", name="Omroep", url="https://omroep.example/rss",
            trust=Trust.REGIONAL, next_poll_at=NOW,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        session.add(
            Item(
                source_id=source.id or 0, guid="1", title="Aanslag", link="https://omroep.example/1",
                event_id=event.id, severity=GRAVE, published_at=NOW, first_seen_at=NOW,
                polled_at=NOW, content_hash="1",
            )
        )  # fmt: skip
    assert await ring(db, FeedSettings(), now=NOW) == 1
    said = [text for world, text in await Telephone(db, CHAT, NOW).said() if not world]
    assert texts.REAL_BESIDE.format(severity=GRAVE) in said
