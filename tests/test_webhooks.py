"""Webhooks: what is told, signed, once per topic, and nothing about a person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from standardwebhooks import Webhook, WebhookVerificationError

from bot.api.webhook_calls import note_changes
from bot.api.webhooks import GONE, WAITS, digest_of, envelope, headers, judge, shown_secret
from bot.clock import utc_now
from bot.rows import WebhookStatus
from bot.settings import WebhookSettings
from contacts.directory import Domain, Organisation
from contacts.records import Database
from feeds.rows import Event, EventStatus
from signals.rows import Setting, Signal
from tests.console_desk import Desk, a_desk
from tests.console_world import PLANTED, in_the_other_world
from tests.webhook_world import HOOK, Clock, a_receiver, a_round, calls_of, change

DELIVERIES = {"planned": 0, "sending": 0, "sent": 9, "failed": 1, "unknown": 0, "acknowledged": 0}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


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
        # A picture for others begins with the third organisation.
        for name in ("A", "B", "C"):
            session.add(Organisation(name=name, domain=Domain.EDUCATION, created_at=desk.world.now))
        await session.flush()
        found = await session.exec(select(Organisation.id).where(col(Organisation.name) <= "C"))
        schools = [number or 0 for number in found.all()]
        session.add_all(
            Signal(
                event_id=desk.number, organisation_id=school, domain=Domain.EDUCATION,
                kinds=["geruchten"], severity=2, district="WK020207", setting=Setting.CLASSROOM,
                received_at=desk.world.now, answer_due_at=desk.world.now,
                outcome_text=f"{PLANTED} liep weg", reply_handle="docent@school.example",
            )
            for school in schools
        )  # fmt: skip
    async with a_receiver() as receiver:
        assert await a_round(desk, receiver, Clock(desk.world.now)).turn() == 3
    assert sorted(receiver.kinds) == ["briefing.changed", "event.changed", "picture.changed"]
    told = "\n".join(body for _, body in receiver.heard)
    assert "De politie doet onderzoek" in told
    assert '"organisations": "3"' in told
    for never in (PLANTED, "docent@school.example", "Voorbeeldcollege", "/o/"):
        assert never not in told
