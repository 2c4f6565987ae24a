"""The doors of the console: every page and act passes the same guard.

A door names its path, its method and the permission that it asks. The guard finds out who
is there, refuses what came from another site or without the form's token, and asks the one
gate; only then the handler runs, in a read session (GET) or in one transaction (POST).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy import inspect
from sqlalchemy.exc import NoResultFound
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console import done_texts, texts
from bot.console.forms import (
    MAX_BODY,
    MAX_ID,
    BadForm,
    Fields,
    first,
    number,
    numbers,
    read_fields,
)
from bot.console.guarding import is_by_hand, is_same_site
from bot.console.pacing import paces_of
from bot.console.pages import Parts, ask_to_sign_in, explain, parts_of, show
from bot.console.paths import tab_asks
from bot.console.sessions import Visitor, find_visitor, is_form_token, note_use
from bot.console.too_late import meanwhile, why_too_late
from bot.console.typed import typed_in
from bot.event_names import name_of
from bot.now import current_config
from briefings.versions import BriefingError
from contacts.permissions import Actor, NotAllowed, Permission, may, require
from contacts.records import RecordError, Row
from feeds.rows import Event

FORM_TOKEN = "sleutel"  # noqa: S105  (the name of a field)


class StalePage(Exception):
    """Somebody else changed what the form was about; nothing was saved.

    Its one argument, where there is one, says in Dutch what was decided, by whom and when.
    """


@dataclass
class Visit:
    """One request of somebody who is signed in and may do this."""

    request: Request
    parts: Parts
    visitor: Visitor
    session: AsyncSession
    now: datetime
    fields: Fields = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.visitor.actor

    def text(self, name: str) -> str:
        return first(self.fields, name)

    def number(self, name: str) -> int:
        """:raises ValueError: the form was tampered with."""
        return number(self.fields, name)

    def numbers(self, name: str) -> list[int]:
        """Every choice of a list.

        :raises ValueError: the form was tampered with.
        """
        return numbers(self.fields, name)

    def in_path(self, name: str = "number") -> int:
        """A row's number in the address; one that no row can have becomes 0."""
        value: int = self.request.path_params[name]
        return value if value <= MAX_ID else 0

    def require_seen(self, current: str) -> None:
        """The form must be about what is there now.

        :raises StalePage: its page showed something else.
        """
        if self.text("gezien") != current:
            raise StalePage

    async def hold(self, row: Row) -> None:
        """Nobody else changes this row until this act is done; what it says now is read anew.

        Before :meth:`require_seen`: else two who press at once both find what their page showed,
        and the second overwrites the first. SQLite has one writer and needs no lock.

        :raises StalePage: somebody else took it away.
        """
        held = await self.session.get(
            type(row), inspect(row).identity, populate_existing=True,
            # What names this row, as a message does its person, can be written meanwhile.
            with_for_update={"key_share": True},
        )  # fmt: skip
        if held is None:
            raise StalePage

    async def event(self) -> Event:
        """The event in the address, in the visitor's own world (real or exercise).

        :raises LookupError: there is none.
        """
        event = await self.session.get(Event, self.in_path())
        if event is None or event.is_exercise != self.actor.is_exercise:
            raise LookupError("no such event")
        return event

    def show(self, page: str, *, status: int = 200, **values: Any) -> Response:
        """A page of the console; who is in an exercise reads so on every one of them."""
        values["is_exercise"] = self.actor.is_exercise or values.get("is_exercise", False)
        values.setdefault("typed", typed_in(self.request.url.path, self.fields))
        plain = done_texts.DONE.get(self.request.query_params.get("klaar", ""), "")
        done = values.pop("done", "") or plain
        return show(
            self.request,
            page,
            status=status,
            visitor=self.visitor,
            may=lambda permission: may(self.actor, Permission(permission)),
            done=done,
            now=self.now,
            **values,
        )

    async def name_of(self, event: Event) -> str:
        """How an event is called on its pages: in our own words, once there are any."""
        return await name_of(self.session, event)

    async def show_of(
        self, event: Event, tab: str, page: str, *, status: int = 200, **values: Any
    ) -> Response:
        """A page of one event, below its name and tabs."""
        return self.show(
            page,
            status=status,
            event=event,
            name=await self.name_of(event),
            tab=tab,
            tabs={
                key: label
                for key, label in texts.EVENT_TABS.items()
                if may(self.actor, tab_asks(key))
            },
            is_exercise=event.is_exercise,
            **values,
        )

    def back(self, path: str, *, done: str = "") -> Response:
        """To a page after a change; reloading it does not do it twice."""
        begin = "&" if "?" in path else "?"
        query = f"{begin}{urlencode({'klaar': done})}" if done else ""
        return RedirectResponse(f"{path}{query}", status_code=303)


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """One page or act. ``permission`` is what the one gate is asked.

    ``limit``: bytes that its form may take. ``keeps``: False for an act that only shows what
    would happen; what it wrote is taken back.
    """

    path: str
    handler: Handler
    permission: Permission
    method: Literal["GET", "POST"] = "GET"
    limit: int = MAX_BODY
    keeps: bool = True

    def route(self) -> Route:
        return Route(self.path, guarded(self), methods=[self.method], name=self.handler.__name__)


def guarded(door: Door) -> Callable[[Request], Awaitable[Response]]:
    """The handler behind the guard."""

    async def enter(request: Request) -> Response:
        if door.method == "GET":
            return await _look(request, door)
        visitor = await who_is_there(request)
        if visitor is None:
            return ask_to_sign_in(request)
        return await _act(request, door, visitor)

    return enter


async def who_is_there(request: Request, *, by_itself: bool = False) -> Visitor | None:
    """The person behind the cookie; notes the use of the session now and then.

    :param by_itself: asked by an open page and not by a person, whatever its headers say: that
        is no use, or a session would last for as long as its page stands on a screen.
    """
    parts, now = parts_of(request), parts_of(request).clock()
    async with parts.db.read() as session:
        found = await _find(request, session, now)
    if found is None:
        return None
    visitor, is_due = found
    if is_due and not by_itself:
        await _note(parts, visitor, now)
    return visitor


async def _find(
    request: Request, session: AsyncSession, now: datetime
) -> tuple[Visitor, bool] | None:
    parts = parts_of(request)
    token = request.cookies.get(parts.cookie_name)
    if not token:
        return None
    found = await find_visitor(session, token, parts.config.web, parts.sealer, now=now)
    if found is None:
        return None
    visitor, is_due = found
    return visitor, is_due and is_by_hand(request.method, request.headers)


async def _note(parts: Parts, visitor: Visitor, now: datetime) -> None:
    async with parts.db.begin() as session:
        await note_use(session, visitor.session_id, now=now)


async def _look(request: Request, door: Door) -> Response:
    """The page, in the session in which its reader was found: one transaction less."""
    parts, now = parts_of(request), parts_of(request).clock()
    async with parts.db.read() as session:
        found = await _find(request, session, now)
        if found is None:
            return ask_to_sign_in(request)
        visitor, is_due = found
        here = replace(parts, config=await current_config(session, parts.config))
        response = await _answer(Visit(request, here, visitor, session, now), door)
    # Only now: whoever writes waits for a turn, and a reader's look should not be open meanwhile.
    if is_due:
        await _note(parts, visitor, now)
    return response


async def _act(request: Request, door: Door, visitor: Visitor) -> Response:
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site_office", status=403)
    if paces_of(request).acts.wait_for(visitor.session_id, parts.clock()):
        return explain(request, "too_often", status=429)
    try:
        fields = await read_fields(request, limit=door.limit)
    except BadForm:
        return explain(request, "too_big_office", status=413)
    if not is_form_token(visitor, first(fields, FORM_TOKEN)):
        return explain(request, "form_token", status=403)
    try:
        async with parts.db.begin() as session:
            here = replace(parts, config=await current_config(session, parts.config))
            visit = Visit(request, here, visitor, session, parts.clock(), fields)
            response = await _answer(visit, door)
            if response.status_code >= 400 or not door.keeps:
                raise _NotDone(response)
    except _NotDone as refused:
        return refused.response
    except tuple(_TOO_LATE) as error:
        return await _say_what_was(request, parts, visitor, error)
    parts.on_change()
    return response


class _NotDone(Exception):
    """Rolls the transaction back; a refusal leaves no half work."""

    def __init__(self, response: Response) -> None:
        self.response = response


async def _say_what_was(
    request: Request, parts: Parts, visitor: Visitor, error: Exception
) -> Response:
    """After what the act had begun was taken back: what happened meanwhile, and the way on."""
    key = next(key for kind, key in _TOO_LATE.items() if isinstance(error, kind))
    said = str(error) if isinstance(error, StalePage) else ""
    async with parts.db.read() as session:
        visit = Visit(request, parts, visitor, session, parts.clock())
        found = await meanwhile(session, request, visitor.actor)
        return visit.show("te_laat.html", status=409, **why_too_late(key, said, found))


#: an act is not done, and its page says what was done instead
_TOO_LATE: Mapping[type[Exception], str] = {
    StalePage: "stale_page", RecordError: "too_late", BriefingError: "too_late",
}  # fmt: skip
_REASONS: Mapping[type[Exception], tuple[str, int]] = {
    NotAllowed: ("not_allowed", 403),
    **{kind: (key, 409) for kind, key in _TOO_LATE.items()},
    LookupError: ("not_found", 404),
    NoResultFound: ("not_found", 404),
    ValueError: ("not_like_this", 400),
    OverflowError: ("not_like_this", 400),
}


async def _answer(visit: Visit, door: Door) -> Response:
    """The handler's answer; what it may not, or can no longer do, is said in Dutch."""
    try:
        require(visit.actor, door.permission)
        return await door.handler(visit)
    except tuple(_REASONS) as error:
        if isinstance(error, tuple(_TOO_LATE)) and door.method == "POST":
            raise
        key, status = next(why for kind, why in _REASONS.items() if isinstance(error, kind))
        is_exercise = visit.actor.is_exercise
        return explain(visit.request, key, status=status, is_exercise=is_exercise)
