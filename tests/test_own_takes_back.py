"""Wording one text by hand takes texts back from the approvers: asked once, and told afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import approved_texts, texts
from bot.config import Config
from bot.evening import texts as evening_texts
from bot.evening.asking_again import request_now
from bot.rows import Conversation
from briefings.rows import Briefing, BriefingStatus, OwnWording
from contacts.directory import Audience
from contacts.records import Database
from feeds.rows import Event
from tests import partner_world
from tests.briefings_cast import SETTINGS
from tests.console_desk import PERSON, Desk, a_desk
from tests.partner_world import Chat
from tests.test_console_stale import submitted, with_fact
from tests.test_own_flow import MINE, RULES, stamp
from tests.test_part_flow import versions, waiting

DRAFT, SUBMITTED = BriefingStatus.DRAFT, BriefingStatus.SUBMITTED
ASKED = (
    "Deze 7 teksten liggen ter goedkeuring: Docent PO, Docent VO/MBO, Schoolleiding, "
    "Jongerenwerk, Religieus/cultureel, Politie/wijkteam, Ouders. Schrijft u iets zelf, dan gaan "
    "ze alle 7 terug, en moet een coördinator ze opnieuw indienen."
)


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    """An approver's, with a request for a version of somebody else's hand."""
    return await waiting(db, now)


async def status(phone: Chat) -> BriefingStatus:
    [version] = await versions(phone)
    return version.status


async def to_parents(phone: Chat) -> None:
    [version] = await versions(phone)
    await phone.tap(f"text:{version.id}:{list(Audience).index(Audience.PARENTS)}")
    await phone.press(texts.OWN)


async def send_words(phone: Chat, said: str) -> None:
    await to_parents(phone)
    await phone.press(RULES)
    phone.now += timedelta(minutes=2)
    await phone.write(said)


async def test_it_is_asked_once_which_texts_go_back(phone: Chat) -> None:
    await send_words(phone, MINE)
    assert ASKED in await phone.text()
    assert "Uw woorden zijn nog niet bewaard." in await phone.text()
    assert await phone.labels() == [evening_texts.OWN_SAVE, texts.SEND_BACK]
    assert await status(phone) is SUBMITTED
    await phone.press(evening_texts.OWN_SAVE)
    assert evening_texts.OWN_TOOK_BACK[SUBMITTED] in await phone.text()
    assert approved_texts.ASK_AGAIN in await phone.labels()
    assert await status(phone) is DRAFT
    [kept] = await phone.all(OwnWording)
    assert "Laat de telefoons in de tas." in kept.words
    assert await phone.all(Conversation) == []


async def test_a_yes_without_words_is_an_old_button(phone: Chat) -> None:
    await send_words(phone, MINE)
    question = await phone.buttons()
    await phone.press(evening_texts.OWN_SAVE)
    with pytest.raises(ValueError, match="edited since"):
        await phone.tap(question[0].data or "")


async def approve_for_later(phone: Chat) -> None:
    async with phone.db.begin() as session:
        version = (await session.exec(select(Briefing))).one()
        version.status, version.send_at = BriefingStatus.APPROVED, phone.now + timedelta(hours=9)


async def test_after_an_approval_it_says_that_the_moment_lapsed(phone: Chat) -> None:
    await approve_for_later(phone)
    await send_words(phone, MINE)
    await phone.press(evening_texts.OWN_SAVE)
    said = await phone.text()
    assert "De goedkeuring is vervallen, en het moment waarop dit zou uitgaan ook." in said
    assert "wat ter goedkeuring lag" not in said
    drafted = (await versions(phone))[-1]
    assert (drafted.status, drafted.send_at) == (DRAFT, None)


async def test_afterwards_it_says_which_text_and_who(phone: Chat) -> None:
    await send_words(phone, MINE)
    await phone.press(evening_texts.OWN_SAVE)
    [version] = await versions(phone)
    async with phone.db.begin() as session:
        event = await session.get_one(Event, version.event_id)
        view = await request_now(session, event, version.id or 0)
        mine = await request_now(session, event, version.id or 0, phone.person_id)
    assert view is not None
    assert mine is not None
    assert "Een goedkeurder haalde ze terug om zelf te formuleren, " in view[0]
    assert "Er veranderde geen feit." in view[0]
    assert "met deze feiten opnieuw geschreven" not in view[0]
    assert "U haalde ze terug om zelf te formuleren, " in mine[0]
    assert "Zelf geformuleerd door u: Ouders. Bij vier ogen keurt een ander dat goed." in mine[0]
    assert "Zelf geformuleerd door een goedkeurder: Ouders." in view[0]
    assert "Het ging niet om een zin in de feiten" not in view[0]


async def test_what_is_refused_is_not_asked_about_and_may_be_sent_again(phone: Chat) -> None:
    await send_words(phone, f"- Bel {PERSON}.")
    assert texts.OWN_REFUSALS["person"] in await phone.text()
    assert evening_texts.OWN_SAVE not in await phone.labels()
    assert await status(phone) is SUBMITTED
    [talk] = await phone.all(Conversation)
    assert PERSON not in str(talk.data)
    await phone.write(MINE)
    await phone.press(evening_texts.OWN_SAVE)
    assert await status(phone) is DRAFT


async def test_the_same_words_take_nothing_back_and_are_not_asked_about(phone: Chat) -> None:
    await to_parents(phone)
    await phone.press(RULES)
    said = (await phone.text()).split("\n\n")[0].split("\n", 1)[1]
    await phone.write(said)
    assert "opgeslagen" in await phone.text()
    assert evening_texts.OWN_TOOK_BACK[SUBMITTED] not in await phone.text()
    assert await status(phone) is SUBMITTED


async def test_words_typed_while_it_was_handed_in_are_asked_about_first(phone: Chat) -> None:
    await stands(phone, DRAFT)
    await to_parents(phone)
    await phone.press(RULES)
    await stands(phone, SUBMITTED)
    await phone.write(MINE)
    assert "Uw woorden zijn nog niet bewaard" in await phone.text()
    assert await phone.all(OwnWording) == []
    assert await status(phone) is SUBMITTED
    await phone.press(evening_texts.OWN_SAVE)
    assert len(await phone.all(OwnWording)) == 1


async def stands(phone: Chat, status: BriefingStatus) -> None:
    async with phone.db.begin() as session:
        (await session.exec(select(Briefing))).one().status = status


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def write(desk: Desk, **more: str) -> tuple[int, str, str]:
    fields = {"gezien": await stamp(desk), "tekst": "ouders", "plek": RULES, "woorden": MINE}
    answer = await desk.press("teksten/schrijven", **(fields | more))
    return answer.status_code, answer.text, answer.headers.get("location", "")


async def test_the_page_asks_before_it_takes_back_and_keeps_what_was_typed(desk: Desk) -> None:
    await submitted(desk)
    code, page, _ = await write(desk)
    assert code == 422
    assert "<strong>Nog niet opgeslagen.</strong> Deze 7 teksten liggen ter goedkeuring" in page
    assert "Laat de telefoons in de tas." in page
    assert (await desk.rows(Briefing))[-1].status is SUBMITTED
    code, _, went = await write(desk, terughalen="ja")
    assert code == 303
    assert went.endswith("own_words_took_back")
    assert (await desk.rows(Briefing))[-1].status is DRAFT
    assert "Zelf geformuleerd door u: Ouders." in await desk.page("verzenden")


async def test_the_page_says_that_the_moment_lapsed(desk: Desk) -> None:
    await submitted(desk)
    async with desk.world.db.begin() as session:
        version = (
            await session.exec(select(Briefing).where(col(Briefing.status) == SUBMITTED))
        ).one()
        version.status = BriefingStatus.APPROVED
        version.send_at = desk.world.now + timedelta(hours=9)
    _, _, went = await write(desk, terughalen="ja")
    assert "het moment waarop dit zou uitgaan ook" in (await desk.web.get(went)).text


async def test_the_page_asks_nothing_about_words_that_are_refused(desk: Desk) -> None:
    await submitted(desk)
    code, page, _ = await write(desk, woorden=f"- Bel {PERSON}.")
    assert code == 422
    assert texts.OWN_REFUSALS["person"] in page
    assert "Ja, haal terug en sla op" not in page
    assert (await desk.rows(Briefing))[-1].status is SUBMITTED


async def test_a_concept_is_worded_without_a_question(desk: Desk) -> None:
    await with_fact(desk)
    code, _, went = await write(desk)
    assert (code, went.endswith("own_words_written")) == (303, True)
