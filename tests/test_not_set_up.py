"""What an installation has not set up is said so: its parts, and whom it cannot reach."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carrying import configured_kinds
from bot.chat.coordinator.texts import ALONG_REACHED
from bot.config import Config
from bot.console.gap_texts import GAPS
from bot.console.health import not_set_up
from bot.console.part_texts import PARTS
from bot.quarter_texts import REACHABLE, TWO
from bot.rows import Heartbeat
from bot.settings import MailSettings, TelegramSettings
from contacts.directory import ChannelKind, Domain, Organisation, Person
from contacts.gaps import Gap, reach_now
from contacts.people import open_channel
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from signals.quarters import quarter_of
from tests.console_world import World, a_world, client_of, signed_in
from tests.partner_world import Chat

BOT, POST = TelegramSettings(token="1:x"), MailSettings(host="smtp.example")
BOTH = Config(telegram=BOT, mail=POST)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def page_of(world: World, path: str, config: Config) -> str:
    """As its staff sees it, on an installation with this configuration."""
    async with world.db.begin() as session:
        cookies = await signed_in(session, world.staff_id, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies, config=config) as desk:
        return " ".join(re.sub(r"<[^>]+>", " ", (await desk.get(path)).text).split())


async def test_a_part_that_is_not_used_is_not_in_order_but_not_set_up(world: World) -> None:
    async with world.db.begin() as session:
        session.add_all(
            Heartbeat(name=name, at=world.now) for name in ("mail_in", "webhooks", "tidy")
        )
    page = await page_of(world, "/beheer", BOTH)
    assert f"{PARTS['mail_in']} niet ingesteld" in page
    assert f"{PARTS['webhooks']} niet ingesteld" in page
    assert f"{PARTS['tidy']} in orde" in page
    assert f"{PARTS['pump_email']} niet ingesteld" not in page
    page = await page_of(world, "/beheer", Config(telegram=BOT, mail=MailSettings(imap_host="x")))
    assert f"{PARTS['mail_in']} in orde" in page
    assert f"{PARTS['pump_email']} niet ingesteld" in page


def test_every_part_that_may_not_be_set_up_has_a_name_for_people() -> None:
    parts = not_set_up(Config(), has_sources=False)
    assert len(parts) == 7
    assert set(parts) <= set(PARTS)


async def test_whom_only_mail_reaches_is_not_reachable_where_mail_is_not_set_up(
    world: World,
) -> None:
    async with world.db.begin() as session:
        only_mail = await an_organisation(session, "Alleen mail", [[ChannelKind.EMAIL]], world.now)
        await an_organisation(
            session, "Allebei", [[ChannelKind.EMAIL, ChannelKind.TELEGRAM]], world.now
        )
        mixed = await an_organisation(
            session, "Gemengd", [[ChannelKind.EMAIL], [ChannelKind.TELEGRAM], []], world.now
        )
    everything = await page_of(world, "/contacten/hiaten", BOTH)
    assert "niet ingesteld." not in everything
    assert GAPS[Gap.NOT_SET_UP] not in await page_of(world, f"/organisatie/{only_mail}", BOTH)
    page = await page_of(world, "/contacten/hiaten", Config(telegram=BOT))
    assert "E-mail is niet ingesteld. Wie alleen een e-mailadres heeft, krijgt niets: " in page
    assert _reachable(everything) - _reachable(page) == 1
    listed = await page_of(world, "/contacten/hiaten?hiaat=niet-ingesteld", Config(telegram=BOT))
    assert "Alleen mail Onderwijs 0 van 1" in listed
    assert "Gemengd Onderwijs 1 van 3" in listed
    assert "Allebei" not in listed
    assert GAPS[Gap.NOT_SET_UP] in await page_of(
        world, f"/organisatie/{mixed}", Config(telegram=BOT)
    )
    page = await page_of(world, "/contacten/hiaten", Config(mail=POST))
    assert "Telegram is niet ingesteld. Wie alleen Telegram heeft, krijgt niets: " in page
    page = await page_of(world, "/contacten/hiaten", Config())
    assert _reachable(page) == 0
    assert "Telegram en e-mail zijn niet ingesteld. Niemand krijgt iets: " in page


def _reachable(page: str) -> int:
    found = re.search(r"Vanavond te bereiken (\d+) van", page)
    assert found
    return int(found[1])


async def an_organisation(
    session: AsyncSession, name: str, people: list[list[ChannelKind]], now: datetime
) -> int:
    place = Organisation(name=name, domain=Domain.EDUCATION, created_at=now)
    session.add(place)
    await session.flush()
    for number, kinds in enumerate(people):
        person = Person(organisation_id=place.id or 0, name=f"{name} {number}", created_at=now)
        session.add(person)
        await session.flush()
        for rank, kind in enumerate(kinds, 1):
            address = (
                f"{name[:3]}{number}@s.example"
                if kind is ChannelKind.EMAIL
                else f"{place.id}0{number}"
            )
            await open_channel(session, person, kind, address, rank=rank, now=now)
    return place.id or 0


def _of_the_list(page: str, what: str) -> list[int]:
    """How many of how many, of a key figure of the quarterly pack."""
    found = re.search(rf"{what} (?:(\d+) van (\d+)|geen)", page, re.IGNORECASE)
    assert found
    return [int(count or 0) for count in found.groups()]


async def test_the_quarterly_pack_counts_the_own_city_and_only_what_is_set_up(
    world: World,
) -> None:
    address = f"/kwartaal/{quarter_of(world.now).name}"
    before = await page_of(world, address, BOTH)
    async with world.db.begin() as session:
        two = [[ChannelKind.EMAIL], [ChannelKind.EMAIL]]
        await an_organisation(session, "Alleen mail", two, world.now)
        near = await an_organisation(session, "Buurstad", two, world.now)
        (await session.get_one(Organisation, near)).municipality = "Buurstad"
    for config, more in ((BOTH, 1), (Config(telegram=BOT), 0)):
        page = await page_of(world, address, config)
        for what in (TWO, REACHABLE):
            then, now = _of_the_list(before, what), _of_the_list(page, what)
            assert now[1] == then[1] + 1
            if config is BOTH:
                assert now[0] == then[0] + more
        if config is not BOTH:
            assert _of_the_list(page, TWO)[0] == 0


@pytest.mark.parametrize(("config", "said"), [(BOTH, 1), (Config(telegram=BOT), 0)])
async def test_who_is_asked_along_next_door_is_counted_by_what_is_set_up(
    world: World, config: Config, said: int
) -> None:
    async with world.db.begin() as session:
        near = await an_organisation(session, "Buurstad", [[ChannelKind.EMAIL]], world.now)
        (await session.get_one(Organisation, near)).municipality = "Buurstad"
        event = Event(
            title="Explosie", type="E02", origin=Origin.MANUAL, detected_at=world.now,
            status=EventStatus.CONFIRMED,
        )  # fmt: skip
        session.add(event)
    chat = Chat(world.db, world.now, world.staff_id, config=config)
    await chat.tap(f"echg:{event.id}")
    await chat.tap(f"along:{event.id}:1")
    assert ALONG_REACHED.format(reachable=said, all=1) in await chat.text()
    page = await page_of(world, f"/gebeurtenis/{event.id}", config)
    assert f"krijgen het ook ({said} van 1 te bereiken)" in page


async def test_the_share_of_the_day_counts_only_what_is_set_up(world: World) -> None:
    async with world.db.begin() as session:
        await an_organisation(session, "Alleen mail", [[ChannelKind.EMAIL]], world.now)
        for config, count in ((BOTH, 1), (Config(telegram=BOT), 0)):
            reach = await reach_now(session, is_exercise=False, sends_by=configured_kinds(config))
            other = await reach_now(session, is_exercise=False, sends_by={ChannelKind.TELEGRAM})
            assert reach[Domain.EDUCATION][1] - other[Domain.EDUCATION][1] == count
