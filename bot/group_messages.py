"""A few words from the coordinator to one small group, such as who help each other around an event.

No briefing: it goes to people who know what it is about, it is signed with the group's name, and
a named coordinator sends it after reading it back. A briefing for many stays with its four eyes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import group_texts as texts
from briefings.lint import blocking, lint_sentence
from briefings.moments import clock
from briefings.own_words import strange_places
from contacts.directory import ContactGroup, Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.groups import members_of
from contacts.journal import JournalEntry, write_journal
from contacts.outbox import Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, require
from contacts.quiet import count_resting
from contacts.sending import tell_people
from contacts.tokens import hash_token
from signals.person_filter import screen

MAX_TITLE = 60
MAX_TEXT = 600
#: more people than this are no group that works together: they get a briefing
MOST_MEMBERS = 50
#: the same words to the same group within this time are one press too many
ONCE_IN = timedelta(minutes=10)
_DIGEST = 16
#: never in a subject (briefing guide §6)
_LABEL = "radicali"


@dataclass(frozen=True, slots=True)
class Sent:
    """``told``: people with a channel; ``missed``: people without one.

    ``is_new`` False: these very words went just now.
    """

    told: int
    missed: tuple[tuple[Person, Organisation], ...] = ()
    is_new: bool = True


def why_not(title: str, text: str, allow: Collection[str] = ()) -> str:
    """Why these words are not sent, in Dutch; empty when they may be. Pure."""
    if not title or not text:
        return texts.EMPTY
    if len(title) > MAX_TITLE or len(text) > MAX_TEXT:
        return texts.TOO_LONG.format(title=MAX_TITLE, text=MAX_TEXT)
    if _LABEL in title.lower():
        return texts.LABEL
    for words in (title, text):
        if screen(words, allow).blocked:
            return texts.PERSON
        if strange_places(words, ""):
            return texts.PLACE
    found = blocking([*lint_sentence(title), *lint_sentence(text)])
    return " ".join(dict.fromkeys(remark.advice for remark in found))


def content_of(group: str, title: str, text: str) -> Content:
    """The message in both forms. Pure."""
    why = texts.WHY.format(group=group)
    below = f"{escape(why)} {texts.REPLY_CHAT}"
    return Content(
        telegram=TelegramForm(text=f"<b>{escape(title)}</b>\n{escape(text)}\n\n<i>{below}</i>"),
        email=EmailForm(
            subject=title,
            text=f"{text}\n\n{why} {texts.REPLY_MAIL}\n{OWN_PAGE}/vertel\n",
            html=f"<p>{escape(text)}</p><p>{escape(why)} "
            f'<a href="{OWN_PAGE}/vertel">{texts.REPLY_MAIL}</a></p>',
        ),
    )


async def resting_line(
    session: AsyncSession, reached: Sequence[tuple[Person, Organisation]], *, now: datetime
) -> str:
    """Who of those whom it reaches gets it later, in Dutch; empty when nobody does."""
    people = [person.id or 0 for person, _ in reached]
    count, first = await count_resting(session, people, at=now)
    if first is None:
        return ""
    return texts.RESTS[count > 1].format(n=count, until=clock(first))


async def tell_group(
    session: AsyncSession,
    group: ContactGroup,
    title: str,
    text: str,
    *,
    chosen: Collection[int],
    actor: Actor,
    now: datetime,
) -> Sent:
    """Plan it for who was in the group when it was read back, and still is.

    :param chosen: the people whom the coordinator saw.
    :raises NotAllowed: no coordinator.
    :raises ValueError: nobody, or more than a group.
    """
    require(actor, Permission.SUBMIT_BRIEFING)
    members = await members_of(session, group, is_exercise=actor.is_exercise)
    members = [one for one in members if one[0].id in chosen]
    people = [person for person, _ in members]
    if not 0 < len(people) <= MOST_MEMBERS:
        raise ValueError("no group to write to")
    subject = f"contact_group:{group.id}"
    digest = hash_token(f"{title}\n{text}")[:_DIGEST]
    before = await session.exec(
        select(JournalEntry).where(
            col(JournalEntry.subject) == subject,
            col(JournalEntry.action) == "group_told",
            col(JournalEntry.at) > now - ONCE_IN,
        )
    )
    if any(line.detail.get("digest") == digest for line in before.all()):
        return Sent(0, is_new=False)
    told = await tell_people(
        session, people, content_of(group.name, title, text), kind=MessageKind.NOTICE,
        may_rest=True, is_exercise=actor.is_exercise, now=now,
    )  # fmt: skip
    reached = {delivery.person_id for delivery in told}
    missed = tuple(one for one in members if one[0].id not in reached)
    if not told:  # nothing went, so the same words may go as soon as somebody has a channel
        return Sent(0, missed)
    write_journal(
        session, who=actor.who, action="group_told", subject=subject,
        detail={"people": len(people), "reached": len(told), "digest": digest}, now=now,
    )  # fmt: skip
    await session.flush()
    return Sent(len(told), missed)
