"""Stopping, breaking and cancelling halfway lose nothing and send nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from contacts.journal import SYSTEM
from contacts.outbox import (
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.outcomes import record
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import (
    halt_message,
    post,
)
from contacts.transport import Sent
from tests.outbox_world import (
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    all_sent,
    chat_recipient,
    chat_text,
    running,
    statuses,
    until,
)


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
    from contacts import recording

    chat, store, refusals = Scripted(), record, [2]

    async def refuse_the_first(
        session: object, kind: object, results: list[Any], **more: object
    ) -> object:
        if refusals[0] and any(result.chat == "1" for result in results):
            refusals[0] -= 1
            raise RuntimeError("the store says no")
        return await store(session, kind, results, **more)

    monkeypatch.setattr(recording, "record", refuse_the_first)
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
