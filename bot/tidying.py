"""One round of forgetting: everything that is past its time, each wipe journalled.

What goes and after how long stands in ``docs/privacy.md``, next to the functions named here.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.api.webhook_calls import drop_old_calls
from bot.exercise.forgetting import forget_exercises
from bot.inbox import forget_old
from bot.own_data import erase_who_left
from bot.uploads import forget_uploads
from briefings.learning.freezing import freeze_due
from briefings.learning.polls import forget_polls
from briefings.moments import local_date
from briefings.ticking import drop_calls
from contacts.importing.batches import forget_undo
from contacts.meeting import drop_played_contacts
from contacts.retention import (
    drop_old_call_items,
    drop_old_links,
    wipe_dialogue,
    wipe_words,
)
from feeds.events import drop_old_leads
from signals.feedback import drop_judging
from signals.helping import forget_help
from signals.retention import fold_codes, wipe_notes
from signals.settings import SignalSettings


async def forget_what_is_over(
    session: AsyncSession, settings: SignalSettings, *, now: datetime
) -> None:
    """All of it in the caller's transaction; a round that was missed is made up for by the next."""
    await forget_old(session, now=now)
    await forget_uploads(session, now=now)
    # Before signals become counts: a quarter that is over keeps what it was.
    await freeze_due(session, now=now)
    await wipe_notes(session, settings, now=now)
    await fold_codes(session, now=now)
    await forget_help(session, now=now)
    await wipe_dialogue(session, now=now)
    await wipe_words(session, now=now)
    await drop_old_call_items(session, now=now)
    await drop_old_leads(session, now=now)
    await drop_old_links(session, now=now)
    await drop_judging(session, now=now)
    await drop_old_calls(session, now=now)
    await forget_exercises(session, now=now)
    await drop_played_contacts(session, now=now)
    await forget_undo(session, now=now)
    await forget_polls(session, today=local_date(now), now=now)
    await drop_calls(session, now=now)
    await erase_who_left(session, now=now)
