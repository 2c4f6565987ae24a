"""What a text lacks is said in the question before an approval, with its text and its field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.chat.coordinator import texts
from bot.config import Config
from bot.evening.lacking_said import lacking_said
from briefings.lint_rules import lint_rules
from briefings.rows import Briefing, BriefingText
from contacts.directory import Audience
from contacts.records import Database
from tests import partner_world
from tests.briefings_cast import SETTINGS
from tests.console_desk import Desk, a_desk
from tests.test_console_stale import submitted
from tests.test_part_flow import waiting

MEASURES = "wat er is besloten (een maatregel)"
V1 = lint_rules().advice["V1"].format(what=MEASURES)


def a_text(audience: Audience, *codes: str, template: str = "aanslag/ouders") -> BriefingText:
    advice: dict[str, str] = {"V1": V1}
    remarks: list[dict[str, Any]] = [
        {"code": code, "level": "warn", "where": "feiten", "advice": advice.get(code, "")}
        for code in codes
    ]
    return BriefingText(
        briefing_id=1, audience=audience, template=template, template_version="1.0", subject="",
        telegram="", html="", plain="", words=1, remarks=remarks,
    )  # fmt: skip


def test_the_field_and_its_texts_are_named() -> None:
    drafts = [
        a_text(Audience.SCHOOL_LEADER, "V1", "Z1"), a_text(Audience.PARENTS, "V1", "V2", "V2"),
        a_text(Audience.YOUTH_WORK, "Z4"),
    ]  # fmt: skip
    assert lacking_said(drafts) == [
        f"Ontbreekt in Schoolleiding, Ouders: {MEASURES}.",
        "Ontbreekt in Ouders: bij een maatregel: of die voor de lezer geldt.",
    ]


def test_what_all_lack_is_said_of_all_and_only_of_what_is_approved() -> None:
    drafts = [a_text(Audience.SCHOOL_LEADER, "V1"), a_text(Audience.PARENTS, "V1")]
    assert lacking_said(drafts) == [f"Ontbreekt in alle 2 teksten: {MEASURES}."]
    assert lacking_said(drafts, [Audience.PARENTS]) == [f"Ontbreekt in Ouders: {MEASURES}."]
    assert lacking_said([a_text(Audience.PARENTS, "Z1")]) == []


def test_a_short_first_text_lacks_a_confirmed_fact() -> None:
    drafts = [a_text(Audience.PARENTS, template="gedeeld/holding")]
    assert lacking_said(drafts) == ["Ontbreekt in Ouders: een bevestigd feit."]


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


async def without_measure(db: Database, briefing_id: int) -> None:
    """As the language check marks it where the set asks for a measure."""
    async with db.begin() as session:
        found = await session.exec(
            select(BriefingText).where(BriefingText.briefing_id == briefing_id)
        )
        for text in found.all():
            text.remarks = a_text(text.audience, "V1").remarks


async def test_the_question_in_the_chat_has_a_line_with_a_sign(db: Database, now: datetime) -> None:
    phone = await waiting(db, now)
    await without_measure(db, 1)
    await phone.press(texts.APPROVE)
    await phone.press(texts.UNREAD_GO)
    assert f"\n⚠ Ontbreekt in alle 7 teksten: {MEASURES}.\n" in await phone.text()
    assert texts.APPROVE_SURE in await phone.labels()


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_question_at_the_desk_has_it_too(desk: Desk) -> None:
    await submitted(desk)
    assert "Ontbreekt in" not in await desk.page("goedkeuren")
    briefing = (await desk.rows(Briefing))[-1]
    await without_measure(desk.world.db, briefing.id)
    page = await desk.page("goedkeuren")
    assert f"</span> Ontbreekt in alle 7 teksten: {MEASURES}.</p>" in page
    part = await desk.page("goedkeuren?deel=ja&tekst=ouders")
    assert f"</span> Ontbreekt in Ouders (via de school): {MEASURES}.</p>" in part
