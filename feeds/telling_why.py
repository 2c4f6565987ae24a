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
BOOKKEEPING = frozenset({texts.BASE, texts.SMALL_THINGS, texts.NOTHING})
_SHOWN = re.compile(r"“([^”]*)”")


@dataclass(frozen=True, slots=True)
class Why:
    """``first``: at most five reasons; ``heavier`` and ``lighter``: all, by weight."""

    first: tuple[str, ...]
    heavier: tuple[str, ...]
    lighter: tuple[str, ...]

    @property
    def left_over(self) -> int:
        """How many reasons are not among the first ones."""
        return len(self.heavier) + len(self.lighter) - len(self.first)


def told(reasons: Iterable[Mapping[str, Any]]) -> Why:
    """What to say of ``reasons`` (rows of ``text`` and ``weight``, as an event keeps them).

    Reasons that rest on the same words are said once among the first ones, and what makes an
    event lighter comes last there and only when it weighs something.
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
    words: set[str] = set()
    for text, weight in heavier:
        if len(chosen) == MOST - len(against):
            break
        shown = _SHOWN.search(text)
        same = shown is not None and shown[1].casefold() in words
        if same or (weight < SLIGHT and chosen) or text.startswith(texts.KIND_MARK):
            continue
        if shown is not None:
            words.add(shown[1].casefold())
        chosen.append(text)
    return (*chosen, *(texts.LIGHTER.format(reason=text) for text in against))


def _texts(rows: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    return tuple(text for text, _ in rows)
