"""What a reader is told about worries over one person when the organisation named nobody."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from bot.console.previews import as_draft
from bot.console.reading import fill_page
from bot.console.texts import PREVIEW_CONTACT
from briefings.examples import example_sheet
from briefings.messages import content_for
from briefings.pdf import can_print
from briefings.render import render_text
from briefings.settings import CityLine
from briefings.texts import FOR_PARENTS
from contacts.directory import Audience
from contacts.records import Database
from contacts.texts import OWN_INTERNAL_CONTACT
from tests.briefings_cast import SETTINGS
from tests.console_desk import a_desk
from tests.test_golden_forms import row_of

TOLD = {
    Audience.TEACHER_PO: "Ga eerst naar uw interne aanspreekpunt: {whom}. Spoed: bel 112.",
    Audience.TEACHER_VO_MBO: "Ga eerst naar uw interne aanspreekpunt: {whom}. Spoed: bel 112.",
    Audience.SCHOOL_LEADER: "Volg de afspraken van uw school. Ga eerst naar: {whom}.",
    Audience.YOUTH_WORK: "Bespreek dat binnen uw organisatie: {whom}.",
    Audience.RELIGIOUS_CULTURAL: "Bespreek dat eerst binnen uw organisatie: {whom}.",
    Audience.POLICE_DISTRICT: "Volg uw eigen afspraken. Ga eerst naar: {whom}.",
    Audience.PARENTS: "Vraag naar de leraar of mentor van uw kind, of naar: {whom}.",
}


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("named", [None, "de zorgcoördinator"])
def test_every_reader_is_told_whom_to_go_to_and_sees_no_empty_place(
    audience: Audience, named: str | None
) -> None:
    made = render_text(example_sheet("arrestatie", SETTINGS), audience)
    content = content_for(row_of(made), briefing_id=1, event_id=1, sender="Schakel")
    assert content.email is not None
    for form in (made.html, content.email.html, content.email.text):
        page = fill_page(form, page="/o/x", signal="/o/x/signaal", internal_contact=named)
        assert TOLD[audience].format(whom=named or OWN_INTERNAL_CONTACT) in page
        assert "%%INTERNAL" not in page
        assert PREVIEW_CONTACT not in page


@pytest.mark.skipif(not can_print(), reason="this machine cannot make a PDF")
async def test_a_draft_on_paper_holds_no_place_to_be_filled(db: Database, now: datetime) -> None:
    async with a_desk(db, now) as desk:
        await desk.fact()
        printed = await desk.web.get(
            f"/gebeurtenis/{desk.number}/teksten/pdf?versie=1&tekst=docent_po"
        )
    pages = PdfReader(BytesIO(printed.content)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert OWN_INTERNAL_CONTACT in words
    assert "[" not in words


def test_the_page_at_the_desk_says_where_each_organisation_has_its_own() -> None:
    made = render_text(example_sheet("arrestatie", SETTINGS), Audience.TEACHER_PO)
    assert PREVIEW_CONTACT in as_draft(row_of(made), None).page


def test_parents_never_read_a_line_for_who_works_somewhere() -> None:
    """A city that filled in no words for parents; two such lines are one sentence for them."""
    meldkaart = [
        CityLine(label="Zorgen over één persoon", text="Eerst uw interne aanspreekpunt."),
        CityLine(label="Zorgteam", text="Voor een leerling.", phone="000"),
        CityLine(label="Wijkagent", text="Voor vragen in de buurt.", phone="111"),
    ]
    settings = SETTINGS.model_copy(update={"meldkaart": meldkaart})
    sheet = example_sheet("arrestatie", settings)
    parents = render_text(sheet, Audience.PARENTS).plain
    assert "aanspreekpunt" not in parents.partition("Waar meld ik wat?")[2]
    assert "Zorgteam" not in parents
    assert parents.count(FOR_PARENTS) == 1
    assert "Wijkagent: Voor vragen in de buurt, 111" in parents
    teacher = render_text(sheet, Audience.TEACHER_PO).plain
    assert FOR_PARENTS not in teacher
    assert "Eerst uw interne aanspreekpunt" in teacher
    assert "Zorgteam" in teacher


def test_words_of_the_city_for_parents_go_before_ours() -> None:
    own = CityLine(label="Zorgen", text="Eerst uw aanspreekpunt.", for_parents="Bel de school.")
    sheet = example_sheet("arrestatie", SETTINGS.model_copy(update={"meldkaart": [own]}))
    parents = render_text(sheet, Audience.PARENTS).plain
    assert "Bel de school." in parents
    assert FOR_PARENTS not in parents
