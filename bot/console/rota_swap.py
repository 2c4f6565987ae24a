"""On the page *Rooster*: give one's own period to a colleague, take over another's, or say no."""

from __future__ import annotations

from starlette.responses import Response

from bot import rota_texts as texts
from bot.console.doors import Door, Visit
from bot.console.rota_form import PAGE, refused, show_page, turn_of
from bot.rota_swapping import NotReached, ask, refuse, take
from contacts.permissions import Permission
from contacts.rota_keeping import RotaRefused


async def offer(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/ruil``: ask a colleague."""
    turn = await turn_of(visit)
    about, to = f"p{turn.id}", visit.number("aan")
    try:
        await ask(visit.session, turn, to, visit.actor, seen=visit.number("versie"), now=visit.now)
    except RotaRefused as why:
        return await show_page(visit, await refused(visit, why, to), about=about)
    except NotReached:
        return await show_page(visit, texts.NOT_REACHED, about=about)
    return visit.back(PAGE, done="rota_offered")


async def take_it(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/over``: it is the visitor's from now on."""
    turn = await turn_of(visit)
    try:
        await take(visit.session, turn, visit.actor, seen=visit.number("versie"), now=visit.now)
    except RotaRefused as why:
        error = await refused(visit, why, visit.actor.person_id)
        return await show_page(visit, error, about=f"p{turn.id}")
    return visit.back(PAGE, done="rota_passed")


async def say_no(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/nee``: to what was offered to the visitor."""
    turn = await turn_of(visit)
    await refuse(visit.session, turn, visit.actor, now=visit.now)
    return visit.back(PAGE, done="rota_declined")


_TURN = f"{PAGE}/{{number:int}}"
DOORS = (
    Door(f"{_TURN}/ruil", offer, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_TURN}/over", take_it, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_TURN}/nee", say_no, Permission.MANAGE_EVENT, "POST"),
)
