"""Whom to ring where a message is not enough: approvers, with the number that is known."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening import texts
from contacts.directory import Role
from contacts.permissions import Actor, people_with

#: approvers to ring, in one message
MOST_NAMED = 5


async def approvers_to_ring(session: AsyncSession, actor: Actor) -> list[str]:
    """``Name, number`` of each other approver, or the name alone: nobody rings oneself."""
    found = await people_with(session, Role.APPROVER, is_exercise=actor.is_exercise)
    others = [one for one in found if one.id != actor.person_id]
    return [", ".join(filter(None, (one.name, one.phone))) for one in others[:MOST_NAMED]]


async def ring_said(session: AsyncSession, actor: Actor) -> str:
    """The same as a sentence; empty when there is nobody."""
    people = await approvers_to_ring(session, actor)
    return texts.RING.format(people="; ".join(people)) if people else ""
