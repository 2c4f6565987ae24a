"""A text that is called off before anybody has it never counts as sent; what part has, stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.progress import progress_view
from bot.console.reading import sent_versions
from bot.evening.writing import begin_version
from briefings import calling_off
from briefings.approval import Approved, Submitted, approve, submit
from briefings.distribution import distribute_due
from briefings.drafting import current_briefing, draft_briefing
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.versions import versions_of
from contacts.directory import Audience
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.records import Database
from contacts.sending import cancel_message, halt_message
from feeds.events import close_event
from feeds.rows import EventStatus
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast, let_go, send, sure
from tests.console_desk import Desk, a_desk

MORNING, TOMORROW = NOW + timedelta(hours=12), NOW + timedelta(hours=24)
AFTER = MORNING + timedelta(hours=1)


async def for_the_morning(session: AsyncSession) -> tuple[Cast, Briefing]:
    cast, briefing, seen = await handed_in(session, promise=TOMORROW)
    done = await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW, send_at=MORNING
    )
    assert isinstance(done, Approved), done
    return cast, briefing


async def later_version(session: AsyncSession, cast: Cast, kind: BriefingKind) -> Briefing:
    """Approved for the morning, after a first text that went out."""
    at = NOW + timedelta(hours=1)
    await set_next_update(session, cast.event.id or 0, TOMORROW, editor_id=1, now=at)
    await sure(session, cast.event, "De Testlaan is dicht.", at=at)
    draft = await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS, editor_id=cast.writer.person_id,
        now=at, wrong="de plek" if kind is BriefingKind.CORRECTION else None,
    )  # fmt: skip
    bound = await submit(session, draft, cast.writer, SETTINGS, now=at, is_knowing=True)
    assert isinstance(bound, Submitted), bound
    done = await approve(
        session, draft, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=at,
        send_at=MORNING,
    )  # fmt: skip
    assert isinstance(done, Approved), done
    return draft


async def called_off(
    session: AsyncSession, cast: Cast, briefing: Briefing, *, now: datetime
) -> None:
    who = cast.approver.who
    assert await calling_off.stop(session, briefing, who=who, now=now)
    assert await calling_off.call_off(session, briefing, who=who, now=now)


async def some_arrived(session: AsyncSession, briefing: Briefing) -> None:
    """One of its readers has it."""
    found = await session.exec(
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Message.briefing_id) == briefing.id)
        .order_by(col(Delivery.id))
    )
    first = found.all()[0]
    first.status = DeliveryStatus.SENT
    session.add(first)
    await session.flush()


async def test_a_first_text_that_was_called_off_is_read_nowhere_and_written_anew(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        event_id = cast.event.id or 0
        await called_off(session, cast, briefing, now=NOW + timedelta(hours=1))
        assert briefing.status is BriefingStatus.WITHDRAWN
        assert await distribute_due(session, now=MORNING) == []
        assert await sent_versions(session, event_id, now=MORNING) == []
        again = await begin_version(
            session, cast.event, cast.writer, BriefingKind.UPDATE, SETTINGS, now=AFTER
        )
        assert isinstance(again, Briefing)
        assert again.kind is BriefingKind.FIRST
        assert (await let_go(session, cast, again, now=AFTER)).deliveries
        words = (await session.exec(select(col(JournalEntry.action)))).all()
        assert "briefing_called_off" in words


async def test_a_text_that_was_stopped_waits_past_its_moment_and_goes_when_it_may(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        event_id, who = cast.event.id or 0, cast.approver.who
        await calling_off.stop(session, briefing, who=who, now=NOW)
        assert await distribute_due(session, now=AFTER) == []
        assert briefing.status is BriefingStatus.APPROVED
        assert await sent_versions(session, event_id, now=AFTER) == []
        await calling_off.go_on(session, briefing, who=who, now=AFTER)
        assert await distribute_due(session, now=AFTER) == [briefing.id]


async def test_a_stopped_text_that_may_go_on_in_time_keeps_its_moment(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        await calling_off.stop(session, briefing, who=cast.approver.who, now=NOW)
        await calling_off.go_on(session, briefing, who=cast.approver.who, now=NOW)
        assert briefing.send_at == MORNING
        assert await distribute_due(session, now=NOW) == []


async def test_a_fact_voids_a_stopped_text_too(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        await calling_off.stop(session, briefing, who=cast.approver.who, now=NOW)
        await sure(session, cast.event, "De Testlaan is weer open.", at=AFTER)
        assert briefing.status is BriefingStatus.WITHDRAWN
        assert not await calling_off.go_on(session, briefing, who=cast.approver.who, now=AFTER)


async def test_a_correction_that_was_called_off_marks_and_edits_nothing(db: Database) -> None:
    async with db.begin() as session:
        cast, first, seen = await handed_in(session)
        await approve(session, first, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        await some_arrived(session, first)
        wrong = await later_version(session, cast, BriefingKind.CORRECTION)
        await called_off(session, cast, wrong, now=NOW + timedelta(hours=2))
        await distribute_due(session, now=MORNING)
        assert (first.status, wrong.status) == (
            BriefingStatus.DISTRIBUTED, BriefingStatus.WITHDRAWN,
        )  # fmt: skip
        edits = await session.exec(select(Delivery).where(col(Delivery.act) == DeliveryAct.EDIT))
        assert edits.all() == []
        current = await current_briefing(session, cast.event.id or 0)
        assert current is not None
        assert current.id == first.id


async def test_a_closing_closes_when_it_goes_and_one_that_was_called_off_closes_nothing(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first, seen = await handed_in(session)
        await approve(session, first, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        closing = await later_version(session, cast, BriefingKind.CLOSING)
        assert cast.event.status is EventStatus.CONFIRMED
        await called_off(session, cast, closing, now=NOW + timedelta(hours=2))
        await distribute_due(session, now=MORNING)
        assert cast.event.status is EventStatus.CONFIRMED
        again = await later_version(session, cast, BriefingKind.CLOSING)
        assert await distribute_due(session, now=MORNING) == [again.id]
        assert (cast.event.status, cast.event.closed_at) == (EventStatus.CLOSED, MORNING)
        entries = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "event_closed")
        )
        assert entries.one().actor == f"person:{cast.approver.person_id}"


async def test_a_closing_of_an_event_that_ended_meanwhile_goes_all_the_same(db: Database) -> None:
    async with db.begin() as session:
        cast, first, seen = await handed_in(session)
        await approve(session, first, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        closing = await later_version(session, cast, BriefingKind.CLOSING)
        await close_event(session, cast.event, who=SYSTEM, now=NOW + timedelta(hours=2))
        assert await distribute_due(session, now=MORNING) == [closing.id]


async def test_what_part_of_its_readers_have_stays_sent(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        await some_arrived(session, briefing)
        await called_off(session, cast, briefing, now=NOW)
        assert briefing.status is BriefingStatus.DISTRIBUTED
        found = await sent_versions(session, cast.event.id or 0, now=NOW)
        assert [one.id for one in found] == [briefing.id]


async def test_a_first_text_stopped_before_anybody_had_it_is_no_dead_end(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        await called_off(session, cast, briefing, now=NOW)
        assert (briefing.status, briefing.distributed_at) == (BriefingStatus.WITHDRAWN, None)
        again = await send(session, cast, BriefingKind.FIRST, now=NOW + timedelta(minutes=5))
        assert again.kind is BriefingKind.FIRST


@pytest.mark.parametrize("kind", [BriefingKind.UPDATE, BriefingKind.CLOSING])
async def test_a_later_text_that_counts_as_sent_stays_so(db: Database, kind: BriefingKind) -> None:
    async with db.begin() as session:
        cast, first, seen = await handed_in(session)
        await approve(session, first, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        later = await send(session, cast, kind, now=NOW + timedelta(minutes=5))
        await called_off(session, cast, later, now=NOW + timedelta(minutes=5))
        assert later.status is BriefingStatus.DISTRIBUTED


async def test_of_two_parts_only_the_one_that_was_called_off_is_withdrawn(db: Database) -> None:
    async with db.begin() as session:
        cast, waiting, seen = await handed_in(session, promise=TOMORROW)
        event_id = cast.event.id or 0
        others = [audience for audience in Audience if audience is not Audience.POLICE_DISTRICT]
        await approve(
            session, waiting, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            send_at=MORNING, audiences=others,
        )  # fmt: skip
        rest = (await versions_of(session, event_id))[-1]
        done = await approve(
            session, rest, cast.approver, SETTINGS, expected_hash=rest.content_hash or "", now=NOW
        )
        assert isinstance(done, Approved), done
        await called_off(session, cast, waiting, now=NOW)
        await distribute_due(session, now=MORNING)
        assert (waiting.status, rest.status) == (
            BriefingStatus.WITHDRAWN, BriefingStatus.DISTRIBUTED,
        )  # fmt: skip
        # Who was to get the part that was called off gets the next text.
        update = await send(session, cast, BriefingKind.UPDATE, now=AFTER)
        assert update.kind is BriefingKind.UPDATE
        found = await session.exec(
            select(Message.audience).where(col(Message.briefing_id) == update.id)
        )
        assert set(found.all()) >= {"docent_vo_mbo", "schoolleiding"}


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_messages_that_were_stopped_one_by_one_make_no_sent_version(
    db: Database, is_cancelled: bool
) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        for message in (await session.exec(select(Message))).all():
            act = cancel_message if is_cancelled else halt_message
            await act(session, message.id or 0, who=SYSTEM, now=NOW, reason="restored")
        assert await distribute_due(session, now=MORNING) == []
        expected = BriefingStatus.WITHDRAWN if is_cancelled else BriefingStatus.APPROVED
        assert briefing.status is expected
        assert await sent_versions(session, cast.event.id or 0, now=MORNING) == []


async def test_the_chat_says_that_nobody_got_it(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await for_the_morning(session)
        await called_off(session, cast, briefing, now=NOW)
        text, buttons = await progress_view(session, cast.event.id or 0, briefing.id or 0, now=NOW)
    assert "\n<b>Afgezegd.</b> Niemand kreeg deze versie" in text
    assert "verzonden ·" not in text
    assert [button.text for row in buttons for button in row if button.text == "Stop"] == []


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_at_the_desk_calling_off_a_waiting_text_says_that_it_does_not_count(
    desk: Desk,
) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = next(one for one in await desk.rows(Briefing) if one.event_id == desk.number)
    later = (desk.world.now + timedelta(hours=1, minutes=30)).strftime("%H.%M")
    done = await desk.press("goedkeuren", gelezen=bound.content_hash, tijd=later)
    assert done.status_code == 303, done.text
    assert (await desk.press("stoppen", versie=1)).status_code == 303
    gone = await desk.press("afzeggen", versie=1)
    page = (await desk.web.get(gone.headers["location"])).text
    assert "Niemand kreeg deze versie, en zij telt niet als verzonden." in page
    [version] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    assert version.status is BriefingStatus.WITHDRAWN
    states = {one.status for one in await desk.rows(Message) if one.briefing_id == version.id}
    assert states == {MessageStatus.CANCELLED}


async def test_a_time_for_sending_that_is_none_is_told_at_its_own_field(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = next(one for one in await desk.rows(Briefing) if one.event_id == desk.number)
    refused = await desk.press("goedkeuren", gelezen=bound.content_hash, tijd="straks")
    assert refused.status_code == 422
    assert 'aria-describedby="tijd-hint tijd-fout"' in refused.text
    assert "Schrijf de tijd zo: 22.00" in refused.text
    assert 'role="alert"' not in refused.text
