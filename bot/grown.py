"""Tells the coordinators that what runs is heavier by now than they chose."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.event_names import name_of
from contacts.attempts import Attempts, part_of
from contacts.messages import URGENT_SEVERITY
from contacts.notices import tell_coordinators
from contacts.outbox import Button, Content, TelegramForm
from contacts.records import Database
from feeds.events import items_of
from feeds.growing import grown_events, mark_grown
from feeds.rows import Event
from feeds.settings import FeedSettings

log = logging.getLogger(__name__)


async def tell_grown(db: Database, settings: FeedSettings, *, now: datetime) -> int:
    """One notice for each, once for each severity; returns how many.

    :raises Exception: what went wrong with one of them, after the others.
    """
    attempts, told = Attempts(), 0
    async with db.begin() as session:
        grown = await grown_events(session, settings, now=now)
        for event in grown:
            one = partial(_tell, event=event, now=now)
            told += int(bool(await attempts.attempt("tell_grown", part_of(session), one)))
    attempts.raise_first()
    return told


async def _tell(session: AsyncSession, event: Event, now: datetime) -> bool:
    items = await items_of(session, event.id or 0)
    text = render(
        "coordinator/grown.html", title=await name_of(session, event), chosen=event.severity,
        suggested=event.suggested_severity, newest=items[-1] if items else None,
    )  # fmt: skip
    buttons = [
        [Button(texts.SHOW_ITEMS, data("items", event.id))],
        [Button(texts.CHANGE, data("echg", event.id))],
    ]
    content = Content(
        telegram=TelegramForm(text=text, buttons=buttons),
        email=mail_of(render("coordinator/notice_subject.txt"), text),
    )
    heard = await tell_coordinators(
        session, content, is_exercise=event.is_exercise, now=now,
        is_urgent=event.suggested_severity >= URGENT_SEVERITY,
    )  # fmt: skip
    if heard:
        await mark_grown(session, event, now=now)
    else:
        log.error("Nobody can hear that an event grew", extra={"action": "grown_reaches_nobody"})
    return bool(heard)
