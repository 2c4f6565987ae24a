"""The simulated Bot API over HTTP, to the letter for the methods that Schakel uses."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from aiohttp import web

from bot.simulator.bot_calls import (
    ApiError,
    cut,
    migrated,
    parameters,
    refusal,
    too_many,
    whole,
)
from bot.simulator.bot_methods import Methods
from bot.simulator.faults import AFTERWARDS, Fault, Faults, Limits
from bot.simulator.journal import Call, Journal
from bot.simulator.update_desk import UpdateDesk
from bot.simulator.world import Json, World

__all__ = ["BotApi", "Call"]

_TOKEN = re.compile(r"[1-9][0-9]*:.+")
#: telegram-bot-api refuses larger uploads; so does this one
LARGEST_UPLOAD = 50 * 1024 * 1024


class BotApi:
    """The HTTP surface; ``world`` is the state, ``faults`` the script, ``journal`` the judge.

    ``latency_s``: every call takes at least so long.
    """

    def __init__(self, world: World, token: str) -> None:
        self.world, self.token = world, token
        self.faults, self.limits, self.journal = Faults(), Limits(), Journal()
        self.desk = UpdateDesk(world)
        self.latency_s = 0.0
        self._methods = {
            **Methods(world, self.limits, _now).table(),
            "getupdates": self.desk.get_updates,
            "setwebhook": self.desk.set_webhook,
            "deletewebhook": self.desk.delete_webhook,
            "getwebhookinfo": self.desk.webhook_info,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/bot{token}/{method}", self._handle)]

    async def close(self) -> None:
        await self.desk.close()

    async def notify(self) -> None:
        """Wake whoever waits for an update or a change in a chat."""
        await self.desk.notify()

    @property
    def changed(self) -> asyncio.Condition:
        return self.desk.changed

    @property
    def calls(self) -> list[Call]:
        return self.journal.calls

    def accepted(self, chat_id: int | None = None) -> list[Call]:
        """Messages that arrived, as the other side saw them."""
        return self.journal.accepted(chat_id)

    def most_in_any_second(self) -> int:
        """The largest number of accepted messages within any sliding second."""
        return self.journal.most_in_any_second()

    async def inject(self, update: Json) -> Json:
        """Queue a raw update as it is: odd, unknown, malformed, twice, or out of order.

        One without an ``update_id`` gets the next; give ``None`` to have none at all.
        """
        if "update_id" not in update:
            update = self.world.queue(update)
        else:
            self.world.updates.append(
                {name: value for name, value in update.items() if value is not None}
            )
        await self.notify()
        return update

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, token = request.match_info["method"], request.match_info["token"]
        if token != self.token:
            known = _TOKEN.fullmatch(token) is not None
            return refusal(ApiError(401, "Unauthorized") if known else _not_found())
        try:
            given = await parameters(request)
        except ApiError as error:
            self._note(method, {}, str(error.code), accepted=False)
            return refusal(error)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        fault = self.faults.draw(method, whole(given.get("chat_id")))
        if fault is not None and fault.kind not in AFTERWARDS:
            self._note(method, given, fault.kind, accepted=False)
            return await go_wrong(request, fault)
        return await self._carry_out(request, method, given, fault)

    async def _carry_out(
        self, request: web.Request, method: str, given: Json, fault: Fault | None
    ) -> web.StreamResponse:
        handler = self._methods.get(method.lower())
        try:
            if handler is None:
                raise _not_found()
            result = await handler(given)
        except ApiError as error:
            self._note(method, given, str(error.code), accepted=False)
            return refusal(error)
        outcome = fault.kind if fault else "ok"
        self._note(method, given, outcome, accepted=True, result=result)
        if method.lower() != "getupdates":
            await self.notify()
        if fault is not None:
            return await go_wrong(request, fault)
        return web.json_response({"ok": True, "result": result})

    def _note(
        self, method: str, given: Json, outcome: str, *, accepted: bool, result: Any = None
    ) -> None:
        if method.lower() == "getupdates":
            self.journal.polls += 1
            return
        text = given.get("text") or given.get("caption")
        message_id = result["message_id"] if _is_message(result) else given.get("message_id")
        self.journal.calls.append(
            Call(
                time.monotonic(), method, whole(given.get("chat_id")),
                None if text is None else str(text), outcome, accepted, whole(message_id),
            )
        )  # fmt: skip


def _not_found() -> ApiError:
    return ApiError(404, "Not Found")


def _is_message(result: Any) -> bool:
    return isinstance(result, dict) and "message_id" in result


async def go_wrong(request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """Answer as the fault has it, or cut the connection."""
    if fault.kind == "too_many":
        return refusal(too_many(max(1, round(fault.seconds))))
    if fault.kind == "bad_request":
        return refusal(ApiError(400, f"Bad Request: {fault.text or 'message is wrong'}"))
    if fault.kind == "forbidden":
        text = fault.text or "bot was blocked by the user"
        return refusal(ApiError(403, f"Forbidden: {text}"))
    if fault.kind == "migrate":
        return refusal(migrated(fault.to))
    if fault.kind == "server_error":
        return refusal(ApiError(500, "Internal Server Error: restart"))
    if fault.kind == "bad_gateway":
        page = "<html><head><title>502 Bad Gateway</title></head></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if fault.kind in ("hang", "hang_after"):
        await asyncio.sleep(fault.seconds)
    cut(request)
    return web.Response(status=500)


def _now() -> tuple[float, float]:
    # The outside world has a clock of its own.
    return time.time(), time.monotonic()  # noqa: TID251
