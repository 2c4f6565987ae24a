"""Who is put on the rota or taken off it by another hears it at once; taking away asks once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

import pytest
from sqlmodel import col, select

from bot import rota_texts as words
from briefings.moments import local
from contacts.directory import Channel, ChannelStatus, Person, Role
from contacts.outbox import Content, Delivery, Message, MessageKind
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from contacts.rota_rows import RotaTurn
from tests.console_world import World, a_colleague, a_world, client_of, press, signed_in
from tests.partner_world import Chat
from tests.rota_world import BACKUP, DAY, on_rota, people_of_the_city, rows, told, turn

PAGE = "/beheer/rooster"
NOTICE = MessageKind.NOTICE
ONE = {"plaats": "dienst", "van-dag": "2026-03-09", "van-uur": "09:00", "tot-dag": "2026-03-16",
       "tot-uur": "09:00"}  # fmt: skip
HOUR = timedelta(hours=1)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def newest(db: Database, person: int) -> tuple[Delivery, str, list[str]]:
    """The last message to somebody: its delivery, text and buttons."""
    async with db.read() as session:
        found = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Delivery.person_id) == person)
            .order_by(col(Delivery.id).desc())
        )
        delivery, message = found.first() or pytest.fail("nothing was said")
    form = Content.from_json(message.content).telegram
    assert form is not None
    return delivery, form.text, [one.text for row in form.buttons for one in row]


async def sleeps(db: Database, person: int) -> None:
    """From half past five until seven: the world stands at 17.42."""
    async with db.begin() as session:
        row = await session.get_one(Person, person)
        row.quiet_from, row.quiet_until = time(17, 30), time(7)
        session.add(row)


async def test_one_period_is_told_to_whose_it_is_by_role_and_given_away_by_one_tap(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    assert (await world.press(PAGE, wie=people["Anna"], **ONE)).status_code == 303
    delivery, text, buttons = await newest(db, people["Anna"])
    assert "<b>Een coördinator zette u op het rooster</b>" in text
    assert "dienst van maandag 9 maart, 09.00 uur tot maandag 16 maart, 09.00 uur" in text
    assert "Ruilen kan met /rooster" in text
    assert buttons == [words.GIVE]
    assert await told(db, NOTICE) == [[people["Anna"]]], "the others have nothing to do with it"
    annas = Chat(db, now, people["Anna"], message=delivery.id or 0)
    await annas.press(words.GIVE)
    assert "Aan wie wilt u dit vragen?" in await annas.text()


async def test_who_has_no_channel_is_not_said_to_get_word(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    async with db.begin() as session:
        for channel in await session.exec(
            select(Channel).where(col(Channel.person_id) == people["Anna"])
        ):
            channel.status = ChannelStatus.CLOSED
            session.add(channel)
    done = await world.press(PAGE, wie=people["Anna"], **ONE)
    assert "bel zelf" in (await world.desk.get(done.headers["location"])).text
    assert await told(db, NOTICE) == []


async def test_a_whole_series_is_one_message_to_each_and_the_actor_hears_nothing(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    turns_of_it = [str(people["Anna"]), str(people["Bram"]), str(world.staff_id)]
    await world.press(
        f"{PAGE}/reeks", **{
            "plaats": "dienst", "eerste": "2026-03-09", "wissel-uur": "09:00", "weken": "26",
            "om-de-beurt": turns_of_it,
        }
    )  # fmt: skip
    assert await told(db, NOTICE) == [[people["Anna"]], [people["Bram"]]]
    _, text, buttons = await newest(db, people["Anna"])
    assert "Een coördinator zette u 9 keer op het rooster" in text
    assert text.count("• dienst van") == 8
    assert "En nog 1" in text
    assert buttons == []


async def test_who_is_replaced_and_who_replaces_both_hear_it(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    number = await on_rota(db, people["Anna"], now + DAY, now + 2 * DAY, now=now)
    await world.press(f"{PAGE}/{number}", **ONE, wie=people["Bram"], versie="1")
    annas, text, buttons = await newest(db, people["Anna"])
    assert "<b>Een coördinator haalde u van het rooster</b>" in text
    assert "dienst van woensdag 4 maart, 17.42 uur" in text
    assert "Een ander staat er nu voor" in text
    assert "Bram" not in text
    assert buttons == [words.TAKE_OVER]
    assert "zette u op het rooster" in (await newest(db, people["Bram"]))[1]
    chat = Chat(db, now, people["Anna"], message=annas.id or 0)
    await chat.press(words.TAKE_OVER)
    await chat.press(words.YES)
    assert (await turn(db, number)).person_id == people["Anna"]


async def test_other_hours_are_told_with_what_they_were_and_the_same_hours_are_not(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await world.press(PAGE, **ONE, wie=people["Anna"])
    [number] = [one.id for one in await rows(db, RotaTurn)]
    same = await world.press(f"{PAGE}/{number}", **ONE, wie=people["Anna"], versie="1")
    assert same.status_code == 303
    assert len(await told(db, NOTICE)) == 1
    later = ONE | {"tot-dag": "2026-03-17"}
    await world.press(f"{PAGE}/{number}", **later, wie=people["Anna"], versie="2")
    _, text, buttons = await newest(db, people["Anna"])
    assert "Een coördinator wijzigde uw tijd op het rooster" in text
    assert "Eerst: dienst van maandag 9 maart, 09.00 uur tot maandag 16 maart" in text
    assert "Nu: dienst van maandag 9 maart, 09.00 uur tot dinsdag 17 maart" in text
    assert buttons == [words.GIVE]


@pytest.mark.parametrize(("starts", "waits"), [(2 * DAY, True), (3 * HOUR, False)])
async def test_it_waits_for_the_end_of_quiet_hours_unless_the_period_begins_before(
    world: World, db: Database, now: datetime, starts: timedelta, *, waits: bool
) -> None:
    people = await people_of_the_city(db, now)
    await sleeps(db, people["Anna"])
    number = await on_rota(db, people["Bram"], now + starts, now + 3 * DAY, now=now)
    moment = local(now + starts)
    fields = {
        "van-dag": f"{moment:%Y-%m-%d}", "van-uur": f"{moment:%H:%M}",
        "tot-dag": f"{local(now + 3 * DAY):%Y-%m-%d}", "tot-uur": "12:00",
    }  # fmt: skip
    answer = await world.press(f"{PAGE}/{number}", **fields, wie=people["Anna"], versie="1")
    assert answer.status_code == 303
    delivery, _, _ = await newest(db, people["Anna"])
    assert (delivery.reason == QUIET_HOURS) is waits
    assert (delivery.not_before > now) is waits
    if waits:
        assert local(delivery.not_before).time() == time(7)
    assert (await newest(db, people["Bram"]))[0].not_before == now, "who has no quiet hours"


@pytest.mark.parametrize(
    ("place", "then"),
    [("dienst", "heeft dan niemand dienst"), ("achterwacht", "is dan niemand achterwacht")],
)
async def test_taking_away_asks_once_what_happens_then_and_tells_whose_it_was(
    world: World, db: Database, now: datetime, place: str, then: str
) -> None:
    people = await people_of_the_city(db, now)
    kind = {"achterwacht": (BACKUP,)}.get(place, ())
    number = await on_rota(db, people["Anna"], now + DAY, now + 2 * DAY, *kind, now=now)
    path = f"{PAGE}/{number}/weg"
    asked = await world.press(path, versie="1")
    assert asked.status_code == 200
    assert f"Anna weghalen: {place} van woensdag 4 maart, 17.42 uur" in asked.text
    assert f"Van woensdag 4 maart, 17.42 uur tot donderdag 5 maart, 17.42 uur {then}" in asked.text
    assert "Anna krijgt bericht, als Schakel een kanaal heeft." in asked.text
    assert len(await rows(db, RotaTurn)) == 1
    assert await told(db, NOTICE) == []
    assert (await world.press(path, versie="9")).status_code == 409
    assert (await world.press(path, versie="1", zeker="ja")).status_code == 303
    assert await rows(db, RotaTurn) == []
    _, text, buttons = await newest(db, people["Anna"])
    assert "<b>Een coördinator haalde u van het rooster</b>" in text
    assert "Er is nog niemand voor in de plaats" in text
    assert buttons == []


async def test_who_only_keeps_the_system_is_named_as_such_and_own_periods_are_not_told(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    async with db.begin() as session:
        keeper = await a_colleague(session, "Beheer", (Role.ADMIN,), now)
        cookies = await signed_in(session, keeper, now)
    async with client_of(db, world.sealer, now, cookies=cookies) as desk:
        await press(desk, world.sealer, PAGE, **ONE, wie=people["Anna"])
    assert "Een beheerder zette u op het rooster" in (await newest(db, people["Anna"]))[1]
    async with db.begin() as session:
        cookies = await signed_in(session, people["Bram"], now)
    mine = await on_rota(db, people["Bram"], now + DAY, now + 2 * DAY, now=now)
    before = len(await told(db, NOTICE))
    async with client_of(db, world.sealer, now, cookies=cookies) as desk:
        path = f"{PAGE}/{mine}/weg"
        asked = await press(desk, world.sealer, path, versie="1")
        assert "krijgt bericht" not in asked.text
        await press(desk, world.sealer, path, versie="1", zeker="ja")
    assert len(await told(db, NOTICE)) == before
