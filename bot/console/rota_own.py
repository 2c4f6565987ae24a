"""What somebody with duty does on the page *Rooster*: take it over, and leave a note."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.console.rota_form import PAGE, show_page, turn_of
from bot.rota_handing import say_taken
from bot.rota_notes import why_no_note
from contacts.permissions import Permission
from contacts.rota_duty import leave_note
from contacts.rota_keeping import turns_of


async def take(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/overgenomen``: only by whom it is for."""
    turn = await turn_of(visit)
    turns = await turns_of(visit.session, is_exercise=turn.is_exercise)
    await say_taken(
        visit.session, turns, turn, visit.actor.person_id, who=visit.actor.who, now=visit.now
    )
    return visit.back(PAGE, done="rota_taken")


async def write_note(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/notitie``: an empty one takes it away."""
    turn = await turn_of(visit)
    await visit.hold(turn)
    visit.require_seen(turn.note or "-")
    note = " ".join(visit.text("notitie").split())
    if error := why_no_note(note, visit.parts.config.signals.allow):
        return await show_page(visit, error, about="notitie")
    await leave_note(
        visit.session, turn, visit.actor.person_id, note, who=visit.actor.who, now=visit.now
    )
    return visit.back(PAGE, done="rota_note")


_TURN = f"{PAGE}/{{number:int}}"
DOORS = (
    Door(f"{_TURN}/overgenomen", take, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_TURN}/notitie", write_note, Permission.MANAGE_EVENT, "POST"),
)
