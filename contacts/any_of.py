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


class _AnyOf(FunctionElement[bool]):
    inherit_cache = True
    name = "any_of"
    type = Boolean()
    # Or SQLAlchemy asks SQLite whether it equals 1, which no index answers.
    _is_implicitly_boolean = True


class _TextOf(FunctionElement[Any]):
    inherit_cache = True
    name = "text_of"
    type = String()


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
def _array(element: _AnyOf, compiler: Any, **how: Any) -> str:
    column, listed = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} = ANY ({listed})"


@compiles(_AnyOf, "sqlite")
def _json_list(element: _AnyOf, compiler: Any, **how: Any) -> str:
    column, listed = (compiler.process(one, **how) for one in element.clauses)
    # Both are what the compiler made of a column and of a parameter.
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608


@compiles(_TextOf)
def _member(element: _TextOf, compiler: Any, **how: Any) -> str:
    number, texts = (compiler.process(one, **how) for one in element.clauses)
    return f"CAST({texts} AS JSONB) ->> CAST({number} AS TEXT)"


@compiles(_TextOf, "sqlite")
def _json_member(element: _TextOf, compiler: Any, **how: Any) -> str:
    number, texts = (compiler.process(one, **how) for one in element.clauses)
    return f"""json_extract({texts}, '$."' || {number} || '"')"""
