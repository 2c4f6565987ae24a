"""The command line: sentences and exit codes, never a traceback, never a secret."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from bot.cli.main import app
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.simulator import TOKEN, Simulator
from contacts.directory import Organisation, Person, Role, RoleGrant
from contacts.invitations import Redeemed, redeem
from feeds.rows import Event, Source

ANSWERS = "Arnhem\n@stad_oefen_bot\n\nhttps://schakel.example.org/\nCoördinator\n"
BOT = "schakel_oefen_bot"
HEAD = "organisatie;domein;naam;doelgroepen;rechten;e-mail\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, without what the caller's environment says."""
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "DATABASE_URL", "SECRET_KEY", "CONFIG", "DEBUG"):
        monkeypatch.delenv(f"SCHAKEL_{name}", raising=False)
    return tmp_path


def call(*words: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=answers)


def said(result: Result) -> str:
    assert "Traceback" not in result.output
    return result.output


def installed(*extra: str) -> str:
    """Answer ``init``; gives the first link."""
    result = call("init", *extra, answers=ANSWERS)
    assert result.exit_code == 0, result.output
    return next(word for word in result.output.split() if word.startswith("https://t.me/"))


def rows(place: Path, *kinds: type[SQLModel]) -> list[Any]:
    """Everything in these tables."""
    config = load_config(place / "config.toml", {})

    async def look() -> list[Any]:
        database = open_database(config.database.url)
        async with database.read() as session:
            found = [list((await session.exec(select(kind))).all()) for kind in kinds]
        await database.close()
        return found

    return asyncio.run(look())


# --- the frame -------------------------------------------------------------------------


def test_version_is_said() -> None:
    result = call("version")
    assert (result.exit_code, result.output.split()[0]) == (0, "schakel")


def test_heavy_libraries_wait_for_the_command_that_needs_them() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import bot.cli.main, sys; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert not {"sqlalchemy", "telegram", "aiohttp", "pydantic", "jinja2"} & set(loaded)


@pytest.mark.parametrize(
    "words",
    [
        ["migrate"], ["check"], ["run"], ["feeds", "list"], ["feeds", "explain", "x"],
        ["signals", "list"], ["deliveries"], ["contacts", "list"], ["contacts", "invite", "1"],
        ["event", "new", "--title", "x"],
    ],
)  # fmt: skip
def test_without_a_configuration_every_command_says_what_to_do(
    place: Path, words: list[str]
) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "schakel init" in said(result)


def test_all_mistakes_of_the_configuration_are_said(place: Path) -> None:
    (place / "config.toml").write_text("[web]\nprot = 1\nhost = 3\n", encoding="utf-8")
    result = call("migrate")
    assert result.exit_code == 2
    assert "Bedoelt u port?" in said(result)
    assert "[web] host" in result.output


@pytest.mark.parametrize("words", [["feeds", "list"], ["contacts", "list"], ["deliveries"]])
def test_without_a_database_the_command_that_makes_one_is_named(
    place: Path, words: list[str]
) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    result = call(*words)
    assert (result.exit_code, "schakel migrate" in said(result)) == (1, True)


def test_a_broken_database_is_a_sentence(place: Path) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    (place / "var").mkdir()
    (place / "var" / "schakel.sqlite3").write_bytes(b"geen database" * 100)
    result = call("migrate")
    assert result.exit_code == 1
    assert "database werkt niet mee" in said(result)


def test_an_unexpected_error_is_a_sentence_unless_asked_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "1:oefening")

    def fail(_config: object) -> None:
        raise KeyError("geheim")

    monkeypatch.setattr("bot.run.run", fail)
    monkeypatch.setattr("bot.run.quiet_logging", lambda: None)
    result = call("run")
    assert result.exit_code == 1
    assert "KeyError" in said(result)
    assert "geheim" not in result.output
    monkeypatch.setenv("SCHAKEL_DEBUG", "1")
    assert isinstance(call("run").exception, KeyError)


def test_a_missing_news_file_is_bad_use(place: Path) -> None:
    result = call("demo", "--once", "--real", "weg.jsonl.gz")
    assert (result.exit_code, "weg.jsonl.gz" in said(result)) == (2, True)


# --- init ------------------------------------------------------------------------------


def test_init_writes_a_configuration_a_database_and_the_first_link(place: Path) -> None:
    link = installed()
    config = load_config(place / "config.toml", {})
    assert (config.telegram.bot_name, config.mail.host) == ("stad_oefen_bot", "")
    assert config.web.base_url == "https://schakel.example.org"
    assert link.startswith("https://t.me/stad_oefen_bot?start=")
    people, grants, organisations = rows(place, Person, RoleGrant, Organisation)
    assert [person.name for person in people] == ["Coördinator"]
    assert {grant.role for grant in grants} == {Role.COORDINATOR, Role.ADMIN}
    assert organisations[0].name == "Gemeente Arnhem"
    for private in (place / "var", place / "var" / "secret.key"):
        assert private.stat().st_mode & 0o077 == 0


def test_the_first_link_connects_the_first_coordinator(place: Path) -> None:
    token = installed().partition("start=")[2]

    async def press() -> object:
        database = open_database(load_config(place / "config.toml", {}).database.url)
        async with database.begin() as session:
            redeemed = await redeem(session, token, 41, now=utc_now())
        await database.close()
        return redeemed

    assert asyncio.run(press()) == Redeemed(1)


def test_init_keeps_comments_and_refuses_a_file_that_is_filled_in(place: Path) -> None:
    installed()
    before = (place / "config.toml").read_text(encoding="utf-8")
    assert "# Naam van de stad." in before
    result = call("init", answers=ANSWERS)
    assert (result.exit_code, "--force" in said(result)) == (2, True)
    assert (place / "config.toml").read_text(encoding="utf-8") == before


def test_init_again_with_force_finds_the_same_person(place: Path) -> None:
    assert installed() != installed("--force")
    people, organisations = rows(place, Person, Organisation)
    assert (len(people), len(organisations)) == (1, 1)


def test_init_asks_again_until_an_answer_can_be_used(place: Path) -> None:
    odd = 'Arn"hem\nbotnaam\nstad_oefen_bot\nsmtp.example.org\ngeen adres\nschakel@example.org\n'
    result = call("init", answers=odd + "example.org\nhttps://example.org\nCoördinator\n")
    assert result.exit_code == 0, result.output
    assert "eindigt op bot" in said(result)
    config = load_config(place / "config.toml", {})
    assert (config.briefings.city, config.mail.from_address) == ('Arn"hem', "schakel@example.org")


def test_init_leaves_an_own_file_that_lacks_keys_intact(place: Path) -> None:
    (place / "config.toml").write_text("[feeds]\nalert_from = 4  # laat\n", encoding="utf-8")
    installed()
    text = (place / "config.toml").read_text(encoding="utf-8")
    assert "alert_from = 4  # laat" in text
    assert load_config(place / "config.toml", {}).telegram.bot_name == "stad_oefen_bot"


# --- contacts --------------------------------------------------------------------------


def test_a_list_is_imported_listed_and_invited(place: Path) -> None:
    installed()
    (place / "lijst.csv").write_text(
        HEAD + "School;onderwijs;Docent VO;docent vo;;docent@school.example\n", encoding="utf-8"
    )
    assert "1 toegevoegd" in said(call("contacts", "import", "lijst.csv"))
    assert "0 toegevoegd, 0 bijgewerkt, 1 ongewijzigd" in said(
        call("contacts", "import", "lijst.csv")
    )
    assert "2 · Docent VO · School · nog geen Telegram" in said(call("contacts", "list"))
    result = call("contacts", "invite", "--all", "--qr", "qr")
    assert said(result).count("https://t.me/stad_oefen_bot?start=") == 2
    assert "<svg" in (place / "qr" / "uitnodiging-2.svg").read_text(encoding="utf-8")


def test_a_preview_stores_nothing_and_says_what_it_would(place: Path) -> None:
    installed()
    (place / "lijst.csv").write_text(HEAD + "S;onderwijs;D;geen;;\nS;onderwijs;;geen;;\n")
    result = call("contacts", "import", "lijst.csv", "--preview")
    assert "1 toegevoegd" in said(result)
    assert "regel 3: 'naam' is leeg" in result.output
    assert result.exit_code == 1
    assert len(rows(place, Person)[0]) == 1


def test_an_exercise_list_is_marked(place: Path) -> None:
    installed()
    (place / "lijst.csv").write_text(HEAD + "Oefenschool;onderwijs;D;geen;;\n", encoding="utf-8")
    assert call("contacts", "import", "lijst.csv", "--exercise").exit_code == 0
    assert [person.is_exercise for person in rows(place, Person)[0]] == [False, True]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["contacts", "import", "weg.csv"], 2),
        (["contacts", "import", "."], 2),
        (["contacts", "invite"], 2),
        (["contacts", "invite", "1", "--all"], 2),
        (["contacts", "invite", "99"], 1),
    ],
)
def test_bad_use_of_contacts_is_a_sentence(place: Path, words: list[str], code: int) -> None:
    installed()
    result = call(*words)
    assert (result.exit_code, bool(said(result).strip())) == (code, True)


# --- events, feeds, signals ------------------------------------------------------------


def test_an_event_is_opened_with_its_drafts(place: Path) -> None:
    installed()
    result = call("event", "new", "--title", "Onrust na een bericht", "--severity", "4")
    assert result.exit_code == 0, result.output
    assert "7 teksten" in said(result)
    (events,) = rows(place, Event)
    assert [(event.status, event.severity) for event in events] == [("confirmed", 4)]
    assert "Onrust na een bericht" in said(call("deliveries"))
    assert "geen open signalen" in said(call("signals", "list"))


def test_an_unknown_type_names_the_known_ones(place: Path) -> None:
    installed()
    result = call("event", "new", "--title", "x", "--type", "zomaar")
    assert (result.exit_code, "algemeen" in said(result)) == (2, True)


def test_an_unknown_item_cannot_be_explained(place: Path) -> None:
    installed()
    assert call("feeds", "explain", "https://nergens.example/1").exit_code == 1
    assert "geen bronnen" in said(call("feeds", "list"))


# --- check -----------------------------------------------------------------------------


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
    assert "✔ Bron Goede omroep: 1 berichten." in text
    assert "✗ Bron Verdwenen omroep" in text
    assert f"✔ Telegram: de bot heet @{BOT}." in text
    assert "✔ E-mail: 127.0.0.1 antwoordt." in text
    assert "✗ Te controleren: Coördinator (vanavond)" in text
    assert "✗ Er is geen coördinator" in text
    assert outside.mail.mails == []
    assert TOKEN not in text
    (sources,) = rows(place, Source)
    assert {source.key: source.verified_at is not None for source in sources} == {
        "goed": True, "weg": False,
    }  # fmt: skip


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
