"""The evening in a real browser: through the console alone, by keyboard, and mixed with phones."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browsing import (
    PATIENCE_MS,
    PHONE,
    Window,
    needs_browser,
    open_window,
)
from tests.coordinating import FACT, news
from tests.desk_evening import (
    an_evening_at_the_desk,
    approve_at_once,
    at_desk,
    teachers_page,
    tell_a_signal,
    written,
)
from tests.flow_world import Evening

ANSWER = "De politie heeft dit gerucht vandaag tegengesproken."
pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening_at_the_desk(tmp_path) as started:
        yield started


async def test_the_evening_through_the_console_alone(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await expect(desk.page.get_by_text("Niets te doen.")).to_be_visible()
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    await read_all(approver)
    await approver.go("/")
    await approver.page.locator("a.knop", has_text="Bekijk").first.click()
    await approve_at_once(approver)
    # Nobody reloads: the page follows the sending by itself.
    await expect(
        approver.page.get_by_text(re.compile(r"Klaar\. Verzonden aan 3 van 3"))
    ).to_be_visible()
    await approver.keep("verzenden")
    link = await teachers_page(evening)
    teacher = await open_window(browser, evening.house.web.address, size=PHONE)
    await teacher.page.goto(link)
    await teacher.page.get_by_role("button", name="Gelezen").first.click()
    await teacher.page.get_by_role("link", name="Ik merk iets").first.click()
    for name, value in (("soort", "geruchten"), ("ernst", "2"), ("setting", "klas")):
        await teacher.page.locator(f'input[name="{name}"][value="{value}"]').check()
    await teacher.page.select_option('[name="waar_wijk"]', "stad")
    await teacher.page.locator("textarea").fill("Veel vragen in de groep.")
    await teacher.page.locator('form[method="post"] button.knop').last.click()
    await expect(teacher.page).to_have_url(re.compile("/dank"))
    await answered(desk)
    await evening.teacher.see(ANSWER)
    await desk.go("/gebeurtenis/1/bereik")
    await expect(desk.page.locator(".som")).to_contain_text("Iedereen")
    await desk.keep("bereik")
    unharmed(desk, approver, teacher)


async def read_all(approver: Window) -> None:
    """Unfold every text; the first one stands open already, and counts as well."""
    async with approver.page.expect_response("**/teksten/geopend") as first:
        await approver.go("/gebeurtenis/1/teksten")
    assert (await first.value).status == 204
    for line in (await approver.page.locator("details.voorbeeld > summary").all())[1:]:
        async with approver.page.expect_response("**/teksten/geopend") as told:
            await line.click()
        assert (await told.value).status == 204
    await approver.go("/gebeurtenis/1/goedkeuren")
    await expect(approver.page.get_by_text("niet geopend")).to_have_count(0)


async def answered(desk: Window) -> None:
    """The signal that waits at the desk gets its answer."""
    await desk.go("/signalen")
    await desk.page.get_by_role("button", name="Lezen en beantwoorden").click()
    await desk.page.locator('input[name="uitkomst"]').first.check()
    await desk.page.fill("#zin", ANSWER)
    await desk.press("Antwoorden")
    await expect(desk.page.get_by_text("Het antwoord is onderweg")).to_be_visible()


def unharmed(*windows: Window) -> None:
    """No browser complained of a script, a policy or a page, and none asked another host."""
    for window in windows:
        # A form that is refused is said so, with its number.
        assert [one for one in window.complaints if "422" not in one and "409" not in one] == []
        assert window.foreign == []


async def test_the_phone_begins_and_the_desk_goes_on(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await news(evening)
    await evening.coordinator.see_button("Bevestig", timeout_s=15)
    await evening.coordinator.press("Bevestig")
    await evening.coordinator.press("Alles akkoord")
    await evening.coordinator.see_button("Ter goedkeuring")
    waiting = desk.page.locator(".taak-wat", has_text="Teksten zijn nog concept")
    await expect(waiting).to_be_visible()
    await desk.go("/gebeurtenis/1/feiten")
    await desk.page.fill("#tekst", FACT)
    await desk.page.fill("#bron", "politie")
    await desk.press("Toevoegen")
    await evening.coordinator.see(lambda m: "1 bevestigd" in m.text)
    await evening.coordinator.press("Ter goedkeuring")
    await evening.approver.see_button("Goedkeuren en verzenden")
    approver = await at_desk(evening, browser, "Goedkeurder")
    await approver.go("/gebeurtenis/1/verzenden")
    await approve_at_once(approver)
    await evening.teacher.see(FACT)
    await evening.coordinator.see("Klaar:")
    await evening.teacher.press("Gelezen")
    await tell_a_signal(evening)
    await answered(desk)
    await evening.teacher.see(ANSWER)
    await desk.go("/gebeurtenis/1/bereik")
    await expect(desk.page.locator("tr.som").first).to_contain_text("1")
    unharmed(desk, approver)


async def test_the_console_link_from_the_phone_signs_in(evening: Evening, browser: Browser) -> None:
    await evening.coordinator.say("/console")
    message = await evening.coordinator.see(lambda m: bool(m.buttons) and "vijf minuten" in m.text)
    window = await open_window(browser, evening.house.web.address)
    await window.page.goto(str(message.buttons[0][0]["url"]))
    await window.keep("aanmelden")
    await window.press("Aanmelden")
    await expect(window.page.get_by_role("heading", name="Vandaag")).to_be_visible()
    await window.press("Afmelden")
    await expect(window.page.get_by_role("heading", name="Aanmelden")).to_be_visible()
    assert window.complaints == []


async def test_an_exercise_is_led_from_the_page(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/oefenen")
    await desk.page.get_by_role("button", name=re.compile("Aanhoudingen in een wijk")).click()
    await evening.coordinator.see_button("Bevestig", timeout_s=60)
    await evening.coordinator.press("Bevestig")
    await evening.coordinator.press("Alles akkoord")
    await desk.press("Volgende inspeler nu")
    await expect(desk.page.get_by_text("op tijd")).to_be_visible()
    assert await desk.violations() == []
    await desk.page.get_by_text("Wat komt er nog?").click()
    await desk.keep("oefening")
    await desk.press("Beëindig en toon de scorekaart")
    await expect(desk.page.get_by_text("De oefening is beëindigd.")).to_be_visible()
    await evening.coordinator.see("scorekaart")
    assert desk.complaints == []


async def tab_to(window: Window, name: str) -> None:
    """Press Tab until this button or link has the focus, and see that it shows."""
    for _ in range(80):
        await window.page.keyboard.press("Tab")
        focused = window.page.locator(":focus")
        if (await focused.inner_text()).strip() == name:
            outline = await focused.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)")
            assert outline >= 2
            return
    raise AssertionError(f"no way to {name!r} with the keyboard")


async def test_approving_and_sending_needs_no_mouse(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    await approver.go("/gebeurtenis/1/verzenden")
    await tab_to(approver, "Goedkeuren en verzenden")
    await approver.page.keyboard.press("Enter")
    await expect(
        approver.page.get_by_role("button", name="Ja, verzenden", exact=True)
    ).to_be_visible()
    await tab_to(approver, "Lees ze eerst")
    await approver.page.keyboard.press("Tab")
    await approver.page.keyboard.press("Space")
    await tab_to(approver, "Ja, verzenden")
    await approver.page.keyboard.press("Enter")
    await expect(approver.page.get_by_text("Goedgekeurd.")).to_be_visible()
    unharmed(desk, approver)


async def test_two_people_at_one_page_are_told_and_nothing_is_overwritten(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    for window in (desk, approver):
        await window.go("/gebeurtenis/1/feiten")
        await window.page.get_by_text("Titel, band met de stad").click()
    await expect(desk.page.get_by_text("Ook op deze pagina: Goedkeurder")).to_be_visible()
    await expect(approver.page.get_by_text("Ook op deze pagina: Coördinator")).to_be_visible()
    await desk.page.fill("#local_tie", "De school ligt om de hoek.")
    await desk.press("Opslaan")
    await expect(desk.page.get_by_text("Opgeslagen.")).to_be_visible()
    await approver.page.fill("#local_tie", "Iets anders.")
    await approver.press("Opslaan")
    await expect(approver.page.get_by_text("Er is niets opgeslagen.")).to_be_visible()
    await expect(approver.page.locator("#local_tie")).to_have_value("Iets anders.")
    await desk.page.reload()
    await desk.page.get_by_text("Titel, band met de stad").click()
    await expect(desk.page.locator("#local_tie")).to_have_value("De school ligt om de hoek.")
    unharmed(desk, approver)
