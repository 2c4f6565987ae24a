"""*Vandaag*, the first page; and the health check for a watching program."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.console.today import read_today
from bot.rota_standing import read_standing
from contacts.permissions import Permission, may


async def show_today(visit: Visit) -> Response:
    """``GET /``: what needs a person now, most urgent first, and what is running."""
    today = await read_today(
        visit.session,
        visit.parts.config,
        is_exercise=visit.actor.is_exercise,
        now=visit.now,
        reader=visit.actor.person_id,
        sees=lambda need: (
            (may(visit.actor, Permission.SEE_STATUS) or may(visit.actor, need.opens_for))
            and may(visit.actor, need.acts)
        ),
    )
    rota = await read_standing(visit.session, is_exercise=visit.actor.is_exercise, now=visit.now)
    return visit.show("vandaag.html", today=today, rota=rota)


DOORS = (Door("/", show_today, Permission.USE_CONSOLE),)
