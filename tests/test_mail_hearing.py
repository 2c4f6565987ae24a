"""An answer to a mail is a signal: a few words about a group, and never about a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlmodel import select

from bot.mail_composing import Letterhead, compose
from bot.mail_reading import read_mail
from bot.mail_words import without_quote, words_of
from bot.rows import IncomingMail
from bot.simulator.imap_server import ImapServer
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
)
from contacts.records import Database
from contacts.sealing import is_sealed
from contacts.tally import total
from contacts.texts import ANSWER_LINE
from contacts.transport import Outgoing
from signals.duiding import alike, close_alike
from signals.feedback import CloseRefused
from signals.picture import weak_signals
from signals.rows import OutcomeCode, Signal, SignalKind, SignalStatus, ToldAs, severity_of
from signals.telling import describe
from tests.console_world import contents
from tests.test_mail_reading import SEALER, VERP, a_sent_mail, mail, settings_for

CLEAN = "Bij ons zijn er veel vragen in de groep."
ABOUT_SOMEBODY = "Dennis Bakkerstra uit 3B zegt dat hij meedoet."
QUOTED = """
Beste mensen,

Bij ons zijn er veel vragen in de groep.
Wij praten erover.

Met vriendelijke groet,
Dennis Bakkerstra
06-12345678

Op di 3 mrt 2026 om 21:03 schreef Gemeente <antwoord@schakel.example>:
> Informatie bij gebeurtenis
"""


@pytest.fixture
async def mailbox() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    yield server
    await server.stop()


async def answer(db: Database, mailbox: ImapServer, now: datetime, raw: str | None = None) -> None:
    ident = await a_sent_mail(db, now, DeliveryStatus.SENT)
    raw = (
        mail(VERP.address(ident), CLEAN) if raw is None else raw.replace("%%", VERP.address(ident))
    )
    mailbox.deliver(raw.encode())
    await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)


async def rows(db: Database, kind: type) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(*inspect(kind).primary_key))).all())


def test_only_the_writers_own_lines_are_read() -> None:
    assert without_quote(QUOTED) == "Bij ons zijn er veel vragen in de groep.\nWij praten erover."


@pytest.mark.parametrize(
    "begins",
    ["> eerder", "-----Oorspronkelijk bericht-----", "Van: Gemeente", "On Tue, 3 Mar A wrote:",
     "Met vriendelijke groet,", "Groeten", "Verzonden vanaf mijn iPhone", "-- ",
     "Op 3 mrt 2026, om 21:03 heeft Gemeente <antwoord@stad.example> het\nvolgende geschreven:",
     "On Tue, Mar 3, 2026 at 9:03 PM Gemeente <\nantwoord@stad.example> wrote:",
     "*Van:* Gemeente <antwoord@stad.example>", "Met vr. groet, Dennis", "Gr. Dennis",
     "Kind regards,", "Alvast bedankt,", "Verzonden vanuit Outlook voor iOS", "Verstuurd via Mail",
     "Outlook voor iOS downloaden<https://mail.example/o>", "Get Outlook for Android"],
)  # fmt: skip
def test_what_is_quoted_or_signed_ends_it(begins: str) -> None:
    assert without_quote(f"{CLEAN}\n{begins}\nnog iets") == CLEAN


@pytest.mark.parametrize(
    "line",
    ["Op school is het onrustig en iemand schreef dat het misgaat.", "Groep 8 is stil.",
     "Grote onrust in de groep.", "Met zijn allen praten helpt.", "Op 3 scholen is het onrustig."],
)  # fmt: skip
def test_an_ordinary_sentence_is_no_end(line: str) -> None:
    assert without_quote(f"{CLEAN}\n{line}") == f"{CLEAN}\n{line}"


def test_who_answers_below_the_quote_is_read_too() -> None:
    above = (
        "Op 3 mrt 2026, om 21:03 heeft Gemeente <antwoord@stad.example>\nhet volgende geschreven:"
    )
    quoted = f"{above}\n\n> Informatie bij gebeurtenis\n>\n> Merkt u iets?\n\n"
    assert without_quote(f"{quoted}{CLEAN}\n\nGroeten\nDennis") == CLEAN
    assert without_quote("> alleen wat wij schreven") == ""


@given(st.text(max_size=300))
def test_reading_any_mail_never_fails(body: str) -> None:
    written = EmailMessage()
    written.set_content(body.replace("\r", "\n").encode("utf-8", "replace").decode())
    words_of(written)


def test_a_mail_of_pages_only_is_read_without_its_tags() -> None:
    raw = (
        f"Content-Type: text/html; charset=utf-8\n\n<p>{CLEAN}</p><blockquote>&gt; oud</blockquote>"
    )
    assert words_of(message_from_string(raw)).text == CLEAN
    unmarked = raw.replace("&gt; oud", "Merkt u iets? Dennis Bakkerstra wel.")
    assert words_of(message_from_string(unmarked)).text == CLEAN


async def test_a_few_clean_words_become_a_signal_with_a_receipt(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await answer(db, mailbox, now)
    [signal] = await rows(db, Signal)
    assert signal.kinds == [SignalKind.UNSORTED.value]
    assert severity_of(signal) is None
    assert describe(signal).severity == "ernst niet gezegd"
    assert weak_signals([signal.model_copy(update={"status": SignalStatus.CLOSED})]) == []
    assert SEALER.unseal(signal.note_sealed or "") == CLEAN
    assert SEALER.unseal(signal.reply_handle or "") == "email:docent@school.example"
    receipts = [m for m in await rows(db, Message) if m.kind is MessageKind.FEEDBACK]
    assert len(receipts) == 1
    assert "uiterlijk" in receipts[0].content["email"]["text"]
    assert mailbox.inbox == []


async def test_nothing_joins_the_signal_to_who_got_the_mail(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await answer(db, mailbox, now)
    [incoming] = await rows(db, IncomingMail)
    assert incoming.delivery_id is None
    told = [d for d in await rows(db, Delivery) if is_sealed(d.address)]
    assert [delivery.person_id for delivery in told] == [None]
    subjects = {entry.subject for entry in await rows(db, JournalEntry)}
    assert not {subject for subject in subjects if subject.startswith("delivery:1")}


@pytest.mark.parametrize(
    "raw",
    [
        mail("%%", ABOUT_SOMEBODY),
        mail("%%", CLEAN, Subject="Over Dennis Bakkerstra"),
        mail("%%", CLEAN, Content_Type="multipart/mixed; boundary=x").replace(
            CLEAN,
            f"--x\nContent-Type: text/plain\n\n{CLEAN}\n--x\nContent-Type: image/png\n"
            'Content-Disposition: attachment; filename="Dennis Bakkerstra.png"\n\nx\n--x--',
        ),
    ],
)
async def test_words_about_a_person_are_kept_nowhere_also_in_subject_and_file_name(
    db: Database, mailbox: ImapServer, now: datetime, raw: str
) -> None:
    await answer(db, mailbox, now, raw)
    assert await rows(db, Signal) == []
    assert "Bakkerstra" not in repr(await contents(db))
    assert mailbox.inbox == []
    async with db.read() as session:
        assert await total(session, "referral", is_exercise=False) == 1
    told = [m for m in await rows(db, Message) if m.kind is MessageKind.NOTICE]
    assert "Wij hebben niets bewaard" in told[0].content["email"]["text"]


async def test_a_long_mail_is_not_kept_and_its_writer_hears_why(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await answer(db, mailbox, now, mail("%%", "Veel vragen in de groep. " * 20))
    assert await rows(db, Signal) == []
    told = [m for m in await rows(db, Message) if m.kind is MessageKind.NOTICE]
    assert "te lang" in told[0].content["email"]["text"]


async def test_the_same_mail_read_twice_is_one_signal(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await answer(db, mailbox, now)
    mailbox.deliver(mail(VERP.address(1), CLEAN).encode())
    await read_mail(db, settings_for(mailbox), sealer=SEALER, now=now)
    assert len(await rows(db, Signal)) == 1


@pytest.mark.parametrize(
    ("begin", "called", "word"),
    [("Vraag: ", ToldAs.QUESTION, "vraag"), ("voorbeeld:", ToldAs.EXAMPLE, "voorbeeld"),
     ("Vraag van de praktijk: ", ToldAs.QUESTION, "vraag")],
)  # fmt: skip
async def test_a_first_word_makes_it_a_question_or_an_example(
    db: Database, mailbox: ImapServer, now: datetime, begin: str, called: ToldAs, word: str
) -> None:
    await answer(db, mailbox, now, mail("%%", f"{begin}{CLEAN}"))
    [signal] = await rows(db, Signal)
    assert (signal.told_as, signal.kinds) == (called, [])
    assert SEALER.unseal(signal.note_sealed or "") == CLEAN
    [receipt] = [m for m in await rows(db, Message) if m.kind is MessageKind.FEEDBACK]
    assert f"Wij lezen uw {word} vóór" in receipt.content["email"]["text"]
    assert "hoe ernstig" not in receipt.content["email"]["text"]


def test_a_text_to_many_says_that_an_answer_is_read_and_another_mail_does_not() -> None:
    def written(**asked: Any) -> str:
        outgoing = Outgoing(
            delivery_id=1, original_id=1, address="docent@school.example", act=DeliveryAct.SEND,
            content=Content(), edits_external_id=None, is_repeat=False, is_exercise=False,
        )  # fmt: skip
        raw = compose(
            outgoing, EmailForm("Iets", "Tekst", "<html><body><p>Tekst</p></body></html>"),
            Letterhead("Stad", "schakel@stad.example"), reply_to=None, unsubscribe=None,
            now=datetime(2026, 3, 3, tzinfo=UTC), **asked,
        ).raw  # fmt: skip
        parts = message_from_bytes(raw).walk()
        return "".join(str(part.get_payload(decode=True), "utf-8") for part in parts
                       if not part.is_multipart())  # fmt: skip

    assert written(may_answer=True).count(ANSWER_LINE) == 2
    assert ANSWER_LINE not in written()


async def test_what_came_by_mail_has_nothing_in_common_until_somebody_says_its_kind(
    db: Database, mailbox: ImapServer, now: datetime
) -> None:
    await answer(db, mailbox, now)
    [signal] = await rows(db, Signal)
    other = signal.model_copy(update={"id": 2})
    assert alike([signal, other]) == []
    sorted_ones = [one.model_copy(update={"kinds": ["geruchten"]}) for one in (signal, other)]
    assert [len(group.signals) for group in alike(sorted_ones)] == [2]
    async with db.begin() as session:
        refused = await close_alike(
            session, signal.event_id, SignalKind.UNSORTED, OutcomeCode.D, "Geen actie nodig.",
            is_exercise=False, seen=[signal.id or 0], who=SYSTEM, sealer=SEALER, now=now,
        )  # fmt: skip
    assert refused == CloseRefused("closed")
    assert (await rows(db, Signal))[0].status is SignalStatus.NEW
