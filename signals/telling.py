"""Stores a spanningssignaal: about the mood in a group, by organisation, never a person.

The person filter stands before the inbox; here it looks once more, as a second lock for
every other way in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain
from contacts.journal import SYSTEM, write_journal
from contacts.meeting import Way, count_contact
from contacts.sealing import Sealer
from contacts.sending import Recipient
from feeds.districts import districts
from feeds.rows import Event
from signals import texts
from signals.errors import DraftError
from signals.person_filter import Screening, screen
from signals.promises import Promise, is_urgent, promise
from signals.rephrasing import Change, Rephrased, rephrase
from signals.rows import (
    SEVERITY_UNSAID,
    Breadth,
    Direction,
    Done,
    Eep,
    Need,
    Setting,
    Share,
    Signal,
    SignalKind,
    ToldAs,
    When,
)
from signals.settings import SignalSettings

MAX_NOTE = 280
MAX_KINDS = 3
DANGER_NOW = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as filled in. ``district`` is a CBS code, ``stad``, ``online`` or ``onbekend``."""

    event_id: int | None
    district: str
    setting: Setting
    kinds: tuple[SignalKind, ...]
    severity: int
    note: str = ""
    theme: str = ""
    eep: Eep = Eep.UNSAID
    breadth: Breadth = Breadth.UNKNOWN
    direction: Direction = Direction.UNKNOWN
    occurred: When = When.TODAY
    done: Done = Done.UNSAID
    need: Need = Need.UNSAID
    share: Share = Share.TEAM
    wants_feedback: bool = True
    told_as: ToldAs = ToldAs.SIGNAL


@dataclass(frozen=True, slots=True)
class Told:
    """Stored. What the reporter is promised: read before, answered before (UTC).

    ``is_new`` is False when the same form was sent before: it is the signal of that time.
    ``changes``: what was left out of the note before it was kept.
    """

    signal_id: int
    read_before: datetime
    answer_due_at: datetime
    is_new: bool = True
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """The note seems to be about a person; nothing is stored."""

    screening: Screening


@dataclass(frozen=True, slots=True)
class Emergency:
    """Danger now: 112, and nothing is stored."""


@dataclass(frozen=True, slots=True)
class Description:
    """A signal in Dutch words, without its note. ``name``: of what is no signal, else empty."""

    domain: str
    kinds: str
    severity: str
    district: str
    setting: str
    occurred: str
    eep: str
    breadth: str
    direction: str
    done: str
    need: str
    share: str
    theme: str
    level: str
    name: str = ""


async def tell(
    session: AsyncSession,
    draft: Draft,
    *,
    organisation_id: int,
    domain: Domain,
    reply: Recipient | None,
    sealer: Sealer,
    settings: SignalSettings,
    is_exercise: bool,
    now: datetime,
    once: str | None = None,
) -> Told | Blocked | Emergency:
    """Store the signal, its note and the way back sealed. Nothing tells who reported.

    :param reply: where the answer goes; None when no answer is wanted or possible.
    :param once: the hash of a form; what is sent twice with one hash is one signal.
    :raises DraftError: a value that the form does not offer, or an event of the other world.
    """
    if draft.severity == DANGER_NOW:
        return Emergency()
    check_draft(draft, settings.themes)
    screening = screen(draft.note, settings.allow)
    if screening.blocked:
        return Blocked(screening)
    note = rephrase(draft.note, screening.spans, keeps_tension=True)
    event = None if draft.event_id is None else await session.get(Event, draft.event_id)
    if event is not None and event.is_exercise != is_exercise:
        raise DraftError("an event of the other world")
    promised = promise(now, settings, is_urgent=is_urgent(event))
    signal = Signal(
        event_id=draft.event_id,
        organisation_id=organisation_id,
        domain=domain,
        received_at=now,
        told_as=draft.told_as,
        occurred=draft.occurred,
        district=draft.district,
        setting=draft.setting,
        kinds=_kinds(draft, note),
        eep=draft.eep,
        breadth=draft.breadth,
        severity=draft.severity,
        direction=draft.direction,
        theme=draft.theme or None,
        note_sealed=sealer.seal(note.text) if note.text else None,
        done=draft.done,
        need=draft.need,
        wants_feedback=draft.wants_feedback,
        share=draft.share,
        read_due_at=promised.read_before,
        interim_due_at=promised.interim_at,
        answer_due_at=promised.answer_before,
        reply_handle=_handle(reply, sealer) if draft.wants_feedback else None,
        is_exercise=is_exercise,
        once=once,
    )
    stored = await _keep(session, signal)
    if stored is signal:
        _journal_told(session, signal, now=now)
        await count_contact(
            session, domain, Domain.MUNICIPALITY, Way.TOLD, is_exercise=is_exercise, now=now
        )
    return _told(stored, promised, note.changes, is_new=stored is signal)


async def _keep(session: AsyncSession, signal: Signal) -> Signal:
    """The stored signal: this one, or the one that the same form made before."""
    if signal.once is not None and (before := await _sent_before(session, signal.once)):
        return before
    try:
        # Sent twice at the same moment, the database lets one through.
        async with session.begin_nested():
            session.add(signal)
    except IntegrityError:
        before = await _sent_before(session, signal.once or "")
        if before is None:
            raise
        return before
    return signal


async def _sent_before(session: AsyncSession, once: str) -> Signal | None:
    return (await session.exec(select(Signal).where(col(Signal.once) == once))).first()


def _journal_told(session: AsyncSession, signal: Signal, *, now: datetime) -> None:
    write_journal(
        session,
        who=SYSTEM,
        action="signal_told",
        subject=f"signal:{signal.id}",
        detail={"severity": signal.severity, "kinds": len(signal.kinds)}
        if signal.told_as is ToldAs.SIGNAL
        else {"told_as": signal.told_as.value},
        now=now,
    )


def _kinds(draft: Draft, note: Rephrased) -> list[str]:
    """As chosen, and *geruchten* where the note told of one and there is room for it."""
    if draft.told_as is not ToldAs.SIGNAL:
        return []
    kinds = [kind.value for kind in draft.kinds]
    rumour = SignalKind.RUMOUR.value
    if Change.RUMOUR in note.changes and rumour not in kinds and len(kinds) < MAX_KINDS:
        kinds.append(rumour)
    return kinds


def _told(signal: Signal, promised: Promise, changes: tuple[Change, ...], *, is_new: bool) -> Told:
    assert signal.id is not None
    return Told(
        signal_id=signal.id,
        read_before=signal.read_due_at or promised.read_before,
        answer_due_at=signal.answer_due_at,
        is_new=is_new,
        changes=changes if is_new else (),
    )


def check_draft(draft: Draft, themes: Collection[str] = ()) -> None:
    """Raise :class:`DraftError` for a value that the form does not offer."""
    if len(draft.note) > MAX_NOTE:
        raise DraftError("note")
    if draft.told_as is not ToldAs.SIGNAL:
        if not draft.note or draft.kinds or draft.severity != 1:
            raise DraftError("note")
        return
    by_mail = draft.kinds == (SignalKind.UNSORTED,) and draft.severity == SEVERITY_UNSAID
    if not 1 <= draft.severity < DANGER_NOW and not by_mail:
        raise DraftError("severity")
    if not 1 <= len(draft.kinds) <= MAX_KINDS or len(set(draft.kinds)) != len(draft.kinds):
        raise DraftError("kinds")
    if draft.district not in district_names():
        raise DraftError("district")
    if draft.theme and draft.theme not in themes:
        raise DraftError("theme")


def short_draft(
    told_as: ToldAs, event_id: int | None, note: str, *, wants_feedback: bool = True
) -> Draft:
    """A question or an example: words, and no answers to fixed questions. Pure."""
    return Draft(
        event_id=event_id, district="onbekend", setting=Setting.OTHER, kinds=(), severity=1,
        note=note, wants_feedback=wants_feedback, told_as=told_as,
    )  # fmt: skip


@cache
def district_names() -> dict[str, str]:
    """Where something may be noticed, by code: the wijken, and the three places without one."""
    return {**dict(districts()), **texts.PLACES}


def describe(signal: Signal) -> Description:
    """The coded fields in Dutch."""
    return Description(
        domain=texts.DOMAINS[signal.domain],
        kinds="; ".join(texts.ALL_KINDS[SignalKind(kind)].lower() for kind in signal.kinds),
        severity=texts.severity_told(signal.severity),
        district=district_names().get(signal.district, signal.district),
        setting=texts.SETTINGS[signal.setting].lower(),
        occurred=texts.WHENS[signal.occurred],
        eep=texts.said(texts.EEPS[signal.eep]),
        breadth=texts.BREADTHS[signal.breadth],
        direction=texts.DIRECTIONS[signal.direction],
        done=texts.DONE[signal.done],
        need=texts.NEEDS[signal.need],
        share=texts.SHARES[signal.share],
        theme=signal.theme or texts.NO_THEME,
        level=texts.level_told(signal.severity),
        name="" if signal.told_as is ToldAs.SIGNAL else texts.TOLD_AS[signal.told_as],
    )


def beside_rumour(signal: Signal) -> str:
    """The coded part of a signal about a rumour, in one sentence; empty where nobody was asked it,
    as in a mail. Pure."""
    if signal.told_as is not ToldAs.SIGNAL or SignalKind.UNSORTED.value in signal.kinds:
        return ""
    what = describe(signal)
    others = [kind for kind in signal.kinds if kind != SignalKind.RUMOUR.value]
    codes = [
        what.level,
        *(texts.ALL_KINDS[SignalKind(kind)].lower() for kind in others),
        f"{what.district}, {what.setting}",
        what.breadth if signal.breadth is not Breadth.UNKNOWN else "",
        what.direction if signal.direction is not Direction.UNKNOWN else "",
        texts.NEEDED.format(need=what.need) if signal.need is not Need.UNSAID else "",
    ]
    return texts.BESIDE_RUMOUR.format(codes=" · ".join(filter(None, codes)))


def _handle(reply: Recipient | None, sealer: Sealer) -> str | None:
    return None if reply is None else sealer.seal(f"{reply.kind.value}:{reply.address}")
