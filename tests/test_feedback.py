"""The word back: working days, closing, overdue promises, retention, the summary."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind, Domain
from contacts.journal import JournalEntry, Who
from contacts.local_time import AMSTERDAM
from contacts.outbox import Content, Delivery, DeliveryStatus, Message
from contacts.records import Database
from contacts.sealed_words import open_words
from contacts.sealing import Sealer, is_sealed
from feeds.rows import Event, EventStatus, Origin
from signals.feedback import (
    CloseRefused,
    close_signal,
    open_signals,
    outcome_sentence,
    summarise,
    told_and_done,
)
from signals.retention import wipe_notes
from signals.rows import (
    OutcomeCode,
    Reliability,
    Setting,
    Signal,
    SignalKind,
    SignalReading,
    SignalStatus,
)
from signals.settings import SignalSettings
from signals.workdays import is_working_day, reading_due, working_day_due

SEALER = Sealer(Sealer.new_key())
WHO = Who("person", 1)


def local(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def a_signal(now: datetime, **values: object) -> Signal:
    base: dict[str, object] = {
        "organisation_id": 3,
        "domain": Domain.EDUCATION,
        "received_at": now,
        "district": "stad",
        "setting": Setting.CLASSROOM,
        "kinds": [SignalKind.RUMOUR.value],
        "severity": 2,
        "note_sealed": SEALER.seal("De groep is onrustig."),
        "answer_due_at": now + timedelta(days=2),
        "reply_handle": SEALER.seal("telegram:4242"),
    }
    return Signal(**(base | values))


@pytest.fixture
async def session(db: Database) -> AsyncIterator[AsyncSession]:
    async with db.begin() as opened:
        yield opened


async def add(session: AsyncSession, *rows: Signal | Event) -> None:
    session.add_all(rows)
    await session.flush()


async def close(
    session: AsyncSession, signal: Signal, now: datetime, sentence: str = "Wij spraken de school."
) -> list[Delivery] | CloseRefused:
    assert signal.id is not None
    return await close_signal(
        session, signal.id, OutcomeCode.A, sentence, who=WHO, sealer=SEALER, now=now
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (local(2026, 3, 3, 17, 42), local(2026, 3, 5, 17)),  # Tuesday to Thursday
        (local(2026, 3, 6, 9), local(2026, 3, 10, 17)),  # over a weekend
        (local(2026, 3, 7, 9), local(2026, 3, 10, 17)),  # Saturday counts from Monday
        (local(2026, 4, 2, 9), local(2026, 4, 7, 17)),  # Good Friday counts, Easter Monday not
        (local(2026, 5, 13, 9), local(2026, 5, 18, 17)),  # Ascension Day
        (local(2026, 12, 24, 9), local(2026, 12, 29, 17)),  # Christmas
        (local(2026, 3, 27, 9), local(2026, 3, 31, 17)),  # the clock goes forward in between
    ],
)
def test_two_working_days_skip_weekends_and_holidays(received: datetime, due: datetime) -> None:
    assert working_day_due(received, 2) == due


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(date(2024, 4, 1), False), (date(2025, 4, 21), False), (date(2038, 4, 26), False),
     (date(2026, 4, 3), True), (date(2026, 5, 5), False), (date(2027, 5, 5), False),
     (date(2026, 12, 24), True), (date(2026, 12, 25), False)],
)  # fmt: skip
def test_the_town_hall_is_closed_on_its_own_holidays_only(day: date, is_open: bool) -> None:
    assert is_working_day(day) is is_open


def test_kings_day_on_a_sunday_is_kept_the_day_before() -> None:
    assert date(2025, 4, 27).weekday() == 6
    assert is_working_day(date(2025, 4, 28))


@given(
    st.integers(0, 10 * 365 * 24).map(lambda h: local(2024, 1, 1) + timedelta(hours=h)),
    st.integers(1, 10),
)
def test_a_promise_falls_on_a_working_day_at_five(now: datetime, days: int) -> None:
    due = working_day_due(now, days).astimezone(AMSTERDAM)
    assert is_working_day(due.date())
    assert (due.hour, due.minute) == (17, 0)
    assert due > now + timedelta(days=days - 1)


@pytest.mark.parametrize(
    ("received", "read"),
    [
        (local(2026, 3, 4, 8, 57), local(2026, 3, 4, 11)),
        (local(2026, 3, 4, 9, 0), local(2026, 3, 4, 11)),
        (local(2026, 3, 4, 21, 30), local(2026, 3, 5, 9)),
        (local(2026, 3, 4, 3, 0), local(2026, 3, 4, 9)),
    ],
)
def test_reading_is_promised_in_whole_hours_and_not_at_night(
    received: datetime, read: datetime
) -> None:
    assert reading_due(received, 2) == read


async def test_closing_reaches_the_reporter_through_the_sealed_handle(
    session: AsyncSession, now: datetime
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    result = await close(session, signal, now)
    assert isinstance(result, list)
    [delivery] = result
    assert delivery.person_id is None
    assert delivery.kind is ChannelKind.TELEGRAM
    assert is_sealed(delivery.address)
    assert SEALER.unseal(delivery.address) == "telegram:4242"
    assert (signal.status, signal.outcome_code) == (SignalStatus.CLOSED, OutcomeCode.A)


async def test_the_answer_has_the_sentence_escaped_in_both_forms(
    session: AsyncSession, now: datetime
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    result = await close(session, signal, now, "Wij spraken <samen> de school.")
    assert isinstance(result, list)
    message = await session.get_one(Message, result[0].message_id)
    assert "school" not in str(message.content)
    content = open_words(Content.from_json(message.content), SEALER)
    assert content.telegram is not None
    assert content.email is not None
    assert "Wij spraken &lt;samen&gt; de school." in content.telegram.text
    assert "Wij spraken <samen> de school." in content.email.text
    assert [b.data for row in content.telegram.buttons for b in row] == ["useful:A", "notuseful:A"]


async def test_the_journal_holds_the_code_and_not_the_sentence(
    session: AsyncSession, now: datetime
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    await close(session, signal, now)
    entries = (await session.exec(select(JournalEntry))).all()
    closed = [entry for entry in entries if entry.action == "signal_closed"]
    assert [entry.detail for entry in closed] == [{"from": "new", "to": "closed", "code": "A"}]
    assert all("school" not in str(entry.detail) for entry in entries)


async def test_closing_twice_sends_one_answer(session: AsyncSession, now: datetime) -> None:
    signal = a_signal(now)
    await add(session, signal)
    await close(session, signal, now)
    assert await close(session, signal, now) == CloseRefused("closed")
    assert len((await session.exec(select(Delivery))).all()) == 1


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [("  ", "empty"), ("a" * 301, "long"), ("Wij spraken Soufiane Benali.", "person")],
)
async def test_a_sentence_that_cannot_go_is_refused(
    session: AsyncSession, now: datetime, sentence: str, reason: str
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    assert await close(session, signal, now, sentence) == CloseRefused(reason)
    assert signal.status is SignalStatus.NEW


async def test_a_link_may_stand_in_an_answer(session: AsyncSession, now: datetime) -> None:
    signal = a_signal(now)
    await add(session, signal)
    assert isinstance(await close(session, signal, now, "Zie www.arnhem.nl/veilig"), list)


async def test_who_wanted_no_answer_gets_none(session: AsyncSession, now: datetime) -> None:
    signal = a_signal(now, reply_handle=None, wants_feedback=False)
    await add(session, signal)
    assert await close(session, signal, now) == []
    assert signal.status is SignalStatus.CLOSED


async def test_open_signals_keep_exercise_and_real_apart(
    session: AsyncSession, now: datetime
) -> None:
    late, soon = a_signal(now), a_signal(now, answer_due_at=now)
    await add(session, late, soon, a_signal(now, is_exercise=True))
    found = await open_signals(session, is_exercise=False)
    assert [signal.id for signal in found] == [soon.id, late.id]


async def test_twelve_signals_of_one_school_count_as_one_organisation(now: datetime) -> None:
    summary = summarise([a_signal(now) for _ in range(12)])
    assert (summary.signals, summary.organisations) == (12, 1)
    assert summary.organisations_shown == "1-2"


async def test_told_and_done_counts_and_quotes_nobody(session: AsyncSession, now: datetime) -> None:
    signals = [
        a_signal(now, event_id=5, organisation_id=n, kinds=["geruchten", "angst_zorg"][: 1 + n % 2])
        for n in range(1, 5)
    ]
    await add(session, *signals)
    await close(session, signals[0], now, "Dit was het antwoord aan een school.")
    summary = await told_and_done(session, 5)
    assert (summary.organisations_shown, summary.still_open) == ("4", 3)
    assert summary.told == ("geruchten", "angst, zorg")
    assert summary.done == ("Wij deden iets met signalen. Wie een antwoord wilde, hoorde wat.",)
    assert "antwoord aan een school" not in repr(summary)


async def test_the_texts_of_a_signal_are_wiped_thirty_days_after_its_own_close(
    session: AsyncSession, now: datetime
) -> None:
    day, settings = timedelta(days=1), SignalSettings()
    event = Event(
        title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=now,
        status=EventStatus.CLOSED, closed_at=now,
    )  # fmt: skip
    await add(session, event)
    signal = a_signal(now, event_id=event.id, action_sealed=SEALER.seal("Jongerenwerk gaat mee."))
    await add(session, signal)
    reading = SignalReading(
        signal_id=signal.id or 0, person_id=1, domain=Domain.CIVIL, reliability=Reliability.OWN,
        severity=2, text_sealed=SEALER.seal("Vooral na de les."), made_at=now,
    )  # fmt: skip
    session.add(reading)
    await close(session, signal, now + 4 * day)
    assert outcome_sentence(signal, SEALER) == "Wij spraken de school."
    assert await wipe_notes(session, settings, now=now + 33 * day) == 0
    assert await wipe_notes(session, settings, now=now + 34 * day) == 1
    assert await wipe_notes(session, settings, now=now + 35 * day) == 0
    for row in (signal, reading):
        await session.refresh(row)
    assert (signal.note_sealed, signal.action_sealed, signal.outcome_text) == (None, None, None)
    assert reading.text_sealed is None
    assert signal.note_wiped_at == now + 34 * day
    assert (signal.kinds, signal.outcome_code) == (["geruchten"], OutcomeCode.A)
    assert outcome_sentence(signal, SEALER) == ""


async def test_no_note_is_kept_longer_than_ninety_days(
    session: AsyncSession, now: datetime
) -> None:
    await add(session, a_signal(now, event_id=99), a_signal(now))
    assert await wipe_notes(session, SignalSettings(), now=now + timedelta(days=89)) == 0
    assert await wipe_notes(session, SignalSettings(), now=now + timedelta(days=90)) == 2


async def test_the_way_back_is_wiped_thirty_days_after_the_answer(
    session: AsyncSession, now: datetime
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    result = await close(session, signal, now)
    assert isinstance(result, list)
    result[0].status, result[0].done_at = DeliveryStatus.SENT, now
    await session.flush()
    await wipe_notes(session, SignalSettings(), now=now + timedelta(days=30))
    await session.refresh(signal)
    await session.refresh(result[0])
    assert signal.reply_handle is None
    assert result[0].address == f"wiped:{result[0].id}"


@pytest.mark.parametrize("status", [DeliveryStatus.UNKNOWN, DeliveryStatus.PLANNED])
async def test_the_way_back_in_an_answer_that_never_arrived_is_wiped_too(
    session: AsyncSession, now: datetime, status: DeliveryStatus
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    result = await close(session, signal, now)
    assert isinstance(result, list)
    result[0].status = status
    await session.flush()
    for days, sealed in ((29, True), (30, False)):
        await wipe_notes(session, SignalSettings(), now=now + timedelta(days=days))
        await session.refresh(result[0])
        assert is_sealed(result[0].address) is sealed
    # What cannot be addressed any more does not wait to be sent.
    assert result[0].status is not DeliveryStatus.PLANNED


async def test_the_way_back_of_a_signal_that_nobody_answers_is_kept_half_a_year(
    session: AsyncSession, now: datetime
) -> None:
    signal = a_signal(now)
    await add(session, signal)
    for days, kept in ((179, True), (180, False)):
        await wipe_notes(session, SignalSettings(), now=now + timedelta(days=days))
        await session.refresh(signal)
        assert (signal.reply_handle is not None) is kept
