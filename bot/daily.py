"""Sends the daily list to the coordinators, once a day, with a button for each event."""

from __future__ import annotations

import logging
from datetime import datetime, time

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.render import render
from contacts.directory import Role
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import people_with
from contacts.records import Database
from contacts.sending import tell_people
from feeds.daily import Listed, is_listed, list_day, mark_listed, to_list

log = logging.getLogger(__name__)

#: more would not be read in one go; the page shows the rest
SHOWN = 10
BUTTONS_A_ROW = 5
#: shows one event of the list with the answers of an alert
SHOW = "day"


async def send_daily_list(
    db: Database, at: time | None, *, is_exercise: bool, now: datetime
) -> int:
    """Send the list of today when its hour has come; returns how many events stand on it.

    A day with nothing to tell is done in silence.
    """
    day = list_day(now, at)
    if day is None:
        return 0
    async with db.begin() as session:
        if await is_listed(session, day):
            return 0
        listed = await to_list(session, is_exercise=is_exercise, now=now)
        people = await people_with(session, Role.COORDINATOR, is_exercise=is_exercise)
        told = listed and await tell_people(
            session, people, daily_content(listed),
            kind=MessageKind.NOTICE, may_rest=True, is_exercise=is_exercise, now=now,
        )  # fmt: skip
        if listed and not told:
            # Unmarked, it is tried again until somebody has a channel that works.
            log.error("Nobody gets the daily list", extra={"action": "list_reaches_nobody"})
            return 0
        await mark_listed(session, day, listed, now=now)
    return len(listed)


def daily_content(listed: list[Listed]) -> Content:
    """The list in chat and as a mail."""
    values = {"listed": listed[:SHOWN], "total": len(listed)}
    buttons = [
        Button(texts.SHOW_LISTED.format(number=number), data(SHOW, one.event.id))
        for number, one in enumerate(listed[:SHOWN], 1)
    ]
    rows = [buttons[i : i + BUTTONS_A_ROW] for i in range(0, len(buttons), BUTTONS_A_ROW)]
    plain = render("coordinator/daily_mail.txt", **values)
    return Content(
        telegram=TelegramForm(text=render("coordinator/daily.html", **values), buttons=rows),
        email=EmailForm(
            subject=render("coordinator/daily_subject.txt", total=len(listed))[:60],
            text=plain,
            html=render("coordinator/daily_mail.html", plain=plain),
        ),
    )
