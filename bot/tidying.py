"""One round of forgetting: everything that is past its time, each wipe journalled.

What goes and after how long stands in ``docs/privacy.md``, next to the functions named here.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.api.webhook_calls import drop_old_calls
from bot.exercise.forgetting import forget_exercises
from bot.inbox import forget_old
from bot.own_data import erase_who_left
from bot.uploads import forget_uploads
from briefings.asked_texts import drop_asked
from briefings.learning.freezing import freeze_due
from briefings.learning.polls import forget_polls
from briefings.learning.survey import forget_surveys
from briefings.links_alive import forget_looks
from briefings.moments import local_date
from briefings.openings import drop_openings
from briefings.overleg.replies import forget_replies
from briefings.ticking import drop_calls
from contacts.directory import ChannelKind
from contacts.importing.batches import forget_undo
from contacts.meeting import drop_played_contacts
from contacts.neighbours import ALL_KINDS
from contacts.records import Database
from contacts.retention import (
    drop_old_call_items,
    drop_old_links,
    wipe_dialogue,
    wipe_words,
)
from contacts.rota_keeping import forget_turns
from feeds.events import drop_old_leads
from signals.feedback import drop_judging
from signals.help_counts import drop_played_help
from signals.helping import forget_help
from signals.peer_groups import forget_groups
from signals.retention import fold_codes, wipe_notes
from signals.settings import SignalSettings

log = logging.getLogger(__name__)


async def freeze_and_forget(
    db: Database, settings: SignalSettings, *, now: datetime,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> Exception | None:  # fmt: skip
    """Keep the quarters that are over, then forget; returns what went wrong with the keeping.

    A quarter that cannot be kept holds up no forgetting: only its signals wait to become counts,
    because they would be gone from its pack. The caller raises what this returns, after its
    other work, so that a person hears of it as of every round that fails.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    fault = None
    try:
        await freeze_due(db, now=now, sends_by=sends_by)
    except Exception as error:
        log.exception("A quarter was not frozen", extra={"action": "quarter_not_frozen"})
        fault = error
    async with db.begin() as session:
        await forget_what_is_over(session, settings, now=now, fold=fault is None)
    return fault


async def forget_what_is_over(
    session: AsyncSession, settings: SignalSettings, *, now: datetime, fold: bool = True
) -> None:
    """All of it in the caller's transaction; a round that was missed is made up for by the next.

    :param fold: False while a quarter that is over could not be kept.
    """
    await forget_old(session, now=now)
    await forget_uploads(session, now=now)
    await wipe_notes(session, settings, now=now)
    if fold:
        await fold_codes(session, now=now)
    await forget_help(session, now=now)
    await forget_groups(session, now=now)
    await drop_played_help(session, now=now)
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
    await forget_surveys(session, now=now)
    await drop_calls(session, now=now)
    await drop_openings(session, now=now)
    await drop_asked(session, now=now)
    await forget_looks(session, now=now)
    await forget_replies(session, now=now)
    await forget_turns(session, now=now)
    await erase_who_left(session, now=now)
