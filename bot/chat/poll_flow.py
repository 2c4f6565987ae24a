"""The two questions in the chat: one tap each, and a line of one's own if somebody wants to.

What was chosen is never shown back: the message that stays behind says only that it counts.
"""

from __future__ import annotations

from bot import poll_texts as texts
from bot.chat.buttons import data
from bot.chat.discreet import say_discreetly
from bot.chat.refusing import refuse_text
from bot.chat.turn import Handler, Turn
from bot.poll_asking import POLL, choices
from briefings.learning.polls import MAX_WORDS, add_words, answer, is_open, poll_of, ticket_of
from briefings.learning.rows import Poll, Question
from briefings.moments import local_date
from contacts.outbox import Button

FLOW, STEP = "poll", "words"


async def tapped(turn: Turn) -> None:
    """``poll:<event>:<question>:<answer>``, ``poll:<event>:words``, ``poll:<event>:done``."""
    assert turn.tap is not None
    poll = await _poll(turn, turn.tap.number(0))
    if poll is None:
        return
    word = turn.tap.word(1)
    if word == "words":
        await turn.ask(FLOW, STEP, {"event": poll.event_id})
        await say_discreetly(turn, texts.ASK_WORDS.format(longest=MAX_WORDS))
        turn.toast = texts.THANKS_TOAST
    elif word == "done":
        await turn.change(texts.THANKS)
        turn.toast = texts.THANKS_TOAST
    else:
        await _answer(turn, poll, Question(word), turn.tap.word(2))


async def _answer(turn: Turn, poll: Poll, question: Question, given: str) -> None:
    actor = turn.known()
    is_new = await answer(
        turn.session, poll, question, given,
        domain=actor.domain, ticket=_ticket(turn, poll), now=turn.now,
    )  # fmt: skip
    turn.toast = texts.THANKS_TOAST if is_new else texts.BEFORE
    if question is Question.HELPED:
        second = f"<b>{texts.QUESTIONS[Question.MISSED]}</b>"
        await turn.change(second, choices(poll.event_id, Question.MISSED))
        return
    await turn.change(
        texts.MORE,
        [[Button(texts.OWN_WORDS, data(POLL, poll.event_id, "words"))],
         [Button(texts.NO_WORDS, data(POLL, poll.event_id, "done"))]],
    )  # fmt: skip


async def wrote(turn: Turn) -> None:
    """One typed line; it was screened before the inbox, and is again."""
    assert turn.conversation is not None
    poll = await _poll(turn, int(turn.conversation.data["event"]))
    if poll is None:
        await turn.finish()
        await say_discreetly(turn, texts.CLOSED)
        return
    line = " ".join((turn.text or "").split())
    if len(line) > MAX_WORDS:
        text = texts.TOO_LONG.format(length=len(line), longest=MAX_WORDS)
        await say_discreetly(turn, text, reply_to=turn.message_id)
        return
    kept = await add_words(
        turn.session, poll, line, ticket=_ticket(turn, poll), sealer=turn.sealer,
        allow=turn.config.signals.allow, today=local_date(turn.now), now=turn.now,
    )  # fmt: skip
    if not isinstance(kept, bool):
        await refuse_text(turn, list(kept.labels), list(kept.words))
        return
    await turn.finish()
    await say_discreetly(turn, texts.THANKS if kept else texts.BEFORE)


async def _poll(turn: Turn, event_id: int) -> Poll | None:
    """The questions of this event in the actor's world; None with a toast when they closed.

    :raises ValueError: there are none.
    """
    actor = turn.known()
    poll = await poll_of(turn.session, event_id)
    if poll is None or poll.is_exercise != actor.is_exercise:
        raise ValueError("no such questions")
    if not is_open(poll, turn.now):
        turn.toast = texts.CLOSED
        return None
    return poll


def _ticket(turn: Turn, poll: Poll) -> str:
    key = turn.sealer.derive("poll")
    return ticket_of(poll.event_id, f"person:{turn.known().person_id}", key)


TAPS: dict[str, Handler] = {POLL: tapped}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, STEP): wrote}
COMMANDS: dict[str, Handler] = {}
