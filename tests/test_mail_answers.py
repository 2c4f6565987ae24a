"""What a mail server says, or leaves unsaid, decides: sent, refused, tried later or uncertain."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from aiosmtplib import SMTPException

from bot.clock import utc_now
from bot.mail_refusals import Fault, fault_of
from bot.mail_transport import Phase, classify
from contacts.records import Database
from contacts.transport import Later, Outcome, Refused, Sent, Unknown
from tests.mail_world import HELLO, a_transport
from tests.outbox_world import (
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    running,
    statuses,
    until,
)


class Talking:
    """An SMTP server that answers each command with the next line of its script.

    ``CUT`` drops the connection, ``HANG`` says nothing.
    """

    CUT, HANG = "cut", "hang"

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.heard: list[str] = []
        self.silent = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Talking:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            in_data = False
            while True:
                if not await self._answer(writer, self.script.pop(0) if self.script else "250 OK"):
                    return
                line = await reader.readline()
                while in_data and line not in (b".\r\n", b""):
                    line = await reader.readline()
                if not line:
                    return
                self.heard.append(line.decode().strip())
                in_data = line.upper().startswith(b"DATA")
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, answer: str) -> bool:
        if answer == self.CUT:
            return False
        if answer == self.HANG:
            self.silent.set()
        else:
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
        return True


GREETING = ("220 hello", "250 hello")  # the connection, EHLO


async def outcome_of(*script: str) -> Outcome:
    async with Talking(*script) as server:
        # Only where the server falls silent is there something to wait for.
        hangs = Talking.HANG in script
        transport = a_transport(server.port, timeout_s=0.5 if hangs else 20.0)
        outcome = await transport.send(HELLO)
        await transport.close()
        return outcome


@pytest.mark.parametrize(
    ("script", "reason", "whole_channel"),
    [
        (("421 too many connections",), "busy", True),
        (("554 go away",), "not_reachable", True),
        ((*GREETING, "451 try later"), "busy", True),
        ((*GREETING, "550 not you"), "sender_refused", True),
        ((*GREETING, "250 ok", "450 greylisted"), "smtp_450", False),
        ((*GREETING, "250 ok", "421 closing"), "busy", True),
        ((*GREETING, "250 ok", "554 5.7.1 Relay access denied"), "sender_refused", True),
        ((*GREETING, "250 ok", "530 5.7.0 Must issue STARTTLS first"), "sender_refused", True),
        ((*GREETING, "250 ok", "553 5.1.8 Sender domain not found"), "sender_refused", True),
        ((*GREETING, "250 ok", "550 Client host [5.1.1.7] blocked"), "sender_refused", True),
        (
            (*GREETING, "250 ok", "250 ok", "354 go", "550 5.7.26 fails DMARC"),
            "sender_refused",
            True,
        ),
        ((*GREETING, "250 ok", "250 ok", "354 go", "451 disk full"), "smtp_451", False),
        ((*GREETING, "250 ok", "250 ok", "354 go", "421 closing"), "busy", True),
        ((Talking.CUT,), "not_reachable", True),
        ((*GREETING, Talking.HANG), "not_reachable", True),
        ((*GREETING, "250 ok", Talking.CUT), "not_reachable", True),
    ],
)
async def test_what_is_certainly_not_sent_is_tried_later(
    script: Sequence[str], reason: str, whole_channel: bool
) -> None:
    outcome = await outcome_of(*script)
    assert isinstance(outcome, Later)
    assert (outcome.reason, outcome.whole_channel) == (reason, whole_channel)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ((*GREETING, "250 ok", "550 no such user"), Refused("smtp_550", closes_channel=True)),
        ((*GREETING, "250 ok", "550 5.1.1 unknown"), Refused("smtp_550", closes_channel=True)),
        ((*GREETING, "250 ok", "552 5.2.2 mailbox full"), Refused("smtp_552")),
        ((*GREETING, "250 ok", "554 5.4.1 no route"), Refused("smtp_554")),
        (
            (*GREETING, "250 ok", "250 ok", "354 go", "554 5.7.1 spam"),
            Refused("smtp_554", halts_message=True),
        ),
        (
            (*GREETING, "250 ok", "250 ok", "354 go", "552 5.2.2 mailbox full"),
            Refused("smtp_552"),
        ),
        ((*GREETING, "250 ok", "250 ok", "354 go", Talking.CUT), Unknown("dropped_after_data")),
        ((*GREETING, "250 ok", "250 ok", "354 go", Talking.HANG), Unknown("dropped_after_data")),
    ],
)
async def test_what_is_refused_or_uncertain_is_told_apart(
    script: Sequence[str], expected: Outcome
) -> None:
    assert await outcome_of(*script) == expected


async def cut_off(*script: str) -> list[object]:
    """Two mails, both cancelled when the server says nothing more after its script."""
    async with Talking(*script, Talking.HANG) as server:
        transport = a_transport(server.port)
        sends = [asyncio.create_task(transport.send(HELLO)) for _ in range(2)]
        async with asyncio.timeout(60):
            await server.silent.wait()
        for send in sends:
            send.cancel()
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        await transport.close()
        return list(outcomes)


@pytest.mark.parametrize("script", [GREETING[:1], GREETING, (*GREETING, "250 ok")])
async def test_a_mail_cut_off_before_its_data_was_certainly_not_sent(
    script: Sequence[str],
) -> None:
    outcomes = await cut_off(*script)
    assert [getattr(outcome, "reason", outcome) for outcome in outcomes] == ["interrupted"] * 2
    assert all(isinstance(outcome, Later) for outcome in outcomes)


async def test_a_mail_cut_off_from_its_data_on_stays_cancelled() -> None:
    underway, waiting = await cut_off(*GREETING, "250 ok", "250 ok")
    assert isinstance(underway, asyncio.CancelledError)
    assert isinstance(waiting, Later)


async def test_when_the_house_stops_only_the_mail_under_way_is_uncertain(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.lane.FINISH_S", 0.05)
    async with db.begin() as session:
        now = utc_now()
        people = [await a_person(session, now, mail=f"{n}@school.example") for n in range(3)]
        await a_briefing(session, people, now)
    async with Talking(*GREETING, "250 ok", "250 ok", Talking.HANG) as server:
        pump = a_pump(db, a_transport(server.port))
        async with running(pump):
            await until(db, lambda rows: statuses(rows) == ["sending"] * 3)
            async with asyncio.timeout(60):
                await server.silent.wait()
        await pump.close()
    assert sorted(statuses(await all_deliveries(db))) == ["planned", "planned", "unknown"]


async def test_a_refused_recipient_does_not_cost_the_connection() -> None:
    script = (*GREETING, "250 ok", "550 no such user", "250 reset", "250 ok", "250 ok", "354 go")
    async with Talking(*script) as server:
        transport = a_transport(server.port)
        await transport.send(HELLO)
        assert isinstance(await transport.send(HELLO), Sent)
        await transport.close()
        assert [line.split(":")[0] for line in server.heard if line.startswith("EHLO")] != []
        assert sum(line.startswith("EHLO") for line in server.heard) == 1


def test_a_plain_error_before_the_envelope_is_about_the_connection(now: datetime) -> None:
    outcome = classify(SMTPException("no STARTTLS"), Phase.CONNECTING, now=now)
    assert outcome == Later(now + timedelta(seconds=90), "no_tls", whole_channel=True)


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        (550, "5.1.1 <spam@blocked.example>: Recipient address rejected", Fault.ADDRESS),
        (550, "#5.1.0 Address rejected.", Fault.ADDRESS),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", Fault.ADDRESS),
        (550, "5.2.1 The account is disabled", Fault.ADDRESS),
        (551, "User not local", Fault.ADDRESS),
        (550, "5.1.0 Sender rejected", Fault.OURS),
        (553, "5.1.7 Bad sender address syntax", Fault.OURS),
        (530, "Authentication required", Fault.OURS),
        (550, "Rejected because of SPF", Fault.OURS),
        (554, "Your IP is blacklisted", Fault.OURS),
        (554, "5.7.1 Access denied", Fault.OURS),
        (550, "5.7.133 Sender not authenticated for this group", Fault.MAIL),
        (552, "5.3.4 Message too big by policy", Fault.MAIL),
        (554, "Transaction failed", Fault.MAIL),
        (550, "5.4.1 Recipient address rejected: Access denied", Fault.MAIL),
    ],
)
def test_only_an_unknown_address_is_a_fault_of_the_address(
    code: int, text: str, fault: Fault
) -> None:
    assert fault_of(code, text) is fault
