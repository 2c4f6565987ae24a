"""Hiaten: what is missing per domain and organisation, and the share reachable over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from starlette.responses import Response

from bot.carrying import configured_kinds
from bot.console import texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.gap_texts import (
    GAP_HELP,
    GAPS,
    MONTH,
    MONTHS,
    NOT_SET_UP,
    NOTHING_SET_UP,
    WHO_NOT,
)
from briefings.moments import local_date
from contacts.directory import ChannelKind, Domain, Organisation
from contacts.gap_counts import gaps_by_name, kinds_of_standing
from contacts.gaps import Gap, ReachDay, Standing, reach_days
from contacts.list_check import confirm_organisation
from contacts.neighbours import next_door
from contacts.permissions import Permission
from contacts.successors import AddressTaken, Succession, accept, drop_succession, open_successions
from contacts.texts import telt

Choice = TypeVar("Choice", bound=StrEnum)
PAGE = 100
#: how far back the drawing goes
YEARS = timedelta(days=731)
#: the field of the drawing, in its own units
WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True, slots=True)
class Share:
    """How many organisations could be reached at the end of one month."""

    label: str
    domains: Sequence[str]
    total: str
    percent: int


async def show_gaps(visit: Visit) -> Response:
    """``GET /contacten/hiaten?hiaat=…&domein=…&na=…``."""
    asked = visit.request.query_params
    gap, domain = _chosen(Gap, asked.get("hiaat", "")), _chosen(Domain, asked.get("domein", ""))
    every = timedelta(days=visit.parts.config.contacts.check_days)
    is_exercise, now = visit.actor.is_exercise, visit.now
    sends_by = configured_kinds(visit.parts.config)
    kinds = await kinds_of_standing(
        visit.session, every, is_exercise=is_exercise, now=now, sends_by=sends_by
    )
    rows = await gaps_by_name(
        visit.session, every, is_exercise=is_exercise, now=now,
        gap=gap, domain=domain, after=asked.get("na", ""), limit=PAGE + 1, sends_by=sends_by,
    )  # fmt: skip
    ids = [one.organisation.id for one in rows[:PAGE]]
    since = local_date(visit.now) - YEARS
    days = await reach_days(visit.session, is_exercise=is_exercise, since=since)
    return visit.show(
        "hiaten.html",
        rows=rows[:PAGE],
        more=rows[PAGE - 1].organisation.name if len(rows) > PAGE else None,
        counts=count_gaps(kinds),
        vacant=await open_successions(visit.session, ids),
        gap=gap,
        domain=domain,
        gaps=GAPS,
        help=GAP_HELP,
        domains=texts.DOMAINS,
        organisations=sum(count for _, count in kinds),
        reachable=sum(count for one, count in kinds if one.reachable),
        unset=say_unset(kinds, sends_by),
        next_door=await next_door(visit.session, is_exercise=is_exercise, sends_by=sends_by),
        line=line_of(days),
        shares=shares_of(days),
        size=(WIDTH, HEIGHT),
    )


def say_unset(kinds: Sequence[tuple[Standing, int]], sends_by: Collection[ChannelKind]) -> str:
    """Whom nothing reaches because a kind of channel is not set up; empty when that is nobody.
    Pure.

    :param kinds: as for :func:`count_gaps`.
    """
    people = sum(one.unset * count for one, count in kinds)
    if not people:
        return ""
    missing = [kind for kind in ChannelKind if kind not in sends_by]
    return WHO_NOT.format(
        what=NOT_SET_UP[missing[0]] if len(missing) == 1 else NOTHING_SET_UP,
        people=telt(people, "contact", "contacten"),
        organisations=telt(
            sum(count for one, count in kinds if one.unset), "organisatie", "organisaties"
        ),
    )


def _chosen(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in {one.value for one in kind} else None


def count_gaps(kinds: Sequence[tuple[Standing, int]]) -> dict[Gap, dict[Domain, int]]:
    """How many organisations of each domain have each gap; gaps that nobody has are left out.

    :param kinds: one of those that are alike, and how many there are.
    """
    counts = Counter[tuple[Gap, Domain]]()
    for one, organisations in kinds:
        for gap in one.gaps:
            counts[gap, one.organisation.domain] += organisations
    return {
        gap: {domain: counts[gap, domain] for domain in Domain}
        for gap in Gap
        if any(counts[gap, domain] for domain in Domain)
    }


def totals_of(days: Sequence[ReachDay]) -> dict[date, tuple[int, int]]:
    """Per day over all domains: how many organisations, and how many reachable. Pure."""
    totals: dict[date, tuple[int, int]] = {}
    for one in days:
        organisations, reachable = totals.get(one.day, (0, 0))
        totals[one.day] = organisations + one.organisations, reachable + one.reachable
    return {day: both for day, both in totals.items() if both[0]}


def line_of(days: Sequence[ReachDay]) -> str:
    """The share over time as the points of a line; empty with fewer than two days. Pure."""
    totals = totals_of(days)
    if len(totals) < 2:
        return ""
    first, last = min(totals), max(totals)
    span = (last - first).days
    return " ".join(
        f"{WIDTH * (day - first).days / span:.1f},{HEIGHT * (1 - reachable / organisations):.1f}"
        for day, (organisations, reachable) in sorted(totals.items())
    )


def shares_of(days: Sequence[ReachDay]) -> list[Share]:
    """The last day of each month as numbers, newest first. Pure."""
    totals = totals_of(days)
    last = {(day.year, day.month): day for day in sorted(totals)}
    by_day = {(one.day, one.domain): one for one in days}
    shares = []
    for (year, month), day in sorted(last.items(), reverse=True):
        organisations, reachable = totals[day]
        per_domain = [by_day.get((day, domain)) for domain in Domain]
        shares.append(
            Share(
                MONTH.format(month=MONTHS[month - 1], year=year),
                [f"{one.reachable} / {one.organisations}" if one else "" for one in per_domain],
                f"{reachable} / {organisations}",
                round(100 * reachable / organisations),
            )
        )
    return shares


async def confirm(visit: Visit) -> Response:
    """``POST /organisatie/{number}/bevestigd``: somebody at the desk asked them."""
    organisation = await organisation_in_path(visit)
    await confirm_organisation(visit.session, organisation, who=visit.actor.who, now=visit.now)
    return visit.back(f"/organisatie/{organisation.id}", done="organisation_confirmed")


async def decide_succession(visit: Visit) -> Response:
    """``POST /opvolging/{number}``: the named successor comes on the list, or nobody does."""
    place = await visit.session.get(Succession, visit.in_path())
    if place is None or place.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such place")
    who = visit.actor.who
    if visit.text("doe") == "niemand":
        await drop_succession(visit.session, place, who=who, now=visit.now)
        return visit.back("/contacten/hiaten", done="succession_dropped")
    if visit.text("e-mail") != (place.email or ""):
        # Somebody named another person since this page was opened.
        raise StalePage
    try:
        async with visit.session.begin_nested():
            person = await accept(visit.session, place, who=who, now=visit.now)
    except AddressTaken:
        return visit.back("/contacten/hiaten", done="address_taken")
    return visit.back(f"/contact/{person.id}", done="successor_accepted")


async def organisation_in_path(visit: Visit) -> Organisation:
    """Which organisation the page is about, in the visitor's own world.

    :raises LookupError: none.
    """
    organisation = await visit.session.get(Organisation, visit.in_path())
    if organisation is None or organisation.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such organisation")
    return organisation


DOORS = (
    Door("/contacten/hiaten", show_gaps, Permission.MANAGE_CONTACTS),
    Door("/organisatie/{number:int}/bevestigd", confirm, Permission.MANAGE_CONTACTS, "POST"),
    Door("/opvolging/{number:int}", decide_succession, Permission.MANAGE_CONTACTS, "POST"),
)
