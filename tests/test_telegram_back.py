"""Who has nothing but Telegram hears, once it works again, that something may have been missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.watching import tell_trouble
from contacts.outbox import DeliveryStatus
from contacts.records import Database
from tests.outbox_world import all_deliveries, notices
from tests.test_watching import a_house, begin, coordinators, told

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("became", [DeliveryStatus.UNKNOWN, DeliveryStatus.SENT])
async def test_what_may_not_have_arrived_is_told_when_telegram_works_again(
    db: Database, now: datetime, became: DeliveryStatus
) -> None:
    await coordinators(db, now)
    await begin(db, "poller", now=now)
    assert await tell_trouble(a_house(db, "unreachable"), now=now + 2 * MINUTE) == 1
    async with db.begin() as session:
        for delivery in await all_deliveries(db):
            row = await session.merge(delivery)
            row.status, row.done_at = became, now + 2 * MINUTE
    before = len(await told(db))
    is_doubtful = became is DeliveryStatus.UNKNOWN
    assert await tell_trouble(a_house(db), now=now + 9 * MINUTE) == is_doubtful
    assert len(await told(db)) - before == 2 * is_doubtful
    if is_doubtful:
        assert "1 bericht kwam misschien niet aan" in (await notices(db))[-1]
        assert {row.kind.value for row in (await told(db))[before:]} == {"telegram"}
    assert await tell_trouble(a_house(db), now=now + 10 * MINUTE) == 0, "once"


async def test_a_hitch_of_which_nobody_was_told_is_not_told_afterwards(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "poller", now=now)
    assert await tell_trouble(a_house(db, "unreachable"), now=now + MINUTE / 6) == 0
    assert await tell_trouble(a_house(db), now=now + MINUTE / 3) == 0
    assert await told(db) == []
