"""Contacts at the desk: organisations and their people, what is missing, rights, invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select
from starlette.responses import Response

from bot.asking import LastAdmin, leave_list
from bot.carrying import configured_kinds
from bot.console import texts
from bot.console.contact_texts import CONSENTS, LANGUAGES
from bot.console.doors import Door, Visit
from bot.console.gap_texts import GAPS, why_closed
from bot.console.organisations import AUDIENCES
from contacts.consent import consents_of
from contacts.directory import (
    Channel,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.former_names import former_names, named_like
from contacts.gaps import standings
from contacts.groups import all_groups, groups_by_hand_of
from contacts.keys import may_give_keys
from contacts.people import grant, revoke
from contacts.permissions import Permission, is_last_admin, require
from feeds.districts import districts

PAGE = 40
#: roles that are given by hand; everyone listed is a lid already
GIVEN = tuple(role for role in Role if role is not Role.MEMBER)


@dataclass(slots=True)
class Entry:
    """One organisation with its people, and what is missing there."""

    organisation: Organisation
    people: list[Person] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    formerly: list[str] = field(default_factory=list)


async def list_contacts(visit: Visit) -> Response:
    """``GET /contacten?zoek=…&domein=…&hiaten=ja&na=…``: forty organisations a page."""
    asked = visit.request.query_params
    wanted, search = asked.get("domein", ""), asked.get("zoek", "").strip()[:80]
    query = select(Organisation).where(col(Organisation.is_exercise) == visit.actor.is_exercise)
    if wanted in {domain.value for domain in Domain}:
        query = query.where(col(Organisation.domain) == Domain(wanted))
    if search:
        named = select(Person.organisation_id).where(col(Person.name).icontains(search))
        query = query.where(or_(named_like(search), col(Organisation.id).in_(named)))
    found = await visit.session.exec(
        query.where(col(Organisation.name) > asked.get("na", ""))
        .order_by(col(Organisation.name))
        .limit(PAGE + 1)
    )
    organisations = found.all()
    entries = await _entries(visit, organisations[:PAGE])
    return visit.show(
        "contacten.html",
        entries=entries,
        more=organisations[PAGE - 1].name if len(organisations) > PAGE else None,
        search=search,
        wanted=wanted,
        domains=texts.DOMAINS,
        counts=await _counts(visit),
        places=dict(districts()),
    )


async def _entries(visit: Visit, organisations: Sequence[Organisation]) -> list[Entry]:
    every = timedelta(days=visit.parts.config.contacts.check_days)
    sends_by = configured_kinds(visit.parts.config)
    found = await standings(visit.session, organisations, every, now=visit.now, sends_by=sends_by)
    names = await former_names(visit.session, [row.id for row in organisations])
    entries = {
        row.id: Entry(
            row, gaps=[GAPS[gap] for gap in one.gaps], formerly=names.get(row.id or 0, [])
        )
        for row, one in zip(organisations, found, strict=True)
    }
    people = await visit.session.exec(
        select(Person)
        .where(col(Person.organisation_id).in_(entries), col(Person.left_at).is_(None))
        .order_by(col(Person.name))
    )
    for person in people.all():
        entries[person.organisation_id].people.append(person)
    return list(entries.values())


async def _counts(visit: Visit) -> Mapping[str, int]:
    """How long the list is."""

    async def count(table: type[Organisation | Person], *only: ColumnElement[bool]) -> int:
        mine = col(table.is_exercise) == visit.actor.is_exercise
        return (
            await visit.session.exec(select(func.count()).select_from(table).where(mine, *only))
        ).one()

    return {
        texts.COUNT_ORGANISATIONS: await count(Organisation),
        texts.COUNT_PEOPLE: await count(Person, col(Person.left_at).is_(None)),
    }


async def show_person(visit: Visit) -> Response:
    """``GET /contact/{number}``: what is written down, channels, consent, groups and rights."""
    return await person_page(visit, await person_in_path(visit))


async def person_page(
    visit: Visit, person: Person, *, given: Mapping[str, Any] | None = None, error: str = ""
) -> Response:
    """The page of one person, with what was typed when it could not be kept."""
    assert person.id is not None
    channels = await visit.session.exec(
        select(Channel).where(col(Channel.person_id) == person.id).order_by(col(Channel.rank))
    )
    found = channels.all()
    granted = await visit.session.exec(
        select(RoleGrant).where(col(RoleGrant.person_id) == person.id)
    )
    grants = granted.all()
    roles = {grant.role for grant in grants}
    fields = ("name", "function", "phone", "language", "audiences")
    return visit.show(
        "contact.html",
        status=422 if error else 200,
        person=person,
        given=given or {name: getattr(person, name) for name in fields},
        error=error,
        audiences=AUDIENCES,
        languages=LANGUAGES,
        consents=await consents_of(visit.session, person.id),
        consent_kinds=CONSENTS,
        groups=[group for group in await all_groups(visit.session) if group.rule is None],
        in_groups=await groups_by_hand_of(visit.session, person.id),
        organisation=await visit.session.get(Organisation, person.organisation_id),
        channels=found,
        working=sum(one.status is ChannelStatus.ACTIVE for one in found),
        roles=roles,
        rights=GIVEN,
        has_case_seat=any(grant.has_case_seat for grant in grants),
        statuses=ChannelStatus,
        why_closed=why_closed,
        is_self=person.id == visit.actor.person_id,
        may_reach=await may_give_keys(visit.session, visit.actor, [person.id]),
    )


async def change_role(visit: Visit) -> Response:
    """``POST /contact/{number}/recht``: give or take one right."""
    person = await person_in_path(visit)
    assert person.id is not None
    role, who = Role(visit.text("rol")), visit.actor.who
    if role not in GIVEN:
        raise ValueError("everyone is a lid")
    if visit.text("doe") == "geven":
        seat = role is Role.INTERPRETER and visit.text("casusoverleg") == "ja"
        await grant(visit.session, person.id, role, who=who, now=visit.now, has_case_seat=seat)
        done = "role_granted_seat" if seat else "role_granted"
        return visit.back(f"/contact/{person.id}", done=done)
    if role is Role.ADMIN and person.id == visit.actor.person_id:
        # Otherwise nobody could give it back.
        return visit.back(f"/contact/{person.id}", done="last_admin")
    await revoke(visit.session, person.id, role, who=who, now=visit.now)
    return visit.back(f"/contact/{person.id}", done="role_revoked")


async def leave(visit: Visit) -> Response:
    """``POST /contact/{number}/weg``: does not work there any more."""
    person = await person_in_path(visit)
    if person.id == visit.actor.person_id:
        return visit.back(f"/contact/{person.id}", done="not_yourself")
    if await is_last_admin(visit.session, person):
        return visit.back(f"/contact/{person.id}", done="last_admin_stays")
    # Their rights go with them, and only who gives rights takes them.
    if not await may_give_keys(visit.session, visit.actor, [person.id or 0]):
        require(visit.actor, Permission.MANAGE_SYSTEM)
    try:
        await leave_list(
            visit.session, person, visit.parts.config, who=visit.actor.who, now=visit.now
        )
    except LastAdmin:
        return visit.back(f"/contact/{person.id}", done="last_admin_stays")
    return visit.back("/contacten", done="person_left")


async def person_in_path(visit: Visit) -> Person:
    """Whom the page is about, in the visitor's own world.

    :raises LookupError: nobody.
    """
    person = await visit.session.get(Person, visit.in_path())
    if person is None or person.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such person")
    return person


DOORS = (
    Door("/contacten", list_contacts, Permission.MANAGE_CONTACTS),
    Door("/contact/{number:int}", show_person, Permission.MANAGE_CONTACTS),
    Door("/contact/{number:int}/weg", leave, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/recht", change_role, Permission.MANAGE_SYSTEM, "POST"),
)
