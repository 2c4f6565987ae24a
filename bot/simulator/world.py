"""The state of the simulated Telegram: users, chats, messages and the queue of updates. Pure."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Json = dict[str, Any]

_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a",
     "blockquote", "tg-spoiler", "span"}
)  # fmt: skip
MAX_UNITS = 4096
MAX_BUTTON_BYTES = 64


class BadHtml(Exception):
    """Telegram would refuse these entities."""


@dataclass
class ChatMessage:
    """A message as the chat shows it now; ``edits`` are its earlier texts."""

    message_id: int
    from_bot: bool
    text: str
    html: str
    buttons: list[list[Json]]
    at: float
    reply_to: int | None = None
    edits: list[str] = field(default_factory=list)
    pinned: bool = False
    deleted: bool = False


@dataclass
class Chat:
    """A private chat of one user with the bot."""

    chat_id: int
    name: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    messages: list[ChatMessage] = field(default_factory=list)

    def message(self, message_id: int) -> ChatMessage | None:
        return next(
            (m for m in self.messages if m.message_id == message_id and not m.deleted), None
        )

    def from_bot(self) -> list[ChatMessage]:
        return [m for m in self.messages if m.from_bot and not m.deleted]


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
        self.queries: dict[str, bool] = {}
        self._update_ids: Iterator[int] = itertools.count(500_001)
        self._message_ids: Iterator[int] = itertools.count(101)

    def chat(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    def add_chat(self, chat_id: int, name: str) -> Chat:
        return self.chats.setdefault(chat_id, Chat(chat_id, name))

    def bot_sends(
        self,
        chat: Chat,
        text: str,
        parse_mode: str | None,
        buttons: list[list[Json]],
        reply_to: int | None,
        at: float,
    ) -> ChatMessage:
        """:raises BadHtml: entities that Telegram refuses."""
        plain = plain_text(text) if parse_mode == "HTML" else text
        message = ChatMessage(
            next(self._message_ids), True, plain,
            text if parse_mode == "HTML" else html.escape(text), buttons, at, reply_to,
        )  # fmt: skip
        chat.messages.append(message)
        return message

    def user_writes(self, chat: Chat, at: float, text: str | None = None, **extra: Any) -> Json:
        """Queue a message of the user; ``extra`` are further fields of the Message object."""
        message_id = next(self._message_ids)
        shown = text if text is not None else f"[{', '.join(extra)}]"
        chat.messages.append(ChatMessage(message_id, False, shown, html.escape(shown), [], at))
        message: Json = {
            "message_id": message_id, "from": user_of(chat), "chat": chat_of(chat),
            "date": int(at), **extra,
        }  # fmt: skip
        if text is not None:
            message["text"] = text
            message.setdefault("entities", entities_of(text))
        return self.queue({"message": message})

    def user_edits(self, chat: Chat, message_id: int, text: str, at: float) -> Json:
        shown = next(m for m in chat.messages if m.message_id == message_id)
        shown.edits.append(shown.text)
        shown.text, shown.html = text, html.escape(text)
        message = {
            "message_id": message_id, "from": user_of(chat), "chat": chat_of(chat),
            "date": int(at), "edit_date": int(at), "text": text,
        }  # fmt: skip
        return self.queue({"edited_message": message})

    def user_taps(self, chat: Chat, message: ChatMessage, data: str, at: float) -> Json:
        query_id = str(9_000_000_000 + len(self.queries))
        self.queries[query_id] = False
        query = {
            "id": query_id, "from": user_of(chat), "chat_instance": str(chat.chat_id),
            "data": data, "message": self.message_json(chat, message),
        }  # fmt: skip
        return self.queue({"callback_query": query})

    def membership(self, chat: Chat, status: str, at: float) -> Json:
        old = "member" if status == "kicked" else "kicked"
        change = {
            "chat": chat_of(chat), "from": user_of(chat), "date": int(at),
            "old_chat_member": {"user": self.bot, "status": old, "until_date": 0},
            "new_chat_member": {"user": self.bot, "status": status, "until_date": 0},
        }  # fmt: skip
        return self.queue({"my_chat_member": change})

    def queue(self, update: Json) -> Json:
        update = {"update_id": next(self._update_ids), **update}
        self.updates.append(update)
        return update

    def confirm_before(self, offset: int) -> None:
        """``getUpdates`` with an offset forgets everything before it, for good."""
        if offset < 0:
            self.updates = self.updates[offset:]
        else:
            self.updates = [u for u in self.updates if u["update_id"] >= offset]

    def message_json(self, chat: Chat, message: ChatMessage) -> Json:
        """A Message object as the API returns it."""
        found: Json = {
            "message_id": message.message_id,
            "from": self.bot if message.from_bot else user_of(chat),
            "chat": chat_of(chat), "date": int(message.at), "text": message.text,
        }  # fmt: skip
        if message.buttons:
            found["reply_markup"] = {"inline_keyboard": message.buttons}
        if message.edits:
            found["edit_date"] = int(message.at)
        return found


def user_of(chat: Chat) -> Json:
    return {
        "id": chat.chat_id, "is_bot": False, "first_name": chat.name, "language_code": "nl",
    }  # fmt: skip


def chat_of(chat: Chat) -> Json:
    return {"id": chat.chat_id, "type": "private", "first_name": chat.name}


def entities_of(text: str) -> list[Json]:
    """bot_command and url entities, offsets in UTF-16 units."""
    return [
        {
            "type": kind,
            "offset": utf16_units(text[: match.start()]),
            "length": utf16_units(match.group()),
        }
        for kind, pattern in (("bot_command", r"^/\w+"), ("url", r"https?://\S+"))
        for match in re.finditer(pattern, text)
    ]


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def plain_text(text: str) -> str:
    """The text that is left after parsing Telegram HTML.

    :raises BadHtml: a tag that Telegram does not know, or one that is not closed.
    """
    parser = _TelegramHtml()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise BadHtml(f'Can\'t find end tag corresponding to start tag "{parser.open[-1]}"')
    return "".join(parser.parts)


class _TelegramHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise BadHtml(f'Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise BadHtml(f'Unmatched end tag at byte offset 0, found "</{tag}>"')

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
