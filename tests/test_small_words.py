"""Words that a newcomer stumbled over: capitals with accents, singulars, names of roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat.coordinator.text_forms import with_headings
from bot.chat.coordinator.texts import PART_GO, SHOW_UNKNOWN
from bot.chat.render import render
from bot.cli.source_texts import UNDATED
from bot.cli.texts import IMPORT_ERRORS
from briefings.capitals import with_capital
from briefings.counting import Overview
from briefings.render import Form, render_text
from contacts.directory import Audience, ChannelKind, Role
from contacts.importing.texts import NEW_ROLE, ROLE_NAMES
from contacts.progress_texts import LATER, STANDS_STILL
from contacts.texts import counted, telt
from feeds.texts import ECHO, FOLLOWS
from signals.texts import PHASE_REASONS
from tests.briefings_sheets import a_sheet

NOW = datetime(2026, 3, 3, 17, 5, tzinfo=UTC)


class _Draft:
    audience = None
    words = 1
    remarks = ()


_DRAFT = _Draft()


def test_a_label_begins_with_a_capital_as_dutch_writes_it() -> None:
    assert with_capital("één persoon van elke organisatie") == "Eén persoon van elke organisatie"
    assert with_capital("gemeente") == "Gemeente"
    assert with_capital("") == ""


def test_a_role_of_the_list_is_told_as_dutch_writes_it() -> None:
    assert set(ROLE_NAMES) == set(Role)
    assert NEW_ROLE.format(role=ROLE_NAMES[Role.COORDINATOR]) == "recht erbij: coördinator"


def test_one_signal_without_an_answer_is_one() -> None:
    one = render("coordinator/closing_waits.html", waiting=1)
    assert "Er is nog 1 signaal zonder antwoord. Beantwoord dit signaal eerst" in one
    assert "Er zijn nog 2 signalen zonder antwoord. Beantwoord die eerst" in render(
        "coordinator/closing_waits.html", waiting=2
    )


def test_an_approver_reads_who_comes_on_the_list_of_calls_and_who_is_on_it_still() -> None:
    def asked(**plan: Any) -> str:
        return render(
            "coordinator/approve_sure.html", event=None, title="x", noticed=[], released=False,
            plan=Overview(**plan), names={}, held=[], lacks=[],
        )  # fmt: skip

    later = asked(passed_over=1, still_to_call=1)
    assert "Niemand komt erbij op de bellijst. 1 persoon zonder werkend kanaal kreeg" in later
    assert "1 persoon komt erbij op de bellijst." in asked(unreachable=[1])
    assert "2 mensen komen erbij op de bellijst." in asked(unreachable=[1, 2])
    assert "Nog te bellen over een eerdere tekst: 1." in later
    assert "Nog te bellen" not in asked(passed_over=1)
    assert "Nog te bellen over een eerdere tekst: 2." in asked(still_to_call=2)


def test_a_heading_of_a_plain_text_is_bold_in_the_chat() -> None:
    shown = with_headings("Wat is er <gebeurd>\n----------\nEen knal.")
    assert shown == "<b>Wat is er &lt;gebeurd&gt;</b>\nEen knal."


def test_a_promise_that_lapses_stands_on_a_line_of_its_own() -> None:
    text = render(
        "coordinator/drafted.html", kind="Afsluiting", closes=True, misled=0, lapses=["vrijdag"]
    )
    assert "dien het in.\n<b>Let op:</b>" in text


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("exercise/over.html", {"in_time": 1, "total": 1}, "Wat er moest gebeuren, gebeurde op"),
        ("exercise/over.html", {"in_time": 0, "total": 1}, "gebeurde niet op tijd"),
        (
            "exercise/over.html",
            {"in_time": 1, "total": 3},
            "stappen op de scorekaart gebeurde er 1 op",
        ),
        (
            "exercise/over.html",
            {"in_time": 2, "total": 3},
            "stappen op de scorekaart gebeurden er 2 op",
        ),
        ("coordinator/trouble.html", {"waiting": 1, "advice": "x"}, "1 bericht wacht."),
        ("coordinator/trouble.html", {"waiting": 2, "advice": "x"}, "2 berichten wachten."),
        ("coordinator/recipients.html", {"people": 1}, "1 organisatie, 1 persoon"),
        ("coordinator/recipients.html", {"people": 2}, "2 organisaties, 2 mensen"),
        (
            "coordinator/texts.html",
            {"is_handed_in": False, "drafts": [_DRAFT]},
            "<b>1 tekst · x</b>",
        ),
    ],
)
def test_one_is_said_as_one(name: str, values: dict[str, Any], said: str) -> None:
    people = values.get("people", 0)
    plan = Overview(by_channel={ChannelKind.EMAIL: people}, organisations=people)
    shown = render(
        name,
        **{
            "ended": True, "title": "x", "what": "x", "since": NOW, "plan": plan, "audiences": {},
            "to_call": [], "more": 0, "labels": {None: "x"}, **values,
        },
    )  # fmt: skip
    assert said in shown


def test_counts_that_are_told_in_a_sentence_have_a_form_for_one() -> None:
    assert telt(1, "tekst", "teksten") == "1 tekst"
    assert telt(0, "tekst", "teksten") == "0 teksten"
    told = (SHOW_UNKNOWN, PART_GO, ECHO, FOLLOWS, LATER, STANDS_STILL, IMPORT_ERRORS, UNDATED)
    for forms in (*told, *PHASE_REASONS.values()):
        one, two = counted(forms, 1), counted(forms, 2)
        assert "2" not in one
        assert "2" in two


def test_readers_of_a_text_are_not_told_how_it_was_approved() -> None:
    for form in Form:
        for audience in (Audience.PARENTS, Audience.TEACHER_PO):
            assert "gaat deze tekst niet uit" not in render_text(a_sheet(form), audience).plain


def test_where_nobody_can_be_asked_for_an_exercise_the_chat_says_why() -> None:
    values = {"people": 3, "organisations": 2}
    why = "Mensen van de echte lijst vragen kan hier niet"
    assert why in render("exercise/choose.html", can_ask=False, **values)
    assert why not in render("exercise/choose.html", can_ask=True, **values)


def test_ending_and_breaking_off_an_exercise_each_say_what_they_are_for() -> None:
    text = render("exercise/end_sure.html", title="Aanhoudingen")
    assert "<b>Beëindig</b>: u bent klaar met oefenen." in text
    assert "<b>Breek af</b>: het liep mis, of er gebeurt iets echts." in text
    off = render("exercise/over.html", title="x", ended=False, in_time=0, total=3)
    assert off.startswith("<b>De oefening is afgebroken</b>")
    assert "In deze oefening is niets meer te doen." in off
