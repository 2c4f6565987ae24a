"""A real browser on the pages: Debian's Chromium, steered by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from sqlmodel import col, select

from bot.clock import utc_now
from bot.console.pages import PLAIN_COOKIE
from bot.console.sessions import start_session
from bot.house import House
from contacts.directory import Person

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: quiet: no look-ups of its own, no sandbox inside containers
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = 64
IMAGES = Path(__file__).parents[1] / "docs" / "img"
#: a busy machine is slow, not wrong
PATIENCE_MS = 20_000

needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; `make browser` installs Debian's"
)


class Look(StrEnum):
    """How somebody looks at a page."""

    LIGHT = "licht"
    DARK = "donker"
    NARROW = "360"

    @property
    def mark(self) -> str:
        """Behind the name of a picture."""
        return "" if self is Look.LIGHT else f"-{self}"


#: what else than everything can go wrong in another look
RULES = {
    Look.DARK: ["color-contrast"],
    Look.NARROW: [
        "color-contrast", "target-size", "scrollable-region-focusable",
        "aria-required-children", "aria-required-parent",
    ],
}  # fmt: skip


def keeps_all() -> bool:
    """Whether somebody wants to judge every page in every look."""
    return os.environ.get("SCHAKEL_SCREENSHOTS") == "all"


@dataclass
class Window:
    """One browser window, with everything that it complained about or asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    async def press(self, name: str) -> None:
        """Click the button or link with exactly this text."""
        await self.page.locator(f'button:text-is("{name}"), a:text-is("{name}")').first.click()

    async def put_on(self, look: Look) -> None:
        """The same page in other light, or on a phone."""
        await self.page.emulate_media(color_scheme="dark" if look is Look.DARK else "light")
        await self.page.set_viewport_size(PHONE if look is Look.NARROW else DESK)

    async def violations(self, look: Look = Look.LIGHT) -> list[str]:
        """What axe finds against WCAG 2.2 AA on this page."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE)
        found: dict[str, Any] = await self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
            RULES.get(look, WCAG),
        )
        return [
            f"{self.page.url} {one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in found["violations"]
        ]

    async def is_wider_than_its_window(self) -> bool:
        wide: bool = await self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide

    async def hidden_in_tables(self) -> list[str]:
        """Tables with a part behind a scroll that nobody sees or that nothing names, and cells that
        hide the next."""
        hidden: list[str] = await self.page.evaluate(
            """() => [
              ...[...document.querySelectorAll('.tabelvak, table')]
                .filter(one => one.scrollWidth > one.clientWidth + 1),
              ...[...document.querySelectorAll('table')]
                .filter(one => !one.caption && !one.getAttribute('aria-label')),
              ...[...document.querySelectorAll('.stapelt tbody :is(th, td)')]
                .filter(one => one.scrollHeight > one.clientHeight + 1),
            ].map(one => `hidden: ${one.outerHTML.slice(0, 120)}`)"""
        )
        return hidden

    async def keep(self, name: str) -> None:
        """Write a picture for the documentation, when that is asked for."""
        if os.environ.get("SCHAKEL_SCREENSHOTS"):
            IMAGES.mkdir(exist_ok=True)
            # What sticks to the window stands where a reader first sees it.
            await self.page.evaluate("scrollTo(0, 0)")
            taken = await self.page.screenshot(full_page=True, animations="disabled")
            picture = Image.open(BytesIO(taken)).convert("RGB")
            # A page has few colours: a palette keeps the picture small.
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(
                IMAGES / f"{name}.png", optimize=True
            )


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def open_window(
    browser: Browser,
    address: str,
    cookies: Iterable[tuple[str, str]] = (),
    *,
    size: ViewportSize = DESK,
    dark: bool = False,
) -> Window:
    """A window of its own, as one person has it."""
    context = await browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", locale="nl-NL"
    )
    context.set_default_timeout(PATIENCE_MS)
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies]
    )
    page = await context.new_page()
    window = Window(page, address)
    page.on(
        "console",
        lambda said: window.complaints.append(
            f"{said.type}: {said.text} {said.location.get('url', '')}"
        ),
    )
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, "data:"))
            else window.foreign.append(request.url)
        ),
    )
    return window


async def sign_in(house: House, name: str) -> list[tuple[str, str]]:
    """The cookie of a colleague who signed in."""
    async with house.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
        token = await start_session(session, person.id or 0, now=utc_now())
    assert token is not None, f"{name} may not use the console"
    return [(PLAIN_COOKIE, token)]
