"""What readers have in hand and may turn out wrong: a sentence, a word around it, a whole text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import escape
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening import texts
from briefings import texts as texts_of_readers
from briefings.facts import clear_context, facts_of, withdraw_fact
from briefings.open_errors import OpenErrors, open_errors
from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Fact,
    FactBlock,
    FactKind,
    OwnWording,
)
from briefings.settings import BriefingSettings
from briefings.versions import FactsNotOpened, first_with, versions_of, went_out
from briefings.wordings import is_unsettled, take_back_words, words_of
from contacts.permissions import Actor
from feeds.rows import Event

#: a key of own words begins so
BY_HAND = "eigen-"
SHOWN_WORDS = 80
#: parts that fit under one question on a telephone; the newest come first
MOST = 12


class Around(StrEnum):
    """What stands in the texts beside the facts. ``WHOLE``: a template's words, or a number."""

    TITLE = "titel"
    TIE = "band"
    MEANING = "duiding"
    WHOLE = "alles"


@dataclass(frozen=True, slots=True)
class WrongPart:
    """``key``: the number of a fact, ``eigen-`` and that of own words, or a value of
    :class:`Around`. ``first_wrong``: the id of
    the first version that carried it."""

    key: str
    text: str
    first_wrong: int


async def sent_parts(session: AsyncSession, event: Event, *, now: datetime) -> list[WrongPart]:
    """What readers have, or may have, in hand: the newest sentence first, the whole text last."""
    assert event.id is not None
    try:
        view = await facts_of(session, event.id)
    except FactsNotOpened:
        return []
    versions = await versions_of(session, event.id)
    facts = [*view.confirmed, *view.unconfirmed, *view.measures, *view.denied, *view.unknown]
    errors = await open_errors(session, event.id)
    # Taken out for a correction that never went: readers still have it.
    facts += errors.facts if errors else ()
    facts.sort(key=lambda fact: (fact.created_at, fact.id or 0), reverse=True)
    parts = []
    for fact in facts:
        first = first_with(fact.created_at, versions, now=now)
        if first is not None:
            parts.append(WrongPart(str(fact.id), fact.text, first))
    written = await _by_hand(session, versions, errors, now=now)
    return [*parts, *written, *await _around(session, view.block, versions, now=now)]


async def _by_hand(
    session: AsyncSession, versions: list[Briefing], errors: OpenErrors | None, *, now: datetime
) -> list[WrongPart]:
    """Own words of an editor that readers have in hand, each once, the newest first."""
    first: dict[tuple[str, str, str], WrongPart] = {}
    for version in versions:
        if version.id is None or not went_out(version, now=now) or not _stands(version):
            continue
        for row in await words_of(session, version.id):
            is_there = row.taken_back_at is None or (errors and errors.covers(row.taken_back_at))
            if is_there and not is_unsettled(row) and row.standard:
                label = texts.BY_HAND.format(
                    audience=texts_of_readers.AUDIENCES[row.audience],
                    words=cut_at(row.words, SHOWN_WORDS),
                )
                part = WrongPart(f"{BY_HAND}{row.id}", label, version.id)
                first.setdefault((row.audience.value, row.place, row.words), part)
    return list(reversed(first.values()))


def cut_at(words: str, limit: int) -> str:
    """The beginning, on one line. Pure."""
    line = " ".join(words.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


async def _around(
    session: AsyncSession, block: FactBlock, versions: list[Briefing], *, now: datetime
) -> list[WrongPart]:
    standing = [v for v in versions if went_out(v, now=now) and _stands(v)]
    said = await _said(session, standing)
    written = {
        Around.TIE: block.local_tie,
        Around.MEANING: block.meaning,
        Around.TITLE: block.neutral_title,
    }
    parts = []
    for around, words in written.items():
        carrying = [v.id for v in standing if words and str(escape(words)) in said.get(v.id, "")]
        if carrying and carrying[0] is not None:
            label = texts.AROUND[around].format(words=words)
            parts.append(WrongPart(around.value, label, carrying[0]))
    if standing and standing[0].id is not None:
        parts.append(WrongPart(Around.WHOLE.value, texts.AROUND[Around.WHOLE], standing[0].id))
    return parts


def _stands(version: Briefing) -> bool:
    """Whether a version was not put right yet. A retraction says nothing of its own."""
    marked = {BriefingStatus.CORRECTED, BriefingStatus.RETRACTED}
    return version.status not in marked and version.kind is not BriefingKind.RETRACTION


async def _said(session: AsyncSession, versions: list[Briefing]) -> dict[int | None, str]:
    found = await session.exec(
        select(BriefingText).where(
            col(BriefingText.briefing_id).in_([version.id for version in versions])
        )
    )
    said: dict[int | None, str] = {}
    for text in found.all():
        said[text.briefing_id] = said.get(text.briefing_id, "") + text.html
    return said


async def sent_part(
    session: AsyncSession, event: Event, key: str, *, now: datetime
) -> WrongPart | None:
    """That part, if readers have it in hand."""
    parts = await sent_parts(session, event, now=now)
    return next((part for part in parts if part.key == key), None)


async def was_sent(session: AsyncSession, event: Event, fact: Fact, *, now: datetime) -> bool:
    """Whether readers would miss a claim that leaves. What was not known may just go."""
    if fact.kind is FactKind.UNKNOWN:
        return False
    return await sent_part(session, event, str(fact.id), now=now) is not None


async def fact_of(session: AsyncSession, event: Event, key: str) -> Fact | None:
    """The fact that a key names, held until this is done; None when it names something else.

    Held, so that two who press at once take it back once.

    :raises ValueError: the fact is not one of this event, or the key names nothing.
    """
    if key in set(Around):
        await session.exec(
            select(FactBlock).where(col(FactBlock.event_id) == event.id).with_for_update()
        )
        return None
    if key.startswith(BY_HAND):
        await session.get(OwnWording, int(key.removeprefix(BY_HAND)), with_for_update=True)
        return None
    fact = await session.get(Fact, int(key), with_for_update=True)
    if fact is None or fact.event_id != event.id:
        raise ValueError("no such fact")
    return fact


async def take_out(
    session: AsyncSession,
    event: Event,
    key: str,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> None:
    """Out of the fact block, so that no next text carries it. A whole text holds no part."""
    assert event.id is not None
    if key == Around.WHOLE:
        return
    if key.startswith(BY_HAND):
        number = int(key.removeprefix(BY_HAND))
        await take_back_words(session, event.id, number, who=actor.who, now=now)
        return
    if key in set(Around):
        await clear_context(
            session, event, settings, tie=key == Around.TIE, meaning=key == Around.MEANING,
            title=key == Around.TITLE, editor_id=actor.person_id, now=now,
        )  # fmt: skip
        return
    await withdraw_fact(session, int(key), editor_id=actor.person_id, now=now)
