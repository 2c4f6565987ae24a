"""Warnings in CAP: read as reports, changed by what refers to them, and only while they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from contacts.records import Database
from feeds.cap import is_cap, read_cap
from feeds.careful_parsing import CarefulParser
from feeds.parsing import FeedFault, ParsedFeed
from feeds.settings import SourceSettings
from feeds.sources import sync_sources
from feeds.standing import Trust
from feeds.texts import CAP_WITHDRAWN
from tests.feeds_world import feeds_world, serving

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "meldkamer@voorbeeld.example"


def an_alert(
    number: str = "1",
    *,
    kind: str = "Alert",
    status: str = "Actual",
    scope: str = "Public",
    sent: datetime = NOW,
    expires: datetime = NOW + timedelta(hours=2),
    refers: str = "",
    headline: str = "Grote brand bij school in Presikhaaf, sluit ramen en deuren",
) -> str:
    references = f"<references>{refers}</references>" if refers else ""
    return f"""<alert xmlns="{CAP}"><identifier>{number}</identifier><sender>{SENDER}</sender>
<sent>{sent.isoformat()}</sent><status>{status}</status><msgType>{kind}</msgType>
<scope>{scope}</scope>{references}
<info><language>en-US</language><event>Fire</event><headline>Large fire</headline></info>
<info><language>nl-NL</language><event>Brand</event><severity>Severe</severity>
<expires>{expires.isoformat()}</expires><headline>{headline}</headline>
<description>Veel rook.</description><web>https://nl-alert.example/1</web>
<area><areaDesc>Arnhem Presikhaaf</areaDesc></area></info></alert>"""


def refers_to(number: str, sent: datetime = NOW) -> str:
    return f"{SENDER},{number},{sent.isoformat()}"


def read(*alerts: str, now: datetime = NOW) -> ParsedFeed:
    body = alerts[0] if len(alerts) == 1 else f"<alerts>{''.join(alerts)}</alerts>"
    found = read_cap(body.encode(), now=now)
    assert isinstance(found, ParsedFeed), found
    return found


def test_a_warning_is_read_in_dutch_with_area_and_severity() -> None:
    assert is_cap(an_alert().encode())
    (entry,) = read(an_alert()).entries
    assert entry.title.startswith("Grote brand bij school")
    assert entry.lead == "Gebied: Arnhem Presikhaaf. Ernst volgens de afzender: groot. Veel rook."
    assert entry.link == "https://nl-alert.example/1"
    assert entry.published_at == NOW


@pytest.mark.parametrize(
    "differs",
    [
        {"status": "Exercise"},
        {"status": "Test"},
        {"scope": "Restricted"},
        {"kind": "Ack"},
        {"expires": NOW},
    ],
)
def test_tests_exercises_what_is_not_public_and_what_is_over_are_left_out(
    differs: dict[str, str],
) -> None:
    assert read(an_alert(**differs)).entries == ()


def test_an_update_and_a_withdrawal_are_the_same_report_with_its_newest_words() -> None:
    later, last = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)
    first, second = refers_to("1"), refers_to("2", later)
    update = an_alert("2", kind="Update", sent=later, refers=first, headline="Brand meester")
    end = an_alert("3", kind="Cancel", sent=last, refers=f"{second} {first}")
    (one,) = read(an_alert(), now=last).entries
    (updated,) = read(an_alert(), update, now=last).entries
    (ended,) = read(end, an_alert(), update, now=last).entries
    assert one.guid == updated.guid == ended.guid
    assert updated.title == "Brand meester"
    assert (ended.title, ended.lead) == (CAP_WITHDRAWN, "")


@pytest.mark.parametrize(
    "raw",
    [
        f'<alert xmlns="{CAP}">'.encode(),
        f'<!DOCTYPE a [<!ENTITY b "c">]><alert xmlns="{CAP}">&b;</alert>'.encode(),
        f'<a xmlns="{CAP}">'.encode() + b"<b>" * 5000,
    ],
)
def test_a_broken_or_hostile_warning_is_a_fault(raw: bytes) -> None:
    found = read_cap(raw, now=NOW)
    assert isinstance(found, FeedFault)
    assert found.key == "broken"


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_whatever_the_fields_hold_it_is_read_or_refused(one: str, two: str, three: str) -> None:
    alert = an_alert(one, sent=NOW, refers=two, headline=three)
    assert isinstance(read_cap(alert.encode("utf-8", "replace"), now=NOW), ParsedFeed | FeedFault)


async def test_the_parser_of_the_watch_knows_the_difference() -> None:
    found = await CarefulParser().parse(an_alert().encode(), content_type="text/xml", now=NOW)
    assert isinstance(found, ParsedFeed)
    assert len(found.entries) == 1


async def test_a_warning_near_by_makes_an_event_and_its_withdrawal_no_second_one(
    db: Database,
) -> None:
    heard = "Explosie bij moskee in Presikhaaf, gewonden, blijf binnen"
    served = [an_alert(headline=heard)]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=served[-1], content_type="application/cap+xml")

    app = web.Application()
    app.add_routes([web.get("/cap", answer)])
    async with serving(app) as base, feeds_world(db, NOW) as world:
        source = SourceSettings(
            key="nl-alert", name="Meldkamer", url=f"{base}/cap", trust=Trust.OFFICIAL
        )
        settings = world.settings.model_copy(update={"sources": [source]})
        async with db.begin() as session:
            await sync_sources(session, settings, now=NOW)
        await world.watch.poll_due()
        (event,) = await world.events()
        assert event.suggested_severity >= 3
        world.clock.forward(minutes=10)
        served.append(an_alert("2", kind="Cancel", sent=world.clock(), refers=refers_to("1")))
        await world.watch.poll_due()
        assert len(await world.events()) == 1
        (item,) = await world.items()
        assert item.title == CAP_WITHDRAWN
        assert await world.titles() == [heard]
