"""The reasons of an alert as a coordinator reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import texts
from feeds.lexicon import load_lexicon
from feeds.relevance import score_item
from feeds.standing import Trust
from feeds.telling_why import MOST, Why, as_sentence, told


def row(text: str, weight: float) -> dict[str, object]:
    return {"text": text, "weight": weight}


ROWS = st.lists(
    st.builds(row, st.sampled_from(["rellen: “rellen”", "rellen in Nederland", texts.BASE, "x", "y",
                                    "z", "v", "w", "soort: rellen"]),
              st.floats(-3, 3, allow_nan=False)),
    max_size=20,
)  # fmt: skip


def left_over(why: Why) -> int:
    """How many reasons are not among the first ones."""
    return len(why.heavier) + len(why.lighter) - len(why.first)


def test_the_heaviest_reasons_come_first_and_what_speaks_against_last() -> None:
    why = told(
        [row(texts.BASE, 0.1), row("rubriek binnenland", 0.3), row("rellen: “rellen”", 1.6),
         row("spanning: “rellen”", 0.8), row("sport: “WK”", -1.5), row("nieuw onderwerp", 0.9)]
    )  # fmt: skip
    assert why.first == (
        "rellen: “rellen”", "nieuw onderwerp", "rubriek binnenland",
        "dit maakt het lichter: sport: “WK”"
    )  # fmt: skip
    assert left_over(why) == 1


@given(ROWS)
def test_never_more_than_five_and_no_figures(rows: list[dict[str, object]]) -> None:
    why = told(rows)
    assert len(why.first) <= MOST
    assert texts.BASE not in why.first
    assert left_over(why) >= 0


def test_a_real_headline_is_told_in_at_most_five_lines() -> None:
    found = score_item(
        "Twee doden bij steekpartij op school in Arnhem, dader voortvluchtig", "",
        trust=Trust.REGIONAL, lexicon=load_lexicon(),
    )  # fmt: skip
    why = told(reason.as_row() for reason in found.reasons)
    assert 2 <= len(why.first) <= MOST
    assert left_over(why) > 0
    assert not any("+" in reason or "0," in reason for reason in why.first)


def test_that_news_is_from_here_is_no_reason_to_tell() -> None:
    found = score_item(
        "Rellen op het Velperplein na betoging", "", trust=Trust.REGIONAL, lexicon=load_lexicon()
    )
    rows = [reason.as_row() for reason in found.reasons]
    assert texts.HERE in [reason["text"] for reason in rows], "its weight is kept and shown"
    why = told([*rows, row(texts.HERE_BEFORE, -0.1)])
    assert not {texts.HERE, texts.HERE_BEFORE} & {*why.heavier, *why.lighter}


def test_what_names_the_same_thing_is_said_once_among_the_first() -> None:
    why = told(
        [row("aanslag elders in Nederland: minstens ernst 3", 2.0), row("aanslag: “aanslag”", 1.5),
         row("aanslag of terreur in Nederland", 1.2), row("onrust: “emoties … hoog”", 0.9),
         row("rouw, schok of reacties: “Emoties”", 0.7), row("aanslagen dichtbij", 0.5)]
    )  # fmt: skip
    assert why.first == (
        "aanslag elders in Nederland: minstens ernst 3", "onrust: “emoties … hoog”",
        "aanslagen dichtbij",
    )  # fmt: skip
    assert len(why.heavier) == 6


@given(ROWS)
def test_no_first_reason_repeats_another(rows: list[dict[str, object]]) -> None:
    named = [
        reason.removeprefix("dit maakt het lichter: ").partition(":")[0]
        for reason in told(rows).first
    ]
    heavy = [name.split()[0] for name in named if name.startswith("rellen")]
    assert len(heavy) <= 2  # once among what makes it heavier, once among what does not


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("oorlogsgeweld: “inval”", "oorlogsgeweld, want er staat “inval”"),
        ("doden: “doden” (in de inleiding)", "doden, want er staat “doden” (in de inleiding)"),
        ("dit maakt het lichter: sport: “WK”", "dit maakt het lichter: sport, want er staat “WK”"),
        ("rubriek: “rellen-den-haag”", "staat in de rubriek “rellen-den-haag”"),
        ("sport: “WK”, telt niet mee", "sport, want er staat “WK”, telt niet mee"),
        ("aanslag in Nederland: minstens ernst 4", "aanslag in Nederland: minstens ernst 4"),
        ("nieuw onderwerp", "nieuw onderwerp"),
    ],
)
def test_a_reason_is_read_as_a_sentence(reason: str, said: str) -> None:
    assert as_sentence(reason) == said
