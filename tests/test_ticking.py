"""Steps and calls are ticked with who did it: by the evening itself, at the desk, in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator.clock_flow import is_at_hand, near, sign_of
from bot.evening.starting import confirm
from briefings.clock_rows import FirstCall, StepTick
from briefings.steps import Step
from briefings.ticking import (
    KEEP_CALLS,
    choose_calls,
    drop_calls,
    tick_call,
    tick_step,
    untick_step,
)
from briefings.timetable import Line
from contacts.directory import Organisation, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import grant
from contacts.permissions import NotAllowed, load_actor
from contacts.records import Database
from feeds.events import close_event
from feeds.rows import Event, EventStatus, LeadAgency
from tests.briefings_cast import NOW, SETTINGS, the_cast
from tests.console_desk import Desk, a_desk
from tests.coordinating import tap
from tests.keeping_time_world import TEN, an_evening, lines, send
from tests.partner_world import a_partner
from tests.partner_world import an_event as a_started_event


async def test_the_evening_ticks_itself_off(db: Database) -> None:
    cast = await an_evening(db)
    before = await lines(db, cast)
    assert before[Step.DRAFT].is_open
    assert before[Step.SEND].is_open
    await send(db, cast, now=NOW + timedelta(minutes=25), promise=TEN)
    found = await lines(db, cast)
    at = NOW + timedelta(minutes=25)
    for step in (Step.DRAFT, Step.FOUR_EYES, Step.SEND):
        assert found[step].done_at == at, step
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await close_event(session, event, who=SYSTEM, now=TEN)
    found = await lines(db, cast)
    assert found[Step.CLOSING].done_at == TEN
    assert [step for step, line in found.items() if line.is_open] == [Step.LOOK_BACK]


async def test_first_calls_are_kept_without_a_reason_and_forgotten_after_the_end(
    db: Database,
) -> None:
    cast = await an_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        ids = [one or 0 for one in (await session.exec(select(Organisation.id))).all()]
        assert await choose_calls(session, event, ids, cast.writer, now=NOW) == 2
        assert await choose_calls(session, event, ids, cast.writer, now=NOW) == 0
        first, second = (await session.exec(select(FirstCall).order_by(col(FirstCall.id)))).all()
        at = NOW + timedelta(minutes=5)
        assert await tick_call(session, event, first.id or 0, cast.writer, now=at)
        assert event.called_first_at is None
        assert await tick_call(session, event, second.id or 0, cast.writer, now=at)
        assert event.called_first_at == at
        assert (second.called_by, second.role) == (cast.writer.person_id, Role.COORDINATOR)
        assert not await tick_call(session, event, second.id or 0, cast.writer, now=at)
        with pytest.raises(LookupError):
            await tick_call(session, event, 999, cast.writer, now=at)
        lines_ = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    told = [line.detail for line in lines_ if line.action.startswith("first_call")]
    assert told == [{"organisations": 2}, {}, {}]
    assert (await lines(db, cast))[Step.CALL_FIRST].done_at == at
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await close_event(session, event, who=SYSTEM, now=NOW)
        assert await drop_calls(session, now=NOW + KEEP_CALLS - timedelta(seconds=1)) == 0
        assert await drop_calls(session, now=NOW + KEEP_CALLS) == 2


async def test_only_who_may_manage_events_ticks_and_only_what_a_person_knows(
    db: Database,
) -> None:
    cast = await an_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        member = await load_actor(session, cast.people[0].id or 0)
        assert member is not None
        with pytest.raises(NotAllowed):
            await tick_step(session, event, Step.CHECK, member, now=NOW)
        for step in (Step.SEND, Step.MORNING, Step.CLOSING):
            with pytest.raises(ValueError, match=step.value):
                await tick_step(session, event, step, cast.writer, now=NOW)
        assert await tick_step(session, event, Step.MORNING, cast.writer, now=NOW, is_needed=False)
        assert await untick_step(session, event, Step.MORNING, cast.approver, now=NOW)
        assert not await untick_step(session, event, Step.MORNING, cast.approver, now=NOW)
        assert await tick_step(session, event, Step.CHECK, cast.approver, now=NOW)
        [tick] = (await session.exec(select(StepTick))).all()
    assert (tick.done_by, tick.role, tick.done_at) == (
        cast.approver.person_id, Role.APPROVER, NOW,
    )  # fmt: skip


@pytest.mark.parametrize("called", [True, False, None])
async def test_the_answer_to_the_fourth_question_ticks_the_step(
    db: Database, called: bool | None
) -> None:
    async with db.begin() as session:
        cast = await the_cast(session, status=EventStatus.DETECTED, severity=None)
        await confirm(
            session, cast.event, cast.writer, SETTINGS, severity=4, lead=LeadAgency.POLICE,
            deadline=SETTINGS.send_before, called=called, now=NOW,
        )  # fmt: skip
    line = (await lines(db, cast))[Step.CALL_FIRST]
    assert line.is_open is (called is None)
    assert line.is_needed is (called is not False)


def test_the_chat_offers_what_is_at_hand_and_marks_what_fell_away_as_not_done() -> None:
    soon, later = Line(Step.CHECK, TEN), Line(Step.LOOK_BACK, TEN + timedelta(days=28))
    assert is_at_hand(soon, now=TEN - timedelta(hours=23))
    assert not is_at_hand(later, now=TEN)
    assert is_at_hand(Line(Step.FOLLOW_UP, later.due), now=TEN)
    signs = [
        sign_of(soon),
        sign_of(Line(Step.CHECK, TEN, TEN)),
        sign_of(Line(Step.CHECK, TEN, is_moot=True)),
        sign_of(Line(Step.CHECK, TEN, TEN, is_needed=False)),
    ]
    assert signs == ["☐", "☑", "–", "–"]
    assert near(TEN, now=NOW) == "21.05"
    assert near(TEN, now=NOW + timedelta(days=1)) == "dinsdag 3-3, 21.05"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_at_the_desk_steps_and_calls_are_ticked_with_who_did_it(desk: Desk) -> None:
    page = await desk.page("draaiboek")
    assert "Eerste bericht versturen" in page
    assert (await desk.press("stap", stap="vooraf_bellen", doe="niet_nodig")).status_code == 303
    page = await desk.page("draaiboek")
    assert "niet nodig" in page
    assert "Coördinator, co" in page
    assert (await desk.press("stap", stap="vooraf_bellen", doe="terug")).status_code == 303
    assert await desk.rows(StepTick) == []
    assert (await desk.press("stap", stap="verzenden", doe="gedaan")).status_code == 400
    school = desk.world.organisation_id
    assert (await desk.press("vooraf", organisatie=str(school))).status_code == 303
    [call] = await desk.rows(FirstCall)
    # In a city the list is long: whoever is to be called is searched for.
    assert "Geen organisatie met ‘zzz’" in await desk.page("draaiboek?zoek=zzz")
    assert "Voorbeeldcollege" in await desk.page("draaiboek")
    assert (await desk.press("vooraf-gebeld", nummer=call.id, doe="gebeld")).status_code == 303
    [call] = await desk.rows(FirstCall)
    assert call.called_by == desk.world.staff_id


async def test_in_the_chat_the_timetable_is_one_command_and_a_tick_one_tap(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    event_id = await a_started_event(chat)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        event = await session.get_one(Event, event_id)
        event.severity = 4
        event.confirmed_at = event.detected_at = now
    await chat.command("/klok")
    assert "Vooraf bellen" in await chat.text()
    await chat.press("Vooraf bellen: niet nodig")
    [tick] = await chat.all(StepTick)
    assert (tick.step, tick.is_needed) == (Step.CALL_FIRST, False)
    await tap(chat, f"klokt:{event_id}:99:1")
    assert len(await chat.all(StepTick)) == 1
