"""One round of forgetting: everything that is past its time, each wipe journalled.

What goes and after how long stands in ``docs/privacy.md``, next to the functions named here.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

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
from contacts.attempts import Attempts
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
Wipe = Callable[[AsyncSession], Awaitable[object]]


async def freeze_and_forget(
    db: Database, settings: SignalSettings, *, now: datetime,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> Attempts:  # fmt: skip
    """Keep the quarters that are over, then forget, each wipe in a transaction of its own; returns
    what went wrong with any of them.

    A quarter that cannot be kept holds up no forgetting: only its signals wait to become counts,
    because they would be gone from its pack. Nor does one wipe hold up another. The caller raises
    what this returns, after its other work, so that a person hears of it as of every round that
    fails.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    attempts = Attempts()
    try:
        await freeze_due(db, now=now, sends_by=sends_by)
    except Exception as error:
        log.exception("A quarter was not frozen", extra={"action": "quarter_not_frozen"})
        attempts.faults.append(error)
    for name, wipe in wipes(settings, now=now, fold=not attempts.faults).items():
        await attempts.attempt(name, db.begin(), wipe)
    return attempts


def wipes(settings: SignalSettings, *, now: datetime, fold: bool) -> Mapping[str, Wipe]:
    """What is forgotten, by a name for the log, in this order.

    :param fold: False while a quarter that is over could not be kept.
    """
    plain: tuple[Callable[..., Awaitable[object]], ...] = (
        forget_old, forget_uploads, partial(wipe_notes, settings=settings),
        *([fold_codes] if fold else []), forget_help, forget_groups, drop_played_help,
        wipe_dialogue, wipe_words, drop_old_call_items, drop_old_leads, drop_old_links,
        drop_judging, drop_old_calls, forget_exercises, drop_played_contacts, forget_undo,
        partial(forget_polls, today=local_date(now)), forget_surveys, drop_calls, drop_openings,
        drop_asked, forget_looks, forget_replies, forget_turns, erase_who_left,
    )  # fmt: skip
    return {_name(wipe): partial(wipe, now=now) for wipe in plain}


def _name(wipe: Any) -> str:
    return str(getattr(wipe, "func", wipe).__name__)


async def forget_what_is_over(
    session: AsyncSession, settings: SignalSettings, *, now: datetime, fold: bool = True
) -> None:
    """All of it in the caller's transaction; a round that was missed is made up for by the next.

    :param fold: as of :func:`wipes`.
    """
    for wipe in wipes(settings, now=now, fold=fold).values():
        await wipe(session)
