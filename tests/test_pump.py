"""The pump, against a scripted transport: what leaves, in which order, and what is left."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from contacts.arrival import prove_arrival
from contacts.directory import AccessLink, Channel, ChannelStatus, Organisation, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import open_link
from contacts.outbox import (
    Button,
    ChannelPause,
    Content,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
    Priority,
    TelegramForm,
)
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import (
    Recipient,
    cancel_message,
    edit_sent,
    halt_message,
    post,
    resume_message,
)
from contacts.settings import SendingSettings
from contacts.transport import Later, Moved, Refused, Sent, Unknown
from tests.outbox_world import (
    BOTH,
    CHAT,
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    chat_recipient,
    chat_text,
    notices,
    running,
    statuses,
    until,
)

SENT = DeliveryStatus.SENT


def all_sent(rows: list) -> bool:  # type: ignore[type-arg]
    return bool(rows) and all(row.status is SENT for row in rows)


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
    monkeypatch.setattr("contacts.lane.LOOK_S", 60.0)
    chat = Scripted()
    pump = a_pump(db, chat)
    async with running(pump):
        await asyncio.sleep(0.15)
        async with db.begin() as session:
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text("hallo"),
                to=[chat_recipient("1")], now=utc_now(),
            )  # fmt: skip
        pump.wake()
        await until(db, all_sent)


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
    assert "Niet bereikt: School 2." in notice


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
    assert rows[0].reason == "message_cancelled"


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
    assert "Niet bereikt: School 1, School 2." in notice
    assert (await all_deliveries(db))[-1].address == "c@example.org"


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


async def test_an_edit_waits_for_its_original_and_the_newest_wins(db: Database) -> None:
    chat = Scripted()
    pump = a_pump(db, chat)
    async with db.begin() as session:
        now = utc_now()
        (first,) = await post(
            session, kind=MessageKind.ALERT, content=chat_text("een"), to=[chat_recipient("1")],
            priority=Priority.BULK, now=now,
        )  # fmt: skip
        assert first.id is not None
        old = await edit_sent(session, first.id, chat_text("twee"), now=now)
        assert old.id is not None
        await edit_sent(session, old.id, chat_text("drie"), now=now)
    async with running(pump):
        rows = await until(db, lambda rows: rows[0].status is SENT)
        await pump_until_edit_is_due(db)
        rows = await until(db, lambda rows: rows[2].status is SENT)
    assert statuses(rows) == ["sent", "cancelled", "sent"]
    assert chat.texts() == ["een", "drie"]
    (edit,) = chat.edits()
    assert (edit.edits_external_id, edit.original_id) == (f"x{first.id}", first.id)


async def pump_until_edit_is_due(db: Database) -> None:
    """The edit was put off by two seconds; a test does not wait for that."""
    from sqlalchemy import update

    from contacts.outbox import Delivery

    async with db.begin() as session:
        await session.exec(
            update(Delivery)
            .where(col(Delivery.act) == DeliveryAct.EDIT)
            .values(not_before=utc_now())
        )


@pytest.mark.parametrize(
    ("original", "after_min", "due"),
    [
        (DeliveryStatus.SENDING, 90, False),
        (DeliveryStatus.UNKNOWN, 59, False),
        (DeliveryStatus.UNKNOWN, 61, True),  # to be cancelled
        (DeliveryStatus.FAILED, 0, True),
        (SENT, 0, True),
    ],
)
async def test_an_edit_is_not_claimed_before_it_can_be_decided(
    db: Database, now: datetime, original: DeliveryStatus, after_min: int, due: bool
) -> None:
    from contacts.claiming import anything_due, due_deliveries
    from contacts.marking import EDIT_PATIENCE

    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=now,
        )  # fmt: skip
        edit = await edit_sent(session, first.id or 0, chat_text("twee"), now=now)
        first.status = original
        await session.flush()
        later = now + timedelta(minutes=after_min)
        any_due = await anything_due(session, CHAT, patience=EDIT_PATIENCE, now=later)
        waiting = await due_deliveries(
            session, CHAT, busy=(), limit=5, sealer=Sealer(Sealer.new_key()),
            patience=EDIT_PATIENCE, now=later,
        )  # fmt: skip
    assert any_due is due
    assert [one.id for one in waiting] == ([edit.id] if due else [])


async def test_an_edit_of_a_failed_message_is_cancelled(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Refused("blocked", closes_channel=True)]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat)):
        await until(db, lambda rows: rows[0].status is DeliveryStatus.FAILED)
        async with db.begin() as session:
            await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
        rows = await until(db, lambda rows: rows[1].done_at is not None)
    assert statuses(rows) == ["failed", "cancelled"]


async def test_an_uncertain_edit_is_tried_again(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Sent("77"), Unknown("read_timeout"), Sent("77")]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
        await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
    async with running(a_pump(db, chat)):
        rows = await until(db, lambda rows: all_sent(rows))
    assert chat.texts() == ["een", "twee", "twee"]
    assert rows[1].attempts == 1


async def test_a_transport_that_raises_leaves_an_uncertain_delivery_and_a_working_pump(
    db: Database,
) -> None:
    chat = Scripted()

    def explode(_now: object) -> Sent:
        raise RuntimeError("secret")

    chat.script["1"] = [explode]
    async with db.begin() as session:
        for address in ("1", "2"):
            await post(
                session, kind=MessageKind.DIALOGUE, content=chat_text("x"),
                to=[chat_recipient(address)], now=utc_now(),
            )  # fmt: skip
    async with running(a_pump(db, chat)):
        rows = await until(db, lambda rows: all(row.done_at for row in rows))
    assert statuses(rows) == ["unknown", "sent"]
    assert rows[0].reason == "transport_RuntimeError"


async def test_stopping_finishes_what_is_under_way(db: Database) -> None:
    chat = Scripted()
    chat.latency_s = 0.15
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(10)]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat)):
        await chat.first.wait()
    rows = await all_deliveries(db)
    assert set(statuses(rows)) <= {"sent", "planned"}
    assert statuses(rows).count("sent") == len(chat.sent)


async def test_closing_the_pump_closes_its_transports(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    await a_pump(db, chat, mail).close()
    assert chat.closed
    assert mail.closed


async def test_what_does_not_finish_in_time_at_the_stop_is_uncertain(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.lane.FINISH_S", 0.05)
    chat = Scripted()
    chat.latency_s = 30
    async with db.begin() as session:
        await a_briefing(session, [await a_person(session, utc_now(), chat="1")], utc_now())
    async with running(a_pump(db, chat)):
        await chat.first.wait()
    (row,) = await all_deliveries(db)
    assert (row.status, row.reason) == (DeliveryStatus.UNKNOWN, "interrupted")


async def test_an_outcome_that_cannot_be_stored_holds_no_other_and_is_not_lost(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contacts.lane as lane

    chat, store, refusals = Scripted(), lane.record, [2]

    async def refuse_the_first(
        session: object, kind: object, results: list, **more: object
    ) -> object:  # type: ignore[type-arg]
        if refusals[0] and any(result.chat == "1" for result in results):
            refusals[0] -= 1
            raise RuntimeError("the store says no")
        return await store(session, kind, results, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(lane, "record", refuse_the_first)
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in (1, 2)]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat)):
        await until(db, all_sent)
    assert refusals == [0]
    assert len(chat.sent) == 2


async def test_a_message_that_is_cancelled_after_the_claim_does_not_leave(db: Database) -> None:
    from contacts.claiming import Lease, claim
    from contacts.marking import mark_sending
    from contacts.preparing import Linking

    async with db.begin() as session:
        now = utc_now()
        lease = Lease("test", now + timedelta(seconds=60))
        deliveries = await a_briefing(session, [await a_person(session, now, chat="1")], now)
        halted = await a_briefing(session, [await a_person(session, now, chat="2")], now)
        ids = [delivery.id or 0 for delivery in (*deliveries, *halted)]
        assert await claim(session, ids, lease, now=now) == ids
        message = await session.get_one(Message, deliveries[0].message_id)
        message.status = MessageStatus.CANCELLED
        await session.flush()
        await halt_message(session, halted[0].message_id, who=SYSTEM, reason="test", now=now)
        marked = await mark_sending(
            session, ids, lease=lease, linking=Linking("", 1),
            sealer=Sealer(Sealer.new_key()), now=now,
        )  # fmt: skip
    assert marked == []
    assert statuses(await all_deliveries(db)) == ["cancelled", "planned"]


async def test_an_edit_of_a_message_that_arrived_without_its_id_goes_as_a_new_one(
    db: Database,
) -> None:
    chat = Scripted()
    chat.script["1"] = [Unknown("read_timeout"), Sent("9")]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat)):
        await until(db, lambda rows: rows[0].status is DeliveryStatus.UNKNOWN)
        async with db.begin() as session:
            await prove_arrival(session, first.id or 0, now=utc_now())
            await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
        rows = await until(db, all_sent)
    assert chat.edits() == []
    assert rows[1].act is DeliveryAct.SEND


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
