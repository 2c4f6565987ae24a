"""Button data: ``verb:arg:arg~delivery``, at most 64 bytes, round-trips exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.base36 import base36
from contacts.directory import Audience
from contacts.outbox import Button

_PART = re.compile(r"[A-Za-z0-9_.-]*\Z")
MAX_BYTES = 64
#: data names a text by its place in here
AUDIENCES = tuple(Audience)
#: what ``~`` and a delivery number may take of the 64 bytes
ROOM_FOR_DELIVERY = 14


class ButtonTooLong(ValueError):
    """Telegram allows 64 bytes of data under a button."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button."""

    verb: str
    args: tuple[str, ...] = ()
    delivery_id: int | None = None

    def number(self, index: int) -> int:
        """The argument at ``index`` as a number.

        :raises ValueError: it is missing or no number (an old or a forged button).
        """
        try:
            return int(self.args[index])
        except IndexError as error:
            raise ValueError("button without that argument") from error

    def word(self, index: int) -> str:
        """The argument at ``index`` as it stands.

        :raises ValueError: it is missing (an old or a forged button).
        """
        if index >= len(self.args):
            raise ValueError("button without that argument")
        return self.args[index]


def data(verb: str, *args: object) -> str:
    """Data for a button, without the delivery (the transport adds it)."""
    parts = [verb, *(str(arg) for arg in args)]
    for part in parts:
        if not _PART.match(part):
            raise ValueError(f"not allowed in button data: {part!r}")
    text = ":".join(parts)
    if len(text) > MAX_BYTES - ROOM_FOR_DELIVERY:
        raise ButtonTooLong(text)
    return text


def in_pairs(buttons: Sequence[Button]) -> list[list[Button]]:
    """Two next to each other: readable on a phone. Pure."""
    return [list(buttons[index : index + 2]) for index in range(0, len(buttons), 2)]


def short(label: str, limit: int = 60) -> str:
    """A label of whole words: what does not fit ends after a word, with a mark. Pure."""
    line = " ".join(label.split())
    if len(line) <= limit:
        return line
    kept = line[: limit - 1].rpartition(" ")[0] if " " in line[: limit - 1] else line[: limit - 1]
    return f"{kept.rstrip(' ,;:.·-')}…"


def with_delivery(button_data: str, delivery_id: int) -> str:
    """The data as it goes over the wire."""
    return f"{button_data}~{base36(delivery_id)}"


def parse(wire: str) -> Tap:
    """What a callback query brought back; anything odd becomes a tap without delivery."""
    body, _, mark = wire.partition("~")
    verb, *args = body.split(":")
    try:
        delivery_id = int(mark, 36) if mark else None
    except ValueError:
        delivery_id = None
    return Tap(verb=verb, args=tuple(args), delivery_id=delivery_id)
