"""How good the judgement of items is, on labelled items: run it before and after every change.

Files are JSON Lines (``.gz`` too) with the fields of the labelled sets: items have ``key``,
``outlet``, ``title`` or ``titles``, and perhaps ``section``, ``url``, ``published``, ``lead``;
labels have ``key``, ``severity`` and perhaps ``unsure``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.lexicon import Lexicon, default_sources
from feeds.parsing import LEAD_LIMIT, TITLE_LIMIT
from feeds.relevance import Judgement, Seen, look_at, score_item
from feeds.sections import section_of
from feeds.standing import Trust

LIST_LEVEL, ALERT_LEVEL = 2, 3
Row = dict[str, Any]


class LineError(Exception):
    """A line of a file cannot be used. ``number`` counts from 1; ``what`` is a key in
    :data:`feeds.texts.BAD_LINES`."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"line {number}: {what}")
        self.number = number
        self.what = what


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

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Item by item, without the help of other items."""

    items: int
    listed: Score
    alerted: Score


def read_lines(path: Path) -> Iterator[tuple[int, Row]]:
    """The rows of a file with their line numbers; empty lines are skipped.

    :raises LineError: a line is no JSON object, or the file is cut off.
    :raises OSError: the file cannot be read.
    """
    number = 0
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        try:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _row(number, line)
        except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
            raise LineError(number + 1, "no_gzip") from fault


def _row(number: int, line: bytes) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise LineError(number, "no_json") from fault
    if not isinstance(row, dict):
        raise LineError(number, "no_json")
    return row


def read_items(path: Path) -> Iterator[Row]:
    """The items of a file, each with ``key`` and a title.

    :raises LineError: a line is no item.
    """
    for number, row in read_lines(path):
        if not isinstance(row.get("key"), str) or not row["key"]:
            raise LineError(number, "no_key")
        if not first_title(row):
            raise LineError(number, "no_title")
        yield row


def read_labels(path: Path) -> dict[str, Row]:
    """The labels of a file by key.

    :raises LineError: a line is no label.
    """
    labels = {}
    for number, row in read_lines(path):
        if not isinstance(row.get("key"), str):
            raise LineError(number, "no_key")
        severity = row.get("severity")
        if type(severity) is not int or not 0 <= severity <= 5:
            raise LineError(number, "no_severity")
        labels[row["key"]] = row
    return labels


def first_title(row: Mapping[str, Any]) -> str:
    """The title as it first was, because that is what would have rung."""
    titles = row.get("titles")
    first = titles[0] if isinstance(titles, list) and titles else row.get("title")
    return first if isinstance(first, str) else ""


def _parts(row: Mapping[str, Any], lexicon: Lexicon) -> tuple[str, str, str]:
    """Title, lead and section, as far as the product itself would read them."""
    lead, section, url = (row.get(name) for name in ("lead", "section", "url"))
    where = section if isinstance(section, str) else ""
    if not where and isinstance(url, str):
        where = section_of(url, lexicon)
    text = lead[:LEAD_LIMIT] if isinstance(lead, str) else ""
    return first_title(row)[:TITLE_LIMIT], text, where


def _trust(row: Mapping[str, Any]) -> Trust:
    """What an outlet's word is worth; an outlet we do not know is a national one."""
    known = {source.naam: source.soort for source in default_sources()}
    return known.get(str(row.get("outlet")), Trust.NATIONAL)


def judge_row(row: Mapping[str, Any], lexicon: Lexicon) -> Judgement:
    """The judgement of one item of a file, alone and as a first report."""
    title, lead, section = _parts(row, lexicon)
    return score_item(title, lead, trust=_trust(row), lexicon=lexicon, section=section)


def look_at_row(row: Mapping[str, Any], lexicon: Lexicon) -> Seen:
    """The features of one item of a file."""
    title, lead, section = _parts(row, lexicon)
    return look_at(title, lead, trust=_trust(row), lexicon=lexicon, section=section)


def measure(
    items: Iterable[Row], labels: Mapping[str, Row], judge: Callable[[Row], int]
) -> Measured:
    """Compare ``judge`` with the labels; rows labelled ``unsure`` are left out."""
    pairs = [
        (judge(row), int(labels[row["key"]]["severity"]))
        for row in items
        if row["key"] in labels and not labels[row["key"]].get("unsure")
    ]
    return Measured(len(pairs), score(pairs, LIST_LEVEL), score(pairs, ALERT_LEVEL))


def score(pairs: Iterable[tuple[float, int]], level: int, threshold: float | None = None) -> Score:
    """Count at one level; ``threshold`` is where what was found counts, or else the level."""
    least = level if threshold is None else threshold
    kept = [(found >= least, wanted >= level) for found, wanted in pairs]
    return Score(
        found=sum(found for found, _ in kept),
        right=sum(found and wanted for found, wanted in kept),
        wanted=sum(wanted for _, wanted in kept),
    )
