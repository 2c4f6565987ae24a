"""Seven texts from one fact block: the right form, quickly, for every reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import UndefinedError

from briefings import render
from briefings.closing import closing_lines
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.facts import add_fact, open_facts
from briefings.plaintext import chat_length, read_blocks, to_plain
from briefings.render import (
    CityLineView,
    FactLine,
    Form,
    choose_form,
    render_text,
    subject_line,
)
from briefings.rows import (
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Fact,
    FactKind,
)
from briefings.sheets import printable_link, source_text
from contacts.directory import Audience, Domain
from contacts.records import Database
from contacts.texts import EXERCISE_SUBJECT
from signals.feedback import ToldAndDone, summarise
from signals.rows import OutcomeCode, Setting, Signal, SignalStatus
from signals.texts import DID, DID_NOT
from tests.briefings_cast import NOW, SETTINGS, UNCHECKED, facts_for, sure, the_cast
from tests.briefings_sheets import a_sheet


async def drafted(db: Database, kind: BriefingKind = BriefingKind.FIRST) -> list[BriefingText]:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        briefing = await draft_briefing(
            session, cast.event, kind=kind, settings=SETTINGS, editor_id=1, now=NOW
        )
        return await texts_of(session, briefing.id or 0)


async def test_seven_texts_in_the_order_of_the_audiences_without_remarks(db: Database) -> None:
    texts = await drafted(db)
    assert [text.audience for text in texts] == list(Audience)
    assert {text.audience: text.remarks for text in texts if text.remarks} == {}


async def test_seven_texts_are_there_after_one_call(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        assert len(await texts_of(session, briefing.id or 0)) == 7


async def test_every_text_has_the_facts_the_footer_and_the_next_update(db: Database) -> None:
    for text in await drafted(db):
        for said in (
            "De politie heeft in Arnhem drie mensen aangehouden. (politie, 18.05 uur)",
            "Er zijn nu geen maatregelen bekend.",
            "Wat de verdachten wilden doen.",
            "Wij noemen geen namen of achtergrond.",
            "Op dinsdag 3 maart, 22.00 uur.",
            "Gecontroleerd op 1 maart 2026.",
            "Stand van dinsdag 3 maart, 18.05 uur. Versie 1.",
        ):
            assert said in text.plain, (text.audience, said)
        # Parents have no page to answer on: what is said of that would only raise questions.
        for said in ("in de stad, niet over personen.", "Reageren is vrijwillig."):
            assert (said in text.plain) is (text.audience is not Audience.PARENTS), text.audience
        assert "Volgende update: dinsdag 3 maart, 22.00 uur" in text.telegram
        assert chat_length(text.telegram) <= 900
        assert len(text.subject) <= 60


async def test_the_arrest_texts_say_that_a_suspect_is_not_guilty(db: Database) -> None:
    for text in await drafted(db):
        assert "schuldig" in text.plain, text.audience


async def test_school_leaders_get_the_text_for_parents_as_a_link(db: Database) -> None:
    leader = (await drafted(db))[2]
    assert "%%LINK%%?tekst=ouders" in leader.html
    assert "vanuit de school" in leader.telegram


async def test_an_unchecked_line_says_so(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=UNCHECKED, editor_id=1, now=NOW
        )
        text = (await texts_of(session, briefing.id or 0))[0]
    assert "Wijkagent, 000 (te controleren)" in text.plain
    assert "Deze lijst is nog te controleren." in text.plain


async def test_a_measure_says_everything_and_whether_it_applies_to_this_reader(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        stored = await add_fact(
            session, cast.event.id or 0, kind=FactKind.MEASURE, text="De Testlaan is dicht.",
            source_name="gemeente", source_at=NOW, editor_id=1, now=NOW,
            measure={
                "for_whom": "alle verkeer", "where": "Presikhaaf", "from_": "17.00 uur",
                "until": "nader bericht", "decided_by": "burgemeester", "applies": "ja",
                "audiences": ["politie_wijkteam"],
            },
        )  # fmt: skip
        assert isinstance(stored, Fact), stored
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        texts = {text.audience: text for text in await texts_of(session, briefing.id or 0)}
    said = (
        "De Testlaan is dicht. Voor wie: alle verkeer. Waar: Presikhaaf. Vanaf: 17.00 uur. "
        "Tot: nader bericht. Besluit van: burgemeester. Geldt voor u: "
    )
    assert f"{said}ja." in texts[Audience.POLICE_DISTRICT].plain
    assert f"{said}nee." in texts[Audience.PARENTS].plain
    assert "Geldt voor u: nee." in texts[Audience.PARENTS].telegram


async def test_without_a_confirmed_fact_it_is_the_holding_version(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await open_facts(session, cast.event, SETTINGS, editor_id=1, now=NOW)
        await add_fact(
            session, cast.event.id or 0, kind=FactKind.UNCONFIRMED,
            text="Bij de inval waren knallen te horen.", source_name="omroep", source_at=NOW,
            editor_id=1, now=NOW,
        )  # fmt: skip
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        texts = await texts_of(session, briefing.id or 0)
    assert {text.template for text in texts} == {"gedeeld/holding"}
    assert all(text.words <= 120 for text in texts)
    assert all("Nog niet bevestigd" in text.telegram for text in texts)
    assert {text.audience: text.remarks for text in texts if text.remarks} == {}


async def test_drafting_again_rewrites_the_open_version(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        await sure(session, cast.event, "De Testlaan is weer open.")
        again = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=2, now=NOW
        )
        texts = await texts_of(session, again.id or 0)
        current = await current_briefing(session, cast.event.id or 0)
    assert (first.id, again.version, again.edited_by) == (again.id, 1, 2)
    assert current is not None
    assert current.id == again.id
    assert len(texts) == 7
    assert all("De Testlaan is weer open." in text.plain for text in texts)


@pytest.mark.parametrize(
    ("kind", "confirmed", "news", "removed", "form"),
    [
        (BriefingKind.FIRST, 0, 0, 0, Form.HOLDING),
        (BriefingKind.FIRST, 1, 0, 0, Form.FULL),
        (BriefingKind.UPDATE, 1, 0, 0, Form.NO_NEWS),
        (BriefingKind.UPDATE, 1, 1, 0, Form.FULL),
        (BriefingKind.UPDATE, 1, 0, 1, Form.FULL),
        (BriefingKind.UPDATE, 0, 1, 0, Form.HOLDING),
        (BriefingKind.CORRECTION, 0, 0, 0, Form.CORRECTION),
        (BriefingKind.RETRACTION, 0, 0, 0, Form.RETRACTION),
        (BriefingKind.CLOSING, 2, 1, 1, Form.CLOSING),
    ],
)
def test_the_form_follows_from_kind_and_facts(
    kind: BriefingKind, confirmed: int, news: int, removed: int, form: Form
) -> None:
    assert choose_form(kind, confirmed=confirmed, news=news, removed=removed) is form


def test_a_template_that_uses_an_unknown_field_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = render._values

    def without_words(*args: object) -> dict[str, object]:
        return {k: v for k, v in values(*args).items() if k != "deel"}

    monkeypatch.setattr(render, "_values", without_words)
    with pytest.raises(UndefinedError):
        render_text(a_sheet(), Audience.TEACHER_VO_MBO)


def test_what_people_typed_is_escaped_in_html_and_not_in_plain() -> None:
    sheet = a_sheet(tie="Denk aan <b>iedereen</b> & elkaar.")
    text = render_text(sheet, Audience.PARENTS)
    assert "Denk aan &lt;b&gt;iedereen&lt;/b&gt; &amp; elkaar." in text.html
    assert "Denk aan <b>iedereen</b> & elkaar." in text.plain


@pytest.mark.parametrize("kind", [BriefingKind.CORRECTION, BriefingKind.RETRACTION])
def test_a_subject_without_room_for_what_it_is_about_says_where(kind: BriefingKind) -> None:
    sheet = a_sheet(kind=kind, place="Presikhaaf", topic="een heel lang onderwerp " * 3)
    assert subject_line(sheet).endswith(" uur, Presikhaaf")


@pytest.mark.parametrize("kind", BriefingKind)
def test_a_long_place_still_gives_a_short_neutral_subject(kind: BriefingKind) -> None:
    sheet = a_sheet(kind=kind, place="X" * 90, topic="aanhouding " + "X" * 90, is_exercise=True)
    subject = subject_line(sheet)
    assert len(EXERCISE_SUBJECT + subject) <= 60


def test_an_exercise_is_marked_on_the_page_and_once_in_what_is_sent() -> None:
    text = render_text(a_sheet(is_exercise=True), Audience.TEACHER_PO)
    assert text.plain.startswith("OEFENING. Dit is niet echt gebeurd.")
    # the transports put their own mark on a chat message and a subject
    assert "OEFENING" not in text.telegram + text.subject


def test_plain_text_says_what_the_html_says() -> None:
    html = "<h2>Kop</h2><p>Een <strong>zin</strong>.</p><ol><li>eerst</li><li>dan</li></ol>"
    assert to_plain(read_blocks(html)) == "Kop\n---\n\nEen zin.\n\n1. eerst\n2. dan\n"


def test_a_source_of_another_day_says_which() -> None:
    assert source_text("politie", NOW, now=NOW) == "politie, 18.05 uur"
    assert source_text("OM", NOW, now=NOW + timedelta(days=1)) == "OM, 3 maart 18.05 uur"


@pytest.mark.parametrize(
    ("link", "printed"),
    [
        ("https://www.politie.example/bericht", True),
        ("https://www.tiktok.com/@x", False),
        ("https://example.org/foto.jpg", False),
        ("javascript:alert(1)", False),
        (None, False),
    ],
)
def test_readers_are_not_sent_to_social_media_or_images(link: str | None, printed: bool) -> None:
    assert bool(printable_link(link)) is printed


async def test_the_row_of_a_draft_remembers_its_facts(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
    async with db.read() as session:
        stored = await session.get_one(Briefing, briefing.id)
    assert (stored.facts_version, stored.status) == (3, BriefingStatus.DRAFT)


def test_112_stands_once_in_the_list_of_where_to_report() -> None:
    lines = (CityLineView("Gevaar nu", "Bel direct.", "112", "", True),)
    plain = render_text(a_sheet(meldkaart=lines), Audience.PARENTS).plain
    block = plain.partition("Waar meld ik wat?")[2].partition("Volgende update")[0]
    assert block.count("112") == 1


def test_an_update_says_so_in_its_first_line_in_the_chat() -> None:
    for form in (Form.FULL, Form.HOLDING):
        for kind in (BriefingKind.FIRST, BriefingKind.UPDATE):
            first = render_text(a_sheet(form, kind=kind), Audience.TEACHER_PO).telegram
            begins = "Update" if kind is BriefingKind.UPDATE else "Informatie bij gebeurtenis"
            assert first.startswith(f"<b>{begins} · Presikhaaf"), (form, kind)


def test_what_is_not_known_is_named_in_an_update_though_there_is_no_room_for_it() -> None:
    words = "Er is een lange zin met veel woorden over wat er nu precies bekend is geworden hier."
    news = tuple(
        FactLine(f"{words} {words} {words} {number}", "politie, 17.50 uur") for number in range(3)
    )
    sheet = a_sheet(kind=BriefingKind.UPDATE, news=news, confirmed=news)
    shown = render_text(sheet, Audience.TEACHER_PO).telegram
    assert "<b>Nog onbekend:</b> zie de hele tekst." in shown
    known = render_text(replace(sheet, unknown=()), Audience.TEACHER_PO).telegram
    assert "Nog onbekend" not in known


def test_parents_ask_the_school_and_not_the_coordinator() -> None:
    contact = CityLineView("Coördinator (vanavond)", "", "000", "", True)
    for audience in Audience:
        plain = render_text(a_sheet(contacts=(contact,)), audience).plain
        assert ("Coördinator (vanavond)" in plain) is not (audience is Audience.PARENTS)


def test_the_closing_says_small_numbers_in_words_and_what_was_done_in_sentences() -> None:
    closing = closing_lines(
        ToldAndDone(
            signals=1, organisations=1, organisations_shown="1-2", still_open=0,
            told=("geruchten",), done=(DID[OutcomeCode.F],), not_done=(DID_NOT[OutcomeCode.E],),
        )
    )  # fmt: skip
    assert closing.reported.startswith("Van één of twee organisaties kregen wij signalen.")
    assert closing.done == ("Wij gaven informatie.",)
    assert closing.not_done == ("Over sommige signalen mogen wij niet meer zeggen.",)


def test_the_closing_leaves_out_no_kind_of_answer() -> None:
    """Who reads "Wij gaven informatie" alone, reads that nothing else happened."""
    assert {*DID, *DID_NOT} == set(OutcomeCode)
    answered = [
        Signal(event_id=1, organisation_id=number, domain=Domain.EDUCATION, received_at=NOW,
               district="stad", setting=Setting.CLASSROOM, kinds=["geruchten"], severity=1,
               answer_due_at=NOW, status=SignalStatus.CLOSED, outcome_code=code)
        for number, code in enumerate((OutcomeCode.A, OutcomeCode.F), 1)
    ]  # fmt: skip
    closing = closing_lines(summarise(answered))
    assert set(closing.done) == {
        "Wij deden iets met signalen. Wie een antwoord wilde, hoorde wat.",
        "Wij gaven informatie.",
    }
