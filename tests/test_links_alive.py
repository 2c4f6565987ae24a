"""A link that leads nowhere is said beside the text before it goes out, and stops nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from sqlmodel import col, select

from bot.link_watching import look_at_links
from briefings.drafting import draft_briefing
from briefings.facts import open_facts
from briefings.link_rows import LinkLook
from briefings.links_alive import (
    CODE,
    HOLDS,
    HOLDS_DEAD,
    KEPT,
    forget_looks,
    link_remarks,
    links_of,
)
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.settings import BriefingSettings, CityLine
from contacts.records import Database
from feeds.fetching import Fetcher
from feeds.rows import Source
from feeds.settings import FeedSettings
from feeds.standing import Trust
from tests.briefings_cast import CHECKED, SETTINGS, an_event
from tests.feeds_world import serving

SEEN = web.AppKey("seen", list)
ANSWERS = web.AppKey("answers", dict)


@dataclass
class Site:
    """A web site of which each page answers as it is told, and the house that looks at it."""

    base: str
    asked: list[str]
    answers: dict[str, int]
    house: Any

    async def look(self, now: datetime) -> None:
        await look_at_links(self.house, now)


async def _answer(request: web.Request) -> web.Response:
    request.app[SEEN].append(request.path)
    return web.Response(status=request.app[ANSWERS].get(request.path, 200), text="ja")


@pytest.fixture
async def site(db: Database, now: datetime) -> AsyncIterator[Site]:
    app = web.Application()
    app.router.add_get("/{name}", _answer)
    app[SEEN], app[ANSWERS] = [], {}
    fetcher = Fetcher(FeedSettings(allow_private=True))
    async with db.begin() as session:
        session.add(
            Source(
                key="a",
                name="A",
                url="https://a.example",
                trust=Trust.NATIONAL,
                ok_at=now,
                next_poll_at=now,
            )
        )
    async with serving(app) as base:
        house = SimpleNamespace(db=db, fetcher=fetcher)
        yield Site(base, app[SEEN], app[ANSWERS], house)
    await fetcher.close()


def with_links(*links: str) -> BriefingSettings:
    lines = [CityLine(label=f"Lijn {n}", link=x, checked_on=CHECKED) for n, x in enumerate(links)]
    return SETTINGS.model_copy(update={"meldkaart": lines})


async def a_draft(db: Database, now: datetime, *links: str, is_exercise: bool = False) -> int:
    settings = with_links(*links)
    async with db.begin() as session:
        event = an_event(is_exercise=is_exercise)
        session.add(event)
        await session.flush()
        await open_facts(session, event, settings, editor_id=1, now=now)
        briefing = await draft_briefing(
            session, event, kind=BriefingKind.FIRST, settings=settings, editor_id=1, now=now
        )
        assert briefing.id is not None
        return briefing.id


async def said(db: Database, briefing_id: int) -> set[str]:
    """Where the texts of this version are told to have a dead link."""
    async with db.read() as session:
        found = await session.exec(
            select(BriefingText).where(col(BriefingText.briefing_id) == briefing_id)
        )
        return {
            remark["where"]
            for text in found.all()
            for remark in text.remarks
            if remark["code"] == CODE and remark["level"] == "warn"
        }


async def test_a_page_that_is_gone_is_said_beside_the_text_and_one_that_answers_is_not(
    db: Database, now: datetime, site: Site
) -> None:
    site.answers["/weg"] = 404
    draft = await a_draft(db, now, f"{site.base}/weg", f"{site.base}/er")
    assert await said(db, draft) == set()
    await site.look(now)
    assert await said(db, draft) == {"127.0.0.1/weg"}
    assert sorted(site.asked) == ["/er", "/weg"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_a_site_that_is_busy_or_refuses_robots_is_not_called_dead(
    db: Database, now: datetime, site: Site, status: int
) -> None:
    site.answers["/druk"] = status
    draft = await a_draft(db, now, f"{site.base}/druk")
    await site.look(now)
    assert site.asked == ["/druk"]
    assert await said(db, draft) == set()


async def test_a_link_that_was_put_right_loses_its_remark(
    db: Database, now: datetime, site: Site
) -> None:
    site.answers["/weg"] = 410
    draft = await a_draft(db, now, f"{site.base}/weg")
    await site.look(now)
    assert await said(db, draft)
    site.answers.clear()
    await site.look(now + HOLDS_DEAD - timedelta(seconds=1))
    assert await said(db, draft), "it is not opened again so soon"
    await site.look(now + HOLDS_DEAD)
    assert await said(db, draft) == set()
    await site.look(now + HOLDS_DEAD + HOLDS - timedelta(seconds=1))
    assert len(site.asked) == 2


async def test_a_new_draft_says_at_once_what_is_known(
    db: Database, now: datetime, site: Site
) -> None:
    site.answers["/weg"] = 404
    await a_draft(db, now, f"{site.base}/weg")
    await site.look(now)
    assert await said(db, await a_draft(db, now, f"{site.base}/weg")) == {"127.0.0.1/weg"}


async def test_with_our_own_line_down_no_link_is_called_dead(
    db: Database, now: datetime, site: Site
) -> None:
    nowhere = "http://127.0.0.1:9/dicht"
    draft = await a_draft(db, now, nowhere)
    await site.look(now + timedelta(hours=1))
    assert await said(db, draft) == set()
    await site.look(now)
    assert await said(db, draft) == {"127.0.0.1/dicht"}


async def test_what_went_out_and_what_is_played_is_left_alone(
    db: Database, now: datetime, site: Site
) -> None:
    sent = await a_draft(db, now, f"{site.base}/uit")
    async with db.begin() as session:
        (await session.get_one(Briefing, sent)).status = BriefingStatus.DISTRIBUTED
    await a_draft(db, now, f"{site.base}/spel", is_exercise=True)
    await site.look(now)
    assert site.asked == []


async def test_a_look_is_forgotten_after_a_month(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        for days in (KEPT.days - 1, KEPT.days + 1):
            look = LinkLook(url=f"https://a.example/{days}", looked_at=now - timedelta(days=days))
            session.add(look)
    async with db.begin() as session:
        await forget_looks(session, now=now)
        left = (await session.exec(select(LinkLook.url))).all()
    assert left == [f"https://a.example/{KEPT.days - 1}"]


def test_personal_places_and_parts_of_an_address_are_no_links() -> None:
    html = (
        '<a href="%%LINK%%">a</a> <a href="https://a.example/?a=1&amp;b=2">b</a>'
        ' <a href="https://a.example/%%LINK%%">c</a> <a href="mailto:x@a.example">d</a>'
    )
    assert links_of(html) == ["https://a.example/?a=1&b=2"]


def test_a_text_is_told_of_its_own_links_only() -> None:
    html = '<a href="https://www.a.example/lang/">a</a>'
    (remark,) = link_remarks(html, ["https://www.a.example/lang/", "https://b.example"])
    assert (remark.code, remark.where, remark.blocks) == (CODE, "a.example/lang", False)
    assert link_remarks(html, ["https://b.example"]) == []
