"""The doors of the API: a key in the header, a look in the store, an answer in JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version as package_version
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.api import api_texts as texts
from bot.api.answers import Answer, Problem, Version
from bot.api.document import MOST, PAGE, document
from bot.api.keys import find_key
from bot.api.reading import list_events, read_briefings, read_event, read_picture
from bot.console.pages import Parts, parts_of
from bot.rows import ApiKey
from feeds.rows import Event

#: below which every answer is JSON, also a refusal
PREFIX = "/api/"
MOST_A_MINUTE = 120
DAY = timedelta(days=1)
LARGEST = 2**31 - 1

#: a response is for what has a form of its own
Look = Callable[[Request, Parts, AsyncSession], Awaitable[Answer | Response]]


class NotAnswered(Exception):
    """There is no answer; ``key`` names the sentence, ``status`` the code."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key, self.status = key, status


def behind_key(look: Look) -> Callable[[Request], Awaitable[Response]]:
    """Let nobody in without an open key, and nobody too often."""

    async def enter(request: Request) -> Response:
        parts = parts_of(request)
        now = parts.clock()
        async with parts.db.read() as session:
            key = await find_key(session, _secret(request), now=now)
        if key is None or key.id is None:
            return _problem("no_key", 401, {"WWW-Authenticate": "Bearer"})
        wait = request.app.state.api_pace.wait_for(key.id, now)
        if wait:
            return _problem("too_often", 429, {"Retry-After": str(wait)})
        await _note_use(parts, key, now)
        try:
            async with parts.db.read() as session:
                answer = await look(request, parts, session)
        except NotAnswered as error:
            return _problem(error.key, error.status)
        if isinstance(answer, Response):
            return answer
        return JSONResponse(answer.model_dump(mode="json"))

    return enter


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


async def _note_use(parts: Parts, key: ApiKey, now: datetime) -> None:
    """The day of the last use, so that a key that nobody needs is seen; one write a day."""
    if key.used_at is not None and now - key.used_at < DAY:
        return
    async with parts.db.begin() as session:
        stored = await session.get_one(ApiKey, key.id)
        stored.used_at = now


def _problem(key: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    title, detail = texts.PROBLEMS[key]
    return JSONResponse(
        Problem(title=title, status=status, detail=detail).model_dump(),
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


async def _version(_request: Request, parts: Parts, _session: AsyncSession) -> Answer:
    return Version(version=package_version("schakel"), city=parts.config.briefings.city)


async def _events(request: Request, parts: Parts, session: AsyncSession) -> Answer:
    return await list_events(
        session,
        is_exercise=_yes_or_no(request, "exercise", default=parts.config.is_exercise),
        before=_number(request, "before", most=LARGEST),
        limit=_number(request, "limit", most=MOST) or PAGE,
    )


async def _event(request: Request, _parts: Parts, session: AsyncSession) -> Answer:
    return await read_event(session, await _the_event(request, session))


async def _briefings(request: Request, _parts: Parts, session: AsyncSession) -> Answer:
    return await read_briefings(session, await _the_event(request, session))


async def _picture(request: Request, _parts: Parts, session: AsyncSession) -> Answer:
    return await read_picture(session, await _the_event(request, session))


async def _the_event(request: Request, session: AsyncSession) -> Event:
    number = _whole(request.path_params["id"], most=LARGEST)
    event = await session.get(Event, number)
    if event is None:
        raise NotAnswered("no_event", 404)
    return event


def _number(request: Request, name: str, *, most: int) -> int | None:
    given = request.query_params.get(name)
    return None if given is None else _whole(given, most=most)


def _whole(given: str, *, most: int) -> int:
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else 0
    if not 1 <= number <= most:
        raise NotAnswered("bad_number", 422)
    return number


def _yes_or_no(request: Request, name: str, *, default: bool) -> bool:
    given = request.query_params.get(name)
    if given is None:
        return default
    if given not in ("true", "false"):
        raise NotAnswered("bad_choice", 422)
    return given == "true"


async def show_document(request: Request) -> Response:
    """``GET /api/v1/openapi.json``: for everybody, it tells nothing of the city."""
    address = parts_of(request).config.web.base_url.rstrip("/")
    return JSONResponse(document(version=package_version("schakel"), address=address))


async def show_nothing(_request: Request) -> Response:
    """Any other address below :data:`PREFIX`."""
    return _problem("not_here", 404)


async def refuse(request: Request, status: int, headers: Mapping[str, str] | None) -> Response:
    """What the web server refuses below :data:`PREFIX`, such as writing where one can only read."""
    # The last route has every address that is not there; no method would help.
    if status == 405 and request.scope.get("endpoint") is not show_nothing:
        return _problem("wrong_method", 405, headers)
    return _problem("not_here", 404)


async def refuse_nul(_request: Request) -> Response:
    """An address with a NUL in it, before it is looked up."""
    return _problem("nul", 422)


def _route(path: str, look: Look) -> Route:
    return Route(path, behind_key(look), methods=["GET"])


_EVENT = "/api/v1/events/{id}"
ROUTES: list[Any] = [
    Route("/api/v1/openapi.json", show_document),
    _route("/api/v1", _version),
    _route("/api/v1/events", _events),
    _route(_EVENT, _event),
    _route(f"{_EVENT}/briefings", _briefings),
    _route(f"{_EVENT}/picture", _picture),
    Route(PREFIX + "{rest:path}", show_nothing),
]
