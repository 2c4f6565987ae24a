"""An installation that is run by its command line, and what it said."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from bot.cli.main import app
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from contacts.invitations import redeem

ANSWERS = "Arnhem\n@stad_oefen_bot\n\nhttps://schakel.example.org/\nCoördinator\n"
BOT = "schakel_oefen_bot"
HEAD = "organisatie;domein;naam;doelgroepen;rechten;e-mail\n"


def an_empty_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, without what the caller's environment says."""
    monkeypatch.chdir(folder)
    for name in ("TELEGRAM_TOKEN", "DATABASE_URL", "SECRET_KEY", "CONFIG", "DEBUG"):
        monkeypatch.delenv(f"SCHAKEL_{name}", raising=False)
    return folder


def call(*words: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=answers)


def said(result: Result) -> str:
    assert "Traceback" not in result.output
    return result.output


def installed(*extra: str) -> str:
    """Answer ``init``; gives the first link."""
    result = call("init", *extra, answers=ANSWERS)
    assert result.exit_code == 0, result.output
    return next(word for word in result.output.split() if word.startswith("https://t.me/"))


def rows(place: Path, *kinds: type[SQLModel]) -> list[Any]:
    """Everything in these tables."""
    config = load_config(place / "config.toml", {})

    async def look() -> list[Any]:
        database = open_database(config.database.url)
        async with database.read() as session:
            found = [
                list((await session.exec(select(kind).order_by(*inspect(kind).primary_key))).all())
                for kind in kinds
            ]
        await database.close()
        return found

    return asyncio.run(look())


def redeemed(place: Path, token: str) -> object:
    """What happens when somebody opens this link."""

    async def press() -> object:
        database = open_database(load_config(place / "config.toml", {}).database.url)
        async with database.begin() as session:
            answer = await redeem(session, token, 41, now=utc_now())
        await database.close()
        return answer

    return asyncio.run(press())
