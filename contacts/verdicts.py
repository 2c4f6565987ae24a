"""What an outcome means for its delivery. Pure: outcome in, verdict out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contacts.directory import ChannelKind
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import (
    DISTRIBUTED,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    Priority,
)
from contacts.preparing import EXERCISE_GUARD, IMPOSSIBLE
from contacts.settings import SendingSettings
from contacts.transport import HELD, MESSAGE_GONE, Later, Moved, Outcome, Refused, Sent, Unknown

#: what may go by e-mail as well when nobody knows whether the chat message arrived
BRIEFING_LIKE = frozenset(
    {
        MessageKind.ALERT,
        MessageKind.APPROVAL,
        MessageKind.BRIEFING,
        MessageKind.UPDATE,
        MessageKind.CORRECTION,
        MessageKind.RETRACTION,
        MessageKind.CLOSING,
        MessageKind.FEEDBACK,
    }
)
#: what is read at leisure: a tap within minutes saves the second copy
MAY_PROVE_FIRST = frozenset(
    {MessageKind.BRIEFING, MessageKind.UPDATE, MessageKind.CORRECTION, MessageKind.CLOSING}
)
#: a greylisting mail server wants minutes, a chat server seconds
FIRST_WAIT_S = {ChannelKind.TELEGRAM: 2, ChannelKind.EMAIL: 30}
LONGEST_WAIT_S = 300
#: an edit of what many got may be repeated, and matters: so many times the attempts of a message,
#: of which the last are minutes apart
EDIT_TIMES = 2

Chance = Callable[[], float]


class Fallback(StrEnum):
    """Where the message goes besides."""

    NONE = "none"
    NEXT = "next"
    EMAIL = "email"
    CHAT = "chat"


class Untold(StrEnum):
    """What a coördinator must still hear about a delivery."""

    REFUSED = "refused"
    EXHAUSTED = "exhausted"
    UNKNOWN = "unknown"
    HALTED = "halted"
    GUARDED = "exercise_guard"
    IMPOSSIBLE = "impossible"
    BOUNCED = "bounced"
    UNSERVED = "unserved"
    OLD_TEXT = "old_text"


#: the text is there, or may be
MAY_BE_THERE = frozenset({Untold.UNKNOWN, Untold.OLD_TEXT})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write down, and what must follow from it."""

    status: DeliveryStatus
    reason: str | None = None
    not_before: datetime | None = None
    attempted: bool = False
    fallback: Fallback = Fallback.NONE
    untold: Untold | None = None
    closes_channel: bool = False
    halts_message: bool = False
    pause: Later | None = None
    new_address: str | None = None


def decide(
    outcome: Outcome,
    delivery: Delivery,
    message: Message,
    *,
    max_attempts: int,
    chance: Chance,
    now: datetime,
) -> Verdict:
    """The verdict on one outcome.

    :param chance: a number in [0, 1) each time, for the jitter.
    """
    match outcome:
        case Sent():
            return Verdict(DeliveryStatus.SENT)
        case Moved(new_address):
            return Verdict(DeliveryStatus.PLANNED, reason="moved", new_address=new_address)
        case Refused():
            return _refused(outcome, delivery, message)
        case Unknown(reason):
            return _unknown(reason, delivery, message, max_attempts, chance, now=now)
        case Later():
            return _later(outcome, delivery, message, max_attempts, chance, now=now)


def wait_s(kind: ChannelKind, attempts: int, chance: Chance) -> float:
    """Seconds before the next try: doubling, capped, with jitter down to half."""
    full = min(LONGEST_WAIT_S, FIRST_WAIT_S[kind] * 2**attempts)
    return float(full * (0.5 + chance() / 2))


def _refused(outcome: Refused, delivery: Delivery, message: Message) -> Verdict:
    if delivery.act is DeliveryAct.EDIT:
        is_gone = outcome.reason == MESSAGE_GONE
        return Verdict(
            DeliveryStatus.FAILED,
            outcome.reason,
            closes_channel=outcome.closes_channel,
            untold=None if is_gone else _old_text(delivery, message),
        )
    if outcome.halts_message:
        return Verdict(
            DeliveryStatus.FAILED,
            outcome.reason,
            halts_message=True,
            untold=_worth_telling(Untold.HALTED, message),
        )
    if outcome.reason == EXERCISE_GUARD:
        return Verdict(
            DeliveryStatus.FAILED, outcome.reason, untold=_worth_telling(Untold.GUARDED, message)
        )
    what = Untold.IMPOSSIBLE if outcome.reason in IMPOSSIBLE else Untold.REFUSED
    return Verdict(
        DeliveryStatus.FAILED,
        outcome.reason,
        closes_channel=outcome.closes_channel,
        fallback=Fallback.NEXT,
        untold=_worth_telling(what, message),
    )


def _unknown(
    reason: str,
    delivery: Delivery,
    message: Message,
    max_attempts: int,
    chance: Chance,
    *,
    now: datetime,
) -> Verdict:
    if delivery.act is DeliveryAct.EDIT:  # the same edit twice looks the same as once
        return _later(Later(now, reason), delivery, message, max_attempts, chance, now=now)
    return Verdict(
        DeliveryStatus.UNKNOWN,
        reason,
        fallback=fallback_when_unknown(delivery, message),
        untold=untold_when_unknown(message),
    )


def fallback_when_unknown(delivery: Delivery, message: Message) -> Fallback:
    """E-mail besides, for what somebody would miss; a mail of which we are unsure stays alone."""
    by_chat = delivery.kind is ChannelKind.TELEGRAM and delivery.act is DeliveryAct.SEND
    missed = message.kind in BRIEFING_LIKE or is_urgent_notice(message)
    return Fallback.EMAIL if by_chat and missed else Fallback.NONE


def is_urgent_notice(message: Message) -> bool:
    """Such as the list to call: nothing else tells that it was lost."""
    return message.kind is MessageKind.NOTICE and message.severity >= URGENT_SEVERITY


def wait_for_proof(message: Message, settings: SendingSettings) -> timedelta:
    """How long an uncertain text may prove its arrival before the mail goes; an alert may not."""
    if message.kind not in MAY_PROVE_FIRST:
        return timedelta(0)
    return settings.unsure(message.severity)


def untold_when_unknown(message: Message) -> Untold | None:
    """A line of a conversation is not worth a notice: the other one taps again."""
    if message.kind is MessageKind.DIALOGUE:
        return None
    return _worth_telling(Untold.UNKNOWN, message)


def _later(
    outcome: Later,
    delivery: Delivery,
    message: Message,
    max_attempts: int,
    chance: Chance,
    *,
    now: datetime,
) -> Verdict:
    alert = message.kind is MessageKind.ALERT and delivery.act is DeliveryAct.SEND
    meanwhile = Fallback.EMAIL if alert else Fallback.NONE
    if outcome.reason == HELD:  # the pause of another, if that is what it was
        return Verdict(DeliveryStatus.PLANNED, outcome.reason)
    if outcome.whole_channel:
        # The pause holds it back, and its place in the order stays; what may be about this one
        # only comes behind the others (``put_behind``).
        return Verdict(DeliveryStatus.PLANNED, outcome.reason, fallback=meanwhile, pause=outcome)
    if is_edit_for_many(delivery, message):
        max_attempts *= EDIT_TIMES
    if delivery.attempts + 1 >= max_attempts:
        return _exhausted(outcome.reason, delivery, message)
    wait = timedelta(seconds=wait_s(delivery.kind, delivery.attempts, chance))
    return Verdict(
        DeliveryStatus.PLANNED,
        outcome.reason,
        not_before=max(outcome.not_before, now + wait),
        attempted=True,
        fallback=meanwhile,
    )


def _exhausted(reason: str, delivery: Delivery, message: Message) -> Verdict:
    if delivery.act is DeliveryAct.EDIT:
        what = _old_text(delivery, message)
        return Verdict(DeliveryStatus.FAILED, reason, attempted=True, untold=what)
    return Verdict(
        DeliveryStatus.FAILED,
        reason,
        attempted=True,
        fallback=Fallback.NEXT,
        untold=_worth_telling(Untold.EXHAUSTED, message),
    )


def _old_text(edit: Delivery, message: Message) -> Untold | None:
    return Untold.OLD_TEXT if is_edit_for_many(edit, message) else None


def is_edit_for_many(delivery: Delivery, message: Message) -> bool:
    """A text that many have is changed where it stands, such as a wrong one that points to its
    correction; not the mark under the own copy of somebody who tapped."""
    is_edit = delivery.act is DeliveryAct.EDIT
    return is_edit and message.kind in DISTRIBUTED and delivery.priority > Priority.DIALOGUE


def _worth_telling(what: Untold, message: Message) -> Untold | None:
    """Never a notice about a notice."""
    return None if message.kind is MessageKind.NOTICE else what
