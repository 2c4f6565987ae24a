"""Words a part of one text by hand, or lets the fact block speak again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.drafting import draft_briefing
from briefings.lint_rules import lint_rules
from briefings.own_words import (
    WORDING_LIMIT,
    Passage,
    kept,
    new_lines,
    passages,
    strange_places,
    tidy,
)
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText, OwnWording
from briefings.settings import BriefingSettings
from briefings.versions import OPEN, current_briefing, texts_of, waits
from briefings.wordings import is_unsettled, words_of
from contacts.directory import Audience
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from feeds.rows import Event

#: these words would be kept, and another text
CHANGES: Final = "changes"


@dataclass(frozen=True, slots=True)
class WordsRefused:
    """Nothing was kept.

    ``not_open`` (there is no version that can be edited), ``no_part`` (the text has no such
    part), ``empty``, ``too_long``, ``placeholder`` (``%%…%%`` that is not in the standard text),
    ``person``.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A passage on the editor's page: what it says now, and what the fact block says there.

    ``words`` are the own words, also while they wait for a choice; ``is_own`` and
    ``is_unsettled`` say which. ``is_absent``: own words for a part that this text does not have.
    """

    place: str
    words: str
    standard: str
    is_own: bool = False
    is_unsettled: bool = False
    is_absent: bool = False


def can_be_worded(briefing: Briefing | None, *, now: datetime) -> bool:
    """Whether its texts can be written by hand: not sent yet, and no retraction. Pure."""
    if briefing is None or briefing.kind is BriefingKind.RETRACTION:
        return False
    return briefing.status in OPEN or waits(briefing, now=now)


def parts_of(text: BriefingText, rows: Sequence[OwnWording]) -> list[Part]:
    """Everything in a text that can be worded, in reading order. Pure."""
    own = {row.place: row for row in rows if row.audience is text.audience}
    parts = [
        _part(found, own.pop(found.place, None)) for found in passages(text.html, text.telegram)
    ]
    gone = [Part(row.place, row.words, "", is_own=True, is_absent=True) for row in own.values()]
    return [*parts, *gone]


def _part(found: Passage, row: OwnWording | None) -> Part:
    if row is None:
        return Part(found.place, found.words, found.words)
    return Part(found.place, row.words, row.standard, is_own=True, is_unsettled=is_unsettled(row))


async def write_words(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    audience: Audience,
    place: str,
    words: str,
    settings: BriefingSettings,
    *,
    allow: Collection[str],
    now: datetime,
) -> WordsRefused | None:
    """Keep own words for one part of one text; the standard text typed again drops them.

    What is typed passes the person filter before anything is kept, and the language check
    reads it like every other text. A version that was handed in loses that.

    :param place: of a :class:`Part`.
    :param allow: names that are no person (places, institutions).
    :raises NotAllowed: the actor may not edit.
    """
    require(actor, Permission.EDIT_FACTS)
    # Judged first: what is refused, or is there already, takes nothing back from the approvers.
    judged = await foresee_words(
        session, event, actor, audience, place, words, allow=allow, now=now
    )
    if judged is None or isinstance(judged, WordsRefused):
        return judged
    briefing = await _editable(session, event, actor, settings, now=now)
    if briefing is None:
        return WordsRefused("not_open")
    part, row = await _found(session, briefing, audience, place)
    if part is None:
        return WordsRefused("no_part")
    if tidy(words) == tidy(part.standard):
        await _drop(session, briefing, row, actor, audience, now=now)
    else:
        row = row or OwnWording(
            briefing_id=briefing.id or 0, audience=audience, place=place, standard="", words="",
            written_at=now,
        )  # fmt: skip
        row.base = row.standard = part.standard
        row.words, row.written_by, row.written_at = kept(words), actor.person_id, now
        session.add(row)
        await session.flush()
        _note(session, "own_words_written", briefing, actor, audience, now=now)
    await _redraft(session, event, briefing, actor, settings, now=now)
    return None


async def foresee_words(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    audience: Audience,
    place: str,
    words: str,
    *,
    allow: Collection[str],
    now: datetime,
) -> WordsRefused | Literal["changes"] | None:
    """What :func:`write_words` would do, with nothing kept: refuse, change the text, or (None)
    nothing, because they are there already."""
    briefing = await _open_one(session, event, actor, now=now)
    if briefing is None:
        return WordsRefused("not_open")
    part, _ = await _found(session, briefing, audience, place)
    if part is None:
        return WordsRefused("no_part")
    refused = judge_words(words, part.standard, allow)
    if refused is not None:
        return refused
    return None if not part.is_unsettled and tidy(words) == tidy(part.words) else CHANGES


def judge_words(words: str, standard: str, allow: Collection[str]) -> WordsRefused | None:
    """The reason not to keep these words, or None. Pure."""
    if not tidy(words):
        return WordsRefused("empty")
    if len(words) > WORDING_LIMIT:
        return WordsRefused("too_long")
    if strange_places(words, standard):
        return WordsRefused("placeholder")
    from signals.person_filter import screen

    names = [*lint_rules().names.allow, *allow]
    typed = new_lines(words, standard)
    return WordsRefused("person") if any(screen(one, names).blocked for one in typed) else None


async def settle_words(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    audience: Audience,
    place: str,
    choice: Literal["keep", "drop"],
    settings: BriefingSettings,
    *,
    now: datetime,
) -> WordsRefused | None:
    """Choose for own words: they still hold beside the new facts, or the fact block speaks.

    :raises NotAllowed: the actor may not edit.
    """
    require(actor, Permission.EDIT_FACTS)
    briefing = await _editable(session, event, actor, settings, now=now)
    if briefing is None:
        return WordsRefused("not_open")
    _, row = await _found(session, briefing, audience, place)
    if row is None:
        return WordsRefused("no_part")
    if choice == "drop":
        await _drop(session, briefing, row, actor, audience, now=now)
    else:
        # Whoever says that the words still hold answers for them, like whoever wrote them.
        row.base, row.written_by, row.written_at = row.standard, actor.person_id, now
        session.add(row)
        await session.flush()
        _note(session, "own_words_kept", briefing, actor, audience, now=now)
    await _redraft(session, event, briefing, actor, settings, now=now)
    return None


async def _editable(
    session: AsyncSession, event: Event, actor: Actor, settings: BriefingSettings, *, now: datetime
) -> Briefing | None:
    """The open version as a draft; one that was handed in or waits for its moment is voided."""
    briefing = await _open_one(session, event, actor, now=now)
    if briefing is None or briefing.status is BriefingStatus.DRAFT:
        return briefing
    return await _redraft(session, event, briefing, actor, settings, now=now)


async def _open_one(
    session: AsyncSession, event: Event, actor: Actor, *, now: datetime
) -> Briefing | None:
    """The version that this actor can word as it stands, or None."""
    assert event.id is not None
    briefing = await current_briefing(session, event.id)
    if actor.is_exercise != event.is_exercise or not can_be_worded(briefing, now=now):
        return None
    return briefing


async def _redraft(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> Briefing:
    wrote = briefing.edited_by
    drafted = await draft_briefing(
        session,
        event,
        kind=briefing.kind,
        settings=settings,
        editor_id=actor.person_id,
        now=now,
        correction_of=briefing.correction_of_id,
        wrong=briefing.wrong,
        alone=True,
    )
    # Who wrote one text by hand is known by its words; the other texts are still by who they were.
    drafted.edited_by = wrote
    return drafted


async def _found(
    session: AsyncSession, briefing: Briefing, audience: Audience, place: str
) -> tuple[Part | None, OwnWording | None]:
    assert briefing.id is not None
    rows = [r for r in await words_of(session, briefing.id) if r.audience is audience]
    row = next((r for r in rows if r.place == place), None)
    for text in await texts_of(session, briefing.id):
        if text.audience is audience:
            parts = parts_of(text, rows)
            return next((p for p in parts if p.place == place and not p.is_absent), None), row
    return None, row


async def _drop(
    session: AsyncSession,
    briefing: Briefing,
    row: OwnWording | None,
    actor: Actor,
    audience: Audience,
    *,
    now: datetime,
) -> None:
    if row is None:
        return
    await session.delete(row)
    await session.flush()
    _note(session, "own_words_dropped", briefing, actor, audience, now=now)


def _note(
    session: AsyncSession,
    action: str,
    briefing: Briefing,
    actor: Actor,
    audience: Audience,
    *,
    now: datetime,
) -> None:
    write_journal(
        session, who=actor.who, action=action, subject=f"briefing:{briefing.id}",
        detail={"audience": audience.value}, now=now,
    )  # fmt: skip
