"""The curve of alerts against what was caught, and events judged by weights that never saw them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.curve_picture import draw
from bot.cli.main import app
from feeds.curving import BARS, curve
from feeds.raw_items import EventLabel
from feeds.replaying import Peak, Replay

START = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
RUNNER = CliRunner()


def played(*peaks: tuple[float, int, int], **event_of: int) -> Replay:
    """A stream that was played: peaks as (points, event, minutes), and the event of each key."""
    run = Replay()
    run.peaks = [
        Peak(START + timedelta(minutes=minutes), event, points) for points, event, minutes in peaks
    ]
    run.event_of = event_of
    return run


def test_a_higher_bar_means_fewer_alerts_and_fewer_caught() -> None:
    run = played((2.6, 1, 0), (3.8, 1, 30), (4.0, 2, 0), a=1, c=2)
    events = [EventLabel(event="x", first_keys=["a"], severity=4)]
    came = {"a": START, "c": START}
    places = {one.bar: one for one in curve(run, events, ["c"], came, days=2.0)}
    assert (places[2.5].alerts_a_day, places[2.5].events, places[2.5].items) == (1.0, 1.0, 1.0)
    assert places[3.8].events == 1.0
    assert (places[3.9].alerts_a_day, places[3.9].events, places[3.9].items) == (0.5, 0.0, 1.0)
    assert places[4.1].alerts_a_day == 0


def test_what_rang_after_the_hour_was_not_caught_and_what_rang_before_was() -> None:
    events = [EventLabel(event="x", first_keys=["a"], severity=3)]
    late = curve(played((3.9, 1, 61), a=1), events, [], {"a": START}, days=1.0)
    assert all(one.events == 0 for one in late)
    early = curve(played((3.9, 1, -30), a=1), events, [], {"a": START}, days=1.0)
    assert early[0].events == 1


@given(st.lists(st.tuples(st.floats(2, 4.5), st.integers(0, 9), st.just(0)), max_size=40))
def test_alerts_never_grow_with_the_bar(found: list[tuple[float, int, int]]) -> None:
    rates = [one.alerts_a_day for one in curve(played(*found), [], [], {}, days=1.0)]
    assert rates == sorted(rates, reverse=True)
    assert len(rates) == len(BARS)


def test_the_picture_tells_its_lines_apart_without_colour() -> None:
    places = curve(played((3.8, 1, 0), a=1), [], ["a"], {"a": START}, days=1.0)
    picture = draw(places, 3.7)
    assert picture.startswith("<svg")
    assert picture.endswith("</svg>\n")
    assert 'stroke-dasharray="none"' in picture
    assert 'stroke-dasharray="8 4"' in picture
    assert "meldingen per dag" in picture


def a_file(place: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    path = place / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def items() -> list[dict[str, Any]]:
    """A calm month with one grave day."""
    calm = ["Bibliotheek langer open", "Nieuwe brug geopend", "Markt verhuist naar het plein"]
    rows: list[dict[str, Any]] = [
        {"key": f"k{day}", "outlet": "Krant", "title": calm[day % 3],
         "published": (START + timedelta(days=day)).isoformat()}
        for day in range(30)
    ]  # fmt: skip
    grave = START + timedelta(days=29, hours=3)
    rows.append(
        {"key": "grave", "outlet": "Krant", "title": "Drie doden bij aanslag op moskee in Arnhem",
         "published": grave.isoformat()}
    )  # fmt: skip
    return rows


def test_an_event_rings_with_weights_that_never_saw_it(tmp_path: Path) -> None:
    stream = a_file(tmp_path, "items.jsonl", items())
    labels = a_file(
        tmp_path, "labels.jsonl",
        [{"key": "grave", "severity": 4}, *({"key": f"k{n}", "severity": 0} for n in range(30))],
    )  # fmt: skip
    events = a_file(
        tmp_path, "events.jsonl",
        [{"event": "aanslag", "first_keys": ["grave"], "severity": 4},
         {"event": "van een andere stroom", "first_keys": ["onbekend"], "severity": 4}],
    )  # fmt: skip
    done = RUNNER.invoke(
        app, ["feeds", "fit", "--input", str(stream), "--relevance", str(labels), "--output",
              str(tmp_path / "weights.toml"), "--events", str(events)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "na 0 min" in done.stdout
    last = json.loads(done.stdout.splitlines()[-1])
    assert last == {"measure": "left_out", "events": 1, "caught": 1}


def test_the_curve_is_drawn_from_a_stream(tmp_path: Path) -> None:
    stream = a_file(tmp_path, "items.jsonl", items())
    labels = a_file(tmp_path, "labels.jsonl", [{"key": "grave", "severity": 4}])
    events = a_file(
        tmp_path, "events.jsonl", [{"event": "a", "first_keys": ["grave"], "severity": 4}]
    )
    picture = tmp_path / "curve.svg"
    done = RUNNER.invoke(
        app, ["feeds", "curve", "--input", str(stream), "--relevance", str(labels),
              "--events", str(events), "--svg", str(picture)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0]["events"] == 1.0
    assert picture.read_text("utf-8").startswith("<svg")
