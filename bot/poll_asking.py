"""Sends the two questions to exactly those who got the texts, in office hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import poll_texts as texts
from bot.asking import OFFICE_HOURS, is_office_hour
from bot.event_names import name_of
from bot.poll_ballots import CLOSING, QUICK
from briefings.audience import RecipientPlan, plan_readers
from briefings.counting import count_readers
from briefings.learning.polls import STAYS_OPEN, begin_poll, can_ask, poll_of
from briefings.learning.quick_polls import begin_quick_poll, can_ask_members, quick_poll_of
from briefings.learning.rows import Poll, Question, QuickPoll
from briefings.moments import day, local_date, moment
from briefings.overleg.rows import Overleg
from briefings.versions import SENT, versions_of
from contacts.bulk import plan_deliveries
from contacts.filling import LINK
from contacts.journal import Who
from contacts.local_time import AMSTERDAM
from contacts.messages import store_message
from contacts.outbox import Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.quiet import hold_back
from feeds.rows import Event
from signals.workdays import is_working_day


async def ask_readers(
    session: AsyncSession, event: Event, *, who: Who, now: datetime
) -> Poll | None:
    """Plan the questions to all readers of this event; None when it cannot be (any more)."""
    assert event.id is not None
    if not can_ask(event, await poll_of(session, event.id)):
        return None
    readers = [planned.recipient for planned in (await readers_of(session, event)).recipients]
    if not readers:
        return None
    send_at = next_office_hour(now)
    until = local_date(send_at + STAYS_OPEN)
    name = await name_of(session, event)
    message = await store_message(
        session, kind=MessageKind.NOTICE, content=question_content(event.id, name, day(until)),
        event_id=event.id, priority=Priority.DIGEST, is_exercise=event.is_exercise,
        send_at=send_at, now=now,
    )  # fmt: skip
    count = await plan_deliveries(session, message, readers, now=now)
    await hold_back(session, message, now=now)
    return await begin_poll(session, event, who=who, send_at=send_at, asked=count, now=now)


async def readers_of(session: AsyncSession, event: Event) -> RecipientPlan:
    """Who got, or may have got, a text that went out; each once."""
    return await plan_readers(session, event, await _sent(session, event))


async def count_readers_of(session: AsyncSession, event: Event) -> int:
    """How many :func:`readers_of` are, without reading thousands of them for a number."""
    return await count_readers(session, event, await _sent(session, event))


async def _sent(session: AsyncSession, event: Event) -> list[int]:
    """All of them: the newest one alone may have been a part of the texts, for some readers."""
    assert event.id is not None
    versions = await versions_of(session, event.id)
    return [one.id for one in versions if one.status in SENT and one.id is not None]


def next_office_hour(now: datetime) -> datetime:
    """Now on a working day between nine and five, else nine o'clock on the next one. Pure."""
    if is_office_hour(now):
        return now
    begin, _ = OFFICE_HOURS
    local = now.astimezone(AMSTERDAM)
    on = local.date() if local.time() < begin else local.date() + timedelta(days=1)
    while not is_working_day(on):
        on += timedelta(days=1)
    return datetime.combine(on, time(begin.hour, begin.minute), AMSTERDAM).astimezone(now.tzinfo)


def question_content(event_id: int, name: str, until: str) -> Content:
    """The first question in the chat; in the mail the way to both. Pure."""
    about = texts.ABOUT.format(name=name)
    link = f"{LINK}{CLOSING.place}"
    html = "".join(f"<p>{escape(line)}</p>" for line in (about, texts.WHY))
    first = texts.QUESTIONS[Question.HELPED]
    return Content(
        telegram=TelegramForm(
            text="\n".join(
                [f"<b>{texts.TITLE}</b>", escape(about), texts.WHY, "", f"<b>{first}</b>"]
            ),
            buttons=CLOSING.choices(event_id, Question.HELPED),
        ),
        email=EmailForm(
            subject=texts.SUBJECT,
            text="\n\n".join([about, texts.WHY, texts.MAIL_LAST.format(until=until, link=link)])
            + "\n",
            html=f'{html}<p><a href="{link}">{escape(texts.MAIL_LINK)}</a></p>',
        ),
    )


async def ask_members(
    session: AsyncSession, overleg: Overleg, event: Event, *, who: Who, now: datetime
) -> QuickPoll | None:
    """The quick questions to all who got the texts of this event, at once; None: not (any more).

    Quiet hours hold: a question is no news.
    """
    assert event.id is not None
    if not can_ask_members(overleg, await quick_poll_of(session, event.id)):
        return None
    readers = [planned.recipient for planned in (await readers_of(session, event)).recipients]
    if not readers:
        return None
    when = moment(overleg.starts_at)
    message = await store_message(
        session, kind=MessageKind.NOTICE, content=quick_content(event.id, when), event_id=event.id,
        priority=Priority.DIGEST, is_exercise=event.is_exercise, now=now,
    )  # fmt: skip
    count = await plan_deliveries(session, message, readers, now=now)
    await hold_back(session, message, useful_until=overleg.starts_at, now=now)
    return await begin_quick_poll(session, overleg, who=who, asked=count, now=now)


def quick_content(event_id: int, when: str) -> Content:
    """The first quick question in the chat; in the mail the way to both. Pure."""
    why, link = texts.QUICK_WHY.format(when=when), f"{LINK}{QUICK.place}"
    first = texts.QUESTIONS[Question.TENSION]
    return Content(
        telegram=TelegramForm(
            text=f"<b>{texts.QUICK_TITLE}</b>\n{escape(why)}\n\n<b>{first}</b>",
            buttons=QUICK.choices(event_id, Question.TENSION),
        ),
        email=EmailForm(
            subject=texts.QUICK_SUBJECT,
            text=f"{why}\n\n{texts.QUICK_LAST.format(link=link)}\n",
            html=f'<p>{escape(why)}</p><p><a href="{link}">{escape(texts.MAIL_LINK)}</a></p>',
        ),
    )
