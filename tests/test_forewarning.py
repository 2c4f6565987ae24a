"""Before the facts change, it is said that a text goes back from the approvers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.evening.texts import TAKES_BACK
from briefings.approval import Approved, approve
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import at_stake, void_submission
from contacts.directory import Audience
from contacts.records import Database
from tests import coordinating
from tests.approving import a_draft, handed_in
from tests.briefings_cast import NOW, SETTINGS
from tests.console_desk import Desk, a_desk
from tests.coordinating import a_running_event
from tests.partner_world import Chat, a_coordinator

MORNING = NOW + timedelta(hours=12)
SUBMITTED, APPROVED = BriefingStatus.SUBMITTED, BriefingStatus.APPROVED
LATER = timedelta(hours=1, minutes=30)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    """A coordinator's chat, with a text that was handed in."""
    chat = await a_coordinator(db, now)
    await a_running_event(chat)
    await stands(chat, SUBMITTED)
    return chat


async def stands(phone: Chat, status: BriefingStatus, *, at: datetime | None = None) -> None:
    async with phone.db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        briefing.status, briefing.send_at = status, at


async def tap(phone: Chat, verb: str) -> None:
    await coordinating.tap(phone, f"{verb}:1")


@pytest.mark.parametrize("verb", ["facts", "fadd", "funk", "fden", "fdel", "fmea"])
async def test_the_question_in_the_chat_says_what_a_change_takes_back(
    phone: Chat, verb: str
) -> None:
    await tap(phone, verb)
    assert TAKES_BACK[SUBMITTED] in await phone.text()
    await stands(phone, APPROVED, at=phone.now + LATER)
    await tap(phone, verb)
    assert TAKES_BACK[APPROVED] in await phone.text()
    await stands(phone, BriefingStatus.DRAFT)
    await tap(phone, verb)
    assert "Let op" not in await phone.text()


async def test_the_page_says_it_only_while_such_a_version_exists(desk: Desk) -> None:
    await desk.fact()
    assert "Let op: er" not in await desk.page("feiten")
    assert (await desk.press("indienen", versie=1)).status_code == 303
    assert TAKES_BACK[SUBMITTED] in await desk.page("feiten")
    bound = next(one for one in await desk.rows(Briefing) if one.event_id == desk.number)
    later = (desk.world.now + LATER).strftime("%H.%M")
    done = await desk.press("goedkeuren", gelezen=bound.content_hash, tijd=later)
    assert done.status_code == 303, done.text
    assert TAKES_BACK[APPROVED] in await desk.page("feiten")
    assert (await desk.press("afzeggen", versie=1)).status_code == 303
    assert "Let op: er" not in await desk.page("feiten")


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("send_at", [None, MORNING])
async def test_what_is_said_to_go_back_is_what_goes_back(
    db: Database, split: bool, send_at: datetime | None
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=NOW + timedelta(hours=24))
        event_id = cast.event.id or 0
        assert await at_stake(session, event_id, now=NOW) is SUBMITTED
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            send_at=send_at, audiences=[Audience.POLICE_DISTRICT] if split else None,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        expected = SUBMITTED if split else APPROVED if send_at else None
        assert await at_stake(session, event_id, now=NOW) is expected
        voided = await void_submission(session, event_id, editor_id=1, now=NOW)
        assert (voided is not None) is (expected is not None)
        assert await at_stake(session, event_id, now=NOW) is None


async def test_a_draft_takes_nothing_back(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await a_draft(session)
        assert await at_stake(session, cast.event.id or 0, now=NOW) is None
