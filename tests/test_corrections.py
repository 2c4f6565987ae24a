"""Updates, corrections, retractions and the end reach exactly those who got what went before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import Approved, SubmitRefused, Submitted, retract, submit
from briefings.closing import closing_lines
from briefings.drafting import draft_briefing, texts_of
from briefings.facts import facts_of, withdraw_fact
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.versions import first_with, followed_by
from contacts.arrival import record_bounce, resend_unknown
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database
from contacts.settings import SendingSettings
from contacts.verdicts import Untold
from signals.feedback import ToldAndDone
from tests.briefings_cast import NOW, SETTINGS, send, sure
from tests.corrections_world import LATER, WRONG, correct, readers, sent_first


async def text_for(session: AsyncSession, briefing: Briefing) -> BriefingText:
    return (await texts_of(session, briefing.id or 0))[1]


async def test_a_correction_starts_with_what_is_right(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        correction = await correct(session, cast)
        text = await text_for(session, correction)
    assert text.subject.startswith("Correctie: 21.06 uur")
    for form in (text.telegram, text.plain):
        assert form.index("vier mensen") < form.index("had een fout")
        assert "Wat niet klopte, ging over: het aantal aanhoudingen." in form
        assert "drie mensen" not in form
        assert "Ons bericht van dinsdag 3 maart, 18.05 uur" in form
    assert text.remarks == []


async def test_a_correction_that_says_only_what_was_wrong_is_handed_in_knowingly_only(
    db: Database,
) -> None:
    later = LATER + timedelta(minutes=1)
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        view = await facts_of(session, cast.event.id or 0)
        wrong = next(fact for fact in view.confirmed if fact.text == WRONG)
        await withdraw_fact(session, wrong.id or 0, editor_id=1, now=LATER)
        draft = await draft_briefing(
            session, cast.event, kind=BriefingKind.CORRECTION, settings=SETTINGS, editor_id=1,
            now=later, wrong="het aantal aanhoudingen.",
        )  # fmt: skip
        refused = await submit(session, draft, cast.writer, SETTINGS, now=later)
        assert isinstance(refused, SubmitRefused)
        assert refused.reason == "no_right"
        done = await submit(session, draft, cast.writer, SETTINGS, now=later, is_knowing=True)
        assert isinstance(done, Submitted)


async def test_a_correction_reaches_exactly_who_got_or_may_have_got_it(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(
            session, directeur=DeliveryStatus.UNKNOWN, wijkteam=DeliveryStatus.FAILED
        )
        correction = await correct(session, cast)
        got = await readers(session, correction)
    teacher, leader, _, _ = cast.people
    assert got == {teacher.id, leader.id}


async def test_a_correction_takes_the_next_channel_where_the_old_one_closed(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        teacher = cast.people[0]
        found = await session.exec(select(Channel).where(col(Channel.person_id) == teacher.id))
        for channel in found.all():
            if channel.kind is ChannelKind.TELEGRAM:
                channel.status = ChannelStatus.CLOSED
                session.add(channel)
        await session.flush()
        correction = await correct(session, cast)
        address = await session.exec(
            select(Delivery.address)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(
                col(Message.briefing_id) == correction.id,
                col(Delivery.person_id) == teacher.id,
            )
        )
        assert address.all() == ["a@x.test"]


async def test_old_chat_messages_are_edited_to_point_to_the_correction(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session, directeur=DeliveryStatus.UNKNOWN)
        await correct(session, cast)
        await session.refresh(first)
        edits = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Delivery.act) == DeliveryAct.EDIT)
        )
        found = edits.all()
    assert first.status is BriefingStatus.CORRECTED
    assert {delivery.address for delivery, _ in found} == {"11", "12"}
    for _, message in found:
        content = Content.from_json(message.content)
        assert content.telegram is not None
        assert "Gebruik het niet meer." in content.telegram.text
        assert content.telegram.buttons[0][0].url == "%%LINK%%"


async def test_a_wrong_text_that_still_waits_never_leaves(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session, wijkteam=DeliveryStatus.PLANNED)
        correction = await correct(session, cast)
        police = cast.people[3]
        old = await session.exec(
            select(Delivery.status, Message.status)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.briefing_id) == first.id, col(Delivery.person_id) == police.id)
        )
        assert old.all() == [(DeliveryStatus.CANCELLED, MessageStatus.CANCELLED)]
        assert police.id in await readers(session, correction)


async def sends_of(session: AsyncSession, briefing: Briefing) -> list[Delivery]:
    found = await session.exec(
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Message.briefing_id) == briefing.id, col(Delivery.act) == DeliveryAct.SEND)
        .order_by(col(Delivery.id))
    )
    return list(found.all())


@pytest.mark.parametrize("became", [DeliveryStatus.UNKNOWN, "repeated"])
async def test_where_the_wrong_text_may_stay_in_a_chat_a_coordinator_hears_it(
    db: Database, became: str
) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session)
        chats = [one for one in await sends_of(session, first) if one.kind is ChannelKind.TELEGRAM]
        assert len(chats) == 2
        if became == "repeated":
            chats[0].is_repeat = True
        else:
            chats[0].status = DeliveryStatus.UNKNOWN
        await session.flush()
        await correct(session, cast)
        for one in chats:
            await session.refresh(one)
        told = [one.id for one in chats if one.untold == Untold.OLD_TEXT]
    assert told == [chats[0].id]


async def test_after_a_correction_nothing_plans_the_old_text_again(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session, directeur=DeliveryStatus.UNKNOWN)
        before = await sends_of(session, first)
        await correct(session, cast)
    await escalate_due(db, SendingSettings(), now=LATER + timedelta(hours=2))  # silence
    async with db.begin() as session:
        ids = [delivery.id or 0 for delivery in before]
        again = await resend_unknown(session, ids, who=SYSTEM, now=LATER)
        for delivery in before:
            await record_bounce(session, delivery.id or 0, "5.1.1", now=LATER)
    async with db.read() as session:
        after = await sends_of(session, first)
    assert again == 0
    assert [delivery.id for delivery in after] == ids
    assert {delivery.status for delivery in after} == {DeliveryStatus.FAILED}


async def test_an_update_after_a_correction_still_reaches_everyone_once(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session)
        correction = await correct(session, cast)
        much_later = LATER + timedelta(hours=10)
        await sure(session, cast.event, "De Testlaan is weer open.", at=much_later)
        update = await send(session, cast, BriefingKind.UPDATE, now=much_later)
        assert await readers(session, update) == await readers(session, first)
        assert await readers(session, update) == await readers(session, correction)
        text = await text_for(session, update)
    assert "Nieuw sinds dinsdag 3 maart, 21.06 uur" in text.plain


async def test_an_approver_takes_back_alone_and_a_second_reader_looks_later(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session)
        view = await facts_of(session, cast.event.id or 0)
        done = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="een zin over achtergrond",
            fact_ids=[view.confirmed[0].id or 0], now=LATER,
        )  # fmt: skip
        assert isinstance(done, Approved)
        await session.refresh(first)
        messages = (
            await session.exec(select(Message).where(col(Message.kind) == MessageKind.RETRACTION))
        ).all()
        actions = [entry.action for entry in (await session.exec(select(JournalEntry))).all()]
    assert first.status is BriefingStatus.RETRACTED
    assert "four_eyes_afterwards" in actions
    subjects = {Content.from_json(m.content).email.subject for m in messages}
    assert subjects == {"Ingetrokken: 21.05 uur, aanhouding Presikhaaf"}


async def test_the_closing_message_tells_what_was_done_and_reaches_the_readers(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first = await sent_first(session)
        closing = await send(session, cast, BriefingKind.CLOSING, now=LATER)
        text = await text_for(session, closing)
        assert await readers(session, closing) == await readers(session, first)
    assert "Wat er gemeld is" in text.plain
    assert "U meldde" not in text.plain, "it goes to who reported nothing, too"
    assert "Wij kregen geen signalen" in text.plain
    assert "Wij hielden u met 1 bericht op de hoogte." in text.plain
    assert text.subject.startswith("Afsluiting: ")
    assert text.remarks == []


def test_the_closing_counts_organisations_and_hides_small_numbers() -> None:
    summary = ToldAndDone(
        signals=12, organisations=2, organisations_shown="1-2", still_open=0,
        told=("geruchten", "angst", "boosheid", "steun"), done=("actie genomen",),
        not_done=("geen actie nodig",),
    )  # fmt: skip
    closing = closing_lines(summary)
    assert closing.reported == (
        "Van één of twee organisaties kregen wij signalen. Dank daarvoor. "
        "Vooral over: geruchten; angst; boosheid."
    )
    assert closing.done == ("Actie genomen.",)
    assert closing.not_done == ("Geen actie nodig.",)


async def test_somebody_who_left_is_on_the_list_of_who_was_not_reached(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await sent_first(session)
        teacher = await session.get_one(Person, cast.people[0].id)
        teacher.left_at = LATER
        session.add(teacher)
        await session.flush()
        correction = await correct(session, cast)
        assert teacher.id not in await readers(session, correction)


STATUSES = st.lists(st.sampled_from(list(BriefingStatus)), max_size=6)


@given(STATUSES, st.sampled_from(list(BriefingKind)))
def test_what_follows_never_follows_something_that_did_not_go_out(
    statuses: list[BriefingStatus], kind: BriefingKind
) -> None:
    versions = [
        Briefing(
            id=number, event_id=1, version=number, kind=BriefingKind.UPDATE, status=status,
            facts_version=1, edited_at=NOW, created_at=NOW,
        )
        for number, status in enumerate(statuses, 1)
    ]  # fmt: skip
    new = Briefing(
        id=99, event_id=1, version=99, kind=kind, facts_version=1, edited_at=NOW, created_at=NOW,
        correction_of_id=2,
    )  # fmt: skip
    before = followed_by(new, [*versions, new])
    unsent = {BriefingStatus.DRAFT, BriefingStatus.SUBMITTED, BriefingStatus.WITHDRAWN}
    assert not {version.status for version in before} & unsent
    if kind is BriefingKind.FIRST:
        assert before == []


@pytest.mark.parametrize(("minutes", "was_sent"), [(-1, True), (0, True), (1, False)])
def test_a_text_whose_moment_has_come_counts_as_sent(minutes: int, was_sent: bool) -> None:
    version = Briefing(
        id=7, event_id=1, version=1, kind=BriefingKind.FIRST, status=BriefingStatus.APPROVED,
        facts_version=1, edited_at=NOW, created_at=NOW, approved_at=NOW,
        send_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip
    written = NOW - timedelta(minutes=5)
    assert (first_with(written, [version], now=NOW) == 7) is was_sent
