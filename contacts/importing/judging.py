"""What is right and wrong with each line of a contact list. Pure; what it says is Dutch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contacts.cells import clean
from contacts.consent import ConsentKind, may_have
from contacts.directory import Audience, Domain, teacher_text
from contacts.importing import places, texts
from contacts.importing.lines import ContactRow, LineError, Reading, SiteCell

EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}\Z")
_LIMITS = {
    "organisation": 200, "name": 120, "function": 120, "phone": 40, "internal_contact": 120,
    "email": 254, "mailbox": 254, "district": 20, "language": 8, "organisation_phone": 40,
    "municipality": 60,
}  # fmt: skip
_YES = re.compile(r"ja\Z|\d{1,2}[-/]\d{1,2}[-/]\d{4}\Z|\d{4}-\d{2}-\d{2}\b", re.IGNORECASE)


def judge(
    found: Sequence[tuple[int, dict[str, str]]],
    districts: Mapping[str, str],
    errors: list[LineError],
) -> Reading:
    rows: list[ContactRow] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, values in found:
        district = values.get("district", "")
        # A municipality next door has wijken of its own.
        known = {} if values.get("municipality") else districts
        values["district"] = places.district_in(district, known) or ""
        sites, wrong_sites = places.sites_in(values.get("sites", ""), known)
        wrong = _mistakes(values) + wrong_sites
        if district and not values["district"]:
            wrong.append(places.unknown_district(district, known))
        wrong += _double(values, seen, line)
        errors.extend(LineError(line, text) for text in wrong)
        if not wrong:
            rows.append(_row(line, values, sites))
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
    audiences = {**texts.AUDIENCES, texts.NO_AUDIENCE: None, texts.TEACHER: None}
    wrong += _unknown(values, "domain", texts.DOMAINS)
    wrong += _unknown(values, "audiences", audiences)
    wrong += _unknown(values, "roles", texts.ROLES)
    wrong += _unknown(values, "school_types", texts.SCHOOL_TYPES)
    return wrong + _school(values) + _consent(values)


def _school(values: Mapping[str, str]) -> list[str]:
    """Only a school has a type, and *docent* alone is a text by the type of the school."""
    types = places.school_types_in(values.get("school_types", ""))
    said = places.parts_of(values.get("audiences", ""))
    wrong = []
    named = values.get("domain", "").lower()
    domain = texts.DOMAINS.get(named)
    is_unclear = bool(named) and domain is None  # which is said, and these would follow from it
    if types and domain is not Domain.EDUCATION and not is_unclear:
        wrong.append(texts.TYPE_ELSEWHERE)
    if values.get("municipality") and domain is not Domain.MUNICIPALITY and not is_unclear:
        wrong.append(texts.NEIGHBOUR_DOMAIN)
    if texts.TEACHER in said and teacher_text(types) is None:
        wrong.append(texts.WHICH_TEACHER)
    return wrong


def _consent(values: Mapping[str, str]) -> list[str]:
    """A personal address of a religious or cultural organisation needs the person's word."""
    given, email = values.get("consent", ""), values.get("email", "").lower()
    if given and not _YES.match(given):
        name = texts.HEADERS["consent"][0]
        return [texts.UNKNOWN_YES.format(value=given[:60], name=name)]
    consents = {ConsentKind.PERSONAL_ADDRESS} if given else set()
    audiences = [one.value for one in _audiences(values)]
    if not email or may_have(email, audiences, consents):
        return []
    return [texts.NEEDS_CONSENT.format(value=email[:60])]


def _unknown(values: Mapping[str, str], name: str, choices: Mapping[str, object]) -> list[str]:
    parts = (
        places.parts_of(values.get(name, ""))
        if name != "domain"
        else [values.get(name, "").lower()]
    )
    return [
        texts.UNKNOWN_CHOICE.format(
            value=part[:60], name=texts.HEADERS[name][0], choices=", ".join(choices)
        )
        for part in parts
        if part and part not in choices
    ]


def _audiences(values: Mapping[str, str]) -> tuple[Audience, ...]:
    """In their order; *docent* alone is the text that fits the type of the school."""
    by_type = teacher_text(places.school_types_in(values.get("school_types", "")))
    known = {**texts.AUDIENCES, texts.TEACHER: by_type}
    found = (known.get(part) for part in places.parts_of(values.get("audiences", "")))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _row(line: int, values: Mapping[str, str], sites: Sequence[SiteCell]) -> ContactRow:
    roles = [texts.ROLES[part] for part in places.parts_of(values.get("roles", ""))]
    return ContactRow(
        line=line,
        organisation=values["organisation"],
        domain=texts.DOMAINS[values["domain"].lower()],
        name=values["name"],
        audiences=_audiences(values),
        roles=tuple(dict.fromkeys(roles)),
        groups=tuple(filter(None, map(clean, values.get("groups", "").split("|")))),
        district=values.get("district") or None,
        function=values.get("function", ""),
        email=values.get("email", "").lower() or None,
        phone=values.get("phone") or None,
        language=values.get("language") or "nl",
        internal_contact=values.get("internal_contact") or None,
        mailbox=values.get("mailbox", "").lower() or None,
        organisation_phone=values.get("organisation_phone") or None,
        has_consent=bool(values.get("consent")),
        school_types=places.school_types_in(values.get("school_types", "")),
        sites=tuple(sites),
        municipality=values.get("municipality") or None,
    )
