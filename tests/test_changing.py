"""What was decided about a running event is decided anew, and every open text follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from bot.chat.coordinator.texts import REFUSALS
from briefings.moments import clock
from briefings.rows import Briefing, BriefingStatus, BriefingText, FactBlock
from contacts.journal import JournalEntry
from contacts.records import Database
from feeds.lexicon import load_lexicon
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.console_world import hidden_in, press


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def change(desk: Desk, **fields: str) -> httpx.Response:
    act = f"/gebeurtenis/{desk.number}/wijzigen"
    asked = {
        "soort": "algemeen", "ernst": "3", "leiding": "gemeente", "plaats": "Presikhaaf",
        "tijd": "", **await hidden_in(desk.web, act, ""), **fields,
    }  # fmt: skip
    return await press(desk.web, desk.world.sealer, act, **asked)


async def the_event(desk: Desk) -> Event:
    async with desk.world.db.read() as session:
        return await session.get_one(Event, desk.number)


def another_kind() -> str:
    return next(key for key in load_lexicon().event_types if key != "algemeen")


async def test_another_kind_and_weight_write_the_texts_anew_and_void_what_was_handed_in(
    desk: Desk,
) -> None:
    await desk.fact()
    before = {text.template for text in await desk.rows(BriefingText)}
    assert (await desk.press("indienen", versie=1)).status_code == 303
    assert (await change(desk, soort=another_kind(), ernst="4", tijd="20.30")).status_code == 303
    event = await the_event(desk)
    assert (event.type, event.severity) == (another_kind(), 4)
    assert event.send_before is not None
    [briefing] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert briefing.status is BriefingStatus.DRAFT
    assert {text.template for text in await desk.rows(BriefingText)} != before
    [line] = [e for e in await desk.rows(JournalEntry) if e.action == "event_changed"]
    assert (line.detail["from_severity"], line.detail["to_severity"]) == (3, 4)
    assert line.actor == f"person:{desk.world.staff_id}"


async def test_a_higher_weight_asks_for_four_eyes_from_then_on(desk: Desk) -> None:
    await desk.fact()
    await change(desk, ernst="4")
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = (await desk.rows(Briefing))[-1].content_hash
    refused = await desk.press("goedkeuren", gelezen=bound)
    assert refused.status_code == 422


async def test_the_machines_own_title_follows_the_place_and_a_persons_stays(desk: Desk) -> None:
    await change(desk, plaats="Malburgen")
    [block] = await desk.rows(FactBlock)
    assert "Malburgen" in block.neutral_title
    assert all("Presikhaaf" not in one.html for one in await desk.rows(BriefingText))
    await desk.press(
        "kader", versie=block.version, neutral_title="Onrust rond een plein", local_tie="",
        meaning="", meaning_speaker="",
    )  # fmt: skip
    await change(desk, plaats="Klarendal")
    [block] = await desk.rows(FactBlock)
    assert block.neutral_title == "Onrust rond een plein"


async def test_who_took_the_weight_off_is_not_the_one_who_lets_it_go(desk: Desk) -> None:
    await desk.fact()
    await change(desk, ernst="4")
    await change(desk, ernst="2")
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = (await desk.rows(Briefing))[-1].content_hash
    refused = await desk.press("goedkeuren", gelezen=bound)
    assert (refused.status_code, REFUSALS["lowered_by_you"] in refused.text) == (422, True)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        assert event.lowered_from == 4
        # Somebody else looked at it again: then one pair of eyes is enough.
        event.lowered_by = 10_000
    assert (await desk.press("goedkeuren", gelezen=bound)).status_code == 303


async def test_weight_that_is_put_back_leaves_nobody_who_took_it_off(desk: Desk) -> None:
    for weight in ("5", "4"):
        await change(desk, ernst=weight)
    assert (await the_event(desk)).lowered_by is None
    for weight in ("3", "2", "3"):
        await change(desk, ernst=weight)
    event = await the_event(desk)
    assert (event.lowered_from, event.lowered_by) == (4, desk.world.staff_id)
    await change(desk, ernst="4")
    event = await the_event(desk)
    assert (event.lowered_from, event.lowered_by) == (None, None)


async def test_a_text_that_waits_for_its_moment_is_void_when_the_event_weighs_more(
    desk: Desk,
) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = (await desk.rows(Briefing))[-1].content_hash
    at = clock(desk.world.now + timedelta(hours=2))
    assert (await desk.press("goedkeuren", gelezen=bound, tijd=at)).status_code == 303
    await change(desk, ernst="5")
    first, draft = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    assert (first.status, draft.status) == (BriefingStatus.WITHDRAWN, BriefingStatus.DRAFT)
    assert [text for text in await desk.rows(BriefingText) if text.briefing_id == draft.id]


@pytest.mark.parametrize(
    ("field", "value"),
    [("plaats", "bij Dennis Bakkerstra thuis"), ("tijd", "straks"), ("soort", "zomaar"),
     ("ernst", "9"), ("leiding", "zomaar")],
)  # fmt: skip
async def test_what_cannot_be_kept_changes_nothing(desk: Desk, field: str, value: str) -> None:
    before = await the_event(desk)
    answer = await change(desk, **{field: value})
    assert answer.status_code in (303, 400)
    after = await the_event(desk)
    assert (after.type, after.severity, after.lead_agency, after.place) == (
        before.type, before.severity, before.lead_agency, before.place,
    )  # fmt: skip
    assert after.send_before == before.send_before
    assert not [e for e in await desk.rows(JournalEntry) if e.action == "event_changed"]


async def test_an_event_that_is_closed_is_not_changed(desk: Desk) -> None:
    fields = await hidden_in(desk.web, f"/gebeurtenis/{desk.number}/wijzigen", "")
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).status = EventStatus.CLOSED
    assert "kaart-wijzigen" not in await desk.page("")
    assert (await change(desk, ernst="4", **fields)).status_code == 409
