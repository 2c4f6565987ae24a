"""The buttons under a signal go once it is answered, and an answer too late is refused at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat import texts as chat_texts
from bot.chat.coordinator import texts
from bot.rows import Conversation
from contacts.directory import Domain, Role
from contacts.journal import SYSTEM
from contacts.outbox import Content, Delivery, DeliveryAct, Message
from contacts.people import grant
from contacts.records import Database
from signals.rows import OutcomeCode, Setting, Signal, SignalStatus
from tests.partner_world import Chat, a_partner


async def edited_buttons(chat: Chat) -> list[list[str]]:
    """Of each message that was edited, what its buttons do then."""
    async with chat.db.read() as session:
        found = await session.exec(
            select(Message)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.act) == DeliveryAct.EDIT)
            .order_by(col(Message.id))
        )
        forms = [Content.from_json(one.content).telegram for one in found.all()]
    return [[button.data or "" for row in form.buttons for button in row] for form in forms if form]


async def signals(chat: Chat, count: int) -> None:
    """So many of one organisation wait; the partner may answer them."""
    async with chat.db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=chat.now)
        for _ in range(count):
            session.add(
                Signal(
                    organisation_id=1, domain=Domain.EDUCATION, received_at=chat.now,
                    district="stad", setting=Setting.CLASSROOM, kinds=["geruchten"], severity=1,
                    answer_due_at=chat.now + timedelta(days=2),
                )
            )  # fmt: skip


async def sending(chat: Chat) -> str:
    """What *Verstuur* of the newest message does."""
    return next(one.data or "" for one in await chat.buttons() if "Verstuur" in one.text)


async def previewed(chat: Chat, signal: int, code: OutcomeCode, sentence: str) -> tuple[str, int]:
    """An answer is shown before it goes: (what *Verstuur* does, the message)."""
    await chat.tap(f"sc:{signal}:{code.value}")
    await chat.write(sentence)
    return await sending(chat), chat.message


async def test_the_answers_go_once_one_was_sent_and_another_is_refused_before_typing(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    await signals(chat, 1)
    await chat.tap("so:1")
    assert texts.OUTCOMES[OutcomeCode.A] in await chat.labels()
    await chat.press(texts.OUTCOMES[OutcomeCode.A])
    await chat.write("Wij spraken met de buren.")
    assert "Wij spraken met de buren." in await chat.text()
    assert [one.status for one in await chat.all(Signal)] != [SignalStatus.CLOSED]
    old, shown = chat.message, await sending(chat)
    await chat.press("Terug")
    await chat.write("Wij spraken met de school.")
    await chat.tap(shown, message=old)
    assert [one.status for one in await chat.all(Signal)] != [SignalStatus.CLOSED]
    await chat.press("Verstuur")
    [signal] = await chat.all(Signal)
    assert signal.status is SignalStatus.CLOSED
    left = (await edited_buttons(chat))[-1]
    assert [data for data in left if data.startswith(("sc:", "sd:"))] == []
    await chat.tap("sc:1:F")
    assert "Dit signaal is al beantwoord." in await chat.text()
    assert await chat.all(Conversation) == []


@pytest.mark.parametrize(
    "second", [(2, OutcomeCode.A), (2, OutcomeCode.C), (1, OutcomeCode.C)], ids=str
)
async def test_the_same_sentence_under_an_older_preview_sends_nothing(
    db: Database, now: datetime, second: tuple[int, OutcomeCode]
) -> None:
    """One stock sentence, for another signal or as another answer: the button is of its own."""
    chat = await a_partner(db, now)
    await signals(chat, 2)
    sentence = "Wij spraken met de school."
    old, above = await previewed(chat, 1, OutcomeCode.A, sentence)
    newer, below = await previewed(chat, *second, sentence)
    for verb in (old, old.replace("sv:", "sw:")):
        await chat.tap(verb, message=above)
        assert chat.toast == chat_texts.QUESTION_OVER
    assert {one.status for one in await chat.all(Signal)} == {SignalStatus.NEW}
    await chat.tap(newer, message=below)
    closed = [one for one in await chat.all(Signal) if one.status is SignalStatus.CLOSED]
    assert [(one.id, one.outcome_code) for one in closed] == [second]
