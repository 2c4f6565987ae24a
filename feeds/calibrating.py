"""From labelled items to ``lexicon/weights.toml``: fit, test on weeks held out, set the levels.

A week of a source is held out as a whole, so that an event never stands on both sides. The
points of items that were held out decide where "daily list" and "alert" begin; then the
scale is shifted so that those places are the points 2 and 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feeds.fitting import Example, Model, Settings, fit
from feeds.lexicon import Lexicon
from feeds.measuring import ALERT_LEVEL, LIST_LEVEL, Row, Score, look_at_row, score

FOLDS = 6
UNSURE = 0.4
#: what a label counts that was sought out by its score, and does not decide the levels
SOUGHT = 0.5
#: how often an item of a level must be right, on held-out items; recall is what is left to win
LEAST_PRECISION = {LIST_LEVEL: 0.7, ALERT_LEVEL: 0.455}
SAMPLED = frozenset({"steekproef", "meldingen"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item ready for fitting. ``decides``: it counts in the figures and for the levels."""

    key: str
    source: str
    example: Example
    decides: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """Held-out figures of one source at the two levels. ``first`` and ``last`` are dates."""

    source: str
    items: int
    first: str
    last: str
    listed: Score
    alerted: Score


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights on the scale of severity, and how they did on what was held out."""

    model: Model
    tested: tuple[Tested, ...]


def label_rows(
    items: Iterable[tuple[str, Row]], labels: Mapping[str, Row], lexicon: Lexicon
) -> list[Labelled]:
    """The labelled ones of ``items`` (pairs of a source's name and a row), with features."""
    found = []
    for source, row in items:
        label = labels.get(row["key"])
        if label is None:
            continue
        unsure, sought = bool(label.get("unsure")), label.get("set") in SAMPLED
        seen = look_at_row(row, lexicon)
        example = Example(
            values={
                name: feature.value
                for name, feature in seen.features.items()
                if name in lexicon.feature_names and name not in lexicon.only_together
            },
            severity=int(label["severity"]),
            weight=UNSURE if unsure else SOUGHT if sought else 1.0,
            group=f"{source} {_week(row)}",
        )
        found.append(Labelled(row["key"], source, example, not unsure and not sought))
    return found


def _week(row: Row) -> str:
    try:
        year, week, _ = date.fromisoformat(str(row.get("published"))[:10]).isocalendar()
    except ValueError:
        return "?"
    return f"{year}-{week:02}"


def calibrate(rows: Sequence[Labelled], prior: Mapping[str, float], settings: Settings) -> Fitted:
    """Fit on everything, with the levels where held-out items say they should be."""
    start = Model(0.0, prior)
    points = _held_out(rows, start, settings)
    pairs = [(points[row.key], row.example.severity) for row in rows if row.decides]
    listed = _lowest(pairs, LIST_LEVEL)
    alerted = max(_lowest(pairs, ALERT_LEVEL), listed + 0.5)
    tested = _tested(rows, points, listed, alerted)
    model = fit([row.example for row in rows], start, settings)
    scale = (ALERT_LEVEL - LIST_LEVEL) / (alerted - listed)
    weights = {name: round(weight * scale, 2) for name, weight in model.weights.items()}
    base = round(LIST_LEVEL + (model.base - listed) * scale, 2)
    return Fitted(Model(base, {name: w for name, w in weights.items() if w}), tested)


def _held_out(rows: Sequence[Labelled], start: Model, settings: Settings) -> dict[str, float]:
    """The points of every item from a model that never saw its week."""
    sizes = Counter(row.example.group for row in rows)
    load = [0] * FOLDS
    fold: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        fold[group] = min(range(FOLDS), key=lambda number: (load[number], number))
        load[fold[group]] += size
    points = {}
    for number in range(FOLDS):
        seen = [row.example for row in rows if fold[row.example.group] != number]
        model = fit(seen, start, settings)
        points.update(
            {row.key: model.points(row.example.values)
             for row in rows if fold[row.example.group] == number}
        )  # fmt: skip
    return points


def _lowest(pairs: Sequence[tuple[float, int]], level: int) -> float:
    """Where a level begins: as low as its precision on held-out items allows.

    Not where F1 is highest: with few labels that place jumps about.
    """
    steps = [step / 20 for step in range(-20, 121)]
    wanted = LEAST_PRECISION[level]
    enough = (step for step in steps if score(pairs, level, step).precision >= wanted)
    return next(enough, steps[-1])


def _tested(
    rows: Sequence[Labelled], points: Mapping[str, float], listed: float, alerted: float
) -> tuple[Tested, ...]:
    tested = []
    counted = [row for row in rows if row.decides]
    for source in dict.fromkeys(row.source for row in counted):
        mine = [row for row in counted if row.source == source]
        pairs = [(points[row.key], row.example.severity) for row in mine]
        weeks = sorted(row.example.group.rsplit(" ", 1)[1] for row in mine)
        dated = [week for week in weeks if week != "?"] or ["?"]
        tested.append(
            Tested(source, len(mine), dated[0], dated[-1],
                   score(pairs, LIST_LEVEL, listed), score(pairs, ALERT_LEVEL, alerted))
        )  # fmt: skip
    return tuple(tested)


def weights_file(model: Model, head: str) -> str:
    """The text of ``weights.toml``, in one order, so that a diff shows what changed."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    lines += ["", f"basis = {model.base}", "", "[gewicht]"]
    lines += [f'"{name}" = {weight}' for name, weight in sorted(model.weights.items())]
    return "\n".join(lines) + "\n"
