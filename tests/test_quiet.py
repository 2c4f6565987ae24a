"""Quiet hours: what waits has its moment, and what is urgent does not wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from contacts.fallback import plan_fallback
from contacts.journal import SYSTEM, JournalEntry
from contacts.local_time import AMSTERDAM
from contacts.outbox import DeliveryStatus, Message, MessageKind
from contacts.quiet import (
    QUIET_HOURS,
    Waiting,
    count_waiting,
    hold_back,
    quiet_ends,
    set_quiet_hours,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from contacts.verdicts import Fallback
from tests.outbox_world import BOTH, CHAT, a_briefing, a_person, all_deliveries

NIGHT = time(22, 0), time(7, 0)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        (local(3, 21, 59), None),
        (local(3, 22, 0), local(4, 7)),
        (local(4, 3, 0), local(4, 7)),
        (local(4, 7, 0), None),
    ],
)
def test_a_night_ends_in_the_morning(at: datetime, ends: datetime | None) -> None:
    assert quiet_ends(*NIGHT, at) == ends


def test_a_night_of_the_clock_change_ends_on_the_clock() -> None:
    before = datetime(2026, 3, 28, 23, 0, tzinfo=AMSTERDAM).astimezone(UTC)
    assert quiet_ends(*NIGHT, before) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("hours", [(None, None), (time(8), None), (time(8), time(8))])
def test_without_two_different_times_there_are_no_quiet_hours(
    hours: tuple[time | None, time | None],
) -> None:
    assert quiet_ends(*hours, local(3, 8)) is None


@given(st.times(), st.times(), st.integers(0, 364 * 24 * 60))
def test_quiet_hours_end_within_a_day_and_are_over_then(
    begin: time, end: time, minute: int
) -> None:
    begin, end = begin.replace(microsecond=0), end.replace(microsecond=0)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ends = quiet_ends(begin, end, moment)
    if ends is not None:
        assert timedelta(0) < ends - moment <= timedelta(hours=25)
        skipped = date(2026, 3, 29), date(2026, 10, 25)
        if ends.astimezone(AMSTERDAM).date() not in skipped:
            assert quiet_ends(begin, end, ends) is None


@pytest.mark.parametrize(
    ("kind", "severity", "held"),
    [
        (MessageKind.BRIEFING, 3, 1),
        (MessageKind.CORRECTION, 3, 1),
        (MessageKind.BRIEFING, 4, 0),
        (MessageKind.RETRACTION, 3, 0),
        (MessageKind.NOTICE, 3, 0),
        (MessageKind.ALERT, 3, 1),
        (MessageKind.ALERT, 4, 0),
    ],
)
async def test_only_what_can_wait_until_morning_waits(
    db: Database, now: datetime, kind: MessageKind, severity: int, held: int
) -> None:
    night = local(3, 23)
    async with db.begin() as session:
        sleeper = await a_person(session, now, chat="1")
        awake = await a_person(session, now, chat="2")
        await set_quiet_hours(session, sleeper, *NIGHT, who=SYSTEM, now=now)
        deliveries = await a_briefing(
            session, [sleeper, awake], night, kind=kind, severity=severity
        )
        message = await session.get_one(Message, deliveries[0].message_id)
        assert await hold_back(session, message, now=night) == held
    rows = await all_deliveries(db)
    assert [row.not_before for row in rows] == [local(4, 7) if held else night, night]
    assert [row.reason for row in rows] == [QUIET_HOURS if held else None, None]
    assert all(row.status is DeliveryStatus.PLANNED for row in rows)
    async with db.read() as session:
        actions = (await session.exec(select(JournalEntry.action))).all()
    assert actions.count("deliveries_held_quiet") == held


async def test_what_waits_is_counted_until_it_goes(db: Database, now: datetime) -> None:
    night = local(3, 23)
    async with db.begin() as session:
        sleeper = await a_person(session, now, chat="1")
        await set_quiet_hours(session, sleeper, *NIGHT, who=SYSTEM, now=now)
        to = [Recipient(CHAT, "1", sleeper.id, sleeper.organisation_id)]
        await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, to=to, briefing_id=5, now=night
        )
        message = (await session.exec(select(Message))).one()
        await hold_back(session, message, now=night)
    async with db.read() as session:
        assert await count_waiting(session, 5, now=night) == Waiting(1, local(4, 7))
        assert await count_waiting(session, 5, now=local(4, 7)) == Waiting()


async def test_another_channel_does_not_wake_anybody_either(db: Database, now: datetime) -> None:
    night = local(3, 23)
    async with db.begin() as session:
        sleeper = await a_person(session, now, chat="1", mail="a@example.org")
        await set_quiet_hours(session, sleeper, *NIGHT, who=SYSTEM, now=now)
        (delivery,) = await a_briefing(session, [sleeper], night)
        message = await session.get_one(Message, delivery.message_id)
        mail = await plan_fallback(session, delivery, message, Fallback.NEXT, chat="1", now=night)
    assert mail is not None
    assert (mail.not_before, mail.reason) == (local(4, 7), QUIET_HOURS)
