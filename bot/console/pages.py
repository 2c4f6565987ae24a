"""Makes pages from the templates, and hands every page the parts of the house it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.config import Config
from bot.console import list_texts, seen, texts
from bot.console.spans import spoken
from bot.console.tables import stackable
from briefings import moments
from briefings.capitals import with_capital
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.texts import telt
from feeds.telling_why import as_sentence

HERE = Path(__file__).parent
STATIC = HERE / "static"


SIGN_IN = "/aanmelden"
#: the words that somebody looks for, on every page that can be searched
SEARCHED = "zoek"
#: the prefix makes a browser refuse the cookie from anybody but this host, over TLS
COOKIE = "__Host-schakel"
#: over plain HTTP (this computer only) browsers refuse that prefix
PLAIN_COOKIE = "schakel"


def nothing_to_wake() -> None:
    """For pages without a running house around them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages need of the running house. ``on_change`` is called after each change."""

    db: Database
    config: Config
    sealer: Sealer
    clock: Callable[[], datetime]
    on_change: Callable[[], None] = nothing_to_wake
    has_phones: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the pages over TLS."""
        return self.config.web.base_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        return COOKIE if self.is_secure else PLAIN_COOKIE


def parts_of(request: Request) -> Parts:
    """The parts that the application was built with."""
    parts: Parts = request.app.state.parts
    return parts


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page ``templates/<template>``. A missing value is an error, never an empty place."""
    parts = parts_of(request)
    config = parts.config
    values["is_exercise"] = config.is_exercise or values.get("is_exercise", False)
    html = (
        _environment()
        .get_template(template)
        .render(
            city=config.briefings.city,
            sender=config.briefings.sender,
            texts=texts,
            path=request.url.path,
            has_phones=parts.has_phones,
            has_passkeys=parts.config.sign_in.passkey != "nee",
            **values,
        )
    )
    return HTMLResponse(stackable(html), status_code=status)


def fragment(template: str, **values: Any) -> str:
    """A piece of HTML for another form than a page, such as paper; escaped like a page."""
    return _environment().get_template(template).render(texts=texts, **values)


def explain(request: Request, key: str, *, status: int, is_exercise: bool = False) -> HTMLResponse:
    """A calm page that says why there is nothing to see, and what to do."""
    title, line = texts.EXPLANATIONS[key]
    # Only whoever is signed in has a first page to go back to.
    back = key == "not_allowed"
    return show(
        request, "uitleg.html", status=status, title=title, line=line, back=back,
        is_exercise=is_exercise,
    )  # fmt: skip


def ask_to_sign_in(request: Request) -> Response:
    """What somebody gets who is not signed in."""
    if request.method != "GET":
        return explain(request, "signed_out", status=401)
    if "hx-request" in request.headers:
        # A part of an open page: a page to sign in does not fit there, and what is shown is no
        # longer kept fresh, so the whole page asks anew.
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    return RedirectResponse(f"{SIGN_IN}?naar={quote(_here(request))}", status_code=303)


def _here(request: Request) -> str:
    """The page that was asked, without what was searched on it: that may be somebody's name, and an
    address is kept by browsers and proxies."""
    asked = [one for one in request.query_params.multi_items() if one[0] != SEARCHED]
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def put_cookie(response: Response, parts: Parts, token: str) -> None:
    """The session's cookie: not for scripts, not for other sites, gone with the session."""
    response.set_cookie(
        parts.cookie_name,
        token,
        max_age=parts.config.web.session_h * 3600,
        path="/",
        secure=parts.is_secure,
        httponly=True,
        samesite="lax",
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        # Looking on the disk whether each changed was done for every page and each of its parts.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["gezien"] = {
        "persoon": seen.stamp_of_person,
        "uren": seen.stamp_of_hours,
        "organisatie": seen.stamp_of_organisation,
        "locatie": seen.stamp_of_site,
        "waarden": seen.stamp,
    }
    environment.filters["klok"] = moments.clock
    environment.filters["moment"] = moments.moment
    environment.filters["ver_moment"] = moments.far_moment
    environment.filters["dichtbij"] = near_moment
    environment.filters["duur"] = spoken
    environment.filters["geldig"] = list_texts.how_long
    environment.filters["hoofdletter"] = with_capital
    environment.filters["reden"] = as_sentence
    environment.filters["telt"] = telt
    environment.filters["machinetijd"] = lambda at: at.isoformat(timespec="seconds")
    return environment


def near_moment(at: datetime, now: datetime) -> str:
    """``17.42 uur`` today, ``2 maart, 17.42 uur`` on another day, on the clock of the city."""
    clock = texts.CLOCK.format(clock=moments.clock(at))
    on = moments.local_date(at)
    return clock if on == moments.local_date(now) else f"{moments.day(on)}, {clock}"
