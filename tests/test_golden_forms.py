"""Every form of two kinds of event, with many facts and with few, kept to be read.

The chat, the mail as HTML and as plain text, the page, and the words of the PDF. ``pytest
--update-golden`` writes them anew.
"""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.console import printing
from briefings import pdf
from briefings.examples import example_sheet
from briefings.messages import LINK, content_for
from briefings.plaintext import without_links_to
from briefings.render import Rendered, render_text
from briefings.rows import BriefingText
from contacts.directory import Audience
from tests.briefings_cast import SETTINGS
from tests.test_golden_templates import compare

FOLDER = "vormen"
#: one that is near, where a suspect is no culprit; one far away, where families are
KINDS = ("arrestatie", "buitenland")
CASES = [
    (name, audience, is_rich)
    for name in KINDS
    for audience in Audience
    for is_rich in (True, False)
]


def file_of(name: str, audience: Audience, *, is_rich: bool) -> str:
    return f"{FOLDER}/{name}-{audience}-{'veel' if is_rich else 'weinig'}.txt"


def text_of(name: str, audience: Audience, *, is_rich: bool) -> Rendered:
    return render_text(example_sheet(name, SETTINGS, rich=is_rich), audience)


def row_of(made: Rendered) -> BriefingText:
    return BriefingText(
        briefing_id=1, audience=made.audience, template=made.template,
        template_version=made.template_version, subject=made.subject, telegram=made.telegram,
        html=made.html, plain=made.plain, words=made.words,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "audience", "is_rich"), CASES)
def test_every_form_is_as_it_was_read(
    name: str, audience: Audience, is_rich: bool, pytestconfig: pytest.Config
) -> None:
    made = text_of(name, audience, is_rich=is_rich)
    content = content_for(row_of(made), briefing_id=1, event_id=2, sender="Schakel")
    assert content.email is not None
    assert content.telegram is not None
    shown = "\n\n".join(
        f"=== {form}\n{text.strip()}"
        for form, text in (
            ("onderwerp", content.email.subject),
            ("telegram", content.telegram.text),
            ("mail, platte tekst", content.email.text),
            ("pagina", made.html),
            ("mail, html", content.email.html),
        )
    )
    compare(file_of(name, audience, is_rich=is_rich), f"{shown}\n", pytestconfig)


@pytest.mark.parametrize("audience", Audience)
def test_a_mail_says_why_its_reader_gets_it_and_only_parents_have_no_page(
    audience: Audience,
) -> None:
    made = text_of("arrestatie", audience, is_rich=True)
    email = content_for(row_of(made), briefing_id=1, event_id=2, sender="Schakel").email
    assert email is not None
    for form in (email.text, email.html):
        is_parents = audience is Audience.PARENTS
        assert (LINK in form) is not is_parents
        assert ("binnen uw organisatie mag" in form) is not is_parents
        assert ("van de school van uw kind" in form) is is_parents


@pytest.mark.skipif(not pdf.can_print(), reason="WeasyPrint or libpango is missing")
@pytest.mark.parametrize(("name", "audience", "is_rich"), CASES)
def test_the_paper_has_the_words_of_the_page_and_no_others(
    name: str, audience: Audience, is_rich: bool
) -> None:
    made = text_of(name, audience, is_rich=is_rich)
    sheet = pdf.Sheet(
        subject=made.subject, body=without_links_to(made.html, LINK), audience=audience.value,
        stand="versie 1", sender="Schakel", is_exercise=False,
    )  # fmt: skip
    pages = PdfReader(BytesIO(pdf.print_sheet(sheet, font=printing.FONT))).pages
    assert len(pages) <= pdf.MOST_PAGES
    printed = " ".join(page.extract_text() for page in pages)
    printed = re.sub(r"blad \d van \d|Schakel · versie 1", " ", printed)
    head = f"{made.subject} Voor: {audience.value} · versie 1"
    assert letters(printed) == letters(f"{head} {re.sub('<[^>]*>', ' ', sheet.body)}")


def letters(said: str) -> str:
    """Without blanks, marks of a list and line breaks: those differ from page to paper."""
    return re.sub(r"[^\w%]|(?<!\w)\d\.(?!\w)", "", unescape(said))


def test_every_golden_form_is_still_in_use() -> None:
    folder = Path(__file__).parent / "golden" / FOLDER
    used = {file_of(n, a, is_rich=r).partition("/")[2] for n, a, r in CASES}
    assert {path.name for path in folder.iterdir()} == used
