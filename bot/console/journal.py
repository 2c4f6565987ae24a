"""The journal at the desk: who did what and when, in Dutch, with a filter.

The rows hold numbers only. The names of colleagues, who act for the house, are looked up for
the page; everybody else stays a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bot.console import journal_texts, texts
from bot.console.doors import Door, Visit
from bot.console.forms import MAX_ID
from bot.console.journal_details import said_of
from contacts.directory import Person, Role, RoleGrant
from contacts.former_names import former_numbers
from contacts.journal import JournalEntry
from contacts.permissions import Permission

LINES = 200
#: what is asked of the journal, as it stands in the address
ASKED = ("wie", "wat", "waarover", "nummer", "alles")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal in Dutch."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


JOINED = "organisations_joined"


async def show_journal(visit: Visit) -> Response:
    """``GET /journaal?wie=…&wat=…&waarover=…&nummer=…&alles=ja&na=…``: newest first; what the
    machine does by itself only on request, because it hides what people decided."""
    asked = {name: visit.request.query_params.get(name, "").strip() for name in ASKED}
    before = visit.request.query_params.get("na", "")
    query = _chosen(asked)
    if before.isdecimal():
        query = query.where(col(JournalEntry.id) < min(int(before), MAX_ID))
    found = await visit.session.exec(query.order_by(col(JournalEntry.id).desc()).limit(LINES + 1))
    entries = found.all()
    names = await colleagues(visit.session, is_exercise=visit.actor.is_exercise)
    gone = await former_numbers(visit.session)
    kept = {name: value for name, value in asked.items() if value}
    more = entries[LINES - 1].id if len(entries) > LINES else None
    return visit.show(
        "journaal.html",
        lines=[journal_line(entry, names, gone) for entry in entries[:LINES]],
        older=urlencode({**kept, "na": more}) if more else "",
        asked=asked,
        people={f"person:{number}": name for number, name in names.items()},
        actions=dict(sorted(journal_texts.ACTIONS.items(), key=lambda pair: pair[1])),
        subjects=dict(sorted(journal_texts.SUBJECTS.items(), key=lambda pair: pair[1])),
    )


def _chosen(asked: Mapping[str, str]) -> Any:
    query = select(JournalEntry)
    if asked["wie"]:
        query = query.where(col(JournalEntry.actor) == asked["wie"])
    if asked["wat"]:
        query = query.where(col(JournalEntry.action) == asked["wat"])
    elif asked["alles"] != "ja":
        query = query.where(col(JournalEntry.action).not_in(journal_texts.BY_ITSELF))
    if asked["waarover"]:
        kind, number = asked["waarover"], asked["nummer"]
        about = col(JournalEntry.subject)
        is_one = about == f"{kind}:{number}"
        query = query.where(
            is_one if number else or_(about == kind, about.startswith(f"{kind}:", autoescape=True))
        )
    return query


async def colleagues(session: AsyncSession, *, is_exercise: bool) -> dict[int, str]:
    """Everybody of this world who works for the house, by name and right."""
    found = await session.exec(
        select(Person.id, Person.name, RoleGrant.role)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .where(col(Person.is_exercise) == is_exercise, col(RoleGrant.role) != Role.MEMBER)
        .order_by(col(Person.name), col(Person.id), col(RoleGrant.id))
    )
    rights: dict[tuple[int, str], list[str]] = {}
    for number, name, role in found.all():
        rights.setdefault((number or 0, name), []).append(texts.ROLES[Role(role)].lower())
    return {number: f"{name} ({', '.join(roles)})" for (number, name), roles in rights.items()}


def journal_line(
    entry: JournalEntry, names: Mapping[int, str], gone: Mapping[int, tuple[str, str]]
) -> Line:
    """As a person reads it; what has no Dutch word yet keeps its code. Pure.

    :param gone: by the number of an organisation that was joined: its name, and whose it is now.
    """
    kind, _, number = entry.subject.partition(":")
    if kind == "organisation" and number.isdecimal() and int(number) in gone:
        before, now = gone[int(number)]
        number += journal_texts.PART_OF.format(before=before, now=now)
    detail = said_of(entry.detail)
    if entry.action == JOINED and (was := gone.get(entry.detail.get("merged", 0))):
        detail = ", ".join(filter(None, [journal_texts.FORMERLY.format(name=was[0]), detail]))
    return Line(
        at=entry.at,
        actor=_actor(entry.actor, names),
        action=journal_texts.ACTIONS.get(entry.action, entry.action),
        subject=" ".join(filter(None, [journal_texts.SUBJECTS.get(kind, kind), number])),
        detail=detail,
    )


def _actor(actor: str, names: Mapping[int, str]) -> str:
    number = actor.removeprefix("person:")
    if number == actor:
        return journal_texts.JOURNAL_ACTORS.get(actor, actor)
    nobody = journal_texts.JOURNAL_PERSON.format(number=number)
    return names.get(int(number), nobody) if number.isdecimal() else nobody


DOORS = (Door("/journaal", show_journal, Permission.MANAGE_SYSTEM),)
