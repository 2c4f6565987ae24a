"""What comes in by Telegram: strangers, odd updates, pictures, names; nothing of it is lost
or kept wrongly, and one bad update never blocks the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot import handling, polling
from bot.chat import router
from bot.chat.turn import Turn
from bot.clock import utc_now
from bot.rows import Conversation, IncomingUpdate, UpdateKind, UpdateStatus
from bot.run import quiet_logging
from bot.simulator.world import ChatMessage
from contacts.directory import Channel, ChannelStatus
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.tally import total
from tests.flow_world import Evening, an_evening

NAME = "Sander de Vries"


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


async def all_handled(evening: Evening, wanted: int) -> list[IncomingUpdate]:
    for _ in range(200):
        async with evening.house.db.read() as session:
            found = await session.exec(select(IncomingUpdate).order_by(col(IncomingUpdate.id)))
            rows = list(found.all())
        if len(rows) >= wanted and all(row.status is not UpdateStatus.NEW for row in rows):
            return rows
        await asyncio.sleep(0.05)
    raise AssertionError(rows)


async def test_a_stranger_gets_one_polite_line_and_leaves_a_count(evening: Evening) -> None:
    stranger = evening.simulator.user(31337, "Vreemde Eend")
    for text in ("Mijn buurman doet raar", "hallo", "nog eens"):
        await stranger.say(text)
    answer = await stranger.see("aangesloten organisaties")
    assert "112" in answer.text
    await all_handled(evening, 3)
    assert len(stranger.messages) == 1
    raw = evening.on_disk()
    for trace in (b"buurman", b"Vreemde Eend", b"31337"):
        assert trace not in raw
    async with evening.house.db.read() as session:
        assert await total(session, "stranger", is_exercise=False) == 3


async def test_an_update_that_comes_twice_is_handled_once(evening: Evening) -> None:
    update = await evening.teacher.say("/help")
    await evening.teacher.see("", timeout_s=30)
    evening.simulator.telegram.world.updates.append(update)
    await evening.simulator.telegram.notify()
    await evening.teacher.say("/signaal")
    await evening.teacher.see_button("Vragen")
    await all_handled(evening, 2)
    assert len(evening.teacher.messages) == 2


async def test_odd_updates_never_block_the_next(evening: Evening) -> None:
    odd = [
        {"poll": {"id": "1"}},
        {"message": "text"},
        {"message": {"message_id": 1}},
        {"callback_query": {"id": 5}},
        {"my_chat_member": []},
        {"message": {"message_id": 2, "chat": {"id": "x", "type": "private"}, "text": 7}},
    ]
    for update in odd:
        evening.simulator.telegram.world.queue(update)
    await evening.teacher.say("/help")
    await evening.teacher.see("", timeout_s=30)


async def test_a_failing_update_is_told_and_the_rest_goes_on(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def explode(turn: Turn) -> None:
        raise RuntimeError("boom")

    monkeypatch.setitem(router.COMMANDS, "/help", explode)
    caplog.set_level(logging.CRITICAL)
    await evening.teacher.say("/help")
    await evening.users["Teamleider"].say("/signaal")
    await evening.users["Teamleider"].see_button("Vragen")
    await evening.teacher.see("niet verwerkt")
    await evening.coordinator.see("kon niet verwerkt worden")
    rows = await all_handled(evening, 2)
    assert [row.status for row in rows] == [UpdateStatus.FAILED, UpdateStatus.DONE]
    assert all(row.payload is None and row.chat is None for row in rows)


async def sealed_elsewhere(evening: Evening, ident: int = 1) -> None:
    """A stored update of the teacher, from before somebody lost the key."""
    payload = Sealer(Sealer.new_key()).seal('{"text": "/help"}')
    chat = evening.teacher.chat_id
    async with evening.house.db.begin() as session:
        session.add(
            IncomingUpdate(
                id=ident, kind=UpdateKind.COMMAND, chat=chat, payload=payload, received_at=utc_now()
            )
        )


async def test_an_update_sealed_with_another_key_fails_and_the_next_is_handled(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await sealed_elsewhere(evening)
    await evening.users["Teamleider"].say("/signaal")
    await evening.users["Teamleider"].see_button("Vragen")
    await evening.teacher.see("niet verwerkt")
    rows = await all_handled(evening, 2)
    assert {row.status for row in rows} == {UpdateStatus.FAILED, UpdateStatus.DONE}
    assert all(row.payload is None for row in rows)


async def test_a_failure_that_cannot_be_told_still_ends_the_update(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def explode(turn: Turn) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(handling, "tell_failure", explode)
    caplog.set_level(logging.CRITICAL)
    await sealed_elsewhere(evening)
    (row,) = await all_handled(evening, 1)
    assert (row.status, row.attempts) == (UpdateStatus.FAILED, handling.MAX_ATTEMPTS)


async def test_the_worker_survives_what_cannot_be_handled_nor_counted(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def disk_full_for_the_first(db: Database, ident: int, *given: Any, **more: Any) -> Any:
        if ident == 1:
            raise OSError("disk")
        return await handling.handle_update(db, ident, *given, **more)

    monkeypatch.setattr(polling, "handle_update", disk_full_for_the_first)
    caplog.set_level(logging.CRITICAL)
    await sealed_elsewhere(evening, 1)
    await evening.teacher.say("/help")
    await evening.teacher.see("", timeout_s=30)
    assert not evening.house.running["worker"].done()


async def test_pictures_and_their_captions_are_refused_unread(evening: Evening) -> None:
    photo = [{"file_id": "abc", "file_unique_id": "a", "width": 1, "height": 1}]
    await evening.teacher.send(photo=photo, caption=f"Dit is {NAME}")
    await evening.teacher.see("geen beelden")
    assert NAME.encode() not in evening.on_disk()


def _went_on(flow: ChatMessage, asked: str, message: ChatMessage) -> bool:
    """The same message asks something else."""
    return message is flow and message.text != asked


async def test_a_name_leaves_nothing_anywhere(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    quiet_logging(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    await evening.teacher.say("/signaal")
    flow = await evening.teacher.see_button("Vragen")
    for label in ("Vragen", "2", "✔", "Klas"):
        question = flow.text
        await evening.teacher.press(label)
        await evening.teacher.see(partial(_went_on, flow, question))
    await evening.teacher.say(f"{NAME} begon erover")
    refusal = await evening.teacher.see("niets bewaard")
    assert NAME not in refusal.text
    assert "woord 1" in refusal.text
    assert refusal.reply_to is not None
    await all_handled(evening, 6)
    for trace in (NAME, "Sander", "Vries"):
        assert trace.encode() not in evening.on_disk()
        assert trace not in caplog.text
    async with evening.house.db.read() as session:
        assert await total(session, "referral", is_exercise=True) == 1


async def test_a_name_in_an_edited_or_forwarded_message_is_not_kept(evening: Evening) -> None:
    update = await evening.teacher.say("/help")
    await evening.teacher.edit(update["message"]["message_id"], f"{NAME} zit in 3B")
    link = "https://nieuws.example/bericht"
    await evening.coordinator.forward(f"{NAME} aangehouden", link)
    await evening.coordinator.see("Wat is er")
    await all_handled(evening, 3)
    assert NAME.encode() not in evening.on_disk()


async def test_who_changes_a_refused_message_goes_on_with_the_better_words(
    evening: Evening,
) -> None:
    teacher = evening.teacher
    await teacher.say("/signaal")
    await teacher.see_button("Vragen")
    written = (await teacher.say(f"{NAME} begon erover"))["message"]["message_id"]
    refusal = await teacher.see("niets bewaard")
    await teacher.edit(written, "De groep begon erover.")
    await teacher.see_button("Vragen", after=refusal.message_id)
    await teacher.edit(written, f"Toch {NAME} dus")
    await all_handled(evening, 4)
    async with evening.house.db.read() as session:
        [talk] = (await session.exec(select(Conversation))).all()
        assert await total(session, "referral", is_exercise=True) == 2
    assert evening.house.sealer.unseal(talk.data["note"]) == "De groep begon erover."
    assert NAME.encode() not in evening.on_disk()


async def test_a_change_when_nothing_is_asked_is_said_to_be_unread(evening: Evening) -> None:
    written = (await evening.teacher.say("/help"))["message"]["message_id"]
    await evening.teacher.see("", timeout_s=30)
    await evening.teacher.edit(written, "De groep is onrustig.")
    await evening.teacher.see("Uw wijziging bewaar ik niet")
    assert b"De groep is onrustig" not in evening.on_disk()


async def test_blocking_the_bot_closes_the_channel_and_is_told(evening: Evening) -> None:
    await evening.teacher.block()
    told = await evening.coordinator.see("geen berichten meer in Telegram")
    # The teacher has mail as well.
    assert told.text.endswith(
        "Iemand van School (oefening) krijgt geen berichten meer in Telegram. "
        "Schakel gebruikt nu het volgende kanaal."
    )
    async with evening.house.db.read() as session:
        closed = await session.exec(
            select(Channel.address).where(col(Channel.status) == ChannelStatus.CLOSED)
        )
    assert list(closed.all()) == [str(evening.teacher.chat_id)]


async def test_the_token_of_the_bot_is_in_no_log(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    quiet_logging(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    await evening.teacher.say("/help")
    await evening.teacher.see("", timeout_s=30)
    assert evening.simulator.token not in caplog.text
