"""A municipality next door hears of an event only when somebody asks it along, and is told why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts as chat_texts
from bot.chat.coordinator.card import card_view
from bot.config import Config
from bot.console.pages import PLAIN_COOKIE
from bot.console.paper import NO_PAGE, Paper, newest_for, sheet_named, sheet_of
from bot.demo import stage
from bot.settings import MailSettings
from briefings import texts
from briefings.audience import plan_version
from briefings.counting import overview_of, read_overview
from briefings.learning.survey import count_everybody, everybody
from briefings.messages import content_for
from briefings.rows import Briefing, BriefingText
from briefings.translating import missing_in, translated
from briefings.versions import current_briefing
from contacts.directory import (
    AccessLink,
    Audience,
    ChannelKind,
    ContactGroup,
    Domain,
    Organisation,
    Person,
)
from contacts.gap_counts import gaps_by_name
from contacts.gaps import reach_now
from contacts.groups import Rule, make_group, members_of
from contacts.importing import read_contacts
from contacts.importing.exporting import Kind
from contacts.joining import CannotJoin, join_organisations
from contacts.journal import SYSTEM, JournalEntry
from contacts.neighbours import next_door
from contacts.outbox import Delivery, Message
from contacts.people import open_channel
from contacts.records import Database
from contacts.settings import ContactSettings
from contacts.tokens import hash_token, new_token
from feeds.chosen_place import SHIPPED
from feeds.rows import Event
from tests.console_desk import Desk, a_desk
from tests.console_world import client_of, hidden_in, press
from tests.contact_files_world import bring_in, written
from tests.partner_world import Chat

CONTACT = "crisis@buurstad.example"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        async with db.begin() as session:
            await a_neighbour(session, "Gemeente Buurstad", now)
        yield started


async def a_neighbour(session: Any, name: str, now: datetime) -> Organisation:
    """The functional contact of a municipality next door."""
    organisation = Organisation(
        name=name, domain=Domain.MUNICIPALITY, municipality="Buurstad", created_at=now
    )
    session.add(organisation)
    await session.flush()
    person = Person(
        organisation_id=organisation.id, name="Crisiscoördinator", created_at=now,
        audiences=["schoolleiding"],
    )  # fmt: skip
    session.add(person)
    await session.flush()
    await open_channel(session, person, ChannelKind.EMAIL, CONTACT, rank=1, now=now)
    return organisation


async def the_card(desk: Desk) -> str:
    return (await desk.web.get(f"/gebeurtenis/{desk.number}")).text


async def sent_to(desk: Desk) -> dict[str, str]:
    """Who got a briefing, with what stands in the mail."""
    messages = {one.id: one for one in await desk.rows(Message)}
    return {
        one.address: messages[one.message_id].content["email"]["text"]
        for one in await desk.rows(Delivery)
        if messages[one.message_id].event_id == desk.number
        and messages[one.message_id].briefing_id is not None
    }


async def test_by_default_nobody_next_door_gets_anything(desk: Desk) -> None:
    await desk.fact()
    assert CONTACT not in (await desk.page("ontvangers?groep=krijgt"))
    await desk.send(1)
    assert set(await sent_to(desk)) == {"docent@school.example"}
    assert "Buurstad" not in await desk.page("bereik")
    assert "Buurstad" not in await desk.page("bereik?alleen=gemist")
    figures = await desk.page("evaluatie/csv")
    assert "Gemeente: " not in figures
    assert "Stuur het alsnog" not in await desk.page("ontvangers?groep=alsnog&versie=1")


async def test_asked_along_it_gets_the_text_with_why_and_the_city_does_not(desk: Desk) -> None:
    await desk.fact()
    assert "Neem de buurgemeenten mee" in await the_card(desk)
    done = await desk.press("buurgemeenten", mee="ja")
    assert done.headers["location"].endswith("klaar=neighbours_on")
    page = await desk.page("ontvangers?groep=krijgt")
    assert "Gemeente Buurstad (buurgemeente Buurstad)" in page
    # This desk has no mail server. tests/test_not_set_up.py has one.
    assert "krijgen het ook (0 van 1 te bereiken)" in await the_card(desk)
    await desk.send(1)
    assert "Gemeente Buurstad" in await desk.page("bereik")
    got = await sent_to(desk)
    assert texts.AS_NEIGHBOUR in " ".join(got[CONTACT].split())
    assert texts.AS_NEIGHBOUR not in " ".join(got["docent@school.example"].split())
    said = [one.action for one in await desk.rows(JournalEntry) if "neighbours" in one.action]
    assert said == ["neighbours_on"]


async def the_link(desk: Desk) -> str:
    """As the pump makes one for the neighbour's own message."""
    [sent] = [one for one in await desk.rows(Delivery) if one.address == CONTACT]
    async with desk.world.db.begin() as session:
        token = new_token()
        session.add(
            AccessLink(
                token_hash=hash_token(token), organisation_id=sent.organisation_id,
                event_id=desk.number, delivery_id=sent.id, created_at=desk.world.now,
                expires_at=desk.world.now + timedelta(days=1),
            )
        )  # fmt: skip
    return f"/o/{token}"


async def test_its_page_and_its_sheet_say_why_and_those_of_the_city_do_not(desk: Desk) -> None:
    await desk.fact()
    await desk.press("buurgemeenten", mee="ja")
    await desk.send(1)
    assert texts.AS_NEIGHBOUR in (await desk.web.get(await the_link(desk))).text
    organisations = await desk.rows(Organisation)
    async with desk.world.db.read() as session:
        for organisation in organisations:
            people = await session.exec(
                select(Person.id).where(col(Person.organisation_id) == organisation.id)
            )
            number = people.first()
            found = number and await newest_for(
                session, number, organisation.id or 0, now=desk.world.now
            )
            if not found:
                continue
            sheet = sheet_of(*found, page=NO_PAGE, sender="x")
            assert (texts.AS_NEIGHBOUR in sheet.marks) == (organisation.municipality is not None)
            key = Paper.of(*found).key
            again = await sheet_named(session, key, sender="x", now=desk.world.now)
            assert again.marks == sheet.marks


async def test_before_sending_they_are_a_line_of_their_own(desk: Desk) -> None:
    await desk.fact()
    assert "buurgemeente" not in await desk.page("verzenden")
    await desk.press("buurgemeenten", mee="ja")
    assert "Daarvan van een buurgemeente: 1 persoon." in await desk.page("verzenden")
    async with desk.world.db.read() as session:
        event = await session.get_one(Event, desk.number)
        briefing = await current_briefing(session, desk.number)
        assert briefing is not None
        counted = await read_overview(session, event, briefing)
        plan = await plan_version(session, event, briefing)
        assert counted.neighbours == (await overview_of(session, plan)).neighbours
        assert list(counted.neighbours.values()) == [1]
        view = await card_view(session, event)
        assert "met 1 buurgemeente" in view[0]


def test_the_reason_is_translated_where_somebody_did_and_else_stays_dutch() -> None:
    text = BriefingText(
        briefing_id=1, audience=Audience.PARENTS, subject="Dag", telegram="Dag", html="<p>Dag</p>",
        plain="Dag", template="x", template_version="1", words=1, remarks=[],
    )  # fmt: skip
    said = {"Dag": "Hello", texts.AS_NEIGHBOUR: "You get this as a neighbour."}
    both = content_for(
        text, briefing_id=1, event_id=1, sender="x", is_neighbour=True,
        forms=translated(text, "en", said),
    )  # fmt: skip
    assert both.telegram is not None
    assert both.telegram.text.startswith("You get this as a neighbour.")
    half = translated(text, "en", {"Dag": "Hello"})
    assert half.as_neighbour == texts.AS_NEIGHBOUR
    rtl = translated(text, "ar", {texts.AS_NEIGHBOUR: "جيران"})
    assert rtl.as_neighbour.endswith("جيران")
    assert missing_in(text, {"Dag": "Hello"}) == []


async def test_they_are_asked_along_on_the_phone_too(desk: Desk) -> None:
    await desk.fact()
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.tap(f"echg:{desk.number}")
    await chat.press(chat_texts.ALONG)
    async with desk.world.db.read() as session:
        assert (await session.get_one(Event, desk.number)).with_neighbours
    await chat.tap(f"along:{desk.number}:1")
    assert chat.toast == chat_texts.NOTHING_CHANGED
    await chat.tap(f"along:{desk.number}:0")
    async with desk.world.db.read() as session:
        assert not (await session.get_one(Event, desk.number)).with_neighbours
    said = [one.action for one in await desk.rows(JournalEntry) if "neighbours" in one.action]
    assert said == ["neighbours_on", "neighbours_off"]


async def test_on_the_phone_it_is_offered_only_where_there_is_one(
    db: Database, now: datetime
) -> None:
    async with a_desk(db, now) as desk:
        await desk.fact()
        chat = Chat(db, now, desk.world.staff_id)
        await chat.tap(f"echg:{desk.number}")
        assert chat_texts.ALONG not in await chat.labels()


async def test_asked_along_afterwards_it_gets_the_text_that_went_already(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("buurgemeenten", mee="ja")
    act = f"/gebeurtenis/{desk.number}/alsnog"
    page = f"/gebeurtenis/{desk.number}/ontvangers?groep=alsnog&versie=1"
    fields = await hidden_in(desk.web, act, "", at=page)
    assert (await desk.press("alsnog", **fields)).status_code == 303
    assert texts.AS_NEIGHBOUR in " ".join((await sent_to(desk))[CONTACT].split())


async def test_asking_along_voids_what_was_handed_in_for_the_city_alone(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    await desk.press("buurgemeenten", mee="ja")
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    refused = await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert await sent_to(desk) == {}
    page = (await desk.web.get(refused.headers["location"])).text
    assert chat_texts.REFUSALS["list_changed"] in page
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert CONTACT in await sent_to(desk)


async def test_taken_back_it_gets_no_first_text_and_twice_says_so(desk: Desk) -> None:
    await desk.fact()
    await desk.press("buurgemeenten", mee="ja")
    again = await desk.press("buurgemeenten", mee="ja")
    assert again.headers["location"].endswith("klaar=nothing_changed")
    await desk.press("buurgemeenten", mee="nee")
    assert (await desk.press("buurgemeenten", mee="misschien")).status_code in (400, 404)
    await desk.send(1)
    assert CONTACT not in await sent_to(desk)
    async with desk.world.db.read() as session:
        assert (await session.get_one(Event, desk.number)).with_neighbours is False


async def test_it_is_counted_apart_and_is_no_member(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        assert tuple(await next_door(session, is_exercise=False)) == (1, 1)
        assert tuple(await next_door(session, is_exercise=True)) == (0, 0)
        named = await session.exec(
            select(Organisation.name).where(col(Organisation.municipality).is_(None))
        )
        city = set(named.all())
        standing = await gaps_by_name(
            session, timedelta(days=182), is_exercise=False, now=desk.world.now
        )
        assert {one.organisation.name for one in standing} == city
        reach = await reach_now(session, is_exercise=False)
        assert sum(total for total, _ in reach.values()) == len(city)
        asked = await everybody(session, is_exercise=False)
        assert CONTACT not in {one.address for one in asked}
        assert len(asked) == await count_everybody(session, is_exercise=False)
        rule = Rule(domains=frozenset({Domain.MUNICIPALITY}))
        group = await make_group(session, "Gemeente", rule, who=SYSTEM, now=desk.world.now)
        assert isinstance(group, ContactGroup)
        found = await members_of(session, group, is_exercise=False)
        assert "Gemeente Buurstad" not in {organisation.name for _, organisation in found}
    world, mail = desk.world, Config(mail=MailSettings(host="smtp.example"))
    async with client_of(
        world.db, world.sealer, world.now, cookies=desk.web.cookies, config=mail
    ) as web:
        page = (await web.get("/contacten/hiaten")).text
    assert "Van buurgemeenten is 1 van 1 contact te bereiken" in page


async def test_a_list_carries_the_municipality_out_and_in(db: Database, now: datetime) -> None:
    head = "organisatie;domein;naam;doelgroepen;e-mail;buurgemeente\n"
    line = f"Gemeente Buurstad;gemeente;Crisis;schoolleiding;{CONTACT};Buurstad\n"
    await bring_in(db, now, head + line)
    for kind in Kind:
        again = await bring_in(db, now, await written(db, kind))
        assert (again.unchanged, again.changes) == (1, [])
    wrong = read_contacts((head + line.replace(";gemeente;", ";onderwijs;")).encode())
    assert "hoort het domein gemeente" in wrong.errors[0].text


async def test_the_page_offers_the_municipalities_of_the_configuration(desk: Desk) -> None:
    world = desk.world
    config = Config(contacts=ContactSettings(neighbours=("Buurstad", "Andersdorp")))
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as web:
        page = (await web.get("/contacten/organisatie")).text
        assert "Andersdorp" in page
        assert "[contacts] neighbours" not in page
        form = {"naam": "Gemeente Andersdorp", "domein": "gemeente", "gemeente": "Andersdorp"}
        wrong = await press(
            web, world.sealer, "/contacten/organisatie", **{**form, "domein": "onderwijs"}
        )
        assert "Kies het domein gemeente" in wrong.text
        nowhere = await press(
            web, world.sealer, "/contacten/organisatie", **{**form, "gemeente": "Nergens"}
        )
        assert nowhere.status_code in (400, 404)
        made = await press(web, world.sealer, "/contacten/organisatie", **form)
        assert made.status_code == 303
    [one] = [o for o in await desk.rows(Organisation) if o.municipality == "Andersdorp"]
    async with world.db.begin() as session:
        [city] = [o for o in await desk.rows(Organisation) if o.domain is Domain.MUNICIPALITY
                  and o.municipality is None]  # fmt: skip
        with pytest.raises(CannotJoin):
            await join_organisations(session, city.id, one.id, who=SYSTEM, now=world.now)


async def test_without_neighbours_the_page_says_where_they_come_from(desk: Desk) -> None:
    page = (await desk.web.get("/contacten/organisatie")).text
    assert "[contacts] neighbours" in page
    assert 'name="gemeente"' not in page


def test_the_demo_has_a_neighbour_that_does_not_exist() -> None:
    """Its contact stands in the cast, and nowhere in what we say of real places."""
    rows = read_contacts((Path(stage.__file__).parent / "cast.csv").read_bytes()).rows
    assert [row.email for row in rows if row.municipality == stage.NEIGHBOUR] == [CONTACT]
    assert all(stage.NEIGHBOUR not in path.read_text("utf-8") for path in SHIPPED.glob("*.toml"))
