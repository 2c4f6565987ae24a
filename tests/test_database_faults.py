"""What is wrong with a database is told apart, at the right address, without the password."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from bot.bench import cluster
from bot.database_faults import DatabaseFault, fault_of, trouble_with_own
from bot.migrating import MigrationError, migrate
from tests.cli_world import an_empty_place, call, said

SECRET = "dit-is-geheim"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SCHAKEL_NEW_DATABASE_URL", raising=False)
    monkeypatch.delenv("SCHAKEL_NEW_DATABASE_URL_FILE", raising=False)
    return an_empty_place(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A PostgreSQL that asks a password of ``arm``, and lets ``weg`` in nowhere."""
    if cluster.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    folder = cluster.start_cluster(("fsync=off",))
    try:
        asked = folder / "data" / "pg_hba.conf"
        rules = "local all weg reject\nlocal all arm scram-sha-256\n"
        asked.write_text(rules + asked.read_text(encoding="utf-8"), encoding="utf-8")
        with psycopg.connect(
            host=str(folder), user=cluster.USER, dbname="postgres", autocommit=True
        ) as admin:
            admin.execute("CREATE DATABASE leeg")
            admin.execute("CREATE DATABASE dicht")
            admin.execute("REVOKE CONNECT ON DATABASE dicht FROM public")
            admin.execute(f"CREATE ROLE arm LOGIN PASSWORD '{SECRET}'")
            admin.execute("CREATE ROLE weg LOGIN")
            admin.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)  # the server reads its rules in its own time
        yield folder
    finally:
        cluster.stop_cluster(folder)


def found_at(url: str) -> DatabaseFault:
    with pytest.raises(MigrationError) as caught:
        asyncio.run(migrate(url))
    assert SECRET not in trouble_with_own(caught.value, {})
    return fault_of(caught.value)


@pytest.mark.parametrize(
    ("who", "database", "fault"),
    [
        (f"arm:niet-{SECRET}", "leeg", DatabaseFault.PASSWORD),
        ("arm", "leeg", DatabaseFault.PASSWORD),
        (f"weg:{SECRET}", "leeg", DatabaseFault.NOT_ADMITTED),
        ("niemand", "leeg", DatabaseFault.NOT_ADMITTED),
        (f"arm:{SECRET}", "nergens", DatabaseFault.NO_DATABASE),
        (f"arm:{SECRET}", "leeg", DatabaseFault.NO_RIGHTS),
        (f"arm:{SECRET}", "dicht", DatabaseFault.NO_RIGHTS),
    ],
)
def test_what_postgresql_refuses_is_told_apart(
    server: Path, who: str, database: str, fault: DatabaseFault
) -> None:
    assert found_at(f"postgresql+psycopg://{who}@/{database}?host={server}") is fault


def test_a_closed_port_an_unknown_name_and_no_socket_are_told_apart(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = f"postgresql+psycopg://arm:{SECRET}@"
    assert found_at(f"{begin}127.0.0.1:{port}/leeg") is DatabaseFault.REFUSED
    assert found_at(f"{begin}/leeg?host={tmp_path}") is DatabaseFault.REFUSED
    assert found_at(f"{begin}db.invalid/leeg") is DatabaseFault.UNKNOWN_HOST


def test_a_server_that_says_nothing_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        url = f"postgresql+psycopg://arm:{SECRET}@127.0.0.1:{port}/leeg?connect_timeout=2"
        assert found_at(url) is DatabaseFault.SILENT


def test_what_is_wrong_with_a_file_is_told_apart(tmp_path: Path) -> None:
    begin = f"sqlite+aiosqlite:///{tmp_path}"
    (tmp_path / "tekst").write_bytes(b"geen database" * 100)
    assert found_at(f"{begin}/tekst") is DatabaseFault.NOT_A_DATABASE
    assert found_at(f"{begin}/tekst/map/x.sqlite3") is DatabaseFault.NO_FOLDER
    assert found_at("sqlite+aiosqlite:////proc/nergens/x.sqlite3") is DatabaseFault.NO_FOLDER
    newer = f"{begin}/nieuw.sqlite3"
    asyncio.run(migrate(newer))
    with closing(sqlite3.connect(tmp_path / "nieuw.sqlite3")) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()
    assert found_at(newer) is DatabaseFault.NEWER


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("attempt to write a readonly database", DatabaseFault.READ_ONLY),
        ("database is locked", DatabaseFault.LOCKED),
        ("FATAL:  sorry, too many clients already", DatabaseFault.FULL),
        ("FATAL:  the database system is starting up", DatabaseFault.STARTING),
        ("server does not support SSL, but SSL was required", DatabaseFault.NO_TLS),
        ("iets anders", DatabaseFault.OTHER),
    ],
)
def test_the_words_of_a_driver_say_which_fault_it_is(words: str, fault: DatabaseFault) -> None:
    error = MigrationError("?")
    error.__cause__ = OperationalError("SELECT 1", {}, sqlite3.OperationalError(words))
    assert fault_of(error) is fault


def test_a_move_that_cannot_reach_the_new_database_names_that_address(
    place: Path, server: Path
) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0
    url = f"postgresql+psycopg://arm:niet-{SECRET}@/leeg?host={server}"
    result = call("move-database", url)
    assert result.exit_code == 1
    assert f"De database (leeg op {server}) weigert" in said(result)
    assert "het adres achter move-database" in said(result)
    assert "[database] url" not in result.output
    assert SECRET not in result.output


def test_where_to_move_to_may_stand_in_a_file(
    place: Path, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0
    result = call("move-database")
    assert (result.exit_code, "SCHAKEL_NEW_DATABASE_URL_FILE" in said(result)) == (2, True)
    file = place / "nieuw.url"
    monkeypatch.setenv("SCHAKEL_NEW_DATABASE_URL_FILE", str(file))
    assert "kan niet gelezen worden" in said(call("move-database"))
    file.write_text(f"postgresql+psycopg://arm:{SECRET}@/leeg?host={server}\n", encoding="utf-8")
    result = call("move-database")
    assert "te weinig rechten" in said(result)
    assert "staat in SCHAKEL_NEW_DATABASE_URL_FILE" in said(result)
    assert SECRET not in result.output
    file.write_text(f"sqlite+aiosqlite:///{place}/nieuw.sqlite3\n", encoding="utf-8")
    assert "Alle aantallen kloppen" in said(call("move-database"))


def test_the_start_and_the_check_name_where_the_address_stands(
    place: Path, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "config.toml").write_text('[mail]\nhost = "x"\nfrom_address = "a@b.nl"\n', "utf-8")
    url = f"postgresql+psycopg://arm:niet-{SECRET}@/leeg?host={server}"
    monkeypatch.setenv("SCHAKEL_DATABASE_URL", url)
    for command in ("check", "run", "migrate"):
        result = call(command)
        assert result.exit_code == 1
        assert "weigert de gebruiker of het wachtwoord" in said(result)
        assert "Controleer beide in SCHAKEL_DATABASE_URL." in result.output
        assert SECRET not in result.output


def test_help_of_the_move_asks_for_no_password_on_the_command_line() -> None:
    assert "SCHAKEL_NEW_DATABASE_URL_FILE" in " ".join(
        call("move-database", "--help").output.split()
    )
