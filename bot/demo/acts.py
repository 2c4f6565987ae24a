"""The acts of the evening, played through the phones as people would."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sqlmodel import col, func, select

from bot.demo import texts
from bot.demo.outcome import Timing
from bot.demo.stage import Stage
from bot.demo.timeline import Timeline
from bot.simulator import Fault
from briefings.rows import BriefingText
from contacts.delivery_counts import count_deliveries
from contacts.outbox import Message
from feeds.rows import Event, Item

BLOCKS = "Docent MBO"
UNCERTAIN = "Wijkteamlid"


async def news_comes(stage: Stage, line: Timeline, timing: Timing) -> None:
    """Quiet items first, then the one that matters; the coordinator's phone rings."""
    scenario, feeds = stage.scenario, stage.simulator.feeds
    for item in scenario["background"]:
        feeds.publish(item["outlet"], item["key"], item["title"], lead=item["lead"])
    await stage.until(lambda session: _has_items(session, len(scenario["background"])))
    first = scenario["first"]
    feeds.publish(first["outlet"], first["key"], first["title"], lead=first["lead"])
    line.step(texts.WORLD, texts.SERVED.format(title=first["title"]))
    alert = await stage.coordinator.see(texts.SEE_ALERT, timeout_s=30)
    seen = time.monotonic()
    timing.alert_s = seen - feeds.served_at[first["outlet"], first["key"]]
    timing.poll_to_alert_s = await _since_poll(stage, first["key"])
    line.step(texts.COORDINATOR, texts.ALERTED.format(alert=timing.alert_s))
    line.quote(alert.text)
    for item in scenario["more"]:
        feeds.publish(item["outlet"], item["key"], item["title"], lead=item["lead"])
    await stage.coordinator.see(texts.SEE_EDITED, timeout_s=30)
    line.step(texts.COORDINATOR, texts.EDITED.format(count=1 + len(scenario["more"])))


async def _has_items(session: Any, wanted: int) -> bool:
    return bool((await session.exec(select(func.count(col(Item.id))))).one() >= wanted)


async def _since_poll(stage: Stage, key: str) -> float:
    """Seconds from the beginning of the poll that brought the item to the alert in the chat."""
    async with stage.house.db.read() as session:
        item = (await session.exec(select(Item).where(col(Item.guid) == key))).one()
    return (stage.house.clock() - item.polled_at).total_seconds()


async def confirm(stage: Stage, line: Timeline, timing: Timing) -> None:
    """Four questions, four taps; the seven texts are there at once."""
    coordinator = stage.coordinator
    for label in (texts.TAP_CONFIRM, texts.TAP_SEVERITY, texts.TAP_LEAD, texts.TAP_DEADLINE):
        await coordinator.press(label)
    message = await coordinator.see_button(texts.TAP_CALLED)
    tapped = time.monotonic()
    await coordinator.tap(texts.TAP_CALLED, message)
    timing.drafts = await stage.until(seven_drafts)
    timing.confirm_to_drafts_s = time.monotonic() - tapped
    card = await coordinator.see(texts.SEE_CARD)
    line.step(
        texts.COORDINATOR,
        texts.CONFIRMED.format(drafts=timing.drafts, seconds=timing.confirm_to_drafts_s),
    )
    line.quote(card.text)


async def seven_drafts(session: Any) -> int:
    """The number of texts once all seven are there, else 0."""
    count = (await session.exec(select(func.count(col(BriefingText.id))))).one()
    return int(count) if count >= 7 else 0


async def write_facts(stage: Stage, line: Timeline) -> None:
    coordinator = stage.coordinator
    mark = coordinator.last_id
    await coordinator.press(texts.TAP_FACTS)
    await coordinator.press(texts.TAP_ADD_FACT, after=mark)
    await asyncio.sleep(0.3)
    mark = coordinator.last_id
    await coordinator.say(texts.NAME_IN_FACT)
    await coordinator.see(texts.SEE_REFUSED, after=mark)
    line.step(texts.COORDINATOR, texts.REFUSED_FACT)
    for fact in (stage.scenario["facts"]["first"], stage.scenario["facts"]["safe"]):
        await add_fact(stage, fact)
    line.step(texts.COORDINATOR, texts.FACTS)


async def add_fact(stage: Stage, sentence: str) -> None:
    """One typed line, one tap for its source."""
    coordinator = stage.coordinator
    mark = coordinator.last_id
    await coordinator.tap(texts.TAP_ADD_FACT)
    await coordinator.see(lambda m: m.message_id > mark)
    mark = coordinator.last_id
    await coordinator.say(sentence)
    await coordinator.press(texts.TAP_SOURCE, after=mark)
    await coordinator.see(
        lambda m: sentence in m.text and m.message_id > mark + 1 and "Bevestigd" in m.text,
        after=mark,
    )


async def submit_and_approve(
    stage: Stage, line: Timeline, *, show: bool = False, since: int = 0
) -> None:
    """Hand in, read with four eyes, approve in two taps.

    :param since: the last message before this version was begun; older buttons are of others.
    """
    coordinator, approver = stage.coordinator, stage.approver
    if show:
        mark = coordinator.last_id
        await coordinator.tap(texts.TAP_DONE)
        await coordinator.press(texts.TAP_TEXTS, after=mark)
        mark = coordinator.last_id
        await coordinator.press(texts.TAP_TEXT, after=mark)
        preview = await coordinator.see(texts.SEE_PREVIEW, after=mark)
        line.quote(preview.text)
    mark = approver.last_id
    await coordinator.press(texts.TAP_SUBMIT, after=since)
    line.step(texts.COORDINATOR, texts.SUBMITTED)
    request = await approver.see_button(texts.TAP_APPROVE, after=mark)
    await approver.tap(texts.TAP_READ_DRAFT, request)
    await approver.tap(texts.TAP_APPROVE, request)
    await approver.press(texts.TAP_UNREAD, after=mark)
    await approver.press(texts.TAP_SURE, after=mark)
    line.step(texts.APPROVER, texts.APPROVED)


async def distribute(stage: Stage, line: Timeline) -> int:
    """The texts go out through faults; returns the event's id when all is settled."""
    users = stage.users
    # Blocked at the last moment: Telegram says so only when the text is sent.
    users[BLOCKS].chat.blocked = True
    stage.simulator.telegram.faults.add(
        Fault("drop_after", method="sendMessage", chat_id=users[UNCERTAIN].chat_id)
    )
    await submit_and_approve(stage, line, show=True)
    event_id = await newest_event(stage)
    counts = await stage.until(lambda session: settled(session, event_id), timeout_s=60)
    line.step(
        texts.SYSTEM,
        texts.DISTRIBUTED.format(sent=counts.sent, failed=counts.failed, unknown=counts.unknown),
    )
    await stage.simulator.mail.see("burgerschap@rijnoever.example", timeout_s=30)
    line.step(BLOCKS, texts.BLOCKED)
    await stage.simulator.mail.see("team@wijkteampresikhaaf.example", timeout_s=30)
    line.step(UNCERTAIN, texts.UNKNOWN)
    return event_id


async def newest_event(stage: Stage) -> int:
    async with stage.house.db.read() as session:
        found = await session.exec(
            select(Event.id).where(col(Event.confirmed_at).is_not(None)).order_by(col(Event.id))
        )
        newest = found.all()[-1]
    assert newest is not None
    return newest


async def settled(session: Any, event_id: int) -> Any:
    """The counts once nothing of the briefing is under way."""
    found = await session.exec(
        select(Message.id).where(
            col(Message.event_id) == event_id, col(Message.briefing_id).is_not(None)
        )
    )
    ids = list(found.all())
    counts = await count_deliveries(session, message_ids=ids)
    done = counts.sent + counts.failed + counts.unknown
    return counts if ids and done and not counts.planned and not counts.sending else None
