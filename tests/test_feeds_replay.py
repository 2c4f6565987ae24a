"""Naspelen: what the watch would have done with a stream, and how that is measured."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.main import app
from feeds.clustering import cluster
from feeds.evaluating import compare_events, compare_pairs
from feeds.grouping import Doc, Grouper
from feeds.raw_items import (
    BadLineError,
    ClusterLabel,
    EventLabel,
    RawItem,
    in_order,
    read_raw_items,
)
from feeds.replaying import Alert, Replay

NOW = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
SHOTS = "Meerdere doden bij schietpartij in Klarendal in Arnhem, dader voortvluchtig"
MARKET = "Wandelvierdaagse zoekt nieuwe vrijwilligers voor de post in het park"
CLI = CliRunner()


def item(key: str, title: str, *, hours: float = 0, **more: object) -> RawItem:
    seen = NOW + timedelta(hours=hours)
    return RawItem.model_validate({"key": key, "titles": [title], "first_seen": seen, **more})


def replay(*items: RawItem) -> list[Alert]:
    return list(Replay().play(in_order(items)))


def write(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    text = "\n".join(json.dumps(row) for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def test_a_severe_event_rings_once_with_all_its_items() -> None:
    first, *later = replay(
        item("a", MARKET), item("b", SHOTS), item("c", f"{SHOTS}, zegt de politie"),
        item("d", SHOTS, hours=1),
    )  # fmt: skip
    assert first.keys == ("b", "c")
    assert first.severity >= 3
    assert first.at == NOW
    assert first.why
    assert [alert for alert in later if not alert.escalates] == []


def test_a_round_up_never_rings() -> None:
    assert replay(item("a", f"112-nieuws | {SHOTS}")) == []


def test_only_the_first_title_was_known() -> None:
    row = item("a", MARKET).model_copy(update={"titles": [MARKET, SHOTS]})
    assert replay(row) == []


def test_an_old_story_that_comes_in_late_does_not_ring() -> None:
    old = item("a", SHOTS, published=NOW - timedelta(hours=30))
    assert replay(old) == []


def test_what_has_no_time_comes_with_the_item_before_it() -> None:
    rows = [item("a", MARKET, hours=2), RawItem(key="b", title=MARKET), item("c", MARKET)]
    assert [(one.item.key, one.at) for one in in_order(rows)] == [
        ("c", NOW), ("a", NOW + timedelta(hours=2)), ("b", NOW + timedelta(hours=2)),
    ]  # fmt: skip


@given(st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_lines_in_the_file_does_not_matter(order: list[int]) -> None:
    titles = [SHOTS, MARKET, "Explosie bij woning aan de Spijkerlaan in Arnhem", MARKET]
    rows = [item(f"k{n}", titles[n % 4], hours=n) for n in range(8)]
    assert replay(*(rows[n] for n in order)) == replay(*rows)


@given(st.integers(20, 60))
@settings(max_examples=10, deadline=None)
def test_the_window_bounds_what_grouping_keeps(days: int) -> None:
    """However long the stream: no more groups than two windows and a sweep hold."""
    grouper = Grouper(timedelta(hours=72))
    for hour in range(days * 24):
        grouper.add(Doc(f"Bericht nummer{hour} over zaak{hour}", "", NOW + timedelta(hours=hour)))
    assert len(grouper) <= 2 * 72 + 6 + 1


def test_a_word_that_is_everywhere_leads_to_the_latest_groups_only() -> None:
    grouper = Grouper(timedelta(hours=72))
    for number in range(1_000):
        grouper.add(Doc(f"Gemeente {number}a {number}b {number}c {number}d", "", NOW))
    longest = max(len(numbers) for numbers in grouper._index.values())
    assert longest <= 120


def test_the_same_act_at_another_place_is_another_event() -> None:
    grouper = Grouper(timedelta(hours=72))
    one, _ = grouper.add(Doc("Explosie bij voordeur van woning in Zwolle", "", NOW))
    other, _ = grouper.add(Doc("Nieuwe brug in gebruik bij kanaal in Almelo", "", NOW))
    assert one is not other


def test_round_ups_and_items_alone_have_an_event_of_their_own() -> None:
    rows = [
        item("a", SHOTS), item("b", SHOTS), item("c", "LIVE | Alles over de schietpartij"),
        item("d", "LIVE | Alles over de schietpartij"), item("e", MARKET),
    ]  # fmt: skip
    found = cluster(in_order(rows))
    assert found["a"] == found["b"]
    assert len({found[key] for key in "acde"}) == 4


def test_pairs_leave_out_round_ups_and_doubt() -> None:
    labels = [ClusterLabel(key=key, event=event) for key, event in zip("abcd", "xxyy", strict=True)]
    labels += [ClusterLabel(key="e", event="x", roundup=True),
               ClusterLabel(key="f", event="x", ambiguous=True)]  # fmt: skip
    found = dict.fromkeys("abcef", "g1") | {"d": "g2"}
    pairs = compare_pairs(found, labels)
    assert (pairs.items, pairs.right, pairs.wrong, pairs.missed) == (4, 1, 2, 1)
    assert pairs.f1 == pytest.approx(0.4)


def test_an_event_is_caught_within_the_hour_only() -> None:
    def alert(minutes: int, *keys: str) -> Alert:
        return Alert(NOW + timedelta(minutes=minutes), 1, keys, 3, "", (), False)

    labels = [EventLabel(event="x", first_keys=["a", "b"], severity=4)]
    seen = {"a": NOW, "b": NOW + timedelta(hours=2)}
    assert compare_events([alert(60, "z", "a")], labels, seen)[0].minutes == 60
    assert compare_events([alert(61, "a")], labels, seen)[0].minutes is None
    assert compare_events([alert(5, "z")], labels, seen)[0].minutes is None


def test_the_commands_write_lines_and_figures(tmp_path: Path) -> None:
    rows = [{"key": "a", "title": SHOTS, "first_seen": NOW.isoformat()},
            {"key": "b", "title": MARKET, "first_seen": NOW.isoformat()}]  # fmt: skip
    items, alerts = write(tmp_path / "items.jsonl.gz", rows), tmp_path / "alerts.jsonl"
    done = CLI.invoke(app, ["feeds", "cluster", "--input", str(items)])
    assert {json.loads(line)["key"] for line in done.stdout.splitlines()} == {"a", "b"}
    done = CLI.invoke(app, ["feeds", "replay", "--input", str(items), "--alerts", str(alerts)])
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures) == {
        "items", "days", "alerts", "list_entries", "seconds", "peak_rss_mb"
    }  # fmt: skip
    assert (figures["items"], figures["alerts"]) == (2, 1)
    (line,) = alerts.read_text().splitlines()
    assert set(json.loads(line)) == {"at", "event", "keys", "severity", "title", "why"}


def test_evaluating_ends_with_figures(tmp_path: Path) -> None:
    items = write(tmp_path / "i.jsonl", [
        {"key": "a", "title": SHOTS, "first_seen": NOW.isoformat()},
        {"key": "b", "title": SHOTS, "first_seen": NOW.isoformat(), "in_cluster_set": False},
    ])  # fmt: skip
    clusters = write(tmp_path / "c.jsonl", [{"key": "a", "event": "x"}, {"key": "b", "event": "x"}])
    events = write(tmp_path / "e.jsonl", [{"event": "x", "first_keys": ["a"], "severity": 4}])
    done = CLI.invoke(app, ["feeds", "evaluate", "--clusters", str(clusters), "--events",
                            str(events), "--input", str(items)])  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["clusters"]["items"] == 1
    assert figures["events"]["by_severity"]["4"] == {"events": 1, "caught": 1}


def test_a_bad_line_is_named_and_ends_the_command(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"key": "a", "title": "x"}\n\n{"key": "b"}\n')
    done = CLI.invoke(app, ["feeds", "cluster", "--input", str(path)])
    assert done.exit_code == 2
    assert "Regel 3" in done.stderr
    with pytest.raises(BadLineError):
        read_raw_items(tmp_path / "none.jsonl")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"{}" * 500)[:20])
    with pytest.raises(BadLineError):
        read_raw_items(tmp_path / "cut.gz")


def test_severe_events_of_the_past_are_alerted_in_time(shared_data: Path) -> None:
    """A part of the real stream around each labelled event."""
    labels = [EventLabel.model_validate_json(line)
              for line in (shared_data / "events_dev.jsonl").read_text().splitlines()]  # fmt: skip
    stream = in_order(read_raw_items(shared_data / "nunl_headlines_2022_2024.jsonl.gz"))
    seen = {one.item.key: one.at for one in stream}
    caught = 0
    for label in labels:
        at = min(seen[key] for key in label.first_keys)
        part = [one for one in stream if -10 <= (one.at - at) / timedelta(days=1) <= 0.1]
        found = compare_events(list(Replay().play(part)), [label], seen)
        caught += found[0].minutes is not None
    assert caught >= len(labels) - 1
