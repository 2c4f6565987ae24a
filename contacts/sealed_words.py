"""Words of a message that are not readable in the outbox: sealed when planned, opened to leave.

A note that a duider reads on the phone, and an answer to a reporter, pass through the outbox.
Without this they would stand there in the clear until they are wiped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from contacts.outbox import Content
from contacts.sealing import Sealer, is_sealed


def seal_words(content: Content, sealer: Sealer) -> Content:
    """The same message with its words sealed; buttons stay as they are."""
    return _each(content, lambda text: text if is_sealed(text) else sealer.seal(text))


def open_words(content: Content, sealer: Sealer) -> Content:
    """The message as it leaves; words that were never sealed stay as they are.

    :raises UnsealError: sealed with another key.
    """
    return _each(content, lambda text: sealer.unseal(text) if is_sealed(text) else text)


def _each(content: Content, change: Callable[[str], str]) -> Content:
    chat, mail = content.telegram, content.email
    return Content(
        telegram=None if chat is None else replace(chat, text=change(chat.text)),
        email=None
        if mail is None
        else replace(
            mail, subject=change(mail.subject), text=change(mail.text), html=change(mail.html)
        ),
    )
