"""As little as possible is under way without need: what is under way at a kill is uncertain."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from bot.clock import utc_now
from contacts.outbox import DeliveryStatus
from contacts.records import Database
from contacts.settings import SendingSettings
from contacts.transport import Outcome, Outgoing
from tests.outbox_world import Scripted, a_briefing, a_person, a_pump, all_sent, running, until


class Stalling(Scripted):
    """The house stands still in the middle of the first message; answers take a few turns."""

    def __init__(self) -> None:
        super().__init__()
        self.story: list[str] = []

    async def send(self, outgoing: Outgoing) -> Outcome:
        self.story.append("sent")
        if len(self.story) == 1:
            time.sleep(0.3)  # noqa: ASYNC251  (everything stands still, which is the point)
        for _ in range(5):
            await asyncio.sleep(0)
        self.story.append("answered")
        return await super().send(outgoing)


async def test_what_is_late_does_not_leave_in_a_heap(db: Database) -> None:
    chat = Stalling()
    fast = SendingSettings(telegram_per_s=1000, chat_interval_s=0)
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(20)]
        await a_briefing(session, people, utc_now())
    async with running(a_pump(db, chat, settings=fast)):
        await until(db, all_sent)
    under_way, most = 0, 0
    for what in chat.story:
        under_way += 1 if what == "sent" else -1
        most = max(most, under_way)
    assert most <= 6


async def test_a_house_that_starts_waits_for_its_first_message_also_when_the_limit_is_reached(
    db: Database,
) -> None:
    """The rest is loaded once something is on its way, and would hold it up before."""
    chat, slow = Scripted(), SendingSettings(telegram_per_s=4, chat_interval_s=0)
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(8)]
        rows = await a_briefing(session, people, utc_now())
        for row in rows[:4]:
            row.status, row.sending_at, row.done_at = DeliveryStatus.SENT, utc_now(), utc_now()
    pump = a_pump(db, chat, settings=slow)
    async with running(pump):
        assert await pump.going(30.0)
        assert chat.sent
        await until(db, all_sent)


async def test_a_house_with_nothing_to_send_goes_at_once(db: Database) -> None:
    pump, began = a_pump(db, Scripted()), utc_now()
    async with running(pump):
        assert await pump.going(30.0)
    assert utc_now() - began < timedelta(seconds=20)
