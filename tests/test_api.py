"""The API: only with a key, only what is described, and nobody's name."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import unsupported_method
from sqlmodel import SQLModel, col, select

from bot.api import doors
from bot.api.document import QUESTIONS, document
from bot.api.doors import MOST_A_MINUTE
from bot.api.keys import make_key, revoke_key
from bot.clock import utc_now
from bot.config import Config
from bot.console.app import build_app
from bot.console.pacing import Pace
from bot.console.serving import WebServer
from bot.database import open_database
from bot.rows import ApiKey
from contacts.directory import Domain, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import Event, Origin
from signals.rows import Setting, Signal
from signals.texts import severity_told
from tests.console_desk import FACT, Desk, a_desk
from tests.console_world import PLANTED, client_of

NO_KEY = {"Authorization": ""}
DOCUMENT = document(version="1", address="http://127.0.0.1")


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def web(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with desk.world.db.begin() as session:
        _, secret = await make_key(session, "crisisdashboard", who=SYSTEM, now=desk.world.now)
    headers = {"Authorization": f"Bearer {secret}"}
    async with client_of(
        desk.world.db, desk.world.sealer, desk.world.now, headers=headers
    ) as client:
        yield client


def fits(answer: httpx.Response, name: str) -> dict[str, Any]:
    """The answer, after it was held against the document."""
    assert answer.status_code == 200, answer.text
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema_rs.validator_for(schema).validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def test_what_is_answered_is_what_is_described(desk: Desk, web: httpx.AsyncClient) -> None:
    await desk.fact()
    path = f"/api/v1/events/{desk.number}"
    before = fits(await web.get(f"{path}/briefings"), "BriefingList")
    assert [one["texts"] for one in before["versions"]] == [[]]
    await desk.send(1)
    fits(await web.get("/api/v1"), "Version")
    listed = fits(await web.get("/api/v1/events"), "EventList")
    assert desk.number in [one["id"] for one in listed["events"]]
    assert fits(await web.get(path), "EventAnswer")["status"] == "confirmed"
    [version] = fits(await web.get(f"{path}/briefings"), "BriefingList")["versions"]
    assert len(version["texts"]) == 7
    assert all(FACT in text["plain"] for text in version["texts"])
    assert "%%" not in json.dumps(version)
    fits(await web.get(f"{path}/picture"), "Picture")


async def test_a_total_is_no_more_exact_than_its_parts(desk: Desk, web: httpx.AsyncClient) -> None:
    """Five schools and one of care: 6 in all would say that exactly one of care told something."""
    told = [Domain.EDUCATION] * 5 + [Domain.CARE_WELFARE]
    async with desk.world.db.begin() as session:
        session.add_all(
            a_signal(desk, number, domain=domain) for number, domain in enumerate(told, 1)
        )
    path = f"/api/v1/events/{desk.number}"
    picture = fits(await web.get(f"{path}/picture"), "Picture")
    counts = {one["label"]: one["organisations"] for one in picture["domains"]}
    assert counts == {"onderwijs": "5", "zorg en welzijn": "1-2"}
    assert picture["organisations"] == "6-7"
    page = (await desk.web.get(f"/gebeurtenis/{desk.number}/beeld")).text
    assert "6-7 organisaties" in page


async def test_the_picture_says_the_severity_that_duiders_established(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    async with desk.world.db.begin() as session:
        session.add_all(a_signal(desk, n, established_severity=3) for n in (1, 2, 3))
        session.add_all(a_signal(desk, n) for n in (4, 5, 6))
    picture = fits(await web.get(f"/api/v1/events/{desk.number}/picture"), "Picture")
    counts = {one["label"]: one["organisations"] for one in picture["severities"]}
    assert counts == {severity_told(3): "3", severity_told(2): "3"}


def a_signal(desk: Desk, organisation: int, **values: Any) -> Signal:
    base: dict[str, Any] = {"domain": Domain.EDUCATION, "kinds": ["geruchten"]}
    return Signal(
        event_id=desk.number, organisation_id=organisation, received_at=desk.world.now,
        district="stad", setting=Setting.OTHER, severity=2, answer_due_at=desk.world.now,
        **(base | values),
    )  # fmt: skip


async def test_pages_of_events_follow_each_other_without_gap(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    async with desk.world.db.begin() as session:
        for number in range(7):
            session.add(
                Event(
                    title=f"Gebeurtenis {number}", type="algemeen", origin=Origin.MANUAL,
                    detected_at=desk.world.now, is_exercise=number == 3,
                )
            )  # fmt: skip
    seen: list[int] = []
    before: int | None = None
    while True:
        query = {"limit": 3, **({"before": before} if before else {})}
        page = fits(await web.get("/api/v1/events", params=query), "EventList")
        seen += [one["id"] for one in page["events"]]
        before = page["next_before"]
        if before is None:
            break
    async with desk.world.db.read() as session:
        real = await session.exec(select(Event.id).where(col(Event.is_exercise).is_(False)))
        assert seen == sorted((ident or 0 for ident in real.all()), reverse=True)
    practised = await web.get("/api/v1/events?exercise=true")
    assert [one["is_exercise"] for one in practised.json()["events"]] == [True]


async def test_nobodys_name_address_or_note_is_told(desk: Desk, web: httpx.AsyncClient) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.title = f"{PLANTED} aangehouden in Arnhem"
        for person in (await session.exec(select(Person))).all():
            person.name = f"{PLANTED} {person.id}"
        session.add(
            Signal(
                event_id=desk.number, organisation_id=1, domain=Domain.EDUCATION,
                kinds=["geruchten"], severity=2, district="WK020207", setting=Setting.CLASSROOM,
                received_at=desk.world.now, answer_due_at=desk.world.now,
                outcome_text="liep weg", reply_handle="docent@school.example",
            )
        )  # fmt: skip
    told = ""
    for one in QUESTIONS:
        told += (await web.get(one.path.format(id=desk.number))).text
    for trace in ("Bakkerstra", "docent@school.example", "liep weg"):
        assert trace not in told


async def test_without_an_open_key_there_is_nothing_to_see(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    now, day = desk.world.now, timedelta(days=1)
    async with desk.world.db.begin() as session:
        revoked, gone = await make_key(session, "oud", who=SYSTEM, now=now)
        await revoke_key(session, revoked.id or 0, who=SYSTEM, now=now)
        assert not await revoke_key(session, revoked.id or 0, who=SYSTEM, now=now)
        _, late = await make_key(session, "verlopen", who=SYSTEM, now=now - 2 * day, life=day)
    for shown in ("", "Bearer ", "Bearer schakel_x", f"Basic {gone}", f"Bearer {gone}", late):
        answer = await web.get("/api/v1/events", headers={"Authorization": shown})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    # Whoever is signed in at the desk is no system, and a key opens no page.
    assert (await desk.web.get("/api/v1/events")).status_code == 401
    assert (await web.get("/contacten", follow_redirects=False)).status_code != 200


async def test_every_address_of_the_api_but_its_document_asks_for_a_key(
    web: httpx.AsyncClient,
) -> None:
    told = {}
    for route in doors.ROUTES:
        address = route.path.replace("{id}", "1").replace("{rest:path}", "x")
        told[route.path] = (await web.get(address, headers=NO_KEY)).status_code
    open_ones = {path for path, status in told.items() if status != 401}
    assert open_ones == {"/api/v1/openapi.json", "/api/{rest:path}"}


async def test_a_key_is_stored_as_a_hash_and_used_to_the_day(
    desk: Desk, web: httpx.AsyncClient
) -> None:
    secret = web.headers["authorization"].partition(" ")[2]
    await web.get("/api/v1")
    async with desk.world.db.read() as session:
        [key] = (await session.exec(select(ApiKey))).all()
        journal = (await session.exec(select(JournalEntry))).all()
    assert key.used_at == desk.world.now
    assert secret not in repr(key)
    assert "api_key_made" in [entry.action for entry in journal]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/events/9999999", 404), ("/api/v1/events/x", 422), ("/api/v1/events/0", 422),
        ("/api/v1/events/99999999999999", 422), ("/api/v1/events?limit=0", 422),
        ("/api/v1/events?limit=201", 422), ("/api/v1/events?before=²", 422),
        ("/api/v1/events?exercise=ja", 422), ("/api/v2/events", 404), ("/api/", 404),
    ],
)  # fmt: skip
async def test_a_wrong_question_is_answered_with_what_to_do(
    web: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await web.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_method_that_an_address_does_not_have_is_refused_in_json_with_those_it_has(
    web: httpx.AsyncClient, method: str
) -> None:
    for route in doors.ROUTES[:-1]:
        answer = await web.request(method, route.path.replace("{id}", "1"))
        assert answer.status_code == 405, route.path
        assert {*answer.headers["allow"].split(", ")} == {"GET", "HEAD"}
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 405
    nowhere = await web.request(method, "/api/v1/event")
    assert nowhere.status_code == nowhere.json()["status"] == 404


def test_a_key_that_asks_too_often_waits_and_others_do_not(now: datetime) -> None:
    pace = Pace(MOST_A_MINUTE)
    assert {pace.wait_for(1, now) for _ in range(MOST_A_MINUTE)} == {0}
    assert 0 < pace.wait_for(1, now + timedelta(seconds=20)) <= 41
    assert pace.wait_for(2, now) == 0
    assert pace.wait_for(1, now + timedelta(seconds=60)) == 0


@contextmanager
def a_server(folder: Path) -> Iterator[tuple[str, str]]:
    """The application on a real socket, in a thread of its own; its address and a key."""
    ready, stop = threading.Event(), threading.Event()
    found: list[str] = []

    async def serve() -> None:
        db = open_database(f"sqlite+aiosqlite:///{folder}/api.sqlite3")
        async with db.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        async with db.begin() as session:
            for number in range(3):
                session.add(
                    Event(
                        title=f"Gebeurtenis {number}", type="algemeen", origin=Origin.MANUAL,
                        detected_at=utc_now(),
                    )
                )  # fmt: skip
            _, secret = await make_key(session, "proef", who=SYSTEM, now=utc_now())
        app = build_app(db, Config(), Sealer(Sealer.new_key()), utc_now)
        app.state.api_pace = Unhurried(MOST_A_MINUTE)
        web = WebServer(app, host="127.0.0.1", port=0)
        await web.start()
        found.extend((web.address, secret))
        ready.set()
        await asyncio.to_thread(stop.wait)
        await app.state.live.close()
        await web.stop()
        await db.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(60)
        yield found[0], found[1]
    finally:
        stop.set()
        thread.join()


class Unhurried(Pace):
    def wait_for(self, key: Hashable, now: datetime) -> int:
        return 0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_made_up_questions_find_no_answer_that_is_not_described(tmp_path: Path) -> None:
    with a_server(tmp_path) as (address, secret):
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
        headers = {"Authorization": f"Bearer {secret}"}
        asked = 0
        for operation in schema.get_all_operations():
            strategy = operation.ok().as_strategy()

            @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=strategy)
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                case.call_and_validate(
                    base_url=address, headers=headers, excluded_checks=[unsupported_method]
                )

            ask()
        assert asked >= 25
