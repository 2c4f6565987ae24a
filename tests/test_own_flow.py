"""Own words for one text, at the desk and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.chat.coordinator import texts
from bot.chat.texts import OLD_BUTTON
from briefings.drafting import current_briefing
from briefings.own_words import passages
from briefings.rows import BriefingStatus, BriefingText, OwnWording
from contacts.directory import Audience
from contacts.outbox import Message
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.coordinating import a_running_event, say, tap
from tests.partner_world import Chat, a_coordinator

RULES = "Liever niet"
#: the event on the phone has no confirmed fact yet: its texts are short ones
HELP = "Wat kunt u doen"
MINE = "- Laat de telefoons in de tas."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def stamp(desk: Desk) -> str:
    page = await desk.page("teksten/schrijven?tekst=ouders")
    return page.partition('name="gezien" value="')[2].partition('"')[0]


async def write(desk: Desk, words: str = MINE, **more: str) -> str:
    fields = {"gezien": await stamp(desk), "tekst": "ouders", "plek": RULES, "woorden": words}
    answer = await desk.press("teksten/schrijven", **(fields | more))
    assert answer.status_code in {303, 422}, answer.text
    return answer.text


async def parents(desk: Desk) -> BriefingText:
    rows: list[BriefingText] = await desk.rows(BriefingText)
    return next(row for row in reversed(rows) if row.audience is Audience.PARENTS)


async def test_a_part_is_written_and_read_in_every_form(desk: Desk) -> None:
    await desk.fact()
    await write(desk)
    page = await desk.page("teksten/schrijven?tekst=ouders")
    assert "eigen woorden</span>" in page
    assert "<ins>Laat</ins>" in page
    shown = await desk.page("teksten")
    mail = await desk.page("teksten/mail?tekst=ouders")
    for form in (shown, mail):
        assert "Laat de telefoons in de tas." in form


async def test_what_is_about_a_person_is_refused_and_stays_in_the_box_only(desk: Desk) -> None:
    await desk.fact()
    page = await write(desk, "- Bel met Karel Jansen.")
    assert texts.OWN_REFUSALS["person"] in page
    assert await desk.rows(OwnWording) == []


async def test_changed_facts_ask_at_the_desk_and_the_answer_stays(desk: Desk) -> None:
    await desk.fact()
    await write(desk, "- Er is onderzoek. (politie, 18.00 uur)", plek="Wat weten we zeker")
    await desk.fact("De straat is weer open.")
    page = await desk.page("teksten/schrijven?tekst=ouders")
    assert "Kies eerst." in page
    refused = await desk.press("indienen", versie=1)
    assert refused.status_code == 422
    assert "Kies welke geldt" in refused.text
    await write(
        desk, "- Er is onderzoek. (politie, 18.00 uur)", plek="Wat weten we zeker", keuze="houden"
    )
    assert "Kies eerst." not in await desk.page("teksten/schrijven?tekst=ouders")
    assert "<li>Er is onderzoek. <cite>" in (await parents(desk)).html


async def test_back_to_the_standard_text(desk: Desk) -> None:
    await desk.fact()
    before = (await parents(desk)).html
    await write(desk)
    await write(desk, MINE, keuze="standaard")
    assert (await parents(desk)).html == before
    assert await desk.rows(OwnWording) == []


async def parts_on(phone: Chat) -> int:
    event_id = await a_running_event(phone)
    await tap(phone, f"text:1:{list(Audience).index(Audience.PARENTS)}")
    await phone.press(texts.OWN)
    return event_id


async def on_phone(phone: Chat) -> BriefingText:
    rows: list[BriefingText] = await phone.all(BriefingText)
    return next(row for row in rows if row.audience is Audience.PARENTS)


async def test_a_part_is_written_on_a_phone(phone: Chat) -> None:
    await parts_on(phone)
    places = [p.place for p in passages((await on_phone(phone)).html, "")][:-1]
    assert [label for label in await phone.labels() if label in places] == places
    await phone.press(HELP)
    assert "Stuur de nieuwe tekst" in await phone.text()
    await say(phone, MINE)
    assert "opgeslagen" in await phone.text()
    assert "Laat de telefoons in de tas." in (await on_phone(phone)).html
    await phone.press(texts.OWN_READ)
    await phone.press(texts.OWN)
    assert f"{texts.OWN_MARK}{HELP}" in await phone.labels()
    await phone.press(HELP)
    await phone.press(texts.OWN_DROP)
    assert "Laat de telefoons" not in (await on_phone(phone)).html


async def test_a_name_sent_from_a_phone_is_refused(phone: Chat) -> None:
    await parts_on(phone)
    await phone.press(HELP)
    await say(phone, "- Bel met Karel Jansen.")
    assert texts.OWN_REFUSALS["person"] in await phone.text()
    assert await phone.all(OwnWording) == []


async def test_a_button_from_before_an_edit_is_old(phone: Chat) -> None:
    event_id = await parts_on(phone)
    old = next(b.data for b in await phone.buttons() if b.text == HELP)
    phone.now += timedelta(minutes=1)
    await tap(phone, f"fadd:{event_id}")
    await say(phone, "De straat is dicht.")
    await tap(phone, (await phone.buttons())[0].data or "")
    await tap(phone, old or "")
    assert phone.toast == OLD_BUTTON


async def test_words_for_an_older_text_are_not_put_in_the_newer(phone: Chat) -> None:
    await parts_on(phone)
    await phone.press(HELP)
    async with phone.db.begin() as session:
        briefing = await current_briefing(session, 1)
        assert briefing is not None
        briefing.edited_at += timedelta(seconds=9)
    await say(phone, MINE)
    assert texts.OLD_VERSION in await phone.text()
    assert await phone.all(OwnWording) == []


async def told(phone: Chat) -> str:
    """Everything that this phone got, in one piece."""
    return "\n".join(str(message.content) for message in await phone.all(Message))


async def test_a_concept_says_that_it_is_not_approved_yet(phone: Chat) -> None:
    """Its last line already reads as it goes out: that somebody approved it."""
    event_id = await a_running_event(phone)
    await tap(phone, f"text:1:{list(Audience).index(Audience.PARENTS)}")
    shown = await told(phone)
    assert "Deze tekst is nog niet goedgekeurd" in shown
    assert "%%" not in shown
    async with phone.db.begin() as session:
        briefing = await current_briefing(session, event_id)
        assert briefing is not None
        briefing.status = BriefingStatus.DISTRIBUTED
    before = await told(phone)
    await tap(phone, f"text:1:{list(Audience).index(Audience.PARENTS)}")
    assert "Deze tekst is nog niet goedgekeurd" not in (await told(phone)).removeprefix(before)


async def test_a_remark_that_is_typed_without_its_button_hears_what_to_tap(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    await say(phone, "De tweede zin klopt niet.")
    assert "Terug met opmerking" not in await phone.text()
    async with phone.db.begin() as session:
        briefing = await current_briefing(session, event_id)
        assert briefing is not None
        briefing.status = BriefingStatus.SUBMITTED
    await say(phone, "De tweede zin klopt niet.")
    assert "Tik onder het verzoek op “Terug met opmerking”" in await phone.text()
    assert "Meer uitleg: /help\nEen opmerking bij teksten" in await phone.text()
