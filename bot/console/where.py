"""*Waar meld ik wat?*: open to everybody, to print, and kept true at the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import line_texts
from bot.console import list_texts
from bot.console.doors import Door, Visit
from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page, back
from bot.console.pages import parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.printing import send_pdf
from bot.line_asking import answer_line, in_words
from briefings.city_lines import (
    CityLineState,
    as_confirmed,
    current_settings,
    fingerprint_of,
    kept_by,
    line_states,
    lines_of,
    set_owner,
)
from briefings.moments import day, local_date
from briefings.pdf import Sheet
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import Organisation, Person, Role, RoleGrant
from contacts.former_names import named_like
from contacts.journal import Who
from contacts.permissions import Permission

#: so many people to choose from at once
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A line at the desk, with who keeps it. ``mark``: which words the form is about."""

    number: int
    line: CityLine
    fault: str
    owner_id: int | None
    asked: CityLineState | None
    mark: str


async def show_card(request: Request) -> Response:
    """``GET /waar``: nothing here is secret, so nobody needs to sign in."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        settings = await current_settings(session, parts.config.briefings)
    return show(
        request, "waar.html", meldkaart=settings.meldkaart, help_lines=settings.help_lines,
        today=local_date(parts.clock()),
    )  # fmt: skip


async def print_card(request: Request) -> Response:
    """``GET /waar/pdf``: one sheet for the staff room."""
    parts = parts_of(request)
    now = parts.clock()
    async with parts.db.read() as session:
        settings = await current_settings(session, parts.config.briefings)
    sheet = sheet_of(settings, is_exercise=parts.config.is_exercise, now=now)
    return await send_pdf(request, sheet, name=line_texts.CARD_FILE)


def sheet_of(settings: BriefingSettings, *, is_exercise: bool, now: datetime) -> Sheet:
    """The card on paper; a line that is not checked says so. Pure."""
    today = local_date(now)
    rows = [_item(list_texts.DANGER, "112")]
    rows += [_line(line, today) for line in settings.meldkaart if line.phone != "112"]
    helping = [_line(line, today) for line in settings.help_lines]
    body = Markup("<ul>{}</ul>").format(Markup("").join(rows))
    if helping:
        title = Markup("<h2>{}</h2>").format(list_texts.HELP)
        body += title + Markup("<ul>{}</ul>").format(Markup("").join(helping))
    body += Markup("<p>{}</p>").format(list_texts.ABOUT_ONE_PERSON)
    return Sheet(
        subject=line_texts.CARD_SUBJECT, body=body, audience=line_texts.CARD_FOR,
        stand=line_texts.CARD_STAND.format(day=day(today)), sender=settings.sender,
        is_exercise=is_exercise,
    )  # fmt: skip


def _line(line: CityLine, today: date) -> Markup:
    words = in_words(line)
    if line.fault(today):
        words = f"{words} ({list_texts.FAULTS['unchecked']})"
    return _item(line.label, words)


def _item(label: str, words: str) -> Markup:
    return Markup("<li><strong>{}</strong>: {}</li>").format(escape(label), escape(words))


async def show_lines(visit: Visit) -> Response:
    """``GET /meldkaart``: every line with its owner, expiry and the two answers."""
    settings = visit.parts.config.briefings
    states = await line_states(visit.session)
    today = local_date(visit.now)
    rows = []
    for number, line in enumerate(lines_of(settings)):
        state = states.get(line.label)
        current = as_confirmed(line, state)
        fault = list_texts.FAULTS.get(current.fault(today) or "", "")
        owner = state.owner_id if state else None
        mark = fingerprint_of(line)
        rows.append(Kept(number, current, fault, owner, state, mark))
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    people = await _eligible(visit, {row.owner_id for row in rows}, search)
    return visit.show(
        "meldkaart.html", rows=rows, people=people[:SHOWN], more=len(people) > SHOWN,
        search=search, today=today,
    )  # fmt: skip


async def _eligible(
    visit: Visit, owners: Collection[int | None], search: str
) -> Sequence[tuple[int | None, str, str]]:
    """Who may be asked to keep a line, one more than is shown.

    A city has thousands of people: without a search only those who keep a line or have a role.
    """
    wanted: ColumnElement[bool] = col(Person.id).in_(
        select(RoleGrant.person_id).where(col(RoleGrant.role) != Role.MEMBER)
    )
    if search:
        wanted = or_(
            col(Person.name).icontains(search, autoescape=True),
            named_like(search),
        )
    keeping = col(Person.id).in_([owner for owner in owners if owner is not None])
    found = await visit.session.exec(
        select(Person.id, Person.name, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == visit.actor.is_exercise,
            or_(keeping, wanted),
        )
        .order_by(keeping.desc(), col(Organisation.name), col(Person.name))
        .limit(SHOWN + 1)
    )
    return found.all()


async def answer_at_desk(visit: Visit) -> Response:
    """``POST /meldkaart``: it is right, it is not, or somebody else keeps it."""
    line = _chosen(visit.parts.config.briefings, visit.text("regel"), visit.text("merk"))
    if visit.actor.is_exercise:
        raise LookupError("the lines of the city belong to the real world")
    who, wish = visit.actor.who, visit.text("doe")
    if wish == "eigenaar":
        chosen = visit.text("persoon")
        person = await visit.session.get(Person, visit.number("persoon")) if chosen else None
        if chosen and (person is None or person.left_at is not None or person.is_exercise):
            raise ValueError("nobody")
        await set_owner(visit.session, line, person, who=who, now=visit.now)
    elif wish in ("klopt", "klopt-niet"):
        is_right = wish == "klopt"
        if not await answer_line(visit.session, line, is_right=is_right, who=who, now=visit.now):
            return visit.back("/meldkaart", done="line_empty")
    else:
        raise ValueError("no such act")
    return visit.back("/meldkaart", done="saved")


def _chosen(settings: BriefingSettings, number: str, mark: str) -> CityLine:
    """:raises ValueError: no line of ours, or its words changed since the page was opened."""
    lines = lines_of(settings)
    if not number.isdecimal() or int(number) >= len(lines):
        raise ValueError("no such line")
    line = lines[int(number)]
    if fingerprint_of(line) != mark:
        raise ValueError("the line was changed")
    return line


async def answer_on_own_page(request: Request) -> Response:
    """``POST /p/{token}/regel``: by who keeps the line."""
    parts = parts_of(request)
    settings = parts.config.briefings

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        mark = first(fields, "merk")
        mine = await kept_by(session, settings, own.person.id or 0)
        line = next((line for line in mine if fingerprint_of(line) == mark), None)
        if line is None or first(fields, "doe") not in ("klopt", "klopt-niet"):
            raise ValueError("not theirs")
        is_right, who = first(fields, "doe") == "klopt", Who("person", own.person.id)
        kept = await answer_line(session, line, is_right=is_right, who=who, now=now)
        return back(request, "regel" if kept else "regel-leeg")

    return await act_on_own_page(request, act)


ROUTES = (
    Route(line_texts.PLACE, show_card),
    Route(f"{line_texts.PLACE}/pdf", print_card),
    Route(f"{PERSONAL_PAGE}/regel", answer_on_own_page, methods=["POST"]),
)
DOORS = (
    Door("/meldkaart", show_lines, Permission.MANAGE_CONTACTS),
    Door("/meldkaart", answer_at_desk, Permission.MANAGE_CONTACTS, "POST"),
)
