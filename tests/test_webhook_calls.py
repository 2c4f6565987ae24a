"""Calls to a receiver: in order, again after a refusal, never lost; and their page."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from bot.api.webhook_calls import drop_old_calls, try_again
from bot.api.webhook_round import secret_of
from bot.api.webhooks import GONE, WAITS, shown_secret
from bot.clock import utc_now
from bot.config import Config
from bot.rows import ApiKey, WebhookStatus
from contacts.directory import ChannelKind, Person
from contacts.journal import SYSTEM
from contacts.outbox import Message
from contacts.people import open_channel
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import EventStatus
from tests.console_desk import Desk, a_desk
from tests.console_world import PLANTED, client_of, press
from tests.webhook_world import (
    HOOK,
    Clock,
    Receiver,
    a_receiver,
    a_round,
    calls_of,
    change,
    hooks_of,
)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_receiver_can_check_the_signature(desk: Desk) -> None:
    async with a_receiver() as receiver:
        await a_round(desk, receiver, Clock(utc_now()), topics=["event"]).turn()
    kept, body = receiver.heard[0]
    other = Webhook(shown_secret(secret_of(desk.world.sealer, HOOK)))
    low = {name.lower(): value for name, value in kept.items()}
    assert other.verify(body, low)["data"]["id"] == desk.number
    assert secret_of(desk.world.sealer, "ander") != secret_of(desk.world.sealer, HOOK)


async def test_a_refused_call_stops_the_ones_after_it_and_comes_again(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver(503) as receiver:
        assert await a_round(desk, receiver, clock).turn() == 1
        clock.at += WAITS[0]
        assert await a_round(desk, receiver, clock).turn() == 3
    assert receiver.ids[0] == receiver.ids[1], "the same message has the same id"
    assert {call.status for call in await calls_of(desk)} == {WebhookStatus.SENT}


async def test_a_redirect_is_no_yes_and_is_not_followed(desk: Desk) -> None:
    async with a_receiver(307) as receiver:
        await a_round(desk, receiver, Clock(desk.world.now), topics=["event"]).turn()
    assert len(receiver.heard) == 1
    assert [call.code for call in await calls_of(desk)] == [307]


async def test_a_receiver_that_is_away_costs_nothing_but_time(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver() as receiver:
        pass
    assert await a_round(desk, receiver, clock, topics=["event"]).turn() == 1
    [call] = await calls_of(desk)
    assert (call.status, call.code, call.attempts) == (WebhookStatus.PLANNED, 0, 1)


async def test_lasting_refusal_reaches_a_person_twice_and_ends(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with desk.world.db.begin() as session:
        staff = await session.get_one(Person, desk.world.staff_id)
        mail = "coordinator@gemeente.example"
        await open_channel(session, staff, ChannelKind.EMAIL, mail, rank=1, now=clock.at)
    before = len(await desk.rows(Message))
    async with a_receiver(*[500] * 20) as receiver:
        at_work = a_round(desk, receiver, clock, topics=["event"])
        for _ in range(20):
            await at_work.turn()
            clock.at += max(WAITS)
    assert len(receiver.heard) == len(WAITS) + 1
    [call] = await calls_of(desk)
    assert call.status is WebhookStatus.FAILED
    said = [str(message.content) for message in (await desk.rows(Message))[before:]]
    assert len(said) == 2
    assert "blijft het proberen" in said[0]
    assert "probeert het hiervoor niet meer" in said[1]


async def test_gone_is_believed_at_once(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver(GONE) as receiver:
        at_work = a_round(desk, receiver, clock, topics=["event"])
        assert await at_work.turn() == 1
        clock.at += max(WAITS)
        assert await at_work.turn() == 0
        async with desk.world.db.begin() as session:
            assert await try_again(session, HOOK, who=SYSTEM, now=clock.at) == 1
        assert await at_work.turn() == 1
    assert [call.status for call in await calls_of(desk)] == [WebhookStatus.SENT]


async def test_calls_about_an_event_long_over_are_forgotten(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver() as receiver:
        await a_round(desk, receiver, clock, topics=["event"]).turn()
        await change(desk, receiver, status=EventStatus.CLOSED, closed_at=desk.world.now)
        later = desk.world.now + timedelta(days=31)
        async with desk.world.db.begin() as session:
            assert await drop_old_calls(session, now=desk.world.now) == 0
            assert await drop_old_calls(session, now=later) == 1


PROCESS = """
import asyncio, sys
from bot.api.webhook_round import Webhooks
from bot.clock import utc_now
from bot.database import open_database
from bot.settings import WebhookSettings
from contacts.sealing import Sealer

async def main(database, key, url):
    db = open_database(database)
    hooks = [WebhookSettings(key="dashboard", url=url)]
    work = Webhooks(db, hooks, Sealer(key.encode()), utc_now)
    while await work.turn():
        pass

asyncio.run(main(*sys.argv[1:]))
"""


async def test_kill_9_while_the_receiver_answers_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each request before its answer; the next process tells it again, same id."""
    key = Sealer.new_key()
    url = desk.world.db.engine.url.render_as_string(hide_password=False)
    running: list[asyncio.subprocess.Process] = []
    kills = 3

    async with a_receiver() as receiver:
        plain = receiver.take

        async def take(request: web.Request) -> web.Response:
            nonlocal kills
            answer = await plain(request)
            if kills:
                kills -= 1
                running[-1].kill()
            return answer

        receiver.take = take  # type: ignore[method-assign]  # the kill comes in between
        app = web.Application()
        app.router.add_post("/hook", take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        for _ in range(10):
            started = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PROCESS, url, key.decode(), address, env=dict(os.environ)
            )
            running.append(started)
            if await started.wait() == 0:
                break
        await runner.cleanup()
    calls = await calls_of(desk)
    assert {call.status for call in calls} == {WebhookStatus.SENT}
    assert {call.message_id for call in calls} == set(receiver.ids)
    assert len(running) == 4
    assert len(receiver.heard) == 3 + len(calls)


@asynccontextmanager
async def the_page(desk: Desk, receiver: Receiver) -> AsyncIterator[Any]:
    config = Config(webhooks=hooks_of(receiver))
    world = desk.world
    cookies = dict(world.desk.cookies)
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as web:
        yield web


async def test_a_key_is_shown_once_and_can_be_revoked(desk: Desk) -> None:
    world = desk.world
    made = await world.press("/beheer/koppelingen/sleutel", naam="crisisdashboard")
    assert made.status_code == 200
    assert "schakel_" in made.text
    page = (await world.desk.get("/beheer/koppelingen")).text
    assert "crisisdashboard" in page
    assert "schakel_" not in page
    gone = await world.press("/beheer/koppelingen/sleutel/1")
    assert gone.headers["location"].endswith("klaar=key_revoked")
    [key] = await desk.rows(ApiKey)
    assert key.revoked_at is not None
    assert (await world.press("/beheer/koppelingen/sleutel/1")).status_code == 404


@pytest.mark.parametrize("name", ["", "x", PLANTED])
async def test_a_key_needs_the_name_of_a_system(desk: Desk, name: str) -> None:
    refused = await desk.world.press("/beheer/koppelingen/sleutel", naam=name)
    assert refused.status_code == 422
    assert await desk.rows(ApiKey) == []


async def test_the_page_shows_a_refusal_and_its_button_tries_at_once(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver(502) as receiver, the_page(desk, receiver) as page:
        at_work = a_round(desk, receiver, clock, topics=["event"])
        await at_work.turn()
        shown = (await page.get("/beheer/koppelingen")).text
        assert "Antwoord: 502" in shown
        pressed = await press(
            page, desk.world.sealer, "/beheer/koppelingen/opnieuw", koppeling=HOOK
        )
        assert pressed.status_code == 303
        assert await at_work.turn() == 1
        shown = (await page.get("/beheer/koppelingen")).text
    assert "In orde." in shown
    assert "Antwoord: 502" not in shown
