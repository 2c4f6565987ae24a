"""Who is signed in: sessions live on the server.

A cookie holds a random token; the database holds its hash. Roles are never in a session:
they are read anew each time, so that a right that was taken away is gone at once.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rows import WebSession
from bot.settings import WebSettings
from contacts.directory import Organisation, Person, Role, RoleGrant
from contacts.journal import Who, write_journal
from contacts.permissions import Actor, Permission, has_real_people, load_actor, may
from contacts.records import read_columns
from contacts.sealing import Sealer
from contacts.tokens import hash_token, new_token

#: a session notes its use at most this often
TOUCH_EVERY = timedelta(minutes=1)


#: a session that is not over, with who it is of: a row for each right. Every page asks it, so it is
#: made once.
_SESSION = (
    select(
        col(WebSession.id), col(WebSession.person_id), col(WebSession.seen_at), col(Person.name),
        col(Person.organisation_id), col(Person.is_exercise), col(Organisation.domain),
        col(RoleGrant.role),
    )
    .join(Person, col(Person.id) == col(WebSession.person_id))
    .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
    .outerjoin(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
    .where(
        col(WebSession.token_hash) == bindparam("token_hash"),
        col(WebSession.ended_at).is_(None),
        col(WebSession.seen_at) > bindparam("seen_after"),
        col(WebSession.opened_at) > bindparam("opened_after"),
        col(Person.left_at).is_(None),
    )
)  # fmt: skip


class SignInWay(StrEnum):
    """How somebody proved who they are; it is in the journal."""

    LINK = "link"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, with the rights of this moment."""

    actor: Actor
    name: str
    session_id: int
    form_token: str


async def start_session(
    session: AsyncSession, person_id: int, *, now: datetime, way: SignInWay = SignInWay.LINK
) -> str | None:
    """Sign this person in; None when they have no right to the console."""
    actor = await load_actor(session, person_id)
    if actor is None or not may(actor, Permission.USE_CONSOLE):
        return None
    token = new_token()
    session.add(
        WebSession(token_hash=hash_token(token), person_id=person_id, opened_at=now, seen_at=now)
    )
    write_journal(
        session,
        who=Who("person", person_id),
        action="signed_in",
        subject=f"person:{person_id}",
        detail={"way": way.value},
        now=now,
    )
    await session.flush()
    return token


async def find_visitor(
    session: AsyncSession, token: str, settings: WebSettings, sealer: Sealer, *, now: datetime
) -> tuple[Visitor, bool] | None:
    """Whose session this is and whether its use must be noted, or None when it is over."""
    found = await read_columns(
        session, _SESSION, {
            "token_hash": hash_token(token),
            "seen_after": now - timedelta(minutes=settings.idle_min),
            "opened_after": now - timedelta(hours=settings.session_h),
        },
    )  # fmt: skip
    if not found:
        return None
    one = found[0]
    is_guest = one.is_exercise and await has_real_people(session)
    roles = frozenset({Role.MEMBER, *(row.role for row in found if row.role is not None)})
    actor = Actor(
        one.person_id, one.organisation_id, roles, one.is_exercise, one.domain, is_guest=is_guest
    )
    if not may(actor, Permission.USE_CONSOLE):
        return None
    visitor = Visitor(actor, one.name, one.id, form_token(sealer, token))
    return visitor, now - one.seen_at >= TOUCH_EVERY


async def note_use(session: AsyncSession, session_id: int, *, now: datetime) -> None:
    await session.exec(
        update(WebSession).where(col(WebSession.id) == session_id).values(seen_at=now)
    )


async def end_session(session: AsyncSession, session_id: int, *, who: Who, now: datetime) -> bool:
    """Sign out, or be signed out by a beheerder; False when it was over already."""
    ended = await session.exec(
        update(WebSession)
        .where(col(WebSession.id) == session_id, col(WebSession.ended_at).is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:
        return False
    write_journal(
        session, who=who, action="signed_out", subject=f"web_session:{session_id}", now=now
    )
    return True


async def end_sessions_of(
    session: AsyncSession, person_id: int, *, who: Who, now: datetime
) -> None:
    """Sign somebody out wherever they are signed in: they, or who took their link."""
    ended = await session.exec(
        update(WebSession)
        .where(col(WebSession.person_id) == person_id, col(WebSession.ended_at).is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount:
        write_journal(session, who=who, action="signed_out", subject=f"person:{person_id}", now=now)


def form_token(sealer: Sealer, token: str) -> str:
    """What every form of this session carries; another site cannot know it. Pure."""
    key = sealer.derive("console-forms")
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()[:32]


def is_form_token(visitor: Visitor, given: str) -> bool:
    return hmac.compare_digest(visitor.form_token.encode(), given.encode())
