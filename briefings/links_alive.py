"""Which links in texts that did not go out yet lead nowhere: a reader at night would find out.

The looking itself is done by a round of the house (``bot/link_watching.py``); here is what to look
at, what is remembered, and what the language check says of it. A dead link never stops a text:
at night a site can be down, and the coordinator decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from briefings.link_rows import LONGEST, LinkLook
from briefings.lint import WARN, Remark
from briefings.lint_rules import lint_rules
from briefings.rows import Briefing, BriefingText
from briefings.versions import OPEN

#: what the language check calls it
CODE = "L2"
#: faults of a fetch that a reader would meet too; a busy server or a refused robot says nothing
DEAD = frozenset({"gone", "removed", "unreachable", "private_address", "bad_address"})
#: an answer holds so long; a dead link is looked at again sooner, it may have been put right
HOLDS, HOLDS_DEAD = timedelta(hours=6), timedelta(minutes=10)
#: looks are forgotten so long after the last one
KEPT = timedelta(days=30)
_LINKS = re.compile(r'href="(https?://[^"]+)"')


def links_of(html: str) -> list[str]:
    """The public addresses that a text links to, each once; personal links are none. Pure."""
    found = (unescape(link) for link in _LINKS.findall(html))
    return [link for link in dict.fromkeys(found) if len(link) <= LONGEST and "%%" not in link]


def link_remarks(html: str, dead: Iterable[str]) -> list[Remark]:
    """One remark per link of this text that leads nowhere. Pure."""
    known = set(dead)
    advice = lint_rules().advice[CODE]
    return [Remark(CODE, WARN, _shown(link), advice) for link in links_of(html) if link in known]


def _shown(link: str) -> str:
    parts = urlsplit(link)
    shown = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}".rstrip("/")
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


async def dead_links(session: AsyncSession) -> list[str]:
    """The addresses that the last look found dead."""
    found = await session.exec(select(LinkLook.url).where(col(LinkLook.fault).in_(DEAD)))
    return list(found.all())


async def links_to_look_at(session: AsyncSession, *, limit: int, now: datetime) -> list[str]:
    """Links of texts that may still be changed and whose last look is too old, in their order.

    Exercises are left alone: their news and its addresses are made up.
    """
    texts = await session.exec(_open_texts())
    wanted = dict.fromkeys(link for text in texts.all() for link in links_of(text.html))
    looks = await session.exec(select(LinkLook).where(col(LinkLook.url).in_(list(wanted))))
    fresh = {look.url for look in looks.all() if now - look.looked_at < _holds(look)}
    return [link for link in wanted if link not in fresh][:limit]


def _holds(look: LinkLook) -> timedelta:
    return HOLDS_DEAD if look.fault in DEAD else HOLDS


async def note_looks(session: AsyncSession, found: dict[str, str | None], *, now: datetime) -> None:
    """Keep what the looks gave, and say it beside the texts that have these links.

    :param found: per address the key of the fault, None when it answered.
    """
    there = await session.exec(select(LinkLook).where(col(LinkLook.url).in_(list(found))))
    known = {look.url: look for look in there.all()}
    for url, fault in found.items():
        look = known.get(url) or LinkLook(url=url, looked_at=now)
        look.looked_at, look.fault = now, fault
        session.add(look)
    await session.flush()
    dead = await dead_links(session)
    for text in (await session.exec(_open_texts())).all():
        _say(text, dead)


def _open_texts() -> SelectOfScalar[BriefingText]:
    return (
        select(BriefingText)
        .join(Briefing, col(Briefing.id) == col(BriefingText.briefing_id))
        .where(col(Briefing.status).in_(OPEN), col(Briefing.is_exercise).is_(False))
        .order_by(col(BriefingText.id))
    )


def _say(text: BriefingText, dead: Sequence[str]) -> None:
    others = [one for one in text.remarks if one["code"] != CODE]
    said = [*others, *(remark.to_json() for remark in link_remarks(text.html, dead))]
    if said != text.remarks:
        text.remarks = said


async def forget_looks(session: AsyncSession, *, now: datetime) -> None:
    """Addresses that no open text has had for a while."""
    await session.exec(delete(LinkLook).where(col(LinkLook.looked_at) < now - KEPT))
