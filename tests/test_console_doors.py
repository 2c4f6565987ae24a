"""Every door of the console: who may pass, from where, with which form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.routing import Route

from bot.api import doors as api
from bot.config import Config
from bot.console.app import DOORS, build_app
from bot.console.doors import Door
from bot.console.pacing import ACTS_A_MINUTE
from bot.console.pages import COOKIE, PLAIN_COOKIE
from bot.console.paths import way_back
from bot.settings import MailSettings, WebSettings
from contacts.directory import ChannelKind, LinkPurpose, Role
from contacts.journal import SYSTEM
from contacts.links import LIVES, mint_person_link
from contacts.outbox import Delivery, Message
from contacts.people import mark_left, open_channel, revoke
from contacts.permissions import ALLOWED, SHARED, Permission
from contacts.records import Database
from feeds.rows import Event, Origin
from tests.console_world import (
    SAME_SITE,
    World,
    a_colleague,
    a_world,
    client_of,
    contents,
    press,
    signed_in,
)

NUMBER = "{number:int}"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


def path_of(door: Door) -> str:
    return door.path.replace(NUMBER, "1").replace("{name:str}", "2026-K1")


def name_of(door: Door) -> str:
    return f"{door.method} {door.path}"


async def knock(desk: httpx.AsyncClient, world: World, door: Door) -> httpx.Response:
    if door.method == "GET":
        return await desk.get(path_of(door))
    return await press(desk, world.sealer, path_of(door))


@pytest.mark.parametrize("role", Role)
async def test_each_role_passes_exactly_its_own_doors(world: World, role: Role) -> None:
    async with world.db.begin() as session:
        person_id = await a_colleague(session, "Collega", (role,), world.now)
        cookies = await signed_in(session, person_id, world.now)
    # One minute has room for fewer acts than there are doors: each part has a minute of its own.
    for first in range(0, len(DOORS), ACTS_A_MINUTE):
        part = DOORS[first : first + ACTS_A_MINUTE]
        async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
            await knock_on(desk, world, part, role)


async def knock_on(
    desk: httpx.AsyncClient, world: World, doors: Sequence[Door], role: Role
) -> None:
    for door in doors:
        answer = await knock(desk, world, door)
        if role not in ALLOWED[Permission.USE_CONSOLE]:
            assert answer.status_code in (303, 401), name_of(door)
        elif role in ALLOWED[door.permission]:
            assert answer.status_code not in (401, 403, 500), name_of(door)
        else:
            assert answer.status_code == 403, name_of(door)


@pytest.mark.parametrize("door", DOORS, ids=name_of)
async def test_nobody_passes_a_door_without_signing_in(world: World, door: Door) -> None:
    before = await contents(world.db)
    if door.method == "GET":
        answer = await world.web.get(path_of(door))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/aanmelden?naar=")
    else:
        answer = await world.web.post(path_of(door), headers=SAME_SITE)
        assert answer.status_code == 401
    assert await contents(world.db) == before


#: what opens without a door: signing in, pages behind a link, and streams that look for themselves
OPEN_ON_PURPOSE = {
    ("GET", "/aanmelden"), ("POST", "/aanmelden"), ("GET", "/aanmelden/{token:token}"),
    ("POST", "/aanmelden/{token:token}"), ("POST", "/aanmelden/gemeente"),
    ("GET", "/aanmelden/terug"), ("POST", "/afmelden"), ("GET", "/stroom"), ("GET", "/samen"),
    ("GET", "/p/{token:token}"), ("POST", "/p/{token:token}/kanaal"), ("GET", "/gegevens"),
    ("POST", "/p/{token:token}/rusttijd"), ("POST", "/p/{token:token}/vervanger"),
    ("POST", "/p/{token:token}/klopt"), ("POST", "/p/{token:token}/weg"),
    ("POST", "/p/{token:token}/oefening"), ("GET", "/p/{token:token}/overleg.ics"),
    ("GET", "/p/{token:token}/overleg"),
    ("GET", "/privacy"), ("GET", "/p/{token:token}/bestand"), ("POST", "/p/{token:token}/wissen"),
    ("POST", "/p/{token:token}/opvolger"), ("POST", "/p/{token:token}/regel"),
    ("GET", "/p/{token:token}/peiling"), ("POST", "/p/{token:token}/peiling"),
    ("GET", "/p/{token:token}/rondbrief"),
    ("GET", "/cijfers"), ("GET", "/waar"), ("GET", "/waar/pdf"), ("GET", "/agenda/{token:token}"),
    ("POST", "/p/{token:token}/opvolger"), ("GET", "/p/{token:token}/signaal"),
    ("POST", "/p/{token:token}/signaal"), ("GET", "/p/{token:token}/dank"),
    ("POST", "/gegevens"), ("GET", "/gezond"), ("GET", "/metrics"),
    ("GET", "/uit/{token:token}"), ("POST", "/uit/{token:token}"), ("GET", "/o/{token:token}"),
    ("GET", "/o/{token:token}/signaal"), ("POST", "/o/{token:token}/signaal"),
    ("GET", "/o/{token:token}/dank"), ("GET", "/o/{token:token}/pdf"),
    ("GET", "/o/{token:token}/overleg"), ("POST", "/o/{token:token}/overleg"),
    ("GET", "/o/{token:token}/vraag"), ("POST", "/o/{token:token}/vraag"),
    ("POST", "/o/{token:token}/{answer:answer}"),
    ("GET", "/p/{token:token}/hulp"), ("POST", "/p/{token:token}/hulp"),
    ("POST", "/p/{token:token}/hulp/oppakken"), ("POST", "/p/{token:token}/hulp/klaar"),
    ("POST", "/p/{token:token}/hulp/gegeven"), ("POST", "/p/{token:token}/overleg"),
    ("GET", "/p/{token:token}/groepen"), ("POST", "/p/{token:token}/groepen"),
    ("POST", "/p/{token:token}/groepen/wie"), ("POST", "/p/{token:token}/groepen/vragen"),
    ("POST", "/p/{token:token}/groepen/antwoord"),
    ("POST", "/p/{token:token}/delen"), ("GET", "/p/{token:token}/wie"),
    ("POST", "/p/{token:token}/wie"), ("GET", "/p/{token:token}/vertel"),
    ("POST", "/p/{token:token}/vertel"), ("GET", "/o/{token:token}/vertel"),
    ("POST", "/o/{token:token}/vertel"), ("GET", "/nuttig/{token:token}"),
    ("POST", "/nuttig/{token:token}"),
}  # fmt: skip


async def test_every_address_is_a_door_or_open_on_purpose(world: World) -> None:
    app: Any = build_app(world.db, Config(), world.sealer, lambda: world.now)
    found = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    # The API has a gate of its own, a key in the header: tests/test_api.py.
    found -= {("GET", route.path) for route in api.ROUTES}
    assert found - {(door.method, door.path) for door in DOORS} == OPEN_ON_PURPOSE


ACTS = [door for door in DOORS if door.method == "POST"]


@pytest.mark.parametrize("door", ACTS, ids=name_of)
async def test_an_act_from_elsewhere_or_without_its_token_changes_nothing(
    world: World, door: Door
) -> None:
    before = await contents(world.db)
    token = {"sleutel": (await world.press("/nergens")).request.content.decode().partition("=")[2]}
    for headers, fields in (
        ({"Sec-Fetch-Site": "cross-site"}, token),
        ({"Sec-Fetch-Site": "same-site"}, token),
        ({"Origin": "https://elders.example"}, token),
        (SAME_SITE, {}),
        (SAME_SITE, {"sleutel": "f" * 32}),
    ):
        answer = await world.desk.post(path_of(door), headers=headers, data={"x": "", **fields})
        assert answer.status_code == 403, headers
    assert await contents(world.db) == before


@pytest.mark.parametrize("door", ACTS, ids=name_of)
async def test_an_empty_form_is_never_our_fault(world: World, door: Door) -> None:
    answer = await world.press(path_of(door))
    assert answer.status_code < 500


async def test_somebody_of_an_exercise_sees_nothing_of_the_real_world(world: World) -> None:
    async with world.db.begin() as session:
        person_id = await a_colleague(session, "Oefenaar", tuple(Role), world.now, is_exercise=True)
        cookies = await signed_in(session, person_id, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
        for door in DOORS:
            if NUMBER in door.path:
                answer = await knock(desk, world, door)
                refused = (403,) if door.permission in SHARED else (400, 404)
                assert answer.status_code in refused, name_of(door)
        page = (await desk.get("/contacten")).text
        assert "Voorbeeldcollege" not in page


async def test_a_link_signs_in_once_and_looking_does_not_use_it_up(world: World) -> None:
    async with world.db.begin() as session:
        token = await mint_person_link(session, world.staff_id, LinkPurpose.SIGN_IN, now=world.now)
    for _ in range(3):
        assert "Aanmelden" in (await world.web.get(f"/aanmelden/{token}")).text
    entered = await world.web.post(f"/aanmelden/{token}", headers=SAME_SITE)
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await world.web.get("/")).status_code == 200
    assert (await world.web.post(f"/aanmelden/{token}", headers=SAME_SITE)).status_code == 410
    assert (await world.web.get(f"/aanmelden/{token}")).status_code == 410


async def test_over_tls_the_cookie_has_the_host_prefix(world: World) -> None:
    config = Config(web=WebSettings(base_url="https://schakel.example"))
    async with world.db.begin() as session:
        token = await mint_person_link(session, world.staff_id, LinkPurpose.SIGN_IN, now=world.now)
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        entered = await web.post(f"/aanmelden/{token}", headers=SAME_SITE)
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_link_is_over_after_five_minutes(world: World) -> None:
    async with world.db.begin() as session:
        made_at = world.now - LIVES[LinkPurpose.SIGN_IN]
        token = await mint_person_link(session, world.staff_id, LinkPurpose.SIGN_IN, now=made_at)
    assert (await world.web.post(f"/aanmelden/{token}", headers=SAME_SITE)).status_code == 410


async def test_a_link_from_another_site_signs_nobody_in(world: World) -> None:
    async with world.db.begin() as session:
        token = await mint_person_link(session, world.staff_id, LinkPurpose.SIGN_IN, now=world.now)
    answer = await world.web.post(f"/aanmelden/{token}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (await world.web.get(f"/aanmelden/{token}")).status_code == 200


@pytest.mark.parametrize(("later", "status"), [(59, 200), (61, 303), (13 * 60, 303)])
async def test_a_session_ends_when_it_is_not_used(world: World, later: int, status: int) -> None:
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    at = world.now + timedelta(minutes=later)
    async with client_of(world.db, world.sealer, at, cookies=cookies) as desk:
        assert (await desk.get("/")).status_code == status


async def test_a_session_ends_after_its_hours_however_much_it_is_used(world: World) -> None:
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    statuses = []
    for half_hours in range(1, 26):
        at = world.now + timedelta(minutes=30 * half_hours)
        async with client_of(world.db, world.sealer, at, cookies=cookies) as desk:
            statuses.append((await desk.get("/")).status_code)
    assert statuses == [200] * 23 + [303] * 2


async def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
    assert (await world.press("/afmelden")).status_code == 303
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
        assert (await desk.get("/")).status_code == 303


async def test_a_right_that_is_taken_away_is_gone_at_once(world: World) -> None:
    async with world.db.begin() as session:
        await revoke(session, world.staff_id, Role.ADMIN, who=SYSTEM, now=world.now)
    assert (await world.desk.get("/beheer")).status_code == 403
    assert (await world.desk.get("/signalen")).status_code == 200


async def test_whoever_left_is_signed_out(world: World) -> None:
    from contacts.directory import Person

    async with world.db.begin() as session:
        person = await session.get_one(Person, world.staff_id)
        await mark_left(session, person, who=SYSTEM, now=world.now)
    assert (await world.desk.get("/")).status_code == 303


async def test_asking_by_mail_tells_nobody_who_is_known(world: World) -> None:
    config = Config(mail=MailSettings(host="127.0.0.1", from_address="a@gemeente.example"))
    async with world.db.begin() as session:
        from contacts.directory import Person

        person = await session.get_one(Person, world.staff_id)
        await open_channel(
            session, person, ChannelKind.EMAIL, "co@gemeente.example", rank=1, now=world.now
        )
    answers = []
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        for address in ("co@gemeente.example", "docent@school.example", "niemand@elders.example"):
            answer = await web.post("/aanmelden", data={"e-mail": address}, headers=SAME_SITE)
            answers.append((answer.status_code, answer.headers["location"]))
    assert len(set(answers)) == 1
    async with world.db.read() as session:
        found = await session.exec(
            select(Delivery.address).join(Message).where(Delivery.id != world.delivery_id)
        )
        assert found.all() == ["co@gemeente.example"]


async def test_a_mailed_link_is_nowhere_in_the_clear(world: World) -> None:
    async with world.db.read() as session:
        messages = (await session.exec(select(Message))).all()
    assert all("/aanmelden/" not in str(message.content) for message in messages)


async def test_asking_too_often_is_refused_for_a_minute(world: World) -> None:
    statuses = [
        (
            await world.web.post(
                "/aanmelden", data={"e-mail": "x@elders.example"}, headers=SAME_SITE
            )
        ).status_code
        for _ in range(6)
    ]
    assert statuses == [303] * 5 + [429]
    # Nobody else is kept out by it.
    other = await world.web.post(
        "/aanmelden", data={"e-mail": "y@elders.example"}, headers=SAME_SITE
    )
    assert other.status_code == 303


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/gebeurtenis/3", "/gebeurtenis/3"),
        ("https://elders.example", "/"),
        ("//elders.example", "/"),
        ("/\\elders.example", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        ("/" + "a" * 300, "/"),
    ],
)
def test_the_way_back_stays_on_this_site(path: str, back: str) -> None:
    assert way_back(path) == back


async def test_two_people_confirm_and_the_second_is_told(world: World) -> None:
    async with world.db.begin() as session:
        event = Event(title="Melding", type="algemeen", origin=Origin.FEED, detected_at=world.now)
        session.add(event)
        await session.flush()
        number = event.id
    answers = {"ernst": "3", "leiding": "gemeente", "tijd": "0"}
    first = await world.press(f"/gebeurtenis/{number}/bevestigen", **answers)
    second = await world.press(f"/gebeurtenis/{number}/bevestigen", **answers)
    assert first.status_code == 303
    assert second.status_code == 409
    assert "al besloten" in second.text
