"""Signals on the coördinator's phone: what came in, and an answer for each reporter.

Whoever reads here sees the organisation, never the person who told.
"""

from __future__ import annotations

from sqlmodel import col, select

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from contacts.directory import Organisation
from contacts.outbox import Button
from contacts.permissions import Permission
from signals.duiding import alike
from signals.feedback import CloseRefused, close_signal, open_signals
from signals.promises import note_look
from signals.rows import OutcomeCode, Signal, SignalStatus, ToldAs
from signals.telling import describe

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
    note = turn.sealer.unseal(signal.note_sealed) if signal.note_sealed else ""
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
            organisation=organisation,
        ),
        rows,
        is_delicate=bool(note),
    )


async def chose_code(turn: Turn) -> None:
    signal = await signal_of(turn)
    assert turn.tap is not None
    code = OutcomeCode(turn.tap.args[1])
    await turn.ask(FLOW, "sentence", {"signal": signal.id, "code": code.value})
    await turn.say(render("coordinator/ask_outcome.html", label=texts.OUTCOMES[code]))


async def wrote_sentence(turn: Turn) -> None:
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    assert turn.conversation is not None
    given = turn.conversation.data
    signal = await turn.session.get(Signal, int(given["signal"]))
    if signal is None or signal.is_exercise != actor.is_exercise or signal.id is None:
        raise ValueError("no such signal for this actor")
    result = await close_signal(
        turn.session,
        signal.id,
        OutcomeCode(given["code"]),
        (turn.text or "").strip(),
        who=actor.who,
        sealer=turn.sealer,
        allow=turn.config.signals.allow,
        now=turn.now,
    )
    if isinstance(result, CloseRefused):
        await turn.say(render("coordinator/outcome_refused.html", reason=result.reason))
        return
    await turn.finish()
    await turn.say(render("coordinator/answered.html", told=len(result)))


async def signal_of(turn: Turn) -> Signal:
    """The signal of the tapped button, for who may read signals."""
    actor = turn.allowed(Permission.READ_SIGNALS)
    assert turn.tap is not None
    signal = (
        await turn.session.exec(select(Signal).where(col(Signal.id) == turn.tap.number(0)))
    ).first()
    if signal is None or signal.is_exercise != actor.is_exercise:
        raise ValueError("no such signal for this actor")
    return signal


TAPS: dict[str, Handler] = {"sigs": show_inbox, "so": show_signal, "sc": chose_code}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "sentence"): wrote_sentence}
COMMANDS: dict[str, Handler] = {"/signalen": show_inbox}
