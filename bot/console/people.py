"""Contacts at the desk: organisations and their people, what is missing, rights, invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import segno
from sqlalchemy import func, or_
from sqlmodel import col, select
from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.invitations import deep_link, invite
from contacts.people import grant, mark_left, revoke
from contacts.permissions import Permission
from feeds.districts import districts

PAGE = 40
#: a school with fewer people than this is one illness away from silence
ENOUGH = 2
INVITE_AT_ONCE = 200
#: roles that are given by hand; everyone listed is a lid already
GIVEN = tuple(role for role in Role if role is not Role.MEMBER)


@dataclass(slots=True)
class Entry:
    """One organisation with its people, and what is missing there."""

    organisation: Organisation
    people: list[Person] = field(default_factory=list)
    reachable: int = 0
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody's invitation, to be shown once. ``picture``: the QR code as a data URI."""

    person: Person
    organisation: str
    link: str
    picture: str


async def list_contacts(visit: Visit) -> Response:
    """``GET /contacten?zoek=…&domein=…&hiaten=ja&na=…``: forty organisations a page."""
    asked = visit.request.query_params
    wanted, search = asked.get("domein", ""), asked.get("zoek", "").strip()[:80]
    query = select(Organisation).where(col(Organisation.is_exercise) == visit.actor.is_exercise)
    if wanted in {domain.value for domain in Domain}:
        query = query.where(col(Organisation.domain) == Domain(wanted))
    if search:
        named = select(Person.organisation_id).where(col(Person.name).icontains(search))
        query = query.where(
            or_(col(Organisation.name).icontains(search), col(Organisation.id).in_(named))
        )
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
        gaps=await _gaps(visit),
        places=dict(districts()),
    )


async def _entries(visit: Visit, organisations: Sequence[Organisation]) -> list[Entry]:
    entries = {row.id: Entry(row) for row in organisations if row.id is not None}
    found = await visit.session.exec(
        select(Person)
        .where(col(Person.organisation_id).in_(entries), col(Person.left_at).is_(None))
        .order_by(col(Person.name))
    )
    people = found.all()
    reachable = await _reachable(visit, [person.id or 0 for person in people])
    for person in people:
        entry = entries[person.organisation_id]
        entry.people.append(person)
        entry.reachable += person.id in reachable
    for entry in entries.values():
        entry.gaps = gaps_of(entry)
    return list(entries.values())


async def _reachable(visit: Visit, person_ids: Sequence[int]) -> set[int]:
    found = await visit.session.exec(
        select(Channel.person_id).where(
            col(Channel.person_id).in_(person_ids), col(Channel.status) == ChannelStatus.ACTIVE
        )
    )
    return set(found.all())


def gaps_of(entry: Entry) -> list[str]:
    """What is missing at one organisation, in Dutch. Pure."""
    gaps = []
    if entry.organisation.domain is Domain.EDUCATION and len(entry.people) < ENOUGH:
        gaps.append(texts.GAP_FEW)
    if entry.reachable < len(entry.people):
        gaps.append(texts.GAP_CHANNEL.format(count=len(entry.people) - entry.reachable))
    if entry.organisation.confirmed_at is None:
        gaps.append(texts.GAP_UNCONFIRMED)
    return gaps


async def _gaps(visit: Visit) -> Mapping[str, int]:
    """The holes in the whole list, counted."""
    mine = col(Organisation.is_exercise) == visit.actor.is_exercise
    staff = (
        select(func.count())
        .select_from(Person)
        .where(col(Person.organisation_id) == col(Organisation.id), col(Person.left_at).is_(None))
        .scalar_subquery()
    )
    working = (
        select(Channel.id)
        .where(
            col(Channel.person_id) == col(Person.id),
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
        .exists()
    )

    async def count(query: object) -> int:
        return int((await visit.session.exec(query)).one())  # type: ignore[call-overload]

    organisations = select(func.count()).select_from(Organisation).where(mine)
    people = (
        select(func.count())
        .select_from(Person)
        .where(col(Person.is_exercise) == visit.actor.is_exercise, col(Person.left_at).is_(None))
    )
    schools = organisations.where(col(Organisation.domain) == Domain.EDUCATION, staff < ENOUGH)
    return {
        texts.COUNT_ORGANISATIONS: await count(organisations),
        texts.COUNT_PEOPLE: await count(people),
        texts.COUNT_FEW: await count(schools),
        texts.COUNT_CHANNEL: await count(people.where(~working)),
        texts.COUNT_UNCONFIRMED: await count(
            organisations.where(col(Organisation.confirmed_at).is_(None))
        ),
    }


async def show_person(visit: Visit) -> Response:
    """``GET /contact/{number}``: channels and rights of one person."""
    person = await person_in_path(visit)
    channels = await visit.session.exec(
        select(Channel).where(col(Channel.person_id) == person.id).order_by(col(Channel.rank))
    )
    granted = await visit.session.exec(
        select(RoleGrant).where(col(RoleGrant.person_id) == person.id)
    )
    grants = granted.all()
    roles = {grant.role for grant in grants}
    return visit.show(
        "contact.html",
        person=person,
        organisation=await visit.session.get(Organisation, person.organisation_id),
        channels=channels.all(),
        roles=roles,
        given=GIVEN,
        has_case_seat=any(grant.has_case_seat for grant in grants),
        statuses=ChannelStatus,
        is_self=person.id == visit.actor.person_id,
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
    await mark_left(visit.session, person, who=visit.actor.who, now=visit.now)
    return visit.back("/contacten", done="person_left")


async def make_invitations(visit: Visit) -> Response:
    """``POST /contacten/uitnodigen``: one person, or everyone without Telegram; shown once."""
    linked = select(Channel.person_id).where(
        col(Channel.kind) == ChannelKind.TELEGRAM, col(Channel.status) == ChannelStatus.ACTIVE
    )
    query = (
        select(Person, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == visit.actor.is_exercise)
        .order_by(col(Organisation.name), col(Person.id))
    )
    chosen = visit.text("persoon")
    if chosen:
        query = query.where(col(Person.id) == visit.number("persoon"))
    else:
        query = query.where(col(Person.id).not_in(linked)).limit(INVITE_AT_ONCE)
    bot_name = visit.parts.config.telegram.bot_name
    invited = []
    for person, organisation in (await visit.session.exec(query)).all() if bot_name else ():
        token = await invite(visit.session, person.id or 0, now=visit.now)
        link = deep_link(bot_name, token)
        picture = segno.make(link, error="m").svg_data_uri(scale=3)
        invited.append(Invited(person, organisation, link, picture))
    return visit.show("uitnodigingen.html", invited=invited, bot_name=bot_name)


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
    Door("/contacten/uitnodigen", make_invitations, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}", show_person, Permission.MANAGE_CONTACTS),
    Door("/contact/{number:int}/weg", leave, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/recht", change_role, Permission.MANAGE_SYSTEM, "POST"),
)
