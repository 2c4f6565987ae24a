"""Sends over Telegram, and says of every answer and every silence what it means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.chat.buttons import with_delivery
from bot.telegram_request import NotSent
from bot.uploads import PICTURE, NoDocument, NotNow, Uploads
from contacts.directory import ChannelKind
from contacts.outbox import Button, DeliveryAct, TelegramForm
from contacts.texts import EXERCISE_LINE, NO_DOCUMENT, REPEAT_LINE
from contacts.transport import (
    MENDING,
    MESSAGE_GONE,
    STANDING_LINES,
    Later,
    Moved,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
)

RETRY = timedelta(seconds=2)

#: (part of Telegram's description, our code) of a 400 by which a chat is gone for good
GONE = (
    ("chat not found", "chat_not_found"),
    ("user not found", "user_not_found"),
    ("user is deactivated", "deactivated"),
    ("peer_id_invalid", "chat_not_found"),
    ("group chat was deactivated", "deactivated"),
    ("have no rights to send a message", "no_rights"),
    ("not enough rights to send", "no_rights"),
    ("chat_write_forbidden", "no_rights"),
)
#: and of a 400 by which the text is at fault
AT_FAULT = (
    ("can't parse entities", "cannot_parse"),
    ("message is too long", "too_long"),
    ("message_too_long", "too_long"),
    ("text is too long", "too_long"),
    ("message text is empty", "empty"),
    ("text must be non-empty", "empty"),
    ("button_data_invalid", "button"),
    ("button_url_invalid", "button"),
    ("can't parse inline keyboard", "button"),
    ("inline keyboard button url", "button"),
    ("wrong http url", "button"),
)
_PREVIEW = "link_preview_options"
NOT_MODIFIED = "message is not modified"
#: somebody took the message away, so that no old text stands there
NOTHING_THERE = ("message to edit not found", "message_id_invalid")


class TelegramTransport:
    """The port to Telegram. ``bot`` speaks through :class:`bot.telegram_request.AiohttpRequest`."""

    kind = ChannelKind.TELEGRAM
    tells_leaving = True
    at_once = 0

    def __init__(
        self, bot: Bot, clock: Callable[[], datetime], uploads: Uploads | None = None
    ) -> None:
        """:param uploads: the files that go with messages; None: only their words go."""
        self._bot, self._clock, self._uploads = bot, clock, uploads
        self._pins: set[asyncio.Task[None]] = set()

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send or edit one message."""
        form = outgoing.content.telegram
        if form is None:
            return Refused("no_form")
        try:
            if outgoing.act is DeliveryAct.EDIT:
                return await self._edit(outgoing, form)
            return await self._send(outgoing, form)
        except TelegramError as error:
            return classify(error, outgoing, now=self._clock())
        except NotNow:
            return Later(self._clock() + RETRY, "store_busy")

    async def close(self) -> None:
        """Let pins finish for a moment; the bot's connections belong to whoever made it."""
        if self._pins:
            _, late = await asyncio.wait(self._pins, timeout=1.0)
            for task in late:
                task.cancel()

    async def _send(self, outgoing: Outgoing, form: TelegramForm) -> Outcome:
        chat = _chat(outgoing.address)
        how = _how(outgoing, form)
        if form.reply_to is not None:
            how["reply_parameters"] = {
                "message_id": form.reply_to, "allow_sending_without_reply": True,
            }  # fmt: skip
        if form.document is not None:
            message = await self._send_document(chat, form.document, how)
        else:
            message = await self._call("sendMessage", chat_id=chat, **how)
        number = int(message["message_id"])
        if form.pin:
            self._pin(chat, number)
        return Sent(str(number))

    async def _send_document(
        self, chat: int | str, key: str, how: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The file with its words under it; without a file the words, and that it is not there."""
        under = {name: value for name, value in how.items() if name not in ("text", _PREVIEW)}

        is_picture = key.startswith(PICTURE)
        method, name = ("sendPhoto", "photo") if is_picture else ("sendDocument", "document")

        async def post(document: str | InputFile) -> dict[str, Any]:
            done: dict[str, Any] = await self._call(
                method, chat_id=chat, caption=how["text"], **{name: document}, **under
            )
            return done

        try:
            if self._uploads is None:
                raise NoDocument
            return await self._uploads.send(key, post)
        except NoDocument:
            # What a picture shows, its words say as well.
            text = how["text"] if is_picture else f"{how['text']}\n\n{NO_DOCUMENT}"
            said = {**how, "text": text}
            message: dict[str, Any] = await self._call("sendMessage", chat_id=chat, **said)
            return message

    async def _edit(self, outgoing: Outgoing, form: TelegramForm) -> Outcome:
        if outgoing.edits_external_id is None:
            return Refused("nothing_to_edit")
        await self._call(
            "editMessageText",
            chat_id=_chat(outgoing.address),
            message_id=int(outgoing.edits_external_id),
            **_how(outgoing, form),
        )
        return Sent(outgoing.edits_external_id)

    async def _call(self, method: str, **given: Any) -> Any:
        """As the library's own methods, errors included, without its objects: building those of
        a message with buttons, and of the answer, costs four times as much as the request."""
        asked = RequestData(
            [
                RequestParameter(name, None, [value])
                if isinstance(value, InputFile)
                else RequestParameter(name, value, None)
                for name, value in given.items()
            ]
        )
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", asked)

    def _pin(self, chat: int | str, message_id: int) -> None:
        """Best effort and beside the outcome: the message arrived, pinned or not."""

        async def pin() -> None:
            try:
                await self._bot.pin_chat_message(chat, message_id, disable_notification=True)
            except TelegramError:
                return

        task = asyncio.create_task(pin())
        self._pins.add(task)
        task.add_done_callback(self._pins.discard)


def classify(error: TelegramError, outgoing: Outgoing, *, now: datetime) -> Outcome:
    """What an error means: certainly not sent, never, not now, or nobody knows."""
    match error:
        case RetryAfter():
            return Later(now + _wait(error), "too_many_requests", whole_channel=True)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case Forbidden():
            return Refused(_forbidden(error), closes_channel=True)
        case BadRequest():  # before the network errors: it is one of them
            return _bad_request(error, outgoing)
        case InvalidToken():
            return Later(now + MENDING, "wrong_token", whole_channel=True)
        case Conflict():
            return Later(now + MENDING, "conflict", whole_channel=True)
        case NotSent():
            return Later(now + RETRY, "not_reachable", whole_channel=True)
        case TimedOut():
            return Unknown("read_timeout")
    return Unknown("network")


def _wait(error: RetryAfter) -> timedelta:
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def _forbidden(error: Forbidden) -> str:
    text = error.message.lower()
    for part, code in (("blocked", "blocked"), ("deactivated", "deactivated"), ("kick", "kicked")):
        if part in text:
            return code
    return "forbidden"


def _bad_request(error: BadRequest, outgoing: Outgoing) -> Outcome:
    text = error.message.lower()
    is_edit = outgoing.act is DeliveryAct.EDIT
    if is_edit and NOT_MODIFIED in text:
        return Sent(outgoing.edits_external_id or "")
    if is_edit and any(part in text for part in NOTHING_THERE):
        return Refused(MESSAGE_GONE)
    for part, code in GONE:
        if part in text:
            return Refused(code, closes_channel=True)
    # Only our own codes: Telegram's sentence may quote the message.
    for part, code in AT_FAULT:
        if part in text:
            return Refused(code, halts_message=not is_edit)
    # What we do not know is about this one chat: the others must not have to wait for it.
    return Refused("bad_request")


def _chat(address: str) -> int | str:
    return int(address) if address.lstrip("-").isdigit() else address


def _text(outgoing: Outgoing, form: TelegramForm) -> str:
    lines = [form.text]
    if outgoing.standing in STANDING_LINES:
        lines.insert(0, STANDING_LINES[outgoing.standing])
    if outgoing.is_repeat:
        lines.insert(0, REPEAT_LINE)
    if outgoing.is_exercise:
        lines.insert(0, EXERCISE_LINE)
    return "\n".join(lines)


def _how(outgoing: Outgoing, form: TelegramForm) -> dict[str, Any]:
    how: dict[str, Any] = {
        "text": _text(outgoing, form),
        "parse_mode": ParseMode.HTML.value,
        _PREVIEW: {"is_disabled": True},
    }
    if form.buttons:
        rows = [[_button(one, outgoing.original_id) for one in row] for row in form.buttons]
        how["reply_markup"] = {"inline_keyboard": rows}
    return how


def _button(button: Button, delivery_id: int) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": with_delivery(button.data or "", delivery_id)}
