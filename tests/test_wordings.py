"""Own words in a version: checked like any text, and approved by another than who wrote them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import NewFact, store_fact
from briefings.approval import ApprovalRefused, Approved, SubmitRefused, Submitted, approve, submit
from briefings.drafting import texts_of
from briefings.editing import WordsRefused, parts_of, settle_words
from briefings.own_words import CHAT
from briefings.rows import BriefingStatus, FactKind
from briefings.wordings import words_of
from contacts.directory import Role
from contacts.journal import JournalEntry
from contacts.permissions import NotAllowed
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast, actor
from tests.wordings_world import LATER, RULES, VO, drafted, text_for, wrote


async def new_fact(session: AsyncSession, cast: Cast, text: str) -> None:
    await store_fact(
        session, cast.event, cast.writer, NewFact(FactKind.CONFIRMED, text, "politie", LATER),
        SETTINGS, allow=(), now=LATER,
    )  # fmt: skip


async def test_own_words_stand_in_one_text_only(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        before = {text.audience: text.html for text in await texts_of(session, briefing.id or 0)}
        assert await wrote(session, cast) is None
        after = await texts_of(session, briefing.id or 0)
    changed = {text.audience for text in after if text.html != before[text.audience]}
    assert changed == {VO}
    text = next(text for text in after if text.audience is VO)
    assert "Laat de telefoons in de tas." in text.html
    assert "- Laat de telefoons in de tas." in text.plain


async def test_words_written_after_handing_in_lose_that(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        handed = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(handed, Submitted)
        await wrote(session, cast)
        assert briefing.status is BriefingStatus.DRAFT
        refused = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=handed.content_hash, now=LATER
        )
        again = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert refused == ApprovalRefused("not_submitted")
    assert isinstance(again, Submitted)
    assert again.content_hash != handed.content_hash


async def test_words_written_while_it_waits_for_its_moment_void_the_approval(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        handed = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(handed, Submitted)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=handed.content_hash, now=NOW,
            send_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        assert isinstance(done, Approved)
        assert await wrote(session, cast) is None
        assert briefing.status is BriefingStatus.WITHDRAWN
        text = await text_for(session, cast)
    assert "Laat de telefoons in de tas." in text.html


async def test_who_wrote_words_may_not_approve_them(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, by=cast.approver)
        # Somebody else edits a fact later: the hand of the approver is still in the text.
        await new_fact(session, cast, "Er is politie in de wijk.")
        handed = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(handed, Submitted)
        refused = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=handed.content_hash, now=LATER
        )
    assert refused == ApprovalRefused("four_eyes")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("- Bel met Karel Jansen.", "person"),
        ("   ", "empty"),
        ("- " + "lang " * 700, "too_long"),
        ("- Kijk op %%SIGN_IN%%.", "placeholder"),
    ],
)
async def test_what_may_not_be_kept_is_not_kept(db: Database, words: str, reason: str) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        before = (await text_for(session, cast)).html
        assert await wrote(session, cast, words) == WordsRefused(reason)
        assert (await text_for(session, cast)).html == before
        assert await words_of(session, briefing.id or 0) == []


async def test_a_rule_that_blocks_blocks_own_words(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        assert await wrote(session, cast, "- Naar verluidt komt er meer.") is None
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(refused, SubmitRefused)
    assert {remark.code for remark in refused.remarks} == {"N4"}


async def test_an_organisation_of_the_list_is_not_named_in_own_words(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await drafted(session)
        await wrote(session, cast, "- Vraag het aan De Gele Loper.")
        text = await text_for(session, cast)
    assert "N9" in {remark["code"] for remark in text.remarks if remark["level"] == "block"}


async def test_a_new_fact_elsewhere_leaves_own_words_alone(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await drafted(session)
        await wrote(session, cast)
        await new_fact(session, cast, "Er is politie in de wijk.")
        text = await text_for(session, cast)
    assert "Laat de telefoons in de tas." in text.html
    assert "Er is politie in de wijk." in text.html


async def test_a_new_fact_in_the_same_part_asks_and_blocks_until_somebody_chose(
    db: Database,
) -> None:
    sure = "Wat weten we zeker"
    mine = "- In Arnhem zijn drie mensen aangehouden. (politie, 18.05 uur)"
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, mine, place=sure)
        assert isinstance(
            await submit(session, briefing, cast.writer, SETTINGS, now=LATER), Submitted
        )
        await new_fact(session, cast, "Er is politie in de wijk.")
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(refused, SubmitRefused)
        assert ("H1", sure) in {(remark.code, remark.where) for remark in refused.remarks}
        text = await text_for(session, cast)
        # The newest facts are read until then, and the own words wait beside them.
        assert "Er is politie in de wijk." in text.html
        part = next(
            p for p in parts_of(text, await words_of(session, briefing.id or 0)) if p.place == sure
        )
        assert (part.is_unsettled, part.words) == (True, mine)
        await settle_words(session, cast.event, cast.writer, VO, sure, "keep", SETTINGS, now=LATER)
        kept = await text_for(session, cast)
        assert "In Arnhem zijn drie mensen aangehouden." in kept.html
        again = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(again, Submitted), again


async def test_the_fact_block_can_speak_again(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        before = (await text_for(session, cast)).html
        await wrote(session, cast)
        await settle_words(session, cast.event, cast.writer, VO, RULES, "drop", SETTINGS, now=LATER)
        assert (await text_for(session, cast)).html == before
        assert await words_of(session, briefing.id or 0) == []


async def test_the_journal_says_who_wrote_and_not_what(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await drafted(session)
        await wrote(session, cast)
        entries = (await session.exec(select(JournalEntry))).all()
    written = [entry for entry in entries if entry.action == "own_words_written"]
    assert [entry.detail for entry in written] == [{"audience": VO.value}]
    assert not any("telefoons" in str(entry.detail) for entry in entries)


async def test_a_lid_writes_nothing(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await drafted(session)
        with pytest.raises(NotAllowed):
            await wrote(session, cast, by=actor(cast.people[0]))
        stranger = replace(cast.writer, roles=frozenset({Role.COORDINATOR}), is_exercise=True)
        assert await wrote(session, cast, by=stranger) == WordsRefused("not_open")


async def test_the_chat_can_have_its_own_words(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await drafted(session)
        await wrote(session, cast, "Kort: er zijn mensen aangehouden.", place=CHAT)
        text = await text_for(session, cast)
    assert "<b>Kort:</b> er zijn mensen aangehouden." in text.telegram
    assert text.telegram.splitlines()[-1].startswith("Volgende update")
