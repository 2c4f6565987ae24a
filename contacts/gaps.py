"""What is missing on the list, per organisation and over time. Nobody is scored.

A gap is about the list, never about how often somebody reacts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, UniqueConstraint, cast, func
from sqlalchemy import select as sql_select
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Domain, Organisation, Person
from contacts.list_check import PATIENCE, is_fresh, silent_people
from contacts.neighbours import ALL_KINDS, of_kinds, of_the_city, somebody_reachable
from contacts.people import LEFT
from contacts.records import Row, read_columns, required_choice
from contacts.successors import open_successions

#: an organisation with fewer people than this is one illness away from silence
ENOUGH = 2
#: reasons by which an address closed itself; leaving and stopping are a person's own choice
BLOCKED = frozenset({"blocked"})
CHOSEN = frozenset({LEFT, "stopped", "unsubscribed", "replaced", *BLOCKED})
#: organisations, as numbers or as the question for them
Within = Collection[int] | Select[Any]


class Gap(StrEnum):
    """What can be missing at an organisation."""

    UNREACHABLE = "onbereikbaar"
    NOT_SET_UP = "niet-ingesteld"
    FEW = "te-weinig"
    BOUNCING = "komt-terug"
    BLOCKED = "geblokkeerd"
    NO_CHANNEL = "zonder-kanaal"
    SUCCESSOR = "opvolger"
    SILENT = "stil"
    UNCONFIRMED = "niet-bevestigd"
    NO_BACKUP = "geen-vervanger"


class Place(NamedTuple):
    """What of an organisation decides about its gaps, and what a list of gaps shows of it.

    Only these columns are read: a city has thousands of organisations, and a page waits.
    """

    id: int
    name: str
    domain: Domain
    backup_person_id: int | None
    confirmed_at: datetime | None


@dataclass(slots=True)
class Standing:
    """What decides about one organisation's gaps. Counts are of people who did not leave.

    ``unset``: who has an address that works, but none by which this installation can send.
    """

    organisation: Place
    people: int = 0
    reachable: int = 0
    unset: int = 0
    bouncing: int = 0
    blocked: int = 0
    silent: int = 0
    vacant: int = 0
    gaps: list[Gap] = field(default_factory=list)


class ReachDay(Row, table=True):
    """How many organisations of a domain could be reached that day; drawn over time."""

    __table_args__ = (UniqueConstraint("day", "domain", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    domain: Domain = required_choice(Domain)
    is_exercise: bool = Field(default=False)
    organisations: int
    reachable: int


def gaps_of(standing: Standing, every: timedelta, *, now: datetime) -> list[Gap]:
    """What is missing at one organisation, the gravest first. Pure."""
    found = (
        (standing.reachable == 0, Gap.UNREACHABLE),
        (standing.unset > 0, Gap.NOT_SET_UP),
        (standing.people < ENOUGH, Gap.FEW),
        (standing.bouncing > 0, Gap.BOUNCING),
        (standing.blocked > 0, Gap.BLOCKED),
        (0 < standing.reachable < standing.people - standing.unset, Gap.NO_CHANNEL),
        (standing.vacant > 0, Gap.SUCCESSOR),
        (standing.silent > 0, Gap.SILENT),
        (not is_fresh(standing.organisation.confirmed_at, every, now), Gap.UNCONFIRMED),
        (standing.people > 0 and standing.organisation.backup_person_id is None, Gap.NO_BACKUP),
    )
    return [gap for is_there, gap in found if is_there]


async def standings(
    session: AsyncSession,
    organisations: Sequence[Organisation],
    every: timedelta,
    *,
    now: datetime,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> list[Standing]:
    """These organisations with their gaps, in the same order; a few questions for all.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    places = [
        Place(one.id, one.name, one.domain, one.backup_person_id, one.confirmed_at)
        for one in organisations
        if one.id is not None
    ]
    ids = [one.id for one in places]
    return await standings_of(session, places, ids, every, now=now, sends_by=sends_by)


async def standings_of(
    session: AsyncSession, places: Sequence[Place], within: Within, every: timedelta, *,
    now: datetime, sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> list[Standing]:  # fmt: skip
    """As :func:`standings`, of organisations of which only these columns were read.

    :param within: the same organisations, as numbers or as the question for them.
    """
    by_id = {place.id: Standing(place) for place in places}
    await _count_people(session, by_id, within, sends_by)
    await _count_closed(session, by_id, within)
    silent = await session.exec(
        select(Person.organisation_id).where(
            col(Person.id).in_(silent_people(within, before=now - PATIENCE)),
            col(Person.left_at).is_(None),
        )
    )
    for organisation_id in silent.all():
        if organisation_id in by_id:
            by_id[organisation_id].silent += 1
    for place, _ in await open_successions(session, within):
        by_id[place.organisation_id].vacant += 1
    for standing in by_id.values():
        standing.gaps = gaps_of(standing, every, now=now)
    return list(by_id.values())


async def _count_people(
    session: AsyncSession,
    by_id: Mapping[int, Standing],
    within: Within,
    sends_by: frozenset[ChannelKind],
) -> None:
    works = select(Channel.id).where(
        col(Channel.person_id) == col(Person.id), col(Channel.status) == ChannelStatus.ACTIVE
    )
    kinds = [works.exists(), works.where(*of_kinds(sends_by)).exists()]
    # The same question twice where everything is set up, as nearly everywhere.
    kinds = kinds[:1] if sends_by == ALL_KINDS else kinds
    rows = await read_columns(
        session,
        sql_select(
            col(Person.organisation_id),
            func.count(),
            *(func.sum(cast(one, Integer)) for one in kinds),
        )
        .where(col(Person.organisation_id).in_(within), col(Person.left_at).is_(None))
        .group_by(col(Person.organisation_id)),
    )
    for organisation_id, people, *working in rows:
        one, has_address, reachable = by_id[organisation_id], working[0] or 0, working[-1] or 0
        one.people, one.reachable = people, int(reachable)
        one.unset = int(has_address) - one.reachable


async def _count_closed(
    session: AsyncSession, by_id: Mapping[int, Standing], within: Within
) -> None:
    rows = await read_columns(
        session,
        sql_select(col(Person.organisation_id), col(Channel.closed_reason), func.count())
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Person.organisation_id).in_(within),
            col(Person.left_at).is_(None),
            col(Channel.status) == ChannelStatus.CLOSED,
        )
        .group_by(col(Person.organisation_id), col(Channel.closed_reason)),
    )
    for organisation_id, reason, count in rows:
        if reason in BLOCKED:
            by_id[organisation_id].blocked += count
        elif reason not in CHOSEN:
            by_id[organisation_id].bouncing += count


async def note_reach(
    session: AsyncSession, *, is_exercise: bool, now: datetime,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> bool:  # fmt: skip
    """Keep today's share per domain, once a day; False when today is there already."""
    today = now.date()
    known = await session.exec(
        select(ReachDay.id).where(
            col(ReachDay.day) == today, col(ReachDay.is_exercise) == is_exercise
        )
    )
    if known.first() is not None:
        return False
    reach = await reach_now(session, is_exercise=is_exercise, sends_by=sends_by)
    for domain, (total, reachable) in reach.items():
        session.add(
            ReachDay(
                day=today, domain=domain, is_exercise=is_exercise,
                organisations=total, reachable=reachable,
            )
        )  # fmt: skip
    await session.flush()
    return True


async def reach_now(
    session: AsyncSession, *, is_exercise: bool, sends_by: frozenset[ChannelKind] = ALL_KINDS
) -> dict[Domain, tuple[int, int]]:
    """Per domain: how many organisations, and at how many somebody can be reached tonight.

    Of the own city; :func:`contacts.neighbours.next_door` counts the others.
    """
    found = await session.exec(
        select(
            Organisation.domain,
            func.count(),
            func.sum(cast(somebody_reachable(sends_by), Integer)),
        )
        .where(col(Organisation.is_exercise) == is_exercise, of_the_city())
        .group_by(col(Organisation.domain))
    )
    counts = {domain: (total, int(reachable or 0)) for domain, total, reachable in found.all()}
    return {domain: counts.get(domain, (0, 0)) for domain in Domain}


async def reach_days(session: AsyncSession, *, is_exercise: bool, since: date) -> list[ReachDay]:
    """What was kept, oldest first."""
    found = await session.exec(
        select(ReachDay)
        .where(col(ReachDay.is_exercise) == is_exercise, col(ReachDay.day) >= since)
        .order_by(col(ReachDay.day))
    )
    return list(found.all())
