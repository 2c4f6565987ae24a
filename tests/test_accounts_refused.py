"""A token that is no good, or an account of somebody unknown, opens nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from bot.console import sign_in_texts
from bot.console.accounts import NotAdmitted
from bot.oidc.faults import Fault
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person, Role
from contacts.journal import SYSTEM
from contacts.people import close_channel, mark_left, open_channel, revoke
from contacts.permissions import ALLOWED, Permission
from contacts.records import Database
from tests.accounts_world import Gate, a_gate, refused
from tests.console_world import a_colleague, contents
from tests.feeds_world import TestClock
from tests.oidc_world import (
    CLIENT,
    EMAIL,
    KEY,
    NEW_KEY,
    OTHER_KEY,
    SECRET,
    signed_with_text,
    unsigned,
)


@pytest.fixture
def clock(now: datetime) -> TestClock:
    return TestClock(now)


@pytest.fixture
async def gate(db: Database, clock: TestClock) -> AsyncIterator[Gate]:
    async with a_gate(db, clock) as gate:
        yield gate


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
