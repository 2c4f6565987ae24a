"""Koppelingen: keys for systems that ask, and the systems that are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from bot.api.document import QUESTIONS
from bot.api.keys import all_keys, make_key, revoke_key
from bot.api.webhook_calls import stand_of, try_again
from bot.console import coupling_texts as words
from bot.console.doors import Door, Visit
from bot.rows import ApiKey, WebhookStatus
from contacts.permissions import Permission
from signals.person_filter import screen

SHORTEST, LONGEST = 2, 60


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key, with what its state says and since or until when."""

    id: int
    name: str
    state: str
    at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class HookLine:
    """One receiver. ``code`` is its last refusal: 0 for no answer, None for no refusal."""

    key: str
    topics: str
    waiting: int
    given_up: int
    taken_at: datetime | None
    code: int | None
    next_try_at: datetime | None


def key_line(key: ApiKey, now: datetime) -> KeyLine:
    """As it stands now. Pure."""
    state, at = "open", key.expires_at
    if key.revoked_at is not None:
        state, at = "revoked", key.revoked_at
    elif key.expires_at <= now:
        state = "expired"
    return KeyLine(key.id or 0, key.name, state, at, key.used_at)


async def show_couplings(visit: Visit) -> Response:
    """``GET /beheer/koppelingen``."""
    return await _page(visit)


async def _page(
    visit: Visit, *, status: int = 200, name: str = "", error: str = "", secret: str = ""
) -> Response:
    keys = await all_keys(visit.session)
    return visit.show(
        "koppelingen.html",
        status=status,
        keys=[key_line(key, visit.now) for key in keys],
        hooks=await _hooks(visit),
        asks=[(asked.path, asked.summary) for asked in QUESTIONS],
        words=words,
        name=name,
        error=error,
        secret=secret,
    )


async def _hooks(visit: Visit) -> Sequence[HookLine]:
    lines = []
    for hook in visit.parts.config.webhooks:
        counts, taken_at, refused = await stand_of(visit.session, hook.key)
        lines.append(
            HookLine(
                key=hook.key,
                topics=", ".join(words.TOPICS[topic] for topic in hook.topics),
                waiting=counts.get(WebhookStatus.PLANNED, 0),
                given_up=counts.get(WebhookStatus.FAILED, 0),
                taken_at=taken_at,
                code=refused.code if refused else None,
                next_try_at=refused.next_try_at
                if refused and refused.status is WebhookStatus.PLANNED
                else None,
            )
        )
    return lines


async def make(visit: Visit) -> Response:
    """``POST …/sleutel``: the answer shows the secret, this once; so it is no redirect."""
    name = " ".join(visit.text("naam").split())
    if not SHORTEST <= len(name) <= LONGEST:
        return await _page(visit, status=422, name=name, error=words.KEY_NAMELESS)
    if screen(name, visit.parts.config.signals.allow).blocked:
        return await _page(visit, status=422, name=name, error=words.KEY_OF_PERSON)
    _, secret = await make_key(visit.session, name, who=visit.actor.who, now=visit.now)
    return await _page(visit, secret=secret)


async def revoke(visit: Visit) -> Response:
    """``POST …/sleutel/{number}/intrekken``."""
    if not await revoke_key(visit.session, visit.in_path(), who=visit.actor.who, now=visit.now):
        raise LookupError("no open key")
    return visit.back("/beheer/koppelingen", done="key_revoked")


async def retry(visit: Visit) -> Response:
    """``POST …/opnieuw``: what this receiver refused goes once more, from the start."""
    wanted = visit.text("koppeling")
    if wanted not in {hook.key for hook in visit.parts.config.webhooks}:
        raise LookupError("no such receiver")
    await try_again(visit.session, wanted, who=visit.actor.who, now=visit.now)
    return visit.back("/beheer/koppelingen", done="hook_retried")


_PAGE = "/beheer/koppelingen"
DOORS = (
    Door(_PAGE, show_couplings, Permission.MANAGE_SYSTEM),
    Door(f"{_PAGE}/sleutel", make, Permission.MANAGE_SYSTEM, "POST"),
    Door(f"{_PAGE}/sleutel/{{number:int}}", revoke, Permission.MANAGE_SYSTEM, "POST"),
    Door(f"{_PAGE}/opnieuw", retry, Permission.MANAGE_SYSTEM, "POST"),
)
