"""Tells the coordinators of lessons that should have been done by now, once a week at most."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import learning_texts as texts
from bot.asking import is_office_hour
from bot.chat.buttons import data
from bot.config import Config
from briefings.learning.lessons import take_late
from briefings.learning.rows import Lesson
from briefings.moments import dated, local_date
from contacts.journal import SYSTEM
from contacts.notices import as_content, tell_coordinators
from contacts.outbox import Button, Content

#: more would not be read in a chat; the page shows the rest
SHOWN = 5
#: button data ``lesson:<id>:<done|later>``
LESSON = "lesson"


async def remind_of_lessons(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """One message about all that is late, in office hours; returns how many lessons."""
    if not is_office_hour(now):
        return 0
    late = await take_late(
        session, is_exercise=config.is_exercise, today=local_date(now), who=SYSTEM, now=now
    )
    if late:
        page = f"{config.web.base_url.rstrip('/')}/leren"
        content = reminder([*late], page)
        await tell_coordinators(
            session, content, may_rest=True, is_exercise=config.is_exercise, now=now
        )
    return len(late)


def reminder(late: list[Lesson], page: str) -> Content:
    """The message in both forms, with two buttons for each lesson that is shown. Pure."""
    shown = late[:SHOWN]
    lines = [
        texts.REMIND_LINE.format(
            number=number,
            change=lesson.change.rstrip("."),
            owner=lesson.owner,
            due=dated(lesson.due),
        )
        for number, lesson in enumerate(shown, 1)
    ]
    rest = len(late) - len(shown)
    last = texts.REMIND_MORE if rest else texts.REMIND_PAGE
    lines = [texts.REMIND_WHY, *lines, last.format(count=rest, page=page)]
    buttons = [
        Button(label.format(number=number), data(LESSON, lesson.id, word))
        for number, lesson in enumerate(shown, 1)
        for label, word in ((texts.DONE_BUTTON, "done"), (texts.LATER_BUTTON, "later"))
    ]
    return as_content(texts.REMIND_TITLE, lines, buttons)
