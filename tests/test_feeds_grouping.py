"""Which items are about the same thing, and what they weigh together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from feeds.event_rules import load_event_rules
from feeds.grouping import Doc, Group, Grouper
from feeds.lexicon import load_lexicon, stop_words
from feeds.measuring import judge_row, measure, read_items, read_labels
from feeds.places import Proximity
from feeds.relevance import Reason, score_item
from feeds.standing import Reach, Trust
from feeds.weighing import Report, weigh

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
WINDOW = timedelta(hours=72)


def a_grouper() -> Grouper:
    return Grouper(WINDOW, stop_words())


def group_of(grouper: Grouper, title: str, *, at: datetime = NOW, severity: int = 0) -> Group:
    return grouper.add(Doc(title, "", at, severity))[0]


def a_report(
    severity: int = 2, *, minutes: float = 0, source: int = 1, trust: Trust = Trust.REGIONAL,
    types: Sequence[str] = ("E03",), proximity: Proximity = Proximity.CITY,
    themes: Sequence[str] = (), place: str | None = "Arnhem", reach: float = 1.0,
) -> Report:  # fmt: skip
    return Report(
        severity, tuple(types), place, proximity, tuple(themes), (Reason("waarom", severity),),
        trust, source, f"bron {source}", NOW + timedelta(minutes=minutes), reach,
    )  # fmt: skip


def test_the_same_news_in_other_words_is_one_group() -> None:
    grouper = a_grouper()
    first = group_of(
        grouper, "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
    )
    second = group_of(grouper, "Aanhoudingen in Arnhem wegens voorbereiden aanslag in Presikhaaf")
    other = group_of(grouper, "Gemeente legt nieuwe fietsstraat aan langs het spoor")
    assert first is second
    assert other is not first


def test_the_same_words_a_week_later_are_other_news() -> None:
    grouper = a_grouper()
    title = "Explosie bij voordeur woning Spijkerlaan"
    assert group_of(grouper, title) is group_of(grouper, title, at=NOW + timedelta(hours=70))
    assert group_of(grouper, title, at=NOW + timedelta(days=8)) is not group_of(grouper, title)


def test_an_item_that_has_an_event_brings_its_group_back() -> None:
    grouper = a_grouper()
    group, _ = grouper.add(Doc("Explosie bij woning Spijkerlaan", "", NOW, 2, event_id=7))
    assert group.event_id == 7
    assert group_of(grouper, "Explosie bij woning aan de Spijkerlaan") is group


def test_a_group_becomes_an_event_from_one_heavy_or_two_light_items() -> None:
    grouper = a_grouper()
    light = group_of(grouper, "Kleine explosie bij loods in Klarendal", severity=1)
    assert not light.is_event
    group_of(grouper, "Explosie bij loods Klarendal", severity=1)
    assert light.is_event
    assert group_of(grouper, "Onrust op het Jansplein", severity=2).is_event


def test_a_second_newsroom_is_a_reason_and_a_third_raises() -> None:
    two = weigh([a_report(), a_report(minutes=3, source=2)])
    assert two.severity == 2
    assert two.reasons[-1] == Reason("tweede redactie binnen 3 min", 0.5)
    three = weigh([a_report(), a_report(minutes=3, source=2), a_report(minutes=9, source=3)])
    assert three.severity == 3


def test_small_outlets_beside_one_that_many_read_corroborate_less() -> None:
    small = [a_report(minutes=3 * number, source=number, reach=0.5) for number in (2, 3)]
    found = weigh([a_report(), *small])
    assert [reason.weight for reason in found.reasons[-2:]] == [0.25, 0.25]
    assert found.severity == 2
    # Who came first makes no difference: the others said so too.
    assert weigh([small[0], a_report(minutes=7), small[1]]).severity == 2


def test_far_away_small_outlets_take_more_reports_to_be_growth() -> None:
    def far(count: int, *, reach: float, sources: int = 1) -> list[Report]:
        return [
            a_report(2, minutes=10 * number, source=number % sources, reach=reach,
                     proximity=Proximity.ABROAD_TOUCHING, types=("E14",))
            for number in range(count)
        ]  # fmt: skip

    assert weigh(far(4, reach=1.0)).severity == weigh(far(8, reach=0.5)).severity == 3
    assert weigh(far(7, reach=0.5)).severity == 2
    assert weigh(far(6, reach=1.0, sources=6)).severity == 3
    assert weigh(far(6, reach=0.5, sources=6)).severity == 2


def test_the_word_of_an_official_source_never_weighs_less() -> None:
    rules = load_event_rules()
    assert {rules.reach_of(Trust.OFFICIAL, reach) for reach in Reach} == {1.0}
    small, ordinary, wide = (
        rules.reach_of(Trust.REGIONAL, reach) for reach in (Reach.SMALL, Reach.ORDINARY, Reach.WIDE)
    )
    assert small < ordinary == 1.0 < wide


def test_an_official_source_counts_but_not_with_itself_alone() -> None:
    official = a_report(trust=Trust.OFFICIAL, source=9, minutes=5)
    assert weigh([official]).severity == 2
    assert weigh([a_report(), a_report(source=2), official]).severity == 3


def test_secondary_sources_and_late_ones_corroborate_nothing() -> None:
    blog = a_report(trust=Trust.SECONDARY, source=2)
    late = [a_report(source=number, minutes=90) for number in (3, 4, 5)]
    assert weigh([a_report(), blog]).reasons == weigh([a_report()]).reasons
    assert weigh([a_report(), *late]).severity == 2


def test_far_away_only_growth_raises_and_never_to_four() -> None:
    far = [
        a_report(2, minutes=10 * number, proximity=Proximity.ABROAD_TOUCHING, types=("E14",))
        for number in range(5)
    ]
    assert weigh(far[:3]).severity == 2
    assert weigh(far).severity == 3
    heavier = [a_report(3, proximity=Proximity.ABROAD_TOUCHING, types=("E14",)), *far]
    assert weigh(heavier).severity == 3


def test_the_nearest_heavy_report_gives_the_place() -> None:
    spot = a_report(2, source=2, proximity=Proximity.SPOT, place="Presikhaaf, Arnhem")
    found = weigh([a_report(3), spot])
    assert (found.place, found.proximity) == ("Presikhaaf, Arnhem", Proximity.SPOT)


def test_two_thousand_real_items_are_scored_and_grouped(shared_data: Path) -> None:
    lexicon, grouper = load_lexicon(), a_grouper()
    rows = sorted(
        read_items(shared_data / "multi_outlet_2025-07.jsonl.gz"),
        key=lambda row: row["published"] or "",
    )
    groups = set()
    for row in rows:
        lead = row["lead"] or ""
        found = score_item(row["title"], lead, trust=Trust.NATIONAL, lexicon=lexicon)
        at = datetime.fromisoformat(row["published"]) if row["published"] else NOW
        if not found.is_roundup:
            groups.add(id(grouper.add(Doc(row["title"], lead, at, found.severity))[0]))
    assert len(rows) == 2056
    assert 800 < len(groups) < 2000


def test_grouping_agrees_with_people(shared_data: Path) -> None:
    """Pairs of labelled items, in the stream of all items: F1 of at least 0.85."""
    with (shared_data / "clusters_dev.jsonl").open() as lines:
        labels = {row["key"]: row for row in map(json.loads, lines)}
    rows = [r for r in read_items(shared_data / "multi_outlet_2025-07.jsonl.gz")
            if r["in_cluster_set"]]  # fmt: skip
    grouper, groups = a_grouper(), {}
    for row in sorted(rows, key=lambda row: row["published"]):
        doc = Doc(row["title"], row["lead"] or "", datetime.fromisoformat(row["published"]))
        groups[row["key"]] = id(grouper.add(doc)[0])
    counted = [k for k, row in labels.items() if not row["roundup"] and not row["ambiguous"]]
    tally = Counter(
        (labels[a]["event"] == labels[b]["event"], groups[a] == groups[b])
        for a, b in combinations([key for key in counted if key in groups], 2)
    )
    right, wrong, missed = tally[True, True], tally[False, True], tally[True, False]
    assert 2 * right / (2 * right + wrong + missed) > 0.85


ITEM_FILES = ("multi_outlet_2025-07.jsonl.gz", "nunl_headlines_2022_2024.jsonl.gz")


def test_the_measure_of_single_items_does_not_fall(shared_data: Path) -> None:
    labels = read_labels(shared_data / "relevance_dev.jsonl")
    rows = {
        row["key"]: row
        for name in ITEM_FILES
        for row in read_items(shared_data / name)
        if row["key"] in labels
    }
    lexicon = load_lexicon()
    found = measure(rows.values(), labels, lambda row: judge_row(row, lexicon).severity)
    assert found.items > 1700
    assert found.listed.precision > 0.5
    assert found.listed.recall > 0.8
    assert found.alerted.precision > 0.35
    assert found.alerted.recall > 0.7
