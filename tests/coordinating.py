"""What a coordinator does in the chat, as steps of an evening and as taps at a desk."""

from __future__ import annotations

import asyncio

from sqlmodel import select

from bot.chat.buttons import parse
from bot.chat.router import route
from bot.chat.turn import Turn
from bot.evening.starting import prepare
from bot.rows import UpdateKind
from contacts.permissions import load_actor
from feeds.rows import Event, Item
from tests.flow_world import Evening
from tests.partner_world import CONFIG, Chat, an_event

TITLE = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
FACT = "De politie heeft drie mensen aangehouden in Arnhem."


async def news(evening: Evening) -> None:
    """Quiet news first: what a source already had at its first reading never rings."""
    evening.publish("k0", "Bibliotheek verlengt de openingstijden op zaterdag")
    for _ in range(200):
        async with evening.house.db.read() as session:
            if (await session.exec(select(Item.id))).first() is not None:
                break
        await asyncio.sleep(0.05)
    evening.publish("k1", TITLE, "De politie deed een inval in Presikhaaf.")


async def alerted(evening: Evening) -> None:
    await news(evening)
    await evening.coordinator.see_button("Bevestig", timeout_s=15)


async def confirmed(evening: Evening) -> None:
    await alerted(evening)
    await evening.coordinator.press("Bevestig")
    await evening.coordinator.press("Alles akkoord")
    await evening.coordinator.see_button("Ter goedkeuring")


async def add_fact(evening: Evening, fact: str = FACT, source: str = "politie") -> None:
    user = evening.coordinator
    mark = user.last_id
    await user.press("Feiten")
    await user.press("Feit toevoegen", after=mark)
    await user.see("Typ één feit", after=mark)
    await user.say(fact)
    await user.press(source, after=mark)
    await user.see(lambda m: fact in m.text and "Volgende update" in m.text, after=mark)


async def submitted(evening: Evening) -> None:
    await confirmed(evening)
    await add_fact(evening)
    await evening.coordinator.press("Ter goedkeuring")
    await evening.approver.see_button("Goedkeuren en verzenden")


async def approved(evening: Evening) -> None:
    await submitted(evening)
    await evening.approver.press("Goedkeuren en verzenden")
    await evening.approver.press("Toch verder")
    await evening.approver.press("Ja, verzenden")
    await evening.teacher.see_button("Gelezen", timeout_s=15)


async def a_running_event(desk: Chat) -> int:
    """With its facts open and a first version drafted."""
    event_id = await an_event(desk)
    async with desk.db.begin() as session:
        event = await session.get_one(Event, event_id)
        actor = await load_actor(session, desk.person_id or 0)
        assert actor is not None
        await prepare(session, event, actor, CONFIG.briefings, now=desk.now)
    return event_id


async def tap(desk: Chat, wire: str) -> None:
    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.TAP, None)

    await desk.run(routed, tap=parse(wire))


async def say(desk: Chat, line: str) -> None:
    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.TEXT, None)

    await desk.run(routed, text=line, message_id=78)
