"""How a sending stands: on the command line, in the chat, and for a watching program."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError, PendingRollbackError
from sqlmodel import col, select

from bot.api.keys import make_key
from bot.cli.events import _deliveries
from bot.config import Config
from bot.console import metrics
from bot.console.metrics import written
from bot.rows import Heartbeat
from bot.settings import MailSettings, TelegramSettings
from briefings.rows import Briefing, BriefingKind
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.progress import Progress, rate_of, read_progress
from contacts.progress_texts import about, lines_of
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import halt_message
from feeds.events import open_event
from feeds.rows import LeadAgency, Origin
from tests.console_world import client_of
from tests.outbox_world import a_briefing, a_person

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
#: one line of the text form of Prometheus
SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+]+')


async def ten(db: Database) -> None:
    """Two sent in ten seconds, one refused, one uncertain, one for tomorrow, five to go."""
    async with db.begin() as session:
        await open_event(
            session, type="algemeen", title="Brand", place="Arnhem", severity=3,
            origin=Origin.MANUAL, source_link=None, lead_agency=LeadAgency.UNKNOWN,
            who=SYSTEM, now=NOW, is_exercise=False,
        )  # fmt: skip
        people = [await a_person(session, NOW, chat=str(n)) for n in range(10)]
        rows = await a_briefing(session, people, NOW)
        done = [
            (DeliveryStatus.SENT, None), (DeliveryStatus.SENT, None),
            (DeliveryStatus.FAILED, "blocked"), (DeliveryStatus.UNKNOWN, "read_timeout"),
        ]  # fmt: skip
        for row, (status, reason) in zip(rows, done, strict=False):
            row.status, row.reason, row.done_at = status, reason, NOW - timedelta(seconds=10)
        rows[-1].not_before = NOW + timedelta(hours=9)


async def test_progress_tells_what_is_due_what_waits_and_what_went_wrong(db: Database) -> None:
    await ten(db)
    async with db.read() as session:
        [one] = await read_progress(session, [1], now=NOW)
    assert (one.total, one.done, one.due, one.later, one.sent) == (10, 4, 5, 1, 2)
    assert one.reasons == {"blocked": 1, "read_timeout": 1}
    assert one.rate == 0.4
    assert one.left == timedelta(seconds=12.5)
    assert "0,4 per seconde, nog ongeveer 12 seconden" in lines_of(one)
    assert "1 × de ontvanger blokkeerde de bot" in lines_of(one)


async def test_what_a_person_stopped_is_not_in_the_estimate(db: Database) -> None:
    await ten(db)
    async with db.begin() as session:
        message = (await session.exec(select(Delivery.message_id))).first()
        await halt_message(session, message or 0, who=SYSTEM, now=NOW, reason="by_hand")
    async with db.read() as session:
        [one] = await read_progress(session, [1], now=NOW)
    assert (one.due, one.halted, one.left) == (0, 6, None)


async def test_the_command_line_shows_it_per_event(db: Database) -> None:
    await ten(db)
    lines, is_busy = await _deliveries(db)
    assert is_busy
    assert lines[0] == "1 · Brand"
    assert "    4 van 10 klaar · 2 verzonden · 1 geweigerd · 1 onzeker" in lines


def test_nothing_that_moves_is_said_to_stand_still() -> None:
    assert "3 kunnen nu weg, maar er beweegt niets" in lines_of(Progress(1, due=3))
    assert [about(timedelta(seconds=s)) for s in (0.2, 600, 9000)] == [
        "1 seconde", "10 minuten", "2,5 uur",
    ]  # fmt: skip


@given(st.integers(0, 10**6), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_rate_is_never_more_than_what_was_counted(count: int, span: timedelta) -> None:
    assert 0 <= rate_of(count, span) <= count


async def test_metrics_are_for_this_computer_or_a_key_and_name_nobody(db: Database) -> None:
    await ten(db)
    async with db.begin() as session:
        session.add(Heartbeat(name="refresh", at=NOW))
        _, secret = await make_key(session, "bewaking", who=SYSTEM, now=NOW)
    sealer = Sealer(Sealer.new_key())
    both = Config(
        telegram=TelegramSettings(token="1:x"), mail=MailSettings(host="x", from_address="a@b.nl")
    )
    elsewhere = {"X-Forwarded-For": "8.8.8.8"}
    async with client_of(db, sealer, NOW, headers=elsewhere, config=both) as client:
        assert (await client.get("/metrics")).status_code == 401
        with_key = {"Authorization": f"Bearer {secret}"}
        answer = await client.get("/metrics", headers=with_key)
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert 'schakel_deliveries{channel="telegram",status="sent"} 2' in lines
    assert 'schakel_deliveries_wrong{status="failed",reason="blocked"} 1' in lines
    assert 'schakel_deliveries_due{channel="telegram"} 5' in lines
    assert 'schakel_part_late{part="refresh"} 0' in lines
    # What is not there now is a nought, so that an alarm has something to look at.
    assert 'schakel_deliveries_due{channel="email"} 0' in lines
    assert 'schakel_oldest_due_seconds{channel="email"} 0' in lines
    assert 'schakel_deliveries{channel="email",status="unknown"} 0' in lines
    assert 'schakel_channel_paused{channel="telegram"} 0' in lines
    for line in lines:
        assert line.startswith("# ") or SAMPLE.fullmatch(line), line
    assert "School" not in answer.text
    async with db.read() as session:
        assert (await session.exec(select(col(Delivery.id)))).first() is not None


async def test_health_is_told_to_a_watching_program_elsewhere_that_has_a_key(db: Database) -> None:
    async with db.begin() as session:
        session.add(Heartbeat(name="refresh", at=NOW - timedelta(hours=1)))
        _, secret = await make_key(session, "bewaking", who=SYSTEM, now=NOW)
    sealer, from_afar = Sealer(Sealer.new_key()), {"X-Forwarded-For": "8.8.8.8"}
    async with client_of(db, sealer, NOW, headers=from_afar) as client:
        refused = await client.get("/gezond")
        with_key = {"Authorization": f"Bearer {secret}"}
        answer = await client.get("/gezond", headers=with_key)
    assert (refused.status_code, "refresh" in refused.text) == (401, False)
    assert (answer.status_code, answer.json()["late"]) == (503, ["refresh"])


async def test_a_store_that_does_not_answer_is_not_healthy(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_given: object, **_more: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(metrics, "STORE_S", 0.1)
    monkeypatch.setattr(metrics, "read_beats", hang)
    async with client_of(db, Sealer(Sealer.new_key()), NOW) as client:
        answer = await client.get("/gezond")
    assert (answer.status_code, answer.json()["late"]) == (503, ["store"])


@pytest.mark.parametrize(
    "fault",
    [OperationalError("SELECT", None, Exception("gone")), PendingRollbackError("gone"), OSError()],
)
@pytest.mark.parametrize("path", ["/gezond", "/metrics"])
async def test_a_store_that_is_away_is_said_to_whoever_watches_and_is_no_fault_of_ours(
    db: Database, monkeypatch: pytest.MonkeyPatch, fault: Exception, path: str
) -> None:
    """PostgreSQL stopped, and a watching program got a page that says sorry."""

    async def fail(*_given: object, **_more: object) -> None:
        raise fault

    monkeypatch.setattr(metrics, "read_beats", fail)
    async with client_of(db, Sealer(Sealer.new_key()), NOW) as client:
        answer = await client.get(path)
    assert answer.status_code == 503
    assert "<html" not in answer.text


def test_a_label_cannot_break_out_of_its_line() -> None:
    text = written([("a", "b", {(("c", 'x"} 1\ny\\'),): 1.0})])
    assert text.splitlines()[2] == 'a{c="x\\"} 1\\ny\\\\"} 1'


async def test_texts_of_one_event_are_never_added_up(db: Database) -> None:
    async with db.begin() as session:
        await open_event(
            session, type="algemeen", title="Brand", place="Arnhem", severity=3,
            origin=Origin.MANUAL, source_link=None, lead_agency=LeadAgency.UNKNOWN,
            who=SYSTEM, now=NOW, is_exercise=False,
        )  # fmt: skip
        people = [await a_person(session, NOW, chat=str(n)) for n in range(3)]
        for version, kind in enumerate(("eerste", "update", "update"), 1):
            briefing = Briefing(
                event_id=1, kind=BriefingKind(kind), version=version, facts_version=1,
                edited_at=NOW, created_at=NOW,
            )  # fmt: skip
            session.add(briefing)
            await session.flush()
            rows = await a_briefing(session, people, NOW)
            (await session.get_one(Message, rows[0].message_id)).briefing_id = briefing.id
            for row in rows:
                row.status = DeliveryStatus.SENT
        rows[0].status = DeliveryStatus.PLANNED
        first = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).first()
        assert first is not None
        first.status = DeliveryStatus.FAILED
    async with db.read() as session:
        found = await read_progress(session, [1], now=NOW)
    assert [(one.sent, one.total) for one in found] == [(2, 3), (3, 3), (2, 3)]
    lines, _ = await _deliveries(db)
    assert [line.strip() for line in lines if "versie" in line or "klaar" in line] == [
        "update, versie 3", "2 van 3 klaar · 2 verzonden · 0 geweigerd · 0 onzeker",
        "eerste bericht, versie 1", "3 van 3 klaar · 2 verzonden · 1 geweigerd · 0 onzeker",
    ]  # fmt: skip
