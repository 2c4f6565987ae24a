"""Webhooks: signed, in order, never lost, and nothing about a person."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from bot.api.webhook_calls import drop_old_calls, note_changes, try_again
from bot.api.webhook_round import Webhooks, secret_of
from bot.api.webhooks import GONE, WAITS, digest_of, envelope, headers, judge, shown_secret
from bot.clock import utc_now
from bot.config import Config
from bot.rows import ApiKey, WebhookCall, WebhookStatus
from bot.settings import WebhookSettings
from contacts.directory import ChannelKind, Domain, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Message
from contacts.people import open_channel
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import Event, EventStatus
from signals.rows import Setting, Signal
from tests.console_desk import Desk, a_desk
from tests.console_world import PLANTED, client_of, in_the_other_world, press

HOOK = "dashboard"
DELIVERIES = {"planned": 0, "sending": 0, "sent": 9, "failed": 1, "unknown": 0, "acknowledged": 0}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@dataclass
class Receiver:
    """Another system on loopback: what it was told, and what it answers."""

    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.text()))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elders"})

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]

    @property
    def ids(self) -> list[str]:
        return [kept["webhook-id"] for kept, _ in self.heard]


@asynccontextmanager
async def a_receiver(*answers: int) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def hooks_of(receiver: Receiver, **more: Any) -> list[WebhookSettings]:
    return [WebhookSettings(key=HOOK, url=receiver.url, **more)]


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def a_round(desk: Desk, receiver: Receiver, clock: Clock, **more: Any) -> Webhooks:
    """As a process that just started has it."""
    return Webhooks(desk.world.db, hooks_of(receiver, **more), desk.world.sealer, clock)


async def calls_of(desk: Desk) -> list[WebhookCall]:
    return await desk.rows(WebhookCall)


async def change(desk: Desk, receiver: Receiver, **values: Any) -> None:
    """Something about the event changes, as a move would write it down."""
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        for name, value in values.items():
            setattr(event, name, value)
        session.add(event)
        session.add(JournalEntry(at=desk.world.now, actor="system", action="event_rose",
                                 subject=f"event:{desk.number}", detail={}))  # fmt: skip


# --- what is said, and when again --------------------------------------------------------


@given(st.text(max_size=200), st.binary(min_size=24, max_size=64))
def test_a_library_of_the_standard_accepts_what_was_signed(text: str, secret: bytes) -> None:
    now = utc_now()
    body = envelope("event", {"title": text}, now=now)
    signed = headers(secret, "msg_1", body, now=now)
    judge_of_others = Webhook(shown_secret(secret))
    assert judge_of_others.verify(body, signed)["data"] == {"title": text}
    with pytest.raises(WebhookVerificationError):
        judge_of_others.verify(body + " ", signed)
    with pytest.raises(WebhookVerificationError):
        judge_of_others.verify(body, {**signed, "webhook-id": "msg_2"})


@given(st.integers(100, 599) | st.just(0), st.integers(1, 20))
def test_a_refusal_either_waits_longer_or_ends(code: int, attempts: int) -> None:
    now = utc_now()
    verdict = judge(code, attempts, now=now)
    assert verdict.accepted is (200 <= code < 300)
    if not verdict.accepted and code != GONE and attempts <= len(WAITS):
        assert verdict.next_try_at == now + WAITS[attempts - 1]
    else:
        assert verdict.next_try_at is None
    assert list(WAITS) == sorted(WAITS)


def test_progress_is_no_news_but_the_outcome_is() -> None:
    def told(**counts: int) -> str:
        versions = [{"version": 1, "deliveries": DELIVERIES | counts}]
        return digest_of("briefing", {"event": 1, "versions": versions})

    assert told(planned=9, sent=1) == told(planned=5, sent=5) == told(sending=1, planned=0)
    assert told() == told(acknowledged=4)
    assert told() != told(sent=8, unknown=1) != told(planned=9)


# --- what is noted -----------------------------------------------------------------------


async def test_a_change_is_noted_once_per_topic(desk: Desk) -> None:
    hooks = [WebhookSettings(key=HOOK, url="https://example.org")]
    now = desk.world.now
    async with desk.world.db.begin() as session:
        assert await note_changes(session, hooks, now=now) == 3
        assert await note_changes(session, hooks, now=now) == 0
    assert {call.topic for call in await calls_of(desk)} == {"event", "briefing", "picture"}


async def test_a_change_whose_journal_line_was_missed_is_told_within_a_minute(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver() as receiver:
        at_work = a_round(desk, receiver, clock, topics=["event"])
        assert await at_work.turn() == 1
        assert await at_work.turn() == 0
        async with desk.world.db.begin() as session:
            (await session.get_one(Event, desk.number)).severity = 5
        assert await at_work.turn() == 0
        clock.at += timedelta(minutes=1)
        assert await at_work.turn() == 1


async def test_what_nobody_confirmed_stays_inside(desk: Desk) -> None:
    hooks = [WebhookSettings(key=HOOK, url="https://example.org", topics=["event"])]
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.status, event.confirmed_at = EventStatus.DETECTED, None
        await session.flush()
        assert await note_changes(session, hooks, now=desk.world.now) == 0


@pytest.mark.parametrize("wanted", [True, False])
async def test_exercises_are_told_only_where_asked(desk: Desk, wanted: bool) -> None:
    hooks = [
        WebhookSettings(key=HOOK, url="https://example.org", topics=["event"], exercises=wanted)
    ]
    async with desk.world.db.begin() as session:
        await in_the_other_world(session, desk.number)
        assert await note_changes(session, hooks, now=desk.world.now) == int(wanted)


async def test_something_newer_goes_instead_and_keeps_waiting(desk: Desk) -> None:
    clock = Clock(desk.world.now)
    async with a_receiver(500) as receiver:
        at_work = a_round(desk, receiver, clock, topics=["event"])
        assert await at_work.turn() == 1
        await change(desk, receiver, severity=5)
        assert await at_work.turn() == 0
        first, second = await calls_of(desk)
        assert (first.status, second.status) == (WebhookStatus.OVERTAKEN, WebhookStatus.PLANNED)
        assert (second.attempts, second.next_try_at) == (1, desk.world.now + WAITS[0])
        clock.at += WAITS[0]
        assert await at_work.turn() == 1
    assert json.loads(receiver.heard[-1][1])["data"]["severity"] == 5
    assert len(receiver.heard) == 2


async def test_it_says_what_the_api_says_and_nothing_about_a_person(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        session.add(
            Signal(
                event_id=desk.number, organisation_id=1, domain=Domain.EDUCATION,
                kinds=["geruchten"], severity=2, district="WK020207", setting=Setting.CLASSROOM,
                received_at=desk.world.now, answer_due_at=desk.world.now,
                outcome_text=f"{PLANTED} liep weg", reply_handle="docent@school.example",
            )
        )  # fmt: skip
    async with a_receiver() as receiver:
        assert await a_round(desk, receiver, Clock(desk.world.now)).turn() == 3
    assert sorted(receiver.kinds) == ["briefing.changed", "event.changed", "picture.changed"]
    told = "\n".join(body for _, body in receiver.heard)
    assert "De politie doet onderzoek" in told
    assert '"organisations": "1-2"' in told
    for never in (PLANTED, "docent@school.example", "Voorbeeldcollege", "/o/"):
        assert never not in told


# --- how it goes -------------------------------------------------------------------------


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

        receiver.take = take  # type: ignore[method-assign]
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


# --- the page ----------------------------------------------------------------------------


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
