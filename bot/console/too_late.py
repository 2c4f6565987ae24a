"""What somebody reads whose act came too late: what was done meanwhile, by whom, and the way on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.routing import Match

from bot.console import journal_texts, texts, too_late_texts
from bot.console.journal_value_texts import in_words
from bot.event_names import name_of
from briefings.rows import Briefing
from contacts.directory import Person, Role, RoleGrant
from contacts.journal import JournalEntry
from contacts.permissions import Actor
from feeds.rows import Event, EventStatus

#: the newest of what was done about it
MOST = 3
#: what decides nothing, and who told a signal is nobody's business
_TELLS = (
    *journal_texts.BY_ITSELF, "briefing_distributed", "event_alerted", "event_rose", "signal_told",
)  # fmt: skip
_OF_EVENT = re.compile(r"/gebeurtenis/(\d{1,10})/([a-z-]+)", re.ASCII)
_OF_ROW = re.compile(r"/(contact|organisatie|signaal|overleg|opvolging)/(\d{1,10})", re.ASCII)
_ROWS = {
    "contact": "person", "organisatie": "organisation", "signaal": "signal", "overleg": "overleg",
    "opvolging": "succession",
}  # fmt: skip
#: acts of an event whose form stands on another page than the event's own → that page
_PAGES = {
    "goedkeuren": "verzenden", "uitzondering": "verzenden", "terugsturen": "verzenden",
    "vraag-indienen": "verzenden", "stoppen": "verzenden", "doorgaan": "verzenden",
    "afzeggen": "verzenden", "opnieuw": "verzenden", "gebeld": "verzenden", "alsnog": "ontvangers",
    "indienen": "teksten", "intrekken": "teksten", "nieuwe-versie": "teksten", "teksten": "teksten",
    "feiten": "feiten", "maatregel": "feiten", "overnemen": "feiten", "correctie": "feiten",
    "trek-in": "feiten", "volgende-update": "feiten", "kader": "feiten", "stap": "draaiboek",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done; ``who`` is empty for the reader."""

    at: datetime
    who: str
    what: str
    is_by_person: bool


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was done about what the form was about, the newest first, and where to look at it."""

    done: Sequence[Done]
    page: str
    label: str

    @property
    def is_own(self) -> bool:
        """Whether the reader did the newest that a person did."""
        return next((not one.who for one in self.done if one.is_by_person), False)


async def meanwhile(session: AsyncSession, request: Request, actor: Actor) -> Meanwhile:
    """As the journal tells it; of something else than one record only the way on."""
    path = request.url.path
    if (found := _OF_EVENT.match(path)) and (event := await _event(session, int(found[1]), actor)):
        is_running = event.status not in (EventStatus.DETECTED, EventStatus.DISMISSED)
        tab = _PAGES.get(found[2], "") if is_running else ""
        subjects = [f"event:{event.id}", *await _versions(session, event)]
        return Meanwhile(
            await _done(session, subjects, actor),
            f"/gebeurtenis/{event.id}" + (f"/{tab}" if tab else ""),
            await name_of(session, event),
        )
    done: Sequence[Done] = []
    if found := _OF_ROW.match(path):
        done = await _done(session, [f"{_ROWS[found[1]]}:{found[2]}"], actor)
    return Meanwhile(done, page_of(request), too_late_texts.THE_PAGE)


def page_of(request: Request) -> str:
    """The nearest page at or above the address of an act; *Vandaag* where there is none."""
    path = request.url.path
    while path := path.rpartition("/")[0]:
        asked = {"type": "http", "method": "GET", "path": path, "headers": []}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            return path
    return "/"


async def _event(session: AsyncSession, number: int, actor: Actor) -> Event | None:
    event = await session.get(Event, number)
    return event if event is not None and event.is_exercise == actor.is_exercise else None


async def _versions(session: AsyncSession, event: Event) -> list[str]:
    found = await session.exec(select(Briefing.id).where(col(Briefing.event_id) == event.id))
    return [f"briefing:{number}" for number in found.all()]


async def _done(session: AsyncSession, subjects: Sequence[str], actor: Actor) -> list[Done]:
    found = await session.exec(
        select(JournalEntry)
        .where(col(JournalEntry.subject).in_(subjects), col(JournalEntry.action).not_in(_TELLS))
        .order_by(col(JournalEntry.id).desc())
        .limit(MOST)
    )
    return [
        Done(
            entry.at,
            await _who(session, entry.actor, actor),
            what_was_done(entry),
            entry.actor.startswith("person:"),
        )
        for entry in found.all()
    ]


def what_was_done(entry: JournalEntry) -> str:
    """In Dutch, with the reason where there is one. Pure."""
    what = journal_texts.ACTIONS.get(entry.action, too_late_texts.SOMETHING)
    reason = entry.detail.get("reason")
    if not isinstance(reason, str) or not reason:
        return what
    return too_late_texts.WITH_REASON.format(what=what, reason=in_words("reason", reason))


async def _who(session: AsyncSession, name: str, actor: Actor) -> str:
    if name == str(actor.who):
        return ""
    kind, _, number = name.partition(":")
    if kind != "person":
        return journal_texts.JOURNAL_ACTORS.get(name, name)
    # Only who works for the house is named.
    found = await session.exec(
        select(Person.name)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .where(col(Person.id) == int(number), col(RoleGrant.role) != Role.MEMBER)
        .limit(1)
    )
    return found.first() or too_late_texts.SOMEBODY


def why_too_late(key: str, said: str, found: Meanwhile) -> dict[str, Any]:
    """What the page shows. Pure.

    :param said: what was decided, where the act itself knows it.
    """
    title, line = too_late_texts.OWN if found.is_own else texts.EXPLANATIONS[key]
    return {"title": title, "line": said or line, "meanwhile": found}
