"""Whether a report goes on with a matter that rang before. Pure.

The same matter comes back for weeks: reactions, an arrest, a trial. Such a report says little that
was not said, looks back, or tells more of one place within days. It belongs on the list; it rings
only when it is heavier than what rang.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from feeds.event_rules import Following
from feeds.subjects import Subject, echoes

#: how telling a stem is: the rarer, the more
Telling = Callable[[str], float]
NEVER = (2.0, 2.0)


def goes_on(
    subject: Subject, told: Sequence[Subject], days: float, telling: Telling, rules: Following
) -> bool:
    """Whether a report is about what rang ``days`` ago with the reports ``told``.

    What begins anew, or comes nearer (from abroad to here, or to Dutch people there), does not go
    on with anything. In this country only what looks back does, after those days of one place: a
    second attack within weeks is told in the words of the first, and must not wait for the morning.
    """
    if not told or subject.begins_anew or _comes_nearer(subject, told):
        return False
    shared = [one for one in told if not subject.where.isdisjoint(one.where)]
    if days <= rules.zelfde_plek_dagen and _is_one_matter(subject, shared):
        return True
    if (subject.is_dutch or subject.is_local) and not subject.looks_back:
        return False
    kinds = frozenset().union(*(one.kinds for one in told))
    if subject.kinds and kinds and subject.kinds.isdisjoint(kinds):
        return False
    steps = zip(rules.dagen, rules.deel, rules.deel_zonder_plek, strict=True)
    near, far = next(((near, far) for until, near, far in steps if days <= until), NEVER)
    if subject.looks_back and days <= rules.terugblik_dagen:
        near = min(near, rules.deel_terugblik)
    if subject.is_local:
        near, far = max(near, rules.deel_dichtbij), max(far, rules.deel_dichtbij)
    if shared:
        return said_before(subject, told, telling) >= near
    # All titles of a long story together hold most words; without a place it takes one of them.
    return any(said_before(subject, [one], telling) >= far for one in told)


def said_before(subject: Subject, told: Iterable[Subject], telling: Telling) -> float:
    """The share of what a title tells that earlier titles told already, 0 to 1."""
    known = frozenset().union(*(one.stems for one in told))
    whole = sum(telling(stem) for stem in subject.stems)
    return sum(telling(stem) for stem in subject.stems & known) / whole if whole else 0.0


def _comes_nearer(subject: Subject, told: Sequence[Subject]) -> bool:
    return subject.is_near and 2 * sum(one.is_near for one in told) < len(told)


def _is_one_matter(subject: Subject, shared: Iterable[Subject]) -> bool:
    """For some days: abroad what one country shares; here the same kind of thing at one place.

    In and around the own city nothing is one matter for its place alone.
    """
    if subject.is_local:
        return False
    same = [one for one in shared if one.is_dutch == subject.is_dutch]
    return any(not subject.is_dutch or echoes(subject, one, frozenset()) for one in same)
