"""Correcting and taking back at the desk: at once, whole, and nothing rides along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Fact,
    FactBlock,
    FactKind,
)
from contacts.directory import Audience, Person, Role
from contacts.journal import SYSTEM
from contacts.people import revoke
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import FACT, PERSON, Desk, a_desk
from tests.console_world import a_colleague


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


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


async def test_where_an_approver_takes_back_the_page_says_so_and_has_no_form(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.severity = 3
        await revoke(session, desk.world.staff_id, Role.APPROVER, who=SYSTEM, now=desk.world.now)
    assert "Trek nu in" in await desk.page("teksten")
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).severity = 4
    assert "Er staat geen goedkeurder op de lijst." in await desk.page("teksten")
    async with desk.world.db.begin() as session:
        other = await a_colleague(session, "Burgemeester", (Role.APPROVER,), desk.world.now)
        (await session.get_one(Person, other)).phone = "026 1234"
    page = await desk.page("teksten")
    assert "Bel nu een goedkeurder." in page
    assert "<li>Burgemeester, 026 1234</li>" in page
    assert "Trek nu in" not in page
    await desk.let_approve()
    assert "Trek nu in" in await desk.page("teksten")


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
    asked = await desk.press("indienen", versie=2)
    assert asked.status_code == 422
    assert "Er staat nog niet wat wél klopt. Toch indienen?" in asked.text
    await desk.send(2, zeker="ja")
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
