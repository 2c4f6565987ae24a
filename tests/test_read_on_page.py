"""*Gelezen* on the page ticks the button under the same text in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, func, select

from bot.chat.shown import shown_form
from contacts.directory import ChannelKind
from contacts.outbox import Button, Content, Delivery, DeliveryStatus, Message, TelegramForm
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_world

TEXT = "<b>Informatie</b>"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def in_chat(world: World, status: DeliveryStatus) -> None:
    buttons = [[Button("Gelezen", "read:1"), Button("Waar meld ik wat?", "card")]]
    async with world.db.begin() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        delivery.kind, delivery.address, delivery.status = ChannelKind.TELEGRAM, "4101", status
        message = await session.get_one(Message, delivery.message_id)
        message.content = Content(telegram=TelegramForm(TEXT, buttons=buttons)).to_json()


async def shown(world: World) -> list[tuple[str, str | None]]:
    async with world.db.read() as session:
        form = await shown_form(session, world.delivery_id)
    assert form is not None
    assert form.text == TEXT
    return [(button.text, button.data) for row in form.buttons for button in row]


@pytest.mark.parametrize(
    ("answer", "status", "label"),
    [
        ("gelezen", DeliveryStatus.SENT, "✔ Gelezen"),
        ("gelezen", DeliveryStatus.UNKNOWN, "✔ Gelezen"),
        ("gelezen", DeliveryStatus.FAILED, "Gelezen"),
        ("begrepen", DeliveryStatus.SENT, "Gelezen"),
    ],
)
async def test_read_on_the_page_is_ticked_in_the_chat(
    world: World, answer: str, status: DeliveryStatus, label: str
) -> None:
    await in_chat(world, status)
    for _ in range(2):
        done = await world.web.post(f"{world.page}/{answer}?versie=1", headers=SAME_SITE)
        assert done.status_code == 303
    assert await shown(world) == [(label, "read:1"), ("Waar meld ik wat?", "card")]
    async with world.db.read() as session:
        edits = (await session.exec(select(func.count(col(Delivery.id))))).one()
    assert edits == (2 if label.startswith("✔") else 1)
