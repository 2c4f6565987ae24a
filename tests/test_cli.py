"""The command line speaks Dutch, says what is wrong, and opens and explains events."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.framing import dutch_refusal
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.rows import Heartbeat
from bot.simulator import TOKEN
from briefings.rows import FactBlock
from contacts.journal import JournalEntry
from feeds.rows import Event, Origin
from tests.cli_world import ANSWERS, an_empty_place, call, installed, redeemed, rows, said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


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
    assert "is beschadigd, of geen database. Klopt de plek in [database] url" in said(result)


def test_an_unexpected_error_is_a_sentence_unless_asked_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "config.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "1:oefening")

    def fail(*_given: object) -> None:
        raise KeyError("geheim")

    monkeypatch.setattr("bot.run.run", fail)
    monkeypatch.setattr("bot.run.quiet_logging", lambda: None)
    result = call("run")
    assert result.exit_code == 1
    assert "KeyError" in said(result)
    assert "geheim" not in result.output
    monkeypatch.setenv("SCHAKEL_DEBUG", "1")
    assert isinstance(call("run").exception, KeyError)


ENGLISH = ("Usage", "Options", "Commands", "Arguments", "Show this", "Error", "Missing", "default",
           "required", "env var", "Try", "No such", "Input", "Aborted", "Invalid",
           "Got")  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        [], ["contacts"], ["contacts", "import"], ["contacts", "invite", "x"], ["event", "new"],
        ["event", "new", "--titel", "x"], ["event", "new", "--title"], ["evnt"], ["version", "x"],
        ["event", "new", "--title", "x", "--severity", "9"], ["demo", "--once=1"],
        ["event", "new", "--title", "x", "--severity", "1"], ["simulator", "--port", "x"],
        *([*group, "--help"] for group in (
            [], ["event", "new"], ["contacts", "invite"], ["feeds", "explain"], ["simulator"],
        )),
    ],
)  # fmt: skip
def test_the_command_line_speaks_dutch_when_it_is_called_wrongly(
    place: Path, words: list[str]
) -> None:
    result = call(*words)
    assert result.exit_code == (0 if "--help" in words else 2)
    assert [word for word in ENGLISH if word in said(result)] == []
    assert "Opties:" in result.output or "--help" in result.output


def test_a_refusal_names_what_is_meant(place: Path) -> None:
    assert "Bedoelt u 'event'?" in said(call("evnt"))
    assert "De optie '--title' ontbreekt" in said(call("event", "new"))
    assert "'--severity' mag hooguit 5" in said(
        call("event", "new", "--title", "x", "--severity", "9")
    )


def test_a_sentence_that_nobody_translated_is_still_dutch() -> None:
    assert dutch_refusal("Something entirely new went wrong") == "De opdracht klopt niet."


def test_who_stops_halfway_is_told_in_dutch(place: Path) -> None:
    result = call("init", answers="Arnhem\n")
    assert (result.exit_code, "Er is niets geschreven" in said(result)) == (1, True)
    assert "Aborted" not in result.output


def test_a_missing_news_file_is_bad_use(place: Path) -> None:
    result = call("demo", "--once", "--real", "weg.jsonl.gz")
    assert (result.exit_code, "weg.jsonl.gz" in said(result)) == (2, True)


def test_an_event_is_opened_with_its_drafts(place: Path) -> None:
    installed()
    result = call("event", "new", "--title", "Onrust na een bericht", "--severity", "4")
    assert result.exit_code == 0, result.output
    assert "7 teksten" in said(result)
    assert "in de chat" not in result.output
    events, (block,) = rows(place, Event, FactBlock)
    assert [(event.status, event.severity) for event in events] == [("confirmed", 4)]
    assert block.neutral_title in said(call("deliveries")), "as in the chat and at the desk"
    assert "geen open signalen" in said(call("signals", "list"))


def test_what_is_sent_is_told_by_event_without_names_and_without_what_was_joined(
    place: Path,
) -> None:
    installed()
    db = open_database(f"sqlite+aiosqlite:///{place}/var/schakel.sqlite3")

    async def three() -> None:
        async with db.begin() as session:
            now = utc_now()
            titles = ("Aanhouding van Dennis Bakkerstra", "Brand bij een school", "Ook brand")
            events = [
                Event(title=one, type="overig", origin=Origin.MANUAL, detected_at=now)
                for one in titles
            ]
            session.add_all(events)
            await session.flush()
            events[2].merged_into_id = events[1].id
        await db.close()

    asyncio.run(three())
    told = said(call("deliveries"))
    assert "Brand bij een school" in told
    assert "Ook brand" not in told
    assert "Bakkerstra" not in told


def test_an_event_without_a_place_is_in_the_city_of_the_configuration(place: Path) -> None:
    assert call("init", answers=ANSWERS.replace("Arnhem", "Zutphen")).exit_code == 0
    call("event", "new", "--title", "Onrust na een bericht")
    call("event", "new", "--title", "Onrust op straat", "--place", "Presikhaaf-Oost")
    call("event", "new", "--title", "Nog meer onrust")
    events, blocks = rows(place, Event, FactBlock)
    assert [event.place for event in events] == ["Zutphen", "Presikhaaf-Oost", "Zutphen"]
    first, second, third = (block.neutral_title for block in blocks)
    assert first.startswith("Gebeurtenis Zutphen, ")
    assert second.startswith("Gebeurtenis Presikhaaf-Oost, ")
    assert third.startswith(f"{first}, ")


def test_an_event_says_what_must_happen_before_anybody_hears_of_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = installed()
    words = ["event", "new", "--title", "Onrust na een bericht"]
    assert "geen coördinator heeft een werkend kanaal" in said(call(*words))
    redeemed(place, link.partition("start=")[2])
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", TOKEN)
    assert "schakel run draait niet" in said(call(*words))
    beats(place)
    assert "Coördinatoren die nu bericht krijgen: 1." in said(call(*words))


def beats(place: Path) -> None:
    """The house did a round just now."""

    async def beat() -> None:
        database = open_database(load_config(place / "config.toml", {}).database.url)
        async with database.begin() as session:
            session.add(Heartbeat(name="refresh", at=utc_now()))
        await database.close()

    asyncio.run(beat())


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--title", "  "], "titel is leeg"),
        (["--title", "x" * 121], "hooguit 120 tekens"),
        (["--title", "Sanne Verbruggen is opgepakt"], "spoor naar een persoon"),
        (["--title", "Onrust", "--place", "bij Sanne Verbruggen"], "spoor naar een persoon"),
        (["--title", "Onrust", "--link", "nieuws.example"], "heel webadres"),
        (["--title", "Onrust", "--link", "javascript:alert(1)"], "heel webadres"),
        (["--title", "Onrust", "--link", "https://[x"], "heel webadres"),
        (["--title", "Onrust", "--type", "zomaar"], "E01       "),
        (["--title", "Onrust", "--type", "zomaar"], "algemeen  gebeurtenis"),
    ],
)
def test_what_cannot_be_an_event_is_refused_and_not_kept(
    place: Path, words: list[str], part: str
) -> None:
    installed()
    result = call("event", "new", *words)
    assert (result.exit_code, part in said(result)) == (2, True)
    assert "Verbruggen" not in result.output
    events, entries = rows(place, Event, JournalEntry)
    assert events == []
    assert "Verbruggen" not in repr(entries)


def test_an_unknown_item_cannot_be_explained(place: Path) -> None:
    installed()
    result = call("feeds", "explain", "https://nergens.example/1")
    assert (result.exit_code, "schakel feeds explain g12" in said(result)) == (1, True)
    assert "gebeurtenis is er niet" in said(call("feeds", "explain", "g99"))


def test_an_event_is_explained_by_its_number(place: Path) -> None:
    installed()
    call("event", "new", "--title", "Onrust na een bericht", "--severity", "4")
    text = said(call("feeds", "explain", "g1"))
    assert "Gebeurtenis 1 · ernst 4 · Onrust na een bericht" in text
    assert "+4  met de hand gestart" in text


def test_sources_that_were_never_read_are_listed(place: Path) -> None:
    installed()
    assert "· nos · NOS · nog niet gelezen" in said(call("feeds", "list"))
