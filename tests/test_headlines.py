"""A headline of the news that is put in as a confirmed fact gets a remark."""

from __future__ import annotations

from datetime import timedelta

import pytest

from briefings.drafting import draft_briefing, texts_of
from briefings.lint_headlines import folded, headline_facts, headline_remarks, is_headline
from briefings.rows import BriefingKind
from contacts.records import Database
from feeds.rows import Item, Source
from feeds.standing import Trust
from tests.approving import a_draft
from tests.briefings_cast import NOW, SETTINGS, sure


@pytest.mark.parametrize(
    "headline",
    [
        "Drie mensen aangehouden na inval in Presikhaaf.",
        "Verdachte aangehouden na steekpartij.",
        "Dode man gevonden in Arnhem.",
        "Man overleden na ongeluk in Arnhem.",
        "Gewapende man aangehouden in Arnhem.",
        "Weg gesloten na ongeluk bij gemeente.",
        "Twee gewonden bij steekpartij in Klarendal.",
        "Grote brand in flat Arnhem-Zuid.",
        "Politie doet inval in Presikhaaf - NOS.",
        "Politie doet inval in Presikhaaf | Omroep Gelderland",
        "De politie doet een inval – De Gelderlander.",
        "Man aangehouden in Arnhem - nu.nl.",
        "LIVE | De politie is in de wijk.",
        "Video: politie doet inval in de wijk.",
        "POLITIE HOUDT DRIE MENSEN AAN IN ARNHEM.",
    ],
)
def test_a_headline_is_seen(headline: str) -> None:
    assert is_headline(headline)


@pytest.mark.parametrize(
    "fact",
    [
        "De politie heeft drie mensen aangehouden in Arnhem.",
        "Er is nu geen gevaar voor de buurt.",
        "Twee agenten raakten licht gewond.",
        "De hulpdiensten werken met één leiding.",
        "De demonstratie begint een uur later.",
        "De A12 is dicht tussen Arnhem - Ede.",
        "Het OM en de NCTV onderzoeken dit.",
        "Er vertrekt vanavond een team.",
        "Mensen vernielden een bushokje.",
        "Geen gevaar.",
        "De verdachte bekende.",
        "De rechter verlengde de hechtenis.",
        "De verdachte verscheen voor de rechter.",
        "De gemeente verbood de demonstratie.",
        "De bewoners verlieten hun huis.",
        "De politie betrad het pand.",
        "De brand ontstond rond 17.00 uur.",
        "Het vuur sloeg over.",
        "De trein reed niet.",
        "De agenten ontdekten een wapen.",
        "Dit gebeurde om 17.00 uur.",
    ],
)
def test_a_sentence_is_no_headline(fact: str) -> None:
    assert not is_headline(fact)


def test_a_headline_with_a_verb_is_known_by_the_report_that_has_it() -> None:
    fact = "Politie schiet op auto in Presikhaaf."
    assert headline_facts([fact]) == []
    found = headline_facts([fact], {folded("Politie schiet op auto in Presikhaaf - NOS")})
    assert found == [fact]
    [remark] = headline_remarks(found, f"<ul><li>{fact}</li></ul>")
    assert (remark.code, remark.level) == ("K4", "warn")
    assert remark.where == "feiten: “Politie schiet op auto in …”"


def test_only_a_text_with_the_sentence_is_remarked_on() -> None:
    facts = ["Grote brand in flat Arnhem-Zuid & buurt."]
    assert headline_remarks(facts, "<p>Er is brand.</p>", "Er is brand.") == []
    assert len(headline_remarks(facts, "<p>Grote brand in flat Arnhem-Zuid &amp; buurt.</p>")) == 1


async def test_the_remark_stands_at_the_texts(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        source = Source(
            key="nos",
            name="NOS",
            url="https://nos.example/rss",
            trust=Trust.NATIONAL,
            next_poll_at=NOW,
        )
        session.add(source)
        await session.flush()
        item = Item(
            source_id=source.id or 0, guid="1", title="Politie schiet op auto in Presikhaaf",
            link="https://nos.example/1", first_seen_at=NOW, polled_at=NOW, content_hash="x",
            event_id=cast.event.id,
        )  # fmt: skip
        session.add(item)
        for text in await texts_of(session, briefing.id or 0):
            assert "K4" not in {remark["code"] for remark in text.remarks}
        await sure(session, cast.event, "Politie schiet op auto in Presikhaaf.")
        await sure(session, cast.event, "Drie mensen aangehouden na inval - NOS")
        again = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=NOW + timedelta(minutes=1),
        )  # fmt: skip
        for text in await texts_of(session, again.id or 0):
            found = [remark["where"] for remark in text.remarks if remark["code"] == "K4"]
            assert found == [
                "feiten: “Politie schiet op auto in …”",
                "feiten: “Drie mensen aangehouden na inval …”",
            ]
