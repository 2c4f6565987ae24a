"""Looks up versions of a briefing, and what voids one that was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import (
    BRIEFING_MOVES,
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
)
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


async def versions_of(session: AsyncSession, event_id: int) -> list[Briefing]:
    """Every version of an event, oldest first."""
    found = await session.exec(
        select(Briefing).where(col(Briefing.event_id) == event_id).order_by(col(Briefing.version))
    )
    return list(found.all())


async def current_briefing(session: AsyncSession, event_id: int) -> Briefing | None:
    """The newest version that was not withdrawn, or None."""
    found = await session.exec(
        select(Briefing)
        .where(
            col(Briefing.event_id) == event_id,
            col(Briefing.status) != BriefingStatus.WITHDRAWN,
        )
        .order_by(col(Briefing.version).desc())
        .limit(1)
    )
    return found.first()


async def texts_of(session: AsyncSession, briefing_id: int) -> list[BriefingText]:
    """The texts of a version, in the order of the audiences."""
    found = await session.exec(
        select(BriefingText).where(col(BriefingText.briefing_id) == briefing_id)
    )
    order = list(Audience)
    return sorted(found.all(), key=lambda text: order.index(text.audience))


def earlier_than(version: int, versions: Sequence[Briefing]) -> list[Briefing]:
    """The versions before ``version`` that were approved to go out or did, oldest first."""
    live = SENT | {BriefingStatus.APPROVED}
    return [
        briefing for briefing in versions if briefing.version < version and briefing.status in live
    ]


def followed_by(briefing: Briefing, versions: Sequence[Briefing]) -> list[Briefing]:
    """The versions whose readers get ``briefing``; empty for a first one (it goes to all).

    A correction or a retraction goes to the readers of the version that was wrong and of
    those after it, which may have repeated it; every other follow-up to all earlier readers.
    """
    if briefing.kind is BriefingKind.FIRST:
        return []
    earlier = earlier_than(briefing.version, versions)
    if briefing.kind in {BriefingKind.CORRECTION, BriefingKind.RETRACTION}:
        wrong = next((b for b in versions if b.id == briefing.correction_of_id), None)
        return [b for b in earlier if wrong is None or b.version >= wrong.version]
    return earlier


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
    session: AsyncSession, event_id: int, *, editor_id: int | None, now: datetime
) -> Briefing | None:
    """Void what was handed in or approved for later, because something in it changed.

    A version that was handed in becomes a draft again. One that waits for its moment is
    withdrawn with its messages, and an empty draft takes its place. Returns the draft, or
    None when nothing was voided.
    """
    briefing = await current_briefing(session, event_id)
    if briefing is None:
        return None
    if briefing.status is BriefingStatus.SUBMITTED:
        await move(
            session, BRIEFING_MOVES, briefing, BriefingStatus.DRAFT,
            who=editor(editor_id), action="submission_voided", now=now,
            detail={"reason": "edited"},
            content_hash=None, submitted_by=None, submitted_at=None,
        )  # fmt: skip
        return briefing
    if not waits(briefing, now=now):
        return None
    await drop(session, briefing, who=editor(editor_id), action="approval_voided", now=now)
    draft = Briefing(
        event_id=event_id,
        version=briefing.version + 1,
        kind=briefing.kind,
        facts_version=0,
        edited_by=editor_id,
        edited_at=now,
        created_at=now,
        correction_of_id=briefing.correction_of_id,
        wrong=briefing.wrong,
        is_exercise=briefing.is_exercise,
    )
    session.add(draft)
    await session.flush()
    return draft


def waits(briefing: Briefing, *, now: datetime) -> bool:
    """Whether a version is approved for a moment that has not come yet."""
    return (
        briefing.status is BriefingStatus.APPROVED
        and briefing.send_at is not None
        and briefing.send_at > now
    )


async def drop(
    session: AsyncSession, briefing: Briefing, *, who: Who, action: str, now: datetime
) -> None:
    """Withdraw a version that did not go out, with the messages that wait for their moment.

    :raises IllegalMove: it went out already, or its moment has come.
    """
    if briefing.status is BriefingStatus.APPROVED and not waits(briefing, now=now):
        raise IllegalMove("an approved version whose moment has come cannot be withdrawn")
    await move(
        session, BRIEFING_MOVES, briefing, BriefingStatus.WITHDRAWN,
        who=who, action=action, now=now,
    )  # fmt: skip
    waiting = await session.exec(
        select(Message.id).where(
            col(Message.briefing_id) == briefing.id,
            col(Message.status) != MessageStatus.CANCELLED,
        )
    )
    for message_id in waiting.all():
        if message_id is not None:
            await cancel_message(session, message_id, who=who, now=now, reason="briefing_withdrawn")
