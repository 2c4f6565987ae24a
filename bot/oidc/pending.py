"""Somebody on the way to the provider and back: sealed in a cookie of their own browser.

The cookie binds the way back to the browser that left, so that nobody can be signed in as
somebody else by a link (login CSRF). Nothing is stored for who never comes back.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from contacts.sealing import Sealer, UnsealError
from contacts.tokens import hash_token, new_token

#: typing a password and a second factor takes minutes, not hours
LIFE = timedelta(minutes=10)
PURPOSE = "oidc"
#: states that are remembered: a city does not sign in more often in ten minutes
MOST_STATES = 10_000


@dataclass(frozen=True, slots=True)
class Pending:
    """What must be the same when they come back. ``back``: the page that they wanted."""

    state: str
    nonce: str
    verifier: str
    back: str
    at: str
    purpose: str = PURPOSE


def begin(back: str, *, now: datetime) -> Pending:
    """New random values: 128 bits for state and nonce, 256 for the PKCE verifier."""
    return Pending(new_token(), new_token(), secrets.token_urlsafe(32), back, now.isoformat())


def seal_pending(sealer: Sealer, pending: Pending) -> str:
    return sealer.seal(json.dumps(asdict(pending)))


def open_pending(sealer: Sealer, cookie: str, state: str, *, now: datetime) -> Pending | None:
    """What left this browser with this ``state``; None when it did not, or too long ago. Pure."""
    try:
        found = json.loads(sealer.unseal(cookie))
        pending = Pending(**found)
        age = now - datetime.fromisoformat(pending.at)
    except (UnsealError, ValueError, TypeError):
        return None
    is_ours = pending.purpose == PURPOSE and timedelta(0) <= age < LIFE
    same = hmac.compare_digest(pending.state.encode(), state.encode())
    return pending if is_ours and same else None


class UsedOnce:
    """States that came back already, for as long as their cookie could come again.

    In memory: after a restart the provider still refuses a code that it saw before, and so it does
    for the oldest when there are more than we remember.
    """

    def __init__(self, *, most: int = MOST_STATES) -> None:
        self._most = most
        self._used: dict[str, datetime] = {}

    def use(self, state: str, now: datetime) -> bool:
        """Note this state; False when it was used before."""
        key = hash_token(state)
        if key in self._used and now - self._used[key] < LIFE:
            return False
        self._used.pop(key, None)
        self._used[key] = now
        # They stand in the order in which they came.
        while now - self._used[first := next(iter(self._used))] >= LIFE:
            del self._used[first]
        if len(self._used) > self._most:
            del self._used[next(iter(self._used))]
        return True
