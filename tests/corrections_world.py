"""A first text that went out with a fact that was wrong, and its correction."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.drafting import draft_briefing
from briefings.facts import facts_of, withdraw_fact
from briefings.rows import Briefing, BriefingKind
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, send, sure, the_cast

LATER = NOW + timedelta(hours=3)
RIGHT_AT = LATER + timedelta(seconds=30)
WRONG = "De politie heeft in Arnhem drie mensen aangehouden."


async def sent_first(session: AsyncSession, **arrived: DeliveryStatus) -> tuple[Cast, Briefing]:
    """A first text, and what became of it per person."""
    cast = await the_cast(session)
    await facts_for(session, cast.event)
    first = await send(session, cast, BriefingKind.FIRST)
    for person in cast.people:
        found = await session.exec(select(Delivery).where(col(Delivery.person_id) == person.id))
        for delivery in found.all():
            delivery.status = arrived.get(person.name, DeliveryStatus.SENT)
            session.add(delivery)
    await session.flush()
    return cast, first


async def correct(session: AsyncSession, cast: Cast) -> Briefing:
    """Take the wrong sentence out, begin the correction, put the right one in, send it."""
    view = await facts_of(session, cast.event.id or 0)
    wrong = next(fact for fact in view.confirmed if fact.text == WRONG)
    await withdraw_fact(session, wrong.id or 0, editor_id=1, now=LATER)
    await draft_briefing(
        session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS, editor_id=1,
        now=LATER, wrong="het aantal aanhoudingen.",
    )  # fmt: skip
    await sure(session, cast.event, "De politie heeft vier mensen aangehouden.", at=RIGHT_AT)
    return await send(
        session, cast, BriefingKind.CORRECTION, now=LATER + timedelta(minutes=1),
        wrong="het aantal aanhoudingen.",
    )  # fmt: skip


async def readers(session: AsyncSession, briefing: Briefing) -> set[int | None]:
    found = await session.exec(
        select(Delivery.person_id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Message.briefing_id) == briefing.id, col(Delivery.act) == DeliveryAct.SEND)
    )
    return set(found.all())
