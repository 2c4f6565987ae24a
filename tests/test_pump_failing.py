"""What a pump does when a message or a channel fails: falls back, waits and tells."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.clock import utc_now
from contacts.directory import Channel, ChannelStatus, Role
from contacts.journal import SYSTEM
from contacts.outbox import (
    ChannelPause,
    Content,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database
from contacts.sending import (
    Recipient,
    cancel_message,
    post,
)
from contacts.settings import SendingSettings
from contacts.transport import Later, Refused, Sent, Unknown
from tests.outbox_world import (
    BOTH,
    CHAT,
    MAIL,
    SENT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    all_sent,
    chat_recipient,
    chat_text,
    notices,
    running,
    statuses,
    until,
)


async def test_a_missing_form_fails_without_a_request_and_falls_back(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    only_mail = Content(email=BOTH.email)
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1", mail="a@example.org")
        await a_briefing(session, [person], utc_now(), content=only_mail)
    async with running(a_pump(db, chat, mail)):
        rows = await until(db, lambda rows: len(rows) == 2 and rows[1].status is SENT)
    assert chat.sent == []
    assert (rows[0].reason, rows[1].fallback_of_id) == ("no_form", rows[0].id)


async def test_a_blocked_bot_closes_the_channel_falls_back_and_tells(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script["1"] = [Refused("blocked", closes_channel=True)]
    chat.script["2"] = [Refused("blocked", closes_channel=True)]
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [
            await a_person(session, now, chat="1", mail="a@example.org"),
            await a_person(session, now, chat="2"),
        ]
        await a_briefing(session, people, now)
    async with running(a_pump(db, chat, mail)):
        rows = await until(db, lambda rows: len(rows) == 4 and statuses(rows).count("sent") == 2)
    assert statuses(rows)[:2] == ["failed", "failed"]
    assert [one.address for one in mail.sent] == ["a@example.org"]
    async with db.read() as session:
        closed = (
            await session.exec(
                select(Channel.address).where(col(Channel.status) == ChannelStatus.CLOSED)
            )
        ).all()
    assert sorted(closed) == ["1", "2"]
    (notice,) = await notices(db)
    assert "2 berichten zijn geweigerd" in notice
    assert "Voor 1 is een ander kanaal gepland." in notice
    assert "Niet iedereen bereikt bij: School 2." in notice


async def test_refused_content_halts_the_message_for_everyone(db: Database) -> None:
    chat = Scripted()
    chat.script = {str(n): [Refused("bad_html", halts_message=True)] for n in range(50)}
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [await a_person(session, now, chat=str(n)) for n in range(50)]
        await a_briefing(session, people, now)
    slow = SendingSettings(telegram_per_s=5, chat_interval_s=0)
    async with running(a_pump(db, chat, settings=slow)):
        rows = await until(db, lambda rows: len(rows) == 51 and rows[50].status is SENT)
    tried = statuses(rows[:50]).count("failed")
    # A busy machine writes the refusal later; that it stops at all is the claim.
    assert 1 <= tried < 25
    assert statuses(rows[:50]).count("planned") == 50 - tried
    assert "de tekst wordt niet aangenomen" in (await notices(db))[0]


async def test_a_failed_notice_makes_no_notice(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Refused("blocked", closes_channel=True)]
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1", role=Role.COORDINATOR)
        await a_briefing(session, [person], utc_now(), kind=MessageKind.NOTICE)
    async with running(a_pump(db, chat)):
        rows = await until(db, lambda rows: rows[0].status is DeliveryStatus.FAILED)
        await asyncio.sleep(0.1)
    assert len(await all_deliveries(db)) == len(rows) == 1


async def test_attempts_run_out_and_the_next_channel_takes_over(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script["1"] = [lambda now: Later(now, "pool_timeout")]
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1", mail="a@example.org")
        await a_briefing(session, [person], utc_now())
    settings = SendingSettings(telegram_per_s=500, chat_interval_s=0, max_attempts=1)
    async with running(a_pump(db, chat, mail, settings=settings)):
        rows = await until(db, lambda rows: len(rows) == 2 and rows[1].status is SENT)
    assert (rows[0].status, rows[0].attempts) == (DeliveryStatus.FAILED, 1)
    assert rows[0].reason == "pool_timeout"


async def test_a_paused_channel_waits_for_everyone_and_counts_no_attempt(db: Database) -> None:
    chat = Scripted()
    # Long enough that a busy machine has stopped the first pump before it is over.
    wait = timedelta(seconds=4)
    chat.script["1"] = [lambda now: Later(now + wait, "too_many_requests", True), Sent("a")]
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in (1, 2, 3)]
        await a_briefing(session, people, utc_now())
    slow = SendingSettings(telegram_per_s=20, chat_interval_s=0)
    async with running(a_pump(db, chat, settings=slow)):
        await until(db, lambda rows: rows[0].reason == "too_many_requests")
    paused_at = chat.times[0]
    before_restart = len(chat.sent)
    async with running(a_pump(db, chat, settings=slow)):  # the pause survives the restart
        rows = await until(db, all_sent)
    assert chat.times[before_restart] - paused_at >= wait
    assert rows[0].attempts == 0
    async with db.read() as session:
        assert (await session.exec(select(ChannelPause))).all() == []


async def test_a_long_pause_is_told_by_the_other_channel_and_its_end_too(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script["1"] = [lambda now: Later(now + timedelta(seconds=90), "wrong_token", True)]
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", mail="c@example.org", role=Role.COORDINATOR)
        await a_briefing(session, [await a_person(session, now, chat="1")], now)
    pump = a_pump(db, chat, mail)
    async with running(pump):
        await until(db, lambda rows: len(rows) == 2 and rows[1].status is SENT)
        assert [one.address for one in mail.sent] == ["c@example.org"]
        form = mail.sent[0].content.email
        assert form is not None
        assert "het token van de bot klopt niet" in form.text
        chat.script = {}
        async with db.begin() as session:
            pause = (await session.exec(select(ChannelPause))).one()
            pause.until = utc_now()
        pump.wake()
        await until(db, lambda rows: len(rows) == 3 and all_sent(rows))
    assert "Telegram werkt weer" in chat.texts("99")[0]


async def test_an_alert_goes_by_mail_at_once_when_the_chat_does_not_answer(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    minute = timedelta(minutes=1)
    chat.script["1"] = [lambda now: Later(now + minute, "not_reachable", whole_channel=True)]
    async with db.begin() as session:
        now = utc_now()
        people = [await a_person(session, now, chat=c, mail=f"{c}@example.org") for c in "12"]
        await a_briefing(session, people[:1], now, kind=MessageKind.ALERT)
    pump = a_pump(db, chat, mail)
    async with running(pump):
        await until(db, lambda rows: len(rows) == 2 and rows[1].status is SENT)
        async with db.begin() as session:  # and one that is planned while the chat is paused
            await a_briefing(session, people[1:], utc_now(), kind=MessageKind.ALERT)
        pump.wake()
        rows = await until(db, lambda rows: len(rows) == 4 and rows[3].status is SENT)
    assert [one.address for one in mail.sent] == ["1@example.org", "2@example.org"]
    assert statuses(rows) == ["planned", "sent", "planned", "sent"]
    assert len(chat.sent) == 1


async def test_an_unknown_outcome_is_never_repeated_and_a_briefing_goes_by_mail(
    db: Database,
) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script["1"] = [Unknown("read_timeout")]
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        person = await a_person(session, now, chat="1", mail="a@example.org")
        await a_briefing(session, [person], now)
        await post(
            session, kind=MessageKind.DIALOGUE, content=BOTH, now=now,
            to=[Recipient(CHAT, "1", person.id, person.organisation_id)],
        )  # fmt: skip
    async with running(a_pump(db, chat, mail)):
        rows = await until(db, lambda rows: statuses(rows).count("sent") == 2)
        await asyncio.sleep(0.1)
    assert statuses(rows[:2]) == ["unknown", "unknown"]
    assert [one.address for one in chat.sent].count("1") == 2
    assert [one.address for one in mail.sent] == ["a@example.org"]
    assert "1 bericht is onzeker" in (await notices(db))[0]


async def test_what_comes_back_of_a_message_cancelled_meanwhile_is_not_tried_again(
    db: Database,
) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.latency_s = 0.1
    chat.script["1"] = [lambda now: Later(now, "too_many_requests", whole_channel=True)]
    chat.script["2"] = [Unknown("read_timeout")]
    async with db.begin() as session:
        now = utc_now()
        people = [await a_person(session, now, chat=c, mail=f"{c}@example.org") for c in "12"]
        deliveries = await a_briefing(session, people, now)
    async with running(a_pump(db, chat, mail)):
        await chat.first.wait()
        async with db.begin() as session:
            message_id = deliveries[0].message_id
            await cancel_message(session, message_id, who=SYSTEM, now=utc_now(), reason="test")
        rows = await until(db, lambda rows: all(row.done_at for row in rows))
    assert statuses(rows) == ["cancelled", "unknown"]
    assert rows[0].reason == "test"


async def test_a_delivery_of_a_stopped_message_gives_a_lane_nothing_to_do(
    db: Database, now: datetime
) -> None:
    from contacts.claiming import anything_due
    from contacts.marking import EDIT_PATIENCE

    async with db.begin() as session:
        (delivery,) = await a_briefing(session, [await a_person(session, now, chat="1")], now)
        message = await session.get_one(Message, delivery.message_id)
        found = []
        for status in MessageStatus:
            message.status = status
            await session.flush()
            found.append(
                (status.value, await anything_due(session, CHAT, patience=EDIT_PATIENCE, now=now))
            )
    assert found == [("ready", True), ("halted", False), ("cancelled", False)]


async def test_what_waits_for_a_channel_that_nobody_serves_is_told_once_on_one_that_works(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", mail="c@example.org", role=Role.COORDINATOR)
        people = [await a_person(session, now, chat=chat) for chat in "12"]
        await a_briefing(session, people, now)
    pump = a_pump(db, Scripted(MAIL))
    assert await pump.tidy(now=now + timedelta(minutes=9)) == 0
    assert await pump.tidy(now=now + timedelta(minutes=10)) == 2
    assert await pump.tidy(now=now + timedelta(minutes=30)) == 0
    (notice,) = await notices(db)
    assert "2 berichten wachten op een kanaal dat niet is ingesteld" in notice
    assert "Niet iedereen bereikt bij: School 1, School 2." in notice
    assert (await all_deliveries(db))[-1].address == "c@example.org"


async def test_a_briefing_to_a_closed_channel_takes_the_next_and_a_dialogue_is_answered(
    db: Database,
) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    async with db.begin() as session:
        now = utc_now()
        person = await a_person(session, now, chat="1", mail="a@example.org")
        await a_briefing(session, [person], now)
        channel = (await session.exec(select(Channel).where(col(Channel.address) == "1"))).one()
        channel.status = ChannelStatus.CLOSED
        await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("welkom terug"),
            to=[chat_recipient("1")], now=now,
        )  # fmt: skip
    async with running(a_pump(db, chat, mail)):
        rows = await until(db, lambda rows: statuses(rows).count("sent") == 2)
    assert rows[0].reason == "channel_closed"
    assert chat.texts() == ["welkom terug"]
    assert [one.address for one in mail.sent] == ["a@example.org"]


async def test_after_a_refusal_of_the_channel_nothing_more_of_the_batch_leaves(
    db: Database,
) -> None:
    chat = Scripted()
    later = utc_now() + timedelta(seconds=60)
    chat.script["0"] = [Later(later, "too_many_requests", whole_channel=True)]
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(60)]
        await a_briefing(session, people, utc_now())
    settings = SendingSettings(telegram_per_s=40, chat_interval_s=0)
    async with running(a_pump(db, chat, settings=settings)):
        await until(db, lambda rows: "planned" in statuses(rows) and "sending" not in statuses(rows)
                    and any(row.reason for row in rows))  # fmt: skip
        async with db.read() as session:
            pause = (await session.exec(select(ChannelPause))).one()
    assert pause.until >= later
    assert len(chat.sent) < 10
    rows = await all_deliveries(db)
    assert {row.attempts for row in rows if row.status is DeliveryStatus.PLANNED} == {0}
    assert all(row.attempts == 0 for row in rows)
