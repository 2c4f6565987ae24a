"""*Kwartaalpakket*: what the overleg looks back on together, four times a year.

A quarter that is over shows what was frozen when it ended; the running one is counted now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from bot import quarter_texts as texts
from bot.carrying import configured_kinds
from bot.console.doors import Door, Visit
from bot.console.number_files import Number, send_numbers
from bot.console.pages import fragment
from bot.console.printing import send_pdf
from bot.learning_texts import TEXT_CHANGED, TEXT_NOW
from briefings.learning.freezing import frozen_packs, pack_of
from briefings.learning.packs import Figures, asked_shown, read_figures, shown_bars
from briefings.moments import dated, day, local_date
from briefings.pdf import Sheet
from briefings.texts import MONTHS
from contacts.permissions import Permission
from signals.help_count_rows import HelpStep
from signals.help_counts import HelpLine
from signals.picture import Bar
from signals.picture_moments import is_live
from signals.quarters import Quarter, quarter_named, quarter_of

_PAGE = "/kwartaal/{name:str}"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it is shown. ``stand``: frozen on a day, or still running."""

    quarter: Quarter
    title: str
    months: str
    stand: str
    figures: Figures
    kpis: tuple[tuple[str, str], ...]


async def show_quarters(visit: Visit) -> Response:
    """``GET /kwartalen``: the running quarter and every one that was frozen."""
    running = quarter_of(visit.now)
    listed = [(running, texts.RUNNING)]
    if not visit.actor.is_exercise:
        for pack in await frozen_packs(visit.session):
            quarter = quarter_named(pack.quarter)
            assert quarter is not None
            when = dated(local_date(pack.frozen_at))
            listed.append((quarter, texts.FROZEN.format(when=when)))
    return visit.show(
        "kwartalen.html",
        quarters=[(one.name, title_of(one), months_of(one), stand) for one, stand in listed],
    )


async def show_quarter(visit: Visit) -> Response:
    """``GET /kwartaal/{name}``, such as ``2026-K3``."""
    return visit.show("kwartaal.html", **_values(await _pack(visit)))


async def print_quarter(visit: Visit) -> Response:
    """``GET /kwartaal/{name}/pdf``."""
    pack = await _pack(visit)
    sheet = Sheet(
        subject=pack.title,
        body=fragment("kwartaal_papier.html", **_values(pack)),
        audience=texts.FOR_WHOM,
        stand=f"{pack.months}, {pack.stand}",
        sender=visit.parts.config.briefings.city,
        is_exercise=visit.actor.is_exercise,
    )
    return await send_pdf(visit.request, sheet, name=texts.FILE_NAME.format(name=pack.quarter.name))


async def send_quarter(visit: Visit) -> Response:
    """``GET /kwartaal/{name}/csv``."""
    pack = await _pack(visit)
    return send_numbers(
        numbers_of(pack),
        name=texts.FILE_NAME.format(name=pack.quarter.name),
        is_exercise=visit.actor.is_exercise,
    )


async def _pack(visit: Visit) -> Pack:
    """The quarter in the address, frozen or running.

    :raises LookupError: it has no pack: unknown, in the future, or before there was Schakel.
    """
    quarter = quarter_named(visit.request.path_params["name"])
    if quarter is None:
        raise LookupError(texts.NO_SUCH)
    is_exercise = visit.actor.is_exercise
    frozen = None if is_exercise else await pack_of(visit.session, quarter)
    if frozen is not None:
        figures, stand = frozen.figures, texts.FROZEN.format(
            when=dated(local_date(frozen.frozen_at))
        )  # fmt: skip
    elif quarter == quarter_of(visit.now):
        figures = await read_figures(
            visit.session, quarter, is_exercise=is_exercise, now=visit.now,
            live=is_live(visit.actor), sends_by=configured_kinds(visit.parts.config),
        )  # fmt: skip
        stand = texts.RUNNING
    else:
        raise LookupError(texts.NO_SUCH)
    return Pack(
        quarter, title_of(quarter), months_of(quarter), stand, figures, kpis_of(figures)
    )  # fmt: skip


def title_of(quarter: Quarter) -> str:
    """``Kwartaal 3 van 2026``. Pure."""
    return texts.TITLE.format(number=quarter.number, year=quarter.year)


def months_of(quarter: Quarter) -> str:
    """``juli tot en met september 2026``. Pure."""
    last = quarter.next.begins_on - timedelta(days=1)
    return texts.NAME.format(
        first=MONTHS[quarter.begins_on.month - 1], last=MONTHS[last.month - 1], year=quarter.year
    )


def kpis_of(figures: Figures) -> tuple[tuple[str, str], ...]:
    """The key figures in words; a small number stays as vague as it was frozen. Pure."""
    pace, reach, on_list = figures["pace"], figures["reach"], figures["list"]
    answers = figures["answers"]
    took = texts.NONE if pace["median_min"] is None else str(pace["median_min"])
    label = texts.PACE.format(n=pace["n"]) if pace["n"] > 1 else texts.PACE_FIRST
    return (
        (label, took),
        (texts.IN_TIME, _part(reach["in_time"], reach["organisations"])),
        (texts.TWO, _of_list(on_list, "two")),
        (texts.REACHABLE, _of_list(on_list, "reachable")),
        (texts.ANSWERED, _part(answers["in_time"], asked_shown(answers))),
        (texts.WITHOUT_HUB, _without_hub(figures["meeting"]["hub_share"])),
        (texts.CHANGED, str(figures["lessons"]["changed"])),
        (texts.REFERRALS, str(figures["referrals"])),
    )


def _without_hub(hub_share: int | None) -> str:
    return texts.TOO_FEW if hub_share is None else texts.ABOUT.format(percent=100 - hub_share)


def _part(count: Any, total: Any) -> str:
    return texts.NONE if str(total) == "0" else texts.OF.format(count=count, total=total)


def _of_list(on_list: Mapping[str, int] | None, name: str) -> str:
    return texts.UNKNOWN if on_list is None else _part(on_list[name], on_list["organisations"])


def _values(pack: Pack) -> dict[str, Any]:
    weak, balance = pack.figures["weak"], pack.figures["balance"]
    widest = max((row["shown"] + row["by_hand"] for row in balance), default=0) or 1
    return {
        "pack": pack,
        # A pack that was frozen before help was counted has none.
        "help_lines": shown_help(pack.figures),
        "help_steps": list(HelpStep),
        "figures": pack.figures,
        "weak": weak,
        "weak_charts": {
            "domains": shown_bars(weak["domains"]), "kinds": shown_bars(weak["kinds"]),
            "districts": shown_bars(weak["districts"]),
        },
        "balance": [
            (row, Bar(row["form"], str(row["shown"] + row["by_hand"]),
                      round(100 * (row["shown"] + row["by_hand"]) / widest, 1)))
            for row in balance
        ],
        "lessons": {
            kind: [
                {**one, "due": dated(date.fromisoformat(one["due"])), "text": _text(one)}
                for one in pack.figures["lessons"][kind]
            ]
            for kind in ("done", "open")
        },
        "events": [
            {**one, "on": day(date.fromisoformat(one["on"]))} for one in pack.figures["events"]
        ],
    }  # fmt: skip


def _text(lesson: Mapping[str, Any]) -> str:
    if lesson["now"] is None:
        return ""
    words = TEXT_NOW if lesson["then"] is None else TEXT_CHANGED
    return words.format(name=lesson["template"], then=lesson["then"], now=lesson["now"])


def shown_help(figures: Figures) -> list[HelpLine]:
    """Of a pack, frozen or not. Pure."""
    return [HelpLine(label, tuple(shown)) for label, shown in figures.get("help", ())]


def numbers_of(pack: Pack) -> list[Number]:
    """The pack as lines of a file. Pure."""
    figures, weak = pack.figures, pack.figures["weak"]
    found = [Number(texts.KPI, what, shown, texts.UNIT_NUMBER) for what, shown in pack.kpis]
    for part, key in ((texts.WEAK, "domains"), (texts.WEAK_KINDS, "kinds")):
        found += [
            Number(part, bar.label, bar.shown, texts.UNIT_ORGANISATIONS)
            for bar in shown_bars(weak[key])
        ]
    found += [
        Number(texts.BALANCE, row["form"], str(row["shown"] + row["by_hand"]), texts.UNIT_NUMBER)
        for row in figures["balance"]
    ]
    found += [
        Number(texts.HELP, f"{line.label}: {step.value}", shown, texts.UNIT_TIMES)
        for line in shown_help(figures)
        for step, shown in zip(HelpStep, line.shown, strict=True)
    ]
    for one in figures["events"]:
        minutes = texts.NONE if one["minutes"] is None else str(one["minutes"])
        found.append(Number(texts.EVENTS, one["name"], minutes, texts.UNIT_MINUTES))
    lessons = figures["lessons"]
    late = sum(one["late"] for one in lessons["open"])
    counts = {texts.DONE: len(lessons["done"]), texts.OPEN: len(lessons["open"]), texts.LATE: late}
    found += [Number(texts.LESSONS, what, str(n), texts.UNIT_NUMBER) for what, n in counts.items()]
    return found


DOORS = (
    Door("/kwartalen", show_quarters, Permission.SEE_STATUS),
    Door(_PAGE, show_quarter, Permission.SEE_STATUS),
    Door(f"{_PAGE}/pdf", print_quarter, Permission.SEE_STATUS),
    Door(f"{_PAGE}/csv", send_quarter, Permission.SEE_STATUS),
)
