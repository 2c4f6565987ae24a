"""The picture for who may read no single signal: one of moments, that takes steps of three. Pure.

A picture that moves with every signal tells that signal whole to who looks twice: the bars that
went up by one are its kind, its severity, its domain and its wijk together. So signals join the
picture in batches of at least three organisations. Batches follow from what never changes about
signals, and from their order: nothing is kept, and two who look see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contacts.permissions import Actor, Permission, may
from signals.feedback import SMALL
from signals.rows import Signal, SignalStatus

Marks = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Signals that join the picture together, and when the first of them came: a picture of a
    period holds nothing older, and leaves out what waited for it longer."""

    begins: datetime
    signals: tuple[Signal, ...]


@dataclass
class _Waiting:
    """One subject: what each organisation shows already, and what waits to be shown.

    Who is new waits for others who are new, who was there for others who were: new beside known
    ones, the new one alone would move the bars of domain and wijk.
    """

    shown: dict[int, Marks] = field(default_factory=dict)
    new: list[Signal] = field(default_factory=list)
    known: list[Signal] = field(default_factory=list)

    def take(self, signal: Signal) -> tuple[Signal, ...]:
        """What may be shown now that this one came; mostly nothing."""
        queue = self.known if signal.organisation_id in self.shown else self.new
        queue.append(signal)
        told: dict[int, Marks] = {}
        for one in queue:
            told[one.organisation_id] = told.get(one.organisation_id, frozenset()) | marks_of(one)
        # Who says once more what is shown already moves no bar, and hides nobody.
        if sum(bool(said - self.shown.get(who, frozenset())) for who, said in told.items()) < SMALL:
            return ()
        for who, said in told.items():
            self.shown[who] = self.shown.get(who, frozenset()) | said
        batch = tuple(queue)
        queue.clear()
        return batch


def marks_of(signal: Signal) -> Marks:
    """In which bars it counts, as its reporter told it: that never changes afterwards."""
    return frozenset(
        {
            *(("kind", kind) for kind in signal.kinds),
            ("severity", str(signal.severity)), ("district", signal.district),
            ("setting", signal.setting), ("eep", signal.eep), ("direction", signal.direction),
            ("need", signal.need),
        }
    )  # fmt: skip


def received(signal: Signal) -> datetime:
    return signal.received_at


def closed(signal: Signal) -> datetime:
    """For a picture of closed signals: they join it when they are closed."""
    return signal.closed_at or signal.received_at


def batches_of(
    signals: Iterable[Signal], *, when: Callable[[Signal], datetime] = received
) -> list[Batch]:
    """In the order in which they are shown; what still waits is in none.

    Each event is counted by itself, for it has a picture of its own: whoever subtracts that from
    the picture of the week finds three organisations as well.
    """
    waiting: dict[tuple[int | None, str], _Waiting] = {}
    found = []
    for signal in sorted(signals, key=lambda one: (when(one), one.id or 0)):
        about = waiting.setdefault((signal.event_id, signal.told_as), _Waiting())
        if batch := about.take(signal):
            found.append(Batch(min(map(when, batch)), batch))
    return found


def of_moments(
    signals: Iterable[Signal],
    *,
    since: datetime | None = None,
    when: Callable[[Signal], datetime] = received,
) -> list[Signal]:
    """What the picture shows, oldest first. It loses old signals by whole batches as well.

    :param signals: all of them, also from before ``since``, or the batches would fall elsewhere.
    """
    shown = [
        signal
        for batch in batches_of(signals, when=when)
        if since is None or batch.begins >= since
        for signal in batch.signals
    ]
    return sorted(shown, key=lambda one: (one.received_at, one.id or 0))


def still_waiting(signals: Iterable[Signal]) -> list[Signal]:
    """What waits for an answer. Answering one takes nothing away: a batch goes when all of it
    was answered."""
    return [
        signal
        for batch in batches_of(signals)
        if any(one.status is not SignalStatus.CLOSED for one in batch.signals)
        for signal in batch.signals
    ]


def is_live(actor: Actor) -> bool:
    """Whether their picture moves with every signal: they may read each of them anyway."""
    return may(actor, Permission.READ_SIGNALS)


def seen_by(
    actor: Actor, signals: Sequence[Signal], *, since: datetime | None = None
) -> Sequence[Signal]:
    """What of these signals the picture of this person counts."""
    if not is_live(actor):
        return of_moments(signals, since=since)
    return [one for one in signals if since is None or one.received_at >= since]
