"""What members of a group hear: that somebody said yes, and that the group is over.

A *no* is told to nobody. Names and contacts never go along in a message: who wants to see who is in
the group opens it, and sees whoever lets others see them at that moment.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person
from contacts.filling import OWN_PAGE
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.sending import tell_people
from signals import peer_texts
from signals.peer_rows import PeerGroup, PeerSeat, SeatStatus

#: button data ``pgs:<group>`` opens a group
SHOW = "pgs"
#: on the own page
GROUPS = "/groepen"


async def tell_of_yes(
    session: AsyncSession, group: PeerGroup, seat: PeerSeat, *, asked_by: int | None, now: datetime
) -> int:
    """Who began the group and who asked hear that somebody came in, as far as they are in it;
    returns how many."""
    inside = await _inside(session, [group.id or 0])
    to = {group.made_by, asked_by} & set(inside) - {seat.person_id}
    line = peer_texts.SAID_YES.format(count=len(inside))
    return await _tell(session, to, line, group, now=now)


async def tell_of_end(
    session: AsyncSession, groups: Collection[PeerGroup], *, now: datetime
) -> int:
    """Who was in a group that ended with its event hears so once; returns how many."""
    told = 0
    for group in groups:
        inside = await _inside(session, [group.id or 0])
        told += await _tell(session, inside, peer_texts.ENDED, group, now=now, is_over=True)
    return told


async def _inside(session: AsyncSession, group_ids: Collection[int]) -> list[int]:
    found = await session.exec(
        select(PeerSeat.person_id)
        .where(col(PeerSeat.group_id).in_(group_ids), col(PeerSeat.status) == SeatStatus.IN)
        .order_by(col(PeerSeat.person_id))
    )
    return list(found.all())


async def _tell(
    session: AsyncSession,
    people: Collection[int | None],
    line: str,
    group: PeerGroup,
    *,
    now: datetime,
    is_over: bool = False,
) -> int:
    found = await session.exec(
        select(Person)
        .where(col(Person.id).in_([one for one in people if one is not None]))
        .where(col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    there = list(found.all())
    if not there:
        return 0
    content = news(line, None if is_over else group.id)
    told = await tell_people(
        session, there, content, kind=MessageKind.NOTICE, may_rest=True,
        is_exercise=group.is_exercise, now=now,
    )  # fmt: skip
    return len(told)


def news(line: str, group_id: int | None) -> Content:
    """In both forms, with the way to the group while there is one. Pure."""
    page = f"{OWN_PAGE}{GROUPS}"
    way = "" if group_id is None else f"\n\n{peer_texts.SEE_MAIL} {page}\n"
    link = "" if group_id is None else f'<p>{peer_texts.SEE_MAIL} <a href="{page}">{page}</a></p>'
    buttons = [] if group_id is None else [[Button(peer_texts.SEE, f"{SHOW}:{group_id}")]]
    return Content(
        telegram=TelegramForm(text=f"<b>{peer_texts.NEWS_TITLE}</b>\n{line}", buttons=buttons),
        email=EmailForm(
            subject=peer_texts.NEWS_TITLE, text=f"{line}{way}", html=f"<p>{line}</p>{link}"
        ),
    )
