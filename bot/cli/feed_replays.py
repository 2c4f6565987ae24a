"""``schakel feeds cluster|replay|evaluate``: the watch on a file of items."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import typer

from bot.cli import feed_measure_texts as measure_texts
from bot.cli import frame_texts
from bot.cli import replay_texts as texts
from bot.cli.feed_measures import InputPaths, evaluate_relevance, reading
from bot.cli.frame import say, stop

if TYPE_CHECKING:
    from feeds.raw_items import Timed
    from feeds.replaying import Alert
    from feeds.settings import FeedSettings

T = TypeVar("T")

InputPath = Annotated[
    Path, typer.Option("--input", help=texts.HELP_INPUT, metavar=frame_texts.FILE)
]
Similar = Annotated[
    str, typer.Option("--similarity", help=texts.HELP_SIMILARITY, metavar=frame_texts.TEXT)
]
WORDS = "woorden"
SECONDS_A_DAY = 86_400


def add_to(app: typer.Typer) -> None:
    """Give ``schakel feeds`` these commands."""
    app.command("cluster", help=texts.HELP_CLUSTER)(cluster)
    app.command("replay", help=texts.HELP_REPLAY)(replay)
    app.command("evaluate", help=texts.HELP_EVALUATE)(evaluate)
    app.command("curve", help=texts.HELP_CURVE)(curve)


def cluster(items: InputPath, similarity: Similar = WORDS) -> None:
    from feeds.clustering import cluster as cluster_items

    settings = _settings(similarity)
    for key, event in cluster_items(_stream(items), settings).items():
        say(_line({"key": key, "event": event}))


def replay(
    items: InputPath,
    alerts: Annotated[
        Path, typer.Option("--alerts", help=texts.HELP_ALERTS, metavar=frame_texts.FILE)
    ],
    similarity: Similar = WORDS,
) -> None:
    settings = _settings(similarity)
    rung, figures = _replay(_stream(items), settings)
    lines = "".join(f"{_line(alert.as_row())}\n" for alert in rung)
    try:
        alerts.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise stop(texts.NO_OUTPUT.format(path=alerts)) from error
    say(_line(figures))


def evaluate(
    inputs: InputPaths,
    relevance: Annotated[
        Path | None,
        typer.Option("--relevance", help=measure_texts.HELP_RELEVANCE, metavar=frame_texts.FILE),
    ] = None,
    clusters: Annotated[
        Path | None, typer.Option("--clusters", help=texts.HELP_CLUSTERS, metavar=frame_texts.FILE)
    ] = None,
    events: Annotated[
        Path | None, typer.Option("--events", help=texts.HELP_EVENTS, metavar=frame_texts.FILE)
    ] = None,
    similarity: Similar = WORDS,
) -> None:
    settings = _settings(similarity)
    if relevance is not None:
        evaluate_relevance(relevance, inputs)
        if clusters is None and events is None:
            return
    measured: dict[str, object] = {}
    if len(inputs) > 1 and (clusters is not None or events is not None):
        raise stop(texts.ONE_INPUT)
    if clusters is not None:
        measured |= {"clusters": _measure_clusters(clusters, inputs[0], settings)}
    if events is not None:
        measured |= {"events": _measure_events(events, inputs[0], settings)}
    if not measured:
        raise stop(texts.NOTHING_TO_MEASURE)
    say(_line(measured))


def curve(
    items: InputPath,
    events: Annotated[
        Path, typer.Option("--events", help=texts.HELP_EVENTS, metavar=frame_texts.FILE)
    ],
    relevance: Annotated[
        Path, typer.Option("--relevance", help=texts.HELP_SEVERE, metavar=frame_texts.FILE)
    ],
    picture: Annotated[Path, typer.Option("--svg", help=texts.HELP_SVG, metavar=frame_texts.FILE)],
) -> None:
    from bot.cli.curve_picture import draw
    from feeds.curving import SEVERE
    from feeds.curving import curve as places_of
    from feeds.event_rules import load_event_rules
    from feeds.measuring import read_labels
    from feeds.raw_items import read_event_labels
    from feeds.replaying import Replay

    gold, stream = _read(read_event_labels, events), _stream(items)
    with reading(relevance):
        labels = read_labels(relevance)
    severe = [
        key for key, one in labels.items()
        if int(one["severity"]) >= SEVERE and not one.get("unsure")
    ]  # fmt: skip
    run = Replay()
    for _ in run.play(stream):
        pass
    came = {one.item.key: one.at for one in stream}
    places = places_of(run, gold, severe, came, _days(stream))
    for place in places:
        say(_line(asdict(place)))
    picture.write_text(draw(places, load_event_rules().melden.drie_vanaf), encoding="utf-8")


def _measure_clusters(gold: Path, items: Path, settings: FeedSettings) -> dict[str, object]:
    """Print the table of pairs; the figures for the last line."""
    from feeds.clustering import cluster as cluster_items
    from feeds.evaluating import compare_pairs
    from feeds.raw_items import read_cluster_labels

    labels = _read(read_cluster_labels, gold)
    found = cluster_items([one for one in _stream(items) if one.item.in_cluster_set], settings)
    pairs = compare_pairs(found, labels)
    say(texts.PAIRS_HEAD.format(items=pairs.items))
    counts = {
        texts.PAIRS_RIGHT: pairs.right,
        texts.PAIRS_WRONG: pairs.wrong,
        texts.PAIRS_MISSED: pairs.missed,
        texts.PRECISION: f"{pairs.precision:.3f}",
        texts.RECALL: f"{pairs.recall:.3f}",
        texts.F1: f"{pairs.f1:.3f}",
    }
    for name, value in counts.items():
        say(texts.PAIRS_LINE.format(name=name, value=value))
    return {
        "items": pairs.items,
        "right": pairs.right,
        "wrong": pairs.wrong,
        "missed": pairs.missed,
        "precision": round(pairs.precision, 4),
        "recall": round(pairs.recall, 4),
        "f1": round(pairs.f1, 4),
    }


def _measure_events(gold: Path, items: Path, settings: FeedSettings) -> dict[str, object]:
    """Print the table of severe events; the figures for the last line."""
    from feeds.evaluating import compare_events
    from feeds.raw_items import read_event_labels

    labels, stream = _read(read_event_labels, gold), _stream(items)
    rung, figures = _replay(stream, settings)
    caught = compare_events(rung, labels, {one.item.key: one.at for one in stream})
    say(texts.EVENTS_HEAD.format(name=texts.EVENT, severity=texts.SEVERITY, result=texts.ALERTED))
    for one in caught:
        result = texts.TOO_LATE if one.minutes is None else texts.IN_TIME.format(**_in(one.minutes))
        say(texts.EVENTS_HEAD.format(name=one.event, severity=one.severity, result=result))
    totals: dict[str, object] = {}
    for severity in sorted({one.severity for one in caught}, reverse=True):
        of_these = [one for one in caught if one.severity == severity]
        in_time = sum(one.minutes is not None for one in of_these)
        say(texts.EVENTS_TOTAL.format(severity=severity, caught=in_time, total=len(of_these)))
        totals[str(severity)] = {"events": len(of_these), "caught": in_time}
    days, alerts = float(figures["days"]), int(figures["alerts"])
    rate = alerts / days if days else 0.0
    say(texts.RATE.format(alerts=alerts, days=days, rate=rate))
    return {"by_severity": totals, "alerts_per_day": round(rate, 3), **figures}


def _in(minutes: int) -> dict[str, int]:
    return {"minutes": minutes}


def _settings(similarity: str) -> FeedSettings:
    """What the watch is told; the rest is the default of every city."""
    from feeds.meaning import is_installed
    from feeds.settings import FeedSettings, Similarity

    if similarity not in get_args(Similarity):
        known = ", ".join(get_args(Similarity))
        raise stop(texts.NO_SIMILARITY.format(name=similarity, known=known))
    if similarity != WORDS and not is_installed():
        raise stop(texts.NO_MEANING)
    return FeedSettings.model_validate({"similarity": similarity})


def _replay(stream: list[Timed], settings: FeedSettings) -> tuple[list[Alert], dict[str, Any]]:
    """The alerts of a stream, and the figures of the run."""
    from feeds.replaying import Replay

    began, run = time.perf_counter(), Replay(settings)
    rung = list(run.play(stream))
    return rung, {
        "items": len(stream),
        "days": round(_days(stream), 1),
        "alerts": sum(not alert.escalates for alert in rung),
        "list_entries": run.list_entries,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_rss_mb": _peak_rss_mb(),
    }


def _days(stream: list[Timed]) -> float:
    return (stream[-1].at - stream[0].at).total_seconds() / SECONDS_A_DAY if stream else 0.0


def _peak_rss_mb() -> int:
    """The most memory this process had; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


def _stream(path: Path) -> list[Timed]:
    from feeds.raw_items import in_order, read_raw_items

    return in_order(_read(read_raw_items, path))


def _read(read: Callable[[Path], T], path: Path) -> T:
    from feeds.raw_items import BadLineError

    try:
        return read(path)
    except BadLineError as error:
        text = texts.BAD_LINE if error.line else texts.BAD_FILE
        raise stop(text.format(line=error.line, path=error.path)) from error


def _line(row: object) -> str:
    return json.dumps(row, ensure_ascii=False)
