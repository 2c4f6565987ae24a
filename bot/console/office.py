"""*Vandaag*, the first page; and the health check for a watching program."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.doors import Door, Visit
from bot.console.guarding import is_local
from bot.console.health import read_beats, report
from bot.console.pages import explain, parts_of
from bot.console.today import read_today
from contacts.permissions import Permission, may


async def show_today(visit: Visit) -> Response:
    """``GET /``: what needs a person now, most urgent first, and what is running."""
    today = await read_today(
        visit.session,
        visit.parts.config,
        is_exercise=visit.actor.is_exercise,
        now=visit.now,
        sees=lambda need: (
            may(visit.actor, Permission.SEE_STATUS) or may(visit.actor, need.opens_for)
        ),
    )
    return visit.show("vandaag.html", today=today)


async def show_health(request: Request) -> Response:
    """``GET /gezond``: JSON for a watching program here; 503 when something stands still."""
    parts = parts_of(request)
    client = request.client.host if request.client else None
    if not is_local(request.headers, client=client, listen_host=parts.config.web.host):
        return explain(request, "not_here", status=403)
    async with parts.db.read() as session:
        beats = await read_beats(session, parts.config.ticks, now=parts.clock())
    health = report(beats)
    return JSONResponse(health, status_code=200 if health["ok"] else 503)


DOORS = (Door("/", show_today, Permission.USE_CONSOLE),)
