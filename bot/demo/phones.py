"""The page *Telefoons*: the simulated chats side by side, live, so that one person at this
computer plays the whole evening. Nothing here reaches beyond the simulator.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.console.forms import BadForm, Fields, first, number, read_fields
from bot.console.guarding import is_local, is_same_site
from bot.console.pages import explain, parts_of, show
from bot.demo import phone_texts as texts
from bot.demo.checklist import Progress, read_progress
from bot.demo.evenings import begin_evening, next_story
from bot.demo.phone_stream import Stream
from bot.demo.phone_view import Toasts, bubbles_of, pinned_of, print_of
from bot.demo.stage import Stage
from bot.simulator import User

PAGE = "/telefoons"
#: a request of our own script; no page elsewhere can send it without being asked first
BY_SCRIPT = "x-telefoons"
LONGEST_LINE = 4096
#: without a script the page comes back at once; the bot gets this long to answer first
PATIENCE_S = 1.0

Handler = Callable[[Request], Awaitable[Response]]


def phone_routes(stage: Stage) -> list[Route]:
    """The routes of the page. ``stage.house`` and its phones are needed at the first request,
    not now: the house itself is built with these routes."""
    phones = Phones(stage)
    chat = f"{PAGE}/{{chat_id:int}}"
    return [
        Route(PAGE, only_here(phones.show_page)),
        Route(f"{PAGE}/lijst", only_here(phones.show_list)),
        Route(f"{PAGE}/stroom", only_here(phones.stream)),
        Route(f"{PAGE}/begin", only_here(phones.begin), methods=["POST"]),
        Route(f"{chat}/berichten", only_here(phones.show_chat)),
        Route(f"{chat}/tik", only_here(phones.tap), methods=["POST"]),
        Route(f"{chat}/zeg", only_here(phones.say), methods=["POST"]),
    ]


def only_here(handler: Handler) -> Handler:
    """Refuse who is not at this computer, and what another site sent."""

    async def guarded(request: Request) -> Response:
        web = parts_of(request).config.web
        client = request.client.host if request.client else None
        if not is_local(request.headers, client=client, listen_host=web.host):
            return explain(request, "not_here", status=403)
        if request.method == "POST" and not _is_ours(request, web.base_url):
            return explain(request, "cross_site", status=403)
        return await handler(request)

    return guarded


def _is_ours(request: Request, base_url: str) -> bool:
    """There is no secret in a form here, so an unknown sender is a wrong one."""
    headers = request.headers
    named = "sec-fetch-site" in headers or headers.get("origin", "null") != "null"
    return is_same_site(headers, base_url=base_url) and (named or BY_SCRIPT in headers)


class Phones:
    """The handlers of the page, on one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self._toasts = stage, Toasts()

    # -- looking

    async def show_page(self, request: Request) -> Response:
        """``GET /telefoons``."""
        chosen = self._chosen(request)
        return show(
            request,
            "telefoons.html",
            phones=[self._phone(user, request) for user in chosen],
            everybody=[(user.chat.name, user in chosen) for user in self._users()],
            commands=texts.COMMANDS,
            coordinator=texts.COORDINATOR,
            longest=LONGEST_LINE,
            **await self._list(request),
        )

    async def show_list(self, request: Request) -> Response:
        """``GET /telefoons/lijst``."""
        return show(request, "telefoons_lijst.html", **await self._list(request))

    async def show_chat(self, request: Request) -> Response:
        """``GET /telefoons/{chat_id}/berichten``."""
        user = self._user(request)
        if user is None:
            return explain(request, "not_found", status=404)
        return show(request, "telefoons_gesprek.html", phone=self._phone(user, request))

    def _phone(self, user: User, request: Request) -> dict[str, Any]:
        """What the templates know of one phone."""
        bubbles = bubbles_of(user.chat)
        said = [bubble for bubble in bubbles if not bubble.mine]
        return {
            "chat_id": user.chat_id,
            "name": user.chat.name,
            "bubbles": bubbles,
            "pinned": pinned_of(user.chat),
            "newest": said[-1] if said else None,
            "toast": self._toasts.current(user.chat, time.monotonic()),
            "query": _query(request),
        }

    async def _list(self, request: Request) -> dict[str, Any]:
        """What the list needs, with a way to the phone of everybody in it."""
        feeds, scenario = self.stage.simulator.feeds, self.stage.scenario
        progress = await self._progress()
        return {
            "progress": progress,
            "ended": texts.ENDED.get(progress.ended, ""),
            "skipped": texts.SKIPPED,
            "has_story": next_story(feeds, scenario) is not None,
            "chats": {user.chat.name: user.chat_id for user in self._chosen(request)},
            "query": _query(request),
        }

    async def _progress(self) -> Progress:
        async with self.stage.house.db.read() as session:
            return await read_progress(session, now=self.stage.house.clock())

    # -- doing

    async def tap(self, request: Request) -> Response:
        """``POST /telefoons/{chat_id}/tik``: fields ``message`` and ``data``."""
        fields, user = await _fields(request), self._user(request)
        data = first(fields, "data")
        message = user.chat.message(_number(fields, "message")) if user is not None else None
        if user is None or message is None or not data:
            return explain(request, "not_found", status=404)
        before = self._print(user)
        await user.tap_data(message, data)
        return await self._back(request, user, before)

    async def say(self, request: Request) -> Response:
        """``POST /telefoons/{chat_id}/zeg``: field ``text``; an empty one says nothing."""
        fields, user = await _fields(request), self._user(request)
        if user is None:
            return explain(request, "not_found", status=404)
        text = first(fields, "text")
        if len(text) > LONGEST_LINE:
            return explain(request, "too_big", status=413)
        if text:
            await user.say(text)
        return await self._back(request, user, self._print(user))

    async def begin(self, request: Request) -> Response:
        """``POST /telefoons/begin``: the next story comes on the feeds, if there is one."""
        stage = self.stage
        begin_evening(stage.simulator.feeds, stage.scenario, now=stage.house.clock())
        return await self._back(request, None, "")

    async def _back(self, request: Request, user: User | None, before: str) -> Response:
        """Nothing for the script; else the page again, with the bot's answer if it is quick.

        :param before: the print of the chat that the answer will change.
        """
        if BY_SCRIPT in request.headers:
            return Response(status_code=204)
        if user is None:
            return RedirectResponse(f"{PAGE}{_query(request)}", status_code=303)
        with contextlib.suppress(TimeoutError):
            await user.wait_for(lambda _: self._print(user) != before, timeout_s=PATIENCE_S)
        place = f"{PAGE}{_query(request)}#telefoon-{user.chat_id}"
        return RedirectResponse(place, status_code=303)

    async def stream(self, request: Request) -> Response:
        """``GET /telefoons/stroom``: tells which chat changed, until the house stops."""
        stream = Stream(self._prints, self._progress, self.stage.house.stop_event)
        return StreamingResponse(stream.events(), media_type="text/event-stream")

    def _prints(self) -> dict[int, str]:
        return {user.chat_id: self._print(user) for user in self._users()}

    def _print(self, user: User) -> str:
        return print_of(user.chat, self._toasts.current(user.chat, time.monotonic()))

    # -- who

    def _users(self) -> Sequence[User]:
        return list(self.stage.users.values())

    def _user(self, request: Request) -> User | None:
        chat_id = request.path_params["chat_id"]
        return next((user for user in self._users() if user.chat_id == chat_id), None)

    def _chosen(self, request: Request) -> list[User]:
        """The phones that were asked for, in that order; the first four when none was."""
        users = self.stage.users
        asked = dict.fromkeys(request.query_params.getlist("toon"))
        found = [users[name] for name in asked if name in users]
        return found or [users[name] for name in texts.FIRST_SHOWN if name in users]


def _query(request: Request) -> str:
    """The choice of phones as it stands in the address."""
    asked = request.query_params.getlist("toon")
    return f"?{urlencode([('toon', name) for name in asked])}" if asked else ""


async def _fields(request: Request) -> Fields:
    try:
        return await read_fields(request)
    except BadForm:
        return {}


def _number(fields: Fields, name: str) -> int:
    """0, which no message has, for what is no number."""
    try:
        return number(fields, name)
    except ValueError:
        return 0
