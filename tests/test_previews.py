"""Previews: remarks in the words, any two versions compared, and the mail as it goes out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from sqlmodel import select

from bot.config import Config
from bot.console.drafts import compared_with
from bot.console.previews import mark_words, with_nonce
from briefings.messages import content_for
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from contacts.records import Database
from tests.briefings_cast import NOW
from tests.console_desk import Desk, a_desk

WORDS = st.text("abc <>&\"'é!", min_size=1, max_size=12)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as desk:
        yield desk


def test_words_are_marked_wherever_they_are_said_and_never_in_a_tag() -> None:
    html = Markup('<p title="in ieder geval">In ieder geval, <b>in  ieder geval</b></p>')
    marked = mark_words(html, "in ieder geval", 2)
    assert marked.count("<mark") == 2
    assert marked.startswith('<p title="in ieder geval"><mark class="opgemerkt">In ieder geval')
    assert "</mark><sup>2</sup></b>" in marked


@given(text=WORDS, words=WORDS)
def test_marking_adds_nothing_but_marks(text: str, words: str) -> None:
    html = Markup("<p>{}</p>").format(text)
    marked = mark_words(html, words, 1) if words.split() else html
    assert re.sub(r"<mark[^>]*>|</mark>|<sup>1</sup>", "", marked) == html
    if words.split() and " ".join(words.split()) in text:
        assert "<mark" in marked


def a_version(number: int, status: BriefingStatus) -> Briefing:
    return Briefing(
        id=number, event_id=1, version=number, kind=BriefingKind.FIRST, status=status,
        facts_version=1, edited_at=NOW, created_at=NOW,
    )  # fmt: skip


def test_a_version_is_compared_with_the_asked_one_or_the_last_that_was_sent() -> None:
    sent, draft, newest = (
        a_version(1, BriefingStatus.DISTRIBUTED),
        a_version(2, BriefingStatus.WITHDRAWN),
        a_version(3, BriefingStatus.DRAFT),
    )
    versions = [sent, draft, newest]
    assert compared_with(newest, versions, "") is sent
    assert compared_with(newest, versions, "2") is draft
    assert compared_with(sent, versions, "3") is newest
    assert compared_with(sent, versions, "1") is None
    assert compared_with(newest, versions, "nee") is sent


def test_styles_of_a_mail_pass_by_their_nonce_alone() -> None:
    mail = '<head><style>p{x}</style></head><p style="font:&quot;A&quot;">a</p><b style="c">b</b>'
    framed = with_nonce(mail, "N")
    assert "style=" not in framed
    assert '<style nonce="N">[data-stijl="1"]{font:"A"}[data-stijl="2"]{c}</style>' in framed
    assert '<style nonce="N">p{x}</style>' in framed


async def test_the_mail_in_the_frame_is_the_mail_that_goes_out(desk: Desk) -> None:
    await desk.fact()
    page = await desk.page("teksten")
    assert "leesscore" in page
    path = re.search(r'src="(/gebeurtenis/\d+/teksten/mail\?[^"]+)"', page)
    assert path is not None
    shown = await desk.world.desk.get(path[1].replace("&amp;", "&"))
    assert shown.status_code == 200
    policy = shown.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    async with desk.world.db.read() as session:
        found = await session.exec(
            select(BriefingText).join(Briefing).where(Briefing.event_id == desk.number)
        )
        texts = found.all()
    text = next(one for one in reversed(texts) if f"tekst={one.audience.value}" in path[1])
    sender = Config().briefings.sender
    sent = content_for(text, briefing_id=1, event_id=1, sender=sender).email
    assert sent is not None

    def words(html: str) -> list[str]:
        bare = re.sub(r"(?s)<style.*?</style>|<[^>]+>|%%\w+%%", " ", html)
        return re.sub(r"\[intern[^]]*\]", " ", bare).split()

    assert words(shown.text) == words(sent.html)


async def test_two_versions_are_compared_when_they_are_asked_for(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    number = desk.number
    asked = await desk.world.desk.get(f"/gebeurtenis/{number}/teksten?versie=1&met=2")
    assert "Wat is anders dan versie 2?" in asked.text
    assert '<details class="meer" open>' in asked.text
