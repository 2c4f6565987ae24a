"""A text in another language: whole, with its marks, and readable from right to left."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.messages import content_for
from briefings.plaintext import read_blocks
from briefings.render import render_text
from briefings.rows import BriefingText
from briefings.translating import (
    READY,
    direction,
    fits,
    isolated,
    missing_in,
    segments_of,
    translated,
)
from briefings.xliff import NotXliff, from_xliff, to_xliff
from contacts.directory import Audience
from tests.test_golden_templates import SHEETS

_TOKENS = re.compile(r"(\{/?\d+/?\})")
_HIDDEN = re.compile("[\u200f\u2066\u2068\u2069]")


def a_text(audience: Audience = Audience.PARENTS, name: str = "arrestatie") -> BriefingText:
    made = render_text(SHEETS[name], audience)
    return BriefingText(
        briefing_id=1, audience=audience, template=made.template,
        template_version=made.template_version, subject=made.subject, telegram=made.telegram,
        html=made.html, plain=made.plain, words=made.words,
    )  # fmt: skip


def all_said(text: BriefingText, words: str) -> dict[str, str]:
    """Every segment as these words, with its tokens where they were."""
    targets = {}
    for segment in segments_of(text):
        parts = _TOKENS.split(segment)
        parts[::2] = [f" {words} " if part.strip() else part for part in parts[::2]]
        targets[segment] = " ".join("".join(parts).split())
    return targets


@pytest.mark.parametrize("audience", READY)
@pytest.mark.parametrize("name", SHEETS)
def test_a_text_translated_to_itself_is_the_same_text(name: str, audience: Audience) -> None:
    text = a_text(audience, name)
    told = translated(text, "en", {segment: segment for segment in segments_of(text)})
    assert told.subject == text.subject
    assert told.plain == text.plain
    assert unescape(told.html).split() == unescape(text.html).replace(" </p>", "</p>").split()
    assert unescape(told.telegram) == unescape(text.telegram)


@pytest.mark.parametrize("audience", READY)
def test_no_dutch_is_left_in_any_form(audience: Audience) -> None:
    text = a_text(audience)
    told = translated(text, "tr", all_said(text, "kelime"))
    page = [block.text for block in read_blocks(told.html)]
    seen = " ".join([*page, told.telegram, told.subject])
    words = set(re.findall(r"[A-Za-zé]{3,}", re.sub(r"<[^>]*>|\([^)]*\)|%%\S+", " ", seen)))
    assert words == {"kelime"}


def test_the_links_and_the_personal_places_stay() -> None:
    text = a_text(Audience.RELIGIOUS_CULTURAL)
    told = translated(text, "ar", all_said(text, "كلمة"))
    for mark in re.findall(r'href="[^"]*"|%%\w+%%', text.html):
        assert mark in told.html


def test_one_changed_sentence_makes_it_stale() -> None:
    text = a_text()
    targets = all_said(text, "kelime")
    assert missing_in(text, targets) == []
    text.html = text.html.replace("drie mensen", "vier mensen", 1)
    [missing] = missing_in(text, targets)
    assert "vier mensen" in missing


def test_the_same_words_in_page_and_chat_are_translated_once() -> None:
    segments = segments_of(a_text())
    fact = (
        "De politie heeft vanmiddag in Arnhem drie mensen aangehouden. {1}(politie, 17.50 uur){/1}"
    )
    assert segments.count(fact) == 1


@pytest.mark.parametrize(
    ("target", "is_good"),
    [
        ("kelime {1}kalın{/1} {2/}", True),
        ("{2/} {1}kalın{/1} kelime", True),
        ("kelime kalın {2/}", False),
        ("kelime {/1}kalın{1} {2/}", False),
        ("kelime {1}kalın{/1}", False),
        ("kelime {1}kalın{/1} {2/} {2/}", False),
        ("  ", False),
        ("x" * 2001, False),
    ],
)
def test_a_translation_has_the_marks_of_its_source(target: str, is_good: bool) -> None:
    assert fits("woord {1}vet{/1} {2/}", target) is is_good


@given(st.text(max_size=80))
def test_whatever_a_translator_writes_is_text(words: str) -> None:
    text = a_text()
    segment = segments_of(text)[1]
    told = translated(text, "tr", {segment: words})
    assert told.html.count("<") == text.html.count("<")


def test_latin_words_and_numbers_keep_their_order_from_right_to_left() -> None:
    said = isolated("اتصل على 026 000 00 01 قبل 18.05 أو Slachtofferhulp {1/}")
    assert "\u2066026 000 00 01\u2069" in said
    assert "\u206618.05\u2069" in said
    assert "\u2066Slachtofferhulp\u2069" in said
    assert "\u2068{1/}\u2069" in said
    assert said.count("\u2066") + said.count("\u2068") == said.count("\u2069")


def test_every_line_of_the_chat_begins_from_the_right() -> None:
    text = a_text()
    told = translated(text, "ar", all_said(text, "كلمة"))
    lines = [line for line in told.telegram.splitlines() if line]
    assert all(line.startswith("\u200f") for line in lines)
    assert [bool(line) for line in told.telegram.splitlines()] == [
        bool(line) for line in text.telegram.splitlines()
    ]


def test_from_left_to_right_nothing_hidden_is_added() -> None:
    text = a_text()
    told = translated(text, "tr", all_said(text, "kelime 18.05"))
    assert not any(_HIDDEN.search(form) for form in (told.telegram, told.html, told.plain))


@pytest.mark.parametrize(("language", "wanted"), [("ar", "rtl"), ("tr", "ltr"), ("nl", "ltr")])
def test_the_direction_of_a_language(language: str, wanted: str) -> None:
    assert direction(language) == wanted


def mail_of(language: str, *, is_stale: bool = False) -> str:
    text = a_text()
    forms = translated(text, language, all_said(text, "كلمة")) if language != "nl" else None
    content = content_for(
        text, briefing_id=1, event_id=2, sender="Schakel", forms=forms, is_stale=is_stale
    )
    assert content.email is not None
    return content.email.html


def test_a_mail_says_its_language_and_direction_and_what_is_ours_stays_dutch() -> None:
    html = mail_of("ar")
    assert '<html lang="ar" dir="rtl">' in html
    assert '<div lang="ar" dir="rtl" align="right"' in html
    assert "padding-right:20px" in html
    assert '<td class="voet" lang="nl" dir="ltr"' in html
    assert '<html lang="nl">' in mail_of("nl")


def test_a_dutch_text_in_the_place_of_a_stale_translation_says_so() -> None:
    text = a_text()
    content = content_for(text, briefing_id=1, event_id=2, sender="Schakel", is_stale=True)
    assert content.email is not None
    assert content.telegram is not None
    for form in (content.telegram.text, content.email.text, content.email.html):
        assert "Deze tekst is in het Nederlands." in form
    assert "Deze tekst is in het Nederlands." not in mail_of("ar")


def test_a_file_for_a_translator_comes_back_as_it_went() -> None:
    text = a_text(Audience.RELIGIOUS_CULTURAL)
    targets = all_said(text, "kelime & <b>")
    raw = to_xliff(segments_of(text), targets, language="tr", original="ouders")
    assert b'target-language="tr"' in raw
    assert b"<g id=" in raw
    assert from_xliff(raw) == ("tr", targets)


@given(st.lists(st.text(alphabet=st.characters(categories=["L", "Nd", "Zs"]), min_size=1)))
def test_any_words_survive_the_file(words: list[str]) -> None:
    pairs = {
        f"zin {n} {{1}}vet{{/1}}": f"{' '.join(w.split())}{{1}}x{{/1}}" for n, w in enumerate(words)
    }
    raw = to_xliff(pairs, pairs, language="tr", original="x")
    assert from_xliff(raw)[1] == pairs


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"<html/>", b"geen xml", b"<a>" * 100,
        b'<!DOCTYPE x [<!ENTITY a "b">]><xliff/>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0"/>',
        b"x" * (512 * 1024 + 1),
    ],
)  # fmt: skip
def test_what_is_no_xliff_is_refused(raw: bytes) -> None:
    with pytest.raises(NotXliff):
        from_xliff(raw)
