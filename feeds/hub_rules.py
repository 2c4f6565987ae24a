"""WebSub, decided: when to ask a hub, what its yes is worth, whether a push is real. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from feeds.rows import HubState, HubSubscription

#: what is asked for; a hub may give less, and what it gives counts
WISHED = timedelta(days=10)
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)
#: a confirmation belongs to a question that was asked this short ago
ANSWERED_WITHIN = timedelta(hours=24)
#: a hub that does not answer is asked again after this, each time twice as long
PATIENCE, MOST_PATIENCE = timedelta(minutes=10), timedelta(days=1)
REFUSED_FOR = timedelta(days=7)
ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})

#: makes a key for a purpose from the installation's own
Derive = Callable[[str], bytes]


def token_of(derive: Derive, source_id: int) -> str:
    """The part of our address that only the hub of this source knows."""
    return derive(f"hub-address:{source_id}").hex()[:40]


def secret_of(derive: Derive, row: HubSubscription) -> str:
    """What the hub signs its pushes with; another hub never learns it."""
    return derive(f"hub-secret:{row.source_id}:{row.hub}:{row.topic}").hex()


def lease(asked: str) -> timedelta:
    """How long a hub says that it will push; nonsense is the shortest time."""
    seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 0
    return max(SHORTEST, min(timedelta(seconds=seconds), LONGEST))


def ask_again_at(row: HubSubscription, *, now: datetime) -> datetime:
    """After a question: when the next one goes out if nothing comes of it."""
    wait = min(PATIENCE * (1 << min(row.failures, 10)), MOST_PATIENCE)
    return now + wait


def renew_at(span: timedelta, *, now: datetime) -> datetime:
    """Well before the time is over, so that a hub that is away has time to come back."""
    return now + span * 0.8


def is_expected(row: HubSubscription, *, topic: str, now: datetime) -> bool:
    """Whether a confirmation is about what we asked, and lately."""
    if row.asked_at is None or row.status not in {HubState.ASKED, HubState.ACTIVE}:
        return False
    return topic == row.topic and now - row.asked_at <= ANSWERED_WITHIN


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether ``signature`` (``sha256=…``) was made over ``body`` with our secret."""
    algorithm, _, given = signature.strip().partition("=")
    if algorithm.lower() not in ALGORITHMS:
        return False
    made = hmac.new(secret.encode(), body, getattr(hashlib, algorithm.lower())).hexdigest()
    return hmac.compare_digest(made.encode(), given.strip().lower().encode())
