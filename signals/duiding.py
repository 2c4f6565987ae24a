"""Duiding: duiders of different domains read a signal, and somebody decides what is done.

Beeld (what was told), oordeel (how reliable, how grave: :class:`SignalReading`), besluit
(action, waiting, or an answer at once). What is decided is about organisations; the person
filter refuses anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain, Role
from contacts.journal import Who, write_journal
from contacts.permissions import Actor, Permission, people_with
from contacts.records import IllegalMove, StaleMove, move
from contacts.sealing import Sealer
from signals.feedback import CloseRefused, close_signal, open_signals
from signals.person_filter import screen
from signals.rows import (
    SIGNAL_MOVES,
    OutcomeCode,
    Reliability,
    Signal,
    SignalKind,
    SignalReading,
    SignalStatus,
)
from signals.way_back import is_shut

MAX_TEXT = 300
#: from this severity a decision rests on two domains, or says why it does not
TWO_DOMAINS_FROM = 3
#: more signals than this with one event and kind are better answered together
ALIKE_FROM = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What a duider makes of it. ``severity`` is 1 to 4.

    Without a ``text`` the words of this duider that are there stay; an empty one takes them away.
    """

    reliability: Reliability
    severity: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Established:
    """What all readings together say: the gravest, and the least sure."""

    severity: int
    reliability: Reliability
    domains: frozenset[Domain]
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class NotDecided:
    """``reason``: ``empty``, ``long``, ``person``, ``closed``, ``unread`` or ``one_domain``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Open signals about one event with one kind in common."""

    event_id: int | None
    kind: SignalKind
    signals: tuple[Signal, ...]

    @property
    def unread(self) -> int:
        """How many of them no duider read."""
        return sum(1 for signal in self.signals if signal.established_severity is None)

    @property
    def organisations(self) -> int:
        return len({signal.organisation_id for signal in self.signals})


def establish(readings: Sequence[SignalReading]) -> Established | None:
    """What the readings say together; None without one. Pure.

    The gravest counts: who takes it lightest must not decide alone. Readings a step apart
    are no dispute.
    """
    if not readings:
        return None
    severities = [reading.severity for reading in readings]
    return Established(
        severity=max(severities),
        reliability=max((reading.reliability for reading in readings), key=lambda r: r.value),
        domains=frozenset(reading.domain for reading in readings),
        is_disputed=max(severities) - min(severities) > 1,
    )


def why_not(established: Established | None, *, alone_because: str) -> str | None:
    """Why this cannot be decided yet, or None. Pure."""
    if established is None:
        return "unread"
    is_grave = established.severity >= TWO_DOMAINS_FROM
    if is_grave and len(established.domains) < 2 and not alone_because:
        return "one_domain"
    return None


def refuse_text(text: str, allow: Collection[str], *, longest: int = MAX_TEXT) -> str | None:
    """Why this sentence is not kept: ``long`` or ``person``; None when it may be. Pure."""
    if len(text) > longest:
        return "long"
    return "person" if screen(text, allow).labels else None


async def readings_of(session: AsyncSession, signal_id: int) -> list[SignalReading]:
    """The readings of one signal, the first one first."""
    found = await session.exec(
        select(SignalReading)
        .where(col(SignalReading.signal_id) == signal_id)
        .order_by(col(SignalReading.made_at), col(SignalReading.id))
    )
    return list(found.all())


async def still_to_read(session: AsyncSession, signal: Signal, *, but: int | None) -> int:
    """How many duiders may read this signal and did not, besides who is asking."""
    may = await people_with(
        session, Role.INTERPRETER, is_exercise=signal.is_exercise,
        needing=Permission.READ_SIGNALS,
    )  # fmt: skip
    did = {reading.person_id for reading in await readings_of(session, signal.id or 0)}
    return len({person.id for person in may} - did - {but})


async def read_signal(
    session: AsyncSession,
    signal_id: int,
    reading: Reading,
    *,
    actor: Actor,
    sealer: Sealer,
    now: datetime,
    allow: Collection[str] = (),
) -> Established | NotDecided:
    """Keep how this duider reads the signal, and what all readings establish.

    :raises sqlalchemy.exc.NoResultFound: there is no such signal.
    :raises ValueError: a severity that the form does not offer.
    """
    if not 1 <= reading.severity <= 4:
        raise ValueError("severity")
    text = None if reading.text is None else " ".join(reading.text.split())
    if text and (refused := refuse_text(text, allow)):
        return NotDecided(refused)
    signal = await session.get_one(Signal, signal_id)
    if signal.status is SignalStatus.CLOSED:
        return NotDecided("closed")
    await _keep(session, signal_id, reading, text, actor=actor, sealer=sealer, now=now)
    if signal.status is SignalStatus.NEW:
        await move(
            session, SIGNAL_MOVES, signal, SignalStatus.IN_DUIDING,
            who=actor.who, action="signal_taken", now=now,
        )  # fmt: skip
    established = establish(await readings_of(session, signal_id))
    assert established is not None
    signal.established_severity = established.severity
    signal.reliability = established.reliability
    session.add(signal)
    write_journal(
        session, who=actor.who, action="signal_read", subject=f"signal:{signal_id}",
        detail={"severity": reading.severity, "reliability": reading.reliability.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return established


async def _keep(
    session: AsyncSession,
    signal_id: int,
    reading: Reading,
    text: str | None,
    *,
    actor: Actor,
    sealer: Sealer,
    now: datetime,
) -> None:
    found = await session.exec(
        select(SignalReading).where(
            col(SignalReading.signal_id) == signal_id,
            col(SignalReading.person_id) == actor.person_id,
        )
    )
    row = found.first() or SignalReading(
        signal_id=signal_id,
        person_id=actor.person_id,
        domain=actor.domain,
        reliability=reading.reliability,
        severity=reading.severity,
        made_at=now,
    )
    row.domain, row.reliability, row.severity = actor.domain, reading.reliability, reading.severity
    row.made_at = now
    if text is not None:
        row.text_sealed = sealer.seal(text) if text else None
    session.add(row)
    await session.flush()


async def sort_signal(
    session: AsyncSession, signal: Signal, kind: SignalKind, *, who: Who, now: datetime
) -> None:
    """A duider says what kind a signal is that came by mail; chosen kinds stay as they are."""
    if signal.kinds != [SignalKind.UNSORTED.value] or kind is SignalKind.UNSORTED:
        return
    signal.kinds = [kind.value]
    session.add(signal)
    write_journal(
        session, who=who, action="signal_sorted", subject=f"signal:{signal.id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip


async def decide(
    session: AsyncSession,
    signal_id: int,
    status: SignalStatus,
    text: str,
    *,
    who: Who,
    sealer: Sealer,
    now: datetime,
    before: datetime | None = None,
    alone_because: str = "",
    allow: Collection[str] = (),
) -> NotDecided | None:
    """Besluit: an action of an organisation, or waiting for something; None when it is kept.

    :param status: ``ACTION`` or ``WAITING``.
    :param text: which organisation does or waits for what.
    :param alone_because: why one domain is enough for a grave one.
    :raises sqlalchemy.exc.NoResultFound: there is no such signal.
    """
    text, alone_because = " ".join(text.split()), " ".join(alone_because.split())
    if not text:
        return NotDecided("empty")
    if refused := refuse_text(text, allow) or refuse_text(alone_because, allow):
        return NotDecided(refused)
    established = establish(await readings_of(session, signal_id))
    if reason := why_not(established, alone_because=alone_because):
        return NotDecided(reason)
    signal = await session.get_one(Signal, signal_id)
    try:
        await move(
            session, SIGNAL_MOVES, signal, status,
            who=who, action="signal_decided", now=now,
            detail={"one_domain": bool(alone_because)},
            action_sealed=sealer.seal(f"{text} ({alone_because})" if alone_because else text),
            action_before=before,
        )  # fmt: skip
    except (IllegalMove, StaleMove):
        return NotDecided("closed")
    return None


def alike(signals: Sequence[Signal]) -> list[Alike]:
    """Open signals that can be answered together: one event, one kind in common. Pure.

    Largest group first. A signal may stand in more than one group. Those that came by mail and
    of which nobody said the kind yet have nothing in common.
    """
    groups: dict[tuple[int | None, SignalKind], list[Signal]] = {}
    for signal in signals:
        for kind in signal.kinds:
            if kind == SignalKind.UNSORTED.value:
                continue
            groups.setdefault((signal.event_id, SignalKind(kind)), []).append(signal)
    found = [
        Alike(event_id, kind, tuple(group))
        for (event_id, kind), group in groups.items()
        if len(group) >= ALIKE_FROM
    ]
    return sorted(found, key=lambda one: (-len(one.signals), one.event_id or 0, one.kind.value))


@dataclass(frozen=True, slots=True)
class ClosedAlike:
    """``signals`` were closed, of which the answer to ``shut`` cannot go: their key is lost."""

    signals: int
    shut: int


async def close_alike(
    session: AsyncSession,
    event_id: int | None,
    kind: SignalKind,
    code: OutcomeCode,
    sentence: str,
    *,
    is_exercise: bool,
    seen: Collection[int],
    who: Who,
    sealer: Sealer,
    now: datetime,
    allow: Collection[str] = (),
) -> ClosedAlike | CloseRefused:
    """One answer to everybody who told the same.

    :param seen: the signals that stood on the page: a later one waits for a reader of its own.
    """
    waiting = await open_signals(session, is_exercise=is_exercise)
    group = [
        signal
        for signal in waiting
        if signal.id in seen and signal.event_id == event_id and kind.value in signal.kinds
        if kind is not SignalKind.UNSORTED
    ]
    if not group:
        return CloseRefused("closed")
    for signal in group:
        assert signal.id is not None
        result = await close_signal(
            session, signal.id, code, sentence, who=who, sealer=sealer, now=now, allow=allow
        )
        if isinstance(result, CloseRefused):
            return result
    return ClosedAlike(len(group), sum(is_shut(signal, sealer) for signal in group))
