"""*Leren*: the lessons of all events, done and not done, and the form on each evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot import learning_texts as texts
from bot.console.doors import Door, Visit
from briefings.learning.lessons import (
    LONGEST,
    LONGEST_OWNER,
    NewLesson,
    NotKept,
    add_lesson,
    all_lessons,
    changed_a_text,
    drop_lesson,
    finish_lesson,
    is_late,
    lessons_of,
    reopen_lesson,
)
from briefings.learning.rows import Lesson, LessonStatus
from briefings.library import library
from briefings.moments import dated, local_date
from briefings.rows import FactBlock
from contacts.directory import Organisation
from contacts.permissions import Permission, may
from feeds.lexicon import mask_names
from feeds.rows import Event

#: what the form proposes
USUAL_TIME = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson as the pages show it. ``text``: the set that it changed, with both versions."""

    lesson: Lesson
    due: str
    is_late: bool
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many lessons stand where, for the drawing and its words."""

    done: int
    open: int
    late: int
    dropped: int
    changed: int

    @property
    def total(self) -> int:
        return self.done + self.open + self.late + self.dropped


async def show_lessons(visit: Visit) -> Response:
    """``GET /leren``: open ones first, the soonest due in front."""
    return await _page(visit)


async def _page(visit: Visit, *, error: str = "") -> Response:
    found = await all_lessons(visit.session, is_exercise=visit.actor.is_exercise)
    settled = [one for one in found if one.status is not LessonStatus.OPEN]
    return visit.show(
        "leren.html",
        status=422 if error else 200,
        error=error,
        open=views(visit, [one for one in found if one.status is LessonStatus.OPEN]),
        settled=views(visit, settled[::-1]),
        standing=standing_of(found, today=local_date(visit.now)),
        names=await _names(visit, {one.event_id for one in found}),
        **form_values(visit),
    )


async def _names(visit: Visit, events: set[int]) -> dict[int, str]:
    """How these events are called on their own pages."""
    found = await visit.session.exec(
        select(Event.id, Event.title, FactBlock.neutral_title)
        .outerjoin(FactBlock, col(FactBlock.event_id) == col(Event.id))
        .where(col(Event.id).in_(events))
    )
    return {number or 0: name or mask_names(title) for number, title, name in found.all()}


def views(visit: Visit, lessons: Sequence[Lesson]) -> list[LessonView]:
    """As the pages show them."""
    today = local_date(visit.now)
    return [
        LessonView(
            lesson,
            due=dated(lesson.due),
            is_late=is_late(lesson, today),
            status=texts.STATUSES[lesson.status],
            text=text_changed(lesson),
        )
        for lesson in lessons
    ]


def text_changed(lesson: Lesson) -> str:
    """``arrestatie, versie 3 → 4``; empty when no text changed. Pure."""
    if lesson.template is None or lesson.version_now is None:
        return ""
    if lesson.version_then is None:
        return texts.TEXT_NOW.format(name=lesson.template, now=lesson.version_now)
    return texts.TEXT_CHANGED.format(
        name=lesson.template, then=lesson.version_then, now=lesson.version_now
    )


def standing_of(lessons: Sequence[Lesson], *, today: date) -> Standing:
    """How many stand where. Pure."""
    late = sum(is_late(one, today) for one in lessons)
    return Standing(
        done=sum(one.status is LessonStatus.DONE for one in lessons),
        open=sum(one.status is LessonStatus.OPEN for one in lessons) - late,
        late=late,
        dropped=sum(one.status is LessonStatus.DROPPED for one in lessons),
        changed=sum(changed_a_text(one) for one in lessons),
    )


def form_values(visit: Visit) -> dict[str, Any]:
    """What the forms of a lesson offer."""
    shelf = library(visit.parts.config.briefings.templates_dir)
    return {
        "sets": {"": texts.NO_TEXT, **{name: shelf.set_meta(name).name for name in shelf.sets()}},
        "longest": LONGEST,
        "longest_owner": LONGEST_OWNER,
        "may_learn": may(visit.actor, Permission.MANAGE_EVENT),
    }


async def lesson_values(visit: Visit, event: Event, typed: NewLesson | None) -> dict[str, Any]:
    """What the evaluation of one event shows of its lessons."""
    assert event.id is not None
    usual = local_date(visit.now) + USUAL_TIME
    organisations = await visit.session.exec(
        select(Organisation.name)
        .where(col(Organisation.is_exercise) == event.is_exercise)
        .order_by(col(Organisation.name))
        .limit(200)
    )
    return {
        "lessons": views(visit, await lessons_of(visit.session, event.id)),
        "typed": typed or NewLesson("", "", "", usual),
        "organisations": organisations.all(),
        **form_values(visit),
    }


def read_lesson(visit: Visit) -> NewLesson:
    """What the form says; a day that is none stays out."""
    try:
        due = date.fromisoformat(visit.text("voor"))
    except ValueError:
        due = None
    keep, change, owner = (
        " ".join(visit.text(name).split()) for name in ("houden", "anders", "eigenaar")
    )
    return NewLesson(keep, change, owner, due, is_knowing=visit.text("nagelezen") == "ja")


async def keep_lesson(visit: Visit, event: Event, typed: NewLesson) -> Lesson | NotKept:
    """Store it, or say why not."""
    return await add_lesson(
        visit.session, event, typed, who=visit.actor.who,
        allow=visit.parts.config.signals.allow, today=local_date(visit.now), now=visit.now,
    )  # fmt: skip


async def settle_lesson(visit: Visit) -> Response:
    """``POST /les/{number}``: done, not after all, or open again."""
    lesson = await visit.session.get(Lesson, visit.in_path())
    if lesson is None or lesson.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such lesson")
    who, wish = visit.actor.who, visit.text("doe")
    if wish == "gedaan":
        refused = await finish_lesson(
            visit.session, lesson, template=visit.text("tekst"),
            shelf=library(visit.parts.config.briefings.templates_dir), who=who, now=visit.now,
        )  # fmt: skip
        if refused is not None:
            return await _page(visit, error=texts.NOT_KEPT[refused.reason])
    elif wish == "niet":
        await drop_lesson(visit.session, lesson, who=who, now=visit.now)
    elif wish == "weer":
        await reopen_lesson(visit.session, lesson, who=who, now=visit.now)
    else:
        raise ValueError("an unknown wish")
    return visit.back("/leren", done=f"lesson_{wish}")


DOORS = (
    Door("/leren", show_lessons, Permission.SEE_STATUS),
    Door("/les/{number:int}", settle_lesson, Permission.MANAGE_EVENT, "POST"),
)
