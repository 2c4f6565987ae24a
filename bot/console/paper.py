"""The text of an organisation on paper: the same sheet from its page and in its chat."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console import printing_texts, texts
from bot.console.reading import Door, Reading, fill_page, read_newest, without_promise
from bot.evening.hearing import is_over
from briefings import moments
from briefings.pdf import Sheet
from briefings.plaintext import without_links_to
from briefings.translating import DUTCH
from contacts.directory import AccessLink, Audience, Domain, Organisation, Person
from contacts.outbox import DISTRIBUTED, Delivery, DeliveryAct, DeliveryStatus, Message
from feeds.rows import Event

KIND = "tekst"
#: in place of the page's address, of which nothing is left on paper
NO_PAGE = "/o/-"
_CAME = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Paper:
    """Which sheet: everything that makes it another one stands in it, and no name.

    ``organisation_id``: of one with an aanspreekpunt of its own, or of a municipality next door,
    which both stand in the text; else 0.
    """

    event_id: int
    version: int
    audience: Audience
    organisation_id: int
    corrected: int
    is_over: bool
    language: str = DUTCH

    @property
    def key(self) -> str:
        """As one word, for who keeps files by name."""
        over = "over" if self.is_over else "open"
        return "/".join(
            [KIND, str(self.event_id), str(self.version), self.audience.value,
             str(self.organisation_id), str(self.corrected), over, self.language]
        )  # fmt: skip

    @staticmethod
    def of(door: Door, reading: Reading) -> Paper:
        """Pure."""
        own = door.organisation.internal_contact or door.organisation.municipality
        return Paper(
            event_id=door.event.id or 0, version=reading.version, audience=reading.audience,
            organisation_id=(door.organisation.id or 0) if own else 0,
            corrected=len(reading.corrected), is_over=is_over(door.event),
            language=reading.language,
        )  # fmt: skip

    @staticmethod
    def named(key: str) -> Paper:
        """:raises ValueError: it names no text. Pure."""
        kind, event, version, audience, organisation, corrected, over, language = key.split("/")
        if kind != KIND:
            raise ValueError(key)
        return Paper(
            int(event), int(version), Audience(audience), int(organisation), int(corrected),
            over == "over", language,
        )  # fmt: skip


def sheet_of(door: Door, reading: Reading, *, page: str, sender: str, address: str = "") -> Sheet:
    """What is printed, without any link to ``page``. Pure.

    :param address: of the page to tell a signal on, for who asked for it on the sheet.
    """
    filled = filled_for(f"{reading.html}{reading.before}", page, door)
    body = on_paper(filled, signal(page), "" if is_over(door.event) else address)
    return Sheet(
        subject=reading.subject,
        body=without_links_to(body, page),
        audience=texts.AUDIENCES[reading.audience],
        stand=texts.PRINTED_STAND.format(
            version=reading.number, moment=moments.moment(reading.sent_at)
        ),
        sender=sender,
        is_exercise=door.event.is_exercise,
        marks=(
            *filter(None, [reading.as_neighbour]),
            *(texts.PRINTED_WRONG.format(wrong=wrong) for wrong in reading.corrected),
        ),
        language=reading.language,
        direction=reading.direction,
    )


def signal(page: str) -> str:
    """Where something is told, behind a page. Pure."""
    return f"{page}/signaal"


def on_paper(html: str, link: str, address: str = "") -> str:
    """The sentence about telling something, where nobody can tap *hier*. Pure.

    :param link: that the sentence points to.
    :param address: printed below it, with a code; empty prints none.
    """
    where = printing_texts.HERE_WITH_CODE if address else printing_texts.HERE_ON_PAPER
    here = re.compile(rf'<a href="{re.escape(link)}">([^<]*)</a>(.*?</p>)', re.DOTALL)

    def put(found: re.Match[str]) -> str:
        words = where if found[1] == printing_texts.HERE else found[1]
        return f"{words}{found[2]}{_code(address) if address else ''}"

    return here.sub(put, html)


def _code(address: str) -> str:
    import segno  # only who prints needs it

    code = segno.make(address, error="m").svg_data_uri(scale=3)
    return (
        f'<p class="code"><img src="{escape(code)}" alt="{printing_texts.CODE_ALT}">'
        f'<span lang="nl" dir="ltr">{printing_texts.CODE_WITHIN}</span> {escape(address)}</p>'
    )


def filled_for(html: str, page: str, door: Door) -> Markup:
    """The text as this organisation reads it on its page. Pure."""
    html = without_promise(html) if is_over(door.event) else html
    contact = door.organisation.internal_contact
    filled = fill_page(html, page=page, signal=signal(page), internal_contact=contact)
    # It was rendered with everything escaped, and approved as it stands.
    return Markup(filled)  # noqa: S704


async def newest_for(
    session: AsyncSession, person_id: int, organisation_id: int, *, now: datetime
) -> tuple[Door, Reading] | None:
    """The newest text of the event about which this person, or a colleague, got one last."""
    found = await session.exec(
        select(Delivery.id, Message.event_id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.organisation_id) == organisation_id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(_CAME),
            col(Message.kind).in_(DISTRIBUTED),
            col(Message.event_id).is_not(None),
        )
        .order_by(
            (col(Delivery.person_id) == person_id).desc().nulls_last(), col(Delivery.id).desc()
        )
        .limit(1)
    )
    last = found.first()
    if last is None or last[1] is None:
        return None
    door = await _door(session, organisation_id, last[1], last[0], now=now)
    person = await session.get(Person, person_id)
    tongue = person.language if person is not None else DUTCH
    reading = (
        None if door is None else await read_newest(session, door, None, now=now, language=tongue)
    )
    return None if door is None or reading is None else (door, reading)


async def sheet_named(session: AsyncSession, key: str, *, sender: str, now: datetime) -> Sheet:
    """The sheet that a key asks for; a newer version by now is what its reader wants, too.

    :raises ValueError: the key names none, or there is none any more.
    """
    paper = Paper.named(key)
    door = await _door(session, paper.organisation_id, paper.event_id, None, now=now)
    reading = (
        None
        if door is None
        else await read_newest(session, door, paper.audience, now=now, language=paper.language)
    )
    if door is None or reading is None:
        raise ValueError(key)
    return sheet_of(door, reading, page=NO_PAGE, sender=sender)


async def _door(
    session: AsyncSession, organisation_id: int, event_id: int, delivery_id: int | None, *,
    now: datetime,
) -> Door | None:  # fmt: skip
    """As behind a link, of which there is none."""
    event = await session.get(Event, event_id)
    organisation = await session.get(Organisation, organisation_id) if organisation_id else None
    if event is None or (organisation_id and organisation is None):
        return None
    link = AccessLink(
        token_hash="", organisation_id=organisation_id, event_id=event_id,
        delivery_id=delivery_id, created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    nobody = Organisation(name="", domain=Domain.MUNICIPALITY, created_at=now)
    return Door(link, organisation or nobody, event)
