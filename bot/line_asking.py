"""Asks who keeps a line of the city, each quarter, whether it is still right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import line_texts as texts
from bot.asking import is_office_hour
from bot.chat.buttons import data
from bot.config import Config
from briefings.city_lines import (
    CityLineState,
    confirm_line,
    fingerprint_of,
    line_states,
    lines_of,
    must_ask,
    note_line_asked,
)
from briefings.moments import local_date
from briefings.settings import CityLine
from contacts.directory import Person, Role
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, Who
from contacts.notices import as_content, tell_coordinators
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import people_with
from contacts.sending import tell_people

#: button data ``line:<state>:<ja|nee>:<first of the fingerprint>``
LINE = "line"
MARK = 12


async def ask_about_lines(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """Ask about each line that is due, in office hours; returns how many."""
    if config.is_exercise or not is_office_hour(now):
        return 0
    today, asked = local_date(now), 0
    states = await line_states(session)
    for line in lines_of(config.briefings):
        state = states.get(line.label)
        if not must_ask(line, state, today):
            continue
        people = await _keepers(session, state)
        if not people:
            continue
        state = await note_line_asked(session, line, who=SYSTEM, today=today, now=now)
        assert state.id is not None
        await tell_people(
            session, people, question(line, state.id), kind=MessageKind.DIALOGUE,
            may_rest=True, is_exercise=False, now=now,
        )  # fmt: skip
        asked += 1
    return asked


async def _keepers(session: AsyncSession, state: CityLineState | None) -> Sequence[Person]:
    """Its owner; the coordinators when there is none, or the owner left."""
    if state is not None and state.owner_id is not None:
        owner = await session.get(Person, state.owner_id)
        if owner is not None and owner.left_at is None:
            return [owner]
    return await people_with(session, Role.COORDINATOR, is_exercise=False)


def question(line: CityLine, state_id: int) -> Content:
    """The question in both forms. Pure."""
    mark = fingerprint_of(line)[:MARK]
    what = f"{line.label}: {in_words(line)}"
    lines = (what, texts.ASK_WHY)
    buttons = [
        [Button(texts.YES, data(LINE, state_id, "ja", mark)),
         Button(texts.NO, data(LINE, state_id, "nee", mark))],
    ]  # fmt: skip
    html = "".join(f"<p>{escape(one)}</p>" for one in lines)
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{texts.ASK_TITLE}</b>", *map(escape, lines)]), buttons=buttons
        ),
        email=EmailForm(
            subject=texts.ASK_SUBJECT,
            text="\n\n".join([*lines, texts.ASK_PAGE.format(link=OWN_PAGE)]) + "\n",
            html=f'{html}<p><a href="{OWN_PAGE}">{texts.ASK_LINK}</a></p>',
        ),
    )


def in_words(line: CityLine) -> str:
    """``0900-8844 · https://… · voor …``. Pure."""
    return " · ".join(filter(None, (line.phone, line.link, line.text)))


async def answer_line(
    session: AsyncSession, line: CityLine, *, is_right: bool, who: Who, now: datetime
) -> bool:
    """Keep the answer; a line that is wrong reaches the coordinators at once.

    :return: False when nothing was kept: a line with nothing in it cannot be called right.
    """
    today = local_date(now)
    if is_right and not line.is_there(today):
        return False
    await confirm_line(session, line, is_right=is_right, who=who, today=today, now=now)
    if not is_right:
        text = texts.WRONG_LINE.format(label=line.label)
        await tell_coordinators(
            session, as_content(texts.WRONG_TITLE, [text]), is_exercise=False, now=now
        )
    return True
