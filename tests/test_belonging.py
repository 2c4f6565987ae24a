"""An alert goes into what runs already from its own page at the desk, as on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape

import pytest

from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from tests.console_desk import Desk, a_desk
from tests.test_answered import edits, rung_beside

NAME = "Gebeurtenis Presikhaaf, 3 maart"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_of_an_alert_brings_it_to_what_runs(desk: Desk) -> None:
    alert = await rung_beside(desk.world)
    page = unescape((await desk.web.get(f"/gebeurtenis/{alert}")).text)
    assert f'<option value="{desk.number}">{NAME}</option>' in page
    done = await desk.world.press(f"/gebeurtenis/{alert}/hoort-bij", bij=desk.number)
    assert done.headers["location"].startswith(f"/gebeurtenis/{desk.number}?")
    gone = next(one for one in await desk.rows(Event) if one.id == alert)
    assert (gone.status, gone.merged_into_id) == (EventStatus.DISMISSED, desk.number)
    [content] = await edits(desk.world.db)
    assert content.telegram is not None
    assert NAME in content.telegram.text
    again = await desk.world.press(f"/gebeurtenis/{alert}/hoort-bij", bij=desk.number)
    assert again.status_code == 409
    assert "hoort bij een andere gebeurtenis, volgens Coördinator" in unescape(again.text)


async def test_an_alert_goes_to_nothing_that_does_not_run_or_is_of_another_world(
    desk: Desk,
) -> None:
    alert = await rung_beside(desk.world)
    other = await rung_beside(desk.world)
    async with desk.world.db.begin() as session:
        drill = Event(
            title="Oefening", type="E02", origin=Origin.MANUAL, detected_at=desk.world.now,
            status=EventStatus.CONFIRMED, is_exercise=True,
        )  # fmt: skip
        session.add(drill)
        await session.flush()
        number = drill.id
    page = (await desk.web.get(f"/gebeurtenis/{alert}")).text
    assert f'<option value="{number}">Oefening' not in page
    act = f"/gebeurtenis/{alert}/hoort-bij"
    assert (await desk.world.press(act, bij=number)).status_code == 404
    assert (await desk.world.press(act, bij=other)).status_code == 409
    assert (await desk.world.press(act, bij=alert)).status_code == 409
    kept = next(one for one in await desk.rows(Event) if one.id == alert)
    assert kept.status is EventStatus.DETECTED
