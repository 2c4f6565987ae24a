"""The language check: what may never be sent, and what can be simpler. Pure.

Codes N1–N14 are the block rules of the briefing guide §6; N1, N2, N4, N5, N6 and N9 block,
as do a text that Telegram would refuse (T1) and a label in the subject (R1). W… are words
with a better one beside it, Z… are measures of plain language, V… is what the set of this
type asks of the fact block; those only advise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from math import floor
from typing import Any
from urllib.parse import urlsplit

from briefings import language
from briefings.lint_rules import Level, Rule, lint_rules, pattern
from briefings.plaintext import (
    Block,
    chat_length,
    chat_words,
    read_blocks,
    without_marks,
    words,
)
from briefings.reading import score_of
from briefings.render import Rendered
from contacts.directory import Audience

BLOCK: Level = "block"
WARN: Level = "warn"
_EMBEDDED = re.compile(r"<(img|video|iframe|embed|object|audio|svg)\b", re.IGNORECASE)
_LABEL = "radicali"
#: an organisation's name shorter than this is too common a word to look for
_NAME_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: ``where`` is a heading or a form, ``advice`` a Dutch sentence.

    ``absolute``: the person filter found it, so nobody may set it aside.
    """

    code: str
    level: Level
    where: str
    advice: str
    absolute: bool = False

    @property
    def blocks(self) -> bool:
        return self.level == BLOCK

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def lint_text(
    text: Rendered,
    *,
    stated: Sequence[str] = (),
    unscreened: Sequence[str] = (),
    allow: Collection[str] = (),
    organisations: Collection[str] = (),
) -> list[Remark]:
    """Everything that is to be said about the text for one audience, blocking rules first.

    :param stated: the sentences that people wrote; they are compared with the names of
        ``organisations`` (rule N9).
    :param unscreened: those that were not screened for persons when they were entered (facts
        are). A text that was edited by hand is passed whole.
    :param allow: names of places and institutions that are no person.
    """
    blocks = [block for block in read_blocks(text.html) if not block.standard]
    remarks = [
        *_persons(unscreened, allow),
        *_word_rules(blocks, text),
        *_organisations(stated, organisations),
        *_html_rules(text.html),
        *_structure(blocks),
        *_sentence_rules(blocks),
        *_signs(blocks, text),
        *_sizes(text),
        *_reading(blocks, text),
        *_missing(text),
        *_sourced(blocks),
        *_written(stated),
    ]
    return sorted(dict.fromkeys(remarks), key=lambda remark: not remark.blocks)


def lint_sentence(sentence: str) -> list[Remark]:
    """The word rules on one sentence of the fact block."""
    place = lint_rules().places["fact"]
    return [*_hits([(place, sentence)], None), *_written([sentence])]


def blocking(remarks: Iterable[Remark]) -> list[Remark]:
    """Only what stops a text."""
    return [remark for remark in remarks if remark.blocks]


def _remark(code: str, level: Level, where: str, *, key: str | None = None, **of: Any) -> Remark:
    over = of.get("count", 0) - of.get("limit", 0)
    return Remark(code, level, where, lint_rules().advice[key or code].format(over=over, **of))


def _persons(unscreened: Sequence[str], allow: Collection[str]) -> Iterator[Remark]:
    if not unscreened:
        return
    from signals.person_filter import screen

    names = [*lint_rules().names.allow, *allow]
    for sentence in unscreened:
        if screen(sentence, names).blocked:
            yield replace(_remark("N1", BLOCK, lint_rules().places["fact"]), absolute=True)


def _word_rules(blocks: Sequence[Block], text: Rendered) -> Iterator[Remark]:
    places = lint_rules().places
    said = [(where, part) for where, block in _under(blocks) for part in _parts(block)]
    chat = [(places["chat"], line) for line in without_marks(text.telegram).splitlines()]
    subject = [(places["subject"], text.subject)]
    yield from _hits([*said, *chat, *subject], text.audience)


def _hits(said: Iterable[tuple[str, str]], audience: Audience | None) -> Iterator[Remark]:
    for where, sentence in said:
        for rule, hit in _broken(sentence):
            if rule.is_for(audience):
                yield Remark(rule.code, rule.level, f"{where}: “{hit}”", rule.advice)


@lru_cache(maxsize=4096)
def _broken(sentence: str) -> tuple[tuple[Rule, str], ...]:
    """The rules that a sentence breaks. The texts of one event share most of their sentences."""
    hits = ((rule, rule.hit(sentence)) for rule in lint_rules().everywhere)
    return tuple((rule, hit) for rule, hit in hits if hit is not None)


def names_one_of(sentences: Sequence[str], names: Collection[str]) -> bool:
    """Whether an organisation of these names stands in one of them. Pure."""
    sought = [re.escape(name) for name in names if len(name) >= _NAME_LENGTH]
    if not sought:
        return False
    found = re.compile(rf"(?<!\w)(?:{'|'.join(sought)})(?!\w)")
    return any(found.search(sentence) for sentence in sentences)


def _organisations(stated: Sequence[str], names: Collection[str]) -> Iterator[Remark]:
    if names_one_of(stated, names):
        yield _remark("N9", BLOCK, lint_rules().places["fact"], key="N9_name")


def _html_rules(html: str) -> Iterator[Remark]:
    rules = lint_rules()
    if _EMBEDDED.search(html):
        yield _remark("N5", BLOCK, rules.places["whole"], key="N5_tag")
    for where, block in _under(read_blocks(html)):
        for link in block.links:
            host = (urlsplit(link).hostname or "").removeprefix("www.").removeprefix("m.")
            if host in rules.links.social:
                yield _remark("N4", BLOCK, where, key="N4_link")
            if urlsplit(link).scheme == "http":
                yield _remark("L1", WARN, where)
            if urlsplit(link).path.lower().endswith(tuple(rules.links.images)):
                yield _remark("N5", BLOCK, where, key="N5_link")


def _written(stated: Sequence[str]) -> Iterator[Remark]:
    """What only holds for the words of the fact block: times that stay true (Z17)."""
    rules = lint_rules()
    for sentence in stated:
        for rule in rules.for_facts:
            if hit := rule.hit(sentence):
                where, advice = f"{rules.places['fact']}: “{hit}”", rule.advice.format(hit=hit)
                yield Remark(rule.code, rule.level, where, advice)


def _sourced(blocks: Sequence[Block]) -> Iterator[Remark]:
    """Every fact with its source (N14), every measure with whether it holds for the reader."""
    places = lint_rules().places
    for where, block in _under(blocks):
        is_fact = block.kind == "li" and where == places["sure"]
        if is_fact and block.text == block.said:
            yield _remark("N14", WARN, where)
        if places["measure"] in block.text and places["applies"] not in block.text:
            yield _remark("V2", WARN, where)


def _structure(blocks: Sequence[Block]) -> Iterator[Remark]:
    limits = lint_rules().limits
    for where, section in _sections(blocks):
        count = sum(len(words(block.said)) for block in section)
        if count > limits.heading_every_words:
            yield _remark("Z8", WARN, where, count=count, limit=limits.heading_every_words)
        if sum(len(block.links) for block in section) > limits.links_per_section:
            yield _remark("Z9", WARN, where)
        for block in section:
            said = len(_parts(block))
            if said > limits.paragraph_sentences and block.kind == "p":
                yield _remark("Z7", WARN, where, count=said, limit=limits.paragraph_sentences)


def _sentence_rules(blocks: Sequence[Block]) -> Iterator[Remark]:
    limits, whole = lint_rules().limits, lint_rules().places["whole"]
    lines = [(where, p) for where, b in _under(blocks) if not b.is_heading for p in _parts(b)]
    lengths = [len(words(line)) for _, line in lines]
    for (where, line), count in zip(lines, lengths, strict=True):
        if count > limits.max_sentence_words:
            start = " ".join(line.split()[:4])
            yield _remark(
                "Z1", WARN, f"{where}: “{start} …”", count=count, limit=limits.max_sentence_words
            )
    if not lines:
        return
    mean = sum(lengths) / len(lengths)
    if mean > limits.mean_sentence_words:
        yield _remark("Z2", WARN, whole, count=round(mean), limit=limits.mean_sentence_words)
    share = language.passive_count([line for _, line in lines]) / len(lines)
    if share > limits.passive_share:
        yield _remark("Z3", WARN, whole, count=round(share * 100))


def _signs(blocks: Sequence[Block], text: Rendered) -> Iterator[Remark]:
    places = lint_rules().places
    forms = [(where, block.text) for where, block in _under(blocks)]
    forms += [(places["chat"], without_marks(text.telegram)), (places["subject"], text.subject)]
    for where, said in forms:
        if "!" in said:
            yield _remark("Z4", WARN, where)
        stressed, short = language.capitals(said)
        if stressed:
            yield _remark("Z5", WARN, where)
        if any(f"({word})" not in said for word in short):
            yield _remark("Z14", WARN, f"{where}: {', '.join(dict.fromkeys(short))}")
        if language.has_emoji(said):
            yield _remark("Z6", WARN, where)
        if language.informal_words(said):
            yield _remark("Z13", WARN, where)


def _sizes(text: Rendered) -> Iterator[Remark]:
    limits, places = lint_rules().limits, lint_rules().places
    if pattern(rf"\w*{_LABEL}\w*").search(text.subject):
        yield _remark("R1", BLOCK, places["subject"])
    if len(text.subject) > limits.subject_chars:
        yield _remark(
            "Z11", WARN, places["subject"], count=len(text.subject), limit=limits.subject_chars
        )
    length = chat_length(text.telegram)
    if length > limits.chat_chars_hard:
        yield _remark("T1", BLOCK, places["chat"], limit=limits.chat_chars_hard)
    elif length > limits.chat_chars:
        yield _remark("Z12", WARN, places["chat"], count=length, limit=limits.chat_chars)
    if text.max_words is not None and text.words > text.max_words:
        yield _remark(
            "Z10", WARN, places["whole"], key="Z10_long", count=text.words, limit=text.max_words
        )
    if text.min_words is not None and text.words < text.min_words:
        yield _remark(
            "Z10", WARN, places["whole"], key="Z10_short", count=text.words, limit=text.min_words
        )


def _reading(blocks: Sequence[Block], text: Rendered) -> Iterator[Remark]:
    """How easily it reads, and whether the first screen of a phone is enough."""
    limits, places = lint_rules().limits, lint_rules().places
    score = score_of(blocks)
    least = limits.flesch_parents if text.audience is Audience.PARENTS else limits.flesch
    if score.words >= limits.flesch_from_words and score.flesch < least:
        yield _remark("Z15", WARN, places["whole"], count=floor(score.flesch), limit=least)
    shown = chat_words(text.telegram)
    if shown > limits.chat_words:
        yield _remark("Z16", WARN, places["chat"], count=shown, limit=limits.chat_words)


def _missing(text: Rendered) -> Iterator[Remark]:
    rules = lint_rules()
    for name in text.missing:
        yield _remark("V1", WARN, rules.places["fact"], what=rules.fields[name])


def _parts(block: Block) -> list[str]:
    return [block.said] if block.is_heading else language.sentences(block.said)


def _under(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """Each block with the heading that it stands under."""
    where = lint_rules().places["whole"]
    for block in blocks:
        where = block.text if block.is_heading else where
        yield where, block


def _sections(blocks: Sequence[Block]) -> list[tuple[str, list[Block]]]:
    sections: list[tuple[str, list[Block]]] = []
    for where, block in _under(blocks):
        if block.is_heading or not sections:
            sections.append((where, []))
        if not block.is_heading:
            sections[-1][1].append(block)
    return sections


def review_remarks(reviewed_on: date, months: int, *, today: date) -> list[Remark]:
    """V3 when a set of templates was not read again for longer than a city allows."""
    age = (today.year - reviewed_on.year) * 12 + today.month - reviewed_on.month
    if age - (today.day < reviewed_on.day) < months:
        return []
    place = lint_rules().places["whole"]
    return [_remark("V3", WARN, place, on=f"{reviewed_on:%d-%m-%Y}", months=months)]
