"""What each outcome means, as a table: the heart of *nobody twice, nobody forgotten*."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.directory import ChannelKind
from contacts.outbox import (
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    Priority,
)
from contacts.transport import MESSAGE_GONE, Later, Outcome, Refused, Sent, Unknown
from contacts.verdicts import Fallback, Untold, Verdict, decide, wait_s

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
CHAT, MAIL = ChannelKind.TELEGRAM, ChannelKind.EMAIL

outcomes = st.one_of(
    st.builds(Sent, st.just("1")),
    st.builds(
        Refused, st.sampled_from(["blocked", "exercise_guard"]), st.booleans(), st.booleans()
    ),
    st.builds(Later, st.just(NOW), st.just("busy"), st.booleans()),
    st.builds(Unknown, st.just("read_timeout")),
)


def verdict(
    outcome: Outcome,
    *,
    kind: MessageKind = MessageKind.BRIEFING,
    act: DeliveryAct = DeliveryAct.SEND,
    channel: ChannelKind = CHAT,
    attempts: int = 0,
    severity: int = 0,
    priority: Priority = Priority.BULK,
) -> Verdict:
    delivery = Delivery(
        message_id=1, kind=channel, address="1", act=act, attempts=attempts,
        priority=priority, not_before=NOW, planned_at=NOW,
    )  # fmt: skip
    message = Message(kind=kind, severity=severity, content={}, created_at=NOW, send_at=NOW)
    return decide(outcome, delivery, message, max_attempts=3, chance=lambda: 0.5, now=NOW)


@given(outcome=outcomes, kind=st.sampled_from(MessageKind), attempts=st.integers(0, 5))
def test_what_may_have_arrived_is_never_planned_again(
    outcome: Outcome, kind: MessageKind, attempts: int
) -> None:
    said = verdict(outcome, kind=kind, attempts=attempts)
    if isinstance(outcome, Sent | Unknown):
        assert said.status is not DeliveryStatus.PLANNED


@given(outcome=outcomes, act=st.sampled_from(DeliveryAct), attempts=st.integers(0, 5))
def test_a_notice_never_asks_for_a_notice(
    outcome: Outcome, act: DeliveryAct, attempts: int
) -> None:
    said = verdict(outcome, kind=MessageKind.NOTICE, act=act, attempts=attempts)
    assert said.untold is None


@given(outcome=outcomes, kind=st.sampled_from(MessageKind), attempts=st.integers(0, 5))
def test_an_edit_has_no_fallback_and_halts_nothing(
    outcome: Outcome, kind: MessageKind, attempts: int
) -> None:
    said = verdict(outcome, kind=kind, act=DeliveryAct.EDIT, attempts=attempts)
    assert (said.fallback, said.halts_message) == (Fallback.NONE, False)
    assert said.untold in {None, Untold.OLD_TEXT}
    assert said.status is not DeliveryStatus.UNKNOWN


@pytest.mark.parametrize(
    ("priority", "attempts", "status", "untold"),
    [
        (Priority.BULK, 2, DeliveryStatus.PLANNED, None),
        (Priority.BULK, 5, DeliveryStatus.FAILED, Untold.OLD_TEXT),
        (Priority.DIALOGUE, 2, DeliveryStatus.FAILED, None),
    ],
)
def test_an_edit_of_what_many_got_is_tried_for_longer_and_its_end_is_told(
    priority: Priority, attempts: int, status: DeliveryStatus, untold: Untold | None
) -> None:
    """The mark under the own copy of somebody who tapped is not worth a message."""
    said = verdict(
        Unknown("read_timeout"), act=DeliveryAct.EDIT, attempts=attempts, priority=priority
    )
    assert (said.status, said.untold) == (status, untold)


@pytest.mark.parametrize(
    ("reason", "priority", "untold"),
    [
        ("blocked", Priority.BULK, Untold.OLD_TEXT),
        ("cannot_be_made", Priority.BULK, Untold.OLD_TEXT),
        ("blocked", Priority.DIALOGUE, None),
        (MESSAGE_GONE, Priority.BULK, None),
    ],
)
def test_a_refused_edit_of_what_many_got_is_told_unless_the_message_is_gone(
    reason: str, priority: Priority, untold: Untold | None
) -> None:
    said = verdict(Refused(reason), act=DeliveryAct.EDIT, priority=priority)
    assert (said.status, said.untold) == (DeliveryStatus.FAILED, untold)


@pytest.mark.parametrize(
    ("kind", "channel", "fallback"),
    [
        (MessageKind.BRIEFING, CHAT, Fallback.EMAIL),
        (MessageKind.ALERT, CHAT, Fallback.EMAIL),
        (MessageKind.FEEDBACK, CHAT, Fallback.EMAIL),
        (MessageKind.BRIEFING, MAIL, Fallback.NONE),
        (MessageKind.DIALOGUE, CHAT, Fallback.NONE),
        (MessageKind.APPROVAL, CHAT, Fallback.EMAIL),
        (MessageKind.NOTICE, CHAT, Fallback.NONE),
    ],
)
def test_mail_goes_besides_what_is_uncertain_and_would_be_missed(
    kind: MessageKind, channel: ChannelKind, fallback: Fallback
) -> None:
    said = verdict(Unknown("read_timeout"), kind=kind, channel=channel)
    assert (said.status, said.fallback) == (DeliveryStatus.UNKNOWN, fallback)


def test_mail_goes_besides_an_uncertain_notice_that_is_urgent() -> None:
    lost = Unknown("read_timeout")
    assert verdict(lost, kind=MessageKind.NOTICE, severity=4).fallback is Fallback.EMAIL
    assert verdict(lost, kind=MessageKind.NOTICE, severity=3).fallback is Fallback.NONE


def test_a_pause_of_the_channel_keeps_the_place_in_the_order() -> None:
    said = verdict(Later(NOW + timedelta(seconds=9), "busy", whole_channel=True), attempts=2)
    assert (said.status, said.not_before, said.attempted) == (DeliveryStatus.PLANNED, None, False)
    assert said.pause is not None


def test_attempts_end_in_failure_with_a_fallback() -> None:
    said = verdict(Later(NOW, "busy"), attempts=2)
    assert said.status is DeliveryStatus.FAILED
    assert (said.fallback, said.untold) == (Fallback.NEXT, Untold.EXHAUSTED)


def test_the_transport_may_ask_for_more_patience_than_the_back_off() -> None:
    asked = NOW + timedelta(minutes=7)
    assert verdict(Later(asked, "busy")).not_before == asked


@given(
    kind=st.sampled_from(ChannelKind),
    attempts=st.integers(0, 40),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_waiting_doubles_with_jitter_and_is_capped(
    kind: ChannelKind, attempts: int, chance: float
) -> None:
    wait = wait_s(kind, attempts, lambda: chance)
    assert 1 <= wait <= 300
    assert wait_s(kind, attempts + 1, lambda: chance) >= wait


def test_the_exercise_guard_takes_no_other_way() -> None:
    said = verdict(Refused("exercise_guard"))
    assert (said.status, said.fallback) == (DeliveryStatus.FAILED, Fallback.NONE)
    assert said.untold is Untold.GUARDED
