"""An event by hand: from a link or a forward in a tap, safely read, and known to the watch."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from contacts.journal import Who
from contacts.records import Database
from feeds.alerting import due_alerts
from feeds.events import items_of, open_event
from feeds.pages import Page, read_head, read_page
from feeds.rows import Event, EventStatus, LeadAgency, Source
from feeds.settings import FeedSettings
from tests.feeds_world import feeds_world, serving
from tests.flow_world import an_evening

ARREST = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
HEAD = f"""<!doctype html><html><head><title>{ARREST} | Omroep</title>
<meta property="og:title" content="{ARREST}"><meta name="description" content="Een inval.">
</head><body><h1>Niet lezen</h1></body></html>"""
NAMED = HEAD.replace(ARREST, "Sanne de Vries uit Arnhem aangehouden na inval")
WHO = Who("test", 1)


@asynccontextmanager
async def pages() -> AsyncIterator[str]:
    def page(body: str, kind: str = "text/html") -> object:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(text=body, content_type=kind)

        return answer

    app = web.Application()
    app.add_routes(
        [
            web.get("/nieuws", page(HEAD)),
            web.get("/naam", page(NAMED)),
            web.get("/plaatje", page("x", "image/png")),
            web.get("/leeg", page("<html><body>x</body></html>")),
            web.get("/groot", page(HEAD + "x" * 4_000_000)),
        ]
    )
    async with serving(app) as base:
        yield base


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nieuws", Page(ARREST, "Een inval.")),
        ("plaatje", None),
        ("leeg", None),
        ("groot", None),
        ("weg", None),
    ],
)
async def test_of_a_page_only_title_and_lead_are_read(
    path: str, found: Page | None, now: datetime
) -> None:
    async with pages() as base:
        settings = FeedSettings(allow_private=True)
        assert await read_page(f"{base}/{path}", settings, now=now) == found
        assert await read_page(f"{base}/{path}", FeedSettings(), now=now) is None


@given(st.binary(max_size=300) | st.lists(st.sampled_from(
    [b"<title>", b"</title>", b"<meta ", b"name=", b"content=\"", b">", b"<!--", b"<![CDATA[",
     b"&#0;", b"<body", b"\x00", b"x", b"<script>"]), max_size=25).map(b"".join))  # fmt: skip
def test_whatever_a_page_holds_gives_plain_text_or_nothing(raw: bytes) -> None:
    found = read_head(raw, "text/html")
    if found is not None:
        assert found.title
        assert "<script" not in found.title + found.lead


def test_a_hostile_page_takes_no_time() -> None:
    began = time.monotonic()
    for piece in (b"<meta ", b"<!--", b"<title>", b"&", b"<a b='", b"<![", b"</"):
        read_head(piece * 100_000, "text/html")
    assert time.monotonic() - began < 5


async def test_a_link_becomes_an_event_in_one_tap_within_thirty_seconds(tmp_path: Path) -> None:
    async with pages() as base, an_evening(tmp_path) as evening:
        user, began = evening.coordinator, time.monotonic()
        await user.say(f"{base}/nieuws")
        asked = await user.see_button("Neem over")
        assert ARREST in asked.text
        await user.tap("Neem over", asked)
        await user.see_button("Ter goedkeuring")
        assert time.monotonic() - began < 30
        async with evening.house.db.read() as session:
            event = (await session.exec(select(Event))).one()
        assert (event.title, event.status) == (ARREST, EventStatus.CONFIRMED)
        assert event.source_link == f"{base}/nieuws"
        assert event.place == "Arnhem"


async def test_a_title_with_a_person_in_it_is_not_kept(tmp_path: Path) -> None:
    async with pages() as base, an_evening(tmp_path) as evening:
        await evening.coordinator.say(f"{base}/naam")
        asked = await evening.coordinator.see("Nieuwe gebeurtenis")
        assert "Vries" not in asked.text
        assert b"Sanne" not in evening.on_disk()


async def test_who_may_not_start_an_event_makes_us_fetch_nothing(tmp_path: Path) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text=HEAD, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/nieuws", note)])
    async with serving(app) as base, an_evening(tmp_path) as evening:
        await evening.teacher.say(f"{base}/nieuws")
        await evening.teacher.wait_for(lambda chat: bool(chat.from_bot()))
        assert asked == []


async def test_news_about_what_was_started_by_hand_joins_it_and_does_not_ring(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        await world.add("omroep")
        world.server.publish("omroep", "a0", "Bibliotheek verlengt de openingstijden op zaterdag")
        await world.watch.poll_due()
        async with db.begin() as session:
            event = await open_event(
                session, type="E01", title=ARREST, place="Arnhem", severity=4,
                lead_agency=LeadAgency.POLICE, who=WHO, now=now, is_exercise=False,
            )  # fmt: skip
            event_id = event.id
        world.clock.forward(minutes=6)
        world.server.publish("omroep", "a1", ARREST.replace("Drie", "3"), published=world.clock())
        await world.watch.poll_due()
        (event,) = await world.events()
        assert (event.id, event.item_count) == (event_id, 2)
        assert event.status is EventStatus.CONFIRMED
        async with db.read() as session:
            assert await due_alerts(session, world.settings, now=world.clock()) == []
            names = [item.source_name for item in await items_of(session, event_id or 0)]
            assert sorted(names) == ["met de hand gemeld", "omroep"]
            by_hand = (await session.exec(select(Source).where(Source.url == ""))).one()
            assert by_hand.is_paused
