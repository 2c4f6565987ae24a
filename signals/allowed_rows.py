"""The list of names that are no person, apart: a house that starts needs the row and no more."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from contacts.records import Row

LONGEST = 80


class AllowedName(Row, table=True):
    """One name of a place, school, shop or club."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=LONGEST, description="a place or an organisation, never a person")
    key: str = Field(max_length=LONGEST * 2, unique=True, description="the same, folded")
    added_at: datetime
