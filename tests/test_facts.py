"""What may enter the fact block, what its title says, and when the next update is promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings import moments
from briefings.event_kinds import event_kinds, neutral_title
from briefings.fact_rules import Statement, is_official, judge, may_confirm, tidy
from briefings.rows import FactKind
from contacts.local_time import AMSTERDAM
from tests.briefings_cast import NOW, SETTINGS

MEASURE = {
    "for_whom": "alle verkeer",
    "where": "Presikhaaf",
    "from_": "17.00 uur",
    "until": "nader bericht",
    "decided_by": "burgemeester",
    "applies": "nee",
}


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
    return datetime(2026, 3, 3, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


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
