"""What goes wrong with one event, text or wipe holds up none of the others in its round."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot import alerts, tidying
from bot.alerts import call_backup, ring
from bot.rows import IncomingMail
from contacts import escalation
from contacts.directory import ChannelKind, Person, Role
from contacts.escalation import escalate_due
from contacts.people import open_channel
from contacts.records import Database
from feeds.rows import Event, Item, Origin
from feeds.settings import FeedSettings
from signals.settings import SignalSettings
from tests.console_world import a_colleague
from tests.outbox_world import a_person, all_deliveries
from tests.test_alerts import an_alert, reach
from tests.test_escalation import HOUR, SETTINGS, calls, sent

LATER = timedelta(minutes=10)


class Broken(Exception):
    """Somewhere in the one that goes wrong."""


async def two_alerts(db: Database, now: datetime) -> tuple[int, int]:
    """Two events that are due, the first of which cannot be written down."""
    first = await an_alert(db, now)
    await reach(db, now)
    async with db.begin() as session:
        second = Event(
            title="Ontruiming", type="E02", origin=Origin.FEED, suggested_severity=4,
            detected_at=now, item_count=1,
        )  # fmt: skip
        session.add(second)
        await session.flush()
        item = (await session.exec(select(Item))).one()
        session.add(
            Item(
                source_id=item.source_id, guid="2", title="Ontruiming", event_id=second.id,
                link="https://omroep.example/2", severity=4, published_at=now, first_seen_at=now,
                polled_at=now, content_hash="2",
            )
        )  # fmt: skip
        return first, second.id or 0


@pytest.fixture
def breaks_on_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = alerts.alert_content

    async def content(session: Any, event: Event, **given: Any) -> Any:
        if event.title == "Aanslag":
            raise Broken
        return await whole(session, event, **given)

    monkeypatch.setattr(alerts, "alert_content", content)


async def told_at(db: Database, *events: int) -> list[tuple[bool, bool]]:
    """Whether each rang, and whether the back-up was called for it."""
    async with db.read() as session:
        found = [await session.get_one(Event, number) for number in events]
        return [(one.alerted_at is not None, one.escalated_at is not None) for one in found]


@pytest.mark.usefixtures("breaks_on_the_first")
async def test_an_event_that_cannot_be_told_keeps_no_other_from_ringing(
    db: Database, now: datetime
) -> None:
    both = await two_alerts(db, now)
    with pytest.raises(Broken):  # an old heartbeat brings it to a person
        await ring(db, FeedSettings(), now=now)
    assert await told_at(db, *both) == [(False, False), (True, False)]


async def test_an_event_that_cannot_be_told_keeps_no_backup_from_another(
    db: Database, now: datetime, request: pytest.FixtureRequest
) -> None:
    both = await two_alerts(db, now)
    async with db.begin() as session:
        number = await a_colleague(session, "Goedkeurder", (Role.APPROVER,), now)
        approver = await session.get_one(Person, number)
        await open_channel(session, approver, ChannelKind.TELEGRAM, "4102", rank=0, now=now)
    assert await ring(db, FeedSettings(), now=now) == 2
    request.getfixturevalue("breaks_on_the_first")
    with pytest.raises(Broken):
        await call_backup(db, after=LATER, now=now + LATER)
    assert await told_at(db, *both) == [(True, False), (True, True)]


async def test_one_who_cannot_be_followed_up_keeps_nobody_from_the_list_to_call(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.begin() as session:
        people = [await a_person(session, now, chat=str(n)) for n in range(3)]
        await sent(session, people, now)
    bad = (await all_deliveries(db))[1].id
    whole = escalation._tried_elsewhere

    async def tried(session: Any, one: Any, *, now: datetime) -> bool:
        if one[0].id == bad:
            raise Broken
        return await whole(session, one, now=now)

    monkeypatch.setattr(escalation, "_tried_elsewhere", tried)
    with pytest.raises(Broken):
        await escalate_due(db, SETTINGS, now=now + HOUR)
    assert len(await calls(db)) == 2
    marked = [row.escalated_at is not None for row in await all_deliveries(db)]
    assert marked == [True, False, True], "the next round tries that one again"


async def test_a_wipe_that_fails_keeps_no_other_from_forgetting(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget_uploads(*_: Any, **__: Any) -> None:
        raise Broken

    monkeypatch.setattr(tidying, "forget_uploads", forget_uploads)
    async with db.begin() as session:
        session.add(IncomingMail(message_id="<1@x>", kind="reply", received_at=now))
    wiped: list[str] = []

    async def erase_who_left(*_: Any, **__: Any) -> None:
        wiped.append("after it")

    monkeypatch.setattr(tidying, "erase_who_left", erase_who_left)
    over = now + timedelta(days=400)
    attempts = await tidying.freeze_and_forget(db, SignalSettings(), now=over)
    assert [type(fault) for fault in attempts.faults] == [Broken]
    assert wiped
    async with db.read() as session:
        assert not (await session.exec(select(IncomingMail))).all(), "before it"
