"""Facts and versions: what is typed reaches the seven texts at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.wrong_parts import fact_of, sent_part, take_out
from briefings.drafting import NEXT_SUBJECT, WRONG_LIMIT, current_briefing, draft_briefing
from briefings.event_titles import has_own_title
from briefings.facts import FactRefused, add_fact, clear_context, withdraw_fact
from briefings.open_errors import OpenErrors, open_errors
from briefings.rows import Briefing, BriefingKind, BriefingStatus, Fact, FactKind
from briefings.settings import BriefingSettings
from briefings.sheets import printable_link
from briefings.versions import void_submission, waits
from contacts.permissions import Actor, Permission, require
from feeds.changing import Decided, change_event
from feeds.rows import Event
from signals.feedback import open_signals
from signals.person_filter import screen

OPEN_STATES = (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED)
ABOUT_LIMIT = 300


@dataclass(frozen=True, slots=True)
class NewFact:
    """What somebody wants to add. ``measure`` as in :class:`briefings.rows.Fact`.

    ``source_at``: when the source said so; None is now.
    """

    kind: FactKind
    text: str
    source: str = ""
    source_at: datetime | None = None
    link: str | None = None
    measure: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The fact is there. ``lowered``: it was kept as *nog niet bevestigd*, for want of an
    official source."""

    lowered: bool


@dataclass(frozen=True, slots=True)
class NotStored:
    """Nothing was kept. ``reason`` is a code of :class:`briefings.facts.FactRefused`."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """No new version. ``reason``: ``draft_open``, ``version_waits`` (approved for a moment that has
    not come), ``signals_wait`` (with their number), ``never_sent``, ``taken_back`` (somebody did it
    already), ``nobody_had_it`` (a closing text, where no text reached anybody) or ``person`` (the
    subject is about one)."""

    reason: str
    count: int = 0


async def store_fact(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    fact: NewFact,
    settings: BriefingSettings,
    *,
    allow: Collection[str],
    now: datetime,
) -> Stored | NotStored:
    """Keep one fact and write the seven texts anew, or say why not.

    A claim without an official source is kept as *nog niet bevestigd*.

    :raises NotAllowed: the actor may not edit facts.
    """
    require(actor, Permission.EDIT_FACTS)
    assert event.id is not None
    if screen(fact.source, allow).blocked:
        return NotStored("person")
    lowered = False
    kinds = (fact.kind, FactKind.UNCONFIRMED) if fact.kind is FactKind.CONFIRMED else (fact.kind,)
    for kind in kinds:
        stored = await add_fact(
            session,
            event.id,
            kind=kind,
            text=fact.text,
            source_name=fact.source,
            source_at=(fact.source_at or now) if fact.source else None,
            source_link=printable_link(fact.link) or None,
            measure=fact.measure,
            editor_id=actor.person_id,
            now=now,
            allow=allow,
        )
        if not isinstance(stored, FactRefused):
            await redraft(session, event, actor, settings, now=now)
            return Stored(lowered)
        if stored.reason != "needs_official_source":
            return NotStored(stored.reason)
        lowered = True
    return NotStored("needs_official_source")


async def confirm_fact(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    fact: Fact,
    *,
    source: str,
    source_at: datetime | None = None,
    link: str | None = None,
    settings: BriefingSettings,
    allow: Collection[str],
    now: datetime,
) -> Stored | NotStored:
    """What was *nog niet bevestigd* is so now: the same sentence, with who confirmed it.

    The old one leaves the block in the same act, so no text ever says both.

    :param source_at: when the source said so; None is now.
    :raises NotAllowed: the actor may not edit facts.
    :raises ValueError: the fact is of another event, of another kind, or out of the block.
    """
    require(actor, Permission.EDIT_FACTS)
    is_open = fact.kind is FactKind.UNCONFIRMED and fact.withdrawn_at is None
    if fact.event_id != event.id or not is_open:
        raise ValueError("nothing to confirm")
    assert fact.id is not None
    if screen(source, allow).blocked:
        return NotStored("person")
    stored = await add_fact(
        session,
        fact.event_id,
        kind=FactKind.CONFIRMED,
        text=fact.text,
        source_name=source,
        source_at=(source_at or now) if source else None,
        source_link=printable_link(link) or None,
        editor_id=actor.person_id,
        now=now,
        allow=allow,
    )
    if isinstance(stored, FactRefused):
        return NotStored(stored.reason)
    await withdraw_fact(session, fact.id, editor_id=actor.person_id, now=now)
    await redraft(session, event, actor, settings, now=now)
    return Stored(lowered=False)


async def redraft(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> None:
    """The seven texts again, from the facts as they are now; nothing without an open version."""
    assert event.id is not None
    briefing = await current_briefing(session, event.id)
    if briefing is None or briefing.status not in OPEN_STATES:
        return
    await draft_briefing(
        session,
        event,
        kind=briefing.kind,
        settings=settings,
        editor_id=actor.person_id,
        now=now,
        correction_of=briefing.correction_of_id,
        wrong=briefing.wrong,
    )


async def decide_anew(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    wanted: Decided,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> bool:
    """Decide about a running event anew; False when it was decided so already.

    What was handed in, or waits for its moment, is void, for it was read under other rules. A
    title that is still the machine's follows kind and place. Then the texts again.

    :raises contacts.records.StaleMove: it does not run any more.
    """
    assert event.id is not None
    is_own_title = await has_own_title(session, event, settings.city)
    changed = await change_event(
        session, event, wanted, who=actor.who, line=settings.four_eyes_from, now=now
    )
    if not changed:
        return False
    if is_own_title:
        await clear_context(
            session, event, settings, title=True, editor_id=actor.person_id, now=now
        )
    await void_submission(session, event.id, editor_id=actor.person_id, now=now)
    await redraft(session, event, actor, settings, now=now)
    return True


async def begin_version(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    kind: BriefingKind,
    settings: BriefingSettings,
    *,
    now: datetime,
    wrong: str | None = None,
    first_wrong: int | None = None,
) -> Briefing | NotBegun:
    """Start an update, a correction or the closing text; an open one of another kind goes first.

    :raises NotAllowed: the actor may not manage events.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    if await _other_draft(session, event, kind):
        return NotBegun("draft_open")
    if kind is BriefingKind.CLOSING and await is_untold(session, event):
        return NotBegun("nobody_had_it")
    if kind is BriefingKind.CLOSING and (waiting := await unanswered(session, event)):
        return NotBegun("signals_wait", waiting)
    return await draft_briefing(
        session,
        event,
        kind=kind,
        settings=settings,
        editor_id=actor.person_id,
        now=now,
        correction_of=first_wrong,
        wrong=wrong,
    )


async def _other_draft(session: AsyncSession, event: Event, kind: BriefingKind) -> bool:
    assert event.id is not None
    current = await current_briefing(session, event.id)
    return current is not None and current.status in OPEN_STATES and current.kind is not kind


async def in_the_way(session: AsyncSession, event: Event, *, now: datetime) -> str:
    """Why no correction of what was sent can begin: ``draft_open``, ``version_waits``; or empty."""
    if await _other_draft(session, event, BriefingKind.CORRECTION):
        return "draft_open"
    return "version_waits" if await _another_waits(session, event, now=now) else ""


async def _another_waits(session: AsyncSession, event: Event, *, now: datetime) -> bool:
    """Whether a version that is no correction is approved for a moment that has not come."""
    assert event.id is not None
    current = await current_briefing(session, event.id)
    return (
        current is not None
        and current.kind is not BriefingKind.CORRECTION
        and waits(current, now=now)
    )


async def is_untold(session: AsyncSession, event: Event) -> bool:
    """Whether nobody had a text, and none is being written: each was withdrawn, or called off."""
    return await current_briefing(session, event.id or 0) is None


async def unanswered(session: AsyncSession, event: Event) -> int:
    """How many signals about it wait for an answer."""
    found = await open_signals(session, is_exercise=event.is_exercise)
    return sum(signal.event_id == event.id for signal in found)


async def begin_correction(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    key: str,
    about: str,
    settings: BriefingSettings,
    *,
    allow: Collection[str],
    now: datetime,
) -> Briefing | NotBegun:
    """Take a wrong part back and start the correction to whoever got it.

    :param key: of a part (:mod:`bot.evening.wrong_parts`).
    :param about: what was wrong, as a category; never the wrong claim itself.
    :raises ValueError: the fact is not one of this event.
    :raises NotAllowed: the actor may not manage events.
    """
    require(actor, Permission.MANAGE_EVENT)
    fact = await fact_of(session, event, key)
    if screen(about, allow).blocked:
        return NotBegun("person")
    part = await sent_part(session, event, key, now=now)
    if part is None and (fact is None or fact.withdrawn_at is not None):
        return NotBegun("taken_back")
    if await _other_draft(session, event, BriefingKind.CORRECTION):
        # The wrong sentence stays until its correction can be written.
        return NotBegun("draft_open")
    if part is not None and await _another_waits(session, event, now=now):
        # Taking the sentence out would void what waits, and leave a draft in the way.
        return NotBegun("version_waits")
    errors = await open_errors(session, event.id or 0)
    await take_out(session, event, key, actor, settings, now=now)
    if part is None:
        # Nobody read it yet: taking it out is enough.
        await redraft(session, event, actor, settings, now=now)
        return NotBegun("never_sent")
    return await begin_version(
        session,
        event,
        actor,
        BriefingKind.CORRECTION,
        settings,
        now=now,
        wrong=_with_beside(about.strip()[:ABOUT_LIMIT], errors, key, part.first_wrong),
        first_wrong=part.first_wrong,
    )


def _with_beside(about: str, errors: OpenErrors | None, key: str, first_wrong: int) -> str:
    """The subject, and those of corrections that never went: the readers get one for all."""
    others = errors.beside(key, first_wrong) if errors else []
    return NEXT_SUBJECT.join(dict.fromkeys([about, *others]))[:WRONG_LIMIT]
