"""The list of names that are no person: kept at the desk, known to the filter at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.allowing import follow_names
from bot.console import allowing_texts as words
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import grant
from contacts.permissions import ALLOWED, Permission
from contacts.records import Database
from signals.allowed_names import WhyNot, add_name, remove_name, why_not
from signals.allowed_rows import AllowedName
from signals.person_filter import screen
from signals.settings import SignalSettings
from tests.console_desk import Desk, a_desk
from tests.console_world import press

PAGE = "/beheer/namen"
SHOP = "Zuvarella"
STOPPED = f"Gisteren heeft {SHOP} de deuren gesloten."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def send(desk: Desk, path: str, **fields: str) -> int:
    return (await press(desk.web, desk.world.sealer, path, **fields)).status_code


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Fatima", WhyNot.FIRST_NAME),
        ("fatima", WhyNot.FIRST_NAME),
        ("Storm", WhyNot.FIRST_NAME),
        ("Hoogeboom", WhyNot.SURNAME),
        ("De Boer", WhyNot.SURNAME),
        ("Jan de Vries", WhyNot.WHOLE_NAME),
        ("Mo El Amrani", WhyNot.WHOLE_NAME),
        ("06-12345678", WhyNot.NO_NAME),
        ("Bel 06-12345678", WhyNot.NO_NAME),
        ("info@school.nl", WhyNot.NO_NAME),
        ("Kastanjelaan 17", WhyNot.NO_NAME),
        ("van de", WhyNot.NO_NAME),
        ("x", WhyNot.LENGTH),
        ("x" * 81, WhyNot.LENGTH),
    ],
)
def test_what_would_excuse_a_person_is_refused_with_a_sentence(name: str, reason: WhyNot) -> None:
    assert why_not(name) is reason
    assert words.WHY_NOT[reason].format(name=name, longest=80).endswith(".")


@pytest.mark.parametrize(
    "name",
    [SHOP, "Café Fatima", "basisschool Jan Ligthart", "Jan Ligthartschool", "Het Mozaïek",
     "De Kijkuit", "moskee Al Fath", "Anne Frankplein", "VV Eldenia"],
)  # fmt: skip
def test_a_place_or_an_organisation_may_stand_there(name: str) -> None:
    assert why_not(name) is None


@settings(deadline=None)
@given(st.text(max_size=90))
def test_no_text_makes_it_fail(name: str) -> None:
    assert why_not(name) in {None, *WhyNot}


def test_a_name_with_what_it_is_excuses_nobody_who_is_called_so() -> None:
    allow = ["Café Fatima"]
    assert not screen("Bij café Fatima was het rustig.", allow).blocked
    assert screen("Fatima is boos.", allow).blocked


async def test_the_filter_goes_by_the_list_without_a_restart(db: Database, now: datetime) -> None:
    told = SignalSettings(allow=["Uit De Kluiten"])
    assert screen(STOPPED, told.allow).blocked
    async with db.begin() as session:
        assert await add_name(session, SHOP, told, who=SYSTEM, now=now) is None
    assert not screen(STOPPED, told.allow).blocked
    async with db.begin() as session:
        row = (await session.exec(select(AllowedName))).one()
        assert await remove_name(session, row.id or 0, told, who=SYSTEM, now=now)
    assert screen(STOPPED, told.allow).blocked
    assert told.allow == ["Uit De Kluiten"]


async def test_another_process_hears_of_it_within_a_turn(db: Database, now: datetime) -> None:
    here, there, stop = SignalSettings(), SignalSettings(), asyncio.Event()
    follower = asyncio.create_task(follow_names(db, there, stop, pace_s=0.01))
    async with db.begin() as session:
        await add_name(session, SHOP, here, who=SYSTEM, now=now)
    async with asyncio.timeout(30):
        while SHOP not in there.allow:  # noqa: ASYNC110 - as another process, which nobody wakes
            await asyncio.sleep(0.01)
    stop.set()
    await follower
    assert not screen(STOPPED, there.allow).blocked


async def test_the_filter_has_its_lists_before_anybody_writes_and_holds_up_nothing_meanwhile(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[threading.Thread] = []
    monkeypatch.setattr("bot.allowing.screen", lambda _: where.append(threading.current_thread()))
    stop = asyncio.Event()
    stop.set()
    await follow_names(db, SignalSettings(), stop)
    assert len(where) == 1
    assert where[0] is not threading.main_thread()


async def test_the_coordinator_adds_and_removes_at_the_desk_and_the_journal_says_who(
    desk: Desk,
) -> None:
    assert await send(desk, PAGE, naam=f"  {SHOP} ") == 303
    [row] = await desk.rows(AllowedName)
    assert row.name == SHOP
    assert SHOP in (await desk.web.get(PAGE)).text
    # From the next form on: a fact that names the shop is taken.
    fact = await desk.fact(f"{STOPPED} De politie onderzoekt het.")
    assert fact.status_code == 303
    assert await send(desk, f"{PAGE}/{row.id}/weg") == 303
    assert await desk.rows(AllowedName) == []
    lines = [one for one in await desk.rows(JournalEntry) if one.subject.startswith("allowed_name")]
    assert [one.action for one in lines] == ["name_allowed", "name_disallowed"]
    assert {one.actor for one in lines} == {f"person:{desk.world.staff_id}"}
    assert all(SHOP not in str(one.detail) for one in lines)


async def test_a_refused_name_stays_in_the_form_and_is_not_kept(desk: Desk) -> None:
    answer = await press(desk.web, desk.world.sealer, PAGE, naam="Fatima")
    assert answer.status_code == 422
    assert words.WHY_NOT[WhyNot.FIRST_NAME].format(name="Fatima") in answer.text
    assert 'value="Fatima"' in answer.text
    assert await desk.rows(AllowedName) == []


async def test_the_same_name_twice_is_said_and_a_name_that_is_gone_changes_nothing(
    desk: Desk,
) -> None:
    assert await send(desk, PAGE, naam=SHOP) == 303
    again = await press(desk.web, desk.world.sealer, PAGE, naam=SHOP.upper())
    assert (again.status_code, "staat al op de lijst" in again.text) == (422, True)
    [row] = await desk.rows(AllowedName)
    assert await send(desk, f"{PAGE}/{row.id}/weg") == 303
    assert await send(desk, f"{PAGE}/{row.id}/weg") == 404


async def test_only_a_coordinator_or_an_administrator_keeps_the_list(
    desk: Desk, db: Database, now: datetime
) -> None:
    assert ALLOWED[Permission.KEEP_NAMES] == {Role.COORDINATOR, Role.ADMIN}
    async with db.begin() as session:
        await grant(session, desk.world.staff_id, Role.ADMIN, who=SYSTEM, now=now)
    assert 'href="/beheer/namen"' in (await desk.web.get("/beheer")).text
    assert 'href="/beheer/namen"' in (await desk.web.get("/signalen")).text
