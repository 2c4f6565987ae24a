"""Help that was given: said by either side in one tap, counted per domain and event, of nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.console.quarters import shown_help
from briefings.learning.packs import read_figures
from contacts.directory import Domain, Role
from contacts.journal import JournalEntry
from contacts.permissions import load_actor
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from feeds.rows import Event
from signals.help_count_rows import HelpCount, HelpStep
from signals.help_counts import drop_played_help, help_of_event, lines_of
from signals.help_given import say_given
from signals.help_rows import HelpEntry, HelpKind, HelpMatch, HelpTopic
from signals.helping import HelpDraft, Placed, Taken, place, remove_entry, take_up
from signals.quarters import quarter_of
from signals.settings import SignalSettings
from tests.console_desk import Desk, a_desk
from tests.helping import consent, put, reached, somebody
from tests.partner_world import SEALER, Chat, a_partner, an_event
from tests.test_quiet_notices import all_rest, last_sent


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await consent(session, chat.person_id or 0, now)
    return chat


async def counted(chat: Chat) -> dict[tuple[int, str, str], int]:
    return {
        (row.event_id, row.domain.value, row.step.value): row.count
        for row in await chat.all(HelpCount)
    }


async def test_either_side_says_it_in_one_tap_and_it_counts_once(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    event = await an_event(school)
    for person in (school.person_id or 0, welfare):
        await reached(school, person, event)
    await put(school, welfare, event=event)
    await school.command("/hulp")
    for label in ("Bekijk van anderen", "Oppakken 1", "Hulp is gegeven"):
        await school.press(label)
    assert school.toast == "Fijn. Wij tellen het, zonder wie."
    assert "hulp gegeven" in await school.text()
    assert not any("Hulp gegeven" in label for label in await school.labels())
    [match] = await school.all(HelpMatch)
    other = Chat(school.db, school.now, welfare)
    await other.tap(f"hg:{match.id}")
    assert other.toast == "Dat was al gezegd."
    assert await counted(school) == {
        (event, "zorg_welzijn", "aangeboden"): 1, (event, "zorg_welzijn", "opgepakt"): 1,
        (event, "zorg_welzijn", "gegeven"): 1,
    }  # fmt: skip
    [line] = [row for row in await school.all(JournalEntry) if row.action == "help_given"]
    assert line.actor == "system"
    assert "person_id" not in HelpCount.model_fields


async def test_of_a_question_the_domain_that_helped_is_counted(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        asker = await load_actor(session, school.person_id or 0)
        helper = await load_actor(session, welfare)
        assert asker is not None
        assert helper is not None
        placed = await place(
            session, HelpDraft(HelpKind.ASKED, HelpTopic.ROOM), actor=asker, sealer=SEALER,
            settings=SignalSettings(), now=school.now,
        )  # fmt: skip
        assert isinstance(placed, Placed)
        taken = await take_up(session, placed.entry_id, actor=helper, now=school.now)
        assert isinstance(taken, Taken)
        assert await say_given(session, taken.match_id, actor=asker, now=school.now)
    assert await counted(school) == {
        (0, "onderwijs", "gevraagd"): 1, (0, "zorg_welzijn", "opgepakt"): 1,
        (0, "zorg_welzijn", "gegeven"): 1,
    }  # fmt: skip


async def test_somebody_else_cannot_say_it(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    third = await somebody(school, "Derde", Domain.CIVIL)
    entry = await put(school, welfare)
    async with school.db.begin() as session:
        helper, other = (
            await load_actor(session, school.person_id or 0),
            await load_actor(session, third),
        )
        assert helper is not None
        assert other is not None
        taken = await take_up(session, entry, actor=helper, now=school.now)
        assert isinstance(taken, Taken)
        with pytest.raises(ValueError, match="neither side"):
            await say_given(session, taken.match_id, actor=other, now=school.now)
        assert not await say_given(session, 999, actor=other, now=school.now)
    assert (0, "zorg_welzijn", "gegeven") not in await counted(school)


async def test_what_a_coordinator_took_away_was_never_asked_or_offered(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    staff = await somebody(school, "Gemeente", Domain.MUNICIPALITY, roles=(Role.COORDINATOR,))
    entry = await put(school, welfare)
    async with school.db.begin() as session:
        actor = await load_actor(session, staff)
        assert actor is not None
        await remove_entry(
            session, await session.get_one(HelpEntry, entry), "dubbel", actor=actor,
            now=school.now + timedelta(days=9),
        )  # fmt: skip
    assert await counted(school) == {(0, "zorg_welzijn", "aangeboden"): 0}
    async with school.db.read() as session:
        assert await help_of_event(session, 0) == []


def a_count(domain: Domain, step: HelpStep, count: int) -> HelpCount:
    return HelpCount(week=date(2026, 1, 5), domain=domain, step=step, count=count)


def test_small_counts_are_hidden_and_there_is_no_sum_to_work_them_out_from() -> None:
    [education, civil] = lines_of(
        [
            a_count(Domain.EDUCATION, HelpStep.ASKED, 2),
            a_count(Domain.EDUCATION, HelpStep.ASKED, 3),
            a_count(Domain.CIVIL, HelpStep.GIVEN, 1),
        ]
    )
    assert (education.label, education.shown) == ("onderwijs", ("5", "0", "0", "0"))
    assert (civil.label, civil.shown) == ("maatschappelijk", ("0", "0", "0", "1-2"))


async def test_help_around_an_event_that_was_joined_counts_for_what_stays(school: Chat) -> None:
    gone, kept = await an_event(school), await an_event(school)
    async with school.db.begin() as session:
        row = await session.get_one(Event, gone)
        row.merged_into_id = kept
        session.add_all(
            [row, HelpCount(event_id=gone, week=date(2026, 1, 5), domain=Domain.CIVIL,
                            step=HelpStep.GIVEN, count=4)]
        )  # fmt: skip
    async with school.db.read() as session:
        [line] = await help_of_event(session, kept)
        assert line.shown == ("0", "0", "0", "4")


async def test_counts_of_an_exercise_go_and_are_in_no_real_pack(db: Database) -> None:
    now = datetime.fromisoformat("2026-02-10T12:00:00+01:00")
    async with db.begin() as session:
        for played in (True, False):
            session.add(
                HelpCount(week=date(2026, 1, 5), domain=Domain.CIVIL, step=HelpStep.GIVEN,
                          count=3 + 4 * played, is_exercise=played)
            )  # fmt: skip
        await session.flush()
        figures = await read_figures(session, quarter_of(now), is_exercise=False, now=now)
        assert figures["help"] == [["maatschappelijk", ["0", "0", "0", "3"]]]
        await drop_played_help(session, now=now)
        left = (await session.exec(select(HelpCount.is_exercise))).all()
    assert left == [False]


def test_a_pack_that_was_frozen_before_help_was_counted_shows_none() -> None:
    assert shown_help({}) == []


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_evaluation_and_the_quarter_show_it_in_all_their_forms(desk: Desk) -> None:
    quarter = quarter_of(desk.world.now)
    for path in (f"/gebeurtenis/{desk.number}/evaluatie", f"/kwartaal/{quarter.name}"):
        assert "Niemand vroeg of bood hulp." in (await desk.web.get(path)).text
    week = desk.world.now.date() - timedelta(days=desk.world.now.weekday())
    async with desk.world.db.begin() as session:
        session.add(
            HelpCount(event_id=desk.number, week=week, domain=Domain.CIVIL, step=HelpStep.GIVEN,
                      count=7)
        )  # fmt: skip
    for path in (f"/gebeurtenis/{desk.number}/evaluatie", f"/kwartaal/{quarter.name}"):
        page = (await desk.web.get(path)).text
        assert ">Maatschappelijk</th>" in page
        assert ">7</td>" in page
        assert "maatschappelijk: gegeven;7;keer" in (await desk.web.get(f"{path}/csv")).text
        assert (await desk.web.get(f"{path}/pdf")).status_code == 200


@pytest.mark.parametrize(("hours", "rests"), [(1, False), (5, True)])
async def test_that_somebody_helps_comes_at_once_when_the_question_ends_before_the_morning(
    school: Chat, hours: int, rests: bool
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    entry = await put(school, school.person_id or 0)
    await all_rest(school.db, school.now)
    async with school.db.begin() as session:
        row = await session.get_one(HelpEntry, entry)
        row.expires_at = school.now + timedelta(hours=hours)
        session.add(row)
        helper = await load_actor(session, welfare)
        assert helper is not None
        assert isinstance(await take_up(session, entry, actor=helper, now=school.now), Taken)
    assert [one.reason for one in await last_sent(school.db)] == [QUIET_HOURS if rests else None]
