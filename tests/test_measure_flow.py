"""A measure on the phone holds for the readers that were ticked, and for nobody else."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.chat.coordinator import texts
from bot.chat.coordinator.measures_flow import readers_of
from bot.chat.texts import OLD_BUTTON
from briefings.rows import BriefingText, Fact, FactKind
from contacts.directory import Audience
from contacts.records import Database
from tests.coordinating import a_running_event, say, tap
from tests.partner_world import Chat, a_coordinator

ANSWERS = ("De straat is dicht.", "alle verkeer", "Presikhaaf", "nu tot 21.00 uur", "burgemeester")


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def asked(phone: Chat) -> int:
    event_id = await a_running_event(phone)
    await tap(phone, f"fmea:{event_id}")
    for answer in ANSWERS:
        await say(phone, answer)
    return event_id


async def measure_of(phone: Chat) -> Fact:
    [fact] = [one for one in await phone.all(Fact) if one.kind is FactKind.MEASURE]
    return fact


async def test_a_measure_holds_for_who_was_ticked(phone: Chat) -> None:
    await asked(phone)
    await phone.press(texts.APPLIES_SOME)
    assert texts.DONE not in await phone.labels()
    await phone.press("Ouders")
    await phone.press("Docent PO")
    await phone.press("Docent PO")
    assert texts.READER_ON.format(name="Ouders") in await phone.labels()
    await phone.press("Schoolleiding")
    await phone.press(texts.DONE)
    fact = await measure_of(phone)
    assert (fact.measure or {})["audiences"] == ["schoolleiding", "ouders"]
    said = {row.audience: row.html for row in await phone.all(BriefingText)}
    for audience, html in said.items():
        wanted = "ja" if audience in {Audience.SCHOOL_LEADER, Audience.PARENTS} else "nee"
        assert f"Geldt voor u: {wanted}." in html, audience


@pytest.mark.parametrize(
    ("label", "applies"), [(texts.APPLIES_YES, "ja"), (texts.APPLIES_NO, "nee")]
)
async def test_one_tap_is_enough_for_everybody_or_nobody(
    phone: Chat, label: str, applies: str
) -> None:
    await asked(phone)
    await phone.press(label)
    measure = (await measure_of(phone)).measure or {}
    assert (measure["applies"], "audiences" in measure) == (applies, False)


async def test_everybody_ticked_one_by_one_is_everybody(phone: Chat) -> None:
    await asked(phone)
    await phone.press(texts.APPLIES_SOME)
    for audience in Audience:
        await phone.press(texts.AUDIENCES[audience])
    await phone.press(texts.DONE)
    assert "audiences" not in ((await measure_of(phone)).measure or {})


async def test_a_list_without_a_tick_cannot_be_sent(phone: Chat) -> None:
    event_id = await asked(phone)
    await phone.press(texts.APPLIES_SOME)
    mark = next(b.data for b in await phone.buttons() if b.data and "fmwho" in b.data)
    await tap(phone, f"fmdn:{event_id}:0:{(mark or '').rpartition(':')[2]}")
    assert phone.toast == OLD_BUTTON
    assert not [one for one in await phone.all(Fact) if one.kind is FactKind.MEASURE]


def test_ticks_name_the_readers_in_order() -> None:
    assert readers_of(0) == []
    assert readers_of(2 ** len(Audience) - 1) == [audience.value for audience in Audience]
