"""One delivery that goes wrong holds up no other."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.clock import utc_now
from contacts.claiming import due_deliveries
from contacts.departing import Means
from contacts.departure_log import DepartureLog
from contacts.directory import ChannelKind, Role
from contacts.marking import EDIT_PATIENCE
from contacts.outbox import ChannelPause, DeliveryStatus, Message, MessageKind
from contacts.outcomes import Result, record
from contacts.pausing import IN_A_ROW
from contacts.preparing import Linking
from contacts.recording import TRIES, Recording
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import channels_of, post
from contacts.settings import SendingSettings
from contacts.transport import Later, Refused, Sent
from tests.outbox_world import (
    BOTH,
    CHAT,
    FAST,
    MAIL,
    SENT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    notices,
    running,
    statuses,
    until,
)

#: half of a letter, which no store takes
NOT_STORABLE = "\ud800"
SEALER = Sealer(Sealer.new_key())


def _away() -> NoReturn:
    raise OperationalError("BEGIN", None, Exception("no connection"))


async def _due_after_a_notice_that_was_put_off(db: Database, kind: ChannelKind) -> list[str]:
    now = datetime.fromisoformat("2026-03-03T16:42:00+00:00")
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="c@stad.example")
        assert person.id is not None
        to = [one for one in await channels_of(session, person.id) if one.kind is kind]
        (notice,) = await post(session, kind=MessageKind.NOTICE, content=BOTH, to=to, now=now)
        notice.attempts, notice.not_before = 4, now + timedelta(minutes=5)
        (alert,) = await post(session, kind=MessageKind.ALERT, content=BOTH, to=to, now=now)
        await session.flush()
        found = await due_deliveries(
            session, kind, busy=(), limit=10, sealer=SEALER, patience=EDIT_PATIENCE, now=now
        )
        names = {notice.id: "notice", alert.id: "alert"}
        return [names[one.id] for one in found]


async def test_a_mail_does_not_wait_for_another_mail_to_the_same_address_that_was_put_off(
    db: Database,
) -> None:
    assert await _due_after_a_notice_that_was_put_off(db, MAIL) == ["alert"]


@pytest.mark.parametrize(
    ("first", "event", "severity", "due"),
    [
        (MessageKind.BRIEFING, 1, 3, False),
        (MessageKind.BRIEFING, 2, 3, True),
        (MessageKind.BRIEFING, 1, 4, True),
        (MessageKind.FEEDBACK, 1, 3, True),
    ],
)
async def test_by_mail_a_text_waits_only_for_an_earlier_one_about_its_event_that_is_as_urgent(
    db: Database, first: MessageKind, event: int, severity: int, due: bool
) -> None:
    """Where a server put off the first text, the closing came first and the old text after it."""
    now = datetime.fromisoformat("2026-03-03T16:42:00+00:00")
    async with db.begin() as session:
        person = await a_person(session, now, mail="c@stad.example")
        (old,) = await a_briefing(session, [person], now, kind=first)
        old.attempts, old.not_before = 1, now + timedelta(minutes=5)
        (closing,) = await post(
            session, kind=MessageKind.CLOSING, content=BOTH, event_id=event, severity=severity,
            to=await channels_of(session, person.id or 0), now=now,
        )  # fmt: skip
        await session.flush()
        found = await due_deliveries(
            session, MAIL, busy=(), limit=10, sealer=SEALER, patience=EDIT_PATIENCE, now=now
        )
        assert [one.id for one in found] == ([closing.id] if due else [])
        old.not_before = now
        await session.flush()
        found = await due_deliveries(
            session, MAIL, busy=(), limit=10, sealer=SEALER, patience=EDIT_PATIENCE, now=now
        )
        assert old.id in [one.id for one in found], "nothing waits for ever"


async def test_in_a_chat_the_order_stays(db: Database) -> None:
    assert await _due_after_a_notice_that_was_put_off(db, CHAT) == []


async def test_an_outcome_that_the_store_refuses_holds_up_no_other(db: Database) -> None:
    """It was tried twenty times, half a second apart, and all that came back after it waited."""
    chat = Scripted()
    chat.script["5"] = [Refused(NOT_STORABLE)]
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(60)]
        await a_briefing(session, people, utc_now())
    pump = a_pump(db, chat, settings=SendingSettings(telegram_per_s=100, chat_interval_s=0))
    async with running(pump), asyncio.timeout(5):
        rows = await until(db, lambda rows: statuses(rows).count("sent") == 59)
    assert rows[5].status is DeliveryStatus.SENDING


async def test_while_the_store_is_away_outcomes_wait_and_none_is_given_up(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One was called uncertain for every ten seconds that it took."""
    chat, now = Scripted(), utc_now()
    means = Means(
        db, FAST, SEALER, utc_now, Linking("", 1), "test", DepartureLog(None, utc_now)
    )  # fmt: skip
    async with db.begin() as session:
        rows = await a_briefing(session, [await a_person(session, now, chat="1")], now)
        rows[0].status = DeliveryStatus.SENDING
    recording = Recording(chat.kind, means)
    recording.put_down(Result(rows[0].id or 0, "1", Sent("7"), at=now))
    with monkeypatch.context() as patch:
        patch.setattr(db, "begin", _away)
        for _ in range(TRIES + 1):
            with pytest.raises(OperationalError):
                await recording.write()
    await recording.write()
    assert (recording.waiting, statuses(await all_deliveries(db))) == (set(), ["sent"])


async def test_a_message_that_cannot_be_filled_in_holds_up_no_other_and_a_person_hears_of_it(
    db: Database,
) -> None:
    """It was claimed for good, with all that was to be marked together with it."""
    chat = Scripted()
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        for n in range(10):
            (row,) = await a_briefing(session, [await a_person(session, now, chat=str(n))], now)
            if n == 3:
                message = await session.get_one(Message, row.message_id)
                message.content = {"telegram": {"text": 5, "buttons": []}, "email": None}
    async with running(a_pump(db, chat)), asyncio.timeout(20):
        rows = await until(db, lambda rows: statuses(rows).count("sent") == 10)
    assert (rows[3].status, rows[3].reason) == (DeliveryStatus.FAILED, "cannot_be_made")
    (notice,) = await notices(db)
    assert "1 bericht kon voor dit kanaal niet gemaakt worden." in notice
    assert "Niet iedereen bereikt bij: School 4." in notice


async def test_a_form_that_a_later_version_wrote_leaves_the_other_form(db: Database) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    async with db.begin() as session:
        now = utc_now()
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (row,) = await a_briefing(session, [person], now)
        message = await session.get_one(Message, row.message_id)
        button = {"text": "Gelezen", "data": "r", "url": None, "colour": "green"}
        chat_form = {"text": "Tekst", "buttons": [[button]]}
        message.content = {**BOTH.to_json(), "telegram": chat_form}
    async with running(a_pump(db, chat, mail)), asyncio.timeout(20):
        rows = await until(db, lambda rows: len(rows) == 2 and rows[1].status is SENT)
    assert (rows[0].reason, rows[1].fallback_of_id) == ("no_form", rows[0].id)
    assert chat.sent == []


async def test_an_answer_of_a_batch_that_was_not_stored_counts_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four that were refused for themselves counted as eight, and stopped the channel."""
    now = utc_now()
    means = Means(
        db, FAST, SEALER, utc_now, Linking("", 1), "test", DepartureLog(None, utc_now)
    )  # fmt: skip
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"{n}@example.org") for n in range(IN_A_ROW)]
        rows = await a_briefing(session, people, now)
        for row in rows:
            row.status = DeliveryStatus.SENDING
    recording, seconds = Recording(MAIL, means), timedelta(seconds=90)
    own = Later(
        now + seconds, "sender_refused", whole_channel=True, if_its_own="smtp_554",
        at_first_sight=True,
    )  # fmt: skip
    recording.put_down(Result(rows[0].id or 0, "0@example.org", Sent("7"), at=now + seconds))
    await recording.write()
    for n, row in list(enumerate(rows))[1:]:
        recording.put_down(Result(row.id or 0, f"{n}@example.org", own, at=now + seconds))
    asked = []

    async def fails_once(*given: Any, **named: Any) -> list[int]:
        done = await record(*given, **named)
        asked.append(done)
        if len(asked) == 1:
            raise ValueError("the last of them cannot be stored")
        return done

    monkeypatch.setattr("contacts.recording.record", fails_once)
    await recording.write()
    assert len(asked) == IN_A_ROW, "at once, and then one by one"
    async with db.read() as session:
        assert not (await session.exec(select(ChannelPause))).all()
