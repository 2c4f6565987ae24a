"""Bytes to entries, dates to moments: whatever the world serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dutch_dates import parse_date
from feeds.parsing import Entry, FeedFault, ParsedFeed, parse_feed, plain_text
from feeds.texts import FAULTS, UNTITLED

NOW = datetime(2025, 7, 30, 12, 0, tzinfo=UTC)
MORNING = datetime(2025, 7, 29, 6, 32, tzinfo=UTC)


def rss(*items: str) -> bytes:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'.encode()


def entries(raw: bytes, content_type: str = "") -> tuple[Entry, ...]:
    found = parse_feed(raw, content_type=content_type, now=NOW)
    assert isinstance(found, ParsedFeed), found
    return found.entries


@pytest.mark.parametrize(
    "written",
    [
        "Tue, 29 Jul 2025 08:32:00 CEST",
        "Tue, 29 Jul 2025 08:32:00 +0200",
        "Tue, 29 Jul 2025 06:32:00 GMT",
        "Tue, 29 Jul 25 06:32:00 Z",
        "di, 29 jul 2025 08:32",
        "dinsdag 29 juli 2025 om 08.32 uur",
        "29 juli 2025 08:32",
        "29-07-2025 08:32",
        "29/7/2025 08:32:00",
        "2025-07-29T08:32:00+02:00",
        "2025-07-29T06:32:00.000Z",
        "2025-07-29 08:32",
    ],
)
def test_dates_as_dutch_feeds_write_them(written: str) -> None:
    assert parse_date(written, now=NOW) == MORNING


def test_winter_time_is_an_hour_off() -> None:
    winter = datetime(2025, 1, 29, 7, 32, tzinfo=UTC)
    assert parse_date("wo 29 jan 2025 08:32", now=NOW) == winter
    assert parse_date("29 jan 2025 08:32 CET", now=NOW) == winter


@pytest.mark.parametrize(
    "written", ["gisteren", "", "31-02-2025", "29 foo 2025", "2025-07-29T25:00Z", "1 Jan 1970",
                "30-07-2026 08:32", "29 Jul 2025 08:32 XYZ", "x" * 5000]
)  # fmt: skip
def test_unreadable_future_and_ancient_dates_are_none(written: str) -> None:
    assert parse_date(written, now=NOW) is None


def test_a_clock_slightly_ahead_means_now() -> None:
    assert parse_date("Wed, 30 Jul 2025 12:05:00 GMT", now=NOW) == NOW


@given(st.text(alphabet="0123456789-/:. TZjuliomugsCE+,", max_size=40) | st.text(max_size=120))
def test_dates_never_raise_and_never_lie_ahead(written: str) -> None:
    moment = parse_date(written, now=NOW)
    assert moment is None or (moment <= NOW and moment.utcoffset() == timedelta(0))


@given(st.timedeltas(timedelta(0), timedelta(days=5000)))
def test_every_moment_survives_being_written_in_iso(ago: timedelta) -> None:
    whole = (NOW - ago).replace(microsecond=0)
    assert parse_date(whole.isoformat(), now=NOW) == whole


def test_titles_are_plain_text() -> None:
    (entry,) = entries(
        rss("<guid>1</guid><title>A &amp;amp; B &lt;script&gt;alert(1)&lt;/script&gt; 3 &lt; 4"
            "</title><link>https://nieuws.example/?a=1&amp;b=2</link>"
            "<description>&lt;p&gt;Een&lt;/p&gt;twee</description>")
    )  # fmt: skip
    assert (entry.title, entry.lead) == ("A & B 3 < 4", "Een twee")
    assert entry.link == "https://nieuws.example/?a=1&b=2"


@given(st.text(max_size=300) | st.from_regex(r"(<script>|&lt;|<b>|[a-z&;<>/ ]){0,20}"))
def test_plain_text_has_no_scripts(markup: str) -> None:
    assert "<script" not in plain_text(markup).lower()


def test_old_encodings_are_read() -> None:
    raw = rss("<guid>1</guid><title>Café in Velp</title>").decode().encode("cp1252")
    (entry,) = entries(raw, content_type="text/xml; charset=windows-1252")
    assert entry.title == "Café in Velp"


def test_an_item_without_guid_goes_by_its_link_and_else_by_its_title() -> None:
    by_link, by_title = entries(
        rss("<title>Een</title><link>https://nieuws.example/1</link>", "<title>Twee</title>")
    )
    assert by_link.guid == "https://nieuws.example/1"
    assert by_title.guid.startswith("title:")


def test_doubles_in_one_feed_are_one_entry() -> None:
    assert len(entries(rss(*["<guid>1</guid><title>Een</title>"] * 3))) == 1


def test_an_item_without_title_is_called_by_its_lead() -> None:
    lead, nothing = entries(rss("<guid>1</guid><description>Kort.</description>", "<guid>2</guid>"))
    assert (lead.title, nothing.title) == ("Kort.", UNTITLED)


def test_links_to_anything_but_the_web_are_dropped() -> None:
    (entry,) = entries(rss("<guid>1</guid><title>Een</title><link>javascript:alert(1)</link>"))
    assert entry.link == ""


def test_long_leads_and_guids_are_bounded() -> None:
    (entry,) = entries(
        rss(
            f"<guid>{'g' * 900}</guid><title>Een</title><description>{'woord ' * 900}</description>"
        )
    )
    assert len(entry.lead) <= 600
    assert len(entry.guid) <= 500


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!DOCTYPE html><html><body>Cookies?</body></html>", "html"),
        (b"\xef\xbb\xbf<!-- x --><html lang='nl'>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'></html>", "html"),
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "empty"),
        (b"<rss><channel><item><title>x", "broken"),
        (b'{"not": "a feed"}', "broken"),
        (b"\x00\xff\xfe" * 50, "broken"),
        (b"/etc/passwd", "broken"),
    ],
)
def test_what_is_no_feed_is_a_fault_with_a_dutch_text(raw: bytes, key: str) -> None:
    found = parse_feed(raw, now=NOW)
    assert isinstance(found, FeedFault)
    assert found.key == key
    assert found.key in FAULTS


def test_a_feed_that_breaks_off_keeps_its_whole_items() -> None:
    raw = rss("<guid>1</guid><title>Een</title>").removesuffix(b"</channel></rss>")
    raw += b"<item><title>hal"
    assert [entry.title for entry in entries(raw)] == ["Een"]


def test_comments_without_end_take_no_time() -> None:
    parse_feed(b"<!---->" * 5000, now=NOW)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: rss(f"<title>{text}</title>"))
    | st.lists(st.sampled_from([b"<rss>", b"<item>", b"<title>", b"</", b"<![CDATA[", b"&#0;",
                                b"]]>", b"<guid>", b"&lt;", b"\x00", b"<entry>", b"<feed>"]),
               max_size=25).map(b"".join)
)  # fmt: skip
def test_parsing_never_raises(raw: bytes) -> None:
    found = parse_feed(raw, now=NOW)
    assert isinstance(found, ParsedFeed | FeedFault)
    if isinstance(found, ParsedFeed):
        assert all(entry.guid and entry.title for entry in found.entries)
