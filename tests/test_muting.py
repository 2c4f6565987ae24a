"""A muted subject rings only when it gets heavier, its sisters too; another subject rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from contacts.directory import Role
from contacts.permissions import Actor
from contacts.records import Database, IllegalMove
from feeds.alerting import due_alerts
from feeds.events import confirm_event, dismiss_event, snooze_event
from feeds.muting import MUTED_FOR, Silence, holds, is_about, mute_subject
from feeds.rows import DismissReason, Event, Item, LeadAgency, Mute, Origin, Source
from feeds.settings import FeedSettings
from feeds.standing import Trust
from feeds.subjects import Subject

WHO = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False).who
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def about(*keys: str, is_dutch: bool = True) -> Subject:
    return Subject(frozenset(), frozenset(keys), is_dutch=is_dutch)


async def an_event(
    db: Database, title: str, *, severity: int = 3, place: str | None = None,
    kind: str = "E09", at: datetime = NOW, proximity: str = "P1",
) -> int:  # fmt: skip
    async with db.begin() as session:
        source = (await session.exec(select(Source))).first() or Source(
            key="omroep", name="Omroep", url="https://omroep.example/rss",
            trust=Trust.REGIONAL, next_poll_at=at,
        )  # fmt: skip
        event = Event(
            title=title, type=kind, origin=Origin.FEED, suggested_severity=severity,
            detected_at=at, item_count=1, proximity=proximity,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        assert event.id is not None
        session.add(
            Item(
                source_id=source.id, guid=title, title=title, link="https://omroep.example/1",
                event_id=event.id, severity=severity, published_at=at, first_seen_at=at,
                polled_at=at, content_hash="1", types=[kind], place=place, proximity=proximity,
            )
        )  # fmt: skip
        return event.id


async def due(db: Database, now: datetime) -> list[int | None]:
    async with db.read() as session:
        return [event.id for event in await due_alerts(session, FeedSettings(), now=now)]


async def mute(db: Database, event_id: int) -> None:
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.alerted_at, event.alerted_severity = NOW, event.suggested_severity
        await mute_subject(session, event, who=WHO, now=NOW)


async def rise(db: Database, event_id: int, severity: int) -> None:
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.suggested_severity = severity
        item = (await session.exec(select(Item).where(Item.event_id == event_id))).one()
        item.severity = severity
        session.add_all([event, item])


async def test_a_sister_event_stays_silent_and_rings_when_it_is_heavier(db: Database) -> None:
    first = await an_event(db, "Boze menigte bij opvang Coehoorn in Arnhem", place="Arnhem")
    await mute(db, first)
    sister = await an_event(
        db, "Weer onrust rond Coehoorn in Arnhem", place="Arnhem", at=NOW + HOUR
    )
    assert await due(db, NOW + HOUR) == []
    await rise(db, sister, 4)
    assert await due(db, NOW + HOUR) == [sister]


async def test_the_same_kind_in_the_same_city_is_another_subject(db: Database) -> None:
    first = await an_event(db, "Boze menigte bij opvang Coehoorn in Arnhem", place="Arnhem")
    await mute(db, first)
    other = await an_event(db, "Onrust bij azc Elderhoeve in Arnhem", place="Arnhem", at=NOW + HOUR)
    assert await due(db, NOW + HOUR) == [other]


async def test_the_muted_event_rings_when_it_rises_and_not_when_the_week_is_over(
    db: Database,
) -> None:
    first = await an_event(db, "Boze menigte bij opvang Coehoorn in Arnhem", place="Arnhem")
    await mute(db, first)
    assert await due(db, NOW + MUTED_FOR + HOUR) == []
    await rise(db, first, 4)
    assert await due(db, NOW + HOUR) == [first]


async def test_after_a_week_the_subject_rings_again(db: Database) -> None:
    await mute(db, await an_event(db, "Onrust rond Coehoorn in Arnhem", place="Arnhem"))
    later = NOW + MUTED_FOR + HOUR
    sister = await an_event(db, "Weer onrust rond Coehoorn in Arnhem", place="Arnhem", at=later)
    assert await due(db, later) == [sister]


@pytest.mark.parametrize("how", ["confirmed", "snoozed"])
async def test_who_confirms_or_wants_to_hear_of_it_earlier_ends_the_silence(
    db: Database, how: str
) -> None:
    first = await an_event(db, "Onrust rond Coehoorn in Arnhem", place="Arnhem")
    await mute(db, first)
    async with db.begin() as session:
        event = await session.get_one(Event, first)
        if how == "snoozed":
            await snooze_event(session, event, NOW + 5 * HOUR, who=WHO, now=NOW)
        else:
            await confirm_event(
                session, event, severity=3, lead_agency=LeadAgency.POLICE, send_before=None,
                who=WHO, now=NOW,
            )  # fmt: skip
    sister = await an_event(
        db, "Weer onrust rond Coehoorn in Arnhem", place="Arnhem", at=NOW + HOUR
    )
    assert await due(db, NOW + HOUR) == [sister]


async def test_what_is_decided_cannot_be_muted(db: Database) -> None:
    first = await an_event(db, "Onrust rond Coehoorn in Arnhem")
    async with db.begin() as session:
        event = await session.get_one(Event, first)
        await dismiss_event(session, event, DismissReason.OLD_NEWS, who=WHO, now=NOW)
        with pytest.raises(IllegalMove):
            await mute_subject(session, event, who=WHO, now=NOW)
        assert (await session.exec(select(Mute))).first() is None


def test_what_comes_nearer_is_news_again() -> None:
    told = [about("terreur:gaza", is_dutch=False)]
    assert is_about(about("terreur:gaza", is_dutch=False), told)
    assert not is_about(about("terreur:gaza", is_dutch=True), told)


@given(st.integers(0, 4), st.integers(0, 4), st.lists(st.sampled_from(["a:x", "b:y"]), max_size=6))
def test_heavier_than_muted_is_never_silent_and_half_is_not_most(
    muted: int, severity: int, keys: list[str]
) -> None:
    silence = Silence(1, muted, [about("a:x")])
    found = holds(silence, 2, severity, [about(key) for key in keys])
    if severity > muted:
        assert not found
    else:
        assert found == (keys.count("a:x") * 2 > len(keys))
