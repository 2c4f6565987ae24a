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

EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}\Z")
#: What a spreadsheet would run as a formula; harmless for us, not for who exports it later.
_FORMULA = "=+-@ "
_PHONE = re.compile(r"\+[0-9][0-9 ()./-]*\Z")
_LIMITS = {
    "organisation": 200, "name": 120, "function": 120, "phone": 40, "internal_contact": 120,
    "email": 254, "mailbox": 254, "district": 20, "language": 8,
}  # fmt: skip
#: the line that a spreadsheet puts before the header
_SEPARATOR = re.compile(r"sep=([;,\t])\s*\Z", re.IGNORECASE)
_DISTRICT = re.compile(r"WK\d{6}\Z")
#: no list of one city comes near this
MAX_BYTES = 20_000_000


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


def read_contacts(raw: bytes, districts: Mapping[str, str] | None = None) -> Reading:
    """Read a CSV with ``;``, ``,`` or tab, in UTF-8, UTF-16 or Windows-1252.

    :param districts: name of a wijk in lower case → its CBS code, so that either may be written.
    """
    if len(raw) > MAX_BYTES:
        return _unreadable(texts.TOO_BIG)
    text = _decode(raw)
    if text is None:
        return _unreadable(texts.NOT_TEXT)
    lines, errors = _cells(text)
    if not lines:
        return _unreadable(errors[0].text if errors else texts.EMPTY_FILE)
    columns, wrong = _columns(lines[0][1])
    if wrong:
        return Reading((), tuple(wrong))
    return _rows(lines[1:], columns, districts or {}, errors)


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
            cleaned = [_clean(cell) for cell in cells]
            if any(cleaned):
                found.append((reader.line_num, cleaned))
    except csv.Error:
        errors.append(LineError(before + 1, texts.RUNS_ON_TO_END))
    return found[1 if announced else 0 :], errors


def _clean(cell: str) -> str:
    plain = " ".join(cell.split())
    return plain if _PHONE.match(plain) else plain.lstrip(_FORMULA)


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
    rows: list[ContactRow] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in lines:
        values = {
            name: cells[index] if index < len(cells) else "" for name, index in columns.items()
        }
        district = values.get("district", "")
        values["district"] = districts.get(district.lower(), district)
        wrong = _mistakes(values)
        width = max(columns.values()) + 1
        if len(cells) > width and any(cells[width:]):
            wrong.append(texts.TOO_MANY_CELLS)
        wrong += _double(values, seen, line)
        errors.extend(LineError(line, text) for text in wrong)
        if not wrong:
            rows.append(_row(line, values))
    return Reading(tuple(rows), tuple(sorted(errors, key=lambda error: error.line)))


def _double(values: Mapping[str, str], seen: dict[tuple[str, ...], int], line: int) -> list[str]:
    """Somebody is known by the mail address, or without one by organisation and name."""
    if email := values.get("email", "").lower():
        key: tuple[str, ...] = (email,)
        text = texts.DOUBLE_EMAIL
    else:
        key = (values.get("organisation", "").lower(), values.get("name", "").lower())
        text = texts.DOUBLE_NAME
    first = seen.setdefault(key, line)
    return [text.format(value=key[-1][:60], line=first)] if first != line and all(key) else []


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
        if values.get(name) and not EMAIL.match(values[name])
    ]
    audiences = {**texts.AUDIENCES, texts.NO_AUDIENCE: None}
    wrong += _unknown(values, "domain", texts.DOMAINS)
    wrong += _unknown(values, "audiences", audiences)
    wrong += _unknown(values, "roles", texts.ROLES)
    if values.get("district") and not _DISTRICT.match(values["district"]):
        wrong.append(texts.UNKNOWN_DISTRICT.format(value=values["district"][:60]))
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
