"""The groups of members on their own page, without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from sqlmodel import col, select

from contacts.directory import Domain
from contacts.records import Database
from feeds.rows import Event, EventStatus
from signals.peer_rows import PeerGroup
from tests.console_world import PLANTED, SAME_SITE, World, a_world, contents
from tests.helping import reached, somebody
from tests.partner_world import Chat
from tests.peer_groups_world import NAME
from tests.test_help_pages import named, page_of


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def post(world: World, path: str, **fields: str) -> httpx.Response:
    return await world.web.post(path, data=fields, headers=SAME_SITE)


async def other_member(world: World) -> tuple[Chat, int, int]:
    """A member elsewhere of whose organisation and the teacher's the event was told."""
    chat = Chat(world.db, world.now, None)
    other = await somebody(chat, "Welzijn", Domain.CARE_WELFARE)
    async with world.db.read() as session:
        teacher = (await named(session, "Docent")).id or 0
        event = (await session.exec(select(Event.id).where(col(Event.is_exercise).is_(False))
                                    .order_by(col(Event.id)))).first() or 0  # fmt: skip
    async with world.db.begin() as session:
        row = await session.get_one(Event, event)
        row.status = EventStatus.CONFIRMED
        session.add(row)
    for person in (teacher, other):
        await reached(chat, person, event)
    return chat, other, event


async def test_the_whole_of_it_on_the_own_page_without_a_script(world: World) -> None:
    _, other, event = await other_member(world)
    mine, theirs = await page_of(world, "Docent"), await page_of(world, "Welzijn")
    before = await contents(world.db)
    page = (await world.web.get(f"{mine}/groepen")).text
    assert "<script" not in page
    assert "De gemeente ziet de naam van de groep, de gebeurtenis" in page
    assert "De gemeente ziet de naam van de groep" in (await world.web.get("/privacy")).text
    assert await contents(world.db) == before, "looking changes nothing"
    once = re.search(r'name="eenmalig" value="([^"]+)"', page)
    assert once is not None
    form = {"waarbij": str(event), "waarvoor": "eigen", "naam": NAME, "eenmalig": once[1]}
    assert (await post(world, f"{mine}/groepen", **form)).status_code == 422, "no consent yet"
    for _ in range(2):
        answer = await post(world, f"{mine}/groepen", **form, delen="ja")
        assert answer.headers["location"].endswith("klaar=begonnen")
    async with world.db.read() as session:
        [group] = (await session.exec(select(PeerGroup))).all()
    number = str(group.id)
    found = await post(world, f"{mine}/groepen/wie", groep=number, domein="zorg_welzijn")
    assert "Organisatie van Welzijn" in found.text
    answer = await post(world, f"{mine}/groepen/vragen", groep=number, wie=str(other))
    assert answer.headers["location"].endswith("klaar=gevraagd")
    page = (await world.web.get(f"{theirs}/groepen")).text
    assert NAME in page
    assert "Docent" not in page
    await post(world, f"{theirs}/groepen/antwoord", groep=number, doe="ja")
    assert "Docent" in (await world.web.get(f"{theirs}/groepen")).text
    assert "welzijn@x.example" in (await world.web.get(f"{mine}/groepen")).text
    desk = (await world.desk.get("/vraag-en-aanbod")).text
    assert NAME in desk
    assert "1-2 zorg en welzijn" in desk
    assert "welzijn@x.example" not in desk
    answer = await post(world, f"{theirs}/groepen/antwoord", groep=number, doe="eruit")
    assert answer.headers["location"].endswith("klaar=eruit")
    assert "welzijn@x.example" not in (await world.web.get(f"{mine}/groepen")).text


async def test_a_person_in_the_name_comes_back_marked_and_is_kept_nowhere(world: World) -> None:
    _, _, event = await other_member(world)
    mine = await page_of(world, "Docent")
    answer = await post(
        world, f"{mine}/groepen", waarbij=str(event), waarvoor="eigen", naam=f"Rond {PLANTED}",
        delen="ja",
    )  # fmt: skip
    assert answer.status_code == 422
    assert f"<mark>{PLANTED}</mark>" in answer.text
    assert PLANTED not in str(await contents(world.db))


async def test_what_is_no_form_of_ours_changes_no_group(world: World) -> None:
    _, _, event = await other_member(world)
    mine = await page_of(world, "Docent")
    for path, fields in (
        ("groepen", {"waarbij": "999", "waarvoor": "ouders", "delen": "ja"}),
        ("groepen/wie", {"groep": "1", "domein": "onderwijs"}),
        ("groepen/antwoord", {"groep": "1", "doe": "iets"}),
    ):
        assert (await post(world, f"{mine}/{path}", **fields)).status_code == 400, path
    elsewhere = await world.web.post(
        f"{mine}/groepen", data={"waarbij": str(event), "waarvoor": "ouders", "delen": "ja"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert elsewhere.status_code == 403
    async with world.db.read() as session:
        assert (await session.exec(select(PeerGroup))).all() == []
