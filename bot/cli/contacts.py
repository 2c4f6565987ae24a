"""``schakel contacts``: import a list, look at it, make invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import frame_texts, texts
from bot.cli.contact_files import progress_bar
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database
from bot.cli.framing import DutchTyper
from contacts.texts import counted

if TYPE_CHECKING:
    from datetime import datetime

    from contacts.importing import ImportResult, LineError, Reading
    from contacts.records import Database
    from contacts.sealing import Sealer

app = DutchTyper()


@app.command("import", help=texts.HELP_IMPORT)
def import_file(
    file: Annotated[Path, typer.Argument(help=texts.HELP_CSV, metavar=frame_texts.FILE)],
    exercise: Annotated[bool, typer.Option("--exercise", help=texts.HELP_EXERCISE)] = False,
    preview: Annotated[bool, typer.Option("--preview", help=texts.HELP_PREVIEW)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from contacts.importing import read_contacts
    from feeds.districts import districts

    raw = _bytes_of(file)
    # Before anything is read: it says of which city the wijken are.
    loaded = load(config)
    reading = read_contacts(raw, {name.lower(): code for code, name in districts()})
    _need_rows(reading)
    is_exercise = exercise or loaded.is_exercise
    result = with_database(loaded, lambda db: _store(db, reading, is_exercise, preview))
    errors = [*reading.errors, *result.errors]
    _tell_errors(errors)
    say(
        texts.IMPORTED.format(
            added=result.added, updated=result.updated, unchanged=result.unchanged,
            organisations=result.organisations,
        )
    )  # fmt: skip
    if preview:
        say(texts.IMPORT_PREVIEW)
    if errors:
        lines = len({error.line for error in errors})
        raise stop(counted(texts.IMPORT_ERRORS, lines), WRONG)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise stop(texts.NO_FILE.format(path=file)) from error
    except IsADirectoryError as error:
        raise stop(texts.IS_FOLDER.format(path=file)) from error
    except OSError as error:
        raise stop(texts.CLOSED_FILE.format(path=file)) from error


def _need_rows(reading: Reading) -> None:
    """A list without one line that could be tried stores nothing; the header says why."""
    if reading.rows or any(error.line > 1 for error in reading.errors):
        return
    from contacts.importing.texts import HEADERS, REQUIRED

    _tell_errors(reading.errors)
    if not reading.errors:
        raise stop(texts.IMPORT_ONLY_HEADER, WRONG)
    required = ", ".join(HEADERS[name][0] for name in REQUIRED)
    optional = ", ".join(words[0] for name, words in HEADERS.items() if name not in REQUIRED)
    raise stop(texts.IMPORT_COLUMNS.format(required=required, optional=optional), WRONG)


async def _store(db: Database, reading: Reading, is_exercise: bool, preview: bool) -> ImportResult:
    """Store the list; a preview does the same and throws it away."""
    from bot.clock import utc_now
    from contacts.importing import import_contacts
    from contacts.journal import OPERATOR

    with progress_bar(len(reading.rows)) as progress:
        async with db.begin() as session:
            result = await import_contacts(
                session, reading, who=OPERATOR, is_exercise=is_exercise, now=utc_now(),
                progress=progress,
            )  # fmt: skip
            if preview:
                await session.rollback()
    return result


def _tell_errors(errors: Sequence[LineError]) -> None:
    for error in sorted(errors, key=lambda one: one.line):
        shape = texts.LINE_ERROR if error.line else texts.FILE_ERROR
        say(shape.format(line=error.line, text=error.text))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A person as the command line shows them."""

    person_id: int
    name: str
    organisation: str
    has_telegram: bool
    has_mail: bool


@app.command("export", help=texts.HELP_EXPORT)
def export(
    person_id: Annotated[int, typer.Argument(help=texts.HELP_PERSON, metavar=frame_texts.PERSON)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    import json

    from bot.config import load_sealer

    loaded = load(config)
    sealer = load_sealer(loaded)
    told = with_database(loaded, lambda db: _export(db, sealer, person_id))
    if told is None:
        raise stop(texts.NO_PERSON_AT_ALL.format(person_id=person_id), WRONG)
    say(json.dumps(told, ensure_ascii=False, indent=2))


async def _export(db: Database, sealer: Sealer, person_id: int) -> dict[str, Any] | None:
    from bot.clock import utc_now
    from bot.own_data import export_contact
    from contacts.directory import Person
    from contacts.journal import OPERATOR, write_journal

    async with db.begin() as session:
        person = await session.get(Person, person_id)
        if person is None:
            return None
        write_journal(
            session, who=OPERATOR, action="person_exported", subject=f"person:{person_id}",
            now=utc_now(),
        )  # fmt: skip
        return await export_contact(session, person, sealer)


@app.command("erase", help=texts.HELP_ERASE)
def erase(
    person_id: Annotated[int, typer.Argument(help=texts.HELP_PERSON, metavar=frame_texts.PERSON)],
    sure: Annotated[bool, typer.Option("--yes", help=texts.HELP_ERASE_YES)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    if not sure:
        raise stop(texts.ERASE_SURE.format(person_id=person_id))
    said = with_database(load(config), lambda db: _erase(db, person_id))
    if said != texts.ERASED:
        raise stop(said.format(person_id=person_id), WRONG)
    say(said.format(person_id=person_id))


async def _erase(db: Database, person_id: int) -> str:
    from bot.clock import utc_now
    from bot.database import empty_log
    from bot.own_data import erase_contact
    from contacts.directory import Person
    from contacts.journal import OPERATOR
    from contacts.permissions import is_last_admin

    async with db.begin() as session:
        person = await session.get(Person, person_id)
        if person is None or person.erased_at is not None:
            return texts.NO_PERSON_AT_ALL
        if await is_last_admin(session, person):
            return texts.ERASE_LAST_ADMIN
        await erase_contact(session, person, who=OPERATOR, now=utc_now())
    await empty_log(db)
    return texts.ERASED


@app.command("list", help=texts.HELP_CONTACTS_LIST)
def list_contacts(config: ConfigPath = DEFAULT_CONFIG) -> None:
    people = with_database(load(config), _people)
    for person in people:
        alone = texts.NOT_LINKED if person.has_mail else texts.NOT_REACHED
        linked = texts.LINKED if person.has_telegram else alone
        say(
            texts.CONTACT_LINE.format(
                person_id=person.person_id, name=person.name, organisation=person.organisation,
                linked=linked,
            )
        )  # fmt: skip
    if not people:
        say(texts.NO_CONTACTS)


@dataclass(frozen=True, slots=True)
class _Invited:
    """Somebody with a new link, or (``link`` empty) one whose earlier link works ``until``."""

    person: _Listed
    link: str
    until: datetime | None


@app.command(help=texts.HELP_INVITE)
def invite(
    person_id: Annotated[
        int | None, typer.Argument(help=texts.HELP_PERSON, metavar=frame_texts.PERSON)
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help=texts.HELP_ALL)] = False,
    new: Annotated[bool, typer.Option("--new", help=texts.HELP_NEW)] = False,
    qr: Annotated[
        Path | None, typer.Option("--qr", help=texts.HELP_QR, metavar=frame_texts.FOLDER)
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    if (person_id is None) is not everyone:
        raise stop(texts.INVITE_WHICH)
    bot_name = loaded.telegram.bot_name
    if not bot_name:
        raise stop(texts.NO_BOT_NAME)
    found = with_database(loaded, lambda db: _invite(db, person_id, new, bot_name))
    if not found and everyone:
        say(texts.NOTHING_TO_INVITE)
    elif not found:
        raise stop(texts.NO_PERSON.format(person_id=person_id), WRONG)
    for one in found:
        _tell_invited(one, qr)
    _tell_how_long(found)


def _tell_invited(one: _Invited, qr: Path | None) -> None:
    from signals.workdays import day_and_time

    until = day_and_time(one.until) if one.until else ""
    shape = texts.INVITED if one.link else texts.HAS_LINK
    name, organisation = one.person.name, one.person.organisation
    say(shape.format(name=name, organisation=organisation, link=one.link, until=until))
    if one.link and qr is not None:
        say(texts.QR_WRITTEN.format(path=_write_qr(qr, one.person, one.link)))


def _tell_how_long(found: Sequence[_Invited]) -> None:
    """What became of the links that were there before, and how long the new ones work."""
    from contacts.invitations import DAYS

    made = [one for one in found if one.link]
    if made:
        say(texts.LINK_WORKS.format(days=DAYS))
    if replaced := sum(1 for one in made if one.until):
        say(texts.LINKS_REPLACED.format(count=replaced))
    if kept := len(found) - len(made):
        say(texts.LINKS_KEPT.format(count=kept))


def _write_qr(folder: Path, person: _Listed, link: str) -> Path:
    """Whoever can read the file can take the place of the person, so only its maker can."""
    import segno

    from contacts.invitations import code_file

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / code_file(person.organisation, person.person_id)
    file.touch(mode=0o600)
    file.chmod(0o600)
    segno.make(link, error="m").save(str(file), scale=6)
    return file


async def _invite(db: Database, person_id: int | None, new: bool, bot_name: str) -> list[_Invited]:
    """The person of this number with a new link; without a number everyone without Telegram.

    A link that still works was handed out already, so it is replaced only when somebody
    asks for that: by number, or with ``new``.
    """
    from bot.clock import utc_now
    from contacts.invitations import deep_link, working_invitations
    from contacts.invitations import invite as make

    chosen = [
        person
        for person in await _people(db)
        if (not person.has_telegram if person_id is None else person.person_id == person_id)
    ]
    now = utc_now()
    found = []
    async with db.begin() as session:
        until = await working_invitations(session, now=now)
        for person in chosen:
            earlier, link = until.get(person.person_id), ""
            if person_id is not None or new or earlier is None:
                link = deep_link(bot_name, await make(session, person.person_id, now=now))
            found.append(_Invited(person, link, earlier))
    return found


async def _people(db: Database) -> list[_Listed]:
    """Everyone who did not leave."""
    from sqlmodel import col, select

    from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person

    async with db.read() as session:
        found = await session.exec(
            select(Channel.person_id, Channel.kind).where(
                col(Channel.status) == ChannelStatus.ACTIVE
            )
        )
        ways = set(found.all())
        rows = await session.exec(
            select(Person, Organisation.name)
            .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
            .where(col(Person.left_at).is_(None))
            .order_by(col(Person.id))
        )
        return [
            _Listed(
                person.id or 0,
                person.name,
                organisation,
                has_telegram=(person.id, ChannelKind.TELEGRAM) in ways,
                has_mail=(person.id, ChannelKind.EMAIL) in ways,
            )
            for person, organisation in rows.all()
        ]
