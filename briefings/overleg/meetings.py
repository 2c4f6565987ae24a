"""Plans meetings of the overleg, moves them, and keeps which organisations were there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg.replies import drop_replies
from briefings.overleg.rotation import Candidate, Hosted, domains_in_turn, in_turn
from briefings.overleg.rows import (
    OVERLEG_MOVES,
    Overleg,
    OverlegKind,
    OverlegPresence,
    OverlegStatus,
)
from contacts.directory import Organisation, Site
from contacts.journal import Who, write_journal
from contacts.neighbours import of_the_city
from contacts.records import StaleMove, move, read_columns
from signals.person_filter import screen

LONGEST_PLACE = 120
SHORTEST_MIN, LONGEST_MIN = 15, 480
#: nobody plans a meeting further away than this
FURTHEST = timedelta(days=731)
#: what the person filter sees in an address: here it is one
_A_PLACE = frozenset({"ADRES", "LOCATIE"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody filled in. ``at``: None when it is no moment."""

    at: datetime | None
    minutes: int
    host_id: int
    place: str


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """Why nothing was kept: ``moment``, ``minutes``, ``host``, ``long`` or ``person``."""

    reason: str


async def turns(
    session: AsyncSession, *, is_exercise: bool, most: int, also: int = 0
) -> list[Candidate]:
    """The first organisations of the city in this world whose turn it is to host.

    A domain is read when its turn comes before there are enough: a city has thousands of them.

    :param also: is there too, at the end, when it is one of them.
    """
    mine = [col(Organisation.is_exercise) == is_exercise, of_the_city()]
    rooms = set((await session.exec(select(Site.organisation_id).where(col(Site.can_host)))).all())
    held = await read_columns(
        session,
        sql_select(col(Overleg.host_id), col(Overleg.starts_at), col(Organisation.domain))
        .outerjoin(Organisation, and_(col(Organisation.id) == col(Overleg.host_id), *mine))
        .where(
            col(Overleg.is_exercise) == is_exercise,
            col(Overleg.status) != OverlegStatus.CANCELLED,
        )
        .order_by(col(Overleg.starts_at)),
    )
    hosted = [Hosted(ident, at) for ident, at, _ in held]

    async def where(condition: ColumnElement[bool]) -> list[Candidate]:
        columns = [col(Organisation.id), col(Organisation.name), col(Organisation.domain)]
        rows = await read_columns(session, sql_select(*columns).where(*mine, condition))
        found = [Candidate(one.id, one.name, one.domain, one.id in rooms) for one in rows]
        return in_turn(found, hosted)

    first: list[Candidate] = []
    for domain in domains_in_turn({one.domain: one.starts_at for one in held if one.domain}):
        if len(first) < most:
            first += await where(col(Organisation.domain) == domain)
    known = {one.organisation_id for one in first[:most]}
    other = await where(col(Organisation.id) == also) if also and also not in known else []
    return [*first[:most], *other]


async def host_names(
    session: AsyncSession, meetings: Collection[Overleg], *, is_exercise: bool
) -> dict[int, str]:
    """What the hosts of these meetings are called, as far as they are of the city."""
    ids = {one.host_id for one in meetings}
    if not ids:
        return {}
    found = await session.exec(
        select(Organisation.id, Organisation.name).where(
            col(Organisation.id).in_(ids),
            col(Organisation.is_exercise) == is_exercise,
            of_the_city(),
        )
    )
    return {ident: name for ident, name in found.all() if ident is not None}


def why_not(given: Plan, allow: Collection[str], *, now: datetime) -> str | None:
    """What is wrong with a plan, None when nothing is. Pure; the host is looked up apart."""
    if given.at is None or not now < given.at <= now + FURTHEST:
        return "moment"
    if not SHORTEST_MIN <= given.minutes <= LONGEST_MIN:
        return "minutes"
    if len(given.place) > LONGEST_PLACE:
        return "long"
    if given.place and set(screen(given.place, allow).labels) - _A_PLACE:
        return "person"
    return None


async def plan_overleg(
    session: AsyncSession,
    given: Plan,
    *,
    event_id: int | None = None,
    who: Who,
    allow: Collection[str],
    is_exercise: bool,
    now: datetime,
) -> Overleg | NotPlanned:
    """Keep a new meeting; with ``event_id`` it is one because of that event."""
    refused = why_not(given, allow, now=now) or await _host(session, given, is_exercise=is_exercise)
    if refused:
        return NotPlanned(refused)
    assert given.at is not None
    overleg = Overleg(
        starts_at=given.at, minutes=given.minutes, host_id=given.host_id, place=given.place,
        kind=OverlegKind.REGULAR if event_id is None else OverlegKind.AD_HOC, event_id=event_id,
        made_by=who.person_id, edited_at=now, is_exercise=is_exercise,
    )  # fmt: skip
    session.add(overleg)
    await session.flush()
    _note(session, overleg, "overleg_planned", who=who, now=now)
    return overleg


async def change_overleg(
    session: AsyncSession,
    overleg: Overleg,
    given: Plan,
    *,
    who: Who,
    allow: Collection[str],
    now: datetime,
) -> NotPlanned | None:
    """Another moment, place or host, as long as it is planned.

    :raises contacts.records.StaleMove: it was held or cancelled meanwhile.
    """
    if overleg.status is not OverlegStatus.PLANNED:
        raise StaleMove("not planned any more")
    refused = why_not(given, allow, now=now) or await _host(
        session, given, is_exercise=overleg.is_exercise
    )
    if refused:
        return NotPlanned(refused)
    assert given.at is not None
    moves = given.at != overleg.starts_at
    await _touch(
        session, overleg, "overleg_changed", who=who, now=now,
        values={
            "starts_at": given.at, "minutes": given.minutes, "host_id": given.host_id,
            "place": given.place,
        },
    )  # fmt: skip
    if moves:
        await drop_replies(session, [overleg.id or 0])
    return None


async def _host(session: AsyncSession, given: Plan, *, is_exercise: bool) -> str | None:
    host = await session.get(Organisation, given.host_id)
    return None if host is not None and host.is_exercise == is_exercise else "host"


async def move_overleg(
    session: AsyncSession, overleg: Overleg, new: OverlegStatus, *, who: Who, now: datetime
) -> None:
    """It was held, is cancelled, or is planned after all.

    :raises contacts.records.RecordError: it cannot become that.
    """
    await move(
        session, OVERLEG_MOVES, overleg, new,
        who=who, action=f"overleg_{new.value}", now=now,
        version=overleg.version + 1, edited_at=now,
    )  # fmt: skip


async def add_present(
    session: AsyncSession, overleg: Overleg, chosen: Collection[int], *, who: Who, now: datetime
) -> int:
    """These organisations were there as well; returns how many of them are new.

    :raises contacts.records.StaleMove: it is cancelled.
    """
    if overleg.status is OverlegStatus.CANCELLED:
        raise StaleMove("cancelled")
    assert overleg.id is not None
    found = await session.exec(
        select(Organisation.id).where(
            col(Organisation.id).in_(chosen),
            col(Organisation.is_exercise) == overleg.is_exercise,
        )
    )
    before = await present_at(session, overleg.id)
    new = sorted({ident for ident in found.all() if ident is not None} - before)
    if new:
        session.add_all(OverlegPresence(overleg_id=overleg.id, organisation_id=i) for i in new)
        await _touch(session, overleg, "overleg_attended", who=who, now=now, count=len(new))
    return len(new)


async def remove_present(
    session: AsyncSession, overleg: Overleg, organisation_id: int, *, who: Who, now: datetime
) -> bool:
    """It was not there after all; False when it did not stand there."""
    gone = await session.exec(
        delete(OverlegPresence)
        .where(
            col(OverlegPresence.overleg_id) == overleg.id,
            col(OverlegPresence.organisation_id) == organisation_id,
        )
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount:
        await _touch(session, overleg, "overleg_not_attended", who=who, now=now)
    return bool(gone.rowcount)


async def present_at(session: AsyncSession, overleg_id: int) -> set[int]:
    """Which organisations were there."""
    found = await session.exec(
        select(OverlegPresence.organisation_id).where(col(OverlegPresence.overleg_id) == overleg_id)
    )
    return set(found.all())


async def all_overleg(session: AsyncSession, *, is_exercise: bool) -> list[Overleg]:
    """Every meeting of this world, the latest first."""
    found = await session.exec(
        select(Overleg)
        .where(col(Overleg.is_exercise) == is_exercise)
        .order_by(col(Overleg.starts_at).desc(), col(Overleg.id).desc())
    )
    return list(found.all())


async def next_meeting(
    session: AsyncSession, *, is_exercise: bool, now: datetime
) -> Overleg | None:
    """The first planned one of this world that still has to begin."""
    found = await session.exec(
        select(Overleg)
        .where(
            col(Overleg.is_exercise) == is_exercise,
            col(Overleg.status) == OverlegStatus.PLANNED,
            col(Overleg.starts_at) > now,
        )
        .order_by(col(Overleg.starts_at), col(Overleg.id))
        .limit(1)
    )
    return found.first()


async def _touch(
    session: AsyncSession,
    overleg: Overleg,
    action: str,
    *,
    who: Who,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    **detail: int,
) -> None:
    """One change, of the version and the state that were read.

    :raises contacts.records.StaleMove: somebody else changed it meanwhile.
    """
    await session.flush()
    touched = await session.exec(
        update(Overleg)
        .where(
            col(Overleg.id) == overleg.id,
            col(Overleg.version) == overleg.version,
            col(Overleg.status) == overleg.status,
        )
        .values(version=overleg.version + 1, edited_at=now, **(values or {}))
        .execution_options(synchronize_session=False)
    )
    if touched.rowcount != 1:
        raise StaleMove("changed meanwhile")
    await session.refresh(overleg)
    _note(session, overleg, action, who=who, now=now, **detail)


def _note(
    session: AsyncSession, overleg: Overleg, action: str, *, who: Who, now: datetime, **detail: int
) -> None:
    write_journal(
        session, who=who, action=action, subject=f"overleg:{overleg.id}", detail=detail, now=now
    )
