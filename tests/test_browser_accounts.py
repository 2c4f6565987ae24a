"""Signing in with an account of the municipality in a real browser, and by the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.clock import utc_now
from bot.settings import SignInSettings
from tests.browsing import PATIENCE_MS, PHONE, needs_browser, open_window
from tests.flow_world import Evening, an_evening
from tests.oidc_world import CLIENT, SECRET, LoopbackProvider, a_provider

expect.set_options(timeout=PATIENCE_MS)

#: the coördinator of the cast
ADDRESS = "p0@school.example"


@dataclass
class City:
    """A house whose people sign in with accounts only, and the provider of those."""

    evening: Evening
    provider: LoopbackProvider


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with a_provider(utc_now) as provider:
        provider.claims, provider.asks = {"email": ADDRESS}, True
        settings = SignInSettings(
            issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, link=False
        )
        async with an_evening(tmp_path, sign_in=settings) as evening:
            yield City(evening, provider)


@needs_browser
async def test_an_account_signs_in_and_out_in_a_browser(city: City, browser: Browser) -> None:
    window = await open_window(browser, city.evening.house.web.address)
    await window.go("/signalen")
    await window.keep("aanmelden-account")
    assert await window.violations() == []
    await window.press("Inloggen met gemeente-account")
    await expect(window.page.get_by_role("heading", name="Gemeente")).to_be_visible()
    await window.press("Ja, dit ben ik")
    await expect(window.page.get_by_role("heading", name="Signalen")).to_be_visible()
    assert window.page.url.endswith("/signalen")
    await window.press("Afmelden")
    await expect(window.page.get_by_text("U bent afgemeld bij Schakel.")).to_be_visible()
    assert await window.violations() == []
    await window.press("Ook bij uw account afmelden")
    await expect(window.page.get_by_text("Afgemeld bij de gemeente")).to_be_visible()
    assert [url for url in window.foreign if not url.startswith(city.provider.issuer)] == []
    ours = [line for line in window.complaints if "favicon" not in line and "404" not in line]
    assert ours == []


@needs_browser
async def test_a_stranger_with_an_account_reads_whom_to_ask(city: City, browser: Browser) -> None:
    city.provider.claims = {"email": "iemand@gemeente.example"}
    window = await open_window(browser, city.evening.house.web.address, size=PHONE)
    await window.go("/aanmelden")
    await window.press("Inloggen met gemeente-account")
    await window.press("Ja, dit ben ik")
    await expect(window.page.get_by_text("iemand@gemeente.example")).to_be_visible()
    await window.keep("aanmelden-onbekend-360")
    assert await window.violations() == []
    assert not await window.is_wider_than_its_window()
    await window.press("Terug naar aanmelden")
    await expect(window.page.get_by_role("heading", name="Aanmelden")).to_be_visible()


async def test_without_links_the_bot_points_to_the_page(city: City) -> None:
    await city.evening.coordinator.say("/console")
    message = await city.evening.coordinator.see("account van uw organisatie")
    place = f"{city.evening.house.web.address}/aanmelden"
    assert str(message.buttons[0][0]["url"]) == place
