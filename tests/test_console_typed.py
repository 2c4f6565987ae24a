"""A form that is refused comes back as it was filled in, and an oordeel keeps its own words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from typing import Any

import httpx
import pytest
from sqlmodel import select

from bot.console.typed import Typed, typed_in
from briefings.rows import BriefingText, Fact
from contacts.directory import Audience
from contacts.records import Database
from signals.rows import SignalReading, SignalStatus
from tests.console_desk import PERSON, Desk, a_desk
from tests.console_world import press
from tests.test_console_signals import a_signal, judge, settle, the

WORDS = "Een andere uitleg kan ook: de toetsweek."
DONE = "Jongerenwerk loopt vanavond mee."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def filled(page: str | httpx.Response, name: str) -> list[str]:
    """What stands in the lines with this name, in order."""
    html = page if isinstance(page, str) else page.text
    found = re.findall(
        rf'<input class="[^"]*" type="\w+" id="[^"]*" name="{name}" value="(.*?)"', html
    )
    return [unescape(one) for one in found]


def chosen(page: str | httpx.Response, name: str) -> list[str]:
    """Which of the choices with this name are made."""
    html = page if isinstance(page, str) else page.text
    found = re.findall(rf'<input type="radio" name="{name}" value="([^"]*)"([^>]*)>', html)
    return [value for value, rest in found if "checked" in rest]


async def looked(desk: Desk, number: int) -> str:
    await press(desk.web, desk.world.sealer, f"/signaal/{number}/bekijken")
    return (await desk.web.get(f"/signaal/{number}")).text


async def words(desk: Desk) -> list[str]:
    return [
        desk.world.sealer.unseal(row.text_sealed) if row.text_sealed else ""
        for row in await desk.rows(SignalReading)
    ]


async def test_a_besluit_that_is_refused_keeps_what_was_typed(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    refused = await settle(desk, number, DONE, voor="2026-03-06", besluit="wachten")
    assert "Geef eerst uw oordeel" in refused.text
    assert (filled(refused, "wat"), filled(refused, "voor")) == ([DONE], ["2026-03-06"])
    assert chosen(refused, "besluit") == ["wachten"]
    await judge(desk, number, "A", "4")
    refused = await settle(desk, number, DONE)
    assert "twee domeinen" in refused.text
    assert (filled(refused, "wat"), chosen(refused, "besluit")) == ([DONE], ["actie"])
    assert (await the(desk, number)).status is SignalStatus.IN_DUIDING
    assert filled((await desk.web.get(f"/signaal/{number}")).text, "wat") == [""]


async def test_an_oordeel_that_is_refused_keeps_what_was_typed(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    refused = await judge(desk, number, "B", "3", duiding=f"Het gaat om {PERSON}.")
    assert refused.status_code == 422
    assert (chosen(refused, "zekerheid"), chosen(refused, "ernst")) == (["B"], ["3"])
    assert filled(refused, "duiding") == [f"Het gaat om {PERSON}."]


async def test_an_oordeel_opens_with_its_own_words_for_who_may_see_them(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    await judge(desk, number, "A", "3", duiding=WORDS)
    before = (await desk.web.get(f"/signaal/{number}")).text
    assert WORDS not in before
    assert "Uw eerdere woorden blijven staan" in before
    assert filled(await looked(desk, number), "duiding") == [WORDS]


async def test_who_changes_only_the_ernst_keeps_the_words(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    await judge(desk, number, "A", "3", duiding=WORDS)
    await judge(desk, number, "A", "2", duiding="")
    assert await words(desk) == [WORDS]
    [row] = await desk.rows(SignalReading)
    assert row.severity == 2


async def test_who_saw_the_words_can_take_them_away(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    await judge(desk, number, "A", "3", duiding=WORDS)
    page = await looked(desk, number)
    assert '<input type="hidden" name="getoond" value="ja">' in page
    await judge(desk, number, "A", "3", duiding="", getoond="ja")
    assert await words(desk) == [""]


async def test_one_answer_for_many_that_is_refused_keeps_what_was_typed(
    desk: Desk, now: datetime
) -> None:
    same = [await a_signal(desk, now) for _ in range(2)]
    said = f"Wij spraken met {PERSON}."
    refused = await press(
        desk.web, desk.world.sealer, "/signalen/samen", gebeurtenis=str(desk.number),
        soort="geruchten", gezien=[str(n) for n in same], uitkomst="F", zin=said,
    )  # fmt: skip
    assert refused.status_code == 422
    assert (filled(refused, "zin"), chosen(refused, "uitkomst")) == ([said], ["F"])


async def test_a_correction_and_a_brake_that_are_refused_keep_what_was_typed(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    fact = (await desk.rows(Fact))[0]
    refused = await desk.press("correctie", feit=fact.id, onderwerp=PERSON)
    assert refused.status_code == 422
    assert filled(refused, "onderwerp")[0] == PERSON
    await desk.let_approve()
    refused = await desk.press("trek-in", feit="alles", onderwerp="het aantal mensen")
    assert "Zet een vinkje" in refused.text
    assert filled(refused, "onderwerp")[-1] == "het aantal mensen"
    weg = refused.text[refused.text.index('id="weg"') :]
    assert re.findall(r'<option value="([^"]*)" selected>', weg) == ["alles"]


async def test_a_remark_and_a_reason_that_are_refused_keep_what_was_typed(desk: Desk) -> None:
    await desk.fact()
    async with desk.world.db.begin() as session:
        for text in (await session.exec(select(BriefingText))).all():
            if text.audience is Audience.PARENTS:
                text.remarks = [{"code": "N4", "level": "block", "where": "x", "advice": "Bron."}]
                session.add(text)
    handed = await desk.press("indienen", versie=1, uitzondering="ja", zeker="ja")
    assert handed.status_code == 303, handed.text
    await desk.let_approve()
    page = await desk.page("verzenden")
    [key] = re.findall(r'name="regel" value="([^"]*)"', page)
    seen = re.findall(r'name="gezien" value="([^"]*)"', page)[0]
    reason = f"{PERSON} zei het zelf."
    refused = await desk.press("uitzondering", gezien=seen, regel=unescape(key), reden=reason)
    assert (refused.status_code, filled(refused, "reden")) == (422, [reason])
    remark = f"Laat {PERSON} dit lezen."
    refused = await desk.press("terugsturen", gezien=seen, opmerking=remark)
    assert (refused.status_code, filled(refused, "opmerking")) == (422, [remark])


async def test_a_phase_that_is_refused_keeps_what_was_typed(desk: Desk, now: datetime) -> None:
    await a_signal(desk, now)
    given: dict[str, Any] = {
        "fase": "3", "besluit": "informeren", "andere_uitleg": "De toetsweek.", "wie_nog": "GGD",
        "regel": ["Vooral geruchten.", f"{PERSON} maakt het erger.", ""],
    }  # fmt: skip
    refused = await desk.press("oordeel", **given)
    assert refused.status_code == 422
    assert filled(refused, "regel")[:3] == given["regel"]
    assert filled(refused, "andere_uitleg") == ["De toetsweek."]
    assert (chosen(refused, "fase"), chosen(refused, "besluit")) == (["3"], ["informeren"])


def test_what_was_typed_stands_in_its_own_form_only() -> None:
    typed = typed_in("/signaal/3/besluit", {"wat": ["Meelopen."], "regel": ["een", "twee"]})
    assert (typed.of("besluit", "wat"), typed.of("duiden", "wat")) == ("Meelopen.", "")
    assert typed.of("besluit", "regel", place=1) == "twee"
    assert typed.of("besluit", "regel", place=2) == ""
    assert typed.is_in("besluit", "wat", "Meelopen.")
    assert not typed.is_in("duiden")
    assert typed_in("/signaal/3/besluit", {}) == Typed()
    assert typed_in("/signaal/3/besluit", {}).of("besluit", "ernst", 2) == "2"
