"""A text as a chat can show it before it belongs to somebody. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.chat.coordinator import texts

_UNDERLINED = re.compile(r"^([^\n]+)\n-{3,}$", re.MULTILINE)


def with_shown_places(text: str) -> str:
    """A preview belongs to nobody yet: personal places are shown as what comes there."""
    for place, shown in texts.SHOWN_PLACES.items():
        text = text.replace(place, shown)
    return text


def split_text(text: str, limit: int) -> list[str]:
    """Cut at empty lines where possible, so that each part fits one chat message."""
    parts: list[str] = []
    current = ""
    for block in text.split("\n\n"):
        if current and len(current) + len(block) + 2 > limit:
            parts.append(current)
            current = ""
        current = f"{current}\n\n{block}" if current else block
        while len(current) > limit:
            parts.append(current[:limit])
            current = current[limit:]
    return [*parts, current] if current else parts


def cut(words: str, limit: int) -> str:
    """Up to the last whole word that fits. Before it is escaped: never inside a mark. Pure."""
    if len(words) <= limit:
        return words
    return words[: max(0, limit)].rsplit(" ", 1)[0].rstrip() + " …"


def as_many(lines: Sequence[str], room: int, each: int) -> tuple[list[str], int]:
    """The first lines, each cut, that fit together; and how many do not. Pure."""
    shown: list[str] = []
    for line in (cut(one, each) for one in lines):
        room -= len(line) + len("· \n")
        if room < 0:
            break
        shown.append(line)
    return shown, len(lines) - len(shown)


def with_headings(plain: str) -> Markup:
    """A plain text for the chat: headings bold, where mail draws a line below. Pure."""
    return Markup(_UNDERLINED.sub(r"<b>\1</b>", str(escape(plain))))  # noqa: S704  (escaped just now)
