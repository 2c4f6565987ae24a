"""How good the watch is, on labelled items: run it before and after every change of a rule."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.lexicon import Lexicon, load_lexicon
from feeds.relevance import score_item
from feeds.rows import Trust

LIST_LEVEL, ALERT_LEVEL = 2, 3
ITEM_FILES = ("multi_outlet_2025-07.jsonl.gz", "nunl_headlines_2022_2024.jsonl.gz")


@dataclass(frozen=True, slots=True)
class Score:
    """Found, right and wanted at one level of severity."""

    found: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Item by item, without the help of other items."""

    items: int
    listed: Score
    alerted: Score


def measure(place: Path, lexicon: Lexicon | None = None) -> Measured:
    """Score the labelled items in ``place`` (``relevance_dev.jsonl`` and the item files).

    Titles are taken as they first were, because that is what would have rung.
    """
    known = lexicon or load_lexicon()
    labels = {row["key"]: int(row["severity"]) for row in _lines(place / "relevance_dev.jsonl")}
    pairs = [
        (_severity(row, known), labels[row["key"]])
        for name in ITEM_FILES
        for row in _lines(place / name)
        if row["key"] in labels
    ]
    return Measured(len(pairs), _score(pairs, LIST_LEVEL), _score(pairs, ALERT_LEVEL))


def read_items(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one file of items."""
    return _lines(path)


def _severity(row: Mapping[str, Any], lexicon: Lexicon) -> int:
    title = row.get("title") or row["titles"][0]
    lead = row.get("lead") or ""
    return score_item(title, lead, trust=Trust.NATIONAL, lexicon=lexicon).severity


def _score(pairs: Iterable[tuple[int, int]], level: int) -> Score:
    kept = [(found >= level, wanted >= level) for found, wanted in pairs]
    return Score(
        found=sum(found for found, _ in kept),
        right=sum(found and wanted for found, wanted in kept),
        wanted=sum(wanted for _, wanted in kept),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return (json.loads(line) for line in text.splitlines())
