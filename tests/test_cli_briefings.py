"""``schakel briefings``: look at a text in each form, check all, and say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.briefings_texts import VARIANTS as VARIANT_NAMES
from bot.cli.main import app
from briefings.pdf import Sheet
from briefings.proofing import VARIANTS
from contacts.directory import Audience

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SCHAKEL_CONFIG", raising=False)


def preview(*words: str) -> Result:
    return CliRunner().invoke(app, ["briefings", "preview", *words])


def test_a_preview_shows_chat_and_whole_text() -> None:
    result = preview("E03", "docent_vo_mbo")
    assert result.exit_code == 0
    assert result.output.startswith("<b>Informatie bij gebeurtenis · Oefenwijk")
    assert "Wat weten we zeker\n---" in result.output
    assert "In de Oefenwijk is vanmiddag op straat geschoten." in result.output


def test_each_form_can_be_asked_for_alone() -> None:
    chat = preview("schietincident", "ouders", "--telegram").output
    text = preview("schietincident", "ouders", "--text").output
    mail = preview("schietincident", "ouders", "--html").output
    assert "Wat weten we zeker" not in chat
    assert "<b>" not in text
    assert mail.startswith("<!doctype html>")
    assert "<h2 style=" in mail


@pytest.mark.parametrize("audience", [*Audience])
def test_no_preview_shows_a_personal_place_as_a_mark(audience: Audience) -> None:
    for variant in VARIANTS:
        asked = ("--variant", VARIANT_NAMES.get(variant.name, variant.name))
        forms = [preview("E10", audience, *asked, *form) for form in ((), ("--html",))]
        for form in forms:
            assert form.exit_code == 0
            assert "%%" not in form.output, (audience, variant.name)
            assert 'href="[' not in form.output, (audience, variant.name)
    whole = preview("E10", audience).output
    assert "[intern aanspreekpunt van de organisatie]" in whole


def test_a_printed_preview_shows_no_mark_either(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Sheet] = []

    def note(sheet: Sheet, **_: object) -> bytes:
        printed.append(sheet)
        return b"%PDF"

    monkeypatch.setattr("briefings.pdf.print_sheet", note)
    for audience in Audience:
        preview("E10", audience, "--pdf")
    assert len(printed) == len(Audience)
    assert all("%%" not in sheet.body for sheet in printed)
    assert "[intern aanspreekpunt van de organisatie]" in printed[0].body


def test_parents_get_their_own_line_and_the_number_beside_the_name() -> None:
    parents = preview("E10", "ouders", "--text").output
    assert "Zorgen over uw kind? Praat eerst met de leraar of mentor." in parents
    assert "Zorgen over één persoon" not in parents
    assert "Kindertelefoon bellen: 0800-0432" in parents
    teacher = preview("E10", "docent_po", "--text").output
    assert "Zorgen over één persoon" in teacher
    assert "Zorgen over uw kind" not in teacher


def test_words_of_pupils_stand_between_quotation_marks() -> None:
    teacher = preview("E03", "docent_vo_mbo", "--text").output
    assert "“Net goed.” – “Ik stop je even." in teacher


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("eerste-bericht", "Wij hebben nog geen bevestigde feiten."),
        ("update", "Nieuw sinds"),
        ("geen-nieuws", "Er is geen nieuws sinds"),
        ("correctie", "Correctie 18.05"),
        ("intrekking", "Ingetrokken 18.05"),
        ("afsluiting", "Wij sluiten dit af"),
        ("terugblik", "Uitnodiging: terugkijken op schietincident Oefenwijk"),
        ("weekend", "De scholen zijn dicht tot maandag 9 maart."),
    ],
)
def test_every_form_of_the_evening_can_be_read_beforehand(variant: str, said: str) -> None:
    result = preview("E03", "jongerenwerk", "--variant", variant)
    assert result.exit_code == 0
    assert said in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("E99", "ouders"), "  E03  schietincident"),
        (("E03", "opa"), "docent_po"),
        (("E03", "ouders", "--variant", "zondag"), "weekend"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(words: tuple[str, ...], said: str) -> None:
    result = preview(*words)
    assert result.exit_code == 2
    assert said in result.output


def test_the_check_fails_on_an_own_text_that_may_not_be_sent(tmp_path: Path) -> None:
    place = tmp_path / "sjablonen" / "soorten" / "explosie" / "tekst.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[ouders]\nzin = "De dader is een moslim!"\n', "utf-8")
    config = tmp_path / "config.toml"
    config.write_text('[briefings]\ntemplates_dir = "sjablonen"\n', "utf-8")
    result = CliRunner().invoke(app, ["briefings", "lint", "--config", str(config)])
    assert result.exit_code == 1
    found = result.output
    for code in ("N2", "W2", "Z4", "A1"):
        assert f"explosie · ouders · veel-feiten: {code} " in found
    assert "open" in next(line for line in found.splitlines() if line.startswith("E09"))
