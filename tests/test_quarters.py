"""The quarterly pack: right for a past quarter, frozen when it ends, and never changed after."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import col, select

from bot.console.quarters import kpis_of, months_of, title_of
from bot.tidying import freeze_and_forget
from briefings.learning.freezing import MOST_BACK, freeze_due, frozen_packs, over_before
from briefings.learning.packs import answers_in_time, lessons_json, read_figures
from briefings.learning.rows import Lesson, LessonStatus, QuarterPack
from briefings.pdf import can_print
from contacts.directory import Domain, Organisation, Tally
from contacts.local_time import AMSTERDAM
from contacts.meeting import ContactCount, Way
from contacts.records import Database
from feeds.rows import DismissReason, Event, EventStatus, Origin
from signals.quarters import Quarter, quarter_named, quarter_of, week_edge
from signals.retention import KEEP_CODES, fold_edge
from signals.rows import Setting, Signal, SignalCount, SignalStatus
from signals.settings import SignalSettings
from tests.console_desk import Desk, a_desk

MOMENTS = st.integers(0, 12 * 366 * 24).map(
    lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)
FIRST = Quarter(2026, 1)
#: a minute after the first quarter of 2026
AFTER = datetime(2026, 4, 1, 0, 1, tzinfo=AMSTERDAM)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


# --- the calendar


@given(MOMENTS)
def test_every_moment_falls_in_exactly_one_quarter(at: datetime) -> None:
    quarter = quarter_of(at)
    assert quarter.begin <= at < quarter.end
    assert quarter.before.end == quarter.begin
    assert quarter.next.before == quarter
    assert quarter_named(quarter.name) == quarter


def test_a_quarter_has_a_name_and_months() -> None:
    assert Quarter(2026, 3).name == "2026-K3"
    assert title_of(Quarter(2026, 3)) == "Kwartaal 3 van 2026"
    assert months_of(Quarter(2026, 4)) == "oktober tot en met december 2026"
    assert [quarter_named(name) for name in ("2026-K5", "26-K1", "2026-K1 ", "")] == [None] * 4
    # New Year in Arnhem is still the old year in UTC.
    assert quarter_of(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)) == FIRST


@given(MOMENTS)
def test_no_signal_of_the_running_quarter_becomes_a_count(now: datetime) -> None:
    edge = fold_edge(now)
    assert edge <= quarter_of(now).begin
    assert edge <= week_edge(now - KEEP_CODES)
    assert week_edge(edge) == edge
    assert now - edge <= timedelta(days=99), "and none waits longer than the page of privacy says"


def test_quarters_are_made_up_for_but_not_without_end() -> None:
    assert over_before(Quarter(2026, 3), Quarter(2026, 1)) == [Quarter(2026, 1), Quarter(2026, 2)]
    assert over_before(Quarter(2026, 1), Quarter(2026, 1)) == []
    assert len(over_before(Quarter(2040, 1), Quarter(2026, 1))) == MOST_BACK


# --- what is in it


def a_signal(organisation: int, at: datetime, **given: Any) -> Signal:
    values: dict[str, Any] = {
        "event_id": None, "domain": Domain.EDUCATION, "district": "stad", "severity": 1,
        "setting": Setting.CLASSROOM, "kinds": ["geruchten"], "status": SignalStatus.CLOSED,
        "closed_at": at + timedelta(hours=5), **given,
    }  # fmt: skip
    return Signal(
        organisation_id=organisation, received_at=at, answer_due_at=at + timedelta(days=2), **values
    )


def test_answers_are_counted_in_time_late_and_waiting() -> None:
    at = FIRST.begin
    signals = [
        a_signal(1, at), a_signal(2, at), a_signal(3, at),
        *(a_signal(n, at, closed_at=at + timedelta(days=3)) for n in range(4, 7)),
        a_signal(7, at, status=SignalStatus.NEW, closed_at=None),
        a_signal(8, at, wants_feedback=False),
    ]  # fmt: skip
    found = answers_in_time(signals, folded=False, now=at + timedelta(days=1))
    assert (found["asked"], found["in_time"], found["late"]) == ("7-8", "3", "3")
    assert answers_in_time(signals, folded=False, now=at + timedelta(days=9))["late"] == "4"


def test_a_lesson_that_was_done_after_the_quarter_was_not_done_in_it() -> None:
    def lesson(status: LessonStatus, settled: datetime | None, version: str | None) -> Lesson:
        return Lesson(
            event_id=1, change="x", owner="y", due=date(2026, 3, 1), status=status,
            made_at=FIRST.begin, settled_at=settled, version_now=version, template="algemeen",
        )  # fmt: skip

    inside, later = FIRST.end - timedelta(days=1), FIRST.end + timedelta(days=1)
    found = lessons_json(
        [
            lesson(LessonStatus.DONE, inside, "2"), lesson(LessonStatus.DONE, inside, None),
            lesson(LessonStatus.DONE, later, "2"), lesson(LessonStatus.OPEN, None, None),
            lesson(LessonStatus.DROPPED, inside, None),
        ],
        until=FIRST.end,
    )  # fmt: skip
    assert (len(found["done"]), len(found["open"]), found["changed"]) == (2, 2, 1)
    assert all(one["late"] for one in found["open"])


async def a_quarter(db: Database) -> None:
    """Signals and an event on the first and the last day of the first quarter, and one after."""
    async with db.begin() as session:
        session.add_all(
            Organisation(name=f"O{n}", domain=Domain.EDUCATION, created_at=FIRST.begin)
            for n in range(4)
        )
        session.add_all(a_signal(n, FIRST.begin + timedelta(minutes=n)) for n in range(1, 4))
        session.add_all(
            a_signal(n, FIRST.end - timedelta(minutes=n), domain=Domain.CIVIL) for n in range(4, 7)
        )
        session.add(a_signal(7, FIRST.begin + timedelta(days=9), severity=4))
        session.add(a_signal(8, FIRST.end + timedelta(minutes=1), domain=Domain.SAFETY))
        session.add(
            Event(title="Onrust in de wijk", type="algemeen", origin=Origin.MANUAL,
                  detected_at=FIRST.begin, confirmed_at=FIRST.begin + timedelta(hours=1),
                  status=EventStatus.CLOSED, severity=3)
        )  # fmt: skip
        session.add(Tally(day=date(2026, 3, 31), name="referral", count=2))
        session.add(Tally(day=date(2026, 3, 31), name="exercise:referral", count=9))
        session.add(Tally(day=date(2026, 4, 1), name="referral", count=5))


async def freeze(db: Database, now: datetime) -> list[str]:
    return await freeze_due(db, now=now)


async def packs(db: Database) -> list[QuarterPack]:
    async with db.read() as session:
        return await frozen_packs(session)


async def test_a_quarter_is_frozen_once_when_it_is_over(db: Database) -> None:
    await a_quarter(db)
    assert await freeze(db, FIRST.end - timedelta(seconds=1)) == []
    assert await freeze(db, AFTER) == ["2026-K1"]
    assert await freeze(db, AFTER + timedelta(days=3)) == []
    [pack] = await packs(db)
    shown = {label: count for label, count, _ in pack.figures["weak"]["domains"]}
    assert (shown["onderwijs"], shown["maatschappelijk"], shown["veiligheid"]) == ("3", "3", "0")
    assert pack.figures["weak"]["organisations"] == "6", "the heavy one and the next quarter's not"
    assert pack.figures["referrals"] == 2, "not what was refused in an exercise"
    assert [one["name"] for one in pack.figures["events"]] == ["Onrust in de wijk"]
    assert pack.figures["list"] == {"organisations": 4, "two": 0, "reachable": 0}


async def test_what_happens_later_changes_nothing_in_it(db: Database) -> None:
    await a_quarter(db)
    await freeze(db, AFTER)
    [before] = await packs(db)
    async with db.begin() as session:
        for signal in (await session.exec(select(Signal))).all():
            await session.delete(signal)
        event = (await session.exec(select(Event))).one()
        event.title = "Iets anders"
    await freeze(db, AFTER + timedelta(days=100))
    after = next(pack for pack in await packs(db) if pack.quarter == "2026-K1")
    assert after.figures == before.figures


@pytest.mark.parametrize("days", [0, 1, 6, 30])
async def test_the_round_of_forgetting_freezes_before_it_folds(db: Database, days: int) -> None:
    """Also when the machine was away for a while: the pack has what would be gone."""
    await a_quarter(db)
    for at in (FIRST.end - timedelta(hours=1), AFTER + timedelta(days=days)):
        assert not (await freeze_and_forget(db, SignalSettings(), now=at)).faults
    [pack] = await packs(db)
    assert pack.figures["weak"]["organisations"] == "6"
    assert not pack.figures["weak"]["folded"]


async def test_a_quarter_before_there_were_packs_is_made_up_from_counts(db: Database) -> None:
    """Signals of long ago are counts by now; their domains are still right."""
    async with db.begin() as session:
        session.add(
            Event(title="x", type="algemeen", origin=Origin.MANUAL, detected_at=FIRST.begin,
                  confirmed_at=FIRST.begin, status=EventStatus.CLOSED)
        )  # fmt: skip
        for value, organisations in (("1", 3), ("2", 4), ("4", 9)):
            session.add(
                SignalCount(week=date(2026, 2, 2), domain=Domain.EDUCATION, dimension="ernst",
                            value=value, signals=organisations, organisations=organisations)
            )  # fmt: skip
    assert "2026-K1" in await freeze(db, datetime(2026, 8, 1, tzinfo=UTC))
    pack = next(pack for pack in await packs(db) if pack.quarter == "2026-K1")
    assert pack.figures["weak"]["organisations"] == "7"
    assert pack.figures["weak"]["folded"]
    assert pack.figures["list"] is None, "nobody knows how the list stood then"
    assert ("organisaties waar iemand te bereiken is", "niet gemeten") in kpis_of(pack.figures)


async def test_the_share_without_the_municipality_is_of_this_quarter_only(db: Database) -> None:
    between = {"from_domain": Domain.EDUCATION, "to_domain": Domain.CIVIL, "way": Way.TAKEN_UP}
    with_hub = {"from_domain": Domain.EDUCATION, "to_domain": Domain.MUNICIPALITY, "way": Way.TOLD}
    async with db.begin() as session:
        session.add(ContactCount(week=date(2026, 1, 5), count=15, **between))
        session.add(ContactCount(week=date(2026, 3, 30), count=10, **with_hub))
        session.add(ContactCount(week=date(2026, 4, 6), count=500, **with_hub))
        await session.flush()
        figures = await read_figures(session, FIRST, is_exercise=False, now=AFTER)
        empty = await read_figures(session, Quarter(2025, 4), is_exercise=False, now=AFTER)
    assert ("contact tussen domeinen zonder de gemeente", "ongeveer 60%") in kpis_of(figures)
    assert empty["meeting"] == {"hub_share": None}


async def test_an_empty_house_freezes_nothing(db: Database) -> None:
    assert await freeze(db, AFTER) == []


async def test_an_exercise_is_in_no_pack(db: Database) -> None:
    async with db.begin() as session:
        session.add(a_signal(1, FIRST.begin, is_exercise=True))
        session.add(
            Event(title="x", type="algemeen", origin=Origin.MANUAL, detected_at=FIRST.begin,
                  confirmed_at=FIRST.begin, status=EventStatus.CLOSED, is_exercise=True)
        )  # fmt: skip
    assert await freeze(db, AFTER) == []


async def test_a_small_number_is_frozen_as_vague_as_it_is_shown(db: Database) -> None:
    async with db.begin() as session:
        session.add(a_signal(1, FIRST.begin))
        await session.flush()
        figures = await read_figures(session, FIRST, is_exercise=False, now=AFTER)
    assert figures["weak"]["organisations"] == "1-2"
    assert figures["answers"]["asked"] == "1-2"
    # A bar of nothing but 1-2 is as short on paper as on the page.
    assert ["onderwijs", "1-2", 30.0] in figures["weak"]["domains"]


# --- at the desk


async def test_the_running_quarter_is_counted_now_and_a_past_one_is_shown_as_frozen(
    desk: Desk,
) -> None:
    await desk.press("les", anders="Zet het aanspreekpunt bovenaan.", eigenaar="adviseur",
                     voor="2026-04-14")  # fmt: skip
    page = (await desk.web.get("/kwartaal/2026-K1")).text
    assert "loopt nog" in page
    assert "Zet het aanspreekpunt bovenaan." in page
    assert (await desk.web.get("/kwartaal/2025-K4")).status_code == 404
    assert (await desk.web.get("/kwartaal/2026-K2")).status_code == 404
    assert (await desk.web.get("/kwartaal/onzin")).status_code == 404
    async with desk.world.db.begin() as session:
        figures = await read_figures(
            session, Quarter(2025, 4), is_exercise=False, now=desk.world.now
        )
        figures["referrals"] = 41
        session.add(QuarterPack(quarter="2025-K4", frozen_at=desk.world.now, figures=figures))
    frozen = (await desk.web.get("/kwartaal/2025-K4")).text
    assert "vastgezet op 3 maart 2026" in frozen
    assert ">41<" in frozen
    listed = (await desk.web.get("/kwartalen")).text
    assert listed.index("Kwartaal 1 van 2026") < listed.index("Kwartaal 4 van 2025")


async def test_the_balance_of_the_pack_says_how_many_were_a_false_alarm(desk: Desk) -> None:
    earlier = desk.world.now - timedelta(hours=1)
    async with desk.world.db.begin() as session:
        for reason in (DismissReason.FALSE_ALARM, DismissReason.OLD_NEWS):
            session.add(
                Event(title="Pakket", type="E01", origin=Origin.FEED, detected_at=earlier,
                      alerted_at=earlier, status=EventStatus.DISMISSED,
                      dismissed_reason=reason)
            )  # fmt: skip
        figures = await read_figures(
            session, Quarter(2026, 1), is_exercise=False, now=desk.world.now
        )
        [row] = [one for one in figures["balance"] if one["rejected"]]
        assert (row["rejected"], row["false_alarms"]) == (2, 1)
        # A pack that was frozen before they were told apart has no such figure.
        old = {key: count for key, count in row.items() if key != "false_alarms"}
        session.add(
            QuarterPack(
                quarter="2025-K4", frozen_at=desk.world.now, figures=figures | {"balance": [old]}
            )
        )
    assert "2, waarvan 1 loos alarm" in (await desk.web.get("/kwartaal/2026-K1")).text
    frozen = await desk.web.get("/kwartaal/2025-K4")
    assert (frozen.status_code, "loos alarm" in frozen.text) == (200, False)


async def test_the_pack_comes_as_numbers(desk: Desk) -> None:
    answer = await desk.web.get("/kwartaal/2026-K1/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert ["kerncijfers", "lessen die een tekst veranderden", "0", "aantal"] in rows


@pytest.mark.skipif(not can_print(), reason="no PDF on this machine")
async def test_the_pack_comes_on_paper_with_tags(desk: Desk) -> None:
    answer = await desk.web.get("/kwartaal/2026-K1/pdf")
    root = PdfReader(io.BytesIO(answer.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]


async def test_packs_of_the_real_world_are_not_shown_in_an_exercise(desk: Desk) -> None:
    await desk.press("les", anders="Iets.", eigenaar="adviseur", voor="2026-04-14")
    async with desk.world.db.begin() as session:
        figures = await read_figures(session, FIRST, is_exercise=True, now=desk.world.now)
        found = await session.exec(select(Lesson).where(col(Lesson.is_exercise).is_(False)))
        assert len(found.all()) == 1
    assert figures["lessons"] == {"done": [], "open": [], "changed": 0}
    assert figures["events"] == []
