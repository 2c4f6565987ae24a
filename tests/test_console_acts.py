"""Acts at the desk: they take effect, they refuse, and they never hide what is being sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from bot.console import live, texts
from bot.console.drafts import marks_of
from bot.console.evaluation import promises_of
from bot.console.event_view import strips_of
from bot.console.live import LiveDesk
from bot.console.picture import shade
from bot.console.previews import word_changes
from bot.console.reach import read_reach
from bot.console.spans import spoken
from bot.evening.starting import later_moment
from briefings.learning.pace import Sent, moments_of
from briefings.moments import clock
from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Fact,
    FactBlock,
    FactKind,
)
from contacts.directory import Audience, Domain, Organisation, Person
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageStatus
from contacts.records import Database
from feeds.events import ItemView
from feeds.rows import Event, EventStatus, Trust
from signals.picture import bars
from tests.console_desk import FACT, Desk, a_desk
from tests.console_world import press

PERSON = "Dennis Bakkerstra uit 3B"


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
        (BriefingStatus.DISTRIBUTED, True, (texts.OLD_MARK,)),
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


async def test_a_refused_fact_comes_back_in_its_form_and_is_kept_nowhere(desk: Desk) -> None:
    refused = await desk.fact(f"{PERSON} is aangehouden.")
    assert refused.status_code == 422
    assert "Dennis" in refused.text
    assert all("Dennis" not in fact.text for fact in await desk.rows(Fact))


async def test_a_link_to_somebodys_profile_is_not_kept(desk: Desk) -> None:
    await desk.press(
        "feiten", soort="bevestigd", tekst=FACT, bron="politie",
        link="https://www.facebook.com/dennis.bakkerstra",
    )  # fmt: skip
    assert all(not fact.source_link for fact in await desk.rows(Fact))


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


async def test_resending_takes_only_what_is_uncertain(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        found = await session.exec(
            select(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.event_id) == desk.number)
        )
        mine = found.all()
        mine[0].status = DeliveryStatus.UNKNOWN
        ident = mine[0].id
    assert "Opnieuw sturen naar 1 onzekere" in await desk.page("verzenden")
    assert (await desk.press("opnieuw", versie=1, bericht=ident)).status_code == 303
    assert (await desk.press("opnieuw", versie=1, bericht=ident)).status_code == 409


async def test_the_reach_is_that_of_what_was_sent(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    assert "Van versie 1" in await desk.page("bereik")


async def test_the_reach_of_every_version_stays_a_press_away(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="afsluiting")
    await desk.send(2)
    page = await desk.page("bereik")
    assert "Van versie 2" in page
    assert 'href="?versie=1"' in page
    first = await desk.page("bereik?versie=1")
    assert "Van versie 1, eerste bericht" in first
    assert 'hx-get="/gebeurtenis/' in first
    assert "bereik?versie=1&amp;blad=1" in first or "bereik?versie=1&blad=1" in first
    assert "Van versie 2" in await desk.page("bereik?versie=9")


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


async def test_a_correction_waits_for_the_open_draft_and_loses_nothing(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    refused = await desk.press("correctie", feit=fact.id, onderwerp="het onderzoek")
    assert refused.status_code == 422
    again = next(f for f in await desk.rows(Fact) if f.text == FACT)
    assert again.withdrawn_at is None
    await desk.press("intrekken", versie=2)
    assert (
        await desk.press("correctie", feit=fact.id, onderwerp="het onderzoek")
    ).status_code == 303


async def test_the_brake_takes_back_at_once_even_while_another_text_is_written(
    desk: Desk,
) -> None:
    await desk.fact()
    assert "Schadelijk?" not in await desk.page("teksten")
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    assert "Schadelijk?" in await desk.page("teksten")
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    given = {"feit": fact.id, "onderwerp": "het onderzoek"}
    assert "Zet een vinkje" in (await desk.press("trek-in", **given)).text
    refused = await desk.press("trek-in", feit=fact.id, onderwerp=PERSON, zeker="ja")
    assert refused.status_code == 422
    assert (await desk.press("trek-in", **given, zeker="ja")).status_code == 303
    first, second = (b for b in await desk.rows(Briefing) if b.event_id == desk.number)
    assert (first.status, second.kind) == (BriefingStatus.RETRACTED, BriefingKind.RETRACTION)
    assert second.status is BriefingStatus.DISTRIBUTED
    again = await desk.press("trek-in", **given, zeker="ja")
    assert (again.status_code, "al ingetrokken" in again.text) == (422, True)
    assert len([b for b in await desk.rows(Briefing) if b.event_id == desk.number]) == 2


async def kader(desk: Desk, **fields: str) -> None:
    [block] = [b for b in await desk.rows(FactBlock) if b.event_id == desk.number]
    given = {"neutral_title": block.neutral_title, "versie": block.version, **fields}
    assert (await desk.press("kader", **given)).status_code == 303


@pytest.mark.parametrize(
    ("part", "fields", "words"),
    [
        ("band", {"local_tie": "Leerlingen uit de stad waren erbij."}, "Leerlingen uit de stad"),
        (
            "duiding",
            {"meaning": "Ik leef mee.", "meaning_speaker": "De burgemeester"},
            "Ik leef mee",
        ),
        ("titel", {"neutral_title": "Onrust rond de flat"}, "Onrust rond de flat"),
        ("alles", {}, FACT),
    ],
)
async def test_not_only_sentences_can_be_taken_back(
    desk: Desk, part: str, fields: dict[str, str], words: str
) -> None:
    await desk.fact()
    await kader(desk, **fields)
    await desk.send(1)
    given = {"feit": part, "onderwerp": "de omgeving", "zeker": "ja"}
    assert f'value="{part}"' in await desk.page("teksten")
    assert (await desk.press("trek-in", **given)).status_code == 303
    first, second = (b for b in await desk.rows(Briefing) if b.event_id == desk.number)
    assert (first.status, second.kind) == (BriefingStatus.RETRACTED, BriefingKind.RETRACTION)
    said = [t for t in await desk.rows(BriefingText) if t.briefing_id == second.id]
    assert not any(words in text.html + text.telegram for text in said)
    again = await desk.press("trek-in", **given)
    assert (again.status_code, "al ingetrokken" in again.text) == (422, True)


async def test_a_correction_of_the_whole_text_keeps_the_facts(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    begun = await desk.press("correctie", feit="alles", onderwerp="een telefoonnummer")
    assert begun.status_code == 303
    await desk.send(2)
    first, second = (b for b in await desk.rows(Briefing) if b.event_id == desk.number)
    assert (first.status, second.kind) == (BriefingStatus.CORRECTED, BriefingKind.CORRECTION)
    assert FACT in await desk.page("teksten")


async def test_removing_what_was_sent_asks_whether_it_was_wrong(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    asked = await desk.press("feiten/weg", feit=fact.id)
    assert asked.status_code == 422
    assert f"/teksten?fout={fact.id}#correctie" in asked.text
    assert (await desk.rows(Fact))[-1].withdrawn_at is None
    chosen = await desk.web.get(f"/gebeurtenis/{desk.number}/teksten?fout={fact.id}")
    assert f'value="{fact.id}" selected' in chosen.text
    assert (await desk.press("feiten/weg", feit=fact.id, achterhaald="ja")).status_code == 303
    gone = next(f for f in await desk.rows(Fact) if f.id == fact.id)
    assert gone.withdrawn_at is not None


async def test_what_was_not_known_may_just_go(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    unknown = next(f for f in await desk.rows(Fact) if f.kind is FactKind.UNKNOWN)
    assert (await desk.press("feiten/weg", feit=unknown.id)).status_code == 303


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


@pytest.mark.parametrize(
    ("hours", "is_offered"), [(-1, False), (3, False), (13, True)], ids=["past", "today", "morning"]
)
def test_a_later_moment_is_offered_over_the_night_only(
    now: datetime, hours: int, is_offered: bool
) -> None:
    before = now + timedelta(hours=hours)
    assert (later_moment(before, now) is not None) is is_offered


async def test_a_measure_may_hold_for_some_readers_only(desk: Desk) -> None:
    given = {
        "tekst": "De school sluit om 15.00 uur.", "for_whom": "leerlingen", "where": "de wijk",
        "from_": "vandaag 15.00 uur", "decided_by": "gemeente", "applies": "ja",
    }  # fmt: skip
    done = await desk.press("maatregel", **given, **{"lezer-ouders": "ja"})
    assert done.status_code == 303
    said = {text.audience: text.plain for text in await desk.rows(BriefingText)}
    assert "Geldt voor u: ja." in said[Audience.PARENTS]
    assert "Geldt voor u: nee." in said[Audience.POLICE_DISTRICT]
    assert "Ouders" in await desk.page("feiten")


async def test_a_refused_brake_leaves_everything_as_it_was(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    given = {"feit": fact.id, "zeker": "ja"}
    refused = await desk.press("trek-in", onderwerp="de afkomst van de verdachte", **given)
    assert refused.status_code == 422
    assert FACT in refused.text
    [version] = [b for b in await desk.rows(Briefing) if b.event_id == desk.number]
    assert version.status is BriefingStatus.DISTRIBUTED
    assert (await desk.press("trek-in", onderwerp="het onderzoek", **given)).status_code == 303


async def test_nothing_rides_along_with_the_brake_that_nobody_approved(desk: Desk) -> None:
    await desk.fact()
    await desk.fact("De gemeente opent een punt voor vragen.")
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    async with desk.world.db.begin() as session:
        session.add(
            Fact(
                event_id=desk.number, kind=FactKind.CONFIRMED, text="Er zijn vier agenten gewond.",
                source_name="politie", created_at=desk.world.now + timedelta(minutes=5),
            )
        )  # fmt: skip
    fact = next(f for f in await desk.rows(Fact) if f.text == FACT)
    done = await desk.press("trek-in", feit=fact.id, onderwerp="het onderzoek", zeker="ja")
    assert done.status_code == 303
    [sent] = [b for b in await desk.rows(Briefing) if b.kind is BriefingKind.RETRACTION]
    told = [text.plain for text in await desk.rows(BriefingText) if text.briefing_id == sent.id]
    assert len(told) == 7
    assert not any("vier agenten" in text or FACT in text for text in told)
    assert any("punt voor vragen" in text for text in told)


async def test_a_fact_beside_somebody_elses_says_so(desk: Desk) -> None:
    await desk.fact()
    beside = await desk.press(
        "feiten", soort="onbekend", tekst="Hoe lang het duurt.", bron="", versie=1
    )
    assert "fact_added_beside" in beside.headers["location"]


@pytest.mark.parametrize(("typed", "status"), [("22.15", 303), ("22:15", 303), ("25.00", 422)])
async def test_the_next_update_is_a_clock_time(desk: Desk, typed: str, status: int) -> None:
    assert (await desk.press("volgende-update", tijd=typed)).status_code == status


async def test_the_picture_and_the_evaluation_of_an_event_answer(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert "Er zijn geen signalen" in await desk.page("beeld")
    page = await desk.page("evaluatie")
    assert "Goedgekeurd" in page
    assert "Er waren geen signalen." in page


def test_word_changes_show_what_went_and_what_came() -> None:
    html = str(word_changes("Er zijn drie mensen <b>", "Er zijn twee mensen <b>"))
    assert html == "Er zijn <del>drie</del><ins>twee</ins> mensen &lt;b&gt;"


def test_one_and_two_organisations_are_drawn_alike() -> None:
    drawn = {bar.label: (bar.width, bar.shown) for bar in bars([("a", 1), ("b", 1), ("b", 2)])}
    assert drawn["a"] == drawn["b"] == (100.0, "1-2")
    assert [shade(count) for count in (0, 1, 2, 3, 5, 6)] == [0, 1, 1, 2, 2, 3]


async def test_a_person_counts_once_by_the_best_that_is_known(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        school = await session.get_one(Organisation, teacher.organisation_id)
        for name in ("Tweede", "Derde"):
            session.add(
                Person(
                    organisation_id=school.id or 0, name=name, audiences=list(teacher.audiences),
                    created_at=desk.world.now,
                )
            )  # fmt: skip
        [second] = (await session.exec(select(Person).where(col(Person.name) == "Tweede"))).all()
        briefing = (
            await session.exec(
                select(Briefing).where(
                    col(Briefing.event_id) == desk.number, col(Briefing.version) == 1
                )
            )
        ).one()
        [first] = (
            await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(
                    col(Delivery.person_id) == teacher.id,
                    col(Message.briefing_id) == briefing.id,
                )
            )
        ).all()
        first.status = DeliveryStatus.FAILED
        again = first.model_dump(exclude={"id"})
        for person, status in ((teacher, DeliveryStatus.UNKNOWN), (second, DeliveryStatus.SENT)):
            session.add(
                Delivery(
                    **{**again, "person_id": person.id, "status": status,
                       "address": f"{person.id}@school.example"}
                )
            )  # fmt: skip
    async with desk.world.db.read() as session:
        visit: Any = SimpleNamespace(session=session)
        rows = await read_reach(visit, [briefing], is_exercise=False)
    [row] = [row for row in rows if row.name == school.name]
    assert (row.people, row.sent, row.unknown, row.failed, row.without) == (3, 1, 1, 0, 1)


async def test_the_reach_shows_a_hundred_organisations_a_leaf_and_the_missed_apart(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        for number in range(120):
            school = Organisation(
                name=f"Zuid {number:03}", domain=Domain.EDUCATION, created_at=desk.world.now
            )
            session.add(school)
            await session.flush()
            session.add(
                Person(
                    organisation_id=school.id or 0, name="x", audiences=["ouders"],
                    created_at=desk.world.now,
                )
            )  # fmt: skip
    first, second = await desk.page("bereik"), await desk.page("bereik?blad=2")
    assert "Blad 1 van 2" in first
    assert ("Zuid 119" in first, "Zuid 119" in second) == (False, True)
    assert "Zuid 119" in await desk.page("bereik?alleen=gemist&blad=99")
    assert (await desk.web.get(f"/gebeurtenis/{desk.number}/bereik?blad=x²")).status_code == 200


def test_the_steps_of_an_evening_stand_in_their_order(now: datetime) -> None:
    event = Event(
        title="x", type="algemeen", origin="feed", status=EventStatus.CONFIRMED,
        detected_at=now, alerted_at=now + timedelta(seconds=2),
        confirmed_at=now + timedelta(minutes=2),
    )  # fmt: skip
    moments = moments_of(event, [], Sent(None, None))
    assert [moment.took for moment in moments] == [
        None, timedelta(seconds=2), timedelta(seconds=118),
    ]  # fmt: skip
    spans = (timedelta(seconds=2), timedelta(minutes=72), timedelta(days=3))
    assert [spoken(span) for span in spans] == ["2 s", "1 u 12 min", "3 dagen"]
    assert promises_of([], now=now).median_h is None


async def test_open_pages_hear_of_changes_also_after_the_store_was_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(live, "PING_EVERY_S", 0.01)
    board = LiveDesk(desk.world.db)
    fails = [True]
    read = desk.world.db.read

    def sometimes() -> Any:
        if fails.pop() if fails else False:
            raise OperationalError("select", {}, Exception("away"))
        return read()

    monkeypatch.setattr(desk.world.db, "read", sometimes)
    async with aclosing(board.follow("/", "Coördinator")) as stream:
        heard = b""
        while heard.count(b"event: veranderd") < 1:
            heard += await anext(stream)
        await asyncio.sleep(0.1)
        await desk.fact()
        while heard.count(b"event: veranderd") < 2:
            heard += await anext(stream)
    await board.close()
    assert board.streams == 0


def test_reports_stand_on_the_line_of_their_newsroom(now: datetime) -> None:
    def item(source: str, minutes: int) -> ItemView:
        at = now + timedelta(minutes=minutes)
        return ItemView(1, "x", "", source, Trust.REGIONAL, at, at)

    strips = strips_of([item("b", 10), item("a", 0), item("b", 40)])
    assert [(s.source, list(s.places)) for s in strips] == [("a", [0.0]), ("b", [25.0, 100.0])]
    assert strips_of([item("a", 0)]) == []


async def test_two_hundred_pages_that_go_away_at_once_leave_nothing_behind(desk: Desk) -> None:
    board = LiveDesk(desk.world.db)

    async def look() -> None:
        async with aclosing(board.follow("/", "Coördinator")) as stream:
            async for _ in stream:
                pass

    pages = [asyncio.create_task(look()) for _ in range(200)]
    await asyncio.sleep(0)
    assert board.streams == 200
    for page in pages[:150]:
        page.cancel()
    await asyncio.gather(*pages[:150], return_exceptions=True)
    assert board.streams == 50
    await board.close()
    await asyncio.gather(*pages[150:])
    assert board.streams == 0


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
        assert f'href="/gebeurtenis/{desk.number}/goedkeuren"' not in page
        assert "Terug met opmerking" in page, "who waits may still take it back"
    await desk.let_approve()
    page = await desk.page("verzenden")
    assert "Dit wacht op een ander." not in page
    assert f'href="/gebeurtenis/{desk.number}/goedkeuren"' in page
