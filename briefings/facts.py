"""The fact block of an event: edited once, the source of every text.

Every edit counts the block's version up and voids a version that was handed in; the caller
drafts the texts again (:func:`briefings.drafting.draft_briefing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import moments
from briefings.event_kinds import kind_of
from briefings.event_titles import own_title
from briefings.fact_rules import FactRefused, Statement, judge, judge_public_words, tidy
from briefings.fact_view import FactView
from briefings.rows import Fact, FactBlock, FactKind
from briefings.settings import BriefingSettings
from briefings.versions import FactsNotOpened, editor, void_submission
from contacts.journal import write_journal
from feeds.rows import Event

__all__ = [
    "FactRefused",
    "FactView",
    "add_fact",
    "clear_context",
    "facts_of",
    "open_facts",
    "renew_promise",
    "set_context",
    "set_next_update",
    "withdraw_fact",
]


async def open_facts(
    session: AsyncSession,
    event: Event,
    settings: BriefingSettings,
    *,
    editor_id: int | None,
    now: datetime,
) -> FactBlock:
    """The event's fact block, made with its standing unknowns if it was not there yet."""
    assert event.id is not None
    existing = await _block(session, event.id)
    if existing is not None:
        return existing
    block = FactBlock(
        event_id=event.id,
        neutral_title=await own_title(session, event, settings.city),
        as_of=now,
        # The first text may leave as late as that; what it promises comes after it.
        next_update_at=moments.default_next_update(
            settings, now=max(now, event.send_before or now)
        ),
        edited_by=editor_id,
        edited_at=now,
    )
    session.add(block)
    for text in kind_of(event.type).unknown:
        session.add(Fact(event_id=event.id, kind=FactKind.UNKNOWN, text=text, created_at=now))
    await session.flush()
    _journal(session, "facts_opened", block, editor_id, now)
    return block


async def last_editor(session: AsyncSession, event_id: int) -> int | None:
    """Who changed the facts last; None before there are any."""
    block = await _block(session, event_id)
    return block.edited_by if block is not None else None


#: texts, pages and chats ask these time and again, so they are made once
_BLOCK = select(FactBlock).where(col(FactBlock.event_id) == bindparam("of_event"))
_FACTS = (
    select(Fact)
    .where(col(Fact.event_id) == bindparam("of_event"), col(Fact.withdrawn_at).is_(None))
    .order_by(col(Fact.id))
)


async def facts_of(session: AsyncSession, event_id: int) -> FactView:
    """The block and what still holds.

    :raises FactsNotOpened: the event has no fact block yet.
    """
    block = await _need_block(session, event_id)
    found = await session.exec(_FACTS, params={"of_event": event_id})
    by_kind: dict[FactKind, list[Fact]] = {kind: [] for kind in FactKind}
    for fact in found.all():
        by_kind[fact.kind].append(fact)
    return FactView(
        block=block,
        confirmed=tuple(by_kind[FactKind.CONFIRMED]),
        unconfirmed=tuple(by_kind[FactKind.UNCONFIRMED]),
        unknown=tuple(by_kind[FactKind.UNKNOWN]),
        denied=tuple(by_kind[FactKind.DENIED]),
        measures=tuple(by_kind[FactKind.MEASURE]),
    )


async def add_fact(
    session: AsyncSession,
    event_id: int,
    *,
    kind: FactKind,
    text: str,
    source_name: str = "",
    source_at: datetime | None = None,
    source_link: str | None = None,
    measure: Mapping[str, Any] | None = None,
    editor_id: int | None,
    now: datetime,
    allow: Collection[str] = (),
) -> Fact | FactRefused:
    """Store a sentence, or say why not; a refused sentence leaves no trace.

    The same sentence of the same kind is stored once.

    :param measure: for a measure ``for_whom, where, from_, until, decided_by, applies``
        (``ja`` or ``nee``); ``audiences`` (list of Audience values) may narrow for whom it
        applies.
    :param allow: names that are no person (places, institutions).
    :raises FactsNotOpened: the event has no fact block yet.
    """
    await _need_block(session, event_id)
    line, source = tidy(text), " ".join(source_name.split())
    refused = judge(Statement(kind, line, source, source_at, measure), allow=allow, now=now)
    if refused is not None:
        return refused
    same = await _same_fact(session, event_id, kind, line)
    if same is not None:
        return same
    fact = Fact(
        event_id=event_id,
        kind=kind,
        text=line,
        source_name=source[:120],
        source_at=source_at,
        source_link=(source_link or None) and source_link[:1000],
        measure=dict(measure) if measure is not None else None,
        created_at=now,
        created_by=editor_id,
    )
    session.add(fact)
    await session.flush()
    await _edited(
        session,
        event_id,
        "fact_added",
        editor_id,
        now,
        detail={"kind": kind.value},
    )
    return fact


async def withdraw_fact(
    session: AsyncSession, fact_id: int, *, editor_id: int | None, now: datetime
) -> None:
    """Take a sentence out of the block; it is kept as history. Twice is once.

    :raises sqlalchemy.exc.NoResultFound: there is no such fact.
    """
    fact = await session.get_one(Fact, fact_id)
    if fact.withdrawn_at is not None:
        return
    fact.withdrawn_at = now
    session.add(fact)
    await session.flush()
    await _edited(
        session, fact.event_id, "fact_withdrawn", editor_id, now, detail={"fact": fact_id}
    )


async def set_next_update(
    session: AsyncSession, event_id: int, at: datetime, *, editor_id: int | None, now: datetime
) -> None:
    """Promise the next update at another moment (aware)."""
    await _need_block(session, event_id)
    await _edited(session, event_id, "next_update_set", editor_id, now, next_update_at=at)


async def renew_promise(
    session: AsyncSession,
    event_id: int,
    settings: BriefingSettings,
    *,
    editor_id: int | None,
    now: datetime,
) -> None:
    """Promise the next usual moment when the promised one is here or gone.

    :raises FactsNotOpened: the event has no fact block yet.
    """
    block = await _need_block(session, event_id)
    if block.next_update_at < now + moments.SOONEST:
        at = moments.default_next_update(settings, now=now)
        await set_next_update(session, event_id, at, editor_id=editor_id, now=now)


async def set_context(
    session: AsyncSession,
    event_id: int,
    *,
    editor_id: int | None,
    now: datetime,
    neutral_title: str | None = None,
    local_tie: str | None = None,
    meaning: str | None = None,
    meaning_speaker: str | None = None,
    allow: Collection[str] = (),
) -> FactRefused | None:
    """Fill in title, local tie or the public words of somebody in office (by function).

    Only what is given changes. Screened like a fact: persons and block rules are refused.
    Public words are at most two sentences and never stand without who said them.
    """
    block = await _need_block(session, event_id)
    given = {
        "neutral_title": neutral_title,
        "local_tie": local_tie,
        "meaning": meaning,
        "meaning_speaker": meaning_speaker,
    }
    values: dict[str, Any] = {
        name: " ".join(text.split()) for name, text in given.items() if text is not None
    }
    for line in filter(None, values.values()):
        statement = Statement(FactKind.UNKNOWN, line)
        refused = judge(statement, allow=allow, now=now)
        if refused is not None:
            return refused
    said = values.get("meaning", block.meaning)
    refused = judge_public_words(said, values.get("meaning_speaker", block.meaning_speaker))
    if refused is not None:
        return refused
    await _edited(session, event_id, "context_set", editor_id, now, **values)
    return None


async def clear_context(
    session: AsyncSession,
    event: Event,
    settings: BriefingSettings,
    *,
    title: bool = False,
    tie: bool = False,
    meaning: bool = False,
    editor_id: int | None,
    now: datetime,
) -> None:
    """Take words around the facts out again; a title becomes the machine's own."""
    assert event.id is not None
    values: dict[str, Any] = {}
    if title:
        values["neutral_title"] = await own_title(session, event, settings.city)
    if tie:
        values["local_tie"] = None
    if meaning:
        values |= {"meaning": None, "meaning_speaker": None}
    await _edited(session, event.id, "context_cleared", editor_id, now, **values)


async def _block(session: AsyncSession, event_id: int) -> FactBlock | None:
    found = await session.exec(_BLOCK, params={"of_event": event_id})
    return found.first()


async def _need_block(session: AsyncSession, event_id: int) -> FactBlock:
    block = await _block(session, event_id)
    if block is None:
        raise FactsNotOpened(f"event {event_id}")
    return block


async def _same_fact(
    session: AsyncSession, event_id: int, kind: FactKind, text: str
) -> Fact | None:
    found = await session.exec(
        select(Fact).where(
            col(Fact.event_id) == event_id,
            col(Fact.kind) == kind,
            col(Fact.text) == text,
            col(Fact.withdrawn_at).is_(None),
        )
    )
    return found.first()


async def _edited(
    session: AsyncSession,
    event_id: int,
    action: str,
    editor_id: int | None,
    now: datetime,
    *,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> None:
    """Count the block up, journal the edit, void what was handed in.

    Counting happens in the statement, so two editors at once are two versions.
    """
    block = await _need_block(session, event_id)
    await session.exec(
        update(FactBlock)
        .where(col(FactBlock.id) == block.id)
        .values(
            version=FactBlock.version + 1,
            as_of=max(block.as_of, now),
            edited_by=editor_id,
            edited_at=now,
            **values,
        )
        .execution_options(synchronize_session=False)
    )
    await session.refresh(block)
    _journal(session, action, block, editor_id, now, detail)
    await void_submission(session, event_id, editor_id=editor_id, now=now)


def _journal(
    session: AsyncSession,
    action: str,
    block: FactBlock,
    editor_id: int | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    write_journal(
        session,
        who=editor(editor_id),
        action=action,
        subject=f"event:{block.event_id}",
        detail={"facts_version": block.version, **(detail or {})},
        now=now,
    )
