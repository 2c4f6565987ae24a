"""The whole way out, over HTTP: nobody twice, nobody forgotten, never too fast."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.clock import utc_now
from bot.simulator import Fault, Simulator
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport
from contacts.outbox import DeliveryStatus
from contacts.pump import Pump
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from tests.outbox_world import a_briefing, a_person, running, until

DONE = {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    world = Simulator()
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def transport(simulator: Simulator) -> AsyncIterator[TelegramTransport]:
    request = AiohttpRequest(read_timeout_s=1.5)
    bot = Bot(
        simulator.token, base_url=simulator.bot_url, request=request,
        get_updates_request=AiohttpRequest(),
    )  # fmt: skip
    yield TelegramTransport(bot, utc_now)
    await request.shutdown()


def a_real_pump(db: Database, transport: TelegramTransport, settings: SendingSettings) -> Pump:
    return Pump(
        db, [transport], settings=settings, sealer=Sealer(Sealer.new_key()), clock=utc_now,
        link_base="http://127.0.0.1", owner="test",
    )  # fmt: skip


async def partners(db: Database, simulator: Simulator, count: int) -> None:
    async with db.begin() as session:
        people = []
        for chat in range(1, count + 1):
            simulator.telegram.world.add_chat(chat, "partner").started = True
            people.append(await a_person(session, utc_now(), chat=str(chat)))
        await a_briefing(session, people, utc_now())


async def test_under_faults_nobody_gets_it_twice_and_everyone_is_accounted_for(
    db: Database, simulator: Simulator, transport: TelegramTransport
) -> None:
    simulator.telegram.limits.per_s = simulator.telegram.limits.chat_burst = 0
    for kind, times in (
        ("drop_before", 5), ("drop_after", 5), ("bad_gateway", 5), ("hang", 3),
        ("forbidden", 4), ("too_many", 1),
    ):  # fmt: skip
        simulator.telegram.faults.add(Fault(kind, "sendMessage", times=times, chance=0.2))
    await partners(db, simulator, 80)
    settings = SendingSettings(telegram_per_s=300, chat_interval_s=0)
    async with running(a_real_pump(db, transport, settings)):
        rows = await until(db, lambda rows: {row.status for row in rows} <= DONE)
    for row in rows:
        arrived = len(simulator.telegram.accepted(int(row.address)))
        assert arrived <= 1
        if row.status is DeliveryStatus.SENT:
            assert arrived == 1
        if row.status is DeliveryStatus.FAILED:
            assert arrived == 0
    assert len(rows) == 80
    uncertain = [row for row in rows if row.status is DeliveryStatus.UNKNOWN]
    assert len(uncertain) == 18
    assert sum(row.status is DeliveryStatus.FAILED for row in rows) == 4


@pytest.mark.slow
async def test_the_server_never_sees_more_than_the_rate_in_any_second(
    db: Database, simulator: Simulator, transport: TelegramTransport
) -> None:
    await partners(db, simulator, 70)
    async with running(a_real_pump(db, transport, SendingSettings())):
        rows = await until(db, lambda rows: {row.status for row in rows} <= DONE)
    assert all(row.status is DeliveryStatus.SENT for row in rows)
    assert simulator.telegram.most_in_any_second() <= 30
    assert all(call.outcome == "ok" for call in simulator.telegram.calls)
