"""Hand a version in for approval: its texts and its readers are bound by one hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval_rules import (
    SubmitRefused,
    content_hash,
    judge_submission,
    lacks_facts,
)
from briefings.audience import RecipientPlan, listed_for, plan_version
from briefings.closing import unheard
from briefings.fact_view import FactView
from briefings.facts import facts_of
from briefings.rows import BRIEFING_MOVES, Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.settings import BriefingSettings
from briefings.translations import read_translations
from briefings.versions import begun_at, texts_of, versions_of
from contacts.journal import JournalEntry, write_journal
from contacts.permissions import Actor, Permission, require
from contacts.records import move
from feeds.rows import Event


@dataclass(frozen=True, slots=True)
class Submitted:
    """Handed in: what the approver must see, and to how many it goes."""

    content_hash: str
    recipients: int
    unreachable: int


async def submit(
    session: AsyncSession,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
    is_knowing: bool = False,
    asks_exception: bool = False,
) -> Submitted | SubmitRefused:
    """Hand a draft in for approval and bind its hash.

    :param is_knowing: the actor was asked whether to go on without a confirmed fact.
    :param asks_exception: a rule blocks it; a second approver is asked to set that aside.
    :raises NotAllowed: the actor may not hand in.
    """
    require(actor, Permission.SUBMIT_BRIEFING)
    return await hand_in(
        session, briefing, actor, settings,
        now=now, is_knowing=is_knowing, asks_exception=asks_exception,
    )  # fmt: skip


async def hand_in(
    session: AsyncSession,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
    is_knowing: bool = False,
    asks_exception: bool = False,
) -> Submitted | SubmitRefused:
    """As :func:`submit`, for who was let through the gate already: a retraction is handed in by
    the approver who takes the text back."""
    event = await session.get_one(Event, briefing.event_id)
    view = await facts_of(session, briefing.event_id)
    texts, plan = await bound(session, event, briefing)
    refused = judge_submission(
        briefing,
        event,
        actor,
        texts,
        settings=settings,
        facts_version=view.block.version,
        confirmed=len(view.confirmed),
        is_knowing=is_knowing,
        next_update_at=briefing.meets_at or view.block.next_update_at,
        recipients=len(plan.recipients),
        now=now,
        asks_exception=asks_exception,
        says_right=await _says_right(session, briefing, view),
        unheard=await unheard(session, briefing),
    )
    if refused is not None:
        return refused
    seal = await seal_of(session, event, briefing, texts, plan)
    bare = lacks_facts(briefing, event, settings, confirmed=len(view.confirmed))
    await move(
        session,
        BRIEFING_MOVES,
        briefing,
        BriefingStatus.SUBMITTED,
        who=actor.who,
        action="briefing_submitted",
        now=now,
        detail={**counts(plan), **({"without_facts": True} if bare else {})},
        content_hash=seal,
        submitted_by=actor.person_id,
        submitted_at=now,
        sent_back_reason=None,
    )
    return Submitted(seal, len(plan.recipients), len(plan.unreachable))


async def _says_right(session: AsyncSession, briefing: Briefing, view: FactView) -> bool:
    """Whether a correction holds a sentence of after it was begun; others: always."""
    if briefing.kind is not BriefingKind.CORRECTION or briefing.correction_of_id is None:
        return True
    begun = begun_at(briefing, await versions_of(session, briefing.event_id))
    return any(fact.created_at > begun for fact in (*view.confirmed, *view.denied))


def counts(plan: RecipientPlan) -> dict[str, int]:
    return {"recipients": len(plan.recipients), "unreachable": len(plan.unreachable)}


async def bound(
    session: AsyncSession, event: Event, briefing: Briefing
) -> tuple[list[BriefingText], RecipientPlan]:
    """The texts, and who gets them as it is now."""
    assert briefing.id is not None
    texts = await texts_of(session, briefing.id)
    return texts, await plan_version(session, event, briefing)


async def seal_of(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    texts: list[BriefingText],
    plan: RecipientPlan,
) -> str:
    """The hash of a version as it is now; ``texts`` and ``plan`` as of :func:`bound`."""
    listed = await listed_for(session, event, briefing, plan)
    return content_hash(texts, listed, await read_translations(session, texts))


#: in the journal: who gets it, or who can be reached, kept a version from being approved
STALLED = "approval_stalled"


async def bind_anew(
    session: AsyncSession, event: Event, briefing: Briefing, actor: Actor, *, now: datetime
) -> bool:
    """Ask for approval of the same texts for who is on the list now; False when that was what was
    asked, and is known to have been in the way already.

    :raises NotAllowed: the actor may not approve.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    texts, plan = await bound(session, event, briefing)
    seal = await seal_of(session, event, briefing, texts, plan)
    if seal == briefing.content_hash and await _is_known(session, briefing):
        return False
    briefing.content_hash = seal
    session.add(briefing)
    write_journal(
        session, who=actor.who, action=STALLED, subject=f"briefing:{briefing.id}",
        detail=dict(counts(plan)), now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def _is_known(session: AsyncSession, briefing: Briefing) -> bool:
    found = await session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.subject) == f"briefing:{briefing.id}",
            col(JournalEntry.action) == STALLED,
            col(JournalEntry.at) >= briefing.submitted_at,
        )
        .limit(1)
    )
    return found.first() is not None
