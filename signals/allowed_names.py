"""Schools, squares and shops that the city's own people say are no person. They are never one.

The list in the configuration stays; what stands here comes on top. The filter hears of a change at
once where it was made, and within half a minute in every other process (``bot/allowing.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from signals import dutch_words
from signals.allowed_rows import LONGEST, AllowedName
from signals.person_filter import screen
from signals.person_words import Lists, Token, fold, load_lists, tokenize
from signals.settings import SignalSettings

SHORTEST, MOST = 2, 500
#: a name on the list may look like a name, that is why it is there; it is never one of these
_MAY_LOOK_LIKE = frozenset({"NAAM", "PERSOON", "LOCATIE"})


class WhyNot(StrEnum):
    """Why something does not go on the list."""

    LENGTH = "length"
    NO_NAME = "no_name"
    FIRST_NAME = "first_name"
    SURNAME = "surname"
    WHOLE_NAME = "whole_name"
    KNOWN = "known"
    FULL = "full"


def why_not(name: str) -> WhyNot | None:
    """Whether this is no name of a place or an organisation. Pure but for the lists.

    *Fatima*, *Yilmaz* and *Jan de Vries* would excuse every text about such a person; *café
    Fatima* and *Jan Ligthartschool* excuse only themselves.
    """
    if not SHORTEST <= len(name) <= LONGEST:
        return WhyNot.LENGTH
    lists, tokens = load_lists(), tokenize(name)
    if not tokens or set(screen(name).labels) - _MAY_LOOK_LIKE:
        return WhyNot.NO_NAME
    named = [token for token in tokens if token.key not in lists.prefixes]
    if not named or any(_says_what_it_is(token, lists) for token in named):
        return None if named else WhyNot.NO_NAME
    first = named[0]
    is_first = first.key in lists.first_names or first.key in lists.ambiguous
    if len(named) == 1:
        if is_first:
            return WhyNot.FIRST_NAME
        return WhyNot.SURNAME if first.key in lists.family else None
    return WhyNot.WHOLE_NAME if is_first and all(_may_be_name(t, lists) for t in named) else None


def _says_what_it_is(token: Token, lists: Lists) -> bool:
    """*café*, *school*, *Ligthartschool*: with it the name excuses no person."""
    key = token.key
    if key in lists.organisations or key in lists.houses_of_worship:
        return True
    endings = (*lists.organisation_endings, *lists.place_endings)
    is_name = key in lists.first_names or key in lists.surnames
    return not is_name and any(key.endswith(e) and len(key) > len(e) + 1 for e in endings)


def _may_be_name(token: Token, lists: Lists) -> bool:
    key = token.key
    known = key in lists.first_names or key in lists.ambiguous or key in lists.family
    return known or not dutch_words.is_word(token.text)


async def all_names(session: AsyncSession) -> Sequence[AllowedName]:
    """In the order of the alphabet."""
    return (await session.exec(select(AllowedName).order_by(col(AllowedName.key)))).all()


async def add_name(
    session: AsyncSession, name: str, settings: SignalSettings, *, who: Who, now: datetime
) -> WhyNot | None:
    """Put a name on the list; why not, when it does not belong there."""
    name = " ".join(name.split())
    if (reason := why_not(name)) is not None:
        return reason
    kept = await all_names(session)
    key = fold(name)
    if key in {*(one.key for one in kept), *(fold(one) for one in settings.allow)}:
        return WhyNot.KNOWN
    if len(kept) >= MOST:
        return WhyNot.FULL
    row = AllowedName(name=name, key=key, added_at=now)
    session.add(row)
    await session.flush()
    write_journal(
        session, who=who, action="name_allowed", subject=f"allowed_name:{row.id}", now=now
    )
    await take_over(session, settings)
    return None


async def remove_name(
    session: AsyncSession, row_id: int, settings: SignalSettings, *, who: Who, now: datetime
) -> bool:
    """Take a name off the list; False when it was gone already."""
    row = await session.get(AllowedName, row_id)
    if row is None:
        return False
    await session.delete(row)
    await session.flush()
    write_journal(
        session, who=who, action="name_disallowed", subject=f"allowed_name:{row_id}", now=now
    )
    await take_over(session, settings)
    return True


async def take_over(session: AsyncSession, settings: SignalSettings) -> None:
    """From now on the filter of this process goes by the list as it stands."""
    settings.take_over(one.name for one in await all_names(session))
