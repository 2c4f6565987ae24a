"""The yearly survey: asked once, answered once, counted per domain, beside 2019 in tenths."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot import survey_texts as texts
from bot.console.survey_desk import lines_of, said, survey_content
from briefings.learning.survey import (
    FEWEST,
    N_2019,
    STAYS_OPEN,
    TENTHS_2019,
    Share,
    forget_surveys,
    share_of,
)
from briefings.learning.survey_rows import Asks, Says, Survey, SurveyCount, SurveyUse
from contacts.directory import Domain, LinkPurpose, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Delivery
from contacts.people import mark_left
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.console_world import SAME_SITE, press

#: percentages in the running text of the report, municipality to civil; None: not given
REPORT = {
    Asks.RECOGNISE: (85, 90, 78, 50, 55),
    Asks.DISCUSS: (71, 73, 63, 40, 91),
    Asks.REPORT: (None,) * 5,
    Asks.ACT: (100, None, None, 60, None),
    Asks.CAPACITY: (85, 35, 45, 30, 60),
    Asks.SUPPORT: (57, 64, 37, 40, 27),
}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def counts(domain: Domain, **given: int) -> list[SurveyCount]:
    return [
        SurveyCount(survey_id=1, question=Asks.ACT, domain=domain, answer=Says(answer), count=count)
        for answer, count in given.items()
    ]


def test_the_figures_of_2019_are_those_of_the_report_in_tenths() -> None:
    for question, row in REPORT.items():
        wanted = {
            domain: int(percent / 10 + 0.5)
            for domain, percent in zip(Domain, row, strict=True)
            if percent is not None
        }
        assert TENTHS_2019[question] == wanted, question
    assert list(N_2019.values()) == [7, 11, 27, 10, 11]
    assert sum(N_2019.values()) == 66


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_few_answers_say_nothing_and_many_never_a_percentage(yes: int, part: int, no: int) -> None:
    share = share_of(counts(Domain.CIVIL, ja=yes, deels=part, nee=no), Asks.ACT, Domain.CIVIL)
    total, words = yes + part + no, said(share, texts.TOO_FEW)
    assert "%" not in words
    if total < FEWEST:
        assert words == texts.TOO_FEW
        assert share == Share(None, 0)
    else:
        assert f"n = {total}" in words
        assert abs((share.tenths or 0) / 10 - yes / total) <= 0.051


def test_one_domain_says_nothing_of_another() -> None:
    lines = lines_of(counts(Domain.CIVIL, ja=8), Asks.ACT)
    assert [line.now for line in lines].count(texts.TOO_FEW) == 4
    assert lines[-1].now == "vrijwel iedereen (n = 8)"
    assert lines[-1].then == texts.NOT_PUBLISHED
    assert lines[-1].then_width is None, "what is not known is not drawn as zero"
    assert lines[0].now_width is None
    assert lines[3].then == "ongeveer 6 op de 10 (n = 10)"


def test_the_mail_and_the_chat_lead_to_the_own_page() -> None:
    content = survey_content()
    assert content.telegram is not None
    assert content.email is not None
    assert content.telegram.buttons[0][0].url == "%%OWN_PAGE%%/peiling"
    assert "%%OWN_PAGE%%/peiling" in content.email.text


async def asked(desk: Desk) -> str:
    """The survey runs; the teacher's own page with its questions."""
    assert (await press(desk.web, desk.world.sealer, "/peiling")).status_code == 303
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        token = await mint_person_link(
            session, teacher.id or 0, LinkPurpose.OWN_PAGE, now=desk.world.now
        )
    return f"/p/{token}/peiling"


async def test_it_goes_once_a_year_to_everybody_who_can_be_reached(desk: Desk) -> None:
    page = (await desk.web.get("/peiling")).text
    assert "Zij gaan één keer naar 1 contact." in page
    assert "ongeveer 4 op de 10 (n = 10)" in page
    before = len(await desk.rows(Delivery))
    await asked(desk)
    assert (await press(desk.web, desk.world.sealer, "/peiling")).status_code == 409
    [delivery] = (await desk.rows(Delivery))[before:]
    assert delivery.address == "docent@school.example"
    [survey] = await desk.rows(Survey)
    assert (survey.year, survey.asked) == (2026, 1)
    assert survey.closes_at - survey.asked_at == STAYS_OPEN


async def test_with_nobody_on_the_list_nothing_is_asked(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        await mark_left(session, teacher, who=SYSTEM, now=desk.world.now)
    assert (await press(desk.web, desk.world.sealer, "/peiling")).status_code == 409
    assert await desk.rows(Survey) == []


async def test_an_answer_counts_once_and_leaves_nothing_about_who_gave_it(desk: Desk) -> None:
    page, outside = await asked(desk), desk.world.web
    own = (await outside.get(page.removesuffix("/peiling"))).text
    assert f'href="{page}"' in own
    shown = (await outside.get(page)).text
    assert len(re.findall("<fieldset", shown)) == len(Asks)
    lines = len(await desk.rows(JournalEntry))
    wrong = await outside.post(page, data={"handelen": "misschien"}, headers=SAME_SITE)
    assert wrong.status_code == 400
    elsewhere = await outside.post(
        page, data={"handelen": "ja"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert elsewhere.status_code == 403
    await outside.post(page, data={}, headers=SAME_SITE)
    assert await desk.rows(SurveyUse) == [], "an empty form is no answer"
    for _ in range(2):
        done = await outside.post(page, data={"handelen": "ja", "melden": "nee"}, headers=SAME_SITE)
        assert done.status_code == 303
    assert "tellen mee" in (await outside.get(page)).text
    found = {
        (one.question, one.domain, one.answer): one.count for one in await desk.rows(SurveyCount)
    }
    assert found == {
        (Asks.ACT, Domain.EDUCATION, Says.YES): 1, (Asks.REPORT, Domain.EDUCATION, Says.NO): 1,
    }  # fmt: skip
    [use] = await desk.rows(SurveyUse)
    assert set(use.model_dump()) == {"id", "survey_id", "ticket"}
    assert len(await desk.rows(JournalEntry)) == lines
    results = (await desk.web.get("/peiling")).text
    assert "n = 1)" not in results
    assert texts.TOO_FEW in results


async def test_it_closes_and_forgets_its_tickets(desk: Desk) -> None:
    page, outside = await asked(desk), desk.world.web
    await outside.post(page, data={"handelen": "ja"}, headers=SAME_SITE)
    over = desk.world.now - timedelta(minutes=1)
    async with desk.world.db.begin() as session:
        assert await forget_surveys(session, now=desk.world.now) == 0
        survey = (await session.exec(select(Survey))).one()
        survey.closes_at = over
        session.add(survey)
        await session.flush()
        assert await forget_surveys(session, now=desk.world.now) == 1
    assert await desk.rows(SurveyUse) == []
    assert len(await desk.rows(SurveyCount)) == 1, "counts stay"
    assert "peiling" not in (await outside.get(page.removesuffix("/peiling"))).text
    assert (await outside.get(page)).status_code == 410
    assert (await outside.post(page, data={"melden": "ja"}, headers=SAME_SITE)).status_code == 410
