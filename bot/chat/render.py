"""Renders chat texts: ``.html`` is Telegram HTML with everything escaped, ``.txt`` is plain."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from briefings.capitals import with_capital
from briefings.moments import clock
from contacts.local_time import AMSTERDAM
from contacts.texts import WEEKDAYS, telt
from feeds.telling_why import as_sentence
from signals.workdays import day_and_time


def clock_time(at: datetime) -> str:
    """``17.42``, in Arnhem."""
    return clock(at)


def day_only(on: date) -> str:
    """``donderdag 5-3-2026``; of a moment, the day it is in Arnhem."""
    if isinstance(on, datetime):
        on = on.astimezone(AMSTERDAM).date()
    return f"{WEEKDAYS[on.weekday()]} {on.day}-{on.month}-{on.year}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["dag"] = day_only
    environment.filters["hoofdletter"] = with_capital
    environment.filters["tijd"] = clock_time
    environment.filters["dag_tijd"] = day_and_time
    environment.filters["reden"] = as_sentence
    environment.filters["telt"] = telt
    return environment


def render(name: str, **values: Any) -> str:
    """The text of ``templates/<name>``. A missing value is an error, never an empty place."""
    return _environment().get_template(name).render(**values).strip()
