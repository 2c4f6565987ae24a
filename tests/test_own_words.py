"""Own words over a rendered text: all forms follow, nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.lint_own import own_remarks
from briefings.own_words import (
    CHAT,
    Wording,
    apply,
    kept,
    new_lines,
    passages,
    strange_places,
    tidy,
)
from briefings.render import Rendered, render_text
from contacts.directory import Audience
from tests.test_golden_templates import SHEETS

SURE = "Wat weten we zeker"
TEXT = render_text(SHEETS["arrestatie"], Audience.PARENTS)


def part(text: Rendered, place: str) -> str:
    return next(one.words for one in passages(text.html, text.telegram) if one.place == place)


def reworded(place: str, old: str, new: str, text: Rendered = TEXT) -> Wording:
    words = part(text, place)
    assert old in words
    return Wording(place, words, words.replace(old, new))


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("audience", Audience)
def test_words_that_are_the_same_change_no_form(name: str, audience: Audience) -> None:
    text = render_text(SHEETS[name], audience)
    parts = passages(text.html, text.telegram)
    assert len(parts) > 1
    done = apply(text, [Wording(one.place, one.words, one.words) for one in parts])
    assert (done.text.plain, done.text.telegram) == (text.plain, text.telegram)
    assert done.text.words == text.words
    assert (done.unsettled, done.absent, done.behind, done.written) == ((), (), (), ())


def test_a_sentence_that_is_changed_on_the_page_changes_in_mail_page_and_chat() -> None:
    done = apply(TEXT, [reworded(SURE, "drie mensen", "meerdere mensen")])
    new = "De politie heeft vanmiddag in Arnhem meerdere mensen aangehouden."
    assert f"<li>{new} <cite>(politie, 17.50 uur)</cite></li>" in done.text.html
    assert f"- {new} (politie, 17.50 uur)" in done.text.plain
    assert f"{new} <i>(politie, 17.50 uur)</i>" in done.text.telegram
    assert done.text.subject == TEXT.subject


def test_a_part_of_a_chat_line_follows_too() -> None:
    done = apply(TEXT, [reworded("Wat weten we nog niet", "Wat de verdachten", "Wat de mensen")])
    assert "<b>Nog niet bekend:</b> wat de mensen wilden doen." in done.text.telegram


def test_the_fixed_parts_are_no_passage() -> None:
    places = {one.place for one in passages(TEXT.html, TEXT.telegram)}
    assert not places & {"Waar meld ik wat?", "Hulp", "Volgende update", "Vragen"}
    assert "Volgende update" not in part(TEXT, CHAT)
    assert "stand 18.05" not in part(TEXT, CHAT)


def test_a_line_that_is_left_alone_keeps_its_link() -> None:
    text = render_text(SHEETS["arrestatie"], Audience.SCHOOL_LEADER)
    place = next(
        one.place
        for one in passages(text.html, text.telegram)
        if "%%LINK%%" in one.words and one.place != CHAT
    )
    words = part(text, place) + "\nEen regel erbij."
    done = apply(text, [Wording(place, part(text, place), words)])
    assert '<a href="%%LINK%%?tekst=ouders">tekst voor ouders</a>' in done.text.html
    assert "<p>Een regel erbij.</p>" in done.text.html


def test_what_is_typed_is_text_and_an_address_becomes_a_link() -> None:
    words = "- Kijk op https://example.org/a?b=1&c=2.\n- <img src=x> & “zo”\n1. Eerst\n2. Dan"
    done = apply(TEXT, [Wording("Liever niet", part(TEXT, "Liever niet"), words)])
    assert '<a href="https://example.org/a?b=1&amp;c=2">' in done.text.html
    assert "<img" not in done.text.html
    assert "<ol>\n<li>Eerst</li>\n<li>Dan</li>\n</ol>" in done.text.html
    assert "1. Eerst\n2. Dan" in done.text.plain


def test_facts_that_changed_leave_the_standard_text_and_ask() -> None:
    done = apply(TEXT, [Wording(SURE, "- Iets anders.", "- Eigen woorden.")])
    assert done.text == TEXT
    assert done.unsettled == (SURE,)
    assert [(one.code, one.blocks) for one in own_remarks(done)] == [("H1", True)]


def test_words_that_must_be_chosen_anew_ask_whatever_the_facts_say() -> None:
    done = apply(TEXT, [Wording(SURE, None, "- Eigen woorden.")])
    assert done.unsettled == (SURE,)


def test_words_for_a_part_that_is_not_there_are_named_and_kept_out() -> None:
    done = apply(TEXT, [Wording("Wat deed u toen", "a", "Eigen woorden.")])
    assert done.text == TEXT
    assert [(one.code, one.blocks) for one in own_remarks(done)] == [("H3", False)]


GONE = "- Zij worden verdacht van het voorbereiden van geweld. (politie, 17.50 uur)\n"


def test_a_sentence_that_left_the_page_leaves_the_chat() -> None:
    done = apply(TEXT, [reworded(SURE, GONE, "")])
    assert not done.behind
    assert "verdacht van" not in done.text.telegram
    assert len(done.text.telegram.splitlines()) == len(TEXT.telegram.splitlines()) - 1


def test_a_sentence_that_left_the_page_may_not_stay_in_own_words_of_the_chat() -> None:
    chat = part(TEXT, CHAT)
    mine = Wording(CHAT, chat, f"{chat}\nRegel erbij.")
    done = apply(TEXT, [reworded(SURE, GONE, ""), mine])
    assert done.behind == ("Zij worden verdacht van het voorbereiden van geweld.",)
    assert ("H2", True) in [(one.code, one.blocks) for one in own_remarks(done)]
    both = apply(TEXT, [reworded(SURE, GONE, ""), replace(mine, words="Regel erbij.")])
    assert not both.behind


def test_two_sentences_that_become_one_become_one_in_the_chat() -> None:
    both = "".join(line + "\n" for line in part(TEXT, SURE).split("\n")[:2])
    done = apply(TEXT, [reworded(SURE, both, "- Drie mensen zijn mee. (politie, 17.50 uur)\n")])
    assert "\nDrie mensen zijn mee. <i>(politie, 17.50 uur)</i>\n<b>Maatregel" in done.text.telegram
    assert not done.behind


def test_own_words_of_the_chat_are_not_overwritten_by_the_page() -> None:
    chat = Wording(CHAT, part(TEXT, CHAT), "Thuis: praat rustig.\n\nTweede alinea.")
    done = apply(TEXT, [chat, reworded(SURE, "drie mensen", "meerdere mensen")])
    lines = done.text.telegram.splitlines()
    assert lines[0] == TEXT.telegram.splitlines()[0]
    assert lines[1:4] == ["<b>Thuis:</b> praat rustig.", "", "Tweede alinea."]
    assert lines[-1] == TEXT.telegram.splitlines()[-1]


def test_the_old_sentence_under_another_heading_is_pointed_at() -> None:
    done = apply(TEXT, [reworded(SURE, "drie mensen", "meerdere mensen")])
    assert done.elsewhere == ("De politie heeft vanmiddag in Arnhem drie mensen aangehouden.",)
    assert ("H4", False) in [(one.code, one.blocks) for one in own_remarks(done)]


def test_only_what_somebody_wrote_counts_as_written() -> None:
    words = part(TEXT, SURE)
    assert new_lines(words + "\n-  Nieuw  feit. ", words) == ["Nieuw feit."]
    assert new_lines(words, words) == []


def test_a_placeholder_that_was_not_there_is_strange() -> None:
    assert strange_places("Zie %%SIGN_IN%%", "Zie %%LINK%%")
    assert not strange_places("Zie %%LINK%% nu", "Zie %%LINK%%")


@given(st.text(max_size=200))
def test_whatever_is_typed_comes_out_as_text_in_every_form(typed: str) -> None:
    if not tidy(typed):
        return
    text = replace(TEXT, html=TEXT.html)
    done = apply(text, [Wording("Liever niet", part(TEXT, "Liever niet"), typed)])
    before, after = TEXT.html.split("Liever niet</h2>")
    assert done.text.html.startswith(before)
    tail = after.partition("<aside>")[2]
    assert done.text.html.endswith(tail)
    tags = done.text.html[len(before) : -len(tail)].count("<")
    body = done.text.html[len(before) : -len(tail)]
    known = sum(
        body.count(f"<{mark}{tag}")
        for mark in ("", "/")
        for tag in ("h2", "aside", "ul", "ol", "li", "p>", "cite", "strong", "a href", "a>")
    )
    assert tags == known
    assert unescape(kept(typed)) is not None


def test_the_same_event_drafted_anew_keeps_the_words() -> None:
    again = render_text(
        replace(SHEETS["arrestatie"], versions={Audience.PARENTS: 2}), Audience.PARENTS
    )
    place = "Wat kunt u thuis doen"
    done = apply(again, [replace(reworded(place, "Vraag wat", "Vraag rustig wat"))])
    assert not done.unsettled
    assert "Vraag rustig wat uw kind" in done.text.plain
