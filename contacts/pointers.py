"""Which columns hold the number of a person. It follows from the tables themselves, so that a new
table is known without a word here."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, Integer, Table
from sqlmodel import SQLModel

#: numbers of a person that are no foreign key: ``edited_by``, ``backup_person_id``
_PERSON_NUMBER = re.compile(r"(?:^|_)person_id\Z|_by\Z")
#: who stands in for whom: a choice for later, which may be made anew
STANDS_IN = "backup_person_id"


def person_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold the number of a person. Pure."""
    return [
        column
        for column in table.columns
        if (_PERSON_NUMBER.search(column.name) and isinstance(column.type, Integer))
        or any(key.target_fullname == "person.id" for key in column.foreign_keys)
    ]


def tables_of_one_person() -> list[Table]:
    """Tables whose rows belong to one person and are nothing without them. Pure."""
    return [table for table in SQLModel.metadata.sorted_tables if _is_owned(table)]


def history_columns() -> list[Column[Any]]:
    """What points to somebody from a row that goes on without them: what they did, got or left.
    Pure."""
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in person_columns(table)
        if column.name != STANDS_IN and not (column.name == "person_id" and _is_owned(table))
    ]


def _is_owned(table: Table) -> bool:
    return "person_id" in table.columns and bool(table.columns["person_id"].foreign_keys)
