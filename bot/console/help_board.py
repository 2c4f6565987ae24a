"""Vraag en aanbod at the desk: what members ask and offer; take one away, or make a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import contact_texts
from bot.console import help_page_texts as texts
from bot.console.doors import Door, Visit
from bot.console.groups import LONGEST_NAME
from bot.event_names import names_of_events
from bot.group_messages import MOST_MEMBERS
from contacts.cells import clean
from contacts.directory import GroupMember, Organisation, Person
from contacts.filling import MARK
from contacts.groups import make_group
from contacts.permissions import Permission
from signals import help_texts
from signals.help_rows import HelpEntry, HelpMatch, HelpStatus
from signals.help_views import named, words_of
from signals.helping import remove_entry
from signals.peer_views import groups_for_desk

#: what ended stays in sight as long as its rows do; so many at most
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its maker, and which organisations took it up."""

    entry: HelpEntry
    what: str
    text: str
    standing: str
    maker: Person
    organisation: str
    taken_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """Everything of one event, or standing; ``people``: who take part in it."""

    event_id: int | None
    name: str
    group_name: str
    lines: tuple[Line, ...]
    people: tuple[tuple[Person, str], ...]


async def show_board(visit: Visit) -> Response:
    """``GET /vraag-en-aanbod``."""
    return await _page(visit)


async def _page(visit: Visit, *, error: str = "") -> Response:
    lines, people = await _lines(visit)
    events = {line.entry.event_id for line in lines}
    names = await names_of_events(visit.session, [i for i in events if i is not None])
    peers = await groups_for_desk(
        visit.session, is_exercise=visit.actor.is_exercise, sealer=visit.parts.sealer
    )
    return visit.show(
        "vraag_en_aanbod.html",
        peers=peers,
        peer_events=await names_of_events(visit.session, {one.event_id for one in peers}),
        status=422 if error else 200,
        error=error,
        abouts=[
            _about(event_id, lines, people, names)
            for event_id in sorted(events, key=lambda i: (i is None, -(i or 0)))
        ],
        reasons=help_texts.REASONS,
        open_now=HelpStatus.OPEN,
        longest_name=LONGEST_NAME,
    )


def _about(
    event_id: int | None,
    lines: Sequence[Line],
    people: Mapping[int, list[tuple[Person, str]]],
    names: Mapping[int, str],
) -> About:
    here = [line for line in lines if line.entry.event_id == event_id]
    together: dict[int, tuple[Person, str]] = {}
    for line in here:
        for person, organisation in people[line.entry.id or 0]:
            if person.left_at is None:
                together[person.id or 0] = (person, organisation)
    name = texts.STANDING if event_id is None else names.get(event_id, help_texts.SOME_EVENT)
    return About(
        event_id, name, texts.GROUP_NAME.format(event=name)[:LONGEST_NAME], tuple(here),
        tuple(together.values())[:MOST_MEMBERS],
    )  # fmt: skip


async def _lines(visit: Visit) -> tuple[list[Line], Mapping[int, list[tuple[Person, str]]]]:
    """The entries, and per entry everybody in it: the maker first."""
    session = visit.session
    found = await session.exec(
        select(HelpEntry)
        .where(col(HelpEntry.is_exercise) == visit.actor.is_exercise)
        .order_by(col(HelpEntry.id).desc())
        .limit(SHOWN)
    )
    entries = list(found.all())
    matches = await session.exec(
        select(HelpMatch).where(col(HelpMatch.entry_id).in_([entry.id for entry in entries]))
    )
    pairs = [(entry.id or 0, entry.person_id) for entry in entries]
    pairs += [(match.entry_id, match.person_id) for match in matches.all()]
    known = await session.exec(
        select(Person, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_({person_id for _, person_id in pairs}))
    )
    by_number = {person.id: (person, name) for person, name in known.all()}
    people: dict[int, list[tuple[Person, str]]] = {}
    for entry_id, person_id in pairs:
        people.setdefault(entry_id, []).append(by_number[person_id])
    lines = [
        Line(
            entry=entry,
            what=named(entry),
            text=words_of(entry, visit.parts.sealer),
            standing=help_texts.STATUSES[entry.status],
            maker=people[entry.id or 0][0][0],
            organisation=people[entry.id or 0][0][1],
            taken_by=tuple(name for _, name in people[entry.id or 0][1:]),
        )
        for entry in entries
    ]
    return lines, people


async def remove(visit: Visit) -> Response:
    """``POST /vraag-en-aanbod/{number}/weg``: its maker hears why."""
    entry = await visit.session.get(HelpEntry, visit.in_path())
    if entry is None or entry.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such entry")
    reason = visit.text("reden")
    if reason not in help_texts.REASONS:
        raise ValueError("no such reason")
    await remove_entry(visit.session, entry, reason, actor=visit.actor, now=visit.now)
    return visit.back("/vraag-en-aanbod", done="help_removed")


async def make_a_group(visit: Visit) -> Response:
    """``POST /vraag-en-aanbod/groep``: a group by hand of who take part in something."""
    name = clean(visit.text("naam"))
    chosen = set(visit.numbers("wie"))
    if not name or len(name) > LONGEST_NAME or not chosen:
        return await _page(visit, error=texts.NO_NAME)
    if MARK in name:
        return await _page(visit, error=contact_texts.GROUP_MARK)
    found = await visit.session.exec(
        select(Person.id).where(
            col(Person.id).in_(chosen),
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == visit.actor.is_exercise,
        )
    )
    group = await make_group(visit.session, name, None, who=visit.actor.who, now=visit.now)
    if group is None:
        return await _page(visit, error=texts.NAME_TAKEN)
    for person_id in found.all():
        assert group.id is not None
        assert person_id is not None
        visit.session.add(GroupMember(group_id=group.id, person_id=person_id))
    await visit.session.flush()
    return visit.back("/contacten/groepen", done="saved")


DOORS = (
    Door("/vraag-en-aanbod", show_board, Permission.MODERATE_HELP),
    Door("/vraag-en-aanbod/groep", make_a_group, Permission.MODERATE_HELP, "POST"),
    Door("/vraag-en-aanbod/{number:int}/weg", remove, Permission.MODERATE_HELP, "POST"),
)
