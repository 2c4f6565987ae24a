"""After the first text: update, correction, the end; and an event started by hand."""

from __future__ import annotations

import time
from typing import Any

from sqlmodel import col, select

from bot.demo import texts
from bot.demo.acts import add_fact, newest_event, settled, seven_drafts, submit_and_approve
from bot.demo.outcome import Timing
from bot.demo.stage import Stage
from bot.demo.timeline import Timeline
from contacts.delivery_counts import count_deliveries
from contacts.outbox import Delivery, Message, MessageKind
from feeds.rows import Event, Item


async def send_update(stage: Stage, line: Timeline, event_id: int) -> None:
    mark = stage.coordinator.last_id
    await _next_version(stage, texts.TAP_UPDATE)
    await add_fact(stage, stage.scenario["facts"]["update"])
    await submit_and_approve(stage, line, since=mark)
    await stage.until(lambda session: _sent_kind(session, event_id, MessageKind.UPDATE))
    line.step(texts.COORDINATOR, texts.UPDATED)


async def _next_version(stage: Stage, label: str) -> None:
    """Tap on the card, then open the facts of the new draft."""
    coordinator = stage.coordinator
    mark = coordinator.last_id
    await coordinator.press(label, timeout_s=20)
    await coordinator.see(texts.SEE_DRAFT, after=mark)
    await coordinator.press(texts.TAP_FACTS, after=mark)
    await coordinator.see_button(texts.TAP_ADD_FACT, after=mark)


async def send_correction(stage: Stage, line: Timeline, event_id: int) -> None:
    """The wrong sentence goes, the right one comes, everyone who may have got it is told."""
    coordinator, facts = stage.coordinator, stage.scenario["facts"]
    mark = coordinator.last_id
    await coordinator.press(texts.TAP_CORRECTION, timeout_s=20)
    await coordinator.press(facts["first"][:20], after=mark)
    await coordinator.see("onderwerp", after=mark)
    mark = coordinator.last_id
    await coordinator.say(facts["wrong_about"])
    await coordinator.see(texts.SEE_DRAFT, after=mark)
    await coordinator.press(texts.TAP_FACTS, after=mark)
    await coordinator.see_button(texts.TAP_ADD_FACT, after=mark)
    await add_fact(stage, facts["right"])
    await submit_and_approve(stage, line, since=mark)
    await stage.until(lambda session: _sent_kind(session, event_id, MessageKind.CORRECTION))
    line.step(texts.COORDINATOR, texts.CORRECTED)


async def close(stage: Stage, line: Timeline, event_id: int) -> None:
    mark = stage.coordinator.last_id
    await stage.coordinator.press(texts.TAP_CLOSE, timeout_s=20)
    await stage.coordinator.see(texts.SEE_DRAFT, after=mark)
    await submit_and_approve(stage, line, since=mark)
    await stage.until(lambda session: _sent_kind(session, event_id, MessageKind.CLOSING))
    await stage.until(lambda session: settled(session, event_id), timeout_s=30)
    line.step(texts.COORDINATOR, texts.CLOSED)
    closing = await stage.users["Docent VO"].see("gemeld is", timeout_s=20)
    line.quote(closing.text)


async def _sent_kind(session: Any, event_id: int, kind: MessageKind) -> bool:
    """Whether every message of this kind for the event has left."""
    found = await session.exec(
        select(Message.id).where(col(Message.event_id) == event_id, col(Message.kind) == kind)
    )
    ids = list(found.all())
    counts = await count_deliveries(session, message_ids=ids)
    return bool(ids) and counts.sent > 0 and not counts.planned and not counts.sending


async def start_by_hand(stage: Stage, line: Timeline, timing: Timing) -> None:
    """``/gebeurtenis``: four taps and one line of text."""
    coordinator = stage.coordinator
    mark = coordinator.last_id
    await coordinator.say("/gebeurtenis")
    for label in (texts.TAP_TYPE, texts.TAP_PLACE, texts.TAP_SEVERITY_LOW, texts.TAP_LEAD):
        await coordinator.press(label, after=mark, timeout_s=30)
    await coordinator.see(texts.SEE_ONE_LINE, after=mark)
    began = time.monotonic()
    await coordinator.say(stage.scenario["manual"]["line"])
    timing.drafts = await stage.until(seven_drafts)
    timing.confirm_to_drafts_s = time.monotonic() - began
    await coordinator.see(texts.SEE_CARD, after=mark)
    line.step(texts.COORDINATOR, texts.MANUAL)
    mark = coordinator.last_id
    await coordinator.press(texts.TAP_FACTS, after=mark - 5)
    await coordinator.see_button(texts.TAP_ADD_FACT, after=mark)
    await add_fact(stage, stage.scenario["manual"]["fact"])
    line.step(texts.COORDINATOR, texts.FACTS)


async def distribute_plainly(stage: Stage, line: Timeline) -> int:
    """Approve and send without scripted faults; returns the event's id."""
    await submit_and_approve(stage, line)
    event_id = await newest_event(stage)
    counts = await stage.until(lambda session: settled(session, event_id), timeout_s=60)
    line.step(
        texts.SYSTEM,
        texts.DISTRIBUTED.format(sent=counts.sent, failed=counts.failed, unknown=counts.unknown),
    )
    return event_id


async def first_alert(stage: Stage) -> tuple[float | None, float | None]:
    """(seconds from serving, seconds from the poll) of the first alert that rang, or None."""
    async with stage.house.db.read() as session:
        found = await session.exec(
            select(Event, Delivery, Item)
            .join(Delivery, col(Delivery.id) == col(Event.alert_delivery_id))
            .join(Item, col(Item.event_id) == col(Event.id))
            .where(col(Delivery.done_at).is_not(None), col(Item.polled_at) <= col(Delivery.done_at))
            .order_by(col(Event.alerted_at), col(Item.first_seen_at).desc())
        )
        row = found.first()
    if row is None:
        return None, None
    _, delivery, item = row
    assert delivery.done_at is not None
    since = (delivery.done_at - item.polled_at).total_seconds()
    return since, since
