"""What stands in a chat now: the newest form of a message that may have been edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat import texts
from contacts.directory import ChannelKind
from contacts.outbox import Button, Content, Delivery, DeliveryStatus, Message, TelegramForm
from contacts.sending import edit_sent, original_of

READ = "read"
_GONE = (DeliveryStatus.CANCELLED, DeliveryStatus.FAILED)


async def shown_form(session: AsyncSession, delivery_id: int) -> TelegramForm | None:
    """The chat form as it is, or soon will be, on the reader's screen."""
    original = await original_of(session, delivery_id)
    found = await session.exec(
        select(Delivery)
        .where(col(Delivery.edits_delivery_id) == original.id, col(Delivery.status).not_in(_GONE))
        .order_by(col(Delivery.id).desc())
        .limit(1)
    )
    newest = found.first() or original
    message = await session.get_one(Message, newest.message_id)
    return Content.from_json(message.content).telegram


async def replace_button(
    session: AsyncSession, delivery_id: int, verb: str, new: Button | None, *, now: datetime
) -> bool:
    """Put ``new`` (None: nothing) in place of the buttons with this verb; False if none had it.

    The text stays as it is.
    """
    form = await shown_form(session, delivery_id)
    if form is None:
        return False
    rows = [[new if _has_verb(b, verb) else b for b in row] for row in form.buttons]
    return await _show(session, delivery_id, form, rows, now=now)


async def tick_read(session: AsyncSession, delivery_id: int, *, now: datetime) -> None:
    """*Gelezen* becomes ✔ under a text that is in a chat, wherever its reader said so."""
    original = await original_of(session, delivery_id)
    if original.kind is not ChannelKind.TELEGRAM or original.status in _GONE:
        return
    form = await shown_form(session, delivery_id)
    shown = [button for row in form.buttons for button in row] if form else []
    asked = next((button for button in shown if _has_verb(button, READ)), None)
    if asked is not None:
        ticked = replace(asked, text=texts.HAS_READ)
        await replace_button(session, delivery_id, READ, ticked, now=now)


async def drop_buttons(
    session: AsyncSession, delivery_id: int, prefix: str, *, now: datetime
) -> bool:
    """Take away the buttons whose data begins so; False if none had it."""
    form = await shown_form(session, delivery_id)
    if form is None:
        return False
    rows = [[None if (b.data or "").startswith(prefix) else b for b in row] for row in form.buttons]
    return await _show(session, delivery_id, form, rows, now=now)


async def drop_button(session: AsyncSession, delivery_id: int, wire: str, *, now: datetime) -> bool:
    """Take away the button with exactly this data; False if none had it."""
    form = await shown_form(session, delivery_id)
    if form is None:
        return False
    rows = [[None if b.data == wire else b for b in row] for row in form.buttons]
    return await _show(session, delivery_id, form, rows, now=now)


async def tick_off(session: AsyncSession, delivery_id: int, prefix: str, *, now: datetime) -> bool:
    """As :func:`drop_buttons`, and the numbered line that the button named gets a tick."""
    form = await shown_form(session, delivery_id)
    if form is None:
        return False
    numbers = {
        button.text.partition(" ")[0]
        for row in form.buttons
        for button in row
        if (button.data or "").startswith(prefix)
    }
    ticked = [
        f"☑ {line}" if (number := line.partition(".")[0]).isdigit() and number in numbers else line
        for line in form.text.split("\n")
    ]
    rows = [[None if (b.data or "").startswith(prefix) else b for b in row] for row in form.buttons]
    return await _show(session, delivery_id, replace(form, text="\n".join(ticked)), rows, now=now)


async def _show(
    session: AsyncSession,
    delivery_id: int,
    form: TelegramForm,
    rows: Sequence[Sequence[Button | None]],
    *,
    now: datetime,
) -> bool:
    kept = [[b for b in row if b is not None] for row in rows]
    kept = [row for row in kept if row]
    if kept == form.buttons:
        return False
    changed = replace(form, buttons=kept, reply_to=None, pin=False)
    await edit_sent(session, delivery_id, Content(telegram=changed), now=now)
    return True


def _has_verb(button: Button, verb: str) -> bool:
    return button.data is not None and button.data.partition(":")[0] == verb
