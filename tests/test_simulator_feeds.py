"""The simulated feeds: real RSS, conditional, faulty on command, and real news in short time."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import Simulator
from bot.simulator.feed_pages import (
    SURE_AFTER,
    FeedItem,
    Outlet,
    is_known,
    read_news,
    releases,
    rss,
    slug_of,
)

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    running = Simulator()
    running.feeds.add_outlet("omroep", "Omroep")
    await running.start()
    yield running
    await running.stop()


async def fetch(simulator: Simulator, slug: str, **headers: str) -> tuple[int, bytes, Any]:
    async with (
        aiohttp.ClientSession() as client,
        client.get(simulator.feed_url(slug), headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


def keys(body: bytes) -> list[str]:
    return [entry.id for entry in feedparser.parse(body).entries]


def news_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    return path


async def test_a_feed_is_real_rss_with_an_etag(simulator: Simulator) -> None:
    simulator.feeds.publish("omroep", "k1", "Titel <b> & meer", lead="Lead", published=NOW)
    status, body, headers = await fetch(simulator, "omroep")
    parsed = feedparser.parse(body)
    assert (status, parsed.bozo, parsed.entries[0].id) == (200, False, "k1")
    assert parsed.entries[0].published_parsed[:5] == (2026, 3, 3, 16, 0)
    again, _, _ = await fetch(simulator, "omroep", **{"If-None-Match": headers["ETag"]})
    assert again == 304
    assert simulator.feeds.requests == [("omroep", 200), ("omroep", 304)]
    assert simulator.feeds.items_served == 1


async def test_the_date_of_change_is_enough_to_ask_conditionally(simulator: Simulator) -> None:
    simulator.feeds.publish("omroep", "k1", "Een")
    _, _, headers = await fetch(simulator, "omroep")
    since = {"If-Modified-Since": headers["Last-Modified"]}
    assert (await fetch(simulator, "omroep", **since))[0] == 304
    simulator.feeds.publish("omroep", "k2", "Twee")
    assert (await fetch(simulator, "omroep", **since))[0] == 200  # within the same second, too


async def test_a_new_title_keeps_the_guid_and_the_place(simulator: Simulator) -> None:
    for key in ("k1", "k2"):
        simulator.feeds.publish("omroep", key, f"Titel {key}", lead="Lead")
    simulator.feeds.publish("omroep", "k1", "Correctie: titel", link="https://omroep.example/nieuw")
    first, second = feedparser.parse((await fetch(simulator, "omroep"))[1]).entries
    assert (first.id, second.id) == ("k2", "k1")
    assert (second.title, second.summary) == ("Correctie: titel", "Lead")
    simulator.feeds.withdraw("omroep", "k2")
    assert keys((await fetch(simulator, "omroep"))[1]) == ["k1"]


async def test_when_an_item_was_first_served_is_kept(simulator: Simulator) -> None:
    item = simulator.feeds.publish("omroep", "k1", "Een")
    assert simulator.feeds.served_at == {}
    await fetch(simulator, "omroep")
    first = simulator.feeds.served_at["omroep", "k1"]
    await fetch(simulator, "omroep")
    assert simulator.feeds.served_at["omroep", "k1"] == first >= item.visible_from


@pytest.mark.parametrize(
    ("kind", "status", "header", "value"),
    [
        ("error", 500, None, None),
        ("gone", 410, None, None),
        ("too_many", 429, "Retry-After", "7"),
        ("html", 200, "Content-Type", "text/html; charset=utf-8"),
        ("private", 302, "Location", "http://169.254.169.254/feed.xml"),
        ("loop", 302, "Location", "/feeds/omroep.xml"),
        ("nothing", 200, "Content-Length", "0"),
        ("broken", 200, None, None),
        ("bad_charset", 200, None, None),
    ],
)
async def test_a_fault_shows_what_it_says_and_then_heals(
    simulator: Simulator, kind: Any, status: int, header: str | None, value: str | None
) -> None:
    simulator.feeds.publish("omroep", "k1", "Vóór alles", published=NOW)
    simulator.feeds.fault("omroep", kind, times=1, seconds=7)
    found, body, headers = await fetch(simulator, "omroep")
    assert found == status
    assert header is None or headers[header] == value
    if status == 200 and body:
        assert feedparser.parse(body, response_headers={"content-type": "text/xml"}).bozo
    assert keys((await fetch(simulator, "omroep"))[1]) == ["k1"]
    assert simulator.feeds.requests == [("omroep", kind), ("omroep", 200)]


async def test_wrong_dates_and_an_empty_feed_are_valid_xml(simulator: Simulator) -> None:
    simulator.feeds.publish("omroep", "k1", "Een", published=NOW)
    simulator.feeds.fault("omroep", "bad_dates")
    entry = feedparser.parse((await fetch(simulator, "omroep"))[1]).entries[0]
    assert (entry.id, entry.get("published_parsed")) == ("k1", None)
    simulator.feeds.fault("omroep", "empty")
    empty = feedparser.parse((await fetch(simulator, "omroep"))[1])
    assert (empty.version, empty.entries) == ("rss20", [])
    simulator.feeds.fault("omroep", None)
    assert keys((await fetch(simulator, "omroep"))[1]) == ["k1"]


async def test_a_wrong_packing_and_a_cut_connection_break_the_reading(
    simulator: Simulator,
) -> None:
    simulator.feeds.publish("omroep", "k1", "Een")
    simulator.feeds.fault("omroep", "bad_encoding")
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetch(simulator, "omroep")
    simulator.feeds.fault("omroep", "drop")
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetch(simulator, "omroep")
    assert simulator.feeds.items_served == 0


async def test_an_endless_body_comes_in_pieces(simulator: Simulator) -> None:
    simulator.feeds.fault("omroep", "huge")
    async with (
        aiohttp.ClientSession() as client,
        client.get(simulator.feed_url("omroep")) as answer,
    ):
        taken = 0
        async for chunk in answer.content.iter_chunked(65_536):
            taken += len(chunk)
            if taken > 2_000_000:
                break
        assert answer.headers.get("Content-Length") is None


async def test_a_slow_feed_comes_in_the_end(simulator: Simulator) -> None:
    simulator.feeds.publish("omroep", "k1", "Een")
    simulator.feeds.fault("omroep", "slow", seconds=0.05)
    assert keys((await fetch(simulator, "omroep"))[1]) == ["k1"]


async def test_a_feed_or_a_fault_that_does_not_exist_is_told(simulator: Simulator) -> None:
    assert (await fetch(simulator, "weg"))[0] == 404
    with pytest.raises(ValueError, match="no such feed fault"):
        simulator.feeds.fault("omroep", "nonsense")
    with pytest.raises(KeyError):
        simulator.feeds.fault("weg", "html")


async def test_real_news_stays_until_it_was_kept(simulator: Simulator, tmp_path: Path) -> None:
    """Sent is not kept: a reader that is killed before it stored gets everything again."""
    rows = [
        {"key": f"k{n:02}", "outlet": "De Krant", "published": None, "title": f"T{n}"}
        for n in range(40)
    ]
    path = news_file(tmp_path / "news.jsonl.gz", rows)
    assert simulator.feeds.load_real(path, now=NOW, seconds=0) == 40
    _, body, _ = await fetch(simulator, "de-krant")
    assert len(keys(body)) == 40
    _, body, headers = await fetch(simulator, "de-krant")
    assert len(keys(body)) == 40
    _, body, _ = await fetch(simulator, "de-krant", **{"If-None-Match": headers["ETag"]})
    assert keys(body) == [f"k{n}" for n in range(39, 27, -1)]
    assert simulator.feeds.items_served == 40


async def test_real_news_comes_in_its_own_order_over_the_time_given(
    simulator: Simulator, tmp_path: Path
) -> None:
    rows = [
        {"key": "b", "outlet": "Omroep", "published": "2025-07-21T10:00:00+00:00", "title": "B"},
        {"key": "a", "outlet": "Omroep", "published": "2025-07-20T10:00:00+00:00", "title": "A"},
    ]
    simulator.feeds.load_real(news_file(tmp_path / "n.gz", rows), now=NOW, seconds=1000)
    _, body, _ = await fetch(simulator, "omroep")
    assert keys(body) == ["a"]
    for outlet in simulator.feeds.outlets.values():
        for item in outlet.items:
            item.visible_from = min(item.visible_from, time.monotonic())
    _, body, _ = await fetch(simulator, "omroep")
    assert keys(body) == ["b", "a"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**8)), min_size=1, max_size=60))
def test_every_item_is_released_once_and_the_newest_is_now(ages: list[int | None]) -> None:
    dates = [age if age is None else NOW - timedelta(days=30, seconds=age) for age in ages]
    rows = [
        {"key": str(n), "outlet": "x", "title": "t", "published": d and d.isoformat()}
        for n, d in enumerate(dates)
    ]
    found = releases(rows, now=NOW)
    assert sorted(release.item.key for release in found) == sorted(row["key"] for row in rows)
    published = [r.item.published for r in found if r.item.published is not None]
    assert published == sorted(published)
    assert not published or published[-1] == NOW
    assert [r.at for r in found] == sorted(r.at for r in found)
    assert all(0 <= release.at < 1 for release in found)


def test_undated_items_are_spread_evenly() -> None:
    rows = [{"key": str(n), "outlet": "x", "title": "t", "published": None} for n in range(4)]
    rows += [
        {"key": f"d{n}", "outlet": "x", "title": "t", "published": f"2025-07-2{n}T00:00:00"}
        for n in range(4)
    ]
    found = [release.item.key for release in releases(rows, now=NOW)]
    assert found == ["d0", "0", "d1", "1", "d2", "2", "d3", "3"]


@pytest.mark.parametrize("text", ["", "{}\n", "nonsense\n", "[1]\n"])
def test_a_file_that_is_not_news_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "n.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ValueError):  # noqa: PT011  (json's own error is one, too)
        read_news(path)


def test_a_file_that_is_not_packed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "n.gz"
    path.write_text("{}")
    with pytest.raises(OSError, match="gzip"):
        read_news(path)


def test_the_shared_file_has_what_its_description_says(shared_data: Path) -> None:
    rows = read_news(shared_data / "multi_outlet_2025-07.jsonl.gz")
    found = releases(rows, now=NOW)
    assert len({(release.outlet, release.item.key) for release in found}) == 2056
    slugs = {slug_of(release.outlet) for release in found}
    assert len(slugs) == len({release.outlet for release in found})
    for release in found[:200]:
        parsed = feedparser.parse(rss(release.outlet, [release.item]))
        assert (parsed.bozo, parsed.entries[0].id) == (False, release.item.key)


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 20))
def test_what_was_not_read_never_leaves_the_feed(read: list[bool], window: int) -> None:
    items = [
        FeedItem(str(n), "t", "", "", None, answers=SURE_AFTER if is_read else 1)
        for n, is_read in enumerate(read)
    ]
    shown = {item.key for item in Outlet("x", "X", items, window).visible(0.0)}
    assert {item.key for item in items if not item.is_read} <= shown
    assert len(shown) <= read.count(False) + window


@given(st.text())
def test_any_title_makes_a_feed_that_can_be_read(title: str) -> None:
    parsed = feedparser.parse(rss("x", [FeedItem("k", title, title, "", NOW + timedelta(0))]))
    assert [entry.id for entry in parsed.entries] == ["k"]


def test_an_etag_is_known_weak_strong_and_among_others() -> None:
    assert all(is_known('"a"', named) for named in ('"a"', 'W/"a"', '"b", "a"', "*"))
    assert not any(is_known('"a"', named) for named in (None, "", '"b"', "a"))
