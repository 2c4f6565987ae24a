"""Only a mail that was understood is thrown away; what is left for a person is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.mail_reading import read_mail
from bot.rows import IncomingMail
from bot.simulator.imap_server import ImapServer
from contacts.directory import Role
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from signals.rows import Signal
from tests.outbox_world import a_person, notices
from tests.test_mail_hearing import CLEAN
from tests.test_mail_reading import OUR_ID, SEALER, VERP, a_sent_mail, mail, settings_for

KEPT = {"\\Seen", "\\Flagged"}


@pytest.fixture
async def mailbox() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    yield server
    await server.stop()


async def a_round(db: Database, mailbox: ImapServer, now: datetime) -> int:
    return await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)


async def kinds(db: Database) -> list[str]:
    async with db.read() as session:
        return sorted((await session.exec(select(IncomingMail.kind))).all())


async def an_uncertain_mail(db: Database, now: datetime) -> None:
    """The server never answered, so its Message-ID stands nowhere; and a coordinator."""
    ident = await a_sent_mail(db, now, DeliveryStatus.UNKNOWN)
    async with db.begin() as session:
        (await session.get_one(Delivery, ident)).external_id = None
        await a_person(session, now, role=Role.COORDINATOR, chat="99")


async def test_an_answer_that_cannot_be_joined_to_a_mail_of_ours_stays_and_is_told(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await an_uncertain_mail(db, now)
    mailbox.deliver(mail(VERP.base, CLEAN, In_Reply_To=OUR_ID).encode())
    assert await a_round(db, mailbox, now) == 2, "the mail, and telling of it"
    assert [one.flags for one in mailbox.inbox] == [KEPT]
    assert CLEAN.encode() in mailbox.inbox[0].raw
    assert await kinds(db) == ["unmatched"]
    [notice] = await notices(db)
    assert notice.startswith("<b>1 antwoord per mail wacht op u</b>")
    assert CLEAN not in notice
    async with db.read() as session:
        assert (await session.exec(select(Signal))).all() == []


async def test_an_answer_to_a_mail_whose_row_is_gone_stays_too(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    mailbox.deliver(mail(VERP.address(77), CLEAN).encode())
    await a_round(db, mailbox, now)
    assert [one.flags for one in mailbox.inbox] == [KEPT]


async def test_after_a_crash_between_handling_and_marking_it_stays_as_well(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await an_uncertain_mail(db, now)
    mailbox.deliver(mail(VERP.base, CLEAN, In_Reply_To=OUR_ID).encode())
    await a_round(db, mailbox, now)
    mailbox.inbox[0].flags.clear()
    assert await a_round(db, mailbox, now) == 0
    assert [one.flags for one in mailbox.inbox] == [KEPT]


async def test_what_machines_answer_to_an_unknown_mail_asks_nobodys_time(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await an_uncertain_mail(db, now)
    away = {"In_Reply_To": OUR_ID, "Auto_Submitted": "auto-replied"}
    mailbox.deliver(mail(VERP.base, "Ik ben er niet.", **away).encode())
    assert await a_round(db, mailbox, now) == 1
    assert [one.flags for one in mailbox.inbox] == [{"\\Seen"}]
    assert await notices(db) == []


async def test_a_failure_at_an_address_of_somebody_else_is_flagged_and_told(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    async with db.begin() as session:
        await a_person(session, now, role=Role.COORDINATOR, chat="99")
    mailbox.bounce(VERP.address(ident), "docent@thuis.example")
    assert await a_round(db, mailbox, now) == 2
    assert [one.flags for one in mailbox.inbox] == [KEPT]
    [notice] = await notices(db)
    assert notice.startswith("<b>1 mail kwam op een ander adres niet aan</b>")
    assert "thuis" not in notice


async def test_what_a_mail_server_says_in_words_of_its_own_is_flagged_and_told(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    async with db.begin() as session:
        await a_person(session, now, role=Role.COORDINATOR, chat="99")
    said = "I'm sorry to have to inform you that your message could not be delivered."
    mailbox.deliver(mail(VERP.address(ident), said, From="MAILER-DAEMON@mail.example").encode())
    assert await a_round(db, mailbox, now) == 2
    assert [one.flags for one in mailbox.inbox] == [KEPT]
    [notice] = await notices(db)
    assert notice.startswith("<b>1 mail van een mailserver wacht op u</b>")
    assert "misschien kwam het bericht niet aan" in notice
    assert "sorry" not in notice


async def test_different_mails_that_are_left_are_told_in_one_notice(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await an_uncertain_mail(db, now)
    async with db.begin() as session:
        session.add(IncomingMail(message_id="unreadable:1", kind="unreadable", received_at=now))
    for number in range(2):
        given = {"In_Reply_To": OUR_ID, "Message_ID": f"<{number}@school.example>"}
        mailbox.deliver(mail(VERP.base, CLEAN, **given).encode())
    assert await a_round(db, mailbox, now) == 5
    [notice] = await notices(db)
    assert notice.startswith("<b>3 mails wachten op u</b>")
    assert "2 antwoorden per mail" in notice
    assert "1 mail niet lezen" in notice
    assert await a_round(db, mailbox, now + timedelta(hours=2)) == 0
