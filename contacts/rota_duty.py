"""What somebody on the rota does with their own period: take it over, and leave a note."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from contacts.rota_keeping import note_turn, write_if
from contacts.rota_rows import RotaTurn


async def take_over(
    session: AsyncSession, turn: RotaTurn, person_id: int, *, who: Who, now: datetime
) -> None:
    """Whoever comes on says so: from now on it is theirs alone. Once.

    :raises StaleMove: it is not their period now, or they said so before.
    """
    await write_if(
        session,
        turn,
        col(RotaTurn.person_id) == person_id,
        col(RotaTurn.taken_at).is_(None),
        col(RotaTurn.starts_at) <= now,
        col(RotaTurn.ends_at) > now,
        taken_at=now,
    )
    note_turn(session, turn, "rota_taken", who=who, now=now)


async def leave_note(
    session: AsyncSession, turn: RotaTurn, person_id: int, note: str, *, who: Who, now: datetime
) -> None:
    """What who comes on must know; an empty one takes it away. The caller screened it.

    :raises StaleMove: it is not their period.
    """
    await write_if(session, turn, col(RotaTurn.person_id) == person_id, note=note or None)
    write_journal(
        session, who=who, action="rota_note_left" if note else "rota_note_removed",
        subject=f"rota_turn:{turn.id}", now=now,
    )  # fmt: skip
