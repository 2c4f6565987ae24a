"""Every process has the filter of persons at hand, and hears which names are no person."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from contacts.records import Database
from contacts.waiting import wait_for_event
from signals.allowed_names import take_over
from signals.person_filter import screen
from signals.settings import SignalSettings

log = logging.getLogger(__name__)
PACE_S = 20.0
#: any sentence: the filter reads its lists at the first one, which takes a second
WARMING = "Goedemorgen"


async def follow_names(
    db: Database, settings: SignalSettings, stop: asyncio.Event, *, pace_s: float = PACE_S
) -> None:
    """Until the house stops; a store that does not answer is asked again at the next turn.

    Meanwhile the filter reads its own lists, in a thread: at the first text of somebody they would
    hold up what is being sent, however that text comes in.
    """
    warming = asyncio.create_task(asyncio.to_thread(screen, WARMING))
    while not stop.is_set():
        try:
            async with db.read() as session:
                await take_over(session, settings)
        except SQLAlchemyError:
            log.exception("The list of names was not read", extra={"action": "names_not_read"})
        await wait_for_event(stop, pace_s)
    await warming
