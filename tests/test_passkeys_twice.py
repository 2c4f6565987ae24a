"""A passkey that comes twice, or in a form that nobody's browser sends, is refused in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from bot.config import Config
from bot.console import passkey_texts as words
from bot.console import passkeys
from bot.console.pages import PLAIN_COOKIE
from bot.rows import Passkey
from bot.settings import SignInSettings, WebSettings
from contacts.records import Database
from tests.console_world import World, a_world, client_of, contents, press
from tests.test_passkeys import A_KEY, NOW, a_visit

DEEP = "[" * 6_000


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def make(world: World, proof: str) -> httpx.Response:
    config = Config(
        sign_in=SignInSettings(passkey="mag"), web=WebSettings(base_url="http://localhost:8420")
    )
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as web:
        return await press(web, world.sealer, "/passkeys/nieuw", naam="telefoon", passkey=proof)


async def test_a_proof_in_thousands_of_brackets_makes_no_passkey(world: World) -> None:
    answer = await make(world, DEEP)
    assert answer.status_code == 422
    assert words.NOT_MADE in answer.text
    assert (await contents(world.db))["passkey"] == []


def test_a_proof_in_thousands_of_brackets_is_no_proof() -> None:
    assert passkeys._proved(a_visit(NOW), "texts", {"00": A_KEY}, DEEP) == (None, 0)


async def test_the_same_proof_a_second_time_makes_no_second_passkey(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(visit: Any, given: str) -> Passkey:
        return Passkey(
            person_id=world.staff_id, name="", credential="aa", public_key="bb",
            created_at=world.now,
        )  # fmt: skip

    async def is_proved(*_: Any, **__: Any) -> str:
        return ""

    monkeypatch.setattr(passkeys, "_made", made)
    monkeypatch.setattr(passkeys, "refusal", is_proved)
    assert (await make(world, "{}")).status_code == 303
    answer = await make(world, "{}")
    assert answer.status_code == 422
    assert words.NOT_MADE in answer.text
    assert len((await contents(world.db))["passkey"]) == 1
