"""Every detail that the house writes into its journal has a Dutch word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.console.accounts import NotAdmitted
from bot.console.journal_details import NAMES, said_of
from bot.console.journal_texts import ACTIONS, SUBJECTS
from bot.console.journal_value_texts import VALUES
from bot.console.sessions import SignInWay
from bot.mail_sorting import MailKind
from briefings.rows import BriefingKind, FactKind
from contacts.consent import ConsentKind
from contacts.directory import Audience, ChannelKind, Role
from contacts.list_check import CheckAnswer
from contacts.outbox import AcknowledgementKind, MessageKind
from feeds.rows import DismissReason
from signals.help_rows import HelpKind, HelpTopic
from signals.phases import Phase
from signals.rows import OutcomeCode, Reliability, SignalKind, Step

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("bot", "briefings", "signals", "feeds", "contacts")


def keys_written() -> Iterator[str]:
    """The keys of each ``detail={…}`` and ``detail = {…}`` in the code."""
    for package in HOUSE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "detail":
                    yield from _keys(node.value)
                if isinstance(node, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id == "detail" for one in node.targets
                ):
                    yield from _keys(node.value)


def _keys(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Dict):
        for key in value.keys:
            if isinstance(key, ast.Constant):
                yield str(key.value)


def test_each_detail_has_a_word() -> None:
    written = set(keys_written())
    assert {"severity", "count", "added"} <= written
    assert written - set(NAMES) - {"from", "to"} == set()


def actions_written() -> Iterator[str]:
    """Each whole name behind ``action=`` in the code."""
    for package in HOUSE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "action":
                    found = node.value
                    branches = (
                        [found.body, found.orelse] if isinstance(found, ast.IfExp) else [found]
                    )
                    for one in branches:
                        if isinstance(one, ast.Constant) and isinstance(one.value, str):
                            yield one.value


def test_each_action_has_a_word() -> None:
    written = set(actions_written())
    assert {"backup_planned", "call_made", "quiet_hours_set"} <= written
    assert written - set(ACTIONS) == set()


def test_a_line_says_its_details_in_dutch_and_leaves_out_what_has_no_word() -> None:
    detail = {"severity": 4, "ids": [1, 2, 3], "without_facts": True, "odd": "x"}
    assert said_of(detail) == "ernst: 4, aantal: 3, zonder bevestigd feit: ja"


def test_a_move_is_said_first() -> None:
    assert said_of({"from": "draft", "to": "submitted", "count": 2}).endswith(", aantal: 2")
    assert "→" in said_of({"from": "draft", "to": "submitted"})


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("answer", [CheckAnswer]), ("audience", [Audience]), ("channel", [ChannelKind]),
        ("code", [OutcomeCode]), ("phase", [Phase]), ("proposed", [Phase]),
        ("reliability", [Reliability]), ("role", [Role]), ("step", [Step]), ("topic", [HelpTopic]),
        ("way", [SignInWay]), ("reason", [NotAdmitted, DismissReason]),
        ("kind", [
            AcknowledgementKind, BriefingKind, ChannelKind, ConsentKind, FactKind, HelpKind,
            MailKind, MessageKind, SignalKind,
        ]),
    ],
)  # fmt: skip
def test_every_code_that_a_detail_can_hold_is_a_dutch_word(
    name: str, kinds: list[type[StrEnum]]
) -> None:
    assert [code for kind in kinds for code in kind if code.value not in VALUES[name]] == []


def test_a_line_says_codes_lists_and_moments_as_a_person_would() -> None:
    at = utc_now()
    said = said_of({"way": "link", "code": "F", "audiences": "docent_po, ouders", "noticed": {}})
    assert said == (
        "manier: met een link, code: informatie gegeven, "
        "doelgroepen: docenten basisonderwijs, ouders (via de school), opgemerkt: 0"
    )
    assert said_of({"until": at.isoformat()}).endswith(" uur")
    assert said_of({"reason": "Een zin van een mens."}) == "reden: Een zin van een mens."


def subjects_written() -> Iterator[str]:
    """The kind in each ``subject="kind…"`` and ``subject=f"kind:…"`` of the code."""
    for package in HOUSE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "subject":
                    value = node.value
                    first = value.values[0] if isinstance(value, ast.JoinedStr) else value
                    if isinstance(first, ast.Constant) and first.value:
                        yield str(first.value).partition(":")[0]


def test_each_subject_has_a_word() -> None:
    written = set(subjects_written())
    assert {"person", "phase_prompt"} <= written
    assert written - set(SUBJECTS) == set()
