"""Every process hears what the desk put on the list of names that are no person."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from contacts.records import Database
from signals.allowed_names import take_over
from signals.settings import SignalSettings

log = logging.getLogger(__name__)
PACE_S = 20.0


async def follow_names(
    db: Database, settings: SignalSettings, stop: asyncio.Event, *, pace_s: float = PACE_S
) -> None:
    """Until the house stops; a store that does not answer is asked again at the next turn."""
    while not stop.is_set():
        try:
            async with db.read() as session:
                await take_over(session, settings)
        except SQLAlchemyError:
            log.exception("The list of names was not read", extra={"action": "names_not_read"})
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pace_s)
