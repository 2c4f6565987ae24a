"""In which phase the city may be: counted in organisations, proposed once, decided by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.directory import Domain
from feeds.districts import districts, parts_of_city
from signals.phases import Phase, is_higher, propose
from signals.picture import bars, picture_of, total_shown, trend, weak_signals
from signals.rows import Direction, Eep, Setting, Signal, SignalKind, SignalStatus
from signals.settings import PhaseSettings

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SETTINGS = PhaseSettings()
DOMAINS = list(Domain)


def told(organisation: int = 1, **values: Any) -> Signal:
    base: dict[str, Any] = {
        "organisation_id": organisation, "domain": DOMAINS[organisation % 5], "received_at": NOW,
        "district": "stad", "setting": Setting.CLASSROOM, "kinds": [SignalKind.FEAR.value],
        "severity": 2, "answer_due_at": NOW, "eep": Eep.EXPERIENCED,
        "direction": Direction.UNKNOWN, "status": SignalStatus.NEW,
    }  # fmt: skip
    return Signal(**(base | values))


def phase_of(signals: Sequence[Signal], **values: Any) -> Phase:
    return propose(signals, SETTINGS, now=NOW, **values).phase


@pytest.mark.parametrize(
    ("signals", "phase"),
    [
        ([], Phase.NORMAL),
        ([told(1)], Phase.NORMAL),
        ([told(1)] * 12, Phase.NORMAL),
        ([told(1), told(2)], Phase.SIMMERING),
        ([told(1, eep=Eep.EVIDENCED, district="WK020207"),
          told(1, eep=Eep.EVIDENCED, district="WK020208")], Phase.RISING),
        ([told(1, eep=Eep.EVIDENCED, district="stad"),
          told(1, eep=Eep.EVIDENCED, district="online")], Phase.NORMAL),
        ([told(n, eep=Eep.EVIDENCED) for n in (1, 2, 3)], Phase.RISING),
        ([told(n, domain=Domain.EDUCATION, severity=3) for n in (1, 2, 3)], Phase.RISING),
        ([told(1, severity=3)] * 3, Phase.NORMAL),
        ([told(n, severity=4) for n in (1, 2)], Phase.UNREST),
        ([told(n, kinds=[SignalKind.SUPPORT.value]) for n in range(9)], Phase.NORMAL),
    ],
)  # fmt: skip
def test_a_phase_follows_from_counted_organisations(signals: list[Signal], phase: Phase) -> None:
    assert phase_of(signals) is phase


def test_what_everybody_talks_about_needs_a_grave_event() -> None:
    many = [told(n, domain=Domain.EDUCATION) for n in range(5)]
    assert phase_of(many, event_severity=4) is Phase.SYMBOLIC
    assert phase_of(many, event_severity=3) is not Phase.SYMBOLIC


def test_what_duiders_established_counts_instead_of_what_was_told() -> None:
    lighter = [told(n, severity=4, established_severity=2) for n in (1, 2)]
    assert phase_of(lighter) is Phase.SIMMERING


def test_old_signals_and_a_closed_event_are_the_way_down() -> None:
    old = [told(n, severity=4, received_at=NOW - timedelta(hours=73)) for n in (1, 2)]
    assert phase_of(old) is Phase.NORMAL
    assert phase_of(old, last=Phase.UNREST) is Phase.AFTER
    assert phase_of([told(1), told(2)], is_closed=True) is Phase.AFTER


def test_when_most_say_that_it_gets_less_it_is_over() -> None:
    falling = [told(n, direction=Direction.FALLING) for n in (1, 2, 3)]
    assert phase_of(falling, last=Phase.RISING) is Phase.AFTER
    assert phase_of(falling) is Phase.SIMMERING


signals = st.lists(
    st.builds(
        told,
        st.integers(1, 12),
        severity=st.integers(1, 4),
        eep=st.sampled_from(Eep),
        district=st.sampled_from(["stad", "online", "WK020207", "WK020208", "WK020209"]),
        kinds=st.lists(st.sampled_from([k.value for k in SignalKind]), min_size=1, max_size=3),
        direction=st.sampled_from(Direction),
    ),
    max_size=25,
)


@given(signals, st.integers(0, 5))
def test_no_count_ever_proposes_a_crisis(found: list[Signal], severity: int) -> None:
    assert phase_of(found, event_severity=severity) is not Phase.CRISIS


@given(signals)
def test_telling_twice_changes_nothing(found: list[Signal]) -> None:
    assert phase_of(found) is phase_of(found + found)


@given(signals)
def test_every_phase_above_normal_has_its_reasons(found: list[Signal]) -> None:
    proposal = propose(found, SETTINGS, now=NOW)
    assert bool(proposal.reasons) is is_higher(proposal.phase, Phase.NORMAL)


@given(signals)
def test_no_number_under_three_is_shown_nor_given_away_by_the_total(found: list[Signal]) -> None:
    picture = picture_of(found, day_of=lambda at: at.date().isoformat(), names={})
    shown = [bar.shown for _, rows in picture.charts for bar in rows]
    shown += [bar.shown for bar in picture.days] + [picture.rumours, picture.positive]
    assert not {"1", "2"} & set(shown)
    domains = dict(picture.charts).get("domains", ())
    hidden = [bar for bar in domains if bar.shown == "1-2"]
    if len(hidden) == 1 and len(domains) > 1:
        assert "-" in picture.organisations


@pytest.mark.parametrize(
    ("per_domain", "shown"),
    [((), "0"), ((1,), "1-2"), ((3,), "3"), ((5, 1), "6-7"), ((5, 2), "6-7"), ((1, 1, 1), "3-6")],
)
def test_a_total_is_as_exact_as_its_parts(per_domain: tuple[int, ...], shown: str) -> None:
    found = [
        told(10 * index + n, domain=DOMAINS[index])
        for index, count in enumerate(per_domain)
        for n in range(count)
    ]
    assert total_shown(found) == shown


def test_silence_of_a_domain_or_a_wijk_is_said() -> None:
    picture = picture_of(
        [told(1, domain=Domain.EDUCATION, district="WK020207")],
        day_of=str, names={"WK020208": "Presikhaaf"}, expected_districts={"WK020207", "WK020208"},
    )  # fmt: skip
    assert "onderwijs" not in picture.silent_domains
    assert "veiligheid" in picture.silent_domains
    assert picture.silent_districts == ("Presikhaaf",)


def test_wijken_are_counted_together_by_part_of_the_city() -> None:
    signals = [told(n, district=code) for n, code in ((1, "A"), (2, "A"), (3, "B"), (4, "C"))]
    parts = {"A": "Noord", "B": "Noord", "C": "Zuid"}
    charts = dict(picture_of(signals, day_of=str, names={}, parts=parts).charts)
    assert {bar.label: bar.shown for bar in charts["parts"]} == {"Noord": "3", "Zuid": "1-2"}
    assert "parts" not in dict(picture_of(signals, day_of=str, names={}).charts)


def test_every_wijk_of_the_city_lies_in_a_part() -> None:
    assert set(parts_of_city()) == {code for code, _ in districts()}


def test_how_many_wait_is_as_vague_as_the_rest() -> None:
    def waiting(count: int) -> str:
        signals = [told(n) for n in range(1, count + 1)]
        return picture_of(signals, day_of=str, names={}).waiting

    assert [waiting(count) for count in (0, 1, 2, 3)] == ["0", "1-2", "1-2", "3"]
    of_one_school = picture_of([told(1)] * 12, day_of=str, names={})
    assert of_one_school.waiting == "1-2"


def test_only_support_is_in_the_picture_too() -> None:
    found = [told(n, kinds=[SignalKind.SUPPORT.value]) for n in range(3)]
    picture = picture_of(found, day_of=str, names={})
    assert (picture.positive, picture.rumours) == ("3", "0")
    assert dict(picture.charts)["kinds"][0].label == "Steun, solidariteit"


def test_this_week_stands_beside_a_usual_one() -> None:
    usual = [
        told(n, received_at=NOW - timedelta(days=7 * week + 1))
        for week in range(1, 13)
        for n in range(3)
    ]
    assert trend([*usual, *(told(n) for n in range(8))], now=NOW) == ("8", "3")
    assert trend([], now=NOW) == ("0", "0")


def test_the_quarter_reads_closed_and_light_signals_only() -> None:
    light = told(1, status=SignalStatus.CLOSED)
    grave = told(3, status=SignalStatus.CLOSED, severity=3)
    assert weak_signals([light, told(2), grave]) == [light]


def test_one_and_two_organisations_are_drawn_alike() -> None:
    rows = bars([("a", 1), ("b", 1), ("b", 2)])
    assert len({(bar.shown, bar.width) for bar in rows}) == 1
