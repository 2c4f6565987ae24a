"""The two questions in the chat: one tap each, and a line of one's own if somebody wants to.

What was chosen is never shown back: the message that stays behind says only that it counts.
"""

from __future__ import annotations

from bot import poll_texts as texts
from bot.chat.buttons import data
from bot.chat.discreet import say_discreetly
from bot.chat.refusing import refuse_text
from bot.chat.turn import Handler, Turn
from bot.poll_ballots import CLOSING, QUICK, Ballot
from briefings.learning.polls import MAX_WORDS, Asked, add_words, answer, is_open, ticket_of
from briefings.learning.rows import Question
from briefings.moments import local_date
from contacts.outbox import Button

FLOW, STEP = "poll", "words"


async def tapped(turn: Turn) -> None:
    """``poll:<event>:<question>:<answer>``, ``poll:<event>:words``, ``poll:<event>:done``."""
    await _tapped(turn, CLOSING)


async def tapped_quick(turn: Turn) -> None:
    """The same with ``quick:``, before an extra overleg."""
    await _tapped(turn, QUICK)


async def _tapped(turn: Turn, ballot: Ballot) -> None:
    assert turn.tap is not None
    poll = await _poll(turn, ballot, turn.tap.number(0))
    if poll is None:
        return
    word = turn.tap.word(1)
    if word == "words":
        await turn.ask(FLOW, STEP, {"event": poll.event_id, "tap": ballot.tap})
        await say_discreetly(turn, ballot.ask_words.format(longest=MAX_WORDS))
        turn.toast = texts.THANKS_TOAST
    elif word == "done":
        await turn.change(texts.THANKS)
        turn.toast = texts.THANKS_TOAST
    else:
        await _answer(turn, ballot, poll, Question(word), turn.tap.word(2))


async def _answer(turn: Turn, ballot: Ballot, poll: Asked, question: Question, given: str) -> None:
    """:raises ValueError: it is no answer to these questions."""
    actor = turn.known()
    if question not in (ballot.first, ballot.second):
        raise ValueError("not asked here")
    is_new = await answer(
        turn.session, poll, question, given,
        domain=actor.domain, ticket=_ticket(turn, poll), now=turn.now,
    )  # fmt: skip
    turn.toast = texts.THANKS_TOAST if is_new else texts.BEFORE
    if question is ballot.first:
        second = f"<b>{texts.QUESTIONS[ballot.second]}</b>"
        await turn.change(second, ballot.choices(poll.event_id, ballot.second))
        return
    await turn.change(
        ballot.more,
        [[Button(texts.OWN_WORDS, data(ballot.tap, poll.event_id, "words"))],
         [Button(texts.NO_WORDS, data(ballot.tap, poll.event_id, "done"))]],
    )  # fmt: skip


async def wrote(turn: Turn) -> None:
    """One typed line; it was screened before the inbox, and is again."""
    assert turn.conversation is not None
    ballot = QUICK if turn.conversation.data.get("tap") == QUICK.tap else CLOSING
    poll = await _poll(turn, ballot, int(turn.conversation.data["event"]))
    if poll is None:
        await turn.finish()
        await say_discreetly(turn, texts.CLOSED)
        return
    line = turn.line
    if len(line) > MAX_WORDS:
        text = texts.TOO_LONG.format(length=len(line), longest=MAX_WORDS)
        await say_discreetly(turn, text, reply_to=turn.message_id)
        return
    kept = await add_words(
        turn.session, poll, line, question=ballot.words, ticket=_ticket(turn, poll),
        sealer=turn.sealer, allow=turn.config.signals.allow, today=local_date(turn.now),
        now=turn.now,
    )  # fmt: skip
    if not isinstance(kept, bool):
        await refuse_text(turn, list(kept.labels), list(kept.words))
        return
    await turn.finish()
    await say_discreetly(turn, texts.THANKS if kept else texts.BEFORE)


async def _poll(turn: Turn, ballot: Ballot, event_id: int) -> Asked | None:
    """The questions of this event in the actor's world; None with a toast when they closed.

    :raises ValueError: there are none.
    """
    actor = turn.known()
    poll = await ballot.find(turn.session, event_id)
    if poll is None or poll.is_exercise != actor.is_exercise:
        raise ValueError("no such questions")
    if not is_open(poll, turn.now):
        turn.toast = texts.CLOSED
        return None
    return poll


def _ticket(turn: Turn, poll: Asked) -> str:
    key = turn.sealer.derive("poll")
    return ticket_of(poll.event_id, f"person:{turn.known().person_id}", key)


TAPS: dict[str, Handler] = {CLOSING.tap: tapped, QUICK.tap: tapped_quick}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, STEP): wrote}
COMMANDS: dict[str, Handler] = {}
