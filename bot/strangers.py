"""Answers strangers politely, within the limits, and keeps nothing about them on disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.reducing import Reduced
from contacts.directory import ChannelKind
from contacts.outbox import Content, TelegramForm
from contacts.texts import EXERCISE_LINE

log = logging.getLogger(__name__)

PAUSE = timedelta(hours=1)
#: who stopped may well try several ways back; still too seldom to go round and round
PAUSE_STOPPED = timedelta(minutes=1)
MOST = 1000
#: where another process sends, this one lets out so few that what is kept free there holds them
APART_S = 2.0
#: so many a second: four processes that answer strangers while a fifth sends
FREE_PER_S = 2.0

#: as :meth:`contacts.pump.Pump.answer_guest`
Way = Callable[[ChannelKind, str, Content], Awaitable[bool | None]]


def beside_guests(rate_per_s: float) -> float:
    """What whoever sends may use where others answer strangers beside it. Pure."""
    return max(rate_per_s - FREE_PER_S, rate_per_s / 2)


@dataclass
class StrangerDesk:
    """At most one answer per chat per hour and a bounded list of recent chats in memory: somebody
    who floods the bot gets silence, not load.

    ``way`` goes through the limiter of this process; ``bot`` sends where another one has it.
    ``is_exercise``: all that is said here is.
    """

    bot: Bot
    text: str
    way: Way
    stopped_text: str = ""
    is_exercise: bool = False
    #: chat → until when it is not answered again
    answered: dict[int, datetime] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def answer(
        self,
        strangers: Collection[Reduced],
        stopped: Collection[Reduced] = (),
        playing: Collection[int] = (),
        *,
        now: datetime,
    ) -> None:
        """Begin; nobody waits for it, least of all the updates that follow.

        :param stopped: who ended their messages themselves; they hear how to come back.
        :param playing: their chats, of whom it was in an exercise.
        """
        for update in strangers:
            self._begin(update.chat, self.text, now, PAUSE)
        for update in stopped:
            text, is_exercise = self.stopped_text or self.text, update.chat in playing
            self._begin(update.chat, text, now, PAUSE_STOPPED, is_exercise=is_exercise)

    def _begin(
        self, chat: int | None, text: str, now: datetime, pause: timedelta, *,
        is_exercise: bool = False,
    ) -> None:  # fmt: skip
        if chat is None or self._is_recent(chat, now):
            return
        self.answered[chat] = now + pause
        if is_exercise or self.is_exercise:
            text = f"{EXERCISE_LINE}\n{text}"
        task = asyncio.create_task(self._answer(chat, text))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def close(self) -> None:
        """Whoever waits for an answer now gets none."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _answer(self, chat: int, text: str) -> None:
        try:
            content = Content(telegram=TelegramForm(text=text))
            is_answered = await self.way(ChannelKind.TELEGRAM, str(chat), content)
            if is_answered is None:
                await self._slowly(chat, text)
            elif not is_answered:
                log.info("A stranger was not answered", extra={"action": "stranger_unanswered"})
        except Exception as error:
            log.info(
                "A stranger was not answered",
                extra={"action": "stranger_unanswered", "kind": type(error).__name__},
            )

    async def _slowly(self, chat: int, text: str) -> None:
        async with self.turn:
            try:
                await self.bot.send_message(chat, text, parse_mode=ParseMode.HTML)
            except TelegramError:
                log.info("A stranger was not answered", extra={"action": "stranger_unanswered"})
            await asyncio.sleep(APART_S)

    def _is_recent(self, chat: int, now: datetime) -> bool:
        self.answered = {known: until for known, until in self.answered.items() if now < until}
        return chat in self.answered or len(self.answered) >= MOST
