"""Translating at the desk: a file goes to the translator and comes back, or somebody types."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from bot.console import translation_texts
from bot.console.pages import PLAIN_COOKIE
from bot.console.sessions import form_token
from briefings.rows import Translation
from briefings.xliff import from_xliff, to_xliff
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.console_world import SAME_SITE, contents, hidden_in
from tests.test_translating import _TOKENS

PAGE = "teksten/vertalen?tekst=ouders&taal=ar"
ROLE = {"rol": "beëdigd vertaler Arabisch"}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        await started.fact()
        yield started


async def segments(desk: Desk) -> list[str]:
    """As the translator's tool reads them: the file without words has every source."""
    raw = (await desk.web.get(f"/gebeurtenis/{desk.number}/{XLIFF}")).content
    filled = raw.replace(b"</source></trans-unit>", b"</source><target>x</target></trans-unit>")
    return list(from_xliff(filled)[1])


XLIFF = "teksten/vertalen/xliff?tekst=ouders&taal=ar"


def arabic(segment: str) -> str:
    parts = _TOKENS.split(segment)
    parts[::2] = [" كلمة " if part.strip() else part for part in parts[::2]]
    return " ".join("".join(parts).split())


async def hidden(desk: Desk, act: str) -> dict[str, str]:
    path = f"/gebeurtenis/{desk.number}/{act}"
    page = "vertalen?tekst=ouders&taal=ar"
    return await hidden_in(desk.web, path, page if act.endswith("vertalen") else f"../{PAGE}")


async def type_all(desk: Desk, **other: Any) -> httpx.Response:
    words = [arabic(one) for one in await segments(desk)]
    given = {**await hidden(desk, "teksten/vertalen"), **ROLE, "gemaakt": "2026-01-02"}
    return await desk.press("teksten/vertalen", **{**given, "woorden": words, **other})


async def bring_in(desk: Desk, raw: bytes, **other: str) -> httpx.Response:
    token = form_token(desk.world.sealer, desk.web.cookies.get(PLAIN_COOKIE) or "")
    given = {**await hidden(desk, "teksten/vertalen"), **ROLE, "gemaakt": "2026-01-02", **other}
    return await desk.web.post(
        f"/gebeurtenis/{desk.number}/teksten/vertalen/inlezen",
        data={"sleutel": token, **given}, files={"bestand": ("tekst.xlf", raw)},
        headers=SAME_SITE,
    )  # fmt: skip


async def test_typed_words_are_kept_and_shown_from_right_to_left(desk: Desk) -> None:
    assert (await type_all(desk)).status_code == 303
    page = await desk.page(PAGE)
    assert "<strong>Actueel.</strong>" in page
    assert "beëdigd vertaler Arabisch" in page
    assert 'lang="ar" dir="rtl"' in page
    [row] = await desk.rows(Translation)
    assert row.language == "ar"


async def test_a_file_that_comes_back_is_kept(desk: Desk) -> None:
    known = await segments(desk)
    raw = to_xliff(known, {one: arabic(one) for one in known}, language="ar", original="x")
    answer = await bring_in(desk, raw)
    assert answer.status_code == 303, answer.text
    assert "<strong>Actueel.</strong>" in await desk.page(PAGE)


async def test_a_changed_fact_makes_it_out_of_date_on_the_page(desk: Desk) -> None:
    await type_all(desk)
    await desk.fact("De straat is weer open.")
    page = await desk.page(PAGE)
    assert "<strong>Niet actueel.</strong>" in page
    assert "Zo gaat hij niet uit." in page


def a_file(language: str) -> bytes:
    return to_xliff(["a"], {"a": "b"}, language=language, original="x")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"geen xliff", translation_texts.NO_XLIFF),
        (a_file("tr"), translation_texts.OTHER_LANGUAGE),
        (a_file("ar"), translation_texts.REFUSALS["nothing"]),
    ],
)
async def test_a_file_that_is_not_this_translation_is_refused(
    desk: Desk, raw: bytes, why: str
) -> None:
    answer = await bring_in(desk, raw)
    assert answer.status_code == 422
    assert why in answer.text
    assert await desk.rows(Translation) == []


async def test_words_for_a_text_that_changed_meanwhile_change_nothing(desk: Desk) -> None:
    old = await hidden(desk, "teksten/vertalen")
    known = await segments(desk)
    raw = to_xliff(known, {one: arabic(one) for one in known}, language="ar", original="x")
    await desk.fact("De straat is weer open.")
    before = await contents(desk.world.db)
    stale = {"gezien": old["gezien"]}
    assert (await type_all(desk, **stale)).status_code == 409
    assert (await bring_in(desk, raw, **stale)).status_code == 409
    assert await contents(desk.world.db) == before


async def test_who_saves_beside_a_newer_translation_puts_nothing_back(desk: Desk) -> None:
    await type_all(desk)
    known = await segments(desk)
    shown_to_both = await hidden(desk, "teksten/vertalen")
    first, second = ([arabic(one) for one in known] for _ in range(2))
    first[0] = f"{first[0]} كلمة"
    second[1] = f"{second[1]} كلمة"
    raw = to_xliff(known, dict(zip(known, second, strict=True)), language="ar", original="x")
    assert (await type_all(desk, woorden=first, **shown_to_both)).status_code == 303
    late = await type_all(desk, woorden=second, **shown_to_both)
    assert (late.status_code, "U veranderde hier zelf al iets" in late.text) == (409, True)
    assert (await bring_in(desk, raw, gezien=shown_to_both["gezien"])).status_code == 409
    [row] = await desk.rows(Translation)
    assert [row.segments[one] for one in known] == first


async def test_who_translates_another_language_meanwhile_is_in_nobodys_way(desk: Desk) -> None:
    shown = await hidden(desk, "teksten/vertalen")
    turkish = [f"{one} x" for one in await segments(desk)]
    other = await hidden_in(
        desk.web, f"/gebeurtenis/{desk.number}/teksten/vertalen",
        "vertalen?tekst=ouders&taal=tr",
    )  # fmt: skip
    assert (await type_all(desk, **{**other, "woorden": turkish})).status_code == 303
    assert (await type_all(desk, **shown)).status_code == 303
    assert {row.language for row in await desk.rows(Translation)} == {"ar", "tr"}


async def test_a_day_is_asked_for(desk: Desk) -> None:
    answer = await type_all(desk, gemaakt="")
    assert translation_texts.DAY_LIKE_THIS in answer.text


async def test_who_approves_sees_which_translations_go_along(desk: Desk) -> None:
    await type_all(desk)
    await desk.press("indienen", versie=1)
    assert "ouders (via de school) in het Arabisch (gaat mee)" in await desk.page("verzenden")
