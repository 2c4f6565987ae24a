"""What is under way while its message is cancelled stops as the others of it, once it is back."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from contacts.departure_log import Left
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.outbox import WAS_WRONG, DeliveryAct, DeliveryStatus
from contacts.outcomes import Result, record
from contacts.records import Database
from contacts.recovery import recover_all, sweep_leases
from contacts.sealing import Sealer
from contacts.sending import cancel_message
from contacts.transport import Later
from tests.outbox_world import CHAT, FAST, a_briefing, a_person, all_deliveries

SEALER = Sealer(Sealer.new_key())
KINDS = (ChannelKind.TELEGRAM,)
SENDING, CLAIMED = DeliveryStatus.SENDING, DeliveryStatus.CLAIMED


async def cancelled_on_the_way(
    db: Database, now: datetime, *, is_repeat: bool = False, is_edit: bool = False
) -> int:
    """Sent to two, of whom one is being sent to when it is called off; returns that one."""
    async with db.begin() as session:
        people = [await a_person(session, now, chat=chat) for chat in "12"]
        first, second = await a_briefing(session, people, now)
        first.status, first.lease_owner, first.lease_until = SENDING, "house:run", now
        first.is_repeat = second.is_repeat = is_repeat
        if is_edit:
            first.act = DeliveryAct.EDIT
        await session.flush()
        await cancel_message(session, first.message_id, who=SYSTEM, now=now, reason=WAS_WRONG)
        return first.id or 0


async def ends(db: Database) -> list[tuple[str, str | None]]:
    return [(row.status.value, row.reason) for row in await all_deliveries(db)]


@pytest.mark.parametrize(
    ("is_repeat", "end"),
    [(False, ("cancelled", WAS_WRONG)), (True, ("unknown", "repeat_called_off"))],
)
async def test_what_comes_back_for_another_try_ends_as_what_still_waited(
    db: Database, now: datetime, is_repeat: bool, end: tuple[str, str]
) -> None:
    ident = await cancelled_on_the_way(db, now, is_repeat=is_repeat)
    async with db.begin() as session:
        await record(
            session, CHAT, [Result(ident, "1", Later(now, "not_reachable"), at=now)],
            settings=FAST, sealer=SEALER, chance=random.random, now=now,
        )  # fmt: skip
    assert await ends(db) == [end, end]


async def test_what_proves_to_have_stayed_after_a_crash_does_not_wait_for_ever(
    db: Database, now: datetime
) -> None:
    await cancelled_on_the_way(db, now)
    async with db.begin() as session:
        assert (
            await recover_all(
                session,
                KINDS,
                owner="house",
                settings=FAST,
                sealer=SEALER,
                left=Left("run"),
                now=now,
            )
            == 1
        )
    assert await ends(db) == [("cancelled", WAS_WRONG)] * 2


async def test_an_interrupted_edit_of_a_cancelled_message_does_not_wait_for_ever(
    db: Database, now: datetime
) -> None:
    await cancelled_on_the_way(db, now, is_edit=True)
    async with db.begin() as session:
        await sweep_leases(session, in_hand=(), settings=FAST, sealer=SEALER, now=now)
    assert await ends(db) == [("cancelled", WAS_WRONG)] * 2


async def test_what_was_interrupted_itself_is_uncertain_also_when_cancelled(
    db: Database, now: datetime
) -> None:
    await cancelled_on_the_way(db, now)
    async with db.begin() as session:
        await sweep_leases(session, in_hand=(), settings=FAST, sealer=SEALER, now=now)
    assert await ends(db) == [("unknown", "interrupted"), ("cancelled", WAS_WRONG)]
