"""How good the person filter is, on texts with marked personal data. Pure but for reading a file.

Run it before and after every change of a rule or a list.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signals.person_filter import WARNING_LABELS, Screening, Span

#: public persons may be named; found or not, it says nothing about the filter
NOT_SCORED = frozenset({"PUBLIEK"})
NAME = "NAAM"


class LineError(ValueError):
    """A line that cannot be read. ``number`` counts from 1; ``why`` is a key of the texts."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number
        self.why = why


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the personal data in it marked by a person."""

    id: str | int
    text: str
    spans: tuple[Span, ...]
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Share:
    """``found`` of ``wanted``; a share of nothing is 1."""

    found: int
    wanted: int

    @property
    def value(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one set of texts.

    A span counts as found when one span of the filter covers it wholly, under whatever label;
    ``labelled`` asks for the same label as well. ``clean`` counts false alarms.
    """

    labels: dict[str, Share]
    spans: Share
    labelled: Share
    names: Share
    personal: Share
    clean: Share
    #: what went wrong: (id of the text, label or ``schoon``/``niet gezien``, start, end)
    faults: tuple[tuple[str | int, str, int, int], ...] = field(default=())


MISSED_TEXT, FALSE_ALARM = "niet geblokkeerd", "vals alarm"


def measure(rows: Iterable[Marked], screen: Callable[[str], Screening]) -> Measured:
    """Screen every text and compare with what was marked."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    flagged: Counter[bool] = Counter()
    texts: Counter[bool] = Counter()
    same_label, faults = 0, []
    for row in rows:
        screening = screen(row.text)
        texts[row.is_personal] += 1
        flagged[row.is_personal] += screening.blocked
        if screening.blocked != row.is_personal:
            why = MISSED_TEXT if row.is_personal else FALSE_ALARM
            faults.append((row.id, why, 0, len(row.text)))
        for gold in row.spans:
            if gold.label in NOT_SCORED:
                continue
            covering = {s.label for s in screening.spans if _covers(s, gold)}
            wanted[gold.label] += 1
            found[gold.label] += bool(covering)
            same_label += gold.label in covering
            if not covering:
                faults.append((row.id, gold.label, gold.start, gold.end))
    every = sum(wanted.values())
    return Measured(
        labels={label: Share(found[label], wanted[label]) for label in sorted(wanted)},
        spans=Share(sum(found.values()), every),
        labelled=Share(same_label, every),
        names=Share(found[NAME], wanted[NAME]),
        personal=Share(flagged[True], texts[True]),
        clean=Share(flagged[False], texts[False]),
        faults=tuple(faults),
    )


def _covers(span: Span, gold: Span) -> bool:
    return span.start <= gold.start and span.end >= gold.end


def read_marked(path: Path) -> Iterator[Marked]:
    """Texts with ``spans`` (and ``pii`` when it says more than the spans do).

    :raises LineError: a line that is no such text.
    :raises OSError: the file cannot be read.
    """
    for number, row in read_texts(path):
        try:
            spans = tuple(
                Span(int(span["start"]), int(span["end"]), str(span["label"]))
                for span in row["spans"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise LineError(number, "spans") from error
        personal = row.get("pii", any(s.label not in WARNING_LABELS | NOT_SCORED for s in spans))
        yield Marked(row["id"], row["text"], spans, bool(personal))


def read_texts(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with ``id`` (text or number) and ``text`` by line number; ``.gz`` is unpacked.

    Empty lines are passed over. One line is in memory at a time.

    :raises LineError: a line that is not UTF-8, not JSON, or has no ``id`` and ``text``.
    :raises OSError: the file cannot be read.
    """
    number = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _row(number, line)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise LineError(number + 1, "packed") from error


def _row(number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(number, "encoding") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise LineError(number, "json") from error
    if not isinstance(row, dict):
        raise LineError(number, "object")
    if isinstance(row.get("id"), bool) or not isinstance(row.get("id"), str | int):
        raise LineError(number, "id")
    if not isinstance(row.get("text"), str):
        raise LineError(number, "text")
    return row
