"""Follows up on what did not reach an organisation: next channel, back-up, the list to call.

The steps stop as soon as anybody of the organisation reacted to the version.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import ColumnElement, and_, false, func, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.attempts import Attempts
from contacts.call_telling import tell_calls
from contacts.calling import (
    About,
    CallReason,
    Spoke,
    add_calls,
    end_needless_calls,
    nobody_spoke,
)
from contacts.directory import Organisation
from contacts.fallback import plan_backup, plan_fallback, same_version
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.messages import URGENT_SEVERITY
from contacts.notices import tell_still_halted
from contacts.outbox import (
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.outdated import HISTORY_AFTER, came_back_late, having_newer
from contacts.overdue import LONGEST_CHAIN, MUST_ARRIVE, is_overdue
from contacts.records import STORE_AWAY, Database, ids_of, set_many
from contacts.settings import SendingSettings
from contacts.verdicts import Fallback

log = logging.getLogger(__name__)

#: so many in one transaction: others who write wait for it
AT_ONCE = 50
#: and so many of those in one round
PORTIONS = 10
STILL_HALTED = "still_halted_told"

Overdue = tuple[Delivery, Message]


async def escalate_due(
    db: Database, settings: SendingSettings, *, now: datetime, spoke: Spoke = nobody_spoke
) -> tuple[int, int]:
    """Take the next step for everybody whose moment has come; returns how many steps that were, and
    how many lines of the list the coördinatoren were told.

    1. No reaction within the patience of the severity: the person's next channel.
    2. No other channel, silent there too, or refused everywhere: the back-up of the
       organisation, once per version.
       What came back a day after it left skips both: as it stands it is for nobody to read.
    3. No back-up, or silent as well: everybody of the organisation who was tried comes on the
       list of people to call, which goes to the coördinatoren in one notice.
    4. A message that was halted so long ago reaches nobody; the coördinatoren hear it again.

    :param spoke: who else counts as having reacted.
    :raises Exception: what went wrong with one of them, after the others.
    """
    attempts = Attempts()
    async with db.begin() as session:
        taken = await end_needless_calls(session, now=now, spoke=spoke)
    due = await _due(db, settings, spoke, now=now)
    for first in range(0, len(due), AT_ONCE):
        portion = due[first : first + AT_ONCE]
        taken += await _take_portion(db, portion, attempts, settings, spoke, now=now)
    async with db.begin() as session:
        told = await tell_calls(session, now=now)
        taken += await _tell_halted(session, settings, now=now)
    attempts.raise_first()
    return taken, told


async def _due(
    db: Database, settings: SendingSettings, spoke: Spoke, *, now: datetime
) -> Sequence[int]:
    """Whose moment has come, as many as one round takes.

    Looked up once and without the write lock: all who did react are passed over, and with many of
    them that takes longer than the steps.
    """
    async with db.read() as session:
        found = await session.exec(
            select(col(Delivery.id))
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(*is_overdue(settings, now=now), ~_spoke(spoke))
            .order_by(col(Delivery.id))
            .limit(AT_ONCE * PORTIONS)
        )
        return [ident for ident in found.all() if ident is not None]


def _spoke(spoke: Spoke) -> ColumnElement[bool]:
    return spoke(col(Delivery.organisation_id), col(Message.event_id), col(Message.briefing_id))


async def _take_portion(
    db: Database, due: Sequence[int], attempts: Attempts, settings: SendingSettings,
    spoke: Spoke, *, now: datetime,
) -> int:  # fmt: skip
    """All of them at once, and one by one where that fails: it is hardly ever about all of them."""
    try:
        async with db.begin() as session:
            return await _take_steps(session, due, settings, spoke, now=now)
    except STORE_AWAY:
        raise
    except Exception:
        log.exception("A portion was not followed up", extra={"action": "portion_failed"})
    taken = 0
    for ident in due:
        alone = partial(_take_steps, due=[ident], settings=settings, spoke=spoke, now=now)
        taken += await attempts.attempt("follow_up", db.begin(), alone) or 0
    return taken


async def _take_steps(
    session: AsyncSession, due: Sequence[int], settings: SendingSettings, spoke: Spoke,
    now: datetime,
) -> int:  # fmt: skip
    """The next step for these, each marked in the same transaction: what is not reached in this
    round is found by the next one. Returns how many.

    Who got something newer of the event is followed up about that: the old text goes nowhere any
    more.
    """
    found = await _overdue(session, due, settings, spoke, now=now)
    passed = await having_newer(session, ids_of(delivery for delivery, _ in found), now=now)
    overdue = [one for one in found if one[0].id not in passed]
    stuck = [one for one in overdue if not await _tried_elsewhere(session, one, now=now)]
    await set_many(
        session, Delivery, ids_of(delivery for delivery, _ in found),
        who=SYSTEM, action="deliveries_escalated", now=now, escalated_at=now,
    )  # fmt: skip
    called = [one for one in stuck if not await _left_to_backup(session, one, now=now)]
    await _list_calls(session, called, now=now)
    return len(overdue)


async def _overdue(
    session: AsyncSession, due: Sequence[int], settings: SendingSettings,
    spoke: Spoke = nobody_spoke, *, now: datetime,
) -> Sequence[Overdue]:  # fmt: skip
    """Those of them for whom it still holds: somebody may have reacted since they were found."""
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.id).in_(due),
            *is_overdue(settings, now=now, by_number=True),
            ~_spoke(spoke),
        )
        .order_by(col(Delivery.id))
        .with_for_update(of=Delivery)  # by their numbers, as everybody takes several
    )
    return [(delivery, message) for delivery, message in found.all()]


async def _tried_elsewhere(session: AsyncSession, one: Overdue, *, now: datetime) -> bool:
    """Another channel of the same person is planned, or still waits for its own answer.

    What came there before this one failed counts too: its reader has the text.
    One that was spared, because the text proved to have arrived, waits for nothing: who tapped
    something else is silent like anybody.
    """
    delivery, message = one
    if came_back_late(delivery, message, now=now):
        return False
    is_there = and_(
        col(Delivery.message_id) == message.id,
        col(Delivery.status) == DeliveryStatus.SENT,
        col(Delivery.escalated_at).is_(None),
        true() if delivery.status is DeliveryStatus.FAILED else false(),
    )
    found = await session.exec(
        select(Delivery.id).where(
            (col(Delivery.fallback_of_id) == delivery.id) | is_there,
            col(Delivery.person_id) == delivery.person_id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) != DeliveryStatus.CANCELLED,
        )
    )
    if found.first() is not None:  # it is followed up by itself
        return True
    planned = await plan_fallback(
        session, delivery, message, Fallback.NEXT, chat=delivery.address, now=now
    )
    return planned is not None


async def _left_to_backup(session: AsyncSession, one: Overdue, *, now: datetime) -> bool:
    """The back-up has it now, or got it and may still react."""
    delivery, message = one
    if delivery.is_backup or came_back_late(delivery, message, now=now):
        return False
    if await plan_backup(session, delivery, message, now=now) is not None:
        return True
    # What failed needs somebody now; who is silent waits for a back-up who had it anyhow.
    own = and_(
        false() if delivery.status is DeliveryStatus.FAILED else true(),
        col(Delivery.person_id) == col(Organisation.backup_person_id),
        col(Delivery.id) != delivery.id,
        col(Delivery.not_before) <= now,
    )
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .join(Organisation, col(Organisation.id) == delivery.organisation_id)
        .where(
            same_version(message),
            col(Delivery.organisation_id) == delivery.organisation_id,
            col(Delivery.is_backup) | own,
            col(Delivery.escalated_at).is_(None),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) != DeliveryStatus.CANCELLED,
        )
        .limit(1)
    )
    return found.first() is not None


async def _list_calls(session: AsyncSession, called: Sequence[Overdue], *, now: datetime) -> None:
    """Put everybody who was tried in these organisations on the list."""
    keyed = sorted(called, key=lambda one: (one[1].briefing_id or 0, one[1].id or 0))
    for _, group in groupby(keyed, key=lambda one: About.of(one[1])):
        overdue = list(group)
        message = overdue[0][1]
        organisations = {d.organisation_id for d, _ in overdue if d.organisation_id is not None}
        people = await _tried(session, message, organisations)
        await add_calls(session, About.of(message), people, now=now)


async def _tried(
    session: AsyncSession, message: Message, organisation_ids: Collection[int]
) -> list[tuple[int, int, CallReason]]:
    """(person, organisation, why) of all whose tries are over."""
    found = await session.exec(
        select(Delivery.person_id, Delivery.organisation_id, Delivery.status)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            same_version(message),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.organisation_id).in_(organisation_ids),
            col(Delivery.person_id).is_not(None),
            col(Delivery.escalated_at).is_not(None),
        )
        # The last of somebody counts: who has it by one channel is silent, whatever else failed.
        .order_by(col(Delivery.status) == DeliveryStatus.SENT, col(Delivery.id))
    )
    return [
        (
            person_id,
            organisation_id,
            CallReason.FAILED if status is DeliveryStatus.FAILED else CallReason.SILENT,
        )
        for person_id, organisation_id, status in found.all()
        if person_id is not None and organisation_id is not None
    ]


async def _tell_halted(session: AsyncSession, settings: SendingSettings, *, now: datetime) -> int:
    found = await session.exec(
        select(Message)
        .where(
            col(Message.status) == MessageStatus.HALTED,
            col(Message.kind).in_(MUST_ARRIVE),
            col(Message.severity) >= URGENT_SEVERITY,
            col(Message.send_at) > now - LONGEST_CHAIN,
            col(Message.send_at) <= now,
        )
        .order_by(col(Message.id))
    )
    halted = {f"message:{message.id}": message for message in found.all()}
    since = await _journalled(session, "message_halted", halted)
    told = await _journalled(session, STILL_HALTED, halted)
    late = {
        subject: halted[subject]
        for subject, at in since.items()
        if _is_late(at, settings.silence(halted[subject].severity) or HISTORY_AFTER, now)
        and (subject not in told or told[subject] < at)
    }
    count = 0
    for is_exercise in (False, True):
        here = [name for name, message in late.items() if message.is_exercise is is_exercise]
        if here and await tell_still_halted(session, len(here), is_exercise=is_exercise, now=now):
            count += len(here)
            for subject in here:
                write_journal(session, who=SYSTEM, action=STILL_HALTED, subject=subject, now=now)
    return count


def _is_late(at: datetime, wait: timedelta, now: datetime) -> bool:
    """Halted so long ago, and not so long that it is history. Pure."""
    return wait <= now - at < wait + HISTORY_AFTER


async def _journalled(
    session: AsyncSession, action: str, subjects: Collection[str]
) -> dict[str, datetime]:
    """When this last happened to each of them."""
    found = await session.exec(
        select(JournalEntry.subject, func.max(col(JournalEntry.at)))
        .where(col(JournalEntry.action) == action, col(JournalEntry.subject).in_(subjects))
        .group_by(col(JournalEntry.subject))
    )
    return dict(found.all())
