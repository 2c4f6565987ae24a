"""A text that came back from the approvers: handed in again, it says what changed since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.evening.approving import ask_approvers, request_view, return_to_writers
from bot.evening.since_asked import rewritten
from bot.evening.writing import NewFact, Stored, redraft, store_fact
from briefings.approval import Approved, Submitted, approve, submit, withdraw
from briefings.asked_texts import drop_asked
from briefings.drafting import draft_briefing
from briefings.editing import parts_of, write_words
from briefings.line_changes import LineChange, Words, changes_of
from briefings.rows import AskedText, Briefing, BriefingKind, FactKind
from briefings.versions import texts_of
from briefings.wordings import words_of
from contacts.directory import Audience
from contacts.outbox import Content, Message, MessageKind
from contacts.records import Database
from feeds.rows import Event
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import Desk, a_desk

SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
NEWS = "De Testlaan is dicht."
ALL = set(Audience)


async def sent_back(db: Database) -> tuple[Cast, int]:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        returned = await return_to_writers(
            session, briefing, cast.approver, "Kan korter.", allow=(), now=SOON
        )
        assert returned
        return cast, briefing.id or 0


async def add_news(db: Database, cast: Cast) -> None:
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        fact = NewFact(FactKind.CONFIRMED, NEWS, "gemeente")
        stored = await store_fact(session, event, cast.writer, fact, SETTINGS, allow=(), now=SOON)
        assert isinstance(stored, Stored), stored
        await redraft(session, event, cast.writer, SETTINGS, now=SOON)


async def reword_parents(db: Database, cast: Cast, briefing_id: int) -> None:
    """One sentence of the text for parents in own words."""
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        texts = {text.audience: text for text in await texts_of(session, briefing_id)}
        parts = parts_of(texts[Audience.PARENTS], await words_of(session, briefing_id))
        part = next(one for one in parts if one.place == "Liever niet")
        refused = await write_words(
            session, event, cast.writer, Audience.PARENTS, part.place,
            f"{part.words}\n- Praat niet met de pers.", SETTINGS, allow=(), now=SOON,
        )  # fmt: skip
        assert refused is None, refused


async def asked_again(db: Database, cast: Cast, briefing_id: int) -> str:
    """Handed in once more: what the approver reads in the chat."""
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        briefing = await session.get_one(Briefing, briefing_id)
        bound = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        await ask_approvers(session, event, briefing, cast.writer, SETTINGS, now=LATER)
        found = await session.exec(
            select(Message)
            .where(col(Message.kind) == MessageKind.APPROVAL)
            .order_by(col(Message.id).desc())
        )
        form = Content.from_json(found.all()[0].content).telegram
    assert form is not None
    return form.text


async def test_the_first_time_nothing_is_compared(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        text, _ = await request_view(session, cast.event, briefing, now=NOW)
    assert "sinds" not in text.lower()


async def test_a_fact_that_came_is_said_once_for_all_texts(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    await add_news(db, cast)
    text = await asked_again(db, cast, briefing_id)
    assert (
        "<b>Veranderd sinds ze eerder ter goedkeuring lagen</b> (dinsdag 3-3, 18.05 uur):" in text
    )
    assert "<i>In alle 7 teksten</i>\n· Nieuw: De Testlaan is dicht. (gemeente, 18.10" in text
    assert text.count(NEWS) == 1


async def test_own_words_are_said_of_their_text(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    await reword_parents(db, cast, briefing_id)
    text = await asked_again(db, cast, briefing_id)
    assert "<i>Ouders</i>\n· Nieuw: Praat niet met de pers." in text
    assert "In alle" not in text


async def test_the_same_words_are_said_to_be_the_same(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    text = await asked_again(db, cast, briefing_id)
    assert (
        "Deze teksten lagen eerder ter goedkeuring (dinsdag 3-3, 18.05 uur). Sindsdien zijn" in text
    )


async def test_a_version_that_was_withdrawn_is_compared_with_the_next(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await withdraw(session, briefing, cast.writer, now=SOON)
    await add_news(db, cast)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        again = await draft_briefing(
            session, event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=SOON,
        )  # fmt: skip
        assert again.id != briefing.id
    text = await asked_again(db, cast, again.id or 0)
    assert f"· Nieuw: {NEWS}" in text


async def test_a_fact_that_changed_while_it_lay_there_is_compared_too(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
    await add_news(db, cast)
    assert f"· Nieuw: {NEWS}" in await asked_again(db, cast, briefing.id or 0)


async def test_what_was_approved_is_forgotten_and_the_rest_is_still_compared(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    await add_news(db, cast)
    await asked_again(db, cast, briefing_id)
    async with db.begin() as session:
        briefing = await session.get_one(Briefing, briefing_id)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=briefing.content_hash or "",
            now=LATER, audiences=[Audience.POLICE_DISTRICT],
        )  # fmt: skip
        assert isinstance(done, Approved), done
        left = {row.audience for row in (await session.exec(select(AskedText))).all()}
        assert left == ALL - {Audience.POLICE_DISTRICT}
        rest = (await session.exec(select(Briefing).order_by(col(Briefing.id).desc()))).first()
        assert rest is not None
        text, _ = await request_view(session, cast.event, rest, now=LATER)
        assert f"<i>In alle 6 teksten</i>\n· Nieuw: {NEWS}" in text


async def test_what_was_never_approved_is_forgotten_after_a_month(db: Database) -> None:
    await sent_back(db)
    async with db.begin() as session:
        assert await drop_asked(session, now=NOW + timedelta(days=29)) == 0
        assert await drop_asked(session, now=NOW + timedelta(days=30)) == 7


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_where_it_is_approved_shows_it(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    assert "Veranderd sinds" not in await desk.page("verzenden")
    bound = (await desk.rows(Briefing))[-1].content_hash
    back = await desk.press("terugsturen", gezien=bound, opmerking="Kan korter.")
    assert back.status_code == 303
    await desk.fact(NEWS)
    assert (await desk.press("indienen", versie=1)).status_code == 303
    page = await desk.page("verzenden")
    assert "Veranderd sinds ze eerder ter goedkeuring lagen" in page
    assert "<strong>In alle 7 teksten</strong>" in page
    assert f"<li>Nieuw: {NEWS}" in page


PAGE = "Titel\n\nStand van dinsdag 3 maart, 18.05 uur. Versie 1.\n\n- Een.\n- Twee."


def test_the_stamp_is_no_change() -> None:
    later = PAGE.replace("18.05 uur. Versie 1", "19.00 uur. Versie 2")
    assert changes_of(Words(PAGE, "Kop\nEen."), Words(later, "Kop 19.00\nEen.")) == []


def test_a_line_that_says_something_else_is_rewritten() -> None:
    before = Words("- De politie hield drie mensen aan.", "")
    after = Words("- De politie hield vier mensen aan.", "")
    assert changes_of(before, after) == [
        LineChange("De politie hield drie mensen aan.", "De politie hield vier mensen aan.")
    ]


def test_what_left_the_chat_alone_is_said_so() -> None:
    before, after = Words(PAGE, "Kop\nEen.\nTwee."), Words(PAGE, "Kop\nEen.")
    assert changes_of(before, after) == [LineChange("Twee.", "", in_chat=True)]


def test_what_changed_on_the_page_is_not_said_again_for_the_chat() -> None:
    after = Words(f"{PAGE}\n- De laan is dicht.", "Kop\nEen.\nTwee.\nDe laan is dicht.")
    assert changes_of(Words(PAGE, "Kop\nEen.\nTwee."), after) == [
        LineChange("", "De laan is dicht.")
    ]


def test_only_the_words_around_a_change_are_shown() -> None:
    old = "Een twee drie vier vijf zes zeven acht negen tien oud."
    new = "Een twee drie vier vijf zes zeven acht negen tien nieuw."
    said = "… vijf zes zeven acht negen tien <del>oud.</del> <ins>nieuw.</ins>"
    assert rewritten(old, new) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(
            Words("De weg is dicht.", "Kop\nHet is niet veilig, ga naar binnen."),
            Words("De weg is dicht.", "Kop\nHet is veilig, ga niet naar binnen."),
            [
                LineChange(
                    "Het is niet veilig, ga naar binnen.",
                    "Het is veilig, ga niet naar binnen.",
                    in_chat=True,
                )
            ],
            id="the same words in another order in the chat",
        ),
        pytest.param(
            Words("Er is geen gevaar.\nBel 112.", "Kop\nEr is geen gevaar meer."),
            Words("Bel 112.", "Kop\nEr is gevaar meer."),
            [
                LineChange("Er is geen gevaar.", ""),
                LineChange("Er is geen gevaar meer.", "Er is gevaar meer.", in_chat=True),
            ],
            id="a word that went from the page went elsewhere from the chat",
        ),
        pytest.param(
            Words("De opvang is open.", "Kop\nDe school is open."),
            Words("De opvang is dicht.", "Kop\nDe school is dicht."),
            [
                LineChange("De opvang is open.", "De opvang is dicht."),
                LineChange("De school is open.", "De school is dicht.", in_chat=True),
            ],
            id="the same words of something else",
        ),
        pytest.param(
            Words("De weg is dicht.", "Kop\nDe weg is dicht."),
            Words("De weg is open.", "Kop"),
            [
                LineChange("De weg is dicht.", "De weg is open."),
                LineChange("De weg is dicht.", "", in_chat=True),
            ],
            id="rewritten on the page and gone from the chat",
        ),
        pytest.param(
            Words("De weg is dicht.\nDoen\nDe weg is dicht.", ""),
            Words("De weg is dicht.\nDoen", ""),
            [LineChange("De weg is dicht.", "")],
            id="one of two copies went",
        ),
        pytest.param(
            Words("Stop niet, lopen.", ""),
            Words("Stop, niet lopen.", ""),
            [LineChange("Stop niet, lopen.", "Stop, niet lopen.")],
            id="other marks",
        ),
        pytest.param(
            Words("Doen\n- Ga kijken.\nLiever niet\n- Praten.", ""),
            Words("Doen\nLiever niet\n- Praten.\n- Ga kijken.", ""),
            [LineChange("Ga kijken.", "Ga kijken.")],
            id="a line that moved",
        ),
        pytest.param(
            Words("Een.", "Informatie · Presikhaaf · stand 18.05\nEen."),
            Words("Een.", "Informatie · Elden · stand 18.10\nEen."),
            [LineChange("Informatie · Presikhaaf", "Informatie · Elden", in_chat=True)],
            id="the head of the chat names another place",
        ),
        pytest.param(
            Words("Er is gevaar. Stand van dinsdag 3 maart, 18.05 uur.", ""),
            Words("Er is rust. Stand van dinsdag 3 maart, 18.10 uur.", ""),
            [LineChange("Er is gevaar.", "Er is rust.")],
            id="what stands before a stamp",
        ),
    ],
)
def test_no_change_of_words_is_kept_from_the_approver(
    before: Words, after: Words, said: list[LineChange]
) -> None:
    assert changes_of(before, after) == said


def test_one_change_in_page_and_chat_is_said_once() -> None:
    before = Words("De weg is dicht. Bel 112.", "Kop\nDe weg is dicht.")
    after = Words("De weg is open. Bel 112.", "Kop\nDe weg is open.")
    assert changes_of(before, after) == [
        LineChange("De weg is dicht. Bel 112.", "De weg is open. Bel 112.")
    ]
