"""Own words go along to later versions, or wait in them until somebody chose; none is lost."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.taking_back import take_back
from bot.evening.writing import NewFact, begin_correction, store_fact
from bot.evening.wrong_parts import BY_HAND, sent_parts
from briefings.approval import Approved, Submitted, approve, submit, withdraw
from briefings.drafting import draft_briefing, texts_of
from briefings.editing import parts_of
from briefings.facts import facts_of
from briefings.own_words import CHAT
from briefings.rows import Briefing, BriefingKind, FactKind, OwnWording
from briefings.versions import current_briefing
from briefings.wordings import words_aside, words_of
from contacts.outbox import Message
from contacts.records import Database
from tests.briefings_cast import SETTINGS, Cast
from tests.wordings_world import LATER, MINE, RULES, drafted, text_for, wrote


async def sent(session: AsyncSession, cast: Cast, briefing: Briefing) -> None:
    handed = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(handed, Submitted), handed
    done = await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=handed.content_hash, now=LATER
    )
    assert isinstance(done, Approved), done


async def test_an_update_carries_own_words_on(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast)
        await sent(session, cast, briefing)
        later = LATER + timedelta(hours=1)
        await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=later,
        )  # fmt: skip
        await store_fact(
            session, cast.event, cast.writer,
            NewFact(FactKind.CONFIRMED, "De straat is weer open.", "politie", later), SETTINGS,
            allow=(), now=later,
        )  # fmt: skip
        text = await text_for(session, cast)
    assert "De straat is weer open." in text.html
    assert "Laat de telefoons in de tas." in text.html


async def test_words_that_were_wrong_are_taken_back_and_do_not_return(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast)
        await sent(session, cast, briefing)
        later = LATER + timedelta(hours=1)
        parts = await sent_parts(session, cast.event, now=later)
        mine = next(part for part in parts if part.key.startswith(BY_HAND))
        assert (mine.first_wrong, "telefoons" in mine.text) == (briefing.id, True)
        begun = await begin_correction(
            session, cast.event, cast.writer, mine.key, "de telefoons", SETTINGS, allow=(),
            now=later,
        )  # fmt: skip
        assert isinstance(begun, Briefing)
        assert begun.kind is BriefingKind.CORRECTION
        rows = (await session.exec(select(OwnWording))).all()
        assert all(row.taken_back_at is not None for row in rows)
        texts = await texts_of(session, begun.id or 0)
        keys = [part.key for part in await sent_parts(session, cast.event, now=later)]
    assert not any("telefoons in de tas" in text.html for text in texts)
    assert mine.key not in keys


async def test_words_in_a_draft_that_a_retraction_replaces_wait_in_the_next_version(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, "- Al verzonden woorden.")
        await sent(session, cast, briefing)
        later = LATER + timedelta(hours=1)
        begin = {"settings": SETTINGS, "editor_id": cast.writer.person_id, "now": later}
        await draft_briefing(session, cast.event, kind=BriefingKind.UPDATE, **begin)
        await wrote(session, cast, "Bel ons gerust.", place=CHAT)
        [fact, *_] = (await facts_of(session, cast.event.id or 0)).confirmed
        done = await take_back(
            session, cast.event, cast.approver, str(fact.id), "het aantal", SETTINGS, allow=(),
            now=later,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        retraction = await current_briefing(session, cast.event.id or 0)
        assert retraction is not None
        assert await words_aside(session, retraction) == 1
        texts = await texts_of(session, retraction.id or 0)
        assert not any("Bel ons gerust." in text.telegram for text in texts)
        told = (await session.exec(select(Message.content))).all()
        assert any("was 1 deel zelf geschreven" in str(content) for content in told)
        update = await draft_briefing(session, cast.event, kind=BriefingKind.UPDATE, **begin)
        text = await text_for(session, cast)
        parts = parts_of(text, await words_of(session, update.id or 0))
        assert await words_aside(session, update) == 0
    kept = {part.place: part for part in parts if part.is_own}
    assert (kept[CHAT].words, kept[CHAT].is_unsettled) == ("Bel ons gerust.", True)
    assert kept[RULES].words == "- Al verzonden woorden."
    assert "H1" in {remark["code"] for remark in text.remarks}


async def test_words_in_a_draft_that_somebody_withdraws_wait_in_the_next_version(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, "- Al verzonden woorden.")
        await sent(session, cast, briefing)
        later = LATER + timedelta(hours=1)
        begin = {"settings": SETTINGS, "editor_id": cast.writer.person_id, "now": later}
        draft = await draft_briefing(session, cast.event, kind=BriefingKind.UPDATE, **begin)
        await wrote(session, cast, "Bel ons gerust.", place=CHAT)
        await withdraw(session, draft, cast.writer, now=later)
        assert await words_aside(session, draft) == 1
        update = await draft_briefing(session, cast.event, kind=BriefingKind.UPDATE, **begin)
        parts = parts_of(await text_for(session, cast), await words_of(session, update.id or 0))
    kept = {part.place: part for part in parts if part.is_own}
    assert (kept[CHAT].words, kept[CHAT].is_unsettled) == ("Bel ons gerust.", True)
    assert (kept[RULES].words, kept[RULES].is_unsettled) == ("- Al verzonden woorden.", False)


async def test_a_first_draft_that_is_withdrawn_keeps_its_words_too(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast)
        await withdraw(session, briefing, cast.writer, now=LATER)
        begin = {"settings": SETTINGS, "editor_id": cast.writer.person_id, "now": LATER}
        again = await draft_briefing(session, cast.event, kind=BriefingKind.FIRST, **begin)
        assert again.id != briefing.id
        text = await text_for(session, cast)
        parts = parts_of(text, await words_of(session, again.id or 0))
    [kept] = [part for part in parts if part.is_own]
    assert (kept.words, kept.is_unsettled) == (MINE, True)
    assert "H1" in {remark["code"] for remark in text.remarks}


async def test_a_correction_asks_for_every_hand_in_it(db: Database) -> None:
    sure = "Wat weten we zeker"
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, "- Drie mensen zijn mee. (politie, 18.05 uur)", place=sure)
        await sent(session, cast, briefing)
        later = LATER + timedelta(hours=1)
        await draft_briefing(
            session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=later, wrong="het aantal",
        )  # fmt: skip
        text = await text_for(session, cast)
    assert "Drie mensen zijn mee" not in text.html
    assert "H1" in {remark["code"] for remark in text.remarks}
