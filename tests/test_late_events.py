"""Proof of arrival and bounces that come late, twice, or in another order change nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_reading import handle
from bot.mail_reports import Failure
from bot.mail_sorting import MailKind, Sorted
from contacts.arrival import acknowledge, prove_arrival, record_bounce, resend_unknown
from contacts.directory import Channel, ChannelKind, ChannelStatus
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import AcknowledgementKind, Delivery, DeliveryStatus
from contacts.records import Database
from contacts.sealing import Sealer
from tests.outbox_world import a_briefing, a_person

S = DeliveryStatus
SEALER = Sealer(Sealer.new_key())


async def a_mail(session: AsyncSession, status: DeliveryStatus, now: datetime, n: int = 0) -> int:
    """A briefing by mail in this status, to somebody who has a chat as well; its number."""
    person = await a_person(session, now, mail=f"p{n}@school.example")
    (delivery,) = await a_briefing(session, [person], now)
    session.add(
        Channel(
            person_id=person.id, kind=ChannelKind.TELEGRAM, address=f"9{n}", rank=5, created_at=now
        )
    )
    delivery.status = status
    await session.flush()
    return delivery.id or 0


async def happen(session: AsyncSession, what: str, ident: int, now: datetime) -> bool:
    """Returns whether it changed where the delivery stands."""
    if what == "tap":
        return await prove_arrival(session, ident, now=now)
    if what == "read":
        before = (await session.get_one(Delivery, ident)).status
        await acknowledge(session, ident, AcknowledgementKind.READ, now=now)
        return (await session.get_one(Delivery, ident)).status is not before
    return await record_bounce(session, ident, "bounce_5.1.1", sealer=SEALER, now=now)


async def moves_of(session: AsyncSession, ident: int) -> list[str]:
    found = await session.exec(
        select(JournalEntry)
        .where(col(JournalEntry.subject) == f"delivery:{ident}")
        .order_by(col(JournalEntry.id))
    )
    return [one.detail["to"] for one in found.all() if "to" in one.detail]


async def test_in_whatever_order_and_however_often_each_change_happens_once(
    db: Database, now: datetime
) -> None:
    orders = sorted(set(permutations(["tap", "tap", "read", "bounce", "bounce"])))
    for n, (order, status) in enumerate((o, s) for o in orders for s in (S.UNKNOWN, S.SENT)):
        async with db.begin() as session:
            ident = await a_mail(session, status, now, n)
            changed = [await happen(session, what, ident, now) for what in order]
            row = await session.get_one(Delivery, ident)
            moves = await moves_of(session, ident)
            instead = await session.exec(
                select(Delivery.id).where(col(Delivery.fallback_of_id) == ident)
            )
            assert len(instead.all()) == 1
        assert row.status is S.FAILED
        assert sum(changed) == len(moves)
        proved_first = status is S.UNKNOWN and order[0] != "bounce"
        assert moves == ["sent", "failed"] if proved_first else moves == ["failed"]


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (S.SENT, "tap"), (S.FAILED, "tap"), (S.CANCELLED, "tap"), (S.PLANNED, "tap"),
        (S.CLAIMED, "tap"), (S.SENDING, "tap"), (S.FAILED, "read"), (S.CANCELLED, "read"),
        (S.FAILED, "bounce"), (S.CANCELLED, "bounce"), (S.PLANNED, "bounce"),
        (S.CLAIMED, "bounce"), (S.SENDING, "bounce"),
    ],
)  # fmt: skip
async def test_an_event_that_no_longer_fits_is_a_no_op(
    db: Database, now: datetime, status: DeliveryStatus, what: str
) -> None:
    async with db.begin() as session:
        ident = await a_mail(session, status, now)
        assert not await happen(session, what, ident, now)
        assert (await session.get_one(Delivery, ident)).status is status
        assert await moves_of(session, ident) == []
        assert (await session.exec(select(Channel.status).distinct())).all() == [
            ChannelStatus.ACTIVE
        ]


async def test_a_tap_turns_uncertain_into_sent_and_a_late_bounce_sent_into_failed(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        ident = await a_mail(session, S.UNKNOWN, now)
        assert await prove_arrival(session, ident, now=now)
        later = now + timedelta(days=2)
        assert await record_bounce(session, ident, "bounce_5.1.1", sealer=SEALER, now=later)
        assert await moves_of(session, ident) == ["sent", "failed"]


async def test_a_tap_after_a_person_had_it_sent_again_changes_nothing(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        ident = await a_mail(session, S.UNKNOWN, now)
        assert await resend_unknown(session, [ident], who=SYSTEM, now=now) == 1
        assert await resend_unknown(session, [ident], who=SYSTEM, now=now) == 0
        assert not await prove_arrival(session, ident, now=now)
        row = await session.get_one(Delivery, ident)
        assert (row.status, row.is_repeat) == (S.PLANNED, True)


@pytest.mark.parametrize("kind", [MailKind.BOUNCE, MailKind.REPLY, MailKind.DELAYED])
async def test_the_same_mail_read_twice_is_handled_once(
    db: Database, now: datetime, kind: MailKind
) -> None:
    failures = (Failure("5.1.1", closes_address=True),) if kind is MailKind.BOUNCE else ()
    async with db.begin() as session:
        ident = await a_mail(session, S.UNKNOWN, now)
        mail = Sorted("<1@mail.example>", kind, ident, failures=failures)
        assert (await handle(session, mail, sealer=SEALER, now=now)).is_new
        before = len((await session.exec(select(JournalEntry.id))).all())
        assert not (await handle(session, mail, sealer=SEALER, now=now)).is_new
        assert len((await session.exec(select(JournalEntry.id))).all()) == before
