"""Telegram's own menu of commands is told, in Dutch, by rights, and follows them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
from telegram import Bot, BotCommandScopeChat

from bot import command_menu_texts as texts
from bot.chat.render import render
from bot.chat.router import COMMANDS
from bot.command_menu import CommandMenu, menu_of
from bot.config import Config
from bot.simulator import TOKEN, Simulator
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.people import revoke
from contacts.records import Database
from tests.outbox_world import a_person

CHAT = 4711

ALL = {**texts.EVENTS, **texts.EXERCISES, **texts.MEMBERS}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    simulator = Simulator()
    await simulator.start()
    yield simulator
    await simulator.stop()


async def shown(bot: Bot, chat: int | None = None) -> list[str]:
    scope = BotCommandScopeChat(chat) if chat is not None else None
    return [one.command for one in await bot.get_my_commands(scope)]


async def test_members_and_coordinators_are_told_their_commands_and_follow_their_rights(
    db: Database, now: datetime, simulator: Simulator
) -> None:
    await simulator.user(CHAT, "Coördinator").start()
    async with db.begin() as session:
        person = await a_person(session, now, chat=str(CHAT), role=Role.COORDINATOR)
    async with Bot(TOKEN, base_url=simulator.bot_url) as bot:
        menu = CommandMenu(db, bot)
        assert await menu.look() == 2
        assert await shown(bot) == list(texts.MEMBERS)
        assert await shown(bot, CHAT) == list(ALL)
        assert await menu.look() == 0
        async with db.begin() as session:
            await revoke(session, person.id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        assert await menu.look() == 1
        assert await shown(bot, CHAT) == []


async def test_a_chat_that_is_gone_is_not_asked_again_and_holds_up_nobody(
    db: Database, now: datetime, simulator: Simulator
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat=str(CHAT), role=Role.COORDINATOR)
    async with Bot(TOKEN, base_url=simulator.bot_url) as bot:
        menu = CommandMenu(db, bot)
        assert await menu.look() == 1
        assert await menu.look() == 0
        assert await shown(bot) == list(texts.MEMBERS)


def test_the_menu_names_what_help_names_and_what_there_is() -> None:
    settings = Config().briefings
    said = render(
        "partner/help.html", privacy="", settings=settings, runs_events=True, leads_exercises=True,
        today=date(2026, 3, 3),
    )  # fmt: skip
    assert set(re.findall(r"^/(\w+):", said, re.MULTILINE)) == set(ALL) - {"help"}
    assert {f"/{name}" for name in ALL} <= set(COMMANDS)
    assert list(menu_of(())) == list(texts.MEMBERS)
