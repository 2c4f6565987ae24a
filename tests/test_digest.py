"""The rondbrief: from data, without small numbers, approved by somebody else, sent once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.config import Config
from bot.console.digest_desk import digest_content
from bot.console.pages import PLAIN_COOKIE
from bot.console.sessions import start_session
from bot.digest_reminding import remind_of_digest
from briefings.learning.digest_draft import Data, draft_of, period_in_words, read_data
from briefings.learning.digest_rows import Digest, DigestStatus
from briefings.learning.digests import is_ready, last_period, period_named, why_not
from briefings.learning.rows import Lesson, LessonStatus
from contacts.directory import ChannelKind, Domain, LinkPurpose, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Delivery, Message, Priority
from contacts.people import grant, open_channel
from contacts.records import Database
from contacts.settings import ContactSettings
from feeds.kalender import Foreseen
from signals.help_rows import HelpKind, HelpTopic
from signals.looking_back import OUTCOME, Told
from signals.quarters import Month, Quarter, quarter_of
from signals.rows import OutcomeCode
from tests.console_desk import Desk, a_desk
from tests.console_world import client_of, press

STAFF = ("Coördinator", "Tweede")
K4 = Quarter(2025, 4)
OFFICE = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def told(**codes: int) -> Told:
    many = Counter({OutcomeCode[code].value: count for code, count in codes.items()})
    return Told(Counter({Domain.EDUCATION: sum(codes.values())}), {OUTCOME: many})


FULL = Data(
    told=told(A=5, D=1, E=4, F=9, G=3, B=2, C=8),
    events=2,
    lessons=["De mail gaat voortaan voor acht uur weg."],
    help_open={(HelpKind.OFFERED, topic): 4 for topic in HelpTopic},
    help_done=6,
    meetings=[date(2026, 2, 12)],
    moments=[Foreseen(date(2026, 2, 18), "ramadan", "Begin van de ramadan")],
)


def test_a_draft_passes_the_checks_that_an_edited_one_must_pass() -> None:
    for data in (FULL, Data(Told())):
        text = draft_of(K4, data, ())
        digest = Digest(period=K4.name, title="Wat wij deden met wat u vertelde", text=text,
                        edited_at=OFFICE)  # fmt: skip
        assert why_not(digest.title, text) is None
        assert is_ready(digest)
    assert "oktober tot en met december 2025" in draft_of(K4, FULL, ())
    assert "18 februari" in draft_of(K4, FULL, ())


@given(st.integers(1, 2), st.sampled_from(OutcomeCode))
def test_a_small_number_stays_vague(count: int, code: OutcomeCode) -> None:
    one = Data(told(**{code.name: count}), help_open={(HelpKind.ASKED, HelpTopic.ROOM): count})
    text = draft_of(K4, one, ()).replace("2025", "")
    assert f": {count}." not in text
    assert "1-2" in text or "1–2" in text


def test_a_moment_that_names_a_person_is_left_out() -> None:
    data = Data(Told(), moments=[Foreseen(date(2026, 2, 18), "x", "Proces tegen Jan de Vries")])
    assert "Vries" not in draft_of(K4, data, ())


def test_months_and_quarters_have_names_and_ends() -> None:
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert last_period("kwartaal", now) == K4
    assert last_period("maand", now) == Month(2025, 12)
    assert last_period("niet", now) is None
    assert Month(2025, 12).end == Month(2026, 1).begin
    assert period_in_words(Month(2025, 12)) == "december 2025"
    for period in (K4, Month(2025, 12), Month(2026, 1)):
        assert period_named(period.name) == period
        assert period.before.next == period
    assert period_named("2026-13") is None


def test_the_chat_and_the_mail_say_the_same_and_lead_to_the_own_page() -> None:
    content = digest_content("Titel", "Dit <b>hoorden</b> wij:\n- een\n- twee\nKlaar.")
    assert content.telegram is not None
    assert content.email is not None
    assert "• een\n• twee" in content.telegram.text
    assert "<ul><li>een</li><li>twee</li></ul><p>Klaar.</p>" in content.email.html
    assert "<b>hoorden" not in content.email.html + content.telegram.text
    assert "%%OWN_PAGE%%/rondbrief" in content.email.text


async def another(desk: Desk, role: Role) -> httpx.AsyncClient:
    """Somebody else of the municipality, signed in."""
    world = desk.world
    async with world.db.begin() as session:
        staff = await session.get_one(Person, world.staff_id)
        person = Person(organisation_id=staff.organisation_id, name="Tweede", created_at=world.now)
        session.add(person)
        await session.flush()
        await grant(session, person.id or 0, role, who=SYSTEM, now=world.now)
        token = await start_session(session, person.id or 0, now=world.now)
    return client_of(world.db, world.sealer, world.now, cookies={PLAIN_COOKIE: token})


async def the_digest(desk: Desk) -> Digest:
    [digest] = await desk.rows(Digest)
    assert isinstance(digest, Digest)
    return digest


async def drafted(desk: Desk) -> None:
    assert (await press(desk.web, desk.world.sealer, "/rondbrief")).status_code == 303


async def test_it_is_written_read_by_another_and_sent_once(desk: Desk) -> None:
    seal = desk.world.sealer
    await drafted(desk)
    assert (await press(desk.web, seal, "/rondbrief")).status_code == 409, "one for each quarter"
    new = {"titel": "Rondbrief", "tekst": "Wij hoorden u.\n\n- Er is gebeld.", "gezien": "1"}
    assert (await press(desk.web, seal, "/rondbrief/1/opslaan", **new)).status_code == 303
    assert (await press(desk.web, seal, "/rondbrief/1/opslaan", **new)).status_code == 409
    handed = await press(desk.web, seal, "/rondbrief/1/indienen", gezien="2")
    assert handed.headers["location"].endswith("klaar=digest_nobody")
    assert (await the_digest(desk)).text == "Wij hoorden u.\n- Er is gebeld."
    own = await press(desk.web, seal, "/rondbrief/1/goedkeuren", gezien="2")
    assert own.status_code == 422, "who wrote does not approve"
    assert (await the_digest(desk)).status is DigestStatus.SUBMITTED
    before = len(await desk.rows(Delivery))
    async with await another(desk, Role.APPROVER) as second:
        assert "één keer naar 1 contact" in (await second.get("/rondbrief/1")).text
        stale = await press(second, seal, "/rondbrief/1/goedkeuren", gezien="1")
        assert stale.status_code == 409
        for status in (303, 409):
            sent = await press(second, seal, "/rondbrief/1/goedkeuren", gezien="2")
            assert sent.status_code == status
    [delivery] = (await desk.rows(Delivery))[before:]
    assert delivery.address == "docent@school.example"
    assert delivery.priority == Priority.DIGEST
    digest = await the_digest(desk)
    assert (digest.status, digest.asked) == (DigestStatus.SENT, 1)
    moves = [e.action for e in await desk.rows(JournalEntry) if e.subject == "digest:1"]
    assert moves == ["digest_drafted", "digest_written", "digest_submitted", "digest_sent"]


async def test_whoever_may_approve_it_and_did_not_write_it_hears_that_it_waits(desk: Desk) -> None:
    await drafted(desk)
    async with await another(desk, Role.APPROVER):
        async with desk.world.db.begin() as session:
            found = await session.exec(select(Person).where(col(Person.name).in_(STAFF)))
            for person in found.all():
                address = f"{person.name[:2].lower()}@gemeente.example"
                await open_channel(
                    session, person, ChannelKind.EMAIL, address, rank=1, now=desk.world.now
                )
        handed = await press(desk.web, desk.world.sealer, "/rondbrief/1/indienen", gezien="1")
    assert handed.headers["location"].endswith("klaar=digest_submitted")
    assert [one.address for one in await desk.rows(Delivery)][-1] == "tw@gemeente.example"
    assert "co@gemeente.example" not in {one.address for one in await desk.rows(Delivery)}


async def test_whoever_wrote_it_once_never_approves_it_after_it_came_back(desk: Desk) -> None:
    seal = desk.world.sealer
    await drafted(desk)
    new = {"titel": "Rondbrief", "tekst": "Wij hoorden u.", "gezien": "1"}
    await press(desk.web, seal, "/rondbrief/1/opslaan", **new)
    async with await another(desk, Role.COORDINATOR) as second:
        await press(second, seal, "/rondbrief/1/indienen", gezien="2")
        back = await press(desk.web, seal, "/rondbrief/1/terug", gezien="2")
        assert back.status_code == 303
        await press(second, seal, "/rondbrief/1/indienen", gezien="3")
    assert (await press(desk.web, seal, "/rondbrief/1/goedkeuren", gezien="3")).status_code == 422


@pytest.mark.parametrize(
    ("tekst", "why"),
    [
        ("Jan de Vries van de Kerkstraat 4 is aangehouden.", "persoon"),
        ("Kijk op %%SIGN_IN%% voor meer.", "code tussen"),
        ("x" * 2801, "2800"),
    ],
)
async def test_words_that_may_not_be_kept_are_not_kept(desk: Desk, tekst: str, why: str) -> None:
    await drafted(desk)
    before = await the_digest(desk)
    answer = await press(
        desk.web, desk.world.sealer, "/rondbrief/1/opslaan", titel="T", tekst=tekst, gezien="1"
    )
    assert answer.status_code == 422
    assert why in answer.text
    assert await the_digest(desk) == before


async def test_words_that_a_rule_blocks_are_not_handed_in(desk: Desk) -> None:
    await drafted(desk)
    seal = desk.world.sealer
    words = {"titel": "T", "tekst": "De verdachten zijn asielzoekers.", "gezien": "1"}
    assert (await press(desk.web, seal, "/rondbrief/1/opslaan", **words)).status_code == 303
    assert (await press(desk.web, seal, "/rondbrief/1/indienen", gezien="2")).status_code == 422
    assert (await the_digest(desk)).status is DigestStatus.DRAFT


async def test_a_member_reads_it_on_the_own_page_once_it_went(desk: Desk) -> None:
    world = desk.world
    async with world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        token = await mint_person_link(
            session, teacher.id or 0, LinkPurpose.OWN_PAGE, now=world.now
        )
        session.add(
            Digest(id=1, period="2025-K4", title="Rondbrief", text="Wij <i>hoorden</i> u.",
                   status=DigestStatus.DRAFT, edited_at=world.now)
        )  # fmt: skip
    page = f"/p/{token}"
    assert (await world.web.get(f"{page}/rondbrief")).status_code == 404
    assert "rondbrief" not in (await world.web.get(page)).text
    async with world.db.begin() as session:
        digest = await session.get_one(Digest, 1)
        digest.status, digest.sent_at = DigestStatus.SENT, world.now
    assert "Wij &lt;i&gt;hoorden" in (await world.web.get(f"{page}/rondbrief")).text
    assert f'href="{page}/rondbrief"' in (await world.web.get(page)).text


async def test_only_what_was_done_in_its_time_and_world_is_in_it(desk: Desk) -> None:
    inside, world = K4.begin + timedelta(days=3), desk.world
    async with world.db.begin() as session:
        session.add_all(
            Lesson(
                event_id=desk.number, change=change, owner="school", due=date(2026, 1, 1),
                status=LessonStatus.DONE, made_at=inside, settled_at=at, is_exercise=played,
            )
            for change, at, played in (
                ("Eerder bellen", inside, False), ("Later", K4.end, False), ("Spel", inside, True),
            )
        )  # fmt: skip
        for to, played in (("geregeld", False), ("ingetrokken", False), ("geregeld", True)):
            session.add(
                JournalEntry(at=inside, actor="system", action="help_ended", subject="help_entry:1",
                             detail={"from": "open", "to": to, "exercise": played})
            )  # fmt: skip
    async with world.db.read() as session:
        data = await read_data(session, K4, (), is_exercise=False, now=world.now)
        drill = await read_data(session, K4, (), is_exercise=True, now=world.now)
    assert list(data.lessons) == ["Eerder bellen"]
    assert (data.help_done, drill.help_done) == (1, 1)


async def test_only_events_of_which_a_text_went_out_are_said_to_have_sent_one(desk: Desk) -> None:
    """One that was confirmed and about which nothing went out told members nothing."""
    world, quarter = desk.world, quarter_of(desk.world.now)

    async def counted() -> int:
        async with world.db.read() as session:
            data = await read_data(session, quarter, (), is_exercise=False, now=world.now)
        return data.events

    await desk.fact()
    before = await counted()
    await desk.send(1)
    assert await counted() == before + 1
    await desk.press("nieuwe-versie", soort="update")
    await desk.send(2)
    assert await counted() == before + 1, "an event counts once, however many texts it had"
    assert "Over zo veel gebeurtenissen stuurden wij u een bericht: 2." in draft_of(K4, FULL, ())


async def test_coordinators_are_reminded_once_a_week_until_it_went(desk: Desk) -> None:
    db, config = desk.world.db, Config()
    async with db.begin() as session:
        person = await session.get_one(Person, desk.world.staff_id)
        person.created_at = OFFICE - timedelta(days=300)
        session.add(person)
        await open_channel(
            session, person, ChannelKind.EMAIL, "co@gemeente.example", rank=1, now=desk.world.now
        )

    async def remind(at: datetime, config: Config = config) -> int:
        async with db.begin() as session:
            return await remind_of_digest(session, config, now=at)

    assert await remind(OFFICE - timedelta(days=12)) == 0, "the first week is for making it"
    assert await remind(OFFICE.replace(hour=20)) == 0, "in the evening"
    off = Config(contacts=ContactSettings(digest="niet"))
    assert await remind(OFFICE, off) == 0
    assert await remind(OFFICE) == 1
    assert await remind(OFFICE + timedelta(days=1)) == 0
    assert await remind(OFFICE + timedelta(days=7)) == 1
    async with db.begin() as session:
        session.add(
            Digest(period="2026-K1", title="T", text="T", status=DigestStatus.SENT,
                   edited_at=OFFICE, sent_at=OFFICE)
        )  # fmt: skip
    assert await remind(OFFICE + timedelta(days=14)) == 0


async def test_one_that_waits_stands_on_vandaag_until_it_went(desk: Desk) -> None:
    seal, asked = desk.world.sealer, "Een rondbrief wacht op goedkeuring"
    await drafted(desk)
    assert asked not in (await desk.web.get("/")).text
    async with await another(desk, Role.APPROVER) as second:
        async with desk.world.db.begin() as session:
            found = await session.exec(select(Person).where(col(Person.name) == "Tweede"))
            await open_channel(
                session, found.one(), ChannelKind.TELEGRAM, "987", rank=1, now=desk.world.now
            )
        assert (await press(desk.web, seal, "/rondbrief/1/indienen", gezien="1")).status_code == 303
        told = [one for one in await desk.rows(Delivery) if one.address == "987"]
        assert [one.kind for one in told] == [ChannelKind.TELEGRAM]
        [message] = [one for one in await desk.rows(Message) if one.id == told[0].message_id]
        assert asked in message.content["telegram"]["text"]
        page = (await second.get("/")).text
        assert asked in page
        assert 'href="/rondbrief/1"' in page
        await press(second, seal, "/rondbrief/1/goedkeuren", gezien="1")
        assert asked not in (await second.get("/")).text
