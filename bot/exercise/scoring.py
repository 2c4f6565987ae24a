"""The score card: what was expected, and after how many minutes it happened. Pure, no persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bot.exercise.scripts import Action, Expected, Script

Minutes = Mapping[Action, Sequence[float]]


class Verdict(StrEnum):
    """How an expectation ended."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_YET = "not_yet"
    MISSED = "missed"


class Part(StrEnum):
    """As what somebody got it; the first that fits."""

    MACHINE = "machine"
    DUTY = "dienst"
    BACKUP = "achterwacht"
    COORDINATOR = "coordinator"
    APPROVER = "goedkeurder"
    OTHER = "ander"


@dataclass(frozen=True, slots=True)
class Rung:
    """One time that it rang: in which minute of the exercise, for how many of each part, and to
    how many of them it did not come."""

    minute: float
    to: Mapping[str, int]
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """One expectation. ``took_min`` counts from its inject; None when it did not happen."""

    what: Action
    after: int
    within_min: float
    took_min: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Card:
    """All expectations, and whether the severity that was chosen is one that fits. ``alerted``:
    as what people got the alert, each time that it rang."""

    lines: tuple[Line, ...]
    severity: int | None
    severity_fits: bool | None
    alerted: tuple[Rung, ...] = ()

    @property
    def is_met(self) -> bool:
        """Everything in time, and the severity as meant."""
        timely = all(line.verdict is Verdict.IN_TIME for line in self.lines)
        return timely and self.severity_fits is not False

    def as_row(self) -> dict[str, Any]:
        return {**asdict(self), "is_met": self.is_met}


def score(
    script: Script, happened: Minutes, *, injected: int, minute: float, is_over: bool,
    severity: int | None,
) -> Card:  # fmt: skip
    """The card as it stands in ``minute``; ``injected`` injects were played."""
    lines = tuple(
        _line(one, script, happened.get(one.what, ()), injected, minute, is_over)
        for one in script.expected
    )
    fits = None
    if script.severity is not None and severity is not None:
        low, high = script.severity
        fits = low <= severity <= high
    return Card(lines, severity, fits)


def _line(
    one: Expected, script: Script, moments: Sequence[float], injected: int, minute: float,
    is_over: bool,
) -> Line:  # fmt: skip
    begun = script.injects[one.after - 1].at_min
    took = min((at - begun for at in moments if at >= begun), default=None)
    if injected < one.after:
        verdict = Verdict.MISSED if is_over else Verdict.NOT_YET
        took = None
    elif took is not None:
        verdict = Verdict.IN_TIME if took <= one.within_min else Verdict.LATE
    else:
        is_late = is_over or minute - begun > one.within_min
        verdict = Verdict.MISSED if is_late else Verdict.NOT_YET
    return Line(one.what, one.after, one.within_min, took, verdict)
