"""Looks up versions of a briefing, and what voids one that was handed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.asked_texts import keep_asked
from briefings.came_due import closing_due
from briefings.rows import (
    BRIEFING_MOVES,
    CORRECTING,
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    OwnWording,
    Translation,
    covered,
)
from contacts.calling import call_off_calls
from contacts.directory import Audience
from contacts.journal import SYSTEM, Who
from contacts.outbox import Message, MessageStatus
from contacts.records import IllegalMove, move
from contacts.sending import cancel_message

OPEN = frozenset({BriefingStatus.DRAFT, BriefingStatus.SUBMITTED})
#: versions that reached people
SENT = frozenset({BriefingStatus.DISTRIBUTED, BriefingStatus.CORRECTED, BriefingStatus.RETRACTED})


class BriefingError(Exception):
    """A briefing cannot do what was asked."""


class FactsNotOpened(BriefingError):
    """This event has no fact block yet."""


class NothingToCorrect(BriefingError):
    """No version of this event was sent yet."""


def editor(person_id: int | None) -> Who:
    """The editor for the journal; None is the machine."""
    return SYSTEM if person_id is None else Who("person", person_id)


#: nearly every page of an event asks these, so they are made once
_OF_EVENT = (
    select(Briefing)
    .where(col(Briefing.event_id) == bindparam("of_event"))
    .order_by(col(Briefing.version))
)
_CURRENT = (
    select(Briefing)
    .where(
        col(Briefing.event_id) == bindparam("of_event"),
        col(Briefing.status) != BriefingStatus.WITHDRAWN,
    )
    .order_by(col(Briefing.version).desc())
    .limit(1)
)
_TEXTS = select(BriefingText).where(col(BriefingText.briefing_id) == bindparam("of_version"))


async def versions_of(session: AsyncSession, event_id: int) -> list[Briefing]:
    """Every version of an event, oldest first."""
    found = await session.exec(_OF_EVENT, params={"of_event": event_id})
    return list(found.all())


def first_texts(versions: Sequence[Briefing]) -> list[Briefing]:
    """The version, or all the parts of it, that told people first, oldest first. Pure.

    Texts that were approved in parts are several versions. One that was withdrawn told nobody.
    While nothing went out: the oldest that still can, else nothing.
    """
    sent = [version for version in versions if version.status in SENT]
    if sent:
        return [version for version in sent if version.kind is BriefingKind.FIRST] or sent[:1]
    return [v for v in versions if v.status is not BriefingStatus.WITHDRAWN][:1]


def newest_texts(
    versions: Sequence[Briefing], statuses: Collection[BriefingStatus]
) -> list[Briefing]:
    """The newest version with such a status, with the other parts of it, oldest first. Pure.

    Texts that were approved in parts are versions of one kind, each for other readers.
    """
    found: list[Briefing] = []
    told: set[Audience] = set()
    for version in reversed([one for one in versions if one.status in statuses]):
        if found and (version.kind is not found[0].kind or told & set(covered(version))):
            break
        found.append(version)
        told |= set(covered(version))
    return found[::-1]


async def current_briefing(session: AsyncSession, event_id: int) -> Briefing | None:
    """The newest version that was not withdrawn, or None."""
    found = await session.exec(_CURRENT, params={"of_event": event_id})
    return found.first()


async def texts_of(session: AsyncSession, briefing_id: int) -> list[BriefingText]:
    """The texts of a version, in the order of the audiences."""
    found = await session.exec(_TEXTS, params={"of_version": briefing_id})
    order = list(Audience)
    return sorted(found.all(), key=lambda text: order.index(text.audience))


def earlier_than(version: int, versions: Sequence[Briefing]) -> list[Briefing]:
    """The versions before ``version`` that were approved to go out or did, oldest first."""
    live = SENT | {BriefingStatus.APPROVED}
    return [
        briefing for briefing in versions if briefing.version < version and briefing.status in live
    ]


def earlier_for(briefing: Briefing, versions: Sequence[Briefing]) -> list[Briefing]:
    """Those of :func:`earlier_than` that told one of its readers something, oldest first. Pure.

    The other half of a version that was approved in parts is none of them.
    """
    mine = set(covered(briefing))
    earlier = earlier_than(briefing.version, versions)
    return [version for version in earlier if mine & set(covered(version))]


def left_out(briefing: Briefing, versions: Sequence[Briefing]) -> frozenset[Audience]:
    """Audiences of an update that got no text yet: theirs was held back and never sent. Pure."""
    if briefing.kind is not BriefingKind.UPDATE:
        return frozenset()
    told = [v for v in earlier_than(briefing.version, versions) if v.kind not in CORRECTING]
    return frozenset(covered(briefing)) - {one for version in told for one in covered(version)}


def followed_by(briefing: Briefing, versions: Sequence[Briefing]) -> list[Briefing]:
    """The versions whose readers get ``briefing``; empty for a first one (it goes to all).

    A correction or a retraction goes to the readers of the version that was wrong and of
    those after it, which may have repeated it; every other follow-up to all earlier readers.
    """
    if briefing.kind is BriefingKind.FIRST:
        return []
    earlier = earlier_than(briefing.version, versions)
    if briefing.kind in CORRECTING:
        wrong = next((b for b in versions if b.id == briefing.correction_of_id), None)
        return [b for b in earlier if wrong is None or b.version >= wrong.version]
    return earlier


def begun_at(correction: Briefing, versions: Sequence[Briefing]) -> datetime:
    """When somebody began to put right what ``correction`` puts right. Pure.

    Only what was written after that can be what is right. A draft of it that was dropped since
    the last text that went out, or voided before its moment, was the beginning.
    """
    told = max((one.version for one in earlier_than(correction.version, versions)), default=0)
    begun = [
        one.created_at
        for one in versions
        if one.kind is BriefingKind.CORRECTION and told < one.version <= correction.version
    ]
    return min(begun, default=correction.created_at)


def first_with(
    fact_created_at: datetime, versions: Sequence[Briefing], *, now: datetime
) -> int | None:
    """The id of the first version sent with a fact from then; None when none was.

    Whoever got that version, or a later one, may have read the fact. One whose moment has
    come counts: its messages go out whether or not the next round marked it yet.
    """
    for version in versions:
        approved_at = version.approved_at
        if went_out(version, now=now) and approved_at and approved_at >= fact_created_at:
            return version.id
    return None


def went_out(version: Briefing, *, now: datetime) -> bool:
    """Whether readers have it, or its moment has come."""
    due = version.status is BriefingStatus.APPROVED and not waits(version, now=now)
    return version.status in SENT or due


async def void_submission(
    session: AsyncSession,
    event_id: int,
    *,
    editor_id: int | None,
    now: datetime,
    alone: bool = False,
) -> Briefing | None:
    """Void what was handed in or approved for later, because something in it changed.

    :param alone: only the newest version changed, not what other parts of it were made of.

    A version that was handed in becomes a draft again. One that waits for its moment is
    withdrawn with its messages, and an empty draft takes its place. Returns the draft, or
    None when nothing was voided.
    """
    briefing = await current_briefing(session, event_id)
    if briefing is None:
        return None
    was_handed_in = briefing.status is BriefingStatus.SUBMITTED
    if was_handed_in:
        asked_at = briefing.submitted_at
        await move(
            session, BRIEFING_MOVES, briefing, BriefingStatus.DRAFT,
            who=editor(editor_id), action="submission_voided", now=now,
            detail={"reason": "edited"},
            content_hash=None, submitted_by=None, submitted_at=None,
        )  # fmt: skip
        await keep_asked(session, briefing, asked_at)
    if briefing.status is BriefingStatus.DRAFT:
        if not alone:
            await _join_waiting(session, briefing, who=editor(editor_id), now=now)
        return briefing if was_handed_in else None
    newest, briefing = briefing, await _waiting(session, briefing, alone=alone, now=now)
    if briefing is None:
        return None
    await drop(session, briefing, who=editor(editor_id), action="approval_voided", now=now)
    draft = Briefing(
        event_id=event_id,
        version=newest.version + 1,
        kind=briefing.kind,
        facts_version=0,
        edited_by=editor_id,
        edited_at=now,
        created_at=now,
        correction_of_id=briefing.correction_of_id,
        told_as=briefing.told_as,
        meets_at=briefing.meets_at,
        wrong=briefing.wrong,
        audiences=briefing.audiences,
        is_exercise=briefing.is_exercise,
    )
    session.add(draft)
    await session.flush()
    if not alone:
        await _join_waiting(session, draft, who=editor(editor_id), now=now)
    return draft


async def at_stake(session: AsyncSession, event_id: int, *, now: datetime) -> BriefingStatus | None:
    """What :func:`void_submission` would take back: a version that was handed in, or one that
    was approved and has not gone; None when nothing."""
    briefing = await current_briefing(session, event_id)
    if briefing is None or briefing.status is BriefingStatus.SUBMITTED:
        return briefing.status if briefing else None
    if briefing.status is BriefingStatus.DRAFT and briefing.audiences is None:
        return None
    is_waiting = any(waits(one, now=now) for one in await versions_of(session, event_id))
    return BriefingStatus.APPROVED if is_waiting else None


async def _waiting(
    session: AsyncSession, newest: Briefing, *, alone: bool, now: datetime
) -> Briefing | None:
    """The version whose moment has not come; an older one too, when its other part went out."""
    if waits(newest, now=now) or alone:
        return newest if waits(newest, now=now) else None
    older = [one for one in await versions_of(session, newest.event_id) if waits(one, now=now)]
    return older[-1] if older else None


async def _join_waiting(session: AsyncSession, draft: Briefing, *, who: Who, now: datetime) -> None:
    """Other parts of the same version that wait for their moment come back to the draft.

    Their approval is over as well, and no reader may fall between two parts.
    """
    if draft.audiences is None:
        return
    for other in await versions_of(session, draft.event_id):
        if other.id == draft.id or not waits(other, now=now):
            continue
        await drop(session, other, who=who, action="approval_voided", now=now)
        both = {*draft.audiences, *(audience.value for audience in covered(other))}
        draft.audiences = [one.value for one in Audience if one.value in both]
        await _move_beside(session, other, draft)
    if len(draft.audiences) == len(Audience):
        draft.audiences = None
    session.add(draft)
    await session.flush()


async def _move_beside(session: AsyncSession, other: Briefing, draft: Briefing) -> None:
    """Own words and translations go with their texts."""
    words = await session.exec(select(OwnWording).where(col(OwnWording.briefing_id) == other.id))
    found = await session.exec(
        select(Translation)
        .where(col(Translation.briefing_id).in_([other.id, draft.id]))
        .order_by(col(Translation.id))
    )
    translations = found.all()
    there = {(row.audience, row.language) for row in translations if row.briefing_id == draft.id}
    fitting = [row for row in translations if (row.audience, row.language) not in there]
    for row in (*words.all(), *fitting):
        row.briefing_id = draft.id or 0
        session.add(row)


async def closings_due(session: AsyncSession, *, by: datetime) -> list[Briefing]:
    """The closing texts that are approved for a moment up to ``by``, oldest first."""
    found = await session.exec(select(Briefing).where(*closing_due(by)).order_by(col(Briefing.id)))
    return list(found.all())


def waits(briefing: Briefing, *, now: datetime) -> bool:
    """Whether a version is approved for a moment that has not come, or was stopped before it."""
    ahead = briefing.send_at is None or briefing.send_at > now
    return briefing.status is BriefingStatus.APPROVED and ahead


async def drop(
    session: AsyncSession, briefing: Briefing, *, who: Who, action: str, now: datetime
) -> None:
    """Withdraw a version that did not go out, with the messages that wait for their moment.

    :raises IllegalMove: it went out already, or its moment has come.
    """
    if briefing.status not in OPEN and not waits(briefing, now=now):
        raise IllegalMove("a version that went out, or whose moment has come, is not withdrawn")
    await move(
        session, BRIEFING_MOVES, briefing, BriefingStatus.WITHDRAWN,
        who=who, action=action, now=now,
    )  # fmt: skip
    await keep_asked(session, briefing, briefing.submitted_at)
    waiting = await session.exec(
        select(Message.id).where(
            col(Message.briefing_id) == briefing.id,
            col(Message.status) != MessageStatus.CANCELLED,
        )
    )
    for message_id in waiting.all():
        if message_id is not None:
            await cancel_message(session, message_id, who=who, now=now, reason="briefing_withdrawn")
    await call_off_calls(session, briefing.id or 0, who=who, now=now)
