"""The word back: every signal is answered with a code and one sentence, to its reporter only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape

from sqlalchemy import bindparam, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.filling import BASE
from contacts.journal import Who
from contacts.outbox import Button, Content, Delivery, EmailForm, MessageKind, TelegramForm
from contacts.records import IllegalMove, StaleMove, move
from contacts.sealed_words import seal_words
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient, post
from contacts.tally import count_up
from contacts.tokens import hash_token, new_token
from signals import texts
from signals.person_filter import screen
from signals.rows import (
    SIGNAL_MOVES,
    AnswerLink,
    OutcomeCode,
    Signal,
    SignalKind,
    SignalStatus,
    ToldAs,
    tensions,
)
from signals.way_back import reply_kind
from signals.workdays import day_and_time

MAX_SENTENCE = 300
#: below this many organisations a count could point at one of them
SMALL = 3
#: path of the page that counts whether an answer by mail was of use
JUDGE = "/nuttig"
KEEP_JUDGING = timedelta(days=60)
#: an answer may hold a link, not a person
_MAY_STAND = frozenset({"URL"})


@dataclass(frozen=True, slots=True)
class CloseRefused:
    """``reason``: ``empty``, ``long``, ``person`` or ``closed``."""

    reason: str


@dataclass(frozen=True, slots=True)
class ToldAndDone:
    """What partners told about an event and what became of it, for the closing message.

    Counts organisations, not messages; holds no sentence of or to one reporter.
    ``organisations_shown`` is ``1-2`` for small numbers. ``told``, ``done`` and ``not_done``
    are Dutch phrases, the most frequent first.
    """

    signals: int
    organisations: int
    organisations_shown: str
    still_open: int
    told: tuple[str, ...]
    done: tuple[str, ...]
    not_done: tuple[str, ...]


async def close_signal(
    session: AsyncSession,
    signal_id: int,
    code: OutcomeCode,
    sentence: str,
    *,
    who: Who,
    sealer: Sealer,
    now: datetime,
    allow: Collection[str] = (),
) -> list[Delivery] | CloseRefused:
    """Close with an outcome and plan the answer; an empty list when none was wanted or can go.

    :raises sqlalchemy.exc.NoResultFound: there is no such signal.
    """
    sentence = " ".join(sentence.split())
    if refused := why_not(sentence, allow):
        return CloseRefused(refused)
    signal = await session.get_one(Signal, signal_id)
    try:
        await move(
            session,
            SIGNAL_MOVES,
            signal,
            SignalStatus.CLOSED,
            who=who,
            action="signal_closed",
            detail={"code": code.value},
            now=now,
            outcome_code=code,
            outcome_text=sealer.seal(sentence),
            closed_at=now,
            closed_by=who.person_id,
        )
    except (IllegalMove, StaleMove):
        return CloseRefused("closed")
    if reply_kind(signal, sealer) is None:
        return []
    others = await organisations_of(session, signal)
    content = feedback_content(
        signal.received_at, code, sentence, others=others, told_as=signal.told_as,
        judge_at=await _judge_at(session, signal, code, sealer=sealer, now=now),
    )  # fmt: skip
    return await answer_reporter(session, signal, content, sealer=sealer, now=now)


async def _judge_at(
    session: AsyncSession, signal: Signal, code: OutcomeCode, *, sealer: Sealer, now: datetime
) -> str:
    """Where somebody with mail says whether the answer was of use; empty for a chat."""
    if reply_kind(signal, sealer) is not ChannelKind.EMAIL:
        return ""
    token = new_token()
    last_day = now.date() + KEEP_JUDGING
    link = AnswerLink(
        token_hash=hash_token(token), code=code, last_day=last_day, is_exercise=signal.is_exercise
    )
    session.add(link)
    await session.flush()
    return f"{BASE}{JUDGE}/{token}"


async def judge_answer(
    session: AsyncSession, token: str, *, is_useful: bool, now: datetime
) -> bool:
    """Count one judgement about nobody, once; False when it was counted before, or is too late."""
    link = await session.get(AnswerLink, hash_token(token))
    if link is None or link.last_day < now.date():
        return False
    gone = await session.exec(
        delete(AnswerLink)
        .where(col(AnswerLink.token_hash) == link.token_hash)
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != 1:
        return False
    verb = "useful" if is_useful else "notuseful"
    await count_up(session, f"{verb}:{link.code.value}", now=now, is_exercise=link.is_exercise)
    return True


async def can_judge(session: AsyncSession, token: str, *, now: datetime) -> bool:
    """Whether this link still waits for its press."""
    link = await session.get(AnswerLink, hash_token(token))
    return link is not None and link.last_day >= now.date()


async def is_played(session: AsyncSession, token: str) -> bool:
    """Whether this link came in an exercise; not known any more once it was pressed."""
    link = await session.get(AnswerLink, hash_token(token))
    return link is not None and link.is_exercise


async def drop_judging(session: AsyncSession, *, now: datetime) -> int:
    """Delete links that nobody pressed in time; returns how many."""
    result = await session.exec(
        delete(AnswerLink)
        .where(col(AnswerLink.last_day) < now.date())
        .execution_options(synchronize_session=False)
    )
    return result.rowcount


def why_not(sentence: str, allow: Collection[str]) -> str | None:
    """Why this sentence cannot be an answer; None when it can. Pure."""
    if not sentence:
        return "empty"
    if len(sentence) > MAX_SENTENCE:
        return "long"
    if set(screen(sentence, allow).labels) - _MAY_STAND:
        return "person"
    return None


def outcome_sentence(signal: Signal, sealer: Sealer) -> str:
    """The sentence that its reporter got; empty without one, or after its time."""
    said = signal.outcome_text or ""
    return sealer.read(said) if is_sealed(said) else said


async def answer_reporter(
    session: AsyncSession, signal: Signal, content: Content, *, sealer: Sealer, now: datetime
) -> list[Delivery]:
    """Plan a word to who told this, through the sealed way back; nothing where none opens."""
    kind = reply_kind(signal, sealer)
    if signal.reply_handle is None or kind is None:
        return []
    # The address stays sealed and nameless in the row; only the pump opens it.
    reporter = Recipient(
        kind=kind,
        address=signal.reply_handle,
        person_id=None,
        organisation_id=signal.organisation_id,
    )
    return await post(
        session,
        kind=MessageKind.FEEDBACK,
        content=seal_words(content, sealer),
        to=[reporter],
        event_id=signal.event_id,
        is_exercise=signal.is_exercise,
        now=now,
    )


def feedback_content(
    received_at: datetime,
    code: OutcomeCode,
    sentence: str,
    *,
    others: int,
    told_as: ToldAs = ToldAs.SIGNAL,
    judge_at: str = "",
) -> Content:
    """The answer in both forms. ``others``: organisations that told about the same event.

    :param judge_at: where a reader by mail says whether it was of use; empty: nowhere.
    """
    head = texts.said_of(texts.FEEDBACK_HEAD, told_as).format(when=day_and_time(received_at))
    lines = [texts.said_of(texts.OUTCOMES[code], told_as), sentence]
    if others >= SMALL and told_as is ToldAs.SIGNAL:
        lines.append(texts.FEEDBACK_OTHERS.format(count=others))
    lines.append(texts.said_of(texts.FEEDBACK_THANKS, told_as))
    # "useful:A" is what the chat counts; nothing in it says whose signal it was.
    buttons = [
        Button(texts.USEFUL, f"useful:{code.value}"),
        Button(texts.NOT_USEFUL, f"notuseful:{code.value}"),
    ]
    return Content(
        telegram=TelegramForm(
            text=f"<b>{escape(head)}</b>\n" + "\n".join(escape(line) for line in lines),
            buttons=[buttons],
        ),
        email=_with_judging(
            _mail(texts.said_of(texts.FEEDBACK_SUBJECT, told_as), [head, *lines]), judge_at
        ),
    )


def _with_judging(form: EmailForm, at: str) -> EmailForm:
    """The mail with a last line that asks whether it was of use."""
    if not at:
        return form
    link = f'<a href="{at}">{texts.JUDGE_LINK}</a>'
    return replace(
        form,
        text=f"{form.text}\n{texts.JUDGE_ASK} {at}\n",
        html=f"{form.html}<p>{texts.JUDGE_ASK} {link}</p>",
    )


def plain_word(subject: str, text: str) -> Content:
    """One paragraph for chat and mail. Pure."""
    return Content(telegram=TelegramForm(text=escape(text)), email=_mail(subject, [text]))


def _mail(subject: str, lines: Sequence[str]) -> EmailForm:
    return EmailForm(
        subject=subject,
        text="\n\n".join(lines) + "\n",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
    )


async def organisations_of(session: AsyncSession, signal: Signal) -> int:
    """How many organisations told the same kind of thing about this event, this one too."""
    if signal.event_id is None:
        return 0
    found = await session.exec(
        select(Signal.organisation_id)
        .where(
            col(Signal.event_id) == signal.event_id,
            col(Signal.is_exercise) == signal.is_exercise,
            col(Signal.told_as) == signal.told_as,
        )
        .distinct()
    )
    return len(found.all())


_OPEN = select(Signal).where(
    col(Signal.status) != SignalStatus.CLOSED, col(Signal.is_exercise) == bindparam("in_exercise")
).order_by(col(Signal.answer_due_at), col(Signal.id))  # fmt: skip


async def open_signals(session: AsyncSession, *, is_exercise: bool) -> list[Signal]:
    """Signals without an answer, the oldest promise first."""
    found = await session.exec(_OPEN, params={"in_exercise": is_exercise})
    return list(found.all())


async def told_and_done(session: AsyncSession, event_id: int) -> ToldAndDone:
    """ "U meldde, wij deden" of an event."""
    found = await session.exec(select(Signal).where(col(Signal.event_id) == event_id))
    return summarise(found.all())


def summarise(signals: Sequence[Signal]) -> ToldAndDone:
    """As :func:`told_and_done`, over signals at hand. Pure."""
    still_open = sum(signal.status is not SignalStatus.CLOSED for signal in signals)
    signals = tensions(signals)
    organisations = len({signal.organisation_id for signal in signals})
    # What nobody chose a kind for was told too; that it waits for one is nothing for a reader.
    every = {(kind, s.organisation_id) for s in signals for kind in s.kinds}
    told = Counter(kind for kind, _ in every if kind != SignalKind.UNSORTED)
    codes = Counter(signal.outcome_code for signal in signals if signal.outcome_code)
    return ToldAndDone(
        signals=len(signals),
        organisations=organisations,
        organisations_shown=shown_count(organisations),
        still_open=still_open,
        told=tuple(
            texts.ALL_KINDS[SignalKind(kind)].lower()
            for kind, _ in sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        done=_phrases(codes, texts.DID),
        not_done=_phrases(codes, texts.DID_NOT),
    )


def shown_count(organisations: int) -> str:
    """A count as it may be shown: small ones could point at one organisation."""
    return texts.FEW if 0 < organisations < SMALL else str(organisations)


def _phrases(codes: Counter[OutcomeCode], phrases: dict[OutcomeCode, str]) -> tuple[str, ...]:
    return tuple(phrases[code] for code, _ in codes.most_common() if code in phrases)
