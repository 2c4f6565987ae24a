"""A text in another language, by a person: cut in segments, checked, and put together again. Pure.

A segment is the subject, one block of the page or one line of the chat. Marks inside it become
tokens: ``{1}…{/1}`` around words, ``{2/}`` for a personal place. The same words in page and chat
are one segment, whatever their marks. A translation is up to date as long as every segment of the
Dutch text has its words: one changed sentence makes it stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape

from briefings.own_words import strange_places
from briefings.plaintext import read_blocks, to_plain
from briefings.rows import BriefingText
from briefings.texts import AS_NEIGHBOUR
from contacts.directory import Audience
from contacts.filling import MARK

#: texts that go to people who may read another language better
READY = (Audience.PARENTS, Audience.RELIGIOUS_CULTURAL)
DUTCH = "nl"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "ckb", "yi"})
TARGET_LIMIT = 2000
_BLOCK = re.compile(r"(<(p|li|h2|h3)\b[^>]*>)(.*?)(</\2>)", re.S)
_MARK = re.compile(r"<[^>]*>|%%\w+%%(?:\?tekst=\w+)?")
_TOKEN = re.compile(r"\{(/?)(\d+)(/?)\}")
_TAGS = re.compile(r"(<[^>]*>)")
#: right-to-left mark; isolates that keep a run of Latin words or digits in its own order
_RLM, _LRI, _FSI, _PDI = "\u200f", "\u2066", "\u2068", "\u2069"
_LATIN = re.compile(r"%%\w+%%|[A-Za-z0-9À-ɏ+](?:[A-Za-z0-9À-ɏ+./:@_’'%-]|\s(?=[A-Za-z0-9À-ɏ+]))*")


@dataclass(frozen=True, slots=True)
class Forms:
    """A text in one language, in all its forms."""

    language: str
    subject: str
    telegram: str
    html: str
    plain: str
    as_neighbour: str = AS_NEIGHBOUR

    @property
    def direction(self) -> str:
        return direction(self.language)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, as HTML says it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def segments_of(text: BriefingText) -> list[str]:
    """What a translator gets, in reading order, each once."""
    inside = [found[3] for found in _BLOCK.finditer(text.html)]
    lines = [line for line in text.telegram.splitlines() if line.strip()]
    cut = [_cut(one)[0] for one in (escape(text.subject), *inside, *lines)]
    return list(dict.fromkeys(segment for segment in cut if _needs_words(segment)))


def beside(*, with_neighbours: bool) -> list[str]:
    """Segments beside the text, for some readers; it is up to date without their words, too."""
    return [AS_NEIGHBOUR] if with_neighbours else []


def _needs_words(segment: str) -> bool:
    return any(letter.isalpha() for letter in _TOKEN.sub("", segment))


def missing_in(text: BriefingText, targets: Mapping[str, str]) -> list[str]:
    """The segments that have no (fitting) words yet; empty when it is up to date."""
    return [one for one in segments_of(text) if not fits(one, targets.get(one, ""))]


def adds_place(source: str, target: str) -> bool:
    """Whether a translation has a personal placeholder that the source does not have.

    Read without the tokens, as in the plain form: a mark in the middle hides nothing.
    """
    said, known = _TOKEN.sub("", target), _TOKEN.sub("", source)
    return strange_places(said, known) or said.count(MARK) > known.count(MARK)


def fits(source: str, target: str) -> bool:
    """Whether a translation has words, exactly the tokens of the source, well nested, and no
    placeholder of its own."""
    if not target.strip() or len(target) > TARGET_LIMIT or adds_place(source, target):
        return False
    found = _TOKEN.findall(target)
    if sorted(found) != sorted(_TOKEN.findall(source)):
        return False
    standing: list[str] = []
    for closing, number, alone in found:
        if closing and (not standing or standing.pop() != number):
            return False
        if not closing and not alone:
            standing.append(number)
    return True


def translated(text: BriefingText, language: str, targets: Mapping[str, str]) -> Forms:
    """The text in another language, in all forms; what has no translation stays Dutch."""
    is_rtl = language in RIGHT_TO_LEFT

    def say(inside: str) -> str:
        segment, marks = _cut(inside)
        target = targets.get(segment, "")
        if not fits(segment, target):
            return inside
        said = isolated(target) if is_rtl else target
        return _TOKEN.sub(lambda found: marks[found[0]], escape(said, quote=False))

    html = _BLOCK.sub(lambda found: f"{found[1]}{say(found[3])}{found[4]}", text.html)
    lead = _RLM if is_rtl else ""
    chat = (lead + say(line) if line.strip() else "" for line in text.telegram.splitlines())
    plain = to_plain(read_blocks(html))
    return Forms(
        language=language,
        subject=unescape(say(escape(text.subject))),
        telegram="\n".join(chat),
        html=html,
        plain=_each_line(plain, lambda line: lead + line),
        as_neighbour=_neighbour_line(language, targets),
    )


def _neighbour_line(language: str, targets: Mapping[str, str]) -> str:
    """Why a municipality next door reads this; in Dutch as long as nobody translated it."""
    target = targets.get(AS_NEIGHBOUR, "")
    if not fits(AS_NEIGHBOUR, target):
        return AS_NEIGHBOUR
    return _RLM + isolated(target) if language in RIGHT_TO_LEFT else target


def isolated(words: str) -> str:
    """Right-to-left words with each run of Latin words or digits in an isolate, so that a time,
    a telephone number or a name keeps its own order."""
    parts = re.split(r"(\{/?\d+/?\})", words)
    parts[::2] = [_LATIN.sub(_isolate, part) for part in parts[::2]]
    return "".join(
        f"{_FSI}{part}{_PDI}" if index % 2 and part.endswith("/}") else part
        for index, part in enumerate(parts)
    )


def _isolate(found: re.Match[str]) -> str:
    return f"{_LRI}{found[0]}{_PDI}"


def _each_line(plain: str, put: Callable[[str], str]) -> str:
    return "\n".join(put(line) if line.strip() else line for line in plain.split("\n"))


def _cut(inside: str) -> tuple[str, dict[str, str]]:
    """The words with tokens for marks, and what each token stands for."""
    marks: dict[str, str] = {}
    standing: list[int] = []
    out, end, count = [], 0, 0
    for found in _MARK.finditer(inside):
        out.append(unescape(inside[end : found.start()]))
        end = found.end()
        mark = found[0]
        if mark.startswith("</") and standing:
            token = f"{{/{standing.pop()}}}"
        else:
            count += 1
            alone = mark.startswith(("%%", "<br"))
            token = f"{{{count}/}}" if alone else f"{{{count}}}"
            if not alone:
                standing.append(count)
        marks[token] = mark
        out.append(token)
    out.append(unescape(inside[end:]))
    return " ".join("".join(out).split()), marks


def kept(segments: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs as they are stored: without loose blanks, nothing empty."""
    tidy = ((source, " ".join(target.split())) for source, target in segments)
    return {source: target for source, target in tidy if target}
