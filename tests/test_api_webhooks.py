"""What Schakel tells by itself is described where what it answers is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import jsonschema_rs
import pytest
from sqlmodel import select

from bot.api.document import BROUGHT, QUESTIONS, SIGNED, document
from bot.api.webhook_calls import TOPICS
from bot.api.webhooks import envelope, headers
from bot.console.coupling_texts import TOPICS as NAMED
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk

DOCUMENT: dict[str, Any] = document(version="1", address="https://schakel.example")


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def described(topic: str) -> dict[str, Any]:
    told: dict[str, Any] = DOCUMENT["webhooks"][f"{topic}.changed"]["post"]
    return told


def test_every_topic_is_described_and_nothing_else(now: datetime) -> None:
    assert set(BROUGHT) == set(TOPICS) == set(NAMED)
    assert {f"{topic}.changed" for topic in TOPICS} == set(DOCUMENT["webhooks"])
    sent = set(headers(b"geheim", "msg_1", "{}", now=now)) - {"content-type"}
    assert sent == set(SIGNED)


@pytest.mark.parametrize("topic", list(BROUGHT))
async def test_what_is_told_fits_its_description(desk: Desk, topic: str) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.read() as session:
        event = (await session.exec(select(Event).where(Event.id == desk.number))).one()
        answer = await TOPICS[topic](session, event)
    said = json.loads(envelope(topic, answer.model_dump(mode="json"), now=desk.world.now))
    schema = described(topic)["requestBody"]["content"]["application/json"]["schema"]
    fits = jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})
    assert list(fits.iter_errors(said)) == []
    assert list(fits.iter_errors({**said, "type": "iets.anders"}))
    assert list(fits.iter_errors({**said, "data": {}}))


async def test_who_keeps_the_couplings_reads_what_can_be_asked_and_where_it_is_described(
    desk: Desk,
) -> None:
    page = (await desk.world.desk.get("/beheer/koppelingen")).text
    for asked in QUESTIONS:
        assert f"<code>{asked.path}</code>" in page
    assert 'href="/api/v1/openapi.json"' in page
    answer = await desk.world.desk.get("/api/v1/openapi.json")
    assert answer.json()["webhooks"] == DOCUMENT["webhooks"]
