"""A partner's chat for tests: real handlers on a real store, one transaction per turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect
from sqlmodel import select

from bot.chat.buttons import Tap, parse
from bot.chat.partner import refuse_text
from bot.chat.router import COMMANDS, STEPS, TAPS
from bot.chat.shown import shown_form
from bot.chat.turn import Turn
from bot.config import Config
from bot.rows import Conversation
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    Tally,
)
from contacts.journal import SYSTEM
from contacts.outbox import (
    Button,
    Content,
    MessageKind,
    TelegramForm,
)
from contacts.people import grant
from contacts.permissions import load_actor
from contacts.records import Database
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus, Origin
from tests.outbox_world import all_deliveries

CHAT = 4242
SEALER = Sealer(Sealer.new_key())
CONFIG = Config(
    briefings=BriefingSettings(
        meldkaart=[
            CityLine(label="Wijkagent", phone="0900-8844"),
            CityLine(label="Meldpunt gemeente", phone="026-0000000", checked_on=date(2026, 1, 5)),
        ]
    )
)


@dataclass
class Chat:
    """One partner's chat on a real store; every turn is one transaction."""

    db: Database
    now: datetime
    person_id: int | None
    message: int = 0
    toast: str | None = None
    config: Config | None = None

    async def run(self, handler: Any, **values: Any) -> Turn:
        async with self.db.begin() as session:
            actor = None if self.person_id is None else await load_actor(session, self.person_id)
            turn = Turn(
                session=session, config=self.config or CONFIG, sealer=SEALER, now=self.now,
                chat=CHAT, actor=actor,
                conversation=await session.get(Conversation, CHAT), **values,
            )  # fmt: skip
            await handler(turn)
        if turn.has_spoken:
            self.message = (await all_deliveries(self.db))[-1].id or 0
        self.toast = turn.toast
        return turn

    async def command(self, text: str) -> None:
        await self.run(COMMANDS[text.split(maxsplit=1)[0]], text=text, message_id=77)

    async def tap(self, wire: str, *, message: int | None = None) -> None:
        tap = parse(wire)
        tap = Tap(tap.verb, tap.args, self.message if message is None else message)
        await self.run(TAPS[tap.verb], tap=tap)

    async def press(self, label: str) -> None:
        """Tap the button with this label on the newest message."""
        for button in await self.buttons():
            if label in button.text:
                assert button.data is not None
                await self.tap(button.data)
                return
        raise AssertionError(f"no button {label!r} among {await self.labels()}")

    async def write(self, line: str) -> None:
        async with self.db.read() as session:
            talk = await session.get_one(Conversation, CHAT)
        await self.run(STEPS[talk.flow, talk.step], text=line, message_id=78)

    async def refuse(self, labels: Sequence[str], words: Sequence[int]) -> None:
        async def handler(turn: Turn) -> None:
            await refuse_text(turn, labels, words)

        await self.run(handler, message_id=79)

    async def form(self) -> TelegramForm:
        async with self.db.read() as session:
            form = await shown_form(session, self.message)
        assert form is not None
        return form

    async def text(self) -> str:
        text = (await self.form()).text
        return SEALER.unseal(text) if is_sealed(text) else text

    async def buttons(self) -> list[Button]:
        return [button for row in (await self.form()).buttons for button in row]

    async def labels(self) -> list[str]:
        return [button.text for button in await self.buttons()]

    async def all(self, table: Any) -> list[Any]:
        async with self.db.read() as session:
            keys = inspect(table).primary_key
            return list((await session.exec(select(table).order_by(*keys))).all())

    async def count(self, name: str) -> int:
        return sum(row.count for row in await self.all(Tally) if row.name == name)


async def a_partner(db: Database, now: datetime) -> Chat:
    """A teacher at a school in Klarendal, connected to Telegram."""
    async with db.begin() as session:
        school = Organisation(
            name="School", domain=Domain.EDUCATION, district="WK020207",
            internal_contact="zorgcoördinator", created_at=now,
        )  # fmt: skip
        session.add(school)
        await session.flush()
        assert school.id is not None
        person = Person(organisation_id=school.id, name="Docent", created_at=now)
        session.add(person)
        await session.flush()
        assert person.id is not None
        session.add(
            Channel(
                person_id=person.id, kind=ChannelKind.TELEGRAM, address=str(CHAT), created_at=now
            )
        )
    return Chat(db, now, person.id)


async def a_coordinator(db: Database, now: datetime) -> Chat:
    """The same person, who coordinates."""
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    return chat


async def an_event(chat: Chat, *, is_exercise: bool = False) -> int:
    async with chat.db.begin() as session:
        event = Event(
            title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=chat.now,
            status=EventStatus.CONFIRMED, is_exercise=is_exercise,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        assert event.id is not None
        return event.id


async def a_briefing(chat: Chat) -> None:
    form = TelegramForm(
        text="<b>Informatie</b> %%LINK%%",
        buttons=[[Button("Hele tekst", url="%%LINK%%"), Button("Gelezen", "read:5")]],
    )
    async with chat.db.begin() as session:
        [delivery] = await post(
            session, kind=MessageKind.BRIEFING, content=Content(telegram=form),
            to=[Recipient(ChannelKind.TELEGRAM, str(CHAT), chat.person_id, 1)], now=chat.now,
        )  # fmt: skip
        assert delivery.id is not None
        chat.message = delivery.id
