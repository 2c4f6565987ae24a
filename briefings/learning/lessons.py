"""Lessons: added after an event, done when something changed, remembered when they are late."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.rows import LESSON_MOVES, Lesson, LessonStatus
from briefings.library import Library
from briefings.rows import Briefing, BriefingText
from contacts.journal import Who, write_journal
from contacts.people import organisation_named
from contacts.records import move
from feeds.rows import Event
from signals.person_filter import screen
from signals.person_role import one_by_role

LONGEST, LONGEST_OWNER = 300, 120
#: nobody plans a lesson further away than this
FURTHEST = timedelta(days=731)
#: what is late is told again after this long
TELL_AGAIN = timedelta(days=7)
LATER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NewLesson:
    """What somebody filled in. ``keep`` may be empty. ``is_knowing``: it was asked about that
    somebody may be meant by a role (``role``), and stays as it is."""

    keep: str
    change: str
    owner: str
    due: date | None
    is_knowing: bool = False


@dataclass(frozen=True, slots=True)
class NotKept:
    """Why nothing was kept: ``empty``, ``long``, ``person``, ``role`` (to be said once more),
    ``owner``, ``date``, ``unchanged`` or ``no_text``."""

    reason: str


async def add_lesson(
    session: AsyncSession,
    event: Event,
    given: NewLesson,
    *,
    who: Who,
    allow: Collection[str],
    today: date,
    now: datetime,
) -> Lesson | NotKept:
    """Keep a lesson of this event.

    :param allow: names that the person filter lets through.
    """
    assert event.id is not None
    owner_id = await organisation_named(session, given.owner, is_exercise=event.is_exercise)
    if refused := why_not(given, allow, is_known=owner_id is not None, today=today):
        return NotKept(refused)
    assert given.due is not None
    lesson = Lesson(
        event_id=event.id, keep=given.keep, change=given.change, owner=given.owner, due=given.due,
        made_by=who.person_id, made_at=now, is_exercise=event.is_exercise,
    )  # fmt: skip
    session.add(lesson)
    await session.flush()
    _note(session, lesson, "lesson_added", who=who, now=now)
    return lesson


def why_not(given: NewLesson, allow: Collection[str], *, is_known: bool, today: date) -> str | None:
    """What is wrong with it, None when nothing is. Pure.

    :param is_known: the owner is an organisation of the list.
    """
    if not given.change:
        return "empty"
    if not given.owner:
        return "owner"
    if max(len(given.keep), len(given.change)) > LONGEST or len(given.owner) > LONGEST_OWNER:
        return "long"
    if given.due is None or not today <= given.due <= today + FURTHEST:
        return "date"
    if any(screen(text, allow).blocked for text in (given.keep, given.change) if text):
        return "person"
    if not is_known and screen(given.owner, allow).blocked:
        return "person"
    is_one = any(one_by_role(text) for text in (given.keep, given.change))
    return "role" if is_one and not given.is_knowing else None


async def finish_lesson(
    session: AsyncSession,
    lesson: Lesson,
    *,
    template: str,
    shelf: Library,
    who: Who,
    now: datetime,
) -> NotKept | None:
    """It is done; with the text that it changed, when it changed one.

    :param template: the name of a set of texts, empty when another agreement changed.
    :raises contacts.records.RecordError: somebody settled it before.
    """
    then = current = None
    if template:
        if template not in shelf.sets():
            return NotKept("no_text")
        current = shelf.set_meta(template).version
        then = await version_used(session, lesson.event_id, template)
        if then == current:
            return NotKept("unchanged")
    await move(
        session, LESSON_MOVES, lesson, LessonStatus.DONE,
        who=who, action="lesson_done", now=now,
        template=template or None, version_then=then, version_now=current,
        settled_by=who.person_id, settled_at=now,
    )  # fmt: skip
    return None


async def version_used(session: AsyncSession, event_id: int, template: str) -> str | None:
    """Which version of a set the last text of this event was made with, None when it was not."""
    found = await session.exec(
        select(BriefingText.template_version)
        .join(Briefing, col(Briefing.id) == col(BriefingText.briefing_id))
        .where(
            col(Briefing.event_id) == event_id,
            col(BriefingText.template).startswith(f"{template}/", autoescape=True),
        )
        .order_by(col(Briefing.version).desc())
        .limit(1)
    )
    return found.first()


async def drop_lesson(session: AsyncSession, lesson: Lesson, *, who: Who, now: datetime) -> None:
    """It will not be done after all."""
    await move(
        session, LESSON_MOVES, lesson, LessonStatus.DROPPED,
        who=who, action="lesson_dropped", now=now,
        settled_by=who.person_id, settled_at=now,
    )  # fmt: skip


async def reopen_lesson(session: AsyncSession, lesson: Lesson, *, who: Who, now: datetime) -> None:
    """It was not finished after all; what it changed is forgotten."""
    await move(
        session, LESSON_MOVES, lesson, LessonStatus.OPEN,
        who=who, action="lesson_reopened", now=now,
        template=None, version_then=None, version_now=None,
        settled_by=None, settled_at=None, reminded_at=None,
    )  # fmt: skip


async def postpone_lesson(
    session: AsyncSession, lesson: Lesson, *, today: date, who: Who, now: datetime
) -> bool:
    """Two weeks more, from today on when it is late already; False when it is settled."""
    if lesson.status is not LessonStatus.OPEN:
        return False
    lesson.due, lesson.reminded_at = max(lesson.due, today) + LATER, None
    session.add(lesson)
    _note(session, lesson, "lesson_postponed", who=who, now=now)
    await session.flush()
    return True


async def lessons_of(session: AsyncSession, event_id: int) -> list[Lesson]:
    """Of one event, in the order in which they were made."""
    found = await session.exec(
        select(Lesson).where(col(Lesson.event_id) == event_id).order_by(col(Lesson.id))
    )
    return list(found.all())


async def all_lessons(session: AsyncSession, *, is_exercise: bool) -> list[Lesson]:
    """Every lesson of this world, the soonest due first."""
    found = await session.exec(
        select(Lesson)
        .where(col(Lesson.is_exercise) == is_exercise)
        .order_by(col(Lesson.due), col(Lesson.id))
    )
    return list(found.all())


def is_late(lesson: Lesson, today: date) -> bool:
    """Whether it should have been done by now. Pure."""
    return lesson.status is LessonStatus.OPEN and lesson.due < today


async def take_late(
    session: AsyncSession, *, is_exercise: bool, today: date, who: Who, now: datetime
) -> Sequence[Lesson]:
    """Late lessons that nobody was told of this week; they are marked as told."""
    found = await session.exec(
        select(Lesson)
        .where(
            col(Lesson.status) == LessonStatus.OPEN,
            col(Lesson.is_exercise) == is_exercise,
            col(Lesson.due) < today,
            (col(Lesson.reminded_at).is_(None)) | (col(Lesson.reminded_at) <= now - TELL_AGAIN),
        )
        .order_by(col(Lesson.due), col(Lesson.id))
    )
    late = found.all()
    for lesson in late:
        lesson.reminded_at = now
        session.add(lesson)
        _note(session, lesson, "lesson_reminded", who=who, now=now)
    await session.flush()
    return late


def changed_a_text(lesson: Lesson) -> bool:
    """Whether it left something behind in a text. Pure."""
    return lesson.status is LessonStatus.DONE and lesson.version_now is not None


def _note(session: AsyncSession, lesson: Lesson, action: str, *, who: Who, now: datetime) -> None:
    write_journal(session, who=who, action=action, subject=f"lesson:{lesson.id}", now=now)
