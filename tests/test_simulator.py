"""The simulator speaks the public protocols to the letter, faults included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.simulator import TOKEN, Fault, Simulator
from bot.simulator.faults import Limits
from bot.simulator.world import utf16_units
from bot.telegram_request import AiohttpRequest


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    running = Simulator()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[Bot]:
    first, second = AiohttpRequest(read_timeout_s=1.0), AiohttpRequest()
    made = Bot(TOKEN, base_url=simulator.bot_url, request=first, get_updates_request=second)
    async with made:
        yield made


async def test_a_bot_cannot_write_first(simulator: Simulator, bot: Bot) -> None:
    simulator.user(7, "Docent VO")
    with pytest.raises(Forbidden, match="can't initiate"):
        await bot.send_message(7, "dag")


async def test_an_unknown_chat_is_a_bad_request(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(99, "dag")


async def test_a_confirmed_update_is_forgotten_for_good(simulator: Simulator, bot: Bot) -> None:
    user = simulator.user(7, "Docent VO")
    await user.start("token")
    first = await bot.get_updates(timeout=1)
    assert first[0].message is not None
    assert first[0].message.text == "/start token"
    assert await bot.get_updates(offset=first[0].update_id, timeout=0) == first
    assert await bot.get_updates(offset=first[0].update_id + 1, timeout=0) == ()
    assert await bot.get_updates(offset=0, timeout=0) == ()


async def test_a_long_poll_ends_when_something_comes(simulator: Simulator, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    await simulator.user(7, "Docent VO").say("dag")
    assert len(await asyncio.wait_for(waiting, 60)) == 1


async def test_two_pollers_end_each_other(simulator: Simulator, bot: Bot) -> None:
    """As the real server: the newer poll goes on, the one that waited gets the conflict."""
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    again = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(Conflict):
        await second
    await simulator.user(7, "Docent VO").say("dag")
    assert len(await again) == 1


async def test_a_wrong_token_is_refused(simulator: Simulator) -> None:
    request = AiohttpRequest()
    stranger = Bot("1:wrong", base_url=simulator.bot_url, request=request)
    with pytest.raises(InvalidToken):
        await stranger.get_me()
    await request.shutdown()


@pytest.mark.parametrize("text", ["<x>y</x>", "<b>open", "<b><i>x</b></i>"])
async def test_bad_entities_are_refused(simulator: Simulator, bot: Bot, text: str) -> None:
    await simulator.user(7, "Docent VO").start()
    with pytest.raises(BadRequest, match=r"[Cc]an't parse entities"):
        await bot.send_message(7, text, parse_mode="HTML")


async def test_length_counts_utf16_units_after_parsing(simulator: Simulator, bot: Bot) -> None:
    await simulator.user(7, "Docent VO").start()
    await bot.send_message(7, f"<b>{'a' * 4096}</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(7, "😀" * 2049)


async def test_button_data_over_64_bytes_is_refused(simulator: Simulator, bot: Bot) -> None:
    await simulator.user(7, "Docent VO").start()
    button = InlineKeyboardButton("x", callback_data="é" * 33)
    with pytest.raises(BadRequest, match=r"[Bb]utton_data_invalid"):
        await bot.send_message(7, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_a_tap_brings_its_data_and_can_be_answered_once_known(
    simulator: Simulator, bot: Bot
) -> None:
    user = simulator.user(7, "Docent VO")
    await user.start()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Gelezen", callback_data="read:1")]])
    await bot.send_message(7, "x", reply_markup=keyboard)
    await user.press("Gel")
    query = (await bot.get_updates(timeout=1))[-1].callback_query
    assert query is not None
    assert query.data == "read:1"
    await query.answer("Dank u")
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
        await bot.answer_callback_query("unknown")


async def test_an_edit_without_markup_removes_the_keyboard(simulator: Simulator, bot: Bot) -> None:
    user = simulator.user(7, "Docent VO")
    await user.start()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    sent = await bot.send_message(7, "een", reply_markup=keyboard)
    await bot.edit_message_text("twee", 7, sent.message_id)
    assert (user.messages[-1].text, user.messages[-1].buttons) == ("twee", [])
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("twee", 7, sent.message_id)


async def test_a_reply_to_a_missing_message_needs_permission(
    simulator: Simulator, bot: Bot
) -> None:
    await simulator.user(7, "Docent VO").start()
    with pytest.raises(BadRequest, match="replied not found"):
        await bot.send_message(7, "x", reply_parameters=ReplyParameters(999))
    allowed = ReplyParameters(999, allow_sending_without_reply=True)
    await bot.send_message(7, "x", reply_parameters=allowed)


async def test_a_blocked_bot_hears_it_twice(simulator: Simulator, bot: Bot) -> None:
    user = simulator.user(7, "Docent VO")
    await user.start()
    await user.block()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(7, "x")
    change = (await bot.get_updates(timeout=1))[-1].my_chat_member
    assert change is not None
    assert change.new_chat_member.status == "kicked"


@pytest.mark.parametrize(
    ("fault", "error", "arrived"),
    [
        (Fault("too_many", seconds=3), RetryAfter, 0),
        (Fault("bad_request", text="wrong"), BadRequest, 0),
        (Fault("forbidden"), Forbidden, 0),
        (Fault("bad_gateway"), NetworkError, 0),
        (Fault("drop_before"), NetworkError, 0),
        (Fault("drop_after"), NetworkError, 1),
        (Fault("hang", seconds=1.3), TimedOut, 0),
        (Fault("migrate", to=-100), ChatMigrated, 0),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
async def test_each_fault_is_what_the_library_knows_it_as(
    simulator: Simulator, bot: Bot, fault: Fault, error: type[Exception], arrived: int
) -> None:
    await simulator.user(7, "Docent VO").start()
    simulator.telegram.faults.add(fault)
    with pytest.raises(error):
        await bot.send_message(7, "x")
    assert len(simulator.telegram.accepted(7)) == arrived
    fault.times = 1


async def test_a_webhook_gets_updates_with_its_secret(simulator: Simulator, bot: Bot) -> None:
    got: list[tuple[str | None, dict[str, Any]]] = []

    async def hook(request: aiohttp.web.Request) -> aiohttp.web.Response:
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return aiohttp.web.Response()

    app = aiohttp.web.Application()
    app.router.add_post("/hook", hook)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="geheim")
    await simulator.user(7, "Docent VO").say("dag")
    for _ in range(50):
        await asyncio.sleep(0.01)
        if got:
            break
    assert got[0][0] == "geheim"
    assert got[0][1]["message"]["text"] == "dag"
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=0)
    await runner.cleanup()


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 0.05)), max_size=200))
def test_never_more_than_thirty_pass_in_any_second(calls: list[tuple[int, float]]) -> None:
    limits, at, passed = Limits(), 0.0, []
    for chat, gap in calls:
        at += gap
        if limits.retry_after(chat, at) == 0:
            passed.append(at)
    assert all(sum(1 for b in passed if a <= b < a + 1) <= 30 for a in passed)


@given(st.text())
def test_utf16_units_agree_with_the_encoding(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    assert utf16_units(clean) == sum(2 if ord(c) > 0xFFFF else 1 for c in clean)
