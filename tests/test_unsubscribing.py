"""One click ends the mails to an address (RFC 8058): only by a signed link, never by a look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.clock import utc_now
from bot.mail_composing import Letterhead, compose
from bot.unsubscribing import Unsubscribing
from contacts.directory import Channel, ChannelStatus, Role
from contacts.outbox import DeliveryStatus, EmailForm
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import channels_of
from tests.console_world import client_of
from tests.mail_world import HELLO
from tests.outbox_world import MAIL, Scripted, a_briefing, a_person, a_pump, notices, running, until

SEALER = Sealer(Sealer.new_key())
HEAD = Letterhead("Gemeente Arnhem", "schakel@schakel.example")
MADE = Unsubscribing("http://127.0.0.1:8420", SEALER.derive("unsubscribe"))
PRESS = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def web(db: Database, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, SEALER, now) as client:
        yield client


async def a_mailed_person(db: Database, now: datetime) -> str:
    """Somebody with mail and a chat, mailed to; returns the path of the link."""
    async with db.begin() as session:
        await a_person(session, now, chat="1", role=Role.COORDINATOR)
        person = await a_person(session, now, mail="docent@school.example")
        (delivery,) = await a_briefing(session, [person], now)
        return MADE.address(delivery.id or 0).removeprefix("http://127.0.0.1:8420")


async def channel(db: Database) -> Channel:
    async with db.read() as session:
        return (await session.exec(select(Channel).where(col(Channel.kind) == MAIL))).one()


async def test_a_look_changes_nothing_and_a_press_closes_the_address_once(
    db: Database, now: datetime, web: httpx.AsyncClient
) -> None:
    path = await a_mailed_person(db, now)
    page = await web.get(path)
    assert page.status_code == 200
    assert (await channel(db)).status is ChannelStatus.ACTIVE
    for _ in range(2):  # a mail provider: another site, no cookie
        answer = await web.post(path, data=PRESS, headers={"Origin": "https://mail.example"})
        assert answer.status_code == 200
    closed = await channel(db)
    assert (closed.status, closed.closed_reason) == (ChannelStatus.CLOSED, "unsubscribed")
    async with db.read() as session:
        assert await channels_of(session, closed.person_id) == []
    told = await notices(db)
    assert len(told) == 1
    assert "Iemand van " in told[0]
    assert "organisatie 1" not in told[0]
    assert "school.example" not in told[0]


async def test_what_was_planned_for_the_address_does_not_leave_any_more(
    db: Database, now: datetime, web: httpx.AsyncClient
) -> None:
    path = await a_mailed_person(db, now)
    parts = {"List-Unsubscribe": (None, "One-Click")}
    assert (await web.post(path, files=parts)).status_code == 200
    transport = Scripted(MAIL)
    async with running(a_pump(db, transport, Scripted())):
        rows = await until(db, lambda found: found[0].status is DeliveryStatus.FAILED)
    assert rows[0].reason == "channel_closed"
    assert transport.sent == []


async def test_a_link_that_we_did_not_sign_and_another_press_do_nothing(
    db: Database, now: datetime, web: httpx.AsyncClient
) -> None:
    path = await a_mailed_person(db, now)
    forged = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert (await web.post(forged, data=PRESS)).status_code == 404
    assert (await web.get(forged)).status_code == 404
    assert (await web.post(path, data={"x": "y"})).status_code == 400
    assert (await web.post(path, content=b"One-Click" * 5000)).status_code == 400
    assert (await channel(db)).status is ChannelStatus.ACTIVE


@given(st.integers(0, 10**12), st.text(max_size=50))
def test_only_what_was_signed_is_read(number: int, other: str) -> None:
    token = MADE.address(number).rpartition("/")[2]
    assert MADE.read(token) == number
    assert Unsubscribing("https://x.example", b"another").read(token) is None
    assert MADE.read(other) is None


def parsed(subject: str, text: str, *, leaves: bool) -> tuple[EmailMessage, bytes]:
    mail = compose(
        HELLO, EmailForm(subject, text, f"<p>{text}</p>"), HEAD, reply_to="a+d1.01234567@x.example",
        unsubscribe=MADE.address(7) if leaves else None, now=utc_now(),
    )  # fmt: skip
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message, mail.raw


def test_a_mail_to_many_carries_both_headers_and_another_does_not() -> None:
    message, _ = parsed("Informatie", "Tekst", leaves=True)
    assert message["List-Unsubscribe"] == f"<{MADE.address(7)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed("Informatie", "Tekst", leaves=False)[0]["List-Unsubscribe"] is None


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400),
)
def test_what_is_written_is_what_a_mail_program_reads(subject: str, text: str) -> None:
    message, raw = parsed(subject, text, leaves=True)
    assert " ".join(str(message["Subject"]).split()) == " ".join(subject.split())
    plain, html = message.iter_parts()
    read = plain.get_content()
    written, line, address = read.rpartition("Geen e-mail meer van ons?")
    assert written.rstrip("\r\n") == text
    assert line + address.rstrip("\r\n") == f"Geen e-mail meer van ons? {MADE.address(7)}"
    assert text in html.get_content()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
