"""Whose words they are of who is in an exercise and in the city with one telephone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.buttons import Tap
from bot.clock import utc_now
from bot.inbox import Selves, self_of
from bot.rows import Conversation, UpdateKind
from bot.speaking import Said, Speaker, who_speaks
from contacts.outbox import MessageKind
from contacts.permissions import Actor
from contacts.records import Database
from contacts.sending import Recipient, post
from tests.exercise_world import a_seated
from tests.outbox_world import BOTH as OUTBOX_BOTH
from tests.outbox_world import CHAT

NOW = utc_now()


def actor(*, is_exercise: bool) -> Actor:
    return Actor(2 if is_exercise else 1, 1, frozenset(), is_exercise)


BOTH = Selves(actor(is_exercise=False), actor(is_exercise=True))


@pytest.mark.parametrize("world", [None, True])
def test_what_belongs_to_no_real_message_is_the_exercise(world: bool | None) -> None:
    assert self_of(BOTH, is_exercise=world) == BOTH.playing


def test_what_belongs_to_a_real_message_is_real() -> None:
    assert self_of(BOTH, is_exercise=False) == BOTH.real


@pytest.mark.parametrize("world", [None, True, False])
def test_who_takes_no_part_is_always_themselves(world: bool | None) -> None:
    city, exercise = actor(is_exercise=False), actor(is_exercise=True)
    assert self_of(Selves(real=city), is_exercise=world) is city
    assert self_of(Selves(playing=exercise), is_exercise=world) is exercise


async def test_a_button_is_of_the_world_of_its_message_and_an_answer_of_its_question(
    db: Database,
) -> None:
    person, player, _ = await a_seated(db, now=NOW)
    async with db.begin() as session:
        sent = {}
        for is_exercise in (False, True):
            [delivery] = await post(
                session, kind=MessageKind.NOTICE, content=OUTBOX_BOTH, is_exercise=is_exercise,
                to=[Recipient(CHAT, "900", None, None)], now=NOW,
            )  # fmt: skip
            sent[is_exercise] = delivery.id
        talk = Conversation(chat=900, flow="signal", step="note", updated_at=NOW)

        async def speaks(kind: UpdateKind, **said: Any) -> Speaker:
            given = {"text": None, "tap": None, "talk": None, **said}
            return await who_speaks(session, 900, Said(kind, **given))

        for is_exercise, who in ((False, person), (True, player)):
            tap = Tap("read", (), sent[is_exercise])
            found = (await speaks(UpdateKind.TAP, tap=tap, talk=talk)).actor
            assert found is not None
            assert found.person_id == who
        answer = await speaks(UpdateKind.TEXT, text="Er is onrust.", talk=talk)
        assert (answer.actor and answer.actor.person_id, answer.talk) == (person, talk)
        loose = await speaks(UpdateKind.COMMAND, text="/gebeurtenis brand")
        assert loose.actor is not None
        assert loose.actor.person_id == player
        way_out = await speaks(UpdateKind.COMMAND, text="/stop", talk=talk)
        assert way_out.actor is not None
        assert (way_out.actor.person_id, way_out.talk) == (player, None)
        gone = await speaks(UpdateKind.MEMBERSHIP, text="kicked")
        assert gone.actor is not None
        assert gone.actor.person_id == person
