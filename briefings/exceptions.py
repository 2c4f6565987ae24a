"""Exceptions to a rule that blocks: by a second approver, with a reason, for exactly one finding.

The guide lets N1, N2, N4, N5, N6 and N9 be set aside so. Never what the person filter found: that
is about somebody, whatever the reason. An exception is bound to the text as it was read; any edit
of that text ends it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval_rules import is_same
from briefings.blocking import Granted, open_blocks
from briefings.facts import facts_of
from briefings.rows import Briefing, BriefingStatus
from briefings.translations import translations_of
from briefings.versions import texts_of
from briefings.wordings import words_of, writers_of
from briefings.writers import stands
from contacts.directory import Role
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from feeds.rows import Event

REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ExceptionRefused:
    """Nothing was granted: ``not_submitted``, ``changed`` (not what was read), ``not_second``
    (an approver who did not write or hand in), ``not_this`` (no such finding, or one that nobody
    may set aside), ``no_reason``, ``person`` (the reason is about one)."""

    reason: str


async def grant_exception(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    key: str,
    reason: str,
    *,
    expected_hash: str,
    allow: Collection[str],
    now: datetime,
) -> Granted | ExceptionRefused:
    """Set one finding aside, with a reason that the journal keeps.

    :param key: of a :class:`Found`.
    :param expected_hash: of what the approver read, or its beginning.
    :raises NotAllowed: the actor may not approve.
    """
    require(actor, Permission.APPROVE_BRIEFING)
    assert briefing.id is not None
    if briefing.status is not BriefingStatus.SUBMITTED or actor.is_exercise != event.is_exercise:
        return ExceptionRefused("not_submitted")
    if not is_same(expected_hash, briefing.content_hash):
        return ExceptionRefused("changed")
    texts = await texts_of(session, briefing.id)
    found = next((one for one in open_blocks(briefing, texts) if one.key == key), None)
    if found is None or not found.can_be_set_aside:
        return ExceptionRefused("not_this")
    if not await _is_second(session, briefing, actor):
        return ExceptionRefused("not_second")
    refused = judge_reason(reason, allow)
    if refused is not None:
        return refused
    granted = Granted(
        key=key, audience=found.audience.value, code=found.remark.code, where=found.remark.where,
        reason=" ".join(reason.split())[:REASON_LIMIT], by=actor.person_id, at=now.isoformat(),
    )  # fmt: skip
    kept: list[dict[str, Any]] = [*(briefing.exceptions or []), asdict(granted)]
    briefing.exceptions = kept
    session.add(briefing)
    write_journal(
        session, who=actor.who, action="rule_set_aside", subject=f"briefing:{briefing.id}",
        detail={"rule": granted.code, "audience": granted.audience, "reason": granted.reason},
        now=now,
    )  # fmt: skip
    await session.flush()
    return granted


def judge_reason(reason: str, allow: Collection[str]) -> ExceptionRefused | None:
    """The reason not to keep this reason, or None. Pure."""
    from signals.person_filter import screen

    if not reason.strip():
        return ExceptionRefused("no_reason")
    return ExceptionRefused("person") if screen(reason, allow).blocked else None


async def _is_second(session: AsyncSession, briefing: Briefing, actor: Actor) -> bool:
    """An approver who wrote or translated nothing and did not hand in, at every severity."""
    view = await facts_of(session, briefing.event_id)
    words = await words_of(session, briefing.id or 0)
    rows = [row for row in words if stands(row, briefing.kind)]
    translations = await translations_of(session, briefing.id or 0)
    wrote = {briefing.edited_by, briefing.submitted_by, view.block.edited_by, *writers_of(rows)}
    wrote |= {row.entered_by for row in translations}
    return Role.APPROVER in actor.roles and actor.person_id not in wrote
