"""A source that stands still, fades, moves or is gone for good reaches a person, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.watching import tell_rhythm, tell_trouble
from contacts.directory import Role
from contacts.journal import Who
from contacts.outbox import Message
from contacts.records import Database
from feeds.answers import Fetched
from feeds.fetching import Fetcher
from feeds.polling import Watch, sync_sources
from feeds.rhythm import LEAST_SILENCE, dwindles, silent_after
from feeds.rows import Item, Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.sources import follow_move
from feeds.standing import Trust
from tests.feeds_world import TestClock, serving
from tests.outbox_world import a_person
from tests.test_watching import a_house as empty_house

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
WHO = Who("beheerder", 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RSS = '<rss version="2.0"><channel><item><guid>1</guid><title>Een</title></item></channel></rss>'


async def texts(db: Database) -> list[str]:
    async with db.read() as session:
        return [str(message.content) for message in (await session.exec(select(Message))).all()]


async def a_source(db: Database, key: str, moments: list[datetime]) -> int:
    async with db.begin() as session:
        source = Source(
            key=key, name=key.title(), url=f"https://{key}.example/rss", trust=Trust.REGIONAL,
            next_poll_at=NOW, ok_at=NOW, new_item_at=max(moments),
        )  # fmt: skip
        session.add(source)
        await session.flush()
        assert source.id is not None
        for number, at in enumerate(moments):
            session.add(
                Item(
                    source_id=source.id, guid=str(number), title="x", first_seen_at=at,
                    polled_at=at, content_hash="x",
                )
            )  # fmt: skip
        return source.id


def daily(until: datetime, days: int, a_day: int = 3) -> list[datetime]:
    """Items at 8, 9 and 10 o'clock of each day: the longest pause is 22 hours."""
    return [
        until - DAY * day - HOUR * hour for day in reversed(range(days)) for hour in range(a_day)
    ]


def test_a_source_may_be_silent_twice_as_long_as_it_ever_was() -> None:
    assert silent_after(sorted(daily(NOW, 14))) == 2 * 22 * HOUR
    assert silent_after(sorted(daily(NOW, 5))) is None
    assert silent_after([]) is None


@given(st.lists(st.integers(0, 28 * 24 * 60), min_size=1, max_size=80))
def test_nobody_hears_of_silence_within_half_a_day_or_without_a_rhythm(minutes: list[int]) -> None:
    moments = sorted(NOW - timedelta(minutes=minute) for minute in minutes)
    patience = silent_after(moments)
    if patience is not None:
        assert patience >= LEAST_SILENCE
        assert len(moments) >= 20


@pytest.mark.parametrize(
    ("recent", "before", "found"),
    [(9, 40, True), (10, 40, False), (0, 39, False), (0, 40, True), (500, 500, False)],
)
def test_a_source_dwindles_below_a_quarter_of_what_was_something(
    recent: int, before: int, *, found: bool
) -> None:
    assert dwindles(recent, before) is found


async def test_silence_against_the_own_rhythm_is_told_once_until_it_speaks_again(
    db: Database,
) -> None:
    ident = await a_source(db, "omroep", daily(NOW, 14))
    await a_source(db, "zelden", [NOW - 9 * DAY])
    async with db.begin() as session:
        await a_person(session, NOW, chat="1", role=Role.COORDINATOR)

    async def look(at: datetime) -> int:
        async with db.begin() as session:
            return await tell_rhythm(session, is_exercise=False, now=at)

    assert await look(NOW + 43 * HOUR) == 0
    assert await look(NOW + 45 * HOUR) == 1
    assert await look(NOW + 46 * HOUR) == 0
    (text,) = await texts(db)
    assert "Omroep" in text
    assert "niets nieuws" in text
    async with db.read() as session:
        assert (await session.get_one(Source, ident)).silent_told_at is not None


async def test_a_source_that_fades_is_told_of_once(db: Database) -> None:
    before = [NOW - 20 * DAY + HOUR * n for n in range(60)]
    await a_source(db, "omroep", [*before, *(NOW - HOUR - DAY * n for n in range(5))])
    async with db.begin() as session:
        await a_person(session, NOW, chat="1", role=Role.COORDINATOR)
    for _ in range(2):
        async with db.begin() as session:
            await tell_rhythm(session, is_exercise=False, now=NOW)
    (text,) = await texts(db)
    assert "5 berichten in twee weken, en 60" in text


def moving_app() -> web.Application:
    async def feed(_: web.Request) -> web.Response:
        return web.Response(text=RSS, content_type="application/rss+xml")

    def to(place: str, status: int) -> web.RouteDef:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": place})

        return web.get(f"/{place[1:]}-{status}", answer)

    async def removed(_: web.Request) -> web.Response:
        return web.Response(status=410)

    app = web.Application()
    app.add_routes(
        [
            web.get("/nieuw", feed), to("/nieuw", 301), to("/nieuw", 308), to("/nieuw", 302),
            to("/nieuw-302", 301), to("/weg", 301), web.get("/weg", removed),
        ]
    )  # fmt: skip
    return app


@pytest.mark.parametrize(
    ("path", "moved"),
    [
        ("nieuw-301", "/nieuw"),
        ("nieuw-308", "/nieuw"),
        ("nieuw-302", None),
        ("nieuw", None),
        ("nieuw-302-301", "/nieuw-302"),
    ],
)
async def test_only_redirects_for_good_are_a_move(path: str, moved: str | None) -> None:
    async with serving(moving_app()) as base:
        fetcher = Fetcher(FeedSettings(allow_private=True))
        answer = await fetcher.fetch(f"{base}/{path}", now=NOW)
        await fetcher.close()
    assert isinstance(answer, Fetched)
    assert answer.moved_to == (f"{base}{moved}" if moved else None)


async def test_a_move_is_told_once_and_followed_only_when_a_person_agrees(db: Database) -> None:
    async with serving(moving_app()) as base:
        old, new = f"{base}/nieuw-301", f"{base}/nieuw"
        wanted = SourceSettings(key="omroep", name="Omroep", url=old, trust=Trust.REGIONAL)
        settings = FeedSettings(allow_private=True, sources=[wanted])
        clock, fetcher = TestClock(NOW), Fetcher(settings)
        watch = Watch(db, fetcher, settings, clock=clock)

        async def sync() -> Source:
            async with db.begin() as session:
                return (await sync_sources(session, settings, now=clock()))[0]

        await sync()
        async with db.begin() as session:
            await a_person(session, NOW, chat="1", role=Role.COORDINATOR)
        for _ in range(2):
            await watch.poll_due()
            await tell_trouble(a_house(db, settings), now=clock())
            clock.forward(hours=1)
        (text,) = await texts(db)
        assert new in text
        source = await sync()
        assert (source.url, source.moved_to) == (old, new)

        async with db.begin() as session:
            await follow_move(
                session, await session.get_one(Source, source.id), who=WHO, now=clock()
            )
        # The configuration still holds the old address, and does not undo what was decided.
        source = await sync()
        assert (source.url, source.moved_to, source.moved_from) == (new, None, old)
        report = await watch.poll_due()
        assert report.faults == []
        # Another address in the configuration is a decision too.
        other = wanted.model_copy(update={"url": f"{base}/elders"})
        settings = settings.model_copy(update={"sources": [other]})
        source = await sync()
        assert (source.url, source.moved_from) == (f"{base}/elders", None)
        await fetcher.close()


async def test_gone_for_good_is_told_at_once_and_looked_at_once_a_day(db: Database) -> None:
    async with serving(moving_app()) as base:
        wanted = SourceSettings(
            key="omroep", name="Omroep", url=f"{base}/weg", trust=Trust.REGIONAL
        )
        settings = FeedSettings(allow_private=True, sources=[wanted])
        clock, fetcher = TestClock(NOW), Fetcher(settings)
        watch = Watch(db, fetcher, settings, clock=clock)
        async with db.begin() as session:
            await sync_sources(session, settings, now=NOW)
            await a_person(session, NOW, chat="1", role=Role.COORDINATOR)
        report = await watch.poll_due()
        await fetcher.close()
    assert report.faults == [("omroep", "removed")]
    assert await tell_trouble(a_house(db, settings), now=NOW) == 1
    assert await tell_trouble(a_house(db, settings), now=NOW + HOUR) == 0
    async with db.read() as session:
        assert (await session.exec(select(Source))).one().next_poll_at == NOW + DAY


def a_house(db: Database, settings: FeedSettings) -> Any:
    house = empty_house(db)
    house.config = SimpleNamespace(**{**vars(house.config), "feeds": settings})
    return house
