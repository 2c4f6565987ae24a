"""*Alsnog* says after a restore that it may be a repeat, and waits for a correction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.backup.aftercare import stop_after_restore
from bot.chat.coordinator import texts
from bot.chat.coordinator.missed_flow import LOOK
from contacts.journal import OPERATOR, write_journal
from contacts.outbox import Delivery
from contacts.records import Database
from contacts.restored import STORE_RESTORED
from tests.console_desk import Desk, a_desk
from tests.test_late_chat import looked, opened, phone_of, somebody
from tests.test_late_newest import seen_of


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    """A text went out; Anna had no address then, and has one now."""
    async with a_desk(db, now) as started:
        anna = await somebody(started, "Anna")
        await started.fact()
        await started.send(1)
        await opened(started, anna)
        yield started


async def put_back(desk: Desk, at: datetime) -> None:
    """As the journal says it; who is at the desk is not signed out."""
    async with desk.world.db.begin() as session:
        write_journal(session, who=OPERATOR, action=STORE_RESTORED, subject="store", now=at)


async def to_anna(desk: Desk) -> list[bool]:
    """Of what goes to her whether it says that it is a repeat."""
    return [one.is_repeat for one in await desk.rows(Delivery) if "nu" in one.address]


async def test_what_goes_after_a_restore_to_who_seems_to_have_missed_it_says_that_it_is_a_repeat(
    desk: Desk,
) -> None:
    async with desk.world.db.begin() as session:
        saved = desk.world.now - timedelta(minutes=1)
        await stop_after_restore(session, taken_at=saved, now=desk.world.now)
    chat = await looked(desk)
    assert "er staat (herhaling) boven" in await chat.text()
    await chat.press("Stuur alsnog aan 1")
    assert await to_anna(desk) == [True]


@pytest.mark.parametrize("is_since", [True, False])
async def test_the_desk_says_so_only_of_a_text_that_went_out_before_the_restore(
    desk: Desk, is_since: bool
) -> None:
    await put_back(desk, desk.world.now + timedelta(minutes=1 if is_since else -1))
    page = await desk.page("ontvangers?groep=alsnog")
    assert ("is een back-up teruggezet" in page) is is_since
    assert ("Zij kregen versie 1 zeker niet" in page) is not is_since
    seen = await seen_of(desk, 1)
    assert (await desk.press("alsnog", versie=1, gezien=seen)).status_code == 303
    assert await to_anna(desk) == [is_since]


async def test_a_text_that_is_being_corrected_goes_to_nobody_until_that_is_withdrawn(
    desk: Desk,
) -> None:
    chat = await looked(desk)
    seen = await seen_of(desk, 1)
    begun = await desk.press("correctie", feit="alles", onderwerp="een telefoonnummer")
    assert begun.status_code == 303
    await chat.press("Stuur alsnog aan 1")
    assert chat.toast == texts.CORRECTED_LATE
    await desk.press("alsnog", versie=1, gezien=seen)
    assert await to_anna(desk) == []
    other = phone_of(desk)
    await other.tap(f"rcpt:{desk.number}", message=0)
    assert [one for one in await other.labels() if "Alsnog" in one] == []
    page = await desk.page("ontvangers?groep=alsnog&versie=1")
    assert "Versie 1 wordt rechtgezet of ingetrokken" in page
    assert (await desk.press("intrekken", versie=2)).status_code == 303
    await other.tap(f"{LOOK}:{desk.number}:1", message=0)
    await other.press("Stuur alsnog aan 1")
    assert await to_anna(desk) == [False]
