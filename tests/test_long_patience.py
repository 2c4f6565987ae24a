"""However long the house waits for a reaction, the last step is reached."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, update

from contacts.directory import Role
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryStatus
from contacts.outdated import HISTORY_AFTER
from contacts.overdue import LONGEST_CHAIN
from contacts.records import Database
from contacts.sending import halt_message
from contacts.settings import SendingSettings
from tests.outbox_world import a_briefing, a_person, all_deliveries, notices
from tests.test_escalation import a_back_up, calls

STEP = timedelta(minutes=30)


def waiting(minutes: int) -> SendingSettings:
    return SendingSettings(silence_min=(0, 0, minutes, minutes, minutes))


async def days(
    db: Database, settings: SendingSettings, begin: datetime, *, until: timedelta
) -> None:
    """Half an hour at a time; what is planned goes out, and nobody ever answers."""
    at = begin
    while at <= begin + until:
        async with db.begin() as session:
            await session.exec(
                update(Delivery)
                .where(
                    col(Delivery.status) == DeliveryStatus.PLANNED, col(Delivery.not_before) <= at
                )
                .values(status=DeliveryStatus.SENT, done_at=at)
            )
        await escalate_due(db, settings, now=at)
        at += STEP


@pytest.mark.parametrize("minutes", [60, 720, 1000, 1440])
@pytest.mark.parametrize("backed_up", [False, True])
async def test_any_patience_ends_on_the_list_to_call(
    db: Database, now: datetime, minutes: int, backed_up: bool
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        if backed_up:
            await a_back_up(session, person, now, chat="2")
        await a_briefing(session, [person], now, severity=3)
    steps = 3 if backed_up else 2
    chain = steps * timedelta(minutes=minutes) + 3 * STEP
    await days(db, waiting(minutes), now, until=chain)
    assert len(await all_deliveries(db)) == steps
    # Who is the back-up was tried as well.
    assert await calls(db) == [("silent", "open")] * (2 if backed_up else 1)


async def test_what_was_due_a_day_ago_is_history(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await a_briefing(session, [person], now, severity=4)
        delivery.status = DeliveryStatus.SENT
    settings = waiting(60)
    late = now + timedelta(hours=1) + HISTORY_AFTER
    assert await escalate_due(db, settings, now=late) == (0, 0)
    assert await escalate_due(db, settings, now=late - timedelta(minutes=1)) == (1, 0)


@pytest.mark.parametrize(("after", "steps"), [(timedelta(days=2), 1), (LONGEST_CHAIN, 0)])
async def test_a_mail_that_comes_back_days_later_is_followed_up_within_a_week(
    db: Database, now: datetime, after: timedelta, steps: int
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, mail="a@example.org")
        (delivery,) = await a_briefing(session, [person], now, severity=3)
        delivery.status, delivery.done_at = DeliveryStatus.FAILED, now + after
        delivery.reason = "bounce_4.4.7"
    assert await escalate_due(db, SendingSettings(), now=now + after) == (steps, 0)
    assert await calls(db) == [("failed", "open")] * steps


@pytest.mark.parametrize("minutes", [0, 60, 1440])
async def test_a_halted_text_is_told_again_whatever_the_patience(
    db: Database, now: datetime, minutes: int
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="9", role=Role.COORDINATOR)
        person = await a_person(session, now, chat="1")
        (delivery,) = await a_briefing(session, [person], now, severity=4)
        await halt_message(session, delivery.message_id, who=SYSTEM, now=now, reason="refused")
    await days(db, waiting(minutes), now, until=timedelta(hours=30))
    assert [text[:15] for text in await notices(db)] == ["<b>Nog gestopt:"]
