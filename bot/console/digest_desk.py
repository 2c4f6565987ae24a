"""*Rondbrief*: what was done with what members told, drafted, edited, approved, sent once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape

from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import digest_texts as texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.own_page import open_page
from bot.console.pages import explain, parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.whom_to_ring import done_and_ring
from briefings.learning.digest_draft import AHEAD, draft_of, period_in_words, read_data
from briefings.learning.digest_rows import Digest, DigestStatus
from briefings.learning.digest_texts import TITLE
from briefings.learning.digests import (
    LONGEST,
    LONGEST_TITLE,
    OwnDigest,
    approve_digest,
    as_lines,
    begin_digest,
    digest_of,
    digests,
    is_ready,
    last_period,
    newest_sent,
    period_named,
    remarks_of,
    send_back,
    submit_digest,
    why_not,
    write_digest,
    writers_of,
)
from briefings.learning.survey import count_everybody, everybody
from briefings.moments import day, local_date
from contacts.bulk import plan_deliveries
from contacts.directory import Role
from contacts.filling import OWN_PAGE
from contacts.messages import store_message
from contacts.notices import as_content
from contacts.outbox import Button, Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.permissions import Permission, may, people_with
from contacts.quiet import hold_back
from contacts.sending import tell_people
from feeds.kalender import foreseen

PLACE = "/rondbrief"


async def show_digests(visit: Visit) -> Response:
    """``GET /rondbrief``: every one, and whether the time that is over still needs one."""
    period = last_period(visit.parts.config.contacts.digest, visit.now)
    is_exercise = visit.actor.is_exercise
    found = await digests(visit.session, is_exercise=is_exercise)
    has_one = period is None or any(one.period == period.name for one in found)
    can = may(visit.actor, Permission.SUBMIT_BRIEFING) and not has_one
    return visit.show(
        "rondbrieven.html",
        rows=[(one, words_of(one), texts.STATUSES[one.status]) for one in found],
        due=period_in_words(period) if period is not None and can else "",
        never=period is None,
    )


def words_of(digest: Digest) -> str:
    """The time that it is about. Pure."""
    period = period_named(digest.period)
    return digest.period if period is None else period_in_words(period)


async def draft(visit: Visit) -> Response:
    """``POST /rondbrief``: a draft from what is there."""
    config, is_exercise = visit.parts.config, visit.actor.is_exercise
    period = last_period(config.contacts.digest, visit.now)
    if period is None or await digest_of(visit.session, period, is_exercise=is_exercise):
        raise StalePage
    today = local_date(visit.now)
    moments = await asyncio.to_thread(foreseen, config.calendar, today, today + AHEAD)
    data = await read_data(visit.session, period, moments, is_exercise=is_exercise, now=visit.now)
    try:
        digest = await begin_digest(
            visit.session, period, TITLE, draft_of(period, data, config.signals.allow),
            who=visit.actor.who, is_exercise=is_exercise, now=visit.now,
        )  # fmt: skip
    except IntegrityError as error:
        raise StalePage from error
    return visit.back(f"{PLACE}/{digest.id}", done="digest_drafted")


async def show_digest(visit: Visit) -> Response:
    """``GET /rondbrief/{number}``."""
    return await _page(visit, await _digest(visit))


async def _digest(visit: Visit) -> Digest:
    """:raises LookupError: there is none in this world."""
    digest = await visit.session.get(Digest, visit.in_path())
    if digest is None or digest.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such rondbrief")
    return digest


async def _page(visit: Visit, digest: Digest, *, error: str = "") -> Response:
    title = visit.text("titel") or digest.title
    said = visit.text("tekst").replace("\r\n", "\n") or digest.text
    wrote = str(visit.actor.who) in await writers_of(visit.session, digest)
    return visit.show(
        "rondbrief.html", status=422 if error else 200, error=error, digest=digest,
        done=await done_and_ring(visit),
        period=words_of(digest), standing=texts.STATUSES[digest.status], title=title, said=said,
        remarks=remarks_of(digest.title, digest.text), lines=as_lines(digest.text), wrote=wrote,
        is_draft=digest.status is DigestStatus.DRAFT,
        waits=digest.status is DigestStatus.SUBMITTED,
        readers=await count_everybody(visit.session, is_exercise=digest.is_exercise),
        sent_on=day(local_date(digest.sent_at)) if digest.sent_at else "",
        longest_title=LONGEST_TITLE, longest=LONGEST, own=texts.OWN,
    )  # fmt: skip


async def write(visit: Visit) -> Response:
    """``POST /rondbrief/{number}/opslaan``."""
    digest = await _digest(visit)
    await visit.hold(digest)
    visit.require_seen(str(digest.version))
    title = " ".join(visit.text("titel").split())
    kept = (" ".join(line.split()) for line in visit.text("tekst").splitlines())
    text = "\n".join(line for line in kept if line)
    if refused := why_not(title, text, visit.parts.config.signals.allow):
        return await _page(visit, digest, error=texts.REFUSED[refused])
    await write_digest(visit.session, digest, title, text, who=visit.actor.who, now=visit.now)
    return visit.back(f"{PLACE}/{digest.id}", done="saved")


async def hand_in(visit: Visit) -> Response:
    """``POST /rondbrief/{number}/indienen``."""
    digest = await _digest(visit)
    await visit.hold(digest)
    visit.require_seen(str(digest.version))
    if refused := why_not(digest.title, digest.text, visit.parts.config.signals.allow):
        return await _page(visit, digest, error=texts.REFUSED[refused])
    if not is_ready(digest):
        return await _page(visit, digest, error=texts.BLOCKED)
    await submit_digest(visit.session, digest, who=visit.actor.who, now=visit.now)
    told = await _ask_others(visit, digest)
    return visit.back(f"{PLACE}/{digest.id}", done="digest_submitted" if told else "digest_nobody")


async def _ask_others(visit: Visit, digest: Digest) -> int:
    """Whoever may approve it and wrote none of it hears that it waits; how many have a channel."""
    wrote = await writers_of(visit.session, digest)
    people = {
        one.id: one
        for role in (Role.APPROVER, Role.COORDINATOR)
        for one in await people_with(visit.session, role, is_exercise=digest.is_exercise)
        if f"person:{one.id}" not in wrote
    }
    page = f"{visit.parts.config.web.base_url.rstrip('/')}{PLACE}/{digest.id}"
    lines = [texts.WAITS.format(period=words_of(digest)), texts.WAITS_PAGE.format(page=page)]
    told = await tell_people(
        visit.session, list(people.values()), as_content(texts.WAITS_TITLE, lines),
        kind=MessageKind.NOTICE, may_rest=True, is_exercise=digest.is_exercise,
        now=visit.now,
    )  # fmt: skip
    return len(told)


async def give_back(visit: Visit) -> Response:
    """``POST /rondbrief/{number}/terug``."""
    digest = await _digest(visit)
    await visit.hold(digest)
    visit.require_seen(str(digest.version))
    await send_back(visit.session, digest, who=visit.actor.who, now=visit.now)
    return visit.back(f"{PLACE}/{digest.id}", done="digest_back")


async def approve(visit: Visit) -> Response:
    """``POST /rondbrief/{number}/goedkeuren``: it goes to everybody on the list, once."""
    digest = await _digest(visit)
    await visit.hold(digest)
    visit.require_seen(str(digest.version))
    session = visit.session
    to = await everybody(session, is_exercise=digest.is_exercise)
    if not to:
        return await _page(visit, digest, error=texts.NOBODY)
    try:
        await approve_digest(session, digest, who=visit.actor.who, asked=len(to), now=visit.now)
    except OwnDigest:
        return await _page(visit, digest, error=texts.OWN)
    message = await store_message(
        session, kind=MessageKind.NOTICE, content=digest_content(digest.title, digest.text),
        priority=Priority.DIGEST, is_exercise=digest.is_exercise, now=visit.now,
    )  # fmt: skip
    await plan_deliveries(session, message, to, now=visit.now)
    await hold_back(session, message, now=visit.now)
    return visit.back(f"{PLACE}/{digest.id}", done="digest_sent")


def digest_content(title: str, text: str) -> Content:
    """The message in both forms, with the way to the own page. Pure."""
    link = f"{OWN_PAGE}{PLACE}"
    lines = as_lines(text)
    chat = "\n".join(f"• {escape(one)}" if is_point else escape(one) for is_point, one in lines)
    return Content(
        telegram=TelegramForm(
            text=f"<b>{escape(title)}</b>\n{chat}", buttons=[[Button(texts.LINK, url=link)]]
        ),
        email=EmailForm(
            subject=title,
            text=f"{text}\n\n{texts.MAIL_LAST.format(link=link)}\n",
            html=f'{_as_html(lines)}<p><a href="{link}">{texts.LINK}</a></p>',
        ),
    )


def _as_html(lines: Sequence[tuple[bool, str]]) -> str:
    """Points that follow each other are one list. Pure."""
    parts, in_list = [], False
    for is_point, said in lines:
        if is_point != in_list:
            parts.append("<ul>" if is_point else "</ul>")
            in_list = is_point
        parts.append(f"<li>{escape(said)}</li>" if is_point else f"<p>{escape(said)}</p>")
    return "".join(parts) + ("</ul>" if in_list else "")


async def show_own(request: Request) -> Response:
    """``GET /p/{token}/rondbrief``: the newest one that went."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        own = await open_page(session, request)
        digest = await newest_sent(session, is_exercise=own.person.is_exercise)
    if digest is None:
        return explain(request, "not_found", status=404)
    return show(
        request, "rondbrief_eigen.html", page=f"/p/{token}", title=digest.title,
        lines=as_lines(digest.text), is_exercise=digest.is_exercise,
    )  # fmt: skip


_ONE = "/rondbrief/{number:int}"
DOORS = (
    Door(PLACE, show_digests, Permission.SEE_STATUS),
    Door(PLACE, draft, Permission.SUBMIT_BRIEFING, "POST"),
    Door(_ONE, show_digest, Permission.SEE_STATUS),
    Door(f"{_ONE}/opslaan", write, Permission.SUBMIT_BRIEFING, "POST"),
    Door(f"{_ONE}/indienen", hand_in, Permission.SUBMIT_BRIEFING, "POST"),
    Door(f"{_ONE}/terug", give_back, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_ONE}/goedkeuren", approve, Permission.APPROVE_BRIEFING, "POST"),
)
ROUTES = (Route(f"{PERSONAL_PAGE}/rondbrief", show_own),)
