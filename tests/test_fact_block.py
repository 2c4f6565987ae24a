"""The fact block as it is kept: edits count, a refusal leaves no trace, no words are journalled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from briefings import moments
from briefings.event_kinds import event_kinds
from briefings.fact_rules import FactRefused
from briefings.facts import (
    add_fact,
    facts_of,
    open_facts,
    set_context,
    set_next_update,
    withdraw_fact,
)
from briefings.proposals import proposals
from briefings.rows import Fact, FactKind
from briefings.versions import FactsNotOpened
from contacts.journal import JournalEntry
from contacts.records import Database
from feeds.rows import Event, Item, Origin, Source
from feeds.standing import Trust
from tests.briefings_cast import NOW, SETTINGS, an_event, opened, sure


def an_item(event: Event, source: Source, guid: str, title: str, minutes: int) -> Item:
    at = NOW - timedelta(minutes=minutes)
    return Item(
        source_id=source.id, guid=guid, title=title, link=f"https://omroep.example/{guid}",
        published_at=at, first_seen_at=at, polled_at=at, content_hash=guid, event_id=event.id,
    )  # fmt: skip


async def test_opening_facts_offers_what_is_not_known_and_is_done_once(db: Database) -> None:
    async with db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        first = await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        again = await open_facts(session, event, SETTINGS, editor_id=2, now=NOW)
        view = await facts_of(session, event.id or 0)
    assert first.id == again.id
    assert view.block.neutral_title == "Aanhouding Presikhaaf, 3 maart"
    assert [fact.text for fact in view.unknown] == event_kinds()["E01"].unknown
    assert moments.clock(view.block.next_update_at) == "22.00"


async def test_facts_before_opening_are_an_error(db: Database) -> None:
    async with db.begin() as session:
        with pytest.raises(FactsNotOpened):
            await facts_of(session, 7)


async def test_an_edit_counts_the_version_and_moves_the_stand(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        later = NOW + timedelta(minutes=9)
        fact = await sure(session, event, "Er is geen gevaar", at=later)
        block = (await facts_of(session, event.id or 0)).block
        assert (block.version, block.as_of) == (2, later)
        assert fact.text == "Er is geen gevaar."
        same = await sure(session, event, "Er is geen gevaar.", at=later)
        assert same.id == fact.id
        await withdraw_fact(session, fact.id or 0, editor_id=1, now=later)
        await withdraw_fact(session, fact.id or 0, editor_id=1, now=later)
        await set_next_update(session, event.id or 0, later, editor_id=1, now=later)
        view = await facts_of(session, event.id or 0)
        kept = (await session.exec(select(Fact).where(Fact.id == fact.id))).one()
    assert view.confirmed == ()
    assert (view.block.version, view.block.next_update_at) == (4, later)
    assert kept.withdrawn_at == later


async def test_the_journal_of_facts_holds_no_words(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        await sure(session, event, "Er is geen gevaar voor de buurt.")
    async with db.read() as session:
        entries = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    said = " ".join(f"{entry.action} {entry.detail}" for entry in entries)
    assert [entry.action for entry in entries] == ["facts_opened", "fact_added"]
    assert "gevaar" not in said


async def test_a_refused_sentence_leaves_no_trace(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        refused = await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, text="Er is gevaar.",
            source_name="omroep", source_at=NOW, editor_id=1, now=NOW,
        )  # fmt: skip
        view = await facts_of(session, event.id or 0)
    assert isinstance(refused, FactRefused)
    assert view.confirmed == ()
    assert view.block.version == 1


async def test_the_news_is_offered_as_unconfirmed_newest_first_and_once(db: Database) -> None:
    async with db.begin() as session:
        event = an_event(origin=Origin.FEED)
        source = Source(
            key="omroep", name="Omroep", url="https://omroep.example/rss",
            trust=Trust.REGIONAL, next_poll_at=NOW,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        session.add_all(
            [
                an_item(event, source, "1", "Knallen gehoord bij inval", 30),
                an_item(event, source, "2", "Politie houdt drie mensen aan", 20),
                an_item(event, source, "3", "Knallen gehoord bij inval", 10),
                an_item(event, source, "4", "Verdachte is verwarde man", 5),
            ]
        )
        await session.flush()
        offered = await proposals(session, event.id or 0)
        assert [offer.text for offer in offered] == [
            "Politie houdt drie mensen aan.",
            "Knallen gehoord bij inval.",
        ]
        taken = await add_fact(
            session, event.id or 0, kind=FactKind.UNCONFIRMED, text=offered[0].text,
            source_name=offered[0].source_name, source_at=offered[0].source_at,
            source_link=offered[0].source_link, editor_id=1, now=NOW,
        )  # fmt: skip
        left = await proposals(session, event.id or 0)
    assert isinstance(taken, Fact)
    assert [offer.text for offer in left] == ["Knallen gehoord bij inval."]


@pytest.mark.parametrize(
    ("meaning", "speaker", "why"),
    [
        ("Ik leef mee.", "", "no_speaker"),
        ("", "De burgemeester", "no_words"),
        ("Ik leef mee. Ik kom langs. Tot dan.", "De burgemeester", "words_too_long"),
        ("Ik leef mee. Ik kom langs.", "De burgemeester", None),
        ("", "", None),
    ],
)
async def test_public_words_are_two_sentences_with_their_speaker(
    db: Database, meaning: str, speaker: str, why: str | None
) -> None:
    async with db.begin() as session:
        event = await opened(session)
        refused = await set_context(
            session, event.id or 0, editor_id=1, now=NOW, meaning=meaning, meaning_speaker=speaker
        )
    assert (refused.reason if refused else None) == why


async def test_public_words_are_screened_like_facts(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        refused = await set_context(
            session, event.id or 0, editor_id=1, now=NOW, meaning="De verdachte is een moslim."
        )
        accepted = await set_context(
            session, event.id or 0, editor_id=1, now=NOW,
            meaning="Ik leef mee met de buurt.", meaning_speaker="De burgemeester",
        )  # fmt: skip
        block = (await facts_of(session, event.id or 0)).block
    assert refused is not None
    assert refused.reason == "blocked"
    assert accepted is None
    assert block.meaning == "Ik leef mee met de buurt."


async def test_an_old_source_that_is_told_now_is_what_is_known_now(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        later = NOW + timedelta(hours=2)
        await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, text="Er is geen gevaar.",
            source_name="politie", source_at=NOW, editor_id=1, now=later,
        )  # fmt: skip
        assert (await facts_of(session, event.id or 0)).block.as_of == later


async def test_one_house_of_worship_is_refused_with_a_way_to_write_it(db: Database) -> None:
    async with db.begin() as session:
        event = await opened(session)
        refused = await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, source_name="politie", source_at=NOW,
            text="Er was brand bij de moskee in Malburgen.", editor_id=1, now=NOW,
        )  # fmt: skip
        assert isinstance(refused, FactRefused)
        assert refused.reason == "too_precise"
