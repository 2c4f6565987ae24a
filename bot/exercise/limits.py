"""No exercise goes on for ever because somebody forgot to end it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.exercise.current import open_exercise
from bot.exercise.leading import end
from bot.exercise.pace import minute_at
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import script_of
from contacts.journal import SYSTEM
from contacts.records import Database

#: on the clock, not in minutes of the exercise: people play it on their own telephones
LONGEST_AFTER = timedelta(hours=3)
#: who said yes a month ago does not count on it any more
LONGEST_ASKING = timedelta(days=30)


async def end_what_lasts(db: Database, *, now: datetime) -> bool:
    """End the exercise whose last inject is three hours ago, or that asks people for a month."""
    async with db.begin() as session:
        exercise = await open_exercise(session)
        if exercise is None or not lasts_too_long(exercise, now):
            return False
        runs = exercise.status is ExerciseStatus.RUNNING
        status = ExerciseStatus.ENDED if runs else ExerciseStatus.STOPPED
        await end(session, exercise, status, who=SYSTEM, now=now)
        return True


def lasts_too_long(exercise: Exercise, now: datetime) -> bool:
    """Whether nobody will end this any more. Pure."""
    if exercise.status is ExerciseStatus.GATHERING:
        return now - exercise.started_at >= LONGEST_ASKING
    last = script_of(exercise.script).injects[-1].at_min
    since = timedelta(minutes=(minute_at(exercise, now) - last) / exercise.speed)
    return since >= LONGEST_AFTER
