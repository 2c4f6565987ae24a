"""The timetable of an event: when each step is due, what ticks itself, who hears what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.coordinator.clock_flow import said_of, sign_of
from briefings.moments import is_school_day, local
from briefings.rows import BriefingKind
from briefings.settings import BriefingSettings, ClockSettings
from briefings.steps import Stage, Step
from briefings.timetable import (
    AHEAD,
    CHAIN,
    NOT_FOR_BACKUP,
    OF_DAYS,
    TOO_OLD,
    Course,
    Line,
    Mark,
    Sending,
    stage_of,
    timetable,
    to_tell,
)
from signals.workdays import is_working_day

CLOCK, RULES = ClockSettings(), BriefingSettings()
#: Tuesday 3 March 2026, 17.42 in Arnhem
ALERT = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
CONFIRMED = ALERT + timedelta(minutes=4)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """This clock time in the city."""
    zone = local(ALERT).tzinfo
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def an_evening(began: datetime = ALERT, **changed: object) -> Course:
    fresh = Course(began_at=began, severity=4, confirmed_at=began + timedelta(minutes=4))
    return replace(fresh, **changed)


def sent(when: datetime, promised: datetime | None = None, kind: str = "eerste") -> Sending:
    return Sending(BriefingKind(kind), when, promised)


def lines(course: Course, rules: BriefingSettings = RULES) -> dict[Step, Line]:
    return {line.step: line for line in timetable(course, CLOCK, rules)}


def test_a_promised_update_lapses_with_the_closing_and_was_never_done() -> None:
    promised = ALERT + timedelta(days=1)
    begun = sent(ALERT + timedelta(minutes=20), promised)
    closed = an_evening(sendings=[begun, sent(promised - timedelta(hours=1), kind="afsluiting")])
    line = lines(closed)[Step.PROMISE]
    assert (line.done_at, line.is_open) == (None, False)
    assert (sign_of(line), said_of(line, now=promised)) == ("–", "vervallen")
    kept = lines(an_evening(sendings=[begun, sent(promised - timedelta(hours=1), kind="update")]))[
        Step.PROMISE
    ]
    assert (sign_of(kept), kept.done_at) == ("☑", promised - timedelta(hours=1))


def test_an_afternoon_event_has_the_times_of_the_guide() -> None:
    found = lines(an_evening())
    day = date(2026, 3, 3)
    assert {step: line.due for step, line in found.items()} == {
        Step.CONFIRM: ALERT + timedelta(minutes=10),
        Step.CALL_FIRST: ALERT + timedelta(minutes=20),
        Step.DRAFT: ALERT + timedelta(minutes=45),
        Step.FOUR_EYES: ALERT + timedelta(minutes=60),
        Step.SEND: ALERT + timedelta(minutes=90),
        Step.MORNING: at(day + timedelta(days=1), 7, 15),
        Step.CHECK: at(day + timedelta(days=2), 10),
        Step.CLOSING: at(day + timedelta(days=7), 10),
    }


def test_a_chosen_moment_is_the_moment_and_nothing_before_it_is_due_later() -> None:
    chosen = ALERT + timedelta(minutes=30)
    found = lines(an_evening(send_before=chosen))
    assert found[Step.SEND].due == chosen
    assert found[Step.DRAFT].due == found[Step.FOUR_EYES].due == chosen
    assert found[Step.CALL_FIRST].due == ALERT + timedelta(minutes=20)


def test_without_a_chosen_moment_it_leaves_at_half_past_eight_at_the_latest() -> None:
    began = at(date(2026, 3, 3), 19, 40)
    assert lines(an_evening(began))[Step.SEND].due == at(date(2026, 3, 3), 20, 30)
    after = at(date(2026, 3, 3), 21, 0)
    assert lines(an_evening(after))[Step.SEND].due == after + timedelta(minutes=90)


def test_who_decides_late_has_the_same_time_after_that() -> None:
    decided = ALERT + timedelta(hours=9)
    found = lines(an_evening(confirmed_at=decided))
    assert found[Step.CALL_FIRST].due == decided + timedelta(minutes=10)
    assert found[Step.CONFIRM].done_at == decided


def test_what_is_written_down_ticks_itself() -> None:
    course = an_evening(
        submitted_at=ALERT + timedelta(minutes=30),
        approved_at=ALERT + timedelta(minutes=40),
        sendings=[sent(ALERT + timedelta(minutes=41))],
        called_at=ALERT + timedelta(minutes=15),
    )
    found = lines(course)
    done = {Step.CONFIRM, Step.CALL_FIRST, Step.DRAFT, Step.FOUR_EYES, Step.SEND}
    assert {step for step, line in found.items() if line.done_at is not None} == done


def test_whom_to_ring_first_is_over_once_it_is_sent() -> None:
    found = lines(an_evening(sendings=[sent(ALERT + timedelta(minutes=41))]))
    assert found[Step.CALL_FIRST].is_moot


def test_an_event_that_is_only_followed_has_no_evening_but_keeps_what_it_promised() -> None:
    assert set(lines(an_evening(severity=2))) == {Step.CONFIRM, Step.CLOSING}
    promised = ALERT + timedelta(hours=4)
    found = lines(an_evening(severity=2, sendings=[sent(ALERT, promised)]))
    assert found[Step.PROMISE].due == promised


def test_before_the_decision_there_is_nothing_but_the_decision() -> None:
    assert list(lines(an_evening(confirmed_at=None))) == [Step.CONFIRM]


@pytest.mark.parametrize(
    ("left", "next_morning"),
    [
        # Friday evening: the lessons begin on Monday.
        (at(date(2026, 3, 6), 20), at(date(2026, 3, 9), 7, 15)),
        # Easter Monday is no school day.
        (at(date(2026, 4, 3), 20), at(date(2026, 4, 7), 7, 15)),
        # The clock goes forward on Sunday 29 March 2026: 07.15 is an hour earlier in UTC.
        (at(date(2026, 3, 27), 20), datetime(2026, 3, 30, 5, 15, tzinfo=UTC)),
        # And back on Sunday 25 October 2026.
        (at(date(2026, 10, 23), 20), datetime(2026, 10, 26, 6, 15, tzinfo=UTC)),
        # After midnight it is still that evening.
        (at(date(2026, 3, 4), 0, 20), at(date(2026, 3, 4), 7, 15)),
        # What was prepared in the night and left at 06.45 is the text of that morning.
        (at(date(2026, 3, 4), 6, 45), at(date(2026, 3, 5), 7, 15)),
    ],
)
def test_the_morning_update_comes_before_the_next_first_lesson(
    left: datetime, next_morning: datetime
) -> None:
    found = lines(an_evening(left - timedelta(minutes=60), sendings=[sent(left)]))
    assert found[Step.MORNING].due == next_morning


def test_school_holidays_are_skipped() -> None:
    rules = RULES.model_copy(update={"school_holidays": [(date(2026, 3, 4), date(2026, 3, 8))]})
    found = lines(an_evening(sendings=[sent(ALERT + timedelta(hours=1))]), rules)
    assert found[Step.MORNING].due == at(date(2026, 3, 9), 7, 15)


@given(
    st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: ALERT + timedelta(minutes=minutes)),
    st.integers(1, 300),
)
def test_days_of_the_timetable_are_days_on_which_people_work(began: datetime, minutes: int) -> None:
    course = an_evening(began, sendings=[sent(began + timedelta(minutes=minutes))])
    found = lines(course)
    morning = local(found[Step.MORNING].due)
    assert (morning.hour, morning.minute) == (7, 15)
    assert is_school_day(morning.date(), RULES)
    assert found[Step.MORNING].due > course.sendings[0].at
    for step in OF_DAYS - {Step.FOLLOW_UP}:
        day = local(found[step].due)
        assert (day.hour, day.minute) == (10, 0)
        assert is_working_day(day.date())
    order = [found[step].due for step in (Step.CHECK, Step.CLOSING, Step.LOOK_BACK)]
    assert order == sorted(order)


TEN = at(date(2026, 3, 3), 22)
QUARTER = at(date(2026, 3, 4), 7, 15)


def promises(*sendings: Sending, **changed: object) -> list[tuple[datetime, datetime | None]]:
    found = timetable(an_evening(sendings=sendings, **changed), CLOCK, RULES)
    return [(line.due, line.done_at) for line in found if line.step is Step.PROMISE]


def test_a_promise_is_kept_by_the_next_version_and_not_by_one_that_repeats_it() -> None:
    first = sent(ALERT + timedelta(hours=1), TEN)
    between = sent(ALERT + timedelta(hours=2), TEN, "correctie")
    assert promises(first) == [(TEN, None)]
    assert promises(first, between) == [(TEN, None)]
    update = sent(TEN - timedelta(minutes=3), QUARTER, "update")
    assert promises(first, between, update) == [(TEN, update.at), (QUARTER, None)]


def test_the_first_text_for_others_keeps_no_promise() -> None:
    teachers = sent(ALERT + timedelta(hours=1), TEN)
    parents = sent(TEN - timedelta(minutes=5), QUARTER)
    assert promises(teachers, parents) == [(TEN, None), (QUARTER, None)]


def test_a_closing_text_promises_nothing_and_keeps_what_was_promised() -> None:
    closing = sent(TEN, QUARTER, "afsluiting")
    assert promises(sent(ALERT, TEN), closing) == [(TEN, closing.at)]


def test_a_promise_of_the_morning_is_the_morning_update() -> None:
    course = an_evening(sendings=[sent(ALERT + timedelta(hours=1), QUARTER)])
    steps = [line.step for line in timetable(course, CLOCK, RULES)]
    assert Step.PROMISE in steps
    assert Step.MORNING not in steps


def test_what_is_approved_for_the_morning_is_no_longer_asked_for() -> None:
    update = sent(QUARTER, QUARTER + timedelta(hours=8), "update")
    course = an_evening(sendings=[sent(ALERT, QUARTER), update])
    late = QUARTER - timedelta(minutes=1)
    assert to_tell(timetable(course, CLOCK, RULES), (), CLOCK, now=late) == []


def test_closing_ends_everything_but_the_look_back() -> None:
    course = an_evening(sendings=[sent(ALERT, TEN)], closed_at=ALERT + timedelta(hours=2))
    still = {line.step for line in timetable(course, CLOCK, RULES) if line.is_open}
    assert still == {Step.LOOK_BACK}


def test_a_tick_ends_a_step_and_not_needed_does_too() -> None:
    marks = {Step.CALL_FIRST: Mark(ALERT), Step.CHECK: Mark(ALERT, is_needed=False)}
    found = lines(an_evening(marks=marks))
    assert found[Step.CALL_FIRST].done_at == ALERT
    assert not found[Step.CHECK].is_open
    assert not found[Step.CHECK].is_needed


def test_in_an_exercise_that_runs_faster_minutes_are_shorter_and_hours_are_not() -> None:
    found = lines(an_evening(speed=10.0))
    decided = CONFIRMED - timedelta(minutes=1)
    assert found[Step.FOUR_EYES].due == decided + timedelta(minutes=6)
    assert local(found[Step.MORNING].due).time() == time(7, 15)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.CONFIRM])
def test_the_stages_follow_each_other_and_end(step: Step) -> None:
    line = Line(step, TEN)
    ahead = timedelta(minutes=CLOCK.ahead_min if step in AHEAD else 0)
    if step is Step.FOLLOW_UP:
        ahead = timedelta(days=CLOCK.follow_up_days)
    day = step in OF_DAYS
    late = timedelta(days=CLOCK.late_days) if day else timedelta(minutes=CLOCK.late_min)
    backup = timedelta(days=CLOCK.backup_days) if day else timedelta(minutes=CLOCK.backup_min)
    moment = timedelta(seconds=1)
    expected = [
        (TEN - ahead - moment, None), (TEN - ahead, Stage.DUE), (TEN + late - moment, Stage.DUE),
        (TEN + late, Stage.LATE), (TEN + backup, Stage.BACKUP), (TEN + TOO_OLD, Stage.BACKUP),
        (TEN + TOO_OLD + moment, None),
    ]  # fmt: skip
    assert [(now, stage_of(line, CLOCK, now=now)) for now, _ in expected] == expected


def test_each_stage_is_told_once_and_only_the_newest() -> None:
    course = an_evening(sendings=[sent(ALERT, TEN)])
    found = timetable(course, CLOCK, RULES)
    at_once = to_tell(found, (), CLOCK, now=TEN + timedelta(minutes=16))
    assert [(line.step, stage) for line, stage in at_once] == [(Step.PROMISE, Stage.BACKUP)]
    told = {(line.step, line.due, stage) for line, stage in at_once}
    assert to_tell(found, told, CLOCK, now=TEN + timedelta(minutes=40)) == []


def test_a_step_that_waits_for_another_is_not_asked_for() -> None:
    now = ALERT + timedelta(minutes=61)
    found = [line.step for line, _ in to_tell(lines_list(an_evening()), (), CLOCK, now=now)]
    assert Step.DRAFT in found
    assert Step.FOUR_EYES not in found
    ready = an_evening(submitted_at=ALERT + timedelta(minutes=40))
    found = [line.step for line, _ in to_tell(lines_list(ready), (), CLOCK, now=now)]
    assert (Step.DRAFT in found, Step.FOUR_EYES in found) == (False, True)
    assert CHAIN[0] is Step.DRAFT


def lines_list(course: Course) -> list[Line]:
    return timetable(course, CLOCK, RULES)


def test_the_backup_is_not_woken_for_what_can_wait_for_the_coordinator() -> None:
    long_after = ALERT + timedelta(hours=3)
    found = {
        line.step: stage
        for line, stage in to_tell(lines_list(an_evening()), (), CLOCK, now=long_after)
    }
    assert found[Step.SEND] is Stage.BACKUP
    assert {found[step] for step in NOT_FOR_BACKUP & found.keys()} == {Stage.LATE}
