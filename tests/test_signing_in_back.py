"""Who signs in by mail comes on the page that they wanted, and on no other site's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from sqlmodel import col, select

from bot.config import Config
from bot.settings import MailSettings
from contacts.directory import ChannelKind, LinkPurpose, Person
from contacts.filling import SIGN_IN
from contacts.links import mint_person_link
from contacts.outbox import Content, Message
from contacts.people import open_channel
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_world, client_of

ADDRESS = "coordinator@stad.example"
PAGE = "/gebeurtenis/4/teksten?voor=ouders&deel=2"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as started:
        async with db.begin() as session:
            person = await session.get_one(Person, started.staff_id)
            await open_channel(session, person, ChannelKind.EMAIL, ADDRESS, rank=1, now=now)
        yield started


@pytest.fixture
async def web(world: World) -> AsyncIterator[httpx.AsyncClient]:
    config = Config(mail=MailSettings(host="127.0.0.1", from_address="a@gemeente.example"))
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        yield web


async def the_link(world: World) -> str:
    """What stands in the newest mail, as its reader gets it."""
    async with world.db.read() as session:
        newest = select(Message).order_by(col(Message.id).desc()).limit(1)
        mail = Content.from_json((await session.exec(newest)).one().content).email
    assert mail is not None
    [found] = re.findall(rf"{SIGN_IN}\S*", mail.text)
    async with world.db.begin() as session:
        token = await mint_person_link(
            session, world.staff_id, LinkPurpose.SIGN_IN, now=world.now
        )  # fmt: skip
    return str(found.replace(SIGN_IN, f"/aanmelden/{token}"))


async def pressed(web: httpx.AsyncClient, link: str) -> str:
    """Where the button behind the link leads to."""
    page = (await web.get(link)).text
    [action] = re.findall(r'action="(/aanmelden/[^"]*)"', page)
    answer = await web.post(action.replace("&amp;", "&"), headers=SAME_SITE)
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_who_signs_in_by_mail_comes_on_the_page_that_they_opened(
    world: World, web: httpx.AsyncClient
) -> None:
    sent = await web.get(PAGE)
    form = (await web.get(sent.headers["location"])).text
    [kept] = re.findall(r'name="naar" value="([^"]*)"', form)
    fields = {"e-mail": ADDRESS, "naar": kept.replace("&amp;", "&")}
    answer = await web.post("/aanmelden", data=fields, headers=SAME_SITE)
    again = parse_qs(urlsplit(answer.headers["location"]).query)
    assert again == {"gevraagd": ["ja"], "naar": [PAGE]}
    assert await pressed(web, await the_link(world)) == PAGE


@pytest.mark.parametrize("elsewhere", ["https://x.example/", "//x.example", "/\\x.example", ""])
async def test_the_way_back_of_a_mailed_link_is_a_page_of_ours(
    world: World, web: httpx.AsyncClient, elsewhere: str
) -> None:
    fields = {"e-mail": ADDRESS, "naar": elsewhere}
    answer = await web.post("/aanmelden", data=fields, headers=SAME_SITE)
    assert answer.headers["location"] == "/aanmelden?gevraagd=ja"
    link = await the_link(world)
    assert "naar" not in link
    assert await pressed(web, f"{link}?naar={quote(elsewhere)}") == "/"
    async with world.db.begin() as session:
        token = await mint_person_link(
            session, world.staff_id, LinkPurpose.SIGN_IN, now=world.now
        )  # fmt: skip
    forged = f"/aanmelden/{token}?naar={quote(elsewhere)}"
    assert (await web.post(forged, headers=SAME_SITE)).headers["location"] == "/"
