"""Partners read, tell and are answered, through their phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.demo import texts
from bot.demo.stage import Stage
from bot.demo.timeline import Timeline
from bot.simulator import User
from bot.simulator.world import ChatMessage
from signals.rows import Signal, SignalStatus

NEVER_ANSWERS = "Sociaal werker"
REPORTERS = ("Docent VO", "Teamleider en docent", "Jongerenwerker")
#: what is tapped in each step of a signal: the first label that is offered
SIGNAL_TAPS = (("Vragen",), ("2",), ("✔", "Wijk"), ("✔", "Klas", "In de klas"))
QUIET_READERS = ("Docent PO", "Schoolleider", "Wijkagent", "Contactpersoon")


async def partners_answer(stage: Stage, line: Timeline) -> None:
    """Some read, some tell; one writes a name and is refused; one never answers."""
    users = stage.users
    for name in QUIET_READERS:
        await users[name].press(texts.TAP_READ, timeout_s=20)
        line.step(name, texts.READS)
    await users["Docent VO"].press(texts.TAP_READ)
    await give_signal(users["Docent VO"], note=None)
    line.step("Docent VO", texts.SIGNALS)
    await give_signal(users["Teamleider en docent"], note=stage.scenario["signals"]["clean"])
    line.step("Teamleider en docent", texts.SIGNALS_NOTE)
    await give_signal(
        users["Jongerenwerker"],
        note=stage.scenario["signals"]["clean"],
        refused=stage.scenario["signals"]["with_name"],
    )
    line.step("Jongerenwerker", texts.REFERRED)
    line.note(f"{NEVER_ANSWERS} {texts.SILENT}")


async def give_signal(
    user: User,
    *,
    note: str | None,
    refused: str | None = None,
    start: bool = True,
    timeout_s: float = 15.0,
) -> None:
    """Soort, ernst, wijk, omgeving, and send; perhaps with one line of text.

    :param start: tap *Ik merk iets* first; False when the question is open already.
    :param refused: a line about a person that must be refused before ``note`` is written.
    """
    mark = user.last_id if start else 0
    if start:
        await user.press(texts.TAP_SIGNAL, timeout_s=timeout_s)
    flow = await user.see_button(SIGNAL_TAPS[0][0], after=mark, timeout_s=timeout_s)
    for labels in SIGNAL_TAPS:
        await _tap_when_there(user, flow, labels, timeout_s)
    await _see_button_on(user, flow, (texts.TAP_SEND,), timeout_s)
    for text in filter(None, (refused, note)):
        before = user.last_id
        await user.say(text)
        if text == refused:
            await user.see(texts.SEE_NOT_KEPT, after=before, timeout_s=timeout_s)
    if note is not None:
        await user.see(texts.SEE_NOTE_TAKEN, timeout_s=timeout_s)
    await user.tap(texts.TAP_SEND)
    await user.see(texts.SEE_RECEIPT, after=mark, timeout_s=timeout_s)


def _has(message: ChatMessage, label: str) -> bool:
    return any(b["text"].startswith(label) for row in message.buttons for b in row)


async def _see_button_on(
    user: User, flow: ChatMessage, labels: Sequence[str], timeout_s: float
) -> None:
    await user.see(
        lambda m: m.message_id == flow.message_id and any(_has(m, label) for label in labels),
        timeout_s=timeout_s,
    )


async def _tap_when_there(
    user: User, flow: ChatMessage, labels: Sequence[str], timeout_s: float
) -> None:
    """Tap the first of these labels that the question offers, and wait for the next one."""
    await _see_button_on(user, flow, labels, timeout_s)
    question = flow.text
    await user.tap(next(label for label in labels if _has(flow, label)), flow)
    await user.see(
        lambda m: m.message_id == flow.message_id and m.text != question, timeout_s=timeout_s
    )


async def answer_signals(
    stage: Stage, line: Timeline, reporters: Sequence[str] = REPORTERS
) -> None:
    """Each open signal gets a code and a sentence; each reporter hears it."""
    coordinator = stage.coordinator

    async def open_ids(session: Any) -> list[int]:
        found = await session.exec(select(Signal.id).where(col(Signal.status) == SignalStatus.NEW))
        return list(found.all())

    ids = await stage.until(open_ids)
    for _ in ids:
        mark = coordinator.last_id
        await coordinator.say("/signalen")
        inbox = await coordinator.see("zonder antwoord", after=mark)
        first = str(inbox.buttons[0][0]["text"])
        await coordinator.tap(first, inbox)
        await coordinator.press(texts.TAP_ANSWER, after=mark)
        await coordinator.see("één zin", after=mark)
        await coordinator.say(stage.scenario["signals"]["answer"])
        await coordinator.press(texts.TAP_SEND_ANSWER, after=mark)
        await coordinator.see(texts.SEE_ANSWERED, after=mark)
    line.step(texts.COORDINATOR, texts.ANSWERED.format(count=len(ids)))
    for name in reporters:
        message = await stage.users[name].see(stage.scenario["signals"]["answer"], timeout_s=20)
        line.step(name, texts.FEEDBACK)
    if reporters:
        line.quote(message.text)


async def one_signal(stage: Stage, line: Timeline) -> None:
    """The short form of the evening: one teacher reads and tells."""
    await stage.users["Docent VO"].press(texts.TAP_READ, timeout_s=20)
    await give_signal(stage.users["Docent VO"], note=None)
    line.step("Docent VO", texts.SIGNALS)
