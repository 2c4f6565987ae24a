"""The menu of commands that Telegram shows: told at the start, and when somebody's rights change.

Everybody gets the commands of a member; whoever runs events has theirs in front. What cannot be
told now is told a round later: nothing depends on it, everybody can still type.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot, BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import BadRequest, Forbidden

from bot import command_menu_texts as texts
from bot.polling import pause
from contacts.directory import Channel, ChannelKind, ChannelStatus, RoleGrant
from contacts.permissions import Actor, Permission, load_actors, may
from contacts.records import Database

log = logging.getLogger(__name__)

#: the first round leaves the start to what people wait for
FIRST_S, LOOK_S = 10.0, 60.0
#: commands with what they do, in the order of the menu
Menu = Mapping[str, str]
Work = Callable[[asyncio.Event], Awaitable[None]]
_MORE = ((Permission.MANAGE_EVENT, texts.EVENTS), (Permission.LEAD_EXERCISE, texts.EXERCISES))


def menu_of(actors: Sequence[Actor]) -> Menu:
    """What can be typed in the chat of these selves, what not everybody can in front. Pure."""
    menu: dict[str, str] = {}
    for permission, more in _MORE:
        if any(may(actor, permission) for actor in actors):
            menu |= more
    return {**menu, **texts.MEMBERS}


async def wanted_menus(session: AsyncSession) -> dict[int, Menu]:
    """The chats with a menu of their own, and that menu."""
    found = await session.exec(
        select(Channel.address, Channel.person_id).where(
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.status) == ChannelStatus.ACTIVE,
            col(Channel.person_id).in_(select(RoleGrant.person_id)),
        )
    )
    people = [(int(address), person_id) for address, person_id in found.all()]
    actors = await load_actors(session, {person_id for _, person_id in people})
    selves: dict[int, list[Actor]] = {}
    for chat, person_id in people:
        if (actor := actors.get(person_id)) is not None:
            selves.setdefault(chat, []).append(actor)
    menus = {chat: menu_of(of_chat) for chat, of_chat in selves.items()}
    return {chat: menu for chat, menu in menus.items() if menu != texts.MEMBERS}


class CommandMenu:
    """Keeps Telegram told. What this process told it knows; the rest it tells again."""

    def __init__(self, db: Database, bot: Bot) -> None:
        self._db, self._bot = db, bot
        #: chat → what it was told; None is everybody
        self._told: dict[int | None, Menu] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a round that fails is logged, and the next one comes."""
        await pause(stop, FIRST_S)
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:
                log.warning(
                    "The menu of commands was not told: %s", type(error).__name__,
                    extra={"action": "menu_untold"},
                )  # fmt: skip
            await pause(stop, LOOK_S)

    async def look(self) -> int:
        """One round; returns how many chats (or everybody) were told something new.

        :raises telegram.error.TelegramError: Telegram cannot be reached; the rest waits a round.
        """
        async with self._db.read() as session:
            own = await wanted_menus(session)
        wanted: dict[int | None, Menu] = {None: menu_of(()), **{chat: own[chat] for chat in own}}
        changed = [chat for chat, menu in wanted.items() if self._told.get(chat) != menu]
        over = [chat for chat in self._told if chat not in wanted]
        told = 0
        for chat in (*changed, *over):
            try:
                await self._tell(chat, wanted.get(chat))
                told += 1
            except (BadRequest, Forbidden) as error:
                # A chat that is gone: not again, until there is something else to tell it.
                log.info(
                    "A menu of commands was refused: %s", type(error).__name__,
                    extra={"action": "menu_refused"},
                )  # fmt: skip
            if chat in wanted:
                self._told[chat] = wanted[chat]
            else:
                del self._told[chat]
        return told

    async def _tell(self, chat: int | None, menu: Menu | None) -> None:
        """``menu``: None when this chat has none of its own any more."""
        scope = BotCommandScopeDefault() if chat is None else BotCommandScopeChat(chat)
        if menu is None:
            await self._bot.delete_my_commands(scope)
            return
        commands = [BotCommand(name, what) for name, what in menu.items()]
        await self._bot.set_my_commands(commands, scope)


class Running(Protocol):
    """Something that runs until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None: ...


def beside(other: Running, work: Work) -> Work:
    """The work of a process, with something else that runs for as long as it lasts."""

    async def both(stop: asyncio.Event) -> None:
        keeping = asyncio.create_task(other.run(stop))
        try:
            await work(stop)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    return both
