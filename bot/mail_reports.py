"""What a delivery report says of each recipient, and whether that is whom we wrote to. Pure.

The addresses in a report may be anybody's: they are compared in memory, and kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import parseaddr

from bot.mail_refusals import Fault, fault_of

STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
#: what the other server said, in the Diagnostic-Code of a report
ANSWER = re.compile(r"\b(5\d\d)[ -]+(.*)", re.DOTALL)
NO_STATUS = "5.0.0"
#: how a report may name a mail address; other kinds name none that we could have written to
ADDRESS_KINDS = {"rfc822", "utf-8"}
#: ``+`` and two digits for a character, as SMTP carries an address and some reports repeat it
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a report gives up.

    ``closes_address``: it says that the address does not exist. ``recipients``: the address, in
    each way that it can be read; empty when the report names none.
    """

    status: str
    closes_address: bool = False
    recipients: frozenset[str] = field(default=frozenset(), repr=False)


def is_report(headers: Message) -> bool:
    """Whether the mail is a delivery report, of which the parts must be read too."""
    return (
        headers.get_content_type() == "multipart/report"
        and str(headers.get_param("report-type", "")).lower() == "delivery-status"
    )


def failures_in(report: Message) -> list[Failure] | None:
    """Who did not get it for good: nobody when it is delayed or delivered. None: no such report."""
    found: list[Failure] | None = None
    for part in report.walk():
        action = str(part.get("Action", "")).strip().lower()
        if not action:
            continue
        found = found or []
        if action == "failed":
            status = STATUS.search(str(part.get("Status", "")))
            code = status[0] if status else NO_STATUS
            gone = _is_gone(code, str(part.get("Diagnostic-Code", "")))
            # The second is what the mail was addressed to before it was sent on, so it is asked
            # only where nothing says which address failed.
            named = _addresses(part, "Final-Recipient") or _addresses(part, "Original-Recipient")
            found.append(Failure(code, gone, named))
    return found


def failure_of(failures: Sequence[Failure], address: str | None) -> Failure | None:
    """What a report says of the address that we wrote to; None: only of others.

    Somebody who has their mail sent on keeps the mailbox that we wrote to, whatever the next one
    answers. Within one domain nobody outside can tell an alias of that mailbox from a colleague
    who gets a copy: then the mail counts as failed, for a second channel costs less than silence,
    but the address stays open, for closing is for ever.

    :param address: None when it is not known any more.
    """
    ours = None if address is None else _mailbox(address)
    if ours is None:
        return failures[0] if failures else None
    near: Failure | None = None
    for failure in failures:
        theirs = [one for one in map(_mailbox, failure.recipients) if one is not None]
        if not theirs or ours in theirs:
            return failure
        if near is None and any(_is_related(ours[1], domain) for _, domain in theirs):
            near = replace(failure, closes_address=False)
    return near


def _is_gone(status: str, diagnostic: str) -> bool:
    """By the same rule as a refusal while sending; 5.0.0 stands for *the server gave none*."""
    answer = ANSWER.search(diagnostic)
    code, said = (int(answer[1]), answer[2]) if answer else (0, diagnostic)
    if status != NO_STATUS:
        said = f"{status} {said}"
    return status.startswith("5.") and fault_of(code, said) is Fault.ADDRESS


def _addresses(part: Message, name: str) -> frozenset[str]:
    kind, mark, rest = str(part.get(name, "")).partition(";")
    if mark and kind.strip().lower() not in ADDRESS_KINDS:
        return frozenset()
    written = parseaddr((rest if mark else kind).strip())[1]
    # Also as it stands: a plus may be part of the address itself.
    read = {written, _XTEXT.sub(lambda found: chr(int(found[1], 16)), written)}
    return frozenset(one for one in read if _mailbox(one) is not None)


def _mailbox(address: str) -> tuple[str, str] | None:
    """The mailbox that an address names: servers change its case, and what stands behind a plus
    is the same mailbox."""
    local, mark, domain = address.strip().casefold().rpartition("@")
    local = local.strip('"').partition("+")[0]
    domain = domain.rstrip(".")
    return (local, domain) if mark and local and domain else None


def _is_related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
