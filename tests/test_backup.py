"""A backup of a running installation: whole, sealed, and never a reason to send twice."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import col, select
from typer.testing import CliRunner

from bot.backup.making import forget_older, make_backup
from bot.backup.restoring import InUse, NotEmpty, check_backup, restore
from bot.backup.sealed_file import PIECE, BackupError, SealedReader, SealedWriter
from bot.cli.main import app
from bot.database import open_database
from bot.migrating import migrate
from bot.rows import Heartbeat, WebSession
from bot.settings import TickSettings
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind, MessageStatus
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import post, resume_message
from tests import stores
from tests.outbox_world import (
    BOTH,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    chat_recipient,
    running,
    until,
)

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
KEY = Sealer.new_key()
TICKS = TickSettings()


class Place:
    """A migrated store, its address, and another empty one to restore to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = stores.fresh_url(folder)
        other = folder / "elsewhere"
        other.mkdir()
        self.elsewhere = stores.fresh_url(other)
        self.file = folder / "backups" / "schakel.backup"

    def save(self, file: Path | None = None) -> int:
        out = file or self.file
        return make_backup(self.url, out, key=KEY, secret_key=b"own", now=NOW).rows


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    made = Place(tmp_path)
    await migrate(made.url)
    yield made
    stores.drop(made.url)
    stores.drop(made.elsewhere)


async def filled(url: str, people: int = 3) -> None:
    """A coordinator, and a briefing that has not left yet."""
    db = open_database(url)
    async with db.begin() as session:
        await a_person(session, NOW, chat="1", role=Role.COORDINATOR)
        readers = [await a_person(session, NOW, chat=str(100 + n)) for n in range(people)]
        await a_briefing(session, readers, NOW)
    await db.close()


async def counts(db: Database) -> tuple[int, int]:
    async with db.read() as session:
        messages = (await session.exec(select(func.count()).select_from(Message))).one()
        deliveries = (await session.exec(select(func.count()).select_from(Delivery))).one()
    return messages, deliveries


async def test_a_backup_under_load_is_one_moment_and_comes_back_whole(place: Place) -> None:
    """Each transaction writes a message with two deliveries: any moment has twice as many."""
    db = open_database(place.url)
    stop, under_way = asyncio.Event(), asyncio.Event()

    async def load() -> int:
        n = 0
        while not stop.is_set():
            async with db.begin() as session:
                to = [chat_recipient(f"{n}1"), chat_recipient(f"{n}2")]
                await post(session, kind=MessageKind.ALERT, content=BOTH, to=to, now=NOW)
            n += 1
            under_way.set()
        return n

    work = asyncio.create_task(load())
    await under_way.wait()
    await asyncio.to_thread(place.save)
    await asyncio.sleep(0.05)
    done = await restore(
        place.file, place.elsewhere, key=KEY, overwrite=False, ticks=TICKS, now=NOW
    )
    stop.set()
    written = await work
    copy = open_database(place.elsewhere)
    messages, deliveries = await counts(copy)
    # New rows get numbers of their own after it.
    async with copy.begin() as session:
        await post(session, kind=MessageKind.ALERT, content=BOTH, to=[chat_recipient("9")], now=NOW)
    await copy.close()
    await db.close()
    assert 0 < messages <= written
    assert deliveries == 2 * messages
    assert done.manifest.counts["message"] == messages
    assert done.secret_key == b"own"


async def test_what_had_not_left_waits_for_a_person_and_then_says_that_it_is_a_repeat(
    place: Place,
) -> None:
    await filled(place.url)
    await asyncio.to_thread(place.save)
    later = NOW + timedelta(hours=1)
    done = await restore(
        place.file, place.elsewhere, key=KEY, overwrite=False, ticks=TICKS, now=later
    )
    assert done.held.halted == 3
    db = open_database(place.elsewhere)
    async with db.read() as session:
        halted = (
            await session.exec(select(Message).where(col(Message.kind) == MessageKind.BRIEFING))
        ).one()
        notice = (
            await session.exec(select(Message).where(col(Message.kind) == MessageKind.NOTICE))
        ).one()
        noted = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "store_restored")
        )
        assert noted.one().detail["halted"] == 3
    assert halted.status is MessageStatus.HALTED
    assert "teruggezet" in notice.content["telegram"]["text"]
    transport = Scripted()
    async with running(a_pump(db, transport)):
        await until(db, lambda rows: rows[-1].status is DeliveryStatus.SENT)
        assert [one.address for one in transport.sent] == ["1"]
        async with db.begin() as session:
            await resume_message(session, halted.id or 0, who=SYSTEM, now=later, reason="person")
        await until(db, lambda rows: all(row.status is DeliveryStatus.SENT for row in rows))
    await db.close()
    assert [one.is_repeat for one in transport.sent] == [False, True, True, True]


async def test_who_was_signed_in_then_is_signed_out(place: Place) -> None:
    db = open_database(place.url)
    async with db.begin() as session:
        person = await a_person(session, NOW, chat="1")
        session.add(
            WebSession(token_hash="x", person_id=person.id or 0, opened_at=NOW, seen_at=NOW)
        )
    await db.close()
    await asyncio.to_thread(place.save)
    await restore(place.file, place.elsewhere, key=KEY, overwrite=False, ticks=TICKS, now=NOW)
    copy = open_database(place.elsewhere)
    async with copy.read() as session:
        assert (await session.exec(select(WebSession))).one().ended_at is not None
    await copy.close()


async def test_a_store_is_only_replaced_when_somebody_says_so(place: Place) -> None:
    await filled(place.url)
    await asyncio.to_thread(place.save)
    with pytest.raises(NotEmpty):
        await restore(place.file, place.url, key=KEY, overwrite=False, ticks=TICKS, now=NOW)
    done = await restore(place.file, place.url, key=KEY, overwrite=True, ticks=TICKS, now=NOW)
    if done.old_store is not None:
        assert done.old_store.exists()
    db = open_database(place.url)
    assert (await counts(db))[0] == 2  # with the notice
    await db.close()


async def test_the_store_that_a_backup_replaced_is_for_its_owner_alone(place: Place) -> None:
    if stores.is_postgresql():
        pytest.skip("PostgreSQL keeps its own files")
    await filled(place.url)
    await asyncio.to_thread(place.save)
    Path(place.url.partition(":///")[2]).chmod(0o644)
    done = await restore(place.file, place.url, key=KEY, overwrite=True, ticks=TICKS, now=NOW)
    assert done.old_store is not None
    assert done.old_store.stat().st_mode & 0o777 == 0o600


async def test_a_store_in_use_is_never_replaced(place: Place) -> None:
    await asyncio.to_thread(place.save)
    db = open_database(place.url)
    async with db.begin() as session:
        session.add(Heartbeat(name="refresh", at=NOW))
    await db.close()
    with pytest.raises(InUse):
        await restore(
            place.file, place.url, key=KEY, overwrite=True, ticks=TICKS,
            now=NOW + timedelta(seconds=5),
        )  # fmt: skip


async def test_a_house_that_looks_rarely_is_in_use_between_two_looks(place: Place) -> None:
    await asyncio.to_thread(place.save)
    slow = TickSettings(refresh_s=60)
    db = open_database(place.url)
    async with db.begin() as session:
        session.add(Heartbeat(name="refresh", at=NOW))
    await db.close()

    async def put_back(after: timedelta) -> None:
        now = NOW + after
        await restore(place.file, place.url, key=KEY, overwrite=True, ticks=slow, now=now)

    with pytest.raises(InUse):
        await put_back(timedelta(seconds=60))
    await put_back(timedelta(minutes=5))


async def test_a_damaged_backup_changes_nothing(place: Place) -> None:
    await filled(place.url)
    await asyncio.to_thread(place.save)
    whole = place.file.read_bytes()
    for broken, why in [
        (whole[:-20], "cut_off"),
        (whole[: whole.rindex(b"\n", 0, -1) + 1], "cut_off"),
        (b"x" + whole[1:], "no_backup"),
        (whole[:40] + b"AA" + whole[42:], "other_key"),
        (whole + b"x", "damaged"),
    ]:
        place.file.write_bytes(broken)
        with pytest.raises(BackupError, match=why):
            await restore(place.file, place.url, key=KEY, overwrite=True, ticks=TICKS, now=NOW)
    place.file.write_bytes(whole)
    with pytest.raises(BackupError, match="other_key"):
        check_backup(place.file, Sealer.new_key())
    assert check_backup(place.file, KEY).counts["delivery"] == 3
    db = open_database(place.url)
    assert await counts(db) == (1, 3)
    await db.close()


async def test_nothing_of_the_backup_can_be_read_without_the_key(place: Place) -> None:
    await filled(place.url)
    await asyncio.to_thread(place.save)
    assert b"School" not in place.file.read_bytes()
    assert place.file.stat().st_mode & 0o077 == 0
    left = [path.name for path in place.folder.rglob(".schakel-backup-*")]
    assert left == []


async def test_an_older_backup_goes_when_so_many_are_kept(place: Place) -> None:
    for n in range(4):
        await asyncio.to_thread(place.save, place.folder / "b" / f"schakel-{n}.backup")
    other = place.folder / "b" / "other.backup"
    other.touch()
    assert forget_older(place.folder / "b", 2) == 2
    names = sorted(path.name for path in (place.folder / "b").iterdir())
    assert names == ["other.backup", "schakel-2.backup", "schakel-3.backup"]


@given(st.lists(st.binary(max_size=2000), max_size=6), st.integers(0, 2 * PIECE))
def test_what_is_sealed_comes_back_byte_for_byte(pieces: list[bytes], padding: int) -> None:
    whole = b"".join(pieces) + bytes(padding)
    out = io.BytesIO()
    writer = SealedWriter(out, KEY)
    writer.write(whole)
    writer.close()
    reader = SealedReader(io.BytesIO(out.getvalue()), KEY)
    assert reader.read(10) + reader.read() == whole


def test_pieces_of_two_backups_cannot_be_put_together() -> None:
    files = []
    for letter in (b"a", b"b"):
        out = io.BytesIO()
        writer = SealedWriter(out, KEY)
        writer.write(letter * 2 * PIECE)
        writer.close()
        files.append(out.getvalue().splitlines(keepends=True))
    mixed = io.BytesIO(b"".join([*files[0][:2], *files[1][2:]]))
    with pytest.raises(BackupError, match="damaged"):
        SealedReader(mixed, KEY).read()


def test_the_command_line_goes_from_a_new_key_to_a_restored_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("BACKUP_KEY", "SECRET_KEY", "DATABASE_URL", "CONFIG"):
        monkeypatch.delenv(f"SCHAKEL_{name}", raising=False)
    (tmp_path / "config.toml").write_text("", encoding="utf-8")

    def call(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words))
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    assert call("backup")[0] == 2  # no key
    assert call("backup", "--new-key", "back.key")[0] == 0
    monkeypatch.setenv("SCHAKEL_BACKUP_KEY_FILE", "back.key")
    assert call("backup") == (1, "Er zijn nog geen gegevens om te bewaren.\n")
    assert call("migrate")[0] == 0
    (tmp_path / "var" / "secret.key").write_bytes(KEY)
    assert call("backup", "copy.backup")[0] == 0
    assert call("restore", "copy.backup", "--check")[0] == 0
    assert call("restore", "copy.backup")[0] == 1
    shutil.rmtree(tmp_path / "var")
    code, output = call("restore", "copy.backup")
    assert code == 0
    assert "Alle aantallen kloppen" in output
    assert (tmp_path / "var" / "secret.key").read_bytes() == KEY
    assert call("restore", "config.toml")[0] == 1
    assert call("restore", "nothing")[0] == 1


async def test_tables_of_the_engine_are_neither_kept_nor_thrown_away(place: Place) -> None:
    if not stores.is_postgresql():
        pytest.skip("SQLite is copied as a whole; the engine runs on PostgreSQL only")
    for url in (place.url, place.elsewhere):
        db = open_database(url)
        async with db.engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE procrastinate_jobs (id int)")
        await db.close()
    await asyncio.to_thread(place.save)
    assert "procrastinate_jobs" not in check_backup(place.file, KEY).counts
    await restore(place.file, place.elsewhere, key=KEY, overwrite=True, ticks=TICKS, now=NOW)
    db = open_database(place.elsewhere)
    async with db.engine.connect() as connection:
        await connection.exec_driver_sql("SELECT * FROM procrastinate_jobs")
    await db.close()
