"""The working pages, for whoever sits at the computer that Schakel runs on. Read-only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console import texts
from bot.console.event_view import read_event
from bot.console.guarding import is_local
from bot.console.health import read_beats, report
from bot.console.pages import explain, parts_of, show
from bot.console.today import read_today
from contacts.journal import JournalEntry
from contacts.outbox import AcknowledgementKind

JOURNAL_LINES = 200
#: numbers beyond this are no number of a row in any database
MAX_ID = 2**31 - 1

Page = Callable[[Request], Awaitable[Response]]


def only_here(page: Page) -> Page:
    """Refuse everybody who is not at this computer."""

    async def guarded(request: Request) -> Response:
        listen_host = parts_of(request).config.web.host
        client = request.client.host if request.client else None
        if not is_local(request.headers, client=client, listen_host=listen_host):
            return explain(request, "not_here", status=403)
        return await page(request)

    return guarded


@only_here
async def show_today(request: Request) -> Response:
    """``GET /``."""
    parts = parts_of(request)
    now = parts.clock()
    async with parts.db.read() as session:
        today = await read_today(session, parts.config, now=now)
    return show(request, "vandaag.html", here="vandaag", today=today, now=now)


@only_here
async def show_event(request: Request) -> Response:
    """``GET /gebeurtenis/{number}``."""
    parts, number = parts_of(request), request.path_params["number"]
    view = None
    if number <= MAX_ID:
        async with parts.db.read() as session:
            view = await read_event(session, number)
    if view is None:
        return explain(request, "not_found", status=404)
    return show(
        request, "gebeurtenis.html", here="vandaag", view=view, kinds=AcknowledgementKind,
        now=parts.clock(),
        is_exercise=view.event.is_exercise,
    )  # fmt: skip


@only_here
async def show_journal(request: Request) -> Response:
    """``GET /journaal``: the last lines, newest first."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        found = await session.exec(
            select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(JOURNAL_LINES)
        )
        lines = [journal_line(entry) for entry in found.all()]
    return show(request, "journaal.html", here="journaal", lines=lines, now=parts.clock())


@only_here
async def show_health(request: Request) -> Response:
    """``GET /gezond``: JSON for a watching program; 503 when something stands still."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        beats = await read_beats(session, parts.config.ticks, now=parts.clock())
    health = report(beats)
    return JSONResponse(health, status_code=200 if health["ok"] else 503)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal in Dutch."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


def journal_line(entry: JournalEntry) -> JournalLine:
    """As a person reads it; what has no Dutch word yet keeps its code. Pure."""
    kind, _, number = entry.subject.partition(":")
    subject = " ".join(filter(None, [texts.SUBJECTS.get(kind, kind), number]))
    person = entry.actor.removeprefix("person:")
    actor = texts.JOURNAL_ACTORS.get(entry.actor, entry.actor)
    return JournalLine(
        at=entry.at,
        actor=actor if person == entry.actor else texts.JOURNAL_PERSON.format(number=person),
        action=texts.ACTIONS.get(entry.action, entry.action),
        subject=subject,
        detail=_detail(entry.detail),
    )


def _detail(detail: Mapping[str, Any]) -> str:
    """Codes and counts; long lists of numbers as their length."""
    said = []
    if "from" in detail and "to" in detail:
        said.append(f"{detail['from']} → {detail['to']}")
    for name, value in detail.items():
        if name not in {"from", "to"}:
            said.append(f"{name}: {len(value) if isinstance(value, list) else value}")
    return ", ".join(said)
