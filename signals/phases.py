"""In which phase the city may be, counted from signals: a proposal, never a decision. Pure.

It counts organisations, not messages: one school that tells ten times is one. Signs of
support count for nothing here. Phase 5 is for the crisis organisation; no count leads there.
Source: the five steps of the signals guide (§4.2), after DSP 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contacts.directory import Domain
from signals.rows import Direction, Eep, Signal, SignalKind, tensions
from signals.settings import PhaseSettings


class Phase(StrEnum):
    """Where the city stands, as a person decides it."""

    NORMAL = "0"
    SIMMERING = "1"
    RISING = "2"
    SYMBOLIC = "3"
    UNREST = "4"
    CRISIS = "5"
    AFTER = "N"


#: how far up the ladder; *nafase* is a way down, never a rise
RANKS = {phase: rank for rank, phase in enumerate(Phase) if phase is not Phase.AFTER} | {
    Phase.AFTER: 0
}
#: places that are no wijk
_NO_DISTRICT = frozenset({"stad", "online", "onbekend"})
_CLASHES = frozenset({SignalKind.CALL_TO_ACTION.value, SignalKind.GROUP_CONFLICT.value})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why this phase: a key of the texts, and how many organisations, domains or wijken."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The phase that the counts point at, with every reason for it."""

    phase: Phase
    reasons: tuple[Reason, ...] = ()


def propose(
    signals: Iterable[Signal],
    settings: PhaseSettings,
    *,
    now: datetime,
    event_severity: int = 0,
    is_closed: bool = False,
    last: Phase | None = None,
) -> Proposal:
    """The phase that fits what was told within the window.

    :param event_severity: of the event they are about; 0 for loose signals.
    :param is_closed: whether that event is over.
    :param last: what a person decided last.
    """
    since = now - timedelta(hours=settings.window_h)
    recent = [s for s in tensions(signals) if s.received_at > since and not _is_support(s)]
    for phase, judge in _LADDER:
        if reasons := judge(recent, settings, event_severity):
            is_down = is_closed or _falls(recent, last)
            return Proposal(Phase.AFTER if is_down else phase, reasons)
    was_up = last is not None and RANKS[last] >= RANKS[Phase.RISING]
    return Proposal(Phase.AFTER if was_up or (is_closed and recent) else Phase.NORMAL)


def is_higher(phase: Phase, than: Phase | None) -> bool:
    """Whether this is further up the ladder. Pure."""
    return RANKS[phase] > (0 if than is None else RANKS[than])


def _unrest(signals: Sequence[Signal], settings: PhaseSettings, _: int) -> tuple[Reason, ...]:
    grave = _organisations(s for s in signals if _severity(s) >= 4)
    if grave < settings.unrest_organisations:
        return ()
    clashes = _organisations(s for s in signals if _severity(s) >= 4 and _CLASHES & set(s.kinds))
    return _kept(Reason("grave", grave), Reason("clashes", clashes))


def _symbolic(
    signals: Sequence[Signal], settings: PhaseSettings, event_severity: int
) -> tuple[Reason, ...]:
    told = _organisations(signals)
    if event_severity < 4 or told < settings.symbolic_organisations:
        return ()
    return (Reason("symbolic", told),)


def _rising(signals: Sequence[Signal], settings: PhaseSettings, _: int) -> tuple[Reason, ...]:
    happened = [s for s in signals if s.eep is Eep.EVIDENCED]
    districts = len({s.district for s in happened} - _NO_DISTRICT)
    domains = _domains(happened)
    worried = _organisations(s for s in signals if _severity(s) >= 3)
    return _kept(
        Reason("districts", districts if districts >= settings.rising_districts else 0),
        Reason("domains", domains if domains >= settings.rising_domains else 0),
        Reason("worried", worried if worried >= settings.rising_worried else 0),
    )


def _simmering(signals: Sequence[Signal], settings: PhaseSettings, _: int) -> tuple[Reason, ...]:
    domains = _domains(signals)
    return _kept(Reason("simmering", domains if domains >= settings.simmering_domains else 0))


def _falls(signals: Sequence[Signal], last: Phase | None) -> bool:
    """Whether most organisations of who said so tell that it gets less, after a rise."""
    if last is None or RANKS[last] < RANKS[Phase.RISING]:
        return False
    falling = _organisations(s for s in signals if s.direction is Direction.FALLING)
    rising = _organisations(s for s in signals if s.direction is Direction.RISING)
    return falling > rising and 2 * falling >= _organisations(signals)


def _severity(signal: Signal) -> int:
    """What duiders established; before that, what was told."""
    return signal.established_severity or signal.severity


def _is_support(signal: Signal) -> bool:
    return set(signal.kinds) == {SignalKind.SUPPORT.value}


def _organisations(signals: Iterable[Signal]) -> int:
    return len({signal.organisation_id for signal in signals})


def _domains(signals: Iterable[Signal]) -> int:
    found: set[Domain] = {signal.domain for signal in signals}
    return len(found)


def _kept(*reasons: Reason) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if reason.count)


Judge = Callable[[Sequence[Signal], PhaseSettings, int], tuple[Reason, ...]]
#: the highest phase first
_LADDER: tuple[tuple[Phase, Judge], ...] = (
    (Phase.UNREST, _unrest),
    (Phase.SYMBOLIC, _symbolic),
    (Phase.RISING, _rising),
    (Phase.SIMMERING, _simmering),
)
