"""The port to the network: a transport sends one filled-in message and says what happened."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from contacts.directory import ChannelKind
from contacts.outbox import Content, DeliveryAct
from contacts.texts import BACKUP_LINE, FALLBACK_LINE


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it."""

    external_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will not take it.

    ``closes_channel``: this address will never work (blocked, unknown).
    ``halts_message``: the content is at fault, so nobody should get it before a person looked.
    """

    reason: str
    closes_channel: bool = False
    halts_message: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not sent; try again no sooner than ``not_before``.

    ``whole_channel``: everybody on this channel waits, and the attempt is not counted.
    ``if_its_own``: it was said of this one recipient, so the others go first after that; this is
    the reason when it turns out to be about this one only (:class:`contacts.pausing.Doubts`), at
    the second time or, with ``at_first_sight``, at once.
    """

    not_before: datetime
    reason: str
    whole_channel: bool = False
    if_its_own: str | None = None
    at_first_sight: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address now; nothing was sent yet."""

    new_address: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived or not; only a person may send it again."""

    reason: str


#: how long a channel waits for a fault that a person must mend; longer than a minute, so that a
#: person hears of it
MENDING = timedelta(seconds=90)
#: of an edit: what it would change does not stand in the chat any more
MESSAGE_GONE = "message_gone"
#: the reason of what had a slot when its channel was stopped: nothing was asked of the other side
HELD = "channel_held"

Outcome = Sent | Refused | Later | Moved | Unknown


class Standing(StrEnum):
    """How a message came to this address; anything but the first says so to its reader."""

    FIRST = "first"
    FALLBACK = "fallback"
    BACKUP = "backup"


STANDING_LINES = {Standing.FALLBACK: FALLBACK_LINE, Standing.BACKUP: BACKUP_LINE}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address, placeholders filled in.

    ``original_id``: the delivery that put the message in the chat, which for an edit is not
    ``delivery_id``; what comes back from the reader names this one. ``is_distributed``: a text to
    many, of which somebody may want no more.
    """

    delivery_id: int
    original_id: int
    address: str
    act: DeliveryAct
    content: Content
    edits_external_id: str | None
    is_repeat: bool
    is_exercise: bool
    standing: Standing = Standing.FIRST
    is_distributed: bool = False


#: tells the file of departures that what this task sends leaves now
_LEAVING: ContextVar[Callable[[], None] | None] = ContextVar("leaving", default=None)


def when_leaving(tell: Callable[[], None]) -> None:
    """For the task that sends: :func:`leaves` calls ``tell``."""
    _LEAVING.set(tell)


def leaves() -> None:
    """It is about to be written: from now on the other side may have it."""
    tell = _LEAVING.get()
    if tell is not None:
        tell()


class Transport(Protocol):
    """Sends over one channel. Never raises for what the network does: that is an outcome.

    One with ``tells_leaving`` calls :func:`leaves` before each request, once it has a connection
    and is about to be written; of any other all that is certain is that it may have sent from when
    it is called. ``at_once``: how many requests it can have under way; 0: it does not know.
    """

    kind: ChannelKind
    tells_leaving: bool
    at_once: int

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send or edit; returns what became of it."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
