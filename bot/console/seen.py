"""What a form was about when its page was made; a form about something else is refused."""

from __future__ import annotations

import hashlib

from contacts.directory import Organisation, Person, Site


def stamp(*values: object) -> str:
    """These values in one word; any other values have another. Pure."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def stamp_of_person(person: Person) -> str:
    """What the form *Gegevens* of a contact shows. Pure."""
    return stamp(
        person.name, person.function, person.phone, person.language, list(person.audiences)
    )


def stamp_of_hours(person: Person) -> str:
    """The quiet hours as the form shows them. Pure."""
    return stamp(person.quiet_from, person.quiet_until)


def stamp_of_organisation(organisation: Organisation) -> str:
    """What the form of an organisation shows. Pure."""
    return stamp(
        organisation.name, organisation.domain.value, organisation.district, organisation.mailbox,
        organisation.phone, organisation.internal_contact, list(organisation.school_types),
        organisation.municipality,
    )  # fmt: skip


def stamp_of_site(site: Site) -> str:
    """A place as its form shows it. Pure."""
    return stamp(site.name, site.district, site.can_host)
