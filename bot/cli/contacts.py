"""``schakel contacts``: import a list, make invitations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database

if TYPE_CHECKING:
    from contacts.importing import LineError, Reading
    from contacts.records import Database

app = typer.Typer(no_args_is_help=True)


@app.command("import", help=texts.HELP_IMPORT)
def import_file(
    file: Path,
    exercise: Annotated[bool, typer.Option("--exercise")] = False,
    preview: Annotated[bool, typer.Option("--preview")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from contacts.importing import read_contacts

    if not file.is_file():
        raise stop(texts.NO_FILE.format(path=file))
    reading = read_contacts(file.read_bytes())
    errors = list(reading.errors)
    if preview:
        say(texts.IMPORT_PREVIEW.format(rows=len(reading.rows)))
    else:
        loaded = load(config)
        is_exercise = exercise or loaded.is_exercise
        errors += with_database(loaded, lambda db: _store(db, reading, is_exercise))
    for error in sorted(errors, key=lambda one: one.line):
        shape = texts.LINE_ERROR if error.line else texts.FILE_ERROR
        say(shape.format(line=error.line, text=error.text))
    if errors:
        raise stop(texts.IMPORT_ERRORS.format(count=len(errors)), WRONG)


async def _store(db: Database, reading: Reading, is_exercise: bool) -> list[LineError]:
    from bot.clock import utc_now
    from contacts.importing import import_contacts
    from contacts.journal import Who

    async with db.begin() as session:
        result = await import_contacts(
            session, reading, who=Who("cli"), is_exercise=is_exercise, now=utc_now()
        )
    say(
        texts.IMPORTED.format(
            added=result.added, updated=result.updated, organisations=result.organisations
        )
    )
    return result.errors


@app.command(help=texts.HELP_INVITE)
def invite(
    person_id: Annotated[int | None, typer.Argument()] = None,
    everyone: Annotated[bool, typer.Option("--all")] = False,
    qr: Annotated[Path | None, typer.Option("--qr")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    if person_id is None and not everyone:
        raise stop(texts.INVITE_WHICH)
    if not loaded.telegram.bot_name:
        raise stop(texts.NO_BOT_NAME)
    made = with_database(loaded, lambda db: _invite(db, person_id, loaded.telegram.bot_name))
    if not made:
        raise stop(
            texts.NOTHING_TO_INVITE if everyone else texts.NO_PERSON.format(person_id=person_id),
            WRONG,
        )
    for ident, name, organisation, link in made:
        say(texts.INVITED.format(name=name, organisation=organisation, link=link))
        if qr is not None:
            _write_qr(qr, ident, link)


def _write_qr(folder: Path, ident: int, link: str) -> None:
    import segno

    folder.mkdir(parents=True, exist_ok=True)
    segno.make(link, error="m").save(str(folder / f"uitnodiging-{ident}.svg"), scale=6)


async def _invite(
    db: Database, person_id: int | None, bot_name: str
) -> list[tuple[int, str, str, str]]:
    """(id, name, organisation, link); with no id everyone who has no Telegram yet."""
    from sqlmodel import col, select

    from bot.clock import utc_now
    from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person
    from contacts.invitations import invite as make

    linked = select(Channel.person_id).where(
        col(Channel.kind) == ChannelKind.TELEGRAM, col(Channel.status) == ChannelStatus.ACTIVE
    )
    wanted = select(Person, Organisation.name).join(
        Organisation, col(Organisation.id) == col(Person.organisation_id)
    )
    if person_id is None:
        wanted = wanted.where(col(Person.id).not_in(linked), col(Person.left_at).is_(None))
    else:
        wanted = wanted.where(col(Person.id) == person_id)
    made = []
    async with db.begin() as session:
        for person, organisation in (await session.exec(wanted)).all():
            assert person.id is not None
            token = await make(session, person.id, now=utc_now())
            link = f"https://t.me/{bot_name}?start={token}"
            made.append((person.id, person.name, organisation, link))
    return made
