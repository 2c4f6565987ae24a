"""An evening of which a first version is drafted, its timetable, and the round that reminds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.config import Config
from bot.evening.timing import lines_of
from bot.keeping_time import remind_of_steps
from briefings.drafting import draft_briefing
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind
from briefings.steps import Step
from briefings.timetable import Line
from contacts.outbox import Delivery, Message, MessageKind
from contacts.records import Database
from feeds.rows import Event
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, let_go, the_cast

CONFIG = Config(briefings=SETTINGS)
TEN = NOW + timedelta(hours=3)


async def an_evening(db: Database, **event_values: object) -> Cast:
    """Confirmed just now; a first version is ready to hand in."""
    async with db.begin() as session:
        values = {"alerted_at": NOW, "detected_at": NOW, "confirmed_at": NOW, **event_values}
        cast = await the_cast(session, **values)
        await facts_for(session, cast.event)
        await draft(session, cast, BriefingKind.FIRST, NOW)
    return cast


async def draft(session: object, cast: Cast, kind: BriefingKind, now: datetime) -> Briefing:
    return await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=now,
    )  # fmt: skip


async def send(
    db: Database, cast: Cast, *, now: datetime, promise: datetime, kind: str = "eerste"
) -> None:
    """Drafted, handed in, approved and sent, with this promise to its readers."""
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await set_next_update(session, event.id or 0, promise, editor_id=1, now=now)
        briefing = await draft_briefing(
            session, event, kind=BriefingKind(kind), settings=SETTINGS,
            editor_id=cast.writer.person_id, now=now,
        )  # fmt: skip
        await let_go(session, cast, briefing, now=now)


async def round_at(db: Database, now: datetime, config: Config = CONFIG) -> int:
    async with db.begin() as session:
        return await remind_of_steps(session, config, now=now)


async def heard(db: Database) -> list[tuple[str, str]]:
    """(chat, text) of every reminder, in order."""
    async with db.read() as session:
        found = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.NOTICE)
            .order_by(col(Delivery.id))
        )
        rows = found.all()
    return [(one.address, message.content["telegram"]["text"]) for one, message in rows]


async def lines(db: Database, cast: Cast) -> dict[Step, Line]:
    async with db.read() as session:
        event = await session.get_one(Event, cast.event.id)
        found, _ = await lines_of(session, event, CONFIG)
    return {line.step: line for line in found}
