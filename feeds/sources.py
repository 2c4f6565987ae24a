"""The sources' rows: what is due, how a reading went, and who must hear of a fault."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, Who, write_journal
from feeds.answers import Fetched, NotModified
from feeds.opml import Listed, key_of
from feeds.pacing import FIRST_S, next_interval_s, next_poll_at, share_of
from feeds.parsing import FeedFault
from feeds.rows import Source, being_read
from feeds.settings import FeedSettings, SourceSettings
from feeds.standing import KeptBy, Reach, Trust

DETAIL_LIMIT = 300
Good = Fetched | NotModified
#: a feed without items is told about, but is read again at its ordinary pace
#: what a server means for good: a person hears it at once, and we look once a day
FINAL_FAULTS = frozenset({"removed"})
ONCE_A_DAY = timedelta(days=1)
PATIENT_FAULTS = frozenset({"empty"})


class AddressTaken(Exception):
    """Another source is read at this address already."""


async def sync_sources(
    session: AsyncSession, settings: FeedSettings, *, now: datetime, is_exercise: bool = False
) -> list[Source]:
    """Bring the rows in line with the configuration; what people added stays.

    A new address starts afresh: unverified, without ETag, due at once. What was taken out of the
    configuration is read no more, until it is back or somebody wants it read.
    """
    found = await session.exec(select(Source))
    rows = {row.key: row for row in found.all()}
    synced = []
    for wanted in settings.sources:
        row = rows.get(wanted.key)
        if row is None:
            row = Source(
                key=wanted.key, name=wanted.name, url=wanted.url, trust=wanted.trust,
                next_poll_at=now,
            )  # fmt: skip
        elif row.url != wanted.url and row.moved_from != wanted.url:
            _start_afresh(row, now=now)
        elif row.kept_by is KeptBy.NOBODY:
            row.next_poll_at = now
        _write_settings(row, wanted, is_exercise=is_exercise)
        session.add(row)
        synced.append(row)
    wanted_keys = {one.key for one in settings.sources}
    for row in rows.values():
        if row.kept_by is KeptBy.CONFIG and row.key not in wanted_keys:
            row.kept_by = KeptBy.NOBODY
            subject = f"source:{row.id}"
            write_journal(session, who=SYSTEM, action="source_left", subject=subject, now=now)
    await session.flush()
    return synced


async def add_source(
    session: AsyncSession, feed: Listed, trust: Trust, *, who: Who, is_exercise: bool,
    now: datetime, reach: Reach = Reach.ORDINARY,
) -> Source | None:  # fmt: skip
    """A source that stands in the database alone, to be checked; None when it is read already.

    :param trust: for a feed that does not bring its own.
    """
    rows = (await session.exec(select(Source))).all()
    there = [row for row in rows if row.scene is None and feed.url in (row.url, row.moved_from)]
    if any(row.kept_by is not KeptBy.NOBODY for row in there):
        return None
    own = Trust(feed.trust if feed.trust in set(Trust) else trust)
    if there:
        # Taken out of the configuration once, and wanted again: with the history that it has.
        source = there[0]
        source.name, source.trust, source.reach = feed.name, own, reach
        read_again(source, now=now)
    else:
        source = Source(
            key=key_of(feed.name, [row.key for row in rows]), name=feed.name, url=feed.url,
            trust=own, reach=reach, next_poll_at=now, is_exercise=is_exercise,
        )  # fmt: skip
    session.add(source)
    await session.flush()
    write_journal(session, who=who, action="source_added", subject=f"source:{source.id}", now=now)
    return source


def read_again(source: Source, *, now: datetime) -> None:
    """A person wants it read, whether it was paused or taken out of the configuration. Pure."""
    source.is_paused, source.next_poll_at = False, now
    if source.kept_by is KeptBy.NOBODY:
        source.kept_by = KeptBy.PEOPLE


async def due_sources(session: AsyncSession, *, now: datetime) -> list[Source]:
    """The sources whose time has come, the longest waiting first."""
    found = await session.exec(
        select(Source)
        .where(being_read(), col(Source.next_poll_at) <= now)
        .order_by(col(Source.next_poll_at), col(Source.id))
    )
    return list(found.all())


async def untold_faults(session: AsyncSession, settings: FeedSettings) -> list[Source]:
    """Sources that keep failing and of which nobody was told yet."""
    found = await session.exec(
        select(Source)
        .where(
            being_read(),
            or_(
                col(Source.failures) >= settings.tell_after_failures,
                col(Source.error).in_(FINAL_FAULTS),
            ),
            col(Source.told_at).is_(None),
        )
        .order_by(col(Source.key))
    )
    return list(found.all())


async def mark_told(session: AsyncSession, source: Source, *, now: datetime) -> None:
    """A person was told; the next telling is after a recovery."""
    source.told_at = now
    session.add(source)
    await session.flush()


async def moved_sources(session: AsyncSession) -> list[Source]:
    """Sources that say that they moved for good, of which nobody was told yet."""
    found = await session.exec(
        select(Source)
        .where(
            being_read(),
            col(Source.moved_to).is_not(None),
            col(Source.moved_told_at).is_(None),
        )
        .order_by(col(Source.key))
    )
    return list(found.all())


async def follow_move(session: AsyncSession, source: Source, *, who: Who, now: datetime) -> None:
    """A person agrees that the source is read at its new address from now on.

    :raises LookupError: it did not move.
    """
    if source.moved_to is None:
        raise LookupError("the source did not move")
    await _read_at(session, source, source.moved_to, who=who, now=now)


async def change_address(
    session: AsyncSession, source: Source, url: str, *, who: Who, now: datetime
) -> None:
    """A person says where the source is read from now on; the same address changes nothing.

    :raises AddressTaken: another source is read there.
    """
    if url == source.url:
        return
    others = await session.exec(
        select(Source).where(col(Source.id) != source.id, col(Source.scene).is_(None))
    )
    if any(url in (row.url, row.moved_from) for row in others.all()):
        raise AddressTaken(url)
    await _read_at(session, source, url, who=who, now=now)


async def _read_at(
    session: AsyncSession, source: Source, url: str, *, who: Who, now: datetime
) -> None:
    """The address that the configuration names is remembered: it must not put the old one back."""
    left = source.moved_from or source.url
    _start_afresh(source, now=now)
    source.url, source.moved_from = url, left
    session.add(source)
    write_journal(session, who=who, action="source_moved", subject=f"source:{source.id}", now=now)
    await session.flush()


def write_ok(
    row: Source,
    answer: Good,
    *,
    polled_at: datetime,
    now: datetime,
    every: timedelta | None = None,
    has_new: bool = False,
    is_quiet: bool = False,
) -> None:
    """The source answered well, with items or with "not modified".

    :param every: the pace that the feed itself names.
    :param is_quiet: the feed says that nothing comes at this hour.
    """
    if isinstance(answer, Fetched):
        hints = [hint for hint in (every, answer.max_age) if hint is not None]
        row.hint_s = round(max(hints, default=timedelta(0)).total_seconds())
    row.poll_s = next_interval_s(
        row.poll_s,
        fixed_s=row.interval_s,
        has_new=has_new,
        trust=row.trust,
        hint_s=row.hint_s,
        is_quiet=is_quiet,
    )
    if answer.moved_to != row.moved_to:
        row.moved_to, row.moved_told_at = answer.moved_to, None
    row.polled_at, row.ok_at = polled_at, now
    row.failures, row.error, row.error_detail, row.told_at = 0, None, None, None
    row.next_poll_at = next_poll_at(
        interval_s=row.poll_s, failures=0, retry_after=answer.retry_after, now=now
    )


def write_fault(row: Source, fault: FeedFault, *, now: datetime) -> None:
    """The source failed; what it last gave well stays as it was."""
    row.polled_at = now
    row.failures += 1
    row.error, row.error_detail = fault.key, fault.detail[:DETAIL_LIMIT] or None
    row.next_poll_at = next_poll_at(
        interval_s=row.interval_s or row.poll_s,
        failures=0 if fault.key in PATIENT_FAULTS else row.failures,
        retry_after=ONCE_A_DAY if fault.key in FINAL_FAULTS else fault.retry_after,
        later=share_of(row.key),
        now=now,
    )


def _write_settings(row: Source, wanted: SourceSettings, *, is_exercise: bool) -> None:
    row.name, row.trust, row.reach = wanted.name, wanted.trust, wanted.reach
    if row.moved_from != wanted.url:
        row.url, row.moved_from = wanted.url, None
    row.interval_s, row.is_exercise = wanted.interval_s, is_exercise
    row.kept_by = KeptBy.CONFIG


def _start_afresh(row: Source, *, now: datetime) -> None:
    row.etag = row.last_modified = row.verified_at = row.error = row.error_detail = None
    row.failures, row.told_at, row.next_poll_at = 0, None, now
    row.poll_s, row.hint_s = FIRST_S, 0
    row.moved_to = row.moved_told_at = row.silent_told_at = row.dwindling_told_at = None
