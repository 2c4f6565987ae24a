"""``schakel check`` says what is right and wrong, and sends nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import texts
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.simulator import TOKEN, Simulator
from briefings.city_lines import confirm_line
from briefings.moments import local_date
from contacts.journal import SYSTEM
from feeds.rows import Source
from tests.cli_world import BOT, HEAD, an_empty_place, call, installed, rows, said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


@pytest.fixture
def outside() -> Iterator[Simulator]:
    """The simulator on a loop of its own, because every command runs its own loop."""
    loop, simulator = asyncio.new_event_loop(), Simulator()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(simulator.start(), loop).result(5)
    yield simulator
    asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def configured(place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.feeds.add_outlet("goed", "Goede omroep")
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", TOKEN)
    (place / "config.toml").write_text(
        f"""
[telegram]
base_url = "{outside.bot_url}"
bot_name = "{BOT}"
[mail]
host = "127.0.0.1"
port = {outside.mail.port}
tls = "geen"
from_address = "schakel@example.org"
[feeds]
allow_private = true
[[feeds.sources]]
key = "goed"
name = "Goede omroep"
url = "{outside.feed_url("goed")}"
trust = "regionaal"
[[feeds.sources]]
key = "weg"
name = "Verdwenen omroep"
url = "{outside.feed_url("weg")}"
trust = "regionaal"
""",
        encoding="utf-8",
    )
    assert call("migrate").exit_code == 0


def test_check_says_what_is_right_and_wrong_and_sends_nothing(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    outside.feeds.publish("goed", "1", "Markt geopend")
    result = call("check")
    text = said(result)
    assert result.exit_code == 1
    assert "✔ Database: op deze versie." in text
    assert "✔ Bron Goede omroep: 1 bericht." in text
    assert "✗ Bron Verdwenen omroep" in text
    assert f"✔ Telegram: de bot heet @{BOT}." in text
    assert "✔ E-mail: 127.0.0.1 antwoordt." in text
    assert "✗ Te controleren: Coördinator (vanavond). Er staat niets" in text
    assert "Staat in [briefings.contact_tonight]." in text
    signs = [line[0] for line in text.splitlines()]
    assert f"{signs.count('✗')} punten open, {signs.count('✔')} in orde." in text
    assert "✗ Er is geen coördinator" in text
    assert outside.mail.mails == []
    assert TOKEN not in text
    (sources,) = rows(place, Source)
    assert {source.key: source.verified_at is not None for source in sources} == {
        "goed": True, "weg": False,
    }  # fmt: skip


def test_check_and_the_list_of_feeds_say_what_left_the_configuration(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    call("check")
    path = place / "config.toml"
    kept = path.read_text(encoding="utf-8").rpartition("[[feeds.sources]]")[0]
    path.write_text(kept, encoding="utf-8")
    text = said(call("check"))
    assert "Bron Verdwenen omroep: staat niet meer in de configuratie" in text
    assert "✗ Bron Verdwenen omroep" not in text
    [line] = [one for one in said(call("feeds", "list")).splitlines() if "Verdwenen" in one]
    assert line.startswith("·")
    assert "niet meer in de configuratie" in line
    assert "Verdwenen" not in said(call("feeds", "export"))


def with_mailed_people(place: Path) -> None:
    """A coordinator and an approver who can be reached by mail alone."""
    people = "Gemeente;gemeente;{0};geen;{1};{0}@stad.example\n"
    lines = people.format("c", "coördinator") + people.format("g", "goedkeurder")
    (place / "lijst.csv").write_text(HEAD + lines, encoding="utf-8")
    assert call("contacts", "import", "lijst.csv").exit_code == 0


def test_check_notes_a_coordinator_with_one_channel_until_there_is_another(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    with_mailed_people(place)
    noted = "Coördinatoren met maar één kanaal dat werkt: 1."
    assert noted in said(call("check"))
    with closing(sqlite3.connect(place / "var" / "schakel.sqlite3")) as store, store:
        store.execute(
            "INSERT INTO channel (person_id, kind, address, rank, status, is_exercise, created_at) "
            "SELECT person_id, 'telegram', '77', 1, status, is_exercise, created_at FROM channel "
            "WHERE address LIKE 'c@%'"
        )
    assert noted not in said(call("check"))


def test_check_counts_only_channels_that_are_set_up(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    with_mailed_people(place)
    text = said(call("check"))
    assert "✔ Coördinatoren die bereikbaar zijn: 1." in text
    assert "✔ Goedkeurders die bereikbaar zijn: 1." in text
    path = place / "config.toml"
    without = path.read_text(encoding="utf-8").replace('host = "127.0.0.1"\n', "", 1)
    path.write_text(without, encoding="utf-8")
    text = said(call("check"))
    assert "✗ Er is geen coördinator met een werkend kanaal" in text
    assert "✗ Er is geen goedkeurder met een werkend kanaal" in text


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("http://schakel.example.org", "✗ Links in berichten: http://schakel.example.org is niet"),
        ("https://schakel.example.org", "✔ Links in berichten: https://schakel.example.org"),
        ("http://127.0.0.2:8420", "✗ Links in berichten wijzen naar deze computer"),
    ],
)
def test_links_for_readers_are_public_and_encrypted(place: Path, address: str, sign: str) -> None:
    (place / "config.toml").write_text(f'[web]\nbase_url = "{address}"\n', encoding="utf-8")
    assert sign in said(call("check"))


def test_check_says_of_every_line_why_it_does_not_count(place: Path) -> None:
    (place / "config.toml").write_text(
        """
[[briefings.meldkaart]]
label = "Later"
phone = "112"
checked_on = 2999-01-01
[[briefings.meldkaart]]
label = "Leeg nummer"
phone = ""
checked_on = 2026-01-31
""",
        encoding="utf-8",
    )
    text = said(call("check"))
    assert "✗ Te controleren: Later. De datum in checked_on moet nog komen." in text
    assert "✗ Te controleren: Leeg nummer. Het telefoonnummer (phone) is leeg." in text


def test_check_counts_what_was_looked_up_at_the_desk(place: Path) -> None:
    line = '[[briefings.meldkaart]]\nlabel = "Meldpunt"\nphone = "026 1234"\n'
    (place / "config.toml").write_text(line, encoding="utf-8")
    assert call("migrate").exit_code == 0
    assert "✗ Te controleren: Meldpunt." in said(call("check"))
    config = load_config(place / "config.toml", {})
    found = next(one for one in config.briefings.meldkaart if one.label == "Meldpunt")

    async def look_up() -> None:
        db, now = open_database(config.database.url), utc_now()
        async with db.begin() as session:
            await confirm_line(
                session, found, is_right=True, who=SYSTEM, today=local_date(now), now=now
            )
        await db.close()

    asyncio.run(look_up())
    assert "Te controleren: Meldpunt." not in said(call("check"))


def test_check_says_that_school_holidays_are_missing_and_what_to_do(place: Path) -> None:
    path = place / "config.toml"
    path.write_text("", encoding="utf-8")
    assert "✗ Schoolvakanties: er staat er geen die nog komt." in said(call("check"))
    path.write_text('[briefings]\nschool_holidays = [["2020-02-15", "2020-02-23"]]\n', "utf-8")
    assert "✗ Schoolvakanties" in said(call("check"))
    path.write_text('[briefings]\nschool_holidays = [["2999-02-15", "2999-02-23"]]\n', "utf-8")
    assert "✔ Schoolvakanties: ingevuld tot en met 23 februari 2999." in said(call("check"))


def test_the_example_of_a_school_holiday_is_one_that_can_be_copied(place: Path) -> None:
    example = texts.CHECK_HOLIDAYS_NONE.split("zoals ")[1].split(". De data")[0]
    (place / "config.toml").write_text(f"[briefings]\n{example}\n", encoding="utf-8")
    assert len(load_config(Path("config.toml"), {}).briefings.school_holidays) == 1


def test_check_and_lint_say_which_line_parents_do_not_read(place: Path) -> None:
    line = '[[briefings.meldkaart]]\nlabel = "Zorgen"\ntext = "Eerst uw aanspreekpunt."\n'
    path = place / "config.toml"
    path.write_text(line, encoding="utf-8")
    note = "Meldkaart, 'Zorgen': die regel is voor wie er werkt."
    assert note in said(call("check"))
    assert note in said(call("briefings", "lint"))
    path.write_text(f'{line}for_parents = "Bel de school."\n', encoding="utf-8")
    assert note not in said(call("check"))


def test_check_names_servers_that_do_not_answer(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    path = place / "config.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(f"port = {outside.mail.port}", "port = 9")
    text = text.replace(outside.bot_url, "http://127.0.0.1:9/bot")
    path.write_text(text, encoding="utf-8")
    result = call("check")
    assert "✗ E-mail: 127.0.0.1 antwoordt niet op poort 9" in said(result)
    assert "✗ Telegram: de server antwoordt niet" in result.output
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "onzin")
    assert "✗ Telegram:" in said(call("check"))


def test_a_bot_of_another_name_is_said(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    path = place / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(f'"{BOT}"', '"ander_bot"'))
    assert f"de bot heet @{BOT}, maar telegram.bot_name zegt ander_bot" in said(call("check"))


def test_check_before_the_database_still_looks_at_the_rest(place: Path) -> None:
    (place / "config.toml").write_text("is_exercise = true\n", encoding="utf-8")
    result = call("check")
    assert result.exit_code == 1
    assert "Doe: schakel migrate" in said(result)
    assert "er is geen token" in result.output
    assert "oefeninstallatie" in result.output
    assert not (place / "var").exists()


def test_check_opens_the_mailbox_for_replies(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    path = place / "config.toml"
    mailbox = (
        '[mail]\nreply_address = "antwoord@example.org"\nimap_host = "127.0.0.1"\n'
        f"imap_port = {outside.mailbox.port}\nimap_tls = false\n"
        f'imap_user = "{outside.mailbox.user}"\n'
    )
    text = path.read_text(encoding="utf-8").replace("[mail]\n", mailbox)
    path.write_text(text, encoding="utf-8")
    monkeypatch.delenv("SCHAKEL_IMAP_PASSWORD", raising=False)
    without = said(call("check"))
    assert "✗ Postbus voor antwoorden: 127.0.0.1 laat Schakel niet binnen" in without
    assert "er is geen wachtwoord" in without
    assert "SCHAKEL_IMAP_PASSWORD_FILE" in without
    monkeypatch.setenv("SCHAKEL_IMAP_PASSWORD", "fout")
    assert "✗ E-mail: 127.0.0.1 weigert de naam of het wachtwoord (IMAP)." in said(call("check"))
    monkeypatch.setenv("SCHAKEL_IMAP_PASSWORD", outside.mailbox.password)
    assert "✔ Postbus voor antwoorden: 127.0.0.1 antwoordt." in said(call("check"))
    path.write_text(text.replace(str(outside.mailbox.port), "9"), encoding="utf-8")
    assert "✗ Postbus voor antwoorden: 127.0.0.1 antwoordt niet op poort 9." in said(call("check"))


def test_run_that_can_reach_nobody_says_what_to_set(place: Path) -> None:
    installed()
    result = call("run")
    assert result.exit_code == 2
    assert "SCHAKEL_TELEGRAM_TOKEN_FILE" in said(result)


def test_check_warns_of_a_file_with_a_secret_that_everybody_can_read(
    place: Path, outside: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(place, outside, monkeypatch)
    file = place / "telegram.token"
    file.write_text(TOKEN, encoding="utf-8")
    monkeypatch.delenv("SCHAKEL_TELEGRAM_TOKEN")
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN_FILE", str(file))
    file.chmod(0o644)
    open_points = said(call("check")).splitlines()
    [line] = [line for line in open_points if f"chmod o-rwx {file}" in line]
    assert line.startswith("· Geheim: iedereen")
    file.chmod(0o640)
    assert [one for one in said(call("check")).splitlines() if "chmod" in one] == []
