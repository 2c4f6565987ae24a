"""The web application: an organisation's page behind its link, and the working pages.

Server-rendered, without cookies and without JavaScript; nothing comes from another host.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.config import Config
from bot.console import office, organisation
from bot.console.guarding import HeadersOnEverything, put_headers
from bot.console.pages import STATIC, Parts, explain
from contacts.records import Database
from contacts.sealing import Sealer


class _TokenConvertor(Convertor[str]):
    """What can be a token at all; anything else is no page of ours."""

    regex = "[A-Za-z0-9_-]{16,64}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _AnswerConvertor(_TokenConvertor):
    regex = "|".join(organisation.ACKNOWLEDGEMENTS)


register_url_convertor("token", _TokenConvertor())
register_url_convertor("answer", _AnswerConvertor())


def build_app(
    db: Database, config: Config, sealer: Sealer, clock: Callable[[], datetime]
) -> Starlette:
    """The application on these parts; it opens and closes nothing itself."""
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(HeadersOnEverything)],
        exception_handlers={HTTPException: _say_why, Exception: _say_sorry},
    )
    app.state.parts = Parts(db, config, sealer, clock)
    return app


def _routes() -> list[Route | Mount]:
    page = "/o/{token:token}"
    return [
        Route("/", office.show_today),
        Route("/gebeurtenis/{number:int}", office.show_event),
        Route("/journaal", office.show_journal),
        Route("/gezond", office.show_health),
        Route(page, organisation.show_text),
        Route(f"{page}/signaal", organisation.show_form),
        Route(f"{page}/signaal", organisation.take_signal, methods=["POST"]),
        Route(f"{page}/dank", organisation.thank),
        Route(f"{page}/{{answer:answer}}", organisation.note_acknowledgement, methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


async def _say_why(request: Request, error: Exception) -> Response:
    """A page that is not there, or a question that is not asked like this."""
    assert isinstance(error, HTTPException)
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
