"""Hand in, send back, approve, withdraw: nothing leaves without a named person's approval.

The approval binds a hash of exactly what will be sent, and of who is on the list for it; it goes
by the channels that work then. In the transaction that approves, the messages and their
deliveries are written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import moments
from briefings.approval_rules import (
    ApprovalRefused,
    SubmitRefused,
    judge_approval,
    needs_release,
)
from briefings.asked_texts import forget_asked, keep_asked
from briefings.audience import RecipientPlan
from briefings.blocking import open_blocks
from briefings.closing import unheard
from briefings.counting import overview_of
from briefings.distribution import distribute, post_version
from briefings.drafting import draft_briefing
from briefings.facts import facts_of, withdraw_fact
from briefings.handing_in import Submitted, bound, counts, hand_in, seal_of, submit
from briefings.openings import forget_openings
from briefings.plausibility import look_over, tally
from briefings.rows import (
    BRIEFING_MOVES,
    Briefing,
    BriefingKind,
    BriefingStatus,
    covered,
)
from briefings.settings import BriefingSettings
from briefings.splitting import hold_rest, is_part
from briefings.timetable import NO_PROMISE
from briefings.versions import drop
from briefings.writers import read_writers
from contacts.calling import About, CallReason, add_calls
from contacts.directory import Audience
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from contacts.records import move
from feeds.rows import Event

__all__ = [
    "ApprovalRefused",
    "Approved",
    "SubmitRefused",
    "Submitted",
    "approve",
    "retract",
    "send_back",
    "submit",
    "withdraw",
]

REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Approved:
    """Approved: this many deliveries are planned, this many people have no channel."""

    deliveries: int
    unreachable: int


def _under_grip(briefing: Briefing, event: Event, settings: BriefingSettings) -> dict[str, Any]:
    if not event.grip:
        return {}
    return {"grip": event.grip, "released": needs_release(briefing, event, settings)}


async def send_back(
    session: AsyncSession, briefing: Briefing, actor: Actor, reason: str, *, now: datetime
) -> None:
    """Return a version to its writers with a remark.

    :raises NotAllowed: the actor may not approve, so may not send back either.
    :raises IllegalMove: it was not handed in.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    asked_at = briefing.submitted_at
    await move(
        session,
        BRIEFING_MOVES,
        briefing,
        BriefingStatus.DRAFT,
        who=actor.who,
        action="briefing_sent_back",
        now=now,
        sent_back_reason=reason.strip()[:REASON_LIMIT],
        content_hash=None,
        submitted_by=None,
        submitted_at=None,
    )
    await keep_asked(session, briefing, asked_at)


async def approve(
    session: AsyncSession,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    expected_hash: str,
    now: datetime,
    send_at: datetime | None = None,
    is_released: bool = False,
    audiences: Collection[Audience] | None = None,
) -> Approved | ApprovalRefused:
    """Approve what was handed in and plan its messages, or say why not.

    A part of the texts can be approved; the others stay waiting, as a version of their own.

    :param expected_hash: of what the approver read, or its first 12 characters or more.
    :param send_at: later than now; None sends at once.
    :param is_released: the approver says that the crisis communication released this.
    :param audiences: whose texts; None is all of this version.
    :raises NotAllowed: the actor may not approve.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    # Two approvers at once: the second one waits here, and sees what the first one did.
    await session.refresh(briefing, with_for_update=True)
    event = await session.get_one(Event, briefing.event_id)
    view = await facts_of(session, briefing.event_id)
    texts, plan = await bound(session, event, briefing)
    part = is_part(briefing, {text.audience for text in texts}, audiences)
    if part is None:
        return ApprovalRefused("not_in_parts")
    chosen = covered(briefing) if audiences is None else audiences
    later = send_at if send_at is not None and send_at > now else None
    refused = judge_approval(
        briefing,
        event,
        actor,
        settings,
        writers=(await read_writers(session, briefing)).of(chosen),
        expected_hash=expected_hash,
        actual_hash=await seal_of(session, event, briefing, texts, plan),
        recipients=sum(planned.audience in chosen for planned in plan.recipients),
        next_update_at=briefing.meets_at or view.block.next_update_at,
        facts_version=view.block.version,
        leaves_at=later or now,
        today=moments.local_date(now),
        is_released=is_released,
        blocked=bool(open_blocks(briefing, [text for text in texts if text.audience in chosen])),
        unheard=await unheard(session, briefing),
    )
    if refused is not None:
        return refused
    await forget_openings(session, briefing.event_id, chosen)
    await forget_asked(session, briefing.event_id, chosen)
    if part:
        await hold_rest(session, event, briefing, chosen, actor, now=now)
    promises = briefing.kind not in NO_PROMISE
    briefing.promised_at = view.block.next_update_at if promises else None
    return await _plan_messages(session, event, briefing, actor, settings, later, now=now)


async def _plan_messages(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    later: datetime | None,
    *,
    now: datetime,
) -> Approved:
    """Approved: in this transaction its messages and deliveries are written."""
    texts, plan = await bound(session, event, briefing)
    noticed = await look_over(
        session, event, briefing, await overview_of(session, plan), now=later or now
    )
    await move(
        session,
        BRIEFING_MOVES,
        briefing,
        BriefingStatus.APPROVED,
        who=actor.who,
        action="briefing_approved",
        now=now,
        detail={
            **counts(plan),
            "noticed": tally(noticed),
            **_under_grip(briefing, event, settings),
        },
        approved_by=actor.person_id,
        approved_at=now,
        send_at=later,
        promised_at=briefing.promised_at,
    )
    planned = await post_version(session, event, briefing, texts, plan, settings, now=now)
    await _list_unreachable(session, briefing, plan, now=later or now)
    if later is None:
        await distribute(session, event, briefing, now=now)
    return Approved(
        deliveries=sum(planned.values()),
        unreachable=len(plan.unreachable),
    )


async def _list_unreachable(
    session: AsyncSession, briefing: Briefing, plan: RecipientPlan, *, now: datetime
) -> None:
    about = About(briefing.event_id, briefing.id, None, briefing.is_exercise)
    missed = [(one.id, one.organisation_id, CallReason.NO_CHANNEL) for one in plan.unreachable]
    await add_calls(session, about, missed, now=now)


async def retract(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    wrong: str,
    now: datetime,
    version: int | None = None,
    fact_ids: Collection[int] = (),
    bare: bool = False,
) -> Approved | ApprovalRefused | SubmitRefused:
    """Take back at once what is wrong and harmful, on one approver's word.

    The sentences ``fact_ids`` leave the fact block, the retraction is drafted, handed in and
    approved in one go; the journal says that a second reader has to look afterwards.

    :param version: id of the version that was wrong; by default the newest that was sent.
    :param bare: the whole text was wrong: nothing of it is repeated.
    :raises NotAllowed: the actor may not approve.
    :raises NothingToCorrect: nothing was sent.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    for fact_id in fact_ids:
        await withdraw_fact(session, fact_id, editor_id=actor.person_id, now=now)
    briefing = await draft_briefing(
        session,
        event,
        kind=BriefingKind.RETRACTION,
        settings=settings,
        editor_id=actor.person_id,
        now=now,
        correction_of=version,
        wrong=wrong,
        bare=bare,
    )
    submitted = await hand_in(session, briefing, actor, settings, now=now)
    if isinstance(submitted, SubmitRefused):
        return submitted
    write_journal(
        session,
        who=actor.who,
        action="four_eyes_afterwards",
        subject=f"briefing:{briefing.id}",
        now=now,
    )
    return await approve(
        session, briefing, actor, settings, expected_hash=submitted.content_hash, now=now
    )


async def withdraw(
    session: AsyncSession, briefing: Briefing, actor: Actor, *, now: datetime
) -> None:
    """Drop a version that did not go out; messages that wait for their moment are cancelled.

    :raises NotAllowed: the actor may not hand in, so may not withdraw either.
    :raises IllegalMove: it went out already.
    """
    require(actor, Permission.SUBMIT_BRIEFING)
    await drop(session, briefing, who=actor.who, action="briefing_withdrawn", now=now)
