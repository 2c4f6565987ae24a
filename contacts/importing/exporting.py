"""The list as a file that reads back without a difference: CSV, XLSX or vCards."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import StrEnum
from importlib.util import find_spec

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cells import guarded
from contacts.consent import Consent, ConsentKind
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    GroupMember,
    Organisation,
    Person,
    RoleGrant,
    Site,
)
from contacts.importing import cards, places, spreadsheet, texts
from contacts.records import read_columns

DOMAINS = {domain: word for word, domain in reversed(texts.DOMAINS.items())}
AUDIENCES = {audience.value: audience.value for audience in texts.AUDIENCES.values()}
DAY = "%d-%m-%Y"


class Kind(StrEnum):
    """In which form."""

    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcf"


NEEDS = {Kind.XLSX: "openpyxl", Kind.VCARD: "vobject"}


def kinds() -> list[Kind]:
    """The forms that this installation can write: two of them need the extra ``files``."""
    return [kind for kind in Kind if kind not in NEEDS or find_spec(NEEDS[kind]) is not None]


async def export_rows(session: AsyncSession, *, is_exercise: bool) -> list[dict[str, str]]:
    """Everybody on the list, by our names of columns, by organisation and number."""
    people = await read_columns(
        session,
        select(
            col(Person.id), col(Person.name), col(Person.function), col(Person.phone),
            col(Person.language), col(Person.audiences),
            col(Organisation.name).label("organisation"), col(Organisation.domain),
            col(Organisation.id).label("organisation_id"),
            col(Organisation.district), col(Organisation.mailbox), col(Organisation.school_types),
            col(Organisation.municipality),
            col(Organisation.internal_contact),
            col(Organisation.phone).label("organisation_phone"),
        )
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == is_exercise)
        .order_by(col(Organisation.name), col(Person.id)),
    )  # fmt: skip
    extra, sites = await _extras(session), await _sites(session)
    return [
        {
            "organisation": one.organisation,
            "domain": DOMAINS[one.domain],
            "name": one.name,
            "audiences": " | ".join(one.audiences) or texts.NO_AUDIENCE,
            "function": one.function,
            "email": extra["email"].get(one.id, ""),
            "phone": one.phone or "",
            "language": one.language,
            "district": one.district or "",
            "roles": extra["roles"].get(one.id, ""),
            "groups": extra["groups"].get(one.id, ""),
            "internal_contact": one.internal_contact or "",
            "mailbox": one.mailbox or "",
            "organisation_phone": one.organisation_phone or "",
            "consent": extra["consent"].get(one.id, ""),
            "school_types": " | ".join(one.school_types),
            "municipality": one.municipality or "",
            "sites": sites.get(one.organisation_id, ""),
        }
        for one in people
    ]


async def _sites(session: AsyncSession) -> dict[int, str]:
    """The places of each organisation in one cell."""
    found = await read_columns(
        session,
        select(col(Site.organisation_id), col(Site.name), col(Site.district), col(Site.can_host))
        .order_by(col(Site.id)),
    )  # fmt: skip
    return _joined([(of, places.site_cell(*one)) for of, *one in found])


async def _extras(session: AsyncSession) -> dict[str, dict[int, str]]:
    """What hangs on a person, joined in one cell: the first address, rights, groups, consent."""
    mail = await read_columns(
        session,
        select(col(Channel.person_id), col(Channel.address))
        .where(col(Channel.kind) == ChannelKind.EMAIL, col(Channel.status) == ChannelStatus.ACTIVE)
        .order_by(col(Channel.rank).desc(), col(Channel.id).desc()),
    )
    roles = await read_columns(
        session, select(col(RoleGrant.person_id), col(RoleGrant.role)).order_by(col(RoleGrant.id))
    )
    groups = await read_columns(
        session,
        select(col(GroupMember.person_id), col(ContactGroup.name))
        .join(ContactGroup, col(ContactGroup.id) == col(GroupMember.group_id))
        .order_by(col(ContactGroup.name)),
    )
    consents = await read_columns(
        session,
        select(col(Consent.person_id), col(Consent.given_at)).where(
            col(Consent.kind) == ConsentKind.PERSONAL_ADDRESS,
            col(Consent.withdrawn_at).is_(None),
        ),
    )
    return {
        "email": dict(mail),
        "roles": _joined([(person_id, str(role)) for person_id, role in roles]),
        "groups": _joined(groups),
        "consent": {person_id: at.strftime(DAY) for person_id, at in consents},
    }


def _joined(pairs: Sequence[tuple[int, str]]) -> dict[int, str]:
    together: dict[int, list[str]] = {}
    for person_id, word in pairs:
        together.setdefault(person_id, []).append(word)
    return {person_id: " | ".join(words) for person_id, words in together.items()}


def write_rows(rows: Sequence[dict[str, str]], kind: Kind) -> bytes:
    """The rows in this form. Pure."""
    if kind is Kind.VCARD:
        return cards.write_cards(rows)
    header = [titles[0] for titles in texts.HEADERS.values()]
    cells = ([row[name] for name in texts.HEADERS] for row in rows)
    if kind is Kind.XLSX:
        return spreadsheet.write_cells(header, cells)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in cells)
    # With its mark, or a spreadsheet reads é as Ã©.
    return target.getvalue().encode("utf-8-sig")
