"""Lessons of an event: kept without persons, late ones told, and tied to the text they changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.config import Config
from bot.learning_texts import READERS
from bot.lesson_reminding import SHOWN, remind_of_lessons, reminder
from briefings.learning.lessons import (
    LATER,
    NewLesson,
    finish_lesson,
    is_late,
    why_not,
)
from briefings.learning.rows import Lesson, LessonStatus
from briefings.library import library
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, Message
from contacts.people import grant, open_channel
from contacts.permissions import NotAllowed
from contacts.records import Database, IllegalMove
from tests.console_desk import Desk, a_desk
from tests.console_world import press
from tests.partner_world import Chat, a_partner, an_event

TODAY = date(2026, 3, 3)
#: a Tuesday at ten
OFFICE = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
FORM = {"houden": "Het eerste bericht was kort.", "anders": "Zet het aanspreekpunt bovenaan.",
        "eigenaar": "communicatieadviseur", "voor": "2026-04-14"}  # fmt: skip


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def a_lesson(number: int = 1, **given: object) -> Lesson:
    values = {"event_id": 1, "change": "Zet het aanspreekpunt bovenaan.", "owner": "adviseur",
              "due": TODAY, "made_at": OFFICE, "id": number, **given}  # fmt: skip
    return Lesson(**values)


def test_what_cannot_be_kept_is_said_with_its_reason() -> None:
    def reason(known: bool = False, **changed: object) -> str | None:
        values = {"keep": "", "change": "Kortere tekst.", "owner": "adviseur", "due": TODAY}
        return why_not(NewLesson(**{**values, **changed}), (), is_known=known, today=TODAY)

    assert reason() is None
    assert reason(change="") == "empty"
    assert reason(owner="") == "owner"
    assert reason(change="x" * 301) == "long"
    assert reason(due=None) == "date"
    assert reason(due=TODAY - timedelta(days=1)) == "date"
    assert reason(due=TODAY + timedelta(days=800)) == "date"
    assert reason(change="Laat Dennis Bakkerstra het doen.") == "person"
    assert reason(keep="Bel 06-12345678.") == "person"
    assert reason(owner="Dennis Bakkerstra") == "person"
    assert reason(change="Bel de schoolleider, want hij wist van niets.") == "role"
    assert reason(change="Bel de schoolleider, want hij wist van niets.", is_knowing=True) is None
    assert reason(owner="Dennis Bakkerstra", known=True) is None, "an organisation may be called so"


@given(st.integers(-400, 400), st.sampled_from(LessonStatus))
def test_only_an_open_lesson_whose_day_is_over_is_late(days: int, status: LessonStatus) -> None:
    lesson = a_lesson(due=TODAY + timedelta(days=days), status=status)
    assert is_late(lesson, TODAY) == (days < 0 and status is LessonStatus.OPEN)


def test_a_long_list_of_late_lessons_shows_a_few_and_says_how_many_more() -> None:
    form = reminder([a_lesson(n) for n in range(1, 9)], "http://x/leren").telegram
    assert form is not None
    assert len(form.buttons) == 2 * SHOWN
    assert "nog 3 andere" in form.text
    assert "nog" not in (reminder([a_lesson()], "http://x/leren").telegram or form).text


async def test_a_lesson_is_kept_shown_and_finished_at_the_desk(desk: Desk) -> None:
    assert (await desk.press("les", **FORM)).status_code == 303
    page = await desk.page("evaluatie")
    assert READERS in page
    assert "Zet het aanspreekpunt bovenaan." in page
    assert "voor 14 april 2026" in page
    overview = (await desk.web.get("/leren")).text
    assert "in de chat met /les" in overview
    assert f'href="/gebeurtenis/{desk.number}/evaluatie"' in overview
    [lesson] = await desk.rows(Lesson)
    done = await press(desk.web, desk.world.sealer, f"/les/{lesson.id}", doe="gedaan", tekst="")
    assert done.status_code == 303
    again = await press(desk.web, desk.world.sealer, f"/les/{lesson.id}", doe="niet")
    assert again.status_code == 409
    [lesson] = await desk.rows(Lesson)
    assert lesson.status is LessonStatus.DONE
    assert lesson.version_now is None
    assert "0 lessen veranderden een tekst" in (await desk.web.get("/leren")).text


async def test_a_lesson_about_a_person_is_kept_nowhere(desk: Desk) -> None:
    refused = await desk.press("les", **{**FORM, "anders": "Vraag het aan Dennis Bakkerstra."})
    assert refused.status_code == 422
    assert "lijkt een persoon" in refused.text
    assert await desk.rows(Lesson) == []


async def test_a_lesson_cannot_claim_a_text_that_still_has_the_version_of_that_evening(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.fact()
    await desk.press("les", **FORM)
    [lesson] = await desk.rows(Lesson)
    path = f"/les/{lesson.id}"
    refused = await press(desk.web, desk.world.sealer, path, doe="gedaan", tekst="algemeen")
    assert refused.status_code == 422
    assert "dezelfde versie als die avond" in refused.text
    unknown = await press(desk.web, desk.world.sealer, path, doe="gedaan", tekst="bestaat-niet")
    assert unknown.status_code == 422
    # The municipality writes the text anew in its own folder, with a new version.
    own = tmp_path / "algemeen"
    own.mkdir()
    (own / "meta.toml").write_text('version = "99"\n', encoding="utf-8")
    async with desk.world.db.begin() as session:
        kept = await session.get_one(Lesson, lesson.id)
        assert await finish_lesson(
            session, kept, template="algemeen", shelf=library(tmp_path), who=SYSTEM, now=OFFICE
        ) is None  # fmt: skip
    [lesson] = await desk.rows(Lesson)
    assert lesson.version_now == "99"
    assert lesson.version_then not in (None, "99")
    overview = (await desk.web.get("/leren")).text
    assert "1 les veranderde een tekst" in overview
    assert f"algemeen, versie {lesson.version_then} → 99" in overview
    await press(desk.web, desk.world.sealer, path, doe="weer")
    [lesson] = await desk.rows(Lesson)
    assert (lesson.status, lesson.version_now) == (LessonStatus.OPEN, None)


async def test_a_lesson_of_the_other_world_does_not_exist_here(desk: Desk) -> None:
    await desk.press("les", **FORM)
    async with desk.world.db.begin() as session:
        [lesson] = (await session.exec(select(Lesson))).all()
        lesson.is_exercise = True
        session.add(lesson)
    answer = await press(desk.web, desk.world.sealer, f"/les/{lesson.id}", doe="gedaan")
    assert answer.status_code == 404
    assert "Zet het aanspreekpunt" not in (await desk.web.get("/leren")).text


async def test_settling_twice_is_refused(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        lesson = a_lesson(event_id=event, status=LessonStatus.DROPPED)
        session.add(lesson)
        await session.flush()
        with pytest.raises(IllegalMove):
            await finish_lesson(
                session, lesson, template="", shelf=library(), who=SYSTEM, now=OFFICE
            )


async def remind(db: Database, now: datetime) -> int:
    async with db.begin() as session:
        return await remind_of_lessons(session, Config(), now=now)


async def test_late_lessons_are_told_once_a_week_in_office_hours(desk: Desk) -> None:
    await desk.press("les", **FORM)
    async with desk.world.db.begin() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Coördinator"))
        await open_channel(
            session, found.one(), ChannelKind.EMAIL, "co@gemeente.example", rank=1,
            now=desk.world.now,
        )  # fmt: skip
    db = desk.world.db
    assert await remind(db, datetime(2026, 4, 14, 8, 0, tzinfo=UTC)) == 0, "its own day"
    assert await remind(db, OFFICE.replace(hour=20)) == 0, "in the evening"
    assert await remind(db, OFFICE) == 1
    assert await remind(db, OFFICE + timedelta(days=1)) == 0
    assert await remind(db, OFFICE + timedelta(days=7)) == 1
    mails = [d for d in await desk.rows(Delivery) if d.address == "co@gemeente.example"]
    assert len(mails) == 2
    message = (await desk.rows(Message))[-1]
    assert "communicatieadviseur" in message.content["email"]["text"]


async def both(chat: Chat) -> list[Lesson]:
    return sorted(await chat.all(Lesson), key=lambda lesson: lesson.id or 0)


async def test_one_tap_gives_two_weeks_more_and_another_finishes(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        await grant(session, chat.person_id, Role.COORDINATOR, who=SYSTEM, now=now)
        session.add_all([a_lesson(1, event_id=event), a_lesson(2, event_id=event)])
    assert await remind(db, OFFICE) == 2
    chat.message, chat.now = (await chat.all(Delivery))[-1].id, OFFICE
    await chat.press("1 twee weken later")
    later, untouched = await both(chat)
    assert later.due == OFFICE.date() + LATER
    assert untouched.due == TODAY
    await chat.press("2 gedaan")
    assert [one.status for one in await both(chat)] == [
        LessonStatus.OPEN, LessonStatus.DONE,
    ]  # fmt: skip
    await chat.tap("lesson:2:later")
    assert (await both(chat))[1].status is LessonStatus.DONE


async def test_a_teacher_cannot_settle_a_lesson(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        session.add(a_lesson(1, event_id=event))
    with pytest.raises(NotAllowed):
        await chat.tap("lesson:1:done")
    assert (await chat.all(Lesson))[0].status is LessonStatus.OPEN
