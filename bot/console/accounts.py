"""Signing in with an account of the municipality (OpenID Connect), when that is configured.

Leaving is a form of ours, so another site cannot begin it. Coming back is a GET, as the standard
has it; it only works in the browser that left, once, within ten minutes.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.config import Config
from bot.console import sign_in_texts
from bot.console.forms import BadForm, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import SIGN_IN, Parts, explain, parts_of, put_cookie, show
from bot.console.paths import way_back
from bot.console.sessions import SignInWay, start_session
from bot.oidc.address import is_verified, read_address
from bot.oidc.faults import Fault, ProviderFault
from bot.oidc.pending import LIFE, Pending, UsedOnce, begin, open_pending, seal_pending
from bot.settings import SignInSettings
from contacts.journal import SYSTEM, write_journal
from contacts.people import people_by_email
from contacts.permissions import Permission, load_actor, may

if TYPE_CHECKING:
    from bot.oidc.provider import Provider

log = logging.getLogger(__name__)

LEAVE, RETURN = f"{SIGN_IN}/gemeente", f"{SIGN_IN}/terug"
COOKIE, PLAIN_COOKIE = "__Host-schakel-aanmelden", "schakel-aanmelden"
#: who comes back waits for a turn at the provider. Nobody is refused because others come often:
#: with such a common pace a stranger could keep everybody out
AT_ONCE = 8
LONGEST_WAIT_S = 20.0
MAX_CODE = 4000


class NotAdmitted(StrEnum):
    """Why somebody with a good account is not let in; nobody is ever added."""

    NO_ADDRESS = "no_address"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    NO_RIGHT = "no_right"


_STATUS = {Fault.AWAY: 503, Fault.CODE_REFUSED: 400, Fault.STRANGE: 502, Fault.TOKEN_REFUSED: 502}


class AccountDesk:
    """The provider, and who came back from it lately."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.used = UsedOnce()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def claims(
        self, code: str, pending: Pending, *, said_issuer: str | None
    ) -> dict[str, Any]:
        """What the provider says of this account, when there is a turn.

        :raises ProviderFault: no good, or no turn in time.
        """
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await self._turns.acquire()
        except TimeoutError as late:
            raise ProviderFault(Fault.AWAY, "no_turn") from late
        try:
            return await self.provider.claims(code, pending, said_issuer=said_issuer)
        finally:
            self._turns.release()


def open_desk(parts: Parts) -> AccountDesk | None:
    """None when no provider is configured; its libraries are not loaded then."""
    if not parts.config.sign_in.is_on:
        return None
    from bot.oidc.provider import Provider

    back = redirect_uri(parts.config)
    return AccountDesk(Provider(parts.config.sign_in, redirect_uri=back, clock=parts.clock))


def redirect_uri(config: Config) -> str:
    """Where the provider sends people back to; it must know this address beforehand."""
    return f"{config.web.base_url.rstrip('/')}{RETURN}"


async def leave_for_account(request: Request) -> Response:
    """``POST /aanmelden/gemeente``: on to the provider.

    The answer is a page that goes on by itself and not a redirect: browsers hold every hop
    after a form against ``form-action``, and the hops of a provider are not ours to list.
    """
    desk, parts = desk_of(request), parts_of(request)
    if desk is None:
        return explain(request, "not_found", status=404)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site_office", status=403)
    try:
        back = way_back(first(await read_fields(request), "naar") or "/")
    except BadForm:
        return explain(request, "not_like_this", status=400)
    pending = begin(back, now=parts.clock())
    try:
        url = await desk.provider.authorization_url(pending)
    except ProviderFault as fault:
        return _fault(request, fault)
    response = show(request, "aanmelden_door.html", url=url)
    response.set_cookie(
        _cookie_name(parts), seal_pending(parts.sealer, pending),
        max_age=int(LIFE.total_seconds()), path="/", secure=parts.is_secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return response


async def come_back(request: Request) -> Response:
    """``GET /aanmelden/terug``: in, or a page that says why not and whom to ask."""
    desk, parts = desk_of(request), parts_of(request)
    if desk is None:
        return explain(request, "not_found", status=404)
    response = await _come_back(request, desk, parts)
    response.delete_cookie(
        _cookie_name(parts), path="/", secure=parts.is_secure, httponly=True, samesite="lax"
    )
    return response


async def _come_back(request: Request, desk: AccountDesk, parts: Parts) -> Response:
    asked, now = request.query_params, parts.clock()
    cookie, state = request.cookies.get(_cookie_name(parts), ""), asked.get("state", "")
    pending = open_pending(parts.sealer, cookie, state, now=now)
    if pending is None:
        return _refuse(request, "lost", status=400)
    if "error" in asked:
        return _refuse(request, "cancelled", status=400)
    if not desk.used.use(pending.state, now):
        return _refuse(request, "lost", status=400)
    code = asked.get("code", "")
    if not code or len(code) > MAX_CODE:
        return _refuse(request, "lost", status=400)
    try:
        claims = await desk.claims(code, pending, said_issuer=asked.get("iss"))
    except ProviderFault as fault:
        return _fault(request, fault)
    settings = parts.config.sign_in
    address = read_address(claims, settings)
    proven = address is not None and is_verified(claims, settings)
    async with parts.db.begin() as session:
        admitted = await admit(session, address, is_proven=proven, now=parts.clock())
    if isinstance(admitted, NotAdmitted):
        return _refuse(request, admitted, status=403, address=address or "")
    response = RedirectResponse(pending.back, status_code=303)
    put_cookie(response, parts, admitted)
    return response


async def admit(
    session: AsyncSession, address: str | None, *, is_proven: bool, now: datetime
) -> str | NotAdmitted:
    """A new session's token, for exactly one known person who may use the console.

    A refusal is journalled with its reason and without the address.
    """
    why, person_id = await _decide(session, address, is_proven=is_proven)
    if person_id is not None:
        opened = await start_session(session, person_id, now=now, way=SignInWay.ACCOUNT)
        if opened is not None:
            return opened
    write_journal(
        session, who=SYSTEM, action="sign_in_refused", subject="web_session",
        detail={"reason": why.value}, now=now,
    )  # fmt: skip
    return why


async def _decide(
    session: AsyncSession, address: str | None, *, is_proven: bool
) -> tuple[NotAdmitted, int | None]:
    """Who it is, or why nobody; the reason counts only when there is no person."""
    if address is None:
        return NotAdmitted.NO_ADDRESS, None
    if not is_proven:
        return NotAdmitted.UNVERIFIED, None
    people = await people_by_email(session, address)
    if len(people) != 1:
        return NotAdmitted.UNKNOWN, None
    actor = await load_actor(session, people[0].id or 0)
    if actor is None or not may(actor, Permission.USE_CONSOLE):
        return NotAdmitted.NO_RIGHT, None
    return NotAdmitted.NO_RIGHT, actor.person_id


def desk_of(request: Request) -> AccountDesk | None:
    desk: AccountDesk | None = request.app.state.accounts
    return desk


def end_session_url(request: Request) -> str | None:
    """Where whoever signed out here can sign out of the account, too."""
    desk = desk_of(request)
    base = parts_of(request).config.web.base_url.rstrip("/")
    return desk.provider.end_session_url(f"{base}{SIGN_IN}") if desk else None


def _cookie_name(parts: Parts) -> str:
    return COOKIE if parts.is_secure else PLAIN_COOKIE


def _fault(request: Request, fault: ProviderFault) -> Response:
    log.warning("Sign-in by account failed: %s", fault, extra={"action": "account_failed"})
    return _refuse(request, fault.fault.value, status=_STATUS[fault.fault])


def _refuse(request: Request, key: str, *, status: int, address: str = "") -> Response:
    """A calm page: what is the matter, and another way or whom to ask."""
    settings: SignInSettings = parts_of(request).config.sign_in
    title, line = sign_in_texts.NOT_SIGNED_IN[key]
    other = sign_in_texts.OTHER_WAY if settings.link else sign_in_texts.NO_OTHER_WAY
    return show(
        request, "aanmelden_niet.html", status=status, title=title, line=line, other=other,
        address=address,
    )  # fmt: skip


ROUTES = (
    Route(LEAVE, leave_for_account, methods=["POST"]),
    Route(RETURN, come_back),
)
