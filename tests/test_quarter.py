"""A quarter of signals with a moving clock: every one ends with an outcome, or on a list that a
person was sent. Forty organisations, three hundred signals, holidays, lost reporters, absence.

    pytest -s tests/test_quarter.py     prints the table of docs/privacy.md
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.reminding import remind_of_signals
from contacts.claiming import open_address
from contacts.directory import Channel, ChannelKind, Domain, Organisation, Person, Role, RoleGrant
from contacts.failures import tell_failures
from contacts.journal import Who
from contacts.local_time import AMSTERDAM
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind
from contacts.outcomes import Result, record
from contacts.people import close_channel
from contacts.records import Database
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient
from contacts.settings import SendingSettings
from contacts.transport import Refused, Sent
from feeds.rows import Event, EventStatus, Origin
from signals.feedback import close_signal
from signals.promises import note_look
from signals.rows import OutcomeCode, Setting, Signal, SignalKind, SignalStatus
from signals.settings import SignalSettings
from signals.telling import Draft, Told, tell
from signals.workdays import is_working_day, working_day_due
from tests.stores import is_postgresql

DOCS = Path(__file__).parents[1] / "docs" / "privacy.md"
SEALER = Sealer(Sealer.new_key())
SETTINGS = SignalSettings()
WHO = Who("person", 1)
#: Easter, King's Day, 5 May, Ascension Day and Whit Monday fall in it
BEGIN = datetime(2026, 3, 23, 8, tzinfo=AMSTERDAM).astimezone(UTC)
DAYS, ORGANISATIONS, SIGNALS = 91, 40, 300
#: nobody at the desk: the week of 5 May
AWAY = (BEGIN + timedelta(days=40), BEGIN + timedelta(days=47))
#: two reporters whose address stops working in between
LOST = (3, 17)


@dataclass
class Quarter:
    """What happened, counted."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def is_away(self, now: datetime) -> bool:
        return AWAY[0] <= now < AWAY[1]


async def staff(session: AsyncSession) -> None:
    office = Organisation(name="Gemeente", domain=Domain.MUNICIPALITY, created_at=BEGIN)
    session.add(office)
    await session.flush()
    for number, role in enumerate((Role.COORDINATOR, Role.INTERPRETER, Role.APPROVER)):
        person = Person(organisation_id=office.id or 0, name=role.value, created_at=BEGIN)
        session.add(person)
        await session.flush()
        session.add(RoleGrant(person_id=person.id or 0, role=role, granted_at=BEGIN))
        session.add(channel(person, str(900 + number)))


def channel(person: Person, address: str) -> Channel:
    return Channel(
        person_id=person.id or 0, kind=ChannelKind.TELEGRAM, address=address, created_at=BEGIN
    )


async def schools(session: AsyncSession) -> list[Organisation]:
    rows = [
        Organisation(
            name=f"Organisatie {n}", domain=list(Domain)[n % 5], created_at=BEGIN, district="stad"
        )
        for n in range(ORGANISATIONS)
    ]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        person = Person(organisation_id=row.id or 0, name="Lid", created_at=BEGIN)
        session.add(person)
        await session.flush()
        session.add(channel(person, str(10_000 + (row.id or 0))))
    return rows


async def an_event(session: AsyncSession) -> Event:
    """A grave event that runs for the second month."""
    event = Event(
        title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=BEGIN,
        status=EventStatus.DETECTED, severity=4,
    )  # fmt: skip
    session.add(event)
    await session.flush()
    return event


async def a_signal(
    session: AsyncSession, quarter: Quarter, row: Organisation, event: Event, now: datetime
) -> None:
    chance = quarter.chance
    draft = Draft(
        event_id=event.id if chance.random() < 0.5 else None,
        district="stad",
        setting=chance.choice(list(Setting)),
        kinds=(chance.choice(list(SignalKind)),),
        severity=chance.choice((1, 1, 2, 2, 3, 4)),
        wants_feedback=chance.random() < 0.9,
    )
    told = await tell(
        session, draft, organisation_id=row.id or 0, domain=row.domain,
        reply=Recipient(ChannelKind.TELEGRAM, str(10_000 + (row.id or 0)), None, row.id),
        sealer=SEALER, settings=SETTINGS, is_exercise=False, now=now,
    )  # fmt: skip
    assert isinstance(told, Told)


async def work(session: AsyncSession, quarter: Quarter, now: datetime) -> None:
    """The desk reads and answers on working days; some things it never gets to."""
    if quarter.is_away(now) or not is_working_day(now.astimezone(AMSTERDAM).date()):
        return
    found = await session.exec(
        select(Signal).where(col(Signal.status) != SignalStatus.CLOSED).order_by(col(Signal.id))
    )
    for signal in found.all():
        if (signal.id or 0) % 25 == 0:
            continue
        if signal.read_at is None:
            await note_look(session, signal, who=WHO, now=now)
        elif quarter.chance.random() < 0.4:
            await close_signal(
                session, signal.id or 0, quarter.chance.choice(list(OutcomeCode)),
                "Wij bespraken dit met de organisatie.", who=WHO, sealer=SEALER, now=now,
            )  # fmt: skip


async def play(db: Database, quarter: Quarter) -> None:
    async with db.begin() as session:
        await staff(session)
        rows = await schools(session)
        event = await an_event(session)
    moments = sorted(quarter.chance.uniform(0, DAYS - 10) for _ in range(SIGNALS))
    for hour in range(0, (DAYS + 10) * 24, 8):
        now = BEGIN + timedelta(hours=hour)
        async with db.begin() as session:
            event = await session.get_one(Event, event.id)
            runs = 30 <= hour / 24 < 60
            event.status = EventStatus.CONFIRMED if runs else EventStatus.CLOSED
            while moments and moments[0] * 24 <= hour:
                moments.pop(0)
                await a_signal(session, quarter, quarter.chance.choice(rows), event, now)
            if hour == 30 * 24:
                for number in LOST:
                    address = str(10_000 + (rows[number].id or 0))
                    await close_channel(
                        session, ChannelKind.TELEGRAM, address, reason="blocked", now=now
                    )
            await work(session, quarter, now)
            await remind_of_signals(session, SETTINGS, sealer=SEALER, now=now)


async def the_post(db: Database, lost: set[int]) -> list[Delivery]:
    """Every answer leaves; to an address that stopped working none arrives. Those, afterwards."""
    at = BEGIN + timedelta(days=DAYS + 10)
    async with db.begin() as session:
        found = await session.exec(
            select(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(
                col(Message.kind) == MessageKind.FEEDBACK,
                col(Message.created_at) >= BEGIN + timedelta(days=30),
            )
        )
        results = []
        for row in found.all():
            chat = open_address(row.address, row.kind, SEALER) or ""
            row.status = DeliveryStatus.SENDING
            gone = int(chat) - 10_000 in lost
            outcome = Refused("blocked", closes_channel=True) if gone else Sent("1")
            results.append(Result(row.id or 0, chat, outcome, at))
        await session.flush()
        await record(
            session, ChannelKind.TELEGRAM, results, settings=SendingSettings(), sealer=SEALER,
            chance=lambda: 0.5, now=at,
        )  # fmt: skip
        await tell_failures(session, now=at)
    async with db.read() as session:
        found = await session.exec(
            select(Delivery).where(col(Delivery.status) == DeliveryStatus.FAILED)
        )
        return list(found.all())


async def what_the_coordinator_heard_last(db: Database) -> str:
    async with db.read() as session:
        found = await session.exec(
            select(Message)
            .where(col(Message.kind) == MessageKind.NOTICE)
            .order_by(col(Message.id).desc())
        )
        message = found.first()
    return str(message.content) if message is not None else ""


async def test_after_a_quarter_every_signal_was_answered_or_told_to_somebody(db: Database) -> None:
    quarter = Quarter()
    await play(db, quarter)
    async with db.read() as session:
        signals = (await session.exec(select(Signal))).all()
        found = await session.exec(
            select(Organisation.id)
            .where(col(Organisation.name).startswith("Organisatie"))
            .order_by(col(Organisation.id))
        )
        ids = [ident or 0 for ident in found.all()]
        answers = (
            await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(col(Message.kind) == MessageKind.FEEDBACK)
            )
        ).all()
    assert len(signals) == SIGNALS
    closed = [signal for signal in signals if signal.status is SignalStatus.CLOSED]
    waiting = [signal for signal in signals if signal.status is not SignalStatus.CLOSED]
    on_time = [s for s in closed if s.closed_at and s.closed_at <= s.answer_due_at]
    # The promise itself: nothing ends in silence.
    assert all(signal.outcome_text for signal in closed)
    assert all(signal.overdue_told_at and signal.backup_told_at for signal in waiting)
    late = [s for s in closed if s.closed_at and s.closed_at > s.answer_due_at + timedelta(hours=8)]
    assert all(signal.overdue_told_at for signal in late)
    unread = [
        s for s in signals
        if s.read_due_at and (s.read_at is None or s.read_at > s.read_due_at + timedelta(hours=8))
    ]  # fmt: skip
    assert all(signal.unread_told_at for signal in unread)
    # Every promise fell on a working day at five, whatever holiday came between.
    assert all(is_working_day(s.answer_due_at.astimezone(AMSTERDAM).date()) for s in signals)
    assert all(
        s.answer_due_at in {working_day_due(s.received_at, n) for n in (2, 5)} for s in signals
    )
    wanted = [signal for signal in closed if signal.wants_feedback]
    assert len(answers) >= len(wanted)
    assert all(is_sealed(answer.address) for answer in answers)
    failed = await the_post(db, {ids[number] for number in LOST})
    names = {f"Organisatie {number}" for number in LOST}
    heard = await what_the_coordinator_heard_last(db)
    assert failed
    assert all(name in heard for name in names), heard
    rows = {
        "signalen": len(signals),
        "met uitkomst en een zin": len(closed),
        "op de beloofde dag": len(on_time),
        "te laat, en de coördinator hoorde het": len(late),
        "niet op tijd gelezen, en coördinator en duider hoorden het": len(unread),
        "tussenberichten": sum(s.interim_sent_at is not None for s in signals),
        "antwoorden die niet aankwamen, en de coördinator hoorde bij wie": len(failed),
        "aan het eind open: coördinator en goedkeurder hoorden het": len(waiting),
    }
    table = [f"| {name} | {count} |" for name, count in rows.items()]
    sys.stdout.write("\n" + "\n".join(table))
    # The table is that of SQLite: a few more or fewer are late there; what is promised holds.
    if not is_postgresql():
        docs = DOCS.read_text(encoding="utf-8")
        assert [row for row in table if row not in docs] == []
