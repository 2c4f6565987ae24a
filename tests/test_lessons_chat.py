"""``/les``: a lesson is noted in the chat line by line, read back, and kept without persons."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import learning_texts as texts
from bot.chat.coordinator.learning_flow import ABOUT, KEEP
from briefings.learning.rows import Lesson, LessonStatus
from briefings.moments import local_date
from contacts.journal import JournalEntry
from contacts.permissions import NotAllowed
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.partner_world import Chat, a_coordinator, a_partner, an_event

CHANGE, KEPT, OWNER = "Zet het nummer bovenaan.", "Het eerste bericht was kort.", "woordvoerder"
PERSON = "Bel Fatima Yilmaz eerder."


async def with_an_event(db: Database, now: datetime) -> tuple[Chat, int]:
    chat = await a_coordinator(db, now)
    return chat, await an_event(chat)


async def up_to_the_day(chat: Chat) -> None:
    await chat.command("/les")
    await chat.press("Gebeurtenis")
    await chat.write(CHANGE)
    await chat.write(KEPT)
    await chat.write(OWNER)


async def test_it_is_read_back_and_kept_by_one_tap_with_its_line_in_the_journal(
    db: Database, now: datetime
) -> None:
    chat, event = await with_an_event(db, now)
    await up_to_the_day(chat)
    await chat.press("Over 6 weken")
    text = await chat.text()
    assert all(one in text for one in (CHANGE, KEPT, OWNER, texts.READERS))
    assert await chat.all(Lesson) == []
    await chat.press(texts.KEEP_IT)
    [lesson] = await chat.all(Lesson)
    assert (lesson.event_id, lesson.change, lesson.keep, lesson.owner) == (
        event, CHANGE, KEPT, OWNER,
    )  # fmt: skip
    assert lesson.due == local_date(now) + timedelta(weeks=6)
    assert lesson.status is LessonStatus.OPEN
    async with db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "lesson_added")
        )
        assert found.one().actor == f"person:{chat.person_id}"
    with pytest.raises(ValueError, match="over"):
        await chat.tap(KEEP)
    assert len(await chat.all(Lesson)) == 1


async def test_nothing_to_keep_our_own_organisation_and_a_day_in_words_are_enough(
    db: Database, now: datetime
) -> None:
    chat, event = await with_an_event(db, now)
    await chat.tap(f"{ABOUT}:{event}", message=0)
    await chat.write(CHANGE)
    await chat.press(texts.SKIP)
    await chat.press("School")
    day = local_date(now) + timedelta(days=40)
    await chat.write(f"{day.day}-{day.month}-{day.year}")
    assert texts.NOTHING_TO_KEEP in await chat.text()
    await chat.press(texts.KEEP_IT)
    [lesson] = await chat.all(Lesson)
    assert (lesson.keep, lesson.owner, lesson.due) == ("", "School", day)


async def test_a_person_is_refused_in_each_line_and_the_question_stays_open(
    db: Database, now: datetime
) -> None:
    chat, _ = await with_an_event(db, now)
    await chat.command("/les")
    await chat.press("Gebeurtenis")
    for line in (CHANGE, KEPT):
        await chat.write(PERSON)
        assert await chat.text() == texts.NOT_KEPT["person"]
        await chat.write(line)
    await chat.write("Fatima Yilmaz")
    assert await chat.text() == texts.NOT_KEPT["person"]
    await chat.write(OWNER)
    assert texts.WEEKS[6] in await chat.labels()


async def test_a_role_with_a_pronoun_is_asked_about_once_and_can_stay(
    db: Database, now: datetime
) -> None:
    line = "Bel eerst de schoolleider, want hij wist van niets."
    chat, _ = await with_an_event(db, now)
    await chat.command("/les")
    await chat.press("Gebeurtenis")
    await chat.write(line)
    assert "de schoolleiding kreeg het bericht niet" in await chat.text()
    assert "Stuur de zin dan nog eens" in await chat.text()
    await chat.write("Bel eerst de conciërge, want hij wist van niets.")
    assert "Stuur de zin dan nog eens" in await chat.text(), "another line is asked about anew"
    await chat.write(line)
    await chat.write(line)
    assert texts.SKIP in await chat.labels()
    await chat.write(KEPT)
    await chat.write(OWNER)
    await chat.press(texts.WEEKS[6])
    await chat.press(texts.KEEP_IT)
    [lesson] = await chat.all(Lesson)
    assert lesson.change == line


async def test_who_notes_one_reads_first_that_members_read_it(db: Database, now: datetime) -> None:
    chat, event = await with_an_event(db, now)
    await chat.tap(f"{ABOUT}:{event}", message=0)
    assert texts.READERS in await chat.text()
    assert "ook niet zonder naam" in await chat.text()


async def test_a_day_with_its_month_in_words_is_read(db: Database, now: datetime) -> None:
    chat, _ = await with_an_event(db, now)
    await up_to_the_day(chat)
    await chat.write("14 december")
    await chat.press(texts.KEEP_IT)
    [lesson] = await chat.all(Lesson)
    assert (lesson.due.month, lesson.due.day) == (12, 14)


@pytest.mark.parametrize("said", ["gisteren", "32-1", str(date(1999, 1, 1))])
async def test_a_day_that_is_none_or_is_over_is_asked_again(
    db: Database, now: datetime, said: str
) -> None:
    chat, _ = await with_an_event(db, now)
    await up_to_the_day(chat)
    await chat.write(said)
    answer = await chat.text()
    assert answer.startswith(texts.NOT_KEPT["date"])
    assert "Schrijf de dag zo: " in answer, "with an example"
    await chat.write("over een eeuw")
    assert await chat.all(Lesson) == []


async def test_a_line_that_is_too_long_is_not_taken(db: Database, now: datetime) -> None:
    chat, _ = await with_an_event(db, now)
    await chat.command("/les")
    await chat.press("Gebeurtenis")
    await chat.write("Dit moet anders. " * 30)
    assert await chat.text() == texts.NOT_KEPT["long"]


async def test_stopping_keeps_nothing(db: Database, now: datetime) -> None:
    chat, _ = await with_an_event(db, now)
    await up_to_the_day(chat)
    await chat.press("Over 2 weken")
    await chat.press(texts.QUIT)
    assert await chat.text() == texts.GIVEN_UP
    with pytest.raises(ValueError, match="over"):
        await chat.tap(KEEP)
    assert await chat.all(Lesson) == []


async def test_only_events_of_the_own_world_that_were_confirmed_are_offered(
    db: Database, now: datetime
) -> None:
    chat, event = await with_an_event(db, now)
    other = await an_event(chat, is_exercise=True)
    async with db.begin() as session:
        (await session.get_one(Event, event)).status = EventStatus.DETECTED
    await chat.command("/les")
    assert await chat.text() == texts.NO_EVENT
    for number in (event, other):
        with pytest.raises(ValueError, match="no such event"):
            await chat.tap(f"{ABOUT}:{number}", message=0)


async def test_a_member_notes_no_lesson(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    with pytest.raises(NotAllowed):
        await chat.command("/les")
    with pytest.raises(NotAllowed):
        await chat.tap(f"{ABOUT}:{await an_event(chat)}", message=0)
