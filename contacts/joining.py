"""The same organisation twice on the list: found by likeness, put together by a person.

Whatever points at the one that goes points at the one that stays, in every table there is; then
the row itself goes, so that no list, count or form can find it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations, islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, String, Table, UniqueConstraint, and_, delete, func, update
from sqlalchemy import select as sql_select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain, Organisation
from contacts.former_names import join_alone, remember
from contacts.journal import Who, write_journal
from contacts.merging import ALIKE, SHOWN, in_order
from contacts.records import read_columns

#: what was empty at the one that stays
FILLED = (
    "district", "mailbox", "phone", "internal_contact", "backup_person_id", "confirmed_at",
)  # fmt: skip

#: how PostgreSQL says that somebody else held a row or the lock for longer than the patience
LOCK_NOT_AVAILABLE = "55P03"


class CannotJoin(ValueError):
    """They are the same, of two domains or two worlds, or one of them is gone already."""


class JoinBusy(CannotJoin):
    """Messages are being planned at this moment; nothing was changed, and it can be tried again."""


class Place(NamedTuple):
    """What of an organisation tells whether two are the same."""

    id: int
    name: str
    domain: Domain
    mailbox: str | None
    phone: str | None
    district: str | None
    municipality: str | None = None


def alike_places(places: Sequence[Place], limit: int = SHOWN) -> list[tuple[Place, Place]]:
    """Pairs of one domain and city with one mailbox or telephone, or names that look alike. Pure.

    :param limit: no more than so many.
    """
    pairs: dict[tuple[int, int], None] = {}
    by_kind: defaultdict[tuple[Domain, str], list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        by_kind[place.domain, place.municipality or ""].append(number)
    for _, here in sorted(by_kind.items()):
        if len(pairs) >= limit:
            break
        for said in ("mailbox", "phone"):
            pairs |= dict.fromkeys(
                _same([(number, getattr(places[number], said)) for number in here])
            )
        names = _names_alike([(number, in_order(places[number].name)) for number in here])
        pairs |= dict.fromkeys(islice(names, limit))
    return [(places[one], places[other]) for one, other in islice(pairs, limit)]


def _names_alike(names: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Each with those behind it, in one call a name: a city has hundreds of them in one domain."""
    from rapidfuzz import fuzz, process

    words = [name for _, name in names]
    for at, (number, name) in enumerate(names):
        behind = words[at + 1 :]
        found = process.extract(name, behind, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=SHOWN)
        for _, _, place in sorted(found, key=itemgetter(2)):
            yield number, names[at + 1 + place][0]


def _same(said: Iterable[tuple[int, str | None]]) -> Iterator[tuple[int, int]]:
    """Who says the same, and says something."""
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in said:
        if word:
            by_word[word].append(number)
    for numbers in by_word.values():
        yield from combinations(numbers, 2)


async def find_places_twice(
    session: AsyncSession, *, is_exercise: bool
) -> list[tuple[Place, Place]]:
    """Organisations that may be on the list twice; the first hundred pairs."""
    columns = [col(getattr(Organisation, name)) for name in Place._fields]
    found: list[tuple[Place, Place]] = []
    # Two are never of two domains, so what follows the first hundred is not read.
    for domain in sorted(Domain):
        if len(found) >= SHOWN:
            break
        rows = await read_columns(
            session,
            sql_select(*columns)
            .where(col(Organisation.is_exercise) == is_exercise, col(Organisation.domain) == domain)
            .order_by(col(Organisation.name)),
        )
        found += alike_places([Place(*row) for row in rows], SHOWN - len(found))
    return found


async def join_organisations(
    session: AsyncSession, keep_id: int, gone_id: int, *, who: Who, now: datetime
) -> tuple[str, str]:
    """``gone`` becomes part of ``keep``: people, signals, deliveries, places, everything.

    Where both have the same (a place of one name, presence at one meeting) one row stays, with
    what only the other knew. The old name is remembered.

    :returns: the name that stays, and the one that went.

    :raises CannotJoin: and nothing was changed; on PostgreSQL the transaction is over after a
        :class:`JoinBusy`.
    """
    try:
        return await _join(session, keep_id, gone_id, who=who, now=now)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise JoinBusy("somebody else is writing about one of the two") from error


async def _join(
    session: AsyncSession, keep_id: int, gone_id: int, *, who: Who, now: datetime
) -> tuple[str, str]:
    await join_alone(session)
    keep, gone = await _both(session, keep_id, gone_id)
    moved = 0
    connection = await session.connection()
    for column in pointers():
        moved += await _move(connection, column, keep_id, gone_id)
    for name in FILLED:
        if getattr(keep, name) is None:
            setattr(keep, name, getattr(gone, name))
    keep.school_types = [
        *keep.school_types, *(one for one in gone.school_types if one not in keep.school_types)
    ]  # fmt: skip
    session.add(keep)
    names = keep.name, gone.name
    await remember(session, keep_id, gone, now=now)
    await session.delete(gone)
    write_journal(
        session, who=who, action="organisations_joined", subject=f"organisation:{keep_id}",
        detail={"merged": gone_id, "rows": moved}, now=now,
    )  # fmt: skip
    await session.flush()
    return names


async def _both(
    session: AsyncSession, keep_id: int, gone_id: int
) -> tuple[Organisation, Organisation]:
    """Locked, in one order, so that two who press at once do not both go on."""
    asked = (
        select(Organisation)
        .where(col(Organisation.id).in_((keep_id, gone_id)))
        .order_by(col(Organisation.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {one.id: one for one in (await session.exec(asked)).all()}
    keep, gone = found.get(keep_id), found.get(gone_id)
    if keep is None or gone is None or keep is gone:
        raise CannotJoin("one of the two is not on the list")
    if keep.municipality != gone.municipality or keep.is_exercise != gone.is_exercise:
        raise CannotJoin("two municipalities or two worlds")
    if keep.domain is not gone.domain:
        raise CannotJoin("two domains")
    return keep, gone


def pointers() -> list[Column[Any]]:
    """Every column of the store that names an organisation, with a key or without one."""
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name == "organisation_id"
        or any(key.target_fullname == "organisation.id" for key in column.foreign_keys)
    ]


async def _move(
    connection: AsyncConnection, column: Column[Any], keep_id: int, gone_id: int
) -> int:
    """Point the rows at ``keep``; of two that say the same only the kept one's stays."""
    table = column.table
    assert isinstance(table, Table)
    for others in _never_twice(table, column):
        await _unite(connection, column, others, keep_id, gone_id)
    moving = update(table).where(column == gone_id).values({column: keep_id})
    return int((await connection.execute(moving)).rowcount)


def _never_twice(table: Table, column: Column[Any]) -> Iterable[list[Column[Any]]]:
    """What else stands in each rule by which an organisation may not have the same twice."""
    for rule in table.constraints:
        if isinstance(rule, UniqueConstraint) and column in rule.columns.values():
            yield [one for one in rule.columns if one is not column]


async def _unite(
    connection: AsyncConnection,
    column: Column[Any],
    others: Sequence[Column[Any]],
    keep_id: int,
    gone_id: int,
) -> None:
    """One row of two that say the same, with what only the second knew."""
    table = column.table
    first, second = table.alias("first"), table.alias("second")
    same = and_(*(_plain(first.c[one.name]) == _plain(second.c[one.name]) for one in others))
    asked = (
        sql_select(first.c.id, second.c.id)
        .join(second, same)
        .where(first.c[column.name] == keep_id, second.c[column.name] == gone_id)
    )
    for stays, goes in (await connection.execute(asked)).all():
        rows = await connection.execute(sql_select(table).where(table.c.id.in_((stays, goes))))
        by_id = {row["id"]: dict(row) for row in rows.mappings()}
        if learnt := _learnt(table, by_id[stays], by_id[goes]):
            await connection.execute(update(table).where(table.c.id == stays).values(learnt))
        await connection.execute(delete(table).where(table.c.id == goes))


def _plain(column: Any) -> Any:
    """Names that differ by a capital only are the same name."""
    kind = getattr(column.type, "impl_instance", column.type)
    return func.lower(column) if isinstance(kind, String) else column


def _learnt(table: Any, stays: dict[str, Any], goes: dict[str, Any]) -> dict[str, Any]:
    """What the row that goes knew and the other did not. Pure."""
    return {
        column.name: goes[column.name]
        for column in table.columns
        if (stays[column.name] is None and goes[column.name] is not None)
        or (isinstance(column.type, Boolean) and goes[column.name] and not stays[column.name])
    }
