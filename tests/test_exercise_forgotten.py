"""An exercise leaves only its score card after a month, and what is real stays."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.forgetting import forget_exercises
from bot.exercise.rows import Exercise, ExerciseStatus
from briefings.rows import Briefing, BriefingKind, BriefingText, Fact, FactBlock, FactKind
from contacts.directory import Audience, ChannelKind
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Content,
    Delivery,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus, Item, Origin, Source
from feeds.standing import Trust
from signals.rows import Signal
from tests.forgetting_world import DAY, NOW, Story, the_signal


async def test_an_exercise_leaves_only_its_score_card_after_a_month(db: Database) -> None:
    async with db.begin() as session:
        await _an_exercise(session)
        real = the_signal(Story(0, None, 1, 1))
        session.add(real)
        await session.flush()
        assert await forget_exercises(session, now=NOW + 29 * DAY) == 0
        assert await forget_exercises(session, now=NOW + 31 * DAY) == 1
        session.expire_all()
        for table in (Event, Briefing, BriefingText, Fact, FactBlock, Message, Delivery,
                      Acknowledgement, Item, Source):  # fmt: skip
            assert (await session.exec(select(table))).all() == [], table
        [exercise] = (await session.exec(select(Exercise))).all()
        assert (exercise.card, exercise.event_id) == ({"minutes": 3}, None)
        assert [s.is_exercise for s in (await session.exec(select(Signal))).all()] == [False]


async def _an_exercise(session: AsyncSession) -> None:
    event = Event(
        title="Oefening", type="algemeen", origin=Origin.MANUAL, detected_at=NOW,
        status=EventStatus.CLOSED, closed_at=NOW, is_exercise=True,
    )  # fmt: skip
    exercise = Exercise(
        title="x", script={}, status=ExerciseStatus.ENDED, only_one=None, started_at=NOW,
        ended_at=NOW, card={"minutes": 3},
    )  # fmt: skip
    session.add_all([event, exercise])
    await session.flush()
    exercise.event_id = event.id
    source = Source(
        key="oefening-1", name="x", url="", trust=Trust.REGIONAL, is_exercise=True,
        scene=exercise.id, next_poll_at=NOW,
    )  # fmt: skip
    briefing = Briefing(
        event_id=event.id, version=1, kind=BriefingKind.FIRST, facts_version=1, edited_at=NOW,
        created_at=NOW, is_exercise=True,
    )  # fmt: skip
    session.add_all([source, briefing])
    await session.flush()
    signal = the_signal(Story(0, 1, 1, 1))
    signal.is_exercise, signal.event_id = True, event.id
    session.add_all(
        [
            signal,
            Item(
                source_id=source.id, guid="1", title="x", content_hash="x", first_seen_at=NOW,
                polled_at=NOW, event_id=event.id,
            ),
            Fact(event_id=event.id, kind=FactKind.CONFIRMED, text="x", created_at=NOW),
            FactBlock(
                event_id=event.id, neutral_title="x", as_of=NOW, next_update_at=NOW, edited_at=NOW
            ),
            BriefingText(
                briefing_id=briefing.id, audience=Audience.PARENTS, template="x",
                template_version="1", subject="x", telegram="", html="", plain="", words=1,
            ),
        ]
    )  # fmt: skip
    [delivery] = await post(
        session, kind=MessageKind.BRIEFING, content=Content(telegram=TelegramForm("x")),
        to=[Recipient(ChannelKind.TELEGRAM, "7", None, None)], event_id=event.id,
        briefing_id=briefing.id, is_exercise=True, now=NOW,
    )  # fmt: skip
    session.add(
        Acknowledgement(
            delivery_id=delivery.id or 0,
            message_id=delivery.message_id,
            event_id=event.id,
            kind=AcknowledgementKind.READ,
            at=NOW,
        )
    )
    await session.flush()
