"""One text in own words, on a phone: choose a part, send the new words, or put it back."""

from __future__ import annotations

from typing import Any

from bot.chat.buttons import AUDIENCES, data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.facts_flow import mark
from bot.chat.coordinator.text_forms import with_shown_places
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import texts as words
from bot.evening.asking_again import ASK
from bot.evening.forewarning import own_at_stake, own_forewarned
from briefings.editing import (
    CHANGES,
    Part,
    can_be_worded,
    foresee_words,
    parts_of,
    settle_words,
    write_words,
)
from briefings.own_words import CHAT
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import current_briefing, texts_of
from briefings.wordings import words_of
from contacts.directory import Audience
from contacts.outbox import Button
from contacts.permissions import Permission, may
from feeds.rows import Event

FLOW = "own"
#: at the end of a button: its reader was asked, and takes the texts back knowingly
KNOWING = "z"


async def show_parts(turn: Turn) -> None:
    """The parts of one text as buttons; those that wait for a choice first in the words."""
    event, briefing, audience = await _asked(turn)
    parts = await _parts(turn, briefing, audience)
    buttons = [
        Button(_label(part), data("own2", event.id, *_mark(briefing, audience), number))
        for number, part in enumerate(parts)
        if not part.is_absent
    ]
    await turn.say(
        render("coordinator/own_parts.html", label=texts.AUDIENCES[audience], parts=parts),
        [[button] for button in buttons],
    )


def _label(part: Part) -> str:
    mark = texts.OWN_CHOOSE if part.is_unsettled else texts.OWN_MARK if part.is_own else ""
    return mark + (texts.OWN_CHAT if part.place == CHAT else texts.cut_short(part.place))


async def show_part(turn: Turn) -> None:
    """One part as it is, with what can be done; an answer in words takes its place."""
    event, briefing, audience = await _asked(turn)
    assert turn.tap is not None
    parts = await _parts(turn, briefing, audience)
    number = turn.tap.number(4)
    if not 0 <= number < len(parts):
        raise ValueError("no such part")
    part = parts[number]
    marks = (event.id, *_mark(briefing, audience), number)
    buttons = []
    if part.is_unsettled:
        buttons.append([Button(texts.OWN_KEEP, data("ownk", *marks))])
    if part.is_own:
        buttons.append([Button(texts.OWN_DROP, data("owns", *marks))])
    await turn.ask(
        FLOW,
        "words",
        {
            "event": event.id,
            "audience": audience.value,
            "place": part.place,
            "stamp": _stamp(briefing),
        },
    )
    await turn.say(
        render(
            "coordinator/own_part.html",
            part=part,
            heading=_label(part),
            words=with_shown_places(part.words),
            standard=with_shown_places(part.standard),
        ),
        buttons,
    )


async def wrote_words(turn: Turn) -> None:
    actor = turn.allowed(Permission.EDIT_FACTS)
    given = turn.kept
    event = await turn.in_world(Event, int(given["event"]))
    briefing = await current_briefing(turn.session, event.id or 0)
    if briefing is None or _stamp(briefing) != given["stamp"]:
        await turn.finish()
        await turn.say(render("coordinator/fact_refused.html", why=texts.OLD_VERSION))
        return
    audience, place = Audience(given["audience"]), given["place"]
    typed = _with_places(turn.text or "")
    judged = await foresee_words(
        turn.session, event, actor, audience, place, typed,
        allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    if judged == CHANGES and own_at_stake(briefing, now=turn.now):
        # Kept until the yes: they passed the person filter.
        await turn.ask(FLOW, "words", {**given, "words": typed})
        way = Button(
            words.OWN_SAVE, data("ownw", event.id, *_mark(briefing, audience), mark(typed))
        )
        await _ask_first(turn, briefing, audience, way)
        return
    await _keep_words(turn, event, audience, place, typed)


async def go_on(turn: Turn) -> None:
    """The yes after the question: keep the words that were sent before it."""
    event, _, audience = await _asked(turn)
    talk = turn.conversation
    if talk is None or talk.flow != FLOW or "words" not in talk.data:
        raise ValueError("no words wait for this")
    given: dict[str, Any] = dict(talk.data)
    asked = (given["event"], given["audience"], mark(given["words"]))
    assert turn.tap is not None
    if asked != (event.id, audience.value, *turn.tap.args[4:]):
        raise ValueError("the question is about other words")
    await _keep_words(turn, event, audience, given["place"], given["words"])


async def _keep_words(turn: Turn, event: Event, audience: Audience, place: str, typed: str) -> None:
    """Refused words keep the step: the next answer is another try."""
    went_back = own_at_stake(await current_briefing(turn.session, event.id or 0), now=turn.now)
    refused = await write_words(
        turn.session, event, turn.allowed(Permission.EDIT_FACTS), audience, place, typed,
        turn.config.briefings, allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    if refused is not None:
        why = texts.OWN_REFUSALS[refused.reason]
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    await turn.finish()
    await _say_done(turn, event, audience, went_back=went_back)


async def keep(turn: Turn) -> None:
    await _settle(turn, keeps=True)


async def put_back(turn: Turn) -> None:
    await _settle(turn, keeps=False)


async def _settle(turn: Turn, *, keeps: bool) -> None:
    event, briefing, audience = await _asked(turn)
    assert turn.tap is not None
    parts = await _parts(turn, briefing, audience)
    number = turn.tap.number(4)
    if not 0 <= number < len(parts) or not parts[number].is_own:
        raise ValueError("no such part")
    if await _asks_first(turn, briefing, audience):
        return
    went_back = own_at_stake(briefing, now=turn.now)
    await turn.finish()
    await settle_words(
        turn.session, event, turn.known(), audience, parts[number].place,
        "keep" if keeps else "drop", turn.config.briefings, now=turn.now,
    )  # fmt: skip
    await _say_done(turn, event, audience, went_back=went_back)


async def _asks_first(turn: Turn, briefing: Briefing, audience: Audience) -> bool:
    """Ask once before texts go back from the approvers; False, and nothing said, when none do."""
    if _known(turn) or not own_forewarned(briefing, now=turn.now):
        return False
    assert turn.tap is not None
    wire = f"{data(turn.tap.verb, *turn.tap.args)}:{KNOWING}"
    await _ask_first(turn, briefing, audience, Button(words.OWN_ANYWAY, wire))
    return True


async def _ask_first(turn: Turn, briefing: Briefing, audience: Audience, way: Button) -> None:
    """``way`` is where a yes leads."""
    rows = [[way]]
    is_there = briefing.status is BriefingStatus.SUBMITTED
    if is_there and may(turn.known(), Permission.APPROVE_BRIEFING):
        rows.append([Button(texts.SEND_BACK, data("back", briefing.id))])
    await turn.say(
        render(
            "coordinator/own_sure.html",
            label=texts.AUDIENCES[audience],
            warning=own_forewarned(briefing, now=turn.now),
            is_late=turn.tap is None,
        ),
        rows,
    )


def _known(turn: Turn) -> bool:
    """Whether the button is of who was asked."""
    assert turn.tap is not None
    return turn.tap.args[-1:] == (KNOWING,)


async def _say_done(
    turn: Turn, event: Event, audience: Audience, *, went_back: BriefingStatus | None
) -> None:
    briefing = await current_briefing(turn.session, event.id or 0)
    drafts = await texts_of(turn.session, briefing.id or 0) if briefing else []
    draft = next(one for one in drafts if one.audience is audience)
    assert briefing is not None
    # The same words again take nothing back.
    if own_at_stake(briefing, now=turn.now):
        went_back = None
    rows = [
        [Button(texts.OWN_READ, data("text", briefing.id, AUDIENCES.index(audience)))],
        [Button(texts.ALL_TEXTS, data("texts", event.id))],
    ]
    if went_back and not may(turn.known(), Permission.SUBMIT_BRIEFING):
        rows.append([Button(approved_texts.ASK_AGAIN, data(ASK, event.id))])
    await turn.say(
        render(
            "coordinator/own_done.html",
            draft=draft,
            label=texts.AUDIENCES[audience],
            went_back=words.OWN_TOOK_BACK[went_back] if went_back else "",
        ),
        rows,
    )


async def _asked(turn: Turn) -> tuple[Event, Briefing, Audience]:
    """What the button is about.

    :raises ValueError: the version is another one now, or was edited since.
    """
    event = await open_event_of(turn)
    turn.allowed(Permission.EDIT_FACTS)
    assert turn.tap is not None
    briefing = await current_briefing(turn.session, event.id or 0)
    seen = turn.tap.args[2:3]
    if briefing is None or briefing.version != turn.tap.number(1):
        raise ValueError("another version")
    if seen and seen != (_stamp(briefing),):
        raise ValueError("edited since")
    if not can_be_worded(briefing, now=turn.now):
        raise ValueError("sent already")
    index = turn.tap.number(3)
    if not 0 <= index < len(AUDIENCES):
        raise ValueError("no such text")
    return event, briefing, AUDIENCES[index]


def _with_places(typed: str) -> str:
    """What the chat showed in the place of a personal one becomes that place again."""
    for place, shown in texts.SHOWN_PLACES.items():
        typed = typed.replace(shown, place)
    return typed


def own_button(event_id: int, briefing: Briefing, audience: Audience) -> Button:
    """The way in, under a text."""
    return Button(texts.OWN, data("own", event_id, *_mark(briefing, audience)))


def _mark(briefing: Briefing, audience: Audience) -> tuple[int, str, int]:
    return briefing.version, _stamp(briefing), AUDIENCES.index(audience)


def _stamp(briefing: Briefing) -> str:
    """Any edit gives another; two within a second are one."""
    return f"{int(briefing.edited_at.timestamp() * 10) % 10**8}"


async def _parts(turn: Turn, briefing: Briefing, audience: Audience) -> list[Part]:
    rows = await words_of(turn.session, briefing.id or 0)
    for text in await texts_of(turn.session, briefing.id or 0):
        if text.audience is audience:
            return parts_of(text, rows)
    raise ValueError("no such text")


TAPS: dict[str, Handler] = {
    "own": show_parts,
    "own2": show_part,
    "ownw": go_on,
    "ownk": keep,
    "owns": put_back,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "words"): wrote_words}
COMMANDS: dict[str, Handler] = {}
