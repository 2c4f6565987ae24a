"""``schakel contacts``: a list in and out, invitations, one contact erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacts.directory import Person
from contacts.invitations import InviteRefused, Redeemed
from feeds.districts import districts
from tests.cli_world import ANSWERS, HEAD, an_empty_place, call, installed, redeemed, rows, said


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


def test_the_example_follows_the_city_and_reads_back(place: Path) -> None:
    call("init", answers=ANSWERS.replace("Arnhem", "Utrecht", 1))
    written = said(call("contacts", "example", "voorbeeld.csv"))
    assert "wijken van Utrecht" in written
    assert "Let op" not in written
    raw = (place / "voorbeeld.csv").read_text("utf-8-sig")
    assert districts()[1][1] in raw
    result = call("contacts", "import", "voorbeeld.csv")
    assert result.exit_code == 0
    assert all(line.strip() for line in said(result).splitlines()), "an empty line"
    assert "Regel" not in said(result)
    refused = call("contacts", "example", "voorbeeld.csv")
    assert refused.exit_code == 1
    assert "is er al" in said(refused)


def test_the_example_says_when_the_places_are_those_of_another_city(place: Path) -> None:
    call("init", answers=ANSWERS.replace("Arnhem", "Zwolle", 1))
    told = " ".join(said(call("contacts", "example", "voorbeeld.csv")).split())
    assert "uw stad heet Zwolle" in told
    assert "die van Arnhem" in told


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


def test_the_list_says_who_cannot_be_reached_at_all(place: Path) -> None:
    installed()
    (place / "lijst.csv").write_text(
        HEAD + "School;onderwijs;Docent VO;docent vo;;docent@school.example\n", encoding="utf-8"
    )
    call("contacts", "import", "lijst.csv")
    assert said(call("contacts", "list")).splitlines() == [
        "1 · Coördinator · Gemeente Arnhem · niet te bereiken: geen Telegram en geen e-mail",
        "2 · Docent VO · School · nog geen Telegram",
    ]


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
