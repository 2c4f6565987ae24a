"""The web application: the console for who is signed in, and the pages behind a link.

Server-rendered; nothing comes from another host. Pages behind a link need no cookie and no
JavaScript; in the console JavaScript only keeps pages fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.api import doors as api
from bot.config import Config
from bot.console import (
    accounts,
    alerts,
    allowing,
    balance,
    bringing_in,
    calling,
    couplings,
    digest_desk,
    dispatch,
    doubles,
    drafts,
    duiding,
    ending,
    evaluation,
    event_editing,
    events,
    exercise_people,
    exercises,
    facts,
    gaps,
    group_message,
    groups,
    help_board,
    inbox,
    inviting,
    journal,
    judging,
    learning,
    list_check,
    lists,
    live,
    live_texts,
    meeting,
    metrics,
    neighbours,
    office,
    organisation,
    organisations,
    overleg,
    overleg_extra,
    overleg_feed,
    overleg_inviting,
    own_exercise,
    own_finding,
    own_groups,
    own_help,
    own_overleg,
    own_overleg_answer,
    own_page,
    own_rights,
    passkeys,
    people,
    person_editing,
    picture,
    poll_page,
    poll_results,
    preferences,
    public_totals,
    quarters,
    reach,
    recipients,
    revoking,
    rota,
    rota_own,
    rota_swap,
    sending,
    short_telling,
    signing_in,
    sites,
    sources,
    steering,
    survey_desk,
    timetable,
    translations,
    undelivered,
    unsubscribe,
    where,
    wording,
)
from bot.console.doors import Door
from bot.console.guarding import HeadersOnEverything, NoNul, put_headers
from bot.console.live import LiveDesk
from bot.console.pacing import Pace, PaceOnLinks, Paces
from bot.console.pages import STATIC, Parts, explain, nothing_to_wake
from bot.console.paths import EVENT_PAGE
from contacts.records import Database
from contacts.sealing import Sealer

#: every page and act of the console; ``tests/test_console_doors.py`` walks through them all
DOORS: tuple[Door, ...] = (
    *office.DOORS,
    *events.DOORS,
    *alerts.DOORS,
    *balance.DOORS,
    *event_editing.DOORS,
    *neighbours.DOORS,
    *timetable.DOORS,
    *facts.DOORS,
    *drafts.DOORS,
    *ending.DOORS,
    *wording.DOORS,
    *translations.DOORS,
    *live_texts.DOORS,
    *sending.DOORS,
    *dispatch.DOORS,
    *recipients.DOORS,
    *calling.DOORS,
    *undelivered.DOORS,
    *revoking.DOORS,
    *reach.DOORS,
    *picture.DOORS,
    *meeting.DOORS,
    *evaluation.DOORS,
    *learning.DOORS,
    *poll_results.DOORS,
    *quarters.DOORS,
    *survey_desk.DOORS,
    *digest_desk.DOORS,
    *overleg.DOORS,
    *overleg_extra.DOORS,
    *overleg_feed.DOORS,
    *overleg_inviting.DOORS,
    *inbox.DOORS,
    *duiding.DOORS,
    *help_board.DOORS,
    *people.DOORS,
    *person_editing.DOORS,
    *organisations.DOORS,
    *sites.DOORS,
    *groups.DOORS,
    *group_message.DOORS,
    *inviting.DOORS,
    *where.DOORS,
    *gaps.DOORS,
    *preferences.DOORS,
    *bringing_in.DOORS,
    *doubles.DOORS,
    *exercises.DOORS,
    *exercise_people.DOORS,
    *sources.DOORS,
    *steering.DOORS,
    *journal.DOORS,
    *couplings.DOORS,
    *allowing.DOORS,
    *rota.DOORS,
    *rota_own.DOORS,
    *rota_swap.DOORS,
    *lists.DOORS,
    *passkeys.DOORS,
    *own_rights.DOORS,
)


def build_app(
    db: Database,
    config: Config,
    sealer: Sealer,
    clock: Callable[[], datetime],
    *,
    on_change: Callable[[], None] = nothing_to_wake,
    phones: Sequence[Route] = (),
    doors: Sequence[Route] = (),
) -> Starlette:
    """The application on these parts; it opens and closes nothing itself.

    :param on_change: called after each change, so that what was planned goes out at once.
    :param phones: pages of simulated telephones, in the demo and in exercises.
    :param doors: other ways in, such as the one for Telegram's updates.
    """
    app = Starlette(
        routes=[*phones, *doors, *_routes()],
        middleware=[
            Middleware(HeadersOnEverything),
            Middleware(NoNul),
            Middleware(PaceOnLinks),
        ],
        exception_handlers={
            HTTPException: _say_why,
            own_page.PageOver: own_page.say_over,
            Exception: _say_sorry,
        },
    )
    parts = Parts(db, config, sealer, clock, on_change, has_phones=bool(phones))
    app.state.parts = parts
    app.state.accounts = accounts.open_desk(parts)
    app.state.paces = Paces()
    app.state.live = LiveDesk(db)
    app.state.api_pace = Pace(api.MOST_A_MINUTE)
    return app


@cache
def _routes() -> list[Route | Mount]:
    """Made once: they keep nothing, so every application of a process can have the same."""
    page = EVENT_PAGE
    return [
        *(door.route() for door in DOORS),
        *accounts.ROUTES,
        *signing_in.ROUTES,
        *live.ROUTES,
        *own_page.ROUTES,
        *own_groups.ROUTES,
        *own_help.ROUTES,
        *own_finding.ROUTES,
        *short_telling.ROUTES,
        *judging.ROUTES,
        *own_rights.ROUTES,
        *preferences.ROUTES,
        *list_check.ROUTES,
        *own_exercise.ROUTES,
        *where.ROUTES,
        *public_totals.ROUTES,
        *unsubscribe.ROUTES,
        *poll_page.ROUTES,
        *survey_desk.ROUTES,
        *digest_desk.ROUTES,
        *overleg_feed.ROUTES,
        *overleg_inviting.ROUTES,
        *own_overleg.ROUTES,
        *own_overleg_answer.ROUTES,
        *api.ROUTES,
        Route("/gezond", metrics.show_health),
        Route("/metrics", metrics.show_metrics),
        Route(page, organisation.show_text),
        Route(f"{page}/pdf", organisation.print_text),
        Route(f"{page}/signaal", organisation.show_form),
        Route(f"{page}/signaal", organisation.take_signal, methods=["POST"]),
        Route(f"{page}/dank", organisation.thank),
        Route(f"{page}/{{answer:answer}}", organisation.note_acknowledgement, methods=["POST"]),
        # Only these are packed: a page holds the form's key next to what its reader searched for,
        # and the length of a packed page would tell of the one by the other.
        Mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), compresslevel=6)),
    ]


async def _say_why(request: Request, error: Exception) -> Response:
    """A page that is not there, or a question that is not asked like this."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(api.PREFIX):
        return await api.refuse(request, error.status_code, error.headers)
    key = "not_found" if error.status_code == 404 else "not_like_this"
    if error.status_code == 404 and request.url.path.startswith("/o/"):
        key = "unknown_link"
    response = explain(request, key, status=error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _say_sorry(request: Request, error: Exception) -> Response:
    """Our own fault. The server logs it; the page says so without details."""
    response = explain(request, "failed", status=500)
    # This answer is made outside the middleware that sets them.
    put_headers(response.headers, path=request.url.path)
    return response
