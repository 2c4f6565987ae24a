"""An alert counts as told only when somebody was told, and a postponed one comes back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select

from bot.alerts import alert_content, call_backup, ring
from bot.evening.starting import SEND_TIMES, deadline_label, default_deadline
from bot.ticks import remind
from contacts.directory import ChannelKind, Domain, Person, Role
from contacts.filling import BASE
from contacts.local_time import AMSTERDAM
from contacts.outbox import Button, Content, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.people import open_channel
from contacts.permissions import Actor
from contacts.records import Database, IllegalMove
from contacts.sealing import Sealer
from contacts.sending import edit_sent
from feeds.alerting import mark_tapped
from feeds.events import confirm_event, snooze_event
from feeds.rows import Event, EventStatus, Item, LeadAgency, Origin, Source
from feeds.settings import FeedSettings
from feeds.standing import Trust
from signals.rows import Setting, Signal, SignalKind
from signals.settings import SignalSettings
from tests.console_world import a_colleague
from tests.outbox_world import all_deliveries

WHO = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False).who


async def an_alert(db: Database, now: datetime) -> int:
    """A heavy event from a trusted newsroom, and a coordinator without any channel."""
    async with db.begin() as session:
        await a_colleague(session, "Coördinator", (Role.COORDINATOR,), now)
        event = Event(
            title="Aanslag", type="E02", origin=Origin.FEED, suggested_severity=4,
            detected_at=now, item_count=1,
        )  # fmt: skip
        source = Source(
            key="omroep", name="Omroep", url="https://omroep.example/rss",
            trust=Trust.REGIONAL, next_poll_at=now,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        assert event.id is not None
        session.add(
            Item(
                source_id=source.id, guid="1", title="Aanslag", link="https://omroep.example/1",
                event_id=event.id, severity=4, published_at=now,
                first_seen_at=now, polled_at=now, content_hash="1",
            )
        )  # fmt: skip
        return event.id


async def test_the_mail_leads_to_the_page_and_to_each_report_by_a_link(
    db: Database, now: datetime
) -> None:
    number = await an_alert(db, now)
    async with db.begin() as session:
        item = (await session.exec(select(Item))).one()
        item.title = 'Aanslag <b>"nu"'
        item.link = "javascript:alert(1)"
        event = await session.get_one(Event, number)
        await session.flush()
        without = await alert_content(session, event)
        item.link = "https://omroep.example/1?a=1&b=2"
        await session.flush()
        linked = await alert_content(session, event)
    assert without.email is not None
    assert linked.email is not None
    assert f'<a href="{BASE}/gebeurtenis/{number}"' in linked.email.html
    assert '<a href="https://omroep.example/1?a=1&amp;b=2">Aanslag &lt;b&gt;' in linked.email.html
    assert "javascript" not in without.email.html
    for html in (without.email.html, linked.email.html):
        assert "<b>&#34;" not in html
        assert "Bevestigen of afwijzen" in html


async def reach(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = (await session.exec(select(Person))).one()
        await open_channel(session, person, ChannelKind.TELEGRAM, "4101", rank=0, now=now)


async def alerts(db: Database) -> int:
    async with db.read() as session:
        found = await session.exec(select(Message))
        return sum(message.kind is MessageKind.ALERT for message in found.all())


async def the_event(db: Database, event_id: int) -> Event:
    async with db.read() as session:
        return await session.get_one(Event, event_id)


async def test_two_sources_at_the_same_moment_ring_once(db: Database, now: datetime) -> None:
    await an_alert(db, now)
    await reach(db, now)
    await asyncio.gather(*(ring(db, FeedSettings(), now=now) for _ in range(3)))
    assert await alerts(db) == 1


async def test_an_alert_that_reaches_nobody_is_tried_again(db: Database, now: datetime) -> None:
    event_id = await an_alert(db, now)
    await ring(db, FeedSettings(), now=now)
    assert (await the_event(db, event_id)).alerted_at is None
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)
    assert await alerts(db) == 1
    assert (await the_event(db, event_id)).alerted_at == now
    await ring(db, FeedSettings(), now=now)
    assert await alerts(db) == 1


async def test_a_postponed_alert_rings_however_old_its_reports_are(
    db: Database, now: datetime
) -> None:
    event_id = await an_alert(db, now)
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)
    until = now + timedelta(hours=36)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        await snooze_event(session, event, until, who=WHO, now=now)
    await ring(db, FeedSettings(), now=until - timedelta(minutes=1))
    assert await alerts(db) == 1
    await ring(db, FeedSettings(), now=until + timedelta(minutes=1))
    assert await alerts(db) == 2
    assert (await the_event(db, event_id)).snoozed_until is None


async def test_what_is_decided_cannot_be_postponed(db: Database, now: datetime) -> None:
    event_id = await an_alert(db, now)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        await confirm_event(
            session, event, severity=4, lead_agency=LeadAgency.POLICE, send_before=None,
            who=WHO, now=now,
        )  # fmt: skip
        assert event.status is EventStatus.CONFIRMED
        with pytest.raises(IllegalMove):
            await snooze_event(session, event, now + timedelta(hours=1), who=WHO, now=now)


async def test_the_back_up_is_called_again_until_it_can_be_reached(
    db: Database, now: datetime
) -> None:
    event_id = await an_alert(db, now)
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)
    async with db.begin() as session:
        backup = await a_colleague(session, "Achterwacht", (Role.APPROVER,), now)
    later = now + timedelta(minutes=11)
    await call_backup(db, after=timedelta(minutes=10), now=later)
    assert (await the_event(db, event_id)).escalated_at is None
    async with db.begin() as session:
        person = await session.get_one(Person, backup)
        await open_channel(session, person, ChannelKind.TELEGRAM, "4102", rank=0, now=now)
    await call_backup(db, after=timedelta(minutes=10), now=later)
    assert (await the_event(db, event_id)).escalated_at == later
    assert await alerts(db) == 2


async def with_backup(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        backup = await a_colleague(session, "Achterwacht", (Role.APPROVER,), now)
        person = await session.get_one(Person, backup)
        await open_channel(session, person, ChannelKind.TELEGRAM, "4102", rank=0, now=now)


async def test_who_took_up_an_alert_is_not_passed_over_until_it_takes_too_long(
    db: Database, now: datetime
) -> None:
    event_id = await an_alert(db, now)
    await reach(db, now)
    await with_backup(db, now)
    await ring(db, FeedSettings(), now=now)
    tapped, ten = now + timedelta(minutes=9), timedelta(minutes=10)
    async with db.begin() as session:
        await mark_tapped(session, await session.get_one(Event, event_id), now=tapped)
    assert await call_backup(db, after=ten, now=now + timedelta(minutes=20)) == 0
    assert await call_backup(db, after=ten, now=tapped + timedelta(minutes=29)) == 0
    assert await call_backup(db, after=ten, now=tapped + timedelta(minutes=30)) == 1
    async with db.read() as session:
        notes = [str(m.content) for m in (await session.exec(select(Message))).all()]
    assert any("nog niets besloten" in note for note in notes)


async def test_an_alert_that_nobody_tapped_goes_to_the_back_up_after_ten_minutes(
    db: Database, now: datetime
) -> None:
    await an_alert(db, now)
    await reach(db, now)
    await with_backup(db, now)
    await ring(db, FeedSettings(), now=now)
    assert await call_backup(db, after=timedelta(minutes=10), now=now + timedelta(minutes=9)) == 0
    assert await call_backup(db, after=timedelta(minutes=10), now=now + timedelta(minutes=10)) == 1


async def test_at_night_an_alert_of_severity_three_waits_and_four_does_not(db: Database) -> None:
    night = datetime(2026, 3, 3, 23, tzinfo=AMSTERDAM).astimezone(UTC)
    morning = datetime(2026, 3, 4, 7, tzinfo=AMSTERDAM).astimezone(UTC)
    event_id = await an_alert(db, night)
    await reach(db, night)
    await with_backup(db, night)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.suggested_severity = 3
        person = (await session.exec(select(Person).where(col(Person.name) == "Coördinator"))).one()
        person.quiet_from, person.quiet_until = time(22), time(7)
        session.add_all([event, person])
    await ring(db, FeedSettings(), now=night)
    (waiting,) = await all_deliveries(db)
    assert (waiting.not_before, waiting.reason) == (morning, "quiet_hours")
    # Who sleeps did not fail to answer.
    ten = timedelta(minutes=10)
    assert await call_backup(db, after=ten, now=night + timedelta(hours=2)) == 0
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.suggested_severity = 4
        session.add(event)
    later = night + timedelta(hours=3)
    await ring(db, FeedSettings(), now=later)
    held, risen = await all_deliveries(db)
    assert held.status is DeliveryStatus.CANCELLED
    assert (risen.not_before, risen.status) == (later, DeliveryStatus.PLANNED)
    assert await call_backup(db, after=ten, now=later + ten) == 1


async def test_an_alert_that_waited_has_its_ten_minutes_from_the_morning_on(db: Database) -> None:
    night = datetime(2026, 3, 3, 23, tzinfo=AMSTERDAM).astimezone(UTC)
    morning = datetime(2026, 3, 4, 7, tzinfo=AMSTERDAM).astimezone(UTC)
    event_id = await an_alert(db, night)
    await reach(db, night)
    await with_backup(db, night)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.suggested_severity = 3
        person = (await session.exec(select(Person).where(col(Person.name) == "Coördinator"))).one()
        person.quiet_from, person.quiet_until = time(22), time(7)
        session.add_all([event, person])
    await ring(db, FeedSettings(), now=night)
    ten = timedelta(minutes=10)
    assert await call_backup(db, after=ten, now=morning + timedelta(minutes=9)) == 0
    assert await call_backup(db, after=ten, now=morning + ten) == 1


@pytest.mark.parametrize(
    ("hour", "minute", "label"),
    [(16, 42, "20.30"), (19, 15, "22.00"), (20, 45, "morgen 06.45"), (23, 30, "06.45")],
)
def test_the_deadline_that_is_proposed_can_still_be_met(hour: int, minute: int, label: str) -> None:
    now = datetime(2026, 3, 3, hour, minute, tzinfo=UTC)  # one hour later in Arnhem
    proposed = SEND_TIMES[default_deadline(now)]
    assert deadline_label(now, proposed) == label


async def test_the_back_up_is_called_when_the_hour_asked_for_has_passed(
    db: Database, now: datetime
) -> None:
    event_id = await an_alert(db, now)
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)
    until, patience = now + timedelta(hours=2), timedelta(minutes=10)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        await snooze_event(session, event, until, who=WHO, now=now)
    assert await call_backup(db, after=patience, now=until - timedelta(minutes=1)) == 0
    assert await call_backup(db, after=patience, now=until) == 1


async def test_a_late_answer_that_reaches_no_coordinator_is_told_later(
    db: Database, now: datetime
) -> None:
    await an_alert(db, now)
    async with db.begin() as session:
        session.add(
            Signal(
                organisation_id=1, domain=Domain.EDUCATION, received_at=now, district="stad",
                setting=Setting.CLASSROOM, kinds=[SignalKind.RUMOUR.value], severity=2,
                answer_due_at=now,
            )
        )  # fmt: skip
    house: Any = SimpleNamespace(
        db=db,
        sealer=Sealer(Sealer.new_key()),
        config=SimpleNamespace(signals=SignalSettings()),
        pump=SimpleNamespace(wake=lambda: None),
    )

    async def told_at(moment: datetime) -> datetime | None:
        await remind(house, moment)
        async with db.read() as session:
            return (await session.exec(select(Signal))).one().overdue_told_at

    later = now + timedelta(hours=1)
    assert await told_at(later) is None
    await reach(db, later)
    assert await told_at(later) == later


async def test_news_does_not_write_over_a_question_that_is_being_answered(
    db: Database, now: datetime
) -> None:
    event_id = await an_alert(db, now)
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)

    async def newest_edit() -> str:
        async with db.read() as session:
            found = await session.exec(select(Message).order_by(col(Message.id).desc()).limit(1))
            return str(found.one().content["telegram"]["text"])

    async def another_report(at: datetime) -> None:
        async with db.begin() as session:
            (await session.get_one(Event, event_id)).item_count += 1
        await ring(db, FeedSettings(), now=at)

    await another_report(now)
    assert "Mogelijk ingrijpende" in await newest_edit()
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        form = TelegramForm(text="1/4 Ernst?", buttons=[[Button("3", f"q2:{event_id}:3")]])
        await edit_sent(session, event.alert_delivery_id or 0, Content(telegram=form), now=now)
    await another_report(now + timedelta(minutes=9))
    assert await newest_edit() == "1/4 Ernst?"
    await another_report(now + timedelta(minutes=11))
    assert "Mogelijk ingrijpende" in await newest_edit()
