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

from bot.cli import texts
from bot.cli.framing import dutch_refusal
from bot.cli.main import app
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.rows import Heartbeat
from bot.simulator import TOKEN, Simulator
from briefings.rows import FactBlock
from contacts.directory import Organisation, Person, Role, RoleGrant
from contacts.invitations import InviteRefused, Redeemed, redeem
from contacts.journal import JournalEntry
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


def redeemed(place: Path, token: str) -> object:
    """What happens when somebody opens this link."""

    async def press() -> object:
        database = open_database(load_config(place / "config.toml", {}).database.url)
        async with database.begin() as session:
            answer = await redeem(session, token, 41, now=utc_now())
        await database.close()
        return answer

    return asyncio.run(press())


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
    assert redeemed(place, installed().partition("start=")[2]) == Redeemed(1)


@pytest.mark.parametrize(
    ("city", "listed", "note"),
    [
        ("Utrecht", "utrecht", texts.INIT_OTHER_CITY),
        ("Zwolle", "arnhem", texts.INIT_UNKNOWN_CITY),
        ("Arnhem", "arnhem", ""),
    ],
)
def test_init_says_what_still_belongs_to_another_city(
    place: Path, city: str, listed: str, note: str
) -> None:
    result = call("init", answers=ANSWERS.replace("Arnhem", city, 1))
    assert result.exit_code == 0
    assert load_config(Path("config.toml"), {}).feeds.place == listed
    told = " ".join(said(result).split())
    for other in (texts.INIT_OTHER_CITY, texts.INIT_UNKNOWN_CITY):
        start = other.partition("{path}")[0]
        assert (start in told) is (other == note)


def test_init_answers_an_empty_name_of_the_bot_with_what_is_wanted(place: Path) -> None:
    city, _, others = ANSWERS.partition("\n")
    result = call("init", answers=f"{city}\n\n{others}")
    assert result.exit_code == 0
    assert said(result).count(texts.INIT_BOT_BAD) == 1


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


def test_init_again_offers_what_stands_in_the_file(place: Path) -> None:
    mail = "smtp.example.org\nschakel@example.org\n"
    first = f"Zutphen\nstad_bot\n{mail}https://schakel.example.org\nCoördinator\n"
    assert call("init", answers=first).exit_code == 0
    before = (place / "config.toml").read_text(encoding="utf-8")
    result = call("init", "--force", answers="\n" * 6)
    assert result.exit_code == 0, result.output
    assert (place / "config.toml").read_text(encoding="utf-8") == before
    assert call("init", "--force", answers="\n\n-\n\n\n").exit_code == 0
    assert load_config(place / "config.toml", {}).mail.host == ""


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


@pytest.mark.parametrize("given", ["", "Arnhem\n", ANSWERS.rpartition("\nCo")[0] + "\n"])
def test_an_input_that_ends_before_the_last_question_writes_nothing_and_says_so(
    place: Path, given: str
) -> None:
    before = sorted(place.iterdir())
    result = call("init", answers=given)
    assert result.exit_code == 1
    assert "Niet alle vragen zijn beantwoord. Er is niets geschreven" in result.output
    assert sorted(place.iterdir()) == before


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
    assert said(result).count("https://t.me/stad_oefen_bot?start=") == 1
    assert "Een link werkt 30 dagen" in result.output
    assert "<svg" in (place / "qr" / "uitnodiging-school-2.svg").read_text(encoding="utf-8")


def test_invitations_for_everyone_leave_links_that_still_work(place: Path) -> None:
    token = installed().partition("start=")[2]
    result = call("contacts", "invite", "--all")
    assert "t.me" not in said(result)
    assert "heeft al een link die nog werkt tot" in result.output
    assert "Mensen die hun eerdere link houden: 1." in result.output
    assert redeemed(place, token) == Redeemed(1)
    assert "Iedereen heeft Telegram al" in said(call("contacts", "invite", "--all"))


@pytest.mark.parametrize("words", [["--all", "--new"], ["1"]])
def test_new_links_say_that_the_earlier_ones_stopped(place: Path, words: list[str]) -> None:
    token = installed().partition("start=")[2]
    result = call("contacts", "invite", *words)
    assert said(result).count("https://t.me/") == 1
    assert "Eerdere links die nu niet meer werken: 1." in result.output
    assert redeemed(place, token) == InviteRefused("unknown")


def test_the_picture_of_a_link_can_be_read_by_its_maker_alone(place: Path) -> None:
    installed()
    call("contacts", "invite", "1", "--qr", "qr")
    [picture] = (place / "qr").iterdir()
    picture.chmod(0o644)
    call("contacts", "invite", "1", "--qr", "qr")
    assert picture.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("organisatie;naam;bijnaam\n", ["domein, naam, doelgroepen", "bijnaam", "rechten"]),
        ("", ["bestand is leeg"]),
        (HEAD, ["één regel per persoon"]),
    ],
)
def test_a_list_without_a_line_to_store_says_why(place: Path, text: str, parts: list[str]) -> None:
    installed()
    (place / "lijst.csv").write_text(text, encoding="utf-8")
    result = call("contacts", "import", "lijst.csv")
    assert result.exit_code == 1
    assert all(part in said(result) for part in parts)
    assert "toegevoegd" not in result.output


def test_a_folder_is_not_a_list(place: Path) -> None:
    assert "is een map" in said(call("contacts", "import", "."))


def test_a_preview_stores_nothing_and_says_what_it_would(place: Path) -> None:
    installed()
    (place / "lijst.csv").write_text(HEAD + "S;onderwijs;D;geen;;\nS;onderwijs;;geen;;\n")
    result = call("contacts", "import", "lijst.csv", "--preview")
    assert "1 toegevoegd" in said(result)
    assert "regel 3: 'naam' is leeg" in result.output
    assert result.output.index("regel 3") < result.output.index("1 toegevoegd")
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
    assert "in de chat" not in result.output
    (events,) = rows(place, Event)
    assert [(event.status, event.severity) for event in events] == [("confirmed", 4)]
    assert "Onrust na een bericht" in said(call("deliveries"))
    assert "geen open signalen" in said(call("signals", "list"))


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


def with_mailed_people(place: Path) -> None:
    """A coordinator and an approver who can be reached by mail alone."""
    people = "Gemeente;gemeente;{0};geen;{1};{0}@stad.example\n"
    lines = people.format("c", "coördinator") + people.format("g", "goedkeurder")
    (place / "lijst.csv").write_text(HEAD + lines, encoding="utf-8")
    assert call("contacts", "import", "lijst.csv").exit_code == 0


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


def test_one_contact_is_exported_and_erased_only_with_a_second_word(place: Path) -> None:
    installed()
    (place / "c.csv").write_text(f"{HEAD}School;onderwijs;Docent;docent_po;;d@s.example\n")
    said(call("contacts", "import", "c.csv"))
    number = next(p.id for p in rows(place, Person)[0] if p.name == "Docent")
    assert "d@s.example" in said(call("contacts", "export", str(number)))
    unsure = call("contacts", "erase", str(number))
    assert unsure.exit_code != 0
    assert "--yes" in said(unsure)
    assert "is gewist" in said(call("contacts", "erase", str(number), "--yes"))
    assert "d@s.example" not in said(call("contacts", "export", str(number)))
    assert call("contacts", "erase", str(number), "--yes").exit_code != 0
