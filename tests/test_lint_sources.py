"""The source of a fact: social media and hearsay are none (N4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.evening.writing import NewFact, store_fact
from briefings.approval import SubmitRefused, submit
from briefings.drafting import draft_briefing, texts_of
from briefings.facts import add_fact
from briefings.lint_sources import is_hearsay
from briefings.rows import BriefingKind, FactKind
from contacts.records import Database
from tests.approving import a_draft
from tests.briefings_cast import NOW, SETTINGS, Cast

LATER = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "source",
    [
        "Facebook", "facebookgroep Presikhaaf", "buurvrouw 17.10", "een buurman", "X", "via X",
        "sociale media", "social media", "van horen zeggen", "naar verluidt", "screenshot",
        "WhatsApp", "de buurtapp", "buurt-app", "omwonenden", "ooggetuige", "tiktok.com",
        "NOS, Facebook", "politie, buurvrouw", "een filmpje op TikTok", "buurtgenoten",
    ],
)  # fmt: skip
def test_social_media_and_hearsay_are_no_source(source: str) -> None:
    assert is_hearsay(source)


@pytest.mark.parametrize(
    "source",
    [
        "politie", "politie op Facebook", "de gemeente", "gemeente Arnhem via X", "OM",
        "Omroep Gelderland, NOS", "De Telegraaf", "De Gelderlander online", "burgemeester",
        "GGD", "buurtteam Presikhaaf", "NS", "veiligheidsregio", "schoolbestuur", "nu.nl", "",
    ],
)  # fmt: skip
def test_a_body_or_a_newsroom_is_a_source(source: str) -> None:
    assert not is_hearsay(source)


async def _unconfirmed(db: Database, source: str) -> tuple[Cast, list[list[dict[str, object]]]]:
    async with db.begin() as session:
        cast, _ = await a_draft(session)
        fact = await add_fact(
            session, cast.event.id or 0, kind=FactKind.UNCONFIRMED,
            text="Er zijn meer mensen aangehouden.", source_name=source, source_at=NOW,
            editor_id=1, now=NOW,
        )  # fmt: skip
        assert fact.id
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        texts = await texts_of(session, briefing.id or 0)
        return cast, [[one for one in text.remarks if one["code"] == "N4"] for text in texts]


async def test_a_text_with_hearsay_for_a_source_has_a_remark_that_blocks(db: Database) -> None:
    _, found = await _unconfirmed(db, "buurvrouw 17.10")
    told = [remarks for remarks in found if remarks]
    assert told
    assert told[0] == [
        {
            "code": "N4",
            "level": "block",
            "where": "bron van een feit: “buurvrouw 17.10”",
            "advice": "Sociale media en van horen zeggen zijn geen bron. Wacht op een officiële "
            "bron, of haal deze zin weg.",
            "absolute": False,
        }
    ]


async def test_a_text_with_the_police_for_a_source_has_none(db: Database) -> None:
    _, found = await _unconfirmed(db, "politie")
    assert not any(found)


async def test_a_text_that_rests_on_facebook_is_not_handed_in(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await a_draft(session)
        await store_fact(
            session, cast.event, cast.writer,
            NewFact(FactKind.CONFIRMED, "Er zijn meer mensen aangehouden.", "Facebook"),
            SETTINGS, allow=(), now=LATER,
        )  # fmt: skip
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(refused, SubmitRefused)
    assert refused.reason == "blocked"
    assert {(one.code, one.where) for one in refused.remarks} == {
        ("N4", "bron van een feit: “Facebook”")
    }
