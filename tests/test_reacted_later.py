"""Who reacts to a later text, or tells something, is not called about an earlier one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts.arrival import acknowledge
from contacts.calling import About, CallReason, add_calls
from contacts.directory import Domain, Person
from contacts.escalation import escalate_due
from contacts.outbox import AcknowledgementKind, DeliveryStatus, MessageKind
from contacts.records import Database
from contacts.sending import channels_of, post
from signals.reacting import spoke_since
from signals.rows import Setting, Signal
from tests.outbox_world import BOTH, a_person
from tests.test_escalation import HOUR, SETTINGS, calls

SOON = timedelta(minutes=5)
SILENT = CallReason.SILENT


async def got(
    db: Database, person: Person, version: int, now: datetime, *, event: int = 1,
    status: DeliveryStatus = DeliveryStatus.SENT,
) -> int:  # fmt: skip
    """The number of the delivery of this version to somebody."""
    async with db.begin() as session:
        [one] = await post(
            session, kind=MessageKind.UPDATE, content=BOTH, severity=4, briefing_id=version,
            event_id=event, to=await channels_of(session, person.id or 0), now=now,
        )  # fmt: skip
        one.status, one.done_at = status, now
        return one.id or 0


async def somebody(db: Database, now: datetime) -> Person:
    async with db.begin() as session:
        return await a_person(session, now, chat="1")


async def to_call(db: Database, person: Person, version: int, now: datetime) -> None:
    async with db.begin() as session:
        people = [(person.id or 0, person.organisation_id, SILENT)]
        await add_calls(session, About(1, version, None, is_exercise=False), people, now=now)


async def tell(db: Database, person: Person, at: datetime, event: int = 1) -> None:
    async with db.begin() as session:
        session.add(
            Signal(
                event_id=event, organisation_id=person.organisation_id, domain=Domain.EDUCATION,
                received_at=at, district="stad", setting=Setting.OTHER, severity=2,
                answer_due_at=at, kinds=["geruchten"],
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("version", "event", "left"),
    [(8, 1, "not_needed"), (7, 1, "not_needed"), (6, 1, "open"), (8, 2, "open")],
)
async def test_a_reaction_to_the_same_or_a_later_version_takes_the_line_away(
    db: Database, now: datetime, version: int, event: int, left: str
) -> None:
    person = await somebody(db, now)
    await to_call(db, person, 7, now)
    read = await got(db, person, version, now, event=event)
    async with db.begin() as session:
        await acknowledge(session, read, AcknowledgementKind.READ, now=now + SOON)
    await escalate_due(db, SETTINGS, now=now + SOON)
    assert await calls(db) == [("silent", left)]


async def test_who_reacted_to_a_later_version_is_not_followed_up_for_the_earlier(
    db: Database, now: datetime
) -> None:
    person = await somebody(db, now)
    await got(db, person, 7, now)
    later = await got(db, person, 8, now + SOON)
    async with db.begin() as session:
        await acknowledge(session, later, AcknowledgementKind.READ, now=now + 2 * SOON)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (0, 0)
    assert await calls(db) == []


@pytest.mark.parametrize(
    ("told", "event", "left"), [(SOON, 1, "not_needed"), (-SOON, 1, "open"), (SOON, 2, "open")]
)
async def test_a_signal_about_the_event_after_the_text_takes_the_line_away(
    db: Database, now: datetime, told: timedelta, event: int, left: str
) -> None:
    person = await somebody(db, now)
    await got(db, person, 7, now)
    await to_call(db, person, 7, now)
    await tell(db, person, now + told, event)
    await escalate_due(db, SETTINGS, now=now + SOON, spoke=spoke_since)
    assert await calls(db) == [("silent", left)]


async def test_who_told_a_signal_is_followed_up_no_more(db: Database, now: datetime) -> None:
    person = await somebody(db, now)
    await got(db, person, 7, now)
    await tell(db, person, now + SOON)
    assert await escalate_due(db, SETTINGS, now=now + HOUR, spoke=spoke_since) == (0, 0)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (1, 0), "without the signal"


async def test_a_signal_from_where_the_text_came_to_nobody_ends_no_call(
    db: Database, now: datetime
) -> None:
    person = await somebody(db, now)
    await got(db, person, 7, now, status=DeliveryStatus.FAILED)
    await tell(db, person, now + SOON)
    await escalate_due(db, SETTINGS, now=now + SOON, spoke=spoke_since)
    assert await calls(db) == [("failed", "open")]
