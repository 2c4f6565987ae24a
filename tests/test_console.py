"""Every page: who may look, which headers it carries, and the server that serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import col, select
from starlette.datastructures import Headers

from bot.config import Config
from bot.console.app import build_app
from bot.console.guarding import SECURITY_HEADERS, is_local
from bot.console.serving import WebServer
from briefings.rows import FactBlock
from contacts.outbox import (
    Acknowledgement,
)
from contacts.records import Database
from contacts.sealing import Sealer
from signals.rows import Signal
from tests.console_world import (
    SAME_SITE,
    World,
    a_world,
    client_of,
    in_the_other_world,
    tell,
)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


WORKING = ("/", "/gebeurtenis/1", "/journaal", "/gezond")


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"Host": "rebinding.example"}),
        ("127.0.0.1", {"Host": "schakel.example"}),
        ("127.0.0.1", {"Host": "[oeps"}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
    ],
)
async def test_without_a_key_the_health_check_is_for_this_computer_only(
    world: World, client: str, headers: dict[str, str]
) -> None:
    asked = {"client": (client, 1), "headers": headers}
    async with client_of(world.db, world.sealer, world.now, **asked) as web:
        assert (await web.get("/gezond")).status_code == 401
        assert (await web.get(world.page)).status_code == 200


def test_the_listening_address_counts_only_while_it_is_this_computer() -> None:
    assert is_local(Headers({"host": "127.0.0.2:8420"}), client="::1", listen_host="127.0.0.2")
    assert is_local(Headers({"host": "[::1]:8420"}), client="::1", listen_host="::1")
    assert not is_local(Headers({"host": "0.0.0.0"}), client="127.0.0.1", listen_host="0.0.0.0")
    assert not is_local(Headers({"host": "localhost"}), client=None, listen_host="127.0.0.1")


async def test_every_answer_carries_the_headers_and_no_cookie(world: World) -> None:
    answers = [
        await world.web.get(path)
        for path in (
            *WORKING, world.page, f"{world.page}/signaal", "/nee", "/o/kort", "/gezond",
            "/static/schakel.css", "/static/nee.css",
        )
    ]  # fmt: skip
    answers += [
        await world.web.post("/"), await world.web.post(f"{world.page}/gelezen"),
        await world.web.post(f"{world.page}/gelezen", headers={"Sec-Fetch-Site": "cross-site"}),
        await tell(world), await tell(world, ernst="5"), await tell(world, soort=[]),
    ]  # fmt: skip
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value, answer.url
        assert "set-cookie" not in answer.headers
        kept = answer.url.path.startswith("/static/")
        assert answer.headers["Cache-Control"] == ("no-cache" if kept else "no-store")


async def test_our_own_fault_is_a_calm_page_with_the_same_headers(world: World) -> None:
    try:
        async with world.db.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE message RENAME TO gone"))
        answer = await world.web.get(world.page)
    finally:  # the tests after this one have the same store
        async with world.db.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE gone RENAME TO message"))
    assert answer.status_code == 500
    assert "Dit ligt niet aan u." in answer.text
    for words in ("SELECT", "no such", "does not exist"):
        assert words not in answer.text
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


async def test_no_page_asks_for_anything_from_elsewhere(
    world: World,
) -> None:
    for path in (world.page, f"{world.page}/signaal", "/aanmelden", "/nee"):
        assert "<script" not in (await world.web.get(path)).text
    paths = ("/", f"/gebeurtenis/{world.event_id}", "/beheer", world.page, f"{world.page}/signaal")
    for path in paths:
        page = (await world.desk.get(path)).text
        for bad in ("<script>", " style=", "<img", "@import", " onclick", 'src="http'):
            assert bad not in page
    assert "http" not in (await world.web.get("/static/schakel.css")).text.replace(
        "http://www.w3.org/2000/svg", ""
    )


async def test_an_exercise_says_so_on_every_page(world: World) -> None:
    async with world.db.begin() as session:
        await in_the_other_world(session, world.event_id)
    for path in (world.page, f"{world.page}/signaal"):
        page = (await world.web.get(path)).text
        assert "<strong>OEFENING.</strong>" in page
        assert '<body class="oefening">' in page
    assert "OEFENING.</strong>" not in (await world.desk.get("/")).text
    config = Config(is_exercise=True)
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        assert "OEFENING.</strong>" in (await web.get("/aanmelden")).text


async def test_a_signal_to_an_exercise_is_one_too(world: World) -> None:
    async with world.db.begin() as session:
        await in_the_other_world(session, world.event_id)
    await tell(world)
    async with world.db.read() as session:
        assert (await session.exec(select(Signal))).one().is_exercise


async def test_times_are_those_of_amsterdam(world: World) -> None:
    async with world.db.begin() as session:
        session.add(
            FactBlock(
                event_id=world.event_id,
                neutral_title="Gebeurtenis, 3 maart",
                as_of=world.now,
                next_update_at=world.now + timedelta(hours=4),
                edited_at=world.now,
            )
        )
    page = (await world.desk.get("/")).text
    assert "dinsdag 3 maart, 17.42 uur" in page
    assert "update 21.42 uur" in page
    assert "Gebeurtenis, 3 maart" in page


async def test_acknowledgements_count_per_kind(world: World) -> None:
    await world.web.post(f"{world.page}/gelezen", headers=SAME_SITE)
    page = (await world.desk.get("/")).text
    assert "<b>1</b> gelezen" in page
    assert "<b>0</b> begrepen" in page
    async with world.db.read() as session:
        found = await session.exec(
            select(Acknowledgement).where(col(Acknowledgement.event_id) == world.event_id)
        )
        assert found.one().delivery_id == world.delivery_id


async def test_the_server_tells_its_port_answers_and_stops(db: Database, now: datetime) -> None:
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now)
    server = WebServer(app, host="127.0.0.1", port=0)
    await server.start()
    try:
        assert server.ready.is_set()
        assert server.port > 0
        async with httpx.AsyncClient() as web:
            answer = await web.get(f"{server.address}/aanmelden")
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        await server.stop()
        await server.stop()


async def test_a_port_in_use_is_an_error_and_not_the_end_of_the_house(
    db: Database, now: datetime
) -> None:
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now)
    first = WebServer(app, host="127.0.0.1", port=0)
    await first.start()
    second = WebServer(app, host="127.0.0.1", port=first.port)
    with pytest.raises(OSError, match=f"127.0.0.1:{first.port}"):
        await second.start()
    await second.stop()
    await first.stop()
