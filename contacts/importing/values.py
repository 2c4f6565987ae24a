"""What a line of a list says of an organisation and of a person, beside what is known. Pure."""

from __future__ import annotations

from typing import Any

from contacts.directory import Organisation, Person
from contacts.importing import texts
from contacts.importing.lines import ContactRow


def refusal(person: Person, organisation: Organisation) -> str | None:
    """Why this line cannot be about this person; None when it can."""
    if person.organisation_id != organisation.id:
        return texts.EMAIL_TAKEN
    return texts.LEFT if person.left_at is not None else None


def organisation_values(organisation: Organisation, row: ContactRow) -> dict[str, Any]:
    """What is empty on the list says nothing about what is known. Pure."""
    return {
        "district": row.district or organisation.district,
        "mailbox": row.mailbox or organisation.mailbox,
        "internal_contact": row.internal_contact or organisation.internal_contact,
        "municipality": row.municipality or organisation.municipality,
        "school_types": list(row.school_types) or organisation.school_types,
    } | ({"phone": row.organisation_phone} if row.organisation_phone else {})


def person_values(person: Person, row: ContactRow) -> dict[str, Any]:
    """What the line says of the person; a telephone number that is missing stays."""
    return {
        "name": row.name, "function": row.function, "language": row.language,
        "audiences": [audience.value for audience in row.audiences],
        "phone": row.phone or person.phone,
    }  # fmt: skip


def shown(value: Any) -> str:
    """A value as somebody reads it."""
    if isinstance(value, list):
        return ", ".join(value) or texts.NOTHING
    return str(value) if value else texts.NOTHING
