"""The timetable of an event: its steps, when each is due, and which are done. Pure.

Steps that follow from what was written down tick themselves; a person ticks the others.
Times are aware, in UTC; the clock of the city decides what a day and an hour is (guide §7).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from briefings.moments import NIGHT_ENDS, at_clock, is_school_day, local
from briefings.parts import Parts
from briefings.rows import BriefingKind
from briefings.settings import BriefingSettings, ClockSettings
from briefings.steps import Stage, Step
from signals.workdays import is_working_day

#: what leaves so long before the morning update is that update
MORNING_BEGINS = timedelta(hours=3)
#: no reminder of what was due longer ago than this: after a long stop that helps nobody
TOO_OLD = timedelta(days=7)

#: what only a person knows to be done
BY_HAND = frozenset({Step.CALL_FIRST, Step.CHECK, Step.LOOK_BACK, Step.FOLLOW_UP})
#: what a person may call not needed
SKIPPABLE = BY_HAND | {Step.MORNING}
#: reminded of somewhat ahead: it takes writing and reading
AHEAD = frozenset({Step.PROMISE, Step.MORNING})
#: counted in days
OF_DAYS = frozenset({Step.CHECK, Step.CLOSING, Step.LOOK_BACK, Step.FOLLOW_UP})
#: each waits for the one before it, so only the first is asked for
CHAIN = (Step.DRAFT, Step.FOUR_EYES)
#: what the back-up need not be woken for
NOT_FOR_BACKUP = frozenset({Step.CALL_FIRST, Step.DRAFT, Step.CHECK})
#: decided under the alert, which calls the back-up itself
NOT_TOLD = frozenset({Step.CONFIRM})
#: these name no moment of a next update
NO_PROMISE = frozenset({BriefingKind.CLOSING, BriefingKind.LOOK_BACK})
#: still to do when the event is closed
AFTERWARDS = frozenset({Step.LOOK_BACK, Step.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class Sending:
    """A version that went out, or is approved for the moment ``at``.

    ``promised_at``: when its readers were told that the next update comes. ``is_follow_up``:
    it tells what was planned for later, in words of its own.
    """

    kind: BriefingKind
    at: datetime
    promised_at: datetime | None = None
    is_follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's tick. ``is_needed`` False: called not needed."""

    at: datetime
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """What happened in an event so far. ``speed``: minutes of an exercise per minute."""

    began_at: datetime
    severity: int
    confirmed_at: datetime | None = None
    send_before: datetime | None = None
    called_at: datetime | None = None
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    sendings: Sequence[Sending] = ()
    closed_at: datetime | None = None
    marks: Mapping[Step, Mark] = field(default_factory=dict)
    follow_up_on: date | None = None
    speed: float = 1.0
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class SoFar:
    """A step is done for so many texts of all; for ``planned`` others it does itself at
    ``planned_at`` (None: at more than one moment)."""

    done: int
    total: int
    planned: int = 0
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One step. ``done_at`` may lie ahead: it leaves by itself then.

    ``is_moot``: not done, and not to be done any more. ``so_far``: done for a part of the texts,
    the others being approved on their own.
    """

    step: Step
    due: datetime
    done_at: datetime | None = None
    is_needed: bool = True
    is_moot: bool = False
    so_far: SoFar | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.done_at is None and self.is_needed and not self.is_moot


def timetable(course: Course, clock: ClockSettings, rules: BriefingSettings) -> list[Line]:
    """Every step of the event that applies to it, in the order of the guide.

    An event below the severity of the timetable has no evening; what was promised to readers
    is kept all the same.
    """
    lines = [_confirm(course, clock)]
    if course.confirmed_at is None:
        return lines
    if course.sendings or course.severity >= clock.from_severity:
        lines += _evening(course, clock, rules)
    lines += _promises(course)
    if course.sendings or course.severity >= clock.from_severity:
        lines += _days(course, clock, rules, {line.due for line in lines if line.is_open})
    lines.append(_closing(course, clock))
    if course.sendings:
        lines.append(_look_back(course, clock))
    if course.follow_up_on is not None:
        lines.append(_follow_up(course, course.follow_up_on, clock))
    return lines


def _start(course: Course, clock: ClockSettings) -> datetime:
    """T0: the alert; a decision that came later moves everything after it along."""
    decided = course.confirmed_at or course.began_at
    return max(course.began_at, decided - _minutes(course, clock.confirm_min))


def _minutes(course: Course, minutes: int) -> timedelta:
    return timedelta(minutes=minutes / course.speed)


def _confirm(course: Course, clock: ClockSettings) -> Line:
    due = course.began_at + _minutes(course, clock.confirm_min)
    return Line(Step.CONFIRM, due, course.confirmed_at)


def _evening(course: Course, clock: ClockSettings, rules: BriefingSettings) -> Iterator[Line]:
    start, sent = _start(course, clock), _first(course)
    last = _send_due(course, clock, rules)
    due = min(start + _minutes(course, clock.call_first_min), last)
    calls = _line(course, Step.CALL_FIRST, due, course.called_at)
    # Once it went out, nobody can be rung before that any more.
    yield replace(calls, is_moot=True) if calls.is_open and sent is not None else calls
    steps = (
        (Step.DRAFT, clock.draft_min, course.submitted_at or sent),
        (Step.FOUR_EYES, clock.four_eyes_min, course.approved_at or sent),
    )
    for step, minutes, done in steps:
        yield _line(course, step, min(start + _minutes(course, minutes), last), done)
    yield _line(course, Step.SEND, last, sent)


def _first(course: Course) -> datetime | None:
    return min((one.at for one in course.sendings), default=None)


def _send_due(course: Course, clock: ClockSettings, rules: BriefingSettings) -> datetime:
    """The moment that somebody chose, else so many minutes and never after the usual hour."""
    if course.send_before is not None:
        return course.send_before
    start = _start(course, clock)
    usual = at_clock(local(start).date(), rules.send_before)
    due = start + _minutes(course, clock.send_min)
    return min(due, usual) if usual > start else due


def _promises(course: Course) -> Iterator[Line]:
    """One line per promised moment; kept by the first version that no longer promises it.

    A first text for those who had none yet keeps nobody's promise; a closing before its moment
    lets it lapse.
    """
    sendings = sorted(course.sendings, key=lambda one: one.at)
    kept: dict[datetime, Sending | None] = {}
    for number, one in enumerate(sendings):
        if one.promised_at is None or one.kind in NO_PROMISE:
            continue
        later = [next_ for next_ in sendings[number + 1 :] if next_.kind is not BriefingKind.FIRST]
        if later and later[0].promised_at == one.promised_at:
            continue
        kept[one.promised_at] = later[0] if later else None
    for due, by in kept.items():
        if by is not None and by.kind is BriefingKind.CLOSING and by.at < due:
            yield Line(Step.PROMISE, due, is_moot=True)
        else:
            yield _line(course, Step.PROMISE, due, by.at if by else None)


def _days(
    course: Course, clock: ClockSettings, rules: BriefingSettings, promised: set[datetime]
) -> Iterator[Line]:
    morning = _morning_due(course, clock, rules)
    # A promise of that very moment is that update.
    if morning not in promised:
        yield _line(course, Step.MORNING, morning, _updated(course, morning))
    yield _line(course, Step.CHECK, _on_day(course, clock, clock.check_days), None)


def _morning_due(course: Course, clock: ClockSettings, rules: BriefingSettings) -> datetime:
    """Before the first lesson after the evening of the first text."""
    sent = local(_first(course) or _send_due(course, clock, rules))
    evening = sent.date() - timedelta(days=sent.time() < NIGHT_ENDS)
    return at_clock(_next(evening, lambda day: is_school_day(day, rules)), rules.morning_update)


def _updated(course: Course, morning: datetime) -> datetime | None:
    later = sorted(one.at for one in course.sendings if one.kind is not BriefingKind.FIRST)
    return next((at for at in later if at >= morning - MORNING_BEGINS), None)


def _closing(course: Course, clock: ClockSettings) -> Line:
    told = [one.at for one in course.sendings if one.kind is BriefingKind.CLOSING]
    done = course.closed_at or min(told, default=None)
    return Line(Step.CLOSING, _on_day(course, clock, clock.closing_days), done)


def _look_back(course: Course, clock: ClockSettings) -> Line:
    due = _on_day(course, clock, 7 * clock.look_back_weeks)
    invited = [one.at for one in course.sendings if one.kind is BriefingKind.LOOK_BACK]
    return _line(course, Step.LOOK_BACK, due, min(invited, default=None))


def _follow_up(course: Course, day: date, clock: ClockSettings) -> Line:
    told = [one.at for one in course.sendings if one.is_follow_up]
    return _line(course, Step.FOLLOW_UP, at_clock(day, clock.day_at), max(told, default=None))


def _on_day(course: Course, clock: ClockSettings, days: int) -> datetime:
    """On the first working day from so many days after the start on."""
    day = local(_start(course, clock)).date() + timedelta(days=days - 1)
    return at_clock(_next(day, is_working_day), clock.day_at)


def _next(day: date, fits: Callable[[date], bool]) -> date:
    """The first day after ``day`` that fits; a year without one ends the search."""
    found = (day + timedelta(days=number) for number in range(1, 400))
    return next((one for one in found if fits(one)), day + timedelta(days=1))


def _line(course: Course, step: Step, due: datetime, done: datetime | None) -> Line:
    mark = course.marks.get(step)
    if mark is not None and done is None:
        return Line(step, due, mark.at, is_needed=mark.is_needed)
    is_over = course.closed_at is not None and step not in AFTERWARDS
    return Line(step, due, done, is_moot=done is None and is_over)


def stage_of(
    line: Line, clock: ClockSettings, *, now: datetime, speed: float = 1.0
) -> Stage | None:
    """How far an open step is, or None when nobody needs to hear of it (yet, or any more)."""
    if not line.is_open or now > line.due + TOO_OLD:
        return None
    if line.step in OF_DAYS:
        late, backup = timedelta(days=clock.late_days), timedelta(days=clock.backup_days)
    else:
        late = timedelta(minutes=clock.late_min / speed)
        backup = timedelta(minutes=clock.backup_min / speed)
    ahead = timedelta(minutes=clock.ahead_min / speed if line.step in AHEAD else 0)
    if line.step is Step.FOLLOW_UP:
        ahead = timedelta(days=clock.follow_up_days)
    for stage, begins in (
        (Stage.BACKUP, line.due + backup),
        (Stage.LATE, line.due + late),
        (Stage.DUE, line.due - ahead),
    ):
        if now >= begins:
            return stage
    return None


Told = tuple[Step, datetime, Stage]


def to_tell(
    lines: Sequence[Line],
    told: Collection[Told],
    clock: ClockSettings,
    *,
    now: datetime,
    speed: float = 1.0,
) -> list[tuple[Line, Stage]]:
    """What people are to hear now of steps that are not done: each stage of each step once."""
    found = []
    for line in needing(lines, clock, now=now, speed=speed):
        stage = stage_of(line, clock, now=now, speed=speed)
        if stage is Stage.BACKUP and line.step in NOT_FOR_BACKUP:
            stage = Stage.LATE
        if stage is not None and (line.step, line.due, stage) not in told:
            found.append((line, stage))
    return found


def needing(
    lines: Sequence[Line], clock: ClockSettings, *, now: datetime, speed: float = 1.0
) -> list[Line]:
    """The open steps whose time has come, without those that only wait for another."""
    waiting = [line.step for line in lines if line.step in CHAIN and line.is_open]
    return [
        line
        for line in lines
        if line.step not in NOT_TOLD
        and line.step not in waiting[1:]
        and stage_of(line, clock, now=now, speed=speed) is not None
    ]
