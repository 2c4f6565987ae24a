"""Whose turn it is to host: every domain in turn, and in a domain every organisation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.directory import Domain


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation of the list that can host; a school is one like any other."""

    organisation_id: int
    name: str
    domain: Domain
    has_room: bool = False


@dataclass(frozen=True, slots=True)
class Hosted:
    """A meeting that was, or will be, somewhere."""

    organisation_id: int
    at: datetime


def in_turn(candidates: Iterable[Candidate], hosted: Iterable[Hosted]) -> list[Candidate]:
    """Everybody, first whose turn it is.

    The domain whose last turn is longest ago comes first, so that it is not always the
    municipality; within it the organisation whose last turn is longest ago. Never is longest.
    """
    everybody = list(candidates)
    domain_of = {one.organisation_id: one.domain for one in everybody}
    by_organisation: dict[int, datetime] = {}
    by_domain: dict[Domain, datetime] = {}
    for one in sorted(hosted, key=lambda hosted: hosted.at):
        by_organisation[one.organisation_id] = one.at
        if one.organisation_id in domain_of:
            by_domain[domain_of[one.organisation_id]] = one.at
    place = {domain: number for number, domain in enumerate(domains_in_turn(by_domain))}
    return sorted(
        everybody,
        key=lambda one: (
            place[one.domain],
            *_last(by_organisation.get(one.organisation_id)),
            one.name.casefold(),
        ),
    )


def domains_in_turn(last: Mapping[Domain, datetime]) -> list[Domain]:
    """Every domain, first whose last turn is longest ago.

    :param last: when each had its last turn; one that never had any is left out.
    """
    return sorted(Domain, key=lambda domain: _last(last.get(domain)))


def _last(at: datetime | None) -> tuple[bool, float]:
    return at is not None, at.timestamp() if at is not None else 0.0


def names(candidates: Sequence[Candidate], count: int) -> list[str]:
    """The first so many of them by name."""
    return [one.name for one in candidates[:count]]
