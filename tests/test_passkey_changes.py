"""Adding and removing a passkey: with a proof by one that is there, and told to its holder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect
from sqlmodel import select

from bot.config import Config
from bot.console import passkey_texts as words
from bot.console.pages import PLAIN_COOKIE
from bot.rows import Passkey
from bot.settings import SignInSettings, WebSettings
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Message
from contacts.people import grant, open_channel
from contacts.records import Database
from tests.browsing import PATIENCE_MS, needs_browser
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, client_of, press
from tests.flow_world import Evening, an_evening
from tests.test_passkeys import at_desk, free_port, give_device

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def a_key(desk: Desk, person_id: int) -> None:
    async with desk.world.db.begin() as session:
        session.add(
            Passkey(
                person_id=person_id, name="telefoon", credential="00", public_key="00",
                created_at=desk.world.now,
            )
        )  # fmt: skip


@asynccontextmanager
async def with_keys(desk: Desk, setting: str = "mag") -> AsyncIterator[httpx.AsyncClient]:
    """The desk's own session where passkeys are set like this."""
    world = desk.world
    config = Config(
        sign_in=SignInSettings(passkey=setting), web=WebSettings(base_url="http://localhost:8420")
    )
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as web:
        yield web


@pytest.mark.parametrize("setting", ["mag", "moet"])
@pytest.mark.parametrize("path", ["/passkeys/1", "/passkeys/nieuw"])
async def test_who_has_a_passkey_changes_none_without_a_proof_by_it(
    desk: Desk, setting: str, path: str
) -> None:
    await a_key(desk, desk.world.staff_id)
    async with with_keys(desk, setting) as web:
        answer = await press(web, desk.world.sealer, path, passkey="{}", bewijs="{}")
    assert answer.status_code == 422
    assert words.NOT_PROVED_HERE in answer.text
    assert len(await desk.rows(Passkey)) == 1


async def test_where_passkeys_are_not_asked_one_goes_without_a_proof(desk: Desk) -> None:
    await a_key(desk, desk.world.staff_id)
    assert (await desk.world.press("/passkeys/1")).status_code == 303
    assert await desk.rows(Passkey) == []


async def test_a_beheerder_takes_the_passkeys_of_a_lost_device_of_another_and_they_hear_it(
    desk: Desk,
) -> None:
    world = desk.world
    async with world.db.begin() as session:
        await grant(session, world.staff_id, Role.ADMIN, who=SYSTEM, now=world.now)
        other = await a_colleague(session, "Goedkeurder", (Role.APPROVER,), world.now)
        person = await session.get_one(Person, other)
        await open_channel(
            session, person, ChannelKind.EMAIL, "g@gemeente.example", rank=1, now=world.now
        )
    await a_key(desk, other)
    async with with_keys(desk) as web:
        assert "Haal de passkeys weg" in (await web.get(f"/contact/{other}")).text
        done = await press(web, world.sealer, f"/contact/{other}/passkeys")
        again = await press(web, world.sealer, f"/contact/{other}/passkeys")
        own = await press(web, world.sealer, f"/contact/{world.staff_id}/passkeys")
    assert [done.status_code, again.status_code, own.status_code] == [303, 303, 400]
    assert await desk.rows(Passkey) == []
    told = [one.content for one in await desk.rows(Message)]
    assert sum(words.TOLD_TAKEN[1] in str(content) for content in told) == 1


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    port = free_port()
    web = WebSettings(port=port, base_url=f"http://localhost:{port}")
    async with an_evening(tmp_path, web=web, sign_in=SignInSettings(passkey="moet")) as started:
        yield started


#: between the proof and the making: the old device is put away and a new one lies there
SWAP = """() => {
  const make = navigator.credentials.create.bind(navigator.credentials);
  navigator.credentials.create = async (asked) => { await window.swap(); return make(asked); };
}"""


@needs_browser
async def test_a_second_device_is_added_and_the_first_removed_with_a_proof_and_the_holder_hears_it(
    evening: Evening, browser: Browser
) -> None:
    approver = await at_desk(evening, browser, "Goedkeurder")
    page = approver.page
    old = await give_device(page)
    await approver.go("/passkeys")
    await page.fill("#naam", "oude telefoon")
    await approver.press("Maak een passkey")
    await expect(page.get_by_text("De passkey staat erbij.")).to_be_visible()
    await evening.approver.see(words.TOLD_ADDED[1])

    async def swap() -> None:
        await old.put_away()
        await give_device(page, old.line)

    await page.expose_function("swap", swap)
    await page.evaluate(SWAP)
    await page.fill("#naam", "nieuwe telefoon")
    await approver.press("Maak een passkey")
    await expect(page.get_by_text("nieuwe telefoon").first).to_be_visible()
    assert await approver.violations() == []
    await page.locator("li", has_text="oude telefoon").locator("button").click()
    await expect(page.get_by_text("De passkey is weg.")).to_be_visible()
    await evening.approver.see(words.TOLD_REMOVED[1])
    async with evening.house.db.read() as session:
        [key] = (await session.exec(select(Passkey))).all()
    assert key.name == "nieuwe telefoon"
    assert key.used_at is not None
    assert [said for said in approver.complaints if "favicon" not in said] == []
