"""An exercise plays in a world of its own, each inject once, and ends with a card."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.alerts import ring
from bot.exercise import leading
from bot.exercise.current import running_exercise
from bot.exercise.leading import Tools, advance, begin, end, move_on
from bot.exercise.marks import event_of
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import Script, shipped
from contacts.directory import Domain, Organisation, Role
from contacts.journal import JournalEntry, Who
from contacts.outbox import Delivery
from contacts.records import Database, IllegalMove
from contacts.sealing import Sealer
from feeds.events import dismiss_event
from feeds.rows import DismissReason, Event, EventStatus, Item, Origin, Source
from feeds.settings import FeedSettings
from signals.rows import Signal
from signals.settings import SignalSettings
from tests.console_world import a_world, press
from tests.feeds_world import World, feeds_world
from tests.outbox_world import a_person

LEADER = Who("person", 1)
ROOT = Path(__file__).parents[1]
SCRIPT = "aanhoudingen"


@dataclass
class Play:
    """A real coordinator, and one on the list of the exercise."""

    feeds: World
    tools: Tools
    practising: int
    real: int

    async def begin(self, script: Script | None = None) -> Exercise | None:
        async with self.tools.db.begin() as session:
            return await begin(
                session, script or shipped()[SCRIPT], speed=1, who=LEADER, now=self.feeds.clock()
            )

    async def on(self) -> int:
        """The leader moves on, and what is due then is played."""
        async with self.tools.db.begin() as session:
            exercise = await running_exercise(session)
            assert exercise is not None
            await move_on(session, exercise, who=LEADER, now=self.feeds.clock())
        played = await advance(self.tools, now=self.feeds.clock())
        await ring(self.tools.db, FeedSettings(), now=self.feeds.clock())
        return played

    async def all(self, kind: Any) -> list[Any]:
        async with self.tools.db.read() as session:
            return list((await session.exec(select(kind).order_by(kind.id))).all())


@pytest.fixture
async def play(db: Database, now: datetime) -> AsyncIterator[Play]:
    async with feeds_world(db, now) as feeds:
        async with db.begin() as session:
            one = await a_person(session, now, chat="41", role=Role.COORDINATOR, is_exercise=True)
            other = await a_person(
                session, now, chat="1", mail="a@b.example", role=Role.COORDINATOR
            )
            youth = Organisation(
                name="Jongerenwerk", domain=Domain.CARE_WELFARE, is_exercise=True, created_at=now
            )
            session.add(youth)
        tools = Tools(db, feeds.watch, Sealer(Sealer.new_key()), SignalSettings())
        assert one.id is not None
        assert other.id is not None
        yield Play(feeds, tools, one.id, other.id)


async def test_the_whole_script_is_played_each_inject_once(play: Play) -> None:
    assert await play.begin() is not None
    assert await advance(play.tools, now=play.feeds.clock()) == 1
    for _ in range(4):
        play.feeds.clock.forward(minutes=1)
        assert await play.on() == 1
    assert await play.on() == 0
    titles = [item.title for item in await play.all(Item)]
    assert len(titles) == len(set(titles)) == 3
    assert len(await play.all(Signal)) == 1
    [event] = await play.all(Event)
    assert event.is_exercise
    assert event.suggested_severity == 4


async def test_only_people_of_the_exercise_hear_of_it(play: Play) -> None:
    await play.begin()
    for _ in range(5):
        await play.on()
        play.feeds.clock.forward(minutes=1)
    deliveries = await play.all(Delivery)
    assert {one.person_id for one in deliveries} == {play.practising}
    assert all(one.is_exercise for one in deliveries)


async def test_news_that_was_stored_before_a_crash_is_not_stored_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> bool:
        raise ConnectionError("gone")

    await play.begin()
    with monkeypatch.context() as broken:
        broken.setattr(leading, "_count", crash)
        with pytest.raises(ConnectionError):
            await advance(play.tools, now=play.feeds.clock())
    assert await advance(play.tools, now=play.feeds.clock()) == 1
    assert len(await play.all(Item)) == 1


async def test_one_exercise_at_a_time(play: Play) -> None:
    first = await play.begin()
    assert first is not None
    assert await play.begin() is None
    async with play.tools.db.begin() as session:
        row = await session.get_one(Exercise, first.id)
        await end(session, row, ExerciseStatus.STOPPED, who=LEADER, now=play.feeds.clock())
    assert await play.begin() is not None


async def test_the_same_story_rings_again_the_next_time(play: Play) -> None:
    for round_number in (1, 2):
        exercise = await play.begin()
        assert exercise is not None
        await play.on()
        rang = [one for one in await play.all(Event) if one.alerted_at is not None]
        assert len(rang) == round_number
        async with play.tools.db.begin() as session:
            row = await session.get_one(Exercise, exercise.id)
            await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=play.feeds.clock())
        play.feeds.clock.forward(minutes=10)


async def test_the_news_of_an_exercise_never_joins_a_real_event(play: Play) -> None:
    await play.feeds.add("omroep")
    title = shipped()[SCRIPT].injects[0].title
    play.feeds.server.publish("omroep", "1", title, lead="", published=play.feeds.clock())
    await play.feeds.watch.poll_due()
    await play.begin()
    await play.on()
    real, practice = await play.all(Event)
    assert (real.is_exercise, practice.is_exercise) == (False, True)
    assert (real.item_count, practice.item_count) == (1, 1)


async def test_ending_freezes_the_card_and_puts_the_event_away(play: Play) -> None:
    exercise = await play.begin()
    assert exercise is not None
    await play.on()
    async with play.tools.db.begin() as session:
        row = await session.get_one(Exercise, exercise.id)
        await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=play.feeds.clock())
        assert row.card is not None
        assert [line["verdict"] for line in row.card["lines"]] == ["missed"] * 6
        with pytest.raises(IllegalMove):
            await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=play.feeds.clock())
    [event] = await play.all(Event)
    assert event.status is EventStatus.DISMISSED
    assert await advance(play.tools, now=play.feeds.clock()) == 0


async def test_what_players_close_ends_the_exercise_by_itself(play: Play) -> None:
    exercise = await play.begin(shipped()["loos-alarm"])
    assert exercise is not None
    await play.on()
    await play.on()
    async with play.tools.db.begin() as session:
        event = await event_of(session, await session.get_one(Exercise, exercise.id))
        assert event is not None
        await dismiss_event(session, event, DismissReason.OTHER, who=LEADER, now=play.feeds.clock())
    await advance(play.tools, now=play.feeds.clock())
    [row] = await play.all(Exercise)
    assert row.status is ExerciseStatus.ENDED
    assert row.card["is_met"] is True


async def test_the_journal_holds_no_words_of_the_script(play: Play) -> None:
    await play.begin()
    for _ in range(5):
        await play.on()
    told = json.dumps([entry.detail for entry in await play.all(JournalEntry)])
    assert "Presikhaaf" not in told
    assert "gerucht" not in told


@pytest.mark.parametrize("is_exercise", [False, True])
async def test_an_event_cannot_change_worlds(
    db: Database, now: datetime, is_exercise: bool
) -> None:
    async with db.begin() as session:
        event = Event(
            title="x", type="algemeen", origin=Origin.MANUAL, detected_at=now,
            is_exercise=is_exercise,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        event.is_exercise = is_exercise
        with pytest.raises(ValueError, match="worlds"):
            event.is_exercise = not is_exercise


async def test_sources_of_an_exercise_are_never_polled_nor_shown(
    play: Play, db: Database, now: datetime
) -> None:
    await play.begin()
    play.feeds.clock.forward(hours=1)
    report = await play.feeds.watch.poll_due()
    assert report.polled == 0
    assert all(source.is_paused and source.scene for source in await play.all(Source))


# --- the page --------------------------------------------------------------------------


async def test_the_page_leads_an_exercise_from_beginning_to_card(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        refused = await press(world.desk, world.sealer, "/oefenen/begin", scenario=SCRIPT)
        assert refused.status_code == 422
        assert "oefenlijst" in refused.text
        async with db.begin() as session:
            await a_person(session, now, chat="41", role=Role.COORDINATOR, is_exercise=True)
        begun = await press(world.desk, world.sealer, "/oefenen/begin", scenario=SCRIPT, tempo="5")
        assert begun.status_code == 303
        page = begun.headers["location"].partition("?")[0]
        assert "5 keer zo snel" in (await world.desk.get(page)).text
        again = await press(world.desk, world.sealer, "/oefenen/begin", scenario=SCRIPT)
        assert again.status_code == 409
        assert (await press(world.desk, world.sealer, f"{page}/verder")).status_code == 303
        assert (await press(world.desk, world.sealer, f"{page}/klaar")).status_code == 303
        over = (await world.desk.get(page)).text
        assert "niet gebeurd" in over
        assert "Volgende inspeler" not in over
        assert "0 van 6 op tijd" in (await world.desk.get("/oefenen")).text


async def test_a_closed_event_can_be_played_again_from_the_page(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            await a_person(session, now, chat="41", role=Role.COORDINATOR, is_exercise=True)
            event = await session.get_one(Event, world.event_id)
            event.status, event.closed_at = EventStatus.CLOSED, now
            session.add(event)
        begun = await press(
            world.desk, world.sealer, "/oefenen/naspelen", gebeurtenis=str(world.event_id)
        )
        assert begun.status_code == 303
        [row] = await _rows(db, Exercise)
        assert row.title.startswith("Naspelen")
        strange = await press(world.desk, world.sealer, "/oefenen/naspelen", gebeurtenis="9999")
        assert strange.status_code == 422


async def _rows(db: Database, kind: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(col(kind.id)))).all())


# --- the command -------------------------------------------------------------------------


def schakel(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "exercise", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("key", ["loos-alarm", "dreigmail-school"])
def test_a_scenario_plays_by_itself_and_all_that_was_expected_happens(key: str) -> None:
    done = schakel("run", key, "--fast")
    assert done.returncode == 0, done.stdout + done.stderr
    card = json.loads(done.stdout.splitlines()[-1])
    assert card["is_met"] is True
    assert {line["verdict"] for line in card["lines"]} == {"in_time"}


def test_a_scenario_that_is_not_there_is_said_in_a_sentence() -> None:
    done = schakel("run", "nergens")
    assert done.returncode == 2
    assert "nergens" in done.stderr
    assert "Traceback" not in done.stderr
