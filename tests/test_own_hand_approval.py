"""Who worded one text by hand approves the others, and reads at once which wait for another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.chat.coordinator import texts
from bot.config import Config
from bot.evening import approving, own_said
from briefings.approval import Approved, Submitted, approve, submit
from briefings.drafting import draft_briefing
from briefings.editing import write_words
from briefings.rows import Briefing, BriefingKind, BriefingStatus, covered
from briefings.wordings import words_of
from contacts.directory import Audience, Organisation, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Content, Message, MessageKind
from contacts.people import grant
from contacts.permissions import load_actor
from contacts.records import Database
from contacts.texts import counted
from feeds.rows import Event
from tests import partner_world
from tests.briefings_cast import SETTINGS, add_person
from tests.console_desk import Desk, a_desk
from tests.outbox_world import all_deliveries
from tests.partner_world import Chat
from tests.test_part_flow import versions, waiting
from tests.wordings_world import LATER, drafted, wrote

PO = Audience.TEACHER_PO
MINE = "- Laat de telefoons in de tas."
RULES = "Liever niet"
SAID = "Docent PO keurt een ander goed: u formuleerde die zelf."
AT_DESK = "Docenten basisonderwijs keurt een ander goed: u formuleerde die zelf."


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def worded(db: Database, now: datetime) -> tuple[Chat, int]:
    """The only approver worded one text, and a coordinator handed in again; how many may read."""
    phone = await waiting(db, now)
    later = now + timedelta(minutes=5)
    async with db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        event = await session.get_one(Event, briefing.event_id)
        writer = await load_actor(session, briefing.edited_by or 0)
        mine = await load_actor(session, phone.person_id or 0)
        assert writer is not None
        assert mine is not None
        await grant(session, writer.person_id, Role.COORDINATOR, who=SYSTEM, now=now)
        writer = await load_actor(session, writer.person_id)
        assert writer is not None
        refused = await write_words(
            session, event, mine, PO, RULES, MINE, SETTINGS, allow=(), now=later
        )
        assert refused is None
        again = await submit(session, briefing, writer, SETTINGS, now=later)
        assert isinstance(again, Submitted), again
        told = await approving.ask_approvers(session, event, briefing, writer, SETTINGS, now=later)
        assert await own_said.for_nobody(session, event, briefing, SETTINGS) == [PO]
    phone.now = later
    phone.message = (await all_deliveries(db))[-1].id or 0
    return phone, told


async def test_the_request_names_the_text_and_offers_the_others(
    db: Database, now: datetime
) -> None:
    phone, told = await worded(db, now)
    assert told == 1
    # A line of its own, below whom the text reaches.
    assert f"\n<b>⚠ {SAID}</b>\n" in await phone.text()
    assert await phone.labels() == [
        texts.READ, "De andere 6 teksten goedkeuren", texts.NOT_ALL, texts.SEND_BACK,
    ]  # fmt: skip


async def test_on_a_phone_the_others_go_and_the_own_text_waits_for_another(
    db: Database, now: datetime
) -> None:
    phone, _ = await worded(db, now)
    await phone.press(counted(texts.APPROVE_OTHERS, 6))
    await phone.press(texts.UNREAD_GO)
    assert "Blijft wachten: Docent PO" in await phone.text()
    await phone.press(texts.APPROVE_SURE)
    first, rest = await versions(phone)
    assert (first.status, rest.status) == (
        BriefingStatus.DISTRIBUTED, BriefingStatus.SUBMITTED,
    )  # fmt: skip
    assert covered(rest) == (PO,)
    told = [
        form
        for message in await phone.all(Message)
        if message.kind is MessageKind.APPROVAL
        and (form := Content.from_json(message.content).telegram)
    ]
    asked = next(form for form in told if f"back:{rest.id}" in str(form.buttons))
    assert SAID in asked.text
    assert [button.text for row in asked.buttons for button in row] == [
        texts.READ, texts.SEND_BACK,
    ]  # fmt: skip
    assert await phone.text() == texts.REST_UNTOLD


async def test_the_own_text_is_no_tick_on_a_phone(db: Database, now: datetime) -> None:
    phone, _ = await worded(db, now)
    await phone.press(texts.NOT_ALL)
    assert SAID in await phone.text()
    assert not [label for label in await phone.labels() if "Docent PO" in label]
    assert counted(texts.PART_GO, 6) in await phone.labels()
    await phone.press("Ouders")
    assert counted(texts.PART_GO, 5) in await phone.labels()


@pytest.mark.parametrize("verb", ["ap1", "ap2"])
async def test_an_older_button_names_the_text_and_keeps_the_ways_on(
    db: Database, now: datetime, verb: str
) -> None:
    phone, _ = await worded(db, now)
    [version] = await versions(phone)
    await phone.tap(f"{verb}:{version.id}:{(version.content_hash or '')[:12]}:0:0")
    assert await phone.text() == f"Niet verzonden. {SAID}"
    assert counted(texts.APPROVE_OTHERS, 6) in await phone.labels()
    [version] = await versions(phone)
    assert version.status is BriefingStatus.SUBMITTED


async def at_desk(desk: Desk) -> None:
    """Whoever sits here worded one text; somebody else wrote and handed in everything."""
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).severity = 4
    await desk.fact()
    page = await desk.page("teksten/schrijven?tekst=docent_po")
    seen = page.partition('name="gezien" value="')[2].partition('"')[0]
    fields = {"gezien": seen, "tekst": PO.value, "plek": RULES, "woorden": MINE}
    assert (await desk.press("teksten/schrijven", **fields)).status_code == 303
    assert (await desk.press("indienen", versie=1)).status_code == 303
    await desk.let_approve()


async def test_the_page_names_the_text_and_lets_the_others_go(desk: Desk) -> None:
    await at_desk(desk)
    page = await desk.page("verzenden")
    assert AT_DESK in page
    assert "Dit wacht op een ander." not in page
    assert "De andere 6 teksten goedkeuren" in page
    assert f'name="tekst" value="{PO.value}"' not in page
    sure = await desk.page("goedkeuren?tekst=docent_vo_mbo")
    assert "Ja, verzenden" in sure
    briefing = (await desk.rows(Briefing))[-1]
    answer = await desk.press(
        "goedkeuren", gelezen=briefing.content_hash, tekst="docent_vo_mbo", ongelezen="ja"
    )
    assert answer.status_code == 303
    *_, first, rest = await desk.rows(Briefing)
    assert covered(first) == (Audience.TEACHER_VO_MBO,)
    assert rest.status is BriefingStatus.SUBMITTED


async def test_the_page_refuses_the_own_text_by_name_and_keeps_the_others(desk: Desk) -> None:
    await at_desk(desk)
    briefing = (await desk.rows(Briefing))[-1]
    for sure in ("goedkeuren", f"goedkeuren?tekst={PO.value}"):
        answer = await desk.web.get(f"/gebeurtenis/{desk.number}/{sure}")
        assert answer.status_code == 422
        assert AT_DESK in answer.text
        assert "Ja, verzenden" not in answer.text
        assert "De andere 6 teksten goedkeuren" in answer.text
    answer = await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert AT_DESK in answer.text
    assert "De andere 6 teksten goedkeuren" in answer.text


async def test_who_hands_in_reads_that_nobody_may_approve_a_text(desk: Desk) -> None:
    """The only approver beside who hands in wrote there: another one is needed, or other words."""
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).severity = 4
        staff = await session.get_one(Person, desk.world.staff_id)
        city = await session.get_one(Organisation, staff.organisation_id)
        approver = await add_person(session, city, "Tweede", [], telegram="5", role=Role.APPROVER)
        number = approver.id or 0
    await desk.fact()
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        mine = await load_actor(session, number)
        assert mine is not None
        assert await write_words(
            session, event, mine, PO, RULES, MINE, SETTINGS, allow=(), now=desk.world.now
        ) is None  # fmt: skip
    answer = await desk.press("indienen", versie=1)
    assert answer.headers["location"].endswith("submitted_partly")
    page = await desk.page("verzenden")
    assert "Docenten basisonderwijs kan nu niemand goedkeuren" in page
    assert "Laat de beheerder nog iemand goedkeurder maken" in page


async def test_words_that_stand_in_no_text_of_a_correction_do_not_bar_their_writer(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await wrote(session, cast, by=cast.approver)
        handed = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(handed, Submitted)
        other = replace(cast.approver, person_id=99)
        done = await approve(
            session, briefing, other, SETTINGS, expected_hash=handed.content_hash, now=LATER
        )
        assert isinstance(done, Approved), done
        later = LATER + timedelta(hours=1)
        correction = await draft_briefing(
            session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=later, wrong="het aantal",
        )  # fmt: skip
        [row] = await words_of(session, correction.id or 0)
        assert (row.written_by, row.standard) == (cast.approver.person_id, "")
        handed = await submit(
            session, correction, cast.writer, SETTINGS, now=later, is_knowing=True
        )
        assert isinstance(handed, Submitted), handed
        done = await approve(
            session, correction, cast.approver, SETTINGS, expected_hash=handed.content_hash,
            now=later,
        )  # fmt: skip
    assert isinstance(done, Approved), done
