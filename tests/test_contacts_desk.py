"""Organisations, people, addresses, consent, groups and invitations, written at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlmodel import col, select

from bot.config import Config
from bot.console.inviting import AT_ONCE
from bot.console.seen import stamp_of_organisation
from bot.settings import TelegramSettings
from briefings.learning.rows import Lesson
from contacts.consent import Consent, ConsentKind, is_functional, may_have
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    Domain,
    GroupMember,
    Organisation,
    Person,
)
from contacts.groups import Rule, Work, matches, members_of
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import close_channel, open_channel
from contacts.records import Database
from feeds.districts import districts
from feeds.events import open_event
from feeds.rows import LeadAgency
from tests.console_world import World, a_world, client_of, press

SCHOOL = {
    "naam": "Nieuwe school", "domein": "onderwijs", "wijk": "WK020207",
    "postbus": "Info@School.example", "telefoon": "026 0000000", "aanspreekpunt": "zorgcoördinator",
}  # fmt: skip
TEACHER = {"naam": "Docent B", "functie": "mentor", "taal": "nl", "teksten": ["docent_po"]}
MOSQUE = {"naam": "Bestuurslid", "functie": "", "taal": "tr", "teksten": ["religieus_cultureel"]}


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def rows(db: Database, table: Any, *only: Any) -> list[Any]:
    async with db.read() as session:
        return list(
            (
                await session.exec(select(table).where(*only).order_by(*inspect(table).primary_key))
            ).all()
        )


async def the(db: Database, name: str, table: Any = Person) -> Any:
    (found,) = await rows(db, table, col(table.name) == name)
    return found


async def test_an_organisation_and_its_first_contact_are_written_down(world: World) -> None:
    made = await world.press("/contacten/organisatie", **SCHOOL)
    school = await the(world.db, "Nieuwe school", Organisation)
    assert made.headers["location"].startswith(f"/organisatie/{school.id}")
    assert (school.district, school.mailbox) == ("WK020207", "info@school.example")
    fields = {**TEACHER, "e-mail": "B@School.example"}
    assert (await world.press(f"/organisatie/{school.id}/persoon", **fields)).status_code == 303
    person = await the(world.db, "Docent B")
    (channel,) = await rows(world.db, Channel, col(Channel.person_id) == person.id)
    assert channel.address == "b@school.example"
    page = (await world.desk.get(f"/organisatie/{school.id}")).text
    assert "Docent B" in page


async def test_a_name_that_is_taken_keeps_what_was_typed(world: World) -> None:
    again = await world.press("/contacten/organisatie", **{**SCHOOL, "naam": "Voorbeeldcollege"})
    assert again.status_code == 422
    assert "info@school.example" in again.text
    assert "al een organisatie met deze naam" in again.text


@pytest.mark.parametrize(
    ("field", "value"), [("naam", ""), ("naam", "x" * 201), ("postbus", "geen adres")]
)
async def test_what_cannot_be_is_refused_and_nothing_is_kept(
    world: World, field: str, value: str
) -> None:
    before = len(await rows(world.db, Organisation))
    assert (
        await world.press("/contacten/organisatie", **{**SCHOOL, field: value})
    ).status_code == 422
    assert len(await rows(world.db, Organisation)) == before


async def test_a_person_with_a_taken_address_is_not_half_added(world: World) -> None:
    async with world.db.begin() as session:
        docent = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        await open_channel(
            session, docent, ChannelKind.EMAIL, "d@school.example", rank=1, now=world.now
        )
    path = f"/organisatie/{world.organisation_id}/persoon"
    answer = await world.press(path, **TEACHER, **{"e-mail": "d@school.example"})
    assert answer.status_code == 422
    assert "hoort al bij iemand anders" in answer.text
    assert await rows(world.db, Person, col(Person.name) == "Docent B") == []


async def test_the_journal_names_the_fields_that_changed_and_no_contents(world: World) -> None:
    docent = await the(world.db, "Docent")
    fields = {**TEACHER, "naam": "Docent", "telefoon": "06 00000000"}
    await world.press(f"/contact/{docent.id}/gegevens", **fields)
    (line,) = await rows(world.db, JournalEntry, col(JournalEntry.action) == "contact_changed")
    assert line.detail == {"fields": ["audiences", "function", "phone"]}
    await world.press(f"/contact/{docent.id}/gegevens", **fields)
    assert len(await rows(world.db, JournalEntry, col(JournalEntry.action) == line.action)) == 1


async def test_a_personal_address_of_a_mosque_waits_for_consent(world: World) -> None:
    await world.press(
        "/contacten/organisatie", **{**SCHOOL, "naam": "Moskee", "domein": "maatschappelijk"}
    )
    mosque = await the(world.db, "Moskee", Organisation)
    path = f"/organisatie/{mosque.id}/persoon"
    refused = await world.press(path, **MOSQUE, **{"e-mail": "a.yilmaz@moskee.example"})
    assert refused.status_code == 422
    assert "functioneel adres" in refused.text
    await world.press(path, **MOSQUE, **{"e-mail": "bestuur@moskee.example"})
    person = await the(world.db, "Bestuurslid")
    address = f"/contact/{person.id}/adres"
    personal = {"e-mail": "a.yilmaz@moskee.example"}
    assert (await world.press(address, **personal)).status_code == 422
    await world.press(
        f"/contact/{person.id}/toestemming", waarvoor="persoonlijk_adres", hoe="telefonisch"
    )
    (consent,) = await rows(world.db, Consent)
    assert (consent.kind, consent.given_at) == (ConsentKind.PERSONAL_ADDRESS, world.now)
    assert consent.noted_by == f"person:{world.staff_id}"
    assert (await world.press(address, **personal)).status_code == 303
    page = await world.press(
        f"/contact/{person.id}/toestemming", waarvoor="persoonlijk_adres", doe="intrekken"
    )
    assert page.status_code == 303
    assert (await rows(world.db, Consent))[0].withdrawn_at == world.now


async def test_consent_without_how_it_came_is_not_noted(world: World) -> None:
    docent = await the(world.db, "Docent")
    answer = await world.press(f"/contact/{docent.id}/toestemming", waarvoor="delen_met_leden")
    assert answer.status_code == 422
    assert await rows(world.db, Consent) == []


async def test_another_channel_can_be_tried_first_and_one_taken_away(world: World) -> None:
    docent = await the(world.db, "Docent")
    for address in ("een@school.example", "twee@school.example"):
        await world.press(f"/contact/{docent.id}/adres", **{"e-mail": address})
    mine = col(Channel.person_id) == docent.id
    second = next(c for c in await rows(world.db, Channel, mine) if c.address.startswith("twee"))
    path = f"/contact/{docent.id}/kanaal"
    await world.press(path, kanaal=second.id, doe="eerst")
    ranked = sorted(await rows(world.db, Channel, mine), key=lambda c: c.rank)
    assert ranked[0].id == second.id
    await world.press(path, kanaal=second.id, doe="weg")
    (gone,) = await rows(world.db, Channel, col(Channel.id) == second.id)
    assert (gone.status, gone.closed_reason) == (ChannelStatus.CLOSED, "removed")
    other = await world.press(f"/contact/{world.staff_id}/kanaal", kanaal=second.id, doe="eerst")
    assert other.status_code == 400


async def test_an_address_that_bounced_opens_again_by_a_persons_word(world: World) -> None:
    docent = await the(world.db, "Docent")
    path, fields = f"/contact/{docent.id}/adres", {"e-mail": "een@school.example"}
    await world.press(path, **fields)
    async with world.db.begin() as session:
        await close_channel(
            session, ChannelKind.EMAIL, "een@school.example", reason="bounce_5.1.1", now=world.now
        )
    await world.press(path, **fields)
    (channel,) = await rows(world.db, Channel, col(Channel.person_id) == docent.id)
    assert channel.status is ChannelStatus.ACTIVE


async def test_a_group_by_rule_keeps_itself(world: World) -> None:
    made = await world.press(
        "/contacten/groepen", naam="VO", soort="regel", domein="onderwijs", tekst="docent_vo_mbo"
    )
    assert made.status_code == 303
    group = await the(world.db, "VO", ContactGroup)
    async with world.db.read() as session:
        names = [p.name for p, _ in await members_of(session, group, is_exercise=False)]
    assert names == ["Docent"]
    path = f"/organisatie/{world.organisation_id}/persoon"
    await world.press(path, **{**TEACHER, "teksten": ["docent_vo_mbo"]})
    async with world.db.read() as session:
        assert len(await members_of(session, group, is_exercise=False)) == 2
    assert "Docenten vo en mbo" in (await world.desk.get("/contacten/groepen")).text


async def test_a_group_by_hand_holds_who_is_ticked(world: World) -> None:
    await world.press("/contacten/groepen", naam="Overleg", soort="hand")
    group, docent = await the(world.db, "Overleg", ContactGroup), await the(world.db, "Docent")
    await world.press(f"/contact/{docent.id}/groepen", groep=group.id)
    assert len(await rows(world.db, GroupMember)) == 1
    await world.press(f"/contact/{docent.id}/groepen")
    assert await rows(world.db, GroupMember) == []
    await world.press(f"/contact/{docent.id}/groepen", groep=group.id)
    await world.press(f"/groep/{group.id}/weg")
    assert await rows(world.db, GroupMember) == []
    assert (await the(world.db, "Docent")).left_at is None


@pytest.mark.parametrize(
    "fields", [{"naam": ""}, {"naam": "Leeg", "soort": "regel"}, {"naam": "x" * 121}]
)
async def test_a_group_without_a_name_or_a_rule_is_not_made(world: World, fields: Any) -> None:
    assert (await world.press("/contacten/groepen", **fields)).status_code == 422
    assert await rows(world.db, ContactGroup) == []


async def test_invitations_beyond_one_page_go_on_where_it_ended(world: World) -> None:
    async with world.db.begin() as session:
        for number in range(AT_ONCE + 3):
            session.add(
                Person(
                    organisation_id=world.organisation_id, name=f"P{number:03}",
                    created_at=world.now,
                )
            )  # fmt: skip
    config = Config(telegram=TelegramSettings(bot_name="schakel_bot"))
    cookies = dict(world.desk.cookies)
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as desk:
        first = await press(desk, world.sealer, "/contacten/uitnodigen",
                            organisatie=world.organisation_id)  # fmt: skip
        assert first.text.count("QR-code voor") == AT_ONCE
        assert "Er zijn er meer" in first.text
        last = first.text.split('name="na" value="')[1].split('"')[0]
        rest = await press(
            desk, world.sealer, "/contacten/uitnodigen", organisatie=world.organisation_id,
            na=last, na_organisatie="Voorbeeldcollege",
        )  # fmt: skip
    assert rest.text.count("QR-code voor") == 4  # with the one who was there before
    assert "Er zijn er meer" not in rest.text


SETS = st.frozensets
RULES = st.builds(
    Rule,
    SETS(st.sampled_from(Domain)),
    SETS(st.sampled_from(Audience)),
    SETS(st.sampled_from([code for code, _ in districts()]), max_size=4),
)


@given(RULES, st.sampled_from(Domain), st.lists(st.sampled_from(list(Audience))))
def test_a_rule_survives_its_row_and_a_narrower_one_holds_fewer(
    rule: Rule, domain: Domain, audiences: list[Audience]
) -> None:
    assert Rule.from_json(rule.to_json()) == rule
    values = frozenset(audience.value for audience in audiences)
    work = Work(domain, frozenset({"WK020207"}), values)
    wider = replace(rule, districts=frozenset())
    if matches(rule, work) and not wider.is_empty:
        assert matches(wider, work)
    assert not matches(Rule(), work)


@pytest.mark.parametrize(
    ("address", "functional"),
    [
        ("info@x.nl", True), ("bestuur-noord@x.nl", True), ("Secretariaat1@x.nl", True),
        ("a.yilmaz@x.nl", False), ("infante@x.nl", False), ("fatima@x.nl", False),
    ],
)  # fmt: skip
def test_what_is_a_functional_address(address: str, functional: bool) -> None:
    assert is_functional(address) is functional
    assert may_have(address, ["religieus_cultureel"], ()) is functional
    assert may_have(address, ["docent_po"], ())


async def test_what_an_organisation_took_on_stays_its_own_under_another_name(world: World) -> None:
    await world.press("/contacten/organisatie", **SCHOOL)
    school = await the(world.db, "Nieuwe school", Organisation)
    async with world.db.begin() as session:
        event = await open_event(
            session, type="algemeen", title="Onrust", place=None, severity=2,
            lead_agency=LeadAgency.MUNICIPALITY, who=SYSTEM, now=world.now, is_exercise=False,
        )  # fmt: skip
        session.add(
            Lesson(
                event_id=event.id or 0,
                change="Eerder bellen.",
                owner="nieuwe School",
                due=date(2030, 1, 1),
                made_at=world.now,
            )
        )
    fields = {**SCHOOL, "naam": "De Regenboog", "gezien": stamp_of_organisation(school)}
    assert (await world.press(f"/organisatie/{school.id}", **fields)).status_code == 303
    (lesson,) = await rows(world.db, Lesson)
    assert lesson.owner == "De Regenboog"
