"""Duiding on the phone: two taps for an oordeel, one line for a besluit, one answer for many."""

from __future__ import annotations

from bot.chat import texts as chat_texts
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.signals_inbox import CODES, signal_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.event_names import name_of
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event
from signals import texts as labels
from signals.duiding import (
    Alike,
    NotDecided,
    Reading,
    alike,
    close_alike,
    decide,
    read_signal,
)
from signals.feedback import CloseRefused, open_signals
from signals.rows import OutcomeCode, Reliability, SignalKind, SignalStatus

FLOW = "duiding"
MOST_GROUPS = 5
DECISIONS = {"a": SignalStatus.ACTION, "w": SignalStatus.WAITING}
#: five is danger now, and never a signal that is kept
LEVELS = {level: label for level, label in labels.SEVERITIES.items() if level < 5}


async def ask_reading(turn: Turn) -> None:
    """*Duiden*: first how sure, then how grave; both by a tap."""
    signal = await signal_of(turn)
    assert turn.tap is not None
    given = turn.tap.args[1:]
    if not given:
        rows = [
            [Button(label, data("sd", signal.id, code.value))]
            for code, label in labels.RELIABILITIES.items()
        ]
        await turn.say(render("coordinator/ask_reliability.html"), rows)
    elif len(given) == 1:
        sure = Reliability(given[0])
        rows = [
            [Button(label, data("sd", signal.id, sure.value, level))]
            for level, label in LEVELS.items()
        ]
        await turn.change(render("coordinator/ask_gravity.html"), rows)
    else:
        await _keep_reading(turn, signal.id or 0, Reading(Reliability(given[0]), int(given[1])))


async def _keep_reading(turn: Turn, signal_id: int, reading: Reading) -> None:
    result = await read_signal(
        turn.session,
        signal_id,
        reading,
        actor=turn.allowed(Permission.READ_SIGNALS),
        sealer=turn.sealer,
        now=turn.now,
    )
    if isinstance(result, NotDecided):
        await turn.change(render("coordinator/not_decided.html", reason=result.reason))
        return
    buttons = [
        [
            Button(texts.ACTION, data("sb", signal_id, "a")),
            Button(texts.WAIT, data("sb", signal_id, "w")),
        ],
        [Button(texts.ANSWER, data("so", signal_id))],
    ]
    await turn.change(
        render(
            "coordinator/read_kept.html",
            established=result,
            reliability=labels.RELIABILITIES[result.reliability],
        ),
        buttons,
    )


async def ask_decision(turn: Turn) -> None:
    """*Actie* or *Wachten*: one line about an organisation."""
    turn.allowed(Permission.CLOSE_SIGNAL)
    signal = await signal_of(turn)
    assert turn.tap is not None
    what = turn.tap.args[1]
    if signal.status is SignalStatus.CLOSED:
        turn.toast = chat_texts.TOO_LATE
        return
    is_action = DECISIONS[what] is SignalStatus.ACTION
    await turn.ask(FLOW, "what", {"signal": signal.id, "decision": what})
    await turn.say(render("coordinator/ask_decision.html", is_action=is_action))


async def wrote_decision(turn: Turn) -> None:
    """The line, or afterwards the reason why one domain is enough."""
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    talk = turn.conversation
    assert talk is not None
    line = turn.line
    is_reason = talk.step == "alone"
    what = turn.sealer.unseal(talk.data["what"]) if is_reason else line
    refused = await decide(
        turn.session,
        int(talk.data["signal"]),
        DECISIONS[talk.data["decision"]],
        what,
        who=actor.who,
        sealer=turn.sealer,
        alone_because=line if is_reason else "",
        allow=turn.config.signals.allow,
        now=turn.now,
    )
    if refused is None:
        await turn.finish()
        await turn.say(render("coordinator/decision_kept.html"))
        return
    if refused.reason == "one_domain":
        await turn.ask(FLOW, "alone", dict(talk.data) | {"what": turn.sealer.seal(line)})
    await turn.say(render("coordinator/not_decided.html", reason=refused.reason))


async def show_groups(turn: Turn) -> None:
    """*Eén antwoord voor meer signalen*: what several told, largest group first."""
    groups = (await _groups(turn))[:MOST_GROUPS]
    rows = []
    for group in groups:
        label = texts.GROUP.format(kind=labels.ALL_KINDS[group.kind], count=len(group.signals))
        rows.append([Button(label, data("sg", group.event_id or 0, group.kind.value))])
    await turn.say(render("coordinator/signal_groups.html", groups=groups), rows)


async def chose_group(turn: Turn) -> None:
    """A group, then the outcome; what comes in later is not answered with it."""
    event_id, kind = await _named_group(turn)
    assert turn.tap is not None
    group = await _group(turn, event_id, kind)
    if group is None:
        turn.toast = chat_texts.QUESTION_OVER
        return
    if len(turn.tap.args) == 2:
        event = None if event_id is None else await turn.session.get(Event, event_id)
        rows = [
            [Button(texts.OUTCOMES[code], data("sg", event_id or 0, kind.value, code.value))]
            for code in CODES
        ]
        text = render(
            "coordinator/signal_group.html",
            group=group,
            kind=labels.ALL_KINDS[kind],
            event=await name_of(turn.session, event) if event else "",
        )
        await turn.change(text, rows)
        return
    code = OutcomeCode(turn.tap.args[2])
    seen = [signal.id for signal in group.signals]
    given = {"event": event_id, "kind": kind.value, "code": code.value, "seen": seen}
    await turn.ask(FLOW, "together", given)
    ends = labels.ends_together(len(seen), group.unread)
    await turn.say(render("coordinator/ask_outcome.html", label=texts.OUTCOMES[code], ends=ends))


async def wrote_answer(turn: Turn) -> None:
    """One sentence to everybody of the group."""
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    assert turn.conversation is not None
    given = turn.conversation.data
    result = await close_alike(
        turn.session,
        given["event"],
        SignalKind(given["kind"]),
        OutcomeCode(given["code"]),
        (turn.text or "").strip(),
        is_exercise=actor.is_exercise,
        seen=given["seen"],
        who=actor.who,
        sealer=turn.sealer,
        allow=turn.config.signals.allow,
        now=turn.now,
    )
    if isinstance(result, CloseRefused):
        await turn.say(render("coordinator/outcome_refused.html", reason=result.reason))
        return
    await turn.finish()
    await turn.say(
        render("coordinator/answered_alike.html", count=result.signals, shut=result.shut)
    )


async def _groups(turn: Turn) -> list[Alike]:
    actor = turn.allowed(Permission.READ_SIGNALS)
    return alike(await open_signals(turn.session, is_exercise=actor.is_exercise))


async def _named_group(turn: Turn) -> tuple[int | None, SignalKind]:
    turn.allowed(Permission.CLOSE_SIGNAL)
    assert turn.tap is not None
    return turn.tap.number(0) or None, SignalKind(turn.tap.args[1])


async def _group(turn: Turn, event_id: int | None, kind: SignalKind) -> Alike | None:
    return next((g for g in await _groups(turn) if (g.event_id, g.kind) == (event_id, kind)), None)


TAPS: dict[str, Handler] = {
    "sd": ask_reading,
    "sb": ask_decision,
    "sgs": show_groups,
    "sg": chose_group,
}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "what"): wrote_decision,
    (FLOW, "alone"): wrote_decision,
    (FLOW, "together"): wrote_answer,
}
COMMANDS: dict[str, Handler] = {}
