"""How easily a text reads: syllables as Dutch is spoken, and a score that follows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.reading import score_lines, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("school", 1), ("nieuws", 1), ("mooie", 2), ("ouders", 2), ("politie", 3),
        ("gemeente", 3), ("ideeën", 3), ("radio", 3), ("bureau", 2), ("coördinator", 5),
        ("organisatie", 5), ("beïnvloeden", 4), ("18.05", 2), ("x", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_short_words_in_short_sentences_score_higher() -> None:
    plain = score_lines(["Wij weten nog niet wie het deed.", "Bel ons als u hulp zoekt."])
    stiff = score_lines(
        ["De gemeentelijke organisatie faciliteert professionele interventiemogelijkheden."]
    )
    assert plain.flesch > 80 > 20 > stiff.flesch
    assert (plain.words, plain.sentences, plain.longest) == (13, 2, 7)


def test_nothing_reads_as_easily_as_nothing() -> None:
    assert score_lines([]).flesch == 100.0


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_a_score(lines: list[str]) -> None:
    score = score_lines(lines)
    assert score.words >= score.longest >= 0
