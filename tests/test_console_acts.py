"""What a coordinator does at the desk: an event, facts, texts, handing in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import update

from bot.backup.aftercare import RESTORED
from bot.console import printing_texts, texts
from bot.console.drafts import marks_of
from bot.console.journal_details import said_of
from bot.console.previews import word_changes
from bot.evening.starting import later_moment
from briefings.moments import clock, moment
from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    Fact,
)
from contacts.directory import Audience, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Message, MessageStatus
from contacts.people import grant, revoke
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import FACT, PERSON, Desk, a_desk
from tests.console_world import press


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_an_event_started_at_the_desk_has_seven_texts_at_once(desk: Desk) -> None:
    page = await desk.page("teksten")
    assert page.count('id="tekst-') == len(Audience)


async def test_a_name_in_the_title_opens_nothing_and_stays_in_the_form(desk: Desk) -> None:
    before = len(await desk.rows(Event))
    refused = await press(
        desk.web, desk.world.sealer, "/gebeurtenis/nieuw",
        soort="algemeen", titel=f"{PERSON} aangehouden", plaats="", ernst="3", leiding="gemeente",
    )  # fmt: skip
    assert refused.status_code == 422
    assert "Dennis" in refused.text
    assert len(await desk.rows(Event)) == before


async def test_a_fact_reaches_every_text(desk: Desk) -> None:
    assert (await desk.fact()).status_code == 303
    assert (await desk.page("teksten")).count(FACT) >= len(Audience)


async def test_facts_have_changes_and_texts_have_versions(desk: Desk) -> None:
    """Two numbers beside each other need two names."""
    await desk.fact()
    page = await desk.page("feiten")
    assert re.search(r"wijziging \d+ van de feiten", page)
    assert not re.search(r"[Vv]ersie \d", page)
    [entry] = [one for one in await desk.rows(JournalEntry) if one.action == "fact_added"]
    assert "wijziging van de feiten: " in said_of(entry.detail)
    assert "versie" not in said_of(entry.detail)


async def test_a_fact_carries_the_hour_of_its_source(desk: Desk, now: datetime) -> None:
    at = now - timedelta(hours=3)
    stored = await desk.press(
        "feiten", soort="bevestigd", tekst=FACT, bron="politie", tijd=clock(at)
    )
    assert stored.status_code == 303
    [fact] = [fact for fact in await desk.rows(Fact) if fact.text == FACT]
    assert clock(fact.source_at) == clock(at)
    assert f"(politie, {clock(at)} uur)" in await desk.page("teksten")
    refused = await desk.press("feiten", soort="bevestigd", tekst=FACT, bron="OM", tijd="straks")
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("status", "newer", "marks"),
    [
        (BriefingStatus.SUBMITTED, False, (texts.DRAFT_MARK,)),
        (BriefingStatus.DISTRIBUTED, False, ()),
        (BriefingStatus.DISTRIBUTED, True, (printing_texts.OLD_MARK,)),
        (BriefingStatus.CORRECTED, True, (texts.CORRECTED_MARK,)),
        (BriefingStatus.RETRACTED, True, (texts.RETRACTED_MARK,)),
    ],
)
def test_a_printed_version_says_above_the_text_what_became_of_it(
    now: datetime, status: BriefingStatus, newer: bool, marks: tuple[str, ...]
) -> None:
    old, new = (
        Briefing(
            event_id=1, version=number, kind=BriefingKind.FIRST, status=stands,
            facts_version=1, edited_at=now, created_at=now,
        )
        for number, stands in ((1, status), (2, BriefingStatus.DISTRIBUTED))
    )  # fmt: skip
    assert marks_of(old, [old, new] if newer else [old]) == marks


def test_a_printed_version_of_something_closed_says_so_without_alarm(now: datetime) -> None:
    first, closing, invitation = (
        Briefing(
            event_id=1, version=number, kind=kind, status=BriefingStatus.DISTRIBUTED,
            facts_version=1, edited_at=now, created_at=now, distributed_at=now,
        )
        for number, kind in enumerate(
            (BriefingKind.FIRST, BriefingKind.CLOSING, BriefingKind.LOOK_BACK), 1
        )
    )  # fmt: skip
    versions = [first, closing, invitation]
    assert marks_of(first, versions) == (printing_texts.CLOSED_MARK.format(moment=moment(now)),)
    assert marks_of(closing, versions) == ()
    assert marks_of(invitation, versions) == ()


async def test_a_refused_fact_comes_back_in_its_form_and_is_kept_nowhere(desk: Desk) -> None:
    refused = await desk.fact(f"{PERSON} is aangehouden.")
    assert refused.status_code == 422
    assert "Dennis" in refused.text
    assert all("Dennis" not in fact.text for fact in await desk.rows(Fact))


async def test_a_refused_form_is_where_the_reader_lands(desk: Desk) -> None:
    """On a phone the form stands far down the page."""
    assert "autofocus" not in await desk.page("feiten")
    refused = (await desk.fact("Er was een knal bij de moskee aan de Testlaan.")).text
    assert "Deze regel wijst één gebedshuis aan." in refused
    [field] = re.findall(r"<input[^>]* autofocus[^>]*>", refused)
    assert 'id="tekst"' in field


async def test_an_approver_who_waits_reads_what_comes_and_not_that_she_hands_in(
    desk: Desk, now: datetime
) -> None:
    await desk.fact()
    assert "Lees de teksten en dien ze in." in await desk.page("verzenden")
    async with desk.world.db.begin() as session:
        staff = desk.world.staff_id
        await grant(session, staff, Role.APPROVER, who=SYSTEM, now=now)
        await revoke(session, staff, Role.COORDINATOR, who=SYSTEM, now=now)
    page = await desk.page("verzenden")
    assert "dan krijgen de goedkeurders bericht" in page
    assert "dien ze in" not in page


async def test_a_link_to_somebodys_profile_is_not_kept(desk: Desk) -> None:
    await desk.press(
        "feiten", soort="bevestigd", tekst=FACT, bron="politie",
        link="https://www.facebook.com/dennis.bakkerstra",
    )  # fmt: skip
    assert all(not fact.source_link for fact in await desk.rows(Fact))


async def test_after_a_back_up_going_on_says_first_who_gets_it_once_more(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("stoppen", versie=1)).status_code == 303
    page = await desk.page("verzenden")
    assert "Ga door met verzenden" in page
    assert "(herhaling)" not in page
    async with desk.world.db.begin() as session:
        await session.exec(update(Message).values(halt_reason=RESTORED))
    page = await desk.page("verzenden")
    assert "met “(herhaling)” erboven" in page
    assert page.index("(herhaling)") < page.index("Ja, ga door")
    assert (await desk.press("doorgaan", versie=1)).status_code == 303


async def test_what_is_being_sent_can_be_stopped_while_a_newer_draft_is_open(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    page = await desk.page("verzenden")
    assert "Stop het verzenden" in page
    assert (await desk.press("stoppen", versie=1)).status_code == 303
    messages = [m for m in await desk.rows(Message) if m.briefing_id is not None]
    mine = [m for m in messages if m.event_id == desk.number]
    assert {m.status for m in mine} == {MessageStatus.HALTED}
    assert (await desk.press("stoppen", versie=1)).status_code == 409
    assert (await desk.press("doorgaan", versie=1)).status_code == 303
    assert (await desk.press("stoppen", versie=2)).status_code == 409


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("update", "Zet de nieuwe of juiste feiten erin"),
        ("afsluiting", "Het concept van de afsluiting staat klaar. Lees het na"),
    ],
)
async def test_a_new_draft_says_what_it_asks_of_the_writer(
    desk: Desk, kind: str, said: str
) -> None:
    await desk.fact()
    await desk.send(1)
    begun = await desk.press("nieuwe-versie", soort=kind)
    assert said in (await desk.web.get(begun.headers["location"])).text


async def test_a_stale_page_hands_in_nothing(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=7)).status_code == 404
    [briefing] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert briefing.status is BriefingStatus.DRAFT


async def test_an_approval_of_another_text_is_refused(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    refused = await desk.press("goedkeuren", gelezen="0" * 64)
    assert refused.status_code == 422
    assert "Er is iets veranderd" in refused.text


async def test_a_remark_or_a_subject_about_a_person_is_refused(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    refused = await desk.press("terugsturen", opmerking=f"Dit gaat over {PERSON}.")
    assert refused.status_code == 422
    assert (await desk.press("terugsturen", opmerking="Korter graag.")).status_code == 303
    await desk.send(1)
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    refused = await desk.press("correctie", feit=fact.id, onderwerp=PERSON)
    assert refused.status_code == 422
    kept = [f"{b.wrong} {b.sent_back_reason}" for b in await desk.rows(Briefing)]
    assert all("Dennis" not in text for text in kept)


async def test_today_says_with_which_remark_texts_came_back_until_they_are_handed_in(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    long = "De tweede zin is te <lang>.\n" + "Maak er twee van. " * 12 + "Einde."
    assert (await desk.press("terugsturen", opmerking=long)).status_code == 303
    today = (await desk.web.get("/")).text
    assert "Teksten kwamen terug met een opmerking: " in today
    assert "Teksten zijn nog concept" not in today
    assert "opmerking: “De tweede zin is te &lt;lang&gt;. Maak er twee van." in today
    assert "Einde." not in today
    await desk.press("indienen", versie=1)
    today = (await desk.web.get("/")).text
    assert "Teksten wachten op goedkeuring" in today
    assert "opmerking: “" not in today


async def test_a_text_approved_for_later_waits_for_its_moment(desk: Desk, now: datetime) -> None:
    await desk.fact()
    await desk.press("volgende-update", tijd=clock(now - timedelta(hours=1)))
    assert (await desk.press("indienen", versie=1)).status_code == 303
    [bound] = [b.content_hash for b in await desk.rows(Briefing) if b.event_id == desk.number]
    at = now + timedelta(hours=6)
    refused = await desk.press("goedkeuren", gelezen=bound, tijd="straks")
    assert refused.status_code == 422
    assert (await desk.press("goedkeuren", gelezen=bound, tijd=clock(at))).status_code == 303
    [briefing] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert briefing.status is BriefingStatus.APPROVED
    assert clock(briefing.send_at) == clock(at)
    waiting = [m for m in await desk.rows(Message) if m.briefing_id == briefing.id]
    assert {message.send_at for message in waiting} == {briefing.send_at}


async def test_at_night_the_page_sends_now_unless_the_button_of_the_morning_is_pressed(
    desk: Desk, now: datetime
) -> None:
    await desk.fact()
    await desk.press("volgende-update", tijd=clock(now - timedelta(hours=1)))
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.send_before = morning = now + timedelta(hours=13)
    await desk.press("indienen", versie=1)
    page = (await desk.web.get(f"/gebeurtenis/{desk.number}/goedkeuren")).text
    assert re.search(r'<input[^>]*name="tijd"[^>]*value=""', page), "nothing is filled in"
    assert f'name="om" value="{clock(morning)}">Ja, verzenden om {clock(morning)}</button>' in page
    assert page.index("Ja, verzenden</button>") < page.index("Ja, verzenden om")
    [bound] = [b.content_hash for b in await desk.rows(Briefing) if b.event_id == desk.number]
    refused = await desk.press("goedkeuren", gelezen=bound, om="straks")
    assert refused.status_code == 422
    pressed = await desk.press("goedkeuren", gelezen=bound, om=clock(morning))
    assert pressed.status_code == 303
    [briefing] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert clock(briefing.send_at) == clock(morning)


@pytest.mark.parametrize(
    ("hours", "is_offered"), [(-1, False), (3, False), (13, True)], ids=["past", "today", "morning"]
)
def test_a_later_moment_is_offered_over_the_night_only(
    now: datetime, hours: int, is_offered: bool
) -> None:
    before = now + timedelta(hours=hours)
    assert (later_moment(before, now) is not None) is is_offered


async def test_a_fact_beside_somebody_elses_says_so(desk: Desk) -> None:
    await desk.fact()
    beside = await desk.press(
        "feiten", soort="onbekend", tekst="Hoe lang het duurt.", bron="", versie=1
    )
    assert "fact_added_beside" in beside.headers["location"]


@pytest.mark.parametrize(("typed", "status"), [("22.15", 303), ("22:15", 303), ("25.00", 422)])
async def test_the_next_update_is_a_clock_time(desk: Desk, typed: str, status: int) -> None:
    assert (await desk.press("volgende-update", tijd=typed)).status_code == status


def test_word_changes_show_what_went_and_what_came() -> None:
    html = str(word_changes("Er zijn drie mensen <b>", "Er zijn twee mensen <b>"))
    assert html == "Er zijn <del>drie</del><ins>twee</ins> mensen &lt;b&gt;"


async def test_who_handed_in_is_told_to_wait_instead_of_offered_a_button(desk: Desk) -> None:
    """From this severity on somebody else approves; the button would only be refused."""
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.severity = 4
    await desk.fact()
    await desk.press("indienen", versie=1)
    for step in ("verzenden", "goedkeuren"):
        page = await desk.page(step)
        assert "Dit wacht op een ander." in page
        assert "Ja, verzenden" not in page
        assert f'href="/gebeurtenis/{desk.number}/goedkeuren#' not in page
        assert "Terug met opmerking" in page, "who waits may still take it back"
    await desk.let_approve()
    page = await desk.page("verzenden")
    assert "Dit wacht op een ander." not in page
    assert f'href="/gebeurtenis/{desk.number}/goedkeuren#vraag"' in page
