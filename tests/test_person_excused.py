"""What looks like a name and is none, what looks like none and is one, in pairs."""

from __future__ import annotations

import pytest

from signals.person_filter import screen


def spans(text: str) -> list[tuple[str, str]]:
    return [(span.label, text[span.start : span.end]) for span in screen(text).spans]


@pytest.mark.parametrize(
    "text",
    [
        "De Galatasaray-fans en de Fenerbahçe-fans staan op het plein.",
        "Na storm Eunice is de speelplaats dicht.",
        "Bij de actie Max 5 was het onrustig.",
        'Op de muur staat "Samen Staan Sterk" in rode verf.',
        "Voor de winkel van Jack & Jones hangt een groep.",
        "Het is weer Jan en alleman op het plein.",
        "Met Eid al-Adha verwachten wij drukte.",
        "Ons kenmerk is zaaknummer 123456782, graag reactie.",
    ],
)
def test_a_capital_that_is_no_person_passes(text: str) -> None:
    assert not screen(text).blocked, spans(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ik hoorde dat Ayşe-Nur stond te huilen.", ("NAAM", "Ayşe-Nur")),
        ("Gisteren heeft Max weer gedreigd.", ("NAAM", "Max")),
        ('Iemand riep "Samen Met Achmed" over het plein.', ("NAAM", "Achmed")),
        ("Ahmeds broer liep voorop.", ("NAAM", "Ahmed")),
        ("Volgens mij is Karim al-Hariri de aanstichter.", ("NAAM", "Karim al-Hariri")),
        ("Het gaat om Bram op den Kamp en zijn vrienden.", ("NAAM", "Bram op den Kamp")),
        ("April vertelde dat er een groep komt.", ("NAAM", "April")),
        ("Zijn nummer is 123456782, zei hij.", ("BSN", "123456782")),
        ("Geboren op 2009-04-17 volgens de lijst.", ("GEBDATUM", "2009-04-17")),
        ("Bel +49 151 23456789 maar.", ("TEL", "+49 151 23456789")),
        ("Een auto met kenteken B-AB 1234 reed rond.", ("KENTEKEN", "B-AB 1234")),
    ],
)
def test_a_person_beside_such_a_word_is_still_found(text: str, expected: tuple[str, str]) -> None:
    assert expected in spans(text)


def test_accents_written_loose_hide_no_name() -> None:
    text = "Volgens Zoe\u0308 komt er ruzie."
    assert ("NAAM", "Zoe\u0308") in spans(text)


@pytest.mark.parametrize(
    "text",
    [
        "Leerlingen zijn bang om hun familie. De klas wil iets doen.",
        "Het gesprek ging over het gezin. Het team wil weten hoe het verder gaat.",
        "Zij luisteren naar de meester. De groep is stil.",
    ],
)
def test_the_next_sentence_is_no_name_of_who_was_spoken_of(text: str) -> None:
    assert spans(text) == []


def test_an_abbreviation_ends_no_sentence() -> None:
    assert ("NAAM", "De Groot") in spans("Ik sprak dhr. De Groot gisteren.")
    assert ("NAAM", "Van Dam") in spans("Zorgen om het gezin. Van Dam wil niets zeggen.")
