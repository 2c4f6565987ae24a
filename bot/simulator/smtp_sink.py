"""A loopback SMTP server that keeps every mail, with faults per recipient."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it arrived, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    at: float


class SmtpSink:
    """``mails`` is what arrived; ``fail`` scripts a fault for a recipient.

    Faults: ``temporary`` (450), ``permanent`` (550), ``busy`` (421), ``drop_before`` (cut
    before the mail was taken), ``drop_after`` (taken, then cut without an answer).
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.port = 0
        self._faults: dict[str, tuple[str, int]] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    def fail(self, recipient: str, kind: str, times: int = 1) -> None:
        self._faults[recipient.lower()] = (kind, times)

    def to(self, recipient: str) -> list[Mail]:
        """What arrived for this address."""
        return [mail for mail in self.mails if recipient in mail.recipients]

    async def see(
        self,
        recipient: str,
        fits: Callable[[Mail], bool] = lambda mail: True,
        timeout_s: float = 10,
    ) -> Mail:
        """Wait for a mail. :raises TimeoutError: it did not come."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for mail in reversed(self.to(recipient)):
                if fits(mail):
                    return mail
            await asyncio.sleep(0.02)
        raise TimeoutError(f"no mail for {recipient}")

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

    def draw(self, recipient: str) -> str | None:
        """The fault for this recipient, used up."""
        kind, times = self._faults.get(recipient.lower(), (None, 0))
        if kind is None or times == 0:
            return None
        self._faults[recipient.lower()] = (kind, times - 1)
        return kind

    def _connect(self) -> _Connection:
        return _Connection(self)


class _Connection(SMTP):
    """One client; keeps itself known so that ``stop`` can cut it."""

    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(_Handler(sink), hostname="localhost", enable_SMTPUTF8=True)
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        self._sink._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._connections.discard(self)
        super().connection_lost(error)


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        self._late: dict[int, str] = {}

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._sink.draw(address)
        if fault == "temporary":
            return "450 4.2.1 mailbox is busy, try again later"
        if fault == "permanent":
            return "550 5.1.1 no such mailbox"
        if fault == "busy":
            return "421 4.3.2 service is not available"
        if fault is not None:
            self._late[id(envelope)] = fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        fault = self._late.pop(id(envelope), None)
        if fault != "drop_before":
            content = envelope.original_content or b""
            message = BytesParser(policy=policy.default).parsebytes(content)
            assert isinstance(message, EmailMessage)
            self._sink.mails.append(
                Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, time.monotonic())
            )
        if fault is not None and server.transport is not None:
            _abort(server.transport)
        return "250 OK"


def _abort(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
