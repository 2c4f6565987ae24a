"""Somebody says that help was given: either side, in one tap, once for each time it was taken up.

Counted for the domain that helped and the event; of who helped whom nothing more is kept.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Organisation
from contacts.journal import SYSTEM, write_journal
from contacts.permissions import Actor, Permission, require
from signals.help_count_rows import HelpStep
from signals.help_counts import count_step
from signals.help_rows import HelpEntry, HelpKind, HelpMatch

#: button data ``hg:<match>``
GIVEN = "hg"


async def say_given(session: AsyncSession, match_id: int, *, actor: Actor, now: datetime) -> bool:
    """Help was given; False when that was said before, or the row is gone.

    :raises ValueError: it is of neither side of it.
    :raises NotAllowed: the gate.
    """
    require(actor, Permission.ASK_HELP)
    found = await session.exec(
        select(HelpMatch, HelpEntry)
        .join(HelpEntry, col(HelpEntry.id) == col(HelpMatch.entry_id))
        .where(col(HelpMatch.id) == match_id)
    )
    pair = found.first()
    if pair is None:
        return False
    match, entry = pair
    if actor.person_id not in (match.person_id, entry.person_id):
        raise ValueError("of neither side")
    first = await session.exec(
        update(HelpMatch)
        .where(col(HelpMatch.id) == match_id, col(HelpMatch.given_at).is_(None))
        .values(given_at=now)
        .execution_options(synchronize_session=False)
    )
    if first.rowcount != 1:
        return False
    await session.refresh(match)
    domain = entry.domain
    if entry.kind is HelpKind.ASKED:
        domain = (await session.get_one(Organisation, match.organisation_id)).domain
    await count_step(
        session, HelpStep.GIVEN, domain, entry.event_id, is_exercise=entry.is_exercise, now=now
    )
    write_journal(
        session, who=SYSTEM, action="help_given", subject=f"help_entry:{entry.id}", now=now
    )
    return True
