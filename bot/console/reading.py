"""What an organisation reads behind its link: the newest text, and what it answered. No writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.library import SHARED
from briefings.past_promise import page_without
from briefings.render import Form
from briefings.rows import CORRECTING, Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.sheets import numbers_for
from briefings.texts import AS_NEIGHBOUR
from briefings.translating import DUTCH, Forms, direction
from briefings.translations import read_translations
from briefings.versions import SENT, waits
from contacts.directory import AccessLink, Audience, Organisation, Person, first_audience
from contacts.filling import INTERNAL_CONTACT, LINK
from contacts.links import open_link
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.sending import original_of
from contacts.texts import OWN_INTERNAL_CONTACT
from contacts.tokens import hash_token
from feeds.rows import Event

#: template of the one-line update; what was written before it still holds
NO_NEWS = f"{SHARED}/{Form.NO_NEWS}"
_NEVER_CAME = frozenset({DeliveryStatus.CANCELLED, DeliveryStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Door:
    """An opened link: whose it is, about which event, with which message it came."""

    link: AccessLink
    organisation: Organisation
    event: Event


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest text for one audience. The texts still hold the personal placeholders.

    ``before`` is the text that still holds when the newest one only says that there is no
    news; empty otherwise. ``corrected``: what earlier texts had wrong, each as a category.
    ``number``: which text this is for its readers, who count what they got.
    ``acknowledged`` is about this version only. ``languages``: others that it can be read in.
    ``as_neighbour``: why a municipality next door reads it; empty for everybody else.
    """

    subject: str
    html: str
    before: str
    corrected: tuple[str, ...]
    is_closing: bool
    audience: Audience
    others: tuple[Audience, ...]
    version: int
    number: int
    sent_at: datetime
    is_newer: bool
    acknowledged: dict[AcknowledgementKind, datetime]
    can_acknowledge: bool
    language: str = DUTCH
    languages: tuple[str, ...] = ()
    as_neighbour: str = ""

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def neighbour_is_translated(self) -> bool:
        return self.as_neighbour not in ("", AS_NEIGHBOUR)


async def open_door(session: AsyncSession, token: str, *, now: datetime) -> Door | None:
    """Whose link this is, or None when it opens nothing (any more)."""
    link = await open_link(session, token, now=now)
    if link is None:
        return None
    organisation = await session.get(Organisation, link.organisation_id)
    event = await session.get(Event, link.event_id)
    if organisation is None or event is None:
        return None
    return Door(link, organisation, event)


async def was_a_link(session: AsyncSession, token: str) -> bool:
    """Whether this token ever opened something."""
    found = await session.exec(
        select(AccessLink.id).where(col(AccessLink.token_hash) == hash_token(token))
    )
    return found.first() is not None


async def read_newest(
    session: AsyncSession,
    door: Door,
    wanted: Audience | None,
    *,
    now: datetime,
    language: str = "",
) -> Reading | None:
    """The newest text that went out, for ``wanted`` or for the work of this organisation.

    :param language: asked for; else that of whoever got the link, if there is a translation.
    """
    versions = await sent_versions(session, door.link.event_id, now=now)
    if not versions:
        return None
    by_audience = await _newest_texts(session, versions)
    if not by_audience:
        return None
    message = await _message_of(session, door.link)
    preferred = [wanted, _audience_of(message), await _work_of(session, door.link.organisation_id)]
    audience = choose_audience(list(by_audience), preferred)
    newest, text = by_audience[audience]
    delivery_id = await delivery_of(session, door.link, newest)
    earlier = [version for version in versions if version.version < newest.version]
    told = await read_translations(session, [text])
    tongue = language or await _language_of(session, door.link)
    forms = told.get((audience, tongue))
    return Reading(
        subject=forms.subject if forms else text.subject,
        html=forms.html if forms else text.html,
        before=await _before(session, text, earlier),
        corrected=corrected_in(earlier),
        is_closing=newest.kind is BriefingKind.CLOSING,
        audience=audience,
        others=tuple(other for other in Audience if other in by_audience and other != audience),
        version=newest.version,
        number=numbers_for(earlier)[audience],
        sent_at=newest.distributed_at or newest.send_at or newest.edited_at,
        is_newer=await _is_newer(session, message, newest),
        acknowledged=await _acknowledged(session, delivery_id),
        can_acknowledge=delivery_id is not None,
        language=forms.language if forms else DUTCH,
        languages=tuple(sorted({DUTCH, *(one for _, one in told)})) if told else (),
        as_neighbour=_as_neighbour(door, forms),
    )


def _as_neighbour(door: Door, forms: Forms | None) -> str:
    if door.organisation.municipality is None:
        return ""
    return forms.as_neighbour if forms else AS_NEIGHBOUR


async def _language_of(session: AsyncSession, link: AccessLink) -> str:
    """Of whoever got the message with this link; Dutch for an organisation's own address."""
    if link.delivery_id is None:
        return DUTCH
    came = await original_of(session, link.delivery_id)
    person = await session.get(Person, came.person_id) if came.person_id else None
    return person.language if person is not None else DUTCH


def choose_audience(there: Sequence[Audience], preferred: Sequence[Audience | None]) -> Audience:
    """The first preferred audience that has a text; else the first text there is. Pure."""
    return next((wish for wish in preferred if wish is not None and wish in there), there[0])


async def sent_versions(session: AsyncSession, event_id: int, *, now: datetime) -> list[Briefing]:
    """The versions that went out, or whose hour has come this very second, newest first."""
    found = await session.exec(
        select(Briefing)
        .where(
            col(Briefing.event_id) == event_id,
            col(Briefing.status).in_([*SENT, BriefingStatus.APPROVED]),
        )
        .order_by(col(Briefing.version).desc())
    )
    return [briefing for briefing in found.all() if not waits(briefing, now=now)]


async def _newest_texts(
    session: AsyncSession, versions: Sequence[Briefing]
) -> dict[Audience, tuple[Briefing, BriefingText]]:
    """For each audience the newest text that went out, in the order of the audiences.

    A version that was approved in parts has the text of some audiences only.
    """
    newest: dict[Audience, tuple[Briefing, BriefingText]] = {}
    for version in versions:
        found = await _texts_of(session, version)
        newest = {audience: (version, text) for audience, text in found.items()} | newest
        if version.audiences is None or len(newest) == len(Audience):
            break
    return {audience: newest[audience] for audience in Audience if audience in newest}


async def _texts_of(session: AsyncSession, briefing: Briefing) -> dict[Audience, BriefingText]:
    found = await session.exec(
        select(BriefingText)
        .where(col(BriefingText.briefing_id) == briefing.id)
        .order_by(col(BriefingText.id))
    )
    return {text.audience: text for text in found.all()}


async def _before(session: AsyncSession, text: BriefingText, earlier: Sequence[Briefing]) -> str:
    """What "no news" leaves standing: the last text that said more (also a correction)."""
    if text.template != NO_NEWS:
        return ""
    for briefing in earlier:
        said = (await _texts_of(session, briefing)).get(text.audience)
        if said is not None and said.template != NO_NEWS:
            return said.html
    return ""


async def _message_of(session: AsyncSession, link: AccessLink) -> Message | None:
    if link.delivery_id is None:
        return None
    delivery = await original_of(session, link.delivery_id)
    return await session.get(Message, delivery.message_id)


def _audience_of(message: Message | None) -> Audience | None:
    known = {audience.value for audience in Audience}
    if message is None or message.audience not in known:
        return None
    return Audience(message.audience)


async def _work_of(session: AsyncSession, organisation_id: int) -> Audience | None:
    """The first audience of the organisation's people."""
    found = await session.exec(
        select(Person)
        .where(col(Person.organisation_id) == organisation_id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    return next(
        (audience for person in found.all() if (audience := first_audience(person.audiences))), None
    )


async def _is_newer(session: AsyncSession, message: Message | None, newest: Briefing) -> bool:
    """Whether the message that brought the link holds an older version."""
    if message is None or message.briefing_id is None:
        return False
    sent = await session.get(Briefing, message.briefing_id)
    return sent is not None and sent.version < newest.version


def corrected_in(versions: Sequence[Briefing]) -> tuple[str, ...]:
    """What corrections and retractions among these versions were about, newest first. Pure.

    Whoever opens the page again may have read the wrong sentence and missed the correction.
    """
    wrong = [(v.wrong or "").strip().rstrip(".") for v in versions if v.kind in CORRECTING]
    return tuple(dict.fromkeys(filter(None, wrong)))


async def version_sent(
    session: AsyncSession, event_id: int, version: int | None, *, now: datetime
) -> Briefing | None:
    """The version with this number that went out, the newest without a number, or None."""
    versions = await sent_versions(session, event_id, now=now)
    return next((b for b in versions if version is None or b.version == version), None)


async def delivery_of(session: AsyncSession, link: AccessLink, version: Briefing) -> int | None:
    """The delivery that brought ``version`` to whoever got this link, or None.

    Never that of a colleague: nobody has read because somebody else did.
    """
    if link.delivery_id is None:
        return None
    came = await original_of(session, link.delivery_id)
    found = await session.exec(
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == version.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.organisation_id) == came.organisation_id,
            col(Delivery.person_id).is_(None)
            if came.person_id is None
            else col(Delivery.person_id) == came.person_id,
        )
        .order_by(col(Delivery.id))
    )
    best = min(
        found.all(),
        key=lambda sent: (sent.status in _NEVER_CAME, sent.address != came.address),
        default=None,
    )
    return None if best is None else best.id


async def _acknowledged(
    session: AsyncSession, delivery_id: int | None
) -> dict[AcknowledgementKind, datetime]:
    found = await session.exec(
        select(Acknowledgement).where(col(Acknowledgement.delivery_id) == delivery_id)
    )
    return {row.kind: row.at for row in found.all()}


def without_promise(html: str) -> str:
    """The text without the hour of a next update: a closed event promises none. Pure."""
    return page_without(html)


def fill_page(html: str, *, page: str, signal: str, internal_contact: str | None) -> str:
    """The text as this organisation reads it: its own links and its own aanspreekpunt. Pure.

    A bare link asks for a signal; one with ``?tekst=`` is another text on the same page.
    """
    return (
        html.replace(f"{LINK}?", f"{page}?")
        .replace(LINK, signal)
        .replace(INTERNAL_CONTACT, escape(internal_contact or OWN_INTERNAL_CONTACT))
    )
