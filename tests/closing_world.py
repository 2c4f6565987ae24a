"""A closing text over a first one that went out, and signals that come and are answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import begin_version
from briefings.approval import (
    Approved,
    approve,
)
from briefings.rows import Briefing, BriefingKind
from contacts.directory import Domain
from contacts.sealing import Sealer
from signals.feedback import close_signal
from signals.rows import OutcomeCode, Setting, SignalKind
from signals.settings import SignalSettings
from signals.telling import Draft, Told, tell
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import Desk

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


async def told_at_desk(desk: Desk) -> None:
    """The same, of a school at the event of a desk."""
    async with desk.world.db.begin() as session:
        await tell(
            session, Draft(desk.number, "stad", Setting.OTHER, (SignalKind.RUMOUR,), 2),
            organisation_id=1, domain=Domain.EDUCATION, reply=None, sealer=desk.world.sealer,
            settings=SignalSettings(), is_exercise=False, now=desk.world.now,
        )  # fmt: skip


async def answered(session: AsyncSession, cast: Cast, signal: int, *, at: datetime) -> None:
    sent = await close_signal(
        session, signal, OutcomeCode.C, "Wij houden het in de gaten.",
        who=cast.writer.who, sealer=SEALER, now=at,
    )  # fmt: skip
    assert sent == []
