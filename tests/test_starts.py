"""A process that keeps falling is counted beside the store, and a person hears of it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from bot.backup.moved import note_moved
from bot.cli.main import app
from bot.clock import utc_now
from bot.config import Config, load_config
from bot.database import open_database
from bot.duties import Office
from bot.migrating import MigrationError, migrate
from bot.rows import Heartbeat
from bot.run import part_of, run
from bot.settings import DatabaseSettings
from bot.starts import AGAIN, ROW, STEADY, TELL_AFTER, StartNote, Starts, after, tell_falls
from contacts.directory import Role
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from contacts.sealing import Sealer
from tests.console_world import client_of
from tests.killing import Installation
from tests.outbox_world import a_person, notices

MINUTE = timedelta(minutes=1)


def fallen(state_dir: Path, times: int, now: datetime) -> StartNote:
    """A process that runs, after so many that ended unasked."""
    for number in range(times):
        note = StartNote(state_dir, "all")
        note.begin(now + number * MINUTE)
        note.close()
    note = StartNote(state_dir, "all")
    note.begin(now + times * MINUTE)
    return note


def test_each_unasked_end_counts_and_an_asked_one_begins_anew(
    tmp_path: Path, now: datetime
) -> None:
    note = fallen(tmp_path, 4, now)
    assert note.starts == Starts(now + 4 * MINUTE, 4, now)
    note.end()
    assert not list(tmp_path.iterdir())
    again = fallen(tmp_path, 0, now)
    assert again.starts == Starts(now)
    again.end()


def test_one_started_twice_by_mistake_is_no_fall(
    tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    first = fallen(tmp_path, 1, now)
    second = StartNote(tmp_path, "all")
    second.begin(now)
    assert second.starts is None
    assert "stop one of the two" in caplog.text
    second.end()
    first.note_told()
    first.close()
    last = StartNote(tmp_path, "all")
    last.begin(now + 2 * MINUTE)
    assert last.starts is not None
    assert last.starts.falls == 2
    last.end()


async def test_a_start_that_cannot_open_its_store_is_a_fall(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "no file").mkdir()
    url = f"sqlite+aiosqlite:///{tmp_path / 'no file'}"
    config = Config(state_dir=tmp_path / "state", database=DatabaseSettings(url=url))
    for _ in range(2):
        with pytest.raises(MigrationError):
            await run(config)
    note = StartNote(config.state_dir, "all")
    note.begin(now)
    note.close()
    assert note.starts is not None
    assert note.starts.falls == 2


async def test_a_start_that_is_refused_is_no_fall(tmp_path: Path, now: datetime) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    config = Config(state_dir=tmp_path / "state", database=DatabaseSettings(url=url))
    await migrate(url)
    await note_moved(url, now=now)
    fallen(config.state_dir, 1, now).close()
    left = next(config.state_dir.glob("running-*.json"))
    before = left.read_text()
    for _ in range(TELL_AFTER):
        assert await run(config) == 1
    assert left.read_text() == before
    left.unlink()
    assert await run(config) == 1
    assert not left.exists()


@pytest.mark.slow
async def test_who_is_asked_to_end_before_it_works_ends_without_a_note(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    await house.prepare(1)
    try:
        for _ in range(2):
            await house.start()
            for _ in range(600):
                if list(tmp_path.glob("running-*.json")):
                    break
                await asyncio.sleep(0.01)
            await house.stop()
            assert not list(tmp_path.glob("running-*.json"))
    finally:
        await house.close()


def test_what_lived_longer_than_a_day_begins_a_new_count(now: datetime) -> None:
    before = Starts(now, 8, now - ROW, 3)
    assert after(before, now + ROW + MINUTE) == Starts(now + ROW + MINUTE, 1, now)
    assert after(before, now + ROW) == Starts(now + ROW, 9, now - ROW, 3)


def test_it_is_told_at_the_third_and_then_ever_more_seldom(now: datetime) -> None:
    told, heard = 0, []
    for falls in range(100):
        if Starts(now, falls, now, told).is_worth_telling:
            told = falls
            heard.append(falls)
    assert heard == [TELL_AFTER, TELL_AFTER * AGAIN, TELL_AFTER * AGAIN**2, TELL_AFTER * AGAIN**3]


@pytest.mark.parametrize("left", ["", "x", "[]", '{"began": "gisteren", "falls": 1}'])
def test_a_note_that_says_nothing_is_no_note(tmp_path: Path, now: datetime, left: str) -> None:
    (tmp_path / "running-all.json").write_text(left)
    note = fallen(tmp_path, 0, now)
    assert note.starts == Starts(now)
    note.end()


def test_a_folder_that_cannot_be_written_stops_no_start(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "map").write_text("geen map")
    note = StartNote(tmp_path / "map", "all")
    note.begin(now)
    assert note.starts is None
    note.note_told()
    note.end()


def test_a_process_of_its_own_part_has_a_note_of_its_own() -> None:
    assert part_of(frozenset(Office)) == "all"
    assert len({part_of([office]) for office in Office}) == len(Office)


async def test_who_coordinates_and_who_keeps_the_machine_hear_it_once(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    note = fallen(tmp_path, TELL_AFTER, now)
    assert note.starts is not None
    async with db.begin() as session:
        assert not await tell_falls(session, note.starts, is_exercise=False, now=now)
    async with db.begin() as session:
        await a_person(session, now, chat="1", role=Role.COORDINATOR)
        await a_person(session, now, chat="2", role=Role.ADMIN)
        await a_person(session, now, chat="3", role=Role.MEMBER)
    async with db.begin() as session:
        assert await tell_falls(session, note.starts, is_exercise=False, now=now)
    note.note_told()
    (told,) = await notices(db)
    assert "3 keer vanzelf gestopt" in told
    async with db.read() as session:
        rows = (await session.exec(select(Delivery))).all()
    assert sorted(row.address for row in rows) == ["1", "2"]
    note.close()
    later = fallen(tmp_path, 0, now)
    assert later.starts is not None
    assert (later.starts.falls, later.starts.is_worth_telling) == (TELL_AFTER + 1, False)
    later.end()


def test_health_is_red_while_it_keeps_falling_and_green_once_it_stays_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "DATABASE_URL", "SECRET_KEY", "CONFIG", "DEBUG"):
        monkeypatch.delenv(f"SCHAKEL_{name}", raising=False)
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    config = load_config(tmp_path / "config.toml", {})
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0

    async def turns() -> None:
        db = open_database(config.database.url)
        async with db.begin() as session:
            session.add(Heartbeat(name="feeds", at=utc_now()))
        await db.close()

    asyncio.run(turns())
    fallen(config.state_dir, TELL_AFTER, utc_now() - (TELL_AFTER + 1) * MINUTE).close()
    red = CliRunner().invoke(app, ["health"])
    assert red.exit_code == 1
    assert "3 keer vanzelf gestopt" in red.output
    told = json.loads(CliRunner().invoke(app, ["health", "--json"]).output)
    assert told["late"] == ["process"]
    for note in config.state_dir.glob("running-*.json"):
        note.unlink()
    fallen(config.state_dir, TELL_AFTER, utc_now() - TELL_AFTER * MINUTE - STEADY).close()
    assert CliRunner().invoke(app, ["health"]).exit_code == 0


async def test_the_health_page_is_red_while_it_keeps_falling(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    async with db.begin() as session:
        session.add(Heartbeat(name="feeds", at=now))
    async with client_of(
        db, Sealer(Sealer.new_key()), now, config=Config(state_dir=tmp_path)
    ) as web:
        assert (await web.get("/gezond")).status_code == 200
        fallen(tmp_path, TELL_AFTER, now - TELL_AFTER * MINUTE).close()
        answer = await web.get("/gezond")
    assert (answer.status_code, answer.json()["late"]) == (503, ["process"])


@pytest.mark.slow
async def test_a_real_house_that_is_killed_three_times_tells_the_coordinator(
    tmp_path: Path,
) -> None:
    house = Installation(tmp_path)
    await house.prepare(1)
    try:
        for _ in range(TELL_AFTER):
            await house.start()
            await house.ready()
            await house.kill()
        await house.start()
        async with house.open() as db:
            found: list[str] = []
            for _ in range(300):
                if found := await arrived(db):
                    break
                await asyncio.sleep(0.1)
        assert "3 keer vanzelf gestopt" in found[0]
        assert list(tmp_path.glob("running-*.json"))
        await house.stop()
        assert not list(tmp_path.glob("running-*.json"))
    finally:
        await house.close()


async def arrived(db: Database) -> list[str]:
    """The texts of what went to a coordinator about falling."""
    async with db.read() as session:
        found = await session.exec(
            select(Message)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.status) == DeliveryStatus.SENT)
        )
        texts = [str(message.content.get("telegram", {}).get("text")) for message in found.all()]
    return [text for text in texts if "vanzelf gestopt" in text]
