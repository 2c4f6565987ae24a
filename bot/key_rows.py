"""Which key a store goes with. Apart from the other rows: a start looks at it before it sends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Integer
from sqlmodel import Field

from contacts.records import Row


class StoreKey(Row, table=True):
    """The key that this store is sealed with, by a fingerprint from which it does not follow."""

    __tablename__ = "store_key"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    fingerprint: str = Field(max_length=64)
    noted_at: datetime
