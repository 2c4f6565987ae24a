"""Deep links with which a person connects Telegram: random, one-time, thirty days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, Invitation, Person
from contacts.journal import SYSTEM, write_journal
from contacts.people import open_channel
from contacts.tokens import hash_token, new_token

#: Telegram goes before mail (10) unless somebody asked otherwise.
TELEGRAM_RANK = 0


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The chat is connected to this person."""

    person_id: int


@dataclass(frozen=True, slots=True)
class InviteRefused:
    """``reason`` is ``unknown``, ``expired``, ``used`` or ``chat_taken``."""

    reason: str


async def invite(session: AsyncSession, person_id: int, *, now: datetime, days: int = 30) -> str:
    """A new token for ``t.me/<bot>?start=…``; earlier unused ones of the person stop working."""
    earlier = await session.exec(
        select(Invitation).where(
            col(Invitation.person_id) == person_id,
            col(Invitation.used_at).is_(None),
            col(Invitation.revoked_at).is_(None),
        )
    )
    for old in earlier.all():
        old.revoked_at = now
    token = new_token()
    session.add(
        Invitation(
            token_hash=hash_token(token), person_id=person_id, created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )  # fmt: skip
    write_journal(
        session, who=SYSTEM, action="invitation_made", subject=f"person:{person_id}", now=now
    )
    await session.flush()
    return token


async def redeem(
    session: AsyncSession, token: str, chat_id: int, *, now: datetime
) -> Redeemed | InviteRefused:
    """Connect the chat to the invited person. The same chat may use its link twice."""
    found = await session.exec(
        select(Invitation).where(col(Invitation.token_hash) == hash_token(token))
    )
    invitation = found.first()
    if invitation is None or invitation.revoked_at is not None:
        return InviteRefused("unknown")
    person = await session.get_one(Person, invitation.person_id)
    if person.left_at is not None:
        return InviteRefused("unknown")
    if invitation.used_at is None and invitation.expires_at < now:
        return InviteRefused("expired")
    if invitation.used_at is not None and not await _is_theirs(session, person, chat_id):
        return InviteRefused("used")
    channel = await open_channel(
        session, person, ChannelKind.TELEGRAM, str(chat_id), rank=TELEGRAM_RANK, now=now
    )
    if channel is None:
        return InviteRefused("chat_taken")
    invitation.used_at = invitation.used_at or now
    assert person.id is not None
    return Redeemed(person.id)


async def _is_theirs(session: AsyncSession, person: Person, chat_id: int) -> bool:
    found = await session.exec(
        select(Channel.id).where(
            col(Channel.person_id) == person.id,
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.address) == str(chat_id),
        )
    )
    return found.first() is not None
