"""``/pdf`` gives the newest text of the organisation on paper, made when the first one goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.chat.paper_flow import send_paper
from bot.config import Config
from bot.console.paper import Paper, sheet_named
from bot.paper_making import paper_maker
from bot.uploads import NoDocument
from briefings.pdf import can_print
from contacts.directory import Audience, Domain, Organisation, Person
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, TelegramForm
from contacts.records import Database
from tests.console_world import World, a_delivery, a_version, a_world
from tests.partner_world import Chat


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def person_of(world: World) -> int:
    async with world.db.read() as session:
        found = await session.exec(
            select(Person.id).where(col(Person.organisation_id) == world.organisation_id)
        )
        return found.one() or 0


async def asked(world: World, person_id: int) -> TelegramForm:
    """What somebody gets who says ``/pdf``."""
    chat = Chat(world.db, world.now, person_id)
    await chat.run(send_paper)
    async with world.db.read() as session:
        delivery = await session.get_one(Delivery, chat.message)
        message = await session.get_one(Message, delivery.message_id)
    form = Content.from_json(message.content).telegram
    assert form is not None
    return form


async def test_pdf_is_the_newest_text_for_the_work_of_who_asks(world: World) -> None:
    form = await asked(world, await person_of(world))
    assert form.document is not None
    paper = Paper.named(form.document)
    assert (paper.event_id, paper.version) == (world.event_id, 1)
    assert paper.audience is Audience.TEACHER_VO_MBO
    assert "Onderwerp docent_vo_mbo v1, versie 1" in form.text
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now)
    later = await asked(world, await person_of(world))
    assert later.document not in (None, form.document)
    assert "v2, versie 2" in later.text


async def test_a_colleague_who_got_nothing_gets_what_the_organisation_got(world: World) -> None:
    async with world.db.begin() as session:
        colleague = Person(
            organisation_id=world.organisation_id, name="Invaller", audiences=[],
            created_at=world.now,
        )  # fmt: skip
        session.add(colleague)
        await session.flush()
    assert (await asked(world, colleague.id or 0)).document is not None


@pytest.mark.parametrize("status", [DeliveryStatus.FAILED, DeliveryStatus.CANCELLED, None])
async def test_without_a_text_there_is_no_paper_and_a_sentence(
    world: World, status: DeliveryStatus | None
) -> None:
    async with world.db.begin() as session:
        elsewhere = Organisation(name="Elders", domain=Domain.CIVIL, created_at=world.now)
        session.add(elsewhere)
        await session.flush()
        person = Person(organisation_id=elsewhere.id or 0, name="x", created_at=world.now)
        session.add(person)
        await session.flush()
        if status is not None:
            await a_delivery(
                session, world.event_id, 1, elsewhere.id or 0, person.id, world.now, status
            )
    form = await asked(world, person.id or 0)
    assert form.document is None
    assert "nog geen tekst" in form.text


async def test_the_sheet_is_the_one_of_the_page_with_its_own_aanspreekpunt(world: World) -> None:
    key = (await asked(world, await person_of(world))).document or ""
    async with world.db.read() as session:
        sheet = await sheet_named(session, key, sender="Gemeente", now=world.now)
    assert sheet.subject == "Onderwerp docent_vo_mbo v1"
    assert "zorgcoördinator &lt;b&gt;" in sheet.body
    assert "href" not in sheet.body
    assert not sheet.is_exercise


async def test_who_has_no_aanspreekpunt_of_its_own_shares_the_sheet_with_others(
    world: World,
) -> None:
    keys = set()
    async with world.db.begin() as session:
        for name in ("Een", "Twee"):
            organisation = Organisation(name=name, domain=Domain.CIVIL, created_at=world.now)
            session.add(organisation)
            await session.flush()
            person = Person(organisation_id=organisation.id or 0, name="x", created_at=world.now)
            session.add(person)
            await session.flush()
            await a_delivery(session, world.event_id, 1, organisation.id or 0, person.id, world.now)
            keys.add(person.id or 0)
    papers = {(await asked(world, person)).document for person in keys}
    assert len(papers) == 1
    assert Paper.named(papers.pop() or "").organisation_id == 0


@pytest.mark.skipif(not can_print(), reason="this machine cannot make a PDF")
async def test_the_file_is_a_pdf_with_a_name_that_says_for_whom(world: World) -> None:
    key = (await asked(world, await person_of(world))).document or ""
    made = await paper_maker(world.db, Config(), lambda: world.now)(key)
    assert made.content.startswith(b"%PDF")
    assert made.name == "informatie-docent_vo_mbo.pdf"


@pytest.mark.parametrize(
    "key",
    ["", "x", "foto/1/1/ouders/0/0/open/nl", "tekst/1/1/niemand/0/0/open/nl",
     "tekst/999/1/ouders/0/0/open/nl",
     "tekst/1/1/ouders/999/0/open/nl"],
)  # fmt: skip
async def test_a_file_that_nobody_knows_is_not_made(world: World, key: str) -> None:
    with pytest.raises(NoDocument):
        await paper_maker(world.db, Config(), lambda: world.now)(key)


@given(
    st.integers(1, 9**9), st.integers(1, 999), st.sampled_from(Audience), st.integers(0, 9**9),
    st.integers(0, 99), st.booleans(), st.sampled_from(["nl", "ar", "uk"]),
)  # fmt: skip
def test_a_key_says_all_that_makes_it_another_sheet(
    event: int,
    version: int,
    audience: Audience,
    organisation: int,
    corrected: int,
    over: bool,
    language: str,
) -> None:
    paper = Paper(event, version, audience, organisation, corrected, over, language)
    assert Paper.named(paper.key) == paper
    assert len(paper.key) <= 120
