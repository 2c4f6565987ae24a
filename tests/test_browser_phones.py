"""A newcomer plays the whole evening on the page *Telefoons*, with nothing but a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, ViewportSize, expect

from bot.clock import utc_now
from bot.demo.evenings import publish_background
from bot.demo.phones import phone_routes
from bot.demo.stage import Stage, exercise_config, load_scenario, scenario_sources, seat_everyone
from bot.house import House
from bot.simulator import Simulator
from tests.browsing import PATIENCE_MS, PHONE, Window, needs_browser, open_window

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)

FACT = "De politie doet onderzoek in de wijk."
AT_ONCE = "Ja, verzenden"
#: what of the list of steps is cut off: by a scroll of its own, or by an edge of the window
CUT_OFF = """() => {
  const list = document.querySelector('.gids');
  const cut = [list, ...list.querySelectorAll(':not(.verborgen)')].filter(one => {
    const edge = one.getBoundingClientRect();
    const hides = getComputedStyle(one).overflowY !== 'visible';
    const scrolls = hides && one.scrollHeight > one.clientHeight;
    return scrolls || edge.left < 0 || edge.right > innerWidth;
  });
  return cut.map(one => one.outerHTML.slice(0, 120));
}"""
ANSWER = "De gemeente heeft dit besproken met de politie."


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The stage of the demo, with the ordinary news of the day on the feeds."""
    simulator, scenario = Simulator(), load_scenario()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    stage = Stage(simulator, scenario)
    config = exercise_config(simulator, tmp_path, scenario_sources(simulator, scenario))
    stage.house = House(config, phones=phone_routes(stage))
    publish_background(simulator.feeds, scenario, now=utc_now())
    await stage.house.start()
    try:
        await seat_everyone(stage)
        yield stage
    finally:
        await stage.house.stop()
        await simulator.stop()


def phone(window: Window, name: str) -> Locator:
    return window.page.get_by_role("region", name=name, exact=True)


async def tap(window: Window, name: str, label: str) -> None:
    """The newest button on somebody's phone whose text begins like this."""
    # At night a second button offers the morning: "Ja, verzenden om 06.45".
    ends = r"\s*$" if label == AT_ONCE else ""
    starts = re.compile(rf"^\s*{re.escape(label)}{ends}")
    buttons = phone(window, name).locator(".toetsen button", has_text=starts)
    await expect(buttons.last).to_be_visible()
    await buttons.last.click()


async def say(window: Window, name: str, text: str) -> None:
    line = phone(window, name).locator('input[name="text"]')
    await line.fill(text)
    await line.press("Enter")


async def sees(window: Window, name: str, text: str) -> None:
    await expect(phone(window, name).locator(".bel-bot", has_text=text).last).to_be_visible()


async def test_a_newcomer_plays_the_evening_on_the_phones_alone(
    stage: Stage, browser: Browser
) -> None:
    window = await open_window(browser, stage.house.web.address)
    co, app, teacher = "Coördinator", "Goedkeurder", "Docent VO"
    await window.go("/telefoons")
    await window.page.get_by_role("button", name="Begin een avond").click()
    await tap(window, co, "Bevestig")
    await tap(window, co, "Alles akkoord")
    await tap(window, co, "Feiten")
    await tap(window, co, "Feit toevoegen")
    await sees(window, co, "Typ één feit")
    await say(window, co, FACT)
    await tap(window, co, "politie")
    await sees(window, co, FACT)
    await tap(window, co, "Klaar")
    await tap(window, co, "Ter goedkeuring")
    await tap(window, app, "Goedkeuren en verzenden")
    await tap(window, app, "Toch verder")
    await tap(window, app, "Ja, verzenden")
    await sees(window, teacher, FACT)
    await tap(window, teacher, "Gelezen")
    # Whoever looks finds each telephone at what was said last.
    await window.page.evaluate(
        "document.querySelectorAll('[data-rol]').forEach(one => { one.scrollTop = 0 })"
    )
    await window.keep("telefoons")
    await tap(window, teacher, "Ik merk iets")
    for label in ("Vragen", "2", "✔ Presikhaaf", "Klas", "Versturen"):
        await tap(window, teacher, label)
    await sees(window, teacher, "Wij lezen dit vóór")
    await say(window, co, "/signalen")
    # The card says "zonder antwoord" as well, and may do so first.
    await sees(window, co, "zonder antwoord, van")
    await tap(window, co, "")
    await tap(window, co, "F Beantwoord")
    await sees(window, co, "één zin")
    await say(window, co, ANSWER)
    await tap(window, co, "Verstuur")
    await sees(window, teacher, ANSWER)
    await say(window, co, "/status")
    await tap(window, co, "Afsluiten")
    await tap(window, co, "Ter goedkeuring")
    await tap(window, app, "Goedkeuren en verzenden")
    await tap(window, app, "Toch verder")
    await tap(window, app, "Ja, verzenden")
    await sees(window, teacher, "Wij sluiten dit af")
    done = window.page.locator("[data-lijst]")
    await expect(done).to_contain_text("Begin nog een avond")
    assert window.complaints == []
    assert window.foreign == []


async def test_the_phones_pass_axe_on_a_desk_and_on_a_phone(stage: Stage, browser: Browser) -> None:
    found: list[str] = []
    desk = await open_window(browser, stage.house.web.address)
    dark = await open_window(browser, stage.house.web.address, dark=True)
    small = await open_window(browser, stage.house.web.address, size=PHONE)
    for window in (desk, dark, small):
        await window.go("/telefoons")
        await expect(phone(window, "Coördinator")).to_be_visible()
        found += await window.violations()
        if await window.is_wider_than_its_window():
            found.append("scrolls sideways")
    await small.keep("telefoons-360")
    assert found == []


@pytest.mark.parametrize("width", [360, 600, 720, 900, 992, 1100, 1280])
async def test_no_step_is_cut_off_at_any_width(stage: Stage, browser: Browser, width: int) -> None:
    size = ViewportSize(width=width, height=700)
    window = await open_window(browser, stage.house.web.address, size=size)
    await window.go("/telefoons")
    await window.page.get_by_text("Andere telefoons tonen").click()
    assert await window.page.evaluate(CUT_OFF) == []
    assert not await window.is_wider_than_its_window()


async def test_who_opens_the_page_on_a_desk_sees_the_last_step_and_can_reach_the_end_of_the_list(
    stage: Stage, browser: Browser
) -> None:
    window = await open_window(browser, stage.house.web.address)
    await window.go("/telefoons")
    await expect(window.page.locator(".stap").last).to_be_in_viewport(ratio=1)
    await window.page.get_by_text("Andere telefoons tonen").click()
    await window.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    end = window.page.get_by_role("button", name="Toon deze telefoons")
    await expect(end).to_be_in_viewport(ratio=1)
