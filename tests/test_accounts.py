"""Signing in with an account of the municipality, against a provider on loopback."""

from __future__ import annotations

import asyncio
import html
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web as aiohttp_web
from sqlmodel import col, select

from bot.config import Config
from bot.console import sign_in_texts
from bot.console.accounts import COOKIE, NotAdmitted
from bot.console.accounts import PLAIN_COOKIE as PENDING_COOKIE
from bot.console.app import build_app
from bot.console.pages import PLAIN_COOKIE
from bot.oidc import provider as provider_module
from bot.oidc.faults import Fault
from bot.oidc.pending import LIFE
from bot.rows import WebSession
from bot.settings import MailSettings, SignInSettings, WebSettings
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import close_channel, mark_left, open_channel, revoke
from contacts.permissions import ALLOWED, Permission
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_colleague, a_world, client_of, contents, press
from tests.feeds_world import TestClock
from tests.oidc_world import (
    CLIENT,
    EMAIL,
    KEY,
    NEW_KEY,
    OTHER_KEY,
    SECRET,
    LoopbackProvider,
    a_provider,
    signed_with_text,
    unsigned,
)

HOME = "http://127.0.0.1:8420"


@dataclass
class Gate:
    """The console with a provider beside it, and one browser that is signed in nowhere."""

    world: World
    clock: TestClock
    provider: LoopbackProvider
    config: Config
    web: httpx.AsyncClient
    elsewhere: httpx.AsyncClient

    async def leave(self, back: str = "/") -> str:
        """Press the button; returns the address at the provider."""
        answer = await self.web.post("/aanmelden/gemeente", data={"naar": back}, headers=SAME_SITE)
        assert answer.status_code == 200, answer.text
        return html.unescape(re.search(r'href="(http[^"]+)"', answer.text)[1])  # type: ignore[index]

    async def agree(self, url: str) -> str:
        """What the provider sends the browser back with: a path of ours."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.get(url)
        place = answer.headers["location"]
        assert place.startswith(f"{HOME}/aanmelden/terug?")
        return place.removeprefix(HOME)

    async def sign_in(self, back: str = "/") -> httpx.Response:
        return await self.web.get(await self.agree(await self.leave(back)))

    async def sessions(self) -> int:
        async with self.world.db.read() as session:
            return len((await session.exec(select(WebSession))).all())

    async def refusals(self) -> list[dict[str, Any]]:
        async with self.world.db.read() as session:
            found = await session.exec(
                select(JournalEntry).where(col(JournalEntry.action) == "sign_in_refused")
            )
            return [entry.detail for entry in found.all()]


@asynccontextmanager
async def a_gate(db: Database, clock: TestClock, **asked: Any) -> AsyncIterator[Gate]:
    async with a_world(db, clock.at) as world, a_provider(clock) as provider:
        async with db.begin() as session:
            staff = await session.get_one(Person, world.staff_id)
            await open_channel(session, staff, ChannelKind.EMAIL, EMAIL, rank=1, now=clock.at)
        settings = SignInSettings(
            **{"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, **asked}
        )
        config = Config(sign_in=settings, web=WebSettings(base_url=HOME))
        app = build_app(db, config, world.sealer, clock)
        transport = httpx.ASGITransport(app=app)
        web, elsewhere = (httpx.AsyncClient(transport=transport, base_url=HOME) for _ in range(2))
        async with web, elsewhere:
            yield Gate(world, clock, provider, config, web, elsewhere)


@pytest.fixture
def clock(now: datetime) -> TestClock:
    return TestClock(now)


@pytest.fixture
async def gate(db: Database, clock: TestClock) -> AsyncIterator[Gate]:
    async with a_gate(db, clock) as gate:
        yield gate


async def refused(gate: Gate, answer: httpx.Response, key: str, status: int) -> None:
    """A calm page, no session, no cookie left of the way."""
    title, _ = sign_in_texts.NOT_SIGNED_IN[key]
    assert (answer.status_code, title in answer.text) == (status, True), answer.text[-900:]
    assert PLAIN_COOKIE not in answer.cookies
    assert PENDING_COOKIE not in gate.web.cookies
    assert await gate.sessions() == 1
    assert (await gate.web.get("/")).status_code == 303


# --- in ------------------------------------------------------------------------------


async def test_an_account_of_a_known_colleague_opens_the_page_that_was_asked_for(
    gate: Gate,
) -> None:
    page = await gate.web.get("/aanmelden?naar=/signalen")
    assert "Inloggen met gemeente-account" in page.text
    assert 'value="/signalen"' in page.text
    answer = await gate.sign_in("/signalen")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signalen")
    assert (await gate.web.get("/signalen")).status_code == 200
    assert PENDING_COOKIE not in gate.web.cookies


async def test_what_was_sent_to_the_provider_has_state_nonce_and_pkce(gate: Gate) -> None:
    first, second = [parse_qs(urlsplit(await gate.leave()).query) for _ in range(2)]
    assert first["redirect_uri"] == [f"{HOME}/aanmelden/terug"]
    assert first["scope"] == ["openid email"]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 22
        assert first[name] != second[name]


async def test_the_session_is_journalled_as_by_account_and_no_token_is_kept(gate: Gate) -> None:
    await gate.sign_in()
    async with gate.world.db.read() as session:
        entries = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "signed_in")
        )
        assert [entry.detail for entry in entries.all()] == [{"way": "link"}, {"way": "account"}]
    stored = str(await contents(gate.world.db))
    assert "eyJ" not in stored
    assert gate.provider.issuer not in stored


async def test_capitals_in_the_address_make_no_difference(gate: Gate) -> None:
    gate.provider.claims = {"email": f" {EMAIL.upper()} "}
    assert (await gate.sign_in()).status_code == 303


async def test_documents_are_fetched_once_for_many(gate: Gate) -> None:
    for _ in range(3):
        assert (await gate.sign_in()).status_code == 303
    assert gate.provider.seen.count("/.well-known/openid-configuration") == 1
    assert gate.provider.seen.count("/sleutels") == 1
    gate.clock.forward(hours=2)
    assert (await gate.sign_in()).status_code == 303
    assert gate.provider.seen.count("/.well-known/openid-configuration") == 2


async def test_a_provider_that_changes_its_keys_is_followed(gate: Gate) -> None:
    assert (await gate.sign_in()).status_code == 303
    gate.provider.keys, gate.provider.key, gate.provider.alg = [KEY, NEW_KEY], NEW_KEY, "ES256"
    gate.clock.forward(minutes=2)
    assert (await gate.sign_in()).status_code == 303
    assert gate.provider.seen.count("/sleutels") == 2


@pytest.mark.parametrize(
    ("methods", "place"),
    [(None, "header"), (["client_secret_basic"], "header"), (["client_secret_post"], "form")],
)
async def test_the_secret_goes_where_the_provider_wants_it(
    gate: Gate, methods: list[str] | None, place: str
) -> None:
    gate.provider.document = {"token_endpoint_auth_methods_supported": methods}
    assert (await gate.sign_in()).status_code == 303
    assert gate.provider.secrets_in == [place]


async def test_without_a_secret_pkce_alone_is_used(db: Database, clock: TestClock) -> None:
    async with a_gate(db, clock, client_secret="") as gate:
        assert (await gate.sign_in()).status_code == 303
        assert gate.provider.secrets_in == ["none"]


async def test_another_claim_can_hold_the_address(db: Database, clock: TestClock) -> None:
    how = {"email_claim": "preferred_username", "verified_claim": ""}
    async with a_gate(db, clock, **how) as gate:
        gate.provider.claims = {
            "email": None, "email_verified": None, "preferred_username": EMAIL,
        }  # fmt: skip
        assert parse_qs(urlsplit(await gate.leave()).query)["scope"] == ["openid email profile"]
        assert (await gate.sign_in()).status_code == 303


# --- a token that is no good ---------------------------------------------------------


GOOD_KEYS = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
PUBLIC = KEY.as_pem(private=False).decode()
AT = 1772556120  #: the clock of these tests


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "een andere"}, {"nonce": None}, {"nonce": ["x"]},
        {"aud": "een ander"}, {"aud": None}, {"aud": [CLIENT, "een ander"]}, {"aud": []},
        {"azp": "een ander"}, {"aud": [CLIENT, "een ander"], "azp": CLIENT},
        {"iss": "https://elders.example"}, {"iss": None},
        {"exp": AT - 61}, {"exp": None}, {"exp": "straks"}, {"exp": True},
        {"iat": AT + 3600}, {"iat": None}, {"nbf": AT + 3600},
        {"sub": None}, {"at_hash": "niet deze"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_with_a_wrong_claim_signs_nobody_in(
    gate: Gate, claims: dict[str, Any]
) -> None:
    assert int(gate.clock.at.timestamp()) == AT
    gate.provider.claims = claims
    await refused(gate, await gate.sign_in(), Fault.TOKEN_REFUSED, 502)
    assert await gate.refusals() == []


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_with_text(SECRET),
        signed_with_text(PUBLIC),
        lambda *_: "geen token",
        lambda *_: "",
        lambda *_: "a.b.c",
        lambda *_: "x" * 30_000,
    ],
    ids=["none", "HS256 secret", "HS256 public key", "text", "empty", "dots", "long"],
)
async def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    gate: Gate, sign: Any
) -> None:
    gate.provider.sign = sign
    await refused(gate, await gate.sign_in(), Fault.TOKEN_REFUSED, 502)


async def test_a_key_of_the_same_name_is_not_the_key(gate: Gate) -> None:
    gate.provider.key = OTHER_KEY
    await refused(gate, await gate.sign_in(), Fault.TOKEN_REFUSED, 502)


async def test_an_unknown_key_is_asked_for_at_most_once_a_minute(gate: Gate) -> None:
    gate.provider.key, gate.provider.alg = NEW_KEY, "ES256"
    for _ in range(3):
        await refused(gate, await gate.sign_in(), Fault.TOKEN_REFUSED, 502)
    assert gate.provider.seen.count("/sleutels") == 1


async def test_a_changed_token_signs_nobody_in(gate: Gate) -> None:
    url = await gate.leave()
    gate.provider.claims = {"email": "iemand@elders.example"}
    place = await gate.agree(url)
    good = gate.provider._id_token(next(iter(gate.provider.grants.values())))
    head, _, signature = good.split(".")
    gate.provider.claims = {}
    forged = gate.provider._id_token(next(iter(gate.provider.grants.values()))).split(".")[1]
    answer = {"access_token": "x", "id_token": f"{head}.{forged}.{signature}"}
    gate.provider.token_answer = (200, json.dumps(answer))
    await refused(gate, await gate.web.get(place), Fault.TOKEN_REFUSED, 502)


# --- a good account of somebody who may not come in ----------------------------------


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email_verified": False}, NotAdmitted.UNVERIFIED),
        ({"email_verified": None}, NotAdmitted.UNVERIFIED),
        ({"email_verified": "nee"}, NotAdmitted.UNVERIFIED),
        ({"email_verified": {}}, NotAdmitted.UNVERIFIED),
        ({"email": "iemand@gemeente.example"}, NotAdmitted.UNKNOWN),
        ({"email": EMAIL.replace("o", "\u03bf")}, NotAdmitted.NO_ADDRESS),
        ({"email": None}, NotAdmitted.NO_ADDRESS),
        ({"email": [EMAIL]}, NotAdmitted.NO_ADDRESS),
        ({"email": f"{EMAIL},x@y.example"}, NotAdmitted.NO_ADDRESS),
        ({"email": "%"}, NotAdmitted.NO_ADDRESS),
    ],
    ids=str,
)
async def test_an_account_that_is_not_of_one_known_person_is_told_whom_to_ask(
    gate: Gate, claims: dict[str, Any], why: NotAdmitted
) -> None:
    people = (await contents(gate.world.db))["person"]
    gate.provider.claims = claims
    answer = await gate.sign_in()
    await refused(gate, answer, why, 403)
    assert await gate.refusals() == [{"reason": why.value}]
    assert (await contents(gate.world.db))["person"] == people


async def test_somebody_without_a_role_is_told_whom_to_ask(gate: Gate) -> None:
    async with gate.world.db.begin() as session:
        for role in Role:
            await revoke(session, gate.world.staff_id, role, who=SYSTEM, now=gate.clock.at)
    answer = await gate.sign_in()
    assert answer.status_code == 403
    assert sign_in_texts.NOT_SIGNED_IN["no_right"][0] in answer.text
    assert EMAIL in answer.text
    assert await gate.refusals() == [{"reason": "no_right"}]


@pytest.mark.parametrize("role", [None, *Role], ids=str)
async def test_an_account_opens_the_console_for_exactly_the_roles_that_may(
    gate: Gate, role: Role | None
) -> None:
    address = "collega@gemeente.example"
    async with gate.world.db.begin() as session:
        person_id = await a_colleague(session, "Collega", (role,) if role else (), gate.clock.at)
        person = await session.get_one(Person, person_id)
        await open_channel(session, person, ChannelKind.EMAIL, address, rank=1, now=gate.clock.at)
    gate.provider.claims = {"email": address}
    allowed = role in ALLOWED[Permission.USE_CONSOLE]
    assert (await gate.sign_in()).status_code == (303 if allowed else 403)
    assert (await gate.web.get("/")).status_code == (200 if allowed else 303)
    # Whoever is in may leave and come back again; the doors to sign in open for everybody.
    again = await gate.sign_in()
    assert again.status_code == (303 if allowed else 403)


async def test_whoever_left_or_closed_the_address_is_unknown(gate: Gate) -> None:
    async with gate.world.db.begin() as session:
        await close_channel(session, ChannelKind.EMAIL, EMAIL, reason="left", now=gate.clock.at)
    await refused(gate, await gate.sign_in(), NotAdmitted.UNKNOWN, 403)
    async with gate.world.db.begin() as session:
        staff = await session.get_one(Person, gate.world.staff_id)
        await open_channel(session, staff, ChannelKind.EMAIL, EMAIL, rank=1, now=gate.clock.at)
        await mark_left(session, staff, who=SYSTEM, now=gate.clock.at)
    answer = await gate.sign_in()
    assert answer.status_code == 403


async def test_an_address_of_two_people_opens_no_door(gate: Gate) -> None:
    async with gate.world.db.begin() as session:
        other = await a_colleague(session, "Tweede", (Role.APPROVER,), gate.clock.at)
        session.add(
            Channel(
                person_id=other, kind=ChannelKind.EMAIL, address=EMAIL.upper(),
                status=ChannelStatus.ACTIVE, created_at=gate.clock.at,
            )
        )  # fmt: skip
    await refused(gate, await gate.sign_in(), NotAdmitted.UNKNOWN, 403)


async def test_what_the_account_says_is_shown_as_text(gate: Gate) -> None:
    gate.provider.claims = {"email": "<b>x</b>@elders.example"}
    assert "<b>x" not in (await gate.sign_in()).text


# --- the way back --------------------------------------------------------------------


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
        "/aanmelden/terug?state=&code=", "/aanmelden/terug?state=%00%F0%9F%98%80&code=y",
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


async def test_too_many_who_come_back_at_once_are_asked_to_wait(gate: Gate) -> None:
    for _ in range(60):
        state = parse_qs(urlsplit(await gate.leave()).query)["state"][0]
        await gate.web.get(f"/aanmelden/terug?error=x&state={state}")
    place = await gate.agree(await gate.leave())
    assert (await gate.web.get(place)).status_code == 429
    gate.clock.forward(minutes=2)
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


# --- a provider that is away, slow or strange ----------------------------------------


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


# --- with and without links; leaving ---------------------------------------------------


async def test_the_links_stay_unless_they_are_switched_off(db: Database, clock: TestClock) -> None:
    mail = MailSettings(host="127.0.0.1", from_address="a@gemeente.example")
    async with a_gate(db, clock, link=False) as gate:
        for link in (True, False):
            sign_in = gate.config.sign_in.model_copy(update={"link": link})
            config = gate.config.model_copy(update={"mail": mail, "sign_in": sign_in})
            async with client_of(db, gate.world.sealer, clock.at, config=config) as web:
                page = (await web.get("/aanmelden")).text
                assert ("/console" in page, 'name="e-mail"' in page) == (link, link)
                asked = await web.post("/aanmelden", data={"e-mail": EMAIL}, headers=SAME_SITE)
                assert asked.status_code == (303 if link else 403)
        gate.provider.claims = {"email": "x@elders.example"}
        assert sign_in_texts.NO_OTHER_WAY in (await gate.sign_in()).text


async def test_without_a_provider_its_doors_are_not_there(db: Database, clock: TestClock) -> None:
    async with a_world(db, clock.at) as world:
        assert "gemeente-account" not in (await world.web.get("/aanmelden")).text
        asked = await world.web.post("/aanmelden/gemeente", data={"naar": "/"}, headers=SAME_SITE)
        assert asked.status_code == 404
        assert (await world.web.get("/aanmelden/terug?code=x&state=y")).status_code == 404


async def test_signing_out_ends_our_session_and_offers_to_end_the_other(gate: Gate) -> None:
    await gate.sign_in()
    out = await press(gate.web, gate.world.sealer, "/afmelden")
    page = await gate.web.get(out.headers["location"])
    assert "U bent afgemeld" in page.text
    link = html.unescape(re.search(r'href="(http[^"]+)"', page.text)[1])  # type: ignore[index]
    assert link.startswith(f"{gate.provider.issuer}/afmelden?")
    assert parse_qs(urlsplit(link).query)["post_logout_redirect_uri"] == [f"{HOME}/aanmelden"]
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(link)).status_code == 200
    assert (await gate.web.get("/")).status_code == 303


@pytest.mark.parametrize("place", [None, "https://elders.example/uit", 3])
async def test_a_provider_without_a_place_to_sign_out_gets_no_link(
    gate: Gate, place: object
) -> None:
    gate.provider.document = {"end_session_endpoint": place}
    await gate.sign_in()
    page = await gate.web.get("/aanmelden?afgemeld=ja")
    assert page.status_code == 303
    await press(gate.web, gate.world.sealer, "/afmelden")
    page = await gate.web.get("/aanmelden?afgemeld=ja")
    assert "U bent afgemeld" in page.text
    assert "Ook bij uw account afmelden" not in page.text


def test_without_a_provider_its_libraries_are_not_loaded() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import bot.console.app, sys; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert not {"authlib", "joserfc"} & set(loaded)
