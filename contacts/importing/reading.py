"""Reads a contact list: CSV, XLSX or vCard.

Pure: bytes in, rows and Dutch line errors out, never an exception.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contacts.consent import ConsentKind, may_have
from contacts.directory import Audience, Domain, Role
from contacts.importing import cards, spreadsheet, texts

EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}\Z")
#: What a spreadsheet would run as a formula; harmless for us, not for who exports it later.
_FORMULA = "=+-@ "
_PHONE = re.compile(r"\+[0-9][0-9 ()./-]*\Z")
_LIMITS = {
    "organisation": 200, "name": 120, "function": 120, "phone": 40, "internal_contact": 120,
    "email": 254, "mailbox": 254, "district": 20, "language": 8, "organisation_phone": 40,
}  # fmt: skip
#: the line that a spreadsheet puts before the header
_SEPARATOR = re.compile(r"sep=([;,\t])\s*\Z", re.IGNORECASE)
_YES = re.compile(r"ja\Z|\d{1,2}[-/]\d{1,2}[-/]\d{4}\Z|\d{4}-\d{2}-\d{2}\b", re.IGNORECASE)
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
    organisation_phone: str | None = None
    has_consent: bool = False


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
    return _judge(rows, districts, errors)


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


def clean(cell: str) -> str:
    """One line, and nothing that a spreadsheet would run. Pure."""
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
    return _judge(found, districts, errors)


def _judge(
    found: Sequence[tuple[int, dict[str, str]]],
    districts: Mapping[str, str],
    errors: list[LineError],
) -> Reading:
    rows: list[ContactRow] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, values in found:
        district = values.get("district", "")
        values["district"] = districts.get(district.lower(), district)
        wrong = _mistakes(values)
        if district and not _DISTRICT.match(values["district"]):
            wrong.append(_unknown_district(district, districts))
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
    return wrong + _consent(values)


def _unknown_district(typed: str, districts: Mapping[str, str]) -> str:
    """Half a name fits several: 'Noord' names each of them, 'Zuidwst' what looks most like it."""
    name = typed.lower()
    near = [known for known in districts if len(name) >= 4 and name in known]
    near = near or difflib.get_close_matches(name, districts, n=2, cutoff=0.6)
    said = texts.UNKNOWN_DISTRICT.format(value=typed[:60])
    if not near:
        return said
    listed = texts.OR.join(f"'{one.title()} ({districts[one]})'" for one in near[:4])
    return f"{said} {texts.NEAR_DISTRICTS.format(near=listed)}"


def _consent(values: Mapping[str, str]) -> list[str]:
    """A personal address of a religious or cultural organisation needs the person's word."""
    given, email = values.get("consent", ""), values.get("email", "").lower()
    if given and not _YES.match(given):
        name = texts.HEADERS["consent"][0]
        return [texts.UNKNOWN_YES.format(value=given[:60], name=name)]
    chosen = [texts.AUDIENCES.get(part) for part in _parts(values.get("audiences", ""))]
    consents = {ConsentKind.PERSONAL_ADDRESS} if given else set()
    audiences = [one.value for one in chosen if one is not None]
    if not email or may_have(email, audiences, consents):
        return []
    return [texts.NEEDS_CONSENT.format(value=email[:60])]


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
        organisation_phone=values.get("organisation_phone") or None,
        has_consent=bool(values.get("consent")),
    )
