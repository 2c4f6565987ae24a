"""Members form a group around a running event themselves, and are in it only if they say so.

Who is in it see each other's consented contact; what they say to each other does not go through
Schakel. The journal says that it was done, not who. A group ends with its event, or with whoever
left it last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, write_journal
from contacts.meeting import Way, count_contact
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import Actor, Permission, load_actor, require
from contacts.records import ids_of, move, move_many
from contacts.sealed_words import seal_words
from contacts.sealing import Sealer
from contacts.sending import tell_people
from contacts.sharing import is_sharing
from signals import peer_texts
from signals.errors import DraftError, NoSuchEvent
from signals.helping import HelpRefused, events_to_choose
from signals.peer_rows import (
    PEER_MOVES,
    SEAT_MOVES,
    PeerGroup,
    PeerSeat,
    PeerStatus,
    PeerTopic,
    SeatStatus,
)
from signals.peer_telling import GROUPS, tell_of_end, tell_of_yes
from signals.peer_views import may_be_asked, name_of_group, running_groups, seat_of_actor
from signals.person_filter import screen
from signals.rephrasing import rephrase
from signals.settings import SignalSettings
from signals.telling import Blocked

MAX_NAME = 60
#: more asked than this is no group that works together
MOST_ASKED = 20
#: groups of one maker at a time
MOST_GROUPS = 3
KEEP_ENDED = timedelta(days=30)
#: button data ``pgj:<group>`` says yes to an invitation, ``pgx:<group>`` no
SAY_YES, SAY_NO = "pgj", "pgx"


@dataclass(frozen=True, slots=True)
class Begun:
    """The group is there. ``is_new`` False: this form was sent before."""

    group_id: int
    is_new: bool = True


async def begin_group(
    session: AsyncSession,
    event_id: int,
    topic: PeerTopic,
    words: str = "",
    *,
    actor: Actor,
    sealer: Sealer,
    settings: SignalSettings,
    now: datetime,
    once: str | None = None,
) -> Begun | Blocked | HelpRefused:
    """Start one, with its maker in it; words that seem to be about a person are kept nowhere.

    :raises DraftError: too long, no words where they are asked, or an event of which this
        organisation got nothing.
    :raises NotAllowed: the gate.
    """
    require(actor, Permission.ASK_HELP)
    if len(words) > MAX_NAME or bool(words) is not (topic is PeerTopic.OWN):
        raise DraftError("name")
    if event_id not in {event.id for event in await events_to_choose(session, actor)}:
        raise NoSuchEvent("event")
    screening = screen(words, settings.allow)
    if screening.blocked:
        return Blocked(screening)
    if not await is_sharing(session, actor.person_id):
        return HelpRefused("not_sharing")
    if once is not None and (before := await _begun_before(session, once)) is not None:
        return Begun(before, is_new=False)
    if await _running_of(session, actor) >= MOST_GROUPS:
        return HelpRefused("too_many_groups")
    name = rephrase(words, screening.spans).text
    group = PeerGroup(
        event_id=event_id, topic=topic, name_sealed=sealer.seal(name) if name else None,
        made_by=actor.person_id, made_at=now, once=once, is_exercise=actor.is_exercise,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(group)
    except IntegrityError:
        kept = await _begun_before(session, once or "")
        if kept is None:
            raise
        return Begun(kept, is_new=False)
    assert group.id is not None
    session.add(
        PeerSeat(
            group_id=group.id, person_id=actor.person_id, asked_at=now, status=SeatStatus.IN,
            answered_at=now,
        )
    )  # fmt: skip
    write_journal(
        session, who=SYSTEM, action="peers_begun", subject=f"peer_group:{group.id}",
        detail={"topic": topic.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return Begun(group.id)


async def _begun_before(session: AsyncSession, once: str) -> int | None:
    return (await session.exec(select(PeerGroup.id).where(col(PeerGroup.once) == once))).first()


async def _running_of(session: AsyncSession, actor: Actor) -> int:
    running = await running_groups(session, is_exercise=actor.is_exercise)
    return sum(group.made_by == actor.person_id for group in running)


async def ask_in(
    session: AsyncSession,
    group_id: int,
    person_id: int,
    *,
    event_name: str,
    actor: Actor,
    sealer: Sealer,
    now: datetime,
) -> HelpRefused | None:
    """Somebody in the group asks another member, who hears it once; None when that was done.

    :raises NotAllowed: the gate.
    """
    require(actor, Permission.ASK_HELP)
    found = await seat_of_actor(session, group_id, actor)
    if found is None or found[1].status is not SeatStatus.IN:
        return HelpRefused("group_over")
    if not await is_sharing(session, actor.person_id):
        return HelpRefused("not_sharing")
    group = found[0]
    asked = await session.exec(select(PeerSeat.id).where(col(PeerSeat.group_id) == group_id))
    if len(asked.all()) > MOST_ASKED:
        return HelpRefused("full")
    other = await load_actor(session, person_id)
    may_be = await may_be_asked(session, group, [person_id])
    if (
        other is None
        or other.is_exercise != group.is_exercise
        or person_id not in may_be
        or not await is_sharing(session, person_id)
    ):
        return HelpRefused("asked_before")
    seat = PeerSeat(group_id=group_id, person_id=person_id, asked_by=actor.person_id, asked_at=now)
    try:
        # Two members who ask the same one at the same moment: asked once.
        async with session.begin_nested():
            session.add(seat)
    except IntegrityError:
        return HelpRefused("asked_before")
    organisation = await session.get_one(Organisation, actor.organisation_id)
    content = invitation(group_id, organisation.name, name_of_group(group, sealer), event_name)
    person = await session.get_one(Person, person_id)
    await tell_people(
        session, [person], seal_words(content, sealer) if group.name_sealed else content,
        kind=MessageKind.NOTICE, may_rest=True, is_exercise=group.is_exercise,
        now=now,
    )  # fmt: skip
    return None


def invitation(group_id: int, organisation: str, name: str, event: str) -> Content:
    """What who is asked reads, in both forms. Pure."""
    line = peer_texts.ASK_WHO.format(organisation=organisation, name=name, event=event)
    page = f"{OWN_PAGE}{GROUPS}"
    return Content(
        telegram=TelegramForm(
            text=f"<b>{peer_texts.ASK_TITLE}</b>\n{escape(line)}\n{peer_texts.ASK_WHAT}",
            buttons=[
                [
                    Button(peer_texts.YES, f"{SAY_YES}:{group_id}"),
                    Button(peer_texts.NO, f"{SAY_NO}:{group_id}"),
                ]
            ],
        ),
        email=EmailForm(
            subject=peer_texts.ASK_TITLE,
            text=f"{line}\n\n{peer_texts.ASK_WHAT}\n\n{peer_texts.ASK_HOW_MAIL}\n\n{page}\n",
            html=f"<p>{escape(line)}</p><p>{peer_texts.ASK_WHAT}</p>"
            f'<p>{peer_texts.ASK_HOW_MAIL} <a href="{page}">{page}</a></p>',
        ),
    )


async def say_yes(
    session: AsyncSession, group_id: int, *, actor: Actor, now: datetime
) -> HelpRefused | None:
    """In: from now on they see each other. Counted once for the domains of both.

    :raises NotAllowed: the gate.
    """
    require(actor, Permission.ASK_HELP)
    found = await seat_of_actor(session, group_id, actor)
    if found is None:
        return HelpRefused("group_over")
    if not await is_sharing(session, actor.person_id):
        return HelpRefused("not_sharing")
    seat = found[1]
    if seat.status is SeatStatus.IN:
        return None
    asker, was = seat.asked_by, seat.status
    await _move_seat(session, seat, SeatStatus.IN, "peers_in", now=now)
    if was is not SeatStatus.LEFT:
        await tell_of_yes(session, found[0], seat, asked_by=asker, now=now)
    if asker is not None and was is not SeatStatus.LEFT:
        other = await load_actor(session, asker)
        if other is not None:
            await count_contact(
                session, other.domain, actor.domain, Way.IN_GROUP,
                is_exercise=actor.is_exercise, now=now,
            )  # fmt: skip
    return None


async def say_no(session: AsyncSession, group_id: int, *, actor: Actor, now: datetime) -> bool:
    """Not in it; nobody hears it. False when there is nothing to say no to."""
    require(actor, Permission.ASK_HELP)
    found = await seat_of_actor(session, group_id, actor)
    if found is None or found[1].status is not SeatStatus.ASKED:
        return False
    await _move_seat(session, found[1], SeatStatus.DECLINED, "peers_declined", now=now)
    return True


async def leave(session: AsyncSession, group_id: int, *, actor: Actor, now: datetime) -> bool:
    """Out of it at once; False when they were not in it. The last one out ends the group."""
    require(actor, Permission.ASK_HELP)
    found = await seat_of_actor(session, group_id, actor)
    if found is None or found[1].status is not SeatStatus.IN:
        return False
    group, seat = found
    await _move_seat(session, seat, SeatStatus.LEFT, "peers_left", now=now)
    inside = await session.exec(
        select(PeerSeat.id).where(
            col(PeerSeat.group_id) == group_id, col(PeerSeat.status) == SeatStatus.IN
        )
    )
    if inside.first() is None:
        await move(
            session, PEER_MOVES, group, PeerStatus.ENDED, who=SYSTEM, action="peers_ended",
            now=now, name_sealed=None, ended_at=now,
        )  # fmt: skip
    return True


async def _move_seat(
    session: AsyncSession, seat: PeerSeat, new: SeatStatus, action: str, *, now: datetime
) -> None:
    await move(session, SEAT_MOVES, seat, new, who=SYSTEM, action=action, now=now, answered_at=now)


async def end_groups(session: AsyncSession, *, is_exercise: bool, now: datetime) -> int:
    """End the groups whose event is over, and tell who is in them, in the caller's transaction: who
    closes an event calls this at once. Returns how many. The own words go now."""
    running = await running_groups(session, is_exercise=is_exercise)
    alive = {group.id for group in running}
    found = await session.exec(
        select(PeerGroup).where(
            col(PeerGroup.status) == PeerStatus.RUNNING,
            col(PeerGroup.is_exercise) == is_exercise,
        )
    )
    over = [group for group in found.all() if group.id not in alive]
    await tell_of_end(session, over, now=now)
    await move_many(
        session, PEER_MOVES, PeerGroup, ids_of(over), PeerStatus.RUNNING, PeerStatus.ENDED,
        who=SYSTEM, action="peers_ended", now=now, name_sealed=None, ended_at=now,
    )  # fmt: skip
    return len(over)


async def forget_groups(session: AsyncSession, *, now: datetime) -> int:
    """End what nobody ended, and delete what ended a month ago with who was in it; returns how
    many."""
    for is_exercise in (False, True):
        await end_groups(session, is_exercise=is_exercise, now=now)
    old = await session.exec(
        select(PeerGroup.id).where(col(PeerGroup.ended_at) <= now - KEEP_ENDED)
    )
    ids = sorted(ident for ident in old.all() if ident is not None)
    for table, key in ((PeerSeat, col(PeerSeat.group_id)), (PeerGroup, col(PeerGroup.id))):
        await session.exec(
            delete(table).where(key.in_(ids)).execution_options(synchronize_session=False)
        )
    if ids:
        write_journal(
            session, who=SYSTEM, action="peers_dropped", subject="peer_group",
            detail={"count": len(ids)}, now=now,
        )  # fmt: skip
    return len(ids)


async def move_groups(session: AsyncSession, keep: Person, gone: Person) -> int:
    """Groups of somebody who was on the list twice go along; returns how many. In a group of both
    what ``keep`` said stands."""
    both = select(PeerSeat.group_id).where(col(PeerSeat.person_id) == keep.id)
    await session.exec(
        delete(PeerSeat)
        .where(col(PeerSeat.person_id) == gone.id, col(PeerSeat.group_id).in_(both))
        .execution_options(synchronize_session="fetch")
    )
    seats = await session.exec(select(PeerSeat).where(col(PeerSeat.person_id) == gone.id))
    moved = list(seats.all())
    for seat in moved:
        seat.person_id = keep.id or 0
        session.add(seat)
    made = await session.exec(select(PeerGroup).where(col(PeerGroup.made_by) == gone.id))
    for group in made.all():
        group.made_by = keep.id
        session.add(group)
    await session.flush()
    return len(moved)
