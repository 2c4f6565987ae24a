"""Telegram, over real HTTP to the simulator: what each answer and each silence means."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.chat.buttons import parse
from bot.clock import utc_now
from bot.simulator import Fault, Simulator
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport, classify
from contacts.outbox import Button, Content, DeliveryAct, EmailForm, TelegramForm
from contacts.transport import (
    MESSAGE_GONE,
    Later,
    Moved,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
    when_leaving,
)

HELLO = Outgoing(
    delivery_id=77,
    original_id=77,
    address="11",
    act=DeliveryAct.SEND,
    content=Content(telegram=TelegramForm("<b>Hallo</b>")),
    edits_external_id=None,
    is_repeat=False,
    is_exercise=False,
)


def saying(text: str, **more: object) -> Outgoing:
    return replace(HELLO, content=Content(telegram=TelegramForm(text, **more)))


def editing(sent: Outcome, text: str) -> Outgoing:
    assert isinstance(sent, Sent)
    return replace(
        saying(text), act=DeliveryAct.EDIT, delivery_id=78, edits_external_id=sent.external_id
    )


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    world = Simulator()
    await world.start()
    world.telegram.world.add_chat(11, "docent").started = True
    yield world
    await world.stop()


def a_bot(simulator: Simulator, token: str | None = None, port: int | None = None) -> Bot:
    url = simulator.bot_url if port is None else f"http://127.0.0.1:{port}/bot"
    return Bot(
        token or simulator.token,
        base_url=url,
        request=AiohttpRequest(read_timeout_s=1.5),
        get_updates_request=AiohttpRequest(),
    )


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def transport(simulator: Simulator) -> AsyncIterator[TelegramTransport]:
    bot = a_bot(simulator)
    yield TelegramTransport(bot, utc_now)
    await bot.request.shutdown()


def shown(simulator: Simulator) -> list[str]:
    chat = simulator.telegram.world.chats[11]
    return [message.text for message in chat.from_bot()]


async def test_a_message_arrives_with_its_buttons_naming_the_delivery(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    form = saying(
        "Hallo",
        buttons=[[Button("Gelezen", data="read:5")], [Button("Pagina", url="https://x.nl")]],
    )
    outcome = await transport.send(form)
    (message,) = simulator.telegram.world.chats[11].from_bot()
    assert outcome == Sent(str(message.message_id))
    tap = parse(message.buttons[0][0]["callback_data"])
    assert (tap.verb, tap.args, tap.delivery_id) == ("read", ("5",), 77)
    assert message.buttons[1][0]["url"] == "https://x.nl"


async def test_an_edit_changes_the_message_and_its_buttons_name_the_original(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    sent = await transport.send(saying("een"))
    edit = editing(sent, "twee")
    form = replace(edit.content.telegram, buttons=[[Button("Gelezen", data="read")]])
    outcome = await transport.send(replace(edit, content=Content(telegram=form)))
    (message,) = simulator.telegram.world.chats[11].from_bot()
    assert (outcome, message.text) == (sent, "twee")
    assert parse(message.buttons[0][0]["callback_data"]).delivery_id == 77


async def test_an_edit_that_changes_nothing_is_a_success(transport: TelegramTransport) -> None:
    sent = await transport.send(saying("een"))
    assert await transport.send(editing(sent, "een")) == sent


async def test_an_edit_of_what_is_gone_halts_nothing(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    outcome = await transport.send(editing(Sent("999"), "twee"))
    assert outcome == Refused(MESSAGE_GONE)


async def test_an_exercise_and_a_repeat_say_so_first(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    await transport.send(replace(HELLO, is_exercise=True, is_repeat=True))
    assert shown(simulator) == ["OEFENING\n(herhaling)\nHallo"]


async def test_a_reply_to_a_message_that_is_gone_is_sent_all_the_same(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    assert isinstance(await transport.send(saying("x", reply_to=4)), Sent)


async def test_pinning_is_beside_the_outcome(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    simulator.telegram.faults.add(Fault("bad_request", method="pinChatMessage"))
    assert isinstance(await transport.send(saying("een", pin=True)), Sent)
    await transport.close()
    assert isinstance(await transport.send(saying("twee", pin=True)), Sent)
    await transport.close()
    pinned = [m.pinned for m in simulator.telegram.world.chats[11].from_bot()]
    assert pinned == [False, True]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault("forbidden"), Refused("blocked", closes_channel=True)),
        (
            Fault("forbidden", text="bot can't initiate conversation with a user"),
            Refused("forbidden", closes_channel=True),
        ),
        (
            Fault("bad_request", text="chat not found"),
            Refused("chat_not_found", closes_channel=True),
        ),
        (
            Fault("bad_request", text='can\'t parse entities: Unsupported start tag "jan"'),
            Refused("cannot_parse", halts_message=True),
        ),
        (Fault("bad_request", text="TOPIC_CLOSED"), Refused("bad_request")),
        (Fault("migrate", to=-1001), Moved("-1001")),
        (Fault("bad_gateway"), Unknown("network")),
        (Fault("hang", seconds=3), Unknown("read_timeout")),
        (Fault("drop_before"), Unknown("network")),
        (Fault("drop_after"), Unknown("network")),
    ],
    ids=lambda value: getattr(value, "text", "") or getattr(value, "kind", "outcome"),
)
async def test_each_answer_and_each_silence_has_its_outcome(
    simulator: Simulator, transport: TelegramTransport, fault: Fault, outcome: Outcome
) -> None:
    simulator.telegram.faults.add(replace(fault, method="sendMessage", times=1))
    assert await transport.send(HELLO) == outcome
    assert isinstance(await transport.send(HELLO), Sent)


async def test_too_many_requests_makes_the_channel_wait_as_long_as_asked(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    simulator.telegram.faults.add(Fault("too_many", seconds=3))
    before = utc_now()
    outcome = await transport.send(HELLO)
    assert isinstance(outcome, Later)
    assert outcome.whole_channel
    assert outcome.not_before - before >= timedelta(seconds=3)


async def test_a_refused_connection_is_certainly_not_sent(
    simulator: Simulator, unused_port: int
) -> None:
    bot = a_bot(simulator, port=unused_port)
    outcome = await TelegramTransport(bot, utc_now).send(HELLO)
    await bot.request.shutdown()
    assert isinstance(outcome, Later)
    assert (outcome.reason, outcome.whole_channel) == ("not_reachable", True)


async def test_a_wrong_token_makes_the_channel_wait_until_a_person_hears_of_it(
    simulator: Simulator,
) -> None:
    bot = a_bot(simulator, token="7:wrong")
    outcome = await TelegramTransport(bot, utc_now).send(HELLO)
    await bot.request.shutdown()
    assert isinstance(outcome, Later)
    assert (outcome.reason, outcome.whole_channel) == ("wrong_token", True)
    assert outcome.not_before - utc_now() > timedelta(seconds=60)


async def test_no_error_holds_the_token(simulator: Simulator, unused_port: int) -> None:
    bot = a_bot(simulator, port=unused_port)
    with pytest.raises(TelegramError) as caught:
        await bot.get_me()
    await bot.request.shutdown()
    seen: BaseException | None = caught.value
    while seen is not None:
        assert simulator.token not in repr(seen)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


async def test_a_message_without_a_chat_form_is_refused_without_a_request(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    mail = replace(HELLO, content=Content(email=EmailForm("s", "t", "h")))
    assert await transport.send(mail) == Refused("no_form")
    assert simulator.telegram.calls == []


async def test_many_at_a_time_all_arrive_once(
    simulator: Simulator, transport: TelegramTransport
) -> None:
    simulator.telegram.limits.per_s = simulator.telegram.limits.chat_burst = 0
    texts = [str(n) for n in range(100)]
    outcomes = await asyncio.gather(*(transport.send(saying(text)) for text in texts))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert sorted(shown(simulator)) == sorted(texts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Can't parse entities: unclosed start tag", "cannot_parse"),
        ("Message is too long", "too_long"),
        ("MESSAGE_TOO_LONG", "too_long"),
        ("Text is too long", "too_long"),
        ("Text must be non-empty", "empty"),
        ("Message text is empty", "empty"),
        ("BUTTON_URL_INVALID", "button"),
        ("BUTTON_DATA_INVALID", "button"),
        ("Inline keyboard button URL 'x' is invalid: URL host is empty", "button"),
        ("Wrong HTTP URL", "button"),
    ],
)
def test_a_fault_of_the_text_halts_the_message_for_everyone(
    now: datetime, text: str, code: str
) -> None:
    assert classify(BadRequest(text), HELLO, now=now) == Refused(code, halts_message=True)


def test_a_refused_edit_of_a_blocked_chat_closes_the_channel_but_halts_nothing(
    now: datetime,
) -> None:
    edit = replace(HELLO, act=DeliveryAct.EDIT, edits_external_id="5")
    gone = classify(BadRequest("Chat not found"), edit, now=now)
    wrong = classify(BadRequest("Message is too long"), edit, now=now)
    assert gone == Refused("chat_not_found", closes_channel=True)
    assert wrong == Refused("too_long")


def test_half_a_character_in_an_answer_is_read_and_what_is_no_json_is_told() -> None:
    """One update with it would come back for ever."""
    found = AiohttpRequest.parse_json_payload(b'{"ok":true,"result":[{"text":"x\\ud83d"}]}')
    assert found["result"] == [{"text": "x\ud83d"}]
    whole = AiohttpRequest.parse_json_payload('{"ok":true,"result":{"text":"é😀"}}'.encode())
    assert whole["result"]["text"] == "é😀"
    with pytest.raises(TelegramError, match="not JSON"):
        AiohttpRequest.parse_json_payload(b"<html>502</html>")


async def test_half_a_character_in_a_message_is_the_other_sides_to_refuse(
    simulator: Simulator,
) -> None:
    bot = a_bot(simulator)
    half = replace(HELLO, content=Content(telegram=TelegramForm(text="half \ud83d")))
    try:
        got = await TelegramTransport(bot, utc_now).send(half)
    finally:
        await bot.request.shutdown()
    assert got == Refused("bad_request")


async def test_a_message_leaves_once_there_is_a_connection_and_not_before(
    simulator: Simulator,
) -> None:
    left: list[int] = []
    when_leaving(lambda: left.append(len(simulator.telegram.calls)))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    nowhere, somewhere = a_bot(simulator, port=nobody), a_bot(simulator)
    assert isinstance(await TelegramTransport(nowhere, utc_now).send(HELLO), Later)
    assert left == []
    for number in (1, 2):  # the second one over the same connection
        got = await TelegramTransport(somewhere, utc_now).send(HELLO)
        assert isinstance(got, Sent)
        assert len(left) == number
        # The other side had heard nothing of it by then.
        assert left[-1] == len(simulator.telegram.calls) - 1
    for bot in (nowhere, somewhere):
        await bot.request.shutdown()


async def test_a_message_with_a_connection_has_not_left_until_it_is_written(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    waits = asyncio.Event()

    async def stuck(*_: object) -> None:
        waits.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(aiohttp.ClientRequest, "write_bytes", stuck)
    when_leaving(lambda: left.append("left"))
    bot = a_bot(simulator)
    sending = asyncio.create_task(TelegramTransport(bot, utc_now).send(HELLO))
    await asyncio.wait_for(waits.wait(), 30)
    assert left == []
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await bot.request.shutdown()
