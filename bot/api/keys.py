"""Keys for other systems of the municipality: shown once, stored as a hash, revocable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rows import ApiKey
from contacts.journal import Who, write_journal
from contacts.tokens import hash_token, new_token

#: so that a scanner of leaked secrets, and a person, can tell what it is
PREFIX = "schakel_"
LIFE = timedelta(days=365)
NAME_LIMIT = 60


async def make_key(
    session: AsyncSession, name: str, *, who: Who, now: datetime, life: timedelta = LIFE
) -> tuple[ApiKey, str]:
    """A new key and its secret, which exists nowhere else.

    :param name: of the system that will use it, not of a person; at most 60 characters.
    """
    secret = f"{PREFIX}{new_token()}"
    key = ApiKey(
        name=name[:NAME_LIMIT],
        token_hash=hash_token(secret),
        created_at=now,
        expires_at=now + life,
    )
    session.add(key)
    await session.flush()
    _note(session, key, "api_key_made", who, now)
    return key, secret


async def revoke_key(session: AsyncSession, key_id: int, *, who: Who, now: datetime) -> bool:
    """Close a key for good; False when there is none that is open."""
    key = await session.get(ApiKey, key_id)
    if key is None or key.revoked_at is not None:
        return False
    key.revoked_at = now
    session.add(key)
    _note(session, key, "api_key_revoked", who, now)
    return True


async def all_keys(session: AsyncSession) -> Sequence[ApiKey]:
    """Also the closed ones, oldest first."""
    return (await session.exec(select(ApiKey).order_by(col(ApiKey.id)))).all()


async def find_key(session: AsyncSession, secret: str, *, now: datetime) -> ApiKey | None:
    """The open key with this secret."""
    found = await session.exec(
        select(ApiKey).where(
            col(ApiKey.token_hash) == hash_token(secret),
            col(ApiKey.revoked_at).is_(None),
            col(ApiKey.expires_at) > now,
        )
    )
    return found.first()


def _note(session: AsyncSession, key: ApiKey, action: str, who: Who, now: datetime) -> None:
    write_journal(session, who=who, action=action, subject=f"api_key:{key.id}", now=now)
