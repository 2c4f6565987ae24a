"""What a page offers to do with many lines at once, its own form can carry."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from bot.console import dispatch, inbox
from bot.evening import doubts
from contacts.directory import ChannelKind, Domain
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from signals.rows import Setting, Signal, SignalKind, SignalStatus
from tests.console_desk import Desk, a_desk
from tests.console_world import press


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def form_on(page: str, act: str, name: str) -> list[str]:
    """The largest form on the page that leads to this act: what it sends under this name."""
    forms = re.findall(rf'<form method="post" action="{re.escape(act)}".*?</form>', page, re.DOTALL)
    fields = [re.findall(rf'name="{name}" value="(\d+)"', form) for form in forms]
    return max(fields, key=len)


async def send_all(desk: Desk, page: str, act: str, name: str, **rest: Any) -> httpx.Response:
    found = form_on((await desk.web.get(page)).text, act, name)
    return await press(desk.web, desk.world.sealer, act, **rest, **{name: found})


async def count(desk: Desk, status: DeliveryStatus) -> int:
    return sum(one.status is status for one in await desk.rows(Delivery))


async def test_all_uncertain_deliveries_of_a_version_are_sent_again_at_once(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        found = await session.exec(select(Message).where(col(Message.event_id) == desk.number))
        message = next(one for one in found.all() if one.briefing_id is not None)
        session.add_all(
            Delivery(
                message_id=message.id or 0, kind=ChannelKind.TELEGRAM, address=f"{number}",
                status=DeliveryStatus.UNKNOWN, not_before=desk.world.now,
                planned_at=desk.world.now,
            )
            for number in range(dispatch.MOST_LINES)
        )  # fmt: skip
    path = f"/gebeurtenis/{desk.number}"
    answer = await send_all(desk, f"{path}/verzenden", f"{path}/opnieuw", "bericht", versie="1")
    assert answer.status_code == 303
    assert await count(desk, DeliveryStatus.UNKNOWN) == 0


async def test_all_messages_that_may_not_have_arrived_are_settled_at_once(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        made = await post(
            session, kind=MessageKind.NOTICE, content=Content(telegram=TelegramForm(text="Tekst")),
            to=[
                Recipient(ChannelKind.TELEGRAM, f"{77 + number}", None, desk.world.organisation_id)
                for number in range(doubts.MOST)
            ],
            is_exercise=False, now=desk.world.now,
        )  # fmt: skip
        for one in made:
            one.status = DeliveryStatus.UNKNOWN
    answer = await send_all(desk, "/berichten", "/berichten/afgehandeld", "bericht")
    assert answer.status_code == 303
    assert await count(desk, DeliveryStatus.UNKNOWN) == 0


@pytest.mark.parametrize("more", [0, 150])
async def test_as_many_signals_as_one_answer_takes_are_answered_at_once(
    desk: Desk, now: datetime, more: int
) -> None:
    async with desk.world.db.begin() as session:
        session.add_all(
            Signal(
                event_id=desk.number, organisation_id=desk.world.organisation_id,
                domain=Domain.EDUCATION, received_at=now, district="stad",
                setting=Setting.CLASSROOM, kinds=[SignalKind.RUMOUR.value], severity=2,
                read_due_at=now, answer_due_at=now,
            )
            for _ in range(inbox.MOST_ALIKE + more)
        )  # fmt: skip
    answer = await send_all(
        desk, "/signalen", "/signalen/samen", "gezien", gebeurtenis=str(desk.number),
        soort="geruchten", uitkomst="F", zin="Er wordt niemand meer gezocht.",
    )  # fmt: skip
    assert answer.status_code == 303
    closed = [one for one in await desk.rows(Signal) if one.status is SignalStatus.CLOSED]
    assert len(closed) == inbox.MOST_ALIKE
