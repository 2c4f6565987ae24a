"""Deep links with which a person connects Telegram: random, one-time, thirty days."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, Invitation, Person
from contacts.journal import SYSTEM, Who, write_journal
from contacts.people import close_channel, open_channel
from contacts.tokens import hash_token, new_token

#: Telegram goes before mail (10) unless somebody asked otherwise.
TELEGRAM_RANK = 0
#: how long a link works
DAYS = 30
#: of an organisation, in the name of a file
LONGEST_NAME = 40
#: why a chat was closed when its owner linked another phone
REPLACED = "replaced"


def code_file(organisation: str, person_id: int) -> str:
    """What the picture of somebody's QR code is called: by organisation, without a name. Pure."""
    plain = unicodedata.normalize("NFKD", organisation).encode("ascii", "ignore").decode().lower()
    where = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].rstrip("-")
    return f"uitnodiging-{where + '-' if where else ''}{person_id}.svg"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The chat is connected to this person."""

    person_id: int


@dataclass(frozen=True, slots=True)
class InviteRefused:
    """``reason`` is ``unknown``, ``expired``, ``used`` or ``chat_taken``."""

    reason: str


async def invite(
    session: AsyncSession, person_id: int, *, now: datetime, days: int = DAYS, who: Who = SYSTEM
) -> str:
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
        session, who=who, action="invitation_made", subject=f"person:{person_id}", now=now
    )
    await session.flush()
    return token


async def working_invitations(session: AsyncSession, *, now: datetime) -> dict[int, datetime]:
    """Person → until when a link that nobody used yet still works."""
    found = await session.exec(
        select(Invitation.person_id, Invitation.expires_at)
        .where(
            col(Invitation.used_at).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) >= now,
        )
        .order_by(col(Invitation.expires_at))
    )
    return dict(found.all())


def deep_link(bot_name: str, token: str) -> str:
    """The link that a phone opens to send ``/start <token>`` to the bot."""
    return f"https://t.me/{bot_name}?start={token}"


async def redeem(
    session: AsyncSession, token: str, chat_id: int, *, now: datetime
) -> Redeemed | InviteRefused:
    """Connect the chat to the invited person, in place of a chat they had.

    The same chat may use its link again, after it had closed.
    """
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
    if invitation.used_at is None:
        await _use_up(session, invitation, now)
        await _leave_other_phones(session, person, channel, now)
    assert person.id is not None
    return Redeemed(person.id)


async def _use_up(session: AsyncSession, invitation: Invitation, now: datetime) -> None:
    invitation.used_at = now
    write_journal(
        session, who=SYSTEM, action="invitation_used", subject=f"person:{invitation.person_id}",
        now=now,
    )  # fmt: skip
    await session.flush()


async def _leave_other_phones(
    session: AsyncSession, person: Person, channel: Channel, now: datetime
) -> None:
    """A new phone takes the place of the old one, or every message would come twice.

    One that was closed before, by its owner or by Telegram, is replaced as well: whoever holds it
    must not come back there.
    """
    others = await session.exec(
        select(Channel.address)
        .where(
            col(Channel.person_id) == person.id,
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.id) != channel.id,
        )
        .order_by(col(Channel.id))
    )
    for address in others.all():
        await close_channel(
            session, ChannelKind.TELEGRAM, address, reason=REPLACED, now=now,
            only_exercise=person.is_exercise, also_closed=True,
        )  # fmt: skip


async def _is_theirs(session: AsyncSession, person: Person, chat_id: int) -> bool:
    found = await session.exec(
        select(Channel).where(
            col(Channel.person_id) == person.id,
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.address) == str(chat_id),
        )
    )
    channel = found.first()
    # A phone that was replaced may be lost: its old link must not take the chat back.
    return channel is not None and channel.closed_reason != REPLACED
