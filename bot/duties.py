"""What a process of Schakel can be, and what only one process at a time does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Office(StrEnum):
    """A part that a process can be: the pages, the way in, or the work."""

    WEB = "web"
    BOT = "bot"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that one process at a time does, until its event is set."""

    name: str
    office: Office
    hold: Callable[[asyncio.Event], Awaitable[None]]
