"""Whom we know and how we reach them: organisations, people, channels, groups, invitations.

Nobody is scored, no group identity is kept. ``name`` of a person is how a colleague would
address the function; religious and cultural organisations may leave it at the function.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, false
from sqlmodel import Field

from contacts.records import Row, choice, required_choice

#: of e-mail, as the standard has it
LONGEST_ADDRESS = 254


class Domain(StrEnum):
    """The five domains of the maatschappelijk overleg."""

    MUNICIPALITY = "gemeente"
    SAFETY = "veiligheid"
    CARE_WELFARE = "zorg_welzijn"
    EDUCATION = "onderwijs"
    CIVIL = "maatschappelijk"


class SchoolType(StrEnum):
    """The kinds of school of the Dutch system, by the letters that everybody uses."""

    PRIMARY = "po"
    SPECIAL_PRIMARY = "sbo"
    SPECIAL = "so"
    SECONDARY = "vo"
    PRACTICAL = "pro"
    SPECIAL_SECONDARY = "vso"
    VOCATIONAL = "mbo"
    APPLIED_SCIENCES = "hbo"
    UNIVERSITY = "wo"


class Audience(StrEnum):
    """For which work a briefing is written. Parents get theirs through the school."""

    TEACHER_PO = "docent_po"
    TEACHER_VO_MBO = "docent_vo_mbo"
    SCHOOL_LEADER = "schoolleiding"
    YOUTH_WORK = "jongerenwerk"
    RELIGIOUS_CULTURAL = "religieus_cultureel"
    POLICE_DISTRICT = "politie_wijkteam"
    PARENTS = "ouders"


_YOUNG = frozenset({SchoolType.PRIMARY, SchoolType.SPECIAL_PRIMARY, SchoolType.SPECIAL})


class Role(StrEnum):
    """What somebody may do in Schakel."""

    COORDINATOR = "coordinator"
    APPROVER = "goedkeurder"
    INTERPRETER = "duider"
    MEMBER = "lid"
    ADMIN = "beheerder"
    KNOWLEDGE_PARTNER = "kennispartner"


class ChannelKind(StrEnum):
    """How somebody is reached."""

    TELEGRAM = "telegram"
    EMAIL = "email"


class ChannelStatus(StrEnum):
    """Whether a channel is in use."""

    ACTIVE = "active"
    CLOSED = "closed"


class Organisation(Row, table=True):
    """A school, a foundation, a police team …; the addressee of an event's link."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    domain: Domain = required_choice(Domain, index=True)
    district: str | None = Field(default=None, max_length=20, description="CBS code of the wijk")
    school_types: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )  # SchoolType values, of a school alone
    municipality: str | None = Field(
        default=None, max_length=60, description="another municipality; empty: of the own city"
    )
    mailbox: str | None = Field(default=None, max_length=LONGEST_ADDRESS)
    phone: str | None = Field(default=None, max_length=40)
    internal_contact: str | None = Field(
        default=None, max_length=120, description="whom staff tell internally, as a function"
    )
    backup_person_id: int | None = Field(
        default=None, description="who gets it when nobody of the organisation reacts"
    )
    is_exercise: bool = Field(default=False)
    created_at: datetime
    confirmed_at: datetime | None = None


class Site(Row, table=True):
    """A place where an organisation works, no finer than the wijk: the house asks no address."""

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=120)
    district: str | None = Field(default=None, max_length=20, description="CBS code of the wijk")
    can_host: bool = Field(default=False, description="there is room for an overleg")


class Person(Row, table=True):
    """Somebody who works or volunteers for an organisation."""

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=120)
    function: str = Field(default="", max_length=120)
    audiences: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )  # Audience values, the first one decides the text
    language: str = Field(default="nl", max_length=8)
    phone: str | None = Field(default=None, max_length=40)
    backup_person_id: int | None = Field(default=None, foreign_key="person.id")
    quiet_from: time | None = None
    quiet_until: time | None = None
    is_exercise: bool = Field(default=False)
    created_at: datetime
    left_at: datetime | None = None
    erased_at: datetime | None = Field(default=None, description="name and addresses are gone")


class Channel(Row, table=True):
    """One address of a person. Lower ``rank`` is tried first.

    Of one kind an address is somebody's once in each world: who takes part in an exercise with
    their own telephone has it in both.
    """

    __table_args__ = (UniqueConstraint("kind", "address", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: ChannelKind = required_choice(ChannelKind)
    address: str = Field(max_length=LONGEST_ADDRESS)
    rank: int = Field(default=10)
    status: ChannelStatus = choice(ChannelStatus, default=ChannelStatus.ACTIVE)
    closed_reason: str | None = Field(default=None, max_length=80)
    is_exercise: bool = Field(default=False)
    created_at: datetime
    closed_at: datetime | None = None


class RoleGrant(Row, table=True):
    """A role that a person has."""

    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: Role = required_choice(Role, index=True)
    has_case_seat: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="also sits in the casusoverleg: a warning, and counted on the privacy page",
    )
    granted_at: datetime


class ContactGroup(Row, table=True):
    """A named group of people: by hand, or (``rule``) everybody who matches a rule."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    rule: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class GroupMember(Row, table=True):
    """A person in a group."""

    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="contact_group.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class Invitation(Row, table=True):
    """A one-time deep link with which a person connects Telegram. Only the hash is kept.

    ``role`` makes the first coördinator and the first beheerder (``schakel init``).
    """

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class AccessLink(Row, table=True):
    """A random link to an event's texts for one organisation. Only the hash is kept.

    It is minted when a delivery is sent, so the clear token exists in the message alone.
    """

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    event_id: int = Field(index=True)
    delivery_id: int | None = Field(default=None, index=True)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class LinkPurpose(StrEnum):
    """What a person's own link opens."""

    SIGN_IN = "sign_in"
    OWN_PAGE = "own_page"


class PersonLink(Row, table=True):
    """A random link for one person alone: into the console once, or to their own page.

    It is minted when a message is sent; only the hash is kept.
    """

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    purpose: LinkPurpose = required_choice(LinkPurpose)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Tally(Row, table=True):
    """A bare count per day: referrals shown, strangers refused. Nothing about whom."""

    __table_args__ = (UniqueConstraint("day", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    name: str = Field(max_length=60)
    count: int = Field(default=0)


def teacher_text(types: Collection[str]) -> Audience | None:
    """The text for those who teach at a school of these types; None without one, or with two."""
    levels = {
        Audience.TEACHER_PO if SchoolType(one) in _YOUNG else Audience.TEACHER_VO_MBO
        for one in types
    }
    return levels.pop() if len(levels) == 1 else None


def has_audience(person: Person, audience: Audience) -> bool:
    """Whether ``audience`` is one of the texts that fit this person's work."""
    return audience.value in person.audiences


def first_audience(audiences: Sequence[str]) -> Audience | None:
    """The audience whose text somebody gets, or None for a person without one."""
    return Audience(audiences[0]) if audiences else None


Json = dict[str, Any]
