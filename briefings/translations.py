"""Translations of a version: by a person, typed or from a file, never by the machine.

Each says by which role it was made and when. It goes out only while it is up to date; else its
readers get the Dutch text, with a line that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing, BriefingText, Translation
from briefings.texts import AS_NEIGHBOUR
from briefings.translating import (
    DUTCH,
    READY,
    Forms,
    adds_place,
    beside,
    fits,
    kept,
    missing_in,
    segments_of,
    translated,
)
from briefings.versions import OPEN, texts_of, void_submission
from contacts.directory import Audience, Person
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from contacts.records import read_columns
from feeds.rows import Event

#: what a translation may not add: these are told apart in every language
_TRACES = frozenset({"TEL", "EMAIL", "URL", "HANDLE", "BSN", "IBAN", "KENTEKEN", "GEBDATUM"})
ROLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class TranslationRefused:
    """Nothing was kept: ``not_open``, ``no_text`` (no such text, or one that is not translated),
    ``language``, ``no_role``, ``in_future`` (made later than today), ``person`` (the role, or a
    number or address that the Dutch text does not have), ``nothing``, ``place`` (a personal
    placeholder that the Dutch text does not have)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept. ``missing``: segments that still need words; ``odd``: those whose marks do not fit."""

    missing: int
    odd: int


Readings = Mapping[tuple[Audience, str], Forms]


#: made once: pages and chats ask it of each version they show
_OF_VERSION = (
    select(Translation)
    .where(col(Translation.briefing_id) == bindparam("of_version"))
    .order_by(col(Translation.id))
)


async def translations_of(session: AsyncSession, briefing_id: int) -> list[Translation]:
    """Every translation of a version, up to date or not."""
    found = await session.exec(_OF_VERSION, params={"of_version": briefing_id})
    return list(found.all())


def is_fresh(text: BriefingText, row: Translation) -> bool:
    """Whether every segment of the Dutch text has its words. Pure."""
    return not missing_in(text, row.segments)


def fresh_forms(texts: Sequence[BriefingText], rows: Sequence[Translation]) -> Readings:
    """The translations that may go out, by audience and language. Pure."""
    by_audience = {text.audience: text for text in texts}
    return {
        (row.audience, row.language): translated(
            by_audience[row.audience], row.language, row.segments
        )
        for row in rows
        if row.audience in by_audience and is_fresh(by_audience[row.audience], row)
    }


def stale_languages(
    texts: Sequence[BriefingText], rows: Sequence[Translation]
) -> frozenset[tuple[Audience, str]]:
    """Translations that wait for a translator: their readers get the Dutch text. Pure."""
    by_audience = {text.audience: text for text in texts}
    return frozenset(
        (row.audience, row.language)
        for row in rows
        if row.audience in by_audience and not is_fresh(by_audience[row.audience], row)
    )


def bound_forms(readings: Readings) -> list[list[str]]:
    """What the approval binds beside the Dutch texts. Pure."""
    return sorted(
        [
            audience.value,
            language,
            forms.subject,
            forms.telegram,
            forms.html,
            forms.plain,
            *([forms.as_neighbour] if forms.as_neighbour != AS_NEIGHBOUR else []),
        ]
        for (audience, language), forms in readings.items()
    )


async def read_translations(session: AsyncSession, texts: Sequence[BriefingText]) -> Readings:
    """The translations of these texts that may go out."""
    ids = {text.briefing_id for text in texts}
    rows = [row for ident in ids for row in await translations_of(session, ident)]
    return fresh_forms(texts, rows)


async def other_languages(session: AsyncSession, person_ids: Collection[int]) -> dict[int, str]:
    """Who of these people reads another language better; few do, so all of those are read."""
    asked = sql_select(col(Person.id), col(Person.language)).where(col(Person.language) != DUTCH)
    wanted = set(person_ids)
    return {
        ident: language for ident, language in await read_columns(session, asked) if ident in wanted
    }


async def keep_translation(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    actor: Actor,
    audience: Audience,
    language: str,
    pairs: Mapping[str, str],
    *,
    role: str,
    made_on: date,
    languages: Collection[str],
    allow: Collection[str],
    today: date,
    now: datetime,
) -> Kept | TranslationRefused:
    """Keep what a translator wrote; a version that was handed in loses that.

    :param pairs: words by Dutch segment; segments of another text are left out.
    :param role: of the translator (*beëdigd vertaler Turks*), never a name.
    :param languages: that somebody can read here.
    :raises NotAllowed: the actor may not edit.
    """
    require(actor, Permission.EDIT_FACTS)
    assert briefing.id is not None
    if briefing.status not in OPEN or actor.is_exercise != event.is_exercise:
        return TranslationRefused("not_open")
    texts = {text.audience: text for text in await texts_of(session, briefing.id)}
    text = texts.get(audience)
    if text is None or audience not in READY:
        return TranslationRefused("no_text")
    known = {*segments_of(text), *beside(with_neighbours=event.with_neighbours)}
    mine = {s: t for s, t in kept(pairs.items()).items() if s in known}
    refused = _judge(language, mine, role, made_on, languages, allow, today)
    if refused is not None:
        return refused
    row = await _row(session, briefing.id, audience, language)
    # What was translated before stays known: the same sentence needs no second translation.
    row.segments = {**row.segments, **{s: t for s, t in mine.items() if fits(s, t)}}
    row.made_by_role, row.made_on = " ".join(role.split())[:ROLE_LIMIT], made_on
    row.entered_by, row.entered_at = actor.person_id, now
    session.add(row)
    write_journal(
        session, who=actor.who, action="translation_kept", subject=f"briefing:{briefing.id}",
        detail={"audience": audience.value, "language": language}, now=now,
    )  # fmt: skip
    await session.flush()
    await void_submission(
        session, briefing.event_id, editor_id=actor.person_id, now=now, alone=True
    )
    odd = sum(not fits(source, target) for source, target in mine.items())
    return Kept(len(missing_in(text, row.segments)), odd)


def _judge(
    language: str,
    pairs: Mapping[str, str],
    role: str,
    made_on: date,
    languages: Collection[str],
    allow: Collection[str],
    today: date,
) -> TranslationRefused | None:
    from signals.person_filter import screen

    if language == DUTCH or language not in languages:
        return TranslationRefused("language")
    if not role.strip():
        return TranslationRefused("no_role")
    if made_on > today:
        return TranslationRefused("in_future")
    if not pairs:
        return TranslationRefused("nothing")
    if any(adds_place(source, target) for source, target in pairs.items()):
        return TranslationRefused("place")
    added = (
        span
        for source, target in pairs.items()
        for span in screen(target, allow).spans
        if span.label in _TRACES and target[span.start : span.end] not in source
    )
    if screen(role, allow).blocked or next(added, None) is not None:
        return TranslationRefused("person")
    return None


async def _row(
    session: AsyncSession, briefing_id: int, audience: Audience, language: str
) -> Translation:
    for row in await translations_of(session, briefing_id):
        if row.audience is audience and row.language == language:
            return row
    return Translation(briefing_id=briefing_id, audience=audience, language=language, segments={})


async def carry_translations(
    session: AsyncSession,
    briefing: Briefing,
    versions: Sequence[Briefing],
    audiences: Collection[Audience],
) -> None:
    """Into a new version, as a start: what did not change needs no second translation.

    Each text and language begins with its newest translation, in whatever version that stands.
    """
    assert briefing.id is not None
    there = {(row.audience, row.language) for row in await translations_of(session, briefing.id)}
    for version in reversed(versions):
        if version.version >= briefing.version or version.id is None:
            continue
        for row in await translations_of(session, version.id):
            if row.audience not in audiences or (row.audience, row.language) in there:
                continue
            there.add((row.audience, row.language))
            session.add(
                Translation(
                    briefing_id=briefing.id, audience=row.audience, language=row.language,
                    segments=row.segments, made_by_role=row.made_by_role, made_on=row.made_on,
                    entered_by=row.entered_by, entered_at=row.entered_at,
                )
            )  # fmt: skip
    await session.flush()
