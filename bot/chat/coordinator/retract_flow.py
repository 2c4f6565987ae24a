"""Take back at once what is wrong and harmful: an approver alone, in three taps and one line."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.ringing import approvers_to_ring
from bot.evening.taking_back import may_take_back, take_back
from bot.evening.writing import NotBegun
from bot.evening.wrong_parts import MOST, sent_parts
from bot.event_names import name_of
from briefings.approval import Approved, SubmitRefused
from briefings.versions import current_briefing
from briefings.wordings import words_aside
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event

FLOW = "retraction"


async def start(turn: Turn) -> None:
    """Which sentence is it? Only what readers may have in hand can be taken back."""
    event = await open_event_of(turn)
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    # Said before anything is asked: whoever finds out at the last tap lost minutes.
    if not may_take_back(event, actor, turn.config.briefings):
        await turn.say(
            render(
                "coordinator/brake_of_approver.html",
                approvers=await approvers_to_ring(turn.session, actor),
            )
        )
        return
    parts = await sent_parts(turn.session, event, now=turn.now)
    if not parts:
        turn.toast = texts.NOTHING_SENT
        return
    # The whole text stands last and is never left out.
    shown = parts if len(parts) <= MOST else [*parts[: MOST - 1], parts[-1]]
    buttons = [
        [Button(texts.cut_short(part.text), data("retr2", event.id, part.key))] for part in shown
    ]
    left = len(parts) - len(shown)
    await turn.say(
        render(
            "coordinator/ask_taken_back.html",
            event=event,
            title=await name_of(turn.session, event),
            left=left,
        ),
        [*buttons, [Button(texts.NOT_AFTER_ALL, data("retr0", event.id))]],
    )


async def chose_sentence(turn: Turn) -> None:
    event = await open_event_of(turn)
    turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    await turn.ask(FLOW, "about", {"event": event.id, "part": turn.tap.word(1)})
    await turn.say(render("coordinator/ask_about.html"))


async def wrote_about(turn: Turn) -> None:
    turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.conversation is not None
    given = {**turn.conversation.data, "about": (turn.text or "").strip()}
    event = await turn.session.get_one(Event, int(given["event"]))
    await turn.ask(FLOW, "sure", given)
    row = [
        Button(texts.TAKE_BACK_SURE, data("retr3", event.id, given["part"])),
        Button(texts.NOT_AFTER_ALL, data("retr0", event.id)),
    ]
    await turn.say(
        render(
            "coordinator/take_back_sure.html",
            event=event,
            title=await name_of(turn.session, event),
            about=given["about"],
        ),
        [row],
    )


async def not_now(turn: Turn) -> None:
    """*Toch niet*, of this question and of the one that a correction begins with."""
    talk = turn.conversation
    # Another question may be open by now; that one goes on.
    if talk is not None and (talk.flow, talk.step) == (FLOW, "sure"):
        await turn.finish()
    await turn.change(render("coordinator/nothing_changed.html"))


async def sure(turn: Turn) -> None:
    event = await open_event_of(turn)
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    talk = turn.conversation
    asked = {"event": event.id, "part": turn.tap.word(1)}
    if (
        talk is None
        or (talk.flow, talk.step) != (FLOW, "sure")
        or asked.items() - talk.data.items()
    ):
        raise ValueError("this question is over")
    about = str(talk.data["about"])
    await turn.finish()
    done = await take_back(
        turn.session, event, actor, turn.tap.word(1), about, turn.config.briefings,
        allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    if isinstance(done, Approved):
        briefing = await current_briefing(turn.session, event.id or 0)
        aside = await words_aside(turn.session, briefing) if briefing else 0
        await turn.change(
            render("coordinator/take_back_done.html", result=done, now=turn.now, aside=aside)
        )
    elif isinstance(done, SubmitRefused):
        why = texts.REFUSALS.get(done.reason, done.reason)
        await turn.change(render("coordinator/submit_refused.html", why=why, remarks=done.remarks))
    elif isinstance(done, NotBegun) and done.reason in ("never_sent", "taken_back"):
        await turn.change(render(f"coordinator/{done.reason}.html"))
    else:
        why = texts.REFUSALS.get(done.reason, done.reason)
        await turn.change(render("coordinator/approve_refused.html", why=why))


TAPS: dict[str, Handler] = {
    "retr": start,
    "retr2": chose_sentence,
    "retr3": sure,
    "retr0": not_now,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "about"): wrote_about}
COMMANDS: dict[str, Handler] = {}
