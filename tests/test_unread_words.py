"""Nobody hands in, withdraws or judges words at the desk that they did not read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from briefings.rows import Briefing
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk
from tests.console_world import client_of, contents, hidden_in, press


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_a_remark_never_lands_on_words_that_were_not_read(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    act = f"/gebeurtenis/{desk.number}/terugsturen"
    read = await hidden_in(desk.web, act, "verzenden")
    await desk.fact("De school is morgen gewoon open.")
    assert (await desk.press("indienen", versie=1)).status_code == 303
    late = await press(desk.web, desk.world.sealer, act, opmerking="Korter.", **read)
    assert late.status_code == 409
    assert all(briefing.sent_back_reason is None for briefing in await desk.rows(Briefing))


async def own_words(desk: Desk) -> None:
    """Of a colleague, a minute later: the version and its facts keep their numbers."""
    later = desk.world.now + timedelta(minutes=1)
    act = f"/gebeurtenis/{desk.number}/teksten/schrijven"
    async with client_of(
        desk.world.db, desk.world.sealer, later, cookies=dict(desk.web.cookies)
    ) as colleague:
        fields = await hidden_in(colleague, act, "schrijven?tekst=ouders")
        written = await press(
            colleague, desk.world.sealer, act, **{**fields, "woorden": "Rustig aan."}
        )
    assert written.status_code == 303


async def another_fact(desk: Desk) -> None:
    await desk.fact("De school is morgen gewoon open.")


@pytest.mark.parametrize("edit", [own_words, another_fact])
@pytest.mark.parametrize("act", ["indienen", "intrekken"])
async def test_nobody_hands_in_or_withdraws_words_that_they_did_not_read(
    desk: Desk, act: str, edit: Callable[[Desk], Awaitable[None]]
) -> None:
    await desk.fact()
    read = await hidden_in(desk.web, f"/gebeurtenis/{desk.number}/{act}", "teksten")
    await edit(desk)
    before = await contents(desk.world.db)
    assert (await desk.press(act, **read)).status_code == 409
    assert await contents(desk.world.db) == before


async def test_who_is_asked_whether_they_are_sure_hands_in_what_was_there(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).severity = 4
    asked = await desk.press("indienen", versie=1)
    assert "Toch indienen?" in asked.text
    [stamp] = set(re.findall(r'name="gezien" value="([^"]*)"', asked.text))
    await desk.press("volgende-update", tijd="23.15")
    assert (await desk.press("indienen", versie="1", zeker="ja", gezien=stamp)).status_code == 409
