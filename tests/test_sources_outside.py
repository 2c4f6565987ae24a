"""Sources seen from outside: what a look says, and lists of feeds to and from elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.cli.sources import lines_of
from contacts.journal import Who
from contacts.records import Database
from feeds.channel import read_about
from feeds.looking import Look, language_of, look_at
from feeds.opml import KEY_LIMIT, Listed, key_of, read_opml, write_opml
from feeds.parsing import Entry, ParsedFeed, parse_feed
from feeds.plain_xml import NotPlainXmlError, read_xml
from feeds.rows import Source
from feeds.settings import FeedSettings
from feeds.sources import add_source
from feeds.standing import Trust
from tests.cli_world import an_empty_place, call, installed, rows, said
from tests.feeds_world import serving

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
WHO = Who("cli")
FEED = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>Omroep</title>
<ttl>30</ttl><atom:link rel="hub" href="https://hub.example/"/>
<atom:link rel="self" href="https://omroep.example/rss"/>
<item><guid>1</guid><title>De politie heeft drie mensen aangehouden na een inval in de stad</title>
<pubDate>Mon, 02 Mar 2026 08:32:00 +0100</pubDate></item>
<item><guid>2</guid><title>De gemeente vergadert morgen over de nieuwe school</title>
<pubDate>gisteren</pubDate></item>
<item><guid>3</guid><title>Het weer blijft de hele week zacht</title></item>
</channel></rss>"""
OPML = b"""<?xml version="1.0"?><opml version="2.0"><body><outline text="Map">
<outline type="rss" title="Omroep &amp; co" xmlUrl="https://omroep.example/rss"/>
<outline type="rss" text="Weer dezelfde" xmlUrl="https://omroep.example/rss"/>
<outline type="rss" text="Bestand" xmlUrl="file:///etc/passwd"/>
<outline text="Gemeente" xmlUrl="https://gemeente.example/rss" category="officieel"/>
</outline></body></opml>"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


async def test_a_look_counts_items_dates_and_language_and_stores_nothing() -> None:
    async def feed(_: web.Request) -> web.Response:
        return web.Response(text=FEED, content_type="application/rss+xml")

    app = web.Application()
    app.add_routes([web.get("/rss", feed)])
    async with serving(app) as base:
        found = await look_at(f"{base}/rss", FeedSettings(allow_private=True), now=NOW)
        nothing = await look_at(f"{base}/weg", FeedSettings(allow_private=True), now=NOW)
    assert (found.items, found.undated, found.unread_dates) == (3, 1, 1)
    assert found.newest == datetime(2026, 3, 2, 7, 32, tzinfo=UTC)
    assert found.language == "nl"
    assert found.about.hub == "https://hub.example/"
    assert found.about.every == timedelta(minutes=30)
    assert (nothing.fault, nothing.is_fine) == ("gone", False)


@pytest.mark.parametrize(
    ("look", "said_of_it"),
    [
        (Look(fault="html"), "webpagina in plaats van een feed"),
        (Look(items=2, newest=NOW - timedelta(days=30), language="nl"), "30 dagen oud"),
        (Look(items=2, language="en"), "Engels; de woordenlijsten zijn Nederlands"),
        (Look(items=2, unread_dates=2), "2 datums zijn niet te lezen"),
        (Look(items=2), "geen datums"),
        (Look(items=2, moved_to="https://nieuw.example/"), "verhuisd naar https://nieuw.example/"),
    ],
)
def test_what_a_look_found_is_said_in_a_line(look: Look, said_of_it: str) -> None:
    assert any(said_of_it in line for line in lines_of("Omroep", look, now=NOW))


def test_the_language_of_hardly_any_words_is_not_guessed() -> None:
    assert language_of(()) is None
    assert language_of((Entry("1", "Xqzw Vbnmk Trpl", "", "", None),)) is None


@given(st.dictionaries(st.sampled_from(["ttl", "sy_updateperiod", "sy_updatefrequency", "links"]),
                       st.text(max_size=8) | st.none()))  # fmt: skip
def test_whatever_a_feed_says_about_itself_is_understood_or_left_out(feed: dict[str, str]) -> None:
    feed.pop("links", None)
    every = read_about(feed).every
    assert every is None or timedelta(0) < every <= timedelta(days=1)


def test_dates_and_what_a_feed_says_survive_the_parser() -> None:
    parsed = parse_feed(FEED.encode(), now=NOW)
    assert isinstance(parsed, ParsedFeed)
    assert parsed.about.topic == "https://omroep.example/rss"
    assert parsed.unread_dates == 1


def test_a_list_of_feeds_is_read_from_all_folders_once_each_and_only_the_web() -> None:
    assert read_opml(OPML) == [
        Listed("Omroep & co", "https://omroep.example/rss"),
        Listed("Gemeente", "https://gemeente.example/rss", "officieel"),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"geen xml",
        b"<opml><body>",
        b'<!DOCTYPE opml [<!ENTITY a "ha">]><opml>&a;</opml>',
        b'<!DOCTYPE opml SYSTEM "http://elders.example/x.dtd"><opml/>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<opml>" + b"x" * 2_000_001 + b"</opml>",
        b'<?xml version="1.0" encoding="onzin"?><opml/>',
        b"<opml>\x00</opml>",
    ],
)
def test_documents_that_ask_for_trouble_are_refused(raw: bytes) -> None:
    with pytest.raises(NotPlainXmlError):
        read_xml(raw)


def _characters() -> st.SearchStrategy[str]:
    return st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)


@given(st.dictionaries(st.integers(0, 50), _characters(), max_size=8))
def test_a_list_that_we_write_is_read_back(names: dict[int, str]) -> None:
    feeds = [
        Listed(name.replace("<", "").replace("&", "") or "x", f"https://x.example/{n}", "regionaal")
        for n, name in names.items()
    ]
    assert read_opml(write_opml(feeds, title="x").encode()) == feeds


@given(st.lists(st.text(max_size=90), max_size=8))
def test_keys_are_short_plain_and_different(names: list[str]) -> None:
    keys: list[str] = []
    for name in names:
        keys.append(key_of(name, keys))
    assert len(set(keys)) == len(keys)
    assert all(2 <= len(key) <= KEY_LIMIT and key.isascii() for key in keys)


async def test_a_source_from_a_list_is_added_once_and_is_to_be_checked(db: Database) -> None:
    feed = Listed("Omroep", "https://omroep.example/rss")
    async with db.begin() as session:
        for expected in (True, False):
            added = await add_source(
                session, feed, Trust.SECONDARY, who=WHO, is_exercise=False, now=NOW
            )
            assert (added is not None) is expected
        source = (await session.exec(select(Source))).one()
        assert (source.key, source.trust, source.verified_at) == ("omroep", Trust.SECONDARY, None)


def test_a_check_says_what_a_source_is_worth(place: Path) -> None:
    """None of these can be read; what they are stands in the configuration all the same."""
    installed()
    text = place.joinpath("config.toml").read_text("utf-8")
    place.joinpath("config.toml").write_text(re.sub(r'url = "https?://[^"]+"', _nowhere, text))
    lines = said(call("feeds", "check")).splitlines()
    told = dict(pairwise(lines))
    kind = {name: next(after for line, after in told.items() if f"✗ {name}:" in line)
            for name in ("Politie landelijk", "NOS", "arnhem.nieuws.nl")}  # fmt: skip
    assert kind == {
        "Politie landelijk": "  soort: officieel",
        "NOS": "  soort: landelijk, bereik: gewoon",
        "arnhem.nieuws.nl": "  soort: secundair, bereik: klein",
    }


def _nowhere(found: re.Match[str]) -> str:
    """Port 1 of this machine, where nothing answers."""
    return f'url = "http://127.0.0.1:1/{abs(hash(found[0]))}"'


def test_lists_go_in_and_out_by_the_command_line(place: Path) -> None:
    installed()
    before = len(rows(place, Source)[0])
    (place / "lijst.opml").write_bytes(OPML)
    proof = said(call("feeds", "import", "lijst.opml", "--preview"))
    assert "Dit was een proef" in proof
    assert len(rows(place, Source)[0]) == before
    assert "+ omroep-co · Omroep & co" in said(
        call("feeds", "import", "lijst.opml", "--trust", "regionaal")
    )
    out = said(call("feeds", "export"))
    assert {"https://omroep.example/rss", "https://gemeente.example/rss"} <= {
        one.url for one in read_opml(out.encode())
    }
    (place / "kwaad.opml").write_bytes(b"<!DOCTYPE x []><opml/>")
    bad = call("feeds", "import", "kwaad.opml")
    assert bad.exit_code == 1
    assert "veilig te lezen" in said(bad)
    assert call("feeds", "import", "lijst.opml", "--trust", "onzin").exit_code == 2
