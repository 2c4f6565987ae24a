"""What is planned goes out once, in its order, at its pace, to its own address."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from contacts.directory import AccessLink, Channel, Organisation
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import open_link
from contacts.outbox import (
    Button,
    Content,
    MessageKind,
    TelegramForm,
)
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import (
    halt_message,
    post,
    resume_message,
)
from contacts.settings import SendingSettings
from contacts.transport import Later, Moved, Sent
from tests.outbox_world import (
    BOTH,
    MAIL,
    SENT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_sent,
    chat_recipient,
    chat_text,
    running,
    statuses,
    until,
)


async def test_what_is_planned_is_sent_once_with_its_external_id(db: Database) -> None:
    chat = Scripted()
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(30)]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat)):
        rows = await until(db, all_sent)
    assert len(chat.sent) == len(rows) == 30
    assert all(row.external_id == f"x{row.id}" and row.done_at for row in rows)
    assert all(row.lease_owner is None for row in rows)


async def test_every_step_is_journalled_per_batch_without_addresses(db: Database) -> None:
    chat = Scripted()
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="4711")
        await a_briefing(session, [person], utc_now())
    async with running(a_pump(db, chat)):
        await until(db, all_sent)
    async with db.read() as session:
        entries = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    assert [entry.action for entry in entries] == [
        "deliveries_planned",
        "deliveries_claimed",
        "deliveries_sending",
        "deliveries_sent",
    ]
    assert not any("4711" in str(entry.detail) for entry in entries)


async def test_two_channels_work_side_by_side(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    async with db.begin() as session:
        people = [
            await a_person(session, utc_now(), chat="1"),
            await a_person(session, utc_now(), mail="a@example.org"),
        ]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat, mail)):
        await until(db, all_sent)
    assert [one.address for one in chat.sent] == ["1"]
    assert [one.address for one in mail.sent] == ["a@example.org"]


async def test_waking_the_pump_sends_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look by itself would come long after the test gave up."""
    monkeypatch.setattr("contacts.lane.LOOK_S", 120.0)
    chat = Scripted()
    pump = a_pump(db, chat)
    async with running(pump):
        assert await pump.going(60), "it looked, and found nothing"
        async with db.begin() as session:
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text("hallo"),
                to=[chat_recipient("1")], now=utc_now(),
            )  # fmt: skip
        pump.wake()
        await until(db, all_sent)
    assert [one.address for one in chat.sent] == ["1"]


async def test_a_later_send_at_waits_and_a_halted_message_stays(db: Database) -> None:
    chat = Scripted()
    async with db.begin() as session:
        now = utc_now()
        await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, to=[chat_recipient("1")],
            send_at=now + timedelta(hours=1), now=now,
        )  # fmt: skip
        halted = await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, to=[chat_recipient("2")], now=now
        )
        message_id = halted[0].message_id
        await halt_message(session, message_id, who=SYSTEM, reason="test", now=now)
    async with running(a_pump(db, chat)):
        await asyncio.sleep(0.2)
        assert chat.sent == []
        async with db.begin() as session:
            await resume_message(session, message_id, who=SYSTEM, reason="test", now=utc_now())
        await until(db, lambda rows: rows[1].status is SENT)
    assert [one.address for one in chat.sent] == ["2"]


async def test_dialogue_overtakes_bulk_that_was_planned_first(db: Database) -> None:
    chat = Scripted()
    slow = SendingSettings(telegram_per_s=5, chat_interval_s=0)
    pump = a_pump(db, chat, settings=slow)
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(20)]
        await a_briefing(session, people, utc_now())
    async with running(pump):
        await until(db, lambda rows: SENT in [row.status for row in rows])
        async with db.begin() as session:
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text("ik"),
                to=[chat_recipient("me")], now=utc_now(),
            )  # fmt: skip
        before = len(chat.sent)
        pump.wake()
        await until(db, lambda rows: rows[-1].status is SENT)
    place = [one.address for one in chat.sent].index("me")
    # What had its slot already goes first, and a busy machine gives slots out late.
    assert place - before <= 10


async def test_the_rate_holds_over_a_restart(db: Database) -> None:
    chat = Scripted()
    slow = SendingSettings(telegram_per_s=10, chat_interval_s=0)
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(12)]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat, settings=slow)):
        await until(db, lambda rows: statuses(rows).count("sent") >= 5)
    async with running(a_pump(db, chat, settings=slow)):
        await until(db, all_sent)
    gaps = [b - a for a, b in zip(chat.times, chat.times[10:], strict=False)]
    assert len(chat.sent) == 12
    assert min(gaps) > timedelta(seconds=0.95)


async def test_what_is_claimed_while_the_pump_stops_is_planned_again(db: Database) -> None:
    stop = asyncio.Event()
    async with db.begin() as session:
        await a_briefing(session, [await a_person(session, utc_now(), chat="1")], utc_now())
    async with db.begin() as session:  # the lane wants to claim, and waits for the one writer
        await session.exec(select(1))
        pump = asyncio.create_task(a_pump(db, Scripted()).run(stop))
        await asyncio.sleep(0.3)
        stop.set()
        await asyncio.sleep(0.8)
    await pump
    rows = await until(db, lambda rows: True)
    assert statuses(rows)[0] in ("planned", "sent")  # with more than one writer it left before


async def test_a_conversation_keeps_its_order_over_a_retry(db: Database) -> None:
    chat = Scripted()
    chat.latency_s = 0.02
    chat.script["1"] = [lambda now: Later(now, "busy"), Sent("a")]
    async with db.begin() as session:
        for text in ("een", "twee", "drie"):
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text(text),
                to=[chat_recipient("1")], now=utc_now(),
            )  # fmt: skip
    async with running(a_pump(db, chat)):
        await until(db, all_sent)
    assert chat.texts() == ["een", "een", "twee", "drie"]


async def test_one_chat_with_much_to_say_does_not_hold_up_the_others(db: Database) -> None:
    chat = Scripted()
    settings = SendingSettings(telegram_per_s=100, chat_interval_s=1)
    async with db.begin() as session:
        for n in range(60):
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text(str(n)),
                to=[chat_recipient("talker")], now=utc_now(),
            )  # fmt: skip
        await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("kort"),
            to=[chat_recipient("other")], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat, settings=settings)):
        await until(db, lambda rows: rows[-1].status is SENT)
    assert len(chat.sent) <= 3


async def test_a_link_is_minted_when_sending_and_only_its_hash_is_stored(db: Database) -> None:
    chat = Scripted()
    content = Content(
        telegram=TelegramForm(
            "Lees: %%LINK%% of vraag %%INTERNAL_CONTACT%%",
            buttons=[[Button("Hele tekst", url="%%LINK%%")]],
        )
    )
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1")
        organisation = await session.get_one(Organisation, person.organisation_id)
        organisation.internal_contact = "de zorgcoördinator <team>"
        (delivery,) = await a_briefing(session, [person], utc_now(), content=content)
    async with running(a_pump(db, chat)):
        await until(db, all_sent)
    form = chat.sent[0].content.telegram
    assert form is not None
    url = form.buttons[0][0].url or ""
    assert url.startswith("https://schakel.example/o/")
    assert form.text == f"Lees: {url} of vraag de zorgcoördinator &lt;team&gt;"
    token = url.rpartition("/")[2]
    async with db.read() as session:
        link = await open_link(session, token, now=utc_now())
        stored = (await session.exec(select(AccessLink.token_hash))).all()
    assert link is not None
    assert link.delivery_id == delivery.id
    assert link.organisation_id == person.organisation_id
    assert token not in stored


async def test_a_sealed_address_is_opened_only_on_the_way_out(db: Database) -> None:
    sealer, chat = Sealer(Sealer.new_key()), Scripted()
    async with db.begin() as session:
        for plain in ("4711", "telegram:4712"):
            await post(
                session, kind=MessageKind.FEEDBACK, content=chat_text("dank"),
                to=[chat_recipient(sealer.seal(plain))], now=utc_now(),
            )  # fmt: skip
        await post(
            session, kind=MessageKind.FEEDBACK, content=chat_text("dank"),
            to=[chat_recipient(Sealer(Sealer.new_key()).seal("4713"))], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat, sealer=sealer)):
        rows = await until(db, lambda rows: all(row.done_at for row in rows))
    assert sorted(one.address for one in chat.sent) == ["4711", "4712"]
    assert all(row.address.startswith("sealed:") for row in rows)
    assert rows[2].reason == "unreadable_address"


async def test_an_exercise_never_reaches_a_real_address_nor_the_other_way_round(
    db: Database,
) -> None:
    chat, sealer = Scripted(), Sealer(Sealer.new_key())
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="1")
        await a_person(session, now, chat="2", is_exercise=True)
        for address, is_exercise in (
            ("1", True),
            ("2", False),
            ("unlisted", True),
            (sealer.seal("1"), True),
            ("2", True),
            ("1", False),
        ):
            await post(
                session, kind=MessageKind.BRIEFING, content=chat_text("x"),
                to=[chat_recipient(address)], is_exercise=is_exercise, now=now,
            )  # fmt: skip
    async with running(a_pump(db, chat, sealer=sealer)):
        rows = await until(db, lambda rows: all(row.done_at for row in rows))
    assert [row.reason for row in rows[:4]] == ["exercise_guard"] * 4
    assert statuses(rows[4:]) == ["sent", "sent"]
    assert [(one.address, one.is_exercise) for one in chat.sent] == [("2", True), ("1", False)]


async def test_a_moved_chat_gets_the_message_at_its_new_address(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Moved("-1001")]
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1")
        await a_briefing(session, [person], utc_now())
    async with running(a_pump(db, chat)):
        (row,) = await until(db, all_sent)
    assert row.address == "-1001"
    async with db.read() as session:
        assert (await session.exec(select(Channel.address))).all() == ["-1001"]
