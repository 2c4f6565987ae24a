"""Beheer: sources (acts in ``sources.py``), who is signed in and lines to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from starlette.responses import Response

from bot.console.away import stands_of
from bot.console.doors import Door, Visit
from bot.console.health import not_set_up, read_beats
from bot.console.part_texts import PARTS
from bot.console.seen import stamp
from bot.console.sessions import end_session
from bot.console.source_texts import REACH_SHORT, REACHES, TRUSTS
from bot.rows import WebSession
from briefings.moments import local_date
from contacts.directory import Person, Role, RoleGrant
from contacts.permissions import Permission
from feeds.rows import Source
from feeds.texts import FAULTS, LEFT, PAUSED


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session."""

    id: int
    name: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


async def show_steering(visit: Visit) -> Response:
    """``GET /beheer``."""
    return await steering_page(visit)


async def steering_page(
    visit: Visit, *, error: str = "", about: str = "", given: Mapping[str, str] | None = None
) -> Response:
    """The page; with what was typed in the form ``about`` when that was refused."""
    sources = await visit.session.exec(
        select(Source)
        .where(col(Source.is_exercise) == visit.actor.is_exercise, col(Source.scene).is_(None))
        .where(col(Source.url) != "")
        .order_by(col(Source.name))
    )
    granted = await visit.session.exec(
        select(RoleGrant.role, Person)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == visit.actor.is_exercise)
        .order_by(col(Person.name))
    )
    holders: dict[Role, list[Person]] = {}
    for role, person in granted.all():
        holders.setdefault(Role(role), []).append(person)
    settings = visit.parts.config
    listed = sources.all()
    unused = not_set_up(settings, has_sources=bool(listed))
    beats = await read_beats(visit.session, settings.ticks, now=visit.now)
    return visit.show(
        "beheer.html",
        status=422 if error else 200,
        error=error,
        about=about,
        given=given or {},
        trusts=TRUSTS,
        reaches=REACHES,
        reach_short=REACH_SHORT,
        stamp=stamp,
        sources=listed,
        faults=FAULTS,
        left=LEFT,
        paused=PAUSED,
        parts=PARTS,
        sessions=await _signed_in(visit),
        holders=holders,
        stands=await stands_of(
            visit.session, [beat for beat in beats if beat.name not in unused], now=visit.now
        ),
        unused=unused,
        unverified=settings.briefings.unverified(local_date(visit.now)),
    )


async def _signed_in(visit: Visit) -> list[SignedIn]:
    """Whose session still counts, in the visitor's own world."""
    web = visit.parts.config.web
    found = await visit.session.exec(
        select(WebSession, Person)
        .join(Person, col(Person.id) == col(WebSession.person_id))
        .where(
            col(WebSession.ended_at).is_(None),
            col(WebSession.seen_at) > visit.now - timedelta(minutes=web.idle_min),
            col(WebSession.opened_at) > visit.now - timedelta(hours=web.session_h),
            col(Person.is_exercise) == visit.actor.is_exercise,
        )
        .order_by(col(WebSession.id))
    )
    return [
        SignedIn(
            row.id or 0, person.name, row.opened_at, row.seen_at,
            row.id == visit.visitor.session_id,
        )
        for row, person in found.all()
    ]  # fmt: skip


async def sign_out_other(visit: Visit) -> Response:
    """``POST /beheer/aanmelding/{number}``: somebody's session ends now."""
    row = await visit.session.get(WebSession, visit.in_path())
    person = await visit.session.get(Person, row.person_id) if row is not None else None
    if row is None or person is None or person.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such session")
    await end_session(visit.session, row.id or 0, who=visit.actor.who, now=visit.now)
    return visit.back("/beheer", done="session_ended")


DOORS = (
    Door("/beheer", show_steering, Permission.MANAGE_SYSTEM),
    Door("/beheer/aanmelding/{number:int}", sign_out_other, Permission.MANAGE_SYSTEM, "POST"),
)
