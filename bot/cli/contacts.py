"""``schakel contacts``: import a list, look at it, make invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database

if TYPE_CHECKING:
    from contacts.importing import ImportResult, LineError, Reading
    from contacts.records import Database

app = typer.Typer(no_args_is_help=True)


@app.command("import", help=texts.HELP_IMPORT)
def import_file(
    file: Path,
    exercise: Annotated[bool, typer.Option("--exercise", help=texts.HELP_EXERCISE)] = False,
    preview: Annotated[bool, typer.Option("--preview", help=texts.HELP_PREVIEW)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from contacts.importing import read_contacts
    from feeds.lexicon import districts

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise stop(texts.NO_FILE.format(path=file)) from error
    reading = read_contacts(raw, {name.lower(): code for code, name in districts()})
    loaded = load(config)
    is_exercise = exercise or loaded.is_exercise
    result = with_database(loaded, lambda db: _store(db, reading, is_exercise, preview))
    say(
        texts.IMPORTED.format(
            added=result.added, updated=result.updated, unchanged=result.unchanged,
            organisations=result.organisations,
        )
    )  # fmt: skip
    if preview:
        say(texts.IMPORT_PREVIEW)
    _tell_errors([*reading.errors, *result.errors])


async def _store(db: Database, reading: Reading, is_exercise: bool, preview: bool) -> ImportResult:
    """Store the list; a preview does the same and throws it away."""
    from bot.clock import utc_now
    from contacts.importing import import_contacts
    from contacts.journal import Who

    async with db.begin() as session:
        result = await import_contacts(
            session, reading, who=Who("cli"), is_exercise=is_exercise, now=utc_now()
        )
        if preview:
            await session.rollback()
    return result


def _tell_errors(errors: Sequence[LineError]) -> None:
    for error in sorted(errors, key=lambda one: one.line):
        shape = texts.LINE_ERROR if error.line else texts.FILE_ERROR
        say(shape.format(line=error.line, text=error.text))
    if errors:
        lines = len({error.line for error in errors})
        raise stop(texts.IMPORT_ERRORS.format(count=lines), WRONG)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A person as the command line shows them."""

    person_id: int
    name: str
    organisation: str
    has_telegram: bool


@app.command("list", help=texts.HELP_CONTACTS_LIST)
def list_contacts(config: ConfigPath = DEFAULT_CONFIG) -> None:
    people = with_database(load(config), _people)
    for person in people:
        linked = texts.LINKED if person.has_telegram else texts.NOT_LINKED
        say(
            texts.CONTACT_LINE.format(
                person_id=person.person_id, name=person.name, organisation=person.organisation,
                linked=linked,
            )
        )  # fmt: skip
    if not people:
        say(texts.NO_CONTACTS)


@app.command(help=texts.HELP_INVITE)
def invite(
    person_id: Annotated[int | None, typer.Argument(help=texts.HELP_PERSON)] = None,
    everyone: Annotated[bool, typer.Option("--all", help=texts.HELP_ALL)] = False,
    qr: Annotated[Path | None, typer.Option("--qr", help=texts.HELP_QR)] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    if (person_id is None) is not everyone:
        raise stop(texts.INVITE_WHICH)
    bot_name = loaded.telegram.bot_name
    if not bot_name:
        raise stop(texts.NO_BOT_NAME)
    made = with_database(loaded, lambda db: _invite(db, person_id, bot_name))
    if not made and everyone:
        say(texts.NOTHING_TO_INVITE)
    elif not made:
        raise stop(texts.NO_PERSON.format(person_id=person_id), WRONG)
    for person, link in made:
        say(texts.INVITED.format(name=person.name, organisation=person.organisation, link=link))
        if qr is not None:
            say(texts.QR_WRITTEN.format(path=_write_qr(qr, person.person_id, link)))


def _write_qr(folder: Path, person_id: int, link: str) -> Path:
    import segno

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / texts.QR_FILE.format(person_id=person_id)
    segno.make(link, error="m").save(str(file), scale=6)
    return file


async def _invite(db: Database, person_id: int | None, bot_name: str) -> list[tuple[_Listed, str]]:
    """People with a new link; without a number everyone who has no Telegram yet."""
    from bot.clock import utc_now
    from contacts.invitations import deep_link
    from contacts.invitations import invite as make

    chosen = [
        person
        for person in await _people(db)
        if (not person.has_telegram if person_id is None else person.person_id == person_id)
    ]
    async with db.begin() as session:
        tokens = [await make(session, person.person_id, now=utc_now()) for person in chosen]
    links = [deep_link(bot_name, token) for token in tokens]
    return list(zip(chosen, links, strict=True))


async def _people(db: Database) -> list[_Listed]:
    """Everyone who did not leave."""
    from sqlmodel import col, select

    from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person

    async with db.read() as session:
        found = await session.exec(
            select(Channel.person_id).where(
                col(Channel.kind) == ChannelKind.TELEGRAM,
                col(Channel.status) == ChannelStatus.ACTIVE,
            )
        )
        linked = set(found.all())
        rows = await session.exec(
            select(Person, Organisation.name)
            .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
            .where(col(Person.left_at).is_(None))
            .order_by(col(Person.id))
        )
        return [
            _Listed(person.id or 0, person.name, organisation, person.id in linked)
            for person, organisation in rows.all()
        ]
