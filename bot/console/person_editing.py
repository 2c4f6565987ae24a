"""One person at the desk: what is written down, addresses, consent and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.console.contact_texts import CONSENT_HOW, KEY_ADDED, KEY_LAST, KEY_TAKEN, REFUSALS
from bot.console.doors import Door, Visit
from bot.console.key_telling import tell_holder
from bot.console.organisations import person_values
from bot.console.people import person_in_path, person_page
from bot.console.seen import stamp, stamp_of_person
from contacts.consent import ConsentKind, give_consent, withdraw_consent
from contacts.directory import Channel, Person
from contacts.editing import EditRefused, add_address, prefer, remove_address, save_person
from contacts.groups import groups_by_hand_of, set_groups
from contacts.keys import may_take_key, other_holders
from contacts.permissions import Permission, require

LONGEST_HOW = 120


async def _here(visit: Visit) -> Person:
    """:raises LookupError: nobody, or somebody who left."""
    person = await person_in_path(visit)
    if person.left_at is not None:
        raise LookupError("they left")
    return person


async def change_person(visit: Visit) -> Response:
    """``POST /contact/{number}/gegevens``."""
    person = await _here(visit)
    await visit.hold(person)
    visit.require_seen(stamp_of_person(person))
    values: Mapping[str, Any] = {**person_values(visit), "phone": visit.text("telefoon") or None}
    try:
        await save_person(visit.session, person, values, who=visit.actor.who, now=visit.now)
    except EditRefused as refused:
        return await person_page(visit, person, given=values, error=REFUSALS[refused.why])
    return visit.back(f"/contact/{person.id}", done="saved")


async def new_address(visit: Visit) -> Response:
    """``POST /contact/{number}/adres``."""
    person = await _here(visit)
    address = visit.text("e-mail")
    holders = await other_holders(visit.session, visit.actor, [person.id or 0])
    if holders:
        require(visit.actor, Permission.MANAGE_SYSTEM)
    try:
        async with visit.session.begin_nested():
            if holders:
                await tell_holder(visit.session, person, KEY_ADDED, now=visit.now)
            await add_address(visit.session, person, address, who=visit.actor.who, now=visit.now)
    except EditRefused as refused:
        return await person_page(visit, person, error=REFUSALS[refused.why])
    return visit.back(f"/contact/{person.id}", done="saved")


async def change_channel(visit: Visit) -> Response:
    """``POST /contact/{number}/kanaal``: close one, or try it first."""
    person = await _here(visit)
    channel = await visit.session.get(Channel, visit.number("kanaal"))
    if channel is None or channel.person_id != person.id:
        raise ValueError("not theirs")
    if visit.text("doe") == "weg":
        if not await may_take_key(visit.session, visit.actor, channel):
            return await person_page(visit, person, error=KEY_LAST)
        await _take(visit, person, channel)
    elif visit.text("doe") == "eerst":
        await prefer(visit.session, channel, who=visit.actor.who, now=visit.now)
    else:
        raise ValueError("no such act")
    return visit.back(f"/contact/{person.id}", done="saved")


async def _take(visit: Visit, person: Person, channel: Channel) -> None:
    """Told afterwards, so that a telephone that was lost does not hear it."""
    taken = await remove_address(visit.session, channel, who=visit.actor.who, now=visit.now)
    if taken and await other_holders(visit.session, visit.actor, [person.id or 0]):
        await tell_holder(visit.session, person, KEY_TAKEN, now=visit.now)


async def change_consent(visit: Visit) -> Response:
    """``POST /contact/{number}/toestemming``: note it, or take it back."""
    person = await _here(visit)
    kind, who = ConsentKind(visit.text("waarvoor")), visit.actor.who
    if visit.text("doe") == "intrekken":
        await withdraw_consent(visit.session, person, kind, who=who, now=visit.now)
        return visit.back(f"/contact/{person.id}", done="saved")
    how = visit.text("hoe")
    if not how or len(how) > LONGEST_HOW:
        return await person_page(visit, person, error=CONSENT_HOW)
    await give_consent(visit.session, person, kind, how, who=who, now=visit.now)
    return visit.back(f"/contact/{person.id}", done="saved")


async def change_groups(visit: Visit) -> Response:
    """``POST /contact/{number}/groepen``: exactly the groups that are ticked."""
    person = await _here(visit)
    assert person.id is not None
    await visit.hold(person)
    visit.require_seen(stamp(sorted(await groups_by_hand_of(visit.session, person.id))))
    chosen = visit.numbers("groep")
    await set_groups(visit.session, person, chosen, who=visit.actor.who, now=visit.now)
    return visit.back(f"/contact/{person.id}", done="saved")


DOORS = (
    Door("/contact/{number:int}/gegevens", change_person, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/adres", new_address, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/kanaal", change_channel, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/toestemming", change_consent, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/groepen", change_groups, Permission.MANAGE_CONTACTS, "POST"),
)
