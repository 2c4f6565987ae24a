"""A passkey before an approval: asked where it is set, worth something for these texts only."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Browser, CDPSession, Page, expect
from sqlmodel import col, select

from bot.config import Config, ConfigError, load_config
from bot.console import passkey_texts as words
from bot.console.doors import Visit
from bot.console.pages import PLAIN_COOKIE
from bot.console.passkeys import PERIOD_S, _accepted, _proved, challenge_of
from bot.console.sessions import Visitor
from bot.rows import Passkey
from bot.settings import SignInSettings, WebSettings
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Person
from contacts.permissions import Actor
from contacts.records import Database
from contacts.sealing import Sealer
from tests.browsing import PATIENCE_MS, Window, needs_browser, open_window, sign_in
from tests.console_desk import Desk, a_desk
from tests.console_world import app_of, client_of, press
from tests.coordinating import news
from tests.desk_evening import written
from tests.flow_world import Evening, an_evening

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def a_visit(now: datetime, *, session_id: int = 1) -> Visit:
    """Enough of a request to ask for a challenge."""

    class Parts:
        sealer = SEALER
        config = Config(web=WebSettings(base_url="https://schakel.example"))

    actor = Actor(1, 1, frozenset(), is_exercise=False)
    visitor = Visitor(actor, "Goedkeurder", session_id, "")
    return Visit(None, Parts(), visitor, None, now)


NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
SEALER = Sealer(Sealer.new_key())
A_KEY = Passkey(person_id=1, name="x", credential="00", public_key="00", created_at=NOW)


# --- the challenge -----------------------------------------------------------------------


def test_a_challenge_is_for_one_session_these_texts_and_a_few_minutes(now: datetime) -> None:
    visit = a_visit(now)
    mine = challenge_of(visit, "texts", at=now)
    assert mine in _accepted(visit, "texts")
    assert mine not in _accepted(visit, "other texts")
    assert mine not in _accepted(a_visit(now, session_id=2), "texts")
    later = replace(visit, now=now + timedelta(seconds=PERIOD_S))
    assert mine in _accepted(later, "texts")
    too_late = replace(visit, now=now + timedelta(seconds=2 * PERIOD_S))
    assert mine not in _accepted(too_late, "texts")


@given(
    st.text(max_size=50)
    | st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "rawId", "response", "type"]), inner)
        ),
    ).map(json.dumps)
    | st.just('{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}')
)
def test_whatever_is_sent_as_a_proof_is_no_proof(given_: str) -> None:
    assert _proved(a_visit(NOW), "texts", {"00": A_KEY}, given_) == (None, 0)


# --- who is asked ------------------------------------------------------------------------


async def with_setting(desk: Desk, setting: str, act: str) -> Any:
    """Press approve at a desk where passkeys are set like this."""
    assert (await desk.press("indienen", versie=1)).status_code == 303
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    sign_in = SignInSettings(passkey=setting)
    config = Config(
        sign_in=sign_in,
        web=WebSettings(base_url="http://localhost:8420"),
        briefings=app_of(desk.web).state.parts.config.briefings,
    )
    world = desk.world
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as web:
        path = f"/gebeurtenis/{desk.number}/{act}"
        if act == "goedkeuren":
            return await press(web, world.sealer, path, gelezen=briefing.content_hash)
        return await web.get(path)


async def status_of(desk: Desk) -> BriefingStatus:
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    return BriefingStatus(briefing.status)


async def test_must_without_a_passkey_sends_nothing_and_says_where_to_make_one(
    desk: Desk,
) -> None:
    answer = await with_setting(desk, "moet", "goedkeuren")
    assert answer.status_code == 422
    assert words.NONE_YET in answer.text
    assert await status_of(desk) is BriefingStatus.SUBMITTED


async def test_may_without_a_passkey_approves_as_before(desk: Desk) -> None:
    assert (await with_setting(desk, "mag", "goedkeuren")).status_code == 303
    assert await status_of(desk) is not BriefingStatus.SUBMITTED


async def test_may_with_a_passkey_does_not_let_it_be_left_out(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        session.add(
            Passkey(
                person_id=desk.world.staff_id, name="telefoon", credential="00", public_key="00",
                created_at=desk.world.now,
            )
        )  # fmt: skip
    answer = await with_setting(desk, "mag", "goedkeuren")
    assert answer.status_code == 422
    assert words.NOT_PROVED in answer.text
    assert await status_of(desk) is BriefingStatus.SUBMITTED


async def test_a_passkey_of_somebody_else_cannot_be_removed(desk: Desk) -> None:
    world = desk.world
    async with world.db.begin() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Docent"))
        other = found.one().id or 0
        session.add(
            Passkey(
                person_id=other, name="t", credential="00", public_key="0", created_at=world.now
            )
        )
    assert (await world.press("/passkeys/1")).status_code == 404
    assert len(await desk.rows(Passkey)) == 1


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://schakel.gemeente.example", True),
        ("http://localhost:8420", True),
        ("http://127.0.0.1:8420", False),
        ("http://schakel.gemeente.example", False),
    ],
)
def test_passkeys_need_a_name_over_tls(tmp_path: Path, address: str, is_good: bool) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[sign_in]\npasskey = "mag"\n[web]\nbase_url = "{address}"\n')
    if is_good:
        load_config(file, {})
        return
    with pytest.raises(ConfigError, match="passkey"):
        load_config(file, {})


# --- in a browser, with a device of its own ----------------------------------------------


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    port = free_port()
    web = WebSettings(port=port, base_url=f"http://localhost:{port}")
    async with an_evening(tmp_path, web=web, sign_in=SignInSettings(passkey="mag")) as started:
        yield started


async def at_desk(evening: Evening, browser: Browser, name: str) -> Window:
    cookies = await sign_in(evening.house, name)
    return await open_window(browser, evening.house.config.web.base_url, cookies)


@dataclass
class Device:
    """A device that says yes by itself, until it is put away."""

    line: CDPSession
    number: str

    async def put_away(self) -> None:
        await self.line.send(
            "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.number}
        )


async def give_device(page: Page, line: CDPSession | None = None) -> Device:
    """:param line: of the device before it, on the same page."""
    if line is None:
        line = await page.context.new_cdp_session(page)
        await line.send("WebAuthn.enable")
    made = await line.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return Device(line, made["authenticatorId"])


@needs_browser
async def test_an_approver_makes_a_passkey_and_approves_with_it(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    await give_device(approver.page)
    await approver.go("/passkeys")
    await approver.page.fill("#naam", "werktelefoon")
    await approver.press("Maak een passkey")
    await expect(approver.page.get_by_text("De passkey staat erbij.")).to_be_visible()
    await approver.keep("passkeys")
    assert await approver.violations() == []
    await approver.go("/")
    await approver.page.locator("a.knop", has_text="Bekijk").first.click()
    await approver.press("Goedkeuren en verzenden")
    assert await approver.violations() == []
    # At night the page proposes the morning.
    if await approver.page.locator('input[name="tijd"]').count():
        await approver.page.fill('input[name="tijd"]', "")
    await approver.page.get_by_text("Ik keur ook goed").click()
    await approver.press("Ja, verzenden")
    await expect(
        approver.page.get_by_text("Goedgekeurd. De berichten gaan nu uit.")
    ).to_be_visible()
    assert [line for line in approver.complaints if "favicon" not in line] == []
    async with evening.house.db.read() as session:
        [key] = (await session.exec(select(Passkey))).all()
    assert key.used_at is not None
    assert key.sign_count > 0


@needs_browser
async def test_who_has_a_passkey_cannot_approve_around_it_in_the_chat(
    evening: Evening, browser: Browser
) -> None:
    desk = await at_desk(evening, browser, "Coördinator")
    await desk.go("/")
    await news(evening)
    await written(desk)
    approver = await at_desk(evening, browser, "Goedkeurder")
    await give_device(approver.page)
    await approver.go("/passkeys")
    await approver.press("Maak een passkey")
    await expect(approver.page.get_by_text("De passkey staat erbij.")).to_be_visible()
    await evening.approver.press("Goedkeuren en verzenden")
    await evening.approver.see("Goedkeuren gaat met uw passkey")
    async with evening.house.db.read() as session:
        [briefing] = (await session.exec(select(Briefing))).all()
    assert briefing.status is BriefingStatus.SUBMITTED
