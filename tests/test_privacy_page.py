"""No column can hold a person or a group without standing in ``docs/privacy.md`` with a reason."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Enum,
    Float,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlmodel import SQLModel

from bot.tables import load_tables
from contacts.pointers import person_columns
from signals.rows import Signal

PAGE = Path(__file__).parents[1] / "docs" / "privacy.md"
_ROW = re.compile(r"^\| (`[a-z_]+\.[a-z_0-9]+`(?:, `[a-z_]+\.[a-z_0-9]+`)*) \| (.+) \|$", re.M)
_NAME = re.compile(r"`([a-z_]+\.[a-z_0-9]+)`")
#: moments, amounts, choices from a fixed list, and yes or no say who nobody is
_SAFE = (Enum, Float)
_SAFE_VALUES = (bool, date, time)
#: the Dutch and English words of a group identity; no column is called so
_GROUP = re.compile(
    r"relig|geloof|faith|ethnic|etni|herkomst|origin_of|nationalit|afkomst|stroming|denominat"
    r"|politi[ce]a?l|gender|geslacht|bsn|birth|geboorte|(?:^|_)ip(?:_|$)|user_agent|score_of"
)


def listed() -> dict[str, str]:
    """Every column of the page with its reason."""
    found: dict[str, str] = {}
    for row in _ROW.finditer(PAGE.read_text(encoding="utf-8")):
        for name in _NAME.findall(row[1]):
            assert name not in found, f"{name} stands there twice"
            found[name] = row[2]
    return found


def columns() -> dict[str, Column[Any]]:
    load_tables()
    return {
        f"{table.name}.{column.name}": column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
    }


def could_hold_an_identity(column: Column[Any]) -> bool:
    """Text, a structure, the number of a person or of a chat."""
    kind = getattr(column.type, "impl_instance", column.type)
    if isinstance(kind, _SAFE) or issubclass(kind.python_type, _SAFE_VALUES):
        return False
    if column in person_columns(column.table) or isinstance(kind, BigInteger | JSON):
        return True
    return not isinstance(kind, Integer)


def test_every_column_that_could_say_who_stands_on_the_page_with_a_reason() -> None:
    wanted = {name for name, column in columns().items() if could_hold_an_identity(column)}
    missing = sorted(wanted - set(listed()))
    assert not missing, f"add to docs/privacy.md, with the reason and how long: {missing}"


def test_the_page_lists_nothing_that_is_gone() -> None:
    assert sorted(set(listed()) - set(columns())) == []


def test_every_reason_is_a_reason() -> None:
    assert sorted(name for name, reason in listed().items() if len(reason.split()) < 3) == []


def test_no_column_is_about_a_group_identity_or_an_address_on_the_internet() -> None:
    assert [name for name in columns() if _GROUP.search(name)] == []
    assert "person_id" not in Signal.model_fields


def test_the_walk_sees_a_column_that_nobody_listed() -> None:
    table = Table(
        "gast", MetaData(), Column("geloof", String), Column("at", DateTime),
        Column("chat", BigInteger), Column("done_by", Integer), Column("count", Integer),
    )  # fmt: skip
    seen = [column.name for column in table.columns if could_hold_an_identity(column)]
    assert seen == ["geloof", "chat", "done_by"]
    assert _GROUP.search("gast.geloof")
