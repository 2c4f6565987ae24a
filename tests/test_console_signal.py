"""The signal form: what it asks, what is kept of it, and what is promised and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from bot.console.reading import choose_audience, fill_page
from bot.console.signal_form import empty_form, read_form
from contacts.directory import Audience, Channel, ChannelKind, Organisation
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind
from contacts.records import Database
from feeds.rows import Event, EventStatus
from signals.rows import Need, Setting, Signal
from signals.telling import district_names
from tests.console_world import FORM, World, a_world, tell
from tests.page_links import mint_link


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_the_form_asks_every_field_and_prefers_the_wijk_of_the_school(world: World) -> None:
    code, name = next(iter(district_names().items()))
    async with world.db.begin() as session:
        (await session.get_one(Organisation, world.organisation_id)).district = code
    page = (await world.web.get(f"{world.page}/signaal")).text
    for field in (*FORM, "eep", "hoe_breed", "richting", "wat_gedaan", "wat_nodig", "delen"):
        assert f'name="{field}"' in page
    assert f'<option value="{code}" selected>{name}</option>' in page


async def test_a_signal_is_stored_and_the_thanks_name_the_date(world: World) -> None:
    answer = await tell(world, wat_nodig="jongerenwerk")
    assert answer.status_code == 303
    thanks = await world.web.get(answer.headers["location"])
    assert "donderdag 5 maart, 17.00 uur" in thanks.text
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert (signal.organisation_id, signal.event_id) == (world.organisation_id, world.event_id)
    assert (signal.setting, signal.need) == (Setting.CLASSROOM, Need.YOUTH_WORK)
    assert signal.reply_handle is not None
    assert "docent@school.example" in world.sealer.unseal(signal.reply_handle)
    assert "vragen" not in str(signal.note_sealed)


async def test_no_answer_is_promised_to_whoever_wants_none(world: World) -> None:
    answer = await tell(world, terugkoppeling="nee")
    assert "17.00 uur" not in (await world.web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert (signal.wants_feedback, signal.reply_handle) == (False, None)


async def test_no_answer_is_promised_where_there_is_no_way_back(world: World) -> None:
    async with world.db.begin() as session:
        token = await mint_link(
            session,
            organisation_id=world.organisation_id,
            event_id=world.event_id,
            delivery_id=None,
            now=world.now,
            days=1,
        )
    world.token = token
    assert f'action="{world.page}/gelezen' not in (await world.web.get(world.page)).text
    answer = await tell(world)
    assert "geen apart antwoord" in (await world.web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        assert not (await session.exec(select(Signal))).one().wants_feedback


async def test_no_moment_joins_a_signal_to_who_got_the_message(world: World) -> None:
    async with world.db.begin() as session:
        (await session.get_one(Delivery, world.delivery_id)).status = DeliveryStatus.UNKNOWN
    await tell(world)
    async with world.db.read() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        signal = (await session.exec(select(Signal))).one()
        journal = await session.exec(select(JournalEntry).where(JournalEntry.at == world.now))
        subjects = {entry.subject for entry in journal.all()}
    assert delivery.status is DeliveryStatus.UNKNOWN
    assert signal.received_at not in (delivery.done_at, delivery.sending_at)
    assert f"delivery:{world.delivery_id}" not in subjects


async def test_a_made_up_receipt_shows_no_promise(world: World) -> None:
    answer = await world.web.get(f"{world.page}/dank?bon=2099-01-01")
    assert (answer.status_code, answer.headers["location"]) == (303, world.page)


async def once_of(world: World) -> str:
    """The hidden field of a form that was just opened."""
    page = (await world.web.get(f"{world.page}/signaal")).text
    return page.partition('name="eenmalig" value="')[2].partition('"')[0]


async def test_the_same_form_sent_twice_at_once_is_one_signal_and_one_promise(
    world: World,
) -> None:
    once = await once_of(world)
    answers = await asyncio.gather(*(tell(world, eenmalig=once) for _ in range(3)))
    answers.append(await tell(world, eenmalig=once))
    pages = {(await world.web.get(answer.headers["location"])).text for answer in answers}
    assert len(pages) == 1
    async with world.db.read() as session:
        assert len((await session.exec(select(Signal))).all()) == 1


async def test_every_form_that_is_opened_may_tell_again(world: World) -> None:
    first, second = await once_of(world), await once_of(world)
    assert first != second
    await tell(world, eenmalig=first)
    await tell(world, eenmalig=second)
    await tell(world, eenmalig=first, ernst="3")
    async with world.db.read() as session:
        assert len((await session.exec(select(Signal))).all()) == 3


async def test_a_form_that_comes_back_keeps_its_hidden_field(world: World) -> None:
    once = await once_of(world)
    answer = await tell(world, eenmalig=once, soort=[])
    assert f'name="eenmalig" value="{once}"' in answer.text


async def test_a_receipt_thanks_behind_its_own_link_only(world: World) -> None:
    answer = await tell(world)
    proof = answer.headers["location"].partition("?")[2]
    async with world.db.begin() as session:
        other = await mint_link(
            session,
            organisation_id=world.organisation_id,
            event_id=world.event_id,
            delivery_id=None,
            now=world.now,
            days=1,
        )
    strange = await world.web.get(f"/o/{other}/dank?{proof}")
    assert (strange.status_code, strange.headers["location"]) == (303, f"/o/{other}")


async def notices(world: World) -> list[Content]:
    async with world.db.read() as session:
        found = await session.exec(select(Message).where(Message.kind == MessageKind.NOTICE))
        return [Content.from_json(message.content) for message in found.all()]


async def a_phone(world: World) -> None:
    """The coördinator can be reached by mail."""
    async with world.db.begin() as session:
        session.add(
            Channel(
                person_id=world.staff_id,
                kind=ChannelKind.EMAIL,
                address="c@stad.example",
                created_at=world.now,
            )
        )


async def test_a_serious_signal_is_told_once_and_without_what_was_typed(world: World) -> None:
    await a_phone(world)
    await tell(world, ernst="3")
    assert await notices(world) == []
    once = await once_of(world)
    for _ in range(2):
        await tell(world, ernst="4", eenmalig=once)
    [notice] = await notices(world)
    assert notice.email is not None
    assert notice.email.subject == "Signaal ernst 4: geruchten; angst, zorg"
    assert "Veel vragen" not in str(notice)


async def test_after_the_end_a_signal_is_taken_calmly_and_told_at_once(world: World) -> None:
    await a_phone(world)
    async with world.db.begin() as session:
        (await session.get_one(Event, world.event_id)).status = EventStatus.CLOSED
    form = await world.web.get(f"{world.page}/signaal")
    assert "Deze gebeurtenis is afgesloten." in form.text
    answer = await tell(world, ernst="1")
    thanks = await world.web.get(answer.headers["location"])
    assert "De gemeente leest het wel." in thanks.text
    [notice] = await notices(world)
    assert notice.email is not None
    assert "Deze gebeurtenis is al afgesloten." in notice.email.text


def test_the_folded_part_opens_when_something_in_it_was_changed() -> None:
    districts = {"stad": "hele stad"}
    fields = {name: [value] if isinstance(value, str) else value for name, value in FORM.items()}
    assert not empty_form(None, districts).is_unfolded
    assert not read_form(fields, districts).is_unfolded
    assert read_form({**fields, "richting": ["neemt_toe"]}, districts).is_unfolded
    assert read_form({**fields, "delen": ["verzonnen"]}, districts).is_unfolded


def test_the_first_wish_that_has_a_text_decides() -> None:
    there = [Audience.PARENTS, Audience.SCHOOL_LEADER]
    wishes = [None, Audience.YOUTH_WORK, Audience.SCHOOL_LEADER]
    assert choose_audience(there, wishes) is Audience.SCHOOL_LEADER
    assert choose_audience(there, [None]) is Audience.PARENTS


def test_a_bare_link_asks_for_a_signal_and_one_with_a_text_stays_on_the_page() -> None:
    html = fill_page(
        "%%LINK%% %%LINK%%?tekst=x %%INTERNAL_CONTACT%%",
        page="/o/t",
        signal="/o/t/signaal",
        internal_contact=None,
    )
    assert html == "/o/t/signaal /o/t?tekst=x iemand van de leiding, of wie over zorg gaat"


async def test_a_theme_of_the_city_is_kept_and_another_word_is_not(world: World) -> None:
    assert '<option value="aanhoudingen">' in (await world.web.get(f"{world.page}/signaal")).text
    await tell(world, thema="aanhoudingen")
    await tell(world, thema="die en die groep", ernst="3")
    async with world.db.read() as session:
        themes = [signal.theme for signal in (await session.exec(select(Signal))).all()]
    assert set(themes) == {"aanhoudingen", None}
