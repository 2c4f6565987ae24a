"""The first text is what told people first: never a voided version, and every part of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.poll_asking import readers_of
from briefings.approval import Approved, Submitted, approve, submit
from briefings.drafting import draft_briefing
from briefings.learning.packs import read_figures
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.versions import first_texts, versions_of, void_submission
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from feeds.rows import Event
from signals.quarters import quarter_of
from tests.briefings_cast import NOW, SETTINGS
from tests.test_parts import LATER, approved, handed_in, split

MINUTE = timedelta(minutes=1)


async def arrived(session: AsyncSession, minutes: Sequence[int]) -> None:
    """The deliveries of the versions that went arrive so many minutes after the first one."""
    live = (
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .join(Briefing, col(Briefing.id) == col(Message.briefing_id))
        .where(col(Briefing.status) == BriefingStatus.DISTRIBUTED)
        .order_by(col(Delivery.id))
    )
    rows = (await session.exec(live)).all()
    assert len(rows) == len(minutes)
    for delivery, after in zip(rows, minutes, strict=True):
        delivery.status, delivery.done_at = DeliveryStatus.SENT, NOW + after * MINUTE
    await session.flush()


async def figures_of(session: AsyncSession, event: Event) -> dict[str, int | None]:
    """What the pack of the quarter says of it: minutes from first sight, and who was reached."""
    event.detected_at = event.confirmed_at = NOW
    await session.flush()
    figures = await read_figures(
        session, quarter_of(NOW), is_exercise=event.is_exercise, now=NOW + timedelta(hours=5)
    )
    [one] = figures["events"]
    return {name: one[name] for name in ("minutes", "organisations", "reached", "in_time")}


async def test_a_pack_counts_the_text_that_went_and_not_the_one_that_was_voided(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, voided, seen = await handed_in(session)
        await approved(session, cast, voided, seen, send_at=NOW + timedelta(hours=1))
        draft = await void_submission(
            session, cast.event.id or 0, editor_id=cast.writer.person_id, now=LATER
        )
        assert draft is not None
        draft = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        done = await submit(session, draft, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        went = await approve(
            session, draft, cast.approver, SETTINGS, expected_hash=done.content_hash, now=LATER
        )
        assert isinstance(went, Approved), went
        assert voided.status is BriefingStatus.WITHDRAWN
        await arrived(session, [11, 12, 14])
        assert first_texts(await versions_of(session, cast.event.id or 0)) == [draft]
        found = await figures_of(session, cast.event)
    assert found == {"minutes": 14, "organisations": 2, "reached": 2, "in_time": 2}


async def test_a_pack_counts_all_parts_of_the_first_text(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        await arrived(session, [2, 3, 15])
        found = await figures_of(session, cast.event)
    assert found == {"minutes": 15, "organisations": 2, "reached": 2, "in_time": 2}


async def test_while_nothing_went_the_first_text_is_the_one_that_still_can(db: Database) -> None:
    async with db.begin() as session:
        _, briefing, _ = await handed_in(session)
        assert first_texts([briefing]) == [briefing]
        briefing.status = BriefingStatus.WITHDRAWN
        assert first_texts([briefing]) == []


async def test_the_readers_of_every_part_are_asked_once(db: Database) -> None:
    """Also when the part that went last was for the police only."""
    async with db.begin() as session:
        cast, _, rest = await split(session)
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        plan = await readers_of(session, cast.event)
        assert sorted(p.recipient.address for p in plan.recipients) == ["11", "12", "b@x.test"]
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        done = await submit(session, update, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        await approved(session, cast, update, done.content_hash, now=LATER)
        plan = await readers_of(session, cast.event)
    assert sorted(p.recipient.address for p in plan.recipients) == ["11", "12", "b@x.test"]
