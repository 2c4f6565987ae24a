"""The page behind an organisation's link: read, say that it was read, tell what one notices.

No account, no cookie, no JavaScript. Looking changes nothing: mail programs open links too.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.chat.shown import tick_read
from bot.console import telling
from bot.console.contact_texts import LANGUAGES
from bot.console.guarding import is_same_site
from bot.console.pages import explain, parts_of, show
from bot.console.paper import filled_for, sheet_of, signal
from bot.console.paths import ACKNOWLEDGEMENTS
from bot.console.printing import send_pdf
from bot.console.reading import (
    Door,
    Reading,
    delivery_of,
    open_door,
    read_newest,
    version_sent,
    was_a_link,
)
from bot.evening.hearing import is_over
from briefings.learning.polls import is_open, poll_of
from contacts.arrival import acknowledge, prove_arrival
from contacts.claiming import open_address
from contacts.directory import Audience
from contacts.outbox import AcknowledgementKind
from contacts.sealing import Sealer
from contacts.sending import Recipient, original_of

#: where the buttons stand on the page; on a phone above the text, too
_PLACES = ("antwoord", "boven")


async def show_text(request: Request) -> Response:
    """``GET /o/{token}``: the newest text."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        opened = await _open(session, request)
        if isinstance(opened, Response):
            return opened
        door, reading = opened
        poll = await poll_of(session, door.link.event_id)
    page = f"/o/{token}"
    return show(
        request, "organisatie.html", page=page, door=door, reading=reading,
        body=filled_for(reading.html, page, door), before=filled_for(reading.before, page, door),
        is_exercise=door.event.is_exercise, kinds=AcknowledgementKind,
        is_over=is_over(door.event), language_names=LANGUAGES,
        has_questions=is_open(poll, parts.clock()),
    )  # fmt: skip


async def print_text(request: Request) -> Response:
    """``GET /o/{token}/pdf``: the newest text on paper, without any link of its own.

    ``?code=ja``: with the address to tell something on, for on the wall inside.
    """
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        opened = await _open(session, request)
    if isinstance(opened, Response):
        return opened
    door, reading = opened
    page, config = f"/o/{token}", parts.config
    asked = request.query_params.get("code") == "ja"
    sheet = sheet_of(
        door, reading, page=page, sender=config.briefings.sender,
        address=signal(f"{config.web.base_url.rstrip('/')}{page}") if asked else "",
    )  # fmt: skip
    return await send_pdf(request, sheet, name=f"informatie-{reading.audience}")


async def _open(session: AsyncSession, request: Request) -> tuple[Door, Reading] | Response:
    """The newest text that was asked for, or why there is none behind this link."""
    token, now = request.path_params["token"], parts_of(request).clock()
    door = await open_door(session, token, now=now)
    if door is None:
        return await closed_door(session, request, token)
    wanted = _audience(request.query_params.get("tekst", ""))
    language = request.query_params.get("taal", "")
    reading = await read_newest(session, door, wanted, now=now, language=language)
    return explain(request, "no_text", status=404) if reading is None else (door, reading)


async def note_acknowledgement(request: Request) -> Response:
    """``POST /o/{token}/gelezen`` and ``…/begrepen``, then back to the text.

    It counts for the version that stood on the page, which may be newer than the message.
    """
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    kind = ACKNOWLEDGEMENTS[request.path_params["answer"]]
    now = parts.clock()
    async with parts.db.begin() as session:
        door = await open_door(session, token, now=now)
        if door is None:
            return await closed_door(session, request, token)
        shown = _number(request.query_params.get("versie", ""))
        version = await version_sent(session, door.link.event_id, shown, now=now)
        if version is not None and (sent := await delivery_of(session, door.link, version)):
            new = await acknowledge(session, sent, kind, now=now)
            if new and kind is AcknowledgementKind.READ:
                await tick_read(session, sent, now=now)
        await _arrived(session, door, now=now)
    audience = _audience(request.query_params.get("tekst", ""))
    query = f"?tekst={audience.value}" if audience else ""
    place = request.query_params.get("plek", "")
    place = place if place in _PLACES else _PLACES[0]
    return RedirectResponse(f"/o/{token}{query}#{place}", status_code=303)


async def show_form(request: Request) -> Response:
    """``GET /o/{token}/signaal``."""
    return await telling.show_form(request, open_place)


async def take_signal(request: Request) -> Response:
    """``POST /o/{token}/signaal``."""
    return await telling.take_signal(request, open_place)


async def thank(request: Request) -> Response:
    """``GET /o/{token}/dank``."""
    token = request.path_params["token"]
    return await telling.thank(request, open_place, page=f"/o/{token}", token=token)


async def open_place(session: AsyncSession, request: Request) -> telling.Place | Response:
    """The form of this organisation and event, or why the link is over."""
    parts, token = parts_of(request), request.path_params["token"]
    door = await open_door(session, token, now=parts.clock())
    if door is None:
        return await closed_door(session, request, token)
    return telling.Place(
        page=f"/o/{token}",
        token=token,
        organisation=door.organisation,
        event=door.event,
        reply=await _way_back(session, door, parts.sealer),
        is_exercise=door.event.is_exercise,
    )


async def _arrived(session: AsyncSession, door: Door, *, now: datetime) -> None:
    """Whoever answers got the message with this link."""
    if door.link.delivery_id is not None:
        await prove_arrival(session, door.link.delivery_id, now=now)


async def _way_back(session: AsyncSession, door: Door, sealer: Sealer) -> Recipient | None:
    """The answer goes to whoever got the message with this link."""
    if door.link.delivery_id is None:
        return None
    delivery = await original_of(session, door.link.delivery_id)
    address = open_address(delivery.address, delivery.kind, sealer)
    if address is None:
        return None
    return Recipient(delivery.kind, address, delivery.person_id, delivery.organisation_id)


async def closed_door(session: AsyncSession, request: Request, token: str) -> Response:
    if await was_a_link(session, token):
        return explain(request, "link_over", status=410)
    return explain(request, "unknown_link", status=404)


def _audience(value: str) -> Audience | None:
    try:
        return Audience(value)
    except ValueError:
        return None


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 6 else None
