"""What the last look at a link gave, kept apart: a house that starts needs the row and no more."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from contacts.records import Row

LONGEST = 2000


class LinkLook(Row, table=True):
    """What the last look at an address gave. ``fault`` None: it answered."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(max_length=LONGEST, unique=True)
    looked_at: datetime
    fault: str | None = Field(default=None, max_length=40)
