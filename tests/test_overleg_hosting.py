"""Who receives the others is asked nowhere whether they come: the host hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import update

from bot.config import Config
from bot.overleg_answers import AGENDA
from bot.overleg_coming import remind_of_overleg
from bot.overleg_moments import remind_from
from briefings.overleg.rows import Overleg
from contacts.directory import Person
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.overleg_world import act, page_of, planned
from tests.partner_world import a_partner
from tests.test_overleg_coming_chat import a_meeting
from tests.test_overleg_telling import a_guest, change, read_by
from tests.test_own_overleg import own_link
from tests.test_quiet_notices import all_rest

ANSWERS = ("Wij komen", "Zeg of u komt", "Komt u?")


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def invited(desk: Desk) -> tuple[Overleg, int]:
    """The school receives; the other organisation is a guest."""
    guest, overleg = await a_guest(desk), await planned(desk)
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    return (await desk.rows(Overleg))[-1], guest


def is_asked(said: str) -> bool:
    return any(words in said for words in ANSWERS)


async def test_the_invitation_and_the_news_ask_the_guest_and_not_the_host(desk: Desk) -> None:
    overleg, guest = await invited(desk)
    read = await read_by(desk, 0)
    assert (is_asked(read[overleg.host_id]), is_asked(read[guest])) == (False, True)
    assert "Wat komt aan de orde?: %%OWN_PAGE%%" in read[overleg.host_id]
    before = len(await desk.rows(Delivery))
    await change(desk, overleg, plek="Zaal 4")
    read = await read_by(desk, before)
    assert (is_asked(read[overleg.host_id]), is_asked(read[guest])) == (False, True)
    before = len(await desk.rows(Delivery))
    await change(desk, (await desk.rows(Overleg))[-1], gastheer=str(guest))
    read = await read_by(desk, before)
    assert (is_asked(read[overleg.host_id]), is_asked(read[guest])) == (True, False)


async def reminded(desk: Desk, overleg: Overleg) -> dict[int | None, str]:
    before = len(await desk.rows(Delivery))
    async with desk.world.db.begin() as session:
        await remind_of_overleg(session, Config(), now=remind_from(overleg.starts_at))
    return await read_by(desk, before)


async def test_the_reminder_asks_the_guest_and_not_the_host(desk: Desk) -> None:
    overleg, guest = await invited(desk)
    read = await reminded(desk, overleg)
    assert (is_asked(read[overleg.host_id]), is_asked(read[guest])) == (False, True)
    assert "Uw organisatie is gastheer." in read[overleg.host_id]


async def test_a_reminder_of_the_host_that_still_waits_stops_when_the_meeting_is_off(
    desk: Desk,
) -> None:
    overleg, _ = await invited(desk)
    async with desk.world.db.begin() as session:
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT))
    await all_rest(desk.world.db, desk.world.now)
    read = await reminded(desk, overleg)
    assert len(read) == 2
    await act(desk, (await desk.rows(Overleg))[-1], "stand", doe="niet")
    said = {one.id: str(one.content) for one in await desk.rows(Message)}
    for one in await desk.rows(Delivery):
        if "Herinnering" in said[one.message_id]:
            assert one.status is DeliveryStatus.CANCELLED
    off = [one for one in await desk.rows(Delivery) if "Gaat niet door" in said[one.message_id]]
    assert {one.organisation_id for one in off} == set(read)


async def test_a_host_is_asked_nothing_on_the_own_page_and_is_not_waited_for(
    desk: Desk,
) -> None:
    overleg, _ = await invited(desk)
    page = (await desk.web.get(f"{await own_link(desk)}{AGENDA}")).text
    assert "Uw organisatie is gastheer." in page
    assert "Wie komt er?" in page
    assert "0 organisaties zeggen te komen" in page
    assert 'name="doe"' not in page
    assert "<b>1</b> nog geen antwoord" in await page_of(desk, overleg), "the guest alone"


async def test_in_the_chat_the_host_reads_that_it_is_host(db: Database, now: datetime) -> None:
    school = await a_partner(db, now)
    await a_meeting(school)
    await school.command("/overleg")
    assert "Wij komen" in await school.labels()
    async with db.begin() as session:
        person = await session.get_one(Person, school.person_id)
        await session.exec(update(Overleg).values(host_id=person.organisation_id))
    await school.command("/overleg")
    assert await school.labels() == ["Wat komt aan de orde?"]
    assert "Uw organisatie is gastheer." in await school.text()
    assert "U zei nog niet" not in await school.text()
    assert "Nog geen antwoord: 0." in await school.text()
