"""Who was phoned about a text hears what is right: called again, or by a channel of by now."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import Approved, Submitted, approve, retract, submit
from briefings.calling_off import call_off
from briefings.drafting import draft_briefing
from briefings.rows import BriefingKind
from contacts.call_list import Call, calls_of
from contacts.calling import CallItem, CallStatus, end_needless_calls, tick_off
from contacts.directory import ChannelKind
from contacts.people import open_channel
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.corrections_world import LATER, correct, readers, sent_first


async def phoned(session: AsyncSession, cast: Cast, *, done: bool = True) -> CallItem:
    """Somebody without a channel was called about the first text."""
    [item] = (await session.exec(select(CallItem))).all()
    assert item.person_id == cast.people[2].id
    if done:
        await tick_off(session, item, who=cast.writer.who, now=NOW)
    return item


async def to_call(session: AsyncSession, cast: Cast) -> list[Call]:
    return await calls_of(
        session, cast.event.id or 0, now=LATER + timedelta(hours=1), statuses=[CallStatus.OPEN]
    )


async def test_who_was_phoned_is_called_again_about_a_correction(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await phoned(session, cast)
        assert await to_call(session, cast) == []
        correction = await correct(session, cast)
        [call] = await to_call(session, cast)
        assert (call.person, call.told_at) == ("conciërge", NOW)
        [item] = [one for one in (await session.exec(select(CallItem))).all()
                  if one.briefing_id == correction.id]  # fmt: skip
        await tick_off(session, item, who=cast.writer.who, now=LATER)
        again = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="een zin over achtergrond",
            now=LATER + timedelta(minutes=5),
        )  # fmt: skip
        assert isinstance(again, Approved)
        assert [call.person for call in await to_call(session, cast)] == ["conciërge"]


async def test_who_was_phoned_and_has_a_channel_by_now_gets_the_correction_there(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await phoned(session, cast)
        await open_channel(
            session, cast.people[2], ChannelKind.EMAIL, "conciërge@x.test", rank=1, now=LATER
        )
        correction = await correct(session, cast)
        assert cast.people[2].id in await readers(session, correction)
        assert await to_call(session, cast) == []


async def test_whom_nobody_called_yet_is_called_with_the_right_text(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await phoned(session, cast, done=False)
        await correct(session, cast)
    async with db.begin() as session:
        await end_needless_calls(session, now=LATER + timedelta(minutes=2))
    async with db.read() as session:
        [call] = await to_call(session, cast)
        assert (call.person, call.told_at) == ("conciërge", None)


async def test_of_what_was_taken_back_nobody_hears_who_had_not_heard_it(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await phoned(session, cast, done=False)
        await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="een zin over achtergrond",
            now=LATER,
        )  # fmt: skip
    async with db.begin() as session:
        await end_needless_calls(session, now=LATER + timedelta(minutes=2))
    async with db.read() as session:
        assert await to_call(session, cast) == []


async def test_a_correction_that_was_called_off_leaves_who_was_to_be_called_before(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await phoned(session, cast, done=False)
        draft = await draft_briefing(
            session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS, editor_id=1,
            now=LATER, wrong="het aantal",
        )  # fmt: skip
        bound = await submit(session, draft, cast.writer, SETTINGS, now=LATER, is_knowing=True)
        assert isinstance(bound, Submitted), bound
        at = LATER + timedelta(minutes=30)
        done = await approve(
            session, draft, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER,
            send_at=at,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        assert len((await session.exec(select(CallItem))).all()) == 2
        assert await call_off(session, draft, who=cast.writer.who, now=LATER)
        [call] = await to_call(session, cast)
        assert (call.person, call.status) == ("conciërge", CallStatus.OPEN)
