"""An overleg that is planned at the desk, and what is done on its page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx

from briefings.overleg.rows import Overleg
from tests.console_desk import Desk
from tests.console_world import hidden_in, press

#: a Tuesday at ten
OFFICE = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
FORM = {"dag": "2026-06-18", "tijd": "15:00", "duur": "90", "plek": "Zaal 2"}


async def send(desk: Desk, path: str, **fields: str) -> httpx.Response:
    return await press(desk.web, desk.world.sealer, path, **fields)


async def planned(desk: Desk, **changed: str) -> Overleg:
    """A meeting, at the school unless it is said otherwise."""
    form = {**FORM, "gastheer": str(desk.world.organisation_id), **changed}
    answer = await send(desk, "/overleg", **form)
    assert answer.status_code == 303, answer.text
    return (await desk.rows(Overleg))[-1]


async def act(desk: Desk, overleg: Overleg, what: str, **fields: str) -> httpx.Response:
    path = f"/overleg/{overleg.id}/{what}"
    seen = await hidden_in(desk.web, path, str(overleg.id))
    found = re.search(r'name="gezien" value="(\d+)"', (await page_of(desk, overleg)))
    return await send(desk, path, **{**seen, "gezien": found[1] if found else "", **fields})


async def page_of(desk: Desk, overleg: Overleg) -> str:
    return (await desk.web.get(f"/overleg/{overleg.id}")).text
