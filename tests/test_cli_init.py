"""``schakel init`` writes a configuration, a database and the first link."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import texts
from bot.config import load_config
from contacts.directory import Organisation, Person, Role, RoleGrant
from contacts.invitations import Redeemed
from tests.cli_world import ANSWERS, an_empty_place, call, installed, redeemed, rows, said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


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
