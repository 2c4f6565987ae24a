"""What follows a text that was sent: an update says what is new, a correction what was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from briefings.drafting import draft_briefing, texts_of
from briefings.facts import add_fact, facts_of, withdraw_fact
from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    FactKind,
)
from briefings.versions import NothingToCorrect
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, facts_for, sure, the_cast


async def test_an_update_before_anything_was_sent_is_a_first_text(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=NOW
        )
    assert briefing.kind is BriefingKind.FIRST


async def test_a_correction_needs_something_that_was_sent(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        with pytest.raises(NothingToCorrect):
            await draft_briefing(
                session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS,
                editor_id=1, now=NOW,
            )  # fmt: skip


async def after_sending(db: Database, *, news: bool, removed: bool) -> list[BriefingText]:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        sent = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        sent.status, sent.distributed_at = BriefingStatus.DISTRIBUTED, NOW
        later = NOW + timedelta(hours=3)
        if news:
            await sure(session, cast.event, "De Testlaan is weer open.", at=later)
        if removed:
            extra = await sure(session, cast.event, "De Testlaan is dicht.", at=NOW)
            await withdraw_fact(session, extra.id or 0, editor_id=1, now=later)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=later
        )
        assert (update.kind, update.version) == (BriefingKind.UPDATE, 2)
        return await texts_of(session, update.id or 0)


async def test_an_update_begins_with_what_is_new(db: Database) -> None:
    for text in await after_sending(db, news=True, removed=False):
        assert text.telegram.index("Nieuw:") < text.telegram.index("drie mensen")
        assert "Nieuw sinds dinsdag 3 maart, 18.05 uur" in text.plain
        short, heading = text.plain.split("Nieuw sinds", 1)
        # What follows is about the event, so what happened stands there as well.
        assert 0 < short.index("De Testlaan is weer open.") < short.index("drie mensen")
        # Once more with its source, and not among what was known before.
        assert heading.count("De Testlaan is weer open.") == 1
        assert text.subject.startswith("Update 21.05: ")
        assert text.remarks == []


async def test_where_only_something_unsure_is_new_the_update_says_so(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        sent = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        sent.status, sent.distributed_at = BriefingStatus.DISTRIBUTED, NOW
        later = NOW + timedelta(hours=3)
        await add_fact(
            session, cast.event.id or 0, kind=FactKind.UNCONFIRMED,
            text="De Testlaan is misschien open.", source_name="omroep", source_at=later,
            editor_id=1, now=later,
        )  # fmt: skip
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=later
        )
        for text in await texts_of(session, update.id or 0):
            short = text.plain.partition("Nieuw sinds")[0]
            assert "Wat nieuw is, is nog niet bevestigd." in short
            assert "misschien open" not in short


async def test_nothing_new_is_one_line(db: Database) -> None:
    for text in await after_sending(db, news=False, removed=False):
        assert text.template == "gedeeld/no_news"
        assert "Er is geen nieuws sinds dinsdag 3 maart, 18.05 uur." in text.telegram
        assert text.remarks == []


async def test_a_sentence_taken_out_is_said(db: Database) -> None:
    for text in await after_sending(db, news=False, removed=True):
        assert "weggehaald wat niet meer geldt" in text.plain


async def test_a_correction_begins_with_the_fact_added_since_it_was_begun(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        wrong = (await facts_of(session, cast.event.id or 0)).confirmed[0]
        first = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        first.status = BriefingStatus.DISTRIBUTED
        between, after = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        await sure(session, cast.event, "De straat is weer open.", at=between)
        await withdraw_fact(session, wrong.id or 0, editor_id=1, now=after)
        for at in (after, after + timedelta(minutes=2)):
            correction = await draft_briefing(
                session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS, editor_id=1,
                now=at, wrong="het aantal",
            )  # fmt: skip
            typed = at + timedelta(minutes=1)
            await sure(session, cast.event, "De politie heeft vier mensen aangehouden.", at=typed)
        texts = await texts_of(session, correction.id or 0)
    for text in texts:
        assert "De straat is weer open." not in text.telegram, "it is about something else"
        assert 0 < text.plain.index("vier mensen") < text.plain.index("De straat is weer open.")
        assert "vier mensen" in text.telegram


async def test_a_second_mistake_joins_the_first_in_one_correction(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)

        async def draft(kind: BriefingKind, **of: Any) -> Briefing:
            return await draft_briefing(
                session, cast.event, kind=kind, settings=SETTINGS, editor_id=1, now=NOW, **of
            )

        sent = []
        for _ in range(2):
            version = await draft(BriefingKind.FIRST)
            version.status, version.distributed_at = BriefingStatus.DISTRIBUTED, NOW
            sent.append(version)
        mistakes = ((sent[0], "het aantal."), (sent[1], "de straat"), (sent[1], "de straat"))
        for version, about in mistakes:
            correction = await draft(BriefingKind.CORRECTION, correction_of=version.id, wrong=about)
        again = await draft(BriefingKind.CORRECTION, wrong=correction.wrong)
        assert (again.id, again.correction_of_id) == (correction.id, sent[0].id)
        assert again.wrong == "het aantal; de straat"
        long = await draft(BriefingKind.CORRECTION, wrong="x" * 290)
        assert long.wrong is not None
        assert (len(long.wrong) <= 300, long.wrong[-290:]) == (True, "x" * 290)
