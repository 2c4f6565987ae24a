"""What an installation has not set up is said so: its parts, and whom it cannot reach."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.config import Config
from bot.console.health import not_set_up
from bot.console.part_texts import PARTS
from bot.rows import Heartbeat
from bot.settings import MailSettings, TelegramSettings
from contacts.records import Database
from tests.console_world import World, a_world, client_of, signed_in

BOT, POST = TelegramSettings(token="1:x"), MailSettings(host="smtp.example")
BOTH = Config(telegram=BOT, mail=POST)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def page_of(world: World, path: str, config: Config) -> str:
    """As its staff sees it, on an installation with this configuration."""
    async with world.db.begin() as session:
        cookies = await signed_in(session, world.staff_id, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies, config=config) as desk:
        return " ".join(re.sub(r"<[^>]+>", " ", (await desk.get(path)).text).split())


async def test_a_part_that_is_not_used_is_not_in_order_but_not_set_up(world: World) -> None:
    async with world.db.begin() as session:
        session.add_all(
            Heartbeat(name=name, at=world.now) for name in ("mail_in", "webhooks", "tidy")
        )
    page = await page_of(world, "/beheer", BOTH)
    assert f"{PARTS['mail_in']} niet ingesteld" in page
    assert f"{PARTS['webhooks']} niet ingesteld" in page
    assert f"{PARTS['tidy']} in orde" in page
    assert f"{PARTS['pump_email']} niet ingesteld" not in page
    page = await page_of(world, "/beheer", Config(telegram=BOT, mail=MailSettings(imap_host="x")))
    assert f"{PARTS['mail_in']} in orde" in page
    assert f"{PARTS['pump_email']} niet ingesteld" in page


def test_every_part_that_may_not_be_set_up_has_a_name_for_people() -> None:
    parts = not_set_up(Config(), has_sources=False)
    assert len(parts) == 7
    assert set(parts) <= set(PARTS)
