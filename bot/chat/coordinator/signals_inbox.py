"""Signals on the coördinator's phone: what came in, and an answer for each reporter.

Whoever reads here sees the organisation, never the person who told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from markupsafe import Markup

from bot.chat import texts as chat_texts
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.shown import drop_buttons
from bot.chat.turn import Handler, Turn
from bot.signal_ending import ends_with_answer
from contacts.directory import Organisation
from contacts.outbox import Button
from contacts.permissions import Permission
from signals.duiding import alike
from signals.feedback import (
    CloseRefused,
    close_signal,
    feedback_content,
    open_signals,
    organisations_of,
    why_not,
)
from signals.promises import note_look
from signals.rephrasing import tells_rumour
from signals.rows import OutcomeCode, Signal, SignalStatus, ToldAs
from signals.telling import beside_rumour, describe
from signals.way_back import is_shut

FLOW = "answer"
CODES = tuple(OutcomeCode)
PAGE = 8


async def show_inbox(turn: Turn) -> None:
    """All open signals, oldest promise first, or those of one event."""
    actor = turn.allowed(Permission.READ_SIGNALS)
    event_id = turn.tap.number(0) if turn.tap is not None else None
    signals = [
        signal
        for signal in await open_signals(turn.session, is_exercise=actor.is_exercise)
        if event_id is None or signal.event_id == event_id
    ]
    organisations = len({signal.organisation_id for signal in signals})
    buttons = [
        [
            Button(
                render("coordinator/signal_line.html", what=describe(signal), signal=signal),
                data("so", signal.id),
            )
        ]
        for signal in signals[:PAGE]
    ]
    if alike(signals):
        buttons.append([Button(texts.TOGETHER, data("sgs"))])
    await turn.say(
        render(
            "coordinator/signals.html",
            signals=signals,
            organisations=organisations,
            shown=min(len(signals), PAGE),
        ),
        buttons,
    )


async def show_signal(turn: Turn) -> None:
    signal = await signal_of(turn)
    organisation = await turn.session.get(Organisation, signal.organisation_id)
    await note_look(turn.session, signal, who=turn.known().who, now=turn.now)
    note = turn.sealer.read(signal.note_sealed)
    codes = [Button(texts.OUTCOMES[code], data("sc", signal.id, code.value)) for code in CODES]
    rows = [[button] for button in codes]
    if signal.told_as is ToldAs.SIGNAL:
        rows.insert(0, [Button(texts.INTERPRET, data("sd", signal.id))])
    rows = rows if signal.status is not SignalStatus.CLOSED else []
    if note:
        rows.append([Button(texts.WIPE_TEXT, data("sx", signal.id))])
    await turn.say(
        render(
            "coordinator/signal.html",
            signal=signal,
            note=note,
            what=describe(signal),
            beside=beside_rumour(signal) if tells_rumour(note) else "",
            organisation=organisation,
            is_shut=is_shut(signal, turn.sealer),
            outcomes=texts.OUTCOMES,
        ),
        rows,
        is_delicate=bool(note),
    )


async def chose_code(turn: Turn) -> None:
    signal = await signal_of(turn)
    assert turn.tap is not None
    code = OutcomeCode(turn.tap.args[1])
    if signal.status is SignalStatus.CLOSED:
        # Said before somebody types an answer that nobody would get.
        await turn.say(render("coordinator/outcome_refused.html", reason="closed"))
        await _drop_codes(turn, signal.id, turn.tap.delivery_id)
        return
    given = {"signal": signal.id, "code": code.value, "under": turn.tap.delivery_id}
    await turn.ask(FLOW, "sentence", given)
    ends = await ends_with_answer(turn.session, signal, turn.known())
    await turn.say(render("coordinator/ask_outcome.html", label=texts.OUTCOMES[code], ends=ends))


async def wrote_sentence(turn: Turn) -> None:
    """Shown as its reporter will get it; it goes by a tap. Another line takes its place."""
    signal = await _asked_about(turn)
    given = turn.kept
    sentence = turn.line
    reason = why_not(sentence, turn.config.signals.allow)
    if signal.status is SignalStatus.CLOSED:
        reason = "closed"
    if reason is not None:
        await turn.say(render("coordinator/outcome_refused.html", reason=reason))
        return
    content = feedback_content(
        signal.received_at, OutcomeCode(given["code"]), sentence, told_as=signal.told_as,
        others=await organisations_of(turn.session, signal),
    )  # fmt: skip
    assert content.telegram is not None
    await turn.ask(FLOW, "sure", given | {"sentence": turn.sealer.seal(sentence)})
    mark = _mark(given, sentence)
    buttons = [
        [Button(texts.SEND_ANSWER, data("sv", mark)), Button(texts.ANSWER_ANEW, data("sw", mark))]
    ]
    text = render(
        "coordinator/answer_preview.html",
        shown=Markup(content.telegram.text),  # noqa: S704  (escaped where it was made)
        is_wanted=signal.reply_handle is not None,
        is_shut=is_shut(signal, turn.sealer),
        ends=await ends_with_answer(turn.session, signal, turn.known()),
    )
    await turn.say(text, buttons, is_delicate=True)


async def send_sentence(turn: Turn) -> None:
    """*Verstuur*: exactly the sentence that stood above the button."""
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    sentence = _previewed(turn)
    if sentence is None:
        turn.toast = chat_texts.QUESTION_OVER
        return
    signal = await _asked_about(turn)
    assert turn.conversation is not None
    given = turn.conversation.data
    result = await close_signal(
        turn.session, signal.id or 0, OutcomeCode(given["code"]), sentence, who=actor.who,
        sealer=turn.sealer, allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    await turn.finish()
    if isinstance(result, CloseRefused):
        await turn.change(render("coordinator/outcome_refused.html", reason=result.reason))
        return
    await _drop_codes(turn, signal.id, given.get("under"))
    await turn.change(_answered(signal, len(result), turn))


def _answered(signal: Signal, told: int, turn: Turn) -> str:
    shut = is_shut(signal, turn.sealer)
    return render("coordinator/answered.html", told=told, is_shut=shut)


async def write_anew(turn: Turn) -> None:
    """*Terug*: nothing went; the question for a sentence is open again."""
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    if _previewed(turn) is None:
        turn.toast = chat_texts.QUESTION_OVER
        return
    assert turn.conversation is not None
    given = {key: one for key, one in turn.conversation.data.items() if key != "sentence"}
    await turn.ask(FLOW, "sentence", given)
    label = texts.OUTCOMES[OutcomeCode(given["code"])]
    ends = await ends_with_answer(turn.session, await _asked_about(turn), actor)
    await turn.change(render("coordinator/ask_outcome.html", label=label, ends=ends))


def _previewed(turn: Turn) -> str | None:
    """The sentence above the tapped button; None when another one took its place, or it went."""
    talk = turn.conversation
    if talk is None or (talk.flow, talk.step) != (FLOW, "sure"):
        return None
    assert turn.tap is not None
    sentence = turn.sealer.unseal(talk.data["sentence"])
    return sentence if turn.tap.number(0) == _mark(talk.data, sentence) else None


def _mark(given: Mapping[str, Any], sentence: str) -> int:
    """Of what stands above the button: this sentence, for this signal, with this answer. Pure."""
    return crc32(f"{given['signal']} {given['code']} {sentence}".encode())


async def _asked_about(turn: Turn) -> Signal:
    turn.allowed(Permission.CLOSE_SIGNAL)
    assert turn.conversation is not None
    return await turn.in_world(Signal, int(turn.conversation.data["signal"]))


async def _drop_codes(turn: Turn, signal_id: int | None, delivery_id: int | None) -> None:
    """The message keeps its words; what can be done with an answered signal goes."""
    if delivery_id is None:
        return
    for verb in ("sc", "sd"):
        await drop_buttons(turn.session, delivery_id, data(verb, signal_id), now=turn.now)


async def signal_of(turn: Turn) -> Signal:
    """The signal of the tapped button, for who may read signals."""
    turn.allowed(Permission.READ_SIGNALS)
    assert turn.tap is not None
    return await turn.in_world(Signal, turn.tap.number(0))


TAPS: dict[str, Handler] = {
    "sigs": show_inbox,
    "so": show_signal,
    "sc": chose_code,
    "sv": send_sentence,
    "sw": write_anew,
}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "sentence"): wrote_sentence,
    (FLOW, "sure"): wrote_sentence,
}
COMMANDS: dict[str, Handler] = {"/signalen": show_inbox}
