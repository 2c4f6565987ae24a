"""When people look back together is the moment of that invitation, and of no other text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import open_database
from bot.evening.following import begin_follow_up, begin_look_back
from bot.evening.writing import begin_version, redraft
from bot.migrating import migrate, on_connection, upgrade_to
from briefings.approval import Approved, SubmitRefused, Submitted, approve, submit, withdraw
from briefings.drafting import texts_of
from briefings.facts import facts_of, set_next_update
from briefings.moments import moment
from briefings.rows import Briefing, BriefingKind, BriefingStatus, FactBlock
from contacts.records import Database
from feeds.rows import EventStatus
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, let_go, send, sure, the_cast

LATER = NOW + timedelta(days=28)
MEETING = LATER + timedelta(days=21)


async def told(session: AsyncSession) -> Cast:
    cast = await the_cast(session, confirmed_at=NOW)
    await facts_for(session, cast.event)
    await send(session, cast, BriefingKind.FIRST)
    return cast


async def invited(session: AsyncSession, cast: Cast) -> Briefing:
    draft = await begin_look_back(session, cast.event, cast.writer, MEETING, SETTINGS, now=LATER)
    assert isinstance(draft, Briefing), draft
    assert draft.meets_at == MEETING
    return draft


async def said(session: AsyncSession, briefing: Briefing) -> str:
    return "\n".join(
        f"{text.telegram}\n{text.plain}" for text in await texts_of(session, briefing.id or 0)
    )


async def test_an_invitation_that_was_withdrawn_leaves_no_promise_behind(db: Database) -> None:
    async with db.begin() as session:
        cast = await told(session)
        draft = await invited(session, cast)
        assert moment(MEETING) in await said(session, draft)
        await withdraw(session, draft, cast.writer, now=LATER)
        await sure(session, cast.event, "De Testlaan is dicht.", at=LATER)
        update = await begin_version(
            session, cast.event, cast.writer, BriefingKind.UPDATE, SETTINGS, now=LATER
        )
        assert isinstance(update, Briefing)
        assert update.meets_at is None
        block = (await facts_of(session, cast.event.id or 0)).block
        assert LATER < block.next_update_at < LATER + timedelta(days=1)
        words = await said(session, update)
        assert moment(block.next_update_at) in words
        assert moment(MEETING) not in words


async def test_a_follow_up_after_the_invitation_promises_a_moment_of_its_own(db: Database) -> None:
    async with db.begin() as session:
        cast = await told(session)
        await send(session, cast, BriefingKind.CLOSING, now=NOW + timedelta(days=7))
        assert cast.event.status is EventStatus.CLOSED
        invitation = await invited(session, cast)
        await let_go(session, cast, invitation, now=LATER)
        assert (invitation.status, invitation.promised_at) == (BriefingStatus.DISTRIBUTED, None)
        after = LATER + timedelta(days=7)
        update = await begin_follow_up(session, cast.event, cast.writer, SETTINGS, now=after)
        assert isinstance(update, Briefing)
        assert moment(MEETING) not in await said(session, update)
        await let_go(session, cast, update, now=after)
        assert update.promised_at is not None
        assert update.promised_at < after + timedelta(days=1)


async def test_another_next_update_moves_no_meeting(db: Database) -> None:
    async with db.begin() as session:
        cast = await told(session)
        draft = await invited(session, cast)
        other = LATER + timedelta(hours=3)
        await set_next_update(session, cast.event.id or 0, other, editor_id=1, now=LATER)
        await redraft(session, cast.event, cast.writer, SETTINGS, now=LATER)
        words = await said(session, draft)
        assert moment(MEETING) in words
        assert moment(other) not in words


async def test_an_invitation_that_is_changed_while_it_waits_keeps_its_meeting(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast = await told(session)
        draft = await invited(session, cast)
        bound = await submit(session, draft, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        done = await approve(
            session, draft, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER,
            send_at=LATER + timedelta(hours=12),
        )  # fmt: skip
        assert isinstance(done, Approved), done
        await sure(session, cast.event, "De Testlaan is dicht.", at=LATER)
        await redraft(session, cast.event, cast.writer, SETTINGS, now=LATER)
        again = await begin_look_back(
            session, cast.event, cast.writer, MEETING, SETTINGS, now=LATER
        )
        assert isinstance(again, Briefing)
        assert again.id != draft.id
        assert again.meets_at == MEETING


async def test_an_invitation_to_a_day_that_is_over_goes_nowhere(db: Database) -> None:
    async with db.begin() as session:
        cast = await told(session)
        draft = await invited(session, cast)
        late = MEETING + timedelta(hours=1)
        refused = await submit(session, draft, cast.writer, SETTINGS, now=late)
        assert refused == SubmitRefused("promise_past")


async def test_what_was_planned_before_the_upgrade_keeps_its_meeting_and_frees_the_promise(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.sqlite3'}"
    await migrate(url)
    db = open_database(url)
    async with db.begin() as session:
        cast = await told(session)
        draft = await invited(session, cast)
        block = (await facts_of(session, cast.event.id or 0)).block
        # As it was kept until then.
        block.next_update_at, draft.meets_at = MEETING, None
        session.add_all([block, draft])
        for line in (
            "ALTER TABLE briefing DROP COLUMN meets_at",
            "UPDATE alembic_version SET version_num = '0059'",
        ):
            await session.flush()
            await (await session.connection()).execute(text(line))
    await db.close()
    await on_connection(url, lambda connection: upgrade_to(connection, "0060"))
    db = open_database(url)
    async with db.read() as session:
        versions = (await session.exec(select(Briefing).order_by(col(Briefing.version)))).all()
        block = (await session.exec(select(FactBlock))).one()
    await db.close()
    assert [one.meets_at for one in versions] == [None, MEETING]
    assert block.next_update_at == block.edited_at
