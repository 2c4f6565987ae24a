"""Approving: who may, what is bound, and what it plans."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from briefings.approval import (
    ApprovalRefused,
    Approved,
    SubmitRefused,
    Submitted,
    approve,
    send_back,
    submit,
    withdraw,
)
from briefings.approval_rules import content_hash, is_same, needs_four_eyes
from briefings.distribution import priority_of
from briefings.drafting import draft_briefing, texts_of
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from contacts.directory import Audience, Channel, Person, Role
from contacts.journal import JournalEntry
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    Priority,
)
from contacts.permissions import NotAllowed
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.approving import a_draft, handed_in
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    UNCHECKED,
    an_event,
    facts_for,
    sure,
    the_cast,
)


async def test_approving_plans_one_delivery_per_reader_in_one_transaction(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        approved = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
    assert isinstance(approved, Approved)
    assert (approved.deliveries, approved.unreachable) == (3, 1)
    async with db.read() as session:
        stored = await session.get_one(Briefing, briefing.id)
        messages = (await session.exec(select(Message))).all()
        deliveries = (await session.exec(select(Delivery))).all()
    assert stored.status is BriefingStatus.DISTRIBUTED
    assert (stored.approved_by, stored.distributed_at) == (cast.approver.person_id, NOW)
    assert {message.id for message in messages} == {one.message_id for one in deliveries}
    assert {message.kind for message in messages} == {MessageKind.BRIEFING}
    assert {message.priority for message in messages} == {int(Priority.URGENT)}
    assert {message.briefing_id for message in messages} == {briefing.id}
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.PLANNED}
    assert {delivery.address for delivery in deliveries} == {"11", "12", "b@x.test"}


async def test_the_message_holds_the_approved_text_and_the_four_buttons(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        texts = {text.audience: text for text in await texts_of(session, briefing.id or 0)}
        found = await session.exec(
            select(Message).where(col(Message.audience) == Audience.TEACHER_VO_MBO.value)
        )
        content = Content.from_json(found.one().content)
    text = texts[Audience.TEACHER_VO_MBO]
    assert content.telegram is not None
    assert content.email is not None
    assert content.telegram.text == text.telegram
    pairs = [(b.data, b.url) for row in content.telegram.buttons for b in row]
    assert pairs == [
        (None, "%%LINK%%"),
        (f"read:{briefing.id}", None),
        (f"sig:{cast.event.id}", None),
        (f"card:{cast.event.id}", None),
    ]
    assert content.email.text.startswith(text.plain)
    assert "%%INTERNAL_CONTACT%%" in content.email.html


async def test_the_writer_does_not_approve_from_severity_four(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        both = replace(cast.writer, roles=cast.writer.roles | {Role.APPROVER})
        results = [
            await approve(session, briefing, who, SETTINGS, expected_hash=seen, now=NOW)
            for who in (cast.writer, both)
        ]
        nothing = (await session.exec(select(Message))).all()
    assert results == [ApprovalRefused("not_approver"), ApprovalRefused("four_eyes")]
    assert nothing == []


async def test_who_edited_the_facts_is_no_second_reader(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        both = replace(cast.approver, person_id=1)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=55, now=NOW
        )
        submitted = await submit(
            session, briefing, replace(cast.writer, person_id=56), SETTINGS, now=NOW
        )
        assert isinstance(submitted, Submitted)
        refused = await approve(
            session, briefing, both, SETTINGS, expected_hash=submitted.content_hash, now=NOW
        )
    assert refused == ApprovalRefused("four_eyes")


async def test_below_severity_four_a_coordinator_may_approve_own_text(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, severity=3)
        approved = await approve(
            session, briefing, cast.writer, SETTINGS, expected_hash=seen, now=NOW
        )
        message = (await session.exec(select(Message))).all()[0]
    assert isinstance(approved, Approved)
    assert message.priority == int(Priority.BULK)


async def test_a_fact_that_changed_sends_the_version_back_to_draft(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await sure(session, cast.event, "De Testlaan is weer open.")
        await session.refresh(briefing)
        assert briefing.status is BriefingStatus.DRAFT
        assert briefing.content_hash is None
        refused = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        again = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert refused == ApprovalRefused("not_submitted")
    assert again == SubmitRefused("stale")


async def test_a_changed_text_is_not_what_was_approved(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        text = (await texts_of(session, briefing.id or 0))[0]
        text.telegram += " en nog iets"
        session.add(text)
        await session.flush()
        refused = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
    assert refused == ApprovalRefused("changed")


async def test_a_changed_list_of_recipients_is_not_what_was_approved(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        person = await session.get_one(Person, cast.people[0].id)
        person.left_at = NOW
        session.add(person)
        await session.flush()
        refused = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
    assert refused == ApprovalRefused("list_changed")


@pytest.mark.parametrize(("length", "same"), [(64, True), (12, True), (11, False), (0, False)])
def test_a_button_may_carry_the_beginning_of_the_hash(length: int, same: bool) -> None:
    bound = content_hash([], ["a"])
    assert is_same(bound[:length], bound) is same
    assert not is_same("f" * 12, bound)
    assert not is_same(bound, None)


async def test_a_real_event_waits_until_every_line_was_checked(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        refused = await approve(
            session, briefing, cast.approver, UNCHECKED, expected_hash=seen, now=NOW
        )
    assert refused == ApprovalRefused("unverified_lines")


async def test_an_exercise_may_go_with_unchecked_lines(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, is_exercise=True)
        approved = await approve(
            session, briefing, cast.approver, UNCHECKED, expected_hash=seen, now=NOW
        )
        rows = [*(await session.exec(select(Message))), *(await session.exec(select(Delivery)))]
    assert isinstance(approved, Approved)
    assert all(row.is_exercise for row in rows)


async def test_a_blocking_remark_stops_handing_in(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        text = (await texts_of(session, briefing.id or 0))[3]
        text.remarks = [
            {"code": "N2", "level": "block", "where": "x", "advice": "y"},
            {"code": "Z1", "level": "warn", "where": "x", "advice": "y"},
        ]
        session.add(text)
        await session.flush()
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(refused, SubmitRefused)
    assert (refused.reason, [r.code for r in refused.remarks]) == ("blocked", ["N2"])


async def test_the_name_of_a_listed_school_stops_handing_in(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        await sure(session, cast.event, "Ook De Gele Loper is open.", allow=("De Gele Loper",))
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(refused, SubmitRefused)
    assert {remark.code for remark in refused.remarks} == {"N9"}


async def test_nobody_to_send_to_is_refused(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        for channel in (await session.exec(select(Channel))).all():
            await session.delete(channel)
        await session.flush()
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert refused == SubmitRefused("no_recipients")


@pytest.mark.parametrize("status", [EventStatus.DETECTED, EventStatus.DISMISSED])
async def test_an_event_that_nobody_confirmed_sends_nothing(
    db: Database, status: EventStatus
) -> None:
    async with db.begin() as session:
        cast, briefing = await a_draft(session, status=status)
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert refused == SubmitRefused("not_confirmed")


async def test_a_member_may_neither_hand_in_nor_approve(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        member = replace(cast.writer, roles=frozenset({Role.MEMBER}))
        with pytest.raises(NotAllowed):
            await submit(session, briefing, member, SETTINGS, now=NOW)
        with pytest.raises(NotAllowed):
            await approve(session, briefing, member, SETTINGS, expected_hash=seen, now=NOW)
        with pytest.raises(NotAllowed):
            await withdraw(session, briefing, member, now=NOW)


async def test_an_actor_of_the_other_world_is_refused(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        learner = replace(cast.approver, is_exercise=True)
        refused = await approve(session, briefing, learner, SETTINGS, expected_hash=seen, now=NOW)
    assert refused == ApprovalRefused("wrong_world")


async def test_sending_back_keeps_the_remark_out_of_the_journal(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await send_back(session, briefing, cast.approver, "Zin 2 kan korter.", now=NOW)
    async with db.read() as session:
        stored = await session.get_one(Briefing, briefing.id)
        said = " ".join(str(e.detail) for e in (await session.exec(select(JournalEntry))).all())
    assert (stored.status, stored.sent_back_reason) == (
        BriefingStatus.DRAFT,
        "Zin 2 kan korter.",
    )
    assert "korter" not in said


async def test_approving_twice_sends_once(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        again = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        deliveries = (await session.exec(select(Delivery))).all()
    assert again == ApprovalRefused("not_submitted")
    assert len(deliveries) == 3


def a_text(audience: Audience, words: str) -> BriefingText:
    return BriefingText(
        briefing_id=1, audience=audience, template="t", template_version="1",
        subject=words, telegram=words, html=words, plain=words, words=1,
    )  # fmt: skip


TEXTS = st.lists(
    st.builds(a_text, st.sampled_from(list(Audience)), st.text(max_size=5)), max_size=7
)


@given(TEXTS, st.lists(st.text(max_size=5), max_size=5), st.randoms(use_true_random=False))
def test_the_hash_does_not_depend_on_any_order(
    texts: list[BriefingText], recipients: list[str], random: Random
) -> None:
    before = content_hash(texts, recipients)
    random.shuffle(texts)
    random.shuffle(recipients)
    assert content_hash(texts, recipients) == before


@given(TEXTS, st.lists(st.text(max_size=5), max_size=5), st.text(min_size=1, max_size=5))
def test_one_recipient_more_is_another_hash(
    texts: list[BriefingText], recipients: list[str], extra: str
) -> None:
    assert content_hash(texts, [*recipients, extra]) != content_hash(texts, recipients)


@pytest.mark.parametrize("form", ["subject", "telegram", "html", "plain"])
def test_every_form_is_bound(form: str) -> None:
    before, after = a_text(Audience.PARENTS, "x"), a_text(Audience.PARENTS, "x")
    setattr(after, form, "y")
    assert content_hash([before], []) != content_hash([after], [])


@pytest.mark.parametrize(("severity", "needed"), [(3, False), (4, True), (5, True), (None, True)])
def test_four_eyes_start_at_the_configured_severity(severity: int | None, needed: bool) -> None:
    event: Event = an_event(severity=severity)
    assert needs_four_eyes(event, SETTINGS) is needed


def test_what_puts_something_right_is_always_urgent() -> None:
    assert priority_of(BriefingKind.CORRECTION, 2) is Priority.URGENT
    assert priority_of(BriefingKind.UPDATE, 3) is Priority.BULK
    assert priority_of(BriefingKind.UPDATE, 4) is Priority.URGENT
