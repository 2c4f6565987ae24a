"""A loopback SMTP server that keeps every mail, with faults per recipient."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Literal, get_args

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SmtpFaultKind = Literal[
    "temporary", "permanent", "busy", "full", "spam", "drop_before", "drop_after", "slow"
]
#: answers to RCPT, and to the dot that ends the mail
_AT_RCPT = {
    "temporary": "450 4.2.1 mailbox is busy, try again later",
    "permanent": "550 5.1.1 no such mailbox",
    "busy": "421 4.3.2 service is not available",
}
_AT_THE_END = {
    "full": "452 4.2.2 mailbox is full",
    "spam": "554 5.7.1 message refused",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it arrived, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    at: float


@dataclass
class _Fault:
    kind: SmtpFaultKind
    times: int
    seconds: float


class SmtpSink:
    """``mails`` is what arrived; ``fail`` scripts a fault for a recipient.

    Faults: ``temporary`` (450), ``permanent`` (550), ``busy`` (421 and the line is cut),
    ``full`` (452) and ``spam`` (554) after the whole mail, ``drop_before`` (cut before the
    mail was taken), ``drop_after`` (taken, then cut without an answer), ``slow``.

    :param login: (user, password); then nobody sends mail without them.
    """

    def __init__(self, login: tuple[str, str] | None = None) -> None:
        self.login = login
        self.mails: list[Mail] = []
        self.port = 0
        self._faults: dict[str, _Fault] = {}
        #: when each address was first named, whatever became of it
        self.first_tries: dict[str, float] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._came = asyncio.Condition()

    def fail(
        self, recipient: str, kind: SmtpFaultKind, times: int = 1, *, seconds: float = 1.0
    ) -> None:
        """``*`` is everybody who has no fault of their own.

        :raises ValueError: a kind that does not exist.
        """
        if kind not in get_args(SmtpFaultKind):
            raise ValueError(f"no such mail fault: {kind!r}; there is {get_args(SmtpFaultKind)}")
        self._faults[recipient.lower()] = _Fault(kind, times, seconds)

    def heal(self) -> None:
        """Every mail is taken again."""
        self._faults.clear()

    def to(self, recipient: str) -> list[Mail]:
        """What arrived for this address."""
        wanted = recipient.lower()
        return [mail for mail in self.mails if wanted in map(str.lower, mail.recipients)]

    async def see(
        self,
        recipient: str,
        fits: Callable[[Mail], bool] = lambda mail: True,
        timeout_s: float = 10,
    ) -> Mail:
        """Wait for a mail, the newest first. :raises TimeoutError: it did not come."""

        def found() -> Mail | None:
            return next((mail for mail in reversed(self.to(recipient)) if fits(mail)), None)

        try:
            async with asyncio.timeout(timeout_s), self._came:
                await self._came.wait_for(lambda: found() is not None)
        except TimeoutError:
            raise TimeoutError(f"no mail for {recipient}; {len(self.mails)} came") from None
        mail = found()
        assert mail is not None
        return mail

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for connection in list(self._connections):
                if connection.transport is not None:
                    _abort(connection.transport)
            await self._server.wait_closed()
            self._server = None

    async def keep(self, mail: Mail) -> None:
        async with self._came:
            self.mails.append(mail)
            self._came.notify_all()

    def draw(self, recipient: str) -> _Fault | None:
        """The fault for this recipient, used up."""
        fault = self._faults.get(recipient.lower()) or self._faults.get("*")
        if fault is None or fault.times == 0:
            return None
        fault.times -= 1
        return fault

    def _connect(self) -> _Connection:
        return _Connection(self)


class _Connection(SMTP):
    """One client; keeps itself known so that ``stop`` can cut it."""

    def __init__(self, sink: SmtpSink) -> None:
        asked = sink.login is not None
        super().__init__(
            _Handler(sink), hostname="localhost", enable_SMTPUTF8=True,
            authenticator=_check_login(sink.login) if asked else None,
            # Without TLS, as the library warns about when it demands the login by itself:
            # the line does not leave this machine. ``_Handler`` demands it instead.
            auth_require_tls=False,
            auth_exclude_mechanism=None if asked else ["LOGIN", "PLAIN"],
        )  # fmt: skip
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        self._sink._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._connections.discard(self)
        super().connection_lost(error)


def _check_login(login: tuple[str, str] | None) -> Callable[..., AuthResult]:
    def check(
        server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    return check


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        self._late: dict[int, _Fault] = {}

    async def handle_MAIL(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._sink.login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._sink.first_tries.setdefault(address.lower(), time.monotonic())
        fault = self._sink.draw(address)
        if fault is not None and fault.kind in _AT_RCPT:
            if fault.kind == "busy" and server.transport is not None:
                # The answer goes out first, then the line ends, as RFC 5321 has it.
                asyncio.get_running_loop().call_soon(server.transport.close)
            return _AT_RCPT[fault.kind]
        if fault is not None:
            self._late[id(envelope)] = fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        fault = self._late.pop(id(envelope), None)
        kind = fault.kind if fault else None
        if kind in _AT_THE_END:
            return _AT_THE_END[kind]
        if fault is not None and kind == "slow":
            await asyncio.sleep(fault.seconds)
        if kind != "drop_before":
            await self._sink.keep(_mail(envelope))
        if kind in ("drop_before", "drop_after") and server.transport is not None:
            _abort(server.transport)
        return "250 OK"


def _mail(envelope: Envelope) -> Mail:
    content = envelope.original_content or b""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    recipients = tuple(address or "" for address in envelope.rcpt_tos)
    return Mail(envelope.mail_from or "", recipients, message, time.monotonic())


def _abort(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
