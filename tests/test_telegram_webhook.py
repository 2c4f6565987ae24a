"""Updates that Telegram brings: stored before it hears 200, known by a secret, never twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette
from telegram import Bot, WebhookInfo
from telegram.error import Conflict, InvalidToken, NetworkError

from bot.intake import Intake
from bot.rows import IncomingUpdate
from bot.simulator import Simulator
from bot.strangers import StrangerDesk
from bot.telegram_request import AiohttpRequest
from bot.telegram_webhook import (
    FRESH,
    MAX_BODY,
    PATH,
    SECRET_HEADER,
    WebhookDoor,
    WebhookKeeper,
    _cannot_deliver,
)
from contacts.directory import ChannelKind
from contacts.outbox import Content
from contacts.records import Database
from contacts.sealing import Sealer
from signals.person_filter import Screening, screen

UPDATE: dict[str, Any] = {
    "update_id": 7,
    "message": {
        "message_id": 1, "date": 1, "chat": {"id": 41, "type": "private"},
        "from": {"id": 41, "is_bot": False, "first_name": "x"}, "text": "/status",
    },
}  # fmt: skip


class Sent(StrangerDesk):
    """Keeps what it would say."""

    def answer(
        self, strangers: Any, stopped: Any = (), playing: Any = (), *, now: datetime
    ) -> None:
        self.answered |= {update.chat: now for update in strangers}


async def nobody(kind: ChannelKind, address: str, content: Content) -> bool:
    raise AssertionError("nothing goes out in these tests")


def look_at(text: str) -> Screening:
    """The filter of persons, which may take a second: never on the thread that sends."""
    assert threading.current_thread() is not threading.main_thread()
    return screen(text, ())


@pytest.fixture
async def door(db: Database, now: datetime) -> AsyncIterator[tuple[WebhookDoor, httpx.AsyncClient]]:
    sealer = Sealer(Sealer.new_key())
    intake = Intake(db, sealer, look_at, Sent(None, "", nobody), on_new=lambda: None)
    made = WebhookDoor(intake, sealer, clock=lambda: now)
    transport = httpx.ASGITransport(
        app=Starlette(routes=[made.route()]), raise_app_exceptions=False
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as web:
        yield made, web


async def stored(db: Database) -> list[IncomingUpdate]:
    async with db.read() as session:
        return list((await session.exec(select(IncomingUpdate))).all())


async def test_an_update_is_on_disk_when_telegram_hears_that_it_arrived(
    door: tuple[WebhookDoor, httpx.AsyncClient], db: Database
) -> None:
    made, web = door
    for _ in range(2):
        answer = await web.post(PATH, json=UPDATE, headers={SECRET_HEADER: made.secret})
        assert answer.status_code == 200
    assert [row.id for row in await stored(db)] == [7]


async def test_a_text_is_looked_at_beside_what_is_being_sent(
    door: tuple[WebhookDoor, httpx.AsyncClient], db: Database
) -> None:
    made, web = door
    written = {"update_id": 8, "message": {**UPDATE["message"], "text": "Het is rustig."}}
    answer = await web.post(PATH, json=written, headers={SECRET_HEADER: made.secret})
    assert answer.status_code == 200
    assert [row.id for row in await stored(db)] == [8]


@pytest.mark.parametrize("secret", ["", "x", "é"])
async def test_who_does_not_know_the_secret_brings_nothing_in(
    door: tuple[WebhookDoor, httpx.AsyncClient], db: Database, secret: str
) -> None:
    _, web = door
    answer = await web.post(PATH, json=UPDATE, headers={SECRET_HEADER.encode(): secret.encode()})
    assert answer.status_code == 403
    assert await stored(db) == []


async def test_a_store_that_is_away_makes_telegram_keep_the_update(
    door: tuple[WebhookDoor, httpx.AsyncClient], db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("gone")

    made, web = door
    with monkeypatch.context() as broken:
        broken.setattr("bot.intake.store_updates", away)
        answer = await web.post(PATH, json=UPDATE, headers={SECRET_HEADER: made.secret})
    assert answer.status_code == 500


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"update_id": "x"}', b"[" * 50_000])
async def test_what_is_no_update_is_taken_and_does_not_come_back(
    door: tuple[WebhookDoor, httpx.AsyncClient], db: Database, raw: bytes
) -> None:
    made, web = door
    answer = await web.post(PATH, content=raw, headers={SECRET_HEADER: made.secret})
    assert answer.status_code == 200
    assert await stored(db) == []


async def test_too_much_is_refused_before_it_is_read(
    door: tuple[WebhookDoor, httpx.AsyncClient],
) -> None:
    made, web = door
    answer = await web.post(
        PATH, content=b"x" * (MAX_BODY + 1), headers={SECRET_HEADER: made.secret}
    )
    assert answer.status_code == 413


async def test_the_address_is_told_again_when_telegram_has_another_one(now: datetime) -> None:
    simulator = Simulator()
    await simulator.start()
    request = AiohttpRequest()
    try:
        bot = Bot(simulator.token, base_url=simulator.bot_url, request=request)
        keeper = WebhookKeeper(bot, "http://127.0.0.1:1/ergens", "geheim", clock=lambda: now)
        assert await keeper.look() is None
        await bot.set_webhook("http://127.0.0.1:2/elders")
        await keeper.look()
        assert (await bot.get_webhook_info()).url == "http://127.0.0.1:1/ergens"
    finally:
        await request.shutdown()
        await simulator.stop()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(KeyError("result"), "unreachable"), (NetworkError("x"), "unreachable"),
     (InvalidToken("x"), "token"), (Conflict("x"), "conflict")],
)  # fmt: skip
async def test_no_answer_of_telegram_ends_the_keeping_of_the_address(
    now: datetime, monkeypatch: pytest.MonkeyPatch, error: Exception, trouble: str
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(Bot, "get_webhook_info", fail)
    stop = asyncio.Event()
    keeper = WebhookKeeper(Bot("1:x"), "http://127.0.0.1:1/x", "geheim", clock=lambda: now)
    told: list[str | None] = []

    def note(said: str | None) -> None:
        told.append(said)
        stop.set()

    keeper.on_trouble = note
    await keeper.run(stop)
    assert told == [trouble]


@pytest.mark.parametrize(
    ("pending", "ago", "wrong"),
    [(3, timedelta(seconds=10), True), (0, timedelta(seconds=10), False),
     (3, FRESH * 2, False), (3, None, False)],
)  # fmt: skip
def test_only_updates_that_wait_after_a_fresh_error_are_trouble(
    now: datetime, pending: int, ago: timedelta | None, wrong: bool
) -> None:
    failed_at = None if ago is None else now - ago
    info = WebhookInfo("u", False, pending, last_error_date=failed_at)
    assert _cannot_deliver(info, now) is wrong
