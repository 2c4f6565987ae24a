"""What a reporter is promised, and who hears when it is at risk or broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.day_picture import tell_day_pictures
from bot.reminding import remind_of_signals
from contacts.directory import Channel, ChannelKind, Domain, Organisation, Person, Role, RoleGrant
from contacts.local_time import AMSTERDAM
from contacts.outbox import Delivery, Message, MessageKind
from contacts.permissions import Actor
from contacts.records import Database
from contacts.sealing import Sealer, is_sealed
from feeds.rows import Event, EventStatus, Origin
from signals.assessing import Judgement, assess
from signals.phases import Phase
from signals.promises import interim_text, is_urgent, promise
from signals.rows import Setting, Signal, SignalKind, SignalStatus, Step
from signals.settings import SignalSettings
from signals.workdays import working_day_due

SEALER = Sealer(Sealer.new_key())
SETTINGS = SignalSettings()
#: a Tuesday at noon, with no holiday near
TUESDAY = datetime(2026, 3, 3, 12, tzinfo=AMSTERDAM).astimezone(UTC)


def a_signal(**values: Any) -> Signal:
    promised = promise(TUESDAY, SETTINGS, is_urgent=False)
    base: dict[str, Any] = {
        "organisation_id": 1, "domain": Domain.EDUCATION, "received_at": TUESDAY,
        "district": "stad", "setting": Setting.CLASSROOM, "kinds": [SignalKind.RUMOUR.value],
        "severity": 2, "reply_handle": SEALER.seal("telegram:4242"),
        "read_due_at": promised.read_before, "interim_due_at": promised.interim_at,
        "answer_due_at": promised.answer_before,
    }  # fmt: skip
    return Signal(**(base | values))


@pytest.fixture
async def session(db: Database) -> AsyncIterator[AsyncSession]:
    async with db.begin() as opened:
        yield opened


def chat_text(message: Message) -> str:
    text = str(message.content["telegram"]["text"])
    return SEALER.unseal(text) if is_sealed(text) else text


async def add(session: AsyncSession, *rows: Any) -> None:
    session.add_all(rows)
    await session.flush()


async def staff(session: AsyncSession, *roles: Role) -> dict[Role, str]:
    """One person per role, each with a chat; the chats by role."""
    office = Organisation(name="Gemeente", domain=Domain.MUNICIPALITY, created_at=TUESDAY)
    await add(session, office)
    for number, role in enumerate(roles, start=100):
        person = Person(organisation_id=office.id or 0, name=role.value, created_at=TUESDAY)
        await add(session, person)
        await add(
            session,
            RoleGrant(person_id=person.id or 0, role=role, granted_at=TUESDAY),
            Channel(
                person_id=person.id or 0, kind=ChannelKind.TELEGRAM, address=str(number),
                created_at=TUESDAY,
            ),
        )  # fmt: skip
    return {role: str(number) for number, role in enumerate(roles, start=100)}


async def sweep(session: AsyncSession, at: datetime) -> list[tuple[str, str]]:
    """(address, text) of what this sweep plans; answers to reporters as ``reporter``."""
    before = len((await session.exec(select(Delivery.id))).all())
    await remind_of_signals(session, SETTINGS, sealer=SEALER, now=at)
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .order_by(col(Delivery.id))
    )
    return [
        ("reporter" if is_sealed(delivery.address) else delivery.address,
         chat_text(message))
        for delivery, message in found.all()[before:]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "severity", "urgent"),
    [
        (EventStatus.CONFIRMED, 3, True),
        (EventStatus.REOPENED, 4, True),
        (EventStatus.CONFIRMED, 2, False),
        (EventStatus.CLOSED, 4, False),
        (EventStatus.DETECTED, 4, False),
    ],
)
def test_only_a_grave_event_that_runs_makes_answers_quick(
    status: EventStatus, severity: int, urgent: bool
) -> None:
    event = Event(
        title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=TUESDAY,
        status=status, severity=severity,
    )  # fmt: skip
    assert is_urgent(event) is urgent
    assert is_urgent(None) is False


def test_in_calm_times_an_answer_takes_five_working_days_with_a_word_after_two() -> None:
    calm = promise(TUESDAY, SETTINGS, is_urgent=False)
    assert calm.interim_at == working_day_due(TUESDAY, 2)
    assert calm.answer_before == working_day_due(TUESDAY, 5)
    urgent = promise(TUESDAY, SETTINGS, is_urgent=True)
    assert (urgent.interim_at, urgent.answer_before) == (None, working_day_due(TUESDAY, 2))


@given(st.integers(0, 3 * 365 * 24), st.booleans())
def test_moments_of_a_promise_come_in_order(hours: int, urgent: bool) -> None:
    now = TUESDAY + timedelta(hours=hours)
    one = promise(now, SETTINGS, is_urgent=urgent)
    assert now < one.read_before
    assert one.interim_at is None or now < one.interim_at < one.answer_before
    assert one.answer_before > now


async def test_a_word_in_between_goes_once_and_names_the_day(session: AsyncSession) -> None:
    await staff(session, Role.COORDINATOR)
    await add(session, a_signal(read_at=TUESDAY))
    due = working_day_due(TUESDAY, 2)
    assert await sweep(session, due - timedelta(minutes=1)) == []
    [(to, text)] = await sweep(session, due)
    assert to == "reporter"
    assert "uiterlijk dinsdag 10-3, 17.00 uur een antwoord" in text
    assert await sweep(session, due + timedelta(hours=1)) == []


async def test_a_signal_that_wants_no_answer_gets_no_word_in_between(session: AsyncSession) -> None:
    await add(session, a_signal(wants_feedback=False, reply_handle=None, read_at=TUESDAY))
    assert await sweep(session, working_day_due(TUESDAY, 3)) == []


@pytest.mark.parametrize(("organisations", "counted"), [(1, False), (2, False), (3, True)])
def test_the_word_in_between_counts_organisations_only_when_many(
    organisations: int, counted: bool
) -> None:
    text = interim_text(a_signal(), organisations)
    assert (f"{organisations} organisaties" in text) is counted


async def test_unread_signals_reach_coordinator_and_duider_at_the_promised_hour(
    session: AsyncSession,
) -> None:
    chats = await staff(session, Role.COORDINATOR, Role.INTERPRETER, Role.APPROVER)
    signal = a_signal()
    await add(session, signal, a_signal(read_at=TUESDAY))
    assert signal.read_due_at is not None
    assert await sweep(session, signal.read_due_at - timedelta(minutes=1)) == []
    told = await sweep(session, signal.read_due_at)
    assert {to for to, _ in told} == {chats[Role.COORDINATOR], chats[Role.INTERPRETER]}
    assert all("1 nieuw signaal is nog niet gelezen" in text for _, text in told)
    assert await sweep(session, signal.read_due_at + timedelta(hours=1)) == []


async def test_a_late_answer_reaches_the_coordinator_and_a_working_day_later_the_back_up(
    session: AsyncSession,
) -> None:
    chats = await staff(session, Role.COORDINATOR, Role.APPROVER)
    signal = a_signal(read_at=TUESDAY, interim_sent_at=TUESDAY)
    await add(session, signal)
    late = signal.answer_due_at + timedelta(minutes=1)
    first = await sweep(session, late)
    assert [to for to, _ in first] == [chats[Role.COORDINATOR], "reporter"]
    assert await sweep(session, working_day_due(late, 1) - timedelta(minutes=1)) == []
    [(to, text)] = await sweep(session, working_day_due(late, 1))
    assert to == chats[Role.APPROVER]
    assert "Aan de goedkeurders:" in text
    assert await sweep(session, working_day_due(late, 5)) == []


async def test_a_signal_without_wish_for_an_answer_still_reaches_somebody_when_late(
    session: AsyncSession,
) -> None:
    chats = await staff(session, Role.COORDINATOR)
    await add(session, a_signal(wants_feedback=False, reply_handle=None, read_at=TUESDAY))
    [(to, _)] = await sweep(session, working_day_due(TUESDAY, 6))
    assert to == chats[Role.COORDINATOR]


async def test_what_nobody_could_be_told_of_comes_again(session: AsyncSession) -> None:
    signal = a_signal(status=SignalStatus.IN_DUIDING, reply_handle=None)
    await add(session, signal)
    await sweep(session, working_day_due(TUESDAY, 6))
    assert signal.overdue_told_at is None
    chats = await staff(session, Role.COORDINATOR)
    assert [to for to, _ in await sweep(session, working_day_due(TUESDAY, 7))] == [
        chats[Role.COORDINATOR]
    ]


async def test_an_exercise_tells_only_its_own_people(session: AsyncSession) -> None:
    await staff(session, Role.COORDINATOR, Role.APPROVER)
    await add(session, a_signal(is_exercise=True, reply_handle=None))
    assert await sweep(session, working_day_due(TUESDAY, 9)) == []


async def test_reminders_are_notices_without_contents(session: AsyncSession) -> None:
    await staff(session, Role.COORDINATOR)
    await add(session, a_signal(note_sealed=SEALER.seal("De groep is onrustig.")))
    await sweep(session, working_day_due(TUESDAY, 9))
    found = (await session.exec(select(Message))).all()
    assert MessageKind.NOTICE in {message.kind for message in found}
    assert "onrustig" not in repr([message.content for message in found])


async def test_a_rise_is_told_once_per_step_to_who_may_read_signals(session: AsyncSession) -> None:
    chats = await staff(session, Role.COORDINATOR, Role.INTERPRETER, Role.APPROVER)
    for number, domain in enumerate((Domain.EDUCATION, Domain.CIVIL)):
        await add(session, a_signal(organisation_id=number, domain=domain, read_at=TUESDAY))
    told = await sweep(session, TUESDAY)
    assert {to for to, _ in told} == {chats[Role.COORDINATOR], chats[Role.INTERPRETER]}
    assert all("fase 1 sluimerend" in text for _, text in told)
    assert await sweep(session, TUESDAY + timedelta(hours=1)) == []
    for number in (5, 6):
        await add(session, a_signal(organisation_id=number, severity=4, read_at=TUESDAY))
    higher = await sweep(session, TUESDAY + timedelta(hours=2))
    assert all("fase 4 onrust" in text for _, text in higher)
    assert len(higher) == 2


async def test_what_a_person_decided_is_not_proposed_again(session: AsyncSession) -> None:
    await staff(session, Role.COORDINATOR)
    for number, domain in enumerate((Domain.EDUCATION, Domain.CIVIL)):
        await add(session, a_signal(organisation_id=number, domain=domain, read_at=TUESDAY))
    actor = Actor(1, 1, frozenset({Role.INTERPRETER}), is_exercise=False)
    judgement = Judgement(Phase.SIMMERING, Step.WATCH, ("Losse vragen op een paar plekken.",))
    await assess(session, None, judgement, SETTINGS.phases, actor=actor, now=TUESDAY)
    assert await sweep(session, TUESDAY) == []


async def test_the_day_picture_comes_once_a_day_while_a_grave_event_runs(
    session: AsyncSession,
) -> None:
    chats = await staff(session, Role.COORDINATOR, Role.INTERPRETER, Role.APPROVER)
    event = Event(
        title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=TUESDAY,
        status=EventStatus.CONFIRMED, severity=4,
    )  # fmt: skip
    await add(session, event)
    await add(session, a_signal(event_id=event.id, read_at=TUESDAY))
    half_past_four = TUESDAY + timedelta(hours=4, minutes=30)
    assert (
        await tell_day_pictures(session, SETTINGS, now=half_past_four - timedelta(minutes=1)) == 0
    )
    assert await tell_day_pictures(session, SETTINGS, now=half_past_four) == 1
    assert await tell_day_pictures(session, SETTINGS, now=half_past_four + timedelta(hours=1)) == 0
    assert await tell_day_pictures(session, SETTINGS, now=half_past_four + timedelta(days=1)) == 1
    late = half_past_four + timedelta(days=1, hours=3)
    await add(session, Event(
        title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=late,
        status=EventStatus.CONFIRMED, severity=4,
    ))  # fmt: skip
    # What begins in the evening has its first picture the next afternoon.
    assert await tell_day_pictures(session, SETTINGS, now=late + timedelta(hours=1)) == 0
    told = (await session.exec(select(Delivery.address))).all()
    assert set(told) == {chats[Role.COORDINATOR], chats[Role.INTERPRETER]}
    event.status = EventStatus.CLOSED
    assert await tell_day_pictures(session, SETTINGS, now=half_past_four + timedelta(days=2)) == 1
