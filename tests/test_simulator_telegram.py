"""The simulated Bot API, beyond the library: parsing, odd requests, odd updates, webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.simulator import TOKEN, Fault, Simulator, User
from bot.simulator.journal import most_within
from bot.simulator.telegram_html import BadHtml, parse_html, utf16_units
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


# -- parsing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é <x>y</x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, why: str) -> None:
    with pytest.raises(BadHtml) as caught:
        parse_html(source)
    assert str(caught.value) == why


def test_entities_have_offsets_in_utf16_units() -> None:
    found = parse_html(
        '😀 <b>vet <i>en schuin</i></b> <a href="https://x.example/?a=1&amp;b">x</a>'
    )
    assert found.text == "😀 vet en schuin x"
    assert found.entities == [
        {"type": "bold", "offset": 3, "length": 13},
        {"type": "italic", "offset": 7, "length": 9},
        {"type": "text_link", "offset": 17, "length": 1, "url": "https://x.example/?a=1&b"},
    ]


def test_references_and_loose_ends_read_as_telegram_reads_them() -> None:
    found = parse_html("\n &lt;&amp;&quot;&#39;&#x41; &nbsp; R&D <b></b><EM>x</> \n")
    assert found.text == "<&\"'A &nbsp; R&D x"
    assert [entity["type"] for entity in found.entities] == ["italic"]


def test_attributes_that_mean_nothing_leave_nothing() -> None:
    found = parse_html(
        '<b onclick="x()">a</b><blockquote expandable>c</blockquote><a href="x">y</a>'
    )
    assert found.html == "<b>a</b><blockquote expandable>c</blockquote>y"


plain_text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\r"))


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "u", "s", "code", ""]), plain_text)))
def test_written_html_parses_to_the_same(parts: list[tuple[str, str]]) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    source = "".join(f"<{tag}>{escaped(t)}</{tag}>" if tag else escaped(t) for tag, t in parts)
    once = parse_html(source)
    again = parse_html(once.html)
    assert (again.text, again.entities) == (once.text, once.entities)
    size = utf16_units(once.text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= size for e in once.entities)


@given(st.text())
def test_any_text_parses_or_is_refused(source: str) -> None:
    with contextlib.suppress(BadHtml):
        assert "\r" not in parse_html(source).text


# -- requests --------------------------------------------------------------------------------


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


# -- messages --------------------------------------------------------------------------------


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


# -- faults and limits -----------------------------------------------------------------------


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
        Fault("gremlin")  # type: ignore[arg-type]


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


# -- updates ---------------------------------------------------------------------------------


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
