"""A provider that is away, slow or strange leaves the other way open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as aiohttp_web

from bot.oidc import provider as provider_module
from bot.oidc.faults import Fault
from contacts.records import Database
from tests.accounts_world import Gate, a_gate, refused
from tests.console_world import SAME_SITE
from tests.feeds_world import TestClock
from tests.oidc_world import (
    EMAIL,
    KEY,
    SECRET,
)


@pytest.fixture
def clock(now: datetime) -> TestClock:
    return TestClock(now)


@pytest.fixture
async def gate(db: Database, clock: TestClock) -> AsyncIterator[Gate]:
    async with a_gate(db, clock) as gate:
        yield gate


GOOD_KEYS = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()


async def test_a_provider_that_is_down_leaves_the_other_way(gate: Gate) -> None:
    gate.provider.broken["/.well-known/openid-configuration"] = aiohttp_web.Response(status=503)
    answer = await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
    await refused(gate, answer, Fault.AWAY, 503)
    assert "/console" in answer.text
    for _ in range(3):
        await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
    assert gate.provider.seen.count("/.well-known/openid-configuration") == 1
    gate.provider.broken.clear()
    gate.clock.forward(seconds=11)
    assert (await gate.sign_in()).status_code == 303


async def test_nobody_listens_at_the_providers_address(db: Database, clock: TestClock) -> None:
    async with a_gate(db, clock, issuer="http://127.0.0.1:9") as gate:
        answer = await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
        await refused(gate, answer, Fault.AWAY, 503)


async def test_a_slow_provider_is_not_waited_for(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_module, "TIMEOUT_S", 0.1)
    place = await gate.agree(await gate.leave())
    gate.provider.slow = asyncio.Event()
    await refused(gate, await gate.web.get(place), Fault.AWAY, 503)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://elders.example"}, {"issuer": None}, {"token_endpoint": None},
        {"jwks_uri": "http://10.0.0.1/x"}, {"authorization_endpoint": "https://elders.example/a"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": 3},
    ],
    ids=str,
)  # fmt: skip
async def test_a_strange_document_sends_nobody_anywhere(
    gate: Gate, document: dict[str, Any]
) -> None:
    gate.provider.document = document
    answer = await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
    await refused(gate, answer, Fault.STRANGE, 502)
    assert "elders.example" not in answer.text


@pytest.mark.parametrize(
    ("path", "broken", "fault"),
    [
        ("/sleutels", {"body": b'{"keys": []}'}, Fault.STRANGE),
        ("/sleutels", {"body": b'{"keys": [{"kty": "oct", "k": "eA", "kid": "een"}]}'},
         Fault.STRANGE),
        ("/sleutels", {"body": b'{"keys": [{"kty": "RSA"}]}'}, Fault.STRANGE),
        ("/sleutels", {"body": b"[" * 100_000}, Fault.STRANGE),
        ("/sleutels", {"body": GOOD_KEYS + b" " * 300_000}, Fault.STRANGE),
        ("/sleutels", {"status": 302, "headers": {"Location": "/elders"}}, Fault.STRANGE),
        ("/token", {"body": b"<html>"}, Fault.STRANGE),
        ("/token", {"body": b"[]"}, Fault.STRANGE),
        ("/token", {"body": b"{}"}, Fault.TOKEN_REFUSED),
        ("/token", {"status": 401, "body": b'{"error": "invalid_client"}'}, Fault.STRANGE),
        ("/token", {"status": 500}, Fault.AWAY),
    ],
)  # fmt: skip
async def test_a_broken_answer_is_a_calm_page(
    gate: Gate, path: str, broken: dict[str, Any], fault: Fault
) -> None:
    gate.provider.broken[path] = aiohttp_web.Response(**broken)
    status = {Fault.AWAY: 503, Fault.STRANGE: 502, Fault.TOKEN_REFUSED: 502}[fault]
    await refused(gate, await gate.sign_in(), fault, status)


async def test_no_address_and_no_token_is_in_the_log(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    gate.provider.claims = {"aud": "een ander"}
    place = await gate.agree(await gate.leave())
    await gate.web.get(place)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert any("aud" in line for line in ours)
    assert all(EMAIL not in line and "eyJ" not in line and SECRET not in line for line in ours)
