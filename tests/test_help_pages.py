"""Vraag en aanbod on the own page (no script) and at the desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import inspect
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.consent import ConsentKind, give_consent
from contacts.directory import (
    Channel,
    ChannelKind,
    ContactGroup,
    Domain,
    GroupMember,
    LinkPurpose,
    Organisation,
    Person,
)
from contacts.groups import members_of
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind
from contacts.records import Database
from signals.help_rows import HelpEntry, HelpMatch, HelpStatus
from tests.console_world import PLANTED, SAME_SITE, World, a_world, contents

WORDS = "Wij hebben een zaal voor een gesprek met ouders."


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            welfare = Organisation(name="Welzijn", domain=Domain.CARE_WELFARE, created_at=now)
            session.add(welfare)
            await session.flush()
            person = Person(organisation_id=welfare.id or 0, name="Jongerenwerker", created_at=now)
            session.add(person)
            await session.flush()
            for number in (person.id, (await named(session, "Docent")).id):
                session.add(
                    Channel(
                        person_id=number, kind=ChannelKind.EMAIL, address=f"p{number}@x.example",
                        created_at=now,
                    )
                )  # fmt: skip
        yield world


async def named(session: AsyncSession, name: str) -> Person:
    return (await session.exec(select(Person).where(col(Person.name) == name))).one()


async def page_of(world: World, name: str) -> str:
    async with world.db.begin() as session:
        person = await named(session, name)
        token = await mint_person_link(session, person.id or 0, LinkPurpose.OWN_PAGE, now=world.now)
    return f"/p/{token}"


async def post(world: World, path: str, **fields: str) -> httpx.Response:
    return await world.web.post(path, data=fields, headers=SAME_SITE)


async def offer(world: World, page: str, text: str = WORDS, **more: str) -> httpx.Response:
    fields = {"soort": "aanbod", "waarmee": "ruimte", "tekst": text, "delen": "ja", **more}
    return await post(world, f"{page}/hulp", **fields)


async def rows(world: World, kind: type) -> list[Any]:
    async with world.db.read() as session:
        return list((await session.exec(select(kind).order_by(*inspect(kind).primary_key))).all())


async def test_offer_take_up_and_find_each_other_without_a_script(world: World) -> None:
    theirs, mine = await page_of(world, "Jongerenwerker"), await page_of(world, "Docent")
    before = await contents(world.db)
    page = (await world.web.get(f"{theirs}/hulp")).text
    assert "<script" not in page
    assert await contents(world.db) == before
    assert (await offer(world, theirs)).status_code == 303
    seen = (await world.web.get(f"{mine}/hulp")).text
    assert WORDS in seen
    assert "Zorg en welzijn" in seen
    assert "Jongerenwerker" not in seen
    [entry] = await rows(world, HelpEntry)
    answer = await post(world, f"{mine}/hulp/oppakken", welke=str(entry.id), delen="ja")
    assert answer.headers["location"].endswith("klaar=opgepakt#van-mij")
    for who, other in ((mine, "Jongerenwerker"), (theirs, "Docent")):
        assert other in (await world.web.get(f"{who}/hulp")).text
    [match] = await rows(world, HelpMatch)
    assert "Hulp is gegeven" in (await world.web.get(f"{theirs}/hulp")).text
    answer = await post(world, f"{theirs}/hulp/gegeven", welke=str(match.id))
    assert answer.headers["location"].endswith("klaar=gegeven#van-mij")
    assert "hulp gegeven" in (await world.web.get(f"{mine}/hulp")).text
    # The maker has mail only: the message leads to the page, and names no contact.
    [notice] = [m for m in await rows(world, Message) if m.kind is MessageKind.NOTICE]
    assert "%%OWN_PAGE%%/hulp" in notice.content["email"]["text"]
    assert "Docent" not in str(notice.content)
    # The consent goes: so does the contact, at the next look.
    assert (await post(world, f"{mine}/delen", doe="nee")).status_code == 303
    page = (await world.web.get(f"{theirs}/hulp")).text
    assert "Docent" not in page
    assert "Voorbeeldcollege" in page
    assert "deelt het contact niet meer" in page


async def test_without_the_tick_nothing_is_placed_or_taken_up(world: World) -> None:
    theirs, mine = await page_of(world, "Jongerenwerker"), await page_of(world, "Docent")
    refused = await offer(world, theirs, delen="")
    assert refused.status_code == 422
    assert WORDS in refused.text, "what was typed stays"
    assert await rows(world, HelpEntry) == []
    await offer(world, theirs)
    [entry] = await rows(world, HelpEntry)
    answer = await post(world, f"{mine}/hulp/oppakken", welke=str(entry.id))
    assert "klaar=delen-eerst" in answer.headers["location"]
    assert await rows(world, HelpMatch) == []


async def test_a_person_comes_back_marked_and_is_kept_nowhere(world: World) -> None:
    page = await page_of(world, "Docent")
    answer = await offer(world, page, f"Wie helpt {PLANTED} van school?")
    assert answer.status_code == 422
    assert f"<mark>{PLANTED}</mark>" in answer.text
    assert PLANTED not in str(await contents(world.db))
    assert await rows(world, HelpEntry) == []


async def test_the_same_form_sent_again_is_one_entry(world: World) -> None:
    page = await page_of(world, "Docent")
    html = (await world.web.get(f"{page}/hulp")).text
    found = re.search(r'name="eenmalig" value="([^"]+)"', html)
    assert found is not None
    for _ in range(2):
        assert (await offer(world, page, eenmalig=found[1])).status_code == 303
    assert len(await rows(world, HelpEntry)) == 1


async def test_what_is_no_form_of_ours_changes_nothing(world: World) -> None:
    page = await page_of(world, "Docent")
    before = await contents(world.db)
    for path, fields, status in (
        (f"{page}/hulp", {"soort": "vraag", "waarmee": "geld"}, 422),
        (f"{page}/hulp", {"soort": "vraag", "waarmee": "ruimte", "tekst": "x" * 281}, 422),
        (f"{page}/hulp", {"soort": "vraag", "waarmee": "ruimte", "waarbij": "999"}, 400),
        (f"{page}/hulp/oppakken", {"welke": "x"}, 400),
        (f"{page}/hulp/klaar", {"welke": "1", "doe": "weggehaald"}, 400),
        (f"{page}/delen", {"doe": "misschien"}, 400),
    ):
        assert (await post(world, path, **fields)).status_code == status, path
    cross = await world.web.post(
        f"{page}/hulp", data={"soort": "vraag"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    assert await contents(world.db) == before


async def test_police_read_no_others_words_on_the_page_either(world: World) -> None:
    await offer(world, await page_of(world, "Jongerenwerker"))
    async with world.db.begin() as session:
        docent = await named(session, "Docent")
        organisation = await session.get_one(Organisation, docent.organisation_id)
        organisation.domain = Domain.SAFETY
        session.add(organisation)
    page = await page_of(world, "Docent")
    assert WORDS not in (await world.web.get(f"{page}/hulp")).text
    [entry] = await rows(world, HelpEntry)
    answer = await post(world, f"{page}/hulp/oppakken", welke=str(entry.id), delen="ja")
    assert answer.status_code == 403
    assert await rows(world, HelpMatch) == []


async def test_the_desk_sees_it_takes_it_away_and_a_second_colleague_is_too_late(
    world: World,
) -> None:
    await offer(world, await page_of(world, "Jongerenwerker"))
    page = (await world.desk.get("/vraag-en-aanbod")).text
    assert WORDS in page
    assert "Jongerenwerker" in page
    [entry] = await rows(world, HelpEntry)
    path = f"/vraag-en-aanbod/{entry.id}/weg"
    assert (await world.press(path, reden="zomaar")).status_code == 400
    assert (await world.press(path, reden="elders")).status_code == 303
    assert (await world.press(path, reden="dubbel")).status_code == 409
    [entry] = await rows(world, HelpEntry)
    assert (entry.status, entry.text_sealed) == (HelpStatus.REMOVED, None)
    removed = [j for j in await rows(world, JournalEntry) if j.action == "help_removed"]
    assert [(j.actor, j.detail["reason"]) for j in removed] == [
        (f"person:{world.staff_id}", "elders")
    ]
    [notice] = [m for m in await rows(world, Message) if m.kind is MessageKind.NOTICE]
    assert "hoort niet bij vraag en aanbod" in str(notice.content)


async def test_who_take_part_around_an_event_become_a_group_by_hand(world: World) -> None:
    theirs, mine = await page_of(world, "Jongerenwerker"), await page_of(world, "Docent")
    async with world.db.begin() as session:
        # The school got a text; welfare gets one, too.
        first = await session.get_one(Delivery, world.delivery_id)
        first.status = DeliveryStatus.SENT
        worker = await named(session, "Jongerenwerker")
        copy = Delivery(
            **first.model_dump(exclude={"id", "person_id", "organisation_id", "address"}),
            person_id=worker.id, organisation_id=worker.organisation_id, address="elders",
        )  # fmt: skip
        session.add_all([first, copy])
    assert (await offer(world, theirs, waarbij=str(world.event_id))).status_code == 303
    [entry] = await rows(world, HelpEntry)
    assert entry.event_id == world.event_id
    await post(world, f"{mine}/hulp/oppakken", welke=str(entry.id), delen="ja")
    html = (await world.desk.get("/vraag-en-aanbod")).text
    ticked = re.findall(r'name="wie" value="(\d+)" checked', html)
    assert len(ticked) == 2
    assert (await world.press("/vraag-en-aanbod/groep", naam="", wie=ticked)).status_code == 422
    made = await world.press("/vraag-en-aanbod/groep", naam="Hulp na de onrust", wie=ticked)
    assert made.status_code == 303
    again = await world.press("/vraag-en-aanbod/groep", naam="Hulp na de onrust", wie=ticked)
    assert again.status_code == 422
    async with world.db.read() as session:
        [group] = (await session.exec(select(ContactGroup))).all()
        members = await members_of(session, group, is_exercise=False)
        assert {person.name for person, _ in members} == {"Docent", "Jongerenwerker"}
    assert len(await rows(world, GroupMember)) == 2


async def test_the_own_page_offers_to_be_seen_and_to_stop(world: World) -> None:
    page = await page_of(world, "Docent")
    assert "Ja, dat mag" in (await world.web.get(page)).text
    assert (await post(world, f"{page}/delen", doe="ja")).status_code == 303
    assert "Niet meer delen" in (await world.web.get(page)).text
    async with world.db.begin() as session:
        docent = await named(session, "Docent")
        kind = ConsentKind.SHARE_WITH_MEMBERS
        assert not await give_consent(session, docent, kind, "x", who=SYSTEM, now=world.now)
