"""The handbook keeps its word: an evening on one page, real buttons, no unexplained word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.chat.coordinator import clock_texts, texts
from contacts.directory import Audience, Domain, Role, SchoolType
from contacts.importing import texts as listing

BOOK = (Path(__file__).parents[1] / "docs" / "handleiding.md").read_text("utf-8")
PAGE = BOOK.partition("## Uw eerste avond op één blad")[2].partition("\n## ")[0]
STEPS = re.findall(r"^\d+\. .*$", PAGE, re.MULTILINE)

#: a word of ours → what stands with it where a reader meets it first
EXPLAINED = {
    "coördinator": "start, schrijft en verzendt",
    "goedkeurder": "leest mee en geeft vrij",
    "vooraf bellen": "Bel die zelf, voordat er iets uitgaat",
    "ernst*": "1 let op, 2 volgen",
    "achterwacht": "wie het overneemt",
    "vervanger": "een collega die het dan krijgt",
    "als concept": "nog niet ingediend",
    "scenariokaart": "vragen die kunnen komen",
    "feitenblok": "wat zeker is, wat nog niet",
    "en duiding": "wat het betekent voor de stad",
    "taalcheck": "regels voor gewone, neutrale taal",
    "leesscore": "hoger leest makkelijker",
    "journaal": "wie deed wat wanneer",
    "regels N1": "iemand is herkenbaar",
    "N2": "afkomst, geloof",
    "N4": "van horen zeggen",
    "N5": "beelden",
    "N6": "leuzen",
    "en N9": "naam van een school of organisatie",
    "GRIP": "opschalen",
    "duiders": "wat een signaal betekent",
    "twee domeinen": "gemeente, veiligheid, zorg & welzijn",
    "casusoverleg": "waar het over personen gaat",
    "meldkaart": "wie waarover gaat",
}
#: how many characters further a reader still sees it together
NEAR = 260


def test_the_first_evening_is_one_page_from_the_alert_to_the_answer() -> None:
    assert 12 <= len(STEPS) <= 15
    assert "Melding" in STEPS[0]
    assert any("/signalen" in step for step in STEPS)
    assert max(map(len, STEPS)) <= 135


def test_every_button_of_the_first_evening_is_one_of_the_bot() -> None:
    labels = {value for module in (texts, clock_texts) for value in vars(module).values()
              if isinstance(value, str)}  # fmt: skip
    named = re.findall(r"\[([^\]]+)\]", PAGE)
    assert len(named) >= 12
    assert set(named) - labels == set()


@pytest.mark.parametrize("word", EXPLAINED)
def test_a_hard_word_is_explained_where_it_stands_first(word: str) -> None:
    words = " ".join(BOOK.split())
    at = words.lower().index(word.lower())
    assert EXPLAINED[word] in words[at : at + len(word) + NEAR]


#: where the rota speaks; and a moment of the timetable, which is kept under that name
OF_THE_ROTA = re.compile(
    r"rota|rooster|vandaag|escalated|exercise/|timetable|briefings/steps|clock_reminder"
)


def test_one_word_means_one_thing_achterwacht_is_of_the_rota() -> None:
    root = Path(__file__).parents[1]
    said = {
        str(path.relative_to(root))
        for package in ("bot", "contacts", "briefings", "signals", "feeds")
        for path in (root / package).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".toml", ".j2"}
        and "achterwacht" in path.read_text("utf-8").lower()
    }
    assert said
    assert {path for path in said if not OF_THE_ROTA.search(path)} == set()


def test_the_columns_of_a_list_stand_in_the_handbook_as_the_import_reads_them() -> None:
    part = BOOK.partition("### De kolommen van een contactlijst")[2].partition("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    said = {
        cells[0].strip("`"): (tuple(re.findall(r"`([^`]+)`", cells[1])), cells[3] == "ja")
        for cells in rows
    }
    assert said == {
        words[0]: (words[1:], name in listing.REQUIRED) for name, words in listing.HEADERS.items()
    }
    allowed = {cells[0].strip("`"): set(re.findall(r"`([^`]+)`", cells[4])) for cells in rows}
    assert {listing.DOMAINS[word] for word in allowed["domein"]} == set(Domain)
    assert {listing.ROLES[word] for word in allowed["rechten"]} == set(Role)
    assert {listing.SCHOOL_TYPES[word] for word in allowed["schooltype"]} == set(SchoolType)
    texts_for = allowed["doelgroepen"] - {listing.NO_AUDIENCE, listing.TEACHER}
    assert {listing.AUDIENCES[word] for word in texts_for} == set(Audience) - {Audience.PARENTS}
