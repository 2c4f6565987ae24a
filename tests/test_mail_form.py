"""A mail that says what the chat says, says it line by line."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.chat.mail_form import mail_of, plain

SAID = (
    "<b>Bel deze mensen · Brand &amp; rook</b>\n"
    "· Basisschool A\n"
    '· <a href="https://schakel.example/p/x">Bekijk de lijst</a>\n'
    "\n"
    "Zet een vinkje als u iemand sprak."
)


def test_each_line_stands_by_itself_in_both_forms() -> None:
    mail = mail_of("Bellijst", SAID)
    assert mail.subject == "Bellijst"
    assert mail.text.splitlines() == [
        "Bel deze mensen · Brand & rook",
        "· Basisschool A",
        "· Bekijk de lijst (https://schakel.example/p/x)",
        "",
        "Zet een vinkje als u iemand sprak.",
    ]
    first, last = re.findall("<p>(.*?)</p>", mail.html, re.DOTALL)
    assert first.split("<br>\n") == SAID.splitlines()[:3]
    assert last == "Zet een vinkje als u iemand sprak."


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1))
def test_whatever_was_escaped_is_read_as_it_was_written(words: list[str]) -> None:
    said = "\n".join(f"<b>{escape(word)}</b>" for word in words)
    assert plain(said).split("\n") == words
    shown = re.sub("<[^>]*>", "", mail_of("", said).html)
    assert unescape(shown).split("\n") == words
