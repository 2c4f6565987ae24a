"""Hostile feeds stop nothing, reach nobody unescaped, and are told about once."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.settings import TickSettings
from bot.simulator.world import Chat
from contacts.records import Database
from feeds.careful_parsing import SMALL, CarefulParser
from feeds.fetching import Fetcher
from feeds.parsing import FeedFault, ParsedFeed, parse_feed, plain_text
from feeds.polling import Watch, sync_sources
from feeds.rows import Item, Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.standing import Trust
from feeds.texts import FAULTS
from tests.feeds_world import TestClock, serving
from tests.flow_world import an_evening
from tests.hostile_feeds import CORPUS, MARKER, UNSEEN, feed, hostile_app

PACE = TickSettings(feeds_s=0.5, refresh_s=1, alerts_s=2, health_s=1)
NOW = datetime(2025, 7, 30, 12, 0, tzinfo=UTC)
#: what must be read all the same, because nothing in it is broken
READABLE = {"script", "bidi", "javascript-link", "many-items", "long-title"}
SERVED = {"loris": "loris", "onward": "onward/0"} | {name: name for name in CORPUS}


def sources(base: str, names: dict[str, str]) -> list[SourceSettings]:
    return [
        SourceSettings(
            key=f"kwaad-{name}", name=f"Kwaad {name}", url=f"{base}/{path}", trust=Trust.REGIONAL
        )
        for name, path in names.items()
    ]


@pytest.mark.parametrize("name", sorted(set(CORPUS) - {"attributes", "ten-megabytes"}))
async def test_each_hostile_feed_ends_in_items_or_a_fault_with_a_text(name: str) -> None:
    found = await CarefulParser(longest_s=5).parse(CORPUS[name](), content_type="text/xml", now=NOW)
    if isinstance(found, FeedFault):
        assert found.key in FAULTS
        assert name not in READABLE
        return
    assert len(found.entries) <= 2000
    for entry in found.entries:
        shown = f"{entry.title}{entry.lead}{entry.link}"
        assert len(shown) <= 2100
        assert "<script" not in shown
        assert "root:" not in shown
        assert not entry.link.startswith("javascript")
        assert {unicodedata.category(c) for c in shown}.isdisjoint({"Cc", "Cf", "Cs", "Co"})


async def test_a_feed_that_takes_too_long_is_given_up_and_its_process_is_gone() -> None:
    began = time.monotonic()
    found = await CarefulParser(longest_s=1.5).parse(
        CORPUS["attributes"](), content_type="", now=NOW
    )
    assert isinstance(found, FeedFault)
    assert found.key == "too_hard"
    assert time.monotonic() - began < 20


async def test_a_big_feed_is_read_apart_with_the_same_result() -> None:
    raw = feed(*[
        f"<guid>{n}</guid><title>Bericht {n} café</title><description>{'woord ' * 50}</description>"
        "<pubDate>Tue, 29 Jul 2025 08:32:00 +0200</pubDate>"
        for n in range(400)
    ])  # fmt: skip
    assert len(raw) > SMALL
    apart = await CarefulParser().parse(raw, content_type="text/xml", now=NOW)
    assert isinstance(apart, ParsedFeed)
    assert apart == parse_feed(raw, content_type="text/xml", now=NOW)


def test_characters_that_nobody_sees_are_gone_and_words_stay_whole() -> None:
    assert plain_text(f"ge{UNSEEN}meente{UNSEEN} Arn\u00adhem") == "gemeente Arnhem"


async def test_one_round_over_the_whole_corpus_ends_and_the_good_source_is_read(
    db: Database,
) -> None:
    async with serving(hostile_app()) as base:
        settings = FeedSettings(
            allow_private=True, timeout_s=5, tell_after_failures=1, sources=sources(base, SERVED)
        )
        async with db.begin() as session:
            await sync_sources(session, settings, now=NOW)
        fetcher, clock = Fetcher(settings), TestClock(NOW)
        watch = Watch(db, fetcher, settings, clock=clock, parser=CarefulParser(longest_s=4))
        began = time.monotonic()
        try:
            report = await watch.poll_due()
        finally:
            await fetcher.close()
    assert time.monotonic() - began < 180
    assert report.polled == len(SERVED)
    faults = dict(report.faults)
    expected = {
        "loris": "timeout", "onward": "redirects", "attributes": "too_hard",
        "ten-megabytes": "too_big",
    }  # fmt: skip
    assert {name: faults.get(f"kwaad-{name}") for name in expected} == expected
    assert "unknown" not in faults.values()
    assert READABLE.isdisjoint(key.removeprefix("kwaad-") for key in faults)
    async with db.read() as session:
        read = await session.exec(
            select(Item.title)
            .join(Source, col(Source.id) == col(Item.source_id))
            .where(col(Source.key) == "kwaad-script")
        )
        assert MARKER in read.one()


async def test_the_house_goes_on_alerts_escaped_and_tells_of_each_once(tmp_path: Path) -> None:
    names = {name: SERVED[name] for name in ("script", "bidi", "nested", "onward", "nuls")}
    async with serving(hostile_app()) as base, an_evening(tmp_path, ticks=PACE) as evening:
        house, user = evening.house, evening.coordinator
        evening.publish("0", "Bibliotheek verlengt de openingstijden op zaterdag")
        wanted = [source.model_copy(update={"interval_s": 1}) for source in sources(base, names)]
        wanted += house.config.feeds.sources
        feeds = house.config.feeds.model_copy(update={"sources": wanted, "tell_after_failures": 1})
        async with house.db.begin() as session:
            await sync_sources(session, feeds, now=house.clock(), is_exercise=True)
        # The alert of a hostile title comes through, as text.
        alert = await user.see(MARKER, timeout_s=20)
        assert "<script" not in alert.text
        assert "alert(1)" not in alert.text
        # A good source after them still rings.
        evening.publish("1", "Drie tieners aangehouden voor terrorisme in Arnhem")
        await user.see("Drie tieners", timeout_s=20)
        async with house.db.read() as session:
            failing = (
                await session.exec(select(Source).where(col(Source.error).is_not(None)))
            ).all()
        assert {one.key for one in failing} == {"kwaad-nested", "kwaad-onward", "kwaad-nuls"}

        house.config = house.config.model_copy(update={"feeds": feeds})
        await user.wait_for(lambda chat: _told(chat) == {1}, timeout_s=45)
        await house.watch.poll_due()
        assert _told(user.chat) == {1}


def _told(chat: Chat) -> set[int]:
    """How often each of the failing sources was told about."""
    return {
        sum(f"Kwaad {name}" in message.text for message in chat.messages)
        for name in ("nested", "onward", "nuls")
    }
