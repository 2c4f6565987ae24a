"""Reads the parameters of a Bot API call, however they were sent, and words its refusals."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.simulator.world import MAX_BUTTON_BYTES, Json


class ApiError(Exception):
    """A refusal as the Bot API words it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def refusal(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def parameters(request: web.Request) -> Json:
    """Query, form, multipart or JSON; nested objects may come as JSON strings."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given.update(await request.json())
    elif request.method == "POST":
        given.update(await request.post())
    return {name: unwrapped(value) for name, value in given.items()}


def unwrapped(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if value in ("true", "True"):
        return True
    return value


def whole(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def kind_of(update: Json) -> str:
    return next(name for name in update if name != "update_id")


def checked_text(given: Json) -> str:
    text = given.get("text")
    # A text such as "[1]" looks like JSON to the parser of parameters.
    text = text if isinstance(text, str) else json.dumps(text) if text is not None else ""
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    return text


def buttons_of(given: Json) -> list[list[Json]]:
    rows: list[list[Json]] = (given.get("reply_markup") or {}).get("inline_keyboard") or []
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise ApiError(400, "Bad Request: inline keyboard button text is empty")
        if len(str(button.get("callback_data", "")).encode()) > MAX_BUTTON_BYTES:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows
