"""Whoever answers by mail hears each time why their words were not kept, and can try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.mail_explaining import EXPLAIN_AGAIN, REFUSALS
from bot.mail_reading import handle
from bot.mail_sorting import MailKind, Sorted
from bot.mail_words import Words
from contacts import texts
from contacts.outbox import Delivery, Message, MessageKind
from contacts.records import Database
from signals.rows import Signal
from tests.outbox_world import all_deliveries
from tests.test_mail_reading import SEALER, a_sent_mail, a_sent_notice

PERSON = Words("", ("NAAM",))
MINUTE = timedelta(minutes=1)


async def answered(
    db: Database, ident: int, words: Words, at: datetime, number: int = 0
) -> list[Delivery]:
    """Somebody answers this delivery; all deliveries after that."""
    given = Sorted(f"<{ident}.{number}.{at}@school.example>", MailKind.REPLY, ident)
    async with db.begin() as session:
        await handle(session, given, sealer=SEALER, now=at, words=words)
    return list(await all_deliveries(db))


async def said(db: Database) -> list[str]:
    async with db.read() as session:
        found = await session.exec(select(Message).order_by(col(Message.id)))
        return [one.content["email"]["text"] for one in found if one.kind is MessageKind.NOTICE]


async def test_each_refused_answer_is_explained(db: Database, now: datetime) -> None:
    ident = await a_sent_mail(db, now)
    long = Words("Veel vragen in de groep. " * 20)
    for number, words in enumerate((PERSON, PERSON, long)):
        await answered(db, ident, words, now + number * 10 * MINUTE)
    about = [one.split("\n", 1)[0] for one in await said(db)]
    person, too_long = texts.REPLY_REFUSED["person"], texts.REPLY_REFUSED["long"]
    assert about == [person, person, too_long]


async def test_who_tries_again_by_answering_the_explanation_is_heard(
    db: Database, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    rows = await answered(db, ident, PERSON, now)
    rows = await answered(db, rows[-1].id or 0, PERSON, now + MINUTE)
    assert len(await said(db)) == 2, "a second try that is refused is explained as well"
    await answered(db, rows[-1].id or 0, Words("Veel vragen in de groep."), now + 2 * MINUTE)
    async with db.read() as session:
        [signal] = (await session.exec(select(Signal))).all()
    assert signal.event_id == 1
    assert SEALER.unseal(signal.note_sealed or "") == "Veel vragen in de groep."


async def test_two_machines_that_answer_each_other_stop_within_a_few_mails(
    db: Database, now: datetime
) -> None:
    rows = await answered(db, await a_sent_mail(db, now), PERSON, now)
    for number in range(3 * REFUSALS):
        last = rows[-1].id or 0
        rows = await answered(db, last, PERSON, now + number * MINUTE, number)
    assert len(await said(db)) == REFUSALS
    rows = await answered(db, 1, PERSON, now + EXPLAIN_AGAIN + 20 * MINUTE)
    assert len(await said(db)) == REFUSALS + 1, "the next day it is explained again"


async def test_an_answer_to_what_nobody_reads_is_not_read_at_the_next_try_either(
    db: Database, now: datetime
) -> None:
    rows = await answered(db, await a_sent_notice(db, now), Words("Wij komen niet."), now)
    assert len(rows) == 2
    assert texts.REPLY_UNREAD in (await said(db))[-1]
    rows = await answered(db, rows[-1].id or 0, Words("Wij komen echt niet."), now + MINUTE)
    assert len(rows) == 2
    async with db.read() as session:
        assert (await session.exec(select(Signal))).all() == []
