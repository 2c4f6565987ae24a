"""A question from practice and a good example: told like a signal, and counted apart."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from bot.chat.render import render
from bot.chat.texts import QUESTION_OVER
from bot.rows import Conversation
from bot.tidying import forget_what_is_over
from contacts.directory import Domain, LinkPurpose, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.meeting import ContactCount, Way
from contacts.outbox import Content, Delivery, Message, MessageKind
from contacts.records import Database
from signals.assessing import proposal_for, signals_about
from signals.counting import values_of
from signals.duiding import alike
from signals.feedback import close_signal, summarise
from signals.phases import Phase, propose
from signals.picture import picture_of, trend, weak_signals
from signals.promises import interim_text, send_interims
from signals.rows import (
    Eep,
    OutcomeCode,
    Setting,
    Signal,
    SignalCount,
    SignalKind,
    SignalStatus,
    ToldAs,
)
from signals.settings import PhaseSettings, SignalSettings
from signals.telling import district_names
from tests.asking_practice import WORDS, ask
from tests.console_world import PLANTED, SAME_SITE, World, a_world, contents
from tests.helping import reached
from tests.partner_world import CONFIG, SEALER, Chat, a_partner, an_event


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


def told(now: datetime, organisation: int, told_as: ToldAs, **more: object) -> Signal:
    values: dict[str, object] = {
        "district": "WK020207", "kinds": [], "severity": 1, "setting": Setting.OTHER,
    } | more  # fmt: skip
    return Signal(
        organisation_id=organisation, domain=list(Domain)[organisation % 5], received_at=now,
        answer_due_at=now, told_as=told_as, **values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "told_as", "name"),
    [
        ("/vraag", ToldAs.QUESTION, "Vraag van de praktijk"),
        ("/voorbeeld", ToldAs.EXAMPLE, "Positief voorbeeld"),
    ],
)
async def test_one_sentence_and_one_tap_and_the_same_promise(
    school: Chat, command: str, told_as: ToldAs, name: str
) -> None:
    await school.command(command)
    assert name in await school.text()
    await school.write(WORDS)
    await school.press("Versturen")
    assert "U krijgt uiterlijk" in await school.text()
    [signal] = await school.all(Signal)
    assert (signal.told_as, signal.kinds, signal.event_id) == (told_as, [], None)
    assert SEALER.unseal(signal.note_sealed) == WORDS
    assert signal.reply_handle is not None
    assert await school.all(Conversation) == []
    [count] = await school.all(ContactCount)
    assert (count.to_domain, count.way) == (Domain.MUNICIPALITY, Way.TOLD)


async def test_nothing_joins_the_asker_to_the_question(school: Chat) -> None:
    await school.command("/vraag")
    await school.write(WORDS)
    await school.press("Versturen")
    for row in await school.all(Delivery):
        assert row.person_id is None
        assert "4242" not in row.address
    assert {line.actor for line in await school.all(JournalEntry)} == {"system"}
    assert WORDS not in json.dumps([row.content for row in await school.all(Message)])


async def test_words_about_a_person_are_kept_nowhere(school: Chat) -> None:
    await school.command("/vraag")
    await school.write(f"Wat doe ik met {PLANTED} in de groep?")
    assert "Wij hebben niets bewaard" in await school.text()
    assert "uw vraag of voorbeeld" in await school.text()
    assert await school.all(Signal) == []
    assert await school.count("referral") == 1
    await school.write(WORDS)
    await school.press("Versturen")
    assert len(await school.all(Signal)) == 1


async def test_it_can_be_about_an_event_that_the_school_heard_of(school: Chat) -> None:
    event = await an_event(school)
    await school.command("/vraag")
    await school.write(WORDS)
    assert not any("bij" in label for label in await school.labels())
    with pytest.raises(ValueError, match="no such event"):
        await school.tap(f"vw:{event}")
    await reached(school, school.person_id or 0, event)
    await school.command("/vraag")
    await school.write(WORDS)
    await school.press("Versturen bij")
    [signal] = await school.all(Signal)
    assert signal.event_id == event


async def test_a_button_of_an_older_question_sends_nothing(school: Chat) -> None:
    await school.command("/vraag")
    await school.write(WORDS)
    old = school.message
    await school.command("/voorbeeld")
    await school.tap("vw:0", message=old)
    assert school.toast == QUESTION_OVER
    assert await school.all(Signal) == []


async def own_page(world: World) -> str:
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        token = await mint_person_link(session, person.id or 0, LinkPurpose.OWN_PAGE, now=world.now)
    return f"/p/{token}"


@pytest.mark.parametrize("place", ["own", "event"])
async def test_the_page_takes_it_without_a_script(world: World, place: str) -> None:
    page = await own_page(world) if place == "own" else world.page
    html = (await world.web.get(f"{page}/vertel")).text
    assert "<script" not in html
    once = re.search(r'name="eenmalig" value="([^"]+)"', html)
    assert once is not None
    fields = {"wat": "voorbeeld", "tekst": WORDS, "eenmalig": once[1], "terugkoppeling": "ja"}
    for _ in range(2):
        answer = await world.web.post(f"{page}/vertel", data=fields, headers=SAME_SITE)
        assert answer.status_code == 303
    thanks = (await world.web.get(answer.headers["location"])).text
    assert "Wij hebben het ontvangen" in thanks
    async with world.db.read() as session:
        [signal] = (await session.exec(select(Signal))).all()
    assert signal.told_as is ToldAs.EXAMPLE
    assert signal.event_id == (None if place == "own" else world.event_id)


async def test_the_page_gives_a_person_back_marked(world: World) -> None:
    fields = {"wat": "praktijkvraag", "tekst": f"Hoe help ik {PLANTED} verder?"}
    answer = await world.web.post(f"{world.page}/vertel", data=fields, headers=SAME_SITE)
    assert answer.status_code == 422
    assert f"<mark>{PLANTED}</mark>" in answer.text
    assert PLANTED not in str(await contents(world.db))


async def test_an_incomplete_form_keeps_nothing(world: World) -> None:
    before = await contents(world.db)
    for fields in (
        {"wat": "signaal", "tekst": WORDS}, {"wat": "praktijkvraag", "tekst": "  "},
        {"wat": "praktijkvraag", "tekst": "x" * 281},
    ):  # fmt: skip
        answer = await world.web.post(f"{world.page}/vertel", data=fields, headers=SAME_SITE)
        assert answer.status_code == 422
    assert await contents(world.db) == before


async def test_the_inbox_names_it_and_asks_for_an_answer_only(world: World) -> None:
    signal = await ask(world)
    inbox = (await world.desk.get("/signalen")).text
    assert "Vraag van de praktijk" in inbox
    assert "1 merkbaar" not in inbox
    page = (await world.desk.get(f"/signaal/{signal.id}")).text
    assert "Antwoord aan de melder" in page
    assert "Hoe ernstig vindt u het?" not in page
    assert "Actie of wachten" not in page
    done = await world.press(f"/signaal/{signal.id}", uitkomst="F", zin="Er staat een les klaar.")
    assert done.status_code == 303
    async with world.db.read() as session:
        found = await session.exec(select(Message).where(col(Message.kind) == MessageKind.FEEDBACK))
        mail = Content.from_json(found.one().content).email
    assert mail is not None
    assert world.sealer.unseal(mail.subject) == "Antwoord op uw vraag"
    assert "uw signaal" not in world.sealer.unseal(mail.text)


async def test_late_and_interim_words_speak_of_a_question(world: World) -> None:
    signal = await ask(world)
    assert interim_text(signal, 5).startswith("Over uw vraag van")
    async with world.db.begin() as session:
        await send_interims(session, sealer=world.sealer, now=world.now + timedelta(days=4))


def test_however_many_they_are_the_phase_stays(now: datetime) -> None:
    beside = [
        told(now, number, one, eep=Eep.EVIDENCED, severity=4, kinds=[SignalKind.ANGER.value])
        for number in range(20)
        for one in (ToldAs.QUESTION, ToldAs.EXAMPLE)
    ]
    proposal = propose(beside, PhaseSettings(), now=now, event_severity=5)
    assert (proposal.phase, proposal.reasons) == (Phase.NORMAL, ())
    as_signals = [signal.model_copy(update={"told_as": ToldAs.SIGNAL}) for signal in beside]
    assert propose(as_signals, PhaseSettings(), now=now, event_severity=5).phase is Phase.UNREST


def test_the_picture_counts_them_apart_by_organisation(now: datetime) -> None:
    signals = [
        told(now, 1, ToldAs.SIGNAL, kinds=[SignalKind.FEAR.value]),
        *(told(now, number, ToldAs.QUESTION) for number in (1, 2, 3, 3)),
        told(now, 4, ToldAs.EXAMPLE),
    ]
    picture = picture_of(signals, day_of=str, names=district_names())
    alone = picture_of(signals[:1], day_of=str, names=district_names())
    assert (picture.questions, picture.examples) == ("3", "1-2")
    assert picture.charts == alone.charts
    assert (picture.organisations, picture.days) == (alone.organisations, alone.days)
    assert picture.by_district == alone.by_district
    assert trend(signals, now=now) == trend(signals[:1], now=now)
    for signal in signals:
        signal.status = SignalStatus.CLOSED
    assert weak_signals(signals) == signals[:1]


def test_no_answer_for_many_and_no_line_in_the_closing_text_counts_them(now: datetime) -> None:
    signals = [told(now, number, ToldAs.QUESTION) for number in range(3)]
    assert alike(signals) == []
    done = summarise(signals)
    assert (done.signals, done.organisations, done.still_open) == (0, 0, 3)
    assert list(values_of(signals[0])) == [("vorm", "praktijkvraag")]


async def test_the_pages_say_so_and_the_proposal_of_the_event_is_untouched(world: World) -> None:
    await ask(world)
    await ask(world, "voorbeeld")
    page = (await world.desk.get(f"/gebeurtenis/{world.event_id}/beeld")).text
    assert "<strong>1-2</strong> met een vraag van de praktijk" in page
    assert "Er zijn geen signalen." in page
    async with world.db.read() as session:
        assert len(await signals_about(session, world.event_id, is_exercise=False)) == 2
        proposal = await proposal_for(
            session, world.event_id, PhaseSettings(), is_exercise=False, now=world.now
        )
    assert proposal.reasons == ()


async def test_old_ones_become_counts_that_are_no_signals(world: World) -> None:
    signal = await ask(world)
    async with world.db.begin() as session:
        assert signal.id is not None
        await close_signal(
            session, signal.id, OutcomeCode.F, "Er staat een les klaar.", who=SYSTEM,
            sealer=world.sealer, now=world.now,
        )  # fmt: skip
        old = world.now - timedelta(days=200)
        await session.exec(update(Signal).values(received_at=old, event_id=None))
    async with world.db.begin() as session:
        await forget_what_is_over(session, SignalSettings(), now=world.now)
        assert (await session.exec(select(Signal))).all() == []
        rows = (await session.exec(select(SignalCount))).all()
    assert [(row.dimension, row.value, row.signals) for row in rows] == [
        ("vorm", "praktijkvraag", 1)
    ]


async def test_a_teacher_finds_the_command_where_they_begin(school: Chat) -> None:
    for template in ("partner/welcome.html", "no_question_open.html"):
        assert "/vraag" in render(template, settings=CONFIG.briefings, remark=""), template
    await school.command("/help")
    assert "/vraag: een vraag uit uw werk stellen aan de gemeente. U krijgt antwoord." in (
        await school.text()
    )
    await school.command("/signaal")
    assert "Hebt u zelf een vraag uit uw werk? Typ /vraag." in await school.text()
    handbook = Path(__file__).parents[1] / "docs" / "handleiding.md"
    _, _, of_readers = handbook.read_text("utf-8").partition("## Als u een briefing krijgt")
    assert "Typ `/vraag`" in of_readers
