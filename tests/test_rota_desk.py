"""The page *Rooster*: who may fill it, what it refuses and says, and Vandaag."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot import rota_texts as words
from bot.on_duty import on_duty
from contacts.directory import Organisation, Person, Role
from contacts.erasing import erase_person
from contacts.journal import SYSTEM, JournalEntry
from contacts.permissions import ALLOWED, Permission
from contacts.records import Database
from contacts.rota import RotaPlace
from contacts.rota_keeping import KEEP_TURNS, forget_turns
from contacts.rota_rows import RotaTurn
from feeds.rows import Event
from tests.console_world import World, a_world, client_of, press, signed_in
from tests.rota_world import DAY, on_rota, people_of_the_city, rows

PAGE = "/beheer/rooster"
ONE = {"plaats": "dienst", "van-dag": "2026-03-09", "van-uur": "09:00", "tot-dag": "2026-03-16",
       "tot-uur": "09:00"}  # fmt: skip


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def test_who_keeps_the_rota(world: World, db: Database, now: datetime) -> None:
    people = await people_of_the_city(db, now)
    assert ALLOWED[Permission.KEEP_ROTA] == {Role.COORDINATOR, Role.ADMIN}
    async with db.begin() as session:
        cookies = await signed_in(session, people["Dirk"], now)
    async with client_of(db, world.sealer, now, cookies=cookies) as approver:
        page = await approver.get(PAGE)
        assert page.status_code == 200
        assert "Zet op het rooster" not in page.text
        for path in (PAGE, f"{PAGE}/reeks", f"{PAGE}/1", f"{PAGE}/1/weg"):
            refused = await press(approver, world.sealer, path, wie=people["Anna"], **ONE)
            assert refused.status_code == 403
    assert await rows(db, RotaTurn) == []


async def test_two_of_one_name_are_told_apart(world: World, db: Database, now: datetime) -> None:
    people = await people_of_the_city(db, now)
    async with db.begin() as session:
        bram = await session.get_one(Person, people["Bram"])
        bram.name, bram.function = "Anna", "adviseur"
        home = await session.get_one(Organisation, bram.organisation_id)
        whole = f">Anna ({home.name}, adviseur)<"
    page = (await world.desk.get(PAGE)).text
    assert whole in page
    assert ">Anna<" not in page
    assert ">Carla<" in page


async def test_a_series_puts_people_on_it_in_turn_on_the_clock_of_the_city(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    assert words.NO_ROTA in (await world.desk.get(PAGE)).text
    answer = await world.press(
        f"{PAGE}/reeks", **{
            "plaats": "dienst", "eerste": "2026-03-09", "wissel-uur": "09:00", "weken": "4",
            "om-de-beurt": [str(people["Anna"]), str(people["Bram"]), ""],
        }
    )  # fmt: skip
    assert answer.status_code == 303
    turns = await rows(db, RotaTurn)
    assert [one.person_id for one in turns] == [people[n] for n in ("Anna", "Bram") * 2]
    # The clock goes forward on 29 March: nine o'clock stays nine o'clock.
    assert [one.starts_at.hour for one in turns] == [8, 8, 8, 7]
    assert [one.place for one in turns] == [RotaPlace.DUTY] * 4
    lines = [one for one in await rows(db, JournalEntry) if one.action == "rota_added"]
    assert [one.actor for one in lines] == [f"person:{world.staff_id}"] * 4
    page = (await world.desk.get(PAGE)).text
    assert "maandag 9 maart, 09.00 uur" in page
    assert words.NOBODY_NOW in page


async def test_what_overlaps_is_refused_with_whom_and_what_to_do_and_nothing_is_kept(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    assert (await world.press(PAGE, wie=people["Anna"], **ONE)).status_code == 303
    answer = await world.press(
        f"{PAGE}/reeks", **{
            "plaats": "dienst", "eerste": "2026-03-02", "wissel-uur": "09:00", "weken": "3",
            "om-de-beurt": str(people["Bram"]),
        }
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Dan staat Anna al op het rooster voor dienst: van maandag 9 maart" in answer.text
    assert "wijzig die periode eerst" in answer.text
    assert 'value="2026-03-02"' in answer.text, "what was typed stays"
    assert len(await rows(db, RotaTurn)) == 1
    beside = await world.press(PAGE, wie=people["Bram"], **(ONE | {"plaats": "achterwacht"}))
    assert beside.status_code == 303, "the back-up is another place"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tot-dag": "2026-03-09"}, "Het einde ligt niet na het begin"),
        ({"van-dag": "2026-02-01", "tot-dag": "2026-02-08"}, "al voorbij"),
        ({"tot-dag": "2027-03-16"}, "hooguit drie maanden"),
        ({"van-uur": ""}, "een dag en een uur"),
        ({"wie": "Dirk"}, "Dirk mag hier niet staan"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    world: World, db: Database, now: datetime, changed: dict[str, str], said: str
) -> None:
    people = await people_of_the_city(db, now)
    fields = ONE | {"wie": "Anna"} | changed
    answer = await world.press(PAGE, **(fields | {"wie": people[fields["wie"]]}))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert await rows(db, RotaTurn) == []


async def test_a_series_needs_people_and_a_sensible_number_of_weeks(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    fields = {"plaats": "dienst", "eerste": "2026-03-09", "wissel-uur": "09:00", "weken": "4"}
    nobody = await world.press(f"{PAGE}/reeks", **fields)
    assert words.NOBODY_CHOSEN in nobody.text
    for weeks in ("0", "27", "-1", "x"):
        answer = await world.press(
            f"{PAGE}/reeks", **fields | {"weken": weeks, "om-de-beurt": str(people["Anna"])}
        )
        assert (answer.status_code, "1 tot 26 weken" in answer.text) == (422, True)
    assert await rows(db, RotaTurn) == []


async def test_a_change_from_an_old_page_is_refused_and_changes_nothing(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    number = await on_rota(db, people["Anna"], now, now + 7 * DAY, now=now)
    path, fields = f"{PAGE}/{number}", ONE | {"wie": str(people["Bram"])}
    assert 'name="versie" value="1"' in (await world.desk.get(PAGE)).text
    assert (await world.press(path, **fields, versie="1")).status_code == 303
    [turn] = await rows(db, RotaTurn)
    assert (turn.person_id, turn.version, turn.taken_at) == (people["Bram"], 2, None)
    for act in (path, f"{path}/weg"):
        for version in ("1", "3"):
            stale = await world.press(act, **(fields | {"wie": people["Carla"]}), versie=version)
            assert stale.status_code == 409
    assert (await world.press(path, **fields)).status_code == 400, "it must say what was seen"
    [turn] = await rows(db, RotaTurn)
    assert (turn.person_id, turn.version) == (people["Bram"], 2)
    assert (await world.press(f"{path}/weg", versie="2", zeker="ja")).status_code == 303
    assert await rows(db, RotaTurn) == []
    actions = [one.action for one in await rows(db, JournalEntry) if "rota" in one.action]
    assert actions == ["rota_added", "rota_changed", "rota_removed"]


async def test_a_gap_is_a_row_of_its_own_also_the_one_that_is_now(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Anna"], now - 3 * DAY, now - DAY, now=now - 3 * DAY)
    await on_rota(db, people["Bram"], now + DAY, now + 2 * DAY, now=now)
    table = (await world.desk.get(PAGE)).text.partition("<tbody")[2].partition("</tbody>")[0]
    rows_of_it = re.sub(r' (role|data-kop|colspan)="[^"]*"', "", table).split("<tr>")[1:]
    assert len(rows_of_it) == 3
    assert "maandag 2 maart, 17.42 uur</th><td>woensdag 4 maart, 17.42 uur" in rows_of_it[0]
    assert "Bram" in rows_of_it[1]
    assert "donderdag 5 maart, 17.42 uur</th><td>nog open" in rows_of_it[2]
    for row in (rows_of_it[0], rows_of_it[2]):
        assert (
            "<strong>Niemand heeft dienst</strong>. Een melding gaat dan naar alle coördinatoren."
            in row
        )
        assert "<form" not in row


async def test_a_period_of_the_other_world_is_not_there(
    world: World, db: Database, now: datetime
) -> None:
    players = await people_of_the_city(db, now, is_exercise=True)
    number = await on_rota(
        db, players["Anna"], now, now + DAY, now=now, is_exercise=True
    )  # fmt: skip
    assert words.NO_ROTA in (await world.desk.get(PAGE)).text
    assert (await world.press(f"{PAGE}/{number}/weg", versie="1")).status_code == 404
    assert len(await rows(db, RotaTurn)) == 1


async def test_today_says_who_has_duty_and_until_when_once_there_is_a_rota(
    world: World, db: Database, now: datetime
) -> None:
    assert PAGE not in (await world.desk.get("/")).text
    people = await people_of_the_city(db, now)
    monday = datetime(2026, 3, 9, 8, tzinfo=now.tzinfo)
    await on_rota(db, people["Anna"], now - DAY, monday, now=now)
    await on_rota(db, people["Dirk"], now, monday + DAY, RotaPlace.BACKUP, now=now)
    page = (await world.desk.get("/")).text
    assert "Dienst: <strong>Anna</strong>, achterwacht Dirk, tot maandag 9 maart, 09.00 uur" in page
    assert f'href="{PAGE}"' in page


async def test_who_is_erased_is_off_the_rota_and_what_is_long_over_is_forgotten(
    db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    await on_rota(db, people["Anna"], now, now + DAY, now=now)
    await on_rota(db, people["Bram"], now + DAY, now + 2 * DAY, now=now)
    async with db.begin() as session:
        [_, brams] = await rows(db, RotaTurn)
        brams = await session.get_one(RotaTurn, brams.id)
        brams.offered_to_id = people["Anna"]
        session.add(brams)
    async with db.begin() as session:
        anna = await session.get_one(Person, people["Anna"])
        await erase_person(session, anna, who=SYSTEM, now=now)
    [left] = await rows(db, RotaTurn)
    assert (left.person_id, left.offered_to_id) == (people["Bram"], None)
    async with db.begin() as session:
        assert await forget_turns(session, now=left.ends_at + KEEP_TURNS - timedelta(1)) == 0
        assert await forget_turns(session, now=left.ends_at + KEEP_TURNS) == 1
        assert (
            await on_duty(session, Event(title="x", type="algemeen", detected_at=now), now=now)
            == []
        )


async def test_who_comes_on_takes_over_at_the_desk_and_reads_the_note(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    annas = await on_rota(db, people["Anna"], now - DAY, now, now=now - DAY)
    mine = await on_rota(db, world.staff_id, now, now + DAY, now=now, is_taken=False)
    async with db.begin() as session:
        turn = await session.get_one(RotaTurn, annas)
        turn.note = "Bel om tien <uur>."
        session.add(turn)
    page = (await world.desk.get(PAGE)).text
    assert "Anna schreef: Bel om tien &lt;uur&gt;." in page
    assert (await world.press(f"{PAGE}/{annas}/overgenomen")).status_code == 409
    assert (await world.press(f"{PAGE}/{mine}/overgenomen")).status_code == 303
    assert (await world.press(f"{PAGE}/{mine}/overgenomen")).status_code == 409, "once"
    assert "/overgenomen" not in (await world.desk.get(PAGE)).text
    [turn] = [one for one in await rows(db, RotaTurn) if one.id == mine]
    assert turn.taken_at == now


async def test_a_note_at_the_desk_is_screened_seen_and_ones_own(
    world: World, db: Database, now: datetime
) -> None:
    people = await people_of_the_city(db, now)
    mine = await on_rota(db, world.staff_id, now - DAY, now + DAY, now=now)
    annas = await on_rota(db, people["Anna"], now + DAY, now + 2 * DAY, now=now)
    path = f"{PAGE}/{mine}/notitie"
    refused = await world.press(path, notitie="Let op Dennis Bakkerstra.", gezien="-")
    assert (refused.status_code, words.NOTE_PERSON in refused.text) == (422, True)
    assert (await world.press(path, notitie="De pers belt.", gezien="-")).status_code == 303
    assert (await world.press(path, notitie="Anders.", gezien="-")).status_code == 409
    assert (
        await world.press(f"{PAGE}/{annas}/notitie", notitie="x", gezien="-")
    ).status_code == 409
    assert [one.note for one in await rows(db, RotaTurn)] == ["De pers belt.", None]
    assert (await world.press(path, notitie="", gezien="De pers belt.")).status_code == 303
    assert [one.note for one in await rows(db, RotaTurn)] == [None, None]
