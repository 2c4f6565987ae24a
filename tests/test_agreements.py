"""What an overleg agreed: who does it and before when, asked for in time, and settled once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.config import Config
from bot.overleg_reminding import SHOWN, late_content, remind_of_agreements
from briefings.overleg.agreements import NewAgreement, why_not
from briefings.overleg.rows import Agreement, AgreementKind, AgreementStatus
from contacts.directory import ChannelKind, Person
from contacts.outbox import Delivery, Message
from contacts.people import open_channel
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.overleg_world import OFFICE, planned, send

TODAY = date(2026, 6, 9)
ACTION = {"soort": "action", "afspraak": "Wij spreken af wie de sleutel van de zaal heeft.",
          "eigenaar": "Voorbeeldcollege", "voor": "2026-07-01"}  # fmt: skip


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def test_an_agreement_that_cannot_be_kept_is_said_with_its_reason() -> None:
    action = NewAgreement(AgreementKind.ACTION, "Kortere tekst.", "adviseur", TODAY)

    def reason(known: bool = False, **changed: Any) -> str | None:
        return why_not(replace(action, **changed), (), is_known=known, today=TODAY)

    decision = {"kind": AgreementKind.DECISION, "owner": "", "due": None}
    assert reason() is None
    assert reason(**decision) is None
    assert reason(words="") == "empty"
    assert reason(owner="") == "owner"
    assert reason(due=None) == "date"
    assert reason(due=TODAY - timedelta(days=1)) == "date"
    assert reason(words="x" * 301) == "long"
    assert reason(words="Dennis Bakkerstra belt de school.") == "person"
    assert reason(owner="Dennis Bakkerstra") == "person"
    assert reason(owner="Dennis Bakkerstra", known=True) is None, "an organisation may be called so"


async def test_an_action_is_kept_shown_on_vandaag_when_late_and_settled_once(desk: Desk) -> None:
    overleg = await planned(desk)
    refused = await send(
        desk, f"/overleg/{overleg.id}/afspraak",
        **{**ACTION, "afspraak": "Dennis Bakkerstra belt de school."},
    )  # fmt: skip
    assert refused.status_code == 422
    assert await desk.rows(Agreement) == []
    assert (await send(desk, f"/overleg/{overleg.id}/afspraak", **ACTION)).status_code == 303
    [action] = await desk.rows(Agreement)
    assert action.owner_id == desk.world.organisation_id
    assert "Actie te laat" not in (await desk.web.get("/")).text
    async with desk.world.db.begin() as session:
        kept = await session.get_one(Agreement, action.id)
        kept.due = desk.world.now.date() - timedelta(days=1)
        session.add(kept)
    today = (await desk.web.get("/")).text
    assert "Actie te laat: Wij spreken af wie de sleutel van de zaal heeft" in today
    assert f'href="/overleg/{overleg.id}"' in today
    assert (await send(desk, f"/afspraak/{action.id}", doe="gedaan")).status_code == 303
    assert (await send(desk, f"/afspraak/{action.id}", doe="niet")).status_code == 409
    assert (await desk.rows(Agreement))[0].status is AgreementStatus.DONE
    assert "Actie te laat" not in (await desk.web.get("/")).text


async def test_an_owner_hears_once_a_week_before_and_coordinators_when_it_is_late(
    desk: Desk,
) -> None:
    overleg = await planned(desk)
    await send(desk, f"/overleg/{overleg.id}/afspraak", **{**ACTION, "voor": "2026-06-12"})
    db = desk.world.db
    async with db.begin() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Coördinator"))
        await open_channel(
            session, found.one(), ChannelKind.EMAIL, "co@gemeente.example", rank=1,
            now=desk.world.now,
        )  # fmt: skip

    async def remind(at: datetime) -> int:
        async with db.begin() as session:
            return await remind_of_agreements(session, Config(), now=at)

    before = len(await desk.rows(Delivery))
    assert await remind(OFFICE.replace(hour=20)) == 0, "in the evening"
    assert await remind(OFFICE) == 1
    assert await remind(OFFICE + timedelta(hours=1)) == 0
    assert await remind(OFFICE + timedelta(days=6)) == 1, "three days late, on a Monday"
    assert await remind(OFFICE + timedelta(days=7)) == 0
    assert await remind(OFFICE + timedelta(days=13)) == 1
    to = [one.address for one in (await desk.rows(Delivery))[before:]]
    assert to == ["docent@school.example", "co@gemeente.example", "co@gemeente.example"]
    words = [one.content["email"]["text"] for one in (await desk.rows(Message))[-3:]]
    assert "dat Voorbeeldcollege dit doet" in words[0]
    assert "(Voorbeeldcollege, voor 12 juni 2026)" in words[1]


def test_a_long_list_of_late_actions_shows_a_few_and_says_how_many_more() -> None:
    one = Agreement(
        overleg_id=1, kind=AgreementKind.ACTION, words="Bel.", owner="adviseur", due=TODAY,
        made_at=OFFICE,
    )  # fmt: skip
    form = late_content([one] * (SHOWN + 3), "http://x/overleg").email
    assert form is not None
    assert "nog 3 andere" in form.text
    alone = late_content([one], "http://x/overleg").email
    assert alone is not None
    assert "nog" not in alone.text
