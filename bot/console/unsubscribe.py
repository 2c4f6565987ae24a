"""``/uit/…``: no more mail to one address, by one click in a mail program (RFC 8058) or on a page.

A look changes nothing: scanners open every link. The press comes from the mail provider's own
servers, without a cookie and from another site, so the signed address is the only proof.
"""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import gaps
from bot.alerts import tell_coordinators_from
from bot.console import unsubscribe_texts as texts
from bot.console.forms import MAX_BODY
from bot.console.pages import parts_of, show
from bot.console.paths import LINK_PART
from bot.unsubscribing import PLACE, Unsubscribing
from contacts.claiming import open_address
from contacts.directory import ChannelKind, Organisation
from contacts.outbox import Delivery
from contacts.people import close_channel
from contacts.sealing import Sealer

#: what RFC 8058 has a mail program send, as a form or in parts
FIELD, VALUE = b"List-Unsubscribe", b"One-Click"
UNSUBSCRIBED = "unsubscribed"


async def ask(request: Request) -> Response:
    """``GET``: what a press would do."""
    if _number(request) is None:
        return _page(request, texts.UNKNOWN, status=404)
    return show(
        request, "uit.html", title=texts.ASK[0], line=texts.ASK[1], button=texts.BUTTON,
        field=FIELD.decode(), value=VALUE.decode(),
    )  # fmt: skip


async def leave(request: Request) -> Response:
    """``POST``: the address gets no mail any more; a second time changes nothing."""
    parts, number = parts_of(request), _number(request)
    if number is None:
        return _page(request, texts.UNKNOWN, status=404)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return _page(request, texts.NOT_LIKE_THIS, status=400)
    if FIELD not in body or VALUE not in body:
        return _page(request, texts.NOT_LIKE_THIS, status=400)
    async with parts.db.begin() as session:
        await _leave(session, number, parts.sealer, request)
    parts.on_change()
    return _page(request, texts.DONE, status=200)


async def _leave(session: AsyncSession, number: int, sealer: Sealer, request: Request) -> None:
    delivery = await session.get(Delivery, number)
    if delivery is None or delivery.kind is not ChannelKind.EMAIL:
        return
    address = open_address(delivery.address, delivery.kind, sealer)
    now = parts_of(request).clock()
    if address is None or not await close_channel(
        session, ChannelKind.EMAIL, address, reason=UNSUBSCRIBED, now=now,
        only_exercise=delivery.is_exercise,
    ):  # fmt: skip
        return
    owners = await gaps.owners_of(session, ChannelKind.EMAIL, address)
    rests = await gaps.may_rest(session, owners, is_exercise=delivery.is_exercise)
    where = await session.get(Organisation, delivery.organisation_id or 0)
    await tell_coordinators_from(
        session, "coordinator/unsubscribed.html", is_exercise=delivery.is_exercise, now=now,
        may_rest=rests, organisation=where.name if where else "",
    )  # fmt: skip


def _number(request: Request) -> int | None:
    parts = parts_of(request)
    made = Unsubscribing(parts.config.web.base_url, parts.sealer.derive("unsubscribe"))
    return made.read(request.path_params["token"])


def _page(request: Request, words: tuple[str, str], *, status: int) -> Response:
    return show(request, "uitleg.html", status=status, title=words[0], line=words[1])


ROUTES = (
    Route(f"{PLACE}{LINK_PART}", ask, methods=["GET"]),
    Route(f"{PLACE}{LINK_PART}", leave, methods=["POST"]),
)
