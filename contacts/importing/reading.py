"""Reads a contact list. Pure: bytes in, rows and Dutch line errors out, never an exception."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contacts.directory import Audience, Domain, Role
from contacts.importing import texts

_EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}\Z")
#: What a spreadsheet would run as a formula; harmless for us, not for who exports it later.
_FORMULA = re.compile(r"^[=@\t\r]+|^[+-](?=[A-Za-z=@(])")
_LIMITS = {
    "organisation": 200, "name": 120, "function": 120, "phone": 40, "internal_contact": 120,
    "email": 254, "mailbox": 254, "district": 20, "language": 8,
}  # fmt: skip
_DISTRICT = re.compile(r"WK\d{6}\Z")


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One person of one organisation. ``line`` counts from 1, the header included."""

    line: int
    organisation: str
    domain: Domain
    name: str
    audiences: tuple[Audience, ...]
    roles: tuple[Role, ...]
    groups: tuple[str, ...]
    district: str | None
    function: str
    email: str | None
    phone: str | None
    language: str
    internal_contact: str | None
    mailbox: str | None


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong on a line, in Dutch. Line 0: the file as a whole."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The good rows and all errors; rows with an error are not in ``rows``."""

    rows: tuple[ContactRow, ...]
    errors: tuple[LineError, ...]


def read_contacts(raw: bytes) -> Reading:
    """Read a CSV with ``;``, ``,`` or tab, in UTF-8, UTF-16 or Windows-1252."""
    text = _decode(raw)
    if text is None:
        return Reading((), (LineError(0, texts.NOT_TEXT),))
    lines = _cells(text)
    if not lines:
        return Reading((), (LineError(0, texts.EMPTY_FILE),))
    columns, errors = _columns(lines[0][1])
    if errors:
        return Reading((), tuple(errors))
    return _rows(lines[1:], columns)


def _decode(raw: bytes) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        return None if "\x00" in text else text
    return None


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of every line that is not empty."""
    head = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            cleaned = [_clean(cell) for cell in cells]
            if any(cleaned):
                found.append((reader.line_num, cleaned))
    except csv.Error:
        return found
    return found


def _clean(cell: str) -> str:
    return _FORMULA.sub("", " ".join(cell.split())).strip()


def _columns(header: Sequence[str]) -> tuple[dict[str, int], list[LineError]]:
    names = {word: ours for ours, words in texts.HEADERS.items() for word in words}
    columns: dict[str, int] = {}
    errors: list[LineError] = []
    for index, title in enumerate(header):
        ours = names.get(title.lower().replace("_", " ")) or names.get(title.lower())
        if ours is not None:
            columns.setdefault(ours, index)
        elif title:
            near = _near(title.lower(), list(names))
            errors.append(LineError(1, texts.UNKNOWN_COLUMN.format(name=title, near=near)))
    for ours in texts.REQUIRED:
        if ours not in columns:
            wanted = texts.HEADERS[ours][0]
            near = _near(wanted, [title.lower() for title in header if title])
            errors.append(LineError(1, texts.MISSING_COLUMN.format(name=wanted, near=near)))
    return columns, errors


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return texts.NEAR.format(near=close[0]) if close else ""


def _rows(lines: Sequence[tuple[int, list[str]]], columns: Mapping[str, int]) -> Reading:
    rows: list[ContactRow] = []
    errors: list[LineError] = []
    seen: dict[str, int] = {}
    width = max(columns.values()) + 1
    for line, cells in lines:
        values = {
            name: cells[index] if index < len(cells) else "" for name, index in columns.items()
        }
        wrong = _mistakes(values)
        if len(cells) > width and any(cells[width:]):
            wrong.append(texts.TOO_MANY_CELLS)
        email = values.get("email", "").lower()
        if email and email in seen:
            wrong.append(texts.DOUBLE_EMAIL.format(value=email, line=seen[email]))
        seen.setdefault(email, line)
        errors.extend(LineError(line, text) for text in wrong)
        if not wrong:
            rows.append(_row(line, values))
    return Reading(tuple(rows), tuple(errors))


def _mistakes(values: Mapping[str, str]) -> list[str]:
    wrong = [
        texts.MISSING_VALUE.format(name=texts.HEADERS[name][0])
        for name in texts.REQUIRED
        if not values.get(name)
    ]
    wrong += [
        texts.TOO_LONG.format(name=texts.HEADERS[name][0], limit=limit)
        for name, limit in _LIMITS.items()
        if len(values.get(name, "")) > limit
    ]
    wrong += [
        texts.BAD_EMAIL.format(value=values[name][:60])
        for name in ("email", "mailbox")
        if values.get(name) and not _EMAIL.match(values[name])
    ]
    audiences = {**texts.AUDIENCES, texts.NO_AUDIENCE: None}
    wrong += _unknown(values, "domain", texts.DOMAINS)
    wrong += _unknown(values, "audiences", audiences)
    wrong += _unknown(values, "roles", texts.ROLES)
    if values.get("district") and not _DISTRICT.match(values["district"]):
        wrong.append(
            texts.UNKNOWN_CHOICE.format(
                value=values["district"], name=texts.HEADERS["district"][0], choices="WK020201 …"
            )
        )
    return wrong


def _unknown(values: Mapping[str, str], name: str, choices: Mapping[str, object]) -> list[str]:
    parts = _parts(values.get(name, "")) if name != "domain" else [values.get(name, "").lower()]
    return [
        texts.UNKNOWN_CHOICE.format(
            value=part[:60], name=texts.HEADERS[name][0], choices=", ".join(choices)
        )
        for part in parts
        if part and part not in choices
    ]


def _parts(value: str) -> list[str]:
    return [part.strip().lower() for part in re.split(r"[|+,;]", value) if part.strip()]


def _row(line: int, values: Mapping[str, str]) -> ContactRow:
    audiences = [texts.AUDIENCES[p] for p in _parts(values["audiences"]) if p in texts.AUDIENCES]
    roles = [texts.ROLES[part] for part in _parts(values.get("roles", ""))]
    return ContactRow(
        line=line,
        organisation=values["organisation"],
        domain=texts.DOMAINS[values["domain"].lower()],
        name=values["name"],
        audiences=tuple(dict.fromkeys(audiences)),
        roles=tuple(dict.fromkeys(roles)),
        groups=tuple(part.strip() for part in values.get("groups", "").split("|") if part.strip()),
        district=values.get("district") or None,
        function=values.get("function", ""),
        email=values.get("email", "").lower() or None,
        phone=values.get("phone") or None,
        language=values.get("language") or "nl",
        internal_contact=values.get("internal_contact") or None,
        mailbox=values.get("mailbox", "").lower() or None,
    )
