"""The page *Rooster* in a browser: filled by a person, in every look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.clock import utc_now
from briefings.moments import local_date
from tests.browsing import PATIENCE_MS, Look, needs_browser
from tests.desk_evening import an_evening_at_the_desk, at_desk
from tests.flow_world import Evening

pytestmark = [needs_browser, pytest.mark.slow]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening_at_the_desk(tmp_path) as started:
        yield started


async def test_weeks_are_filled_and_a_slip_is_told_where_it_was_made(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/beheer/rooster")
    today = local_date(utc_now())
    tomorrow = (today + timedelta(days=1)).isoformat()
    await desk.page.fill("#eerste", tomorrow)
    await desk.page.select_option("#beurt-1", label="Coördinator")
    await desk.press("Zet op het rooster")
    await expect(desk.page.get_by_text("Het staat op het rooster.")).to_be_visible()
    # Eight weeks, and after the last of them nobody.
    await expect(desk.page.locator("tbody tr")).to_have_count(9)
    await expect(desk.page.get_by_text("Niemand heeft dienst")).to_have_count(1)
    await desk.page.locator("summary", has_text="Eén periode").click()
    await desk.page.select_option("#wie-nieuw", label="Coördinator")
    await desk.page.fill("#van-dag-nieuw", today.isoformat())
    await desk.page.fill("#van-uur-nieuw", "00:00")
    await desk.page.fill("#tot-dag-nieuw", tomorrow)
    await desk.page.locator("details[open]").get_by_role("button", name="Zet op het").click()
    await expect(desk.page.get_by_text("Dienst: Coördinator")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Overgenomen")).to_be_visible()
    found: list[str] = []
    for look in Look:
        await desk.put_on(look)
        found += await desk.violations(look)
        assert not await desk.is_wider_than_its_window(), look
        assert await desk.hidden_in_tables() == [], look
        await desk.keep(f"rooster{look.mark}")
    assert desk.complaints == []
    await desk.put_on(Look.LIGHT)
    await desk.page.locator("summary", has_text="Wijzigen").first.click()
    form = desk.page.locator("details[open] form").first
    await desk.keep("rooster-wijzigen")
    await form.locator('input[name="tot-dag"]').fill("2020-01-01")
    await form.get_by_role("button", name="Opslaan").click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("Het einde ligt niet na het begin")
    found += await desk.violations(Look.LIGHT)
    assert found == []
    await desk.go("/")
    await expect(desk.page.get_by_text("Dienst: Coördinator, tot ")).to_be_visible()
    await desk.keep("vandaag-rooster")
