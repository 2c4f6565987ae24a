"""A store goes with one key: who starts with another one hears it, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.backup.moving import move_database
from bot.cli import key_texts, texts
from bot.clock import utc_now
from bot.config import KEY_FILE, SECRET_KEY, Config, has_key
from bot.database import open_database
from bot.key_rows import StoreKey
from bot.migrating import migrate, on_connection
from bot.own_key import KeyFault, accept_key, fingerprint_of, hold_key, key_fault
from bot.rows import Conversation, Heartbeat
from bot.run import run
from bot.run_texts import KEY_FAULTS
from bot.settings import DatabaseSettings, TickSettings
from contacts.journal import JournalEntry
from contacts.sealing import Sealer
from tests import stores
from tests.cli_world import an_empty_place, call, installed, rows, said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


@pytest.fixture
def url(place: Path) -> Iterator[str]:
    made = stores.fresh_url(place)
    asyncio.run(migrate(made))
    yield made
    stores.drop(made)


def a_host(url: str, folder: Path) -> Config:
    return Config(state_dir=folder, database=DatabaseSettings(url=url))


async def test_the_first_key_is_noted_and_another_host_with_another_one_is_refused(
    url: str, place: Path, now: datetime
) -> None:
    one, other = a_host(url, place / "one"), a_host(url, place / "other")
    assert await key_fault(one) is None
    assert not has_key(one, {}), "only looked at"
    assert await hold_key(one, now=now) is None
    assert await hold_key(one, now=now) is None
    assert await hold_key(other, now=now) is KeyFault.MISSING
    (place / "other").mkdir()
    (place / "other" / KEY_FILE).write_bytes(Sealer.new_key())
    assert await hold_key(other, now=now) is KeyFault.OTHER
    (place / "other" / KEY_FILE).write_bytes((place / "one" / KEY_FILE).read_bytes())
    assert await hold_key(other, now=now) is None


async def test_of_two_hosts_that_start_together_with_two_keys_one_is_refused(
    url: str, place: Path, now: datetime
) -> None:
    hosts = [a_host(url, place / name) for name in ("one", "other", "third")]
    found = await asyncio.gather(*(hold_key(host, now=now) for host in hosts))
    assert sum(fault is None for fault in found) == 1


async def test_the_key_does_not_stand_in_the_store(url: str, place: Path, now: datetime) -> None:
    host = a_host(url, place)
    await hold_key(host, now=now)
    db = open_database(url)
    async with db.read() as session:
        stored = await session.get_one(StoreKey, 1)
    await db.close()
    key = (place / KEY_FILE).read_bytes()
    assert stored.fingerprint == fingerprint_of(Sealer(key))
    assert key.decode() not in repr(stored)


async def test_the_fingerprint_moves_along(url: str, place: Path, now: datetime) -> None:
    await hold_key(a_host(url, place / "one"), now=now)
    target = f"sqlite+aiosqlite:///{place}/target.sqlite3"
    await move_database(url, target, ticks=TickSettings(), now=now, on_progress=lambda *_: None)
    assert await key_fault(a_host(target, place / "other")) is KeyFault.MISSING
    assert await key_fault(a_host(target, place / "one")) is None


async def test_a_start_with_another_key_ends_with_what_to_do_and_makes_none(
    url: str, place: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    await hold_key(a_host(url, place / "one"), now=now)
    assert await run(a_host(url, place / "other")) == 1
    assert KEY_FAULTS["missing"] in capsys.readouterr().err
    assert not (place / "other" / KEY_FILE).exists()


async def test_who_has_another_key_brings_the_store_to_no_other_version(
    url: str, place: Path, now: datetime
) -> None:
    await hold_key(a_host(url, place / "one"), now=now)
    before = text("UPDATE alembic_version SET version_num = '0065'")
    await on_connection(url, lambda connection: connection.execute(before))
    assert await run(a_host(url, place / "other")) == 1
    version = text("SELECT version_num FROM alembic_version")
    found = await on_connection(url, lambda connection: connection.execute(version).scalar())
    assert found == "0065"


def test_check_says_it_and_the_way_on_asks_first(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed()
    config = a_host(f"sqlite+aiosqlite:///{place}/var/schakel.sqlite3", place / "var")
    asyncio.run(hold_key(config, now=utc_now()))
    assert f"✔ {texts.CHECK_KEY_OK}" in said(call("check"))
    assert said(call("accept-key")).strip() == key_texts.FITS
    monkeypatch.setenv(SECRET_KEY, Sealer.new_key().decode())
    assert f"✗ {KEY_FAULTS['other']}" in said(call("check"))
    asked = call("accept-key")
    assert (asked.exit_code, said(asked).strip()) == (2, key_texts.SURE)
    done = call("accept-key", "--yes")
    assert (done.exit_code, said(done).strip()) == (0, key_texts.ACCEPTED)
    assert f"✔ {texts.CHECK_KEY_OK}" in said(call("check"))
    (journal,) = rows(place, JournalEntry)
    assert "key_accepted" in [entry.action for entry in journal]
    monkeypatch.setenv(SECRET_KEY, "stuk")
    assert "✗ De sleutel in SCHAKEL_SECRET_KEY" in said(call("check"))


async def test_a_key_is_not_accepted_while_a_house_runs_with_the_other(
    url: str, place: Path
) -> None:
    now = utc_now()
    await hold_key(a_host(url, place / "one"), now=now)
    db = open_database(url)
    async with db.begin() as session:
        session.add(Heartbeat(name="pump", at=now - timedelta(seconds=1)))
    await db.close()
    (place / "config.toml").write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    refused = await asyncio.to_thread(call, "accept-key", "--yes")
    assert (refused.exit_code, said(refused).strip()) == (1, key_texts.IN_USE)


async def test_a_lost_key_is_made_anew_when_that_is_accepted(
    url: str, place: Path, now: datetime
) -> None:
    await hold_key(a_host(url, place / "one"), now=now)
    other = a_host(url, place / "other")
    await accept_key(other, now=now)
    assert await hold_key(other, now=now) is None
    assert await key_fault(a_host(url, place / "one")) is KeyFault.OTHER


async def test_who_was_halfway_an_answer_when_the_key_was_lost_begins_anew(
    url: str, place: Path, now: datetime
) -> None:
    config = a_host(url, place)
    await hold_key(config, now=now)
    before = Sealer((place / KEY_FILE).read_bytes())
    db = open_database(url)
    async with db.begin() as session:
        for chat, kept in ((1, {"note": before.seal("De groep")}), (2, {"kind": "rumour"})):
            session.add(
                Conversation(
                    chat=chat, flow="word", step="line", data=kept, is_exercise=False,
                    updated_at=now,
                )
            )  # fmt: skip
    (place / KEY_FILE).write_bytes(Sealer.new_key())
    await accept_key(config, now=now)
    async with db.read() as session:
        left = (await session.exec(select(Conversation.chat))).all()
    await db.close()
    assert list(left) == [2]
