"""Every page, in every state of an evening, in every look: axe, width, nothing from elsewhere.

Which pages there are is read from the application: one that nobody listed here fails.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.clock import utc_now
from bot.console.app import DOORS
from signals.quarters import quarter_of
from tests.browsing import (
    PATIENCE_MS,
    Look,
    Window,
    keeps_all,
    needs_browser,
    open_window,
)
from tests.coordinating import news
from tests.desk_evening import at_desk, signal_told, written
from tests.flow_world import Evening
from tests.pages_world import a_filled_evening, links
from tests.test_console_doors import OPEN_ON_PURPOSE

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)

#: no pages to look at: files, parts of another page, streams, answers for machines
NO_PAGE = {
    "/gebeurtenis/{number:int}/teksten/pdf", "/beeld/pdf",
    "/gebeurtenis/{number:int}/beeld/pdf",
    "/gebeurtenis/{number:int}/voortgang", "/gebeurtenis/{number:int}/wie", "/stroom", "/samen",
    "/gebeurtenis/{number:int}/teksten/mail", "/gebeurtenis/{number:int}/voorbeeld",
    "/gebeurtenis/{number:int}/teksten/stand", "/gebeurtenis/{number:int}/teksten/vertalen/xliff",
    "/gezond", "/metrics", "/aanmelden/terug", "/o/{token:token}/pdf", "/p/{token:token}/bestand",
    "/waar/pdf", "/gebeurtenis/{number:int}/evaluatie/pdf",
    "/gebeurtenis/{number:int}/evaluatie/csv", "/beeld/contact/csv",
    "/overleg/{number:int}/pdf", "/agenda/{token:token}", "/contacten/voorbeeld.csv",
    "/p/{token:token}/overleg.ics",
}  # fmt: skip
#: looked at where there is one: tests/test_browser.py
ELSEWHERE = {"/oefenen/{number:int}"}
#: which row a page is about, by the first word of its address
NUMBERS = {"gebeurtenis": 1, "signaal": 1, "contact": 4, "organisatie": 2, "groep": 1,
           "overleg": 1, "rondbrief": 1}  # fmt: skip
#: behind a link; what stands in for its address is minted by the test
BEHIND_A_LINK = (
    "/aanmelden/{token:token}", "/p/{token:token}", "/uit/{token:token}", "/o/{token:token}",
    "/o/{token:token}/signaal", "/o/{token:token}/dank", "/p/{token:token}/signaal",
    "/p/{token:token}/dank", "/p/{token:token}/hulp", "/p/{token:token}/wie",
    "/p/{token:token}/groepen",
    "/p/{token:token}/vertel", "/o/{token:token}/vertel", "/nuttig/{token:token}",
    "/p/{token:token}/peiling", "/p/{token:token}/rondbrief", "/p/{token:token}/overleg",
    "/o/{token:token}/vraag", "/o/{token:token}/overleg",
)  # fmt: skip
PUBLIC = {"/aanmelden": "", "/gegevens": "gegevens", "/privacy": "privacy", "/waar": "waar",
          "/cijfers": ""}  # fmt: skip


def console_paths() -> list[str]:
    """Every page of the console, with a row in the place of its number."""
    patterns = [door.path for door in DOORS if door.method == "GET"]
    found = []
    for pattern in patterns:
        if pattern not in NO_PAGE | ELSEWHERE:
            first = pattern.split("/")[1]
            found.append(pattern.replace("{number:int}", str(NUMBERS.get(first, "?"))))
    return found


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with a_filled_evening(tmp_path) as started:
        yield started


def test_every_address_is_looked_at_or_is_no_page() -> None:
    assert not [path for path in console_paths() if "?" in path]
    public = {path for method, path in OPEN_ON_PURPOSE if method == "GET"}
    assert public - NO_PAGE == {*PUBLIC, *BEHIND_A_LINK}


@dataclass
class Tour:
    """Looks at pages, each only once as long as it stays the same."""

    found: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    async def look(self, window: Window, path: str, *, name: str = "") -> None:
        await window.page.goto(path if path.startswith("http") else f"{window.address}{path}")
        await self.here(window, name)

    async def here(self, window: Window, name: str) -> None:
        """The page as it stands now, in every look."""
        path = window.page.url.removeprefix(window.address)
        body = re.sub(r"[0-9a-f]{32,}", "", await window.page.inner_html("body"))
        if self.seen.get(path) == body:
            return
        self.seen[path] = body
        for look in Look:
            await window.put_on(look)
            self.found += await window.violations(look)
            if await window.is_wider_than_its_window():
                self.found.append(f"{path}: scrolls sideways, {look}")
            if look is Look.NARROW:
                self.found += [f"{path}: {one}" for one in await window.hidden_in_tables()]
            if name and (look is Look.LIGHT or name in IN_EVERY_LOOK or keeps_all()):
                await window.keep(name + look.mark)
        await window.put_on(Look.LIGHT)

    async def all_of(self, window: Window, names: Mapping[str, str] | None = None) -> None:
        for path in (*console_paths(), "/nergens"):
            await self.look(window, path, name=(names or {}).get(path, ""))


#: what is kept for the documentation: pages that the evening does not change, and by its moments
CALM = {
    "/contacten": "contacten", "/contact/4": "contact", "/organisatie/2": "organisatie",
    "/meldkaart": "meldkaart", "/contacten/hiaten": "hiaten", "/contacten/groepen": "groepen",
    "/oefenen": "oefenen",
    "/rondbrief": "rondbrieven", "/rondbrief/1": "rondbrief",
    "/contacten/inlezen": "inlezen", "/beheer": "beheer", "/beheer/lijsten": "lijsten",
    "/beheer/koppelingen": "koppelingen", "/beheer/namen": "namen", "/berichten": "berichten",
}  # fmt: skip
ALERTED = {"/": "vandaag", "/gebeurtenissen": "gebeurtenissen", "/gebeurtenis/1": "melding"}
WAITING = {
    "/gebeurtenis/1/feiten": "feiten", "/gebeurtenis/1/teksten": "teksten",
    "/gebeurtenis/1/teksten/schrijven": "schrijven",
    "/gebeurtenis/1/teksten/vertalen": "vertalen",
    "/gebeurtenis/1/goedkeuren": "goedkeuren",
}  # fmt: skip
SENT = {
    "/gebeurtenis/1": "gebeurtenis", "/gebeurtenis/1/verzenden": "verzenden",
    "/gebeurtenis/1/ontvangers": "ontvangers", "/gebeurtenis/1/bereik": "bereik",
    "/gebeurtenis/1/beeld": "beeld-gebeurtenis",
    "/gebeurtenis/1/evaluatie": "evaluatie", "/leren": "leren", "/kwartalen": "kwartalen",
    "/peiling": "peiling", "/overleg": "overleg", "/overleg/1": "overleg-agenda",
    "/beeld": "beeld", "/signalen": "signalen",
    "/signaal/1": "signaal", "/journaal": "journaal",
}  # fmt: skip
#: the others are judged in every look, and kept in one
IN_EVERY_LOOK = {"vandaag", "teksten", "verzenden", "beeld", "organisatiepagina"}


async def test_every_page_passes_axe_in_every_state_and_look(
    evening: Evening, browser: Browser
) -> None:
    desk, tour = await at_desk(evening, browser, "Coördinator"), Tour()
    await news(evening)
    await desk.go("/")
    await expect(desk.page.locator(".taak-wat", has_text="Melding wacht")).to_be_visible()
    await tour.all_of(desk, CALM | ALERTED)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    for path in [path for path in console_paths() if path == "/" or "gebeurtenis/1" in path]:
        await tour.look(approver, path, name=WAITING.get(path, ""))
    form = await signal_told(evening)
    await tour.all_of(desk, CALM | SENT)
    await refused_and_shown(tour, desk)
    await tour.look(desk, f"/kwartaal/{quarter_of(utc_now()).name}", name="kwartaal")
    outside = await open_window(browser, evening.house.web.address)
    for path, name in {**await links(evening, form), **PUBLIC}.items():
        await tour.look(outside, path, name=name)
    assert tour.found == []
    for window in (desk, approver, outside):
        # A page that is not there or is over, and a form that is refused, are said so by number.
        assert [one for one in window.complaints if not re.search("404|410|422", one)] == []
        assert window.foreign == []


A_LIST = """organisatie,domein,naam,functie,e-mail,doelgroepen
Nieuwe school,onderwijs,Voorbeeld,docent,voorbeeld@school.example,docent_vo_mbo
,onderwijs,Zonder school,docent,,
"""


async def refused_and_shown(tour: Tour, desk: Window) -> None:
    """Forms that were refused, and what a form shows before anything is kept."""
    await desk.go("/gebeurtenis/1/feiten")
    await desk.page.fill("#tekst", "Jan Jansen is aangehouden.")
    await desk.page.fill("#bron", "politie")
    await desk.press("Toevoegen")
    await expect(desk.page.locator("#tekst-fout")).to_be_visible()
    await tour.here(desk, "feit-geweigerd")
    await desk.go("/contacten/inlezen")
    await desk.page.set_input_files(
        "#bestand", {"name": "lijst.csv", "mimeType": "text/csv", "buffer": A_LIST.encode()}
    )
    await desk.press("Bekijken")
    await expect(desk.page.get_by_text("Dit gaat er gebeuren")).to_be_visible()
    await tour.here(desk, "inlezen-voorbeeld")
    await desk.go("/contact/4")
    await desk.press("Nieuwe uitnodiging voor Telegram")
    await expect(desk.page.locator("h1")).to_contain_text("itnodiging")
    await tour.here(desk, "uitnodigingen")

    await desk.go("/overleg")
    await desk.page.get_by_text("Een agendalink maken").click()
    await desk.press("Agendalink maken")
    await expect(desk.page.locator("h1")).to_contain_text("Agendalink voor")
    await tour.here(desk, "")
