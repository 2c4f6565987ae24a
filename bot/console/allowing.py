"""Namen die geen persoon zijn: schools, squares and shops that the person filter lets pass."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import allowing_texts as words
from bot.console.doors import Door, Visit
from contacts.permissions import Permission
from signals.allowed_names import add_name, all_names, remove_name
from signals.allowed_rows import LONGEST
from signals.person_words import fold

_PAGE = "/beheer/namen"


async def show_names(visit: Visit) -> Response:
    """``GET /beheer/namen``."""
    return await _page(visit)


async def _page(visit: Visit, *, status: int = 200, name: str = "", error: str = "") -> Response:
    kept = await all_names(visit.session)
    keys = {one.key for one in kept}
    fixed = [one for one in visit.parts.config.signals.allow if fold(one) not in keys]
    return visit.show(
        "namen.html",
        status=status,
        kept=kept,
        fixed=sorted(fixed, key=str.casefold),
        name=name,
        error=error,
        longest=LONGEST,
    )


async def allow(visit: Visit) -> Response:
    """``POST /beheer/namen``: from the next text on the filter lets it pass."""
    name = " ".join(visit.text("naam").split())
    refused = await add_name(
        visit.session, name, visit.parts.config.signals, who=visit.actor.who, now=visit.now
    )
    if refused is not None:
        error = words.WHY_NOT[refused].format(name=name, longest=LONGEST)
        return await _page(visit, status=422, name=name, error=error)
    return visit.back(_PAGE, done="name_allowed")


async def disallow(visit: Visit) -> Response:
    """``POST /beheer/namen/{number}/weg``."""
    settings = visit.parts.config.signals
    if not await remove_name(
        visit.session, visit.in_path(), settings, who=visit.actor.who, now=visit.now
    ):
        raise LookupError("no such name")
    return visit.back(_PAGE, done="name_disallowed")


DOORS = (
    Door(_PAGE, show_names, Permission.KEEP_NAMES),
    Door(_PAGE, allow, Permission.KEEP_NAMES, "POST"),
    Door(f"{_PAGE}/{{number:int}}/weg", disallow, Permission.KEEP_NAMES, "POST"),
)
