"""What is past its time is gone, whatever day the rounds run, and the journal says how much."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from bot.database import empty_log, open_database
from bot.rows import IncomingMail
from bot.tidying import forget_what_is_over
from contacts.calling import CallItem, CallReason, CallStatus
from contacts.directory import ChannelKind, Domain, Organisation, Person
from contacts.journal import JournalEntry, Who
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.people import mark_left
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus, Origin
from signals.counting import ALL
from signals.quarters import week_of
from signals.retention import wipe_text
from signals.rows import Signal, SignalCount, SignalKind
from signals.settings import SignalSettings
from tests.forgetting_world import DAY, NOW, PLANTED, SEALER, Story, the_signal

stories = st.builds(
    Story,
    told=st.integers(0, 40),
    closed_after=st.none() | st.integers(0, 60),
    organisation=st.integers(1, 3),
    kinds=st.integers(1, 3),
)


@asynccontextmanager
async def a_store() -> AsyncIterator[tuple[Database, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "schakel.sqlite3"
        db = open_database(f"sqlite+aiosqlite:///{file}")
        async with db.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        try:
            yield db, file
        finally:
            await db.close()


@settings(max_examples=12)
@given(st.lists(stories, max_size=6), st.lists(st.integers(0, 260), min_size=1, max_size=6))
def test_no_text_outlives_its_time_and_no_signal_is_lost_from_the_counts(
    told: list[Story], rounds: list[int]
) -> None:
    asyncio.run(_walk(told, sorted(rounds)))


async def _walk(told: list[Story], rounds: list[int]) -> None:
    async with a_store() as (db, _):
        async with db.begin() as session:
            session.add_all([the_signal(story) for story in told])
        for day in rounds:
            now = NOW + day * DAY
            async with db.begin() as session:
                await forget_what_is_over(session, SignalSettings(), now=now)
            async with db.read() as session:
                left = (await session.exec(select(Signal))).all()
                counted = await session.exec(
                    select(func.coalesce(func.sum(SignalCount.signals), 0)).where(
                        col(SignalCount.dimension) == ALL
                    )
                )
                assert len(left) + int(counted.one()) == len(told)
            for signal in left:
                _is_not_kept_too_long(signal, now)


def _is_not_kept_too_long(signal: Signal, now: datetime) -> None:
    closed = signal.closed_at
    if (closed and now - closed >= 30 * DAY) or now - signal.received_at >= 90 * DAY:
        assert (signal.note_sealed, signal.outcome_text) == (None, None)
    else:
        assert signal.note_sealed is not None
    if closed and now - closed >= 30 * DAY:
        assert signal.reply_handle is None
    if closed is not None and closed <= now:
        # Within a week after the ninetieth day the whole week is counts.
        assert now - signal.received_at < 98 * DAY


async def test_a_week_of_signals_becomes_counts_of_organisations_and_says_nothing_crossed(
    db: Database,
) -> None:
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    async with db.begin() as session:
        for day, organisation in ((0, 1), (1, 1), (2, 2), (7, 1)):
            signal = the_signal(Story(0, 1, organisation, 2))
            signal.received_at = monday + day * DAY
            session.add(signal)
        await session.flush()
        edge = monday + 97 * DAY
        await forget_what_is_over(session, SignalSettings(), now=edge - DAY)
        assert (await session.exec(select(SignalCount))).all() == []
        await forget_what_is_over(session, SignalSettings(), now=edge)
        rows = (await session.exec(select(SignalCount))).all()
        left = (await session.exec(select(Signal))).all()
        entries = (await session.exec(select(JournalEntry))).all()
    cells = {(row.dimension, row.value): (row.signals, row.organisations) for row in rows}
    assert cells["alle", ""] == (3, 2)
    assert cells["soort", SignalKind.FEAR.value] == (3, 2)
    assert cells["uitkomst", "D"] == (3, 2)
    assert {row.week for row in rows} == {week_of(monday)}
    assert not {"organisation_id", "setting"} & set(SignalCount.model_fields)
    assert [signal.received_at for signal in left] == [monday + 7 * DAY]
    assert [e.detail for e in entries if e.action == "signals_folded"] == [{"count": 3}]


async def test_signals_of_an_event_that_runs_wait_for_its_closing_text(db: Database) -> None:
    async with db.begin() as session:
        event = Event(
            title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=NOW,
            status=EventStatus.CONFIRMED,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        signal = the_signal(Story(0, 1, 1, 1))
        signal.event_id = event.id
        session.add(signal)
        kept = []
        for day in (120, 190):
            await forget_what_is_over(session, SignalSettings(), now=NOW + day * DAY)
            kept.append(len((await session.exec(select(Signal))).all()))
    assert kept == [1, 0]


async def test_a_wiped_text_is_in_no_file_of_the_store_any_more() -> None:
    sealed = SEALER.seal(PLANTED)
    async with a_store() as (db, file):
        async with db.begin() as session:
            signal = the_signal(Story(0, None, 1, 1))
            signal.note_sealed = sealed
            session.add(signal)
        assert _stands(file, sealed)
        async with db.begin() as session:
            [signal] = (await session.exec(select(Signal))).all()
            assert await wipe_text(session, signal, who=Who("person", 1), now=NOW)
            assert not await wipe_text(session, signal, who=Who("person", 1), now=NOW)
        assert _stands(file, sealed)  # in SQLite's log, until it is emptied
        await empty_log(db)
        assert not _stands(file, sealed)
        async with db.read() as session:
            [entry] = (await session.exec(select(JournalEntry))).all()
            [signal] = (await session.exec(select(Signal))).all()
    assert (entry.action, entry.actor, entry.detail) == ("note_wiped", "person:1", {})
    assert (signal.kinds, signal.note_wiped_at) == ([SignalKind.FEAR.value], NOW)


def _stands(file: Path, text: str) -> bool:
    return any(text.encode() in one.read_bytes() for one in file.parent.iterdir())


async def said(db: Database, kind: MessageKind, status: DeliveryStatus) -> int:
    async with db.begin() as session:
        to = [Recipient(ChannelKind.EMAIL, f"{kind}@school.example", 5, 3)]
        [delivery] = await post(
            session, kind=kind, content=Content(telegram=TelegramForm(PLANTED)), to=to, now=NOW
        )
        delivery.status, delivery.external_id = status, "x"
        return delivery.id or 0


async def test_who_got_what_is_forgotten_after_half_a_year_and_the_briefing_stays(
    db: Database,
) -> None:
    briefing = await said(db, MessageKind.BRIEFING, DeliveryStatus.SENT)
    await said(db, MessageKind.NOTICE, DeliveryStatus.UNKNOWN)
    answer = await said(db, MessageKind.FEEDBACK, DeliveryStatus.PLANNED)
    async with db.begin() as session:
        await forget_what_is_over(session, SignalSettings(), now=NOW + 182 * DAY)
        kept = await session.get_one(Delivery, briefing)
        assert (kept.person_id, kept.address) == (5, "briefing@school.example")
        await forget_what_is_over(session, SignalSettings(), now=NOW + 183 * DAY)
        rows = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all()
        for row in rows:
            await session.refresh(row)
        words = {
            message.kind: PLANTED in str(message.content)
            for message in (await session.exec(select(Message))).all()
        }
    assert {(row.person_id, row.external_id) for row in rows} == {(None, None)}
    assert [row.address for row in rows] == [f"wiped:{row.id}" for row in rows]
    assert {row.organisation_id for row in rows} == {3}
    assert next(row for row in rows if row.id == answer).status is DeliveryStatus.CANCELLED
    assert words[MessageKind.BRIEFING]
    assert not words[MessageKind.NOTICE]


async def test_who_left_is_a_number_without_a_name_a_month_later(db: Database) -> None:
    async with db.begin() as session:
        school = Organisation(name="School", domain=Domain.EDUCATION, created_at=NOW)
        session.add(school)
        await session.flush()
        person = Person(
            organisation_id=school.id or 0, name=PLANTED, phone="06", created_at=NOW,
            audiences=["ouders"],
        )  # fmt: skip
        session.add(person)
        await session.flush()
        session.add(
            CallItem(
                organisation_id=school.id or 0, person_id=person.id or 0, why=CallReason.NO_CHANNEL,
                status=CallStatus.CALLED, added_at=NOW,
            )
        )  # fmt: skip
        await mark_left(session, person, who=Who("cli"), now=NOW)
        for day, erased in ((29, False), (30, True), (31, True)):
            await forget_what_is_over(session, SignalSettings(), now=NOW + day * DAY)
            await session.refresh(person)
            assert (person.name != PLANTED) is erased
        assert (person.name, person.phone, person.audiences) == ("Verwijderd contact", None, [])
        assert (await session.exec(select(CallItem))).all() == []
        entries = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "person_erased")
        )
        assert len(entries.all()) == 1


async def test_numbers_of_handled_mail_go_and_the_journal_says_how_many(db: Database) -> None:
    async with db.begin() as session:
        session.add(IncomingMail(message_id="<1@x>", kind="reply", received_at=NOW))
        await session.flush()
        await forget_what_is_over(session, SignalSettings(), now=NOW + 91 * DAY)
        assert (await session.exec(select(IncomingMail))).all() == []
        [entry] = (await session.exec(select(JournalEntry))).all()
    assert (entry.action, entry.detail) == ("incoming_dropped", {"count": 1})
