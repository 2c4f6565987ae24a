"""What was planned for later keeps its own words, also when it is edited or approved in parts."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.following import begin_follow_up
from bot.evening.writing import redraft
from briefings.approval import Approved, Submitted, approve, submit
from briefings.course import courses_of
from briefings.drafting import current_briefing, texts_of
from briefings.facts import set_next_update
from briefings.follow_ups import set_follow_up
from briefings.moments import local_date
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.settings import ClockSettings
from briefings.steps import Step
from briefings.timetable import timetable
from briefings.versions import versions_of
from contacts.directory import Audience
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, send, sure, the_cast

LATER = NOW + timedelta(days=20)
POLICE = Audience.POLICE_DISTRICT


async def a_release(session: AsyncSession) -> tuple[Cast, Briefing, str]:
    """An arrest was told; weeks later its follow-up is handed in."""
    cast = await the_cast(session, confirmed_at=NOW)
    event_id = cast.event.id or 0
    await facts_for(session, cast.event)
    await send(session, cast, BriefingKind.FIRST)
    await set_follow_up(session, cast.event, local_date(LATER), cast.writer, now=NOW)
    await sure(session, cast.event, "De rechter doet vandaag uitspraak.", at=LATER)
    promise = LATER + timedelta(days=2)
    await set_next_update(session, event_id, promise, editor_id=1, now=LATER)
    draft = await begin_follow_up(session, cast.event, cast.writer, SETTINGS, now=LATER)
    assert isinstance(draft, Briefing)
    assert draft.told_as == "E12"
    done = await submit(session, draft, cast.writer, SETTINGS, now=LATER)
    assert isinstance(done, Submitted), done
    return cast, draft, done.content_hash


async def is_open(session: AsyncSession, cast: Cast) -> bool:
    """Whether the timetable still asks for the follow-up."""
    [course] = (await courses_of(session, [cast.event], {})).values()
    lines = timetable(course, ClockSettings(), SETTINGS)
    [line] = [line for line in lines if line.step is Step.FOLLOW_UP]
    return line.is_open


async def templates(session: AsyncSession, briefing: Briefing) -> set[str]:
    return {text.template.split("/")[0] for text in await texts_of(session, briefing.id or 0)}


async def test_a_follow_up_that_is_edited_while_it_waits_keeps_its_words(db: Database) -> None:
    async with db.begin() as session:
        cast, draft, seen = await a_release(session)
        words = await templates(session, draft)
        done = await approve(
            session, draft, cast.approver, SETTINGS, expected_hash=seen, now=LATER,
            send_at=LATER + timedelta(hours=12),
        )  # fmt: skip
        assert isinstance(done, Approved), done
        await sure(session, cast.event, "Er is extra politie bij de rechtbank.", at=LATER)
        await redraft(session, cast.event, cast.writer, SETTINGS, now=LATER)
        again = await current_briefing(session, cast.event.id or 0)
        assert again is not None
        assert again.id != draft.id
        assert again.told_as == "E12"
        assert await templates(session, again) == words
        assert await is_open(session, cast)
        bound = await submit(session, again, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        await approve(
            session, again, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER
        )
        assert not await is_open(session, cast)


async def test_both_parts_of_a_follow_up_are_told_in_its_words(db: Database) -> None:
    async with db.begin() as session:
        cast, draft, seen = await a_release(session)
        done = await approve(
            session, draft, cast.approver, SETTINGS, expected_hash=seen, now=LATER,
            audiences=[POLICE],
        )  # fmt: skip
        assert isinstance(done, Approved), done
        rest = (await versions_of(session, cast.event.id or 0))[-1]
        assert (rest.status, rest.told_as) == (BriefingStatus.SUBMITTED, "E12")
        words = await templates(session, rest)
        await sure(session, cast.event, "Er is extra politie bij de rechtbank.", at=LATER)
        await redraft(session, cast.event, cast.writer, SETTINGS, now=LATER)
        assert await templates(session, rest) == words
