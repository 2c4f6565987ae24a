"""Real people take part in an exercise on their own telephone and mail, and nobody else does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.demo import acts
from bot.demo import texts as demo_texts
from bot.demo.stage import HERE, PHONES, Stage, exercise_config
from bot.demo.timeline import Timeline
from bot.exercise import play_texts
from bot.exercise import seat_texts as texts
from bot.exercise.leading import begin, end, set_off
from bot.exercise.machine import machine_people, seat_machine
from bot.exercise.nowhere import NOWHERE
from bot.exercise.playing import LEADER, _Cast, _stage_lines
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatRole, SeatStatus
from bot.exercise.scripts import shipped
from bot.exercise.seats import ask_people
from bot.house import House
from bot.settings import DatabaseSettings
from bot.simulator import Simulator
from bot.simulator.smtp_sink import Mail
from contacts.claiming import open_address
from contacts.directory import Channel, ChannelKind, Person
from contacts.importing import import_contacts, read_contacts
from contacts.invitations import invite
from contacts.journal import Who
from contacts.outbox import Acknowledgement, Delivery
from feeds.rows import Event
from signals.rows import Signal
from tests.stores import migrated_url

SCRIPT = "aanhoudingen"
COORDINATOR, APPROVER, TEACHER = PHONES[0], PHONES[1], "Docent VO"
BY_MAIL, MAIL = "Directeur PO", "directie@hetveer.example"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NOW = utc_now()


@dataclass
class City:
    """A real installation with a loopback outside world."""

    stage: Stage
    numbers: dict[str, int]

    async def rows(self, kind: Any) -> list[Any]:
        async with self.stage.house.db.read() as session:
            return list((await session.exec(select(kind).order_by(col(kind.id)))).all())

    async def addresses(self, name: str) -> set[str]:
        return {
            one.address for one in await self.rows(Channel) if one.person_id == self.numbers[name]
        }


@asynccontextmanager
async def a_city(folder: Path) -> AsyncIterator[City]:
    """Everybody on the real list, telephones linked the real way; it is no exercise."""
    simulator = Simulator()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    stage = Stage(simulator, _stage_lines(shipped()[SCRIPT]))
    config = exercise_config(simulator, folder, []).model_copy(
        update={
            "is_exercise": False,
            "database": DatabaseSettings(url=await migrated_url(folder)),
        }
    )
    stage.house = House(config)
    await stage.house.start()
    try:
        yield City(stage, await _link(stage))
    finally:
        await stage.house.stop()
        await simulator.stop()


async def _link(stage: Stage) -> dict[str, int]:
    reading = read_contacts((HERE / "cast.csv").read_bytes())
    async with stage.house.db.begin() as session:
        await import_contacts(session, reading, who=Who("test"), is_exercise=False, now=utc_now())
        people = (await session.exec(select(Person))).all()
        numbers = {person.name: person.id or 0 for person in people}
        tokens = {name: await invite(session, numbers[name], now=utc_now()) for name in PHONES}
    for number, (name, token) in enumerate(tokens.items()):
        stage.users[name] = stage.simulator.user(4101 + number, name)
        await stage.users[name].start(token)

    async def all_linked(session: Any) -> bool:
        found = await session.exec(
            select(Channel.id).where(col(Channel.kind) == ChannelKind.TELEGRAM)
        )
        return len(found.all()) == len(PHONES)

    await stage.until(all_linked)
    # Their welcome has arrived: what comes from here on is of the exercise.
    await stage.until(nothing_waits)
    return numbers


async def ask(city: City, asked: dict[str, SeatRole], *, speed: float = 1) -> Exercise:
    house = city.stage.house
    async with house.db.begin() as session:
        exercise = await begin(
            session,
            shipped()[SCRIPT],
            speed=speed,
            who=LEADER,
            now=house.clock(),
            is_gathering=True,
        )
        assert exercise is not None
        roles = {city.numbers[name]: role for name, role in asked.items()}
        await ask_people(session, exercise, roles, who=LEADER, now=house.clock())
    return exercise


async def say_yes_by_mail(city: City, address: str) -> None:
    """The link of the mail, and the button on the page behind it."""
    mail = await city.stage.simulator.mail.see(address, lambda m: subject(m) == texts.ASK_SUBJECT)
    async with httpx.AsyncClient() as web:
        link = own_link(mail)
        assert texts.YES in (await web.get(link)).text
        done = await web.post(f"{link}/oefening", data={"doe": "ja"}, headers=SAME_SITE)
        assert done.status_code == 303
        assert "doet mee" in (await web.get(link)).text


async def off_it_goes(city: City, exercise: Exercise) -> None:
    async with city.stage.house.db.begin() as session:
        row = await session.get_one(Exercise, exercise.id)
        await set_off(session, row, who=LEADER, now=city.stage.house.clock())


def subject(mail: Mail) -> str:
    return str(mail.message["Subject"])


def own_link(mail: Mail) -> str:
    return links_in(mail, "/p/")[0]


def links_in(mail: Mail, part: str) -> list[str]:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return re.findall(rf"http://127\.0\.0\.1:\d+{part}[\w-]+", body.get_content())


@pytest.mark.slow
async def test_a_whole_exercise_on_peoples_own_telephones_and_mail_reaches_them_alone(
    tmp_path: Path,
) -> None:
    async with a_city(tmp_path) as city:
        stage = city.stage
        on_phones = {
            COORDINATOR: SeatRole.COORDINATOR, APPROVER: SeatRole.APPROVER,
            TEACHER: SeatRole.READER, "Jongerenwerker": SeatRole.READER,
        }  # fmt: skip
        exercise = await ask(city, on_phones | {BY_MAIL: SeatRole.READER})
        before = {name: user.last_id for name, user in stage.users.items()}
        for name in on_phones:
            user = stage.users[name]
            question = await user.see_button(texts.YES)
            assert not question.text.startswith("OEFENING")
            await user.tap(texts.YES, question)
            await user.see(lambda m: texts.JOINED_EARLY in m.text)
        await say_yes_by_mail(city, MAIL)
        await off_it_goes(city, exercise)
        for name in on_phones:
            welcome = await stage.users[name].see(lambda m: texts.WELCOME_TITLE in m.text)
            assert welcome.text.startswith("OEFENING")
            assert "/stop" in welcome.text
        code, card = await _Cast(stage, shipped()[SCRIPT], Timeline(40), exercise).play()
        assert code == 0, card
        await stage.until(nothing_waits)

        await reached_by_mail(city)
        over = await stage.users[TEACHER].see(lambda m: texts.OVER_TITLE in m.text)
        assert not over.text.startswith("OEFENING")
        assert {seat.status for seat in await city.rows(Seat)} == {SeatStatus.OVER}
        await nobody_else(city, {*on_phones, BY_MAIL}, before)


async def reached_by_mail(city: City) -> None:
    """The text came by mail with the mark, and its page takes the confirmation."""
    mail = await city.stage.simulator.mail.see(MAIL, lambda m: bool(links_in(m, "/o/")))
    assert subject(mail).startswith("OEFENING")
    async with httpx.AsyncClient() as web:
        link = links_in(mail, "/o/")[0]
        assert "OEFENING" in (await web.get(link)).text
        assert (await web.post(f"{link}/gelezen", headers=SAME_SITE)).status_code == 303
    read = await city.rows(Acknowledgement)
    player = {
        one.player_id for one in await city.rows(Seat) if one.person_id == city.numbers[BY_MAIL]
    }
    sent = {one.id for one in await city.rows(Delivery) if one.person_id in player}
    assert sent & {one.delivery_id for one in read}


async def nobody_else(city: City, inside: set[str], before: dict[str, int]) -> None:
    """Not by telephone, not by mail, and nothing of it is real."""
    stage, sealer = city.stage, city.stage.house.sealer
    allowed = set().union(*[await city.addresses(name) for name in inside])
    reached = {
        open_address(one.address, one.kind, sealer)
        for one in await city.rows(Delivery)
        if one.is_exercise
    }
    assert {one for one in reached if one and not one.endswith(NOWHERE)} <= allowed
    for name, user in stage.users.items():
        new = [one for one in user.messages if one.message_id > before[name]]
        assert bool(new) == (name in inside), name
    for mail in stage.simulator.mail.mails:
        assert set(mail.recipients) <= allowed
    assert [one for one in await city.rows(Event) if not one.is_exercise] == []
    assert all(one.is_exercise for one in await city.rows(Signal))


async def nothing_waits(session: Any) -> bool:
    found = await session.exec(
        select(Delivery.id).where(col(Delivery.status).in_(["planned", "claimed", "sending"]))
    )
    return not found.all()


@pytest.mark.slow
async def test_the_machine_approves_and_reads_where_nobody_plays_and_no_mail_leaves_for_it(
    tmp_path: Path,
) -> None:
    async with a_city(tmp_path) as city:
        stage, coordinator = city.stage, city.stage.coordinator
        exercise = await ask(city, {COORDINATOR: SeatRole.COORDINATOR}, speed=60)
        await coordinator.press(texts.YES)
        async with stage.house.db.begin() as session:
            row = await session.get_one(Exercise, exercise.id)
            roles = (SeatRole.APPROVER, SeatRole.READER)
            await seat_machine(session, row, roles, now=stage.house.clock())
            await set_off(session, row, who=LEADER, now=stage.house.clock())
        await coordinator.press(demo_texts.TAP_CONFIRM, timeout_s=30)
        await coordinator.press(play_texts.TAP_ALL_DEFAULTS)
        await coordinator.press(demo_texts.TAP_FACTS)
        mark = coordinator.last_id
        await coordinator.press(demo_texts.TAP_ADD_FACT)
        await coordinator.see(lambda m: m.message_id > mark, after=mark)
        await acts.add_fact(stage, stage.scenario["facts"]["first"])
        await coordinator.press(demo_texts.TAP_SUBMIT)

        async def read_by(session: Any, count: int) -> bool:
            return len((await session.exec(select(Acknowledgement))).all()) >= count

        await stage.until(lambda session: read_by(session, 3), timeout_s=40)
        # Of one it stays uncertain, until somebody sends it again.
        await coordinator.press("Bekijk het onzekere bericht", timeout_s=20)
        assert len(await city.rows(Acknowledgement)) == 3
        await coordinator.press("Opnieuw sturen naar onzekere", timeout_s=20)
        await stage.until(lambda session: read_by(session, 4), timeout_s=40)
        assert not [
            one
            for mail in stage.simulator.mail.mails
            for one in mail.recipients
            if one.endswith(NOWHERE)
        ]
        async with stage.house.db.begin() as session:
            row = await session.get_one(Exercise, exercise.id)
            await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=stage.house.clock())
            assert not await machine_people(session)


@pytest.mark.slow
async def test_stop_ends_the_exercise_and_leaves_the_city(tmp_path: Path) -> None:
    async with a_city(tmp_path) as city:
        user = city.stage.users[TEACHER]
        exercise = await ask(city, {TEACHER: SeatRole.READER})
        await user.press(texts.YES)
        await user.see(lambda m: texts.JOINED_EARLY in m.text)
        await off_it_goes(city, exercise)
        await user.see(lambda m: texts.WELCOME_TITLE in m.text)
        await user.say("/stop")
        await user.see(lambda m: texts.LEFT.split(".")[0] in m.text)
        [seat] = await city.rows(Seat)
        assert seat.status is SeatStatus.LEFT
        mine = [one for one in await city.rows(Channel) if one.address == str(user.chat_id)]
        assert {one.is_exercise: one.status.value for one in mine} == {
            False: "active", True: "closed",
        }  # fmt: skip
        await user.say("/help")
        answer = await user.see(lambda m: "/signaal" in m.text)
        assert not answer.text.startswith("OEFENING")
