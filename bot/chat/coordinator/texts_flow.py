"""The seven texts on the phone: read each as the receiver will, then hand in."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import AUDIENCES, data, in_pairs
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.approval_flow import ask_approvers
from bot.chat.coordinator.card import write_again
from bot.chat.coordinator.own_flow import own_button
from bot.chat.coordinator.text_forms import as_many, split_text, with_headings, with_shown_places
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.chat.used import use_up
from bot.evening.closing_held import UNHEARD, ways_on
from bot.evening.withdrawing_said import what_went_out
from bot.event_names import name_of
from briefings.approval import SubmitRefused, submit, withdraw
from briefings.blocking import may_be_asked
from briefings.drafting import current_briefing, texts_of
from briefings.editing import can_be_worded
from briefings.openings import note_opened
from briefings.rows import Briefing, BriefingStatus, BriefingText
from briefings.short_form import LeftOut, left_out_of
from briefings.versions import OPEN, versions_of
from briefings.wordings import words_aside
from contacts.outbox import Button
from contacts.permissions import NotAllowed, Permission, may
from feeds.rows import Event

#: handed in although a rule blocks it, for a second approver to decide
ASKING = "subx"
#: What one chat message can hold of a full text, with room for marks.
PART = 3500
#: what may be named over a preview: together, and of each sentence
LEFT_OUT_ROOM, LEFT_OUT_EACH = 1500, 300
#: on a button: handed in by somebody who knows that nothing is confirmed
KNOWING = "1"


async def show_texts(turn: Turn) -> None:
    event = await open_event_of(turn)
    briefing = await current_briefing(turn.session, event.id or 0)
    if briefing is None:
        await turn.say(texts.REFUSALS["no_texts"], write_again(event))
        return
    drafts = await texts_of(turn.session, briefing.id or 0)
    buttons = text_buttons(briefing.id or 0, drafts)
    last = [Button(texts.BACK, data("ecard", event.id))]
    if briefing.status is BriefingStatus.DRAFT:
        last.insert(0, Button(texts.SUBMIT, data("submit", event.id, briefing.version)))
    buttons.append(last)
    await turn.say(
        render(
            "coordinator/texts.html",
            event=event,
            title=await name_of(turn.session, event),
            drafts=drafts,
            labels=texts.AUDIENCES,
            is_handed_in=briefing.status is BriefingStatus.SUBMITTED,
        ),
        buttons,
    )


def text_buttons(briefing_id: int, drafts: Sequence[BriefingText]) -> list[list[Button]]:
    """One button per audience, marked where the check had a remark."""
    buttons = [
        Button(
            texts.AUDIENCES[draft.audience] + (" ⚠" if draft.remarks else ""),
            data("text", briefing_id, AUDIENCES.index(draft.audience)),
        )
        for draft in drafts
    ]
    return in_pairs(buttons)


async def show_text(turn: Turn) -> None:
    """One text as it arrives: the chat form, then the whole text."""
    actor = turn.known()
    if not (may(actor, Permission.SUBMIT_BRIEFING) or may(actor, Permission.APPROVE_BRIEFING)):
        raise NotAllowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(0))
    audience = AUDIENCES[turn.tap.number(1)]
    if briefing is None or briefing.is_exercise != actor.is_exercise:
        raise ValueError("no such briefing for this actor")
    drafts = await texts_of(turn.session, briefing.id or 0)
    left_out = await left_out_of(turn.session, briefing, drafts)
    for draft in drafts:
        if draft.audience is audience:
            if may(actor, Permission.APPROVE_BRIEFING):
                await note_opened(turn.session, briefing, draft, actor.person_id, now=turn.now)
            is_before, gone = briefing.status in OPEN, left_out.get(audience)
            await _say_text(turn, draft, is_before=is_before, left_out=gone)
    if can_be_worded(briefing, now=turn.now) and may(actor, Permission.EDIT_FACTS):
        await turn.say(
            render("coordinator/own_offer.html", label=texts.AUDIENCES[audience]),
            [[own_button(briefing.event_id, briefing, audience)]],
        )


async def _say_text(
    turn: Turn, draft: BriefingText, *, is_before: bool, left_out: LeftOut | None
) -> None:
    named, more = as_many(left_out.sentences if left_out else (), LEFT_OUT_ROOM, LEFT_OUT_EACH)
    await turn.say(
        render(
            "coordinator/preview_head.html",
            draft=draft,
            label=texts.AUDIENCES[draft.audience],
            is_before=is_before,
            left_out=left_out,
            named=named,
            more=more,
        )
    )
    await turn.say(with_shown_places(draft.telegram))
    for part in split_text(with_shown_places(draft.plain), PART):
        await turn.say(render("coordinator/preview_full.html", text=with_headings(part)))


async def hand_in(turn: Turn) -> None:
    event = await open_event_of(turn)
    actor = turn.allowed(Permission.SUBMIT_BRIEFING)
    briefing = await _shown_briefing(turn, event)
    if briefing is None:
        return
    assert turn.tap is not None
    asks = turn.tap.verb == ASKING
    result = await submit(
        turn.session,
        briefing,
        actor,
        turn.config.briefings,
        now=turn.now,
        is_knowing=turn.tap.args[2:] == (KNOWING,),
        asks_exception=asks,
    )
    if isinstance(result, SubmitRefused) and result.reason in ("no_facts", "no_right"):
        await _ask_once_more(turn, event, briefing, result.reason)
        return
    if isinstance(result, SubmitRefused):
        await turn.say(
            render(
                "coordinator/submit_refused.html",
                why=texts.REFUSALS.get(result.reason, result.reason),
                remarks=result.remarks,
            ),
            await _ways_on(turn, event, briefing, result.reason),
        )
        return
    await use_up(turn)
    await ask_approvers(turn, event, briefing)


async def _ways_on(turn: Turn, event: Event, briefing: Briefing, reason: str) -> list[list[Button]]:
    """What can be done about a refusal, under it."""
    assert turn.tap is not None
    if reason in UNHEARD:
        return [ways_on(event.id or 0, turn.known())]
    can_ask = may_be_asked(await texts_of(turn.session, briefing.id or 0))
    if reason != "blocked" or turn.tap.verb == ASKING or not can_ask:
        return []
    return [[Button(texts.ASK_EXCEPTION, data(ASKING, event.id, briefing.version))]]


async def _ask_once_more(turn: Turn, event: Event, briefing: Briefing, reason: str) -> None:
    assert turn.tap is not None
    # What was asked beside it, is asked again.
    knowing = data(turn.tap.verb, event.id, briefing.version, KNOWING)
    await turn.say(
        render(f"coordinator/{reason}.html", event=event, title=await name_of(turn.session, event)),
        [
            [Button(texts.FACTS, data("facts", event.id))],
            [Button(texts.SUBMIT_ANYWAY, knowing)],
        ],
    )


async def drop(turn: Turn) -> None:
    event = await open_event_of(turn)
    briefing = await _shown_briefing(turn, event)
    if briefing is None:
        return
    if briefing.status is not BriefingStatus.DRAFT:
        turn.toast = texts.REFUSALS["not_draft"]
        return
    turn.allowed(Permission.SUBMIT_BRIEFING)
    assert turn.tap is not None
    went_out = what_went_out(briefing, await versions_of(turn.session, briefing.event_id))
    if turn.tap.args[2:] != (KNOWING,):
        await _ask_withdrawing(turn, event, briefing, went_out)
        return
    await withdraw(turn.session, briefing, turn.known(), now=turn.now)
    await use_up(turn)
    await turn.say(
        render(
            "coordinator/withdrawn.html",
            event=event,
            title=await name_of(turn.session, event),
            went_out=went_out,
            kept=await words_aside(turn.session, briefing),
        ),
        [] if await current_briefing(turn.session, event.id or 0) else write_again(event),
    )


async def _ask_withdrawing(turn: Turn, event: Event, briefing: Briefing, went_out: str) -> None:
    """It cannot be undone, so it is asked once; with what went out already and who got nothing."""
    await turn.say(
        render(
            "coordinator/withdraw_sure.html",
            kind=texts.BRIEFING_KINDS[briefing.kind],
            version=briefing.version,
            title=await name_of(turn.session, event),
            went_out=went_out,
        ),
        [
            [Button(texts.WITHDRAW_SURE, data("drop", event.id, briefing.version, KNOWING))],
            [Button(texts.NOT_AFTER_ALL, data("retr0", event.id))],
        ],
    )


async def _shown_briefing(turn: Turn, event: Event) -> Briefing | None:
    """The version that the tapped button was about; None, with a toast, when there is a newer."""
    briefing = await _briefing(turn, event)
    assert turn.tap is not None
    if turn.tap.number(1) == briefing.version:
        return briefing
    turn.toast = texts.OLD_VERSION
    return None


async def _briefing(turn: Turn, event: Event) -> Briefing:
    assert event.id is not None
    briefing = await current_briefing(turn.session, event.id)
    if briefing is None:
        raise ValueError("no briefing yet")
    return briefing


TAPS: dict[str, Handler] = {
    "texts": show_texts,
    "text": show_text,
    "submit": hand_in,
    ASKING: hand_in,
    "drop": drop,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
