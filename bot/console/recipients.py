"""Who gets what, who does not, and why: every person of the list, searched and in leaves.

The store decides who stands in which group; for the hundred on a leaf the plan itself is asked,
so that the page cannot say anything else than what will be sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlmodel import col
from starlette.responses import Response

from bot.console import recipient_texts, texts
from bot.console.doors import Door, StalePage, Visit
from briefings.audience import GOT, listed_audiences, plan_some
from briefings.missing import (
    NO_AUDIENCE,
    STORED_AUDIENCES,
    NothingToSend,
    being_corrected,
    got_version,
    has_channel,
    in_force,
    may_have_gone,
    meant_for,
    on_the_list,
    plan_missed,
    reachable_now,
    seal_of,
    send_to_missed,
)
from briefings.past_promise import is_invitation_over, is_past
from briefings.rows import Briefing, BriefingKind, BriefingStatus, covered
from briefings.versions import OPEN, SENT, followed_by, versions_of
from contacts.directory import Audience, Channel, ChannelStatus, Organisation, Person
from contacts.former_names import named_like
from contacts.outbox import Delivery, DeliveryAct, Message
from contacts.permissions import Permission
from contacts.records import ids_of, read_columns
from contacts.texts import CHANNELS
from feeds.rows import RUNNING, Event

PAGE = 100
#: the second one exists only after sending
GROUPS = ("krijgt", "alsnog", "geen-kanaal", "niet")
SHOWN = {*OPEN, *SENT, BriefingStatus.APPROVED}


class _Somebody(NamedTuple):
    id: int
    name: str
    function: str
    phone: str | None
    audiences: str
    left_at: datetime | None
    organisation: str
    organisation_phone: str | None
    municipality: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One person. ``how``: the channel, or how each delivery stands; ``why``: why nothing goes."""

    id: int
    who: str
    organisation: str
    text: str
    how: str
    why: str
    phone: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for."""

    group: str
    search: str
    text: str
    leaf: int
    version: str = ""


async def show_recipients(visit: Visit) -> Response:
    """``GET …/ontvangers?groep=krijgt&zoek=&tekst=&blad=1``: of the version that matters now."""
    event = await visit.event()
    assert event.id is not None
    versions = [b for b in await versions_of(visit.session, event.id) if b.status in SHOWN]
    asked = _asked(visit.request.query_params)
    chosen = [b for b in versions if str(b.version) == asked.version] or versions
    if not chosen:
        return await visit.show_of(event, "verzenden", "ontvangers.html", briefing=None)
    briefing = chosen[-1]
    where = _groups(event, briefing, versions)
    if asked.group not in where:
        asked = replace(asked, group=GROUPS[0])
    counts = await _count(visit, event, asked, where)
    lines = await _lines(visit, event, briefing, asked, where)
    last = max(-(-counts[asked.group] // PAGE), 1)
    standing = in_force(briefing, versions)
    is_late = bool(standing) and asked.group == "alsnog" and event.status in RUNNING
    is_late = is_late and not is_invitation_over(briefing, now=visit.now)
    return await visit.show_of(
        event, "verzenden", "ontvangers.html",
        briefing=briefing,
        is_open=briefing.status in OPEN,
        standing=standing,
        is_partly=standing < set(covered(briefing)),
        newest=max((b.version for b in versions if b.status in SENT), default=0),
        asked=asked,
        counts=counts,
        groups={key: recipient_texts.GROUPS[key] for key in where},
        is_corrected=bool(being_corrected(briefing, versions)),
        is_repeat=is_late and await may_have_gone(visit.session, briefing),
        seen=seal_of(await plan_missed(visit.session, event, briefing)) if is_late else "",
        is_past=is_past(briefing, leaves_at=visit.now),
        audiences=texts.AUDIENCES,
        lines=lines,
        last=last,
    )  # fmt: skip


def _asked(query: Mapping[str, str]) -> Asked:
    """Anything that is not on the page becomes what the page begins with. Pure."""
    leaf = query.get("blad", "1")
    group, text = query.get("groep", ""), query.get("tekst", "")
    return Asked(
        group=group if group in GROUPS else GROUPS[0],
        search=query.get("zoek", "").strip()[:80],
        text=text if text in set(Audience) else "",
        leaf=max(int(leaf[:6]), 1) if leaf.isascii() and leaf.isdigit() else 1,
        version=query.get("versie", "")[:6],
    )


def _groups(
    event: Event, briefing: Briefing, versions: Sequence[Briefing]
) -> dict[str, ColumnElement[bool]]:
    """The condition of each group; whoever fits several is in the first of them. Pure."""
    reachable = and_(col(Person.left_at).is_(None), has_channel(event))
    if briefing.status not in OPEN:
        return {
            "krijgt": got_version(briefing),
            "alsnog": reachable_now(event, briefing, versions),
            "geen-kanaal": meant_for(event, briefing, versions),
            "niet": true(),
        }
    invited = on_the_list(event)
    if briefing.kind is not BriefingKind.FIRST:
        invited = col(Person.id).in_(_told(followed_by(briefing, versions)))
    return {"krijgt": and_(invited, reachable), "geen-kanaal": invited, "niet": true()}


def _group_of(where: Mapping[str, ColumnElement[bool]]) -> ColumnElement[str]:
    """The group that somebody is in. Asked in order, so that no condition is worked out twice."""
    return case(*((condition, key) for key, condition in where.items()))


def _is_in(where: Mapping[str, ColumnElement[bool]], group: str) -> ColumnElement[bool]:
    """Whether somebody is in this group; for the first one the others need not be asked."""
    return where[group] if group == next(iter(where)) else _group_of(where) == group


def _told(versions: Sequence[Briefing]) -> Any:
    """The people who got, or may have got, these versions."""
    return (
        select(col(Delivery.person_id))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id).in_(ids_of(versions)),
            col(Delivery.person_id).is_not(None),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(GOT),
        )
    )


def _everybody(event: Event, asked: Asked, *columns: Any) -> Any:
    """Everybody on the list in this world whom the search finds."""
    query = (
        select(*columns)
        .select_from(Person)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.is_exercise) == event.is_exercise,
            col(Organisation.is_exercise) == event.is_exercise,
            col(Person.erased_at).is_(None),
        )
    )
    if asked.search:
        named = col(Person.name).icontains(asked.search, autoescape=True)
        query = query.where(or_(named, named_like(asked.search)))
    if asked.text:
        query = query.where(STORED_AUDIENCES.startswith(f'["{asked.text}"', autoescape=True))
    return query


async def _count(
    visit: Visit, event: Event, asked: Asked, where: Mapping[str, ColumnElement[bool]]
) -> dict[str, int]:
    # Kept aside, or SQLite works the group out twice: to sort by, and to say.
    grouped = _everybody(event, asked, _group_of(where).label("groep")).cte("grouped")
    grouped = grouped.prefix_with("MATERIALIZED")
    found = await read_columns(
        visit.session, select(grouped.c.groep, func.count()).group_by(grouped.c.groep)
    )
    return dict.fromkeys(where, 0) | {key: int(count) for key, count in found}


async def _lines(
    visit: Visit,
    event: Event,
    briefing: Briefing,
    asked: Asked,
    where: Mapping[str, ColumnElement[bool]],
) -> list[Line]:
    columns = (
        col(Person.id), col(Person.name), col(Person.function), col(Person.phone), STORED_AUDIENCES,
        col(Person.left_at), col(Organisation.name), col(Organisation.phone),
        col(Organisation.municipality),
    )  # fmt: skip
    query = (
        _everybody(event, asked, *columns)
        .where(_is_in(where, asked.group))
        .order_by(col(Organisation.name), col(Person.name), col(Person.id))
        .offset((asked.leaf - 1) * PAGE)
        .limit(PAGE)
    )
    people = [_Somebody(*row) for row in await read_columns(visit.session, query)]
    ids = [person.id for person in people]
    if asked.group in ("krijgt", "alsnog"):
        if briefing.status in OPEN:
            how, got = await _planned(visit, event, briefing, ids)
        else:
            how, got = await _sent(visit, briefing, ids)
        return [_line(person, how.get(person.id, ""), "", got.get(person.id)) for person in people]
    if asked.group == "geen-kanaal":
        closed = await _closed(visit, ids)
        return [
            _line(person, "", recipient_texts.why_no_channel(person.left_at, closed.get(person.id)))
            for person in people
        ]
    return [_line(person, "", why_not(person, briefing)) for person in people]


def _line(person: _Somebody, how: str, why: str, got: Audience | None = None) -> Line:
    audiences = listed_audiences(person.audiences)
    text = got or (Audience(audiences[0]) if audiences else None)
    return Line(
        id=person.id,
        who=f"{person.name}, {person.function}" if person.function else person.name,
        organisation=recipient_texts.place(person.organisation, person.municipality),
        text=texts.AUDIENCES[text] if text else "",
        how=how,
        why=why,
        phone=person.phone or person.organisation_phone or "",
    )


async def _planned(
    visit: Visit, event: Event, briefing: Briefing, ids: Sequence[int]
) -> tuple[dict[int, str], dict[int, Audience]]:
    """The channel and the text of these people, as they will be sent."""
    plan = await plan_some(visit.session, event, briefing, ids)
    by_person = {planned.recipient.person_id or 0: planned for planned in plan.recipients}
    how = {ident: CHANNELS[one.recipient.kind] for ident, one in by_person.items()}
    return how, {ident: one.audience for ident, one in by_person.items()}


async def _sent(
    visit: Visit, briefing: Briefing, ids: Sequence[int]
) -> tuple[dict[int, str], dict[int, Audience]]:
    """How every delivery to these people stands, in the order in which they were planned."""
    query = (
        select(
            col(Delivery.person_id), col(Delivery.kind), col(Delivery.status),
            col(Delivery.reason), col(Message.audience),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.person_id).in_(ids),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .order_by(col(Delivery.id))
    )  # fmt: skip
    how: dict[int, list[str]] = {}
    got: dict[int, Audience] = {}
    for ident, kind, status, reason, audience in await read_columns(visit.session, query):
        how.setdefault(ident, []).append(recipient_texts.stands(kind, status, reason))
        if audience:
            got[ident] = Audience(audience)
    return {ident: "; ".join(said) for ident, said in how.items()}, got


async def _closed(visit: Visit, ids: Sequence[int]) -> dict[int, list[tuple[str, str | None]]]:
    """The closed channels of these people: which, and the code of why."""
    query = (
        select(col(Channel.person_id), col(Channel.kind), col(Channel.closed_reason))
        .where(col(Channel.person_id).in_(ids), col(Channel.status) == ChannelStatus.CLOSED)
        .order_by(col(Channel.rank), col(Channel.id))
    )
    closed: dict[int, list[tuple[str, str | None]]] = {}
    for ident, kind, code in await read_columns(visit.session, query):
        closed.setdefault(ident, []).append((CHANNELS[kind], code))
    return closed


def why_not(person: _Somebody, briefing: Briefing) -> str:
    """Why somebody on the list is left out of this version. Pure."""
    if person.left_at is not None:
        return recipient_texts.LEFT
    if person.audiences == NO_AUDIENCE:
        return recipient_texts.NO_TEXT
    if briefing.status in OPEN:
        return recipient_texts.NOT_BEFORE
    return recipient_texts.LATER if briefing.kind is BriefingKind.FIRST else recipient_texts.NO_TURN


async def send_late(visit: Visit) -> Response:
    """``POST …/alsnog``: the same text to those who missed it and can be reached now."""
    event = await visit.event()
    assert event.id is not None
    sent = [b for b in await versions_of(visit.session, event.id) if b.status in SENT]
    briefing = next((b for b in sent if str(b.version) == visit.text("versie")), None)
    if briefing is None or event.status not in RUNNING:
        raise StalePage
    try:
        await send_to_missed(
            visit.session, event, briefing, visit.parts.config.briefings,
            seen=visit.text("gezien"), who=visit.actor.who, now=visit.now,
        )  # fmt: skip
    except NothingToSend as error:
        raise StalePage from error
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="sent_late")


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/ontvangers", show_recipients, Permission.SEE_STATUS),
    Door(f"{_EVENT}/alsnog", send_late, Permission.RESEND_DELIVERY, "POST"),
)
