"""Steps of the timetable that are done for a part of the texts: the others are behind. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from briefings.rows import BriefingKind
from briefings.steps import Step
from briefings.timetable import Course, Line, SoFar


def in_parts(lines: Sequence[Line], course: Course) -> list[Line]:
    """The steps, not done while the text of some readers is behind."""
    return [_in_parts(line, course) for line in lines]


def _in_parts(line: Line, course: Course) -> Line:
    parts = course.parts
    if parts is None or not parts.is_behind or line.done_at is None or course.closed_at:
        return line
    is_first = parts.kind is BriefingKind.FIRST
    before = {Step.DRAFT: parts.ready, Step.FOUR_EYES: parts.approved} if is_first else {}
    if line.step in before:
        done = before[line.step]
        return line if done == parts.total else _so_far(line, SoFar(done, parts.total))
    is_kept = line.step in (Step.PROMISE, Step.MORNING) and line.done_at in parts.moments
    if line.step is Step.SEND if is_first else is_kept:
        return _so_far(line, SoFar(parts.sent, parts.total, parts.planned, parts.planned_at))
    return line


def _so_far(line: Line, so_far: SoFar) -> Line:
    return replace(line, done_at=None, so_far=so_far)
