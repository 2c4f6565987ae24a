"""What became of a version before it went out: who ended it, and which facts changed meanwhile.

The journal tells which step came last; the rows of the facts tell what changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing, BriefingStatus, Fact
from briefings.versions import SENT, versions_of
from contacts.directory import Audience, Role
from contacts.journal import JournalEntry
from contacts.permissions import load_actor

#: more would push the question itself off the screen of a phone
MOST = 5


class End(StrEnum):
    """The step that took a version out of the hands of the approvers, as the journal calls it."""

    CALLED_OFF = "briefing_called_off"
    WITHDRAWN = "briefing_withdrawn"
    APPROVAL_VOIDED = "approval_voided"
    SUBMISSION_VOIDED = "submission_voided"
    SENT_BACK = "briefing_sent_back"


VOIDED = frozenset({End.APPROVAL_VOIDED, End.SUBMISSION_VOIDED})
_SUBMITTED = "briefing_submitted"
_WORDED = ("own_words_written", "own_words_kept", "own_words_dropped")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a version ended. ``person_id``: who did it; None is the machine."""

    end: End
    at: datetime
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Voided:
    """A version lay with the approvers, and then something in it changed.

    ``since``: when it was handed in; ``added`` and ``gone``: sentences of the facts, at most
    :data:`MOST` each; ``worded``: whose texts were worded by hand since, in which role, and by
    whom; all empty when something else changed. ``by``: who took it back, by role; None is the
    machine or somebody without one. ``person_id``: the same person, to say *you* to them.
    ``was_approved``: it waited for its moment.
    """

    version: int
    since: datetime
    at: datetime
    added: tuple[str, ...]
    gone: tuple[str, ...]
    was_approved: bool
    by: Role | None = None
    worded: tuple[tuple[Audience, Role | None, int | None], ...] = ()
    person_id: int | None = None

    @property
    def is_words_only(self) -> bool:
        """Whether who took it back only worded texts by hand: no fact changed."""
        is_hand = self.person_id in {person_id for _, _, person_id in self.worded}
        return is_hand and not self.added and not self.gone


async def how_it_ended(session: AsyncSession, briefing: Briefing) -> Ended | None:
    """The last step of a version, when that ended it; None while it lies with the approvers."""
    entry = await _last(session, briefing, [*End, _SUBMITTED])
    if entry is None or entry.action == _SUBMITTED:
        return None
    return Ended(End(entry.action), entry.at, _person(entry))


def _person(entry: JournalEntry) -> int | None:
    kind, _, number = entry.actor.partition(":")
    return int(number) if kind == "person" and number.isdecimal() else None


async def voided(session: AsyncSession, briefing: Briefing) -> Voided | None:
    """What changed since this version, or the one that a draft took the place of, lay with the
    approvers; None when nobody waits for it to come back."""
    ended = await how_it_ended(session, briefing)
    if ended is not None and ended.end in VOIDED:
        return await _changes(session, briefing, ended)
    if ended is not None or briefing.status is not BriefingStatus.DRAFT:
        return None
    return await _lapsed_before(session, briefing)


async def _lapsed_before(session: AsyncSession, draft: Briefing) -> Voided | None:
    """What changed in the approved version that a draft took the place of. The other part of that
    version may have been sent meanwhile; what was approved after it lapsed told the change."""
    sent_since: list[datetime] = []
    for before in reversed(await versions_of(session, draft.event_id)):
        if before.version >= draft.version:
            continue
        if before.status in SENT:
            sent_since += [before.approved_at] if before.approved_at else []
            continue
        ended = await how_it_ended(session, before)
        if (
            ended is None
            or ended.end is not End.APPROVAL_VOIDED
            or any(at > ended.at for at in sent_since)
        ):
            return None
        return await _changes(session, before, ended)
    return None


async def _changes(session: AsyncSession, briefing: Briefing, ended: Ended) -> Voided:
    handed_in = await _last(session, briefing, [_SUBMITTED])
    # What was held back from another part was handed in with that, under its number.
    since = handed_in.at if handed_in else briefing.created_at
    facts = await session.exec(
        select(Fact).where(
            col(Fact.event_id) == briefing.event_id,
            (col(Fact.created_at) > since) | (col(Fact.withdrawn_at) > since),
        ).order_by(col(Fact.id))
    )  # fmt: skip
    found = facts.all()
    added = [one.text for one in found if one.created_at > since and one.withdrawn_at is None]
    gone = [one.text for one in found if one.created_at <= since]
    was_approved = ended.end is End.APPROVAL_VOIDED
    return Voided(
        briefing.version, since, ended.at, tuple(added[:MOST]), tuple(gone[:MOST]), was_approved,
        by=await _role_of(session, ended.person_id),
        worded=await _worded(session, briefing, since=ended.at),
        person_id=ended.person_id,
    )  # fmt: skip


async def _worded(
    session: AsyncSession, briefing: Briefing, *, since: datetime
) -> tuple[tuple[Audience, Role | None, int | None], ...]:
    """The texts that somebody worded by hand, or put back, in this version or the one after it."""
    subjects = [
        f"briefing:{one.id}"
        for one in await versions_of(session, briefing.event_id)
        if one.version >= briefing.version
    ]
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject).in_(subjects),
            col(JournalEntry.action).in_(_WORDED),
            col(JournalEntry.at) >= since,
        )
        .order_by(col(JournalEntry.id))
    )
    whose: dict[Audience, tuple[Role | None, int | None]] = {}
    for entry in found.all():
        who = _person(entry)
        whose[Audience(entry.detail["audience"])] = await _role_of(session, who), who
    return tuple((audience, *who) for audience, who in whose.items())


async def _role_of(session: AsyncSession, person_id: int | None) -> Role | None:
    actor = await load_actor(session, person_id) if person_id else None
    roles = actor.roles if actor else ()
    return next((one for one in (Role.COORDINATOR, Role.APPROVER) if one in roles), None)


async def _last(
    session: AsyncSession, briefing: Briefing, actions: list[str]
) -> JournalEntry | None:
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject) == f"briefing:{briefing.id}",
            col(JournalEntry.action).in_(actions),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    return found.first()
