"""One tap under a reminder: the lesson is done, or gets two weeks more.

Which text it changed is chosen on the page: that asks for a list.
"""

from __future__ import annotations

from bot import learning_texts as texts
from bot.chat.buttons import data
from bot.chat.shown import drop_buttons, tick_off
from bot.chat.turn import Handler, Turn
from bot.lesson_reminding import LESSON
from briefings.learning.lessons import finish_lesson, postpone_lesson
from briefings.learning.rows import Lesson, LessonStatus
from briefings.library import library
from briefings.moments import local_date
from contacts.directory import Organisation
from contacts.permissions import Permission


async def settle(turn: Turn) -> None:
    """``lesson:<id>:<done|later>``; whose lesson it is may say that it is done, too."""
    assert turn.tap is not None
    actor = turn.known()
    lesson = await turn.session.get(Lesson, turn.tap.number(0))
    word = turn.tap.word(1)
    if lesson is None or lesson.is_exercise != actor.is_exercise or word not in ("done", "later"):
        raise ValueError("an old button")
    own = await turn.session.get_one(Organisation, actor.organisation_id)
    if word == "later" or lesson.owner.casefold() != own.name.casefold():
        turn.allowed(Permission.MANAGE_EVENT)
    if lesson.status is not LessonStatus.OPEN:
        turn.toast = texts.SETTLED_TOAST
        return
    if word == "done":
        shelf = library(turn.config.briefings.templates_dir)
        await finish_lesson(
            turn.session, lesson, template="", shelf=shelf, who=actor.who, now=turn.now
        )
        turn.toast = texts.DONE_TOAST
    else:
        await postpone_lesson(
            turn.session, lesson, today=local_date(turn.now), who=actor.who, now=turn.now
        )
        turn.toast = texts.LATER_TOAST
    if turn.tap.delivery_id is not None:
        mine = data(LESSON, lesson.id, "")
        taken_away = tick_off if word == "done" else drop_buttons
        await taken_away(turn.session, turn.tap.delivery_id, mine, now=turn.now)


TAPS: dict[str, Handler] = {LESSON: settle}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
