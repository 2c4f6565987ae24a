"""A contact list as it was read: its good lines, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass

from contacts.directory import Audience, Domain, Role, SchoolType


@dataclass(frozen=True, slots=True)
class SiteCell:
    """One place of an organisation as the list names it. ``district``: CBS code, or None."""

    name: str
    district: str | None = None
    can_host: bool = False


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
    school_types: tuple[SchoolType, ...] = ()
    municipality: str | None = None
    sites: tuple[SiteCell, ...] = ()


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
