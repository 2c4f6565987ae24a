"""Translations of a version: approved with it, sent by preference, never when out of date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console.reading import Door, read_newest
from bot.console.translation_texts import REFUSALS
from bot.evening.approving import request_view
from briefings.approval import ApprovalRefused, Submitted, approve, submit
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.editing import write_words
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.translating import fits, segments_of
from briefings.translations import (
    Kept,
    TranslationRefused,
    is_fresh,
    keep_translation,
    translations_of,
)
from contacts.directory import AccessLink, Audience, Domain, Organisation
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, Message
from contacts.records import Database
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    Cast,
    add_organisation,
    add_person,
    facts_for,
    let_go,
    the_cast,
)  # fmt: skip
from tests.test_translating import all_said

LATER = NOW + timedelta(minutes=5)
TODAY = date(2026, 3, 3)
PARENTS = Audience.PARENTS


async def drafted(session: AsyncSession) -> tuple[Cast, Briefing]:
    cast = await the_cast(session)
    council = await add_organisation(session, "Ouderraad", Domain.CIVIL)
    for name, phone, language in (
        ("ouder een", "21", "tr"), ("ouder twee", "22", "nl"), ("ouder drie", "23", "ar"),
    ):  # fmt: skip
        person = await add_person(session, council, name, [PARENTS], telegram=phone)
        person.language = language
    await facts_for(session, cast.event)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    return cast, briefing


async def parents(session: AsyncSession, briefing: Briefing) -> BriefingText:
    found = await texts_of(session, briefing.id or 0)
    return next(text for text in found if text.audience is PARENTS)


async def keep(
    session: AsyncSession, cast: Cast, briefing: Briefing, words: str = "kelime", **other: object
) -> Kept | TranslationRefused:
    text = await parents(session, briefing)
    given: dict[str, object] = {
        "audience": PARENTS, "language": "tr", "pairs": all_said(text, words),
        "role": "beëdigd vertaler", "made_on": TODAY,
    } | other  # fmt: skip
    return await keep_translation(
        session, cast.event, briefing, cast.writer,
        given.pop("audience"), given.pop("language"), given.pop("pairs"),
        languages=("tr", "ar"), allow=(), today=TODAY, now=LATER, **given,
    )  # fmt: skip


async def send(session: AsyncSession, cast: Cast, briefing: Briefing) -> dict[str, str]:
    """Hand in and approve; the chat text by address."""
    await let_go(session, cast, briefing, now=LATER)
    messages = {m.id: m for m in (await session.exec(select(Message))).all()}
    told = {}
    for delivery in (await session.exec(select(Delivery))).all():
        form = Content.from_json(messages[delivery.message_id].content).telegram
        told[delivery.address] = form.text if form else ""
    return told


async def test_each_gets_the_language_that_they_chose_else_dutch(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        assert await keep(session, cast, briefing) == Kept(0, 0)
        told = await send(session, cast, briefing)
        dutch = (await parents(session, briefing)).telegram
    assert "kelime" in told["21"]
    assert "Volgende update" not in told["21"]
    assert told["22"] == told["23"] == dutch


async def test_a_stale_translation_stays_home_and_the_dutch_text_says_so(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing)
        await write_words(
            session, cast.event, cast.writer, PARENTS, "Liever niet", "- Rustig aan.", SETTINGS,
            allow=(), now=LATER,
        )  # fmt: skip
        [row] = await translations_of(session, briefing.id or 0)
        assert not is_fresh(await parents(session, briefing), row)
        told = await send(session, cast, briefing)
        dutch = (await parents(session, briefing)).telegram
    assert (
        told["21"]
        == f"Deze tekst is in het Nederlands. De vertaling is nog niet bijgewerkt.\n\n{dutch}"
    )
    assert told["22"] == dutch


async def test_a_part_that_is_not_translated_keeps_it_home(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        pairs = all_said(await parents(session, briefing), "kelime")
        pairs.pop(next(reversed(pairs)))
        assert await keep(session, cast, briefing, pairs=pairs) == Kept(1, 0)
        told = await send(session, cast, briefing)
    assert "kelime" not in told["21"]


async def test_what_does_not_fit_its_marks_is_not_kept(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        text = await parents(session, briefing)
        marked = next(one for one in segments_of(text) if "{1}" in one)
        assert await keep(session, cast, briefing, pairs={marked: "kelime"}) == Kept(
            len(segments_of(text)), 1
        )


async def test_a_translation_that_comes_after_handing_in_voids_that(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        first = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(first, Submitted)
        await keep(session, cast, briefing)
        assert briefing.status is BriefingStatus.DRAFT
        again = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(again, Submitted)
    assert again.content_hash != first.content_hash


async def test_who_brought_in_a_translation_is_not_its_second_reader(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        kept = await keep(session, replace(cast, writer=cast.approver), briefing)
        assert isinstance(kept, Kept), kept
        done = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        alone = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=done.content_hash, now=LATER
        )
    assert alone == ApprovalRefused("four_eyes")


async def test_who_approves_in_the_chat_reads_which_translations_go_along(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing)
        done = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        text, _ = await request_view(session, cast.event, briefing, now=LATER)
    assert "gaat mee: Ouders (Turks)" in text


async def test_after_sending_nothing_is_translated_any_more(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await send(session, cast, briefing)
        refused = await keep(session, cast, briefing)
    assert refused == TranslationRefused("not_open")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"language": "nl"}, "language"),
        ({"language": "fr"}, "language"),
        ({"audience": Audience.TEACHER_PO}, "no_text"),
        ({"role": " "}, "no_role"),
        ({"role": "Karel Jansen, vertaler"}, "person"),
        ({"made_on": TODAY + timedelta(days=1)}, "in_future"),
        ({"pairs": {"een andere zin": "x"}}, "nothing"),
    ],
)
async def test_what_is_no_translation_of_this_text_is_refused(
    db: Database, other: dict[str, object], reason: str
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        assert await keep(session, cast, briefing, **other) == TranslationRefused(reason)
        assert await translations_of(session, briefing.id or 0) == []


async def test_a_number_that_the_dutch_text_does_not_have_is_refused(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        refused = await keep(session, cast, briefing, "ara 06-12345678")
    assert refused == TranslationRefused("person")


@pytest.mark.parametrize(
    "words", ["kelime %%OWN_PAGE%%", "%%SIGN_IN%%", "%%ANY%%OWN_PAGE%%", "kelime %%OWN_PAGE"]
)
async def test_a_personal_link_that_the_dutch_text_does_not_have_is_refused(
    db: Database, words: str
) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        refused = await keep(session, cast, briefing, words)
        assert refused == TranslationRefused("place")
        assert REFUSALS["place"].startswith("Er staat een code")
        assert await translations_of(session, briefing.id or 0) == []


async def test_a_personal_link_that_was_kept_before_stays_home(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing)
        [row] = await translations_of(session, briefing.id or 0)
        row.segments = {s: f"{t} %%OWN_PAGE%%" for s, t in row.segments.items()}
        session.add(row)
        await session.flush()
        assert "%%OWN_PAGE%%" not in (await send(session, cast, briefing))["21"]


def test_a_mark_in_the_middle_hides_no_placeholder() -> None:
    assert fits("{1}Blijf{/1} thuis", "{1}ev{/1}de")
    assert not fits("{1}Blijf{/1} thuis", "%{1}%OWN_{/1}PAGE%%")


async def test_the_next_version_begins_with_what_was_translated(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing)
        await send(session, cast, briefing)
        await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER + timedelta(hours=1),
        )  # fmt: skip
        update = await current_briefing(session, cast.event.id or 0)
        assert update is not None
        [row] = await translations_of(session, update.id or 0)
        text = await parents(session, update)
        known = [one for one in segments_of(text) if one in row.segments]
    assert not is_fresh(text, row)
    assert known
    assert (row.made_by_role, row.made_on) == ("beëdigd vertaler", TODAY)


async def test_the_page_is_in_the_language_asked_for(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing, "كلمة", language="ar")
        await send(session, cast, briefing)
        council = (await session.exec(select(Organisation))).all()[-1]
        link = AccessLink(
            token_hash="x", organisation_id=council.id or 0, event_id=cast.event.id or 0,
            created_at=NOW, expires_at=LATER,
        )  # fmt: skip
        door = Door(link, council, cast.event)
        dutch = await read_newest(session, door, PARENTS, now=LATER)
        arabic = await read_newest(session, door, PARENTS, now=LATER, language="ar")
        other = await read_newest(session, door, PARENTS, now=LATER, language="pl")
    assert dutch is not None
    assert arabic is not None
    assert other is not None
    assert (dutch.language, dutch.languages, other.language) == ("nl", ("ar", "nl"), "nl")
    assert (arabic.language, arabic.direction) == ("ar", "rtl")
    assert "كلمة" in arabic.html


async def test_the_journal_keeps_the_language_and_not_the_words(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await drafted(session)
        await keep(session, cast, briefing)
        found = (await session.exec(select(JournalEntry))).all()
    [entry] = [one for one in found if one.action == "translation_kept"]
    assert entry.detail == {"audience": "ouders", "language": "tr"}
