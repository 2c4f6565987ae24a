"""``schakel signin``: a one-time link from the machine itself, for whoever may use the console."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.config import load_config, load_sealer
from bot.console.app import build_app
from bot.database import open_database
from contacts.directory import LinkPurpose, Organisation, PersonLink
from contacts.journal import JournalEntry
from contacts.links import LIVES
from tests.cli_world import an_empty_place, call, installed, rows, said
from tests.console_world import SAME_SITE
from tests.oidc_world import a_provider

CSV = """organisatie;domein;naam;doelgroepen;rechten;e-mail
Gemeente Arnhem;gemeente;Piet;geen;goedkeurder;piet@gemeente.example
Voorbeeldschool;onderwijs;Docent;docent_vo_mbo;;docent@school.example
Voorbeeldschool;onderwijs;Team;docent_vo_mbo;;a@school.example
Tweede school;onderwijs;Team;docent_vo_mbo;;b@school.example
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return an_empty_place(tmp_path, monkeypatch)


@pytest.fixture
def staffed(place: Path) -> Path:
    installed()
    (place / "lijst.csv").write_text(CSV, encoding="utf-8")
    assert call("contacts", "import", "lijst.csv").exit_code == 0
    return place


def token_in(output: str) -> str:
    return re.search(r"https://schakel\.example\.org/aanmelden/([\w-]{22})\s", output)[1]


def status_of_pressing(place: Path, token: str) -> int:
    """What the button on the page of this link answers."""
    config = load_config(place / "config.toml", {})

    async def press() -> int:
        db = open_database(config.database.url)
        app = build_app(db, config, load_sealer(config, {}), utc_now)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as web:
            answer = await web.post(f"/aanmelden/{token}", headers=SAME_SITE)
        await db.close()
        return answer.status_code

    return asyncio.run(press())


@pytest.mark.parametrize("asked", ["1", "Coördinator", "coördinator "])
def test_a_link_by_name_or_number_signs_in_once(staffed: Path, asked: str) -> None:
    result = call("signin", asked)
    assert result.exit_code == 0
    assert "vijf" not in result.output
    assert "5 minuten" in said(result)
    token = token_in(result.output)
    assert [status_of_pressing(staffed, token) for _ in range(2)] == [303, 410]


def test_the_link_is_of_five_minutes_and_the_journal_says_where_it_was_made(
    staffed: Path,
) -> None:
    token = token_in(said(call("signin", "Piet")))
    (link,) = rows(staffed, PersonLink)[0]
    assert link.expires_at - link.created_at == LIVES[LinkPurpose.SIGN_IN]
    made = [one for one in rows(staffed, JournalEntry)[0] if one.action == "sign_in_link_made"]
    assert [(one.actor, one.subject) for one in made] == [("cli", f"person:{link.person_id}")]
    assert token not in str([one.model_dump() for one in rows(staffed, JournalEntry)[0]])


def test_somebody_without_a_role_gets_no_link(staffed: Path) -> None:
    result = call("signin", "Docent")
    assert (result.exit_code, "Docent mag zich niet aanmelden" in said(result)) == (1, True)
    assert rows(staffed, PersonLink)[0] == []


def test_somebody_unknown_gets_a_sentence(staffed: Path) -> None:
    for asked in ("Niemand", "999", "", "9" * 40):
        result = call("signin", asked)
        assert (result.exit_code, "schakel contacts list" in said(result)) == (1, True)


def test_one_name_of_several_people_shows_their_numbers(staffed: Path) -> None:
    result = call("signin", "team")
    assert result.exit_code == 1
    assert len(re.findall(r"^\d+ · Team · .*chool$", said(result), re.M)) == 2
    assert rows(staffed, PersonLink)[0] == []


def test_whoever_left_is_unknown(staffed: Path) -> None:
    config = load_config(staffed / "config.toml", {})

    async def leave() -> None:
        from contacts.directory import Person
        from contacts.journal import SYSTEM
        from contacts.people import mark_left

        db = open_database(config.database.url)
        async with db.begin() as session:
            piet = (await session.exec(select(Person).where(col(Person.name) == "Piet"))).one()
            await mark_left(session, piet, who=SYSTEM, now=utc_now())
        await db.close()

    asyncio.run(leave())
    assert call("signin", "Piet").exit_code == 1
    assert rows(staffed, PersonLink, Organisation)[0] == []


async def checked(place: Path, issuer: str) -> str:
    (place / "config.toml").write_text(
        f"""
[web]
base_url = "https://schakel.example.org"
[sign_in]
issuer = "{issuer}"
client_id = "schakel"
""",
        encoding="utf-8",
    )
    return said(await asyncio.to_thread(call, "check"))


async def test_check_says_whether_the_provider_of_accounts_answers(place: Path) -> None:
    async with a_provider(utc_now) as provider:
        text = await checked(place, provider.issuer)
        assert f"✔ Gemeente-account: {provider.issuer} antwoordt." in text
        assert "https://schakel.example.org/aanmelden/terug" in text
        assert "noemt zich anders" in await checked(place, f"{provider.issuer}/")
        provider.document = {"authorization_endpoint": "https://elders.example/"}
        assert "een ander adres" in await checked(place, provider.issuer)
    assert "✗ Gemeente-account" in await checked(place, "http://127.0.0.1:9")
