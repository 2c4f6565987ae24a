"""Approves some texts of a version and leaves the rest waiting, as a version of its own.

What is approved can be sent at once. The rest keeps who wrote it and who handed it in, waits for
its own approval, and goes to exactly the readers who got nothing yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.handing_in import bound, seal_of
from briefings.rows import CAN_SPLIT, Briefing, BriefingText, OwnWording, Translation
from briefings.translations import translations_of
from briefings.versions import texts_of
from briefings.wordings import words_of
from contacts.directory import Audience
from contacts.journal import write_journal
from contacts.permissions import Actor
from feeds.rows import Event


def is_part(
    briefing: Briefing, there: Collection[Audience], chosen: Collection[Audience] | None
) -> bool | None:
    """Whether ``chosen`` is a real part of the texts; None when it cannot be chosen. Pure."""
    if chosen is None or set(chosen) == set(there):
        return False
    if not chosen or not set(chosen) < set(there) or briefing.kind not in CAN_SPLIT:
        return None
    return True


async def hold_rest(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    chosen: Collection[Audience],
    actor: Actor,
    *,
    now: datetime,
) -> Briefing:
    """Move every text that is not ``chosen`` to a version that stays handed in.

    ``briefing`` keeps the chosen ones; both are bound anew to their texts and readers.
    """
    assert briefing.id is not None
    texts = await texts_of(session, briefing.id)
    held = [text for text in texts if text.audience not in chosen]
    rest = await _rest_of(session, briefing, held, now=now)
    await _move_texts(session, briefing, rest, held)
    briefing.audiences = _values(text.audience for text in texts if text.audience in chosen)
    session.add(briefing)
    await session.flush()
    for version in (briefing, rest):
        version.content_hash = await _bound(session, event, version)
        session.add(version)
    write_journal(
        session, who=actor.who, action="texts_held_back", subject=f"briefing:{rest.id}",
        detail={"audiences": ", ".join(rest.audiences or ()), "of": briefing.id}, now=now,
    )  # fmt: skip
    await session.flush()
    return rest


async def _rest_of(
    session: AsyncSession, briefing: Briefing, held: Collection[BriefingText], *, now: datetime
) -> Briefing:
    newest = await session.exec(
        select(func.max(Briefing.version)).where(col(Briefing.event_id) == briefing.event_id)
    )
    rest = Briefing(
        event_id=briefing.event_id,
        version=(newest.one() or briefing.version) + 1,
        kind=briefing.kind,
        status=briefing.status,
        facts_version=briefing.facts_version,
        edited_by=briefing.edited_by,
        edited_at=briefing.edited_at,
        created_at=now,
        submitted_by=briefing.submitted_by,
        submitted_at=briefing.submitted_at,
        told_as=briefing.told_as,
        audiences=_values(text.audience for text in held),
        exceptions=briefing.exceptions,
        is_exercise=briefing.is_exercise,
    )
    session.add(rest)
    await session.flush()
    return rest


async def _move_texts(
    session: AsyncSession, briefing: Briefing, rest: Briefing, held: Collection[BriefingText]
) -> None:
    assert rest.id is not None
    audiences = {text.audience for text in held}
    beside: list[OwnWording | Translation] = [
        *await words_of(session, briefing.id or 0),
        *await translations_of(session, briefing.id or 0),
    ]
    rows: list[BriefingText | OwnWording | Translation] = [
        *held,
        *(row for row in beside if row.audience in audiences),
    ]
    for row in rows:
        row.briefing_id = rest.id
    session.add_all(rows)
    await session.flush()


async def _bound(session: AsyncSession, event: Event, version: Briefing) -> str:
    return await seal_of(session, event, version, *await bound(session, event, version))


def _values(audiences: Iterable[Audience]) -> list[str]:
    return [audience.value for audience in audiences]
