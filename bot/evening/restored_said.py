"""A back-up was put back, and what was not everywhere then was stopped: what going on would do."""

from __future__ import annotations

from collections.abc import Iterable

from bot.backup.aftercare import RESTORED
from bot.evening.texts import RESTORED_AGAIN, RESTORED_GOES_ON
from contacts.outbox import Message, MessageStatus
from contacts.texts import counted


def is_restored(messages: Iterable[Message]) -> bool:
    """Whether one of these waits since then: it may have left after the back-up was made. Pure."""
    return any(
        one.status is MessageStatus.HALTED and one.halt_reason == RESTORED for one in messages
    )


def going_on_said(waiting: int) -> str:
    """Before somebody lets it go on. Pure.

    :param waiting: how many would go out.
    """
    return f"{counted(RESTORED_GOES_ON, waiting)} {RESTORED_AGAIN}"
