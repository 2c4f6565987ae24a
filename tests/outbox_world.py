"""Builders for tests of the outbox: people with channels, messages, a scripted transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import utc_now
from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.pump import Pump
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, channels_of, post
from contacts.settings import SendingSettings
from contacts.transport import Outcome, Outgoing, Sent

SENT = DeliveryStatus.SENT
CHAT, MAIL = ChannelKind.TELEGRAM, ChannelKind.EMAIL
FAST = SendingSettings(telegram_per_s=500, chat_interval_s=0, mail_per_s=500, unsure_min=(0,) * 5)
BOTH = Content(
    telegram=TelegramForm("Tekst"), email=EmailForm("Onderwerp", "Tekst\n", "<p>Tekst</p>")
)


def chat_text(text: str) -> Content:
    return Content(telegram=TelegramForm(text))


async def a_person(
    session: AsyncSession,
    now: datetime,
    *,
    chat: str | None = None,
    mail: str | None = None,
    role: Role | None = None,
    is_exercise: bool = False,
) -> Person:
    """Somebody of an organisation of their own, with the channels given."""
    count = len((await session.exec(select(Organisation.id))).all())
    organisation = Organisation(
        name=f"School {count}", domain=Domain.EDUCATION, is_exercise=is_exercise, created_at=now
    )
    session.add(organisation)
    await session.flush()
    assert organisation.id is not None
    person = Person(
        organisation_id=organisation.id, name="docent", is_exercise=is_exercise, created_at=now
    )
    session.add(person)
    await session.flush()
    assert person.id is not None
    for rank, (kind, address) in enumerate([(CHAT, chat), (MAIL, mail)]):
        if address is not None:
            session.add(
                Channel(
                    person_id=person.id, kind=kind, address=address, rank=rank,
                    is_exercise=is_exercise, created_at=now,
                )
            )  # fmt: skip
    if role is not None:
        session.add(RoleGrant(person_id=person.id, role=role, granted_at=now))
    await session.flush()
    return person


async def a_briefing(
    session: AsyncSession,
    people: Sequence[Person],
    now: datetime,
    *,
    kind: MessageKind = MessageKind.BRIEFING,
    content: Content = BOTH,
    severity: int = 3,
    is_exercise: bool = False,
) -> list[Delivery]:
    """One message to the first channel of each."""
    to = []
    for person in people:
        assert person.id is not None
        to += (await channels_of(session, person.id))[:1]
    return await post(
        session, kind=kind, content=content, to=to, severity=severity, event_id=1,
        is_exercise=is_exercise, now=now,
    )  # fmt: skip


def chat_recipient(chat: str) -> Recipient:
    return Recipient(CHAT, chat, None, None)


class Scripted:
    """The port with scripted answers: per address a list, the last one stays; else *sent*."""

    tells_leaving = False
    at_once = 0

    def __init__(self, kind: ChannelKind = CHAT) -> None:
        self.kind = kind
        self.script: dict[str, list[Callable[[datetime], Outcome] | Outcome]] = {}
        self.sent: list[Outgoing] = []
        self.times: list[datetime] = []
        self.latency_s = 0.0
        self.closed = False
        self.first = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Outcome:
        now = utc_now()
        self.sent.append(outgoing)
        self.first.set()
        self.times.append(now)
        await asyncio.sleep(self.latency_s)
        answers = self.script.get(outgoing.address)
        if not answers:
            return Sent(f"x{outgoing.delivery_id}")
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        return answer(now) if callable(answer) else answer

    async def close(self) -> None:
        self.closed = True

    def texts(self, address: str | None = None) -> list[str]:
        return [
            one.content.telegram.text
            for one in self.sent
            if one.content.telegram is not None and address in (None, one.address)
        ]

    def edits(self) -> list[Outgoing]:
        return [one for one in self.sent if one.act is DeliveryAct.EDIT]


def a_pump(
    db: Database,
    *transports: Scripted,
    settings: SendingSettings = FAST,
    sealer: Sealer | None = None,
    notice_gap_s: float = 0.0,
    departures: Path | None = None,
) -> Pump:
    return Pump(
        db, transports, settings=settings, sealer=sealer or Sealer(Sealer.new_key()),
        clock=utc_now, link_base="https://schakel.example", owner="test",
        departures=departures, notice_gap_s=notice_gap_s,
    )  # fmt: skip


@asynccontextmanager
async def running(pump: Pump) -> AsyncIterator[asyncio.Event]:
    """The pump at work; stopped at the end."""
    stop = asyncio.Event()
    task = asyncio.create_task(pump.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def until(db: Database, done: Callable[[list[Delivery]], bool]) -> list[Delivery]:
    """All deliveries, as soon as ``done`` holds of them; fails after a minute."""
    async with asyncio.timeout(60):
        while True:
            rows = await all_deliveries(db)
            if done(rows):
                return rows
            await asyncio.sleep(0.01)


async def all_deliveries(db: Database) -> list[Delivery]:
    async with db.read() as session:
        return list((await session.exec(select(Delivery).order_by(col(Delivery.id)))).all())


async def notices(db: Database) -> list[str]:
    """The chat texts of all notices so far."""
    async with db.read() as session:
        found = await session.exec(
            select(Message).where(col(Message.kind) == MessageKind.NOTICE).order_by(col(Message.id))
        )
        return [message.content["telegram"]["text"] for message in found.all()]


def statuses(rows: Sequence[Delivery]) -> list[str]:
    return [row.status.value for row in rows]


def all_sent(rows: Sequence[Delivery]) -> bool:
    return bool(rows) and all(row.status is SENT for row in rows)
