"""Who and what may be on the list twice, and making one of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from bot.exercise.lending import move_seats
from briefings.learning.owners import rename_owner
from contacts.directory import Organisation, Person
from contacts.joining import CannotJoin, JoinBusy, find_places_twice, join_organisations
from contacts.keys import may_give_keys
from contacts.merging import SHOWN, find_pairs, merge_people
from contacts.people import organisation_named
from contacts.permissions import Permission, is_last_admin
from feeds.districts import districts
from signals.help_moving import move_help
from signals.peer_groups import move_groups

PAGE = "/contacten/dubbel"
#: so many pairs of people, and of organisations, at a time
ON_A_LEAF = 20
PARTS = ("mensen", "plekken")
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Leaf(Generic[One]):
    """Part ``number`` (from 1) of ``last``, of ``total`` pairs; the search stops at ``most``."""

    shown: Sequence[One]
    number: int
    last: int
    total: int
    most: int = SHOWN


def leaf_of(found: Sequence[One], wanted: int) -> Leaf[One]:
    """The part that was asked for, or the last one: pairs go as they are settled. Pure."""
    last = max(1, -(-len(found) // ON_A_LEAF))
    number = min(max(1, wanted), last)
    return Leaf(found[(number - 1) * ON_A_LEAF : number * ON_A_LEAF], number, last, len(found))


def _where(people: int, places: int) -> str:
    """The page with these two parts."""
    return PAGE if (people, places) == (1, 1) else f"{PAGE}?mensen={people}&plekken={places}"


def _wanted(visit: Visit) -> tuple[int, int]:
    """Which parts were shown, from the address or from the form of one of them."""
    said = [visit.request.query_params.get(name) or visit.text(name) for name in PARTS]
    people, places = (int(one) if one.isdecimal() and len(one) < 4 else 1 for one in said)
    return people, places


async def show_pairs(visit: Visit) -> Response:
    """``GET /contacten/dubbel``."""
    is_exercise, (people, places) = visit.actor.is_exercise, _wanted(visit)
    pairs = await find_pairs(visit.session, is_exercise=is_exercise)
    twice = await find_places_twice(visit.session, is_exercise=is_exercise)
    return visit.show(
        "dubbel.html",
        pairs=leaf_of(pairs, people),
        places=leaf_of(twice, places),
        where=_where,
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
        return visit.back(_where(*_wanted(visit)), done="not_twice")
    if not await may_give_keys(visit.session, visit.actor, [keep.id or 0, gone.id or 0]):
        return visit.back(_where(*_wanted(visit)), done="not_your_keys")
    if await is_last_admin(visit.session, gone):  # rights are not handed over
        return visit.back(_where(*_wanted(visit)), done="last_admin_stays")
    await merge_people(visit.session, keep, gone, who=visit.actor.who, now=visit.now)
    await move_help(visit.session, keep, gone)
    await move_groups(visit.session, keep, gone)
    await move_seats(visit.session, keep, gone)
    return visit.back(_where(*_wanted(visit)), done="merged_people")


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
    except JoinBusy:
        await visit.session.rollback()
        return visit.back(PAGE, done="join_busy")
    except CannotJoin:
        return visit.back(PAGE, done="not_twice")
    await rename_owner(visit.session, names[1], names[0])
    return visit.back(f"/organisatie/{keep_id}", done="joined")


DOORS = (
    Door(PAGE, show_pairs, Permission.MANAGE_CONTACTS),
    Door(PAGE, merge, Permission.MANAGE_CONTACTS, "POST"),
    Door(f"{PAGE}/organisatie", join, Permission.MANAGE_CONTACTS, "POST"),
)
