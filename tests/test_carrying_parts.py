"""After texts that were approved in parts: nobody's own words or translation is left behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import Approved, Submitted, approve, submit, withdraw
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.editing import write_words
from briefings.rows import Briefing, BriefingKind, OwnWording, covered
from briefings.translations import Kept, is_fresh, keep_translation, translations_of
from briefings.versions import versions_of
from briefings.wordings import is_unsettled, words_of
from contacts.directory import Audience, Domain
from contacts.outbox import Message
from contacts.records import Database
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    Cast,
    add_organisation,
    add_person,
    facts_for,
    let_go,
    sure,
    the_cast,
)
from tests.test_translating import all_said

LATER = NOW + timedelta(minutes=5)
HOURS_LATER = NOW + timedelta(hours=2)
VO, LEAD = Audience.TEACHER_VO_MBO, Audience.SCHOOL_LEADER
POLICE, RELIGIOUS, PARENTS = (
    Audience.POLICE_DISTRICT, Audience.RELIGIOUS_CULTURAL, Audience.PARENTS,
)  # fmt: skip
RULES = "Liever niet"
MINE = "- Laat de telefoons in de tas."
TOLD_STALE = "De vertaling is nog niet bijgewerkt."


async def drafted(session: AsyncSession) -> tuple[Cast, Briefing]:
    cast = await the_cast(session)
    await facts_for(session, cast.event)
    return cast, await begun(session, cast, BriefingKind.FIRST, at=0)


async def begun(
    session: AsyncSession, cast: Cast, kind: BriefingKind, *, at: int = 2, wrong: str | None = None
) -> Briefing:
    return await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS, editor_id=cast.writer.person_id,
        now=NOW + timedelta(hours=at), wrong=wrong,
    )  # fmt: skip


async def wrote(session: AsyncSession, cast: Cast, audience: Audience, words: str = MINE) -> None:
    refused = await write_words(
        session, cast.event, cast.writer, audience, RULES, words, SETTINGS, allow=(), now=NOW
    )
    assert refused is None


async def translated(
    session: AsyncSession, cast: Cast, briefing: Briefing, audience: Audience
) -> None:
    texts = {text.audience: text for text in await texts_of(session, briefing.id or 0)}
    done = await keep_translation(
        session, cast.event, briefing, cast.writer, audience, "tr",
        all_said(texts[audience], "kelime"), role="beëdigd vertaler", made_on=date(2026, 3, 3),
        languages=("tr",), allow=(), today=date(2026, 3, 3), now=NOW,
    )  # fmt: skip
    assert isinstance(done, Kept), done


async def all_but(session: AsyncSession, cast: Cast, briefing: Briefing, held: Audience) -> None:
    done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(done, Submitted), done
    part = await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=done.content_hash, now=NOW,
        audiences=[audience for audience in Audience if audience is not held],
    )  # fmt: skip
    assert isinstance(part, Approved), part


async def the_rest(session: AsyncSession, cast: Cast) -> None:
    rest = await current_briefing(session, cast.event.id or 0)
    assert rest is not None
    done = await approve(
        session, rest, cast.approver, SETTINGS, expected_hash=rest.content_hash or "", now=LATER
    )
    assert isinstance(done, Approved), done


async def carried(session: AsyncSession, briefing: Briefing) -> dict[Audience, tuple[str, bool]]:
    """The own words in a version, and whether somebody has to choose."""
    rows = await words_of(session, briefing.id or 0)
    assert len({(row.audience, row.place) for row in rows}) == len(rows)
    return {row.audience: (row.words, is_unsettled(row)) for row in rows}


@pytest.mark.parametrize("held", [VO, LEAD, POLICE])
async def test_an_update_carries_the_words_of_every_part(db: Database, held: Audience) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, VO)
        await wrote(session, cast, LEAD)
        await all_but(session, cast, briefing, held)
        await the_rest(session, cast)
        await sure(session, cast.event, "De Testlaan is dicht.", at=HOURS_LATER)
        update = await begun(session, cast, BriefingKind.UPDATE)
        assert await carried(session, update) == {VO: (MINE, False), LEAD: (MINE, False)}
        texts = await texts_of(session, update.id or 0)
    told = {text.audience for text in texts if "telefoons in de tas" in text.html}
    assert told == {VO, LEAD}


async def test_words_that_somebody_put_back_in_the_last_part_do_not_return(db: Database) -> None:
    """The newest version with that text decides, not an older one that still had words."""
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, VO)
        await wrote(session, cast, LEAD)
        await let_go(session, cast, briefing)
        update = await begun(session, cast, BriefingKind.UPDATE)
        for row in await words_of(session, update.id or 0):
            if row.audience is VO:
                await session.delete(row)
        await session.flush()
        await all_but(session, cast, update, POLICE)
        await the_rest(session, cast)
        again = await begun(session, cast, BriefingKind.UPDATE, at=3)
        assert set(await carried(session, again)) == {LEAD}


async def test_a_rest_that_somebody_withdrew_asks_for_its_words_and_the_other_part_keeps_its_own(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, VO)
        await wrote(session, cast, POLICE)
        await all_but(session, cast, briefing, POLICE)
        rest = await current_briefing(session, cast.event.id or 0)
        assert rest is not None
        await withdraw(session, rest, cast.writer, now=LATER)
        await sure(session, cast.event, "De Testlaan is dicht.", at=HOURS_LATER)
        update = await begun(session, cast, BriefingKind.UPDATE)
        assert await carried(session, update) == {VO: (MINE, False), POLICE: (MINE, True)}


@pytest.mark.parametrize("kind", [BriefingKind.CORRECTION, BriefingKind.RETRACTION])
async def test_what_puts_right_in_the_place_of_a_waiting_rest_loses_no_words(
    db: Database, kind: BriefingKind
) -> None:
    """The rest grows to all texts then; the words of the others come from the part that went."""
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, VO)
        await wrote(session, cast, POLICE)
        await translated(session, cast, briefing, RELIGIOUS)
        await all_but(session, cast, briefing, POLICE)
        right = await begun(session, cast, kind, wrong="de plek")
        assert covered(right) == tuple(Audience)
        assert {a for a, _ in (await carried(session, right)).items()} == {VO, POLICE}
        [row] = await translations_of(session, right.id or 0)
        assert row.audience is RELIGIOUS


async def test_an_update_carries_the_translations_of_every_part(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        council = await add_organisation(session, "Centrum", Domain.CIVIL)
        for name, audience, chat in (("bestuur", RELIGIOUS, "21"), ("ouder", PARENTS, "22")):
            person = await add_person(session, council, name, [audience], telegram=chat)
            person.language = "tr"
        await facts_for(session, cast.event)
        briefing = await begun(session, cast, BriefingKind.FIRST, at=0)
        await translated(session, cast, briefing, RELIGIOUS)
        await translated(session, cast, briefing, PARENTS)
        await all_but(session, cast, briefing, PARENTS)
        await the_rest(session, cast)
        await sure(session, cast.event, "De Testlaan is dicht.", at=HOURS_LATER)
        update = await begun(session, cast, BriefingKind.UPDATE)
        rows = await translations_of(session, update.id or 0)
        assert {row.audience for row in rows} == {RELIGIOUS, PARENTS}
        await let_go(session, cast, update, now=HOURS_LATER)
        found = await session.exec(
            select(Message).where(col(Message.briefing_id) == update.id).order_by(col(Message.id))
        )
        told = {message.audience: str(message.content) for message in found.all()}
    assert TOLD_STALE in told[RELIGIOUS]
    assert TOLD_STALE in told[PARENTS]


async def test_parts_that_come_back_together_keep_words_and_translations(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, VO)
        await translated(session, cast, briefing, RELIGIOUS)
        done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(done, Submitted), done
        await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=done.content_hash, now=NOW,
            audiences=[one for one in Audience if one is not POLICE], send_at=HOURS_LATER,
        )  # fmt: skip
        await sure(session, cast.event, "De straat is weer open.", at=LATER)
        joined = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert joined.audiences is None
        assert set(await carried(session, joined)) == {VO}
        [row] = await translations_of(session, joined.id or 0)
        texts = {text.audience: text for text in await texts_of(session, joined.id or 0)}
        assert (row.audience, is_fresh(texts[RELIGIOUS], row)) == (RELIGIOUS, False)
        versions = await versions_of(session, cast.event.id or 0)
        left = await session.exec(
            select(OwnWording).where(
                col(OwnWording.briefing_id).in_([v.id for v in versions if v.id != joined.id])
            )
        )
        assert left.all() == []
