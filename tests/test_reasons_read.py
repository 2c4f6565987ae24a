"""A word with several meanings is explained by what it means here; what it weighs is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.lexicon import load_lexicon
from feeds.relevance import Judgement, look_at, score_item
from feeds.standing import Trust
from feeds.telling_why import as_sentence, told

WAR = "oorlogsgeweld"


def judged(title: str, lead: str = "", section: str = "") -> Judgement:
    return score_item(
        title, lead, trust=Trust.REGIONAL, lexicon=load_lexicon(), section=section
    )  # fmt: skip


def names(found: Judgement) -> set[str]:
    return {reason.text.partition(": “")[0] for reason in found.reasons}


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Grote politie-inval in Presikhaaf", ""),
        ("Inval in woning in Arnhem", "Het arrestatieteam haalde de deur eruit."),
        ("Drie mannen vast na inval", "Rechercheurs doorzochten een loods."),
        ("Invallen van politie in Brussel na aanslag", ""),
    ],
)
def test_a_raid_of_the_police_is_called_that_and_no_war(title: str, lead: str) -> None:
    found = judged(title, lead)
    assert "inval door de politie" in names(found)
    assert not any(WAR in one for one in names(found))


def test_the_coordinator_reads_it_as_a_sentence() -> None:
    why = told(one.as_row() for one in judged("Politie doet inval in Arnhem").reasons)
    assert any(
        as_sentence(one) == "inval door de politie, want er staat “inval”" for one in why.first
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Inval bij vereniging in Arnhem", "inval"),
        ("Turkse vereniging in Arnhem boos na inval door politie", "inval"),
        ("Man aangevallen in Arnhem", "aanval of gevecht"),
    ],
)
def test_what_nobody_can_know_is_named_as_it_stands_there(title: str, name: str) -> None:
    found = judged(title)
    assert name in names(found)
    assert not any(WAR in one for one in names(found))


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Russische inval in Oekraïne", "De politie in Arnhem is extra alert."),
        ("Israël bereidt inval in Rafah voor", "De politie waakt in Arnhem."),
        ("Turkse inval in Syrië", "Politie in Istanbul pakt betogers op."),
        ("Leger bereidt inval voor", ""),
        ("Inval met raketten op Arnhem", "De politie is er."),
    ],
)
def test_a_war_stays_a_war_also_with_police_beside_it(title: str, lead: str) -> None:
    assert any(WAR in one for one in names(judged(title, lead)))


WORDS = st.lists(
    st.sampled_from(
        ["inval", "aanval", "politie", "Arnhem", "raketten", "Turkse", "Brussel", "doorzoeking",
         "woning", "doden", "school", "Gaza", "aangehouden", "rellen"]
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(WORDS, WORDS)
def test_the_name_of_a_reason_never_changes_what_it_weighs(
    title: list[str], lead: list[str]
) -> None:
    lexicon = load_lexicon()
    kept = lexicon.with_weights(lexicon.weights.basis, lexicon.weights.gewicht)
    kept.__dict__["read_otherwise"] = frozenset()
    words = " ".join(title), " ".join(lead)
    both = [
        score_item(*words, trust=Trust.REGIONAL, lexicon=one) for one in (lexicon, kept)
    ]  # fmt: skip
    assert both[0].severity == both[1].severity
    assert both[0].types == both[1].types
    weights = [sorted(reason.weight for reason in one.reasons) for one in both]
    assert weights[0] == weights[1]
    values = [
        {name: one.value for name, one in look_at(
            *words, trust=Trust.REGIONAL, lexicon=each
        ).features.items()}
        for each in (lexicon, kept)
    ]  # fmt: skip
    assert values[0] == values[1]
