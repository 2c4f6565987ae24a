"""Updates of the simulated Telegram: how they look, odd ones, taps, and webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.simulator import TOKEN, Simulator, User
from bot.telegram_request import AiohttpRequest

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Gelezen", callback_data="read:1")]])


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as running:
        yield running


@pytest.fixture
async def user(simulator: Simulator) -> User:
    docent = simulator.user(7, "Docent VO")
    await docent.start()
    return docent


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[Bot]:
    first, second = AiohttpRequest(read_timeout_s=1.0), AiohttpRequest()
    made = Bot(TOKEN, base_url=simulator.bot_url, request=first, get_updates_request=second)
    async with made:
        yield made


async def call(simulator: Simulator, method: str, how: str = "POST", **how_given: Any) -> Any:
    """A raw request; returns (status, answer)."""
    async with (
        aiohttp.ClientSession() as client,
        client.request(how, f"{simulator.bot_url}{TOKEN}/{method}", **how_given) as answer,
    ):
        return answer.status, await answer.json()


async def test_updates_look_like_telegrams(simulator: Simulator, user: User, bot: Bot) -> None:
    await user.say("/help kijk op https://x.example/a?b=1 eens")
    await user.forward("Aanhouding in Oost", "https://omroep.example/1")
    await user.send_photo("bijschrift")
    await user.send_voice()
    await user.send_document("lijst.csv")
    await user.send_contact("0610000000", "Voorbeeld")
    got = [u.message for u in await bot.get_updates(timeout=1)]
    assert all(m is not None and m.from_user is not None for m in got)
    start, command, forward, photo, voice, document, contact = [m for m in got if m is not None]
    assert start.from_user is not None
    assert (start.from_user.language_code, start.from_user.is_bot) == ("nl", False)
    assert [e.type for e in command.entities] == ["bot_command", "url"]
    assert forward.forward_origin is not None
    assert forward.entities[0].url == "https://omroep.example/1"
    assert (photo.caption, photo.photo[-1].width) == ("bijschrift", 800)
    assert voice.voice is not None
    assert document.document is not None
    assert contact.contact is not None


async def test_an_edit_keeps_its_date_and_tells_the_change(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    await user.say("eerst")
    await user.edit(user.last_id, "daarna")
    edited = (await bot.get_updates(timeout=1))[-1].edited_message
    assert edited is not None
    assert (edited.text, edited.edit_date is not None) == ("daarna", True)
    with pytest.raises(LookupError):
        await user.edit(999, "x")


async def test_odd_updates_pass_as_they_are(simulator: Simulator, user: User) -> None:
    _, answer = await call(simulator, "getUpdates")
    first = answer["result"][0]
    await simulator.telegram.inject(first)  # twice
    await simulator.telegram.inject({"update_id": 3, "message": "nonsense"})  # out of order
    await simulator.telegram.inject({"update_id": None, "new_kind": {}})  # no id at all
    await simulator.telegram.inject({})  # no kind
    _, answer = await call(simulator, "getUpdates")
    assert [u.get("update_id") for u in answer["result"]] == [500_001, 500_001, 3, None, 500_002]
    _, answer = await call(simulator, "getUpdates", json={"offset": 500_003})
    assert answer["result"] == []


async def test_only_the_kinds_that_were_asked_for_come_and_that_is_remembered(
    simulator: Simulator, user: User
) -> None:
    await user.block()
    asked = {"allowed_updates": json.dumps(["my_chat_member"])}
    _, answer = await call(simulator, "getUpdates", data=asked)
    assert [list(u)[1] for u in answer["result"]] == ["my_chat_member"]
    _, answer = await call(simulator, "getUpdates")
    assert len(answer["result"]) == 1
    _, answer = await call(simulator, "getUpdates", data={"allowed_updates": "[]", "limit": "1"})
    assert [list(u)[1] for u in answer["result"]] == ["message"]


async def test_a_negative_offset_keeps_only_the_end(simulator: Simulator, user: User) -> None:
    for text in "abc":
        await user.say(text)
    _, answer = await call(simulator, "getUpdates", json={"offset": -1})
    assert [u["message"]["text"] for u in answer["result"]] == ["c"]
    _, answer = await call(simulator, "getUpdates")
    assert len(answer["result"]) == 1


async def test_starting_again_after_a_block_tells_the_bot_first(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    await user.block()
    await user.start("code")
    kinds = [
        u.my_chat_member.new_chat_member.status
        if u.my_chat_member
        else u.message and u.message.text
        for u in await bot.get_updates(timeout=1)
    ]
    assert kinds == ["/start", "kicked", "member", "/start code"]
    await bot.send_message(7, "welkom terug")


async def test_a_tap_is_answered_with_a_toast_until_it_is_too_old(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    await bot.send_message(7, "x", reply_markup=KEYBOARD)
    await user.tap("Gelezen")
    query = (await bot.get_updates(timeout=1))[-1].callback_query
    assert query is not None
    await query.answer("Dank u")
    assert user.toasts == ["Dank u"]
    simulator.telegram.world.queries[query.id].at -= 151
    with pytest.raises(BadRequest, match="too old"):
        await query.answer("Dank u")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await query.answer("x" * 201)


async def test_a_button_that_opens_an_address_sends_nothing(user: User, bot: Bot) -> None:
    link = InlineKeyboardButton("Hele tekst", url="http://127.0.0.1:8000/o/x")
    await bot.send_message(7, "x", reply_markup=InlineKeyboardMarkup([[link]]))
    with pytest.raises(LookupError, match="opens http"):
        await user.tap("Hele")
    with pytest.raises(LookupError, match="no button"):
        await user.tap("Gelezen")


async def test_waiting_in_vain_says_what_the_chat_shows(user: User, bot: Bot) -> None:
    await bot.send_message(7, "iets anders", reply_markup=KEYBOARD)
    with pytest.raises(TimeoutError, match=r"iets anders.*Gelezen"):
        await user.see("wat er niet is", timeout_s=0.05)
    with pytest.raises(TimeoutError):
        await user.wait_for(lambda chat: chat.blocked, timeout_s=0.05)


async def test_a_webhook_that_fails_gets_the_same_update_again_and_none_twice(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    got: list[str] = []
    simulator.telegram.desk.again_s = 0.01

    async def hook(request: web.Request) -> web.Response:
        got.append((await request.json())["message"]["text"])
        return web.Response(status=500 if len(got) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    await asyncio.gather(*(user.say(text) for text in ("a", "b")))
    for _ in range(100):
        await asyncio.sleep(0.01)
        if "b" in got:
            break
    assert got == ["/start", "/start", "a", "b"]
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (
        0, "Wrong response from the webhook: 500 Internal Server Error"
    )  # fmt: skip
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    await runner.cleanup()


@pytest.mark.parametrize(
    "hook", [{"url": "ftp://x"}, {"url": "https://x.example", "secret_token": "é"}]
)
async def test_a_webhook_that_cannot_be_is_refused(
    simulator: Simulator, hook: dict[str, str]
) -> None:
    assert (await call(simulator, "setWebhook", json=hook))[0] == 400


async def test_setting_a_webhook_ends_the_poll_that_waits(simulator: Simulator) -> None:
    waiting = asyncio.create_task(call(simulator, "getUpdates", json={"timeout": 5}))
    await asyncio.sleep(0.05)
    await call(simulator, "setWebhook", json={"url": "http://127.0.0.1:9/hook"})
    status, answer = await waiting
    assert (status, answer["description"]) == (409, "Conflict: terminated by setWebhook request")
