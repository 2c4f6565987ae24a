"""GRIP by hand tightens approval; a grave text without a confirmed fact is asked about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.evening.starting import prepare
from briefings.approval import Approved, SubmitRefused, Submitted, approve, retract, submit
from briefings.approval_rules import ApprovalRefused, needs_four_eyes, needs_release
from briefings.drafting import current_briefing, draft_briefing
from briefings.facts import open_facts, set_next_update
from briefings.grip import LEVELS, judge_grip, set_grip
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.directory import Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery
from contacts.people import grant
from contacts.permissions import NotAllowed, load_actor
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.briefings_cast import NOW, SETTINGS, Cast, actor, an_event, facts_for, the_cast
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, press, signed_in
from tests.coordinating import tap
from tests.partner_world import CONFIG, Chat, a_partner
from tests.partner_world import an_event as a_started_event

MILD = {"severity": 3, "suggested_severity": 3}


async def handed_in(session: object, **event_values: object) -> tuple[Cast, Briefing, str]:
    cast = await the_cast(session, **event_values)
    await facts_for(session, cast.event)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(done, Submitted), done
    return cast, briefing, done.content_hash


@given(st.integers(0, 5), st.integers(1, 5))
def test_from_grip_1_on_four_eyes_are_asked_at_every_severity(grip: int, severity: int) -> None:
    event = an_event(severity=severity, grip=grip)
    assert needs_four_eyes(event, SETTINGS) is (grip >= 1 or severity >= 4)


@given(
    st.integers(0, 5), st.integers(0, 5), st.booleans(), st.sampled_from([None, *BriefingStatus])
)
def test_higher_is_never_refused_and_lower_never_by_who_entered_it(
    before: int, level: int, is_same: bool, status: BriefingStatus | None
) -> None:
    event = an_event(grip=before, grip_by=1)
    version = None if status is None else Briefing(
        event_id=1, version=1, kind=BriefingKind.FIRST, status=status, facts_version=1,
        edited_at=NOW, created_at=NOW,
    )  # fmt: skip
    who = replace(AN_ACTOR, person_id=1 if is_same else 2)
    refused = judge_grip(event, [] if version is None else [version], who, level)
    if level >= before:
        assert refused is None
    elif status in (BriefingStatus.SUBMITTED, BriefingStatus.APPROVED):
        assert refused == "grip_handed_in"
    else:
        assert refused == ("grip_second_person" if is_same else None)


class _Someone:
    id, organisation_id, is_exercise = 1, 1, False


AN_ACTOR = actor(_Someone())


def test_there_are_six_levels_and_no_others() -> None:
    assert list(LEVELS) == [0, 1, 2, 3, 4, 5]
    for wrong in (-1, 6):
        with pytest.raises(ValueError, match=str(wrong)):
            judge_grip(an_event(), [], AN_ACTOR, wrong)


async def test_who_wrote_cannot_approve_once_a_grip_is_entered(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, **MILD)
        cast.event.grip = 1
        alone = await approve(session, briefing, cast.writer, SETTINGS, expected_hash=seen, now=NOW)
        assert isinstance(alone, ApprovalRefused)
        assert alone.reason == "not_approver"
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        assert isinstance(done, Approved)


async def test_from_grip_3_only_what_the_crisis_communication_released_goes_out(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, grip=3)
        kept = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        assert isinstance(kept, ApprovalRefused)
        assert kept.reason == "not_released"
        assert (await session.exec(select(Delivery.id))).all() == []
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            is_released=True,
        )  # fmt: skip
        assert isinstance(done, Approved)
        found = await session.exec(
            select(JournalEntry.detail).where(col(JournalEntry.action) == "briefing_approved")
        )
    [detail] = found.all()
    assert (detail["grip"], detail["released"]) == (3, True)


async def test_taking_back_waits_for_no_release(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        cast.event.grip = 4
        gone = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="het aantal", now=NOW
        )
    assert isinstance(gone, Approved)


async def test_a_higher_grip_voids_what_was_approved_for_a_later_moment(db: Database) -> None:
    later = NOW + timedelta(hours=12)
    async with db.begin() as session:
        cast = await the_cast(session, **MILD)
        await facts_for(session, cast.event)
        await set_next_update(
            session, cast.event.id or 0, NOW + timedelta(hours=20), editor_id=1, now=NOW
        )
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        bound = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(bound, Submitted)
        waits = await approve(
            session, briefing, cast.writer, SETTINGS, expected_hash=bound.content_hash, now=NOW,
            send_at=later,
        )  # fmt: skip
        assert isinstance(waits, Approved)
        assert await set_grip(session, cast.event, 2, cast.writer, now=NOW) is None
        current = await current_briefing(session, cast.event.id or 0)
    assert current is not None
    assert (current.version, current.status) == (2, BriefingStatus.DRAFT)
    assert briefing.status is BriefingStatus.WITHDRAWN


async def test_a_member_enters_no_grip_and_no_event_that_is_over_takes_one(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        member = replace(cast.writer, roles=frozenset())
        with pytest.raises(NotAllowed):
            await set_grip(session, cast.event, 1, member, now=NOW)
        cast.event.status = EventStatus.CLOSED
        assert await set_grip(session, cast.event, 1, cast.writer, now=NOW) == "not_running"
        cast.event.status = EventStatus.CONFIRMED
        learner = replace(cast.writer, is_exercise=True)
        assert await set_grip(session, cast.event, 1, learner, now=NOW) == "wrong_world"


async def bare_draft(session: object, severity: int) -> tuple[Cast, Briefing]:
    cast = await the_cast(session, severity=severity)
    await open_facts(session, cast.event, SETTINGS, editor_id=1, now=NOW)
    briefing = await draft_briefing(
        session,
        cast.event,
        kind=BriefingKind.FIRST,
        settings=SETTINGS,
        editor_id=1,
        now=NOW,
    )
    return cast, briefing


@pytest.mark.parametrize(("severity", "asks"), [(3, False), (4, True), (5, True)])
async def test_a_grave_text_without_a_confirmed_fact_is_handed_in_knowingly_only(
    db: Database, severity: int, asks: bool
) -> None:
    async with db.begin() as session:
        cast, briefing = await bare_draft(session, severity)
        first = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(first, SubmitRefused) is asks
        if isinstance(first, SubmitRefused):
            assert first.reason == "no_facts"
            assert briefing.status is BriefingStatus.DRAFT
            again = await submit(session, briefing, cast.writer, SETTINGS, now=NOW, is_knowing=True)
            assert isinstance(again, Submitted)
        found = await session.exec(
            select(JournalEntry.detail).where(col(JournalEntry.action) == "briefing_submitted")
        )
    [detail] = found.all()
    assert detail.get("without_facts", False) is asks


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def grip_of(desk: Desk) -> int:
    async with desk.world.db.read() as session:
        return (await session.get_one(Event, desk.number)).grip


async def test_at_the_desk_grip_is_shown_kept_and_not_lowered_by_who_entered_it(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    assert (await desk.press("grip", grip=2)).status_code == 303
    assert "<dd>GRIP 2</dd>" in (await desk.web.get(f"/gebeurtenis/{desk.number}")).text
    [version] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert version.status is BriefingStatus.DRAFT
    lowered = await desk.press("grip", grip=0)
    assert lowered.headers["location"].endswith("klaar=grip_second_person")
    assert await grip_of(desk) == 2
    lines = [e for e in await desk.rows(JournalEntry) if e.action == "grip_set"]
    assert [(line.detail["from"], line.detail["to"]) for line in lines] == [(0, 2)]


async def test_a_colleague_lowers_it_when_nothing_waits(desk: Desk, now: datetime) -> None:
    await desk.press("grip", grip=2)
    async with desk.world.db.begin() as session:
        other = await a_colleague(session, "Tweede", (Role.COORDINATOR,), now)
        cookies = await signed_in(session, other, now)
    desk.web.cookies.clear()
    desk.web.cookies.update(cookies)
    act = f"/gebeurtenis/{desk.number}/grip"
    done = await press(desk.web, desk.world.sealer, act, grip=1)
    assert done.headers["location"].endswith("klaar=grip_set")
    assert await grip_of(desk) == 1


async def test_the_page_asks_for_the_release_before_it_sends(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.grip, event.grip_by = 3, 99
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    await desk.let_approve()
    page = await desk.page("goedkeuren")
    assert "De crisiscommunicatie gaf precies deze teksten vrij." in page


async def test_the_desk_asks_once_more_without_a_fact(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.severity = 4
    asked = await desk.press("indienen", versie=1)
    assert asked.status_code == 422
    assert asked.text.count("bevestigd feit") == 1
    assert "U hebt nog geen bevestigd feit. Toch indienen?" in asked.text
    assert (await desk.press("indienen", versie=1, zeker="ja")).status_code == 303


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        reader = await session.get_one(Person, chat.person_id)
        reader.audiences = ["docent_vo_mbo"]
    return chat


async def a_running_event(chat: Chat, severity: int) -> int:
    event_id = await a_started_event(chat)
    async with chat.db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.severity = severity
        coordinator = await load_actor(session, chat.person_id or 0)
        assert coordinator is not None
        await prepare(session, event, coordinator, CONFIG.briefings, now=chat.now)
    return event_id


async def test_in_the_chat_grip_is_two_taps_and_an_old_question_changes_nothing(chat: Chat) -> None:
    event_id = await a_running_event(chat, 3)
    await tap(chat, f"grip:{event_id}")
    assert "Schakel leidt het nergens uit af" in await chat.text()
    await tap(chat, f"gripto:{event_id}:2:0")
    [event] = await chat.all(Event)
    assert event.grip == 2
    await tap(chat, f"gripto:{event_id}:4:0")
    assert chat.toast == "Iemand anders wijzigde de GRIP. Open de vraag opnieuw."
    await tap(chat, f"gripto:{event_id}:1:2")
    assert chat.toast == "Verlagen doet iemand anders dan wie deze GRIP invoerde."
    [event] = await chat.all(Event)
    assert event.grip == 2


async def test_the_chat_asks_once_more_without_a_fact(chat: Chat) -> None:
    event_id = await a_running_event(chat, 4)
    await tap(chat, f"submit:{event_id}:1")
    assert "U hebt nog geen bevestigd feit. Toch indienen?" in await chat.text()
    assert [b.status for b in await chat.all(Briefing)] == [BriefingStatus.DRAFT]
    async with chat.db.begin() as session:
        other = await a_colleague(session, "Burgemeester", (Role.APPROVER,), chat.now)
        (await session.get_one(Person, other)).phone = "026 1234"
    await chat.press("Toch indienen")
    assert [b.status for b in await chat.all(Briefing)] == [BriefingStatus.SUBMITTED]
    assert "Wie u kunt bellen: Burgemeester, 026 1234." in await chat.text()


def test_an_invitation_waits_for_release_while_the_event_still_runs() -> None:
    version = Briefing(
        event_id=1, version=1, kind=BriefingKind.LOOK_BACK, facts_version=1, edited_at=NOW,
        created_at=NOW,
    )  # fmt: skip
    running = an_event(grip=5, status=EventStatus.CONFIRMED)
    assert needs_release(version, running, SETTINGS)
    assert not needs_release(version, an_event(grip=5, status=EventStatus.CLOSED), SETTINGS)
