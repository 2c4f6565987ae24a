"""``schakel signin``: a way into the console for somebody without Telegram and without mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import frame_texts, texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from contacts.records import Database


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom the words on the command line can mean, with name of the organisation."""

    person_id: int
    name: str
    organisation: str


def sign_in(
    person: Annotated[
        str, typer.Argument(help=texts.HELP_SIGN_IN_PERSON, metavar=frame_texts.PERSON)
    ],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from contacts.directory import LinkPurpose
    from contacts.links import LIVES

    loaded = load(config)
    found, token = with_database(loaded, lambda db: _mint_for(db, person))
    if not found:
        raise stop(texts.SIGN_IN_NOBODY.format(asked=person), WRONG)
    if len(found) > 1:
        for one in found:
            say(
                texts.SIGN_IN_ONE_OF.format(
                    person_id=one.person_id, name=one.name, organisation=one.organisation
                )
            )
        raise stop(texts.SIGN_IN_SEVERAL.format(asked=person), WRONG)
    (one,) = found
    if token is None:
        raise stop(texts.SIGN_IN_NO_RIGHT.format(name=one.name), WRONG)
    say(texts.SIGN_IN_FOR.format(name=one.name, organisation=one.organisation))
    say(f"{loaded.web.base_url.rstrip('/')}/aanmelden/{token}")
    minutes = int(LIVES[LinkPurpose.SIGN_IN].total_seconds() // 60)
    say(texts.SIGN_IN_WORKS.format(minutes=minutes))


async def _mint_for(db: Database, asked: str) -> tuple[list[_Found], str | None]:
    """Whom ``asked`` means, and a link when that is one person who may use the console."""
    from bot.clock import utc_now

    async with db.begin() as session:
        found = await _who(session, asked)
        if len(found) != 1:
            return found, None
        return found, await _mint(session, found[0].person_id, now=utc_now())


async def _who(session: AsyncSession, asked: str) -> list[_Found]:
    """The person with this number, or else everyone with exactly this name."""
    from sqlmodel import col, select

    from contacts.directory import Organisation, Person

    people = (
        select(Person, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    rows = (await session.exec(people)).all()
    wanted = asked.strip().casefold()
    by_number = [row for row in rows if str(row[0].id) == wanted]
    chosen = by_number or [row for row in rows if row[0].name.casefold() == wanted]
    return [_Found(person.id or 0, person.name, name) for person, name in chosen]


async def _mint(session: AsyncSession, person_id: int, *, now: datetime) -> str | None:
    """A journalled link; None when this person has no right to the console."""
    from contacts.directory import LinkPurpose
    from contacts.journal import OPERATOR, write_journal
    from contacts.links import mint_person_link
    from contacts.permissions import Permission, load_actor, may

    actor = await load_actor(session, person_id)
    if actor is None or not may(actor, Permission.USE_CONSOLE):
        return None
    token = await mint_person_link(session, person_id, LinkPurpose.SIGN_IN, now=now)
    write_journal(
        session, who=OPERATOR, action="sign_in_link_made", subject=f"person:{person_id}", now=now
    )
    return token
