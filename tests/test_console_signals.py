"""Signals at the desk: who reads a note stands in the journal, and nothing shows it unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from contacts.directory import Domain, Organisation
from contacts.journal import JournalEntry
from contacts.records import Database
from signals.rows import Setting, Signal, SignalKind
from tests.console_desk import Desk, a_desk
from tests.console_world import press

NOTE = "De groep praat over niets anders."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def a_signal(desk: Desk, now: datetime, **values: Any) -> int:
    async with desk.world.db.begin() as session:
        school = await session.get_one(Organisation, desk.world.organisation_id)
        base: dict[str, Any] = {
            "event_id": desk.number, "organisation_id": school.id or 0,
            "domain": Domain.EDUCATION, "received_at": now, "district": "stad",
            "setting": Setting.CLASSROOM, "kinds": [SignalKind.RUMOUR.value], "severity": 2,
            "note_sealed": desk.world.sealer.seal(NOTE), "read_due_at": now,
            "answer_due_at": now, "reply_handle": desk.world.sealer.seal("telegram:4242"),
        }  # fmt: skip
        signal = Signal(**(base | values))
        session.add(signal)
        await session.flush()
        assert signal.id is not None
        return signal.id


async def looks(desk: Desk, number: int) -> int:
    async with desk.world.db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(
                col(JournalEntry.action) == "signal_looked_at",
                col(JournalEntry.subject) == f"signal:{number}",
            )
        )
        return len(found.all())


async def test_a_note_is_shown_only_after_a_look_that_is_journalled(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    before = (await desk.web.get(f"/signaal/{number}")).text
    assert NOTE not in before
    assert "Toelichting lezen" in before
    assert await looks(desk, number) == 0
    await press(desk.web, desk.world.sealer, f"/signaal/{number}/bekijken")
    assert NOTE in (await desk.web.get(f"/signaal/{number}")).text
    assert await looks(desk, number) == 1


async def test_a_look_at_one_signal_opens_no_other(desk: Desk, now: datetime) -> None:
    one, other = await a_signal(desk, now), await a_signal(desk, now)
    await press(desk.web, desk.world.sealer, f"/signaal/{one}/bekijken")
    assert NOTE not in (await desk.web.get(f"/signaal/{other}")).text


async def test_a_new_signal_stands_on_the_first_page_until_somebody_reads_it(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    assert "1 nieuw signaal" in (await desk.web.get("/")).text
    await press(desk.web, desk.world.sealer, f"/signaal/{number}/bekijken")
    assert "1 nieuw signaal" not in (await desk.web.get("/")).text
