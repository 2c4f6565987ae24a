"""``kill -9`` at any moment, and a restart: nothing lost, nothing repeated in silence."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.demo.answers import give_signal
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.sending import first_channel, post
from signals.rows import Signal
from tests.killing import Installation

pytestmark = pytest.mark.slow

TEXT = "Informatie bij gebeurtenis (proef)"
#: stands in every answer to /help
HELP = "Wat u hier kunt doen"
SETTLED = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    await installation.close()


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    """The seed of the kills; in the report, so that a failing run can be repeated."""
    chosen = random.SystemRandom().randrange(1_000_000)
    record_property("kill_seed", chosen)
    return chosen


async def settled(place: Installation, kind: MessageKind, wanted: int) -> list[Delivery]:
    for _ in range(900):
        async with place.open() as db, db.read() as session:
            found = await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(col(Message.kind) == kind, col(Delivery.act) == DeliveryAct.SEND)
            )
            rows = list(found.all())
        if len(rows) >= wanted and all(row.status in SETTLED for row in rows):
            return rows
        await asyncio.sleep(0.1)
    raise AssertionError([(row.id, row.status) for row in rows])


async def test_deliveries_survive_kills_without_loss_or_silent_repeats(
    place: Installation, seed: int
) -> None:
    users = await place.prepare(120)
    await place.start()
    async with place.open() as db, db.begin() as session:
        people = range(1, len(users) + 1)
        to = [await first_channel(session, person) for person in people]
        await post(
            session, kind=MessageKind.BRIEFING, content=Content(telegram=TelegramForm(TEXT)),
            to=[recipient for recipient in to if recipient], is_exercise=True, now=utc_now(),
        )  # fmt: skip
    await place.kill_now_and_then(4, seed)
    rows = await settled(place, MessageKind.BRIEFING, len(users))
    arrived = Counter(
        call.chat_id
        for call in place.simulator.telegram.accepted()
        if call.text and TEXT in call.text
    )
    assert len(rows) == len(users)
    assert max(arrived.values()) == 1, place.kills
    for row in rows:
        if row.status is DeliveryStatus.SENT:
            assert arrived[int(row.address)] == 1
        else:
            assert (row.status, row.is_repeat) == (DeliveryStatus.UNKNOWN, False)


@pytest.mark.parametrize("webhook", [False, True], ids=["asked for", "brought"])
async def test_updates_survive_kills_and_are_answered_once(
    place: Installation, seed: int, webhook: bool
) -> None:
    place.webhook = webhook
    users = await place.prepare(10)
    await place.start()
    killing = asyncio.create_task(place.kill_now_and_then(4, seed))
    for _ in range(4):
        for user in users:
            await user.say("/help")
            await asyncio.sleep(0.1)
    await killing
    rows = await settled(place, MessageKind.DIALOGUE, 4 * len(users))
    assert len(rows) == 4 * len(users), place.kills
    # A coordinator also hears that the feed of the simulator has no news.
    answers = Counter(
        call.chat_id
        for call in place.simulator.telegram.accepted()
        if call.text and HELP in call.text
    )
    for user in users:
        mine = [row for row in rows if row.address == str(user.chat_id)]
        sure = [row for row in mine if row.status is DeliveryStatus.SENT]
        assert len(mine) == 4
        assert len(sure) <= answers[user.chat_id] <= len(mine), place.kills


async def test_a_signal_survives_kills_and_is_stored_once(place: Installation, seed: int) -> None:
    users = await place.prepare(3)
    await place.start()
    killing = asyncio.create_task(place.kill_now_and_then(3, seed))
    for user in users:
        await user.say("/signaal")
    await asyncio.gather(
        *(give_signal(user, note=None, start=False, timeout_s=120) for user in users)
    )
    await killing
    async with place.open() as db, db.read() as session:
        assert len((await session.exec(select(Signal))).all()) == len(users), place.kills


async def test_sigterm_stops_within_seconds_with_nothing_lost(place: Installation) -> None:
    users = await place.prepare(2)
    await place.start()
    await users[0].say("/help")
    await users[0].see("", timeout_s=60)
    await users[1].say("/help")
    assert await place.stop() < 30  # two on a quiet machine
    await place.start()
    await users[1].see("", timeout_s=60)
