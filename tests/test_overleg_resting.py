"""What rests of a meeting says what holds in the morning: newer news comes in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import update

from briefings.overleg.rows import Overleg
from contacts.directory import Person
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.overleg_world import act, planned
from tests.test_overleg_extra import FORM as EXTRA
from tests.test_overleg_extra import ask
from tests.test_overleg_extra import planned as planned_extra
from tests.test_overleg_telling import change, invited
from tests.test_quiet_notices import all_rest
from tests.test_quiet_notices import invited as invited_now

LATER = {"dag": "2026-06-19"}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def resting(desk: Desk) -> list[tuple[str, str]]:
    """What still goes in the morning: to whom, and its mail."""
    said = {one.id: (one.content.get("email") or {}) for one in await desk.rows(Message)}
    return [
        (one.address, f"{said[one.message_id]['subject']}\n{said[one.message_id]['text']}")
        for one in await desk.rows(Delivery)
        if one.status is DeliveryStatus.PLANNED and one.reason == QUIET_HOURS
    ]


async def fresh(desk: Desk) -> Overleg:
    return (await desk.rows(Overleg))[-1]


async def test_of_a_meeting_that_moved_and_then_is_off_only_the_last_is_read(desk: Desk) -> None:
    overleg, to = await invited(desk)
    await all_rest(desk.world.db, desk.world.now)
    await change(desk, overleg, **LATER)
    assert sorted(one for one, _ in await resting(desk)) == sorted(to)
    await act(desk, await fresh(desk), "stand", doe="niet")
    left = await resting(desk)
    assert sorted(one for one, _ in left) == sorted(to)
    for _, said in left:
        assert said.startswith("Gaat niet door")
        assert "Hebt u een ander moment in uw agenda? Ook dan gaat het niet door." in said


async def test_a_second_move_does_not_name_a_moment_that_nobody_heard_of(desk: Desk) -> None:
    overleg, _ = await invited(desk)
    await all_rest(desk.world.db, desk.world.now)
    await change(desk, overleg, **LATER)
    await change(desk, await fresh(desk), dag="2026-06-22")
    left = await resting(desk)
    assert left
    for _, said in left:
        assert "maandag 22 juni" in said
        assert "vrijdag 19 juni" not in said
        assert "Hebt u een ander moment in uw agenda? Dat geldt niet meer." in said


async def test_who_is_awake_reads_what_it_was_before(desk: Desk) -> None:
    overleg, _ = await invited(desk)
    await change(desk, overleg, **LATER)
    await change(desk, await fresh(desk), dag="2026-06-22")
    text = (await desk.rows(Message))[-1].content["email"]["text"]
    assert "Eerder was het: vrijdag 19 juni" in text


async def test_who_heard_of_it_in_no_way_does_not_hear_that_it_is_off_after_a_move(
    desk: Desk,
) -> None:
    overleg = await planned(desk)
    await all_rest(desk.world.db, desk.world.now)
    await invited_now(desk, overleg)
    await change(desk, overleg, **LATER)
    await act(desk, await fresh(desk), "stand", doe="niet")
    assert await resting(desk) == []


async def polled(desk: Desk) -> Overleg:
    """The quick questions about an extra overleg rest."""
    overleg = await planned_extra(desk)
    await all_rest(desk.world.db, desk.world.now)
    assert await ask(desk, overleg) == 303
    [(_, said)] = await resting(desk)
    assert "donderdag" in said
    return overleg


async def moved(desk: Desk, overleg: Overleg, **changed: str) -> None:
    form = {**EXTRA, "gastheer": str(overleg.host_id), **changed}
    assert (await act(desk, overleg, "wijzigen", **form)).status_code == 303


async def test_a_poll_that_rests_names_the_new_moment_of_its_meeting(desk: Desk) -> None:
    overleg = await polled(desk)
    await moved(desk, overleg, dag="2026-03-06")
    [(address, said)] = await resting(desk)
    assert address == "docent@school.example"
    assert "vrijdag" in said
    assert "donderdag" not in said


async def test_a_poll_that_rests_does_not_go_when_its_meeting_is_off_and_goes_when_it_is_on_again(
    desk: Desk,
) -> None:
    overleg = await polled(desk)
    await act(desk, overleg, "stand", doe="niet")
    assert await resting(desk) == []
    for word in ("weer", "niet", "weer"):
        await act(desk, await fresh(desk), "stand", doe=word)
    assert [one for one, _ in await resting(desk)] == ["docent@school.example"]


async def test_another_room_leaves_a_poll_that_rests(desk: Desk) -> None:
    overleg = await polled(desk)
    before = [one.id for one in await desk.rows(Delivery)]
    await moved(desk, overleg, plek="Zaal 9")
    assert [one.id for one in await desk.rows(Delivery)] == before
    assert len(await resting(desk)) == 1


async def test_a_poll_that_was_delivered_is_not_asked_again(desk: Desk) -> None:
    overleg = await polled(desk)
    async with desk.world.db.begin() as session:
        await session.exec(update(Person).values(quiet_from=None, quiet_until=None))
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT, reason=None))
    before = len(await desk.rows(Delivery))
    await moved(desk, overleg, dag="2026-03-06")
    assert len(await desk.rows(Delivery)) == before
