"""Reads a contact list: CSV, XLSX or vCard.

Pure: bytes in, rows and Dutch line errors out, never an exception.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence

from contacts.cells import clean
from contacts.importing import cards, spreadsheet, texts
from contacts.importing.judging import judge
from contacts.importing.lines import LineError, Reading

#: the line that a spreadsheet puts before the header
_SEPARATOR = re.compile(r"sep=([;,\t])\s*\Z", re.IGNORECASE)
#: no list of one city comes near this
MAX_BYTES = 20_000_000


def read_contacts(raw: bytes, districts: Mapping[str, str] | None = None) -> Reading:
    """Read a CSV with ``;``, ``,`` or tab (UTF-8, UTF-16 or Windows-1252), an XLSX or vCards.

    :param districts: name of a wijk in lower case → its CBS code, so that either may be written.
    """
    if len(raw) > MAX_BYTES:
        return _unreadable(texts.TOO_BIG)
    if raw.startswith(spreadsheet.MAGIC):
        return _spreadsheet(raw, districts or {})
    text = _decode(raw)
    if text is None:
        return _unreadable(texts.NOT_TEXT)
    if text.lstrip().upper().startswith(cards.MAGIC.decode()):
        return _cards(text, districts or {})
    return _table(*_cells(text), districts or {})


def _spreadsheet(raw: bytes, districts: Mapping[str, str]) -> Reading:
    try:
        found = spreadsheet.read_cells(raw)
    except spreadsheet.NoSpreadsheet:
        return _unreadable(texts.NOT_SPREADSHEET)
    cleaned = [(line, [clean(cell) for cell in cells]) for line, cells in found]
    return _table(cleaned, [], districts)


def _cards(text: str, districts: Mapping[str, str]) -> Reading:
    """A card counts as a line. What only we ask of a card is explained where it is missing."""
    try:
        found = cards.read_cards(text)
    except cards.NoCards:
        return _unreadable(texts.NOT_CARDS)
    errors: list[LineError] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for line, card in enumerate(found, 1):
        values = {name: clean(value) for name, value in card.items()}
        missing = [name for name in ("domain", "audiences") if not values[name]]
        errors += [
            LineError(line, texts.CARD_NEEDS.format(
                name=texts.HEADERS[name][0], property=cards.OWN[name].upper()
            ))
            for name in missing
        ]  # fmt: skip
        if not missing:
            rows.append((line, values))
    return judge(rows, districts, errors)


def _table(
    lines: list[tuple[int, list[str]]], errors: list[LineError], districts: Mapping[str, str]
) -> Reading:
    if not lines:
        return _unreadable(errors[0].text if errors else texts.EMPTY_FILE)
    columns, wrong = _columns(lines[0][1])
    if wrong:
        return Reading((), tuple(wrong))
    return _rows(lines[1:], columns, districts, errors)


def _unreadable(text: str) -> Reading:
    return Reading((), (LineError(0, text),))


def _decode(raw: bytes) -> str | None:
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    return None


def _encodings(raw: bytes) -> Sequence[str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in raw[:200]:
        # UTF-16 without its mark: in Dutch every other byte is zero.
        return ("utf-16-be",) if raw[:1] == b"\x00" else ("utf-16-le",)
    return ("utf-8-sig", "cp1252")


def _cells(text: str) -> tuple[list[tuple[int, list[str]]], list[LineError]]:
    """(line number, cells) of every line that is not empty, and lines that run on."""
    head = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    announced = _SEPARATOR.match(head)
    delimiter = announced[1] if announced else max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    errors: list[LineError] = []
    before = 0
    try:
        for cells in reader:
            first, before = before + 1, reader.line_num
            if any("\n" in cell or "\r" in cell for cell in cells):
                errors.append(LineError(first, texts.RUNS_ON.format(last=reader.line_num)))
                continue
            cleaned = [clean(cell) for cell in cells]
            if any(cleaned):
                found.append((reader.line_num, cleaned))
    except csv.Error:
        errors.append(LineError(before + 1, texts.RUNS_ON_TO_END))
    return found[1 if announced else 0 :], errors


def _columns(header: Sequence[str]) -> tuple[dict[str, int], list[LineError]]:
    names = {word: ours for ours, words in texts.HEADERS.items() for word in words}
    columns: dict[str, int] = {}
    errors: list[LineError] = []
    for index, title in enumerate(header):
        ours = names.get(title.lower()) or names.get(title.lower().replace("_", " "))
        if ours in columns:
            errors.append(LineError(1, texts.DOUBLE_COLUMN.format(name=title)))
        elif ours is not None:
            columns[ours] = index
        elif title:
            near = _near(title.lower(), list(names))
            errors.append(LineError(1, texts.UNKNOWN_COLUMN.format(name=title[:60], near=near)))
    for ours in texts.REQUIRED:
        if ours not in columns:
            wanted = texts.HEADERS[ours][0]
            near = _near(wanted, [title.lower() for title in header if title])
            errors.append(LineError(1, texts.MISSING_COLUMN.format(name=wanted, near=near)))
    return columns, errors


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return texts.NEAR.format(near=close[0]) if close else ""


def _rows(
    lines: Sequence[tuple[int, list[str]]],
    columns: Mapping[str, int],
    districts: Mapping[str, str],
    errors: list[LineError],
) -> Reading:
    found: list[tuple[int, dict[str, str]]] = []
    width = max(columns.values()) + 1
    for line, cells in lines:
        if len(cells) > width and any(cells[width:]):
            errors.append(LineError(line, texts.TOO_MANY_CELLS))
            continue
        values = {
            name: cells[index] if index < len(cells) else "" for name, index in columns.items()
        }
        found.append((line, values))
    return judge(found, districts, errors)
