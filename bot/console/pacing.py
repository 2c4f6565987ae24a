"""How often something may be asked: per session, per link and per address, so that nobody's haste
stops anybody else.

In memory of this process: a restart forgives. A link's posts are counted by its token, which may be
shared inside a school, so its pace is that of a staff room and not of one person. What came from
outside is remembered by its hash, so that long ones take no more room than short ones.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.console.pages import explain, parts_of
from contacts.tokens import hash_token

MINUTE = timedelta(minutes=1)
#: acts of one session at the desk: a person with a quick hand stays far below
ACTS_A_MINUTE = 120
#: posts on one link: a staff room that taps *gelezen* at once stays below
POSTS_A_MINUTE = 120
#: questions for a link to one address; there is no pace for all of them together, with which a
#: stranger could keep everybody out
ASKED_A_MINUTE = 5
#: who is remembered; the one who was quiet longest is forgotten first
MOST_KEYS = 10_000
LINKS = ("/o/", "/p/", "/uit/")


class Pace:
    """At most so many in a minute for each key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def wait_for(self, key: Hashable, now: datetime) -> int:
        """Seconds to wait, or 0 when it may be done; only then it is counted."""
        asked = self._asked.setdefault(key, deque())
        self._asked.move_to_end(key)
        if len(self._asked) > MOST_KEYS:
            self._asked.popitem(last=False)
        while asked and now - asked[0] >= MINUTE:
            asked.popleft()
        if len(asked) < self._most:
            asked.append(now)
            return 0
        return max(int((asked[0] + MINUTE - now).total_seconds()) + 1, 1)


class Paces:
    """The paces of one application."""

    def __init__(self) -> None:
        self.acts = Pace(ACTS_A_MINUTE)
        self.links = Pace(POSTS_A_MINUTE)
        self.addresses = Pace(ASKED_A_MINUTE)


def paces_of(request: Request) -> Paces:
    """The paces that the application was built with."""
    paces: Paces = request.app.state.paces
    return paces


def may_ask_for_link(request: Request, address: str, now: datetime) -> bool:
    """Whether a link may be asked for this address now, known or not; the answer is the same."""
    return not paces_of(request).addresses.wait_for(hash_token(address.strip().lower()), now)


class PaceOnLinks:
    """Lets no link be posted to more often than a staff room would."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token_in(scope)
        if token:
            request = Request(scope)
            key, now = hash_token(token), parts_of(request).clock()
            wait = paces_of(request).links.wait_for(key, now)
            if wait:
                refused = explain(request, "too_often", status=429)
                refused.headers["Retry-After"] = str(wait)
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _token_in(scope: Scope) -> str:
    """The token in the address of a post behind a link; empty for everything else. Pure."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return ""
    path: str = scope["path"]
    return path.split("/")[2] if path.startswith(LINKS) else ""
