"""Reduces a Telegram update, in memory, to the little that may be stored.

Pure. It runs before anything is written: of a text that is about a person, or of a
message with a picture, only kind, labels and word numbers come out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rows import UpdateKind
from contacts.returning import WORDS
from signals.person_filter import Screening

Screen = Callable[[str], Screening]

#: the way back after a stop, as people type it: without the slash, or with the full stop after it
_BACK = re.compile(rf"/?start(@\w+)?\s+({'|'.join(sorted(WORDS))})[.!]?\s*", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_ONLY_LINK = re.compile(r"\s*https?://\S+\s*\Z")
#: What the filter calls a link to somebody's account; other words in a link are a title.
_PROFILE = frozenset({"HANDLE"})
#: animations come as a document too
_PICTURES = ("photo", "video", "animation", "document")
_MEDIA = (
    "animation",
    "audio",
    "contact",
    "document",
    "location",
    "paid_media",
    "photo",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
)


@dataclass(frozen=True, slots=True)
class Reduced:
    """What may be stored of an update.

    ``payload`` has ``message_id`` and, by kind, ``text``, ``link``, ``data``, ``query_id``
    or ``status``; ``refused`` has ``labels``, ``words`` and ``message_id``.
    """

    id: int
    kind: UpdateKind
    chat: int | None
    payload: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None

    @property
    def is_start(self) -> bool:
        """A ``/start`` with a token: the one thing a stranger may be heard with."""
        text = (self.payload or {}).get("text", "")
        return self.kind is UpdateKind.COMMAND and bool(re.match(r"/start(@\w+)? \S+\Z", text))


def reduce_update(raw: Mapping[str, Any], screen: Screen) -> Reduced:
    """Never raises: what cannot be understood becomes kind ``unreadable`` or ``other``.

    :param raw: an Update object of the Bot API, as parsed JSON.
    """
    update_id = raw.get("update_id")
    number = update_id if isinstance(update_id, int) else -1
    try:
        if isinstance(raw.get("callback_query"), dict):
            return _tap(number, raw["callback_query"])
        if isinstance(raw.get("my_chat_member"), dict):
            return _membership(number, raw["my_chat_member"])
        if isinstance(raw.get("message"), dict):
            return _message(number, raw["message"], screen)
        if isinstance(raw.get("edited_message"), dict):
            return _edited(number, raw["edited_message"], screen)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Reduced(number, UpdateKind.UNREADABLE, None)
    return Reduced(number, UpdateKind.OTHER, None)


def _is_public_post(message: Mapping[str, Any]) -> bool:
    """A picture or film with words that a channel published, sent on. Its picture is not looked
    at; what somebody made themself, or got from a person, stays unread."""
    origin = message.get("forward_origin")
    return (
        isinstance(origin, dict)
        and origin.get("type") == "channel"
        and _has_any(message, _PICTURES)
        and bool(str(message.get("caption") or "").strip())
    )


def _as_text(message: Mapping[str, Any]) -> dict[str, Any]:
    """The words under a picture as if they stood alone."""
    kept = {key: value for key, value in message.items() if key not in _PICTURES}
    return kept | {"text": message["caption"], "entities": message.get("caption_entities") or []}


def _private_chat(message: Mapping[str, Any]) -> int | None:
    chat = message["chat"]
    return int(chat["id"]) if chat.get("type") == "private" else None


def _tap(number: int, query: Mapping[str, Any]) -> Reduced:
    message = query.get("message") or {}
    return Reduced(
        number,
        UpdateKind.TAP,
        int(query["from"]["id"]),
        {
            "data": str(query.get("data", ""))[:64],
            "query_id": str(query["id"]),
            "message_id": message.get("message_id"),
        },
    )


def _membership(number: int, change: Mapping[str, Any]) -> Reduced:
    status = str(change["new_chat_member"]["status"])
    return Reduced(number, UpdateKind.MEMBERSHIP, _private_chat(change), {"status": status})


def _message(number: int, message: Mapping[str, Any], screen: Screen) -> Reduced:
    chat, message_id = _private_chat(message), message["message_id"]
    if chat is None:
        return Reduced(number, UpdateKind.OTHER, None)
    if _is_public_post(message):
        message = _as_text(message)
    if _has_any(message, _MEDIA):
        return Reduced(number, UpdateKind.MEDIA, chat, {"message_id": message_id})
    text = message.get("text")
    if not isinstance(text, str):
        return Reduced(number, UpdateKind.OTHER, None)
    if back := _BACK.fullmatch(text):
        text = f"/start {back[2].lower()}"
    if re.match(r"/start\b", text):
        return Reduced(
            number, UpdateKind.COMMAND, chat, {"message_id": message_id, "text": text[:100]}
        )
    if _has_any(message, ("forward_origin", "forward_date")) or _ONLY_LINK.match(text):
        return _pointer(number, chat, message, screen)
    kind = UpdateKind.COMMAND if text.startswith("/") else UpdateKind.TEXT
    return _screened(number, kind, UpdateKind.TEXT, chat, message_id, screen(text), text)


def _screened(
    number: int, kind: UpdateKind, refused_as: UpdateKind, chat: int, message_id: Any,
    screening: Screening, text: str,
) -> Reduced:  # fmt: skip
    if not screening.blocked:
        return Reduced(number, kind, chat, {"message_id": message_id, "text": text[:4096]})
    return Reduced(
        number,
        refused_as,
        chat,
        refused={
            "labels": sorted({span.label for span in screening.spans}),
            "words": list(screening.words),
            "message_id": message_id,
        },
    )


def _edited(number: int, message: Mapping[str, Any], screen: Screen) -> Reduced:
    """Somebody changed their own words: read as anew. What is no text of their own stays unread."""
    chat, text = _private_chat(message), message.get("text")
    own = not _has_any(message, (*_MEDIA, "forward_origin", "forward_date", "via_bot"))
    if chat is None or not isinstance(text, str) or not own or text.startswith("/"):
        return Reduced(number, UpdateKind.OTHER, None)
    kind = UpdateKind.EDITED
    return _screened(number, kind, kind, chat, message["message_id"], screen(text), text)


def _pointer(number: int, chat: int, message: Mapping[str, Any], screen: Screen) -> Reduced:
    """A forwarded message or a bare link: what counts is the link, unless it is somebody's
    account, and the text only if it is clean."""
    text = str(message["text"])
    link = _first_link(text, message.get("entities") or [])
    line = " ".join(_LINK.sub(" ", text).split())[:300]
    if line and screen(line).blocked:
        line = ""
    if link and _PROFILE & set(screen(link).labels):
        link = None
    return Reduced(
        number,
        UpdateKind.FORWARD,
        chat,
        {"message_id": message["message_id"], "text": line, "link": link},
    )


def _first_link(text: str, entities: Collection[Mapping[str, Any]]) -> str | None:
    for entity in entities:
        if entity.get("type") == "text_link":
            return str(entity["url"])[:1000]
    found = _LINK.search(text)
    return found.group()[:1000] if found else None


def _has_any(message: Mapping[str, Any], keys: Collection[str]) -> bool:
    return any(key in message for key in keys)
