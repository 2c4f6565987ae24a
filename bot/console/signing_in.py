"""Signing in with a one-time link: by the bot (``/console``) or by mail; signing out.

Where accounts of the municipality are configured, the links can be switched off.

Opening a link shows a button and changes nothing, because mail scanners open links too.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console import sign_in_texts
from bot.console.accounts import desk_of, end_session_url
from bot.console.doors import FORM_TOKEN, who_is_there
from bot.console.forms import BadForm, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.mailing_links import Asked, mail_asked_link
from bot.console.pages import SIGN_IN, Parts, explain, parts_of, put_cookie, show
from bot.console.paths import LINK_PART, way_back
from bot.console.sessions import end_session, is_form_token, start_session
from contacts.directory import ChannelKind, LinkPurpose
from contacts.filling import SIGN_IN as LINK_PLACE
from contacts.links import LIVES, count_person_links, find_person_link, use_person_link
from contacts.outbox import Content, EmailForm, MessageKind
from contacts.people import person_by_address
from contacts.permissions import Permission, load_actor, may
from contacts.sending import Recipient, post

#: no more links than this for one person while the first still works
LINKS_AT_ONCE = 3
#: and no more requests than this from everybody together in a minute


async def show_sign_in(request: Request) -> Response:
    """``GET /aanmelden``: how to get in."""
    back = way_back(request.query_params.get("naar", "/"))
    if await who_is_there(request) is not None:
        return RedirectResponse(back, status_code=303)
    config = parts_of(request).config
    is_out = request.query_params.get("afgemeld") == "ja"
    return show(
        request, "aanmelden.html", bot=config.telegram.bot_name, by_link=config.sign_in.link,
        by_mail=bool(config.mail.host), asked=request.query_params.get("gevraagd") == "ja",
        account=config.sign_in.button if desk_of(request) else "", back=back, is_out=is_out,
        end_session=end_session_url(request) if is_out else None,
    )  # fmt: skip


async def ask_link(request: Request) -> Response:
    """``POST /aanmelden``: mail a link. The answer is the same for every address."""
    if not parts_of(request).config.sign_in.link:
        return explain(request, "no_links", status=403)
    return await mail_asked_link(request, _mail_link, page=SIGN_IN, cross_site="cross_site_office")


async def _mail_link(session: AsyncSession, parts: Parts, asked: Asked, now: datetime) -> None:
    """Post the link to somebody who may use the console; nothing for anybody else."""
    person = await person_by_address(session, ChannelKind.EMAIL, asked.address)
    actor = await load_actor(session, person.id) if person and person.id else None
    if person is None or actor is None or not may(actor, Permission.USE_CONSOLE):
        return
    if not await may_get_link(session, actor.person_id, now=now):
        return
    on = "" if asked.back == "/" else f"?naar={quote(asked.back)}"
    link = f"{LINK_PLACE}{on}"
    await post(
        session,
        kind=MessageKind.DIALOGUE,
        content=Content(
            email=EmailForm(
                subject=sign_in_texts.MAIL_SUBJECT,
                text=sign_in_texts.MAIL_TEXT.format(link=link),
                html=sign_in_texts.MAIL_HTML.format(link=link),
            )
        ),
        to=[Recipient(ChannelKind.EMAIL, asked.address, person.id, person.organisation_id)],
        is_exercise=person.is_exercise,
        now=now,
    )


async def may_get_link(session: AsyncSession, person_id: int, *, now: datetime) -> bool:
    """Whether this person did not ask for too many links just now."""
    since = now - LIVES[LinkPurpose.SIGN_IN]
    made = await count_person_links(session, person_id, LinkPurpose.SIGN_IN, since=since)
    return made < LINKS_AT_ONCE


async def show_link(request: Request) -> Response:
    """``GET /aanmelden/{token}``: a button; the link stays unused."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        link = await find_person_link(session, token, LinkPurpose.SIGN_IN, now=parts.clock())
    if link is None:
        return explain(request, "sign_in_over", status=410)
    back = way_back(request.query_params.get("naar", "/"))
    return show(request, "aanmelden_link.html", token=token, back=back)


async def enter(request: Request) -> Response:
    """``POST /aanmelden/{token}``: uses the link up and opens a session."""
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site_office", status=403)
    now = parts.clock()
    async with parts.db.begin() as session:
        person_id = await use_person_link(session, token, LinkPurpose.SIGN_IN, now=now)
        opened = await start_session(session, person_id, now=now) if person_id else None
    if opened is None:
        return explain(request, "sign_in_over", status=410)
    back = way_back(request.query_params.get("naar", "/"))
    response = RedirectResponse(back, status_code=303)
    put_cookie(response, parts, opened)
    return response


async def leave(request: Request) -> Response:
    """``POST /afmelden``: ends the session on the server, too."""
    parts = parts_of(request)
    visitor = await who_is_there(request)
    if visitor is not None:
        if not is_same_site(request.headers, base_url=parts.config.web.base_url):
            return explain(request, "cross_site_office", status=403)
        try:
            fields = await read_fields(request)
        except BadForm:
            return explain(request, "not_like_this", status=400)
        if not is_form_token(visitor, first(fields, FORM_TOKEN)):
            return explain(request, "form_token", status=403)
        async with parts.db.begin() as session:
            await end_session(session, visitor.session_id, who=visitor.actor.who, now=parts.clock())
    response = RedirectResponse(f"{SIGN_IN}?afgemeld=ja", status_code=303)
    response.delete_cookie(
        parts.cookie_name, path="/", secure=parts.is_secure, httponly=True, samesite="lax"
    )
    return response


ROUTES = (
    Route(SIGN_IN, show_sign_in),
    Route(SIGN_IN, ask_link, methods=["POST"]),
    Route(f"{SIGN_IN}/{LINK_PART}", show_link),
    Route(f"{SIGN_IN}/{LINK_PART}", enter, methods=["POST"]),
    Route("/afmelden", leave, methods=["POST"]),
)
