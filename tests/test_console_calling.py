"""The list *bel deze mensen* at the desk and in the chat, and what waits for quiet hours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time

import pytest
from sqlmodel import col, select

from contacts.calling import CallItem, CallStatus
from contacts.directory import Channel, ChannelStatus, Organisation, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery
from contacts.people import grant, revoke
from contacts.permissions import NotAllowed
from contacts.quiet import set_quiet_hours
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as desk:
        yield desk


async def a_colleague_without_channel(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        organisation = await session.get_one(Organisation, desk.world.organisation_id)
        organisation.phone = "026 000 0000"
        session.add(
            Person(
                organisation_id=desk.world.organisation_id, name="Conciërge",
                audiences=["docent_vo_mbo"], created_at=desk.world.now,
            )
        )  # fmt: skip


async def test_whom_no_channel_reaches_comes_on_the_list_with_a_number_and_a_box(
    desk: Desk,
) -> None:
    await a_colleague_without_channel(desk)
    await desk.fact()
    assert "Straks te bellen" in await desk.page("verzenden")
    await desk.send(1)
    page = await desk.page("verzenden")
    assert "Bel deze mensen" in page
    assert 'href="tel:026 000 0000"' in page
    assert "1 persoon bellen" in (await desk.web.get("/")).text
    (item,) = await desk.rows(CallItem)
    assert (await desk.press("gebeld", regel=item.id, stand="open")).status_code == 303
    assert (await desk.press("gebeld", regel=item.id, stand="open")).status_code == 409
    (item,) = await desk.rows(CallItem)
    assert (item.status, item.done_by) == (CallStatus.CALLED, desk.world.staff_id)
    assert "Toch niet gebeld" in await desk.page("verzenden")
    assert "mens bellen" not in (await desk.web.get("/")).text
    assert (await desk.press("gebeld", regel=item.id, stand="called")).status_code == 303
    assert (await desk.press("gebeld", regel=999, stand="open")).status_code == 404


async def test_what_waits_for_quiet_hours_shows_as_such_with_its_moment(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        # The desk works at 17.42.
        await set_quiet_hours(session, teacher, time(17), time(20), who=SYSTEM, now=desk.world.now)
    await desk.fact()
    await desk.send(1)
    assert "1 persoon heeft nu rusttijd" in await desk.page("verzenden")
    assert "het eerste om 20.00 uur" in await desk.page("verzenden")
    rows = [row for row in await desk.rows(Delivery) if row.reason == "quiet_hours"]
    assert [row.person_id for row in rows] == [teacher.id]
    assert "Rusttijd" in await desk.page("bereik")


async def test_the_desk_sets_hours_and_the_back_up_of_an_organisation(desk: Desk) -> None:
    async with desk.world.db.read() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        open_ones = await session.exec(
            select(Channel).where(col(Channel.status) == ChannelStatus.ACTIVE)
        )
        assert open_ones.all()
    page = f"/contact/{teacher.id}"
    await desk.world.press(f"{page}/rusttijd", van="22.00", tot="07.00")
    answer = await desk.world.press(f"{page}/rusttijd", van="22.00", tot="")
    assert answer.headers["location"].endswith("hours_like_this")
    await desk.world.press(f"{page}/vervanger", doe="ja")
    text = (await desk.web.get(page)).text
    assert "is de vervanger van" in text
    assert 'value="22:00"' in text
    assert "vervanger</span>" in (await desk.web.get("/contacten")).text
    await desk.world.press(f"{page}/vervanger", doe="nee")
    assert "heeft nog geen vervanger" in (await desk.web.get(page)).text


async def test_the_same_boxes_are_ticked_in_the_chat(desk: Desk) -> None:
    await a_colleague_without_channel(desk)
    await desk.fact()
    await desk.send(1)
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.command("/bellijst")
    text = await chat.text()
    assert "Nog 1 persoon te bellen." in text
    assert "☐ 1. Conciërge · Voorbeeldcollege" in text
    assert "026 000 0000 · geen werkend kanaal" in text
    await chat.press("☐ 1 gebeld")
    assert "Iedereen op de lijst is gebeld" in await chat.text()
    (item,) = await desk.rows(CallItem)
    assert (item.status, item.done_by) == (CallStatus.CALLED, desk.world.staff_id)
    await chat.tap(f"called:{desk.number}:{item.id}:open")
    assert chat.toast == "Iemand anders vinkte dit al af."
    await chat.press("☑ 1 gebeld")
    assert (await desk.rows(CallItem))[0].status is CallStatus.OPEN
    with pytest.raises(NotAllowed):
        await Chat(desk.world.db, desk.world.now, 1).command("/bellijst")


async def test_a_line_without_a_number_says_where_to_put_it_or_whom_to_ask(desk: Desk) -> None:
    await a_colleague_without_channel(desk)
    async with desk.world.db.begin() as session:
        (await session.get_one(Organisation, desk.world.organisation_id)).phone = None
    await desk.fact()
    await desk.send(1)
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.command("/bellijst")
    text = await chat.text()
    assert "nummer niet bekend · geen werkend kanaal" in text
    assert "Zet het daarna bij Contacten op de werkpagina (/console)." in text
    (item,) = await desk.rows(CallItem)
    way = f'<a href="/contact/{item.person_id}">'
    assert f"nummer niet bekend: {way}zet het erbij" in await desk.page("verzenden")
    recipients = "ontvangers?versie=1&groep=geen-kanaal"
    assert f"{way}niet bekend: zet het erbij" in await desk.page(recipients)
    async with desk.world.db.begin() as session:
        await grant(session, desk.world.staff_id, Role.APPROVER, who=SYSTEM, now=desk.world.now)
        for role in (Role.COORDINATOR, Role.ADMIN):
            await revoke(session, desk.world.staff_id, role, who=SYSTEM, now=desk.world.now)
    await chat.command("/bellijst")
    assert "Geen nummer? Vraag het aan de coördinator." in await chat.text()


async def test_with_every_number_known_the_list_gives_no_hint(desk: Desk) -> None:
    await a_colleague_without_channel(desk)
    await desk.fact()
    await desk.send(1)
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.command("/bellijst")
    assert "Geen nummer?" not in await chat.text()
