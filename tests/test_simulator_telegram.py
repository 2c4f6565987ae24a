"""The simulated Bot API beyond the library: odd requests, messages, faults and limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.simulator import TOKEN, Fault, Simulator, User
from bot.simulator.journal import most_within
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


@pytest.mark.parametrize(
    ("how", "sent"),
    [
        ("GET", {"params": {"chat_id": "7", "text": "dag"}}),
        ("POST", {"params": {"chat_id": "7", "text": "dag"}}),
        ("POST", {"data": {"chat_id": "7", "text": "dag"}}),
        ("POST", {"json": {"chat_id": 7, "text": "dag"}}),
    ],
)
async def test_parameters_come_in_any_way(
    simulator: Simulator, user: User, how: str, sent: dict[str, Any]
) -> None:
    status, answer = await call(simulator, "SendMessage", how, **sent)
    assert (status, answer["ok"], answer["result"]["text"]) == (200, True, "dag")
    assert answer["result"]["from"]["is_bot"]


@pytest.mark.parametrize("text", ['{"a":1}', "[1,  2]", "true", "12"])
async def test_a_text_that_looks_like_json_stays_a_text(
    simulator: Simulator, user: User, text: str
) -> None:
    await call(simulator, "sendMessage", data={"chat_id": "7", "text": text})
    assert user.messages[-1].text == text


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({}, "chat_id is empty"),
        ({"chat_id": 7}, "message text is empty"),
        ({"chat_id": 7, "text": " \n"}, "text must be non-empty"),
        ({"chat_id": 7, "text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"chat_id": 7, "text": "x", "parse_mode": "Latex"}, "unsupported parse_mode"),
        ({"chat_id": 7, "text": "x" * 40_000}, "text is too long"),
        ({"chat_id": 7, "text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        (
            {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {
                "chat_id": 7, "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://localhost/"}]]},
            },
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
    ],
)  # fmt: skip
async def test_what_telegram_refuses_is_refused_in_its_words(
    simulator: Simulator, user: User, given_: dict[str, Any], why: str
) -> None:
    status, answer = await call(simulator, "sendMessage", json=given_)
    assert (status, answer["description"]) == (400, f"Bad Request: {why}")
    assert user.messages == []


async def test_a_body_that_cannot_be_read_is_a_bad_request(simulator: Simulator) -> None:
    headers = {"Content-Type": "application/json"}
    status, answer = await call(simulator, "sendMessage", data=b"{", headers=headers)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    status, _ = await call(simulator, "sendMessage", json=[1])
    assert status == 400


async def test_an_unknown_method_and_a_token_of_no_shape_are_not_found(
    simulator: Simulator,
) -> None:
    assert (await call(simulator, "sendPigeon"))[0] == 404
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{simulator.bot_url}nonsense/getMe") as answer:
            assert answer.status == 404
        async with client.get(f"{simulator.bot_url}123:wrong/getMe") as answer:
            assert answer.status == 401


async def test_a_429_says_how_long_in_the_header_too(simulator: Simulator, user: User) -> None:
    simulator.telegram.faults.add(Fault("too_many", method="sendMessage", seconds=3))
    status, answer = await call(simulator, "sendMessage", json={"chat_id": 7, "text": "x"})
    assert (status, answer["parameters"]) == (429, {"retry_after": 3})
    assert answer["description"] == "Too Many Requests: retry after 3"


async def test_a_document_has_its_name_size_and_caption(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    sent = await bot.send_document(
        7, b"%PDF-1.7", caption="<b>Stand</b> 18.00", filename="stand.pdf", parse_mode="HTML",
        reply_markup=KEYBOARD,
    )  # fmt: skip
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("stand.pdf", 8)
    assert (sent.caption, sent.caption_entities[0].type) == ("Stand 18.00", "bold")
    assert [c.text for c in simulator.telegram.accepted(7)] == ["<b>Stand</b> 18.00"]
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(7, b"x", caption="x" * 1025)
    status, answer = await call(simulator, "sendDocument", json={"chat_id": 7})
    assert (status, answer["description"]) == (
        400, "Bad Request: there is no document in the request"
    )  # fmt: skip


async def test_the_library_reads_back_what_was_sent(user: User, bot: Bot) -> None:
    first = await bot.send_message(7, "<b>vet</b> https://x.example/a", parse_mode="HTML")
    assert [entity.type for entity in first.entities] == ["bold"]
    second = await bot.send_message(7, "twee", reply_to_message_id=first.message_id)
    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id


async def test_an_edit_to_the_same_thing_written_differently_is_no_change(
    user: User, bot: Bot
) -> None:
    sent = await bot.send_message(7, "<b>x</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text(
            "<strong>x</strong> ", 7, sent.message_id, parse_mode="HTML", reply_markup=KEYBOARD
        )
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_reply_markup(7, sent.message_id)
    assert (user.messages[-1].buttons, user.messages[-1].edits) == ([], [])


async def test_what_is_gone_cannot_be_edited_pinned_or_deleted(user: User, bot: Bot) -> None:
    sent = await bot.send_message(7, "x")
    assert await bot.pin_chat_message(7, sent.message_id)
    assert await bot.delete_message(7, sent.message_id)
    assert user.messages == []
    for what, doing in (
        ("edit", bot.edit_message_text("y", 7, sent.message_id)),
        ("pin", bot.pin_chat_message(7, sent.message_id)),
        ("delete", bot.delete_message(7, sent.message_id)),
    ):
        with pytest.raises(BadRequest, match=f"to {what} not found"):
            await doing


async def test_a_bot_deletes_but_does_not_edit_what_the_user_wrote(user: User, bot: Bot) -> None:
    await user.say("mijn naam is …")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", 7, user.last_id)
    assert await bot.delete_message(7, user.last_id)


async def test_commands_and_actions_are_accepted_or_refused(user: User, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Uitleg")])
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Hulp!", "Uitleg")])
    assert await bot.send_chat_action(7, "typing")


async def test_a_deactivated_user_is_forbidden(user: User, bot: Bot) -> None:
    user.chat.deactivated = True
    with pytest.raises(Forbidden, match="deactivated"):
        await bot.send_message(7, "x")


async def test_a_message_can_arrive_although_no_answer_comes(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    simulator.telegram.faults.add(Fault("hang_after", "sendMessage", seconds=1.2))
    with pytest.raises(NetworkError):
        await bot.send_message(7, "x")
    call_ = simulator.telegram.calls[-1]
    assert (call_.outcome, call_.accepted) == ("hang_after", True)
    assert call_.message_id == user.messages[-1].message_id
    assert [m.text for m in user.messages] == ["x"]


async def test_faults_fit_their_method_chat_and_number(
    simulator: Simulator, user: User, bot: Bot
) -> None:
    await simulator.user(8, "Docent PO").start()
    simulator.telegram.faults.add(Fault("bad_gateway", "SENDMESSAGE", chat_id=8, times=2))
    await bot.send_message(7, "x")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(8, "x")
    await bot.send_message(8, "x")
    with pytest.raises(ValueError, match="no such fault"):
        Fault("gremlin")


async def test_the_thirty_first_message_in_a_second_is_too_many(
    simulator: Simulator, user: User
) -> None:
    simulator.telegram.limits.chat_burst = 0
    url = f"{simulator.bot_url}{TOKEN}/sendMessage"
    async with aiohttp.ClientSession() as client:

        async def send(text: str) -> int:
            async with client.post(url, json={"chat_id": 7, "text": text}) as answer:
                return answer.status

        statuses = await asyncio.gather(*(send(str(n)) for n in range(40)))
    assert (statuses.count(200), statuses.count(429)) == (30, 10)
    assert simulator.telegram.most_in_any_second() == 30
    assert simulator.telegram.journal.repeated() == {}


@given(st.lists(st.floats(0, 100), max_size=60))
def test_the_measure_of_speed_agrees_with_counting(times: list[float]) -> None:
    slow = max((sum(1 for b in times if a - 1 < b <= a) for a in times), default=0)
    assert most_within(1.0, times) == slow
