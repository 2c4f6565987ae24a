"""Invitations to connect Telegram, to print: for one person, organisation, group, or everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar
from starlette.responses import Response

from bot.console.contact_texts import KEY_INVITED
from bot.console.doors import Door, Visit
from bot.console.key_telling import tell_holder
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    Organisation,
    Person,
)
from contacts.groups import all_groups, members_of
from contacts.invitations import code_file, deep_link, invite
from contacts.keys import other_holders
from contacts.permissions import Permission, may

#: so many on one page; the rest follow with one press
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody's invitation, to be shown once. ``picture``: the QR code as a data URI, ``file``
    what it is called when it is kept."""

    person: Person
    organisation: str
    link: str
    picture: str
    file: str


async def choose(visit: Visit) -> Response:
    """``GET /contacten/afdrukken?groep=…``: for whom."""
    found = await visit.session.exec(
        select(Organisation.id, Organisation.name)
        .where(col(Organisation.is_exercise) == visit.actor.is_exercise)
        .order_by(col(Organisation.name))
    )
    return visit.show(
        "afdrukken.html",
        organisations=found.all(),
        groups=await all_groups(visit.session),
        chosen=visit.request.query_params.get("groep", ""),
        at_once=AT_ONCE,
    )


async def make_invitations(visit: Visit) -> Response:
    """``POST /contacten/uitnodigen``: shown once; a longer list goes on where this one ends."""
    bot_name = visit.parts.config.telegram.bot_name
    found: list[tuple[Person, str]] = []
    holders: set[int] = set()
    if bot_name:
        query = (await _query(visit)).limit(AT_ONCE + 1)
        found = list((await visit.session.exec(query)).all())
        numbers = [person.id or 0 for person, _ in found[:AT_ONCE]]
        holders = await other_holders(visit.session, visit.actor, numbers)
    # The telephone acts as its owner, so who may sign in is invited by who gives rights only.
    left_out = set() if may(visit.actor, Permission.MANAGE_SYSTEM) else holders
    last = found[AT_ONCE - 1] if len(found) > AT_ONCE else None
    found = [one for one in found[:AT_ONCE] if one[0].id not in left_out]
    for person, _ in found:
        if person.id in holders:
            await tell_holder(visit.session, person, KEY_INVITED, now=visit.now)
    invited = [await _invited(visit, person, name, bot_name) for person, name in found]
    return visit.show(
        "uitnodigingen.html",
        invited=invited,
        bot_name=bot_name,
        last=last,
        left_out=len(left_out),
        organisation=visit.text("organisatie"),
        group=visit.text("groep"),
    )


async def _invited(visit: Visit, person: Person, organisation: str, bot_name: str) -> Invited:
    assert person.id is not None
    token = await invite(visit.session, person.id, who=visit.actor.who, now=visit.now)
    link = deep_link(bot_name, token)
    code = segno.make(link, error="m").svg_data_uri(scale=3)
    return Invited(person, organisation, link, code, code_file(organisation, person.id))


async def _query(visit: Visit) -> SelectOfScalar[Any]:
    """One person, whoever they are; or who has no Telegram yet, by organisation.

    :raises LookupError: a group that is not there.
    """
    query: SelectOfScalar[Any] = (
        select(Person, Organisation.name)  # type: ignore[assignment]  # two columns, any rows
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == visit.actor.is_exercise)
        .order_by(col(Organisation.name), col(Person.id))
    )
    if visit.text("persoon"):
        return query.where(col(Person.id) == visit.number("persoon"))
    linked = select(Channel.person_id).where(
        col(Channel.kind) == ChannelKind.TELEGRAM, col(Channel.status) == ChannelStatus.ACTIVE
    )
    query = query.where(col(Person.id).not_in(linked))
    if visit.text("organisatie"):
        query = query.where(col(Person.organisation_id) == visit.number("organisatie"))
    if visit.text("groep"):
        group = await visit.session.get(ContactGroup, visit.number("groep"))
        if group is None:
            raise LookupError("no such group")
        members = await members_of(visit.session, group, is_exercise=visit.actor.is_exercise)
        query = query.where(col(Person.id).in_([person.id for person, _ in members]))
    if visit.text("na"):
        name, number = col(Organisation.name), visit.number("na")
        after = visit.text("na_organisatie")
        query = query.where(or_(name > after, and_(name == after, col(Person.id) > number)))
    return query


DOORS = (
    Door("/contacten/afdrukken", choose, Permission.MANAGE_CONTACTS),
    Door("/contacten/uitnodigen", make_invitations, Permission.MANAGE_CONTACTS, "POST"),
)
