"""An evening that is played at the desk, in a browser: what several tests begin with."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, expect
from sqlmodel import select

from bot.clock import utc_now
from contacts.directory import Person, Role
from contacts.journal import SYSTEM
from contacts.people import grant
from tests.browsing import Window, open_window, sign_in
from tests.console_world import FORM, SAME_SITE
from tests.coordinating import FACT
from tests.flow_world import Evening, an_evening


@asynccontextmanager
async def an_evening_at_the_desk(folder: Path, **settings: Any) -> AsyncIterator[Evening]:
    """The coordinator may see every page."""
    async with an_evening(folder, **settings) as started:
        async with started.house.db.begin() as session:
            for person in (await session.exec(select(Person))).all():
                if person.name == "Coördinator":
                    await grant(session, person.id or 0, Role.ADMIN, who=SYSTEM, now=utc_now())
        yield started


async def at_desk(evening: Evening, browser: Browser, name: str, **how: bool) -> Window:
    cookies = await sign_in(evening.house, name)
    return await open_window(browser, evening.house.web.address, cookies, **how)


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
    await expect(desk.page.get_by_text("De goedkeurders krijgen een bericht")).to_be_visible()


async def teachers_page(evening: Evening) -> str:
    """The address under *Hele tekst* on the teacher's phone."""
    message = await evening.teacher.see(lambda m: m.button("Hele tekst") is not None)
    button = message.button("Hele tekst")
    assert button is not None
    return str(button["url"])


async def signal_told(evening: Evening) -> str:
    """Everything approved, sent, and answered with a signal; returns the form's address."""
    await evening.approver.press("Goedkeuren en verzenden")
    await evening.approver.press("Toch verder")
    await evening.approver.press("Ja, verzenden")
    return await tell_a_signal(evening)


async def tell_a_signal(evening: Evening) -> str:
    """What the teacher noticed, told on the page of the school; returns the form's address."""
    form = f"{await teachers_page(evening)}/signaal"
    async with httpx.AsyncClient() as web:
        page = (await web.get(form)).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        told = await web.post(form, data={**FORM, **hidden}, headers=SAME_SITE)
    assert told.status_code == 303
    return form


async def approve_at_once(approver: Window) -> None:
    """Both steps; at night the second button offers the morning, which this evening skips."""
    await approver.press("Goedkeuren en verzenden")
    await expect(
        approver.page.get_by_role("button", name="Ja, verzenden", exact=True)
    ).to_be_visible()
    unread = approver.page.get_by_text("Ik keur ook goed")
    if await unread.count():
        await unread.click()
    await approver.keep("goedkeuren-zeker")
    await approver.press("Ja, verzenden")
