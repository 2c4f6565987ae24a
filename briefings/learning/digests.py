"""The rondbrief: drafted from data, edited, handed in, approved by somebody else, sent once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.language import sentences
from briefings.learning.digest_rows import DIGEST_MOVES, Digest, DigestStatus
from briefings.lint import Remark, blocking, lint_sentence
from briefings.own_words import strange_places
from contacts.journal import SYSTEM, JournalEntry, Who, write_journal
from contacts.records import move
from signals.person_filter import screen
from signals.quarters import Month, Quarter, month_named, month_of, quarter_named, quarter_of

LONGEST_TITLE, LONGEST = 60, 2800
SUBMITTED_AS = "digest_submitted"
WROTE = ("digest_written", SUBMITTED_AS)
Period = Quarter | Month


class OwnDigest(Exception):
    """Whoever wrote it or handed it in does not approve it."""


def last_period(rhythm: str, now: datetime) -> Period | None:
    """The quarter or month that is over; None when there is no rondbrief. Pure."""
    if rhythm == "niet":
        return None
    return month_of(now).before if rhythm == "maand" else quarter_of(now).before


def period_named(name: str) -> Period | None:
    """``2026-K3`` or ``2026-08``; None when it is neither. Pure."""
    return quarter_named(name) or month_named(name)


def why_not(title: str, text: str, allow: Collection[str] = ()) -> str | None:
    """``empty``, ``long``, ``person`` or ``place``; None when these words may be kept. Pure."""
    if not title or not text:
        return "empty"
    if len(title) > LONGEST_TITLE or len(text) > LONGEST:
        return "long"
    lines = [title, *text.splitlines()]
    if any(strange_places(line, "") for line in lines):
        return "place"
    return "person" if any(screen(line, allow).blocked for line in lines) else None


def remarks_of(title: str, text: str) -> list[Remark]:
    """What the language check says, each advice once. Pure."""
    said = [title, *(each for line in text.splitlines() for each in sentences(line.lstrip("- ")))]
    found = {remark.advice: remark for one in said for remark in lint_sentence(one)}
    return list(found.values())


async def digests(session: AsyncSession, *, is_exercise: bool) -> list[Digest]:
    """Every one of this world, the newest first."""
    found = await session.exec(
        select(Digest)
        .where(col(Digest.is_exercise) == is_exercise)
        .order_by(col(Digest.edited_at).desc(), col(Digest.id).desc())
    )
    return list(found.all())


async def digest_of(session: AsyncSession, period: Period, *, is_exercise: bool) -> Digest | None:
    found = await session.exec(
        select(Digest).where(
            col(Digest.period) == period.name, col(Digest.is_exercise) == is_exercise
        )
    )
    return found.first()


async def newest_sent(session: AsyncSession, *, is_exercise: bool) -> Digest | None:
    """What members can read on their own page."""
    found = await session.exec(
        select(Digest)
        .where(
            col(Digest.status) == DigestStatus.SENT, col(Digest.is_exercise) == is_exercise
        )
        .order_by(col(Digest.sent_at).desc())
        .limit(1)
    )  # fmt: skip
    return found.first()


async def begin_digest(
    session: AsyncSession,
    period: Period,
    title: str,
    text: str,
    *,
    who: Who,
    is_exercise: bool,
    now: datetime,
) -> Digest:
    """Keep a draft; whoever asked for it has written nothing yet.

    :raises sqlalchemy.exc.IntegrityError: there is one for this time already.
    """
    digest = Digest(
        period=period.name, title=title, text=text[:LONGEST], edited_at=now,
        is_exercise=is_exercise,
    )  # fmt: skip
    session.add(digest)
    await session.flush()
    write_journal(session, who=who, action="digest_drafted", subject=f"digest:{digest.id}", now=now)
    return digest


async def write_digest(
    session: AsyncSession, digest: Digest, title: str, text: str, *, who: Who, now: datetime
) -> None:
    """Other words in a draft.

    :raises contacts.records.RecordError: it was handed in or sent meanwhile.
    """
    await move(
        session, DIGEST_MOVES, digest, DigestStatus.DRAFT, who=who, action="digest_written",
        now=now, title=title, text=text, version=digest.version + 1, edited_by=who.person_id,
        edited_at=now,
    )  # fmt: skip


def is_ready(digest: Digest) -> bool:
    """Whether no rule blocks its words. Pure."""
    return not blocking(remarks_of(digest.title, digest.text))


async def submit_digest(session: AsyncSession, digest: Digest, *, who: Who, now: datetime) -> None:
    """:raises contacts.records.RecordError: it was handed in or sent meanwhile."""
    await move(
        session, DIGEST_MOVES, digest, DigestStatus.SUBMITTED, who=who,
        action=SUBMITTED_AS, now=now, submitted_by=who.person_id,
    )  # fmt: skip


async def send_back(session: AsyncSession, digest: Digest, *, who: Who, now: datetime) -> None:
    """It becomes a draft again.

    :raises contacts.records.RecordError: it is not handed in any more.
    """
    await move(
        session, DIGEST_MOVES, digest, DigestStatus.DRAFT, who=who,
        action="digest_sent_back", now=now, version=digest.version + 1,
    )  # fmt: skip


async def writers_of(session: AsyncSession, digest: Digest) -> set[str]:
    """Everybody who ever wrote in it or handed it in, as the journal calls them."""
    found = await session.exec(
        select(JournalEntry.actor).where(
            col(JournalEntry.subject) == f"digest:{digest.id}",
            col(JournalEntry.action).in_(WROTE),
        )
    )
    return set(found.all())


async def approve_digest(
    session: AsyncSession, digest: Digest, *, who: Who, asked: int, now: datetime
) -> None:
    """It goes; the messages are planned in the same transaction.

    :raises OwnDigest: who approves it wrote in it.
    :raises contacts.records.RecordError: it is not handed in, or went already.
    """
    if who.person_id is None or str(who) in await writers_of(session, digest):
        raise OwnDigest
    await move(
        session, DIGEST_MOVES, digest, DigestStatus.SENT, who=who, action="digest_sent", now=now,
        approved_by=who.person_id, sent_at=now, asked=asked, detail={"messages": asked},
    )  # fmt: skip


async def note_reminded(session: AsyncSession, period: Period, *, now: datetime) -> None:
    write_journal(
        session, who=SYSTEM, action="digest_reminded", subject=f"digest:{period.name}", now=now
    )


async def reminded_since(session: AsyncSession, period: Period, since: datetime) -> bool:
    """Whether coordinators heard of this time since then."""
    found = await session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.action) == "digest_reminded",
            col(JournalEntry.subject) == f"digest:{period.name}",
            col(JournalEntry.at) > since,
        )
        .limit(1)
    )
    return found.first() is not None


def as_lines(text: str) -> Sequence[tuple[bool, str]]:
    """Each line with whether it is a point. Pure."""
    return [(line.startswith("- "), line.removeprefix("- ")) for line in text.splitlines() if line]
