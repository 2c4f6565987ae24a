"""What an incoming mail is: a bounce, a reply, an automatic answer, or nothing of ours. Pure.

Only headers and delivery reports are looked at; what somebody wrote is not read.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

from bot.mail_reports import Failure, failures_in, is_report
from bot.verp import Verp

#: headers in which a mail server leaves the address that the mail came to
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")
REFERRING = ("In-Reply-To", "References")
POSTMASTERS = {"mailer-daemon", "postmaster"}
#: our own Message-ID, see bot/mail_composing.py
OUR_ID = re.compile(r"<d(\d{1,15})\.[0-9a-f]{16}@[^<>\s]+>")
LONGEST_ID = 300


class MailKind(StrEnum):
    """What came in. *Unclear*: a machine answered, perhaps that the mail did not arrive.
    *Elsewhere*: a mail of ours failed at an address that we did not write to.
    *Unmatched*: an answer to a mail of ours, and nobody can say which.
    *Unreadable*: reading or handling it failed."""

    BOUNCE = "bounce"
    DELAYED = "delayed"
    ELSEWHERE = "elsewhere"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    UNCLEAR = "unclear"
    UNMATCHED = "unmatched"
    OTHER = "other"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A mail without its contents.

    ``delivery_id`` comes from a signed address; ``our_id`` is a Message-ID of ours that the
    mail names, to be checked against what was sent. ``failures``: whom a bounce is about.
    """

    message_id: str
    kind: MailKind
    delivery_id: int | None = None
    our_id: str | None = None
    failures: tuple[Failure, ...] = ()


def sort_mail(mail: Message, verp: Verp) -> Sorted:
    """Sort by the headers; a delivery report by its parts."""
    kind, failures = _report(mail) if is_report(mail) else (_kind(mail), ())
    delivery_id = _addressed(mail, verp)
    our_id = _our_id(mail)
    if delivery_id is None and our_id is None:
        kind = MailKind.OTHER
    return Sorted(message_id_of(mail), kind, delivery_id, our_id, failures)


def message_id_of(mail: Message) -> str:
    """The Message-ID, or a fingerprint of the headers for a mail without one that can be kept."""
    given = str(mail.get("Message-ID", "")).strip()
    if given and len(given) <= LONGEST_ID and given.isprintable():
        return given
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
    return f"sha256:{hashlib.sha256(headers.encode(errors='replace')).hexdigest()}"


def number_in(our_id: str) -> int | None:
    """The delivery that a Message-ID of ours names."""
    found = OUR_ID.fullmatch(our_id)
    return None if found is None else int(found[1])


def _kind(mail: Message) -> MailKind:
    if _may_be_bounce(mail):
        return MailKind.UNCLEAR
    automatic = (
        str(mail.get("Auto-Submitted", "no")).strip().lower() != "no"
        or mail.get("X-Autoreply") is not None
        or mail.get("X-Autorespond") is not None
        or str(mail.get("Precedence", "")).strip().lower() in {"bulk", "junk", "auto_reply", "list"}
    )
    return MailKind.AUTOMATIC if automatic else MailKind.REPLY


def _may_be_bounce(mail: Message) -> bool:
    """Older servers report a failure in words that only a person can read."""
    sender = parseaddr(str(mail.get("From", "")))[1].partition("@")[0].lower()
    return str(mail.get("Return-Path", "-")).strip() in {"", "<>"} or sender in POSTMASTERS


def _report(mail: Message) -> tuple[MailKind, tuple[Failure, ...]]:
    """Failed for good, or something else: delayed, delivered."""
    failures = failures_in(mail)
    if failures is None:
        return MailKind.UNCLEAR, ()
    return (MailKind.BOUNCE if failures else MailKind.DELAYED), tuple(failures)


def _addressed(mail: Message, verp: Verp) -> int | None:
    for name in ADDRESSED:
        for value in mail.get_all(name, []):
            delivery_id = verp.read(str(value))
            if delivery_id is not None:
                return delivery_id
    return None


def _our_id(mail: Message) -> str | None:
    """The first of our Message-IDs: in the headers of a reply, in the returned mail of a bounce."""
    for name in REFERRING:
        found = OUR_ID.search(str(mail.get(name, "")))
        if found is not None:
            return found[0]
    if not is_report(mail):
        return None
    for part in mail.walk():
        texts = [str(part.get("Message-ID", ""))]
        if part.get_content_type() == "text/rfc822-headers":
            texts.append(str(part.get_payload()))
        for text in texts:
            if part is not mail and (found := OUR_ID.search(text)) is not None:
                return found[0]
    return None
