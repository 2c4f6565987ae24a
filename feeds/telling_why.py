"""The reasons behind a severity as a person wants to hear them: few, plain, the heaviest first.

Figures stay with ``schakel feeds explain`` and the console. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feeds import texts

MOST = 5
#: what weighs less is not among the reasons that somebody reads first
SLIGHT = 0.2
#: bookkeeping of the sum, which says nothing about the event
BOOKKEEPING = frozenset(
    {texts.BASE, texts.SMALL_THINGS, texts.NOTHING, texts.HERE, texts.HERE_BEFORE}
)
_WORDS = re.compile(r"\w+")
_SHOWN = re.compile(r"“([^”]*)”")
#: as ``texts.FEATURE`` is written, with what may stand before and after it
_FEATURE = re.compile(r"(dit maakt het lichter: )?(.+): “([^”]*)”(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Why:
    """``first``: at most five reasons; ``heavier`` and ``lighter``: all, by weight."""

    first: tuple[str, ...]
    heavier: tuple[str, ...]
    lighter: tuple[str, ...]


def told(reasons: Iterable[Mapping[str, Any]]) -> Why:
    """What to say of ``reasons`` (rows of ``text`` and ``weight``, as an event keeps them).

    Reasons that rest on the same words, or name the same thing (*rellen*, *rellen in Nederland*),
    are said once among the first ones, and what makes an event lighter comes last there and only
    when it weighs something.
    """
    sums: defaultdict[str, float] = defaultdict(float)
    for row in reasons:
        if str(row["text"]) not in BOOKKEEPING:
            sums[str(row["text"])] += float(row["weight"])
    rows = list(sums.items())
    heavier = sorted((row for row in rows if row[1] >= 0), key=lambda row: -row[1])
    lighter = sorted((row for row in rows if row[1] < 0), key=lambda row: row[1])
    return Why(_first(heavier, lighter), _texts(heavier), _texts(lighter))


def _first(
    heavier: Sequence[tuple[str, float]], lighter: Sequence[tuple[str, float]]
) -> tuple[str, ...]:
    against = [text for text, weight in lighter[:1] if weight <= -SLIGHT]
    chosen: list[str] = []
    said: list[tuple[list[str], set[str]]] = []
    for text, weight in heavier:
        if len(chosen) == MOST - len(against):
            break
        if (weight < SLIGHT and chosen) or text.startswith(texts.KIND_MARK):
            continue
        this = _said_by(text)
        if not any(_same(this, other) for other in said):
            chosen.append(text)
        # Also what is left out: a third way to say it would only resemble that.
        said.append(this)
    return (*chosen, *(texts.LIGHTER.format(reason=text) for text in against))


def _said_by(text: str) -> tuple[list[str], set[str]]:
    """The words that name the thing, and those that were seen in the news."""
    shown = _SHOWN.search(text)
    return text.partition(":")[0].casefold().split(), set(
        _WORDS.findall(shown[1].casefold()) if shown else ()
    )


def _same(one: tuple[list[str], set[str]], other: tuple[list[str], set[str]]) -> bool:
    """Whether one names what the other begins with, or was seen in the same words."""
    short, long = sorted((one[0], other[0]), key=len)
    seen, more = sorted((one[1], other[1]), key=len)
    return (bool(short) and long[: len(short)] == short) or (bool(seen) and seen <= more)


def _texts(rows: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    return tuple(text for text, _ in rows)


def as_sentence(reason: str) -> str:
    """A reason as a coordinator reads it: *oorlogsgeweld, want er staat “inval”*."""
    found = _FEATURE.match(reason)
    if found is None:
        return reason
    before, name, shown, after = found.groups(default="")
    shape = texts.IN_SECTION if name == texts.SECTION else texts.SEEN
    return f"{before}{shape.format(name=name, shown=shown)}{after}"
