"""The seven texts at the desk: read each in every form, see what changed, hand in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import done_texts, previews, printing_texts, texts
from bot.console.doors import Door, Visit
from bot.console.paper import on_paper
from bot.console.printing import send_pdf
from bot.evening import approving, own_said, writing
from bot.evening.asking_again import waits_again
from bot.evening.ringing import approvers_to_ring
from bot.evening.taking_back import may_take_back, take_back
from bot.evening.withdrawing_said import what_went_out
from bot.evening.writing import NotBegun
from bot.evening.wrong_parts import sent_parts
from briefings import moments
from briefings.approval import Approved, SubmitRefused, submit, withdraw
from briefings.approval_rules import needs_four_eyes
from briefings.blocking import may_be_asked
from briefings.drafting import current_briefing, texts_of
from briefings.lint import Remark
from briefings.open_errors import count_misled
from briefings.openings import note_opened
from briefings.pdf import Sheet
from briefings.plaintext import without_links_to
from briefings.promising import lapsing
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.short_form import left_out_of
from briefings.versions import SENT, versions_of
from briefings.wordings import words_aside
from contacts.permissions import Permission
from contacts.texts import OWN_INTERNAL_CONTACT
from feeds.rows import RUNNING, Event


async def show_texts(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/teksten?versie=…``: the current version, or an earlier one."""
    return await _page(visit, await visit.event())


async def _page(
    visit: Visit,
    event: Event,
    *,
    error: str = "",
    remarks: Sequence[Remark] = (),
    asks_sure: str = "",
    asks_exception: bool = False,
) -> Response:
    assert event.id is not None
    versions = await versions_of(visit.session, event.id)
    briefing = chosen_version(versions, visit.request.query_params.get("versie", ""))
    asked = visit.request.query_params.get("met", "")
    compared = compared_with(briefing, versions, asked) if briefing else None
    found = await texts_of(visit.session, briefing.id or 0) if briefing else []
    may_brake = may_take_back(event, visit.actor, visit.parts.config.briefings)
    return await visit.show_of(
        event,
        "teksten",
        "teksten.html",
        status=422 if error or asks_sure else 200,
        asks_sure=asks_sure,
        asks_exception=asks_exception,
        briefing=briefing,
        lapses=await lapsing(visit.session, briefing) if briefing else [],
        aside=await words_aside(visit.session, briefing) if briefing else 0,
        versions=list(reversed(versions)),
        stamp=stamp_of(versions),
        again=await waits_again(visit.session, event.id),
        drafts=await _drafts(visit, briefing, compared) if briefing else [],
        left_out=await left_out_of(visit.session, briefing, found) if briefing else {},
        can_ask=may_be_asked(found),
        compared=compared,
        is_asked=bool(asked),
        is_newest=briefing is not None and briefing == chosen_version(versions, ""),
        is_last=briefing is not None and briefing.id == versions[-1].id,
        can_begin=all_withdrawn(versions) and event.status in RUNNING,
        is_running=event.status in RUNNING,
        may_brake=may_brake,
        to_ring=[] if may_brake else await approvers_to_ring(visit.session, visit.actor),
        wrong_parts=await sent_parts(visit.session, event, now=visit.now),
        went_out=what_went_out(briefing, versions) if briefing else "",
        misled=await count_misled(visit.session, event),
        wrong_asked=visit.request.query_params.get("fout", ""),
        error=error,
        remarks=remarks,
    )


def chosen_version(versions: Sequence[Briefing], asked: str) -> Briefing | None:
    """The asked version, else the newest that was not withdrawn. Pure."""
    by_number = {str(briefing.version): briefing for briefing in versions}
    if asked in by_number:
        return by_number[asked]
    open_ones = [b for b in versions if b.status is not BriefingStatus.WITHDRAWN]
    return open_ones[-1] if open_ones else None


def all_withdrawn(versions: Sequence[Briefing]) -> bool:
    """Whether texts were written and none of them stands. Pure."""
    return bool(versions) and chosen_version(versions, "") is None


def stamp_of(versions: Sequence[Briefing]) -> str:
    """What a page of texts was made of; any edit or move gives another. Pure."""
    if not versions:
        return ""
    newest = versions[-1]
    edited = newest.edited_at.strftime("%Y%m%dT%H%M%S%f")
    return f"{newest.version}-{newest.status.name}-{newest.facts_version}-{edited}"


async def _drafts(
    visit: Visit, briefing: Briefing, compared: Briefing | None
) -> list[previews.Draft]:
    assert briefing.id is not None
    earlier = {}
    if compared is not None and compared.id is not None:
        earlier = {text.audience: text for text in await texts_of(visit.session, compared.id)}
    return [
        previews.as_draft(text, earlier.get(text.audience))
        for text in await texts_of(visit.session, briefing.id)
    ]


def compared_with(briefing: Briefing, versions: Sequence[Briefing], asked: str) -> Briefing | None:
    """The version that was asked for, else the last one that was sent before this. Pure."""
    others = {str(one.version): one for one in versions if one.version != briefing.version}
    if asked in others:
        return others[asked]
    before = [one for one in versions if one.version < briefing.version and one.status in SENT]
    return before[-1] if before else None


async def show_mail(visit: Visit) -> Response:
    """``GET …/teksten/mail?versie=…&tekst=…``: the mail as it goes out, for a frame."""
    event = await visit.event()
    assert event.id is not None
    asked = visit.request.query_params
    briefing = chosen_version(await versions_of(visit.session, event.id), asked.get("versie", ""))
    found = await texts_of(visit.session, briefing.id) if briefing and briefing.id else []
    text = next((one for one in found if one.audience.value == asked.get("tekst", "")), None)
    if text is None:
        raise LookupError("no such text")
    sender = visit.parts.config.briefings.sender
    mail = previews.mail_of(text, event_id=event.id, sender=sender)
    return previews.show_mail(mail.html, secrets.token_urlsafe(12))


async def note_open(visit: Visit) -> Response:
    """``POST …/teksten/geopend``: an approver unfolded one text on the page."""
    event = await visit.event()
    assert event.id is not None
    briefing = chosen_version(await versions_of(visit.session, event.id), visit.text("versie"))
    for text in await texts_of(visit.session, briefing.id or 0) if briefing else []:
        if briefing is not None and text.audience.value == visit.text("tekst"):
            await note_opened(visit.session, briefing, text, visit.actor.person_id, now=visit.now)
    return Response(status_code=204)


async def print_draft(visit: Visit) -> Response:
    """``GET …/teksten/pdf?versie=…&tekst=…``: one text as its readers could print it."""
    event = await visit.event()
    assert event.id is not None
    asked = visit.request.query_params
    versions = await versions_of(visit.session, event.id)
    briefing = chosen_version(versions, asked.get("versie", ""))
    drafts = await _drafts(visit, briefing, None) if briefing else []
    draft = next((one for one in drafts if one.key == asked.get("tekst", "")), None)
    if briefing is None or draft is None:
        raise LookupError("no such text")
    sheet = Sheet(
        subject=draft.subject,
        # On paper it may leave the house: no place that is still to be filled.
        body=without_links_to(
            on_paper(
                draft.page.replace(texts.PREVIEW_CONTACT, OWN_INTERNAL_CONTACT), texts.PREVIEW_LINK
            ),
            texts.PREVIEW_LINK,
        ),
        audience=draft.audience,
        stand=_stand(briefing),
        sender=visit.parts.config.briefings.sender,
        is_exercise=event.is_exercise,
        marks=marks_of(briefing, versions),
    )
    return await send_pdf(visit.request, sheet, name=f"versie-{briefing.version}-{draft.key}")


def _stand(briefing: Briefing) -> str:
    if briefing.distributed_at is None:
        return texts.PRINTED_DRAFT.format(version=briefing.version)
    at = moments.moment(briefing.distributed_at)
    return texts.PRINTED_STAND.format(version=briefing.version, moment=at)


def marks_of(briefing: Briefing, versions: Sequence[Briefing]) -> tuple[str, ...]:
    """What has to be seen before the words are used. Pure."""
    if briefing.status not in SENT:
        return (texts.DRAFT_MARK,)
    if briefing.status is BriefingStatus.CORRECTED:
        return (texts.CORRECTED_MARK,)
    if briefing.status is BriefingStatus.RETRACTED:
        return (texts.RETRACTED_MARK,)
    newer = [
        one
        for one in versions
        # An invitation takes the place of nothing.
        if one.version > briefing.version
        and one.status in SENT
        and one.kind is not BriefingKind.LOOK_BACK
    ]
    if newer and newer[-1].kind is BriefingKind.CLOSING and newer[-1].distributed_at:
        closed = moments.moment(newer[-1].distributed_at)
        return (printing_texts.CLOSED_MARK.format(moment=closed),)
    return (printing_texts.OLD_MARK,) if newer else ()


async def hand_in(visit: Visit) -> Response:
    """``POST …/indienen``: the version that was read, to the approvers."""
    event = await visit.event()
    assert event.id is not None
    briefing = await _current(visit, event)
    settings = visit.parts.config.briefings
    asks = visit.text("uitzondering") == "ja"
    result = await submit(
        visit.session,
        briefing,
        visit.actor,
        settings,
        now=visit.now,
        is_knowing=visit.text("zeker") == "ja",
        asks_exception=asks,
    )
    if isinstance(result, SubmitRefused) and result.reason in ("no_facts", "no_right"):
        return await _page(visit, event, asks_sure=result.reason, asks_exception=asks)
    if isinstance(result, SubmitRefused):
        error = chat_texts.REFUSALS.get(result.reason, result.reason)
        return await _page(visit, event, error=error, remarks=result.remarks)
    asked = await approving.ask_approvers(
        visit.session, event, briefing, visit.actor, settings, now=visit.now
    )
    nobody = await own_said.for_nobody(visit.session, event, briefing, settings)
    alone = not asked and needs_four_eyes(event, settings)
    done = "submitted_partly" if nobody else "no_approver" if alone else "submitted"
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=done)


async def drop(visit: Visit) -> Response:
    event = await visit.event()
    briefing = await _current(visit, event)
    await withdraw(visit.session, briefing, visit.actor, now=visit.now)
    versions = await versions_of(visit.session, briefing.event_id)
    kept = await words_aside(visit.session, briefing)
    done = done_texts.withdrawn(has_sent=any(v.status in SENT for v in versions), kept=bool(kept))
    return visit.back(f"/gebeurtenis/{event.id}/teksten", done=done)


async def begin(visit: Visit) -> Response:
    """``POST …/nieuwe-versie``: an update or the closing text."""
    event = await visit.event()
    assert event.id is not None
    visit.require_seen(stamp_of(await versions_of(visit.session, event.id)))
    kind = BriefingKind(visit.text("soort"))
    if kind not in (BriefingKind.UPDATE, BriefingKind.CLOSING):
        raise ValueError("another way in")
    begun = await writing.begin_version(
        visit.session, event, visit.actor, kind, visit.parts.config.briefings, now=visit.now
    )
    return await _begun(visit, event, begun)


async def correct(visit: Visit) -> Response:
    """``POST …/correctie``: which sentence was wrong, and what about it."""
    event = await visit.event()
    if not visit.text("onderwerp"):
        return await _page(visit, event, error=texts.WHAT_WAS_WRONG)
    begun = await writing.begin_correction(
        visit.session, event, visit.actor, visit.text("feit"), visit.text("onderwerp"),
        visit.parts.config.briefings, allow=visit.parts.config.signals.allow, now=visit.now,
    )  # fmt: skip
    return await _begun(visit, event, begun)


async def take_back_now(visit: Visit) -> Response:
    """``POST …/trek-in``: the emergency brake; goes out at once and is read afterwards."""
    event = await visit.event()
    if not visit.text("onderwerp"):
        return await _page(visit, event, error=texts.WHAT_WAS_WRONG)
    if not visit.text("zeker"):
        return await _page(visit, event, error=texts.TAKE_BACK_UNSURE)
    done = await take_back(
        visit.session, event, visit.actor, visit.text("feit"), visit.text("onderwerp"),
        visit.parts.config.briefings, allow=visit.parts.config.signals.allow, now=visit.now,
    )  # fmt: skip
    if isinstance(done, NotBegun):
        return await _begun(visit, event, done)
    if isinstance(done, Approved):
        return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="taken_back")
    error = chat_texts.REFUSALS.get(done.reason, done.reason)
    remarks = done.remarks if isinstance(done, SubmitRefused) else ()
    return await _page(visit, event, error=error, remarks=remarks)


async def _begun(visit: Visit, event: Event, begun: Briefing | NotBegun) -> Response:
    if isinstance(begun, NotBegun) and begun.reason != "never_sent":
        return await refused_page(visit, event, begun)
    if isinstance(begun, NotBegun):
        return visit.back(f"/gebeurtenis/{event.id}/teksten", done="never_sent")
    return visit.back(f"/gebeurtenis/{event.id}/teksten", done=done_texts.drafted(begun.kind))


async def refused_page(visit: Visit, event: Event, refused: NotBegun) -> Response:
    """Why nothing was begun, above the texts."""
    is_one = refused.reason == "signals_wait" and refused.count == 1
    words = texts.NOT_BEGUN["one_signal_waits" if is_one else refused.reason]
    return await _page(visit, event, error=words.format(count=refused.count))


async def _current(visit: Visit, event: Event) -> Briefing:
    """The version that the page was about, with the very words that it showed.

    :raises LookupError: there is none, or another one came in its place.
    """
    briefing = await current_briefing(visit.session, event.id or 0)
    if briefing is None or str(briefing.version) != visit.text("versie"):
        raise LookupError("no such version")
    await visit.hold(briefing)
    visit.require_seen(stamp_of(await versions_of(visit.session, briefing.event_id)))
    return briefing


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/teksten", show_texts, Permission.SEE_STATUS),
    Door(f"{_EVENT}/teksten/mail", show_mail, Permission.SEE_STATUS),
    Door(f"{_EVENT}/teksten/pdf", print_draft, Permission.SEE_STATUS),
    Door(f"{_EVENT}/teksten/geopend", note_open, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/indienen", hand_in, Permission.SUBMIT_BRIEFING, "POST"),
    Door(f"{_EVENT}/intrekken", drop, Permission.SUBMIT_BRIEFING, "POST"),
    Door(f"{_EVENT}/nieuwe-versie", begin, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/correctie", correct, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/trek-in", take_back_now, Permission.APPROVE_BRIEFING, "POST"),
)
