"""A first version that is drafted, and own words in it."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.drafting import draft_briefing, texts_of
from briefings.editing import WordsRefused, write_words
from briefings.rows import Briefing, BriefingKind, BriefingText
from briefings.versions import current_briefing
from contacts.directory import Audience
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, the_cast

VO = Audience.TEACHER_VO_MBO
RULES = "Liever niet"
MINE = "- Laat de telefoons in de tas.\n- Kijk geen filmpjes samen."
LATER = NOW + timedelta(minutes=5)


async def drafted(session: AsyncSession) -> tuple[Cast, Briefing]:
    cast = await the_cast(session)
    await facts_for(session, cast.event)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    return cast, briefing


async def wrote(
    session: AsyncSession, cast: Cast, words: str = MINE, *, place: str = RULES, by: object = None,
    audience: Audience = VO,
) -> WordsRefused | None:  # fmt: skip
    return await write_words(
        session, cast.event, by or cast.writer, audience, place, words, SETTINGS,
        allow=(), now=LATER,
    )  # fmt: skip


async def text_for(session: AsyncSession, cast: Cast, audience: Audience = VO) -> BriefingText:
    briefing = await current_briefing(session, cast.event.id or 0)
    assert briefing is not None
    found = await texts_of(session, briefing.id or 0)
    return next(text for text in found if text.audience is audience)
