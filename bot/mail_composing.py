"""Writes a mail: headers, and the same text as plain text and as HTML.

By the library's older classes: the newer ones parse every header that they are given and cost more
than all the rest of a sending. What they guard against cannot come in here: the address is
checked, the subject is one line, everything else is ours.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache
from html import escape

from contacts.outbox import EmailForm
from contacts.texts import (
    ANSWER_LINE,
    BACKUP_SUBJECT,
    EXERCISE,
    EXERCISE_LINE,
    EXERCISE_SUBJECT,
    REPEAT_SUBJECT,
    UNSUBSCRIBE_HTML,
    UNSUBSCRIBE_TEXT,
)
from contacts.transport import STANDING_LINES, Outgoing, Standing

#: where the template of a mail takes a line of the moment
_TOP, _FOOT = re.compile("<!-- above -->"), re.compile("<!-- below -->")
_BODY, _BODY_END = re.compile("<body[^>]*>", re.I), re.compile("</body>", re.I)


class _AsWritten(Compat32):
    """Headers as they are: the subject and our name are folded and encoded once for all, the rest
    is short and plain, and looking for where to break it took more than the text."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if not value.isascii():  # an address of ours with letters of its own
            return super().fold_binary(name, value)
        return f"{name}: {value}{self.linesep}".encode("ascii")


LINES = _AsWritten(linesep="\r\n", max_line_length=900)
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP


class NoRecipient(ValueError):
    """What should be the recipient's address is none."""


class NoSender(ValueError):
    """Ours is none that a mail can come from."""


@dataclass(frozen=True, slots=True)
class Composed:
    """``number``: its Message-ID."""

    number: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of ours has. ``address``: ours, ``name`` above it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def compose(
    outgoing: Outgoing,
    form: EmailForm,
    head: Letterhead,
    *,
    reply_to: str | None,
    unsubscribe: str | None,
    now: datetime,
    may_answer: bool = False,
) -> Composed:
    """The whole mail as bytes.

    :param reply_to: the address that names this delivery.
    :param unsubscribe: where one click ends the mails (RFC 8058): a header for mail programs,
        and a line at the end for people.
    :param may_answer: a line at the end says that an answer to this mail is read.
    :raises NoRecipient, NoSender: one of the two is no address.
    :raises ValueError: words that no mail can hold.
    """
    to = _recipient(outgoing.address)
    mail = MIMEMultipart("alternative", boundary=f"=={secrets.token_hex(12)}")
    mail["Subject"] = _subject(_one_line(_marks(outgoing) + form.subject))
    mail["From"] = _named(head.name, head.address)
    mail["To"] = to.addr_spec
    mail["Date"] = format_datetime(now)
    # The id is ours: a bounce that lost the envelope still names the delivery.
    number = f"<d{outgoing.original_id}.{secrets.token_hex(8)}@{head.domain}>"
    mail["Message-ID"] = number
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text, html = form.text, form.html
    if outgoing.standing in STANDING_LINES:
        line = STANDING_LINES[outgoing.standing]
        text, html = f"{line}\n\n{text}", _above(html, f"<p>{line}</p>")
    if outgoing.is_exercise and EXERCISE not in text:
        text, html = f"{EXERCISE}\n\n{text}", _above(html, f"<p>{EXERCISE_LINE}</p>")
    if may_answer:
        text, html = f"{text}\n\n{ANSWER_LINE}\n", _below(html, f"<p>{ANSWER_LINE}</p>")
    if unsubscribe is not None:
        text = f"{text}\n\n{UNSUBSCRIBE_TEXT.format(link=unsubscribe)}\n"
        html = _below(html, f"<p>{UNSUBSCRIBE_HTML.format(link=escape(unsubscribe))}</p>")
    for words, kind in ((text, "plain"), (html, "html")):
        # The stubs know a character set by its name only, and a name would mean base64.
        mail.attach(MIMEText(words, kind, UTF8))  # type: ignore[arg-type]
    return Composed(number, mail.as_bytes(policy=LINES))


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (ValueError, MessageError, IndexError) as error:  # what the parser raises for none
        raise NoRecipient from error


def _above(html: str, line: str) -> str:
    """Within the letter, also in one that a municipality laid out: never before the doctype."""
    for mark in (_TOP, _BODY):
        if found := mark.search(html):
            return html[: found.end()] + line + html[found.end() :]
    return line + html


def _below(html: str, line: str) -> str:
    for mark in (_FOOT, _BODY_END):
        if found := mark.search(html):
            return html[: found.start()] + line + html[found.start() :]
    return html + line


def _marks(outgoing: Outgoing) -> str:
    is_backup = outgoing.standing is Standing.BACKUP
    marks = REPEAT_SUBJECT * outgoing.is_repeat + BACKUP_SUBJECT * is_backup
    return EXERCISE_SUBJECT * outgoing.is_exercise + marks


@lru_cache(maxsize=256)
def _subject(text: str) -> str:
    """Folded and, where it is not plain ASCII, encoded; one text goes to many."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n")


@lru_cache(maxsize=16)
def _named(name: str, address: str) -> str:
    try:
        return formataddr((_one_line(name), address), "utf-8")
    except UnicodeError as error:
        raise NoSender from error


def _one_line(text: str) -> str:
    return " ".join(text.split())
