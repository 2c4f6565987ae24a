"""What somebody may ask about themselves: a file with everything, and to be erased; and the
privacy page that says so to everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.asking import leave_list
from bot.config import Config
from bot.console.doors import Door, Visit
from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page, back, open_page
from bot.console.pages import explain, parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.people import person_in_path
from bot.own_data import erase_contact, export_contact
from contacts.directory import Person, RoleGrant
from contacts.journal import Who, write_journal
from contacts.keys import may_give_keys
from contacts.permissions import Permission, is_last_admin, require
from contacts.retention import KEEP_LOG

#: what the checkbox sends
SURE = "ja"


async def show_privacy(request: Request) -> Response:
    """``GET /privacy``: in plain Dutch, for everybody, with the figures of this installation."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        seats = await case_seats(session, is_exercise=parts.config.is_exercise)
    return show(
        request, "privacy.html", settings=parts.config.signals, seats=seats,
        contact=parts.config.briefings.contact_tomorrow, months=KEEP_LOG.days // 30,
        today=parts.clock().date(),
    )  # fmt: skip


async def case_seats(session: AsyncSession, *, is_exercise: bool) -> int:
    """How many people who read signals also sit in the casusoverleg."""
    found = await session.exec(
        select(func.count(func.distinct(col(RoleGrant.person_id))))
        .select_from(RoleGrant)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            col(RoleGrant.has_case_seat), col(Person.left_at).is_(None),
            col(Person.is_exercise) == is_exercise,
        )
    )  # fmt: skip
    return int(found.one())


async def download(request: Request) -> Response:
    """``GET /p/{token}/bestand``: everything about this person, for this person."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        own = await open_page(session, request)
        return _file(await export_contact(session, own.person, parts.sealer))


async def erase_me(request: Request) -> Response:
    """``POST /p/{token}/wissen``: off the list, and no name left. It cannot be undone."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        if first(fields, "zeker") != SURE:
            return back(request, "vinkje#wissen")
        if await is_last_admin(session, own.person):
            return explain(request, "last_admin", status=409)
        who, config = Who("person", own.person.id), parts_of(request).config
        await _off_the_list(session, own.person, config, who=who, now=now)
        return explain(request, "erased", status=200)

    return await act_on_own_page(request, act)


async def _off_the_list(
    session: AsyncSession, person: Person, config: Config, *, who: Who, now: datetime
) -> None:
    """Leaving tells who must look for somebody else; then nothing of the name is left."""
    await leave_list(session, person, config, who=who, now=now)
    await erase_contact(session, person, who=who, now=now)


async def hand_out(visit: Visit) -> Response:
    """``POST /contact/{number}/bestand``: for who asked for it on paper; journalled."""
    person = await person_in_path(visit)
    write_journal(
        visit.session, who=visit.actor.who, action="person_exported",
        subject=f"person:{person.id}", now=visit.now,
    )  # fmt: skip
    await visit.session.flush()
    return _file(await export_contact(visit.session, person, visit.parts.sealer))


async def erase(visit: Visit) -> Response:
    """``POST /contact/{number}/wissen``."""
    person = await person_in_path(visit)
    if person.id == visit.actor.person_id:
        return visit.back(f"/contact/{person.id}", done="not_yourself")
    if visit.text("zeker") != SURE:
        return visit.back(f"/contact/{person.id}", done="tick_first")
    if await is_last_admin(visit.session, person):
        return visit.back(f"/contact/{person.id}", done="last_admin_stays")
    if not await may_give_keys(visit.session, visit.actor, [person.id or 0]):
        require(visit.actor, Permission.MANAGE_SYSTEM)
    await _off_the_list(
        visit.session, person, visit.parts.config, who=visit.actor.who, now=visit.now
    )
    return visit.back("/contacten", done="person_erased")


def _file(told: dict[str, Any]) -> Response:
    return JSONResponse(
        told, headers={"Content-Disposition": 'attachment; filename="mijn-gegevens.json"'}
    )


ROUTES = (
    Route("/privacy", show_privacy),
    Route(f"{PERSONAL_PAGE}/bestand", download),
    Route(f"{PERSONAL_PAGE}/wissen", erase_me, methods=["POST"]),
)
DOORS = (
    Door("/contact/{number:int}/bestand", hand_out, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/wissen", erase, Permission.MANAGE_CONTACTS, "POST"),
)
