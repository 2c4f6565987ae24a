"""The state of the simulated Telegram: users, chats, messages and the queue of updates. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.telegram_html import Formatted, found_entities, plain, utf16_units

__all__ = ["Chat", "ChatMessage", "Json", "Query", "World", "chat_of", "user_of", "utf16_units"]

Json = dict[str, Any]

MAX_UNITS = 4096
MAX_CAPTION_UNITS = 1024
MAX_BUTTON_BYTES = 64
#: how long a tap can be answered, in seconds
QUERY_LIVES_S = 150.0
#: only sent when the bot asks for them by name
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class ChatMessage:
    """A message as the chat shows it now; ``edits`` are its earlier texts.

    ``html`` is safe to show: it holds only the tags that Telegram knows. ``document``: name
    and size of an attached file.
    """

    message_id: int
    from_bot: bool
    text: str
    html: str
    buttons: list[list[Json]]
    at: float
    reply_to: int | None = None
    edits: list[str] = field(default_factory=list)
    edited_at: float | None = None
    entities: list[Json] = field(default_factory=list)
    document: Json | None = None
    pinned: bool = False
    deleted: bool = False

    def button(self, label: str) -> Json | None:
        """The first button whose text starts with ``label``."""
        return next(
            (b for row in self.buttons for b in row if str(b["text"]).startswith(label)), None
        )


@dataclass
class Chat:
    """A private chat of one user with the bot. ``toasts``: what the bot answered to taps."""

    chat_id: int
    name: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    language: str = "nl"
    messages: list[ChatMessage] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)

    def message(self, message_id: int) -> ChatMessage | None:
        return next(
            (m for m in self.messages if m.message_id == message_id and not m.deleted), None
        )

    def from_bot(self) -> list[ChatMessage]:
        return [m for m in self.messages if m.from_bot and not m.deleted]


@dataclass
class Query:
    """A tap that waits for its answer."""

    chat_id: int
    at: float
    answered: bool = False


class World:
    """Everything the simulated Telegram knows. Times are seconds of the caller's clock."""

    def __init__(self, bot_name: str = "schakel_oefen_bot", bot_id: int = 7_000_000_001) -> None:
        self.bot: Json = {
            "id": bot_id, "is_bot": True, "first_name": "Schakel", "username": bot_name,
            "can_join_groups": False, "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }  # fmt: skip
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []
        self.queries: dict[str, Query] = {}
        #: by file_id: what was uploaded, and is not forgotten yet
        self.files: dict[str, Json] = {}
        self._update_ids: Iterator[int] = itertools.count(500_001)
        self._message_ids: Iterator[int] = itertools.count(101)

    def chat(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    def add_chat(self, chat_id: int, name: str) -> Chat:
        return self.chats.setdefault(chat_id, Chat(chat_id, name))

    def bot_sends(
        self,
        chat: Chat,
        shown: Formatted,
        buttons: list[list[Json]],
        at: float,
        *,
        reply_to: int | None = None,
        document: Json | None = None,
    ) -> ChatMessage:
        message = ChatMessage(
            next(self._message_ids), True, shown.text, shown.html, buttons, at, reply_to,
            entities=shown.entities, document=document,
        )  # fmt: skip
        chat.messages.append(message)
        return message

    def bot_edits(
        self, message: ChatMessage, shown: Formatted, buttons: list[list[Json]], at: float
    ) -> bool:
        """False when nothing would change."""
        same = (message.text, message.entities, message.buttons) == (
            shown.text, shown.entities, buttons
        )  # fmt: skip
        if same:
            return False
        if message.text != shown.text:
            message.edits.append(message.text)
        message.text, message.html, message.entities = shown.text, shown.html, shown.entities
        message.buttons, message.edited_at = buttons, at
        return True

    def user_writes(self, chat: Chat, at: float, text: str | None = None, **extra: Any) -> Json:
        """Queue a message of the user; ``extra`` are further fields of the Message object."""
        message_id = next(self._message_ids)
        shown = plain(text if text is not None else f"[{', '.join(extra)}]")
        chat.messages.append(ChatMessage(message_id, False, shown.text, shown.html, [], at))
        message: Json = {
            "message_id": message_id, "from": user_of(chat), "chat": chat_of(chat),
            "date": int(at), **extra,
        }  # fmt: skip
        if text is not None:
            message["text"] = text
            _add_entities(message, text)
        return self.queue({"message": message})

    def user_edits(self, chat: Chat, message_id: int, text: str, at: float) -> Json:
        """:raises LookupError: the user has no such message."""
        shown = chat.message(message_id)
        if shown is None or shown.from_bot:
            raise LookupError(f"{chat.name}: no message {message_id} to edit")
        shown.edits.append(shown.text)
        shown.text, shown.html, shown.edited_at = text, plain(text).html, at
        message = {
            "message_id": message_id, "from": user_of(chat), "chat": chat_of(chat),
            "date": int(shown.at), "edit_date": int(at), "text": text,
        }  # fmt: skip
        _add_entities(message, text)
        return self.queue({"edited_message": message})

    def user_taps(self, chat: Chat, message: ChatMessage, data: str, at: float) -> Json:
        query_id = str(9_000_000_000 + len(self.queries))
        self.queries[query_id] = Query(chat.chat_id, at)
        query = {
            "id": query_id, "from": user_of(chat), "chat_instance": str(chat.chat_id),
            "data": data, "message": self.message_json(chat, message),
        }  # fmt: skip
        return self.queue({"callback_query": query})

    def answer(self, query_id: str, text: str, at: float) -> bool:
        """False when nobody waits for this answer (any more)."""
        query = self.queries.get(query_id)
        if query is None or at - query.at > QUERY_LIVES_S:
            return False
        query.answered = True
        if text:
            self.chats[query.chat_id].toasts.append(text)
        return True

    def membership(self, chat: Chat, status: str, at: float) -> Json:
        old = "member" if status == "kicked" else "kicked"
        change = {
            "chat": chat_of(chat), "from": user_of(chat), "date": int(at),
            "old_chat_member": self._member(old), "new_chat_member": self._member(status),
        }  # fmt: skip
        return self.queue({"my_chat_member": change})

    def _member(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self.bot, "status": status, **until}

    def queue(self, update: Json) -> Json:
        update = {"update_id": next(self._update_ids), **update}
        self.updates.append(update)
        return update

    def waiting(self, allowed: list[str], limit: int) -> list[Json]:
        """The oldest updates that the bot wants to hear of."""
        found = [u for u in self.updates if _is_wanted(u, allowed)]
        return found[:limit]

    def confirm_before(self, offset: int) -> None:
        """``getUpdates`` with an offset forgets everything before it, for good."""
        if offset < 0:
            self.updates = self.updates[offset:]
        elif offset > 0:
            self.updates = [u for u in self.updates if _number(u) >= offset]

    def message_json(self, chat: Chat, message: ChatMessage) -> Json:
        """A Message object as the API returns it."""
        found: Json = {
            "message_id": message.message_id,
            "from": self.bot if message.from_bot else user_of(chat),
            "chat": chat_of(chat), "date": int(message.at),
        }  # fmt: skip
        key, entities = ("caption", "caption_entities") if message.document else _TEXT
        if message.text:
            found[key] = message.text
        if message.entities:
            found[entities] = message.entities
        if message.document and message.document.get("kind") == "photo":
            found["photo"] = [{**message.document, "width": 900, "height": 1600}]
        elif message.document:
            found["document"] = message.document
        if message.buttons:
            found["reply_markup"] = {"inline_keyboard": message.buttons}
        if message.edited_at is not None:
            found["edit_date"] = int(message.edited_at)
        answered = chat.message(message.reply_to) if message.reply_to is not None else None
        if answered is not None and answered is not message:
            found["reply_to_message"] = _without_reply(self.message_json(chat, answered))
        return found


_TEXT = ("text", "entities")


def _without_reply(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def _number(update: Json) -> int:
    """The id; 0 for a malformed update, so that any offset confirms it."""
    number = update.get("update_id")
    return number if isinstance(number, int) else 0


def _is_wanted(update: Json, allowed: list[str]) -> bool:
    kind = next((name for name in update if name != "update_id"), "")
    return kind in allowed if allowed else kind not in UNASKED


def _add_entities(message: Json, text: str) -> None:
    """Adds what Telegram finds in a text; a message without entities has no such field."""
    found = [*message.get("entities", []), *found_entities(text)]
    if found:
        message["entities"] = sorted(found, key=lambda entity: entity["offset"])


def user_of(chat: Chat) -> Json:
    return {
        "id": chat.chat_id, "is_bot": False, "first_name": chat.name,
        "language_code": chat.language,
    }  # fmt: skip


def chat_of(chat: Chat) -> Json:
    return {"id": chat.chat_id, "type": "private", "first_name": chat.name}
