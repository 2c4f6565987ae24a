"""Wijken, kinds of school and places of an organisation, as the cells of a list say them. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from contacts.cells import clean
from contacts.directory import SchoolType
from contacts.importing import texts
from contacts.importing.lines import SiteCell

_DISTRICT = re.compile(r"WK\d{6}\Z")
#: ``Dependance (Klarendal, gastheer)``
_SITE = re.compile(r"(?P<name>.*?)\s*(?:\((?P<more>[^()]*)\))?\Z")
LONGEST_NAME = 120


def parts_of(value: str) -> list[str]:
    """The words of a cell that holds several, in small letters."""
    return [part.strip().lower() for part in re.split(r"[|+,;]", value) if part.strip()]


def district_in(typed: str, districts: Mapping[str, str]) -> str | None:
    """The code of a wijk that was named or coded; None when the city has no such wijk.

    :param districts: name in small letters → code; where it is empty, every code will do.
    """
    code = districts.get(typed.lower(), typed.upper())
    if districts and code not in districts.values():
        return None
    return code if _DISTRICT.match(code) else None


def unknown_district(typed: str, districts: Mapping[str, str]) -> str:
    """Half a name fits several: 'Noord' names each of them, 'Zuidwst' what looks most like it."""
    if _DISTRICT.match(typed.upper()):
        return texts.FOREIGN_DISTRICT.format(value=typed.upper())
    name = typed.lower()
    near = [known for known in districts if len(name) >= 4 and name in known]
    near = near or difflib.get_close_matches(name, districts, n=2, cutoff=0.6)
    said = texts.UNKNOWN_DISTRICT.format(value=typed[:60])
    if not near:
        return said
    listed = texts.OR.join(f"'{one.title()} ({districts[one]})'" for one in near[:4])
    return f"{said} {texts.NEAR_DISTRICTS.format(near=listed)}"


def school_types_in(cell: str) -> tuple[SchoolType, ...]:
    """The kinds of school that a cell names; what is unknown stays out."""
    found = (texts.SCHOOL_TYPES.get(part) for part in parts_of(cell))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def sites_in(cell: str, districts: Mapping[str, str]) -> tuple[list[SiteCell], list[str]]:
    """The places that a cell names, and what is wrong with it."""
    sites: dict[str, SiteCell] = {}
    wrong: list[str] = []
    for part in filter(None, map(clean, cell.split("|"))):
        found = _SITE.match(part)
        name = found["name"] if found else ""
        more = parts_of(found["more"] or "") if found else []
        wijk = [one for one in more if one != texts.CAN_HOST]
        code = district_in(wijk[0], districts) if wijk else None
        if not name or len(name) > LONGEST_NAME or len(wijk) > 1:
            wrong.append(texts.BAD_SITE.format(value=part[:60]))
        elif wijk and code is None:
            wrong.append(unknown_district(wijk[0], districts))
        elif name.lower() in sites:
            wrong.append(texts.DOUBLE_SITE.format(value=name[:60]))
        else:
            sites[name.lower()] = SiteCell(name, code, texts.CAN_HOST in more)
    return list(sites.values()), wrong


def site_cell(name: str, district: str | None, can_host: bool) -> str:
    """One place as :func:`sites_in` reads it."""
    more = ", ".join(filter(None, (district, texts.CAN_HOST if can_host else "")))
    return f"{name} ({more})" if more or name.endswith(")") else name


def sites_cell(sites: Iterable[tuple[str, str | None, bool]]) -> str:
    """All places of an organisation in one cell."""
    return " | ".join(site_cell(*one) for one in sites)
