"""``schakel init`` and ``schakel check``: the first five questions, and what is right or wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, run, say, stop

if TYPE_CHECKING:
    from bot.config import Config

#: the file that ``init`` starts from lies beside the packages
TEMPLATE = Path(__file__).parents[2] / "config.toml"


def init(
    config: ConfigPath = DEFAULT_CONFIG,
    force: Annotated[bool, typer.Option("--force")] = False,
) -> None:
    if config.exists() and not force:
        raise stop(texts.INIT_EXISTS.format(path=config))
    city = typer.prompt(texts.INIT_CITY, default="Arnhem")
    bot_name = typer.prompt(texts.INIT_BOT).lstrip("@")
    mail_host = typer.prompt(texts.INIT_MAIL, default="", show_default=False)
    sender = typer.prompt(texts.INIT_FROM, default="", show_default=False)
    name = typer.prompt(texts.INIT_NAME, default=texts.INIT_NAME_DEFAULT)
    text = fill_in(
        TEMPLATE.read_text(encoding="utf-8"),
        {
            ("briefings", "city"): city,
            ("telegram", "bot_name"): bot_name,
            ("mail", "host"): mail_host,
            ("mail", "from_address"): sender,
            ("mail", "reply_address"): sender,
        },
    )
    config.write_text(text, encoding="utf-8")
    loaded = load(config)
    link = run(_first_person(loaded, city, name))
    say(texts.INIT_WRITTEN.format(path=config))
    say(texts.INIT_LINK)
    say(link)
    _show_qr(link)
    say(texts.INIT_NEXT)


def fill_in(text: str, values: dict[tuple[str, str], str]) -> str:
    """``text`` (TOML) with other values for some keys; comments stay."""
    section, lines = "", []
    for line in text.splitlines():
        if head := re.match(r"\[+([\w.]+)\]+", line):
            section = head[1]
        key = line.partition("=")[0].strip()
        if (section, key) in values:
            escaped = values[section, key].replace("\\", "\\\\").replace('"', '\\"')
            line = f'{key} = "{escaped}"'  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"


def _show_qr(link: str) -> None:
    import segno

    segno.make(link, error="m").terminal(compact=True)


async def _first_person(config: Config, city: str, name: str) -> str:
    """The first beheerder and coördinator, with the link that connects their Telegram."""
    from sqlmodel import col, select

    from bot.clock import utc_now
    from bot.config import load_sealer
    from bot.database import open_database
    from bot.migrating import migrate
    from contacts.directory import Domain, Organisation, Person, Role
    from contacts.invitations import invite
    from contacts.journal import Who
    from contacts.people import grant

    await migrate(config.database.url)
    load_sealer(config)
    database, now = open_database(config.database.url), utc_now()
    try:
        async with database.begin() as session:
            title = texts.INIT_ORGANISATION.format(city=city)
            found = await session.exec(select(Organisation).where(col(Organisation.name) == title))
            organisation = found.first() or Organisation(
                name=title, domain=Domain.MUNICIPALITY, created_at=now,
                is_exercise=config.is_exercise,
            )  # fmt: skip
            session.add(organisation)
            await session.flush()
            assert organisation.id is not None
            person = Person(
                organisation_id=organisation.id, name=name, function=name, created_at=now,
                is_exercise=config.is_exercise,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            assert person.id is not None
            for role in (Role.COORDINATOR, Role.ADMIN):
                await grant(session, person.id, role, who=Who("cli"), now=now)
            token = await invite(session, person.id, now=now)
    finally:
        await database.close()
    return f"https://t.me/{config.telegram.bot_name}?start={token}"


def check(config: ConfigPath = DEFAULT_CONFIG) -> None:
    from bot.cli.checking import check_all

    loaded = load(config)
    say(texts.CHECK_OK.format(what=texts.CHECK_CONFIG.format(path=config)))
    right = run(check_all(loaded))
    say(texts.CHECK_DONE)
    if not right:
        raise typer.Exit(WRONG)
