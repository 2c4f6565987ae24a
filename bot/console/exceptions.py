"""Exceptions to a rule that blocks, at the desk: shown before the button, granted with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console import texts
from briefings.blocking import Granted, granted_in, open_blocks
from briefings.rows import Briefing, BriefingStatus, BriefingText
from contacts.directory import Audience, Person


@dataclass(frozen=True, slots=True)
class Given:
    """An exception that was granted, as people read it."""

    rule: str
    where: str
    text: str
    reason: str
    by: str
    at: datetime


async def exceptions_shown(
    session: AsyncSession, briefing: Briefing | None, drafts: Sequence[BriefingText]
) -> dict[str, Any]:
    """What still blocks a version that was handed in, and what was set aside."""
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        return {"blocks": [], "exceptions": []}
    return {
        "blocks": [(found, _text_name(found.audience)) for found in open_blocks(briefing, drafts)],
        "exceptions": await given_in(session, briefing, drafts),
    }


async def given_in(
    session: AsyncSession, briefing: Briefing, drafts: Sequence[BriefingText]
) -> list[Given]:
    """The exceptions that hold, with the names of who granted them."""
    granted = granted_in(briefing, drafts)
    found = await session.exec(
        select(Person.id, Person.name).where(col(Person.id).in_({one.by for one in granted}))
    )
    names = dict(found.all())
    return [_given(one, names.get(one.by, "")) for one in granted]


def _given(one: Granted, name: str) -> Given:
    return Given(
        rule=one.code,
        where=one.where,
        text=_text_name(Audience(one.audience)),
        reason=one.reason,
        by=name or texts.SOMEBODY,
        at=datetime.fromisoformat(one.at),
    )


def _text_name(audience: Audience) -> str:
    return texts.AUDIENCES[audience]
