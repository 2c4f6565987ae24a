"""The pages: read behind a link, answer, tell; and the working pages for this computer only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, col, select
from starlette.datastructures import Headers

from bot.config import Config
from bot.console.app import build_app
from bot.console.event_view import count_by
from bot.console.guarding import SECURITY_HEADERS, is_local, is_same_site
from bot.console.health import judge_beat, report
from bot.console.reading import choose_audience, fill_page
from bot.console.serving import WebServer
from bot.console.signal_form import empty_form, mark_hits, read_form
from bot.rows import Heartbeat
from bot.settings import TickSettings
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText, FactBlock
from contacts.directory import AccessLink, Audience, ChannelKind, Domain, Organisation, Person
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.links import mint_link
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, post
from contacts.tally import total
from feeds.rows import Event, EventStatus, Item, Origin, Source, Trust
from signals.person_filter import Span
from signals.rows import Need, Setting, Signal
from signals.telling import district_names

EVIL = "Onrust <script>alert(1)</script> & meer"
PLANTED = "Dennis Bakkerstra"
FORM = {
    "soort": ["geruchten", "angst_zorg"],
    "ernst": "2",
    "waar_wijk": "stad",
    "setting": "klas",
    "wanneer": "vandaag",
    "toelichting": "Veel vragen in de groep.",
}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class World:
    """One organisation with one link to one event, and the application around it."""

    db: Database
    web: httpx.AsyncClient
    sealer: Sealer
    now: datetime
    event_id: int
    organisation_id: int
    delivery_id: int
    token: str

    @property
    def page(self) -> str:
        return f"/o/{self.token}"


def client_of(db: Database, sealer: Sealer, now: datetime, **asked: Any) -> httpx.AsyncClient:
    address = asked.pop("client", ("127.0.0.1", 50_000))
    app = build_app(db, asked.pop("config", Config()), sealer, lambda: now)
    transport = httpx.ASGITransport(app=app, client=address, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420", **asked)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    sealer = Sealer(Sealer.new_key())
    async with db.begin() as session:
        organisation = Organisation(
            name="Voorbeeldcollege",
            domain=Domain.EDUCATION,
            internal_contact="zorgcoördinator <b>",
            created_at=now,
        )
        event = Event(
            title=EVIL,
            type="algemeen",
            origin=Origin.FEED,
            detected_at=now,
            status=EventStatus.CONFIRMED,
            severity=3,
            suggested_severity=3,
            reasons=[{"text": "plek <i>in</i> Arnhem", "weight": 0.5}],
        )
        session.add_all([organisation, event])
        await session.flush()
        assert organisation.id is not None
        assert event.id is not None
        person = Person(
            organisation_id=organisation.id,
            name="Docent",
            audiences=[Audience.TEACHER_VO_MBO.value],
            created_at=now,
        )
        session.add(person)
        await session.flush()
        briefing = await a_version(session, event.id, 1, now)
        delivery = await a_delivery(session, event.id, briefing.id, organisation.id, person.id, now)
        assert delivery.id is not None
        token = await mint_link(
            session,
            organisation_id=organisation.id,
            event_id=event.id,
            delivery_id=delivery.id,
            now=now,
            days=30,
        )
    async with client_of(db, sealer, now) as web:
        yield World(db, web, sealer, now, event.id, organisation.id, delivery.id, token)


async def a_version(
    session: Any,
    event_id: int,
    version: int,
    now: datetime,
    status: BriefingStatus = BriefingStatus.DISTRIBUTED,
    send_at: datetime | None = None,
) -> Briefing:
    briefing = Briefing(
        event_id=event_id,
        version=version,
        kind=BriefingKind.FIRST,
        status=status,
        facts_version=1,
        edited_at=now,
        created_at=now,
        send_at=send_at,
    )
    session.add(briefing)
    await session.flush()
    for audience in Audience:
        session.add(
            BriefingText(
                briefing_id=briefing.id,
                audience=audience,
                template="t",
                template_version="1",
                subject=f"Onderwerp {audience.value} v{version}",
                telegram="",
                plain="",
                words=3,
                html=f'<p>Tekst {audience.value} v{version}. <a href="%%LINK%%">hier</a> '
                '<a href="%%LINK%%?tekst=ouders">ouders</a> Ga naar %%INTERNAL_CONTACT%%.</p>',
            )
        )
    await session.flush()
    return briefing


async def a_delivery(
    session: Any,
    event_id: int,
    briefing_id: int | None,
    organisation_id: int,
    person_id: int | None,
    now: datetime,
    status: DeliveryStatus = DeliveryStatus.SENT,
) -> Delivery:
    to = Recipient(ChannelKind.EMAIL, "docent@school.example", person_id, organisation_id)
    [delivery] = await post(
        session,
        kind=MessageKind.BRIEFING,
        content=Content(email=EmailForm("x", "y", "z")),
        to=[to],
        event_id=event_id,
        briefing_id=briefing_id,
        now=now,
        audience=Audience.TEACHER_VO_MBO.value,
    )
    delivery.status = status
    session.add(delivery)
    await session.flush()
    return delivery


async def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    async with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in (await connection.execute(table.select())).all()]
            for table in SQLModel.metadata.sorted_tables
        }


# ---------------------------------------------------------------- reading


async def test_a_link_shows_the_text_of_its_message(world: World) -> None:
    page = await world.web.get(world.page)
    assert page.status_code == 200
    assert "Tekst docent_vo_mbo v1." in page.text
    assert "doorsturen binnen uw organisatie" in page.text
    assert "nieuwere tekst" not in page.text


async def test_another_text_is_one_link_away(world: World) -> None:
    page = await world.web.get(world.page)
    assert f'href="{world.page}?tekst=ouders"' in page.text
    parents = await world.web.get(f"{world.page}?tekst=ouders")
    assert "Tekst ouders v1." in parents.text


async def test_an_unknown_text_shows_the_own_one(world: World) -> None:
    page = await world.web.get(f"{world.page}?tekst=burgemeester")
    assert "Tekst docent_vo_mbo v1." in page.text


async def test_placeholders_become_the_links_of_the_page_and_are_escaped(world: World) -> None:
    page = await world.web.get(world.page)
    assert f'<a href="{world.page}/signaal">hier</a>' in page.text
    assert "zorgcoördinator &lt;b&gt;" in page.text
    assert "%%" not in page.text


async def test_an_older_message_leads_to_the_newest_text_and_says_so(world: World) -> None:
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now)
    page = await world.web.get(world.page)
    assert "Tekst docent_vo_mbo v2." in page.text
    assert "Er is een nieuwere tekst." in page.text


@pytest.mark.parametrize(
    ("status", "wait", "shown"),
    [
        (BriefingStatus.DRAFT, 0, "v1."),
        (BriefingStatus.SUBMITTED, 0, "v1."),
        (BriefingStatus.WITHDRAWN, 0, "v1."),
        (BriefingStatus.APPROVED, 60, "v1."),
        (BriefingStatus.APPROVED, -1, "v2."),
        (BriefingStatus.CORRECTED, 0, "v2."),
    ],
)
async def test_only_what_went_out_can_be_read(
    world: World, status: BriefingStatus, wait: int, shown: str
) -> None:
    async with world.db.begin() as session:
        send_at = world.now + timedelta(seconds=wait)
        await a_version(session, world.event_id, 2, world.now, status, send_at)
    assert f"Tekst docent_vo_mbo {shown}" in (await world.web.get(world.page)).text


async def test_without_a_text_the_page_says_so(world: World) -> None:
    async with world.db.begin() as session:
        await session.exec(text("DELETE FROM briefing_text"))  # type: ignore[call-overload]
    page = await world.web.get(world.page)
    assert page.status_code == 404
    assert "Er is nu geen tekst" in page.text


async def test_a_wrong_token_is_a_calm_404(world: World) -> None:
    for path in ("/o/AAAAAAAAAAAAAAAAAAAAAA", "/o/kort", "/o/AAAAAAAAAAAAAAAAAAAAAA/signaal"):
        page = await world.web.get(path)
        assert page.status_code == 404
        assert "Deze link werkt niet" in page.text


@pytest.mark.parametrize("end", ["expires_at", "revoked_at"])
async def test_a_link_that_is_over_is_gone_on_every_page(world: World, end: str) -> None:
    async with world.db.begin() as session:
        link = (await session.exec(select(AccessLink))).one()
        setattr(link, end, world.now)
        session.add(link)
    for path in ("", "/signaal"):
        assert (await world.web.get(world.page + path)).status_code == 410
    for path in ("/gelezen", "/begrepen"):
        assert (await world.web.post(world.page + path)).status_code == 410
    assert (await world.web.post(f"{world.page}/signaal", data=FORM)).status_code == 410


async def test_looking_changes_nothing(world: World) -> None:
    async with world.db.begin() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        delivery.status = DeliveryStatus.UNKNOWN
    before = await contents(world.db)
    for path in ("", "?tekst=ouders", "/signaal", "/dank?bon=x", "/gelezen", "/begrepen"):
        await world.web.get(world.page + path)
        await world.web.head(world.page + path)
    for path in ("/", f"/gebeurtenis/{world.event_id}", "/journaal", "/gezond", "/nee"):
        await world.web.get(path)
    assert await contents(world.db) == before


async def test_answers_are_posted_never_fetched(world: World) -> None:
    for answer in ("gelezen", "begrepen"):
        assert (await world.web.get(f"{world.page}/{answer}")).status_code == 405


# ---------------------------------------------------------------- answering


async def test_gelezen_is_noted_once_and_proves_arrival(world: World) -> None:
    async with world.db.begin() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        delivery.status = DeliveryStatus.UNKNOWN
    for _ in range(2):
        answer = await world.web.post(f"{world.page}/gelezen", headers=SAME_SITE)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(world.page)
    async with world.db.read() as session:
        rows = (await session.exec(select(Acknowledgement))).all()
        delivery = await session.get_one(Delivery, world.delivery_id)
    assert [row.kind for row in rows] == [AcknowledgementKind.READ]
    assert delivery.status is DeliveryStatus.SENT
    assert "Gelezen gemeld op" in (await world.web.get(world.page)).text


async def test_begrepen_is_noted_and_leads_back_to_the_same_text(world: World) -> None:
    answer = await world.web.post(f"{world.page}/begrepen?tekst=ouders", headers=SAME_SITE)
    assert answer.headers["location"] == f"{world.page}?tekst=ouders#antwoord"
    async with world.db.read() as session:
        kinds = (await session.exec(select(Acknowledgement.kind))).all()
    assert kinds == [AcknowledgementKind.UNDERSTOOD]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elders.example"},
    ],
)
@pytest.mark.parametrize("path", ["/gelezen", "/begrepen", "/signaal"])
async def test_a_form_of_another_site_is_refused(
    world: World, headers: dict[str, str], path: str
) -> None:
    before = await contents(world.db)
    answer = await world.web.post(world.page + path, headers=headers, data=FORM)
    assert answer.status_code == 403
    assert await contents(world.db) == before


def test_our_own_origin_and_old_browsers_are_the_same_site() -> None:
    base = "https://schakel.example"
    for said in (
        {"origin": "https://schakel.example", "host": "127.0.0.1:8420"},
        {"origin": "http://127.0.0.1:8420", "host": "127.0.0.1:8420"},
        {"origin": "null"},
        {},
    ):
        assert is_same_site(Headers(said), base_url=base)


# ---------------------------------------------------------------- telling


async def tell(world: World, **changed: Any) -> httpx.Response:
    return await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={**FORM, **changed}
    )


async def test_the_form_asks_every_field_and_prefers_the_wijk_of_the_school(world: World) -> None:
    code, name = next(iter(district_names().items()))
    async with world.db.begin() as session:
        (await session.get_one(Organisation, world.organisation_id)).district = code
    page = (await world.web.get(f"{world.page}/signaal")).text
    for field in (*FORM, "eep", "hoe_breed", "richting", "wat_gedaan", "wat_nodig", "delen"):
        assert f'name="{field}"' in page
    assert f'<option value="{code}" selected>{name}</option>' in page


async def test_a_signal_is_stored_and_the_thanks_name_the_date(world: World) -> None:
    answer = await tell(world, wat_nodig="jongerenwerk")
    assert answer.status_code == 303
    thanks = await world.web.get(answer.headers["location"])
    assert "donderdag 5 maart, 17.00 uur" in thanks.text
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert (signal.organisation_id, signal.event_id) == (world.organisation_id, world.event_id)
    assert (signal.setting, signal.need) == (Setting.CLASSROOM, Need.YOUTH_WORK)
    assert signal.reply_handle is not None
    assert "docent@school.example" in world.sealer.unseal(signal.reply_handle)
    assert "vragen" not in str(signal.note_sealed)


async def test_no_answer_is_promised_to_whoever_wants_none(world: World) -> None:
    answer = await tell(world, terugkoppeling="nee")
    assert "17.00 uur" not in (await world.web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert (signal.wants_feedback, signal.reply_handle) == (False, None)


async def test_no_answer_is_promised_where_there_is_no_way_back(world: World) -> None:
    async with world.db.begin() as session:
        token = await mint_link(
            session,
            organisation_id=world.organisation_id,
            event_id=world.event_id,
            delivery_id=None,
            now=world.now,
            days=1,
        )
    world.token = token
    assert f'action="{world.page}/gelezen' not in (await world.web.get(world.page)).text
    answer = await tell(world)
    assert "geen apart antwoord" in (await world.web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        assert not (await session.exec(select(Signal))).one().wants_feedback


async def test_telling_proves_that_the_message_arrived(world: World) -> None:
    async with world.db.begin() as session:
        (await session.get_one(Delivery, world.delivery_id)).status = DeliveryStatus.UNKNOWN
    await tell(world)
    async with world.db.read() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
    assert delivery.status is DeliveryStatus.SENT


async def test_a_made_up_receipt_shows_no_promise(world: World) -> None:
    answer = await world.web.get(f"{world.page}/dank?bon=2099-01-01")
    assert (answer.status_code, answer.headers["location"]) == (303, world.page)


async def test_a_name_comes_back_marked_and_is_stored_nowhere(world: World, tmp_path: Path) -> None:
    note = f"Volgens {PLANTED} wordt er nog iemand gezocht."
    answer = await tell(world, toelichting=note, setting="sport")
    assert answer.status_code == 422
    assert "Wij hebben niets bewaard." in answer.text
    assert "<mark>" in answer.text
    assert f"{note}</textarea>" in answer.text
    assert 'value="sport" checked' in answer.text
    assert "zorgcoördinator" in answer.text
    async with world.db.read() as session:
        assert (await session.exec(select(Signal))).first() is None
        assert await total(session, "referral") == 1
    for file in tmp_path.iterdir():
        assert b"Bakkerstra" not in file.read_bytes()


async def test_danger_now_shows_112_and_stores_nothing(world: World) -> None:
    before = await contents(world.db)
    answer = await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={"ernst": "5", "toelichting": PLANTED}
    )
    assert answer.status_code == 200
    assert "Bel 112" in answer.text
    assert PLANTED not in answer.text
    assert await contents(world.db) == before


async def test_missing_answers_are_named_and_the_rest_is_kept(world: World) -> None:
    before = await contents(world.db)
    answer = await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={"ernst": "3", "toelichting": "Rustig."}
    )
    assert answer.status_code == 422
    for field in ("soort", "waar_wijk", "setting"):
        assert f'href="#{field}"' in answer.text
    assert 'href="#ernst"' not in answer.text
    assert "Rustig.</textarea>" in answer.text
    assert await contents(world.db) == before


async def test_what_was_typed_comes_back_escaped(world: World) -> None:
    answer = await tell(world, soort=[], toelichting="</textarea><script>x</script>")
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"toelichting": ("beeld.png", b"x")}},
        {"json": FORM},
        {"data": {**FORM, "toelichting": "x" * 30_000}},
        {"data": {f"veld{n}": "x" for n in range(200)}},
        {"content": b"ernst=%ff%fe", "headers": {"Content-Type": "text/plain"}},
    ],
)
async def test_uploads_and_oversized_forms_are_refused(world: World, sent: dict[str, Any]) -> None:
    before = await contents(world.db)
    answer = await world.web.post(f"{world.page}/signaal", **sent)
    assert answer.status_code == 413
    assert await contents(world.db) == before


def test_a_note_of_281_characters_is_too_long() -> None:
    fields = {name: [value] if isinstance(value, str) else value for name, value in FORM.items()}
    districts = {"stad": "hele stad"}
    assert not read_form({**fields, "toelichting": ["a" * 280]}, districts).errors
    assert list(read_form({**fields, "toelichting": ["a" * 281]}, districts).errors) == [
        "toelichting"
    ]


def test_the_folded_part_opens_when_something_in_it_was_changed() -> None:
    districts = {"stad": "hele stad"}
    fields = {name: [value] if isinstance(value, str) else value for name, value in FORM.items()}
    assert not empty_form(None, districts).is_unfolded
    assert not read_form(fields, districts).is_unfolded
    assert read_form({**fields, "richting": ["neemt_toe"]}, districts).is_unfolded
    assert read_form({**fields, "delen": ["verzonnen"]}, districts).is_unfolded


def test_marks_cover_overlapping_hits_once_and_escape_the_rest() -> None:
    spans = [Span(2, 6, "NAAM"), Span(4, 8, "TEL"), Span(0, 2, "KLAS")]
    assert mark_hits("<>abcdefgh", spans) == "&lt;&gt;<mark>abcd</mark><mark>ef</mark>gh"


def test_the_first_wish_that_has_a_text_decides() -> None:
    there = [Audience.PARENTS, Audience.SCHOOL_LEADER]
    wishes = [None, Audience.YOUTH_WORK, Audience.SCHOOL_LEADER]
    assert choose_audience(there, wishes) is Audience.SCHOOL_LEADER
    assert choose_audience(there, [None]) is Audience.PARENTS


def test_a_bare_link_asks_for_a_signal_and_one_with_a_text_stays_on_the_page() -> None:
    html = fill_page(
        "%%LINK%% %%LINK%%?tekst=x %%INTERNAL_CONTACT%%",
        page="/o/t",
        signal="/o/t/signaal",
        internal_contact=None,
    )
    assert html == "/o/t/signaal /o/t?tekst=x het aanspreekpunt binnen uw organisatie"


# ---------------------------------------------------------------- working pages


async def an_item(world: World) -> None:
    async with world.db.begin() as session:
        source = Source(
            key="omroep",
            name="Omroep <Oost>",
            url="https://omroep.example/rss",
            trust=Trust.REGIONAL,
            next_poll_at=world.now,
            failures=9,
            error="html",
        )
        session.add(source)
        await session.flush()
        for guid, link in (("1", "https://omroep.example/1"), ("2", "javascript:alert(1)")):
            session.add(
                Item(
                    source_id=source.id,
                    guid=guid,
                    title=EVIL,
                    link=link,
                    content_hash=guid,
                    first_seen_at=world.now,
                    polled_at=world.now,
                    event_id=world.event_id,
                )
            )


async def test_feed_titles_and_reasons_are_escaped(world: World) -> None:
    await an_item(world)
    for path in ("/", f"/gebeurtenis/{world.event_id}"):
        page = (await world.web.get(path)).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert "&lt;i&gt;" in page
    assert "Omroep &lt;Oost&gt;" in page
    assert "javascript:" not in page
    assert 'href="https://omroep.example/1"' in page


async def test_the_event_page_shows_seven_texts_without_anybodys_link(world: World) -> None:
    page = (await world.web.get(f"/gebeurtenis/{world.event_id}")).text
    assert page.count("<details") == len(Audience)
    assert "%%" not in page
    assert world.token not in page


async def test_small_numbers_of_organisations_stay_vague(world: World) -> None:
    await tell(world)
    page = (await world.web.get(f"/gebeurtenis/{world.event_id}")).text
    assert "Van 1-2 organisaties." in page
    assert "Voorbeeldcollege" not in page
    assert "Veel vragen in de groep" not in page


def test_one_organisation_counts_once_however_often_it_tells() -> None:
    pairs = [("angst", 1)] * 12 + [("boosheid", n) for n in range(3)]
    assert count_by(pairs) == [("boosheid", "3"), ("angst", "1-2")]


async def test_vandaag_names_everything_that_waits(world: World) -> None:
    await an_item(world)
    async with world.db.begin() as session:
        session.add(
            Event(
                title="Melding",
                type="algemeen",
                origin=Origin.FEED,
                detected_at=world.now,
                alerted_at=world.now,
                suggested_severity=3,
            )
        )
        await a_version(session, world.event_id, 2, world.now, BriefingStatus.SUBMITTED)
        (await session.get_one(Delivery, world.delivery_id)).status = DeliveryStatus.UNKNOWN
        session.add(
            Message(
                kind=MessageKind.UPDATE,
                status=MessageStatus.HALTED,
                event_id=world.event_id,
                content={},
                created_at=world.now,
                send_at=world.now,
            )
        )
        session.add(
            Signal(
                event_id=world.event_id,
                organisation_id=1,
                domain=Domain.EDUCATION,
                received_at=world.now,
                district="stad",
                setting=Setting.CLASSROOM,
                kinds=["steun"],
                severity=1,
                answer_due_at=world.now - timedelta(days=1),
            )
        )
        session.add(Heartbeat(name="feeds", at=world.now - timedelta(hours=1)))
    page = (await world.web.get("/")).text
    waiting = (
        "Melding wacht op een besluit", "wachten op goedkeuring", "1 onzeker bericht",
        "1 signaal zonder antwoord", "Gestopt: update", "Het lezen van nieuws staat stil",
        "Bron geeft geen nieuws",
    )  # fmt: skip
    places = [page.index(line) for line in waiting]
    assert places == sorted(places)


async def test_an_empty_list_says_what_is_normal(db: Database, now: datetime) -> None:
    async with client_of(db, Sealer(Sealer.new_key()), now) as web:
        page = (await web.get("/")).text
    assert "Niets te doen." in page
    assert "Er loopt geen gebeurtenis." in page


async def test_a_snoozed_alert_waits_until_its_hour(world: World) -> None:
    async with world.db.begin() as session:
        session.add(
            Event(
                title="Melding",
                type="algemeen",
                origin=Origin.FEED,
                detected_at=world.now,
                alerted_at=world.now,
                snoozed_until=world.now + timedelta(hours=1),
            )
        )
    assert "wacht op een besluit" not in (await world.web.get("/")).text


async def test_the_journal_shows_codes_in_dutch_and_unknown_ones_as_they_are(world: World) -> None:
    async with world.db.begin() as session:
        write_journal(
            session,
            who=SYSTEM,
            action="event_confirmed",
            subject="event:1",
            now=world.now,
            detail={"from": "detected", "to": "confirmed", "ids": [4, 5, 6]},
        )
        session.add(JournalEntry(at=world.now, actor="person:3", action="zomaar", subject="x:1"))
    page = (await world.web.get("/journaal")).text
    for words in (
        "gebeurtenis bevestigd", "gebeurtenis 1", "detected → confirmed, ids: 3", "persoon 3",
        "zomaar",
    ):  # fmt: skip
        assert words in page


async def test_the_journal_is_cut_at_200_lines(world: World) -> None:
    async with world.db.begin() as session:
        for number in range(230):
            write_journal(session, who=SYSTEM, action="x", subject=f"event:{number}", now=world.now)
    page = (await world.web.get("/journaal")).text
    assert page.count("<tr>") == 201
    assert "gebeurtenis 229" in page


@pytest.mark.parametrize("number", ["999", "9" * 30, "0"])
async def test_an_event_that_is_not_there_is_a_404(world: World, number: str) -> None:
    assert (await world.web.get(f"/gebeurtenis/{number}")).status_code == 404


async def test_health_is_503_until_everything_beats(world: World) -> None:
    assert (await world.web.get("/gezond")).status_code == 503
    async with world.db.begin() as session:
        session.add(Heartbeat(name="feeds", at=world.now - timedelta(seconds=5)))
    good = await world.web.get("/gezond")
    assert (good.status_code, good.json()["beats"]) == (
        200, [{"name": "feeds", "age_s": 5, "late": False}],
    )  # fmt: skip
    async with world.db.begin() as session:
        session.add(Heartbeat(name="alerts", at=world.now - timedelta(minutes=10)))
    assert (await world.web.get("/gezond")).status_code == 503


def test_a_part_is_late_at_its_own_pace(now: datetime) -> None:
    ticks = TickSettings()
    hour_ago = now - timedelta(hours=1)
    assert judge_beat("feeds", hour_ago, ticks, now=now).is_late
    assert judge_beat("poller", hour_ago, ticks, now=now).is_late
    assert not judge_beat("tidy", hour_ago, ticks, now=now).is_late
    assert report([])["ok"] is False


# ---------------------------------------------------------------- who may look, and headers


WORKING = ("/", "/gebeurtenis/1", "/journaal", "/gezond")


@pytest.mark.parametrize("path", WORKING)
@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"Host": "rebinding.example"}),
        ("127.0.0.1", {"Host": "schakel.example"}),
        ("127.0.0.1", {"Host": "[oeps"}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
    ],
)
async def test_working_pages_are_for_this_computer_only(
    world: World, path: str, client: str, headers: dict[str, str]
) -> None:
    asked = {"client": (client, 1), "headers": headers}
    async with client_of(world.db, world.sealer, world.now, **asked) as web:
        answer = await web.get(path)
        assert answer.status_code == 403
        assert EVIL[:6] not in answer.text
        assert (await web.get(world.page)).status_code == 200


def test_the_listening_address_counts_only_while_it_is_this_computer() -> None:
    assert is_local(Headers({"host": "127.0.0.2:8420"}), client="::1", listen_host="127.0.0.2")
    assert is_local(Headers({"host": "[::1]:8420"}), client="::1", listen_host="::1")
    assert not is_local(Headers({"host": "0.0.0.0"}), client="127.0.0.1", listen_host="0.0.0.0")
    assert not is_local(Headers({"host": "localhost"}), client=None, listen_host="127.0.0.1")


async def test_every_answer_carries_the_headers_and_no_cookie(world: World) -> None:
    answers = [
        await world.web.get(path)
        for path in (
            *WORKING, world.page, f"{world.page}/signaal", "/nee", "/o/kort", "/gezond",
            "/static/schakel.css", "/static/schakel.svg", "/static/nee.css",
        )
    ]  # fmt: skip
    answers += [
        await world.web.post("/"), await world.web.post(f"{world.page}/gelezen"),
        await world.web.post(f"{world.page}/gelezen", headers={"Sec-Fetch-Site": "cross-site"}),
        await tell(world), await tell(world, ernst="5"), await tell(world, soort=[]),
    ]  # fmt: skip
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value, answer.url
        assert "set-cookie" not in answer.headers
        kept = answer.url.path.startswith("/static/")
        assert answer.headers["Cache-Control"] == ("no-cache" if kept else "no-store")


async def test_our_own_fault_is_a_calm_page_with_the_same_headers(world: World) -> None:
    async with world.db.begin() as session:
        await session.exec(text("DROP TABLE heartbeat"))  # type: ignore[call-overload]
    answer = await world.web.get("/gezond")
    assert answer.status_code == 500
    assert "Dit ligt niet aan u." in answer.text
    assert "heartbeat" not in answer.text
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


async def test_no_page_asks_for_anything_from_elsewhere_or_runs_a_script(world: World) -> None:
    for path in ("/", f"/gebeurtenis/{world.event_id}", world.page, f"{world.page}/signaal"):
        page = (await world.web.get(path)).text
        for bad in ("<script", " style=", "<img", "@import", " onclick", 'src="http'):
            assert bad not in page
    assert "http" not in (await world.web.get("/static/schakel.css")).text.replace(
        "http://www.w3.org/2000/svg", ""
    )


async def test_an_exercise_says_so_on_every_page(world: World) -> None:
    async with world.db.begin() as session:
        (await session.get_one(Event, world.event_id)).is_exercise = True
    for path in (world.page, f"{world.page}/signaal", f"/gebeurtenis/{world.event_id}"):
        page = (await world.web.get(path)).text
        assert "<strong>OEFENING.</strong>" in page
        assert '<body class="oefening">' in page
    assert "OEFENING.</strong>" not in (await world.web.get("/")).text
    config = Config(is_exercise=True)
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        assert "OEFENING.</strong>" in (await web.get("/")).text


async def test_a_signal_to_an_exercise_is_one_too(world: World) -> None:
    async with world.db.begin() as session:
        (await session.get_one(Event, world.event_id)).is_exercise = True
    await tell(world)
    async with world.db.read() as session:
        assert (await session.exec(select(Signal))).one().is_exercise


async def test_times_are_those_of_amsterdam(world: World) -> None:
    async with world.db.begin() as session:
        session.add(
            FactBlock(
                event_id=world.event_id,
                neutral_title="Gebeurtenis, 3 maart",
                as_of=world.now,
                next_update_at=world.now + timedelta(hours=4),
                edited_at=world.now,
            )
        )
    page = (await world.web.get("/")).text
    assert "dinsdag 3 maart, 17.42 uur" in page
    assert "update 21.42 uur" in page
    assert "Gebeurtenis, 3 maart" in page


async def test_acknowledgements_count_per_kind(world: World) -> None:
    await world.web.post(f"{world.page}/gelezen", headers=SAME_SITE)
    page = (await world.web.get("/")).text
    assert "<b>1</b> gelezen" in page
    assert "<b>0</b> begrepen" in page
    async with world.db.read() as session:
        found = await session.exec(
            select(Acknowledgement).where(col(Acknowledgement.event_id) == world.event_id)
        )
        assert found.one().delivery_id == world.delivery_id


# ---------------------------------------------------------------- serving


async def test_the_server_tells_its_port_answers_and_stops(db: Database, now: datetime) -> None:
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now)
    server = WebServer(app, host="127.0.0.1", port=0)
    await server.start()
    try:
        assert server.ready.is_set()
        assert server.port > 0
        async with httpx.AsyncClient() as web:
            answer = await web.get(f"{server.address}/")
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        await server.stop()
        await server.stop()


async def test_a_port_in_use_is_an_error_and_not_the_end_of_the_house(
    db: Database, now: datetime
) -> None:
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now)
    first = WebServer(app, host="127.0.0.1", port=0)
    await first.start()
    second = WebServer(app, host="127.0.0.1", port=first.port)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await second.stop()
    await first.stop()
