"""The version that readers see counts what they got: not what was withdrawn, or for others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import withdraw
from briefings.drafting import draft_briefing
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.sheets import numbers_for
from briefings.versions import texts_of
from contacts.directory import Audience
from contacts.records import Database
from tests.approving import a_draft
from tests.briefings_cast import NOW, SETTINGS, Cast, let_go, sure
from tests.console_world import World, a_version, a_world

LATER = NOW + timedelta(minutes=30)
VO, POLICE = Audience.TEACHER_VO_MBO, Audience.POLICE_DISTRICT


async def drafted(session: AsyncSession, cast: Cast, kind: BriefingKind, at: datetime) -> Briefing:
    return await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS, editor_id=cast.writer.person_id, now=at
    )


async def shown(session: AsyncSession, briefing: Briefing) -> set[str]:
    texts = await texts_of(session, briefing.id or 0)
    assert texts
    lines = [line for text in texts for line in text.plain.splitlines() if "Versie " in line]
    return {line.partition("Versie ")[2] for line in lines}


async def test_the_first_text_that_goes_is_the_first(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await a_draft(session)
        assert await shown(session, first) == {"1."}
        await withdraw(session, first, cast.writer, now=NOW)
        again = await drafted(session, cast, BriefingKind.FIRST, NOW)
        assert again.version == 2
        assert await shown(session, again) == {"1."}
        await let_go(session, cast, again)
        await sure(session, cast.event, "De straat is weer open.", at=LATER)
        update = await drafted(session, cast, BriefingKind.UPDATE, LATER)
        assert update.version == 3
        assert await shown(session, update) == {"2."}


def a_version_row(number: int, audiences: list[Audience] | None) -> Briefing:
    return Briefing(
        event_id=1, version=number, kind=BriefingKind.FIRST, status=BriefingStatus.DISTRIBUTED,
        facts_version=1, edited_at=NOW, created_at=NOW,
        audiences=None if audiences is None else [one.value for one in audiences],
    )  # fmt: skip


def test_a_part_for_others_counts_for_those_alone() -> None:
    assert set(numbers_for([]).values()) == {1}
    numbers = numbers_for([a_version_row(2, [VO]), a_version_row(4, None)])
    assert (numbers[VO], numbers[POLICE]) == (3, 2)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def test_the_page_counts_as_the_text_does(world: World) -> None:
    async with world.db.begin() as session:
        # Two versions between them were withdrawn.
        await a_version(session, world.event_id, 4, world.now)
    page = (await world.web.get(world.page)).text
    assert "Versie 2.</p>" in page
