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
from urllib.parse import quote, urlencode

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
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.paths import tab_asks
from bot.console.sessions import Visitor, find_visitor, is_form_token, note_use
from bot.console.typed import typed_in
from bot.event_names import name_of
from bot.now import current_config
from briefings.versions import BriefingError
from contacts.permissions import Actor, NotAllowed, Permission, may, require
from contacts.records import RecordError, Row
from feeds.rows import Event

SIGN_IN = "/aanmelden"
#: the words that somebody looks for, on every page that can be searched
SEARCHED = "zoek"
FORM_TOKEN = "sleutel"  # noqa: S105  (the name of a field)


class StalePage(Exception):
    """Somebody else changed what the form was about; nothing was saved."""


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
            return _ask_to_sign_in(request)
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
            return _ask_to_sign_in(request)
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
    parts.on_change()
    return response


class _NotDone(Exception):
    """Rolls the transaction back; a refusal leaves no half work."""

    def __init__(self, response: Response) -> None:
        self.response = response


_REASONS: Mapping[type[Exception], tuple[str, int]] = {
    NotAllowed: ("not_allowed", 403),
    StalePage: ("stale_page", 409),
    RecordError: ("too_late", 409),
    BriefingError: ("too_late", 409),
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
        key, status = next(why for kind, why in _REASONS.items() if isinstance(error, kind))
        is_exercise = visit.actor.is_exercise
        return explain(visit.request, key, status=status, is_exercise=is_exercise)


def _ask_to_sign_in(request: Request) -> Response:
    if request.method != "GET":
        return explain(request, "signed_out", status=401)
    if "hx-request" in request.headers:
        # A part of an open page: a page to sign in does not fit there, and what is shown is no
        # longer kept fresh, so the whole page asks anew.
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    return RedirectResponse(f"{SIGN_IN}?naar={quote(_here(request))}", status_code=303)


def _here(request: Request) -> str:
    """The page that was asked, without what was searched on it: that may be somebody's name, and an
    address is kept by browsers and proxies."""
    asked = [one for one in request.query_params.multi_items() if one[0] != SEARCHED]
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def put_cookie(response: Response, parts: Parts, token: str) -> None:
    """The session's cookie: not for scripts, not for other sites, gone with the session."""
    response.set_cookie(
        parts.cookie_name,
        token,
        max_age=parts.config.web.session_h * 3600,
        path="/",
        secure=parts.is_secure,
        httponly=True,
        samesite="lax",
    )
