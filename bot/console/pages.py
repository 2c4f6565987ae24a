"""Makes pages from the templates, and hands every page the parts of the house it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.config import Config
from bot.console import texts
from briefings import moments
from contacts.records import Database
from contacts.sealing import Sealer

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages need of the running house."""

    db: Database
    config: Config
    sealer: Sealer
    clock: Callable[[], datetime]


def parts_of(request: Request) -> Parts:
    """The parts that the application was built with."""
    parts: Parts = request.app.state.parts
    return parts


def show(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page ``templates/<name>``. A missing value is an error, never an empty place."""
    config = parts_of(request).config
    values["is_exercise"] = config.is_exercise or values.get("is_exercise", False)
    html = (
        _environment()
        .get_template(name)
        .render(city=config.briefings.city, sender=config.briefings.sender, texts=texts, **values)
    )
    return HTMLResponse(html, status_code=status)


def explain(request: Request, key: str, *, status: int) -> HTMLResponse:
    """A calm page that says why there is nothing to see, and what to do."""
    title, line = texts.EXPLANATIONS[key]
    return show(request, "uitleg.html", status=status, title=title, line=line)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["klok"] = moments.clock
    environment.filters["moment"] = moments.moment
    environment.filters["dichtbij"] = near_moment
    environment.filters["machinetijd"] = lambda at: at.isoformat(timespec="seconds")
    return environment


def near_moment(at: datetime, now: datetime) -> str:
    """``17.42 uur`` today, ``2 maart, 17.42 uur`` on another day, on the clock of the city."""
    clock = texts.CLOCK.format(clock=moments.clock(at))
    on = moments.local_date(at)
    return clock if on == moments.local_date(now) else f"{moments.day(on)}, {clock}"
