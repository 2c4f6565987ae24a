"""No fixed line soothes while the facts say, or leave open, that there is danger."""

from __future__ import annotations

from typing import Any

import pytest

from briefings.danger import is_danger_open
from briefings.event_kinds import event_kinds
from briefings.library import library
from briefings.render import FactLine, render_text
from contacts.directory import Audience
from tests.briefings_sheets import POLICE, a_sheet

SOOTHING = "De kans is heel klein"
UNSURE = "Dat weten we nog niet. Wij letten goed op."


def teachers(**changed: Any) -> str:
    return render_text(a_sheet(**changed), Audience.TEACHER_PO).plain


@pytest.mark.parametrize(
    "unknown", ["of er nog gevaar is", "Of de dader nog voortvluchtig is.", "Is het weer veilig?"]
)
def test_an_unknown_about_danger_takes_the_soothing_line_out(unknown: str) -> None:
    text = teachers(unknown=(unknown,))
    assert SOOTHING not in text
    assert UNSURE in text


def test_without_a_word_about_danger_the_line_stays() -> None:
    text = teachers(unknown=("Waarom het is gebeurd.",))
    assert SOOTHING in text
    assert UNSURE not in text


@pytest.mark.parametrize(
    ("sure", "is_open"),
    [
        ("Er is gevaar door rook.", True),
        ("De verdachte is voortvluchtig.", True),
        ("Blijf binnen tot 20.00 uur.", True),
        ("De politie zoekt nog naar een verdachte.", True),
        ("Blijf weg bij de halte.", False),
        ("Er is nu geen gevaar voor de buurt.", False),
        ("Het gevaar is geweken.", False),
        ("De politie heeft drie mensen aangehouden.", False),
        ("De dader is nog niet gevonden.", True),
        ("De dader is nog niet aangehouden.", True),
        ("De politie heeft nog niemand aangehouden.", True),
        ("De verdachte is voortvluchtig en nog niet aangehouden.", True),
        ("De verdachte is voortvluchtig, een ander is aangehouden.", True),
        ("De politie zoekt nog een verdachte, twee anderen zijn aangehouden.", True),
        ("Een van de voortvluchtige verdachten is aangehouden.", True),
        ("De voortvluchtige verdachte is aangehouden, maar de tweede niet.", True),
        ("De dader is op de vlucht. Er zijn geen gewonden.", True),
        ("Er zijn geen gewonden. De dader is op de vlucht.", True),
        ("De verdachte is gevlucht.", True),
        ("De politie zoekt twee verdachten.", True),
        ("De politie is op zoek naar een tweede verdachte.", True),
        ("Blijf binnen. Ga niet naar buiten.", True),
        ("Blijf binnen en open geen ramen.", True),
        ("Blijf zoveel mogelijk binnen.", True),
        ("Ga niet naar buiten.", True),
        ("Ramen en deuren dicht houden.", True),
        ("Er is gevaar. Kom niet naar het gebied.", True),
        ("Er is brand met veel rook.", True),
        ("Er is instortingsgevaar.", True),
        ("Aan de haven woedt een grote brand.", True),
        ("Waarschijnlijk is er geen gevaar.", True),
        ("De politie kan niet zeggen dat er geen gevaar is.", True),
        ("Het is daar niet veilig.", True),
        ("Het gevaar is nog niet geweken.", True),
        ("Er is geen gevaar als u binnen blijft, anders is er gevaar.", True),
        ("Er is geen gevaar voor de buurt, wel voor mensen in het park.", True),
        ("Er is geen gevaar voor de buurt, de verdachte is voortvluchtig.", True),
        ("Er is geen direct gevaar.", False),
        ("Het gevaar voor omwonenden is inmiddels voorbij.", False),
        ("Inmiddels is het gevaar geweken.", False),
        ("De voortvluchtige verdachte is aangehouden.", False),
        ("Alle gezochte verdachten zijn inmiddels opgepakt.", False),
        ("De dader is gevonden.", False),
        ("Het slachtoffer is buiten levensgevaar.", False),
        ("U hoeft niet meer binnen te blijven.", False),
        ("De rook is opgetrokken.", False),
        ("De brand is geblust. Er is geen gevaar.", False),
        ("De politie zoekt getuigen.", False),
        ("Er zijn geen gewonden.", False),
    ],
)
def test_what_is_sure_is_read_with_its_denial(sure: str, is_open: bool) -> None:
    assert is_danger_open(sure=[sure], unsure=[], unknown=[]) is is_open


def test_what_is_not_confirmed_and_about_danger_counts_too() -> None:
    line = FactLine("Er zou nog iemand gezocht worden.", POLICE)
    assert SOOTHING not in teachers(unconfirmed=(line,))


def test_what_goes_on_takes_the_soothing_line_out_whatever_else_is_denied() -> None:
    line = FactLine("De dader is nog niet aangehouden. Er zijn geen gewonden.", POLICE)
    text = teachers(confirmed=(line,))
    assert SOOTHING not in text
    assert UNSURE in text


def test_an_unsure_flight_is_about_danger() -> None:
    assert is_danger_open(sure=[], unsure=["De verdachte zou zijn gevlucht."], unknown=[])


def test_no_standing_unknown_but_that_of_danger_counts_as_one() -> None:
    standing = {text for kind in event_kinds().values() for text in kind.unknown}
    assert {one for one in standing if is_danger_open(sure=[], unsure=[], unknown=[one])} == {
        "Of er nog gevaar is."
    }


def test_every_shipped_line_about_a_small_chance_is_marked_as_soothing() -> None:
    shelf = library()
    for name in shelf.sets():
        for audience in Audience:
            part = shelf.part(name, audience)
            for one in part.vragen:
                assert one.sust or "kans is" not in one.antwoord, (name, audience, one)
                assert part.onzeker or not one.sust, (name, audience)
