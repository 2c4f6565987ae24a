"""What is said in a chat, said by mail: the same words, line by line."""

from __future__ import annotations

import re

from markupsafe import Markup

from contacts.outbox import EmailForm

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_GAP = re.compile(r"\n\s*\n")


def mail_of(subject: str, text: str) -> EmailForm:
    """A mail that says this. Pure.

    :param text: as Telegram takes it: lines, escaped, with a few tags in them.
    """
    parts = [part.strip().replace("\n", "<br>\n") for part in _GAP.split(text)]
    return EmailForm(
        subject=subject, text=plain(text), html="".join(f"<p>{part}</p>" for part in parts if part)
    )


def plain(text: str) -> str:
    """The same without tags; what a link leads to stands behind its words. Pure."""
    shown = _LINK.sub(r"\2 (\1)", text)
    # Only to take the tags away, of each line by itself: it makes one line of what it is given.
    return "\n".join(Markup(line).striptags() for line in shown.split("\n"))  # noqa: S704
