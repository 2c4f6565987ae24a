"""Files that Telegram has. Apart from the other rows: a house needs it to send, at its start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.records import Row


class UploadedFile(Row, table=True):
    """A file that Telegram has: the next chat gets it by its number instead of by upload.

    Such a number is of one bot only; ``bot`` is the part of the token that is no secret.
    """

    __table_args__ = (UniqueConstraint("bot", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    bot: str = Field(max_length=20)
    key: str = Field(max_length=120)
    file_id: str = Field(max_length=250)
    uploaded_at: datetime
