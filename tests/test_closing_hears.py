"""A closing text tells what partners told until it is approved, and closes over nobody's signal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.texts import CLOSE_AGAIN
from bot.evening.writing import begin_version
from briefings.approval import (
    ApprovalRefused,
    Approved,
    SubmitRefused,
    Submitted,
    approve,
    submit,
)
from briefings.drafting import texts_of
from briefings.rows import Briefing, BriefingKind
from contacts.directory import Domain
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import EventStatus
from signals.feedback import close_signal
from signals.rows import OutcomeCode, Setting, SignalKind
from signals.settings import SignalSettings
from signals.telling import Draft, Told, tell
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import Desk, a_desk

LATER = NOW + timedelta(days=7)
SEALER = Sealer(Sealer.new_key())


async def a_closing(session: AsyncSession, *, now: datetime = LATER) -> tuple[Cast, Briefing]:
    cast, briefing, seen = await handed_in(session)
    done = await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
    assert isinstance(done, Approved), done
    closing = await begun(session, cast, now=now)
    return cast, closing


async def begun(session: AsyncSession, cast: Cast, *, now: datetime) -> Briefing:
    closing = await begin_version(
        session, cast.event, cast.writer, BriefingKind.CLOSING, SETTINGS, now=now
    )
    assert isinstance(closing, Briefing), closing
    return closing


async def told(session: AsyncSession, cast: Cast, *, at: datetime) -> int:
    found = await tell(
        session, Draft(cast.event.id, "stad", Setting.OTHER, (SignalKind.RUMOUR,), 2),
        organisation_id=cast.people[0].organisation_id, domain=Domain.EDUCATION, reply=None,
        sealer=SEALER, settings=SignalSettings(), is_exercise=False, now=at,
    )  # fmt: skip
    assert isinstance(found, Told), found
    return found.signal_id


async def answered(session: AsyncSession, cast: Cast, signal: int, *, at: datetime) -> None:
    sent = await close_signal(
        session, signal, OutcomeCode.C, "Wij houden het in de gaten.",
        who=cast.writer.who, sealer=SEALER, now=at,
    )  # fmt: skip
    assert sent == []


async def test_a_signal_that_comes_while_it_is_written_is_answered_first(db: Database) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        signal = await told(session, cast, at=LATER + timedelta(minutes=5))
        late = LATER + timedelta(minutes=10)
        refused = await submit(session, closing, cast.writer, SETTINGS, now=late)
        assert refused == SubmitRefused("signals_wait")
        await answered(session, cast, signal, at=late)
        stale = await submit(session, closing, cast.writer, SETTINGS, now=late)
        assert stale == SubmitRefused("signals_changed")
        again = await begun(session, cast, now=late)
        assert again.id == closing.id
        assert isinstance(await submit(session, again, cast.writer, SETTINGS, now=late), Submitted)
        plain = (await texts_of(session, again.id or 0))[0].plain
        assert "geruchten" in plain


async def test_a_signal_that_comes_while_it_waits_for_approval_holds_it_up(db: Database) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        done = await submit(session, closing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        signal = await told(session, cast, at=LATER + timedelta(minutes=5))
        late = LATER + timedelta(minutes=10)
        seen = done.content_hash
        waits = await approve(
            session, closing, cast.approver, SETTINGS, expected_hash=seen, now=late
        )
        assert waits == ApprovalRefused("signals_wait")
        await answered(session, cast, signal, at=late)
        stale = await approve(
            session, closing, cast.approver, SETTINGS, expected_hash=seen, now=late
        )
        assert stale == ApprovalRefused("signals_changed")
        assert cast.event.status is EventStatus.CONFIRMED
        again = await begun(session, cast, now=late)
        bound = await submit(session, again, cast.writer, SETTINGS, now=late)
        assert isinstance(bound, Submitted), bound
        sent = await approve(
            session, again, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=late
        )
        assert isinstance(sent, Approved), sent
        assert cast.event.status is EventStatus.CLOSED


async def test_an_update_waits_for_no_signal(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await told(session, cast, at=NOW)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        assert isinstance(done, Approved), done


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_at_the_desk_a_closing_is_written_again_with_one_button(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("nieuwe-versie", soort="afsluiting")).status_code == 303
    async with desk.world.db.begin() as session:
        await tell(
            session, Draft(desk.number, "stad", Setting.OTHER, (SignalKind.RUMOUR,), 2),
            organisation_id=1, domain=Domain.EDUCATION, reply=None, sealer=desk.world.sealer,
            settings=SignalSettings(), is_exercise=False, now=desk.world.now,
        )  # fmt: skip
    refused = await desk.press("indienen", versie=2)
    assert refused.status_code == 422
    assert "Er kwam een signaal bij." in refused.text
    assert CLOSE_AGAIN in refused.text
    seen = refused.text.split('name="gezien" value="')[1].split('"', maxsplit=1)[0]
    waits = await desk.press("nieuwe-versie", soort="afsluiting", gezien=seen)
    assert "Nog 1 signaal wacht op een antwoord" in waits.text
