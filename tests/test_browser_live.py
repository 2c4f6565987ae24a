"""Pages keep themselves fresh: nobody reloads, with a stream that ends or never comes through."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlmodel import update

from bot.clock import utc_now
from bot.console import live
from bot.rows import WebSession
from contacts.journal import SYSTEM, write_journal
from tests.browsing import PATIENCE_MS, needs_browser
from tests.coordinating import news
from tests.desk_evening import at_desk, written
from tests.flow_world import Evening, an_evening

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)
ALERT = "Melding wacht op een besluit"


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


async def test_who_waits_for_approval_sees_the_sending_begin(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await news(evening)
    await written(desk)
    watcher = await at_desk(evening, browser, "Tweede coördinator")
    await watcher.go("/gebeurtenis/1/verzenden")
    await watcher.page.get_by_text("Terug met opmerking").click()
    await watcher.page.fill("#opmerking", "Een half geschreven opmerking")
    await expect(watcher.page.get_by_text("3 mensen bij")).to_be_visible()
    approver = await at_desk(evening, browser, "Goedkeurder")
    async with watcher.page.expect_response("**/voortgang"), evening.house.db.begin() as session:
        write_journal(session, who=SYSTEM, action="x", subject="event:1", now=utc_now())
    await approver.go("/gebeurtenis/1/goedkeuren")
    # What changed meanwhile did not touch what somebody is writing.
    await expect(watcher.page.locator("#opmerking")).to_have_value("Een half geschreven opmerking")
    await approver.page.get_by_text("Ik keur ook goed").click()
    await approver.press("Ja, verzenden")
    await expect(
        watcher.page.get_by_text(re.compile(r"Klaar\. Verzonden aan 3 van 3"))
    ).to_be_visible()
    await expect(watcher.page.get_by_text("Wie krijgt dit?")).to_have_count(0)
    await expect(watcher.page.locator("#opmerking")).to_have_count(0)
    assert watcher.complaints == []


async def test_facts_and_previews_of_a_colleague_appear_while_one_is_typing(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await news(evening)
    await written(desk)
    watcher = await at_desk(evening, browser, "Tweede coördinator")
    await watcher.go("/gebeurtenis/1/feiten")
    await expect(watcher.page.locator("#voorbeeld .tekst")).to_contain_text("drie mensen")
    await watcher.page.fill("#tekst", "Een half geschreven zin")
    await watcher.page.select_option("#welke-tekst", "jongerenwerk")
    reader = await at_desk(evening, browser, "Goedkeurder")
    await reader.go("/gebeurtenis/1/teksten")
    await desk.go("/gebeurtenis/1/feiten")
    await desk.page.fill("#tekst", "De school is morgen gewoon open.")
    await desk.page.fill("#bron", "gemeente")
    await desk.press("Toevoegen")
    await expect(watcher.page.locator("#feiten-lijst")).to_contain_text("morgen gewoon open")
    await expect(watcher.page.locator("#voorbeeld .tekst")).to_contain_text("morgen gewoon open")
    await expect(watcher.page.locator("#tekst")).to_have_value("Een half geschreven zin")
    await expect(watcher.page.locator("#welke-tekst")).to_have_value("jongerenwerk")
    await expect(reader.page.get_by_text("Deze teksten zijn intussen veranderd")).to_be_visible()
    for window in (desk, watcher, reader):
        assert window.complaints == []


async def test_a_page_without_a_stream_asks_by_itself(evening: Evening, browser: Browser) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.page.route(re.compile("/stroom"), lambda route: route.abort())
    await desk.page.clock.install(time=0)
    await desk.go("/")
    await expect(desk.page.locator("#nodig")).to_be_visible()
    await desk.page.clock.pause_at(29)
    await news(evening)
    other = await at_desk(evening, browser, "Goedkeurder")
    await other.go("/")
    await expect(other.page.locator(".taak-wat", has_text=ALERT)).to_be_visible()
    await expect(desk.page.locator(".taak-wat", has_text=ALERT)).to_have_count(0)
    await desk.page.clock.fast_forward(31_000)
    await expect(desk.page.locator(".taak-wat", has_text=ALERT)).to_be_visible()


async def test_a_page_with_a_stream_does_not_ask_by_itself(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.page.clock.install(time=0)
    await desk.go("/")
    await expect(desk.page.locator("#nodig")).to_be_visible()
    async with (
        desk.page.expect_response(lambda answer: answer.request.resource_type == "fetch"),
        evening.house.db.begin() as session,
    ):
        write_journal(session, who=SYSTEM, action="x", subject="event:1", now=utc_now())
    await desk.page.wait_for_timeout(500)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    await desk.page.clock.fast_forward(31_000)
    await desk.page.wait_for_timeout(500)
    assert [url for url in asked if "/stroom" not in url] == []


async def test_a_stream_that_ends_is_opened_again(
    evening: Evening, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.5)
    monkeypatch.setattr(live, "PING_EVERY_S", 0.2)
    desk = await at_desk(evening, browser, "Coördinator")
    streams: list[str] = []
    desk.page.on("request", lambda r: streams.append(r.url) if "/stroom" in r.url else None)
    await desk.go("/")
    for _ in range(100):
        if len(streams) >= 3:
            break
        await desk.page.wait_for_timeout(100)
    assert len(streams) >= 3
    await news(evening)
    await expect(desk.page.locator(".taak-wat", has_text=ALERT)).to_be_visible()


async def test_a_page_whose_session_ended_asks_to_sign_in_at_the_next_change(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await expect(desk.page.locator("#nodig")).to_be_visible()
    async with evening.house.db.begin() as session:
        await session.exec(update(WebSession).values(ended_at=utc_now()))
        write_journal(session, who=SYSTEM, action="x", subject="event:1", now=utc_now())
    await expect(desk.page.locator("h1", has_text="Aanmelden")).to_be_visible()
    assert desk.page.url.endswith("/aanmelden?naar=/")
