"""A mail comes from anybody: an odd one stops nothing but itself, and a person hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, select

from bot.mail_fetching import LONGEST_REPORT
from bot.mail_reading import LARGEST_ID, handle, read_mail
from bot.mail_sorting import MailKind, Sorted, sort_mail
from bot.mail_words import words_of
from bot.rows import IncomingMail
from bot.simulator.imap_server import ImapServer
from contacts.directory import Role
from contacts.outbox import DeliveryStatus
from contacts.people import open_channel
from contacts.records import Database
from signals.rows import Signal
from tests.outbox_world import CHAT, a_person, all_deliveries, notices
from tests.test_mail_hearing import CLEAN
from tests.test_mail_reading import OUR_ID, SEALER, VERP, a_sent_mail, mail, settings_for

#: a file whose name is written in no charset at all, which the reader of mails gives up on
UNREADABLE = "Content-Disposition: attachment; filename*=a\0b''x\nContent-Type: text/plain"
CHARSETS = ("undefined", "idna", "punycode", "a\0b", "nosuch", "utf-7", "utf-16", "unicode_escape")


def odd(to: str, number: int, *headers: str, body: bytes = b"") -> bytes:
    """A mail with these lines among its headers."""
    lines = [
        "From: docent@school.example", f"To: {to}", f"Message-ID: <odd{number}@school.example>",
        *headers,
    ]  # fmt: skip
    return "\n".join(lines).encode() + b"\n\n" + body


@pytest.fixture
async def mailbox() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    yield server
    await server.stop()


async def known(db: Database) -> list[str]:
    async with db.read() as session:
        found = await session.exec(select(IncomingMail.kind).order_by(col(IncomingMail.kind)))
        return list(found.all())


async def a_round(db: Database, mailbox: ImapServer, now: datetime) -> int:
    return await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)


@given(
    charset=st.sampled_from(CHARSETS) | st.text(max_size=12),
    body=st.binary(max_size=80) | st.sampled_from([b"+2AA-", b"+2D0-", b"\0", b"\\ud800"]),
    reference=st.sampled_from(["<d99999999999.0123456789abcdef@x>", OUR_ID, "\0"]),
    ident=st.text(max_size=30),
)
def test_what_is_read_of_any_mail_can_be_kept(
    charset: str, body: bytes, reference: str, ident: str
) -> None:
    lines = [f"Message-ID: {ident}", f"In-Reply-To: {reference}", f"To: {VERP.address(1)}",
             f"Content-Type: text/plain; charset={charset}"]  # fmt: skip
    raw = "\n".join(lines).encode(errors="replace") + b"\n\n" + body
    parsed = message_from_bytes(raw)
    for text in (words_of(parsed).text, sort_mail(parsed, VERP).message_id):
        assert "\0" not in text
        assert text.encode().decode() == text


async def test_no_odd_mail_keeps_an_honest_answer_from_being_heard(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    to = VERP.address(ident)
    for number, charset in enumerate(CHARSETS):
        head = f"Content-Type: text/plain; charset={charset}"
        mailbox.deliver(odd(VERP.base, number, f"In-Reply-To: {OUR_ID}", head, body=b"+2AA-"))
    beyond = "<d99999999999.0123456789abcdef@x>"
    mailbox.deliver(odd(VERP.base, 20, f"In-Reply-To: {beyond}"))
    mailbox.deliver(mail(to, "> niets", Message_ID="<a\0b@school.example>").encode())
    mailbox.deliver(odd(to, 21, UNREADABLE))
    mailbox.deliver(mail(to, CLEAN).encode())
    count = len(mailbox.inbox)
    assert await a_round(db, mailbox, now) == count
    async with db.read() as session:
        assert len((await session.exec(select(Signal))).all()) >= 1
    assert set(await known(db)) == {"reply", "unmatched", "unreadable"}
    assert await a_round(db, mailbox, now) == 0


async def test_an_unreadable_mail_is_left_with_a_flag_and_told_once(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    async with db.begin() as session:
        boss = await a_person(session, now, role=Role.COORDINATOR)
    for number in range(2):
        mailbox.deliver(odd(VERP.address(ident), number, UNREADABLE))
    assert await a_round(db, mailbox, now) == 2
    assert [one.flags for one in mailbox.inbox] == [{"\\Seen", "\\Flagged"}] * 2
    assert await notices(db) == [], "nobody could hear it"
    async with db.begin() as session:
        await open_channel(session, await session.merge(boss), CHAT, "99", rank=0, now=now)
    assert await a_round(db, mailbox, now + timedelta(minutes=1)) == 2
    assert await a_round(db, mailbox, now + timedelta(minutes=2)) == 0
    [notice] = await notices(db)
    assert notice.startswith("<b>2 mails zijn niet te lezen</b>")
    mailbox.deliver(odd(VERP.address(ident), 7, UNREADABLE))
    await a_round(db, mailbox, now + timedelta(minutes=3))
    assert len(await notices(db)) == 1, "many in a row are told together, later"
    assert await a_round(db, mailbox, now + timedelta(hours=2)) == 1
    assert len(await notices(db)) == 2


async def test_a_long_delivery_report_is_not_fetched_and_left_for_a_person(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    mailbox.bounce(VERP.address(ident), "docent@school.example")
    [report] = mailbox.inbox
    to = VERP.address(ident).encode()
    stranger = mailbox.inbox[0].raw.replace(to, b"iemand@school.example")
    report.raw += b"x" * LONGEST_REPORT
    mailbox.deliver(stranger + b"x" * LONGEST_REPORT)
    await a_round(db, mailbox, now)
    assert await known(db) == ["other", "unreadable"]
    assert [one.flags for one in mailbox.inbox] == [{"\\Seen", "\\Flagged"}] * 2
    (delivery,) = await all_deliveries(db)
    assert delivery.status is DeliveryStatus.SENT


async def test_a_mail_that_cannot_be_handled_is_not_thrown_away(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)

    def refuse(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO signal "):
            raise ValueError("nobody foresaw this")

    mailbox.deliver(mail(VERP.address(ident), CLEAN).encode())
    mailbox.deliver(mail(VERP.base, Message_ID="<next@school.example>").encode())
    event.listen(db.engine.sync_engine, "before_cursor_execute", refuse)
    try:
        assert await a_round(db, mailbox, now) == 2
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", refuse)
    assert await known(db) == ["other", "unreadable"]
    assert [one.flags for one in mailbox.inbox] == [{"\\Seen", "\\Flagged"}] * 2


async def test_a_store_without_a_free_connection_leaves_the_mail_for_the_next_round(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)

    def wait_in_vain(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if "FROM incoming_mail" in statement and not waited:
            waited.append(statement)  # once: a moment later there is one for whatever comes next
            raise PoolTimeout("all connections are taken")

    waited: list[str] = []

    mailbox.deliver(mail(VERP.address(ident)).encode())
    event.listen(db.engine.sync_engine, "before_cursor_execute", wait_in_vain)
    try:
        with pytest.raises(PoolTimeout):
            await a_round(db, mailbox, now)
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", wait_in_vain)
    assert await a_round(db, mailbox, now) == 1
    assert await known(db) == ["reply"]


async def test_a_number_beyond_any_row_names_no_delivery(db: Database, now: datetime) -> None:
    for number in (LARGEST_ID + 1, 2**70):
        async with db.begin() as session:
            named = Sorted(f"<{number}@x>", MailKind.REPLY, delivery_id=number)
            await handle(session, named, sealer=SEALER, now=now)
    assert await known(db) == ["unmatched", "unmatched"]
    assert await all_deliveries(db) == []
