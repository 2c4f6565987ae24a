"""``schakel feeds score|evaluate|fit``: the judgement of items, on files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import feed_measure_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import say, stop

if TYPE_CHECKING:
    from feeds.calibrating import Labelled, Tested
    from feeds.lexicon import Lexicon
    from feeds.measuring import Measured, Score
    from feeds.relevance import Judgement

InputPath = Annotated[
    Path, typer.Option("--input", help=texts.HELP_INPUT_ONE, metavar=frame_texts.FILE)
]
InputPaths = Annotated[
    list[Path], typer.Option("--input", help=texts.HELP_INPUT, metavar=frame_texts.FILE)
]


def add_to(app: typer.Typer) -> None:
    """Give ``schakel feeds`` these commands."""
    app.command("score", help=texts.HELP_SCORE)(score)
    app.command("fit", help=texts.HELP_FIT)(fit)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever is wrong with ``path`` becomes one Dutch sentence and exit code 2."""
    from feeds.measuring import LineError

    try:
        yield
    except LineError as fault:
        what = texts.BAD_LINES[fault.what]
        raise stop(texts.BAD_LINE.format(path=path, number=fault.number, what=what)) from fault
    except FileNotFoundError as fault:
        raise stop(texts.UNREADABLE.format(path=path, why=texts.WHY["missing"])) from fault
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise stop(texts.UNREADABLE.format(path=path, why=texts.WHY["other"])) from fault


def score(file: InputPath) -> None:
    from feeds.lexicon import load_lexicon
    from feeds.measuring import judge_row, read_items

    lexicon = load_lexicon()
    with reading(file):
        for row in read_items(file):
            write_line({"key": row["key"], **_as_row(judge_row(row, lexicon))})


def write_line(row: dict[str, Any]) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _as_row(found: Judgement) -> dict[str, Any]:
    return {
        "severity": found.severity,
        "types": list(found.types),
        "proximity": found.place.proximity.value,
        "why": [{"reason": one.text, "weight": one.weight} for one in found.reasons],
    }


def evaluate_relevance(gold: Path, inputs: list[Path]) -> None:
    """Print how the severity of single items compares with ``gold``: a table, then JSON."""
    from feeds.lexicon import load_lexicon
    from feeds.measuring import judge_row, measure, read_items, read_labels

    lexicon = load_lexicon()
    with reading(gold):
        labels = read_labels(gold)
    rows = {}
    for path in inputs:
        with reading(path):
            rows.update({row["key"]: row for row in read_items(path) if row["key"] in labels})
    if not rows:
        raise stop(texts.NO_LABELLED)
    found = measure(rows.values(), labels, lambda row: judge_row(row, lexicon).severity)
    _show(found, missing=len(labels) - len(rows))


def _show(found: Measured, *, missing: int) -> None:
    say(texts.HEAD.format(items=found.items, missing=missing))
    _table(found.listed, found.alerted)
    figures = {"measure": "relevance", "n": found.items, "missing": missing}
    figures |= _figures(found.listed, 2) | _figures(found.alerted, 3)
    write_line(figures)


def _table(listed: Score, alerted: Score) -> None:
    say(texts.TABLE_HEAD)
    for name, one in ((texts.LISTED, listed), (texts.ALERTED, alerted)):
        say(
            texts.TABLE_LINE.format(
                name=name, precision=one.precision, recall=one.recall, f1=one.f1,
                found=one.found, right=one.right, wanted=one.wanted,
            )
        )  # fmt: skip


def _figures(one: Score, level: int) -> dict[str, Any]:
    return {
        f"precision_{level}": round(one.precision, 4),
        f"recall_{level}": round(one.recall, 4),
        f"f1_{level}": round(one.f1, 4),
    }


def fit(
    inputs: InputPaths,
    relevance: Annotated[
        list[Path],
        typer.Option("--relevance", help=texts.HELP_RELEVANCE_FIT, metavar=frame_texts.FILE),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help=texts.HELP_OUTPUT, metavar=frame_texts.FILE)
    ] = None,
    events: Annotated[
        Path | None, typer.Option("--events", help=texts.HELP_EVENTS_FIT, metavar=frame_texts.FILE)
    ] = None,
) -> None:
    from feeds.calibrating import calibrate, weights_file
    from feeds.fitting import Settings
    from feeds.lexicon import PLACE, load_lexicon

    lexicon = load_lexicon()
    rows = _labelled(inputs, relevance, lexicon)
    fitted = calibrate(rows, lexicon.prior, Settings())
    for one in fitted.tested:
        _tested(one)
    target = output or PLACE / "weights.toml"
    target.write_text(weights_file(fitted.model, texts.WEIGHTS_HEAD), "utf-8")
    say(texts.WRITTEN.format(count=len(fitted.model.weights), path=target))
    if events is not None:
        _each_left_out(events, inputs, rows, lexicon)


def _labelled(inputs: list[Path], relevance: list[Path], lexicon: Lexicon) -> list[Labelled]:
    """The labelled items of all files, with what is seen in them."""
    from feeds.calibrating import label_rows
    from feeds.measuring import read_items, read_labels

    labels: dict[str, dict[str, Any]] = {}
    for path in relevance:
        with reading(path):
            labels = read_labels(path) | labels
    rows = []
    for path in inputs:
        with reading(path):
            pairs = ((path.name, row) for row in read_items(path) if row["key"] in labels)
            rows += label_rows(pairs, labels, lexicon)
    if not rows:
        raise stop(texts.NO_LABELLED)
    return rows


def _each_left_out(gold: Path, inputs: list[Path], rows: list[Labelled], lexicon: Lexicon) -> None:
    """Print whether each event of the past rings with weights that never saw it."""
    from feeds.fitting import Settings
    from feeds.leaving_out import leave_each_out
    from feeds.raw_items import BadLineError, in_order, read_event_labels, read_raw_items

    try:
        labels = read_event_labels(gold)
        streams = [in_order(read_raw_items(path)) for path in inputs]
    except BadLineError as error:
        raise stop(texts.UNREADABLE.format(path=error.path, why=texts.WHY["other"])) from error
    found = [
        one
        for stream in streams
        for one in leave_each_out(labels, stream, rows, lexicon, Settings())
    ]
    say(texts.LEFT_OUT_HEAD)
    for one in found:
        said = texts.NOT_IN_TIME if one.minutes is None else texts.IN_TIME
        said = said.format(minutes=one.minutes)
        say(texts.LEFT_OUT_LINE.format(event=one.event, severity=one.severity, said=said))
    in_time = sum(one.minutes is not None for one in found)
    write_line({"measure": "left_out", "events": len(found), "caught": in_time})


def _tested(one: Tested) -> None:
    say(texts.TESTED.format(source=one.source, first=one.first, last=one.last, items=one.items))
    _table(one.listed, one.alerted)
