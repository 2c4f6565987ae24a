"""Scripted partners against a small bot of this test's own: they wait, tap, tell and leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Forbidden

from bot.simulator import TOKEN, Simulator, User
from bot.simulator.partners import (
    Partner,
    Pause,
    Say,
    See,
    leaves,
    reads,
    tap,
    tells,
)
from bot.telegram_request import AiohttpRequest

#: what each tap leads to; the last two questions begin with the same mark on purpose
QUESTIONS = {"signal": "Vragen", "Vragen": "✔ Wijk", "✔ Wijk": "✔ Klas", "✔ Klas": "Versturen"}


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(x, callback_data=x)] for x in labels])


@dataclass
class SmallBot:
    """Answers as a house would, slowly enough for an impatient partner to tap twice."""

    bot: Bot
    taps: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    async def brief(self, chat_id: int, text: str = "Informatie") -> None:
        await self.bot.send_message(chat_id, text, reply_markup=keyboard("Gelezen", "Ik merk iets"))

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.bot.get_updates(offset=offset, timeout=5):
                offset = update.update_id + 1
                await asyncio.sleep(0.02)
                await self.handle(update)

    async def handle(self, update: Update) -> None:
        if update.callback_query is not None:
            await self.tapped(update.callback_query)
        elif update.message is not None and not (update.message.text or "").startswith("/"):
            chat, text = update.message.chat_id, update.message.text or ""
            if "Jan" in text:
                await self.bot.send_message(chat, "Wij hebben niets bewaard.")
            else:
                self.notes.append(text)
                await self.bot.send_message(chat, "Genoteerd.")

    async def tapped(self, query: CallbackQuery) -> None:
        assert query.message is not None
        chat, message_id, data = query.from_user.id, query.message.message_id, query.data or ""
        self.taps.append((chat, data))
        await query.answer()
        if data == "Gelezen":
            await self.bot.edit_message_reply_markup(chat, message_id)
        elif data == "Ik merk iets":
            await self.bot.send_message(chat, "Wat?", reply_markup=keyboard(QUESTIONS["signal"]))
        elif data == "Versturen":
            await self.bot.edit_message_text("Dank.", chat, message_id)
        else:
            await self.bot.edit_message_text(
                f"Na {data}", chat, message_id, reply_markup=keyboard(QUESTIONS[data])
            )


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as running:
        yield running


@pytest.fixture
async def house(simulator: Simulator) -> AsyncIterator[SmallBot]:
    first, second = AiohttpRequest(), AiohttpRequest()
    made = Bot(TOKEN, base_url=simulator.bot_url, request=first, get_updates_request=second)
    async with made as bot:
        small = SmallBot(bot)
        task = asyncio.create_task(small.run())
        yield small
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def a_user(simulator: Simulator, chat_id: int = 7) -> User:
    user = simulator.user(chat_id, f"Docent {chat_id}")
    await user.start()
    return user


async def test_a_reader_reads_and_taps(simulator: Simulator, house: SmallBot) -> None:
    partner = Partner(await a_user(simulator), reads("Gelezen", after_s=0.02))
    partner.start()
    await house.brief(7)
    assert await partner.finished()
    await partner.user.wait_for(lambda chat: not chat.from_bot()[0].buttons)
    assert (house.taps, partner.done) == ([(7, "Gelezen")], 3)


async def test_a_faithful_reader_reads_every_message_once(
    simulator: Simulator, house: SmallBot
) -> None:
    partner = Partner(await a_user(simulator), reads("Gelezen"), rounds=None, timeout_s=0.05)
    partner.start()
    for text in ("een", "twee"):
        await house.brief(7, text)
        await partner.user.wait_for(lambda chat: not any(m.buttons for m in chat.from_bot()))
        await asyncio.sleep(0.1)  # nothing comes in this while: the partner waits on
    await partner.stop()
    assert (house.taps, partner.trouble) == ([(7, "Gelezen")] * 2, None)


async def test_a_signal_is_told_without_a_tap_too_many(
    simulator: Simulator, house: SmallBot
) -> None:
    """Two questions in a row offer a label with the same beginning."""
    steps = tells("Ik merk", "Vragen", tap("Nee", "✔"), tap("✔"), "Versturen", See("Dank."))
    partner = Partner(await a_user(simulator), steps)
    partner.start()
    await house.brief(7)
    assert await partner.finished(), partner.trouble
    assert [data for _, data in house.taps] == [
        "Ik merk iets", "Vragen", "✔ Wijk", "✔ Klas", "Versturen"
    ]  # fmt: skip


async def test_a_refused_line_is_written_better(simulator: Simulator, house: SmallBot) -> None:
    steps = [Say("Jan deed het"), See("niets bewaard"), Say("De groep is onrustig")]
    partner = Partner(await a_user(simulator), [*steps, See("Genoteerd")])
    partner.start()
    assert await partner.finished(), partner.trouble
    assert house.notes == ["De groep is onrustig"]


async def test_what_was_said_before_is_not_taken_for_an_answer(
    simulator: Simulator, house: SmallBot
) -> None:
    user = await a_user(simulator)
    await house.bot.send_message(7, "Genoteerd.")
    partner = Partner(user, [Say("Jan deed het"), See("Genoteerd")], timeout_s=0.2)
    partner.start()
    assert not await partner.finished()
    assert partner.trouble is not None
    assert "See(text='Genoteerd')" in partner.trouble


async def test_one_leaves_one_is_silent_and_one_gets_stuck(
    simulator: Simulator, house: SmallBot
) -> None:
    users = [await a_user(simulator, n) for n in (7, 8, 9)]
    partners = [
        Partner(users[0], leaves(after_s=0.01)),
        Partner(users[1]),
        Partner(users[2], [Pause(0.01), *tells("Weg")], timeout_s=0.05),
    ]
    for partner in partners:
        partner.start()
    assert [await partner.finished() for partner in partners] == [True, True, False]
    with pytest.raises(Forbidden):
        await house.brief(7)
    await house.brief(8)
    assert house.taps == []


async def test_a_partner_can_be_stopped_at_any_moment(simulator: Simulator) -> None:
    partner = Partner(await a_user(simulator), [Pause(60)])
    await partner.stop()
    partner.start()
    await asyncio.sleep(0)
    await partner.stop()
    assert partner.done == 0
