"""Whoever plays in an exercise reads OEFENING on every page; who asks people reads the truth."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.console.app import DOORS
from bot.exercise.reaching import Reaching, reaching
from bot.exercise.rows import Exercise, ExerciseStatus
from contacts.directory import ChannelKind, Role
from contacts.outbox import Content, DeliveryStatus, Message
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from tests.console_world import a_colleague, a_world, client_of, press, signed_in
from tests.exercise_world import gather
from tests.outbox_world import a_person
from tests.test_console_doors import name_of, path_of

BANNER = "<strong>OEFENING.</strong>"


async def pages_without(db: Database, now: datetime) -> tuple[set[str], int]:
    """The pages that lack the banner for whoever plays everything, of how many."""
    bare, looked = set(), 0
    async with a_world(db, now) as world:
        async with db.begin() as session:
            person = await a_colleague(session, "Speler", tuple(Role), now, is_exercise=True)
            cookies = await signed_in(session, person, now)
        async with client_of(db, world.sealer, now, cookies=cookies) as desk:
            for door in [one for one in DOORS if one.method == "GET"]:
                answer = await desk.get(path_of(door))
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                looked += 1
                if BANNER not in answer.text:
                    bare.add(name_of(door))
    return bare, looked


async def test_every_page_of_a_player_says_exercise(db: Database, now: datetime) -> None:
    bare, looked = await pages_without(db, now)
    assert looked > 50
    assert bare == set()


async def test_the_event_of_an_ended_exercise_does_not_open_again(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            person = await a_colleague(session, "Speler", tuple(Role), now, is_exercise=True)
            cookies = await signed_in(session, person, now)
            event = Event(
                origin=Origin.MANUAL, type="E09", title="Aanhoudingen", detected_at=now,
                status=EventStatus.CLOSED, is_exercise=True,
            )  # fmt: skip
            session.add(event)
            await session.flush()
            exercise = await gather(session, now=now)
            exercise.event_id = event.id
            number, exercise.status = event.id, ExerciseStatus.ENDED
        path = f"/gebeurtenis/{number}"
        async with client_of(db, world.sealer, now, cookies=cookies) as desk:
            assert "Heropenen" not in (await desk.get(path)).text
            answer = await press(desk, world.sealer, f"{path}/heropenen")
            assert answer.headers["location"] == f"{path}?klaar=exercise_over"
        async with db.read() as session:
            assert (await session.get_one(Event, number)).status is EventStatus.CLOSED


TELEGRAM, MAIL_TOO = {ChannelKind.TELEGRAM}, set(ChannelKind)


@pytest.mark.parametrize(
    ("sent", "kinds", "came"),
    [
        ([], MAIL_TOO, Reaching.NOT_THERE),
        ([(ChannelKind.EMAIL, DeliveryStatus.PLANNED)], MAIL_TOO, Reaching.ON_ITS_WAY),
        ([(ChannelKind.EMAIL, DeliveryStatus.PLANNED)], TELEGRAM, Reaching.CANNOT_LEAVE),
        ([(ChannelKind.TELEGRAM, DeliveryStatus.FAILED)], MAIL_TOO, Reaching.NOT_THERE),
        (
            [
                (ChannelKind.TELEGRAM, DeliveryStatus.FAILED),
                (ChannelKind.EMAIL, DeliveryStatus.SENT),
            ],
            MAIL_TOO,
            Reaching.THERE,
        ),
        (
            [
                (ChannelKind.TELEGRAM, DeliveryStatus.UNKNOWN),
                (ChannelKind.EMAIL, DeliveryStatus.PLANNED),
            ],
            TELEGRAM,
            Reaching.UNSURE,
        ),
    ],
)
def test_how_far_a_question_came_is_the_best_of_its_messages(
    sent: list[tuple[ChannelKind, DeliveryStatus]], kinds: set[ChannelKind], came: Reaching
) -> None:
    assert reaching(sent, kinds) is came


async def test_who_asks_reads_that_nothing_can_leave_and_whom_to_call(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            person = await a_person(session, now, mail="leraar@school.example")
            person.phone = "026 000 00 00"
            session.add(person)
            exercise = await gather(session, now=now)
        page = f"/oefenen/{exercise.id}"
        asked = {f"rol-{person.id}": "lezer"}
        gone = await world.press(f"{page}/vragen", **asked, dag="2020-01-01", tijd="14:00")
        assert "exercise_no_moment" in gone.headers["location"]
        done = await world.press(f"{page}/vragen", **asked, dag="2030-01-08", tijd="14:00")
        html = (await world.desk.get(done.headers["location"])).text
        assert "De vraag kan nu niet weg" in html
        assert "geen Telegram en geen mailserver ingesteld. Bel: 026 000 00 00." in html
        async with db.read() as session:
            [message] = (await session.exec(select(Message).order_by(col(Message.id)))).all()[-1:]
        mail = Content.from_json(message.content).email
        assert mail is not None
        assert "Wij beginnen op dinsdag 8 januari 2030, 14.00 uur. Zij duurt ongeveer" in mail.text


async def test_an_old_page_does_not_break_off_what_runs_by_now(db: Database, now: datetime) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            exercise = await gather(session, now=now)
            ident = exercise.id or 0
            exercise.status = ExerciseStatus.RUNNING
            session.add(exercise)
        act = f"/oefenen/{ident}/stoppen"
        for stand in ("gathering", ""):
            assert (await press(world.desk, world.sealer, act, stand=stand)).status_code == 409
        assert 'name="stand" value="running"' in (await world.desk.get(f"/oefenen/{ident}")).text
        assert (await press(world.desk, world.sealer, act, stand="running")).status_code == 303
        async with db.read() as session:
            ended = await session.get(Exercise, ident)
        assert ended is not None
        assert ended.status is ExerciseStatus.STOPPED
