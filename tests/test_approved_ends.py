"""An approver's message says how it ended with what was approved, and so does the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, delete, select, update

from bot.chat.coordinator import texts
from bot.chat.coordinator.card import card_view, refresh_live
from bot.chat.coordinator.progress import progress_view
from bot.chat.shown import shown_form
from bot.evening.approving import ask_approvers
from bot.evening.questions import settle_requests
from briefings import calling_off
from briefings.approval import Approved, approve
from briefings.distribution import distribute_due
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind
from contacts.calling import CallItem, CallStatus
from contacts.directory import Organisation, Role, RoleGrant
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.records import Database
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast, add_person, send, sure
from tests.console_desk import Desk, a_desk

MORNING, TOMORROW = NOW + timedelta(hours=12), NOW + timedelta(hours=24)
SOON = NOW + timedelta(minutes=5)


@dataclass
class Asked:
    """A version for the morning, and the messages of the two approvers who were asked."""

    db: Database
    cast: Cast
    briefing_id: int
    decided: int
    told: int

    async def form(self, delivery: int, *, at: datetime) -> TelegramForm:
        """What stands there after the next round."""
        async with self.db.begin() as session:
            await refresh_live(session, now=at)
        async with self.db.read() as session:
            form = await shown_form(session, delivery)
        assert form is not None
        return form

    async def act(self, act: object, *, at: datetime) -> None:
        async with self.db.begin() as session:
            briefing = await session.get_one(Briefing, self.briefing_id)
            assert await act(session, briefing, who=self.cast.writer.who, now=at)


async def for_the_morning(db: Database) -> Asked:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=TOMORROW)
        city = await session.get_one(Organisation, cast.writer.organisation_id)
        other = await add_person(session, city, "tweede", [], telegram="3", role=Role.APPROVER)
        await ask_approvers(session, cast.event, briefing, cast.writer, SETTINGS, now=NOW)
        await session.exec(
            update(Delivery).values(status=DeliveryStatus.SENT)
            .where(col(Delivery.status) == DeliveryStatus.PLANNED)
        )  # fmt: skip
        found = await session.exec(
            select(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.APPROVAL)
        )
        asked = {one.person_id: one.id or 0 for one in found.all()}
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW,
            send_at=MORNING,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        mine = asked[cast.approver.person_id]
        await settle_requests(session, cast.event, briefing, decided=mine, now=NOW)
    return Asked(db, cast, briefing.id or 0, mine, asked[other.id])


def labels(form: TelegramForm) -> list[str]:
    return [button.text for row in form.buttons for button in row]


async def test_the_approver_reads_that_it_was_stopped_goes_on_and_was_called_off(
    db: Database,
) -> None:
    asked = await for_the_morning(db)
    form = await asked.form(asked.decided, at=SOON)
    assert "gaan uit op woensdag 4-3, 06.05 uur" in form.text
    assert labels(form) == [texts.STOP_WAITING, texts.CALL_OFF]
    await asked.act(calling_off.stop, at=SOON)
    form = await asked.form(asked.decided, at=SOON + timedelta(minutes=1))
    assert "Gestopt." in form.text
    assert "gaan uit op" not in form.text
    assert labels(form) == [texts.GO_ON, texts.CALL_OFF]
    await asked.act(calling_off.go_on, at=SOON)
    form = await asked.form(asked.decided, at=SOON + timedelta(minutes=2))
    assert "gaat weer door" in form.text
    assert "gaan uit op woensdag 4-3, 06.05 uur" in form.text
    await asked.act(calling_off.stop, at=SOON)
    await asked.act(calling_off.call_off, at=SOON)
    form = await asked.form(asked.decided, at=SOON + timedelta(minutes=3))
    assert "Afgezegd dinsdag 3 maart, 18.10 uur door de coördinator." in form.text
    assert "gaan uit op" not in form.text
    assert labels(form) == []


async def test_who_was_asked_and_did_not_decide_reads_how_it_ended(db: Database) -> None:
    asked = await for_the_morning(db)
    form = await asked.form(asked.told, at=SOON)
    assert "Deze versie is goedgekeurd. " in form.text
    assert "gaan uit op woensdag 4-3, 06.05 uur" in form.text
    assert labels(form) == []
    await asked.act(calling_off.call_off, at=SOON)
    form = await asked.form(asked.told, at=SOON + timedelta(minutes=1))
    assert "Afgezegd dinsdag 3 maart, 18.10 uur door de coördinator." in form.text


async def test_a_fact_that_voids_the_approval_is_told_to_who_approved(db: Database) -> None:
    asked = await for_the_morning(db)
    async with db.begin() as session:
        await sure(session, asked.cast.event, "De Testlaan is weer open.", at=SOON)
    form = await asked.form(asked.decided, at=SOON + timedelta(minutes=1))
    assert "De goedkeuring verviel" in form.text
    assert "gaan uit op" not in form.text


async def test_who_was_asked_can_let_what_was_stopped_go_on(db: Database) -> None:
    asked = await for_the_morning(db)
    await asked.act(calling_off.stop, at=SOON)
    form = await asked.form(asked.told, at=SOON + timedelta(minutes=1))
    assert "Laat het doorgaan, of zeg het af." in form.text
    assert labels(form) == [texts.GO_ON, texts.CALL_OFF]


async def test_who_may_not_brake_any_more_reads_who_may(db: Database) -> None:
    asked = await for_the_morning(db)
    async with db.begin() as session:
        delivery = await session.get_one(Delivery, asked.told)
        await session.exec(delete(RoleGrant).where(col(RoleGrant.person_id) == delivery.person_id))
    await asked.act(calling_off.stop, at=SOON)
    form = await asked.form(asked.told, at=SOON + timedelta(minutes=1))
    assert "De coördinator laat het doorgaan of zegt het af." in form.text
    assert labels(form) == []


async def test_the_coordinator_reads_that_the_approval_lapsed_and_why(db: Database) -> None:
    asked = await for_the_morning(db)
    event_id = asked.cast.event.id or 0
    async with db.begin() as session:
        await sure(session, asked.cast.event, "De Testlaan is weer open.", at=SOON)
        text, _ = await progress_view(session, event_id, asked.briefing_id, now=SOON)
    assert "\n<b>De goedkeuring verviel:</b> de feiten veranderden." in text
    assert "Afgezegd" not in text


async def test_a_fact_of_later_is_not_why_the_approval_lapsed(db: Database) -> None:
    asked = await for_the_morning(db)
    event_id = asked.cast.event.id or 0
    async with db.begin() as session:
        await set_next_update(session, event_id, MORNING, editor_id=1, now=SOON)
        later = SOON + timedelta(minutes=1)
        await sure(session, asked.cast.event, "De Testlaan is weer open.", at=later)
        text, _ = await progress_view(session, event_id, asked.briefing_id, now=later)
    assert "\n<b>De goedkeuring verviel:</b> de teksten, de ontvangers" in text


async def test_the_message_of_a_version_that_was_called_off_shows_no_call_list(
    db: Database,
) -> None:
    asked = await for_the_morning(db)
    event_id = asked.cast.event.id or 0
    await asked.act(calling_off.call_off, at=SOON)
    async with db.begin() as session:
        again = await send(session, asked.cast, BriefingKind.FIRST, now=SOON)
        _, rows = await progress_view(session, event_id, asked.briefing_id, now=SOON)
        _, newer = await progress_view(session, event_id, again.id or 0, now=SOON)
    assert rows == []
    assert texts.CALL_LIST.format(count=1) in [one.text for row in newer for one in row]


async def test_the_card_has_a_line_for_what_changed_and_one_for_who_gets_it(db: Database) -> None:
    asked = await for_the_morning(db)
    async with db.begin() as session:
        await sure(session, asked.cast.event, "De Testlaan is weer open.", at=SOON)
        text, _ = await card_view(session, asked.cast.event)
    assert "zien wat er veranderde.\nOntvangers: " in text


async def test_what_waits_is_called_off_in_one_step_and_nobody_is_called_about_it(
    db: Database,
) -> None:
    asked = await for_the_morning(db)
    async with db.read() as session:
        listed = (await session.exec(select(CallItem))).one()
        text, rows = await progress_view(
            session, asked.cast.event.id or 0, asked.briefing_id, now=MORNING - timedelta(hours=1)
        )
    assert listed.status is CallStatus.OPEN
    assert "Gaat uit op woensdag 4-3, 06.05 uur" in text
    assert [button.text for row in rows for button in row] == [texts.STOP, texts.CALL_OFF]
    await asked.act(calling_off.call_off, at=SOON)
    async with db.begin() as session:
        assert await distribute_due(session, now=MORNING) == []
        listed = (await session.exec(select(CallItem))).one()
        entries = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "calls_called_off")
        )
        assert entries.one().actor == f"person:{asked.cast.writer.person_id}"
        text, rows = await progress_view(
            session, asked.cast.event.id or 0, asked.briefing_id, now=MORNING
        )
    assert listed.status is CallStatus.NOT_NEEDED
    assert "\n<b>Afgezegd.</b>" in text
    assert rows == []


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_says_when_it_goes_and_calls_it_off_in_one_step(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    bound = next(one for one in await desk.rows(Briefing) if one.event_id == desk.number)
    later = (desk.world.now + timedelta(hours=1, minutes=30)).strftime("%H.%M")
    done = await desk.press("goedkeuren", gelezen=bound.content_hash, tijd=later)
    assert done.status_code == 303, done.text
    told = (await desk.web.get(done.headers["location"])).text
    [said] = [line for line in told.splitlines() if "De berichten gaan uit op " in line]
    assert f"dinsdag 3 maart, {later} uur." in said
    page = await desk.page("verzenden")
    for early in ("Wie kreeg het", "Wie las het?", "Alsnog sturen naar wie het miste"):
        assert early not in page
    assert "Goedgekeurd: versie 1" in page
    assert "Gaat uit op " in page
    assert "Verzonden: versie 1" not in page
    assert "Ja, afzeggen" in page
    assert (await desk.press("afzeggen", versie=1)).status_code == 303
    page = await desk.page("verzenden")
    assert "Afgezegd " in page
    assert "door de coördinator. Niemand kreeg deze versie, en zij gaat niet meer uit." in page


async def test_after_a_stop_before_the_first_message_the_page_asks_nobody_who_read_it(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("stoppen", versie=1)).status_code == 303
    assert "Wie kreeg het" not in await desk.page("verzenden")
    assert (await desk.press("doorgaan", versie=1)).status_code == 303
    async with desk.world.db.begin() as session:
        await session.exec(
            update(Delivery).values(status=DeliveryStatus.SENT)
            .where(col(Delivery.status) == DeliveryStatus.PLANNED)
        )  # fmt: skip
    page = await desk.page("verzenden")
    for there in ("Wie kreeg het", "Wie las het?", "Alsnog sturen naar wie het miste"):
        assert there in page
