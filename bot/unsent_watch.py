"""Nobody sends any more, so what is planned about it reaches nobody: who reads Telegram says it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators_from
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.console.health import late_after, read_beats
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.outbox import Content, TelegramForm
from contacts.permissions import people_with
from contacts.sending import Recipient, channels_of
from contacts.waiting import wait_for_event

if TYPE_CHECKING:
    from bot.house import House

log = logging.getLogger(__name__)

TOLD, SUBJECT = "unsent_told", "heartbeat:pump"


class UnsentWatch:
    """Beside the reading of Telegram, of which there is one, where another process may send. One
    process that does everything has a watch of its own (``bot.watching``)."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Its first look is when a lane that began with us would be late."""
        if not self._house.config.database.several_hosts:
            await stop.wait()
            return
        ticks = self._house.config.ticks
        wait_s = max(
            (late_after(lane, ticks).total_seconds() for lane in self._house.pump.rounds()),
            default=0.0,
        )
        while not await wait_for_event(stop, wait_s):
            wait_s = ticks.health_s
            try:
                await self.look(self._house.clock())
            except Exception as error:
                log.warning(
                    "Whether anybody sends was not looked at: %s", type(error).__name__,
                    extra={"action": "unsent_watch_failed"},
                )  # fmt: skip

    async def look(self, now: datetime) -> int:
        """Tell once when every lane stands still, past the queue, and once when they go on;
        returns how many people heard it."""
        house = self._house
        async with house.db.read() as session:
            since = await _still_since(session, house, now)
            is_told = await _is_told(session)
            if since is None or is_told:
                people: Sequence[Sequence[Recipient]] = ()
            else:
                people = await _to_tell(session, is_exercise=house.config.is_exercise)
        if since is None:
            return await self._tell_goes_on(now) if is_told else 0
        if not people:
            return 0
        log.error("Nobody sends", extra={"action": "nobody_sends"})
        heard = [await self._say(channels, since) for channels in people]
        if any(heard):
            async with house.db.begin() as session:
                _note(session, since, now)
        return sum(heard)

    async def _say(self, channels: Sequence[Recipient], since: datetime) -> bool:
        """To one person, along the first of their channels that takes it."""
        text = render("coordinator/sending_stopped.html", since=since)
        content = Content(
            telegram=TelegramForm(text=text),
            email=mail_of(render("coordinator/notice_subject.txt"), text),
        )
        is_exercise = self._house.config.is_exercise
        for one in channels:
            if await self._house.pump.send_past_the_queue(
                one.kind, one.address, content, is_exercise=is_exercise
            ):
                return True
        return False

    async def _tell_goes_on(self, now: datetime) -> int:
        house = self._house
        async with house.db.begin() as session:
            if heard := await tell_coordinators_from(
                session, "coordinator/sending_goes_on.html",
                is_exercise=house.config.is_exercise, now=now,
            ):  # fmt: skip
                _note(session, None, now)
        house.pump.wake()
        return heard


async def _still_since(session: AsyncSession, house: House, now: datetime) -> datetime | None:
    """When the last lane turned, if all of them are late."""
    found = await read_beats(session, house.config.ticks, now=now)
    lanes = [beat for beat in found if beat.name in house.pump.rounds()]
    stands_still = bool(lanes) and all(beat.is_late for beat in lanes)
    return max(beat.at for beat in lanes) if stands_still else None


async def _is_told(session: AsyncSession) -> bool:
    """People heard that it stands still, and not that it goes on."""
    found = await session.exec(
        select(JournalEntry.detail)
        .where(col(JournalEntry.subject) == SUBJECT, col(JournalEntry.action) == TOLD)
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    return bool((found.first() or {}).get("since"))


async def _to_tell(session: AsyncSession, *, is_exercise: bool) -> list[list[Recipient]]:
    """The channels of each coördinator, or of each beheerder when there is none to reach."""
    for role in (Role.COORDINATOR, Role.ADMIN):
        people = await people_with(session, role, is_exercise=is_exercise)
        found = [await channels_of(session, person.id or 0) for person in people]
        if reachable := [channels for channels in found if channels]:
            return reachable
    return []


def _note(session: AsyncSession, since: datetime | None, now: datetime) -> None:
    detail = {} if since is None else {"since": since.isoformat()}
    write_journal(session, who=SYSTEM, action=TOLD, subject=SUBJECT, detail=detail, now=now)
