"""The mailbox itself: fetches what is unread, and marks it when it was handled.

A mail comes from anybody, so whatever it holds it stops nothing but itself.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from imaplib import IMAP4

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.consts import MailMessageFlags

from bot.mail_reports import is_report
from bot.mail_sorting import MailKind, Sorted, sort_mail
from bot.mail_words import LONGEST_MAIL, Words, words_of
from bot.settings import MailSettings
from bot.verp import Verp

log = logging.getLogger(__name__)

AT_ONCE = 50
#: bytes; a report repeats at most the mail that it is about, and ours are far below this
LONGEST_REPORT = 1_000_000
TIMEOUT_S = 20.0
FOR_A_PERSON = {
    MailKind.ELSEWHERE, MailKind.OTHER, MailKind.UNCLEAR, MailKind.UNMATCHED, MailKind.UNREADABLE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail in the mailbox, sorted."""

    uid: str
    sorted: Sorted
    words: Words | None = None

    def turned_out(self, kind: MailKind) -> Fetched:
        """The same mail, of which the rows know more than its headers said. Pure."""
        return replace(self, sorted=replace(self.sorted, kind=kind))

    @property
    def is_unreadable(self) -> bool:
        return self.sorted.kind is MailKind.UNREADABLE


def fetch_unread(settings: MailSettings, verp: Verp, allow: Collection[str] = ()) -> list[Fetched]:
    """Headers of what is unread; of a delivery report and of a reply the whole, unless it is long.

    :raises imap_tools.MailboxLoginError: wrong user or password.
    :raises OSError: the server does not answer.
    """
    with _mailbox(settings) as mailbox:
        fetched = []
        for uid in mailbox.uids(AND(seen=False))[:AT_ONCE]:
            try:
                one = _fetch_one(mailbox, uid, verp, allow)
            except (OSError, IMAP4.abort):  # the line is gone, and no fault of the mail
                raise
            except Exception as error:
                log.warning(
                    "A mail could not be read: %s", type(error).__name__,
                    extra={"action": "mail_unreadable"},
                )  # fmt: skip
                one = Fetched(uid, Sorted(f"uid:{uid}", MailKind.UNREADABLE))
            if one is not None:
                fetched.append(one)
        return fetched


def _fetch_one(
    mailbox: BaseMailBox, uid: str, verp: Verp, allow: Collection[str]
) -> Fetched | None:
    """None when somebody else took it away meanwhile."""
    headers = mailbox.fetch(AND(uid=uid), mark_seen=False, headers_only=True)
    mail = next((one for one in headers if one.uid == uid), None)
    if mail is None:
        return None
    parsed = mail.obj
    if is_report(parsed):
        if mail.size_rfc822 > LONGEST_REPORT:
            return Fetched(uid, _too_long(sort_mail(parsed, verp)))
        whole = mailbox.fetch(AND(uid=uid), mark_seen=False)
        parsed = next((one.obj for one in whole if one.uid == uid), parsed)
    sorted_mail = sort_mail(parsed, verp)
    words = None
    if sorted_mail.kind is MailKind.REPLY:
        words = _words(mailbox, uid, mail.size_rfc822, allow)
    return Fetched(uid, sorted_mail, words)


def _too_long(report: Sorted) -> Sorted:
    """What such a report says, nobody knows; one about none of our mails is a person's anyway."""
    if report.kind is MailKind.OTHER:
        return report
    return replace(report, kind=MailKind.UNREADABLE)


def _words(mailbox: BaseMailBox, uid: str, size: int, allow: Collection[str]) -> Words | None:
    """What a reply says, screened in memory; a long one carries files and is not fetched."""
    if size > LONGEST_MAIL:
        return Words("", has_files=True)
    whole = mailbox.fetch(AND(uid=uid), mark_seen=False)
    return next((words_of(one.obj, allow) for one in whole if one.uid == uid), None)


def mark_read(settings: MailSettings, fetched: Sequence[Fetched]) -> None:
    """What a machine cannot read is flagged, so that a person who looks there sees it.

    Replies of which the words were handled are deleted: what was refused is kept nowhere, and
    what was told stands among the signals. Nothing else is.

    :param fetched: by what each turned out to be.
    """
    uids = [mail.uid for mail in fetched]
    looked_at = [
        mail.uid
        for mail in fetched
        if mail.sorted.kind is MailKind.REPLY and mail.words is not None
    ]
    others = [mail.uid for mail in fetched if mail.sorted.kind in FOR_A_PERSON]
    with _mailbox(settings) as mailbox:
        mailbox.flag(uids, MailMessageFlags.SEEN, True)
        if others:
            mailbox.flag(others, MailMessageFlags.FLAGGED, True)
        if looked_at:
            mailbox.delete(looked_at)


def _mailbox(settings: MailSettings) -> BaseMailBox:
    kind = MailBox if settings.imap_tls else MailBoxUnencrypted
    mailbox = kind(settings.imap_host, settings.imap_port, timeout=TIMEOUT_S)
    return mailbox.login(settings.imap_user, settings.imap_password)
