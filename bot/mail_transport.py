"""Sends mail over a few SMTP connections, and says of every answer what it means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from ssl import SSLError

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from bot.mail_composing import Composed, Letterhead, NoRecipient, NoSender, compose
from bot.mail_refusals import Fault, fault_of, is_our_set_up
from bot.unsubscribing import Unsubscribing
from bot.verp import Verp
from contacts.directory import ChannelKind
from contacts.outbox import DeliveryAct, EmailForm
from contacts.transport import (
    MENDING,
    Later,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
    leaves,
)

RETRY = timedelta(seconds=5)
BUSY = timedelta(seconds=30)
SERVICE_NOT_AVAILABLE = 421
PERMANENT = 500
#: the server says nothing to this recipient
NO_ANSWER = "no_answer"


class Phase(IntEnum):
    """How far a mail came; from RECIPIENT on it may be about whom it is for, and from DATA on,
    silence says nothing."""

    CONNECTING = 0
    ENVELOPE = 1
    RECIPIENT = 2
    DATA = 3


@dataclass(eq=False)
class Line:
    """One connection to the mail server, used by one mail at a time.

    ``smtp``: None while it is closed. ``phase``: of the mail that has it now.
    """

    smtp: aiosmtplib.SMTP | None = None
    phase: Phase = Phase.CONNECTING

    def drop(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            smtp.close()


class MailTransport:
    """The port to the mail server. Each connection carries one mail at a time.

    :param tls: ``geen``, ``starttls`` or ``tls``.
    :param reply_address: mailbox for replies and bounces; empty: they go to ``from_address``.
    :param connections: at most so many at a time; a relay that has fewer for us says 421, and the
        channel pauses.
    :param verp_key: signs the addresses that bounces come back to.
    :param unsubscribing: what goes to many carries the header with which one click ends the mails.
    :param reads_answers: somebody reads the mailbox for replies, and a text to many says so.
    """

    kind = ChannelKind.EMAIL
    tells_leaving = True

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: str,
        user: str,
        password: str,
        from_address: str,
        from_name: str,
        reply_address: str,
        verp_key: bytes,
        unsubscribing: Unsubscribing | None = None,
        reads_answers: bool = False,
        clock: Callable[[], datetime],
        timeout_s: float = 20.0,
        connections: int = 1,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password = user, password
        self._head = Letterhead(from_name, from_address)
        self._unsubscribing = unsubscribing
        self._verp = Verp(reply_address, verp_key) if reply_address else None
        self._reads_answers = reads_answers and bool(reply_address)
        self._clock, self._timeout_s = clock, timeout_s
        self.at_once = connections
        self._turns = asyncio.Semaphore(connections)
        # The one that was used last is used first: with little to send only one stays open.
        self._idle = [Line() for _ in range(connections)]

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send one mail; an edit is refused, because a mail is final.

        Cancelled before DATA it returns that the mail was certainly not sent; from DATA on
        nobody knows, and the cancellation goes on to the caller.
        """
        form = outgoing.content.email
        if form is None:
            return Refused("no_form")
        if outgoing.act is DeliveryAct.EDIT:
            return Refused("mail_is_final")
        try:
            message = self._compose(outgoing, form)
        except NoRecipient:
            return Refused("bad_address", closes_channel=True)
        except NoSender:
            return _wrong_settings(self._clock())
        except ValueError:
            return Refused("cannot_be_made")
        line: Line | None = None
        try:
            async with self._turns:
                line = self._idle.pop()
                try:
                    return await self._deliver(line, outgoing, message)
                finally:
                    self._idle.append(line)
        except asyncio.CancelledError:
            # The task ends here in either case; what it returns is all that the lane knows.
            if line is not None and line.phase is Phase.DATA:
                raise
            return Later(self._clock(), "interrupted")

    async def close(self) -> None:
        """Say goodbye to the server, on all connections at once."""
        await asyncio.gather(*(_goodbye(line) for line in self._idle))

    async def _deliver(self, line: Line, outgoing: Outgoing, message: Composed) -> Outcome:
        """Send; a connection that the server closed while it was idle is replaced once."""
        for attempt in (1, 2):
            was_open = line.smtp is not None
            line.phase = Phase.CONNECTING
            try:
                await self._transact(line, outgoing, message)
            except (SMTPException, OSError, ValueError) as error:
                await _clean_up(line, error)
                stale = attempt == 1 and was_open and isinstance(error, SMTPServerDisconnected)
                if stale and line.phase is not Phase.DATA:
                    continue
                return classify(error, line.phase, now=self._clock())
            except BaseException:  # cancelled half-way: the connection is in no known state
                line.drop()
                raise
            return Sent(message.number)
        raise AssertionError("unreachable")

    async def _transact(self, line: Line, outgoing: Outgoing, message: Composed) -> None:
        smtp = await self._connected(line)
        line.phase = Phase.ENVELOPE
        sender = self._head.address
        if self._verp is not None:
            sender = self._verp.address(outgoing.original_id)
        await smtp.mail(sender)
        line.phase = Phase.RECIPIENT
        await smtp.rcpt(outgoing.address)
        line.phase = Phase.DATA
        # Before DATA no server has a mail: what waits for a connection or its turn has not left.
        leaves()
        await smtp.data(message.raw)

    async def _connected(self, line: Line) -> aiosmtplib.SMTP:
        if line.smtp is not None and line.smtp.is_connected:
            return line.smtp
        smtp = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password or None,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            local_hostname=self._head.domain,
            timeout=self._timeout_s,
        )
        await smtp.connect()
        line.smtp = smtp
        return smtp

    def _compose(self, outgoing: Outgoing, form: EmailForm) -> Composed:
        number = outgoing.original_id
        ends_mails = self._unsubscribing if outgoing.is_distributed else None
        return compose(
            outgoing, form, self._head, now=self._clock(),
            reply_to=self._verp.address(number) if self._verp else None,
            unsubscribe=ends_mails.address(number) if ends_mails else None,
            may_answer=self._reads_answers and outgoing.is_distributed,
        )  # fmt: skip


async def _goodbye(line: Line) -> None:
    smtp, line.smtp = line.smtp, None
    if smtp is not None and smtp.is_connected:
        try:
            await smtp.quit(timeout=1.0)
        except (SMTPException, OSError):
            smtp.close()


async def _clean_up(line: Line, error: Exception) -> None:
    """After a refused recipient the connection is used on; after anything else it is not."""
    refused = isinstance(error, SMTPRecipientRefused) and error.code != SERVICE_NOT_AVAILABLE
    if refused and line.smtp is not None:
        try:
            await line.smtp.rset()
        except (SMTPException, OSError):
            line.drop()
        return
    line.drop()


def classify(error: Exception, phase: Phase, *, now: datetime) -> Outcome:
    """What a failure means: certainly not sent, never, not now, or nobody knows."""
    if isinstance(error, SMTPAuthenticationError):
        return Later(now + MENDING, "login_refused", whole_channel=True)
    if isinstance(error, SMTPResponseException):
        return _answered(error, phase, now=now)
    if phase is Phase.DATA:
        return Unknown("dropped_after_data")
    if phase is Phase.CONNECTING and (type(error) is SMTPException or isinstance(error, SSLError)):
        return Later(now + MENDING, "no_tls", whole_channel=True)
    if isinstance(error, ValueError):
        # Before the recipient is named, what cannot be said is our own name or address.
        is_theirs = phase is Phase.RECIPIENT
        return Refused("bad_address", closes_channel=True) if is_theirs else _wrong_settings(now)
    own = NO_ANSWER if phase is Phase.RECIPIENT else None
    return Later(now + RETRY, "not_reachable", whole_channel=True, if_its_own=own)


def _answered(error: SMTPResponseException, phase: Phase, *, now: datetime) -> Outcome:
    permanent = error.code >= PERMANENT
    if isinstance(error, SMTPRecipientRefused) and error.code != SERVICE_NOT_AVAILABLE:
        return _recipient(error, now=now)
    if phase is Phase.DATA and error.code != SERVICE_NOT_AVAILABLE:
        if permanent and is_our_set_up(error.message):
            return _refuses_us(error, now=now)
        if permanent:
            # Some servers only now say that this mailbox is unknown or full.
            personal = error.message.startswith(("5.1.", "5.2."))
            return Refused(f"smtp_{error.code}", halts_message=not personal)
        return Later(now + BUSY, f"smtp_{error.code}")
    if permanent:
        reason = "sender_refused" if isinstance(error, SMTPSenderRefused) else "not_reachable"
        return Later(now + MENDING, reason, whole_channel=True)
    own = f"smtp_{error.code}" if phase >= Phase.RECIPIENT else None
    return Later(now + BUSY, "busy", whole_channel=True, if_its_own=own)


def _wrong_settings(now: datetime) -> Later:
    """No mail can go out as we are set up, whoever it is for."""
    return Later(now + MENDING, "wrong_settings", whole_channel=True)


def _refuses_us(error: SMTPResponseException, *, now: datetime) -> Later:
    """Every recipient would be refused like this one, and a person must mend it first; unless it
    turns out that the others are not."""
    return Later(
        now + MENDING, "sender_refused", whole_channel=True,
        if_its_own=f"smtp_{error.code}", at_first_sight=True,
    )  # fmt: skip


def _recipient(error: SMTPRecipientRefused, *, now: datetime) -> Outcome:
    if error.code < PERMANENT:
        return Later(now + BUSY, f"smtp_{error.code}")
    fault = fault_of(error.code, error.message)
    if fault is Fault.OURS:
        return _refuses_us(error, now=now)
    return Refused(f"smtp_{error.code}", closes_channel=fault is Fault.ADDRESS)
