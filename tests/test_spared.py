"""What was to go by another channel besides: when it is not needed any more, and when it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts.arrival import prove_arrival
from contacts.directory import Person
from contacts.escalation import escalate_due
from contacts.outbox import Delivery, DeliveryStatus
from contacts.outcomes import Result, record
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.transport import Outcome, Unknown
from tests.outbox_world import CHAT, a_briefing, a_person, all_deliveries, statuses
from tests.test_escalation import HOUR, SETTINGS, a_back_up, calls

SOON = timedelta(minutes=1)
SEALER = Sealer(Sealer.new_key())


async def becomes(db: Database, outcome: Outcome, now: datetime) -> None:
    """The first delivery leaves, and this came back."""
    async with db.begin() as session:
        delivery = await session.get_one(Delivery, 1)
        delivery.status = DeliveryStatus.SENDING
    async with db.begin() as session:
        result = Result(1, "1", outcome, now)
        await record(
            session, CHAT, [result], settings=SETTINGS, sealer=SEALER, chance=lambda: 0.5, now=now
        )


async def an_uncertain_text(db: Database, now: datetime, *, severity: int = 4) -> Person:
    """Its mail waits for proof of arrival."""
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        await a_briefing(session, [person], now, severity=severity)
    await becomes(db, Unknown("read_timeout"), now)
    assert statuses(await all_deliveries(db)) == ["unknown", "planned"]
    return person


@pytest.mark.parametrize("backed_up", [True, False])
async def test_a_tap_that_is_no_reaction_spares_the_mail_and_not_the_steps_after_it(
    db: Database, now: datetime, backed_up: bool
) -> None:
    person = await an_uncertain_text(db, now)
    async with db.begin() as session:
        if backed_up:
            await a_back_up(session, person, now, chat="2")
        assert await prove_arrival(session, 1, now=now + SOON)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    rows = await all_deliveries(db)
    assert statuses(rows) == ["sent", "cancelled", *["planned"] * backed_up]
    assert [row.is_backup for row in rows[2:]] == [True] * backed_up
    assert await calls(db) == ([] if backed_up else [("silent", "open")])
