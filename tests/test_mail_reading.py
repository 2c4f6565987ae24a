"""Bounces and replies that come back to the mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.mail_reading import handle, read_mail
from bot.mail_sorting import MailKind, sort_mail
from bot.rows import IncomingMail
from bot.settings import MailSettings
from bot.simulator.bounces import bounce_for
from bot.simulator.imap_server import ImapServer
from bot.verp import Verp
from contacts.directory import Channel, ChannelStatus
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, post
from tests.outbox_world import BOTH, MAIL, a_person, all_deliveries, statuses

SEALER = Sealer(Sealer.new_key())
VERP = Verp("antwoord@schakel.example", SEALER.derive("verp"))
OUR_ID = "<d1.0123456789abcdef@schakel.example>"


def mail(to: str, body: str = "Geheim verhaal", **headers: str) -> str:
    """A mail with these headers; an underscore stands for a dash."""
    lines = {"From": "docent@school.example", "To": to, "Message-ID": "<r1@school.example>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "\n".join(f"{name}: {value}" for name, value in lines.items()) + f"\n\n{body}\n"


@given(number=st.integers(0, 10**15))
def test_an_address_brings_its_delivery_back(number: int) -> None:
    assert VERP.read(f"Naam <{VERP.address(number)}>") == number


@given(number=st.integers(1, 10**6), key=st.binary(min_size=8))
def test_a_forged_address_names_nothing(number: int, key: bytes) -> None:
    assert VERP.read(Verp(VERP.base, b"other" + key).address(number)) is None
    assert VERP.read(VERP.base) is None


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, MailKind.REPLY),
        ({"Auto_Submitted": "no"}, MailKind.REPLY),
        ({"Auto_Submitted": "auto-replied"}, MailKind.AUTOMATIC),
        ({"X_Autoreply": "yes"}, MailKind.AUTOMATIC),
        ({"Precedence": "bulk"}, MailKind.AUTOMATIC),
        ({"Return_Path": "<>"}, MailKind.UNCLEAR),
        ({"From": "MAILER-DAEMON@mail.example"}, MailKind.UNCLEAR),
        ({"From": "Post <postmaster@mail.example>"}, MailKind.UNCLEAR),
        ({"Return_Path": "<docent@school.example>"}, MailKind.REPLY),
    ],
)
def test_people_and_machines_are_told_apart(headers: dict[str, str], kind: MailKind) -> None:
    sorted_mail = sort_mail(message_from_string(mail(VERP.address(5), **headers)), VERP)
    assert (sorted_mail.kind, sorted_mail.delivery_id) == (kind, 5)


def test_a_mail_that_names_none_of_ours_is_other() -> None:
    sorted_mail = sort_mail(message_from_string(mail("antwoord@schakel.example")), VERP)
    assert (sorted_mail.kind, sorted_mail.delivery_id) == (MailKind.OTHER, None)


def test_a_delivery_report_says_whether_it_failed_for_good() -> None:
    failed = message_from_bytes(bounce_for(VERP.address(5), "a@example.org", status="5.2.2"))
    delayed = message_from_bytes(bounce_for(VERP.address(5), "a@example.org", status="4.4.1"))
    first, second = sort_mail(failed, VERP), sort_mail(delayed, VERP)
    assert (first.kind, first.delivery_id) == (MailKind.BOUNCE, 5)
    assert [one.status for one in first.failures] == ["5.2.2"]
    assert (second.kind, second.delivery_id) == (MailKind.DELAYED, 5)


def test_a_bounce_that_lost_the_envelope_is_known_by_the_returned_mail() -> None:
    raw = bounce_for("antwoord@schakel.example", "a@example.org").decode()
    boundary = next(line for line in raw.splitlines() if line.startswith("--"))
    end = f"{boundary}--"
    returned = f"{boundary}\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OUR_ID}\n\n{end}"
    sorted_mail = sort_mail(message_from_string(raw.replace(end, returned)), VERP)
    assert (sorted_mail.kind, sorted_mail.our_id) == (MailKind.BOUNCE, OUR_ID)


def test_a_mail_without_message_id_gets_a_fingerprint() -> None:
    text = mail(VERP.address(5)).replace("Message-ID: <r1@school.example>\n", "")
    first = sort_mail(message_from_string(text), VERP)
    assert first.message_id == sort_mail(message_from_string(text), VERP).message_id
    assert first.message_id.startswith("sha256:")


@pytest.fixture
async def mailbox() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    yield server
    await server.stop()


def settings_for(mailbox: ImapServer) -> MailSettings:
    return MailSettings(
        host="127.0.0.1", from_address="schakel@schakel.example", reply_address=VERP.base,
        imap_host="127.0.0.1", imap_port=mailbox.port, imap_tls=False,
        imap_user=mailbox.user, imap_password=mailbox.password,
    )  # fmt: skip


async def a_sent_mail(
    db: Database, now: datetime, status: DeliveryStatus = DeliveryStatus.SENT
) -> int:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="docent@school.example")
        (delivery,) = await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, event_id=1, now=now,
            to=[Recipient(MAIL, "docent@school.example", person.id, person.organisation_id)],
        )  # fmt: skip
        delivery.status, delivery.external_id = status, OUR_ID
        await session.flush()
        assert delivery.id is not None
        return delivery.id


async def test_a_bounce_fails_the_delivery_closes_the_address_and_plans_the_chat(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    mailbox.bounce(VERP.address(ident), "docent@school.example")
    settings = settings_for(mailbox)
    assert await read_mail(db, settings, sealer=SEALER, now=now) == 1
    assert await read_mail(db, settings, sealer=SEALER, now=now) == 0
    rows = await all_deliveries(db)
    assert statuses(rows) == ["failed", "planned"]
    assert (rows[0].reason, rows[1].address) == ("bounce_5.1.1", "1")


async def test_a_full_mailbox_fails_the_mail_but_keeps_the_address(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    mailbox.bounce(VERP.address(ident), "docent@school.example", status="5.2.2")
    await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)
    async with db.read() as session:
        closed = await session.exec(
            select(Channel.id).where(col(Channel.status) == ChannelStatus.CLOSED)
        )
        assert closed.all() == []
    assert statuses(await all_deliveries(db)) == ["failed", "planned"]


async def test_a_reply_proves_arrival_gets_one_answer_and_is_not_kept(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now, DeliveryStatus.UNKNOWN)
    mailbox.deliver(mail(VERP.address(ident), "> Geheim verhaal").encode())
    again = mail(VERP.address(ident), "> Geheim verhaal", Message_ID="<r2@school.example>")
    mailbox.deliver(again.encode())
    assert await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now) == 2
    async with db.read() as session:
        answers = (
            await session.exec(select(Message).where(col(Message.kind) == MessageKind.NOTICE))
        ).all()
        known = (await session.exec(select(IncomingMail))).all()
        deliveries = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all()
    assert statuses(deliveries) == ["sent", "planned"]
    assert deliveries[1].address == "docent@school.example"
    assert [row.kind for row in known] == ["reply", "reply"]
    assert len(answers) == 1
    assert "%%LINK%%" in answers[0].content["email"]["text"]
    assert "Geheim" not in str(answers[0].content) + str(known)
    assert mailbox.inbox == []


async def test_an_automatic_answer_proves_arrival_and_is_not_answered(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now, DeliveryStatus.UNKNOWN)
    mailbox.deliver(mail(VERP.address(ident), Auto_Submitted="auto-replied").encode())
    await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)
    assert statuses(await all_deliveries(db)) == ["sent"]


async def test_a_reply_by_message_id_counts_only_if_we_sent_that_mail(
    db: Database, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    ours = f"<d{ident}.0123456789abcdef@schakel.example>"
    forged = f"<d{ident}.ffffffffffffffff@schakel.example>"
    async with db.begin() as session:
        (delivery,) = (await session.exec(select(Delivery))).all()
        delivery.external_id = ours
        await session.flush()
        for number, reference in enumerate((forged, ours)):
            text = mail(VERP.base, In_Reply_To=reference, Message_ID=f"<m{number}@x>")
            sorted_mail = sort_mail(message_from_string(text), VERP)
            await handle(session, sorted_mail, sealer=SEALER, now=now)
        known = (
            await session.exec(select(IncomingMail).order_by(col(IncomingMail.message_id)))
        ).all()
    assert [(row.kind, row.delivery_id) for row in known] == [("unmatched", None), ("reply", ident)]


async def test_a_strangers_mail_is_left_for_a_person_to_see(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    mailbox.deliver(mail(VERP.base).encode())
    assert await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now) == 1
    assert mailbox.inbox[0].flags == {"\\Seen", "\\Flagged"}
    assert await all_deliveries(db) == []


async def test_a_failure_told_in_words_proves_nothing_and_waits_for_a_person(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_mail(db, now, DeliveryStatus.UNKNOWN)
    words = "Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message."
    headers = {"From": "MAILER-DAEMON@mail.example", "Subject": "failure notice"}
    mailbox.deliver(mail(VERP.address(ident), words, Return_Path="<>", **headers).encode())
    await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)
    assert statuses(await all_deliveries(db)) == ["unknown"]
    assert mailbox.inbox[0].flags == {"\\Seen", "\\Flagged"}


async def reply(db: Database, ident: int, number: int, at: datetime) -> list[Delivery]:
    """A reply to this delivery by somebody, or a machine that does not say so; all deliveries."""
    text = mail(VERP.address(ident), Message_ID=f"<again{number}@school.example>")
    async with db.begin() as session:
        await handle(session, sort_mail(message_from_string(text), VERP), sealer=SEALER, now=at)
    return list(await all_deliveries(db))


async def test_answers_to_our_explanation_are_not_explained_again(
    db: Database, now: datetime
) -> None:
    rows = await reply(db, await a_sent_mail(db, now), 0, now)
    assert len(rows) == 2
    for number in range(1, 4):
        rows = await reply(db, rows[-1].id or 0, number, now + timedelta(days=2 * number))
    assert len(rows) == 2


async def test_an_answering_machine_is_answered_once_a_day(db: Database, now: datetime) -> None:
    first = await a_sent_mail(db, now)
    person = (await all_deliveries(db))[0]
    async with db.begin() as session:
        to = [Recipient(MAIL, person.address, person.person_id, person.organisation_id)]
        posted = [
            (await post(session, kind=MessageKind.UPDATE, content=BOTH, to=to, now=now))[0]
            for _ in range(2)
        ]
    assert len(await reply(db, first, 1, now)) == 4
    assert len(await reply(db, posted[0].id or 0, 2, now + timedelta(hours=2))) == 4
    assert len(await reply(db, posted[1].id or 0, 3, now + timedelta(days=2))) == 5


async def a_sent_notice(db: Database, now: datetime) -> int:
    """An invitation to an overleg, a reminder, a message to a group: all of them are notices."""
    async with db.begin() as session:
        person = await a_person(session, now, mail="docent@school.example")
        (delivery,) = await post(
            session, kind=MessageKind.NOTICE, content=BOTH, now=now,
            to=[Recipient(MAIL, "docent@school.example", person.id, person.organisation_id)],
        )  # fmt: skip
        delivery.status, delivery.external_id = DeliveryStatus.SENT, OUR_ID
        await session.flush()
        assert delivery.id is not None
        return delivery.id


async def test_who_answers_an_invitation_by_mail_hears_that_nobody_reads_it(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    ident = await a_sent_notice(db, now)
    mailbox.deliver(mail(VERP.address(ident), "Wij kunnen dan niet. Kan het later?").encode())
    assert await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now) == 1
    rows = await all_deliveries(db)
    assert [row.address for row in rows] == ["docent@school.example"] * 2
    async with db.read() as session:
        answer = await session.get_one(Message, rows[1].message_id)
    assert "Niemand leest wat u terugschreef." in answer.content["email"]["text"]
    assert mailbox.inbox == []


async def test_answers_to_notices_are_explained_once_a_day_and_never_in_a_circle(
    db: Database, now: datetime
) -> None:
    first = await a_sent_notice(db, now)
    person = (await all_deliveries(db))[0]
    async with db.begin() as session:
        to = [Recipient(MAIL, person.address, person.person_id, person.organisation_id)]
        (later,) = await post(session, kind=MessageKind.NOTICE, content=BOTH, to=to, now=now)
    rows = await reply(db, first, 0, now)
    assert len(rows) == 3
    explanation = rows[-1].id or 0
    assert len(await reply(db, explanation, 1, now + timedelta(days=2))) == 3, "no circle"
    at = now + timedelta(days=2, hours=1)
    assert len(await reply(db, later.id or 0, 2, at)) == 4, "what was said to us counts for nothing"
    assert len(await reply(db, later.id or 0, 3, at + timedelta(days=2))) == 4
