"""Reports that are about something else are set apart on a phone, as at the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.chat.coordinator import split_texts as texts
from bot.chat.coordinator.split_flow import APART, SHOW, SHOWN, TICK
from bot.chat.texts import OLD_BUTTON
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from feeds.rows import Event, EventStatus, Item, Origin, Source
from feeds.standing import Trust
from tests.partner_world import Chat, a_partner


@pytest.fixture
async def coordinator(db: Database, now: datetime) -> Chat:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        session.add(
            Source(key="krant", name="Krant", url="", trust=Trust.REGIONAL, next_poll_at=now)
        )
    return chat


async def reports(chat: Chat, event: int, count: int, *, start: int = 1) -> None:
    async with chat.db.begin() as session:
        for number in range(start, start + count):
            at = chat.now + timedelta(minutes=number)
            session.add(
                Item(
                    source_id=1, guid=f"g{number}", title=f"Bericht nummer {number}.",
                    link=f"https://krant.example/{number}", published_at=at, first_seen_at=at,
                    polled_at=at, content_hash=str(number), event_id=event,
                )
            )  # fmt: skip


async def an_alert(chat: Chat, count: int) -> int:
    async with chat.db.begin() as session:
        event = Event(title="Onrust", type="E09", origin=Origin.FEED, detected_at=chat.now)
        session.add(event)
        await session.flush()
        number = event.id or 0
    await reports(chat, number, count)
    return number


async def where(chat: Chat) -> dict[int, list[str]]:
    """The titles of the reports by event."""
    found: dict[int, list[str]] = {}
    for item in sorted(await chat.all(Item), key=lambda one: one.id or 0):
        found.setdefault(item.event_id or 0, []).append(item.title)
    return found


async def test_ticked_reports_become_an_alert_of_their_own(coordinator: Chat) -> None:
    number = await an_alert(coordinator, 3)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    assert "Bericht nummer 3." in await coordinator.text()
    await coordinator.press(texts.SPLIT)
    assert len(await coordinator.labels()) == 3, "nothing to set apart before anything is ticked"
    await coordinator.press(texts.REPORT.format(number=1))
    await coordinator.press(texts.REPORT.format(number=2))
    await coordinator.press(texts.TICKED_REPORT.format(number=1))
    assert "☑ 2 " in await coordinator.text()
    assert len(await where(coordinator)) == 1, "a tick moves nothing"
    await coordinator.press(texts.SPLIT_NOW.format(count=1))
    [whole, part] = sorted(await coordinator.all(Event), key=lambda one: one.id or 0)
    assert await where(coordinator) == {
        whole.id: ["Bericht nummer 1.", "Bericht nummer 3."], part.id: ["Bericht nummer 2."],
    }  # fmt: skip
    assert part.status is EventStatus.DETECTED
    assert coordinator.toast == texts.SPLIT_WAITS, "it is too light to ring, and that is said"
    assert "Bevestig" in await coordinator.labels(), "the new alert comes with its answers"
    assert "Bericht nummer 2." in await coordinator.text()


async def test_one_report_stays(coordinator: Chat) -> None:
    number = await an_alert(coordinator, 2)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    await coordinator.press(texts.SPLIT)
    await coordinator.press(texts.REPORT.format(number=1))
    await coordinator.press(texts.REPORT.format(number=2))
    await coordinator.press(texts.SPLIT_NOW.format(count=2))
    assert coordinator.toast == texts.NOT_SPLIT
    assert list(await where(coordinator)) == [number]


async def test_nothing_moves_when_other_reports_stand_there_by_now(coordinator: Chat) -> None:
    number = await an_alert(coordinator, 2)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    await coordinator.press(texts.SPLIT)
    await coordinator.press(texts.REPORT.format(number=1))
    await reports(coordinator, number, 1, start=9)
    await coordinator.press(texts.SPLIT_NOW.format(count=1))
    assert coordinator.toast == texts.SPLIT_CHANGED
    assert list(await where(coordinator)) == [number]
    assert "☐ 3 " in await coordinator.text(), "the list is shown anew, without ticks"
    assert "☑" not in await coordinator.text()


async def test_of_many_reports_the_newest_are_shown_and_it_says_so(coordinator: Chat) -> None:
    number = await an_alert(coordinator, SHOWN + 2)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    text = await coordinator.text()
    assert f"Bericht nummer {SHOWN + 2}." in text
    assert "Bericht nummer 2." not in text
    assert "2 eerdere staan op de pagina" in text


async def test_of_one_report_and_of_what_is_over_nothing_is_set_apart(coordinator: Chat) -> None:
    number = await an_alert(coordinator, 1)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    assert await coordinator.labels() == []
    await reports(coordinator, number, 1, start=9)
    await coordinator.tap(f"{SHOW}:{number}", message=0)
    await coordinator.press(texts.SPLIT)
    await coordinator.press(texts.REPORT.format(number=1))
    async with coordinator.db.begin() as session:
        (await session.get_one(Event, number)).status = EventStatus.DISMISSED
    await coordinator.press(texts.SPLIT_NOW.format(count=1))
    assert coordinator.toast
    assert list(await where(coordinator)) == [number]
    assert coordinator.toast != OLD_BUTTON


async def test_a_member_and_a_forged_button_move_nothing(
    coordinator: Chat, db: Database, now: datetime
) -> None:
    number = await an_alert(coordinator, 2)
    with pytest.raises(ValueError, match="no such ticks"):
        await coordinator.tap(f"{TICK}:{number}:-1:x", message=0)
    with pytest.raises(ValueError, match="no such"):
        await coordinator.tap(f"{APART}:999:1:x", message=0)
    member = Chat(db, now, None)
    for wire in (f"{TICK}:{number}:1:x", f"{APART}:{number}:1:x"):
        with pytest.raises(NotAllowed):
            await member.tap(wire, message=0)
    assert list(await where(coordinator)) == [number]
