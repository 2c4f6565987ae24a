"""Fits the weights of severity to labelled items. Pure, and without any library.

An ordinal logistic model: the points of an item are ``base + Σ weight · value``; the chance
that it is of severity k or more is ``σ(slope · (points − k))``. Weights are pulled to what we
would give without measurements (``vooraf``) and not to zero, so that few labels cannot undo
what is known about the subject, and what no label speaks of stays as it was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled item: its features' values, its severity 0–4, how much it counts, and the
    group (a week of a source) that is held out as a whole."""

    values: Mapping[str, float]
    severity: int
    weight: float = 1.0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to fit. ``levels`` are the severities told apart, with how much each counts."""

    slope: float = 2.5
    pull: float = 60.0
    levels: tuple[tuple[int, float], ...] = ((1, 0.15), (2, 1.0), (3, 1.0))
    sweeps: int = 12


@dataclass(frozen=True, slots=True)
class Model:
    """``base`` and ``weights`` in points of severity."""

    base: float
    weights: Mapping[str, float]

    def points(self, values: Mapping[str, float]) -> float:
        weights = self.weights
        return self.base + sum(weights.get(name, 0.0) * value for name, value in values.items())


def fit(examples: Sequence[Example], prior: Model, settings: Settings) -> Model:
    """The weights that fit ``examples`` best while staying near ``prior``.

    Coordinate-wise Newton steps; the same examples give the same weights.
    """
    weights = dict(prior.weights)
    columns: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, example in enumerate(examples):
        for name, value in example.values.items():
            columns[name].append((row, value))
    base = prior.base
    points = [Model(base, weights).points(example.values) for example in examples]
    everywhere = [(row, 1.0) for row in range(len(examples))]
    for _ in range(settings.sweeps):
        step = _step(everywhere, points, examples, 0.0, settings, free=True)
        base += step
        points = [one + step for one in points]
        for name, column in columns.items():
            away = weights.get(name, 0.0) - prior.weights.get(name, 0.0)
            step = _step(column, points, examples, away, settings)
            if step:
                weights[name] = weights.get(name, 0.0) + step
                for row, value in column:
                    points[row] += step * value
    return Model(base, weights)


def _step(
    column: Sequence[tuple[int, float]], points: Sequence[float], examples: Sequence[Example],
    away: float, settings: Settings, *, free: bool = False,
) -> float:  # fmt: skip
    slope = settings.slope
    gradient, curvature = 0.0, 1e-9
    for row, value in column:
        example = examples[row]
        for level, share in settings.levels:
            chance = _sigmoid(slope * (points[row] - level))
            wrong = chance - (example.severity >= level)
            weight = share * example.weight
            gradient += weight * slope * wrong * value
            curvature += weight * slope * slope * max(chance * (1 - chance), 0.02) * value * value
    if not free:
        gradient += settings.pull * away
        curvature += settings.pull
    return max(-0.5, min(0.5, -gradient / curvature))


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > -60 else 0.0
