"""Steps of the timetable that are done for a part of the texts: the others are behind. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from briefings.rows import BriefingKind
from briefings.steps import Step
from briefings.timetable import Course, Line


def in_parts(lines: Sequence[Line], course: Course) -> list[Line]:
    """The steps, not done while the text of some readers is behind."""
    return [_in_parts(line, course) for line in lines]


def _in_parts(line: Line, course: Course) -> Line:
    parts = course.parts
    if parts is None or not parts.is_behind or line.done_at is None or course.closed_at:
        return line
    done = parts.total
    if parts.kind is BriefingKind.FIRST:
        steps = {Step.DRAFT: parts.ready, Step.FOUR_EYES: parts.approved, Step.SEND: parts.sent}
        done = steps.get(line.step, parts.total)
    elif line.step in (Step.PROMISE, Step.MORNING) and line.done_at in parts.moments:
        done = parts.sent
    if done == parts.total:
        return line
    return replace(line, done_at=None, so_far=(done, parts.total))
