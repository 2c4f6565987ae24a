"""Two organisations that may be one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contacts.directory import (
    Domain,
    Organisation,
)
from contacts.records import Database

WIJK = "WK020207"


def an_organisation(name: str, now: datetime, **values: Any) -> Organisation:
    return Organisation(**{"name": name, "domain": Domain.EDUCATION, "created_at": now, **values})


async def two(db: Database, now: datetime, **second: Any) -> tuple[int, int]:
    async with db.begin() as session:
        pair = [
            an_organisation("De Regenboog", now),
            an_organisation("Regenboog, de", now, **second),
        ]
        session.add_all(pair)
        await session.flush()
        return pair[0].id or 0, pair[1].id or 0
