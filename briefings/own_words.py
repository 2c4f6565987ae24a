"""Own words of an editor over what the fact block rendered, part by part of one text. Pure.

A text falls apart into passages: each heading of the page with what stands under it, and the
message of the chat. A passage is edited as lines: ``- `` before a bullet, ``1. `` in a numbered
list. Lines that the editor leaves alone keep their markup; what is new is escaped. The fixed
parts (head, reporting lines, promise, foot) are no passage: they are the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest

from briefings.language import sentences
from briefings.plaintext import count_words, folded, read_blocks, to_plain, without_marks
from briefings.render import Rendered

#: the place of the chat message; a part of the page has its heading as place
CHAT = "chat"
PLACE_LIMIT = 80
WORDING_LIMIT = 3000
_TAG = re.compile(r"<(/?)(aside|header|footer|section|h2)\b[^>]*>")
_BLOCK = re.compile(r"<(p|li|h3)\b[^>]*>.*?</\1>", re.S)
_LIST = re.compile(r"(<ol\b)|</ol>")
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.S)
_BULLET, _NUMBER = re.compile(r"[-•]\s+"), re.compile(r"\d{1,2}[.)]\s+")
#: a source and its time at the end of a sentence, as the templates write them
_SOURCE = re.compile(r"\s\(([^()]*\d{1,2}\.\d{2} uur)\)\Z")
_APPLIES = re.compile(r"(Geldt voor u: (?:ja|nee)\.)")
_LABEL = re.compile(r"([A-Z][^:.!?]{2,30}:)\s")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+[^\s<>\"“”.,;:!?)]")
#: with a look ahead: the end of one may be the beginning of the next
_PLACEHOLDER = re.compile(r"(?=(%%\w*%%))")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part that can be worded by hand: ``place`` names it, ``words`` are its lines."""

    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What an editor made of a passage. ``base``: the lines that it was written over, None
    when somebody still has to choose, whatever the facts say now."""

    place: str
    base: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Worded:
    """A text with the own words in it.

    ``standard``: what the fact block gives at each place of a wording now, "" when that part is
    not in this text. ``unsettled``: places where the standard changed since, left standard.
    ``absent``: places that this text does not have. ``behind``: sentences that left the page and
    still stand in the chat; ``elsewhere``: that still stand under another heading. ``written``:
    the lines that a person wrote.
    """

    text: Rendered
    standard: Mapping[str, str]
    unsettled: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def passages(html: str, telegram: str) -> list[Passage]:
    """The parts of a text, in reading order, the chat last."""
    parts = [
        Passage(heading, "\n".join(line for line, _ in _lines(html[start:end])))
        for heading, start, end in _parts(html)
    ]
    top, bottom = _chat_edges(telegram)
    chat = "\n".join(_chat_line(line) for line in telegram.splitlines()[top:bottom])
    return [*(part for part in parts if part.words), Passage(CHAT, chat.strip())]


def tidy(words: str) -> str:
    """As it is compared: lines without loose blanks, no empty ones."""
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)


def kept(words: str) -> str:
    """As it is stored: like :func:`tidy`, with the empty line between two paragraphs."""
    paragraphs = re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip())
    return "\n\n".join(filter(None, map(tidy, paragraphs)))


def new_lines(words: str, standard: str) -> list[str]:
    """The lines that somebody wrote: everything that is not in the standard text."""
    known = set(tidy(standard).split("\n"))
    return [_bare(line) for line in tidy(words).split("\n") if line not in known]


def strange_places(words: str, standard: str) -> bool:
    """Whether it has a personal placeholder that the standard text does not have there."""
    return bool(set(_PLACEHOLDER.findall(words)) - set(_PLACEHOLDER.findall(standard)))


def apply(text: Rendered, wordings: Sequence[Wording]) -> Worded:
    """The text with the wordings in all its forms.

    A sentence that was changed on the page changes in the chat as well, as long as the chat
    has no own words.
    """
    if not wordings:
        return Worded(text, {})
    there = {part.place: part.words for part in passages(text.html, text.telegram)}
    html, telegram = text.html, text.telegram
    fitting = [w for w in wordings if w.place in there and _same(w.base, there[w.place])]
    own_chat = next((w for w in fitting if w.place == CHAT), None)
    gone: list[str] = []
    for wording in fitting:
        if wording.place == CHAT:
            continue
        html = _put_page(html, wording)
        for old, new in _changed(there[wording.place], wording.words):
            gone.append(old)
            if own_chat is None:
                telegram = _put_sentence(telegram, old, new)
    if own_chat is not None:
        telegram = _put_chat(telegram, own_chat.words)
    blocks = read_blocks(html)
    said = folded(without_marks(html))
    spoken = folded(without_marks(telegram))
    return Worded(
        replace(
            text, html=html, telegram=telegram, plain=to_plain(blocks), words=count_words(blocks)
        ),
        standard={w.place: there.get(w.place, "") for w in wordings},
        unsettled=tuple(
            w.place for w in wordings if w.place in there and not _same(w.base, there[w.place])
        ),
        absent=tuple(w.place for w in wordings if w.place not in there),
        behind=tuple(old for old in gone if folded(old) in spoken),
        elsewhere=tuple(old for old in gone if folded(old) in said),
        written=tuple(line for w in fitting for line in new_lines(w.words, there[w.place])),
    )


def _same(base: str | None, standard: str) -> bool:
    return base is not None and tidy(base) == tidy(standard)


def _parts(html: str) -> list[tuple[str, int, int]]:
    """Heading, begin and end of what stands under it, outside the fixed parts."""
    parts: list[tuple[str, int, int]] = []
    depth, heading, begin, head_at = 0, "", -1, 0
    for found in _TAG.finditer(html):
        closing, tag = bool(found[1]), found[2]
        if tag == "h2" and depth:
            continue
        if tag == "h2" and closing:
            heading, begin = _plain(html[head_at : found.start()]), found.end()
            continue
        if not closing and begin >= 0 and depth == 0:
            parts.append((heading[:PLACE_LIMIT], begin, found.start()))
            begin = -1
        if tag == "h2":
            head_at = found.end()
        else:
            depth += -1 if closing else 1
    return parts if begin < 0 else [*parts, (heading[:PLACE_LIMIT], begin, len(html))]


def _lines(body: str) -> list[tuple[str, str]]:
    """Each block as the editor sees it, with its markup."""
    lines: list[tuple[str, str]] = []
    number, end = 0, 0
    for found in _BLOCK.finditer(body):
        for mark in _LIST.finditer(body, end, found.start()):
            number = 1 if mark[1] else 0
        end = found.end()
        block = next(iter(read_blocks(found[0])), None)
        if block is None:
            continue
        lead = "" if found[1] != "li" else f"{number}. " if number else "- "
        number += bool(number)
        lines.append((lead + block.text, found[0]))
    return lines


def _put_page(html: str, wording: Wording) -> str:
    for heading, start, end in _parts(html):
        if heading == wording.place:
            known = dict(_lines(html[start:end]))
            return f"{html[:start]}\n{_as_html(wording.words, known)}\n{html[end:]}"
    return html


def _as_html(words: str, known: Mapping[str, str]) -> str:
    out, list_tag = [], ""
    for line in tidy(words).split("\n"):
        tag = "ul" if _BULLET.match(line) else "ol" if _NUMBER.match(line) else ""
        if tag != list_tag:
            out += [f"</{list_tag}>"] if list_tag else []
            out += [f"<{tag}>"] if tag else []
            list_tag = tag
        out.append(known.get(line) or _new_block(line, "li" if tag else "p"))
    return "\n".join([*out, f"</{list_tag}>"] if list_tag else out)


def _new_block(line: str, tag: str) -> str:
    said = _bare(line)
    source = _SOURCE.search(said)
    body = _inline(said[: source.start()] if source else said)
    body = _APPLIES.sub(r"<strong>\1</strong>", body)
    return f"<{tag}>{body}{f' <cite>({escape(source[1])})</cite>' if source else ''}</{tag}>"


def _inline(said: str) -> str:
    """Escaped, with addresses as links."""
    out, end = [], 0
    for found in _ADDRESS.finditer(said):
        address = escape(found[0])
        out += [escape(said[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*out, escape(said[end:])])


def _bare(line: str) -> str:
    return _NUMBER.sub("", _BULLET.sub("", line, count=1), count=1)


def _chat_edges(telegram: str) -> tuple[int, int]:
    """The lines between the head and the last paragraph, which promises the next update."""
    lines = telegram.splitlines()
    bottom = len(lines)
    while bottom > 1 and lines[bottom - 1].strip():
        bottom -= 1
    return 1, max(bottom, 1)


def _chat_line(line: str) -> str:
    return " ".join(_plain(_LINK.sub(r"\2 (\1)", line)).split())


def _put_chat(telegram: str, words: str) -> str:
    lines = telegram.splitlines()
    top, bottom = _chat_edges(telegram)
    known = {_chat_line(line): line for line in lines[top:bottom] if line.strip()}
    new = [line and (known.get(line) or _new_chat_line(line)) for line in kept(words).split("\n")]
    return "\n".join([*lines[:top], *new, "", *lines[bottom:]]).strip()


def _new_chat_line(line: str) -> str:
    source, label = _SOURCE.search(line), _LABEL.match(line)
    said = line[: source.start()] if source else line
    head = f"<b>{escape(label[1])}</b> " if label else ""
    tail = f" <i>({escape(source[1])})</i>" if source else ""
    return head + _inline(said[label.end() :] if label else said) + tail


def _changed(before: str, after: str) -> list[tuple[str, str]]:
    """Sentences that went, each with the one that came in its place ("" when none did)."""
    old, new = (
        [one for line in tidy(words).split("\n") for one in sentences(_said(line))]
        for words in (before, after)
    )
    pairs: list[tuple[str, str]] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, False).get_opcodes():
        if op not in {"replace", "delete"}:
            continue
        came = new[c:d] if b - a == d - c else [" ".join(new[c:d])]
        pairs += zip_longest(old[a:b], came[: b - a], fillvalue="")
    return [(one, other) for one, other in pairs if one not in new]


def _said(line: str) -> str:
    """A line without its bullet and its source: in the chat those look different."""
    return _SOURCE.sub("", _bare(line))


def _put_sentence(telegram: str, old: str, new: str) -> str:
    """The same change in the chat, where it says the sentence whole or as part of another.

    A sentence that only went takes its line along, if it is all that the line says.
    """
    if not new:
        lines = telegram.splitlines()
        kept_lines = [one for one in lines if folded(_said(_chat_line(one))) != folded(old)]
        return "\n".join(kept_lines)
    for before, after in ((old, new), (_lowered(old), _lowered(new))):
        telegram = telegram.replace(escape(before), escape(after)).replace(before, escape(after))
    return telegram


def _lowered(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")


def _plain(html: str) -> str:
    return " ".join(without_marks(html).split())
