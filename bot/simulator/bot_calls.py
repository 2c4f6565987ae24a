"""Reads the parameters of a Bot API call, however they were sent, and words its refusals."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.simulator.telegram_html import BadHtml, Formatted, parse_html, plain, utf16_units
from bot.simulator.world import MAX_BUTTON_BYTES, MAX_CAPTION_UNITS, MAX_UNITS, Json

#: parameters that are objects, lists or flags; in a form they come as JSON in a string
_OBJECTS = frozenset(
    {"reply_markup", "reply_parameters", "link_preview_options", "entities", "caption_entities",
     "allowed_updates", "commands", "scope", "drop_pending_updates", "disable_notification",
     "protect_content", "show_alert", "disable_content_type_detection"}
)  # fmt: skip
_LONGEST_BYTES = 1 << 15
#: what a button can do besides bringing data or opening an address; not used here, but right
_OTHER_ACTIONS = frozenset(
    {"web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
     "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay"}
)  # fmt: skip


class ApiError(Exception):
    """A refusal as the Bot API words it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def migrated(chat_id: int) -> ApiError:
    return ApiError(
        400, "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=chat_id,
    )  # fmt: skip


def refusal(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
    if "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return web.json_response(body, status=error.code, headers=headers)


def cut(request: web.BaseRequest) -> None:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()


async def parameters(request: web.Request) -> Json:
    """Query, form, multipart or JSON; nested objects may come as JSON strings.

    :raises ApiError: the body cannot be read.
    """
    given: Json = dict(request.query)
    try:
        if request.content_type == "application/json":
            body = await request.json() if request.can_read_body else {}
            if not isinstance(body, dict):
                raise ApiError(400, "Bad Request: object expected as parameters")
            given.update(body)
        elif request.method == "POST":
            given.update(await request.post())
    except ValueError as error:
        raise ApiError(400, "Bad Request: can't parse parameters") from error
    return {name: _unwrapped(name, value) for name, value in given.items()}


def _unwrapped(name: str, value: Any) -> Any:
    """Only what is an object is unpacked: a text may well look like one."""
    if name not in _OBJECTS or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value.lower() if value in ("True", "False") else value)
    except ValueError as error:
        raise ApiError(400, f"Bad Request: can't parse {name} JSON object") from error


def whole(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def formatted(given: Json) -> Formatted:
    """The text of a message, as the chat will show it.

    :raises ApiError: empty, too long, or with entities that Telegram refuses.
    """
    text = str(given.get("text") or "")
    if not text:
        raise ApiError(400, "Bad Request: message text is empty")
    shown = _parsed(text, given.get("parse_mode"), given.get("entities"))
    if not shown.text:
        raise ApiError(400, "Bad Request: text must be non-empty")
    if utf16_units(shown.text) > MAX_UNITS:
        raise ApiError(400, "Bad Request: message is too long")
    return shown


def caption(given: Json) -> Formatted:
    """:raises ApiError: too long, or with entities that Telegram refuses."""
    text = str(given.get("caption") or "")
    shown = _parsed(text, given.get("parse_mode"), given.get("caption_entities"))
    if utf16_units(shown.text) > MAX_CAPTION_UNITS:
        raise ApiError(400, "Bad Request: message caption is too long")
    return shown


def _parsed(text: str, parse_mode: Any, entities: Any) -> Formatted:
    if len(text.encode("utf-8", "surrogatepass")) > _LONGEST_BYTES:
        raise ApiError(400, "Bad Request: text is too long")
    mode = str(parse_mode or "").lower()
    if not mode:
        shown = plain(text)
        return Formatted(shown.text, list(entities)) if isinstance(entities, list) else shown
    if mode != "html":
        # Markdown exists in the real world; Schakel writes HTML only, so this is a mistake.
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    try:
        return parse_html(text)
    except BadHtml as error:
        raise ApiError(400, f"Bad Request: can't parse entities: {error}") from error


def buttons_of(given: Json) -> list[list[Json]]:
    """The inline keyboard, row by row.

    :raises ApiError: a button that Telegram refuses.
    """
    markup = given.get("reply_markup") or {}
    if not isinstance(markup, dict):
        raise ApiError(400, "Bad Request: object expected as reply markup")
    rows = markup.get("inline_keyboard") or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ApiError(400, 'Bad Request: field "inline_keyboard" must be of type Array')
    for button in (button for row in rows for button in row):
        _check_button(button)
    return [row for row in rows if row]


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise ApiError(
            400, "Bad Request: can't parse inline keyboard button: "
            "InlineKeyboardButton must be an Object",
        )  # fmt: skip
    if not str(button.get("text") or "").strip():
        raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    if "callback_data" in button:
        if not 1 <= len(str(button["callback_data"]).encode()) <= MAX_BUTTON_BYTES:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    elif "url" in button:
        if not _is_public_looking(str(button["url"])):
            raise ApiError(
                400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: "
                "Wrong HTTP URL",
            )  # fmt: skip
    elif not _OTHER_ACTIONS & button.keys():
        raise ApiError(
            400, "Bad Request: can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        )  # fmt: skip


def _is_public_looking(url: str) -> bool:
    """Telegram wants a host with a dot in it: ``localhost`` is refused, 127.0.0.1 is not."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return True
    if parts.scheme not in ("http", "https"):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".")
    return True
