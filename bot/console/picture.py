"""*Beeld*: what is told, as counts of organisations, in charts and on the map; and what a
person makes of it.

Of one event, or of everything in a day, a week or a quarter. Who may read signals sees it as it
is now, everybody else the same picture of a moment (:mod:`signals.picture_moments`); the words of
the assessment passed the person filter.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import picture_texts
from bot.console.doors import Door, Visit
from bot.console.pages import fragment
from bot.console.printing import send_pdf
from briefings.moments import day, local_date
from briefings.pdf import Sheet
from contacts.directory import Organisation
from contacts.local_time import AMSTERDAM
from contacts.permissions import Permission, may
from feeds.districts import parts_of_city
from feeds.rows import Event
from signals import texts as signal_texts
from signals.assessing import (
    MAX_LINE,
    MOST_LINES,
    Judgement,
    assess,
    last_assessment,
    proposal_for,
    signals_about,
)
from signals.duiding import NotDecided
from signals.phases import Phase
from signals.picture import Picture, picture_of, trend, weak_signals
from signals.picture_moments import closed, is_live, of_moments, seen_by
from signals.rows import Assessment, Signal, Step
from signals.telling import district_names

#: from these counts on a wijk is darker
FEW, MANY = 3, 6
QUARTER_MONTHS = 3
#: a quarter of 92 days at its end, and the weeks that tell what is usual
LOOK_BACK = timedelta(weeks=14)


@dataclass(frozen=True, slots=True)
class Shape:
    """A wijk on the map; ``shade`` is 0 (nothing told) to 3 (many organisations)."""

    name: str
    path: str
    shade: int
    shown: str


@dataclass(frozen=True, slots=True)
class MapData:
    """The wijken as they lie, in units of a field of ``width`` by ``height``."""

    width: int
    height: int
    shapes: Sequence[tuple[str, str, str]]


@cache
def city_map() -> MapData:
    """``feeds/lexicon/wijkkaart.toml``: (code, name, path) of every wijk."""
    raw = tomllib.loads((files("feeds") / "lexicon" / "wijkkaart.toml").read_text("utf-8"))
    shapes = [(one["code"], one["naam"], one["vorm"]) for one in raw["wijken"]]
    return MapData(raw["breed"], raw["hoog"], shapes)


async def show_picture(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/beeld``."""
    return await _event_page(visit, await visit.event())


async def _event_page(visit: Visit, event: Event, *, error: str = "") -> Response:
    signals = await _of_event(visit, event)
    values = await _values(visit, signals, event.id)
    status = 422 if error else 200
    return await visit.show_of(
        event, "beeld", "beeld.html", status=status, error=error, here=_of(event.id), **values
    )


async def _of_event(visit: Visit, event: Event) -> Sequence[Signal]:
    found = await signals_about(visit.session, event.id, is_exercise=event.is_exercise)
    return seen_by(visit.actor, found)


async def show_period(visit: Visit) -> Response:
    """``GET /beeld?periode=dag|week|kwartaal``: everything told, loose signals as well."""
    return await _period_page(visit)


async def _period_page(visit: Visit, *, error: str = "") -> Response:
    period, signals, longer = await _in_period(visit)
    values = await _values(visit, signals, None)
    return visit.show(
        "beeld_periode.html",
        status=422 if error else 200,
        error=error,
        here="/beeld",
        period=period,
        periods=picture_texts.PERIODS,
        trend=trend(longer, now=visit.now),
        **values,
    )


async def _in_period(visit: Visit) -> tuple[str, Sequence[Signal], Sequence[Signal]]:
    """Which period, what was told in it, and all of the longer look back, which holds each."""
    asked = visit.request.query_params.get("periode", "week")
    period = asked if asked in picture_texts.PERIODS else "week"
    begin = begin_of(period, visit.now)
    if not is_live(visit.actor):
        every = await _since(visit, None)
        return period, in_period_of_moments(every, period, begin), of_moments(every)
    longer = await _since(visit, visit.now - LOOK_BACK)
    found = [one for one in longer if one.received_at >= begin]
    return period, weak_signals(found) if period == "kwartaal" else found, longer


def in_period_of_moments(every: Sequence[Signal], period: str, begin: datetime) -> Sequence[Signal]:
    """What the picture of a moment shows of a period. Pure.

    Of a quarter a signal is in it once it is closed, so there the closing is what comes together.
    """
    if period != "kwartaal":
        return of_moments(every, since=begin)
    return of_moments(weak_signals(one for one in every if one.received_at >= begin), when=closed)


def begin_of(period: str, now: datetime) -> datetime:
    """Since when: today, a week of seven days, or this quarter of the year. Pure."""
    local = now.astimezone(AMSTERDAM)
    midnight = datetime.combine(local.date(), time(0), AMSTERDAM)
    if period == "dag":
        return midnight
    if period == "week":
        return midnight - timedelta(days=6)
    first = local.month - (local.month - 1) % QUARTER_MONTHS
    return midnight.replace(month=first, day=1)


async def _since(visit: Visit, begin: datetime | None) -> Sequence[Signal]:
    asked = select(Signal).where(col(Signal.is_exercise) == visit.actor.is_exercise)
    if begin is not None:
        asked = asked.where(col(Signal.received_at) >= begin)
    found = await visit.session.exec(asked.order_by(col(Signal.received_at), col(Signal.id)))
    return found.all()


async def _values(visit: Visit, signals: Sequence[Signal], event_id: int | None) -> dict[str, Any]:
    """What both pages show: counts, map, phase, and the form for who may read signals."""
    is_exercise = visit.actor.is_exercise
    last = await last_assessment(visit.session, event_id, is_exercise=is_exercise)
    values: dict[str, Any] = {
        "picture": await _picture(visit, signals),
        "of_moments": not is_live(visit.actor),
        "field": city_map(),
        "last": last,
        "last_phase": signal_texts.PHASES[Phase(last.phase)] if last else "",
        "last_step": signal_texts.STEPS[last.step] if last else "",
        "phase_help": signal_texts.PHASE_HELP[Phase(last.phase)] if last else "",
        "headings": picture_texts.HEADINGS,
        "phase_about": picture_texts.PHASE_OF_EVENT if event_id else picture_texts.PHASE_OF_CITY,
    }
    values["shapes"] = shapes_of(values["picture"].by_district)
    values["districts"] = _districts(values["picture"].by_district)
    if may(visit.actor, Permission.READ_SIGNALS):
        proposal = await proposal_for(
            visit.session, event_id, visit.parts.config.signals.phases,
            is_exercise=is_exercise, now=visit.now,
        )  # fmt: skip
        values |= {
            "proposed": signal_texts.PHASES[proposal.phase],
            "proposed_phase": proposal.phase.value,
            "why": signal_texts.phase_reasons(proposal.reasons),
            "phases": signal_texts.PHASES,
            "steps": signal_texts.STEPS,
            "most_lines": MOST_LINES,
            "longest_line": MAX_LINE,
        }
    return values


async def _picture(visit: Visit, signals: Sequence[Signal]) -> Picture:
    found = await visit.session.exec(
        select(Organisation.district)
        .where(
            col(Organisation.is_exercise) == visit.actor.is_exercise,
            col(Organisation.district).is_not(None),
        )
        .distinct()
    )
    return picture_of(
        signals,
        day_of=lambda at: day(local_date(at)),
        names=district_names(),
        parts=parts_of_city(),
        expected_districts={code for code in found.all() if code},
    )


def _districts(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    names = district_names()
    return sorted((names.get(code, code), _shown(count)) for code, count in counts.items())


def _shown(count: int) -> str:
    return signal_texts.FEW if 0 < count < FEW else str(count)


def shapes_of(counts: Mapping[str, int]) -> list[Shape]:
    """Every wijk with its shade. Pure."""
    known = Counter(counts)
    return [
        Shape(name, path, shade(known[code]), _shown(known[code]))
        for code, name, path in city_map().shapes
    ]


def shade(count: int) -> int:
    """0 nothing, 1 for one or two, 2 for a few, 3 for many. Pure."""
    if count >= MANY:
        return 3
    return 2 if count >= FEW else min(count, 1)


async def judge_event(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/oordeel``: phase, duiding and decision about one event."""
    event = await visit.event()
    kept = await _judge(visit, event.id)
    if isinstance(kept, NotDecided):
        return await _event_page(visit, event, error=picture_texts.NOT_KEPT[kept.reason])
    return visit.back(_of(event.id), done="assessed")


async def judge_city(visit: Visit) -> Response:
    """``POST /beeld/oordeel``: the same about what belongs to no event."""
    kept = await _judge(visit, None)
    if isinstance(kept, NotDecided):
        return await _period_page(visit, error=picture_texts.NOT_KEPT[kept.reason])
    return visit.back("/beeld", done="assessed")


async def _judge(visit: Visit, event_id: int | None) -> Assessment | NotDecided:
    return await assess(
        visit.session,
        event_id,
        Judgement(
            phase=Phase(visit.text("fase")),
            step=Step(visit.text("besluit")),
            lines=tuple(visit.fields.get("regel", ())[:MOST_LINES]),
            other_view=visit.text("andere_uitleg"),
            ask_also=visit.text("wie_nog"),
        ),
        visit.parts.config.signals.phases,
        actor=visit.actor,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )


async def print_event(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/beeld/pdf``: the tables and the words, on paper."""
    event = await visit.event()
    signals = await _of_event(visit, event)
    values = await _values(visit, signals, event.id)
    return await _print(visit, picture_texts.OF_EVENT, values, event.is_exercise)


async def print_period(visit: Visit) -> Response:
    """``GET /beeld/pdf?periode=…``."""
    period, signals, _ = await _in_period(visit)
    values = await _values(visit, signals, None)
    return await _print(visit, picture_texts.PERIODS[period], values, visit.actor.is_exercise)


async def _print(
    visit: Visit, title: str, values: Mapping[str, Any], is_exercise: bool
) -> Response:
    body = fragment("beeld_papier.html", **values)
    sheet = Sheet(
        subject=title,
        body=body,
        audience=picture_texts.FOR_WHOM,
        stand=day(local_date(visit.now)),
        sender=visit.parts.config.briefings.city,
        is_exercise=is_exercise,
    )
    return await send_pdf(visit.request, sheet, name="beeld")


def _of(event_id: int | None) -> str:
    return f"/gebeurtenis/{event_id}/beeld"


_EVENT = "/gebeurtenis/{number:int}"

DOORS = (
    Door("/beeld", show_period, Permission.SEE_PICTURE),
    Door("/beeld/pdf", print_period, Permission.SEE_PICTURE),
    Door("/beeld/oordeel", judge_city, Permission.READ_SIGNALS, "POST"),
    Door(f"{_EVENT}/beeld", show_picture, Permission.SEE_PICTURE),
    Door(f"{_EVENT}/beeld/pdf", print_event, Permission.SEE_PICTURE),
    Door(f"{_EVENT}/oordeel", judge_event, Permission.READ_SIGNALS, "POST"),
)
