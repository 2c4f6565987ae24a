"""Weeks later: people are invited to look back, and who read of an arrest hears how it went on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console.needs import drafts
from bot.evening.following import begin_follow_up, begin_look_back, read_day, read_moment
from bot.evening.writing import NotBegun
from briefings.approval_rules import can_be_told
from briefings.clock_rows import FollowUp
from briefings.drafting import current_briefing, texts_of
from briefings.follow_ups import set_follow_up
from briefings.moments import at_clock, local_date
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.steps import Step
from briefings.versions import versions_of
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, Message
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from feeds.events import close_event
from feeds.rows import Event, EventStatus
from tests.briefings_cast import NOW, SETTINGS, Cast, an_event, let_go
from tests.console_desk import Desk, a_desk
from tests.keeping_time_world import an_evening, heard, lines, round_at, send
from tests.partner_world import a_partner
from tests.partner_world import an_event as a_started_event

LATER = NOW + timedelta(days=30)
WHEN = at_clock(local_date(LATER) + timedelta(days=5), time(16))


async def a_closed_evening(db: Database, **event_values: object) -> Cast:
    cast = await an_evening(db, **event_values)
    await send(db, cast, now=NOW + timedelta(minutes=20), promise=NOW + timedelta(hours=3))
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await close_event(session, event, who=SYSTEM, now=NOW + timedelta(days=7))
    return cast


async def test_the_invitation_reaches_everybody_who_read_though_the_event_is_closed(
    db: Database,
) -> None:
    cast = await a_closed_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        draft = await begin_look_back(session, event, cast.writer, WHEN, SETTINGS, now=LATER)
        assert isinstance(draft, Briefing)
        assert draft.kind is BriefingKind.LOOK_BACK
        [need] = await drafts(session, {}, SETTINGS, reader=None)
        assert need.event_id == event.id
        text = (await texts_of(session, draft.id or 0))[0]
        assert text.subject.startswith("Uitnodiging")
        assert "16.00 uur" in text.plain
        await let_go(session, cast, draft, now=LATER)
        first = await addresses(session, 1)
        assert await addresses(session, draft.version) == first
        assert len(first) == 3
        assert event.status is EventStatus.CLOSED
    found = await lines(db, cast)
    assert found[Step.LOOK_BACK].done_at == LATER
    assert Step.PROMISE not in [step for step, line in found.items() if line.is_open]


async def addresses(session: AsyncSession, version: int) -> set[str]:
    found = await session.exec(
        select(Delivery.address)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .join(Briefing, col(Briefing.id) == col(Message.briefing_id))
        .where(col(Briefing.version) == version)
    )
    return set(found.all())


@pytest.mark.parametrize("kind", [kind for kind in BriefingKind if kind.value != "terugblik"])
def test_nothing_else_is_sent_about_an_event_that_is_closed(kind: BriefingKind) -> None:
    version = Briefing(
        event_id=1, version=2, kind=kind, facts_version=1, edited_at=NOW, created_at=NOW
    )
    assert not can_be_told(version, an_event(status=EventStatus.CLOSED))
    assert can_be_told(version, an_event(status=EventStatus.CONFIRMED))


async def test_before_anything_was_sent_nobody_is_invited(db: Database) -> None:
    cast = await an_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        refused = await begin_look_back(session, event, cast.writer, WHEN, SETTINGS, now=NOW)
        assert refused == NotBegun("never_sent")
        later = await begin_follow_up(session, event, cast.writer, SETTINGS, now=NOW)
        assert later == NotBegun("never_sent")
        assert len(await versions_of(session, event.id or 0)) == 1


async def test_another_moment_writes_the_same_draft_anew_and_another_draft_goes_first(
    db: Database,
) -> None:
    cast = await a_closed_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        first = await begin_look_back(session, event, cast.writer, WHEN, SETTINGS, now=LATER)
        again = await begin_look_back(
            session, event, cast.writer, WHEN + timedelta(days=1), SETTINGS, now=LATER
        )
        assert isinstance(first, Briefing)
        assert isinstance(again, Briefing)
        assert first.id == again.id
        refused = await begin_follow_up(session, event, cast.writer, SETTINGS, now=LATER)
        assert refused == NotBegun("draft_open")
        assert event.status is EventStatus.CLOSED


async def test_a_planned_release_gives_a_heads_up_with_its_card_and_its_own_words(
    db: Database,
) -> None:
    cast = await a_closed_evening(db)
    day = local_date(LATER)
    due = at_clock(day, time(10))
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        assert await set_follow_up(session, event, day, cast.writer, now=NOW)
        assert not await set_follow_up(session, event, day, cast.writer, now=NOW)
    before = len(await heard(db))
    ahead = due - timedelta(days=1)
    assert await round_at(db, ahead - timedelta(seconds=1)) in (0, 1)
    told = [text for _, text in (await heard(db))[before:] if "Vervolg" in text]
    assert told == []
    await round_at(db, ahead)
    [text] = [text for _, text in (await heard(db))[before:] if "Vervolg" in text]
    assert "Scenariokaart: uitspraak / vrijlating / proces" in text
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        draft = await begin_follow_up(session, event, cast.writer, SETTINGS, now=due)
        assert isinstance(draft, Briefing)
        assert (draft.kind, draft.told_as) == (BriefingKind.UPDATE, "E12")
        assert event.status is EventStatus.REOPENED
        session.add(draft)
    await send(db, cast, now=due, promise=due + timedelta(hours=6), kind="update")
    async with db.read() as session:
        newest = await current_briefing(session, cast.event.id or 0)
        assert newest is not None
        # Another fact was typed meanwhile: the words stay those of a release.
        assert newest.told_as == "E12"
        assert newest.status is BriefingStatus.DISTRIBUTED
    assert (await lines(db, cast))[Step.FOLLOW_UP].done_at == due


async def test_another_day_is_another_follow_up_and_none_is_none(db: Database) -> None:
    cast = await a_closed_evening(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await set_follow_up(session, event, local_date(LATER), cast.writer, now=NOW)
        moved = local_date(LATER) + timedelta(days=2)
        await set_follow_up(session, event, moved, cast.writer, now=NOW)
        [row] = (await session.exec(select(FollowUp))).all()
        assert row.day == moved
        await set_follow_up(session, event, None, cast.writer, now=NOW)
        assert (await session.exec(select(FollowUp))).all() == []
        with pytest.raises(NotAllowed):
            await set_follow_up(
                session, event, moved, replace(cast.writer, roles=frozenset()), now=NOW
            )
        event.type = "E07"
        with pytest.raises(ValueError, match="E07"):
            await set_follow_up(session, event, moved, cast.writer, now=NOW)


TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14-10", date(2026, 10, 14)), ("3-3", TODAY), ("2-3", date(2027, 3, 2)),
        ("14-10-2027", date(2027, 10, 14)), ("2026-10-14", date(2026, 10, 14)),
        ("29-2", None), ("29-2-2028", date(2028, 2, 29)), ("31-11", None), ("2-3-2026", None),
        ("1-1-2050", None), ("morgen", None), ("", None), ("14/10", None),
        ("14 december", date(2026, 12, 14)), ("1 Mrt.", date(2027, 3, 1)),
        ("14 december 2027", date(2027, 12, 14)), ("31 november", None), ("14 straks", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    assert read_day(typed, TODAY) == day


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_day_to_come_or_none(typed: str) -> None:
    found = read_day(typed, TODAY)
    assert found is None or found >= TODAY


def test_a_moment_is_on_the_clock_of_the_city_on_both_sides_of_summer_time() -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert read_moment("14-10 16.00", now) == datetime(2026, 10, 14, 14, tzinfo=UTC)
    assert read_moment("14-11 om 16:00", now) == datetime(2026, 11, 14, 15, tzinfo=UTC)
    assert read_moment("3-3 12.00", now) is None
    assert read_moment("14-10", now) is None


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_at_the_desk_a_follow_up_is_planned_for_an_arrest_only(desk: Desk) -> None:
    day = (local_date(desk.world.now) + timedelta(days=9)).isoformat()
    assert "Vervolg: vrijlating" not in await desk.page("draaiboek")
    assert (await desk.press("vervolg", dag=day)).status_code == 400
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.type = "E01"
    page = await desk.page("draaiboek")
    assert "Vervolg: vrijlating of uitspraak" in page
    assert "Uitnodiging maken" not in page
    assert (await desk.press("vervolg", dag=day)).status_code == 303
    assert f'value="{day}"' in await desk.page("draaiboek")
    refused = await desk.press("vervolg", dag="2020-01-01")
    assert refused.headers["location"].endswith("klaar=moment_like_this")
    unsent = await desk.press("vervolg-schrijven")
    assert unsent.headers["location"].endswith("klaar=nothing_sent")


async def test_at_the_desk_the_invitation_becomes_a_draft(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    day = (local_date(desk.world.now) + timedelta(days=30)).isoformat()
    assert "Uitnodiging maken" in await desk.page("draaiboek")
    done = await desk.press("terugblik", dag=day, tijd="16.00")
    assert done.headers["location"].endswith("/teksten?klaar=drafted_look_back")
    assert "uitnodiging om terug te kijken" in await desk.page("teksten")
    wrong = await desk.press("terugblik", dag=day, tijd="straks")
    assert wrong.headers["location"].endswith("klaar=moment_like_this")


async def test_in_the_chat_a_day_is_typed_once_and_kept(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event_id = await a_started_event(chat)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        event = await session.get_one(Event, event_id)
        event.type, event.severity, event.confirmed_at = "E01", 4, now
    await chat.command("/klok")
    await chat.press("Vervolg plannen")
    await chat.write("ooit")
    assert "Die dag is voorbij" in await chat.text()
    day = local_date(now) + timedelta(days=12)
    await chat.write(f"{day.day}-{day.month}")
    [row] = await chat.all(FollowUp)
    assert row.day == day
    assert "een dag eerder bericht" in await chat.text()
    await chat.command("/klok")
    await chat.press("Update over het vervolg schrijven")
    assert "nog niets verzonden" in await chat.text()
