"""After a back-up was put back silence is followed up, and says that it may be a second time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.backup.aftercare import Held, stop_after_restore
from contacts.arrival import acknowledge
from contacts.directory import Role
from contacts.escalation import escalate_due
from contacts.journal import JournalEntry
from contacts.outbox import AcknowledgementKind, Delivery, DeliveryStatus
from contacts.outcomes import Result, record
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.transport import Refused
from tests.outbox_world import CHAT, a_briefing, a_person, all_deliveries, notices
from tests.test_escalation import HOUR, SETTINGS, a_back_up, arrive, sent

SAVED = timedelta(minutes=10)


async def put_back(db: Database, now: datetime) -> Held:
    """The store is that of ten minutes after the text left; it is an hour later."""
    async with db.begin() as session:
        return await stop_after_restore(session, taken_at=now + SAVED, now=now + HOUR)


async def a_reader(session: Any, now: datetime, severity: int = 4) -> None:
    """Somebody with a mail address and a back-up, whom an urgent text left for."""
    person = await a_person(session, now, chat="1", mail="a@example.org")
    await a_back_up(session, person, now, chat="2")
    await sent(session, [person], now, severity=severity)


async def test_what_follows_on_silence_after_a_restore_says_that_it_may_be_a_repeat(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_reader(session, now)
    assert await put_back(db, now) == Held(halted=0, dropped=0, followed=1)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    await arrive(db)
    await escalate_due(db, SETTINGS, now=now + 2 * HOUR)
    _, mail, backup = await all_deliveries(db)
    assert (mail.address, mail.is_repeat) == ("a@example.org", True)
    assert (backup.is_backup, backup.is_repeat) == (True, True)


async def test_what_follows_on_silence_without_a_restore_is_no_repeat(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_reader(session, now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert [row.is_repeat for row in await all_deliveries(db)] == [False, False]


async def test_what_had_not_left_and_is_refused_says_so_by_the_next_channel_too(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await a_briefing(session, [person], now)
        delivery.status = DeliveryStatus.SENDING
    await put_back(db, now)
    async with db.begin() as session:
        await record(
            session, CHAT, [Result(1, "1", Refused("blocked"), now)],
            settings=SendingSettings(), sealer=Sealer(Sealer.new_key()), chance=lambda: 0.5,
            now=now + HOUR,
        )  # fmt: skip
    assert [row.is_repeat for row in await all_deliveries(db)] == [True, True]


async def test_the_coordinators_hear_that_reactions_are_lost_where_silence_is_followed_up(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="9", role=Role.COORDINATOR)
        await a_reader(session, now)
    await put_back(db, now)
    (notice,) = await notices(db)
    assert (
        "Reacties van daarna is Schakel kwijt. Bij 1 dringende tekst kijkt Schakel opnieuw"
        in notice
    )
    async with db.read() as session:
        asked = select(JournalEntry).where(col(JournalEntry.action) == "store_restored")
        assert (await session.exec(asked)).one().detail["followed"] == 1


async def test_where_everybody_reacted_or_nothing_was_urgent_nothing_is_said_of_it(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="9", role=Role.COORDINATOR)
        await a_reader(session, now)
        row = (await session.exec(select(Delivery))).one()
        await acknowledge(session, row.id or 0, AcknowledgementKind.READ, now=now)
        calm = await a_person(session, now, chat="3")
        await sent(session, [calm], now, severity=3)
    assert (await put_back(db, now)).followed == 0
    (notice,) = await notices(db)
    assert "Reacties" not in notice
