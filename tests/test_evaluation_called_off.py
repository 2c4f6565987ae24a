"""After calling off, the evaluation speaks of what went, and says what did not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from briefings.rows import Briefing
from contacts.directory import ChannelKind, Person
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from tests.console_desk import Desk, a_desk


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def the_teacher_has_it(desk: Desk, *, waits_for: str = "") -> None:
    """The one reader of the first text; ``waits_for``: an address that waits for the same text."""
    async with desk.world.db.begin() as session:
        found = await session.exec(
            select(Delivery, Person)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .join(Briefing, col(Briefing.id) == col(Message.briefing_id))
            .join(Person, col(Person.id) == col(Delivery.person_id))
            .where(Briefing.event_id == desk.number)
        )
        [(sent, teacher)] = found.all()
        sent.status, sent.done_at = DeliveryStatus.SENT, desk.world.now
        if waits_for:
            session.add(
                Delivery(
                    message_id=sent.message_id, organisation_id=teacher.organisation_id,
                    kind=ChannelKind.EMAIL, address=waits_for, not_before=desk.world.now,
                    planned_at=desk.world.now,
                )
            )  # fmt: skip


async def called_off(desk: Desk, version: int) -> None:
    for act in ("stoppen", "afzeggen"):
        assert (await desk.press(act, versie=version)).status_code == 303


async def test_a_text_that_was_called_off_before_anybody_had_it_is_not_told_as_sent(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    await called_off(desk, 1)
    page = await desk.page("evaluatie")
    assert "wat klaarstond, is afgezegd voordat iemand het had" in page
    assert "Teksten verzonden" not in page
    assert "Verzenden begonnen" in page


async def test_an_update_that_nobody_got_does_not_count_beside_what_was_sent(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await the_teacher_has_it(desk)
    await desk.press("nieuwe-versie", soort="update")
    await desk.fact("De weg is weer vrij.")
    await desk.send(2)
    assert "<b>2</b> versies," in await desk.page("evaluatie")
    await called_off(desk, 2)
    page = await desk.page("evaluatie")
    assert "<b>1</b> versie," in page
    assert "1 versie is afgezegd voordat iemand haar had, en telt hier niet mee." in page
    assert "Onderwijs: 1 van 1 bereikt" in page
    figures = await desk.web.get(f"/gebeurtenis/{desk.number}/evaluatie/csv")
    assert "teksten;versies verstuurd;1;" in figures.text
    assert "teksten;versies afgezegd, niemand kreeg ze;1;" in figures.text


async def test_where_only_the_rest_was_called_off_the_text_counts_and_the_page_says_so(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    await the_teacher_has_it(desk, waits_for="collega@school.example")
    assert "afgezegd" not in await desk.page("evaluatie")
    await called_off(desk, 1)
    page = await desk.page("evaluatie")
    assert "Bij 1 versie ging de rest niet meer uit, want die is afgezegd." in page
    assert "<b>1</b> versie," in page
