"""Texts on paper: tagged, at most two pages, and without a link that is somebody's own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlmodel import select

from bot.console import printing
from bot.console.paper import on_paper, signal
from briefings import pdf
from briefings.drafting import texts_of
from briefings.examples import example_sheet
from briefings.pdf import MOST_PAGES, PdfUnavailable, Sheet, print_sheet
from briefings.plaintext import without_links_to
from briefings.render import render_text
from briefings.rows import Briefing, BriefingText
from contacts.directory import Audience
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.briefings_cast import SETTINGS
from tests.console_desk import FACT, Desk, a_desk
from tests.console_world import a_world, in_the_other_world

pytestmark = pytest.mark.skipif(
    not pdf.can_print(), reason="WeasyPrint or libpango is missing: nothing was printed"
)
SENTENCE = "De politie doet onderzoek en vraagt om rust in de wijk. "


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def a_sheet(body: str = f"<h2>Kern</h2><p>{SENTENCE}</p>", **more: object) -> Sheet:
    given: dict[str, object] = {
        "subject": "Informatie bij gebeurtenis: aanhouding Presikhaaf", "body": body,
        "audience": "Docent VO/MBO", "stand": "versie 1", "sender": "Schakel",
        "is_exercise": False,
    }  # fmt: skip
    return Sheet(**{**given, **more})


def read(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made))


def words_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def test_a_printed_text_is_tagged_and_says_its_language() -> None:
    root = read(print_sheet(a_sheet(), font=printing.FONT)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "nl"


def test_a_long_text_is_set_smaller_and_stays_within_two_pages() -> None:
    short = print_sheet(a_sheet(), font=printing.FONT)
    long = print_sheet(a_sheet(f"<p>{SENTENCE * 4}</p>" * 29), font=printing.FONT)
    assert len(read(short).pages) == 1
    assert len(read(long).pages) == MOST_PAGES
    assert words_of(long).count("vraagt om rust") == 116


def test_what_stands_in_a_text_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("niet voor papier", encoding="utf-8")
    body = f'<p>Kern</p><img src="{secret.as_uri()}"><object data="http://127.0.0.1:9/x"></object>'
    assert "niet voor papier" not in words_of(print_sheet(a_sheet(body)))


def test_a_mark_stands_above_the_text_and_markup_in_a_subject_is_words() -> None:
    made = words_of(print_sheet(a_sheet(subject="Stand <b>", marks=("Concept",))))
    assert made.startswith("Concept Stand <b>")


def test_every_page_of_an_exercise_says_so_and_no_page_of_a_real_text_does() -> None:
    long = f"<p>{SENTENCE * 4}</p>" * 29
    made = read(print_sheet(a_sheet(long, is_exercise=True), font=printing.FONT))
    assert len(made.pages) == MOST_PAGES
    assert made.metadata is not None
    assert str(made.metadata.title).startswith("OEFENING")
    for page in made.pages:
        assert "OEFENING" in page.extract_text()
    assert "OEFENING" not in words_of(print_sheet(a_sheet(long), font=printing.FONT))


async def test_a_text_of_an_exercise_is_marked_on_paper_wherever_it_is_printed(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            await in_the_other_world(session, world.event_id)
        answer = await world.web.get(f"/o/{world.token}/pdf")
        assert words_of(answer.content).startswith("OEFENING")
        assert 'filename="OEFENING-' in answer.headers["content-disposition"]


def test_a_sender_with_signs_stands_in_the_footer_as_it_is() -> None:
    sender = 'Gemeente \'s-Hertogenbosch & "regio" <x>'
    assert sender in words_of(print_sheet(a_sheet(sender=sender)))


def test_links_of_ones_own_become_words() -> None:
    html = '<a href="/o/geheim/signaal">Meld</a> <a href="https://rivm.example/">rivm</a>'
    assert without_links_to(html, "/o/geheim") == 'Meld <a href="https://rivm.example/">rivm</a>'


async def test_the_desk_prints_a_draft_with_its_mark(desk: Desk) -> None:
    await desk.fact()
    path = f"/gebeurtenis/{desk.number}/teksten/pdf"
    answer = await desk.web.get(f"{path}?versie=1&tekst=docent_po")
    assert answer.headers["content-type"] == "application/pdf"
    made = words_of(answer.content)
    assert made.startswith("Concept: nog niet goedgekeurd")
    assert FACT in made
    assert (await desk.web.get(f"{path}?versie=1&tekst=weg")).status_code == 404
    await desk.send(1)
    assert not words_of((await desk.web.get(f"{path}?tekst=docent_po")).content).startswith("Conc")


async def test_a_sheet_is_shown_beside_its_text_and_in_no_frame_of_others(desk: Desk) -> None:
    await desk.fact()
    page = await desk.page("teksten")
    framed = re.findall(r'<iframe class="mailvak papiervak"[^>]* src="([^"]+)"', page)
    assert len(framed) == len(Audience)
    answer = await desk.web.get(unescape(framed[0]))
    assert answer.headers["content-type"] == "application/pdf"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


async def test_every_text_of_an_evening_fits_on_two_pages(desk: Desk) -> None:
    for number in range(6):
        await desk.fact(f"De gemeente opende om {number + 1} uur een punt voor vragen in de wijk.")
    [briefing] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    async with desk.world.db.read() as session:
        texts = await texts_of(session, briefing.id or 0)
    assert len(texts) == 7
    for text in texts:
        made = print_sheet(a_sheet(text.html), font=printing.FONT)
        assert len(read(made).pages) <= MOST_PAGES, text.audience


async def test_the_page_of_an_organisation_prints_without_its_link(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        page = await world.web.get(f"/o/{world.token}")
        assert f"/o/{world.token}/pdf" in page.text
        answer = await world.web.get(f"/o/{world.token}/pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert world.token.encode() not in answer.content
        assert world.token not in words_of(answer.content)
        links = [
            note for sheet in read(answer.content).pages for note in sheet.get("/Annots") or ()
        ]
        assert all(world.token not in str(note.get_object()) for note in links)


def test_on_paper_nobody_is_told_to_tap_here() -> None:
    told = '<p>U kunt laten weten, <a href="/o/x/signaal">hier in één minuut</a>. Vrijwillig.</p>'
    plain = on_paper(told, signal("/o/x"))
    assert plain == (
        "<p>U kunt laten weten, met de link in het bericht van Schakel, in één minuut. "
        "Vrijwillig.</p>"
    )
    coded = on_paper(told, signal("/o/x"), "https://stad.example/o/x/signaal")
    assert "met de code hieronder, in één minuut. Vrijwillig.</p><p" in coded
    assert coded.endswith("https://stad.example/o/x/signaal</p>")
    other = '<p>Er is een <a href="/o/x?tekst=ouders">tekst voor ouders</a>.</p>'
    assert on_paper(other, signal("/o/x"), "https://stad.example") == other


async def test_the_sheet_has_a_code_when_it_is_asked_for_and_the_event_runs(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            texts = (await session.exec(select(BriefingText))).all()
            for text in texts:
                text.html += '<p>Laat weten, <a href="%%LINK%%">hier in één minuut</a>.</p>'
        page = await world.web.get(f"/o/{world.token}")
        asked = f"/o/{world.token}/pdf?tekst=docent_vo_mbo&amp;code=ja"
        assert asked in page.text
        path = asked.replace("&amp;", "&")
        coded = words_of((await world.web.get(path)).content)
        assert f"/o/{world.token}/signaal" in re.sub(r"\s", "", coded)
        assert "Alleen voor binnen uw organisatie" in coded
        plain = words_of((await world.web.get(f"/o/{world.token}/pdf")).content)
        assert "met de link in het bericht van Schakel" in plain
        async with db.begin() as session:
            (await session.get_one(Event, world.event_id)).status = EventStatus.CLOSED
        assert "code=ja" not in (await world.web.get(f"/o/{world.token}")).text
        closed = words_of((await world.web.get(path)).content)
        assert world.token not in re.sub(r"\s", "", closed)


async def test_a_machine_that_cannot_print_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> bytes:
        raise PdfUnavailable("OSError")

    monkeypatch.setattr(printing, "print_sheet", broken)
    await desk.fact("Er is een punt voor vragen in de wijk.")
    answer = await desk.web.get(f"/gebeurtenis/{desk.number}/teksten/pdf?tekst=ouders")
    assert answer.status_code == 503
    assert "kan geen pdf maken" in answer.text


def test_warming_up_loads_what_the_first_reader_would_wait_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pdf._weasyprint.cache_clear()
    pdf._environment.cache_clear()
    assert printing.warm_up()
    assert pdf._weasyprint.cache_info().currsize == pdf._environment.cache_info().currsize == 1

    def missing() -> None:
        raise PdfUnavailable

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    assert not printing.warm_up()


def test_loading_it_tells_the_log_no_steps() -> None:
    starts = "from bot.run import quiet_logging; quiet_logging(); import weasyprint"
    done = subprocess.run(
        [sys.executable, "-c", starts], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert "weasyprint" not in done.stderr


@pytest.mark.parametrize("audience", [one for one in Audience if one is not Audience.PARENTS])
def test_a_full_text_with_a_code_fits_on_two_pages(audience: Audience) -> None:
    made = render_text(example_sheet("arrestatie", SETTINGS), audience)
    address = f"https://schakel.gemeente.example/o/{'x' * 43}/signaal"
    body = on_paper(made.html.replace("%%LINK%%", "/o/x/signaal"), signal("/o/x"), address)
    assert "<img" in body
    assert len(read(print_sheet(a_sheet(body), font=printing.FONT)).pages) <= MOST_PAGES


def test_the_letters_are_unpacked_once_for_every_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._faces.cache_clear()
    print_sheet(a_sheet("<p><strong>Vet</strong> en gewoon.</p>"), font=printing.FONT)
    assert [weight for weight, _ in pdf._faces(printing.FONT)] == list(pdf.WEIGHTS)
    monkeypatch.setattr("fontTools.ttLib.woff2.WOFF2Reader.__init__", None)
    made = read(print_sheet(a_sheet("<p><strong>Vet</strong></p>"), font=printing.FONT))
    # What a page holds has no type of its own in the library.
    named = str([sheet["/Resources"]["/Font"] for sheet in made.pages])
    assert "Vet" in made.pages[0].extract_text()
    assert named.count("IndirectObject") >= len(pdf.WEIGHTS)
