"""``/nuttig/…``: one press under an answer by mail says whether it was of use.

A look changes nothing: mail programs open links too. The press is counted once, about nobody.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console import judging_texts as texts
from bot.console.forms import BadForm, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import explain, parts_of, show
from bot.console.paths import LINK_PART
from signals.feedback import JUDGE, can_judge, is_played, judge_answer

_PAGE = f"{JUDGE}/{LINK_PART}"


async def ask(request: Request) -> Response:
    """``GET /nuttig/{token}``: two buttons, or that it was said before."""
    parts = parts_of(request)
    token = request.path_params["token"]
    async with parts.db.read() as session:
        is_open = await can_judge(session, token, now=parts.clock())
        is_exercise = await is_played(session, token)
    title, line = texts.ASK if is_open else texts.OVER
    return show(
        request, "nuttig.html", status=200 if is_open else 410, title=title, line=line,
        choices=texts.CHOICES if is_open else {}, is_exercise=is_exercise,
    )  # fmt: skip


async def count(request: Request) -> Response:
    """``POST /nuttig/{token}``: counted; a second press changes nothing."""
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    try:
        wish = first(await read_fields(request), "oordeel")
    except BadForm:
        wish = ""
    if wish not in texts.CHOICES:
        return explain(request, "not_like_this", status=400)
    token = request.path_params["token"]
    async with parts.db.begin() as session:
        is_exercise = await is_played(session, token)
        is_new = await judge_answer(session, token, is_useful=wish == "ja", now=parts.clock())
    title, line = texts.THANKS if is_new else texts.OVER
    return show(
        request, "nuttig.html", status=200 if is_new else 410, title=title, line=line, choices={},
        is_exercise=is_exercise,
    )  # fmt: skip


ROUTES = (Route(_PAGE, ask), Route(_PAGE, count, methods=["POST"]))
