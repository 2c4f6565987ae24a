"""The change of duty is told to both, a gap and whom nobody can call to all; each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.alerts import ring
from bot.config import Config
from bot.console.rota_needs import rota_needs
from bot.console.today import read_today
from bot.rota_handing import say_taken
from bot.rota_round import keep_rota
from contacts.directory import ChannelKind, Person, Role
from contacts.filling import BASE
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import ChannelPause, Message, MessageKind
from contacts.people import close_channel, open_channel, revoke
from contacts.permissions import Permission, load_actor
from contacts.records import Database, StaleMove
from contacts.rota import Period
from contacts.rota_duty import leave_note
from contacts.rota_keeping import change_turn, remove_turn, turns_of
from contacts.rota_rows import RotaTurn
from feeds.settings import FeedSettings
from tests.rota_world import (
    BACKUP,
    DAY,
    DUTY,
    an_alert,
    on_rota,
    people_of_the_city,
    rows,
    told,
    turn,
)

HALF = timedelta(minutes=30)
NOTICE, ALERT = MessageKind.NOTICE, MessageKind.ALERT
WEEK = 7 * DAY


async def round_at(db: Database, now: datetime) -> int:
    async with db.begin() as session:
        return await keep_rota(session, Config(), now=now)


async def tap(db: Database, number: int, person: int, now: datetime) -> str:
    async with db.begin() as session:
        actor = await load_actor(session, person)
        assert actor is not None
        turns = await turns_of(session, is_exercise=False)
        period = await session.get_one(RotaTurn, number)
        return await say_taken(session, turns, period, person, who=actor.who, now=now)


async def a_change(db: Database, now: datetime) -> tuple[dict[str, int], int, int]:
    """Anna goes off now and Bram comes on, for a week; then Anna for long."""
    people = await people_of_the_city(db, now)
    annas = await on_rota(db, people["Anna"], now - DAY, now, now=now - DAY)
    brams = await on_rota(db, people["Bram"], now, now + WEEK, now=now, is_taken=False)
    await on_rota(db, people["Anna"], now + WEEK, now + 9 * WEEK, now=now, is_taken=False)
    return people, annas, brams


async def test_at_the_change_both_hear_it_once_with_how_everything_stands_and_the_note(
    db: Database, now: datetime
) -> None:
    people, annas, brams = await a_change(db, now)
    async with db.begin() as session:
        await leave_note(
            session, await session.get_one(RotaTurn, annas), people["Anna"],
            "De burgemeester belt om tien <uur>.", who=SYSTEM, now=now,
        )  # fmt: skip
    await an_alert(db, now)
    await ring(db, FeedSettings(), now=now)
    assert await round_at(db, now - timedelta(minutes=1)) == 0
    assert await round_at(db, now) == 1
    assert await told(db, NOTICE, "U hebt nu dienst, tot dinsdag 10 maart") == [[people["Bram"]]]
    assert await told(db, NOTICE, "hebt u ook nog dienst: een melding gaat naar u beiden") == [
        [people["Anna"]]
    ]
    [text] = [
        one.content["telegram"]["text"]
        for one in await rows(db, Message)
        if "U hebt nu dienst" in str(one.content)
    ]
    assert "Anna schreef" in text
    assert "om tien &lt;uur&gt;." in text
    assert "Er loopt geen gebeurtenis." in text
    assert "Aanslag" in text, "an alert that waits needs somebody"
    assert await round_at(db, now + timedelta(minutes=1)) == 0
    assert (await turn(db, brams)).handed_at == now


async def test_who_has_mail_alone_reads_it_line_by_line_with_the_way_to_the_page(
    db: Database, now: datetime
) -> None:
    people, annas, _ = await a_change(db, now)
    async with db.begin() as session:
        period = await session.get_one(RotaTurn, annas)
        await leave_note(session, period, people["Anna"], "Om <10> uur.", who=SYSTEM, now=now)
        await close_channel(session, ChannelKind.TELEGRAM, "4101", reason="stopped", now=now)
        bram = await session.get_one(Person, people["Bram"])
        await open_channel(session, bram, ChannelKind.EMAIL, "b@stad.example", rank=0, now=now)
    assert await round_at(db, now) == 1
    [mail] = [
        one.content["email"] for one in await rows(db, Message)
        if "u hebt nu dienst" in str(one.content)
    ]  # fmt: skip
    assert mail["subject"] == "Informatie: u hebt nu dienst"
    lines = mail["text"].splitlines()
    assert "Om <10> uur." in lines
    assert f"{BASE}/beheer/rooster" in lines
    assert "Om &lt;10&gt; uur.<br>" in mail["html"]


async def test_one_tap_takes_it_over_once_and_tells_who_goes_off(
    db: Database, now: datetime
) -> None:
    people, _, brams = await a_change(db, now)
    await round_at(db, now)
    with pytest.raises(StaleMove):
        await tap(db, brams, people["Anna"], now)
    assert "U hebt dienst, tot dinsdag 10 maart" in await tap(db, brams, people["Bram"], now)
    assert await told(db, NOTICE, "Bram heeft de dienst overgenomen") == [[people["Anna"]]]
    with pytest.raises(StaleMove):
        await tap(db, brams, people["Bram"], now)
    await an_alert(db, now)
    await ring(db, FeedSettings(), now=now)
    assert await told(db, ALERT) == [[people["Bram"]]]
    assert await round_at(db, now + HALF) == 0
    actions = [one.action for one in await rows(db, JournalEntry) if "rota_" in one.action]
    assert actions[-2:] == ["rota_handed", "rota_taken"]


async def test_without_a_tap_both_hear_it_after_half_an_hour_and_both_have_duty(
    db: Database, now: datetime
) -> None:
    people, _, brams = await a_change(db, now)
    await round_at(db, now)
    assert await round_at(db, now + HALF - timedelta(minutes=1)) == 0
    assert await round_at(db, now + HALF) == 1
    assert await told(db, NOTICE, "U hebt dus ook nog dienst") == [[people["Anna"]]]
    assert await told(db, NOTICE, "niet overgedragen") == [[people["Bram"]]]
    assert await round_at(db, now + 2 * HALF) == 0
    async with db.read() as session:
        today = await read_today(
            session, Config(), is_exercise=False, now=now + HALF, sees=lambda _: True
        )
    assert "De dienst is nog niet overgenomen door Bram" in [one.what for one in today.needs]
    await an_alert(db, now)
    await ring(db, FeedSettings(), now=now + HALF)
    assert await told(db, ALERT) == [[people["Bram"], people["Anna"]]]
    await tap(db, brams, people["Bram"], now + 2 * HALF)


@pytest.mark.parametrize(
    ("reader", "what", "detail"),
    [
        (
            "Bram",
            "U hebt dienst: tik nog op Overgenomen",
            "Tot dan heeft wie vóór u dienst had, die ook nog",
        ),
        (
            "Carla",
            "De dienst is nog niet overgenomen door Bram",
            (
                "Wie ervoor dienst had, heeft die ook nog. "
                "Bel Bram: alleen die kan op Overgenomen tikken"
            ),
        ),
    ],
)
async def test_only_whose_duty_it_is_reads_that_they_must_tap(
    db: Database, now: datetime, reader: str, what: str, detail: str
) -> None:
    people, _, _ = await a_change(db, now)
    await round_at(db, now)
    async with db.read() as session:
        today = await read_today(
            session, Config(), is_exercise=False, now=now + HALF, sees=lambda _: True,
            reader=people[reader],
        )  # fmt: skip
    assert (what, detail) in [(one.what, one.detail) for one in today.needs]


async def test_a_gap_is_no_need_of_who_cannot_fill_it(db: Database, now: datetime) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    async with db.read() as session:
        [gap] = await rota_needs(
            session, Config(), is_exercise=False, reader=people["Bram"], now=now
        )
    assert gap.detail.startswith("Op het rooster staat daarna niemand meer.")
    assert gap.acts is Permission.KEEP_ROTA


async def test_where_nobody_goes_off_the_other_coordinators_hear_that_it_was_not_taken(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now, now + 3 * WEEK, now=now, is_taken=False)
    assert await round_at(db, now) == 1
    assert await told(db, NOTICE, "dan is zeker dat u er bent") == [[people["Bram"]]]
    assert await round_at(db, now + HALF) == 1
    assert await told(db, NOTICE, "Bel even.") == [[people["Anna"], people["Carla"]]]


async def test_who_goes_on_after_themselves_is_not_asked_and_has_it_alone(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Bram"], now - DAY, now, now=now - DAY)
    number = await on_rota(db, people["Bram"], now, now + 3 * WEEK, now=now, is_taken=False)
    assert await round_at(db, now) == 0
    assert (await turn(db, number)).taken_at == now
    assert await told(db, NOTICE) == []


async def test_another_person_on_a_running_period_is_handed_it_anew(
    db: Database, now: datetime
) -> None:
    people, _, brams = await a_change(db, now)
    await round_at(db, now)
    await tap(db, brams, people["Bram"], now)
    async with db.begin() as session:
        period = await session.get_one(RotaTurn, brams)
        new = Period(DUTY, people["Carla"], now, now + WEEK, number=brams)
        await change_turn(session, period, new, seen=period.version, who=SYSTEM, now=now)
    assert await round_at(db, now + HALF) == 1
    assert await told(db, NOTICE, "U hebt nu dienst") == [[people["Bram"]], [people["Carla"]]]


async def test_a_gap_is_told_once_a_week_before_and_again_when_it_was_filled_and_opens(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    end = now + 2 * WEEK
    await on_rota(db, people["Bram"], now - DAY, end, now=now)
    assert await round_at(db, end - WEEK) == 0
    assert await round_at(db, end - WEEK + timedelta(minutes=1)) == 1
    everybody = [people["Anna"], people["Bram"], people["Carla"]]
    assert await told(db, NOTICE, "staat er niemand meer op het rooster") == [everybody]
    assert await round_at(db, end - DAY) == 0, "once"
    filled = await on_rota(db, people["Anna"], end, end + 8 * WEEK, now=now, is_taken=False)
    assert await round_at(db, end - DAY) == 0
    async with db.begin() as session:
        period = await session.get_one(RotaTurn, filled)
        await remove_turn(session, period, seen=1, who=SYSTEM, now=now)
    assert await round_at(db, end - DAY) == 1


async def test_today_shows_the_gap_until_it_is_filled_and_says_when_it_is_now(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)

    async def shown(at: datetime) -> list[tuple[str, str]]:
        async with db.read() as session:
            today = await read_today(
                session, Config(), is_exercise=False, now=at, sees=lambda _: True
            )
        return [(one.what, one.detail) for one in today.needs if one.page == "/beheer/rooster"]

    assert await shown(now) == [], "who keeps no rota is not asked for one"
    await on_rota(db, people["Bram"], now - DAY, now + DAY, now=now)
    await on_rota(db, people["Anna"], now + 2 * DAY, now + 9 * WEEK, now=now, is_taken=False)
    [(what, detail)] = await shown(now)
    assert what == "Er komt een gat in het rooster: niemand heeft dan dienst"
    assert detail == (
        "Het duurt tot donderdag 5 maart, 17.42 uur. Een melding gaat dan naar alle coördinatoren"
    )
    [(what, detail)] = await shown(now + DAY)
    assert what == "Niemand heeft dienst"
    assert detail.endswith("Een melding gaat nu naar alle coördinatoren")
    await on_rota(db, people["Carla"], now + DAY, now + 2 * DAY, now=now)
    assert await shown(now) == []


async def test_who_loses_the_right_or_the_channel_is_told_once_and_again_after_it_was_mended(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Anna"], now - DAY, now + 9 * WEEK, now=now)
    await on_rota(db, people["Bram"], now + WEEK, now + 2 * WEEK, BACKUP, now=now)
    assert await round_at(db, now) == 0
    async with db.begin() as session:
        session.add(
            ChannelPause(kind=ChannelKind.TELEGRAM, since=now, until=now + DAY, reason="down")
        )
    assert await round_at(db, now) == 0, "a channel that is silent for a while is told elsewhere"
    async with db.begin() as session:
        await close_channel(session, ChannelKind.TELEGRAM, "4101", reason="stopped", now=now)
    assert await round_at(db, now) == 1
    [to] = await told(db, NOTICE, "Bram staat op het rooster voor achterwacht")
    assert to == [people["Anna"], people["Carla"]]
    assert await round_at(db, now) == 0
    async with db.begin() as session:
        bram = await session.get_one(Person, people["Bram"])
        await open_channel(session, bram, ChannelKind.TELEGRAM, "4101", rank=0, now=now)
    assert await round_at(db, now) == 0
    async with db.begin() as session:
        await revoke(session, people["Bram"], Role.COORDINATOR, who=SYSTEM, now=now)
    assert await round_at(db, now) == 1


async def test_who_cannot_be_told_of_the_change_is_told_when_they_can(
    db: Database, now: datetime
) -> None:
    people, _, brams = await a_change(db, now)
    async with db.begin() as session:
        await close_channel(session, ChannelKind.TELEGRAM, "4101", reason="stopped", now=now)
    assert await round_at(db, now) == 1, "all hear that Bram cannot be called"
    assert await told(db, NOTICE, "U hebt nu dienst") == []
    assert (await turn(db, brams)).handed_at is None
    async with db.begin() as session:
        bram = await session.get_one(Person, people["Bram"])
        await open_channel(session, bram, ChannelKind.TELEGRAM, "4101", rank=0, now=now)
    assert await round_at(db, now + HALF) == 1
    assert await told(db, NOTICE, "U hebt nu dienst") == [[people["Bram"]]]
