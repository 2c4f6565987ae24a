"""One organisation at the desk: its details, its people, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.carrying import configured_kinds
from bot.console import texts
from bot.console.contact_texts import LANGUAGES, REFUSALS, SCHOOL_TYPES
from bot.console.doors import Door, Visit
from bot.console.gap_texts import GAPS
from bot.console.gaps import organisation_in_path
from bot.console.seen import stamp_of_organisation
from briefings.learning.owners import rename_owner
from contacts.directory import Audience, Domain, Organisation, Person, SchoolType, teacher_text
from contacts.editing import EditRefused, add_address, save_organisation, save_person
from contacts.former_names import former_names
from contacts.gaps import standings
from contacts.permissions import Permission
from contacts.sites import sites_of
from feeds.districts import districts

#: parents get theirs through the school, so nobody on the list has that text
AUDIENCES = {key: label for key, label in texts.AUDIENCES.items() if key is not Audience.PARENTS}
TEACHING = frozenset({Audience.TEACHER_PO, Audience.TEACHER_VO_MBO})
EMPTY: Mapping[str, Any] = {
    "name": "", "domain": Domain.EDUCATION, "district": None, "mailbox": None, "phone": None,
    "internal_contact": None, "school_types": [], "municipality": None,
}  # fmt: skip
NEW_SITE: Mapping[str, Any] = {"id": None, "name": "", "district": None, "can_host": False}
NOBODY: Mapping[str, Any] = {
    "name": "", "function": "", "email": "", "language": "nl", "audiences": [],
}  # fmt: skip


async def show_new(visit: Visit) -> Response:
    """``GET /contacten/organisatie``."""
    return _form(visit, EMPTY)


async def add_organisation(visit: Visit) -> Response:
    """``POST /contacten/organisatie``."""
    values = organisation_values(visit)
    organisation = Organisation(
        name="", domain=values["domain"], is_exercise=visit.actor.is_exercise, created_at=visit.now
    )
    try:
        await save_organisation(
            visit.session, organisation, values, who=visit.actor.who, now=visit.now
        )
    except EditRefused as refused:
        return _form(visit, values, error=REFUSALS[refused.why])
    return visit.back(f"/organisatie/{organisation.id}", done="saved")


def _form(visit: Visit, values: Mapping[str, Any], *, error: str = "") -> Response:
    return visit.show(
        "organisatie_nieuw.html", status=422 if error else 200, given=values, error=error,
        domains=_labels(), places=places(), types=SCHOOL_TYPES,
        municipalities=_municipalities(visit),
    )  # fmt: skip


async def show_organisation(visit: Visit) -> Response:
    """``GET /organisatie/{number}``."""
    return await organisation_page(visit, await organisation_in_path(visit))


async def organisation_page(
    visit: Visit,
    organisation: Organisation,
    *,
    given: Mapping[str, Any] | None = None,
    person: Mapping[str, Any] | None = None,
    site: Mapping[str, Any] | None = None,
    error: str = "",
) -> Response:
    """The page, with what was typed in one of its forms and why that was refused."""
    every = timedelta(days=visit.parts.config.contacts.check_days)
    (standing,) = await standings(
        visit.session, [organisation], every, now=visit.now,
        sends_by=configured_kinds(visit.parts.config),
    )  # fmt: skip
    found = await visit.session.exec(
        select(Person)
        .where(col(Person.organisation_id) == organisation.id, col(Person.left_at).is_(None))
        .order_by(col(Person.name), col(Person.id))
    )
    people, fitting = found.all(), teacher_text(organisation.school_types)
    return visit.show(
        "organisatie_beheer.html",
        status=422 if error else 200,
        organisation=organisation,
        given=given or {name: getattr(organisation, name) for name in EMPTY},
        person=person or NOBODY,
        error=error,
        error_in="person" if person else "site" if site else "organisation",
        people=people,
        formerly=(await former_names(visit.session, [organisation.id])).get(organisation.id or 0),
        gaps=[GAPS[gap] for gap in standing.gaps],
        domains=_labels(),
        places=places(),
        types=SCHOOL_TYPES,
        municipalities=_municipalities(visit, organisation.municipality),
        sites=await sites_of(visit.session, organisation.id or 0),
        site=site or NEW_SITE,
        new_site=NEW_SITE,
        fitting=fitting,
        misfits={one.id for one in people if reads_another(one, fitting)},
        audiences=AUDIENCES,
        languages=LANGUAGES,
    )  # fmt: skip


def reads_another(person: Person, fitting: Audience | None) -> bool:
    """Whether a teacher reads the text for schools of another type. Pure."""
    teaching = TEACHING & set(person.audiences)
    return fitting is not None and bool(teaching) and fitting not in teaching


async def change_organisation(visit: Visit) -> Response:
    """``POST /organisatie/{number}``."""
    organisation = await organisation_in_path(visit)
    await visit.hold(organisation)
    visit.require_seen(stamp_of_organisation(organisation))
    values, was = organisation_values(visit, organisation.municipality), organisation.name
    try:
        await save_organisation(
            visit.session, organisation, values, who=visit.actor.who, now=visit.now
        )
    except EditRefused as refused:
        return await organisation_page(
            visit, organisation, given=values, error=REFUSALS[refused.why]
        )
    if organisation.name != was:
        await rename_owner(visit.session, was, organisation.name)
    return visit.back(f"/organisatie/{organisation.id}", done="saved")


async def add_person(visit: Visit) -> Response:
    """``POST /organisatie/{number}/persoon``: with an address, or without one for now."""
    organisation = await organisation_in_path(visit)
    assert organisation.id is not None
    values = person_values(visit)
    person = Person(
        organisation_id=organisation.id, name="", is_exercise=organisation.is_exercise,
        created_at=visit.now,
    )  # fmt: skip
    email, who = visit.text("e-mail"), visit.actor.who
    try:
        async with visit.session.begin_nested():
            await save_person(visit.session, person, values, who=who, now=visit.now)
            if email:
                await add_address(visit.session, person, email, who=who, now=visit.now)
    except EditRefused as refused:
        given = {**values, "email": email}
        return await organisation_page(
            visit, organisation, person=given, error=REFUSALS[refused.why]
        )
    return visit.back(f"/contact/{person.id}", done="saved")


def organisation_values(visit: Visit, kept: str | None = None) -> dict[str, Any]:
    """What the form says about an organisation.

    :param kept: the municipality that it has; it may have gone from the configuration.

    :raises ValueError: a choice that is none.
    """
    district = visit.text("wijk")
    if district and district not in dict(districts()):
        raise ValueError("no such wijk")
    municipality = visit.text("gemeente")
    if municipality not in _municipalities(visit, kept):
        raise ValueError("no such municipality")
    return {
        "municipality": municipality or None,
        "name": visit.text("naam"),
        "domain": Domain(visit.text("domein")),
        "district": district or None,
        "mailbox": visit.text("postbus").lower() or None,
        "phone": visit.text("telefoon") or None,
        "internal_contact": visit.text("aanspreekpunt") or None,
        "school_types": [SchoolType(one).value for one in visit.fields.get("schooltype", [])],
    }


def person_values(visit: Visit) -> dict[str, Any]:
    """What the form says about a person.

    :raises ValueError: a choice that is none.
    """
    language = visit.text("taal")
    if language not in LANGUAGES:
        raise ValueError("no such language")
    chosen = [Audience(value) for value in visit.fields.get("teksten", [])]
    if Audience.PARENTS in chosen:
        raise ValueError("parents are not on the list")
    return {
        "name": visit.text("naam"),
        "function": visit.text("functie"),
        "language": language,
        "audiences": [audience.value for audience in dict.fromkeys(chosen)],
    }


def _labels() -> dict[str, str]:
    return {domain.value: label for domain, label in texts.DOMAINS.items()}


def _municipalities(visit: Visit, kept: str | None = None) -> dict[str, str]:
    """The own city, and what the configuration calls next door."""
    config = visit.parts.config
    names = dict.fromkeys([*config.contacts.neighbours, *([kept] if kept else [])])
    return {"": config.briefings.city} | {name: name for name in names}


def places() -> dict[str, str]:
    return {"": "geen, of de hele stad", **dict(districts())}


DOORS = (
    Door("/contacten/organisatie", show_new, Permission.MANAGE_CONTACTS),
    Door("/contacten/organisatie", add_organisation, Permission.MANAGE_CONTACTS, "POST"),
    Door("/organisatie/{number:int}", show_organisation, Permission.MANAGE_CONTACTS),
    Door("/organisatie/{number:int}", change_organisation, Permission.MANAGE_CONTACTS, "POST"),
    Door("/organisatie/{number:int}/persoon", add_person, Permission.MANAGE_CONTACTS, "POST"),
)
