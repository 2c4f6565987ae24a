"""Fills a message in for each recipient of a batch, and says who cannot have it.

What is the same for everybody is worked out once per message; all links of a batch are written
in one statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import AccessLink, ChannelKind, ChannelStatus, LinkPurpose
from contacts.filling import (
    BASE,
    INTERNAL_CONTACT,
    LINK,
    OWN_PAGE,
    SIGN_IN,
    Personal,
    fill,
    mentions,
)
from contacts.links import mint_person_link, page_link
from contacts.outbox import (
    DISTRIBUTED,
    Content,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.sealed_words import open_words
from contacts.sealing import Sealer, UnsealError
from contacts.sending import has_form
from contacts.texts import OWN_INTERNAL_CONTACT
from contacts.transport import Outgoing, Refused, Standing

EXERCISE_GUARD = "exercise_guard"
#: a person settled it in another way
SET_ASIDE = "set_aside"
UNREADABLE, NO_FORM, NO_LINK = "unreadable_address", "no_form", "link_without_event"
#: something in the row itself, which nobody foresaw
CANNOT_BE_MADE = "cannot_be_made"
#: reasons that lie with us, not with the address
IMPOSSIBLE = frozenset({UNREADABLE, NO_FORM, NO_LINK, CANNOT_BE_MADE})
#: between so many of a large batch, answers that came in are noted
AT_A_TIME = 25


@dataclass(frozen=True, slots=True)
class Linking:
    """Where links lead, and how long they work."""

    base: str
    days: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What decides about an address that somebody listed."""

    status: ChannelStatus
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What decides about an organisation, and what its people read of it."""

    is_exercise: bool
    internal_contact: str | None


class Claimed(NamedTuple):
    """Of a claimed delivery what is looked at; without the row that is behind it, which costs
    more than all the rest."""

    id: int
    message_id: int
    person_id: int | None
    organisation_id: int | None
    kind: ChannelKind
    address: str
    act: DeliveryAct
    edits_delivery_id: int | None
    fallback_of_id: int | None
    is_repeat: bool
    is_backup: bool
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Original:
    """What an edit changes: how it stands, and its number on the other side."""

    id: int
    status: DeliveryStatus
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A claimed delivery with all that decides about it. ``chat``: its address in the clear."""

    delivery: Claimed
    message: Message
    original: Original | None
    chat: str | None
    channel: Listed | None
    organisation: Known | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A delivery that is now in *sending*: what to send, or why it cannot go."""

    delivery_id: int
    chat: str
    work: Outgoing | Refused


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message, and which personal places it has."""

    content: Content
    places: frozenset[str]


@dataclass
class _Batch:
    """``links``: the rows to write."""

    linking: Linking
    sealer: Sealer
    now: datetime
    letters: dict[int, _Letter] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)

    def letter(self, message: Message) -> _Letter:
        assert message.id is not None
        if message.id not in self.letters:
            content = self._opened(Content.from_json(message.content))
            places = (LINK, INTERNAL_CONTACT, SIGN_IN, OWN_PAGE, BASE)
            self.letters[message.id] = _Letter(
                content, frozenset(place for place in places if mentions(content, place))
            )
        return self.letters[message.id]

    def _opened(self, content: Content) -> Content:
        """In the clear; words that nobody can open are no form at all."""
        try:
            return open_words(content, self.sealer)
        except UnsealError:
            return Content()


def may_reach(message: Message, channel: Listed | None, organisation: Known | None) -> bool:
    """Whether this address is in the same world (real or exercise) as the message.

    An address that nobody listed belongs to the real world, unless its organisation exists
    for exercises only.
    """
    if channel is not None:
        return channel.is_exercise == message.is_exercise
    return (organisation is not None and organisation.is_exercise) == message.is_exercise


async def prepare(
    session: AsyncSession,
    cases: Sequence[Case],
    linking: Linking,
    *,
    sealer: Sealer,
    now: datetime,
) -> list[Marked]:
    """What leaves for each case; its links are written with it."""
    batch = _Batch(linking, sealer, now)
    marked = []
    for number, case in enumerate(cases, start=1):
        marked.append(await _prepare(session, case, batch))
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
    if batch.links:
        connection = await session.connection()
        await connection.execute(insert(AccessLink), batch.links)
    return marked


async def _prepare(session: AsyncSession, case: Case, batch: _Batch) -> Marked:
    delivery, letter = case.delivery, batch.letter(case.message)
    chat = case.chat or delivery.address
    refused = _objection(case, letter)
    if refused is not None:
        return Marked(delivery.id, chat, refused)
    original_id = delivery.edits_delivery_id or delivery.id
    content = only(letter.content, delivery.kind)
    if letter.places:
        content = fill(content, await _personal(session, case, letter, original_id, batch))
    outgoing = Outgoing(
        delivery_id=delivery.id,
        original_id=original_id,
        address=chat,
        act=delivery.act,
        content=content,
        edits_external_id=case.original.external_id
        if case.original is not None and delivery.act is DeliveryAct.EDIT
        else None,
        is_repeat=delivery.is_repeat,
        is_exercise=case.message.is_exercise,
        standing=standing_of(delivery),
        is_distributed=case.message.kind in DISTRIBUTED,
    )
    return Marked(delivery.id, chat, outgoing)


def standing_of(delivery: Claimed) -> Standing:
    """First, instead of another channel, or to the back-up. Pure."""
    if delivery.is_backup:
        return Standing.BACKUP
    return Standing.FIRST if delivery.fallback_of_id is None else Standing.FALLBACK


def only(content: Content, kind: ChannelKind) -> Content:
    """The message in the one form that this channel carries. Pure."""
    if kind is ChannelKind.TELEGRAM:
        return Content(telegram=content.telegram)
    return Content(email=content.email)


def _objection(case: Case, letter: _Letter) -> Refused | None:
    delivery, message = case.delivery, case.message
    if case.chat is None:
        return Refused(UNREADABLE)
    if not may_reach(message, case.channel, case.organisation):
        return Refused(EXERCISE_GUARD)
    if not has_form(letter.content, delivery.kind):
        return Refused(NO_FORM)
    closed = case.channel is not None and case.channel.status is ChannelStatus.CLOSED
    # Somebody whose channel was closed and who talks to us again does get an answer.
    if closed and message.kind is not MessageKind.DIALOGUE:
        return Refused("channel_closed")
    linkable = delivery.organisation_id is not None and message.event_id is not None
    if LINK in letter.places and not linkable:
        return Refused(NO_LINK)
    if letter.places & {SIGN_IN, OWN_PAGE} and delivery.person_id is None:
        return Refused(NO_LINK)
    return None


async def _personal(
    session: AsyncSession, case: Case, letter: _Letter, original_id: int, batch: _Batch
) -> Personal:
    """The links of this recipient, made only where the text asks for them."""
    base = batch.linking.base.rstrip("/")

    async def own(placeholder: str, purpose: LinkPurpose, path: str) -> str:
        if placeholder not in letter.places or case.delivery.person_id is None:
            return ""
        token = await mint_person_link(session, case.delivery.person_id, purpose, now=batch.now)
        return f"{base}/{path}/{token}"

    organisation = case.organisation
    return Personal(
        link=f"{base}/o/{_link(case, original_id, batch)}" if LINK in letter.places else "",
        internal_contact=(organisation.internal_contact if organisation else None)
        or OWN_INTERNAL_CONTACT,
        sign_in=await own(SIGN_IN, LinkPurpose.SIGN_IN, "aanmelden"),
        own_page=await own(OWN_PAGE, LinkPurpose.OWN_PAGE, "p"),
        base=base,
    )


def _link(case: Case, original_id: int, batch: _Batch) -> str:
    """The token of a link to the organisation's page, which is kept nowhere; its row waits."""
    token, row = page_link(
        organisation_id=case.delivery.organisation_id, event_id=case.message.event_id,
        delivery_id=original_id, now=batch.now, days=batch.linking.days,
    )  # fmt: skip
    batch.links.append(row)
    return token
