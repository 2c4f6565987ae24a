"""``/rooster`` in the chat: who has duty, *Overgenomen*, and a note for who comes on."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot import rota_texts as texts
from bot.chat.coordinator.rota_flow import NOTE, SHOWN
from bot.rota_handing import TAKE
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from contacts.rota_rows import LONGEST_NOTE
from tests.partner_world import Chat, a_partner
from tests.rota_world import BACKUP, DAY, on_rota, people_of_the_city, turn


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    """A coordinator's; *Docent* is what they are called."""
    made = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, made.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    return made


async def test_it_says_who_has_duty_and_the_coming_periods(chat: Chat, now: datetime) -> None:
    await chat.command("/rooster")
    assert texts.NO_ROTA in await chat.text()
    assert await chat.labels() == []
    people = await people_of_the_city(chat.db, now)
    await on_rota(chat.db, people["Anna"], now - DAY, now + DAY, now=now)
    await on_rota(chat.db, people["Dirk"], now - DAY, now + DAY, BACKUP, now=now)
    await on_rota(chat.db, chat.person_id or 0, now + DAY, now + 2 * DAY, now=now)
    await chat.command("/rooster")
    text = await chat.text()
    assert "Dienst: Anna, achterwacht Dirk, tot woensdag 4 maart, 17.42 uur." in text
    assert "woensdag 4 maart, 17.42 uur tot donderdag 5 maart, 17.42 uur: u, dienst" in text


async def test_a_gap_is_a_line_of_its_own_between_the_periods(chat: Chat, now: datetime) -> None:
    people = await people_of_the_city(chat.db, now)
    for begin, end in ((-1, 1), (2, 3)):
        await on_rota(chat.db, people["Anna"], now + begin * DAY, now + end * DAY, now=now)
    await chat.command("/rooster")
    lines = (await chat.text()).splitlines()[-4:]
    assert [line.split(".")[0] for line in (lines[0], lines[2])] == ["1", "2"]
    assert lines[1] == (
        "<b>Niemand heeft dienst: woensdag 4 maart, 17.42 uur tot donderdag 5 maart, 17.42 uur. "
        "Een melding gaat dan naar alle coördinatoren.</b>"
    )
    assert lines[3] == (
        "<b>Niemand heeft dienst: vanaf vrijdag 6 maart, 17.42 uur. "
        "Een melding gaat dan naar alle coördinatoren.</b>"
    )
    assert [one for one in await chat.labels() if one[-1].isdigit() or "over" in one] == [
        texts.TAKE_IT.format(number=1), texts.TAKE_IT.format(number=2)
    ], "the numbers are those of the lines"  # fmt: skip


async def test_a_list_that_is_cut_short_calls_nothing_beyond_it_a_gap(
    chat: Chat, now: datetime
) -> None:
    people = await people_of_the_city(chat.db, now)
    for day in range(SHOWN + 1):
        await on_rota(chat.db, people["Anna"], now + day * DAY, now + (day + 1) * DAY, now=now)
    await chat.command("/rooster")
    assert "Niemand heeft dienst" not in await chat.text()
    assert texts.CHAT_MORE.format(count=1) in await chat.text()


async def test_it_is_for_who_may_lead_an_event(db: Database, now: datetime) -> None:
    member = await a_partner(db, now)
    people = await people_of_the_city(db, now)
    number = await on_rota(db, people["Anna"], now - DAY, now + DAY, now=now, is_taken=False)
    with pytest.raises(NotAllowed):
        await member.command("/rooster")
    for verb in (TAKE, NOTE):
        with pytest.raises(NotAllowed):
            await member.tap(f"{verb}:{number}", message=0)


async def test_one_tap_takes_over_and_a_second_says_so(chat: Chat, now: datetime) -> None:
    number = await on_rota(
        chat.db, chat.person_id or 0, now, now + DAY, now=now, is_taken=False
    )  # fmt: skip
    await chat.command("/rooster")
    shown = chat.message
    await chat.press(texts.TAKE)
    assert "Overgenomen. U hebt dienst, tot woensdag 4 maart" in await chat.text()
    assert (await turn(chat.db, number)).taken_at == now
    await chat.tap(f"{TAKE}:{number}", message=shown)
    assert chat.toast == texts.NOT_YOURS


async def test_a_period_of_another_or_of_an_exercise_is_not_taken(
    chat: Chat, now: datetime
) -> None:
    people = await people_of_the_city(chat.db, now)
    players = await people_of_the_city(chat.db, now, is_exercise=True)
    annas = await on_rota(chat.db, people["Anna"], now, now + DAY, now=now, is_taken=False)
    played = await on_rota(
        chat.db, players["Anna"], now, now + DAY, now=now, is_exercise=True, is_taken=False
    )
    for verb in (TAKE, NOTE):
        await chat.tap(f"{verb}:{annas}", message=0)
        assert chat.toast == texts.NOT_YOURS
        with pytest.raises(ValueError, match="no such"):
            await chat.tap(f"{verb}:{played}", message=0)
    assert (await turn(chat.db, annas)).taken_at is None


async def test_a_note_about_a_person_or_too_long_is_not_kept_and_the_question_stays(
    chat: Chat, now: datetime
) -> None:
    number = await on_rota(chat.db, chat.person_id or 0, now - DAY, now + DAY, now=now)
    await chat.command("/rooster")
    await chat.press(texts.LEAVE_NOTE)
    await chat.write("Bel Dennis Bakkerstra uit 3B terug.")
    assert texts.NOTE_PERSON in await chat.text()
    await chat.write("x" * (LONGEST_NOTE + 1))
    assert "hooguit 280 tekens" in await chat.text()
    assert (await turn(chat.db, number)).note is None
    await chat.write("De  burgemeester belt om tien uur.")
    assert await chat.text() == texts.NOTE_KEPT
    assert (await turn(chat.db, number)).note == "De burgemeester belt om tien uur."
    await chat.command("/rooster")
    await chat.press(texts.LEAVE_NOTE)
    await chat.press(texts.QUIT)
    assert (await turn(chat.db, number)).note == "De burgemeester belt om tien uur."
