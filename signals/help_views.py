"""What a member sees of vraag en aanbod: entries of others, the own ones, and who met whom.

Before an entry is taken up only the domain is named, and the wijk where enough organisations
of that domain are. Afterwards both sides see each other's organisation, and the contact as
long as its person lets others see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain, Organisation, Person
from contacts.outbox import DISTRIBUTED, Delivery, DeliveryStatus, Message
from contacts.permissions import Actor, Permission, may, require
from contacts.sealing import Sealer
from contacts.sharing import SharedContact, shared_contacts, sharing_people
from feeds.districts import districts
from signals import help_texts, texts
from signals.feedback import SMALL
from signals.help_rows import HelpEntry, HelpKind, HelpMatch, HelpStatus

#: a reader looks at so many at most
MOST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody else asks or offers, without who. ``where``: domain, and perhaps wijk."""

    id: int
    kind: HelpKind
    what: str
    where: str
    event_id: int | None
    text: str
    until: datetime
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Met:
    """The other side of an entry: the organisation, and the contact while it may be seen."""

    match_id: int
    organisation: str
    contact: SharedContact | None
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """An entry of one's own, or one that was taken up, with the other side of it."""

    entry: HelpEntry
    what: str
    text: str
    standing: str
    is_open: bool
    met: tuple[Met, ...]


def named(entry: HelpEntry) -> str:
    """``hulp gevraagd: meedenken``. Pure."""
    return f"{help_texts.KINDS[entry.kind].lower()}: {help_texts.TOPICS[entry.topic]}"


async def events_of(session: AsyncSession, organisation_id: int) -> set[int]:
    """Events about which something reached this organisation."""
    found = await session.exec(
        select(Message.event_id)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Delivery.organisation_id) == organisation_id,
            col(Delivery.status) == DeliveryStatus.SENT,
            col(Message.kind).in_(DISTRIBUTED),
            col(Message.event_id).is_not(None),
        )
        .distinct()
    )
    return {event_id for event_id in found.all() if event_id is not None}


async def entries_for(
    session: AsyncSession, actor: Actor, *, sealer: Sealer, now: datetime
) -> list[Entry]:
    """What others ask and offer that this member may see, the newest first.

    :raises NotAllowed: what others write is closed to this domain or role.
    """
    require(actor, Permission.READ_HELP)
    return await _shown(session, await _open(session, actor, now=now), actor, sealer=sealer)


async def entry_for(
    session: AsyncSession, entry_id: int, actor: Actor, *, now: datetime
) -> HelpEntry | None:
    """An open entry of somebody else that this member may see now, or None.

    :raises NotAllowed: as :func:`entries_for`.
    """
    require(actor, Permission.READ_HELP)
    found = await _open(session, actor, now=now, entry_id=entry_id)
    return found[0] if found else None


async def _open(
    session: AsyncSession, actor: Actor, *, now: datetime, entry_id: int | None = None
) -> list[HelpEntry]:
    query = (
        select(HelpEntry)
        .join(Person, col(Person.id) == col(HelpEntry.person_id))
        .where(
            col(HelpEntry.status) == HelpStatus.OPEN,
            col(HelpEntry.expires_at) > now,
            col(HelpEntry.is_exercise) == actor.is_exercise,
            col(HelpEntry.organisation_id) != actor.organisation_id,
            col(HelpEntry.person_id).in_(sharing_people()),
            col(Person.left_at).is_(None),
        )
        .order_by(col(HelpEntry.id).desc())
    )
    if entry_id is not None:
        query = query.where(col(HelpEntry.id) == entry_id)
    reached = await events_of(session, actor.organisation_id)
    sees_all = may(actor, Permission.MODERATE_HELP)
    return [
        entry
        for entry in (await session.exec(query)).all()
        if sees_all or entry.event_id is None or entry.event_id in reached
    ][:MOST]


async def _shown(
    session: AsyncSession, entries: Sequence[HelpEntry], actor: Actor, *, sealer: Sealer
) -> list[Entry]:
    places = await districts_to_name(session, entries)
    taken = await session.exec(
        select(HelpMatch.entry_id).where(col(HelpMatch.person_id) == actor.person_id)
    )
    mine = set(taken.all())
    return [
        Entry(
            id=entry.id or 0,
            kind=entry.kind,
            what=help_texts.TOPICS[entry.topic],
            where=_where(entry.domain, places.get(entry.organisation_id)),
            event_id=entry.event_id,
            text=words_of(entry, sealer),
            until=entry.expires_at,
            is_taken=entry.id in mine,
        )
        for entry in entries
    ]


def _where(domain: Domain, district: str | None) -> str:
    name = texts.DOMAINS[domain]
    if district is None:
        return name
    return help_texts.IN_DISTRICT.format(domain=name, district=district)


async def districts_to_name(
    session: AsyncSession, entries: Sequence[HelpEntry]
) -> Mapping[int, str]:
    """The wijk by organisation, where it does not point at one organisation."""
    if not entries:
        return {}
    found = await session.exec(
        select(Organisation).where(col(Organisation.is_exercise) == entries[0].is_exercise)
    )
    organisations = found.all()
    together = Counter((one.domain, one.district) for one in organisations)
    names = dict(districts())
    return {
        one.id: names[one.district]
        for one in organisations
        if one.id is not None
        and one.district in names
        and together[one.domain, one.district] >= SMALL
    }


def words_of(entry: HelpEntry, sealer: Sealer) -> str:
    """What the maker wrote; empty without words, or after the end."""
    return sealer.read(entry.text_sealed)


async def mine_of(session: AsyncSession, actor: Actor, *, sealer: Sealer) -> list[Mine]:
    """What this member asked, offered and took up, with the other side, the newest first."""
    found = await session.exec(
        select(HelpEntry)
        .where(col(HelpEntry.person_id) == actor.person_id)
        .order_by(col(HelpEntry.id).desc())
    )
    own = list(found.all())
    taken = await session.exec(
        select(HelpEntry, HelpMatch)
        .join(HelpMatch, col(HelpMatch.entry_id) == col(HelpEntry.id))
        .where(col(HelpMatch.person_id) == actor.person_id)
        .order_by(col(HelpMatch.id).desc())
    )
    pairs = list(taken.all())
    matches = await session.exec(
        select(HelpMatch)
        .where(col(HelpMatch.entry_id).in_([entry.id for entry in own]))
        .order_by(col(HelpMatch.id))
    )
    others = list(matches.all())
    people = {match.person_id for match in others} | {entry.person_id for entry, _ in pairs}
    contacts = await shared_contacts(session, people)
    names = await _names(session, [*others, *(entry for entry, _ in pairs)])
    met: dict[int, list[Met]] = {}
    for match in others:
        seen = Met(
            match.id or 0, names.get(match.organisation_id, ""), contacts.get(match.person_id),
            is_given=match.given_at is not None,
        )  # fmt: skip
        met.setdefault(match.entry_id, []).append(seen)
    mine = [_mine(entry, met.get(entry.id or 0, []), sealer) for entry in own]
    return mine + [
        _mine(
            entry,
            [
                Met(
                    match.id or 0,
                    names.get(entry.organisation_id, ""),
                    contacts.get(entry.person_id),
                    is_given=match.given_at is not None,
                )
            ],
            sealer,
        )
        for entry, match in pairs
    ]


def _mine(entry: HelpEntry, met: Sequence[Met], sealer: Sealer) -> Mine:
    return Mine(
        entry=entry,
        what=named(entry),
        text=words_of(entry, sealer),
        standing=help_texts.STATUSES[entry.status],
        is_open=entry.status is HelpStatus.OPEN,
        met=tuple(met),
    )


async def _names(session: AsyncSession, rows: Sequence[HelpMatch | HelpEntry]) -> Mapping[int, str]:
    found = await session.exec(
        select(Organisation.id, Organisation.name).where(
            col(Organisation.id).in_({row.organisation_id for row in rows})
        )
    )
    return {ident: name for ident, name in found.all() if ident is not None}
