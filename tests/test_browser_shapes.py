"""The pages in other shapes than a wide screen: on a phone by name of column, and on paper."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from bot.clock import utc_now
from contacts.directory import ChannelKind
from contacts.outbox import Content, DeliveryStatus, MessageKind, TelegramForm
from contacts.sending import Recipient, post
from tests.browsing import PATIENCE_MS, PHONE, Look, needs_browser
from tests.coordinating import news
from tests.desk_evening import at_desk, signal_told, written
from tests.flow_world import Evening
from tests.pages_world import a_filled_evening

pytestmark = needs_browser
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with a_filled_evening(tmp_path) as started:
        yield started


async def test_a_phone_shows_every_column_by_name_and_a_menu_behind_a_button(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.put_on(Look.NARROW)
    await desk.go("/contacten")
    header = await desk.page.locator(".kop").bounding_box()
    assert header is not None
    assert header["height"] <= MOST_HEADER
    row = desk.page.get_by_role("row").filter(has=desk.page.get_by_role("rowheader")).first
    cells = row.get_by_role("cell")
    wanted = ["Domein", "Wijk", "Contacten", "Wat mist er"]
    assert await cells.evaluate_all("all => all.map(one => one.dataset.kop)") == wanted
    for cell in await cells.all():
        box = await cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    menu = desk.page.get_by_role("link", name="Signalen")
    await expect(menu).to_be_hidden()
    await desk.page.locator(".menuknop summary").focus()
    await desk.page.keyboard.press("Enter")
    await expect(menu).to_be_visible()
    assert await desk.violations(Look.NARROW) == []
    await desk.put_on(Look.LIGHT)
    await expect(desk.page.locator(".menuknop")).to_be_hidden()
    await expect(menu).to_be_visible()


#: a header that leaves a phone of 740 pixels for the page
MOST_HEADER = 120
#: A4 between its margins, in the pixels of a browser
PAPER = ViewportSize(width=718, height=1040)
ON_PAPER = ("/gebeurtenis/1", "/gebeurtenis/1/bereik", "/gebeurtenis/1/ontvangers", "/beeld")


async def test_a_page_fits_on_paper_with_its_links_and_without_its_buttons(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await news(evening)
    await written(desk)
    page = (await signal_told(evening)).removesuffix("/signaal")
    await desk.page.set_viewport_size(PAPER)
    await desk.page.emulate_media(media="print")
    for path in (*(f"{desk.address}{path}" for path in ON_PAPER), page):
        await desk.page.goto(path)
        assert not await desk.is_wider_than_its_window(), path
        for gone in await desk.page.locator("button, .menu").all():
            assert not await gone.is_visible(), path
        for link in await desk.page.locator("main a.knop:not(.niet-afdrukken *)").all():
            assert await link.is_visible(), path
        cut = "e => e.filter(one => one.scrollWidth > one.clientWidth + 1).length"
        assert await desk.page.locator(".tabelvak").evaluate_all(cut) == 0, path


async def test_each_uncertain_line_has_its_buttons_in_every_look(
    evening: Evening, browser: Browser
) -> None:
    async with evening.house.db.begin() as session:
        for kind in (MessageKind.FEEDBACK, MessageKind.NOTICE):
            [delivery] = await post(
                session, kind=kind, content=Content(telegram=TelegramForm("Tekst")),
                to=[Recipient(ChannelKind.TELEGRAM, "77", None, 2)], is_exercise=True,
                now=utc_now(),
            )  # fmt: skip
            delivery.status = DeliveryStatus.UNKNOWN
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/berichten")
    for look in Look:
        await desk.put_on(look)
        await expect(
            desk.page.get_by_role("button", name=re.compile("^Nog een keer"))
        ).to_have_count(2)
        assert await desk.violations(look) == []
        assert not await desk.is_wider_than_its_window(), look
        assert await desk.hidden_in_tables() == [], look
    await desk.put_on(Look.LIGHT)
    await desk.page.get_by_role("button", name=re.compile("^Laat zo")).first.click()
    await expect(desk.page.get_by_text("Hiervoor gaat niets meer uit.")).to_be_visible()
    await expect(desk.page.get_by_role("button", name=re.compile("^Nog een keer"))).to_have_count(1)
