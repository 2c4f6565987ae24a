"""Announced updates are kept, or the coordinator is chased, and then the back-up: played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.buttons import parse
from bot.chat.coordinator.clock_flow import is_at_hand, near, sign_of
from bot.chat.router import route
from bot.chat.turn import Turn
from bot.config import Config
from bot.console.timetable import late_steps
from bot.console.today import read_titles
from bot.evening.starting import confirm
from bot.evening.timing import lines_of
from bot.exercise.rows import Exercise
from bot.keeping_time import remind_of_steps
from bot.rows import UpdateKind
from bot.ticks import TICKS
from briefings.approval import Approved, Submitted, approve, submit
from briefings.clock_rows import FirstCall, StepTick, StepTold
from briefings.drafting import draft_briefing
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind
from briefings.ticking import (
    KEEP_CALLS,
    choose_calls,
    drop_calls,
    tick_call,
    tick_step,
    untick_step,
)
from briefings.timetable import Line, Stage, Step
from contacts.directory import Organisation, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, Message, MessageKind
from contacts.people import grant
from contacts.permissions import NotAllowed, load_actor
from contacts.records import Database
from feeds.events import close_event
from feeds.rows import Event, EventStatus, LeadAgency
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, the_cast
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat, a_partner
from tests.partner_world import an_event as a_started_event

CONFIG = Config(briefings=SETTINGS)
#: the coordinator's and the approver's chats in the cast
COORDINATOR, APPROVER = "1", "2"
TEN = NOW + timedelta(hours=3)


async def an_evening(db: Database, **event_values: object) -> Cast:
    """Confirmed just now; a first version is ready to hand in."""
    async with db.begin() as session:
        values = {"alerted_at": NOW, "detected_at": NOW, "confirmed_at": NOW, **event_values}
        cast = await the_cast(session, **values)
        await facts_for(session, cast.event)
        await draft(session, cast, BriefingKind.FIRST, NOW)
    return cast


async def draft(session: object, cast: Cast, kind: BriefingKind, now: datetime) -> Briefing:
    return await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS,  # type: ignore[arg-type]
        editor_id=cast.writer.person_id, now=now,
    )  # fmt: skip


async def send(
    db: Database, cast: Cast, *, now: datetime, promise: datetime, kind: str = "eerste"
) -> None:
    """Drafted, handed in, approved and sent, with this promise to its readers."""
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await set_next_update(session, event.id or 0, promise, editor_id=1, now=now)
        briefing = await draft_briefing(
            session, event, kind=BriefingKind(kind), settings=SETTINGS,
            editor_id=cast.writer.person_id, now=now,
        )  # fmt: skip
        bound = await submit(session, briefing, cast.writer, SETTINGS, now=now)
        assert isinstance(bound, Submitted), bound
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=now
        )
        assert isinstance(done, Approved), done


async def round_at(db: Database, now: datetime, config: Config = CONFIG) -> int:
    async with db.begin() as session:
        return await remind_of_steps(session, config, now=now)


async def heard(db: Database) -> list[tuple[str, str]]:
    """(chat, text) of every reminder, in order."""
    async with db.read() as session:
        found = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.NOTICE)
            .order_by(col(Delivery.id))
        )
        rows = found.all()
    return [(one.address, message.content["telegram"]["text"]) for one, message in rows]


async def lines(db: Database, cast: Cast) -> dict[Step, Line]:
    async with db.read() as session:
        event = await session.get_one(Event, cast.event.id)
        found, _ = await lines_of(session, event, CONFIG)
    return {line.step: line for line in found}


async def test_a_promised_update_is_asked_for_ahead_then_chased_then_told_to_the_backup(
    db: Database,
) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    assert await round_at(db, TEN - timedelta(minutes=31)) == 0
    assert await round_at(db, TEN - timedelta(minutes=30)) == 1
    [(chat, text)] = await heard(db)
    assert chat == COORDINATOR
    assert "Straks: Beloofde update" in text
    assert await round_at(db, TEN + timedelta(minutes=5)) == 1
    assert "Nog niet gedaan: Beloofde update" in (await heard(db))[-1][1]
    assert await round_at(db, TEN + timedelta(minutes=15)) == 1
    last = (await heard(db))[-2:]
    assert {chat for chat, _ in last} == {COORDINATOR, APPROVER}
    assert "de achterwacht" in last[0][1]
    assert await round_at(db, TEN + timedelta(hours=5)) == 0


async def test_a_kept_promise_is_not_chased_and_the_next_one_is(db: Database) -> None:
    cast = await an_evening(db)
    morning = TEN + timedelta(hours=10)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    await send(db, cast, now=TEN - timedelta(minutes=40), promise=morning, kind="update")
    assert await round_at(db, TEN + timedelta(minutes=20)) == 0
    assert await round_at(db, morning - timedelta(minutes=30)) >= 1
    found = await lines(db, cast)
    assert found[Step.PROMISE].due == morning


async def test_a_house_that_starts_again_tells_nothing_twice(db: Database) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    now = TEN + timedelta(minutes=6)
    assert await round_at(db, now) == 1
    # Nothing is remembered but the rows.
    again = Database(db.engine, db.engine)
    assert await round_at(again, now + timedelta(seconds=1)) == 0
    async with db.read() as session:
        [row] = (await session.exec(select(StepTold))).all()
    assert (row.step, row.stage, row.due_at) == (Step.PROMISE, Stage.LATE, TEN)


async def test_what_nobody_could_be_told_comes_again(db: Database) -> None:
    cast = await an_evening(db)
    async with db.begin() as session:
        person = await session.get_one(Person, cast.writer.person_id)
        person.left_at = NOW
    late = NOW + timedelta(minutes=36)
    assert await round_at(db, late) == 0
    async with db.begin() as session:
        person = await session.get_one(Person, cast.writer.person_id)
        person.left_at = None
    assert await round_at(db, late) >= 1


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


async def test_the_look_back_is_asked_for_four_weeks_after_though_the_event_is_closed(
    db: Database,
) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=25), promise=TEN)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await close_event(session, event, who=SYSTEM, now=NOW + timedelta(days=7))
    due = (await lines(db, cast))[Step.LOOK_BACK].due
    assert timedelta(days=27) < due - NOW < timedelta(days=31)
    assert await round_at(db, due - timedelta(seconds=1)) == 0
    assert await round_at(db, due) == 1
    assert "nodig uit om terug te kijken" in (await heard(db))[-1][1]
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        assert await tick_step(session, event, Step.LOOK_BACK, cast.writer, now=due)
    assert await round_at(db, due + timedelta(days=5)) == 0


async def test_an_exercise_that_nobody_plays_is_silent_and_one_that_is_played_is_not(
    db: Database,
) -> None:
    await an_evening(db, is_exercise=True)
    late = NOW + timedelta(minutes=36)
    assert await round_at(db, late) == 0
    async with db.begin() as session:
        event = (await session.exec(select(Event))).one()
        session.add(
            Exercise(title="Oefening", script={}, speed=10.0, started_at=NOW, event_id=event.id)
        )
    # Ten minutes of the exercise a minute: texts are due after three and a half.
    assert await round_at(db, NOW + timedelta(minutes=3)) >= 1
    assert await round_at(db, late, CONFIG.model_copy(update={"is_exercise": True})) >= 1


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
        lines_ = (await session.exec(select(JournalEntry))).all()
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


async def test_the_first_page_shows_what_is_late_with_the_way_to_it(db: Database) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    async with db.read() as session:
        titles = await read_titles(session)
        found = await late_steps(session, CONFIG, titles, is_exercise=False, now=TEN)
        other = await late_steps(session, CONFIG, titles, is_exercise=True, now=TEN)
    assert [need.path for need in found] == [f"/gebeurtenis/{cast.event.id}/draaiboek"]
    assert found[0].what.startswith("Beloofde update: ")
    assert found[0].due == TEN
    assert other == []


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


def test_the_round_is_one_of_the_house() -> None:
    assert "clock" in {tick.name for tick in TICKS}


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


async def tap(chat: Chat, wire: str) -> None:
    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.TAP, None)

    await chat.run(routed, tap=parse(wire))


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
