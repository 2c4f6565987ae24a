"""The fact block: what may enter, what it promises, and that edits count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from briefings import moments
from briefings.event_kinds import event_kinds, neutral_title
from briefings.fact_rules import FactRefused, Statement, is_official, judge, may_confirm, tidy
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
from feeds.rows import Event, Item, Origin, Source, Trust
from tests.briefings_cast import NOW, SETTINGS, an_event, sure

MEASURE = {
    "for_whom": "alle verkeer",
    "where": "Presikhaaf",
    "from_": "17.00 uur",
    "until": "nader bericht",
    "decided_by": "burgemeester",
    "applies": "nee",
}


def an_item(event: Event, source: Source, guid: str, title: str, minutes: int) -> Item:
    at = NOW - timedelta(minutes=minutes)
    return Item(
        source_id=source.id, guid=guid, title=title, link=f"https://omroep.example/{guid}",
        published_at=at, first_seen_at=at, polled_at=at, content_hash=guid, event_id=event.id,
    )  # fmt: skip


def statement(kind: FactKind = FactKind.CONFIRMED, **values: Any) -> Statement:
    return Statement(
        **{
            "kind": kind,
            "text": "De politie heeft drie mensen aangehouden.",
            "source_name": "politie",
            "source_at": NOW,
            **values,
        }
    )


def reason(offered: Statement) -> str | None:
    refused = judge(offered, now=NOW)
    return refused.reason if refused else None


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("politie", True),
        ("de politie Oost-Nederland", True),
        ("OM", True),
        ("Openbaar Ministerie", True),
        ("gemeente Arnhem", True),
        ("veiligheidsregio", True),
        ("NCTV", True),
        ("omroep en krant", True),
        ("omroep, krant", True),
        ("omroep", False),
        ("omroep en omroep", False),
        ("politiek café", False),
        ("", False),
    ],
)
def test_only_an_official_body_or_two_newsrooms_confirm(name: str, may: bool) -> None:
    assert may_confirm(name) is may


def test_two_newsrooms_are_not_official() -> None:
    assert not is_official("omroep en krant")


def test_a_single_newsroom_is_refused_with_a_way_out() -> None:
    assert reason(statement(source_name="omroep")) == "needs_official_source"
    assert reason(statement(FactKind.UNCONFIRMED, source_name="omroep")) is None


def test_a_denial_needs_an_official_source_even_with_two_newsrooms() -> None:
    denial = statement(FactKind.DENIED, text="Een naam die rondgaat, klopt niet.")
    assert reason(denial) is None
    two = statement(FactKind.DENIED, source_name="omroep en krant")
    assert reason(two) == "needs_official_source"


@pytest.mark.parametrize("values", [{"source_name": " "}, {"source_at": None}])
def test_a_fact_needs_a_source_and_its_time(values: dict[str, Any]) -> None:
    assert reason(statement(**values)) == "no_source"


def test_a_person_is_refused_with_the_place_of_the_words() -> None:
    refused = judge(statement(text="De heer Jansen is aangehouden."), now=NOW)
    assert refused is not None
    assert refused.reason == "person"
    assert refused.screening is not None
    assert refused.screening.words


def test_a_person_as_source_is_refused() -> None:
    assert reason(statement(source_name="mevrouw Jansen")) == "person"


def test_a_source_from_tomorrow_is_refused() -> None:
    assert reason(statement(source_at=NOW + timedelta(hours=1))) == "source_in_future"


def test_a_confirmed_sentence_has_at_most_twenty_words() -> None:
    long = "De politie heeft " + "heel " * 18 + "veel gedaan."
    assert reason(statement(text=long)) == "too_long"
    assert reason(statement(FactKind.UNCONFIRMED, text=long)) is None


def test_an_unknown_needs_no_source() -> None:
    unknown = Statement(FactKind.UNKNOWN, "Wat de verdachten wilden doen.")
    assert reason(unknown) is None


@pytest.mark.parametrize("missing", sorted(MEASURE))
def test_a_measure_says_for_whom_where_when_by_whom_and_whether_it_applies(missing: str) -> None:
    given_ = {name: value for name, value in MEASURE.items() if name != missing}
    offered = statement(FactKind.MEASURE, text="De Testlaan is dicht.", measure=given_)
    assert reason(offered) == "measure_incomplete"


@pytest.mark.parametrize(
    "text",
    [
        "De verdachte is een Syrische man.",
        "Naar verluidt zijn er meer verdachten.",
        "Bekijk de beelden van de inval.",
        "Zij schreven een manifest.",
        "De verdachte zat op basisschool De Zonnebloem.",
    ],
)
def test_a_sentence_that_breaks_a_block_rule_never_enters(text: str) -> None:
    refused = judge(statement(text=text), now=NOW)
    assert refused is not None
    assert refused.reason == "blocked"
    assert refused.remarks


def test_tidying_closes_the_sentence() -> None:
    assert tidy("  Er is   geen gevaar ") == "Er is geen gevaar."
    assert tidy("Is er gevaar?") == "Is er gevaar?"


@given(st.text(max_size=80))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 3, hour, minute, tzinfo=moments.AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        (local(17, 44), "dinsdag 3 maart, 22.00 uur"),
        (local(21, 29), "dinsdag 3 maart, 22.00 uur"),
        (local(21, 30), "woensdag 4 maart, 07.15 uur"),
        (local(23, 59), "woensdag 4 maart, 07.15 uur"),
        (local(1, 0), "dinsdag 3 maart, 07.15 uur"),
        (local(6, 45), "dinsdag 3 maart, 07.15 uur"),
        (local(7, 0), "dinsdag 3 maart, 22.00 uur"),
    ],
)
def test_the_next_update_is_tonight_or_the_morning(now: datetime, promised: str) -> None:
    assert moments.moment(moments.default_next_update(SETTINGS, now=now)) == promised


def test_clock_times_follow_summer_time() -> None:
    assert moments.clock(datetime(2026, 7, 1, 18, 0, tzinfo=UTC)) == "20.00"


def test_the_title_is_type_place_and_date() -> None:
    on = NOW.date()
    assert neutral_title("E01", "Presikhaaf", on) == "Aanhouding Presikhaaf, 3 maart"
    assert neutral_title("E99", "Arnhem", on) == "Gebeurtenis Arnhem, 3 maart"


def test_no_title_word_labels_people() -> None:
    labels = ("terreur", "terror", "radical", "extrem", "haat", "jihad")
    nouns = " ".join(kind.noun.lower() for kind in event_kinds().values())
    assert not any(label in nouns for label in labels)


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
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
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
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        await sure(session, event, "Er is geen gevaar voor de buurt.")
    async with db.read() as session:
        entries = (await session.exec(select(JournalEntry))).all()
    said = " ".join(f"{entry.action} {entry.detail}" for entry in entries)
    assert [entry.action for entry in entries] == ["facts_opened", "fact_added"]
    assert "gevaar" not in said


async def test_a_refused_sentence_leaves_no_trace(db: Database) -> None:
    async with db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
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
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        refused = await set_context(
            session, event.id or 0, editor_id=1, now=NOW, meaning=meaning, meaning_speaker=speaker
        )
    assert (refused.reason if refused else None) == why


async def test_public_words_are_screened_like_facts(db: Database) -> None:
    async with db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
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
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        later = NOW + timedelta(hours=2)
        await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, text="Er is geen gevaar.",
            source_name="politie", source_at=NOW, editor_id=1, now=later,
        )  # fmt: skip
        assert (await facts_of(session, event.id or 0)).block.as_of == later


async def test_one_house_of_worship_is_refused_with_a_way_to_write_it(db: Database) -> None:
    async with db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
        refused = await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, source_name="politie", source_at=NOW,
            text="Er was brand bij de moskee in Malburgen.", editor_id=1, now=NOW,
        )  # fmt: skip
        assert isinstance(refused, FactRefused)
        assert refused.reason == "too_precise"
