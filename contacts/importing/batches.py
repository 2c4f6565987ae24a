"""What an import changed, kept for a week, so that it can be taken back as a whole.

Taking back never undoes what somebody did afterwards: a value that was changed again stays, and
whoever did or got anything since is marked as left instead of removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, delete, exists, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import GroupMember, Json, Organisation, Person, Role, RoleGrant, Site
from contacts.journal import JournalEntry, Who, write_journal
from contacts.people import mark_left, replace_backup
from contacts.pointers import history_columns, tables_of_one_person
from contacts.records import Row

#: what the list was before is personal data as well
KEEP = timedelta(days=7)
#: what hangs on a person, first to go
PARTS = ("channel", "role_grant", "group_member", "consent")
#: when a row was made, which is the moment of its import; a place in a group has none
MOMENTS = {
    "channel": "created_at", "role_grant": "granted_at", "consent": "given_at",
    "person": "created_at", "organisation": "created_at",
}  # fmt: skip
#: the tables of which an import changes rows
CHANGED: dict[str, type[Organisation | Person | Site]] = {
    "organisation": Organisation, "person": Person, "site": Site,
}  # fmt: skip


class ImportBatch(Row, table=True):
    """One import. ``undo`` is emptied after a week, or when it was taken back."""

    id: int | None = Field(default=None, primary_key=True)
    made_at: datetime
    made_by: str = Field(max_length=80)
    is_exercise: bool = Field(default=False)
    undo: Json | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    undone_at: datetime | None = None


class AlreadyUndone(LookupError):
    """It was taken back before, or it is too long ago."""


@dataclass
class Undo:
    """Collects, while lines are taken, how to go back."""

    _changed: list[tuple[Any, str, Any, Any]] = field(default_factory=list)
    _made: list[Any] = field(default_factory=list)

    def changed(self, row: Any, name: str, old: Any, new: Any) -> None:
        self._changed.append((row, name, old, new))

    def made(self, rows: Sequence[Any]) -> None:
        self._made.extend(rows)

    def to_json(self) -> Json:
        """Numbers of what was made, per table, and old and new of what was changed."""
        made: dict[str, list[int]] = {}
        for row in self._made:
            made.setdefault(str(row.__tablename__), []).append(row.id)
        changed = [
            [str(row.__tablename__), row.id, name, old, new]
            for row, name, old, new in self._changed
        ]
        seats = [
            [row.id, row.group_id, row.person_id]
            for row in self._made
            if isinstance(row, GroupMember)
        ]
        return {"made": made, "changed": changed, "seats": seats}


async def keep_undo(
    session: AsyncSession, undo: Undo, *, who: Who, is_exercise: bool, now: datetime
) -> int:
    """Store it; returns the number of the import."""
    batch = ImportBatch(made_at=now, made_by=str(who), is_exercise=is_exercise, undo=undo.to_json())
    session.add(batch)
    await session.flush()
    assert batch.id is not None
    return batch.id


async def latest_batch(session: AsyncSession, *, is_exercise: bool) -> ImportBatch | None:
    """The newest import that can be taken back; older ones only after it."""
    found = await session.exec(
        select(ImportBatch)
        .where(
            col(ImportBatch.is_exercise) == is_exercise,
            col(ImportBatch.undone_at).is_(None),
            col(ImportBatch.undo).is_not(None),
        )
        .order_by(col(ImportBatch.id).desc())
        .limit(1)
    )
    return found.first()


async def still_made_by(session: AsyncSession, batch: ImportBatch) -> dict[str, list[int]]:
    """Per table the numbers of what the import made and is there yet.

    A store gives the number of a row that went to a later one, which somebody else made.
    """
    undo = batch.undo or {}
    made: dict[str, list[int]] = dict(undo.get("made", {}))
    for name, moment in MOMENTS.items():
        columns = SQLModel.metadata.tables[name].columns
        kept: list[int] = []
        for some in portions(made.get(name, [])):
            found = await session.exec(
                select(columns["id"])
                .where(columns["id"].in_(some), columns[moment] == batch.made_at)
                .order_by(columns["id"])
            )
            kept += found.all()
        made[name] = kept
    seats = {number: (group, person) for number, group, person in undo.get("seats", [])}
    if seats:
        made["group_member"] = []
        for some in portions(list(seats)):
            rows = await session.exec(select(GroupMember).where(col(GroupMember.id).in_(some)))
            made["group_member"] += [
                row.id for row in rows.all()
                if row.id is not None and seats[row.id] == (row.group_id, row.person_id)
            ]  # fmt: skip
    return made


async def undo_import(session: AsyncSession, batch: ImportBatch, *, who: Who, now: datetime) -> int:
    """Take an import back; returns how many rows went back or away.

    :raises AlreadyUndone: there is nothing left to go back to.
    """
    if batch.undo is None or batch.undone_at is not None:
        raise AlreadyUndone(str(batch.id))
    made, changed = await still_made_by(session, batch), batch.undo["changed"]
    count = 0
    for table, number, name, old, new in reversed(changed):
        row = await session.get(CHANGED[table], number)
        if row is not None and getattr(row, name) == new:
            setattr(row, name, old)
            session.add(row)
            count += 1
    await session.flush()
    count += await _take_away(session, made, who=who, now=now)
    batch.undone_at, batch.undo = now, None
    session.add(batch)
    write_journal(
        session, who=who, action="import_undone", subject=f"import_batch:{batch.id}",
        detail={"count": count}, now=now,
    )  # fmt: skip
    await session.flush()
    return count


async def _take_away(
    session: AsyncSession, made: dict[str, list[int]], *, who: Who, now: datetime
) -> int:
    """Rows that the import made; whoever has a history leaves instead."""
    people = made.get("person", [])
    leaving = await _with_history(session, people)
    for person_id in sorted(leaving):
        person = await session.get(Person, person_id)
        if person is not None:
            await mark_left(session, person, who=who, now=now)
    gone = [person_id for person_id in people if person_id not in leaving]
    await _stand_down(session, gone, who=who, now=now)
    await _journal_rights(session, made.get("role_grant", []), people, who=who, now=now)
    for table in tables_of_one_person():
        # What came to hang on them since, such as an invitation, goes with them.
        for some in portions(gone):
            await session.exec(delete(table).where(table.columns["person_id"].in_(some)))
    count = len(people)
    for name in (*PARTS, "site", "person"):
        table = SQLModel.metadata.tables[name]
        ids = gone if name == "person" else made.get(name, [])
        for some in portions(ids):
            result = await session.exec(delete(table).where(table.c.id.in_(some)))
            count += 0 if name == "person" else result.rowcount
    return count + await _drop_empty(session, made.get("organisation", []))


async def _with_history(session: AsyncSession, people: Sequence[int]) -> set[int]:
    """To whom rows point that go on without them, or who did something: their number stays taken,
    for a store may give it to the next person."""
    found: set[int] = set()
    for some in portions(people):
        for column in history_columns():
            rows = await session.exec(select(column).where(column.in_(some)).distinct())
            found.update(rows.all())
        actors = {str(Who("person", person_id)): person_id for person_id in some}
        acted = await session.exec(
            select(JournalEntry.actor).where(col(JournalEntry.actor).in_(actors)).distinct()
        )
        found.update(actors[actor] for actor in acted.all())
    return found


async def _stand_down(
    session: AsyncSession, gone: Sequence[int], *, who: Who, now: datetime
) -> None:
    """Nobody has one of these as their back-up any more: the number may become somebody else's."""
    for some in portions(gone):
        await replace_backup(session, some, None, who=who, now=now)
        await session.exec(
            update(Person)
            .where(col(Person.backup_person_id).in_(some))
            .values(backup_person_id=None)
        )


async def _journal_rights(
    session: AsyncSession, ids: Sequence[int], people: Sequence[int], *, who: Who, now: datetime
) -> None:
    """Whoever was on the list before stays, without what the import gave them."""
    lost: dict[Role, list[int]] = {}
    for some in portions(ids):
        found = await session.exec(
            select(RoleGrant.role, RoleGrant.person_id)
            .where(col(RoleGrant.id).in_(some))
            .order_by(col(RoleGrant.id))
        )
        for role, person_id in found.all():
            lost.setdefault(Role(role), []).append(person_id)
    came = set(people)
    for role, holders in lost.items():
        if stay := [person_id for person_id in holders if person_id not in came]:
            write_journal(
                session, who=who, action="role_revoked", subject="person",
                detail={"role": role.value, "ids": stay}, now=now,
            )  # fmt: skip


async def _drop_empty(session: AsyncSession, ids: Sequence[int]) -> int:
    """Organisations of which nothing is left, now or before; returns how many."""
    count, organisation = 0, SQLModel.metadata.tables["organisation"]
    used = [
        column == organisation.c.id
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column is organisation.c.id for key in column.foreign_keys)
    ]
    for some in portions(ids):
        result = await session.exec(
            delete(organisation).where(
                organisation.c.id.in_(some), *(~exists().where(same) for same in used)
            )
        )
        count += result.rowcount
    return count


def portions(ids: Sequence[int]) -> list[Sequence[int]]:
    """So many as fit in one statement. Pure."""
    return [ids[start : start + 1000] for start in range(0, len(ids), 1000)]


async def forget_undo(session: AsyncSession, *, now: datetime) -> int:
    """Empty what is older than a week; returns how many."""
    found = await session.exec(
        select(ImportBatch).where(
            col(ImportBatch.made_at) < now - KEEP, col(ImportBatch.undo).is_not(None)
        )
    )
    batches = found.all()
    for batch in batches:
        batch.undo = None
        session.add(batch)
    await session.flush()
    return len(batches)
