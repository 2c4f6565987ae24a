"""Asks everybody twice a year whether the list is right, and an organisation for a successor."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from html import escape

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import asking_texts as texts
from bot import gaps
from bot.chat.buttons import data
from bot.config import Config
from contacts.directory import ChannelKind, Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, Who
from contacts.list_check import CheckAnswer, answer_check, due_for_check, note_asked
from contacts.local_time import AMSTERDAM
from contacts.notices import as_content, tell_coordinators
from contacts.outbox import Button, Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.people import mark_left
from contacts.permissions import is_last_admin
from contacts.sending import Recipient, channels_of, post
from contacts.successors import open_succession
from feeds.rows import RUNNING, Event
from signals.workdays import is_working_day

#: so many in one round; the next round takes the next
AT_ONCE = 40
OFFICE_HOURS = (time(9, 0), time(17, 0))
#: while such an event runs nobody is asked about a list
BUSY_FROM = 3
#: button data ``still:yes``, ``still:gone``, ``still:sure`` and ``still:stay``
STILL = "still"


class LastAdmin(Exception):
    """The only one who can set things up stays until somebody else has that right."""


def is_office_hour(now: datetime) -> bool:
    """Whether a question that can wait may be asked: a working day, between nine and five. Pure."""
    local = now.astimezone(AMSTERDAM)
    begin, end = OFFICE_HOURS
    return is_working_day(local.date()) and begin <= local.time() < end


async def ask_due(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """Ask who is due, in office hours of a quiet day; returns how many."""
    if not is_office_hour(now) or await _is_busy(session, config.is_exercise):
        return 0
    every = timedelta(days=config.contacts.check_days)
    people = await due_for_check(
        session, every, is_exercise=config.is_exercise, limit=AT_ONCE, now=now
    )
    for person in people:
        assert person.id is not None
        organisation = await session.get_one(Organisation, person.organisation_id)
        to = (await channels_of(session, person.id))[:1]
        await post(
            session, kind=MessageKind.DIALOGUE, priority=Priority.DIGEST,
            content=check_content(person, organisation), to=to,
            is_exercise=person.is_exercise, now=now,
        )  # fmt: skip
    if people:
        await note_asked(session, people, who=SYSTEM, now=now)
    return len(people)


async def _is_busy(session: AsyncSession, is_exercise: bool) -> bool:
    found = await session.exec(
        select(Event.id)
        .where(
            col(Event.status).in_(RUNNING),
            col(Event.severity) >= BUSY_FROM,
            col(Event.is_exercise) == is_exercise,
        )
        .limit(1)
    )
    return found.first() is not None


def check_content(person: Person, organisation: Organisation) -> Content:
    """The question in both forms: one tap in the chat, one press on the own page. Pure."""
    who = ", ".join(filter(None, (person.name, person.function, organisation.name)))
    lines = (texts.CHECK_WHO.format(who=who), texts.CHECK_WHY)
    buttons = [
        [Button(texts.YES, data(STILL, "yes"))],
        [Button(texts.GONE, data(STILL, "gone"))],
        [Button(texts.CHANGE, url=OWN_PAGE)],
    ]
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{texts.CHECK_TITLE}</b>", *map(escape, lines)]), buttons=buttons
        ),
        email=_mail(texts.CHECK_SUBJECT, lines, texts.CHECK_MAIL, texts.CHECK_LINK),
    )


def _mail(subject: str, lines: tuple[str, ...], last: str, link: str) -> EmailForm:
    """A mail that ends with the way to the own page. Pure."""
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return EmailForm(
        subject=subject,
        text="\n\n".join([*lines, last.format(link=OWN_PAGE)]) + "\n",
        html=f'{html}<p><a href="{OWN_PAGE}">{escape(link)}</a></p>',
    )


async def say_right(session: AsyncSession, person: Person, *, now: datetime) -> None:
    """Somebody says that their place on the list is right."""
    who = Who("person", person.id)
    await answer_check(session, person, CheckAnswer.RIGHT, who=who, now=now)


async def leave_list(
    session: AsyncSession, person: Person, config: Config, *, who: Who, now: datetime
) -> bool:
    """Somebody left, by their own word or at the desk: everything stops, and we ask who follows.

    False when they had left before.

    :raises LastAdmin: nobody else could set anything up any more.
    """
    if person.left_at is not None:
        return False
    if await is_last_admin(session, person):
        raise LastAdmin
    if who.person_id == person.id:
        await answer_check(session, person, CheckAnswer.LEFT, who=who, now=now)
    rests = await gaps.may_rest(session, [person.id or 0], is_exercise=person.is_exercise)
    await mark_left(session, person, who=who, now=now)
    await open_succession(session, person, now=now)
    organisation = await session.get_one(Organisation, person.organisation_id)
    asked = await ask_successor(session, person, organisation, config, now=now)
    line = (texts.LEFT_LINE if asked else texts.LEFT_NOBODY).format(organisation=organisation.name)
    await tell_coordinators(
        session, as_content(texts.LEFT_TITLE, [line]), may_rest=rests,
        is_exercise=person.is_exercise, now=now,
    )  # fmt: skip
    return True


async def ask_successor(
    session: AsyncSession,
    left: Person,
    organisation: Organisation,
    config: Config,
    *,
    now: datetime,
) -> int:
    """Ask everybody who is left there, and the functional mailbox; returns how many."""
    colleagues = await session.exec(
        select(Person.id).where(
            col(Person.organisation_id) == organisation.id, col(Person.left_at).is_(None)
        )
    )
    to: list[Recipient] = []
    for person_id in colleagues.all():
        assert person_id is not None
        to += (await channels_of(session, person_id))[:1]
    function = left.function or texts.NO_FUNCTION
    what = texts.SUCCESSOR_WHAT.format(function=function, organisation=organisation.name)
    if to:
        await post(
            session, kind=MessageKind.DIALOGUE, priority=Priority.DIGEST,
            content=_to_colleagues(what), to=to, is_exercise=left.is_exercise, now=now,
        )  # fmt: skip
    box = organisation.mailbox
    if box and box not in {one.address for one in to}:
        mailbox = Recipient(ChannelKind.EMAIL, box, None, organisation.id)
        await post(
            session, kind=MessageKind.DIALOGUE, priority=Priority.DIGEST,
            content=_to_mailbox(what, config), to=[mailbox],
            is_exercise=left.is_exercise, now=now,
        )  # fmt: skip
    return len(to) + bool(box)


def _to_colleagues(what: str) -> Content:
    return Content(
        telegram=TelegramForm(
            text=f"<b>{texts.SUCCESSOR_TITLE}</b>\n{escape(what)}",
            buttons=[[Button(texts.SUCCESSOR_BUTTON, url=OWN_PAGE)]],
        ),
        email=_mail(texts.SUCCESSOR_SUBJECT, (what,), texts.SUCCESSOR_PAGE, texts.SUCCESSOR_BUTTON),
    )


def _to_mailbox(what: str, config: Config) -> Content:
    """A mailbox is nobody: it gets no link of a person, only whom to tell."""
    phone = config.briefings.contact_tomorrow.phone
    contact = texts.SUCCESSOR_CONTACT.format(phone=phone) if phone else ""
    return as_content(texts.SUCCESSOR_TITLE, [what, texts.SUCCESSOR_DESK.format(contact=contact)])
