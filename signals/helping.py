"""Vraag en aanbod: members ask peers for help or offer it, and take each other's up.

Who places or takes something lets the other side see organisation and contact; nothing is told
to the municipality that the members do not see themselves. Who did what stands in the rows,
which go; the journal says only that it was done.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, Who, write_journal
from contacts.meeting import Way, count_contact
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, may, require
from contacts.records import ids_of, move, move_many
from contacts.sealing import Sealer
from contacts.sending import tell_people
from contacts.sharing import is_sharing
from feeds.rows import RUNNING, Event
from signals import help_texts
from signals.errors import DraftError, NoSuchEvent
from signals.feedback import plain_word
from signals.help_count_rows import HelpStep
from signals.help_counts import count_step, take_back
from signals.help_rows import HELP_MOVES, HelpEntry, HelpKind, HelpMatch, HelpStatus, HelpTopic
from signals.help_views import entry_for, events_of, named
from signals.person_filter import screen
from signals.rephrasing import Change, rephrase
from signals.settings import SignalSettings
from signals.telling import Blocked

MAX_TEXT = 280
#: both sides can still find each other after it ended
KEEP_ENDED = timedelta(days=30)
#: more than this of one person at a time is a notice board, not a question
MOST_OPEN = 10
#: button data ``hc:<match>``: shows the contact of the other side, if it may be seen then
SHOW_CONTACT = "hc"
STEPS = {HelpKind.ASKED: HelpStep.ASKED, HelpKind.OFFERED: HelpStep.OFFERED}


@dataclass(frozen=True, slots=True)
class HelpDraft:
    """What somebody wants to place. ``event_id`` None: standing."""

    kind: HelpKind
    topic: HelpTopic
    event_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """It stands there. ``is_new`` False: this form was sent before."""

    entry_id: int
    until: datetime
    is_new: bool = True
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpRefused:
    """``reason``: ``not_sharing``, ``gone`` or ``too_many``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Two sides know of each other now. ``is_new`` False: that was so already."""

    match_id: int
    is_new: bool = True


async def place(
    session: AsyncSession,
    draft: HelpDraft,
    *,
    actor: Actor,
    sealer: Sealer,
    settings: SignalSettings,
    now: datetime,
    once: str | None = None,
) -> Placed | Blocked | HelpRefused:
    """Store a request or an offer; words that seem to be about a person are kept nowhere.

    :param once: the hash of a form; what is sent twice with one hash is one entry.
    :raises DraftError: too long, or about an event of which this organisation got nothing.
    :raises NotAllowed: the gate.
    """
    require(actor, Permission.ASK_HELP)
    await _check(session, draft, actor)
    screening = screen(draft.text, settings.allow)
    if screening.blocked:
        return Blocked(screening)
    if not await is_sharing(session, actor.person_id):
        return HelpRefused("not_sharing")
    if once is not None and (before := await _placed_before(session, once)) is not None:
        return Placed(before.id or 0, before.expires_at, is_new=False)
    if await _open_of(session, actor.person_id) >= MOST_OPEN:
        return HelpRefused("too_many")
    words = rephrase(draft.text, screening.spans)
    entry = HelpEntry(
        kind=draft.kind, topic=draft.topic, event_id=draft.event_id, person_id=actor.person_id,
        organisation_id=actor.organisation_id, domain=actor.domain,
        text_sealed=sealer.seal(words.text) if words.text else None, placed_at=now,
        expires_at=days_until(draft.event_id, settings, now=now), once=once,
        is_exercise=actor.is_exercise,
    )  # fmt: skip
    try:
        # Sent twice at the same moment, the database lets one through.
        async with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        kept = await _placed_before(session, once or "")
        if kept is None:
            raise
        return Placed(kept.id or 0, kept.expires_at, is_new=False)
    write_journal(
        session, who=SYSTEM, action="help_placed", subject=f"help_entry:{entry.id}",
        detail={"kind": entry.kind.value, "topic": entry.topic.value}, now=now,
    )  # fmt: skip
    await count_step(
        session, STEPS[entry.kind], entry.domain, entry.event_id,
        is_exercise=entry.is_exercise, now=now,
    )  # fmt: skip
    await session.flush()
    return Placed(entry.id or 0, entry.expires_at, changes=words.changes)


def days_until(event_id: int | None, settings: SignalSettings, *, now: datetime) -> datetime:
    """When an entry that is placed now expires. Pure."""
    days = settings.help_standing_days if event_id is None else settings.help_days
    return now + timedelta(days=days)


async def _check(session: AsyncSession, draft: HelpDraft, actor: Actor) -> None:
    if len(draft.text) > MAX_TEXT:
        raise DraftError("text")
    if draft.event_id is None:
        return
    offered = {event.id for event in await events_to_choose(session, actor)}
    if draft.event_id not in offered:
        raise NoSuchEvent("event")


async def events_to_choose(session: AsyncSession, actor: Actor) -> list[Event]:
    """Running events about which this organisation got something; all for who leads events."""
    found = await session.exec(
        select(Event)
        .where(col(Event.status).in_(RUNNING), col(Event.is_exercise) == actor.is_exercise)
        .order_by(col(Event.detected_at).desc())
    )
    running = list(found.all())
    if may(actor, Permission.MANAGE_EVENT):
        return running
    reached = await events_of(session, actor.organisation_id)
    return [event for event in running if event.id in reached]


async def _placed_before(session: AsyncSession, once: str) -> HelpEntry | None:
    return (await session.exec(select(HelpEntry).where(col(HelpEntry.once) == once))).first()


async def _open_of(session: AsyncSession, person_id: int) -> int:
    found = await session.exec(
        select(HelpEntry.id).where(
            col(HelpEntry.person_id) == person_id, col(HelpEntry.status) == HelpStatus.OPEN
        )
    )
    return len(found.all())


async def take_up(
    session: AsyncSession, entry_id: int, *, actor: Actor, now: datetime
) -> Taken | HelpRefused:
    """Somebody takes it up: both sides may see each other now, and the maker hears it.

    :raises NotAllowed: the gate.
    """
    entry = await entry_for(session, entry_id, actor, now=now)
    if entry is None:
        return HelpRefused("gone")
    if not await is_sharing(session, actor.person_id):
        return HelpRefused("not_sharing")
    match = HelpMatch(
        entry_id=entry_id, person_id=actor.person_id, organisation_id=actor.organisation_id,
        taken_at=now,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(match)
    except IntegrityError:
        before = await session.exec(
            select(HelpMatch.id).where(
                col(HelpMatch.entry_id) == entry_id, col(HelpMatch.person_id) == actor.person_id
            )
        )
        return Taken(before.one() or 0, is_new=False)
    assert match.id is not None
    write_journal(
        session, who=SYSTEM, action="help_taken_up", subject=f"help_entry:{entry_id}", now=now
    )
    await count_contact(
        session, actor.domain, entry.domain, Way.TAKEN_UP, is_exercise=actor.is_exercise, now=now
    )
    await count_step(
        session, HelpStep.TAKEN, actor.domain if entry.kind is HelpKind.ASKED else entry.domain,
        entry.event_id, is_exercise=entry.is_exercise, now=now,
    )  # fmt: skip
    await _tell_maker(session, entry, match, now=now)
    return Taken(match.id)


async def _tell_maker(
    session: AsyncSession, entry: HelpEntry, match: HelpMatch, *, now: datetime
) -> None:
    """The contact itself is not in the message: it is shown when asked, while it may be seen."""
    maker = await session.get_one(Person, entry.person_id)
    organisation = await session.get_one(Organisation, match.organisation_id)
    line = help_texts.TAKEN.format(organisation=organisation.name, what=named(entry))
    chat = [f"<b>{help_texts.TAKEN_TITLE}</b>", escape(line), help_texts.TAKEN_HOW_CHAT]
    content = Content(
        telegram=TelegramForm(
            text="\n".join(chat),
            buttons=[[Button(help_texts.SHOW_CONTACT, f"{SHOW_CONTACT}:{match.id}")]],
        ),
        email=EmailForm(
            subject=help_texts.TAKEN_TITLE,
            text=f"{line}\n\n{help_texts.TAKEN_HOW_MAIL}\n\n{OWN_PAGE}/hulp\n",
            html=f"<p>{escape(line)}</p><p>{help_texts.TAKEN_HOW_MAIL}</p>"
            f'<p><a href="{OWN_PAGE}/hulp">{help_texts.SHOW_CONTACT}</a></p>',
        ),
    )
    await tell_people(
        session, [maker], content, kind=MessageKind.NOTICE, may_rest=True,
        useful_until=entry.expires_at, is_exercise=entry.is_exercise, now=now,
    )  # fmt: skip


async def end_own(
    session: AsyncSession, entry_id: int, outcome: HelpStatus, *, actor: Actor, now: datetime
) -> bool:
    """The maker says that it is arranged, or takes it back; False when it was over already.

    :raises ValueError: it is not theirs.
    """
    entry = await session.get(HelpEntry, entry_id)
    if entry is None or entry.person_id != actor.person_id:
        raise ValueError("not theirs")
    if entry.status is not HelpStatus.OPEN:
        return False
    await _end(session, entry, outcome, who=SYSTEM, action="help_ended", now=now)
    return True


async def remove_entry(
    session: AsyncSession, entry: HelpEntry, reason: str, *, actor: Actor, now: datetime
) -> None:
    """A coordinator takes it away; its maker hears why.

    :raises KeyError: no such reason.
    :raises StaleMove: it was over already (or :class:`IllegalMove`).
    """
    require(actor, Permission.MODERATE_HELP)
    why = help_texts.REASONS[reason]
    await _end(
        session, entry, HelpStatus.REMOVED, who=actor.who, action="help_removed", now=now,
        reason=reason,
    )  # fmt: skip
    await take_back(
        session, STEPS[entry.kind], entry.domain, entry.event_id,
        is_exercise=entry.is_exercise, at=entry.placed_at,
    )  # fmt: skip
    maker = await session.get_one(Person, entry.person_id)
    line = help_texts.REMOVED.format(what=named(entry), reason=why)
    content = plain_word(help_texts.REMOVED_TITLE, line)
    await tell_people(
        session, [maker], content, kind=MessageKind.NOTICE, may_rest=True,
        is_exercise=entry.is_exercise, now=now,
    )  # fmt: skip


async def _end(
    session: AsyncSession, entry: HelpEntry, outcome: HelpStatus, *,
    who: Who, action: str, now: datetime, reason: str = "",
) -> None:  # fmt: skip
    """Over: the words go at once, who met whom a month later."""
    await move(
        session, HELP_MOVES, entry, outcome, who=who, action=action, now=now,
        detail={"exercise": entry.is_exercise, **({"reason": reason} if reason else {})},
        text_sealed=None, ended_at=now,
    )  # fmt: skip


async def forget_help(session: AsyncSession, *, now: datetime) -> int:
    """End what is past its day and delete what ended a month ago; returns how many were deleted.

    Of an exercise everything goes a month after it was placed.
    """
    over = await session.exec(
        select(HelpEntry).where(
            col(HelpEntry.status) == HelpStatus.OPEN, col(HelpEntry.expires_at) <= now
        )
    )
    await move_many(
        session, HELP_MOVES, HelpEntry, ids_of(over.all()), HelpStatus.OPEN, HelpStatus.EXPIRED,
        who=SYSTEM, action="help_expired", now=now, text_sealed=None, ended_at=now,
    )  # fmt: skip
    old = await session.exec(
        select(HelpEntry.id).where(col(HelpEntry.ended_at) <= now - KEEP_ENDED)
    )
    played = await session.exec(
        select(HelpEntry.id).where(
            col(HelpEntry.is_exercise), col(HelpEntry.placed_at) <= now - KEEP_ENDED
        )
    )
    ids = sorted({ident for ident in [*old.all(), *played.all()] if ident is not None})
    await _drop(session, ids)
    if ids:
        write_journal(
            session, who=SYSTEM, action="help_dropped", subject="help_entry",
            detail={"count": len(ids)}, now=now,
        )  # fmt: skip
    return len(ids)


async def _drop(session: AsyncSession, ids: Collection[int]) -> None:
    for table, key in ((HelpMatch, col(HelpMatch.entry_id)), (HelpEntry, col(HelpEntry.id))):
        await session.exec(
            delete(table).where(key.in_(ids)).execution_options(synchronize_session=False)
        )
