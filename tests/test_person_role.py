"""A role with *hij* or *zij* in a lesson is asked about; the person filter itself stops no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from signals.person_filter import screen
from signals.person_role import one_by_role

TEXTS = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bel eerst de schoolleider, want hij wist van niets.", "de schoolleider … hij"),
        ("De schoolleider wist van niets. Hij hoorde het op het plein.", "De schoolleider … Hij"),
        ("De wijkagent kwam niet: zij had dienst.", "De wijkagent … zij"),
        ("Bel onze nieuwe conciërge; niemand vertelde het hem.", "onze nieuwe conciërge … hem"),
        ("Bel de schoolleider eerder.", ""),
        ("De docenten wisten niets; zij waren laat.", ""),
        ("Zet de tekst voor de docent bovenaan, want zij lezen op de telefoon.", ""),
        ("Bel de gemeente eerder. De lijst is oud, en hij klopt niet.", ""),
        ("Een docent weet niet waar hij terecht kan.", ""),
        ("", ""),
    ],
)
def test_one_person_by_role_is_a_role_with_a_pronoun_of_one(text: str, found: str) -> None:
    assert one_by_role(text) == found
    assert not screen(text).blocked, "it is a question, no stop"


def texts_of(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]


def test_no_text_of_the_own_sets_is_asked_about_for_nothing() -> None:
    found = [one_by_role(text) for text in texts_of(sorted(TEXTS.glob("person_texts*.jsonl")))]
    assert len(found) > 900
    assert [one for one in found if one] == []


def test_no_text_of_the_development_set_is_asked_about_for_nothing(shared_data: Path) -> None:
    found = [one_by_role(text) for text in texts_of([shared_data / "pii_dev.jsonl"])]
    assert [one for one in found if one] == []
