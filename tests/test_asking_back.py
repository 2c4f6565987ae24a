"""Who approves asks for texts of which the facts changed: once, and only what somebody heard."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from bot.chat.coordinator import approved_texts
from bot.evening import asking_again
from briefings.approval import Approved, approve
from briefings.drafting import current_briefing, draft_briefing
from briefings.endings import voided
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.directory import Audience, Channel, ChannelStatus, Organisation, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import grant, revoke
from contacts.permissions import Actor, load_actor
from contacts.records import Database
from feeds.rows import Event
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast, add_person, let_go, sure
from tests.test_changed_while_asked import LATER, SOON, asked, changed

MORNING = NOW + timedelta(hours=12)


async def ask(db: Database, cast: Cast, actor: Actor) -> int | str:
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        return await asking_again.ask_again(session, event, actor, now=LATER)


async def times_asked(db: Database) -> int:
    async with db.read() as session:
        found = await session.exec(
            select(JournalEntry.id).where(col(JournalEntry.action) == asking_again.ASKED)
        )
        return len(found.all())


async def test_what_nobody_heard_can_be_asked_again(db: Database) -> None:
    cast, _ = await asked(db)
    await changed(db, cast)
    writers_chat = update(Channel).where(col(Channel.person_id) == cast.writer.person_id)
    async with db.begin() as session:
        await session.exec(writers_chat.values(status=ChannelStatus.CLOSED))
    assert await ask(db, cast, cast.approver) == 0
    assert await times_asked(db) == 0
    async with db.begin() as session:
        await session.exec(writers_chat.values(status=ChannelStatus.ACTIVE))
    assert await ask(db, cast, cast.approver) == 1
    assert await times_asked(db) == 1


@pytest.mark.parametrize("alone", [True, False])
async def test_an_approver_who_coordinates_reads_what_is_true(db: Database, alone: bool) -> None:
    cast, _ = await asked(db)
    await changed(db, cast)
    number = cast.approver.person_id
    async with db.begin() as session:
        await grant(session, number, Role.COORDINATOR, who=SYSTEM, now=NOW)
        if alone:
            await revoke(session, cast.writer.person_id, Role.COORDINATOR, who=SYSTEM, now=NOW)
        else:
            await session.exec(
                update(Channel).where(col(Channel.person_id) == cast.writer.person_id)
                .values(status=ChannelStatus.CLOSED)
            )  # fmt: skip
        both = await load_actor(session, number)
    assert both is not None
    said = await ask(db, cast, both)
    assert said == (approved_texts.ASK_YOURSELF if alone else approved_texts.ASK_THE_OTHERS)
    assert await times_asked(db) == 0


async def test_two_approvers_at_once_ask_once(db: Database) -> None:
    cast, _ = await asked(db)
    await changed(db, cast)
    async with db.begin() as session:
        city = await session.get_one(Organisation, cast.writer.organisation_id)
        second = await add_person(session, city, "tweede", [], telegram="3", role=Role.APPROVER)
        other = await load_actor(session, second.id or 0)
    assert other is not None
    said = await asyncio.gather(ask(db, cast, cast.approver), ask(db, cast, other))
    assert sorted(map(str, said)) == ["1", approved_texts.ASKED_ALREADY.format(clock="18.15")]
    assert await times_asked(db) == 1


async def part_for_the_morning(db: Database) -> tuple[Cast, int]:
    """Some texts are approved for later, the rest is sent at once, and then a fact changes."""
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=NOW + timedelta(hours=24))
        most = [audience for audience in Audience if audience is not Audience.TEACHER_VO_MBO]
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            send_at=MORNING, audiences=most,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        rest = await current_briefing(session, cast.event.id or 0)
        assert rest is not None
        done = await approve(
            session, rest, cast.approver, SETTINGS, expected_hash=rest.content_hash or "", now=NOW
        )
        assert isinstance(done, Approved), done
        assert rest.status is BriefingStatus.DISTRIBUTED
        number = briefing.id or 0
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await sure(session, event, "De Testlaan is dicht.", at=SOON)
    return cast, number


async def test_a_part_that_lapsed_is_told_also_when_the_rest_went_out(db: Database) -> None:
    cast, part = await part_for_the_morning(db)
    async with db.read() as session:
        draft = await current_briefing(session, cast.event.id or 0)
        assert draft is not None
        assert (draft.status, draft.version) == (BriefingStatus.DRAFT, 3)
        changes = await voided(session, draft)
        lapsed = await session.get_one(Briefing, part)
    assert changes is not None
    assert (changes.version, changes.was_approved) == (lapsed.version, True)
    assert changes.added == ("De Testlaan is dicht.",)


async def test_what_lapsed_is_over_when_a_later_text_told_the_change(db: Database) -> None:
    cast, _ = await part_for_the_morning(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        draft = await current_briefing(session, event.id or 0)
        assert draft is not None
        again = await draft_briefing(
            session, event, kind=draft.kind, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        await let_go(session, cast, again, now=LATER)
        update_ = await draft_briefing(
            session, event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER + timedelta(hours=1),
        )  # fmt: skip
        assert update_.version == again.version + 1
        assert await voided(session, update_) is None
