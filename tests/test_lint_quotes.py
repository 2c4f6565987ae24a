"""Quotes are quotes, and a set of templates that nobody reads again says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.drafting import draft_briefing, texts_of
from briefings.lint import review_remarks
from briefings.lint_quotes import quote_remarks
from briefings.rows import BriefingKind, BriefingText
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, facts_for, sure, the_cast

PUBLIC = "Arnhem staat stil bij wat er is gebeurd."


def codes(facts: list[str], written: list[str] | None = None) -> set[str]:
    return {one.code for one in quote_remarks(facts, written or [], public_words=PUBLIC)}


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("De politie zegt: “Er is geen gevaar.", "K1"),
        ('Er is "geen gevaar.', "K1"),
        ("“Er is nu geen gevaar voor de buurt.”", "K2"),
        ("Arnhem staat stil bij wat er is gebeurd.", "K3"),
    ],
)
def test_a_quote_that_is_none_is_told(sentence: str, code: str) -> None:
    assert codes([sentence]) == {code}


@pytest.mark.parametrize(
    "sentence",
    [
        "De politie zegt: “Er is geen gevaar voor de buurt.”",
        "Volgens de politie is er “geen gevaar meer in de wijk”.",
        "De actie heet “Samen Rustig”.",
        "Burgemeester: “Arnhem staat stil bij wat er is gebeurd.”",
        "De straat is weer open.",
    ],
)
def test_a_quote_with_its_speaker_is_left_alone(sentence: str) -> None:
    assert codes([sentence]) == set()


def test_what_an_editor_writes_for_pupils_needs_no_speaker() -> None:
    line = "Klopt het wat online staat? “Hoe kun je dat nagaan, wie zegt dat?”"
    assert codes([], [line]) == set()
    assert codes([], [PUBLIC]) == {"K3"}


@given(st.integers(min_value=1, max_value=60), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_set_is_old_from_its_months_on_and_not_a_day_before(months: int, read: date) -> None:
    year, month = divmod(read.year * 12 + read.month - 1 + months, 12)
    due = date(year, month + 1, min(read.day, 28))
    is_clamped = read.day > 28
    before = review_remarks(read, months, today=due - timedelta(days=1))
    after = review_remarks(read, months, today=due + timedelta(days=4 if is_clamped else 0))
    assert (before, [one.code for one in after]) == ([], ["V3"])
    assert not after[0].blocks


async def drafted(db: Database, *facts: str, months: int = 12) -> list[BriefingText]:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        for fact in facts:
            await sure(session, cast.event, fact)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST,
            settings=SETTINGS.model_copy(update={"review_months": months}), editor_id=1, now=NOW,
        )  # fmt: skip
        return await texts_of(session, briefing.id or 0)


async def test_a_draft_tells_of_a_fact_that_quotes_nobody(db: Database) -> None:
    texts = await drafted(db, "“Er is nu geen gevaar in de wijk.”")
    assert all("K2" in {one["code"] for one in text.remarks} for text in texts)
    assert not any(one["level"] == "block" for text in texts for one in text.remarks)
