"""Asks for many rows in words that stay the same, whether they are three or three hundred.

``IN (?, ?, …)`` is another statement for each length of the list: it is put together, translated
and planned anew each time, by SQLAlchemy, by the driver and by PostgreSQL. A list that is one
parameter (an array in PostgreSQL, JSON in SQLite) makes it one statement, which all three keep.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Listed(TypeDecorator[Collection[Any]]):
    """Numbers or texts as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        given: TypeEngine[Any] = ARRAY(self.of) if _has_arrays(dialect) else Text()
        return dialect.type_descriptor(given)

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        given = list(value or ())
        return given if _has_arrays(dialect) else json.dumps(given)


class _Texts(TypeDecorator[Mapping[int, str | None]]):
    """A text by the number of its row, as one parameter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[int, str | None] | None, dialect: Dialect) -> str:
        return json.dumps(value or {}, ensure_ascii=False)


class _Words(FunctionElement[Any]):
    """A column and a parameter, in the words of each store."""

    inherit_cache = True
    words: str
    sqlite_words: str


class _AnyOf(_Words):
    inherit_cache = True
    name = "any_of"
    type = Boolean()
    # Or SQLAlchemy asks SQLite whether it equals 1, which no index answers.
    _is_implicitly_boolean = True
    words = "{column} = ANY ({given})"
    sqlite_words = "{column} IN (SELECT value FROM json_each({given}))"


class _TextOf(_Words):
    inherit_cache = True
    name = "text_of"
    type = String()
    words = "CAST({given} AS JSONB) ->> CAST({column} AS TEXT)"
    sqlite_words = """json_extract({given}, '$."' || {column} || '"')"""


def any_of(column: Any, parameter: str) -> ColumnElement[bool]:
    """Whether the column holds one of those that are given as ``parameter``, in any number.

    :param column: of whole numbers or texts.
    """
    return _AnyOf(column, bindparam(parameter, type_=_Listed(column.type)))


def text_of(number: Any, parameter: str) -> ColumnElement[Any]:
    """What is given for the row with this number; NULL when nothing is.

    The parameter is a mapping of numbers to texts.
    """
    return _TextOf(number, bindparam(parameter, type_=_Texts()))


def _has_arrays(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


@compiles(_AnyOf)
@compiles(_TextOf)
def _in_words(element: _Words, compiler: Any, **how: Any) -> str:
    column, given = (compiler.process(one, **how) for one in element.clauses)
    words = element.words if _has_arrays(compiler.dialect) else element.sqlite_words
    return words.format(column=column, given=given)
