"""The clock of an exercise. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.exercise.rows import Exercise
from bot.exercise.scripts import Inject, Script


def minute_at(exercise: Exercise, moment: datetime) -> float:
    """Minutes of the exercise that have passed at a moment; 0 before it began."""
    seconds = max(0.0, (moment - exercise.started_at).total_seconds())
    skipped = sum(one["minutes"] for one in exercise.skips if one["at"] <= seconds)
    return float(seconds / 60 * exercise.speed + skipped)


def next_inject(exercise: Exercise, script: Script) -> Inject | None:
    """What comes next; None when everything was played."""
    left = script.injects[exercise.injected :]
    return left[0] if left else None


def played_by(exercise: Exercise, script: Script, moment: datetime) -> int:
    """How many injects are played once all that is due has been; the first ones are due at once."""
    minute = minute_at(exercise, moment)
    due = sum(inject.at_min <= minute for inject in script.injects)
    return max(exercise.injected, due)


def with_skip(exercise: Exercise, script: Script, now: datetime) -> list[dict[str, float]] | None:
    """The skips once the leader moves on to the next inject; None when nothing is left to come."""
    coming = next_inject(exercise, script)
    wait = coming.at_min - minute_at(exercise, now) if coming is not None else 0.0
    if wait <= 0:
        return None
    seconds = (now - exercise.started_at).total_seconds()
    return [*exercise.skips, {"at": seconds, "minutes": wait}]
