"""``/wie``: members find each other, by domain, kind of school and wijk, and only who agreed."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlmodel import select

from contacts.directory import Domain, LinkPurpose, Organisation, Person
from contacts.journal import JournalEntry
from contacts.links import mint_person_link
from contacts.meeting import ContactCount, Way
from contacts.outbox import Message
from contacts.records import Database
from tests.console_world import SAME_SITE, client_of
from tests.helping import somebody, stop
from tests.partner_world import SEALER, Chat, a_partner

KLARENDAL = "WK020207"


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def looks(chat: Chat) -> list[tuple[Domain, Domain, Way, int]]:
    rows = await chat.all(ContactCount)
    return [(row.from_domain, row.to_domain, row.way, row.count) for row in rows]


async def test_two_taps_show_who_agreed_and_nobody_else(school: Chat) -> None:
    await somebody(school, "Sport", Domain.CIVIL)
    await somebody(school, "Stil", Domain.CIVIL, shares=False)
    await somebody(school, "Oefenaar", Domain.CIVIL, is_exercise=True)
    await school.command("/wie")
    assert "zelf nog niet zichtbaar" in await school.text()
    await school.press("Maatschappelijk")
    text = await school.text()
    assert "sport@x.example" in text
    for name in ("Stil", "Oefenaar"):
        assert name not in text
    assert await looks(school) == [(Domain.EDUCATION, Domain.CIVIL, Way.LOOKED_UP, 1)]


async def test_a_withdrawn_consent_is_not_found_at_the_next_look(school: Chat) -> None:
    sport = await somebody(school, "Sport", Domain.CIVIL)
    await school.command("/wie")
    await school.press("Maatschappelijk")
    assert "sport@x.example" in await school.text()
    await stop(school, sport)
    await school.command("/wie")
    await school.press("Maatschappelijk")
    assert "nog niemand" in await school.text()
    assert [count for *_, count in await looks(school)] == [1], "nobody found is no contact"


async def test_schools_are_found_by_kind_and_by_wijk(school: Chat) -> None:
    for name, audience, district in (
        ("Basis", "docent_po", KLARENDAL), ("Middelbaar", "docent_vo_mbo", None),
    ):  # fmt: skip
        number = await somebody(school, name, Domain.EDUCATION, district=district)
        async with school.db.begin() as session:
            person = await session.get_one(Person, number)
            person.audiences = [audience]
            session.add(person)
    await school.command("/wie")
    await school.press("Onderwijs")
    await school.press("Basisonderwijs")
    text = await school.text()
    assert "basis@x.example" in text
    assert "middelbaar@x.example" not in text
    await school.command("/wie")
    for label in ("Onderwijs", "Alle scholen", "Alleen in Klarendal"):
        await school.press(label)
    text = await school.text()
    assert "Onderwijs</b> · Klarendal" in text
    assert "middelbaar@x.example" not in text
    # Narrowing is the same look: one for each search.
    assert await looks(school) == [(Domain.EDUCATION, Domain.EDUCATION, Way.LOOKED_UP, 2)]


async def test_a_wijk_can_be_chosen_from_all(school: Chat) -> None:
    await somebody(school, "Sport", Domain.CIVIL, district=KLARENDAL)
    await school.command("/wie")
    await school.press("Maatschappelijk")
    await school.press("Kies een wijk")
    while "Klarendal" not in await school.labels():
        await school.press("Volgende")
    await school.press("Klarendal")
    assert "sport@x.example" in await school.text()
    assert "Alle wijken" in await school.labels()


async def test_many_come_eight_to_a_message_and_are_one_look(school: Chat) -> None:
    for number in range(9):
        await somebody(school, f"Club{number}", Domain.CIVIL)
    await school.command("/wie")
    await school.press("Maatschappelijk")
    assert "club7@x.example" in await school.text()
    await school.press("Volgende")
    assert "club8@x.example" in await school.text()
    assert [count for *_, count in await looks(school)] == [1]


async def test_nothing_says_who_looked_for_whom(school: Chat) -> None:
    await somebody(school, "Sport", Domain.CIVIL)
    lines = len(await school.all(JournalEntry))
    await school.command("/wie")
    await school.press("Maatschappelijk")
    async with school.db.read() as session:
        kept = json.dumps([row.content for row in (await session.exec(select(Message))).all()])
    assert "sport@x.example" not in kept, "the contact stands sealed in the outbox"
    new = (await school.all(JournalEntry))[lines:]
    assert {line.action for line in new} == {"deliveries_planned"}


async def test_one_can_become_findable_from_here(school: Chat) -> None:
    sport = await somebody(school, "Sport", Domain.CIVIL)
    await school.command("/wie")
    await school.press("Ik wil ook gevonden worden")
    await school.press("Ja, andere leden")
    assert "zelf nog niet" not in await school.text()
    other = Chat(school.db, school.now, sport)
    await other.command("/wie")
    await other.press("Onderwijs")
    await other.press("Alle scholen")
    assert "Docent" in await other.text()


async def test_the_own_page_finds_without_a_script_and_counts_the_domains(school: Chat) -> None:
    await somebody(school, "Sport", Domain.CIVIL, district=KLARENDAL)
    async with school.db.begin() as session:
        organisation = await session.get_one(Organisation, 1)
        organisation.mailbox = "info@school.example"
        session.add(organisation)
        token = await mint_person_link(
            session, school.person_id or 0, LinkPurpose.OWN_PAGE, now=school.now
        )
    async with client_of(school.db, SEALER, school.now) as web:
        page = f"/p/{token}/wie"
        empty = (await web.get(page)).text
        assert "<script" not in empty
        assert "sport@x.example" not in empty
        assert await looks(school) == []
        found = await web.post(
            page, data={"domein": "maatschappelijk", "wijk": KLARENDAL}, headers=SAME_SITE
        )
        assert found.status_code == 200
        assert "sport@x.example" in found.text
        assert await looks(school) == [(Domain.EDUCATION, Domain.CIVIL, Way.LOOKED_UP, 1)]
        for fields in ({"domein": "kerk"}, {"domein": "onderwijs", "wijk": "hier"}):
            assert (await web.post(page, data=fields, headers=SAME_SITE)).status_code == 400
        cross = {"Sec-Fetch-Site": "cross-site"}
        answer = await web.post(page, data={"domein": "maatschappelijk"}, headers=cross)
        assert answer.status_code == 403
    assert [count for *_, count in await looks(school)] == [1]
