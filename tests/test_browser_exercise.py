"""A coordinator finds people for an exercise on the page, and they say yes on theirs."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from bot.exercise import seat_texts as texts
from tests.browsing import PATIENCE_MS, Look, a_browser, needs_browser, open_window, sign_in
from tests.test_exercise_people import COORDINATOR, MAIL, a_city, own_link, subject

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)


async def test_people_are_found_asked_and_the_exercise_sets_off(tmp_path: Path) -> None:
    async with a_city(tmp_path) as city, a_browser() as browser:
        house = city.stage.house
        desk = await open_window(browser, house.web.address, await sign_in(house, COORDINATOR))
        await desk.go("/oefenen")
        await desk.page.get_by_role("button", name="Aanhoudingen in een wijk").click()
        await expect(desk.page.get_by_text("De tijd loopt nog niet", exact=True)).to_be_visible()
        await desk.press("Start de oefening")
        await expect(desk.page.get_by_text("Er heeft nog niemand ja gezegd.")).to_be_visible()
        await desk.page.get_by_label("Rol van Coördinator,").select_option("coordinator")
        await desk.page.get_by_label("Rol van Directeur PO,").select_option("lezer")
        await desk.press("Vraag deze mensen")
        await expect(desk.page.get_by_text("Alleen wie ja zegt, doet mee.")).to_be_visible()
        await city.stage.coordinator.press(texts.YES)
        mail = await city.stage.simulator.mail.see(MAIL, lambda m: subject(m) == texts.ASK_SUBJECT)
        own = await open_window(browser, house.web.address)
        await own.page.goto(own_link(mail))
        for look in Look:
            await own.put_on(look)
            assert await own.violations(look) == []
        await own.press(texts.YES)
        await expect(own.page.get_by_text("U doet mee aan een oefening")).to_be_visible()
        await desk.go("/oefenen/1")
        await expect(desk.page.get_by_text("2 mensen doen mee.")).to_be_visible()
        for look in Look:
            await desk.put_on(look)
            assert await desk.violations(look) == []
            assert not await desk.is_wider_than_its_window()
            if look is Look.LIGHT:
                await desk.keep("oefenen-mensen")
        await desk.press("Start de oefening")
        await expect(desk.page.get_by_text("De oefening loopt.")).to_be_visible()
        assert desk.complaints == []
