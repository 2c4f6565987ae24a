"""What somebody hears whose message was not kept: where it went wrong, and where to go."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import texts
from bot.chat.buttons import data
from bot.chat.discreet import say_discreetly
from bot.chat.render import render
from bot.chat.turn import Turn
from contacts.directory import Organisation
from contacts.local_time import AMSTERDAM
from contacts.outbox import Button
from contacts.tally import count_up
from contacts.texts import OWN_INTERNAL_CONTACT
from signals.person_filter import WARNING_LABELS, screen

#: lines of the meldkaart that fit under a refusal
SHOWN_REFERRALS = 5
_ONLY_PLACE = {"LOCATIE"}
#: flows of a partner, who hears where to go; somebody at work on an event needs the reason only
REFERRED = frozenset({"signal", "help", "word", "peers"})
#: no more than a number, an address or an account that must go
_CONTACT = {"TEL", "EMAIL", "URL", "HANDLE"}


async def screened_line(turn: Turn) -> str | None:
    """What was typed, as one line; None when it seems to be about a person, and that is said."""
    line = turn.line
    screening = screen(line, turn.config.signals.allow)
    if not screening.blocked:
        return line
    await refuse_text(turn, list(screening.labels), list(screening.words))
    return None


async def refuse_text(turn: Turn, labels: Sequence[str], words: Sequence[int]) -> None:
    """Answer a refused text: word numbers, never the words; the referral; a way on.

    It is a reply to the sender's own message. Only a count is kept.

    :param words: 1-based numbers of the words that look like personal data.
    """
    await count_up(turn.session, "referral", now=turn.now, is_exercise=turn.is_exercise)
    talk = turn.conversation
    if talk is not None and talk.flow not in REFERRED:
        text = render(
            "partner/refused_line.html", words=listed(words), only_place=_is_only_place(labels)
        )
        await say_discreetly(turn, text, reply_to=turn.message_id)
        return
    text = render(
        "partner/refused.html",
        what=texts.WHAT_TO_WRITE.get(talk.flow if talk is not None else "", texts.WHAT_YOU_NOTICE),
        words=listed(words),
        can_change=talk is not None,
        only_contact=bool(labels) and set(labels) - WARNING_LABELS <= _CONTACT,
        only_place=_is_only_place(labels),
        internal_contact=await internal_contact(turn),
        referrals=turn.config.briefings.meldkaart[:SHOWN_REFERRALS],
        today=turn.now.astimezone(AMSTERDAM).date(),
    )
    buttons = [[Button(texts.AGAIN, data("gr")), Button(texts.QUIT, data("gq"))]]
    if talk is not None and talk.flow != "signal":
        # The question stays open: what is typed next is its answer.
        buttons = []
    await say_discreetly(turn, text, buttons, reply_to=turn.message_id)


def _is_only_place(labels: Sequence[str]) -> bool:
    return set(labels) - WARNING_LABELS == _ONLY_PLACE


async def refuse_media(turn: Turn) -> None:
    """Pictures, voices, files and contacts are not taken."""
    text = render("partner/refused_media.html")
    await say_discreetly(turn, text, reply_to=turn.message_id)


async def internal_contact(turn: Turn) -> str:
    """Whom staff of this organisation tell about one person."""
    if turn.actor is None:
        return OWN_INTERNAL_CONTACT
    organisation = await turn.session.get(Organisation, turn.actor.organisation_id)
    named = organisation.internal_contact if organisation is not None else None
    return named or OWN_INTERNAL_CONTACT


def listed(words: Sequence[int]) -> str:
    """``3, 4 en 7``; empty without words."""
    numbers = [str(word) for word in words]
    return texts.AND.join([", ".join(numbers[:-1]), numbers[-1]] if len(numbers) > 1 else numbers)
