"""The way back from the provider works once, and in the browser that left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.console import accounts, sign_in_texts
from bot.console.accounts import AT_ONCE, COOKIE, AccountDesk
from bot.console.accounts import PLAIN_COOKIE as PENDING_COOKIE
from bot.console.pages import PLAIN_COOKIE
from bot.oidc.faults import Fault
from bot.oidc.pending import LIFE, begin
from bot.settings import WebSettings
from contacts.records import Database
from tests.accounts_world import Gate, a_gate, refused
from tests.console_world import SAME_SITE, app_of, client_of, contents
from tests.feeds_world import TestClock


@pytest.fixture
def clock(now: datetime) -> TestClock:
    return TestClock(now)


@pytest.fixture
async def gate(db: Database, clock: TestClock) -> AsyncIterator[Gate]:
    async with a_gate(db, clock) as gate:
        yield gate


async def test_the_way_back_works_in_the_browser_that_left_and_in_no_other(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    before = await gate.sessions()
    other = await gate.elsewhere.get(place)
    assert other.status_code == 400
    assert PLAIN_COOKIE not in other.cookies
    assert await gate.sessions() == before
    assert "/token" not in gate.provider.seen
    assert (await gate.web.get(place)).status_code == 303


async def test_the_way_back_of_an_attacker_signs_no_victim_in(gate: Gate) -> None:
    """Login CSRF: the attacker's own good code and state, opened by somebody else."""
    attackers = await gate.agree(await gate.leave())
    begun = await gate.elsewhere.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
    assert PENDING_COOKIE in begun.cookies
    answer = await gate.elsewhere.get(attackers)
    assert answer.status_code == 400
    assert PLAIN_COOKIE not in answer.cookies
    assert "/token" not in gate.provider.seen


async def test_a_code_and_state_work_once_even_with_the_cookie(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    cookie = gate.web.cookies[PENDING_COOKIE]
    assert (await gate.web.get(place)).status_code == 303
    sessions = await gate.sessions()
    gate.elsewhere.cookies.set(PENDING_COOKIE, cookie)
    again = await gate.elsewhere.get(place)
    assert again.status_code == 400
    assert sign_in_texts.NOT_SIGNED_IN["lost"][0] in again.text
    assert gate.provider.seen.count("/token") == 1
    assert await gate.sessions() == sessions


async def test_two_at_once_with_one_code_open_one_session(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    answers = await asyncio.gather(*(gate.web.get(place) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400]


async def test_a_code_that_the_provider_does_not_know_begins_again(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    gate.provider.grants.clear()
    await refused(gate, await gate.web.get(place), Fault.CODE_REFUSED, 400)


async def test_after_ten_minutes_it_begins_again(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    gate.clock.at += LIFE
    await refused(gate, await gate.web.get(place), "lost", 400)


@pytest.mark.parametrize(
    "place",
    [
        "/aanmelden/terug", "/aanmelden/terug?code=x", "/aanmelden/terug?state=x&code=y",
        "/aanmelden/terug?state=&code=", "/aanmelden/terug?state=%01%F0%9F%98%80&code=y",
    ],
)  # fmt: skip
async def test_coming_back_without_having_left_is_a_calm_page(gate: Gate, place: str) -> None:
    before = await contents(gate.world.db)
    await refused(gate, await gate.web.get(place), "lost", 400)
    gate.web.cookies.set(PENDING_COOKIE, "sealed:onzin")
    assert (await gate.web.get(place)).status_code == 400
    gate.web.cookies.set(PENDING_COOKIE, gate.world.sealer.seal("[1]"))
    assert (await gate.web.get(place)).status_code == 400
    assert await contents(gate.world.db) == before
    assert gate.provider.seen == []


async def test_whoever_says_no_at_the_provider_reads_so(gate: Gate) -> None:
    state = parse_qs(urlsplit(await gate.leave()).query)["state"][0]
    answer = await gate.web.get(f"/aanmelden/terug?error=access_denied&state={state}")
    await refused(gate, answer, "cancelled", 400)
    assert "/token" not in gate.provider.seen


async def test_an_answer_in_the_name_of_another_provider_is_refused(gate: Gate) -> None:
    place = await gate.agree(await gate.leave())
    answer = await gate.web.get(f"{place}&iss=https://elders.example")
    await refused(gate, answer, Fault.TOKEN_REFUSED, 502)
    gate.provider.document = {"authorization_response_iss_parameter_supported": True}
    gate.clock.forward(hours=2)
    await refused(gate, await gate.sign_in(), Fault.TOKEN_REFUSED, 502)
    place = await gate.agree(await gate.leave())
    named = await gate.web.get(f"{place}&iss={gate.provider.issuer}")
    assert named.status_code == 303


async def test_another_site_cannot_begin(gate: Gate) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elders.example"}):
        answer = await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=headers)
        assert answer.status_code == 403
        assert PENDING_COOKIE not in answer.cookies
    assert (await gate.web.get("/aanmelden/gemeente")).status_code in (404, 405)
    assert gate.provider.seen == []


async def test_after_signing_in_nobody_is_sent_to_another_site(gate: Gate) -> None:
    answer = await gate.sign_in("https://elders.example/")
    assert answer.headers["location"] == "/"


async def test_a_stranger_who_comes_back_time_and_again_keeps_nobody_out(gate: Gate) -> None:
    for _ in range(70):
        state = parse_qs(urlsplit(await gate.leave()).query)["state"][0]
        answer = await gate.web.get(f"/aanmelden/terug?error=x&state={state}")
        assert answer.status_code == 400
    for _ in range(70):
        state = parse_qs(urlsplit(await gate.leave()).query)["state"][0]
        answer = await gate.web.get(f"/aanmelden/terug?code=x&state={state}")
        assert answer.status_code == 400
    assert (await gate.sign_in()).status_code == 303


def desk_of(gate: Gate) -> AccountDesk:
    desk: AccountDesk = app_of(gate.web).state.accounts
    return desk


async def test_whoever_comes_back_waits_for_a_turn_at_the_provider(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, running, most = desk_of(gate), 0, 0

    async def slow(*_: Any, **__: Any) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return {}

    monkeypatch.setattr(desk.provider, "claims", slow)
    pending = begin("/", now=gate.clock())
    await asyncio.gather(*(desk.claims("x", pending, said_issuer=None) for _ in range(30)))
    assert most == AT_ONCE


async def test_without_a_turn_in_time_a_calm_page_says_that_it_does_not_work_now(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "LONGEST_WAIT_S", 0.01)
    place = await gate.agree(await gate.leave())
    turns = desk_of(gate)._turns
    for _ in range(AT_ONCE):
        await turns.acquire()
    await refused(gate, await gate.web.get(place), Fault.AWAY, 503)
    for _ in range(AT_ONCE):
        turns.release()
    assert (await gate.sign_in()).status_code == 303


async def test_over_tls_the_cookie_of_the_way_has_the_host_prefix(
    db: Database, clock: TestClock
) -> None:
    async with a_gate(db, clock) as gate:
        config = gate.config.model_copy(
            update={"web": WebSettings(base_url="https://schakel.example")}
        )
        async with client_of(db, gate.world.sealer, clock.at, config=config) as web:
            answer = await web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=600"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_the_policy_of_the_pages_stays_as_strict_as_it_was(gate: Gate) -> None:
    for answer in (
        await gate.web.get("/aanmelden"),
        await gate.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE),
    ):
        policy = answer.headers["content-security-policy"]
        assert "form-action 'self';" in policy
        assert gate.provider.issuer not in policy
        assert answer.headers["cache-control"] == "no-store"
