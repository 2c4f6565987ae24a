"""Telegram's HTML is parsed, or refused, as its own server does it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.telegram_html import BadHtml, parse_html, utf16_units


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é <x>y</x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, why: str) -> None:
    with pytest.raises(BadHtml) as caught:
        parse_html(source)
    assert str(caught.value) == why


def test_entities_have_offsets_in_utf16_units() -> None:
    found = parse_html(
        '😀 <b>vet <i>en schuin</i></b> <a href="https://x.example/?a=1&amp;b">x</a>'
    )
    assert found.text == "😀 vet en schuin x"
    assert found.entities == [
        {"type": "bold", "offset": 3, "length": 13},
        {"type": "italic", "offset": 7, "length": 9},
        {"type": "text_link", "offset": 17, "length": 1, "url": "https://x.example/?a=1&b"},
    ]


def test_references_and_loose_ends_read_as_telegram_reads_them() -> None:
    found = parse_html("\n &lt;&amp;&quot;&#39;&#x41; &nbsp; R&D <b></b><EM>x</> \n")
    assert found.text == "<&\"'A &nbsp; R&D x"
    assert [entity["type"] for entity in found.entities] == ["italic"]


def test_attributes_that_mean_nothing_leave_nothing() -> None:
    found = parse_html(
        '<b onclick="x()">a</b><blockquote expandable>c</blockquote><a href="x">y</a>'
    )
    assert found.html == "<b>a</b><blockquote expandable>c</blockquote>y"


plain_text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\r"))


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "u", "s", "code", ""]), plain_text)))
def test_written_html_parses_to_the_same(parts: list[tuple[str, str]]) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    source = "".join(f"<{tag}>{escaped(t)}</{tag}>" if tag else escaped(t) for tag, t in parts)
    once = parse_html(source)
    again = parse_html(once.html)
    assert (again.text, again.entities) == (once.text, once.entities)
    size = utf16_units(once.text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= size for e in once.entities)


@given(st.text())
def test_any_text_parses_or_is_refused(source: str) -> None:
    with contextlib.suppress(BadHtml):
        assert "\r" not in parse_html(source).text
