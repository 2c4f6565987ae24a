"""Words that a newcomer stumbled over: capitals with accents, singulars, names of roles."""

from __future__ import annotations

from typing import Any

from bot.chat.coordinator.text_forms import with_headings
from bot.chat.render import render
from briefings.capitals import with_capital
from briefings.counting import Overview
from contacts.directory import Role
from contacts.importing.texts import NEW_ROLE, ROLE_NAMES


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
            plan=Overview(**plan), names={}, held=[],
        )  # fmt: skip

    later = asked(passed_over=1, still_to_call=1)
    assert "Niemand komt erbij op de bellijst. 1 persoon zonder werkend kanaal kreeg" in later
    assert "Nog te bellen over een eerdere tekst: 1." in later
    assert "Nog te bellen" not in asked(passed_over=1)
    assert "Nog te bellen over een eerdere tekst: 2." in asked(still_to_call=2)


def test_a_heading_of_a_plain_text_is_bold_in_the_chat() -> None:
    shown = with_headings("Wat is er <gebeurd>\n----------\nEen knal.")
    assert shown == "<b>Wat is er &lt;gebeurd&gt;</b>\nEen knal."


def test_a_promise_that_lapses_stands_on_a_line_of_its_own() -> None:
    text = render("coordinator/drafted.html", kind="Afsluiting", closes=True, lapses=["vrijdag"])
    assert "dien het in.\n<b>Let op:</b>" in text
