"""Migrations: what they build is what the code expects, and no row is lost on the way."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select

from bot.database import open_database
from bot.migrating import (
    MIGRATIONS,
    MigrationError,
    NewerStore,
    differences,
    is_current,
    migrate,
    newest,
    on_connection,
    upgrade_to,
)
from bot.rows import Heartbeat
from contacts.directory import Domain, Organisation, Person
from contacts.records import Database
from tests import stores

ON_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
ON_POSTGRESQL = """
SELECT tgname, pg_get_triggerdef(pg_trigger.oid), prosrc
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal
"""
FRESH = "sqlite+aiosqlite:///{}"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return FRESH.format(tmp_path / "new folder" / "schakel.sqlite3")


async def ask(url: str, work: Any) -> Any:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def test_upgrade_head_equals_the_tables_of_the_code(url: str) -> None:
    await migrate(url)
    assert await ask(url, differences) == []


async def test_a_migrated_store_has_the_triggers_of_the_code(db: Database, tmp_path: Path) -> None:
    """Alembic compares tables only."""
    url = await stores.migrated_url(tmp_path)
    migrated = open_database(url)
    try:
        found = [await triggers_of(store) for store in (migrated, db)]
    finally:
        await migrated.close()
        stores.drop(url)
    assert found[0] == found[1]
    assert {"event_stays_in_one_world"} <= set(found[0])


async def triggers_of(store: Database) -> dict[str, str]:
    """What fires, and what it then does."""
    asked = ON_POSTGRESQL if store.engine.dialect.name == "postgresql" else ON_SQLITE
    async with store.engine.begin() as connection:
        rows = (await connection.exec_driver_sql(asked)).all()
    return {row[0]: "".join(str(tuple(row)).split()) for row in rows}


async def test_a_database_is_current_only_after_migrating(url: str) -> None:
    assert not await is_current(url)
    assert not Path(url.removeprefix("sqlite+aiosqlite:///")).exists()
    await migrate(url)
    assert await is_current(url)


async def test_migrating_twice_keeps_the_rows(url: str, now: datetime) -> None:
    await migrate(url)
    database = open_database(url)
    async with database.begin() as session:
        organisation = Organisation(name="School", domain=Domain.EDUCATION, created_at=now)
        session.add(organisation)
        await session.flush()
        session.add(Person(organisation_id=organisation.id or 0, name="Docent", created_at=now))
    await database.close()
    await migrate(url)
    database = open_database(url)
    async with database.read() as session:
        assert (await session.exec(select(Person.name))).all() == ["Docent"]
    await database.close()


async def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    await migrate(url)
    await ask(url, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    for work in (is_current, migrate):
        with pytest.raises(NewerStore):
            await work(url)
    found = await ask(
        url, lambda c: c.execute(text("SELECT version_num FROM alembic_version")).one()
    )
    assert found == ("9999",)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"geen database" * 100)
    with pytest.raises(MigrationError):
        await migrate(FRESH.format(tmp_path / "x.sqlite3"))


async def test_rows_that_refer_to_nothing_stop_the_upgrade(url: str) -> None:
    Path(url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir()
    await on_connection(url, lambda connection: upgrade_to(connection, "0001"))
    file = url.removeprefix("sqlite+aiosqlite:///")
    with sqlite3.connect(file) as raw:
        raw.execute("INSERT INTO group_member (group_id, person_id) VALUES (7, 7)")
    raw.close()
    with pytest.raises(MigrationError, match="refers to nothing"):
        await migrate(url)


def test_the_newest_version_is_the_one_that_alembic_finds() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


def test_migrations_use_plain_types_and_never_our_own_code() -> None:
    files = sorted((MIGRATIONS / "versions").glob("v*.py"))
    assert files
    for file in files:
        imports = [
            line
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.startswith(("import ", "from "))
        ]
        assert imports == ["import sqlalchemy as sa", "from alembic import op"], file.name


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir() if file.is_file()}


async def test_only_the_owner_reads_the_rows_and_their_log_also_of_an_older_store(
    tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "schakel.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    usual = os.umask(0o022)
    try:
        for is_older in (False, True):
            if is_older:
                file.chmod(0o644)
            await migrate(url)
            db = open_database(url)
            async with db.begin() as session:
                session.add(Heartbeat(name=f"pump {is_older}", at=now))
            assert len(modes(tmp_path)) == 3
            assert set(modes(tmp_path).values()) == {0o600}
            await db.close()
    finally:
        os.umask(usual)


async def test_a_source_that_nobody_added_is_the_configurations(url: str) -> None:
    await migrate(url.replace("schakel", "other"))
    Path(url.removeprefix("sqlite+aiosqlite:///")).touch()
    await on_connection(url, lambda connection: upgrade_to(connection, "0064"))

    def fill(connection: Any) -> None:
        for number, (key, address, scene) in enumerate(
            [("bij-hand", "", None), ("desk", "x", None), ("config", "y", None), ("oef", "z", 1)], 1
        ):
            connection.execute(
                text(
                    "INSERT INTO source (id, key, name, url, trust, interval_s, is_paused, "
                    "is_exercise, scene, next_poll_at, failures) VALUES "
                    "(:id, :key, :key, :url, 'regionaal', 0, 0, 0, :scene, '2026-01-01', 0)"
                ),
                {"id": number, "key": key, "url": address, "scene": scene},
            )
        connection.execute(
            text(
                "INSERT INTO journal_entry (at, actor, action, subject, detail) VALUES "
                "('2026-01-01', 'person:1', 'source_added', 'source:2', '{}')"
            )
        )

    await ask(url, fill)
    await migrate(url)
    kept = await ask(url, lambda c: c.execute(text("SELECT key, kept_by FROM source")).all())
    assert {key for key, by in kept if by == "config"} == {"config"}
