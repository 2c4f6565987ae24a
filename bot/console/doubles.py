"""Who and what may be on the list twice, and making one of two."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from briefings.learning.owners import rename_owner
from contacts.directory import Organisation, Person
from contacts.joining import CannotJoin, find_places_twice, join_organisations
from contacts.merging import find_pairs, merge_people
from contacts.people import organisation_named
from contacts.permissions import Permission
from feeds.districts import districts
from signals.help_moving import move_help

PAGE = "/contacten/dubbel"


async def show_pairs(visit: Visit) -> Response:
    """``GET /contacten/dubbel``."""
    is_exercise = visit.actor.is_exercise
    return visit.show(
        "dubbel.html",
        pairs=await find_pairs(visit.session, is_exercise=is_exercise),
        places=await find_places_twice(visit.session, is_exercise=is_exercise),
        districts=dict(districts()),
        domains=texts.DOMAINS,
    )


async def merge(visit: Visit) -> Response:
    """``POST /contacten/dubbel``: one of two people stays."""
    keep = await visit.session.get(Person, visit.number("blijft"))
    gone = await visit.session.get(Person, visit.number("gaat"))
    is_exercise = visit.actor.is_exercise
    if keep is None or gone is None or {keep.is_exercise, gone.is_exercise} != {is_exercise}:
        raise LookupError("nobody")
    if keep.left_at is not None or gone.left_at is not None:
        return visit.back(PAGE, done="not_twice")
    await merge_people(visit.session, keep, gone, who=visit.actor.who, now=visit.now)
    await move_help(visit.session, keep, gone)
    return visit.back(PAGE, done="merged_people")


async def join(visit: Visit) -> Response:
    """``POST /contacten/dubbel/organisatie``: one of two organisations stays."""
    is_exercise, gone_id = visit.actor.is_exercise, visit.number("gaat")
    if typed := " ".join(visit.text("blijft-naam").split()):
        named = await organisation_named(visit.session, typed, is_exercise=is_exercise)
        if named is None:
            return visit.back(f"/organisatie/{gone_id}", done="organisation_unknown")
        keep_id = named
    else:
        keep_id = visit.number("blijft")
    for number in (keep_id, gone_id):
        found = await visit.session.get(Organisation, number)
        if found is not None and found.is_exercise != is_exercise:
            raise LookupError("nothing")
    if visit.text("zeker") != "ja":
        return visit.back(PAGE, done="not_sure")
    try:
        names = await join_organisations(
            visit.session, keep_id, gone_id, who=visit.actor.who, now=visit.now
        )
    except CannotJoin:
        return visit.back(PAGE, done="not_twice")
    await rename_owner(visit.session, names[1], names[0])
    return visit.back(f"/organisatie/{keep_id}", done="joined")


DOORS = (
    Door(PAGE, show_pairs, Permission.MANAGE_CONTACTS),
    Door(PAGE, merge, Permission.MANAGE_CONTACTS, "POST"),
    Door(f"{PAGE}/organisatie", join, Permission.MANAGE_CONTACTS, "POST"),
)
