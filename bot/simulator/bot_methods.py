"""The methods of the Bot API that change what is in a chat."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.web import FileField

from bot.simulator.bot_calls import (
    ApiError,
    buttons_of,
    caption,
    formatted,
    migrated,
    too_many,
    whole,
)
from bot.simulator.faults import Limits
from bot.simulator.telegram_html import Formatted
from bot.simulator.world import Chat, ChatMessage, Json, World

#: (wall-clock seconds, monotonic seconds): messages carry the first, limits count the second
Now = Callable[[], tuple[float, float]]
Method = Callable[[Json], Awaitable[Any]]

_DELETABLE_S = 48 * 3600
_LONGEST_TOAST = 200
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


class Methods:
    """Each takes the parameters and returns the result.

    :raises ApiError: Telegram refuses.
    """

    def __init__(self, world: World, limits: Limits, now: Now) -> None:
        self._world, self._limits, self._now = world, limits, now
        #: by scope: a chat, or empty for everybody
        self.commands: dict[str, list[Json]] = {}

    def table(self) -> dict[str, Method]:
        return {
            "getme": self.get_me,
            "sendmessage": self.send_message,
            "senddocument": self.send_document,
            "sendphoto": self.send_photo,
            "sendchataction": self.chat_action,
            "setmycommands": self.set_commands,
            "getmycommands": self.get_commands,
            "deletemycommands": self.delete_commands,
            "editmessagetext": self.edit_text,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete,
            "pinchatmessage": self.pin,
            "unpinchatmessage": self.unpin,
            "answercallbackquery": self.answer,
        }

    async def get_me(self, given: Json) -> Json:
        return self._world.bot

    async def send_message(self, given: Json) -> Json:
        chat = self._reachable(given)
        shown, buttons = formatted(given), buttons_of(given)
        reply_to = _replied(chat, given)
        return self._post(chat, shown, buttons, reply_to=reply_to)

    async def send_document(self, given: Json) -> Json:
        chat = self._reachable(given)
        return self._post_file(chat, given, _document(given, self._world.files))

    async def send_photo(self, given: Json) -> Json:
        chat = self._reachable(given)
        return self._post_file(chat, given, _document(given, self._world.files, "photo"))

    def _post_file(self, chat: Chat, given: Json, document: Json) -> Json:
        shown, buttons, reply_to = caption(given), buttons_of(given), _replied(chat, given)
        return self._post(chat, shown, buttons, reply_to=reply_to, document=document)

    def _post(self, chat: Chat, shown: Formatted, buttons: list[list[Json]], **more: Any) -> Json:
        wall, monotonic = self._now()
        if seconds := self._limits.retry_after(chat.chat_id, monotonic):
            raise too_many(seconds)
        message = self._world.bot_sends(chat, shown, buttons, wall, **more)
        return self._world.message_json(chat, message)

    async def edit_text(self, given: Json) -> Json:
        chat, message = self._own(given, "message to edit")
        if message.document is not None:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        return self._edit(chat, message, formatted(given), buttons_of(given))

    async def edit_markup(self, given: Json) -> Json:
        chat, message = self._own(given, "message to edit")
        shown = Formatted(message.text, message.entities)
        return self._edit(chat, message, shown, buttons_of(given))

    def _edit(
        self, chat: Chat, message: ChatMessage, shown: Formatted, buttons: list[list[Json]]
    ) -> Json:
        if not self._world.bot_edits(message, shown, buttons, self._now()[0]):
            raise ApiError(400, _NOT_MODIFIED)
        return self._world.message_json(chat, message)

    async def delete(self, given: Json) -> bool:
        _, message = self._found(given, "message to delete")
        if self._now()[0] - message.at > _DELETABLE_S:
            raise ApiError(400, "Bad Request: message can't be deleted")
        message.deleted = True
        return True

    async def pin(self, given: Json) -> bool:
        _, message = self._found(given, "message to pin")
        message.pinned = True
        return True

    async def unpin(self, given: Json) -> bool:
        chat = self._reachable(given)
        wanted = whole(given.get("message_id"))
        pinned = [m for m in chat.messages if m.pinned and wanted in (None, m.message_id)]
        if not pinned:
            raise ApiError(400, "Bad Request: message to unpin not found")
        pinned[-1].pinned = False
        return True

    async def answer(self, given: Json) -> bool:
        text = str(given.get("text") or "")
        if len(text) > _LONGEST_TOAST:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        if not self._world.answer(str(given.get("callback_query_id")), text, self._now()[0]):
            raise ApiError(
                400, "Bad Request: query is too old and response timeout expired "
                "or query ID is invalid",
            )  # fmt: skip
        return True

    async def chat_action(self, given: Json) -> bool:
        self._reachable(given)
        return True

    async def set_commands(self, given: Json) -> bool:
        commands = given.get("commands") or []
        if not isinstance(commands, list) or not all(isinstance(c, dict) for c in commands):
            raise ApiError(400, "Bad Request: can't parse commands JSON object")
        for command in commands:
            if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[self._scope(given)] = commands
        return True

    async def get_commands(self, given: Json) -> list[Json]:
        return self.commands.get(self._scope(given), [])

    async def delete_commands(self, given: Json) -> bool:
        self.commands.pop(self._scope(given), None)
        return True

    def _scope(self, given: Json) -> str:
        scope = given.get("scope") or {}
        if not isinstance(scope, dict):
            raise ApiError(400, "Bad Request: can't parse BotCommandScope")
        return str(self._reachable(scope).chat_id) if scope.get("type") == "chat" else ""

    def _reachable(self, given: Json) -> Chat:
        """The chat, when the bot may write in it."""
        wanted = given.get("chat_id")
        if wanted in (None, ""):
            raise ApiError(400, "Bad Request: chat_id is empty")
        chat = self._world.chat(whole(wanted) or 0)
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        if chat.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _found(self, given: Json, what: str) -> tuple[Chat, ChatMessage]:
        chat = self._reachable(given)
        message = chat.message(whole(given.get("message_id")) or 0)
        if message is None:
            raise ApiError(400, f"Bad Request: {what} not found")
        return chat, message

    def _own(self, given: Json, what: str) -> tuple[Chat, ChatMessage]:
        chat, message = self._found(given, what)
        if not message.from_bot:
            raise ApiError(400, "Bad Request: message can't be edited")
        return chat, message


def _replied(chat: Chat, given: Json) -> int | None:
    """The message that this one answers.

    :raises ApiError: it is not there, and that was not allowed.
    """
    reply = given.get("reply_parameters") or {}
    if not isinstance(reply, dict):
        raise ApiError(400, "Bad Request: can't parse reply parameters JSON object")
    wanted = whole(reply.get("message_id", given.get("reply_to_message_id")))
    if wanted is None or chat.message(wanted) is not None:
        return wanted
    if reply.get("allow_sending_without_reply"):
        return None
    raise ApiError(400, "Bad Request: message to be replied not found")


def _document(given: Json, files: dict[str, Json], field: str = "document") -> Json:
    """The file of a multipart request, or one that Telegram has, by its id.

    :raises ApiError: there is none.
    """
    attached = given.get(field)
    if isinstance(attached, str) and attached.startswith("attach://"):
        attached = given.get(attached.removeprefix("attach://"))
    if isinstance(attached, FileField):
        size = len(attached.file.read())
        if size == 0:
            raise ApiError(400, "Bad Request: file must be non-empty")
        uploaded = {
            "file_id": f"file-{len(files) + 1}-{size}", "file_unique_id": f"u-{size}",
            "file_name": attached.filename, "mime_type": attached.content_type,
            "file_size": size, "kind": field,
        }  # fmt: skip
        files[str(uploaded["file_id"])] = uploaded
        return uploaded
    if isinstance(attached, str) and attached:
        if attached not in files:
            raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return files[attached]
    raise ApiError(400, f"Bad Request: there is no {field} in the request")
