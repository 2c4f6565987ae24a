"""People of the city with a chat each, and periods on the rota."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryAct, Message, MessageKind
from contacts.people import open_channel
from contacts.records import Database
from contacts.rota import Period, RotaPlace
from contacts.rota_keeping import add_turns
from contacts.rota_rows import RotaTurn
from feeds.rows import Event, Item, Origin, Source
from feeds.standing import Trust
from tests.console_world import a_colleague

DAY = timedelta(days=1)
DUTY, BACKUP = RotaPlace.DUTY, RotaPlace.BACKUP
NAMES = {"Anna": (Role.COORDINATOR,), "Bram": (Role.COORDINATOR,), "Carla": (Role.COORDINATOR,),
         "Dirk": (Role.APPROVER,)}  # fmt: skip


async def people_of_the_city(
    db: Database, now: datetime, *, is_exercise: bool = False
) -> dict[str, int]:
    """Three coordinators and an approver, by name; in the chat all of them."""
    people: dict[str, int] = {}
    async with db.begin() as session:
        for number, (name, roles) in enumerate(NAMES.items()):
            ident = await a_colleague(
                session, name + " (spel)" * is_exercise, roles, now, is_exercise=is_exercise
            )
            person = await session.get_one(Person, ident)
            address = str(4100 + number + 100 * is_exercise)
            await open_channel(session, person, ChannelKind.TELEGRAM, address, rank=0, now=now)
            people[name] = ident
    return people


async def on_rota(
    db: Database, person: int, begin: datetime, end: datetime, place: RotaPlace = DUTY,
    *, now: datetime, is_exercise: bool = False, is_taken: bool = True,
) -> int:  # fmt: skip
    """The number of a period of this person."""
    async with db.begin() as session:
        [turn] = await add_turns(
            session, [Period(place, person, begin, end)], is_exercise=is_exercise, who=SYSTEM,
            now=now,
        )  # fmt: skip
        if is_taken:
            turn.handed_at = turn.taken_at = now
            session.add(turn)
        return turn.id or 0


async def rows(db: Database, kind: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(col(kind.id)))).all())


async def turn(db: Database, number: int) -> RotaTurn:
    async with db.read() as session:
        return await session.get_one(RotaTurn, number)


async def told(db: Database, kind: MessageKind, words: str = "") -> list[list[int]]:
    """Whom each new message of this kind, with these words, went to; oldest first."""
    async with db.read() as session:
        messages = await session.exec(
            select(Message).where(col(Message.kind) == kind).order_by(col(Message.id))
        )
        found = []
        for message in messages.all():
            if words not in str(message.content):
                continue
            to = await session.exec(
                select(Delivery.person_id)
                .where(
                    col(Delivery.message_id) == message.id,
                    col(Delivery.act) == DeliveryAct.SEND,
                )
                .order_by(col(Delivery.id))
            )
            found.append([number for number in to.all() if number is not None])
        return found


async def an_alert(
    db: Database, now: datetime, *, severity: int = 4, is_exercise: bool = False
) -> int:
    """A heavy event from a trusted newsroom, not told yet."""
    async with db.begin() as session:
        event = Event(
            title="Aanslag", type="E02", origin=Origin.FEED, suggested_severity=severity,
            detected_at=now, item_count=1, is_exercise=is_exercise,
        )  # fmt: skip
        source = Source(
            key=f"omroep{severity}{int(is_exercise)}", name="Omroep",
            url=f"https://omroep.example/{severity}{int(is_exercise)}", trust=Trust.REGIONAL,
            next_poll_at=now, is_exercise=is_exercise,
        )  # fmt: skip
        session.add_all([event, source])
        await session.flush()
        session.add(
            Item(
                source_id=source.id, guid="1", title="Aanslag", link="https://omroep.example/1",
                event_id=event.id, severity=severity, published_at=now, first_seen_at=now,
                polled_at=now, content_hash="1",
            )
        )  # fmt: skip
        return event.id or 0
