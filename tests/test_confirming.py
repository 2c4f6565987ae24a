"""What was not confirmed is so now; what was decided is decided anew: at the desk, by phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape

import pytest

from bot.chat.coordinator import texts
from bot.chat.shown import shown_form
from bot.evening.texts import LOWERED
from briefings.rows import BriefingText, Fact, FactBlock, FactKind
from contacts.journal import JournalEntry
from contacts.outbox import Delivery
from contacts.records import Database
from feeds.rows import Event, LeadAgency
from tests.console_desk import Desk, a_desk
from tests.coordinating import a_running_event, say, tap
from tests.partner_world import Chat, a_coordinator

LINE = "Er is een school ontruimd aan de Testlaan."
WORDS = "We houden de school vanavond gesloten."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def button(phone: Chat, label: str) -> str:
    [found] = [one.data for one in await phone.buttons() if one.text == label]
    assert found is not None
    return found


async def open_claim(phone: Chat) -> int:
    """An event with one sentence that is not confirmed yet."""
    event_id = await a_running_event(phone)
    await tap(phone, f"fadd:{event_id}")
    await say(phone, LINE)
    await say(phone, "De Gelderlander 17.47")
    return event_id


async def standing(where: Desk | Chat) -> list[tuple[FactKind, str, str]]:
    """What the block holds, without the questions that every event opens with."""
    rows = await (where.rows(Fact) if isinstance(where, Desk) else where.all(Fact))
    return [
        (fact.kind, fact.text, fact.source_name)
        for fact in rows
        if fact.withdrawn_at is None and fact.kind is not FactKind.UNKNOWN
    ]


async def claim(desk: Desk) -> Fact:
    await desk.press("feiten", soort="nog_niet_bevestigd", tekst=LINE, bron="De Gelderlander")
    [fact] = [one for one in await desk.rows(Fact) if one.kind is FactKind.UNCONFIRMED]
    return fact


async def test_one_act_at_the_desk_makes_a_claim_a_fact_with_its_new_source(desk: Desk) -> None:
    fact = await claim(desk)
    answer = await desk.press("feiten/bevestigd", feit=fact.id, bron="politie")
    assert answer.status_code == 303
    assert await standing(desk) == [(FactKind.CONFIRMED, LINE, "politie")]
    written = [one.plain for one in await desk.rows(BriefingText)]
    assert written
    assert all("De Gelderlander" not in text for text in written)
    assert any("politie" in text and LINE in text for text in written)


async def test_a_single_newsroom_confirms_nothing_and_the_claim_stays(desk: Desk) -> None:
    fact = await claim(desk)
    answer = await desk.press("feiten/bevestigd", feit=fact.id, bron="Omroep Gelderland")
    assert answer.status_code == 422
    assert texts.REFUSALS["needs_official_source"] in answer.text
    assert 'value="Omroep Gelderland"' in answer.text
    assert await standing(desk) == [(FactKind.UNCONFIRMED, LINE, "De Gelderlander")]


async def test_a_fact_without_a_good_source_is_kept_and_says_what_to_do_next(
    desk: Desk,
) -> None:
    [block] = [one for one in await desk.rows(FactBlock) if one.event_id == desk.number]
    answer = await desk.press(
        "feiten", soort="bevestigd", tekst=LINE, bron="Omroep Gelderland", versie=block.version
    )
    assert answer.status_code == 303
    assert await standing(desk) == [(FactKind.UNCONFIRMED, LINE, "Omroep Gelderland")]
    page = unescape((await desk.web.get(answer.headers["location"])).text)
    assert "Kies dan 'Nu bevestigd'" in page
    assert LOWERED in page


async def test_on_the_phone_such_a_fact_says_the_same(phone: Chat) -> None:
    await open_claim(phone)
    async with phone.db.read() as session:
        forms = [await shown_form(session, one.id or 0) for one in await phone.all(Delivery)]
    assert LOWERED in [form.text for form in forms if form is not None]


async def test_a_claim_that_somebody_removed_meanwhile_is_not_confirmed(desk: Desk) -> None:
    fact = await claim(desk)
    await desk.press("feiten/weg", feit=fact.id)
    answer = await desk.press("feiten/bevestigd", feit=fact.id, bron="politie")
    assert answer.status_code == 409
    assert await standing(desk) == []


async def test_confirming_on_the_phone_takes_three_taps(phone: Chat) -> None:
    event_id = await open_claim(phone)
    assert await standing(phone) == [(FactKind.UNCONFIRMED, LINE, "De Gelderlander")]
    await tap(phone, f"facts:{event_id}")
    await tap(phone, await button(phone, texts.NOW_CONFIRMED))
    await tap(phone, await button(phone, texts.cut_short(LINE)))
    await tap(phone, await button(phone, "politie"))
    assert await standing(phone) == [(FactKind.CONFIRMED, LINE, "politie")]
    assert "✔ " + LINE in await phone.text()


async def test_two_newsrooms_typed_with_a_time_confirm_on_the_phone(phone: Chat) -> None:
    event_id = await open_claim(phone)
    await tap(phone, f"fcon:{event_id}")
    await tap(phone, await button(phone, texts.cut_short(LINE)))
    await say(phone, "NOS en De Gelderlander 18.05")
    assert await standing(phone) == [(FactKind.CONFIRMED, LINE, "NOS en De Gelderlander")]


async def test_a_source_for_a_claim_that_is_gone_is_answered_and_keeps_nothing(
    phone: Chat,
) -> None:
    event_id = await open_claim(phone)
    await tap(phone, f"fcon:{event_id}")
    await tap(phone, await button(phone, texts.cut_short(LINE)))
    late = await button(phone, "politie")
    [fact] = [one for one in await phone.all(Fact) if one.kind is FactKind.UNCONFIRMED]
    await tap(phone, f"fdel2:{event_id}:{fact.id}")
    await tap(phone, late)
    assert texts.OLD_CHOICE in await phone.text()
    assert await standing(phone) == []


async def test_what_is_officially_denied_is_a_fact_too_on_the_phone(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    await tap(phone, f"facts:{event_id}")
    await tap(phone, await button(phone, texts.ADD_DENIED))
    await say(phone, "Er is geen school ontruimd.")
    await tap(phone, await button(phone, "gemeente"))
    assert await standing(phone) == [(FactKind.DENIED, "Er is geen school ontruimd.", "gemeente")]


async def test_title_tie_and_public_words_are_filled_in_on_the_phone(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    for part, lines in {
        "titel": ["Ontruiming van een school"],
        "band": ["De school staat in Presikhaaf."],
        "woorden": [WORDS, "de burgemeester"],
    }.items():
        await tap(phone, f"faro2:{event_id}:{part}")
        for line in lines:
            await say(phone, line)
    [block] = await phone.all(FactBlock)
    assert (block.neutral_title, block.local_tie, block.meaning, block.meaning_speaker) == (
        "Ontruiming van een school", "De school staat in Presikhaaf.", WORDS, "de burgemeester",
    )  # fmt: skip
    await tap(phone, f"faro3:{event_id}:woorden")
    [block] = await phone.all(FactBlock)
    assert (block.meaning, block.local_tie) == (None, "De school staat in Presikhaaf.")


async def test_public_words_without_who_said_them_are_never_kept(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    await tap(phone, f"faro2:{event_id}:woorden")
    await say(phone, WORDS)
    [block] = await phone.all(FactBlock)
    assert block.meaning is None


async def test_what_was_decided_is_decided_anew_on_the_phone(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    for part, label in {"severity": "2", "lead": "veiligheidsregio", "type": "Rellen"}.items():
        await tap(phone, f"echg2:{event_id}:{part}")
        [chosen] = [one for one in await phone.buttons() if one.text.startswith(label)][:1]
        await tap(phone, chosen.data or "")
    await tap(phone, f"echg2:{event_id}:place")
    await say(phone, "Presikhaaf")
    [event] = await phone.all(Event)
    assert (event.severity, event.lead_agency, event.place) == (
        2, LeadAgency.SAFETY_REGION, "Presikhaaf",
    )  # fmt: skip
    changes = [one for one in await phone.all(JournalEntry) if one.action == "event_changed"]
    assert len(changes) >= 3


async def test_a_choice_made_on_top_of_somebody_elses_changes_nothing(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    await tap(phone, f"echg2:{event_id}:severity")
    mine = await button(phone, "2")
    theirs = await button(phone, "5")
    await tap(phone, theirs)
    await tap(phone, mine)
    [event] = await phone.all(Event)
    assert event.severity == 5
    assert texts.CHANGED_MEANWHILE in await phone.text()


@pytest.mark.parametrize("wire", ["echg3:{0}:severity:9:{1}", "echg2:{0}:bestaat-niet"])
async def test_a_forged_choice_is_refused(phone: Chat, wire: str) -> None:
    event_id = await a_running_event(phone)
    await tap(phone, f"echg2:{event_id}:severity")
    stamp = (await button(phone, "2")).rpartition(":")[2]
    await tap(phone, wire.format(event_id, stamp))
    assert phone.toast
    [event] = await phone.all(Event)
    assert event.severity != 9
