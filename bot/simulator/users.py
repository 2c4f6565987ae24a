"""Simulated people on the other side: they start, write, tap, block; and we read their chat."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bot.simulator.bot_api import BotApi
from bot.simulator.world import Chat, ChatMessage, Json, utf16_units


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
        """Press *Start*, with the payload of a deep link; that ends a block, too."""
        if self.chat.blocked:
            await self.unblock()
        return await self.say(f"/start {token}".strip())

    async def say(self, text: str) -> Json:
        self.chat.started = True
        return await self._queued(self._api.world.user_writes(self.chat, _now(), text))

    async def forward(self, text: str, link: str | None = None) -> Json:
        """A post of a news channel, sent on; ``link`` sits under its first word."""
        origin = {
            "type": "channel", "date": int(_now()), "message_id": 1,
            "chat": {"id": -1001, "type": "channel", "title": "Nieuws"},
        }  # fmt: skip
        extra: Json = {"forward_origin": origin}
        if link is not None:
            length = utf16_units(text.split(maxsplit=1)[0])
            extra["entities"] = [{"type": "text_link", "offset": 0, "length": length, "url": link}]
        return await self._queued(self._api.world.user_writes(self.chat, _now(), text, **extra))

    async def send(self, **extra: Any) -> Json:
        """A message without text: ``photo=[…]``, ``voice={…}``, ``caption="…"``."""
        return await self._queued(self._api.world.user_writes(self.chat, _now(), None, **extra))

    async def send_photo(self, caption: str = "") -> Json:
        sizes = [
            {"file_id": f"photo-{side}", "file_unique_id": f"p{side}", "width": side,
             "height": side, "file_size": side * 10}
            for side in (90, 800)
        ]  # fmt: skip
        return await self.send(photo=sizes, **_captioned(caption))

    async def send_voice(self, seconds: int = 7) -> Json:
        voice = {
            "file_id": "voice-1", "file_unique_id": "v1", "duration": seconds,
            "mime_type": "audio/ogg", "file_size": 4000 * seconds,
        }  # fmt: skip
        return await self.send(voice=voice)

    async def send_document(self, name: str = "lijst.pdf", caption: str = "") -> Json:
        document = {
            "file_id": "document-1", "file_unique_id": "d1", "file_name": name,
            "mime_type": "application/pdf", "file_size": 12_345,
        }  # fmt: skip
        return await self.send(document=document, **_captioned(caption))

    async def send_contact(self, phone: str, name: str) -> Json:
        return await self.send(contact={"phone_number": phone, "first_name": name})

    async def edit(self, message_id: int, text: str) -> Json:
        """:raises LookupError: the user has no such message."""
        return await self._queued(self._api.world.user_edits(self.chat, message_id, text, _now()))

    async def tap(self, label: str, message: ChatMessage | None = None) -> Json:
        """Tap the button whose text starts with ``label``, on the newest message that has one.

        :raises LookupError: there is no such button, or it only opens an address.
        """
        for candidate in [message] if message else reversed(self.messages):
            button = candidate.button(label)
            if button is None:
                continue
            if "callback_data" not in button:
                raise LookupError(f"{self.chat.name}: {label!r} opens {button.get('url')}")
            return await self.tap_data(candidate, str(button["callback_data"]))
        raise LookupError(f"{self.chat.name}: no button {label!r}; {self._newest()}")

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
        timeout_s: float = 30.0,
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
            await self._api.desk.wait(min(left, 0.5))

    def _newest(self) -> str:
        if not self.messages:
            return "the chat is empty"
        newest = self.messages[-1]
        labels = [button["text"] for row in newest.buttons for button in row]
        return f"newest: {newest.text[:80]!r} {labels}"

    async def see_button(
        self, label: str, *, timeout_s: float = 30.0, after: int = 0
    ) -> ChatMessage:
        """Wait for a message with a button whose text starts with ``label``."""
        return await self.see(
            lambda m: button_data(m, label) is not None, timeout_s=timeout_s, after=after
        )

    async def press(self, label: str, *, timeout_s: float = 30.0, after: int = 0) -> ChatMessage:
        """Wait for a button and tap it."""
        message = await self.see_button(label, timeout_s=timeout_s, after=after)
        await self.tap(label, message)
        return message

    async def wait_for(self, fits: Callable[[Chat], bool], *, timeout_s: float = 30.0) -> Chat:
        """Wait until the chat as a whole is as wanted.

        :raises TimeoutError: it never was.
        """
        deadline = time.monotonic() + timeout_s
        while not fits(self.chat):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self.chat.name} waited in vain; {self._newest()}")
            await self._api.desk.wait(min(left, 0.5))
        return self.chat

    @property
    def toasts(self) -> list[str]:
        """What the bot answered to taps, oldest first."""
        return self.chat.toasts

    @property
    def last_id(self) -> int:
        """The id of the newest message in the chat, whoever wrote it."""
        return self.chat.messages[-1].message_id if self.chat.messages else 0

    async def _queued(self, update: Json) -> Json:
        await self._api.notify()
        return update


def button_data(message: ChatMessage | None, label: str) -> str | None:
    """The data (or address) under the first button whose text starts with ``label``."""
    button = message.button(label) if message else None
    return None if button is None else str(button.get("callback_data") or button.get("url"))


def _captioned(caption: str) -> Json:
    return {"caption": caption} if caption else {}


def _now() -> float:
    return time.time()  # noqa: TID251  (the outside world has a clock of its own)
