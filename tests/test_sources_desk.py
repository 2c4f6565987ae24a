"""Sources at the desk: added, moved and checked by a person, and never undone by a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import source_texts as words
from bot.console.seen import stamp
from bot.console.sources import is_address
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import grant
from contacts.records import Database
from feeds.rows import Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.sources import sync_sources
from feeds.standing import Reach, Trust
from tests.console_desk import Desk, a_desk
from tests.console_world import press

FEED = "https://nieuws.example/feed.xml"
OTHER = "https://nieuws.example/nieuw.xml"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        async with db.begin() as session:
            await grant(session, started.world.staff_id, Role.ADMIN, who=SYSTEM, now=now)
        yield started


async def send(desk: Desk, act: str, **fields: str) -> int:
    answer = await press(desk.web, desk.world.sealer, act, **fields)
    return answer.status_code


async def added(desk: Desk, url: str = FEED, name: str = "Nieuws uit de streek") -> Source:
    assert await send(desk, "/beheer/bron", naam=name, adres=url, soort="regionaal") == 303
    return next(one for one in await desk.rows(Source) if one.url == url)


async def test_a_source_added_at_the_desk_is_due_at_once_and_still_to_be_checked(
    desk: Desk,
) -> None:
    source = await added(desk)
    assert (source.trust, source.verified_at) == (Trust.REGIONAL, None)
    assert source.next_poll_at <= desk.world.now
    assert "te controleren" in (await desk.web.get("/beheer")).text
    [entry] = [one for one in await desk.rows(JournalEntry) if one.action == "source_added"]
    assert entry.actor == f"person:{desk.world.staff_id}"


async def test_the_reach_of_a_source_is_chosen_and_shown_at_the_desk(desk: Desk) -> None:
    for name, reach in (("Buurtblad", "klein"), ("Grote krant", "groot"), ("Krant", "gewoon")):
        address = f"https://{reach}.example/feed"
        fields = {"naam": name, "adres": address, "soort": "regionaal", "bereik": reach}
        assert await send(desk, "/beheer/bron", **fields) == 303
    assert [one.reach for one in await desk.rows(Source)][-3:] == [
        Reach.SMALL, Reach.WIDE, Reach.ORDINARY,
    ]  # fmt: skip
    page = (await desk.web.get("/beheer")).text
    shown = '<span class="klein">{} bereik</span>'
    assert [page.count(shown.format(one)) for one in ("klein", "groot", "gewoon")] == [1, 1, 0]


async def test_the_reach_of_a_configured_source_follows_the_configuration(
    db: Database, now: datetime
) -> None:
    for reach in (Reach.ORDINARY, Reach.SMALL):
        one = SourceSettings(
            key="blad", name="Blad", url=FEED, trust=Trust.REGIONAL, reach=reach
        )  # fmt: skip
        async with db.begin() as session:
            (row,) = await sync_sources(session, FeedSettings(sources=[one]), now=now)
            assert row.reach is reach


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"naam": "", "adres": FEED}, words.NAME_MISSING),
        ({"naam": "Nieuws", "adres": "nieuws.example/feed"}, words.ADDRESS_LIKE_THIS),
        ({"naam": "Nieuws", "adres": "javascript:alert(1)"}, words.ADDRESS_LIKE_THIS),
        ({"naam": "Nieuws", "adres": "https://wie:wat@nieuws.example/"}, words.ADDRESS_LIKE_THIS),
    ],
)
async def test_what_is_no_source_is_refused_and_stays_in_the_form(
    desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    before = len(await desk.rows(Source))
    answer = await press(desk.web, desk.world.sealer, "/beheer/bron", soort="landelijk", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{fields["adres"]}"' in answer.text
    assert len(await desk.rows(Source)) == before


async def test_the_same_address_twice_is_one_source(desk: Desk) -> None:
    await added(desk)
    again = await press(
        desk.web, desk.world.sealer, "/beheer/bron", naam="Nog eens", adres=FEED, soort="regionaal"
    )
    assert words.THERE_ALREADY in again.text
    assert sum(one.url == FEED for one in await desk.rows(Source)) == 1


async def test_a_new_address_is_read_afresh_and_survives_a_restart(desk: Desk) -> None:
    settings = FeedSettings(
        sources=[SourceSettings(key="nieuws", name="Nieuws", url=FEED, trust=Trust.REGIONAL)]
    )
    async with desk.world.db.begin() as session:
        [source] = await sync_sources(session, settings, now=desk.world.now)
        source.etag, source.verified_at = "oud", desk.world.now
    act = f"/beheer/bron/{source.id}/adres"
    assert stamp(FEED) in (await desk.web.get("/beheer")).text
    assert await send(desk, act, adres=OTHER, gezien=stamp(FEED)) == 303
    async with desk.world.db.begin() as session:
        [source] = await sync_sources(session, settings, now=desk.world.now)
        assert (source.url, source.etag, source.verified_at) == (OTHER, None, None)


async def test_an_address_on_top_of_somebody_elses_changes_nothing(desk: Desk) -> None:
    source = await added(desk)
    act = f"/beheer/bron/{source.id}/adres"
    for stale in ("", "0" * 16):
        assert await send(desk, act, adres=OTHER, gezien=stale) == 409
    [source] = [one for one in await desk.rows(Source) if one.id == source.id]
    assert source.url == FEED


async def test_two_sources_never_read_the_same_address(desk: Desk) -> None:
    first, second = await added(desk), await added(desk, OTHER, "Een andere")
    act = f"/beheer/bron/{second.id}/adres"
    answer = await press(
        desk.web, desk.world.sealer, act, adres=first.url, gezien=stamp(second.url)
    )
    assert (answer.status_code, words.THERE_ALREADY in answer.text) == (422, True)


async def test_a_person_who_checked_a_source_takes_the_mark_away(desk: Desk) -> None:
    source = await added(desk)
    assert await send(desk, f"/beheer/bron/{source.id}", doe="nagekeken") == 303
    [source] = [one for one in await desk.rows(Source) if one.id == source.id]
    assert source.verified_at == desk.world.now


@given(st.text(max_size=60))
def test_no_typed_line_breaks_the_look_at_an_address(line: str) -> None:
    assert is_address(line) in (True, False)
    assert not is_address(f"https://nieuws.example/ {line}")
