"""A simulated chat as the page *Telefoons* shows it. Pure, but for what was seen when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from bot.demo import phone_texts as texts
from bot.simulator.world import Chat, ChatMessage, Json
from contacts.returning import WORDS

#: a chat shows no more than this; older messages are behind us
NEWEST = 60
#: how much of a message stands in a line about it
LINE = 80
#: how long the answer to a tap stays in sight
TOAST_S = 8.0
START = "/start"


@dataclass(frozen=True, slots=True)
class Key:
    """A button: ``data`` goes to the bot, ``url`` opens; one of them is empty."""

    label: str
    data: str
    url: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. ``html`` holds only Telegram's tags; ``answers`` is the line it replies to."""

    number: int
    mine: bool
    html: Markup
    line: str
    at: datetime
    is_edited: bool
    answers: str
    document: str
    rows: Sequence[Sequence[Key]]


def bubbles_of(chat: Chat) -> list[Bubble]:
    """What can be read in a chat, oldest first."""
    kept = [message for message in chat.messages if not message.deleted]
    return [_bubble(chat, message) for message in kept[-NEWEST:]]


def pinned_of(chat: Chat) -> Bubble | None:
    """The message that was pinned last."""
    pinned = [m for m in chat.messages if m.pinned and not m.deleted]
    return _bubble(chat, pinned[-1]) if pinned else None


def _bubble(chat: Chat, message: ChatMessage) -> Bubble:
    answered = chat.message(message.reply_to) if message.reply_to is not None else None
    return Bubble(
        number=message.message_id,
        mine=not message.from_bot,
        html=_shown(message),
        line=line_of(message.text),
        at=datetime.fromtimestamp(message.edited_at or message.at, UTC),
        is_edited=message.edited_at is not None,
        answers=line_of(answered.text) if answered else "",
        document=_named(message.document),
        rows=[[_key(button) for button in row] for row in message.buttons],
    )


def _shown(message: ChatMessage) -> Markup:
    """Links leave the phones open. A typed ``<a`` is escaped by now, so each one is a tag."""
    html = message.html.replace("<a href=", '<a target="_blank" rel="noopener" href=')
    carries = message.text.removeprefix(START).strip()
    if not message.from_bot and message.text.startswith(START) and carries not in WORDS:
        # As in Telegram: what an invitation carries is not shown. What somebody types is.
        html = START
    return Markup(html)  # noqa: S704  (the simulator wrote it anew from text and entities)


def line_of(text: str) -> str:
    """The first line that says something, cut off."""
    lines = [line for line in text.strip().splitlines() if line.strip() != texts.EXERCISE]
    first = lines[0] if lines else ""
    return first if len(first) <= LINE else f"{first[: LINE - 1].rstrip()}…"


def _named(document: Json | None) -> str:
    if document is None:
        return ""
    return texts.DOCUMENT.format(name=document.get("file_name", texts.FILE))


def _key(button: Json) -> Key:
    url = str(button.get("url", ""))
    safe = url if url.startswith(("http://", "https://")) else ""
    return Key(str(button["text"]), str(button.get("callback_data", "")), safe)


def print_of(chat: Chat, toast: str) -> str:
    """A short text that differs as soon as the chat looks different."""
    shown = [
        (m.message_id, m.edited_at, len(m.edits), m.pinned, m.deleted, len(m.buttons))
        for m in chat.messages
    ]
    return hashlib.sha256(repr((shown, toast)).encode()).hexdigest()[:16]


class Toasts:
    """Remembers when the answer to a tap was first seen, so that it goes away again."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, float]] = {}

    def current(self, chat: Chat, moment: float) -> str:
        """The newest answer while it is new, else an empty text.

        :param moment: seconds of any clock that does not go back.
        """
        count = len(chat.toasts)
        known = self._seen.get(chat.chat_id)
        if known is None or known[0] != count:
            # What was there before anybody looked is not news.
            since = moment if known is not None else moment - TOAST_S
            known = self._seen[chat.chat_id] = (count, since)
        fresh = count > 0 and moment - known[1] < TOAST_S
        return chat.toasts[-1] if fresh else ""
