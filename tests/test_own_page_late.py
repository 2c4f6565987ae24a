"""Who presses twice on the own page, or on something that is gone, reads what is the matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy.exc import NoResultFound

from bot.console import list_check
from contacts.directory import LinkPurpose, Person
from contacts.links import mint_person_link
from contacts.records import Database, IllegalMove, StaleMove
from tests.console_world import SAME_SITE, World, a_world

#: a form without any field
EMPTY = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (StaleMove("somebody was first"), 409, "Dit kan niet meer"),
        (IllegalMove("it is over"), 409, "Dit kan niet meer"),
        (LookupError("gone"), 404, "Deze pagina is er niet"),
        (NoResultFound("gone"), 404, "Deze pagina is er niet"),
        (OverflowError("too far"), 400, "Dit kan zo niet"),
    ],
)
async def test_an_act_that_is_too_late_says_so_and_keeps_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    async def half_done(session: object, person: Person, *, now: datetime) -> None:
        person.name = "Half gedaan"
        raise error

    monkeypatch.setattr(list_check, "say_right", half_done)
    async with world.db.begin() as session:
        token = await mint_person_link(session, world.staff_id, LinkPurpose.OWN_PAGE, now=world.now)
    answer = await world.web.post(f"/p/{token}/klopt", headers=SAME_SITE | EMPTY)
    assert (answer.status_code, words in answer.text) == (status, True)
    async with world.db.read() as session:
        assert (await session.get_one(Person, world.staff_id)).name == "Coördinator"
