"""Signing in with an account of the municipality, staying in, and leaving."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel import col, select

from bot.console import sign_in_texts
from bot.console.accounts import PLAIN_COOKIE as PENDING_COOKIE
from bot.settings import MailSettings
from contacts.journal import JournalEntry
from contacts.records import Database
from tests.accounts_world import HOME, Gate, a_gate
from tests.console_world import SAME_SITE, a_world, client_of, contents, press
from tests.feeds_world import TestClock
from tests.oidc_world import (
    EMAIL,
    KEY,
    NEW_KEY,
)


@pytest.fixture
def clock(now: datetime) -> TestClock:
    return TestClock(now)


@pytest.fixture
async def gate(db: Database, clock: TestClock) -> AsyncIterator[Gate]:
    async with a_gate(db, clock) as gate:
        yield gate


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
            select(JournalEntry)
            .where(col(JournalEntry.action) == "signed_in")
            .order_by(col(JournalEntry.id))
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
    link = html.unescape(re.search(r'href="(http[^"]+)"', page.text)[1])
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
