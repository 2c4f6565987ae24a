"""Every code that says why something goes no further has Dutch words, for whoever reads it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest
from telegram.error import Forbidden

from bot import mail_transport, overleg_stopping, telegram_transport
from bot.backup import aftercare
from bot.console.gap_texts import why_closed
from bot.console.journal_value_texts import in_words
from bot.console.recipient_texts import stands
from bot.evening.closing_held import UNHEARD
from bot.exercise import nowhere
from bot.mail_reports import NO_STATUS
from briefings import calling_off, last_look
from contacts import cancelling, departure_log, lane, marking, preparing, recovery
from contacts.directory import ChannelKind
from contacts.outbox import DeliveryStatus
from contacts.progress import Progress
from contacts.progress_texts import lines_of
from contacts.reason_texts import UNSAID, known_reason, reason_of

OUTCOMES = ("Refused", "Later", "Unknown")
SPEAKING = (
    telegram_transport, mail_transport, nowhere, lane, preparing, marking, recovery, departure_log,
)  # fmt: skip
#: what stands in the place of a part that the other side says
SAID = "550"


def written_in(module: ModuleType) -> Iterator[str]:
    """The reasons of all outcomes that the source of this module makes."""
    tree = ast.parse(inspect.getsource(module))
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id in OUTCOMES:
            given = {word.arg: word.value for word in call.keywords}
            place = 1 if call.func.id == "Later" else 0
            reasons = [*call.args[place : place + 1], given.get("reason"), given.get("if_its_own")]
            for reason in filter(None, reasons):
                yield from codes_in(reason, module, tree)


def codes_in(node: ast.expr, module: ModuleType, tree: ast.AST) -> Iterator[str]:
    """What this expression may be; a variable is whatever the module assigns to that name."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from codes_in(node.body, module, tree)
        yield from codes_in(node.orelse, module, tree)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else SAID for part in node.values
        )
    elif isinstance(node, ast.Name) and isinstance(getattr(module, node.id, None), str):
        yield getattr(module, node.id)
    elif isinstance(node, ast.Name):
        for one in ast.walk(tree):
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id:
                yield from codes_in(one.value, module, tree)


def forbidden_codes() -> Iterator[str]:
    """A 403 is told by its words; an unknown one too."""
    for said in ("bot was blocked by the user", "user is deactivated", "bot was kicked", "other"):
        yield telegram_transport._forbidden(Forbidden(said))


CODES = sorted(
    {
        *(code for module in SPEAKING for code in written_in(module)),
        *(code for _, code in (*telegram_transport.GONE, *telegram_transport.AT_FAULT)),
        *forbidden_codes(),
        *preparing.IMPOSSIBLE,
        preparing.EXERCISE_GUARD, preparing.SET_ASIDE, recovery.INTERRUPTED,
        cancelling.MAY_HAVE_IT, overleg_stopping.CHANGED, aftercare.RESTORED,
        calling_off.BY_HAND, last_look.NOT_LOOKED,
        *UNHEARD, f"bounce_{NO_STATUS}", "bounce_5.1.1",
    }
)  # fmt: skip


def test_the_codes_are_really_found() -> None:
    assert {
        "store_busy",
        "busy",
        "sender_refused",
        "not_reachable",
        "bad_address",
        "no_answer",
    } <= {*CODES}
    assert {"too_long", "no_rights", "smtp_550", "transport_550", "channel_closed"} <= {*CODES}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_dutch_words_for_every_reader(code: str) -> None:
    words = known_reason(code)
    assert words, code
    assert code not in words
    assert reason_of(code) == words
    assert lines_of(Progress(1, failed=1, reasons={code: 3}))[-1] == f"3 × {words}"
    assert code not in why_closed(code)
    assert code not in stands(ChannelKind.EMAIL, DeliveryStatus.FAILED, code)
    assert in_words("reason", code) != code


def test_a_code_that_ends_with_what_the_other_side_said_keeps_that() -> None:
    assert reason_of("smtp_550") == "de mailserver weigerde (550)"
    assert reason_of("bounce_5.1.1") == "de mail kwam terug (5.1.1)"
    assert stands(ChannelKind.EMAIL, DeliveryStatus.FAILED, "bounce_5.1.1").endswith(
        "(de mail kwam terug (5.1.1))"
    )


def test_a_code_without_words_is_said_to_be_one() -> None:
    assert reason_of("something_new") == "andere reden (something_new)"
    assert reason_of("") == reason_of(None) == UNSAID
