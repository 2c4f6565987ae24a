"""What the signal form does not keep comes back marked or named, or stays in general words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.console.forms import FORM_TYPE
from bot.console.signal_form import mark_hits, read_form, why_refused
from contacts.outbox import Message, MessageKind
from contacts.records import Database
from contacts.tally import total
from signals.person_filter import Span
from signals.rows import Signal
from tests.console_world import FORM, PLANTED, SAME_SITE, World, a_world, contents, tell


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_a_name_comes_back_marked_and_is_stored_nowhere(world: World, tmp_path: Path) -> None:
    note = f"Volgens {PLANTED} wordt er nog iemand gezocht."
    answer = await tell(world, toelichting=note, setting="sport")
    assert answer.status_code == 422
    assert "Wij hebben niets bewaard." in answer.text
    assert "<mark>" in answer.text
    assert f"{note}</textarea>" in answer.text
    assert 'value="sport" checked' in answer.text
    assert answer.text.count("zorgcoördinator") == 1
    async with world.db.read() as session:
        assert (await session.exec(select(Signal))).first() is None
        assert await total(session, "referral", is_exercise=False) == 1
    for file in tmp_path.iterdir():
        assert b"Bakkerstra" not in file.read_bytes()


async def test_danger_now_shows_112_and_stores_nothing(world: World) -> None:
    before = await contents(world.db)
    answer = await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={"ernst": "5", "toelichting": PLANTED}
    )
    assert answer.status_code == 200
    assert "Bel 112" in answer.text
    assert PLANTED not in answer.text
    assert await contents(world.db) == before


async def test_missing_answers_are_named_and_the_rest_is_kept(world: World) -> None:
    before = await contents(world.db)
    answer = await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={"ernst": "3", "toelichting": "Rustig."}
    )
    assert answer.status_code == 422
    for field in ("soort", "waar_wijk", "setting"):
        assert f'href="#{field}"' in answer.text
    assert 'href="#ernst"' not in answer.text
    assert "Rustig.</textarea>" in answer.text
    assert await contents(world.db) == before


async def test_what_was_typed_comes_back_escaped(world: World) -> None:
    answer = await tell(world, soort=[], toelichting="</textarea><script>x</script>")
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"toelichting": ("beeld.png", b"x")}}, 415),
        ({"json": FORM}, 415),
        ({"content": b"ernst=%ff%fe", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"data": {**FORM, "toelichting": "x" * 30_000}}, 413),
        ({"data": {f"veld{n}": "x" for n in range(700)}}, 422),
        ({"content": b"", "headers": {"Content-Type": FORM_TYPE}}, 422),
        ({"content": b"\xff\xfe", "headers": {"Content-Type": FORM_TYPE}}, 422),
    ],
)
async def test_uploads_and_forms_of_others_are_refused_for_what_they_are(
    world: World, sent: dict[str, Any], status: int
) -> None:
    before = await contents(world.db)
    answer = await world.web.post(f"{world.page}/signaal", **sent)
    assert answer.status_code == status
    assert ("Dit is te veel tekst" in answer.text) == (status == 413)
    assert ("Open het formulier opnieuw." in answer.text) == (status != 413)
    assert await contents(world.db) == before


async def test_a_number_alone_is_no_person_and_the_field_is_marked(world: World) -> None:
    answer = await tell(world, toelichting="Bel ons op 06-12345678 over de groep.")
    assert "Laat telefoonnummers, e-mailadressen en accounts weg" in answer.text
    assert "over een persoon" not in answer.text
    field = answer.text.partition("<textarea")[2].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert "toelichting-fout" in field
    assert 'id="toelichting-fout"' in answer.text


def test_the_reason_for_a_refusal_is_named() -> None:
    assert why_refused(["EMAIL", "TEL"]) == "contact"
    assert why_refused(["LOCATIE"]) == "place"
    assert why_refused(["NAAM", "TEL"]) == "person"


def test_a_note_of_281_characters_is_too_long() -> None:
    fields = {name: [value] if isinstance(value, str) else value for name, value in FORM.items()}
    districts = {"stad": "hele stad"}
    assert not read_form({**fields, "toelichting": ["a" * 280]}, districts).errors
    assert list(read_form({**fields, "toelichting": ["a" * 281]}, districts).errors) == [
        "toelichting"
    ]


def test_marks_cover_overlapping_hits_once_and_escape_the_rest() -> None:
    spans = [Span(2, 6, "NAAM"), Span(4, 8, "TEL"), Span(0, 2, "STRAAT")]
    assert mark_hits("<>abcdefgh", spans) == "&lt;&gt;<mark>abcd</mark><mark>ef</mark>gh"


def test_a_class_is_marked_with_the_rest_and_a_street_is_not() -> None:
    spans = [Span(0, 2, "KLAS"), Span(3, 5, "STRAAT"), Span(6, 8, "NAAM")]
    assert mark_hits("3B aa bb", spans) == "<mark>3B</mark> aa <mark>bb</mark>"


async def test_a_class_is_generalised_and_the_sender_is_told(world: World) -> None:
    answer = await tell(world, toelichting="In 3 havo mijden groepen elkaar.")
    assert answer.status_code == 303
    page = (await world.web.get(answer.headers["location"])).text
    assert "Wij schreven de klas algemener op." in page
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert world.sealer.unseal(signal.note_sealed or "") == "In een vo-klas mijden groepen elkaar."


async def test_a_rumour_is_kept_without_its_claim_and_asks_for_a_denial(world: World) -> None:
    answer = await tell(
        world, soort=["boosheid"], toelichting="Ze zeggen dat er nog iemand vrij rondloopt."
    )
    assert "Wat het gerucht beweert" in (await world.web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
        notices = [
            str(message.content)
            for message in (await session.exec(select(Message))).all()
            if message.kind is MessageKind.NOTICE
        ]
    assert signal.kinds == ["boosheid", "geruchten"]
    assert "vrij rondloopt" not in world.sealer.unseal(signal.note_sealed or "")
    assert not any("vrij rondloopt" in text for text in notices)
