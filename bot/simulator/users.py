"""Simulated people on the other side: they start, write, tap, block; and we read their chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bot.simulator.bot_api import BotApi
from bot.simulator.world import Chat, ChatMessage, Json


class User:
    """One simulated person and their private chat with the bot."""

    def __init__(self, api: BotApi, chat: Chat) -> None:
        self._api, self.chat = api, chat

    @property
    def chat_id(self) -> int:
        return self.chat.chat_id

    @property
    def messages(self) -> list[ChatMessage]:
        """What the bot said, oldest first."""
        return self.chat.from_bot()

    async def start(self, token: str = "") -> Json:
        """Press *Start*, with the payload of a deep link."""
        self.chat.started, self.chat.blocked = True, False
        return await self.say(f"/start {token}".strip())

    async def say(self, text: str) -> Json:
        self.chat.started = True
        return await self._queued(self._api.world.user_writes(self.chat, _now(), text))

    async def forward(self, text: str, link: str | None = None) -> Json:
        origin = {
            "type": "channel", "date": int(_now()), "message_id": 1,
            "chat": {"id": -1001, "type": "channel", "title": "Nieuws"},
        }  # fmt: skip
        extra: Json = {"forward_origin": origin}
        if link is not None:
            extra["entities"] = [{"type": "text_link", "offset": 0, "length": 1, "url": link}]
        return await self._queued(self._api.world.user_writes(self.chat, _now(), text, **extra))

    async def send(self, **extra: Any) -> Json:
        """A message without text: ``photo=[…]``, ``voice={…}``, ``caption="…"``."""
        return await self._queued(self._api.world.user_writes(self.chat, _now(), None, **extra))

    async def edit(self, message_id: int, text: str) -> Json:
        return await self._queued(self._api.world.user_edits(self.chat, message_id, text, _now()))

    async def tap(self, label: str, message: ChatMessage | None = None) -> Json:
        """Tap the button whose text starts with ``label``, on the newest message that has one.

        :raises LookupError: there is no such button.
        """
        for candidate in [message] if message else reversed(self.messages):
            data = button_data(candidate, label)
            if data is not None:
                return await self._queued(
                    self._api.world.user_taps(self.chat, candidate, data, _now())
                )
        raise LookupError(f"{self.chat.name}: no button {label!r}")

    async def tap_data(self, message: ChatMessage, data: str) -> Json:
        """A tap with any data, also forged."""
        return await self._queued(self._api.world.user_taps(self.chat, message, data, _now()))

    async def block(self) -> None:
        self.chat.blocked = True
        await self._queued(self._api.world.membership(self.chat, "kicked", _now()))

    async def unblock(self) -> None:
        self.chat.blocked = False
        await self._queued(self._api.world.membership(self.chat, "member", _now()))

    async def see(
        self,
        wanted: str | Callable[[ChatMessage], bool],
        *,
        timeout_s: float = 10.0,
        after: int = 0,
    ) -> ChatMessage:
        """Wait for a message of the bot that contains ``wanted`` (newest first).

        :param after: only messages with a higher message_id.
        :raises TimeoutError: it did not come.
        """
        fits = wanted if callable(wanted) else lambda m: wanted in m.text
        deadline = time.monotonic() + timeout_s
        while True:
            for message in reversed(self.messages):
                if message.message_id > after and fits(message):
                    return message
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self.chat.name} never saw {wanted!r}; {self._newest()}")
            async with self._api.changed:
                try:
                    await asyncio.wait_for(self._api.changed.wait(), min(left, 0.5))
                except TimeoutError:
                    continue

    def _newest(self) -> str:
        if not self.messages:
            return "the chat is empty"
        newest = self.messages[-1]
        labels = [button["text"] for row in newest.buttons for button in row]
        return f"newest: {newest.text[:80]!r} {labels}"

    async def see_button(
        self, label: str, *, timeout_s: float = 10.0, after: int = 0
    ) -> ChatMessage:
        """Wait for a message with a button whose text starts with ``label``."""
        return await self.see(
            lambda m: button_data(m, label) is not None, timeout_s=timeout_s, after=after
        )

    async def press(self, label: str, *, timeout_s: float = 10.0, after: int = 0) -> ChatMessage:
        """Wait for a button and tap it."""
        message = await self.see_button(label, timeout_s=timeout_s, after=after)
        await self.tap(label, message)
        return message

    @property
    def last_id(self) -> int:
        """The id of the newest message in the chat, whoever wrote it."""
        return self.chat.messages[-1].message_id if self.chat.messages else 0

    async def _queued(self, update: Json) -> Json:
        await self._api.notify()
        return update


def button_data(message: ChatMessage | None, label: str) -> str | None:
    """The data (or address) under the first button whose text starts with ``label``."""
    for row in message.buttons if message else []:
        for button in row:
            if str(button["text"]).startswith(label):
                return str(button.get("callback_data") or button.get("url"))
    return None


def _now() -> float:
    return time.time()  # noqa: TID251  (the outside world has a clock of its own)
