"""The steps of an evening on the page of the telephones, and a new evening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.demo import phone_texts as texts
from bot.demo.checklist import Progress, read_progress
from bot.demo.evenings import begin_evening, further_stories, publish_background
from bot.demo.phones import phone_routes
from bot.demo.stage import (
    Stage,
    exercise_config,
    load_scenario,
    scenario_sources,
    seat_everyone,
)
from bot.house import House
from bot.simulator import Simulator
from briefings.rows import Briefing, BriefingKind, BriefingStatus, Fact, FactKind
from contacts.directory import ChannelKind, Domain
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Content,
    Delivery,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database
from feeds.grouping import Doc, Grouper
from feeds.intake import hint_of
from feeds.lexicon import load_lexicon, stop_words
from feeds.relevance import score_item
from feeds.rows import Event, EventStatus
from feeds.standing import Trust
from signals.rows import OutcomeCode, Setting, Signal
from tests.phones_world import BY_SCRIPT, Table, _event, a_table


@pytest.fixture
async def table(db: Database, now: datetime) -> AsyncIterator[Table]:
    async with a_table(db, now) as laid:
        yield laid


def ticked(progress: Progress) -> list[int]:
    return [step.number for step in progress.steps if step.is_done]


async def test_without_an_evening_the_first_step_is_now(db: Database, now: datetime) -> None:
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    assert ticked(progress) == []
    assert [step.number for step in progress.steps if step.is_now] == [1]
    assert (progress.has_begun, progress.is_over) == (False, False)


async def test_real_and_silent_events_are_no_evening(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        session.add_all([_event(now, is_exercise=False), _event(now, alerted_at=None)])
    async with db.read() as session:
        assert not (await read_progress(session, now=now)).has_begun


async def test_a_dismissed_alert_strikes_what_is_left_and_offers_another_evening(
    table: Table, db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        session.add(_event(now, status=EventStatus.DISMISSED))
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    assert (ticked(progress), progress.is_over) == ([1], True)
    assert [step.number for step in progress.steps if step.is_moot] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert not any(step.is_now for step in progress.steps)
    page = (await table.web.get("/telefoons/lijst")).text
    assert "<s>Bevestig de melding</s>" in page
    assert "U koos bij deze melding [Niet relevant]. De avond stopt hier" in page
    assert "Begin nog een avond" in page


async def test_an_evening_that_runs_stays_the_list_when_another_alert_is_dismissed(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        session.add(_event(now, confirmed_at=now, status=EventStatus.CONFIRMED))
    async with db.begin() as session:
        session.add(_event(now, status=EventStatus.DISMISSED))
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    assert (ticked(progress), progress.is_over) == ([1, 2], False)


async def test_what_was_skipped_before_closing_is_struck(
    table: Table, db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        session.add(_event(now, confirmed_at=now, closed_at=now, status=EventStatus.CLOSED))
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    assert [step.number for step in progress.steps if step.is_moot] == [3, 4, 5, 6, 7, 8]
    assert not any(step.is_now for step in progress.steps)
    page = (await table.web.get("/telefoons/lijst")).text
    assert "<s>Geef een signaal</s>" in page
    assert "De avond is afgesloten." in page


async def test_a_text_that_was_called_off_is_written_and_handed_in_again(
    db: Database, now: datetime
) -> None:
    event_id = await _confirmed(db, now)
    off = _briefing(
        event_id, now, submitted_at=now, approved_at=now, status=BriefingStatus.WITHDRAWN
    )
    async with db.begin() as session:
        session.add(off)
        session.add(
            Fact(event_id=event_id, kind=FactKind.CONFIRMED, text="x", created_at=now, created_by=1)
        )
    assert await _to_do(db, now) == (4, texts.CALLED_OFF)
    assert "[Teksten schrijven]" in texts.CALLED_OFF


async def test_a_text_that_was_stopped_or_waits_says_what_to_press(
    db: Database, now: datetime
) -> None:
    event_id = await _confirmed(db, now)
    later = _briefing(
        event_id, now, submitted_at=now, approved_at=now, status=BriefingStatus.APPROVED,
        send_at=now + timedelta(hours=8),
    )  # fmt: skip
    async with db.begin() as session:
        session.add(later)
        await session.flush()
        ident = later.id
    assert await _to_do(db, now) == (6, texts.WAITS)
    async with db.begin() as session:
        session.add(
            Message(
                kind=MessageKind.BRIEFING, content=Content().to_json(), created_at=now,
                send_at=now, briefing_id=ident, status=MessageStatus.HALTED,
            )
        )  # fmt: skip
    assert await _to_do(db, now) == (6, texts.STOPPED)


async def _confirmed(db: Database, now: datetime) -> int:
    async with db.begin() as session:
        event = _event(now, confirmed_at=now, status=EventStatus.CONFIRMED)
        session.add(event)
        await session.flush()
        return event.id or 0


async def _to_do(db: Database, now: datetime) -> tuple[int, str]:
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    return next((step.number, step.how) for step in progress.steps if step.is_now)


async def test_each_step_is_ticked_by_what_happened(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        event = _event(now, confirmed_at=now, status=EventStatus.CONFIRMED)
        session.add(event)
        await session.flush()
        assert event.id is not None
        session.add(Fact(event_id=event.id, kind=FactKind.UNKNOWN, text="motief", created_at=now))
        event_id = event.id
    expected = [1, 2]
    for rows in (
        [Fact(event_id=event_id, kind=FactKind.CONFIRMED, text="x", created_at=now, created_by=1)],
        [_briefing(event_id, now, submitted_at=now)],
        [_briefing(event_id, now, version=2, approved_at=now)],
        await _acknowledged(db, event_id, now),
        [_signal(event_id, now)],
        [_signal(event_id, now, outcome_code=OutcomeCode.F)],
    ):
        async with db.read() as session:
            progress = await read_progress(session, now=now)
        assert ticked(progress) == expected
        assert [step.number for step in progress.steps if step.is_now] == [len(expected) + 1]
        async with db.begin() as session:
            session.add_all(rows)
        expected.append(len(expected) + 1)
    async with db.begin() as session:
        (await session.get_one(Event, event_id)).closed_at = now
    async with db.read() as session:
        progress = await read_progress(session, now=now)
    assert (len(ticked(progress)), progress.is_over) == (9, True)


async def test_a_new_evening_starts_the_list_again(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        session.add(_event(now, closed_at=now, confirmed_at=now, status=EventStatus.CLOSED))
    async with db.begin() as session:
        session.add(_event(now + timedelta(hours=1)))
    async with db.read() as session:
        assert ticked(await read_progress(session, now=now)) == [1]


def _briefing(event_id: int, now: datetime, **given: Any) -> Briefing:
    return Briefing(
        **{"version": 1, **given},
        event_id=event_id, kind=BriefingKind.FIRST, facts_version=1, edited_at=now, created_at=now,
        is_exercise=True,
    )  # fmt: skip


def _signal(event_id: int, now: datetime, **given: Any) -> Signal:
    return Signal(
        event_id=event_id, organisation_id=1, domain=Domain.EDUCATION, received_at=now,
        district="stad", setting=Setting.CLASSROOM, kinds=["geruchten"], severity=2,
        answer_due_at=now, is_exercise=True, **given,
    )  # fmt: skip


async def _acknowledged(db: Database, event_id: int, now: datetime) -> list[Any]:
    async with db.begin() as session:
        message = Message(
            kind=MessageKind.BRIEFING, content=Content().to_json(), created_at=now, send_at=now
        )
        session.add(message)
        await session.flush()
        assert message.id is not None
        delivery = Delivery(
            message_id=message.id, kind=ChannelKind.TELEGRAM, address="1", not_before=now,
            planned_at=now,
        )  # fmt: skip
        session.add(delivery)
        await session.flush()
        assert delivery.id is not None
        kind = AcknowledgementKind.READ
        return [
            Acknowledgement(
                delivery_id=delivery.id, message_id=message.id, event_id=event_id, kind=kind, at=now
            )
        ]


def test_every_story_rings_and_belongs_to_no_other(now: datetime) -> None:
    lexicon, grouper = load_lexicon(), Grouper(timedelta(hours=72), stop_words())
    trust = {one["key"]: Trust(one["trust"]) for one in load_scenario()["outlets"]}
    homes: list[int] = []
    for story in (load_scenario(), *further_stories()):
        groups: set[int] = set()
        for item in (story["first"], *story["more"]):
            found = score_item(
                item["title"], item["lead"], trust=trust[item["outlet"]], lexicon=lexicon
            )
            assert found.severity >= 3, item["title"]
            local = found.place.proximity.is_local
            hint = hint_of(found.severity, found.type, found.place.name, local=local)
            doc = Doc(item["title"], item["lead"], now, found.severity, hint)
            groups.add(id(grouper.add(doc)[0]))
        assert len(groups) == 1, story["first"]["title"]
        homes += groups
    assert len(set(homes)) == len(homes)


def test_stories_come_in_turn_until_they_are_told(now: datetime) -> None:
    simulator, scenario = Simulator(), load_scenario()
    scenario_sources(simulator, scenario)
    begun = [begin_evening(simulator.feeds, scenario, now=now) for _ in range(7)]
    assert begun == [True] * (1 + len(further_stories())) + [False]
    keys = [item.key for outlet in simulator.feeds.outlets.values() for item in outlet.items]
    assert len(set(keys)) == len(keys)


async def test_the_page_says_when_all_stories_are_told(table: Table, now: datetime) -> None:
    while begin_evening(table.stage.simulator.feeds, table.stage.scenario, now=now):
        pass
    answer = await table.web.get("/telefoons/lijst")
    assert "/telefoons/begin" not in answer.text
    assert (await table.post("/begin")).status_code == 303


@pytest.mark.slow
async def test_the_second_evening_rings_too_and_stopping_is_quick(tmp_path: Path) -> None:
    simulator, scenario = Simulator(), load_scenario()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    config = exercise_config(simulator, tmp_path, scenario_sources(simulator, scenario))
    publish_background(simulator.feeds, scenario, now=utc_now())
    # The house is built with the routes, so the stage gets it afterwards.
    stage = Stage(simulator, scenario)
    stage.house = House(config, phones=phone_routes(stage))
    try:
        await stage.house.start()
        await seat_everyone(stage)
        async with httpx.AsyncClient(base_url=stage.house.web.address) as web:
            await _two_evenings(stage, web)
            async with web.stream("GET", "/telefoons/stroom") as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == "retry: 2000"
                await asyncio.wait_for(stage.house.stop(), 60)
                assert [line async for line in lines if line.startswith("!")] == []
    finally:
        await stage.house.stop()
        await simulator.stop()


async def _two_evenings(stage: Stage, web: httpx.AsyncClient) -> None:
    """The first is confirmed; the second must not join it."""
    for story in (stage.scenario, further_stories()[0]):
        mark = stage.coordinator.last_id
        assert (await web.post("/telefoons/begin", headers=BY_SCRIPT)).status_code == 204
        await stage.coordinator.see(story["first"]["title"][:30], after=mark, timeout_s=20)
        await stage.coordinator.press("Bevestig", after=mark)
        await stage.coordinator.press("Alles akkoord", after=mark)
        await stage.coordinator.see("Volgende update", after=mark)
    async with stage.house.db.read() as session:
        rang = await session.exec(select(Event.id).where(col(Event.alerted_at).is_not(None)))
        assert len(rang.all()) == 2
        assert ticked(await read_progress(session, now=utc_now())) == [1, 2]
