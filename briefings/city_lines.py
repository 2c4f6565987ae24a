"""Lines of the city stay true: an owner per line, asked each quarter, expired when nobody says yes.

What a line says stands in the configuration; that it was looked at again is a row here. A row
counts for exactly the words that were confirmed: who changes the line must look again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.settings import BriefingSettings, CityLine
from contacts.directory import Person
from contacts.journal import Who, write_journal
from contacts.records import Row

#: how often the owner is asked, and how long a yes holds
QUARTER, HOLDS = timedelta(days=91), timedelta(days=182)
#: a line that runs out by its own date is asked about so long before
BEFOREHAND = timedelta(days=14)


class CityLineState(Row, table=True):
    """Who keeps a line, and when it was confirmed for the last time."""

    id: int | None = Field(default=None, primary_key=True)
    label: str = Field(max_length=80, unique=True)
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    asked_on: date | None = None
    fingerprint: str | None = Field(default=None, max_length=64)
    checked_on: date | None = None
    expires_on: date | None = None
    is_wrong: bool = Field(default=False, description="somebody said that it is not right")


#: each page and each turn of a chat asks it, so it is made once
_EVERY = select(CityLineState)


def lines_of(settings: BriefingSettings) -> list[CityLine]:
    """Every line that readers may act on, in the order of the configuration. Pure."""
    return [
        settings.contact_tonight, settings.contact_tomorrow,
        *settings.meldkaart, *settings.help_lines,
    ]  # fmt: skip


def look_again_on(line: CityLine) -> date | None:
    """The last day it counts, else the day its owner is asked again; None: never checked. Pure."""
    if line.expires_on is not None or line.checked_on is None:
        return line.expires_on
    return line.checked_on + QUARTER


def fingerprint_of(line: CityLine) -> str:
    """What a confirmation is about. Pure."""
    said = [line.label, line.text, line.phone, line.link]
    words = "\x1f".join([*said, line.for_parents] if line.for_parents else said)
    return sha256(words.encode()).hexdigest()


def as_confirmed(line: CityLine, state: CityLineState | None) -> CityLine:
    """The line with what its owner said since; a word about other words does not count. Pure."""
    if state is None or state.fingerprint != fingerprint_of(line):
        return line
    if state.is_wrong:
        return line.model_copy(update={"checked_on": None})
    if state.checked_on is None or (line.checked_on and line.checked_on >= state.checked_on):
        return line
    return line.model_copy(update={"checked_on": state.checked_on, "expires_on": state.expires_on})


def with_states(
    settings: BriefingSettings, states: Mapping[str, CityLineState]
) -> BriefingSettings:
    """The settings as they stand today. Pure."""
    if not states:
        return settings

    def now(line: CityLine) -> CityLine:
        return as_confirmed(line, states.get(line.label))

    return settings.model_copy(
        update={
            "contact_tonight": now(settings.contact_tonight),
            "contact_tomorrow": now(settings.contact_tomorrow),
            "meldkaart": [now(line) for line in settings.meldkaart],
            "help_lines": [now(line) for line in settings.help_lines],
        }
    )


def must_ask(line: CityLine, state: CityLineState | None, today: date) -> bool:
    """Whether its owner is asked today: a quarter after the last look, or before it runs out.

    Pure. Asked once a quarter at most; what nobody ever checked is for who sets it up.
    """
    current = as_confirmed(line, state)
    if current.checked_on is None:
        return False
    asked = state.asked_on if state is not None else None
    if asked is not None and asked > today - QUARTER:
        return False
    runs_out = current.expires_on is not None and current.expires_on - BEFOREHAND <= today
    return runs_out or current.checked_on <= today - QUARTER


async def line_states(session: AsyncSession) -> dict[str, CityLineState]:
    """What is known beside the configuration, by label."""
    found = await session.exec(_EVERY)
    return {state.label: state for state in found.all()}


async def current_settings(session: AsyncSession, settings: BriefingSettings) -> BriefingSettings:
    """The settings with every confirmation in them."""
    return with_states(settings, await line_states(session))


async def _state(session: AsyncSession, label: str) -> CityLineState:
    found = await session.exec(select(CityLineState).where(col(CityLineState.label) == label))
    state = found.first()
    if state is None:
        state = CityLineState(label=label)
        session.add(state)
        await session.flush()
    return state


async def set_owner(
    session: AsyncSession, line: CityLine, person: Person | None, *, who: Who, now: datetime
) -> None:
    """Who is asked about this line; None: the coordinators."""
    state = await _state(session, line.label)
    state.owner_id = None if person is None else person.id
    await _written(session, state, "line_owner_set", who=who, now=now)


async def note_line_asked(
    session: AsyncSession, line: CityLine, *, who: Who, today: date, now: datetime
) -> CityLineState:
    """Its owner gets the question in the same transaction."""
    state = await _state(session, line.label)
    state.asked_on = today
    await _written(session, state, "line_asked", who=who, now=now)
    return state


async def confirm_line(
    session: AsyncSession,
    line: CityLine,
    *,
    is_right: bool,
    who: Who,
    today: date,
    now: datetime,
) -> None:
    """Somebody looked: it is right for half a year, or it blocks every real approval from now."""
    state = await _state(session, line.label)
    state.fingerprint, state.is_wrong = fingerprint_of(line), not is_right
    if is_right:
        state.checked_on, state.expires_on = today, today + HOLDS
    action = "line_confirmed" if is_right else "line_called_wrong"
    await _written(session, state, action, who=who, now=now)


async def _written(
    session: AsyncSession, state: CityLineState, action: str, *, who: Who, now: datetime
) -> None:
    session.add(state)
    await session.flush()
    write_journal(session, who=who, action=action, subject=f"city_line_state:{state.id}", now=now)


async def kept_by(
    session: AsyncSession, settings: BriefingSettings, person_id: int
) -> Sequence[CityLine]:
    """The lines that this person keeps, as they stand."""
    states = await line_states(session)
    return [
        as_confirmed(line, states[line.label])
        for line in lines_of(settings)
        if line.label in states and states[line.label].owner_id == person_id
    ]
