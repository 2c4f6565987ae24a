"""A correction that never went leaves the error with its readers, and everybody sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.card import card_view
from bot.console.error_needs import misled
from bot.evening.writing import NewFact, NotBegun, begin_correction, store_fact
from bot.evening.wrong_parts import sent_parts
from briefings import calling_off
from briefings.approval import Approved, Submitted, approve, submit, withdraw
from briefings.counting import read_overview
from briefings.drafting import draft_briefing
from briefings.facts import facts_of
from briefings.open_errors import count_misled
from briefings.plausibility import Notice, look_over
from briefings.rows import Briefing, BriefingKind, BriefingStatus, FactKind
from contacts.records import Database
from tests.briefings_cast import SETTINGS, Cast, send
from tests.corrections_world import LATER, WRONG, sent_first

BEGUN = LATER + timedelta(minutes=10)
RIGHT_AT, OFF, AGAIN = (BEGUN + timedelta(minutes=minutes) for minutes in (2, 5, 10))
RIGHT = "De politie heeft vier mensen aangehouden."


async def _wrong_key(session: AsyncSession, cast: Cast) -> str:
    view = await facts_of(session, cast.event.id or 0)
    return str(next(fact.id for fact in view.confirmed if fact.text == WRONG))


async def dropped(session: AsyncSession, how: str) -> tuple[Cast, str]:
    """A correction of a sentence that readers have, which was stopped before it went."""
    cast, _ = await sent_first(session)
    key = await _wrong_key(session, cast)
    begun = await begin_correction(
        session, cast.event, cast.writer, key, "het aantal", SETTINGS, allow=(), now=BEGUN
    )
    assert isinstance(begun, Briefing)
    if how == "withdrawn":
        await withdraw(session, begun, cast.writer, now=OFF)
    else:
        new = NewFact(FactKind.CONFIRMED, RIGHT, "politie")
        await store_fact(session, cast.event, cast.writer, new, SETTINGS, allow=(), now=RIGHT_AT)
        done = await submit(session, begun, cast.writer, SETTINGS, now=RIGHT_AT)
        assert isinstance(done, Submitted), done
        approved = await approve(
            session, begun, cast.approver, SETTINGS, expected_hash=done.content_hash,
            now=RIGHT_AT, send_at=OFF + timedelta(minutes=5),
        )  # fmt: skip
        assert isinstance(approved, Approved), approved
        await calling_off.call_off(session, begun, who=cast.approver.who, now=OFF)
    assert begun.status is BriefingStatus.WITHDRAWN
    return cast, key


@pytest.mark.parametrize("how", ["withdrawn", "called_off"])
async def test_the_sentence_can_still_be_corrected(db: Database, how: str) -> None:
    async with db.begin() as session:
        cast, key = await dropped(session, how)
        parts = await sent_parts(session, cast.event, now=AGAIN)
        assert WRONG in [part.text for part in parts]
        again = await begin_correction(
            session, cast.event, cast.writer, key, "het aantal", SETTINGS, allow=(), now=AGAIN
        )
        assert isinstance(again, Briefing)
        assert (again.kind, again.wrong) == (BriefingKind.CORRECTION, "het aantal")
        assert await count_misled(session, cast.event) == 0, "its correction is being written"
        twice = await begin_correction(
            session, cast.event, cast.writer, key, "het aantal", SETTINGS, allow=(), now=AGAIN
        )
        assert twice == NotBegun("taken_back")


@pytest.mark.parametrize("how", ["withdrawn", "called_off"])
async def test_the_card_and_the_first_page_say_how_many_still_have_it(
    db: Database, how: str
) -> None:
    async with db.begin() as session:
        cast, _ = await dropped(session, how)
        count = await count_misled(session, cast.event)
        assert count > 1
        said = f"{count} lezers hebben nog een zin die fout is"
        text, buttons = await card_view(session, cast.event)
        assert said in text
        assert "Correctie" in [button.text for row in buttons for button in row]
        [need] = await misled(session, {})
        assert (need.what, need.due >= BEGUN) == (said, True)


async def test_closing_warns_of_it(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await dropped(session, "called_off")
        count = await count_misled(session, cast.event)
        closing = await draft_briefing(
            session, cast.event, kind=BriefingKind.CLOSING, settings=SETTINGS, editor_id=1,
            now=AGAIN,
        )  # fmt: skip
        plan = await read_overview(session, cast.event, closing)
        found = await look_over(session, cast.event, closing, plan, now=AGAIN)
    told = [one.sentence for one in found if one.notice is Notice.MISLED]
    assert told == [
        f"{count} lezers hebben nog een zin die fout is, en kregen daarvan geen correctie"
    ]


async def test_a_correction_that_went_leaves_nothing(db: Database) -> None:
    async with db.begin() as session:
        cast, key = await dropped(session, "withdrawn")
        await begin_correction(
            session, cast.event, cast.writer, key, "het aantal", SETTINGS, allow=(), now=AGAIN
        )
        new = NewFact(FactKind.CONFIRMED, RIGHT, "politie")
        at = AGAIN + timedelta(minutes=1)
        await store_fact(session, cast.event, cast.writer, new, SETTINGS, allow=(), now=at)
        await send(session, cast, BriefingKind.CORRECTION, now=at)
        assert await count_misled(session, cast.event) == 0
        assert await misled(session, {}) == []


async def test_a_sentence_that_was_right_after_all_is_no_error(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await dropped(session, "withdrawn")
        same = NewFact(FactKind.CONFIRMED, WRONG, "politie")
        await store_fact(session, cast.event, cast.writer, same, SETTINGS, allow=(), now=AGAIN)
        assert await count_misled(session, cast.event) == 0
        assert await misled(session, {}) == []


async def test_a_correction_of_another_sentence_says_this_one_too(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await dropped(session, "withdrawn")
        view = await facts_of(session, cast.event.id or 0)
        other = next(fact for fact in view.confirmed if fact.text != WRONG)
        begun = await begin_correction(
            session, cast.event, cast.writer, str(other.id), "het gevaar", SETTINGS, allow=(),
            now=AGAIN,
        )  # fmt: skip
    assert isinstance(begun, Briefing)
    assert begun.wrong == "het gevaar; het aantal"
