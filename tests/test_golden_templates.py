"""The texts as a reader gets them, kept to be read: a changed word shows in the diff.

``pytest --update-golden`` writes them anew.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.messages import content_for
from briefings.render import FactLine, Form, Rendered, Sheet, render_text
from briefings.rows import BriefingKind, BriefingText
from contacts.directory import Audience
from tests.briefings_sheets import FACTS, MEASURE, POLICE, a_sheet

GOLDEN = Path(__file__).parent / "golden"

SHEETS: dict[str, Sheet] = {
    "arrestatie": a_sheet(measures=(MEASURE,)),
    "algemeen": a_sheet(
        templates="algemeen",
        title="Explosie Presikhaaf, 3 maart",
        topic="explosie Presikhaaf",
        lead="In Presikhaaf was een harde knal te horen.",
        confirmed=(
            FactLine("In Presikhaaf was een harde knal te horen.", "gemeente, 17.40 uur"),
            FactLine("Er zijn geen gewonden.", POLICE),
        ),
        unknown=("Wat de oorzaak is.", "Wanneer bewoners terug kunnen."),
    ),
    "update": a_sheet(
        kind=BriefingKind.UPDATE,
        versions=dict.fromkeys(Audience, 2),
        since="dinsdag 3 maart, 18.05 uur",
        lead=f"De politie heeft een vierde persoon aangehouden. {FACTS[0].text}",
        news=(FactLine("De politie heeft een vierde persoon aangehouden.", "OM, 21.40 uur"),),
        measures=(replace(MEASURE, is_new=True),),
        confirmed=FACTS[:2],
    ),
    **{form.value: a_sheet(form) for form in Form if form is not Form.FULL},
    "oefening": a_sheet(is_exercise=True),
}
CASES = [
    (name, audience)
    for name in SHEETS
    for audience in Audience
    if name in {"arrestatie", "algemeen"} or audience is Audience.TEACHER_VO_MBO
]


def shown(text: Rendered) -> str:
    return f"{text.subject}\n\n=== chat\n{text.telegram}\n\n=== hele tekst\n{text.plain}"


def compare(name: str, text: str, config: pytest.Config) -> None:
    place = GOLDEN / name
    if config.getoption("--update-golden"):
        place.write_text(text, "utf-8")
    assert text == place.read_text("utf-8")


@pytest.mark.parametrize(("name", "audience"), CASES)
def test_the_text_is_as_it_was_read(
    name: str, audience: Audience, pytestconfig: pytest.Config
) -> None:
    text = render_text(SHEETS[name], audience)
    compare(f"{name}-{audience}.txt", shown(text), pytestconfig)


def test_the_mail_is_as_it_was_read(pytestconfig: pytest.Config) -> None:
    text = render_text(SHEETS["arrestatie"], Audience.SCHOOL_LEADER)
    row = BriefingText(
        briefing_id=1,
        audience=text.audience,
        template=text.template,
        template_version=text.template_version,
        subject=text.subject,
        telegram=text.telegram,
        html=text.html,
        plain=text.plain,
        words=text.words,
    )
    content = content_for(row, [Audience.TEACHER_PO], briefing_id=1, event_id=2, sender="Schakel")
    assert content.email is not None
    compare("mail-schoolleiding.html", content.email.html, pytestconfig)


@pytest.mark.parametrize("form", Form)
def test_no_text_for_parents_holds_the_link_of_the_school(form: Form) -> None:
    text = render_text(a_sheet(form), Audience.PARENTS)
    assert "%%LINK%%" not in text.html
    assert "Merkt u iets?" not in text.plain
    other = render_text(a_sheet(form), Audience.TEACHER_PO)
    assert ("Merkt u iets?" in other.plain) is (form not in (Form.CLOSING, Form.LOOK_BACK))


@pytest.mark.parametrize(
    ("audience", "last"),
    [
        (Audience.PARENTS, "Blijft uw kind ermee zitten? Praat met de leraar of mentor."),
        (Audience.RELIGIOUS_CULTURAL, "Dank voor uw inzet."),
        (Audience.TEACHER_PO, "Dank voor uw werk."),
        (Audience.POLICE_DISTRICT, "Dank voor uw werk."),
    ],
)
def test_each_reader_has_a_last_line_of_their_own(audience: Audience, last: str) -> None:
    assert render_text(a_sheet(Form.CLOSING), audience).telegram.rstrip().endswith(last)


def test_parents_are_not_asked_to_a_meeting_of_organisations() -> None:
    text = render_text(a_sheet(Form.LOOK_BACK), Audience.PARENTS)
    assert "Meedoen is vrijwillig" not in text.telegram + text.plain
    assert "uw pagina" not in text.plain
    assert "Scholen en organisaties kijken samen terug" in text.telegram


def test_every_golden_text_is_still_in_use() -> None:
    used = {f"{name}-{audience}.txt" for name, audience in CASES} | {"mail-schoolleiding.html"}
    assert {path.name for path in GOLDEN.iterdir() if path.is_file()} == used
