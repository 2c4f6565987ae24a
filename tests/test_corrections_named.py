"""A correction names the texts that its reader was sent, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import begin_correction
from briefings.drafting import draft_briefing, texts_of
from briefings.facts import facts_of
from briefings.rows import Briefing, BriefingKind
from briefings.versions import versions_of
from contacts.directory import Audience
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.corrections_world import WRONG
from tests.test_carrying_parts import all_but, drafted, the_rest

FIRST, REST = "dinsdag 3 maart, 18.05 uur", "dinsdag 3 maart, 18.10 uur"
HELD = Audience.SCHOOL_LEADER
LATER = NOW + timedelta(hours=2)


async def in_parts(session: AsyncSession) -> Cast:
    """Six texts at 18.05; the seventh five minutes later, with the same wrong sentence."""
    cast, first = await drafted(session)
    await all_but(session, cast, first, HELD)
    await the_rest(session, cast)
    return cast


async def putting_right(session: AsyncSession, cast: Cast, kind: BriefingKind) -> Briefing:
    if kind is BriefingKind.RETRACTION:
        return await draft_briefing(
            session, cast.event, kind=kind, settings=SETTINGS, editor_id=1, now=LATER,
            wrong="het aantal", correction_of=await first_of(session, cast),
        )  # fmt: skip
    view = await facts_of(session, cast.event.id or 0)
    wrong = next(fact.id for fact in view.confirmed if fact.text == WRONG)
    found = await begin_correction(
        session, cast.event, cast.writer, str(wrong), "het aantal", SETTINGS, allow=(), now=LATER
    )
    assert isinstance(found, Briefing), found
    return found


async def first_of(session: AsyncSession, cast: Cast) -> int:
    return (await versions_of(session, cast.event.id or 0))[0].id or 0


@pytest.mark.parametrize("kind", [BriefingKind.CORRECTION, BriefingKind.RETRACTION])
async def test_each_reader_reads_of_the_text_that_they_were_sent(
    db: Database, kind: BriefingKind
) -> None:
    async with db.begin() as session:
        cast = await in_parts(session)
        version = await putting_right(session, cast, kind)
        texts = {text.audience: text for text in await texts_of(session, version.id or 0)}
    for audience, text in texts.items():
        sent, never = (REST, FIRST) if audience is HELD else (FIRST, REST)
        for form in (text.telegram, " ".join(text.plain.split())):
            assert f"ns bericht van {sent}" in form, (audience, form)
            assert f"ns bericht van {never}" not in form
            assert "Onze berichten" not in form
