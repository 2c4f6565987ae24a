"""Keeps the own words of editors: written, chosen again when the facts change, carried on.

The words themselves are put into a text by :mod:`briefings.own_words`. Whoever changes them
voids a version that was handed in, like whoever changes a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.own_words import Worded, Wording, apply
from briefings.render import Rendered
from briefings.rows import Briefing, BriefingKind, BriefingStatus, OwnWording
from contacts.journal import Who, write_journal

_CORRECTING = frozenset({BriefingKind.CORRECTION, BriefingKind.RETRACTION})
_WAS_WRONG = frozenset({BriefingStatus.CORRECTED, BriefingStatus.RETRACTED})


async def words_of(session: AsyncSession, briefing_id: int) -> list[OwnWording]:
    """The own words in the texts of a version, by audience."""
    found = await session.exec(
        select(OwnWording)
        .where(col(OwnWording.briefing_id) == briefing_id)
        .order_by(col(OwnWording.id))
    )
    return list(found.all())


def is_unsettled(row: OwnWording) -> bool:
    """Whether somebody has to choose: the standard text is there and is another one now. Pure."""
    return bool(row.standard) and row.base != row.standard


def worded(text: Rendered, kind: BriefingKind, rows: Sequence[OwnWording]) -> Worded:
    """The text with its own words; each row learns what the standard text is now.

    A retraction goes out on one word, so nothing that was written by hand rides along.
    """
    mine = [row for row in rows if row.audience is text.audience and row.taken_back_at is None]
    if kind is BriefingKind.RETRACTION or not mine:
        return Worded(text, {})
    done = apply(text, [Wording(row.place, row.base, row.words) for row in mine])
    for row in mine:
        row.standard = done.standard[row.place]
        if row.place not in done.unsettled and row.standard:
            row.base = row.standard
    return done


async def carry_words(
    session: AsyncSession, briefing: Briefing, versions: Sequence[Briefing]
) -> None:
    """Into a new version: the own words of the version before, so that none is lost silently.

    Where something was put right, somebody chooses for each whether it still holds.
    """
    before = await _before(session, briefing, versions)
    if before is None or before.id is None or briefing.id is None:
        return
    asks = bool({briefing.kind, before.kind} & _CORRECTING) or before.status in _WAS_WRONG
    if before.kind is BriefingKind.CORRECTION and briefing.kind not in _CORRECTING:
        asks = before.status in _WAS_WRONG
    for row in await words_of(session, before.id):
        if row.taken_back_at is None:
            session.add(
                OwnWording(
                    briefing_id=briefing.id,
                    audience=row.audience,
                    place=row.place,
                    base=None if asks else row.base,
                    standard=row.standard,
                    words=row.words,
                    written_by=row.written_by,
                    written_at=row.written_at,
                )
            )
    await session.flush()


async def _before(
    session: AsyncSession, briefing: Briefing, versions: Sequence[Briefing]
) -> Briefing | None:
    """The newest version that was approved. A retraction says nothing of its own, unless it
    took the place of a text that was being written."""
    for version in reversed(versions):
        if version.version >= briefing.version or version.approved_at is None or not version.id:
            continue
        if version.kind is not BriefingKind.RETRACTION or await words_of(session, version.id):
            return version
    return None


async def words_aside(session: AsyncSession, briefing: Briefing) -> int:
    """How many parts of a draft somebody had worded when a retraction took its place.

    They are kept, and the next version asks for each; those that readers have are not counted.
    """
    if briefing.kind is not BriefingKind.RETRACTION or briefing.id is None:
        return 0
    sent = await session.exec(
        select(OwnWording.audience, OwnWording.place, OwnWording.words)
        .join(Briefing, col(Briefing.id) == col(OwnWording.briefing_id))
        .where(
            col(Briefing.event_id) == briefing.event_id,
            col(Briefing.version) < briefing.version,
            col(Briefing.distributed_at).is_not(None),
        )
    )
    known = set(sent.all())
    mine = [row for row in await words_of(session, briefing.id) if row.taken_back_at is None]
    return sum((row.audience, row.place, row.words) not in known for row in mine)


async def take_back_words(
    session: AsyncSession, event_id: int, number: int, *, who: Who, now: datetime
) -> None:
    """These words were sent and wrong: no later version of this event carries them.

    :raises ValueError: they are not words of this event.
    """
    row = await session.get(OwnWording, number)
    version = await session.get(Briefing, row.briefing_id) if row is not None else None
    if row is None or version is None or version.event_id != event_id:
        raise ValueError("no such words")
    same = await session.exec(
        select(OwnWording)
        .join(Briefing, col(Briefing.id) == col(OwnWording.briefing_id))
        .where(
            col(Briefing.event_id) == event_id,
            col(OwnWording.audience) == row.audience,
            col(OwnWording.place) == row.place,
            col(OwnWording.words) == row.words,
        )
    )
    for one in same.all():
        one.taken_back_at = now
        session.add(one)
    write_journal(
        session, who=who, action="own_words_taken_back", subject=f"briefing:{version.id}",
        detail={"audience": row.audience.value}, now=now,
    )  # fmt: skip
    await session.flush()


def writers_of(rows: Sequence[OwnWording]) -> frozenset[int]:
    """Who wrote words by hand. Pure."""
    return frozenset(row.written_by for row in rows if row.written_by is not None)
