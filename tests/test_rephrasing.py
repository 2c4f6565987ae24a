"""A note is kept less precisely than it was typed: no class, no claim of a rumour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.person_filter import screen
from signals.rephrasing import NOT_KEPT, Change, rephrase


def kept(text: str) -> str:
    return rephrase(text, screen(text).spans).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("In 3 havo mijden groepen elkaar.", "In een vo-klas mijden groepen elkaar."),
        ("Groep 7 is stil.", "een basisschoolgroep is stil."),
        ("De groep is stil.", "De groep is stil."),
    ],
)
def test_a_class_is_written_down_more_generally(typed: str, said: str) -> None:
    assert kept(typed) == said


@pytest.mark.parametrize(
    "typed",
    [
        "Ze zeggen dat er nog iemand vrij rondloopt.",
        "Leerlingen roepen dat de school dichtgaat!",
        "Er wordt gezegd dat de politie iets verzwijgt",
        "Het gerucht gaat dat er morgen wordt gevochten.",
        "Er gaat een gerucht rond: morgen is er ruzie.",
        "In de klas gaat rond dat er nog iemand vrij is.",
        "Op school doet het verhaal de ronde dat de school dichtgaat.",
        "Er wordt in de pauze gefluisterd dat er wordt gevochten.",
    ],
)
def test_of_a_rumour_the_claim_is_not_kept(typed: str) -> None:
    rephrased = rephrase(typed, ())
    assert rephrased.changes == (Change.RUMOUR,)
    assert NOT_KEPT in rephrased.text
    for word in ("vrij", "dichtgaat", "verzwijgt", "gevochten", "ruzie"):
        assert word not in rephrased.text


def test_what_stands_before_and_after_a_rumour_stays() -> None:
    text = "De sfeer is stil. Ze zeggen dat het misgaat. Wij praten erover."
    assert kept(text) == f"De sfeer is stil. Ze zeggen dat {NOT_KEPT}. Wij praten erover."


@pytest.mark.parametrize(
    "typed",
    [
        "Ouders zijn boos dat er niets gebeurt.",
        "Veel vragen over geruchten in de groep.",
        "De brief gaat rond en dat geeft onrust.",
    ],
)
def test_a_mood_is_no_rumour(typed: str) -> None:
    assert rephrase(typed, ()).changes == ()


@given(st.text(max_size=280))
def test_rephrasing_never_fails_and_twice_is_once(text: str) -> None:
    rephrase(f"Ze zeggen dat {text}", (), keeps_tension=True)
    once = rephrase(text, screen(text).spans).text
    if NOT_KEPT not in once:
        assert rephrase(once, ()).text == once
