"""The evening in a real browser: through the console alone, by keyboard, and mixed with phones."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect
from sqlmodel import select

from bot.clock import utc_now
from contacts.directory import Person, Role
from contacts.journal import SYSTEM
from contacts.people import grant
from feeds.rows import Item
from tests.browsing import (
    PATIENCE_MS,
    PHONE,
    Window,
    a_browser,
    needs_browser,
    open_window,
    sign_in,
)
from tests.console_world import FORM, SAME_SITE
from tests.flow_world import Evening, an_evening

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)

TITLE = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
FACT = "De politie heeft drie mensen aangehouden in Arnhem."


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        async with started.house.db.begin() as session:
            for person in (await session.exec(select(Person))).all():
                if person.name == "Coördinator":
                    await grant(session, person.id or 0, Role.ADMIN, who=SYSTEM, now=utc_now())
        yield started


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as started:
        yield started


async def at_desk(evening: Evening, browser: Browser, name: str, **how: bool) -> Window:
    cookies = await sign_in(evening.house, name)
    return await open_window(browser, evening.house.web.address, cookies, **how)  # type: ignore[arg-type]


async def news(evening: Evening) -> None:
    """Quiet news first: what a source already had at its first reading never rings."""
    evening.publish("k0", "Bibliotheek verlengt de openingstijden op zaterdag")
    for _ in range(200):
        async with evening.house.db.read() as session:
            if (await session.exec(select(Item.id))).first() is not None:
                break
        await asyncio.sleep(0.05)
    evening.publish("k1", TITLE, "De politie deed een inval in Presikhaaf.")


async def written(desk: Window) -> None:
    """From the alert on the first page to texts that wait for approval."""
    await desk.go("/")
    alert = desk.page.locator(".taak-wat", has_text="Melding wacht op een besluit")
    await expect(alert).to_be_visible()
    await desk.page.locator("a.knop", has_text="Bekijk").first.click()
    await desk.page.select_option("#ernst", "4")
    await desk.press("Bevestigen")
    await desk.page.fill("#tekst", FACT)
    await desk.page.fill("#bron", "politie")
    await desk.press("Toevoegen")
    await expect(desk.page.get_by_text("Het feit staat erin.")).to_be_visible()
    await desk.press("Naar de teksten")
    await expect(desk.page.locator(".tekst").first).to_contain_text(FACT)
    await desk.press("Ter goedkeuring")
    await expect(desk.page.get_by_text("De goedkeurders hebben een bericht")).to_be_visible()


async def test_the_evening_through_the_console_alone(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await expect(desk.page.get_by_text("Niets te doen.")).to_be_visible()
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    await approver.go("/")
    await approver.page.locator("a.knop", has_text="Bekijk").first.click()
    await approver.press("Goedkeuren en verzenden")
    await approver.keep("goedkeuren")
    await approver.press("Ja, verzenden")
    # Nobody reloads: the page follows the sending by itself.
    await expect(
        approver.page.get_by_text(re.compile(r"Klaar\. 3 van 3 verzonden"))
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
    await desk.go("/signalen")
    await desk.page.get_by_role("button", name="Lezen en beantwoorden").click()
    await desk.page.locator('input[name="uitkomst"]').first.check()
    await desk.page.fill("#zin", "De politie heeft dit gerucht vandaag tegengesproken.")
    await desk.press("Antwoorden")
    await expect(desk.page.get_by_text("Het antwoord is onderweg")).to_be_visible()
    await evening.teacher.see("De politie heeft dit gerucht vandaag tegengesproken.")
    await desk.go("/gebeurtenis/1/bereik")
    await expect(desk.page.locator(".som")).to_contain_text("Iedereen")
    await desk.keep("bereik")
    for window in (desk, approver, teacher):
        assert window.complaints == []
        assert window.foreign == []


async def teachers_page(evening: Evening) -> str:
    """The address under *Hele tekst* on the teacher's phone."""
    message = await evening.teacher.see(lambda m: m.button("Hele tekst") is not None)
    button = message.button("Hele tekst")
    assert button is not None
    return str(button["url"])


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
    await approver.press("Goedkeuren en verzenden")
    await approver.press("Ja, verzenden")
    await evening.teacher.see(FACT)
    await evening.coordinator.see("Klaar:")


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
    await desk.press("Beëindig en toon de kaart")
    await expect(desk.page.get_by_text("De oefening is klaar.")).to_be_visible()
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
    await expect(approver.page.get_by_role("button", name="Ja, verzenden")).to_be_visible()
    await tab_to(approver, "Ja, verzenden")
    await approver.page.keyboard.press("Enter")
    await expect(approver.page.get_by_text("Goedgekeurd.")).to_be_visible()


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


PATHS = (
    "/", "/gebeurtenissen", "/gebeurtenis/nieuw", "/gebeurtenis/1", "/gebeurtenis/1/feiten",
    "/gebeurtenis/1/teksten", "/gebeurtenis/1/verzenden", "/gebeurtenis/1/goedkeuren",
    "/gebeurtenis/1/bereik", "/signalen", "/signaal/1", "/contacten", "/contact/4",
    "/contacten/inlezen", "/beheer", "/passkeys", "/beheer/koppelingen", "/beheer/lijsten",
    "/journaal", "/oefenen", "/nergens",
)  # fmt: skip


async def test_every_page_passes_axe_in_light_dark_and_on_a_phone(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await news(evening)
    await written(desk)
    link = (await signal_told(evening)).rpartition("/signaal")[0]
    found: list[str] = []
    for size, dark, mark in ((None, False, ""), (None, True, "-donker"), (PHONE, False, "-360")):
        how: dict[str, object] = {"dark": dark} | ({"size": size} if size else {})
        window = await at_desk(evening, browser, "Coördinator", **how)  # type: ignore[arg-type]
        outside = await open_window(browser, evening.house.web.address, **how)  # type: ignore[arg-type]
        for path in (*PATHS, link, f"{link}/signaal", "/aanmelden"):
            one = outside if path.startswith(("http", "/aanmelden")) else window
            await one.page.goto(path if path.startswith("http") else f"{one.address}{path}")
            found += await one.violations()
            if await one.is_wider_than_its_window():
                found.append(f"{one.page.url}: scrolls sideways{mark}")
            if path in ("/", "/gebeurtenis/1/feiten", "/gebeurtenis/1/teksten"):
                await one.keep((path.rpartition("/")[2] or "vandaag") + mark)
        assert window.complaints == [c for c in window.complaints if "404" in c]
        assert [*window.foreign, *outside.foreign] == []
    assert found == []


async def signal_told(evening: Evening) -> str:
    """Everything approved, sent, and answered with a signal; returns the form's address."""
    await evening.approver.press("Goedkeuren en verzenden")
    await evening.approver.press("Ja, verzenden")
    form = f"{await teachers_page(evening)}/signaal"
    async with httpx.AsyncClient() as web:
        page = (await web.get(form)).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        told = await web.post(form, data={**FORM, **hidden}, headers=SAME_SITE)
    assert told.status_code == 303
    return form
