"""What somebody agreed to: what, when, by whom it was noted, and when it was taken back.

Religious and cultural organisations are on the list with functional addresses. A personal one
comes only with the consent of the person it belongs to.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Audience, Person
from contacts.journal import Who, write_journal
from contacts.records import Row, required_choice

#: first words of an address that belongs to a function, and not to a person
FUNCTIONS = frozenset(
    {
        "aanspreekpunt", "administratie", "beheer", "bestuur", "bureau", "communicatie", "contact",
        "coordinatie", "coordinator", "directie", "hallo", "info", "jeugd", "jongeren", "kantoor",
        "leiding", "mail", "onthaal", "post", "receptie", "redactie", "samenwerking", "school",
        "secretaris", "secretariaat", "stichting", "team", "teamleiding", "veiligheid",
        "vereniging", "voorzitter", "vrijwilligers", "welkom", "zorg",
    }
)  # fmt: skip


class ConsentKind(StrEnum):
    """What can be agreed to."""

    PERSONAL_ADDRESS = "persoonlijk_adres"
    SHARE_WITH_MEMBERS = "delen_met_leden"


class Consent(Row, table=True):
    """One thing that a person agreed to. ``how``: by which way, in a few words."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: ConsentKind = required_choice(ConsentKind)
    how: str = Field(max_length=120)
    noted_by: str = Field(max_length=80)
    given_at: datetime
    withdrawn_at: datetime | None = None


def is_functional(address: str) -> bool:
    """Whether a mail address names a function: ``info@…``, ``bestuur-noord@…``. Pure."""
    local = address.partition("@")[0].lower()
    word = local.replace("-", ".").replace("_", ".").partition(".")[0].rstrip("0123456789")
    return word in FUNCTIONS


def may_have(address: str, audiences: Collection[str], consents: Collection[ConsentKind]) -> bool:
    """Whether this address may be kept for somebody with these texts. Pure."""
    if Audience.RELIGIOUS_CULTURAL.value not in audiences:
        return True
    return is_functional(address) or ConsentKind.PERSONAL_ADDRESS in consents


async def consents_of(session: AsyncSession, person_id: int) -> list[Consent]:
    """Everything that a person ever agreed to, newest first."""
    found = await session.exec(
        select(Consent).where(col(Consent.person_id) == person_id).order_by(col(Consent.id).desc())
    )
    return list(found.all())


async def standing_consents(session: AsyncSession, person_id: int) -> set[ConsentKind]:
    """What a person agrees to now."""
    return {
        consent.kind
        for consent in await consents_of(session, person_id)
        if consent.withdrawn_at is None
    }


async def give_consent(
    session: AsyncSession, person: Person, kind: ConsentKind, how: str, *, who: Who, now: datetime
) -> bool:
    """Note it once; False when it stands already."""
    assert person.id is not None
    if kind in await standing_consents(session, person.id):
        return False
    session.add(Consent(person_id=person.id, kind=kind, how=how, noted_by=str(who), given_at=now))
    write_journal(
        session, who=who, action="consent_given", subject=f"person:{person.id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def withdraw_consent(
    session: AsyncSession, person: Person, kind: ConsentKind, *, who: Who, now: datetime
) -> bool:
    """Taken back as easily as it was given; False when it did not stand."""
    assert person.id is not None
    standing = [
        consent
        for consent in await consents_of(session, person.id)
        if consent.kind is kind and consent.withdrawn_at is None
    ]
    for consent in standing:
        consent.withdrawn_at = now
        session.add(consent)
        write_journal(
            session, who=who, action="consent_withdrawn", subject=f"person:{person.id}",
            detail={"kind": kind.value}, now=now,
        )  # fmt: skip
    await session.flush()
    return bool(standing)
