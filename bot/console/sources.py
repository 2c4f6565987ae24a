"""Sources at the desk: a new one, another address, a pause, a move, a check by a person."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from bot.console import source_texts as words
from bot.console.doors import Door, Visit
from bot.console.seen import stamp
from bot.console.steering import steering_page
from contacts.journal import write_journal
from contacts.permissions import Permission
from feeds.opml import Listed
from feeds.rows import Source
from feeds.sources import AddressTaken, add_source, change_address, follow_move, read_again
from feeds.standing import Reach, Trust

URL_LIMIT, NAME_LIMIT = 500, 120


async def add(visit: Visit) -> Response:
    """``POST /beheer/bron``: read from now on; whether it answers stands on the page soon."""
    given = {name: visit.text(name) for name in ("naam", "adres", "soort", "bereik")}
    if not given["naam"]:
        return await _refused(visit, words.NAME_MISSING, "nieuw", given)
    if not is_address(given["adres"]):
        return await _refused(visit, words.ADDRESS_LIKE_THIS, "nieuw", given)
    added = await add_source(
        visit.session,
        Listed(given["naam"][:NAME_LIMIT], given["adres"]),
        Trust(given["soort"]),
        who=visit.actor.who,
        is_exercise=visit.actor.is_exercise,
        now=visit.now,
        reach=Reach(given["bereik"] or Reach.ORDINARY),
    )
    if added is None:
        return await _refused(visit, words.THERE_ALREADY, "nieuw", given)
    return visit.back("/beheer", done="source_added")


async def move(visit: Visit) -> Response:
    """``POST /beheer/bron/{number}/adres``: the same source at another address."""
    source = await _source(visit)
    await visit.hold(source)
    visit.require_seen(stamp(source.url))
    given = {"adres": visit.text("adres")}
    about = f"adres-{source.id}"
    if not is_address(given["adres"]):
        return await _refused(visit, words.ADDRESS_LIKE_THIS, about, given)
    try:
        await change_address(
            visit.session, source, given["adres"], who=visit.actor.who, now=visit.now
        )
    except AddressTaken:
        return await _refused(visit, words.THERE_ALREADY, about, given)
    return visit.back("/beheer", done="source_moved")


async def decide(visit: Visit) -> Response:
    """``POST /beheer/bron/{number}``: read it again, not for now, where it moved to, or checked."""
    source = await _source(visit)
    if visit.text("doe") == "verhuis":
        await follow_move(visit.session, source, who=visit.actor.who, now=visit.now)
        return visit.back("/beheer", done="source_moved")
    if visit.text("doe") == "nagekeken":
        source.verified_at = source.verified_at or visit.now
        action = "source_checked"
    else:
        if visit.text("doe") == "pauze":
            source.is_paused, source.next_poll_at = True, visit.now
        else:
            read_again(source, now=visit.now)
        action = "source_paused" if source.is_paused else "source_resumed"
    write_journal(
        visit.session, who=visit.actor.who, action=action, subject=f"source:{source.id}",
        now=visit.now,
    )  # fmt: skip
    return visit.back("/beheer", done=action)


def is_address(url: str) -> bool:
    """Whether a feed could be there; whether one is, the reading tells. Pure."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and len(url) <= URL_LIMIT
            and not any(sign.isspace() for sign in url)
        )
    except ValueError:
        return False


async def _source(visit: Visit) -> Source:
    """:raises LookupError: none in the visitor's own world that is read from the web."""
    source = await visit.session.get(Source, visit.in_path())
    if (
        source is None
        or source.scene
        or not source.url
        or source.is_exercise != visit.actor.is_exercise
    ):
        raise LookupError("no such source")
    return source


async def _refused(visit: Visit, error: str, about: str, given: dict[str, str]) -> Response:
    return await steering_page(visit, error=error, about=about, given=given)


DOORS = (
    Door("/beheer/bron", add, Permission.MANAGE_SYSTEM, "POST"),
    Door("/beheer/bron/{number:int}", decide, Permission.MANAGE_SYSTEM, "POST"),
    Door("/beheer/bron/{number:int}/adres", move, Permission.MANAGE_SYSTEM, "POST"),
)
