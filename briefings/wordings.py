"""Keeps the own words of editors: written, chosen again when the facts change, carried on.

The words themselves are put into a text by :mod:`briefings.own_words`. Whoever changes them
voids a version that was handed in, like whoever changes a fact.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.own_words import Worded, Wording, apply
from briefings.render import Rendered
from briefings.rows import CORRECTING, Briefing, BriefingKind, BriefingStatus, OwnWording, covered
from contacts.directory import Audience
from contacts.journal import Who, write_journal

_WAS_WRONG = frozenset({BriefingStatus.CORRECTED, BriefingStatus.RETRACTED})


_OF_VERSION = (
    select(OwnWording)
    .where(col(OwnWording.briefing_id) == bindparam("of_version"))
    .order_by(col(OwnWording.id))
)


async def words_of(session: AsyncSession, briefing_id: int) -> list[OwnWording]:
    """The own words in the texts of a version, by audience."""
    found = await session.exec(_OF_VERSION, params={"of_version": briefing_id})
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
    session: AsyncSession,
    briefing: Briefing,
    versions: Sequence[Briefing],
    audiences: Collection[Audience],
) -> None:
    """Into a new version: for each of these audiences the own words of the version that they had
    last, so that none is lost silently.

    Where something was put right, somebody chooses for each whether it still holds. So also for
    what stood in a draft that somebody dropped, as far as no reader has it.
    """
    left = set(audiences)
    dropped = await _newest_dropped(session, briefing, versions)
    if dropped is not None:
        sent = await _sent_words(session, briefing)
        put_right = any(version.status in _WAS_WRONG for version in versions)
        for row in await words_of(session, dropped.id or 0):
            is_new = (row.audience, row.place, row.words) not in sent
            if row.audience in left:
                _carry(session, row, briefing, asks=is_new or put_right)
        left -= set(covered(dropped))
    newest = await _newest_approved(session, briefing, versions)
    for before in {version.id: version for version in newest.values()}.values():
        for row in await words_of(session, before.id or 0):
            if row.audience in left and newest.get(row.audience) is before:
                _carry(session, row, briefing, asks=_asks(briefing, before))
    await session.flush()


def _asks(briefing: Briefing, before: Briefing) -> bool:
    """Whether somebody chooses anew for the words of ``before``: something was put right."""
    if before.kind is BriefingKind.CORRECTION and briefing.kind not in CORRECTING:
        return before.status in _WAS_WRONG
    return bool({briefing.kind, before.kind} & CORRECTING) or before.status in _WAS_WRONG


def _carry(session: AsyncSession, row: OwnWording, briefing: Briefing, *, asks: bool) -> None:
    """Into this version, unless they were wrong."""
    if row.taken_back_at is not None:
        return
    session.add(
        OwnWording(
            briefing_id=briefing.id or 0,
            audience=row.audience,
            place=row.place,
            base=None if asks else row.base,
            standard=row.standard,
            words=row.words,
            written_by=row.written_by,
            written_at=row.written_at,
        )
    )


async def _newest_approved(
    session: AsyncSession, briefing: Briefing, versions: Sequence[Briefing]
) -> dict[Audience, Briefing]:
    """By audience; texts that were approved in parts are several versions.

    A retraction says nothing of its own, unless it took the place of a text that was being
    written.
    """
    newest: dict[Audience, Briefing] = {}
    for version in versions:
        if version.version >= briefing.version or version.approved_at is None or not version.id:
            continue
        if version.kind is not BriefingKind.RETRACTION or await words_of(session, version.id):
            newest |= dict.fromkeys(covered(version), version)
    return newest


async def _newest_dropped(
    session: AsyncSession, briefing: Briefing, versions: Sequence[Briefing]
) -> Briefing | None:
    """A draft with own words that somebody withdrew, as long as no text of its readers was
    approved since; a retraction without words does not count."""
    since: set[Audience] = set()
    for version in reversed(versions):
        if version.version >= briefing.version or not version.id:
            continue
        has_words = bool(await words_of(session, version.id))
        if was_dropped(version) and has_words and not since & set(covered(version)):
            return version
        if version.approved_at is not None and (
            has_words or version.kind is not BriefingKind.RETRACTION
        ):
            since |= set(covered(version))
    return None


def was_dropped(briefing: Briefing) -> bool:
    """Whether somebody withdrew it before anybody approved it. Pure."""
    return briefing.status is BriefingStatus.WITHDRAWN and briefing.approved_at is None


async def _sent_words(session: AsyncSession, briefing: Briefing) -> set[tuple[Audience, str, str]]:
    """The own words that readers of earlier versions have: for whom, where, and which."""
    found = await session.exec(
        select(OwnWording.audience, OwnWording.place, OwnWording.words)
        .join(Briefing, col(Briefing.id) == col(OwnWording.briefing_id))
        .where(
            col(Briefing.event_id) == briefing.event_id,
            col(Briefing.version) < briefing.version,
            col(Briefing.distributed_at).is_not(None),
        )
    )
    return {(Audience(audience), place, words) for audience, place, words in found.all()}


async def words_aside(session: AsyncSession, briefing: Briefing) -> int:
    """How many parts of a draft somebody had worded when a retraction took its place, or when it
    was withdrawn by hand.

    They are kept, and the next version asks for each; those that readers have are not counted.
    """
    took_over = briefing.kind is BriefingKind.RETRACTION or was_dropped(briefing)
    if not took_over or briefing.id is None:
        return 0
    known = await _sent_words(session, briefing)
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
