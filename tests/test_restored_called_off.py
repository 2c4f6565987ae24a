"""What a restore stopped, and is called off, may have arrived: who may have it is not forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.backup.aftercare import stop_after_restore
from briefings import calling_off
from briefings.approval import approve
from briefings.missing import plan_missed
from briefings.rows import Briefing, BriefingStatus
from contacts.arrival import resend_unknown
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from contacts.sending import cancel_message
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.corrections_world import LATER, correct, readers, sent_first

SAVED = NOW + timedelta(minutes=5)
BACK = NOW + timedelta(hours=1)


async def deliveries_of(session: AsyncSession, people: Sequence[int | None]) -> list[Delivery]:
    asked = select(Delivery).where(col(Delivery.person_id).in_(people)).order_by(col(Delivery.id))
    return list((await session.exec(asked)).all())


async def put_back(session: AsyncSession, **stood: DeliveryStatus) -> tuple[Cast, Briefing]:
    """A store that was saved while a first text went out, and was put back an hour later."""
    cast, first = await sent_first(session, **stood)
    await stop_after_restore(session, taken_at=SAVED, now=BACK)
    return cast, first


async def call_off(session: AsyncSession, cast: Cast, briefing: Briefing) -> None:
    who = cast.approver.who
    assert await calling_off.call_off(session, briefing, who=who, now=BACK)


async def test_a_correction_goes_to_whom_a_restored_store_did_not_know_of_any_more(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first = await put_back(session, docent=DeliveryStatus.PLANNED)
        await call_off(session, cast, first)
        teacher = cast.people[0].id
        (delivery,) = await deliveries_of(session, [teacher])
        assert delivery.status is DeliveryStatus.UNKNOWN
        assert delivery.reason == "repeat_called_off"
        missed = await plan_missed(session, cast.event, first)
        assert teacher not in {one.recipient.person_id for one in missed.recipients}
        assert teacher in await readers(session, await correct(session, cast))


async def test_a_text_that_may_have_gone_to_all_stays_sent_when_the_rest_is_called_off(
    db: Database,
) -> None:
    async with db.begin() as session:
        everybody = dict.fromkeys(("docent", "directeur", "wijkteam"), DeliveryStatus.PLANNED)
        cast, first = await put_back(session, **everybody)
        await call_off(session, cast, first)
        assert first.status is BriefingStatus.DISTRIBUTED


async def test_what_was_not_due_at_the_restore_surely_stayed_here(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=NOW + timedelta(hours=24))
        morning = NOW + timedelta(hours=12)
        await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            send_at=morning,
        )  # fmt: skip
        await stop_after_restore(session, taken_at=SAVED, now=BACK)
        await call_off(session, cast, briefing)
        assert briefing.status is BriefingStatus.WITHDRAWN
        found = await deliveries_of(session, [one.id for one in cast.people])
        assert {one.status for one in found} == {DeliveryStatus.CANCELLED}
        assert not any(one.is_repeat for one in found)


@pytest.mark.parametrize("is_repeat", [True, False])
async def test_who_was_to_get_a_repeat_may_still_have_the_first(
    db: Database, is_repeat: bool
) -> None:
    async with db.begin() as session:
        stood = DeliveryStatus.UNKNOWN if is_repeat else DeliveryStatus.PLANNED
        cast, _ = await sent_first(session, docent=stood)
        (delivery,) = await deliveries_of(session, [cast.people[0].id])
        if is_repeat:
            await resend_unknown(session, [delivery.id or 0], who=SYSTEM, now=LATER)
        await cancel_message(session, delivery.message_id, who=SYSTEM, now=LATER, reason="by_hand")
        await session.refresh(delivery)
        expected = DeliveryStatus.UNKNOWN if is_repeat else DeliveryStatus.CANCELLED
        assert delivery.status is expected
