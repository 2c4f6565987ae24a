"""The partner's chat: connect, read, refusals, stop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat import texts
from bot.chat.partner import refuse_media
from bot.chat.router import route
from bot.rows import Conversation, UpdateKind
from contacts.directory import (
    Channel,
    ChannelStatus,
    Person,
)
from contacts.invitations import invite
from contacts.journal import Who
from contacts.outbox import (
    Acknowledgement,
    Delivery,
)
from contacts.permissions import NotAllowed
from contacts.records import Database
from signals.feedback import close_signal
from signals.rows import OutcomeCode, Signal
from tests.partner_world import CHAT, SEALER, Chat, a_briefing, a_partner


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_a_refusal_points_and_refers_but_never_repeats(chat: Chat) -> None:
    await chat.refuse(["NAAM"], [3, 4])
    form = await chat.form()
    assert form.reply_to == 79
    assert "woord 3 en 4" in form.text
    assert "zorgcoördinator" in form.text
    assert "0900-8844 (te controleren)" in form.text
    assert "026-0000000\n" in form.text
    assert await chat.labels() == [texts.AGAIN, texts.QUIT]
    assert await chat.count("referral") == 1


async def test_a_house_of_worship_in_a_wijk_is_asked_to_be_rephrased(chat: Chat) -> None:
    await chat.refuse(["LOCATIE", "STRAAT"], [2, 3, 4])
    assert "preciezer dan de wijk" in await chat.text()


async def test_stopping_after_a_refusal_forgets_the_form(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.refuse(["NAAM"], [1])
    await chat.press(texts.QUIT)
    assert "niets bewaard" in await chat.text()
    assert await chat.all(Conversation) == []


async def test_pictures_are_refused(chat: Chat) -> None:
    await chat.run(refuse_media, message_id=80)
    assert "geen beelden" in await chat.text()


async def test_read_becomes_a_tick_and_keeps_the_text(chat: Chat) -> None:
    await a_briefing(chat)
    await chat.press("Gelezen")
    form = await chat.form()
    assert chat.toast == texts.THANKS
    assert form.text == "<b>Informatie</b> %%LINK%%"
    assert [button.text for button in form.buttons[0]] == ["Hele tekst", "✔ Gelezen"]
    await chat.press("Gelezen")
    assert len(await chat.all(Acknowledgement)) == 1
    assert len(await chat.all(Delivery)) == 2


async def test_an_invitation_connects_and_welcomes(chat: Chat) -> None:
    async with chat.db.begin() as session:
        person = Person(organisation_id=1, name="Nieuw", created_at=chat.now)
        session.add(person)
        await session.flush()
        assert person.id is not None
        await session.exec(select(Channel).where(col(Channel.address) == str(CHAT)))
        channel = (await session.exec(select(Channel))).one()
        await session.delete(channel)
        token = await invite(session, person.id, now=chat.now)
    stranger = Chat(chat.db, chat.now, None)
    await stranger.command(f"/start {token}")
    assert "nooit naar personen" in await stranger.text()
    [channel] = await chat.all(Channel)
    assert (channel.person_id, channel.address) == (person.id, str(CHAT))


async def test_a_stranger_is_refused_and_only_counted(chat: Chat) -> None:
    stranger = Chat(chat.db, chat.now, None)
    await stranger.command("/start nietbekend")
    assert "kennen wij niet" in await stranger.text()
    assert await stranger.count("stranger") == 1
    assert all(str(CHAT) not in row.address for row in await chat.all(Delivery))


async def test_a_stranger_cannot_give_a_signal(chat: Chat) -> None:
    with pytest.raises(NotAllowed):
        await Chat(chat.db, chat.now, None).command("/signaal")


async def test_stop_asks_first_and_then_closes_the_channel(chat: Chat) -> None:
    await chat.command("/stop")
    await chat.press(texts.STOP_NO)
    [channel] = await chat.all(Channel)
    assert channel.status is ChannelStatus.ACTIVE
    await chat.command("/stop")
    await chat.press(texts.STOP_YES)
    [channel] = await chat.all(Channel)
    assert (channel.status, channel.closed_reason) == (ChannelStatus.CLOSED, "stopped")


async def test_the_card_marks_what_was_not_checked(chat: Chat) -> None:
    await chat.tap("card:1")
    text = await chat.text()
    assert "0900-8844 (te controleren)" in text
    assert "026-0000000 (te controleren)" not in text
    assert "bel 112" in text


async def test_help_is_short_and_shows_partners_no_commands_of_the_coordinator(
    chat: Chat,
) -> None:
    await chat.command("/help")
    assert "/signaal" in await chat.text()
    assert "/gebeurtenis" not in await chat.text()


async def test_an_answer_is_judged_once(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)
    async with chat.db.begin() as session:
        [signal] = (await session.exec(select(Signal))).all()
        assert signal.id is not None
        result = await close_signal(
            session, signal.id, OutcomeCode.B, "Het staat in de update.",
            who=Who("person", 2), sealer=SEALER, now=chat.now + timedelta(hours=2),
        )  # fmt: skip
    assert isinstance(result, list)
    assert result[0].id is not None
    chat.message = result[0].id
    await chat.press("Nuttig")
    assert await chat.labels() == ["✔ Nuttig"]
    await chat.tap("useful:B")
    await chat.tap("notuseful:B")
    assert await chat.count("useful:B") == 1
    assert await chat.count("notuseful:B") == 0


async def test_whoever_writes_of_danger_reads_112_first(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    line = {"text": "Er is een grote vechtpartij op het plein", "message_id": 78}
    await chat.run(lambda turn: route(turn, UpdateKind.TEXT, None), **line)
    assert (await chat.text()).startswith("Is er nu gevaar? Bel 112.")
    await chat.command("/signaal")
    assert "Bel 112" in await chat.text()
