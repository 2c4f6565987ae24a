"""The simulated Bot API over HTTP, to the letter for the methods that Schakel uses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.simulator.bot_calls import (
    ApiError,
    buttons_of,
    checked_text,
    cut,
    kind_of,
    parameters,
    refusal,
    whole,
)
from bot.simulator.faults import Fault, Faults, Limits
from bot.simulator.webhook import push_updates
from bot.simulator.world import (
    MAX_UNITS,
    BadHtml,
    Chat,
    ChatMessage,
    Json,
    World,
    utf16_units,
)

LONGEST_POLL_S = 50.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request in the journal: the judge of what was lost or said twice.

    ``accepted``: the message is in the chat, whatever the bot was told about it.
    """

    at: float
    method: str
    chat_id: int | None
    text: str | None
    outcome: str
    accepted: bool


class BotApi:
    """The HTTP surface; ``world`` is the state, ``faults`` the script, ``calls`` the journal."""

    def __init__(self, world: World, token: str) -> None:
        self.world, self.token = world, token
        self.faults, self.limits = Faults(), Limits()
        self.calls: list[Call] = []
        self.changed = asyncio.Condition()
        self._polling = 0
        self._webhook: Json = {"url": "", "secret": None}
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/bot{token}/{method}", self._handle)]

    async def notify(self) -> None:
        """Wake whoever waits for an update or a change in a chat; push to a webhook."""
        async with self.changed:
            self.changed.notify_all()
        if self._webhook["url"]:
            task = asyncio.create_task(push_updates(self.world, **self._webhook))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def accepted(self, chat_id: int | None = None) -> list[Call]:
        """Messages that arrived, as the other side saw them."""
        return [
            call
            for call in self.calls
            if call.accepted and call.method == "sendMessage" and chat_id in (None, call.chat_id)
        ]

    def most_in_any_second(self) -> int:
        """The largest number of accepted messages within any sliding second."""
        times = sorted(call.at for call in self.accepted())
        best = start = 0
        for end, at in enumerate(times):
            while times[start] <= at - 1.0:
                start += 1
            best = max(best, end - start + 1)
        return best

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return refusal(ApiError(401, "Unauthorized"))
        handler = self._methods().get(method.lower())
        if handler is None:
            return refusal(ApiError(404, "Not Found"))
        given = await parameters(request)
        chat_id = whole(given.get("chat_id"))
        fault = self.faults.draw(method, chat_id)
        if fault is not None and fault.kind != "drop_after":
            return await self._fail(request, fault, method, chat_id, given)
        try:
            result = await handler(given)
        except ApiError as error:
            self._note(method, chat_id, given, str(error.code), accepted=False)
            return refusal(error)
        self._note(method, chat_id, given, "ok", accepted=True)
        if method != "getUpdates":
            await self.notify()
        if fault is not None:
            cut(request)
        return web.json_response({"ok": True, "result": result})

    async def _fail(
        self, request: web.Request, fault: Fault, method: str, chat_id: int | None, given: Json
    ) -> web.StreamResponse:
        self._note(method, chat_id, given, fault.kind, accepted=False)
        if fault.kind == "too_many":
            seconds = max(1, round(fault.seconds))
            return refusal(
                ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
            )
        if fault.kind == "bad_request":
            return refusal(ApiError(400, f"Bad Request: {fault.text or 'message is wrong'}"))
        if fault.kind == "forbidden":
            text = fault.text or "bot was blocked by the user"
            return refusal(ApiError(403, f"Forbidden: {text}"))
        if fault.kind == "migrate":
            return refusal(
                ApiError(
                    400, "Bad Request: group chat was upgraded to a supergroup chat",
                    migrate_to_chat_id=fault.to,
                )
            )  # fmt: skip
        if fault.kind == "bad_gateway":
            page = "<html><head><title>502 Bad Gateway</title></head></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        cut(request)
        return web.Response(status=500)

    def _note(
        self, method: str, chat_id: int | None, given: Json, outcome: str, *, accepted: bool
    ) -> None:
        if method == "getUpdates":
            return
        text = given.get("text") or given.get("caption")
        self.calls.append(Call(time.monotonic(), method, chat_id, text, outcome, accepted))

    def _methods(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        return {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "sendmessage": self._send_message,
            "senddocument": self._send_document,
            "sendchataction": self._nothing,
            "setmycommands": self._nothing,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "pinchatmessage": self._pin,
            "answercallbackquery": self._answer,
        }

    async def _get_me(self, given: Json) -> Json:
        return self.world.bot

    async def _nothing(self, given: Json) -> bool:
        return True

    async def _get_updates(self, given: Json) -> list[Json]:
        if self._webhook["url"]:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )  # fmt: skip
        if self._polling:
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )  # fmt: skip
        self._polling += 1
        try:
            return await self._wait_for_updates(given)
        finally:
            self._polling -= 1

    async def _wait_for_updates(self, given: Json) -> list[Json]:
        if (offset := whole(given.get("offset"))) is not None:
            self.world.confirm_before(offset)
        limit = whole(given.get("limit")) or 100
        timeout_s = min(float(given.get("timeout") or 0), LONGEST_POLL_S)
        allowed = given.get("allowed_updates") or []
        deadline = time.monotonic() + timeout_s
        while True:
            found = [u for u in self.world.updates if not allowed or kind_of(u) in allowed][:limit]
            left = deadline - time.monotonic()
            if found or left <= 0:
                return found
            async with self.changed:
                try:
                    await asyncio.wait_for(self.changed.wait(), left)
                except TimeoutError:
                    continue

    async def _set_webhook(self, given: Json) -> bool:
        self._webhook = {"url": given.get("url", ""), "secret": given.get("secret_token")}
        if self._webhook["url"]:
            await self.notify()
        return True

    async def _delete_webhook(self, given: Json) -> bool:
        self._webhook = {"url": "", "secret": None}
        if given.get("drop_pending_updates"):
            self.world.updates.clear()
        return True

    async def _webhook_info(self, given: Json) -> Json:
        return {
            "url": self._webhook["url"], "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates),
        }  # fmt: skip

    async def _send_message(self, given: Json) -> Json:
        chat = self._reachable(given)
        text = checked_text(given)
        buttons = buttons_of(given)
        if seconds := self.limits.retry_after(chat.chat_id, time.monotonic()):
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        reply = given.get("reply_parameters") or {}
        reply_to = whole(reply.get("message_id"))
        if reply_to is not None and chat.message(reply_to) is None:
            if not reply.get("allow_sending_without_reply"):
                raise ApiError(400, "Bad Request: message to be replied not found")
            reply_to = None
        message = self._parsed(
            lambda: self.world.bot_sends(
                chat,
                text,
                given.get("parse_mode"),
                buttons,
                reply_to,
                time.time(),  # noqa: TID251
            )
        )
        if not message.text.strip():
            chat.messages.remove(message)
            raise ApiError(400, "Bad Request: message text is empty")
        if utf16_units(message.text) > MAX_UNITS:
            chat.messages.remove(message)
            raise ApiError(400, "Bad Request: message is too long")
        return self.world.message_json(chat, message)

    async def _send_document(self, given: Json) -> Json:
        chat = self._reachable(given)
        text = str(given.get("caption") or "[document]")
        message = self._parsed(
            lambda: self.world.bot_sends(
                chat,
                text,
                given.get("parse_mode"),
                buttons_of(given),
                None,
                time.time(),  # noqa: TID251
            )
        )
        document = {"file_id": f"file-{message.message_id}", "file_unique_id": "f", "file_size": 1}
        return {**self.world.message_json(chat, message), "document": document}

    async def _edit_text(self, given: Json) -> Json:
        chat, message = self._edited(given)
        text, buttons = checked_text(given), buttons_of(given)
        if message.html == text and message.buttons == buttons:
            raise ApiError(
                400, "Bad Request: message is not modified: specified new message content and "
                "reply markup are exactly the same as a current content and reply markup",
            )  # fmt: skip
        fresh = self._parsed(
            lambda: self.world.bot_sends(chat, text, given.get("parse_mode"), [], None, message.at)
        )
        chat.messages.remove(fresh)
        if utf16_units(fresh.text) > MAX_UNITS:
            raise ApiError(400, "Bad Request: message is too long")
        message.edits.append(message.text)
        message.text, message.html, message.buttons = fresh.text, fresh.html, buttons
        return self.world.message_json(chat, message)

    async def _edit_markup(self, given: Json) -> Json:
        chat, message = self._edited(given)
        message.buttons = buttons_of(given)
        return self.world.message_json(chat, message)

    async def _delete(self, given: Json) -> bool:
        _, message = self._edited(given)
        message.deleted = True
        return True

    async def _pin(self, given: Json) -> bool:
        _, message = self._edited(given)
        message.pinned = True
        return True

    async def _answer(self, given: Json) -> bool:
        query_id = str(given.get("callback_query_id"))
        if query_id not in self.world.queries:
            raise ApiError(
                400, "Bad Request: query is too old and response timeout expired or query ID "
                "is invalid",
            )  # fmt: skip
        self.world.queries[query_id] = True
        return True

    def _reachable(self, given: Json) -> Chat:
        chat = self.world.chat(whole(given.get("chat_id")) or 0)
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.migrated_to is not None:
            raise ApiError(
                400, "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )  # fmt: skip
        if chat.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _edited(self, given: Json) -> tuple[Chat, ChatMessage]:
        chat = self._reachable(given)
        message = chat.message(whole(given.get("message_id")) or 0)
        if message is None or not message.from_bot:
            raise ApiError(400, "Bad Request: message to edit not found")
        return chat, message

    def _parsed(self, make: Callable[[], ChatMessage]) -> ChatMessage:
        try:
            return make()
        except BadHtml as error:
            raise ApiError(400, f"Bad Request: can't parse entities: {error}") from error
