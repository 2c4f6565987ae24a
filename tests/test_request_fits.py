"""A request to approve fits in one message of the chat, whatever there is to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.texts import AUDIENCES
from bot.chat.render import render
from bot.evening.approving import request_view
from bot.evening.request_lines import EACH, ROOM, block_lines, granted_lines, noticed_lines
from bot.evening.since_asked import MOST_IN_CHAT, shown
from briefings.asked_texts import SinceAsked
from briefings.blocking import Granted, blocks_of
from briefings.line_changes import Words, shared_changes
from briefings.lint import BLOCK, Remark
from briefings.plausibility import Finding, Notice
from briefings.rows import AskedText, Briefing, BriefingText
from briefings.versions import texts_of
from contacts.directory import Audience, Organisation
from contacts.records import Database
from tests.briefings_cast import NOW
from tests.test_since_asked import sent_back

LATER = NOW + timedelta(minutes=10)
LONG = "Dit staat er en dat mag hier niet & nergens. " * 12


def remarks(count: int) -> list[dict[str, object]]:
    return [Remark("N4", BLOCK, f"deel {number}", LONG).to_json() for number in range(count)]


def text_of(audience: Audience) -> BriefingText:
    return BriefingText(
        briefing_id=1, audience=audience, subject="Onderwerp", telegram="Tekst", plain="Tekst",
        html="<p>Tekst</p>", remarks=remarks(3), template="eerste", template_version="1",
        words=1,
    )  # fmt: skip


def test_what_blocks_and_what_was_set_aside_is_cut_and_the_rest_is_counted() -> None:
    blocks = blocks_of([text_of(Audience.PARENTS), text_of(Audience.TEACHER_VO_MBO)])
    exceptions = [Granted("k", "ouders", "N4", "kop", LONG, 1, "") for _ in range(5)]
    for lines, total in ((block_lines(blocks), 6), (granted_lines(exceptions), 5)):
        assert lines.shown
        assert lines.more == total - len(lines.shown) > 0
        assert all(len(words) <= EACH + 2 for _, words in lines.shown)
        assert sum(len(label) + len(words) for label, words in lines.shown) <= ROOM
    short = block_lines(blocks_of([text_of(Audience.PARENTS)])[:1])
    assert (len(short.shown), short.more) == (1, 0)


def test_what_stands_out_is_cut_and_the_rest_is_counted() -> None:
    names = tuple(f"Stichting {'Lange' * 20} {number}" for number in range(9))
    found = [Finding(Notice.ONE_CONTACT, 9, names) for _ in range(5)]
    *lines, last = noticed_lines(found)
    assert all(len(line) <= EACH + 2 for line in lines)
    assert last == f"en nog {5 - len(lines)} punten: op de werkpagina, bij Verzenden"
    assert noticed_lines(found[:1]) == [lines[0]]


def test_changes_that_have_no_room_at_all_are_not_told_as_none() -> None:
    text = render("coordinator/since_asked.html", since={"since": NOW, "groups": [], "more": 3})
    assert "hetzelfde gebleven" not in text
    assert "En nog 3 regels" in text


def long_line(audience: Audience, last: str) -> str:
    """About 1,400 characters, every fourth word of which another may rewrite."""
    words = (f"{last}{number}" if number % 4 == 0 else f"{audience}&" for number in range(140))
    return " ".join(words)[:1400]


def test_what_changed_has_a_limit_in_the_chat_and_none_on_the_page() -> None:
    pairs = {
        one: (Words(long_line(one, "oud"), ""), Words(long_line(one, "nieuw"), ""))
        for one in Audience
    }
    found = SinceAsked(NOW, 7, tuple(shared_changes(pairs)))
    text = render("coordinator/since_asked.html", since=shown(found, AUDIENCES, most=MOST_IN_CHAT))
    read = Markup(text).striptags()
    assert 500 < len(read) < 1800
    assert "<del>oud0</del> <ins>nieuw0</ins>" in text
    assert text.count("<del>") == text.count("</del>")
    assert re.search(r"En nog [1-6] regels?: op de werkpagina, bij Verzenden", text)
    whole = shown(found, AUDIENCES)
    assert whole.more == 0
    assert "nieuw132" in whole.groups[0].lines[0][1]


async def long_lines_since(session: AsyncSession, briefing_id: int) -> Sequence[BriefingText]:
    """Every text has other long lines than lay with the approvers; returns the texts of now."""
    for row in (await session.exec(select(AskedText))).all():
        row.plain = long_line(row.audience, "oud")
        session.add(row)
    drafts = await texts_of(session, briefing_id)
    for text in drafts:
        text.plain = long_line(text.audience, "nieuw")
        session.add(text)
    return drafts


async def test_the_request_itself_fits_with_long_own_words(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    async with db.begin() as session:
        await long_lines_since(session, briefing_id)
    async with db.begin() as session:
        briefing = await session.get_one(Briefing, briefing_id)
        briefing.content_hash = "0" * 64
        said, _ = await request_view(session, cast.event, briefing, now=LATER)
    assert "<ins>nieuw0</ins>" in said
    assert len(Markup(said).striptags()) < 4096


async def test_the_request_fits_with_everything_that_can_be_said_at_once(db: Database) -> None:
    cast, briefing_id = await sent_back(db)
    async with db.begin() as session:
        for text in await long_lines_since(session, briefing_id):
            text.remarks = remarks(4)
        for place in (await session.exec(select(Organisation))).all():
            place.name = f"{place.name} {'Lange' * 30}"
            session.add(place)
    async with db.begin() as session:
        briefing = await session.get_one(Briefing, briefing_id)
        briefing.content_hash = "0" * 64
        drafts = await texts_of(session, briefing_id)
        briefing.exceptions = [
            {
                "key": found.key, "audience": found.audience.value, "code": "N4",
                "where": "kop", "reason": LONG[:300], "by": 1, "at": NOW.isoformat(),
            }
            for found in blocks_of(drafts)[::2]
        ]  # fmt: skip
        cast.event.title = "Onrust " * 40
        said, buttons = await request_view(session, cast.event, briefing, now=LATER)
    read = Markup(said).striptags()
    assert len(said) > 2000
    assert len(read) < 4096
    for part in ("Uitzondering op N4", "Houdt tegen (N4)", "Dit valt op", "Veranderd sinds"):
        assert part in read
    assert read.count("En nog ") == 3
    assert buttons
