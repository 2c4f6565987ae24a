"""What a webhook says and when it is said again. Pure.

Signed as Standard Webhooks describes it (https://www.standardwebhooks.com, v1), so that
whoever receives can check with a library that exists in their language.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PREFIX = "whsec_"
#: waits after the first, second … refusal; after the last one a person has to press
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=16),
)
#: a coordinator hears of it after this many refusals in a row (about six minutes)
TOLD_AT = 4
GONE = 410
#: what is not there (no answer at all) instead of a code
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receiver's answer means. ``next_try_at`` is None when it is over."""

    accepted: bool
    next_try_at: datetime | None


def digest_of(topic: str, data: Mapping[str, Any]) -> str:
    """What has to differ before a receiver hears of it again.

    While texts go out their counts change each second; only the outcome is news.
    """
    told = {**data}
    if topic == "briefing":
        told["versions"] = [_without_progress(one) for one in data["versions"]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _without_progress(version: Mapping[str, Any]) -> dict[str, Any]:
    counts = version["deliveries"]
    is_over = not counts["planned"] and not counts["sending"]
    outcome = {key: counts[key] for key in ("sent", "failed", "unknown")} if is_over else None
    return {**version, "deliveries": outcome}


def envelope(topic: str, data: Mapping[str, Any], *, now: datetime) -> str:
    """The body: what kind of news, since when, and the same shape that the API answers with."""
    said = {"type": f"{topic}.changed", "timestamp": now.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False)


def headers(secret: bytes, message_id: str, body: str, *, now: datetime) -> dict[str, str]:
    """With which a receiver checks who sent it, when, and that nothing was changed."""
    seconds = str(int(now.timestamp()))
    signed = hmac.digest(secret, f"{message_id}.{seconds}.{body}".encode(), "sha256")
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def shown_secret(secret: bytes) -> str:
    """As the receiver's library wants it."""
    return PREFIX + base64.b64encode(secret).decode()


def judge(code: int, attempts: int, *, now: datetime) -> Verdict:
    """Read an answer. Only 2xx is a yes; a redirect is none, for it may lead anywhere.

    :param code: the HTTP status, or :data:`NO_ANSWER`.
    :param attempts: tries so far, this one included.
    """
    if 200 <= code < 300:
        return Verdict(True, None)
    if code == GONE or attempts > len(WAITS):
        return Verdict(False, None)
    return Verdict(False, now + WAITS[attempts - 1])
