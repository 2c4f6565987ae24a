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

    In memory: after a restart the provider still refuses a code that it saw before.
    """

    def __init__(self, *, a_minute: int) -> None:
        """:param a_minute: more than this from everybody together is refused."""
        self._a_minute = a_minute
        self._used: dict[str, datetime] = {}

    def is_busy(self, now: datetime) -> bool:
        """Whether too many came back in the last minute."""
        self._used = {state: at for state, at in self._used.items() if now - at < LIFE}
        lately = sum(1 for at in self._used.values() if now - at < timedelta(minutes=1))
        return lately >= self._a_minute

    def use(self, state: str, now: datetime) -> bool:
        """Note this state; False when it was used before."""
        key = hash_token(state)
        if key in self._used:
            return False
        self._used[key] = now
        return True
