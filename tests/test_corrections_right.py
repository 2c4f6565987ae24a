"""What stands in a correction as right was written after the correction was begun."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import NewFact, NotBegun, begin_correction, redraft, store_fact
from briefings.approval import Approved, SubmitRefused, Submitted, approve, submit
from briefings.drafting import draft_briefing, texts_of
from briefings.facts import facts_of
from briefings.moments import are_more, several
from briefings.rows import Briefing, BriefingKind, BriefingStatus, FactKind
from briefings.versions import current_briefing, drop
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast, send, sure
from tests.corrections_world import LATER, WRONG, sent_first

OPEN = "De scholen zijn morgen gewoon open."
RIGHT = "De politie heeft vier mensen aangehouden."
NOTHING = "Wij hebben hierover nu geen bevestigd feit."
BEGUN = LATER + timedelta(minutes=10)


async def updated(session: AsyncSession) -> Cast:
    """A first text with a wrong sentence, and an update with an unrelated new fact."""
    cast, _ = await sent_first(session)
    await sure(session, cast.event, OPEN, at=LATER, source="gemeente")
    await send(session, cast, BriefingKind.UPDATE, now=LATER)
    return cast


async def begun(
    session: AsyncSession, cast: Cast, key: str | None = None, *, at: datetime = BEGUN
) -> Briefing:
    view = await facts_of(session, cast.event.id or 0)
    wrong = key or str(next(fact.id for fact in view.confirmed if fact.text == WRONG))
    found = await begin_correction(
        session, cast.event, cast.writer, wrong, "het aantal", SETTINGS, allow=(), now=at
    )
    assert isinstance(found, Briefing), found
    return found


async def told_right(session: AsyncSession, briefing: Briefing) -> list[str]:
    """The opening of each text, in both forms: up to what was wrong."""
    return [
        form[: form.index("een fout")]
        for text in await texts_of(session, briefing.id or 0)
        for form in (text.telegram, text.plain)
    ]


async def put_right(session: AsyncSession, cast: Cast, *, at: datetime) -> None:
    new = NewFact(FactKind.CONFIRMED, RIGHT, "politie")
    await store_fact(session, cast.event, cast.writer, new, settings=SETTINGS, allow=(), now=at)


async def test_an_unrelated_fact_of_an_update_is_not_what_is_right(db: Database) -> None:
    async with db.begin() as session:
        cast = await updated(session)
        correction = await begun(session, cast)
        openings = await told_right(session, correction)
        whole = [text.plain for text in await texts_of(session, correction.id or 0)]
    assert all(NOTHING in " ".join(opening.split()) for opening in openings)
    assert not any(OPEN in opening for opening in openings)
    assert all(OPEN in plain for plain in whole), "it still holds, among the other facts"


async def test_without_a_right_fact_since_it_was_begun_handing_in_is_asked(db: Database) -> None:
    async with db.begin() as session:
        cast = await updated(session)
        correction = await begun(session, cast)
        refused = await submit(session, correction, cast.writer, SETTINGS, now=BEGUN)
    assert isinstance(refused, SubmitRefused)
    assert refused.reason == "no_right"


@pytest.mark.parametrize("whole", [False, True])
async def test_only_what_was_added_since_it_was_begun_stands_as_right(
    db: Database, whole: bool
) -> None:
    at = BEGUN + timedelta(minutes=2)
    async with db.begin() as session:
        cast = await updated(session)
        await begun(session, cast, "alles" if whole else None)
        await put_right(session, cast, at=at)
        correction = await current_briefing(session, cast.event.id or 0)
        assert correction is not None
        openings = await told_right(session, correction)
        done = await submit(session, correction, cast.writer, SETTINGS, now=at)
        assert isinstance(done, Submitted), done
    assert all(RIGHT in opening and OPEN not in opening for opening in openings)


@pytest.mark.parametrize("voided", [False, True])
async def test_the_right_fact_stays_right_when_the_correction_is_drafted_anew(
    db: Database, voided: bool
) -> None:
    """Approved for later and then edited; or withdrawn, and begun once more."""
    at, again = BEGUN + timedelta(minutes=2), BEGUN + timedelta(minutes=5)
    async with db.begin() as session:
        cast = await updated(session)
        first = await begun(session, cast)
        await put_right(session, cast, at=at)
        if voided:
            done = await submit(session, first, cast.writer, SETTINGS, now=at)
            assert isinstance(done, Submitted), done
            later = await approve(
                session,
                first,
                cast.approver,
                SETTINGS,
                expected_hash=done.content_hash,
                now=at,
                send_at=again + timedelta(minutes=5),
            )
            assert isinstance(later, Approved), later
            await sure(session, cast.event, "De Testlaan is weer open.", at=again)
            await redraft(session, cast.event, cast.writer, SETTINGS, now=again)
        else:
            await drop(session, first, who=cast.writer.who, action="briefing_withdrawn", now=at)
            await begun(session, cast, "alles", at=again)
        correction = await current_briefing(session, cast.event.id or 0)
        assert correction is not None
        assert (correction.id != first.id, first.status) == (True, BriefingStatus.WITHDRAWN)
        openings = await told_right(session, correction)
    assert all(RIGHT in opening for opening in openings)


async def test_what_an_earlier_correction_put_right_is_not_right_in_the_next(db: Database) -> None:
    at, next_at = BEGUN + timedelta(minutes=2), BEGUN + timedelta(hours=1)
    async with db.begin() as session:
        cast = await updated(session)
        await begun(session, cast)
        await put_right(session, cast, at=at)
        await send(session, cast, BriefingKind.CORRECTION, now=at)
        view = await facts_of(session, cast.event.id or 0)
        other = next(fact.id for fact in view.confirmed if fact.text.startswith("Er is nu geen"))
        correction = await begun(session, cast, str(other), at=next_at)
        openings = await told_right(session, correction)
    assert not any(RIGHT in opening for opening in openings)


async def test_nothing_is_taken_out_while_another_text_waits_for_its_moment(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=LATER
        )
        handed_in = await submit(session, update, cast.writer, SETTINGS, now=LATER)
        assert isinstance(handed_in, Submitted)
        approved = await approve(
            session, update, cast.approver, SETTINGS, expected_hash=handed_in.content_hash,
            now=LATER, send_at=LATER + timedelta(minutes=30),
        )  # fmt: skip
        assert isinstance(approved, Approved), approved
        view = await facts_of(session, cast.event.id or 0)
        wrong = next(fact for fact in view.confirmed if fact.text == WRONG)
        refused = await begin_correction(
            session, cast.event, cast.writer, str(wrong.id), "het aantal", SETTINGS, allow=(),
            now=BEGUN,
        )  # fmt: skip
        assert refused == NotBegun("version_waits")
        assert (wrong.withdrawn_at, update.status) == (None, BriefingStatus.APPROVED)


async def test_each_text_that_held_the_wrong_sentence_is_named(db: Database) -> None:
    async with db.begin() as session:
        cast = await updated(session)
        correction = await begun(session, cast)
        texts = await texts_of(session, correction.id or 0)
    named = "Onze berichten van dinsdag 3 maart, 18.05 en 21.05 uur hadden een fout."
    for text in texts:
        for form in (text.telegram, " ".join(text.plain.split())):
            assert named in form


async def test_an_earlier_text_without_the_wrong_sentence_is_not_named(db: Database) -> None:
    async with db.begin() as session:
        cast = await updated(session)
        view = await facts_of(session, cast.event.id or 0)
        late = next(str(fact.id) for fact in view.confirmed if fact.text == OPEN)
        correction = await begun(session, cast, late)
        texts = await texts_of(session, correction.id or 0)
    named = "Ons bericht van dinsdag 3 maart, 21.05 uur had een fout."
    assert all(named in " ".join(text.plain.split()) for text in texts)
    assert all(named in text.telegram for text in texts)


async def test_a_later_text_without_news_repeated_the_wrong_sentence_in_full(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        await send(session, cast, BriefingKind.UPDATE, now=LATER)
        correction = await begun(session, cast)
        texts = await texts_of(session, correction.id or 0)
    named = "Onze berichten van dinsdag 3 maart, 18.05 en 21.05 uur hadden een fout."
    assert all(named in text.telegram for text in texts)


def test_moments_of_one_day_are_named_with_one_date() -> None:
    given = [NOW, NOW + timedelta(seconds=9), LATER, BEGUN, NOW + timedelta(hours=14)]
    assert several(given) == (
        "dinsdag 3 maart, 18.05, 21.05 en 21.15 uur en woensdag 4 maart, 08.05 uur"
    )
    assert not are_more(given[:2])
