"""What a closing text says by itself: nothing of how we work, and never more than fits a screen."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from briefings.closing import closing_lines, closing_of
from briefings.drafting import texts_of
from briefings.lint import lint_text
from briefings.render import Form, render_text
from contacts.directory import Audience
from contacts.records import Database
from signals import texts
from signals.feedback import ToldAndDone, close_signal
from signals.rows import OutcomeCode, Signal, SignalKind
from tests.briefings_cast import NOW
from tests.briefings_sheets import a_sheet
from tests.closing_world import LATER, SEALER, a_closing, begun, told

LONGEST = sorted(texts.KINDS.values(), key=lambda kind: -len(kind.split()))


@pytest.mark.parametrize("kinds", [[], [SignalKind.RUMOUR]])
async def test_no_reader_is_told_that_a_mail_waits_for_its_kind(
    db: Database, kinds: list[SignalKind]
) -> None:
    async with db.begin() as session:
        cast, _ = await a_closing(session)
        number = await told(session, cast, at=LATER)
        signal = await session.get_one(Signal, number)
        signal.kinds = [SignalKind.UNSORTED.value, *(kind.value for kind in kinds)]
        await close_signal(
            session, number, OutcomeCode.F, "Dank.", who=cast.writer.who, sealer=SEALER, now=LATER
        )
        closing = await closing_of(session, cast.event.id or 0)
        assert closing.reported.startswith("Van één of twee organisaties kregen wij signalen.")
        assert ("Vooral over: geruchten." in closing.reported) is bool(kinds)
        again = await begun(session, cast, now=LATER)
        for text in await texts_of(session, again.id or 0):
            words = f"{text.plain} {text.telegram} {text.html}".lower()
            assert "per mail" not in words
            assert "nog niet gekozen" not in words


def every_order() -> list[tuple[str, ...]]:
    return [tuple(texts.DID[code] for code in order) for order in permutations(texts.DID)]


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("lapses", [True, False])
def test_the_language_check_has_nothing_to_say_about_our_own_closing_words(
    audience: Audience, lapses: bool
) -> None:
    reported = closing_lines(
        ToldAndDone(
            signals=9, organisations=2, organisations_shown=texts.FEW, still_open=0,
            told=tuple(kind.lower() for kind in LONGEST), done=(), not_done=(),
        )
    ).reported  # fmt: skip
    lapsed = dict.fromkeys(Audience, NOW + timedelta(hours=3)) if lapses else {}
    for done in every_order():
        sheet = a_sheet(
            Form.CLOSING, reported=reported, done=done, not_done=tuple(texts.DID_NOT.values()),
            lapsed=lapsed,
        )  # fmt: skip
        assert lint_text(render_text(sheet, audience)) == []


def test_a_closing_chat_tells_all_that_fits_and_the_page_tells_the_rest() -> None:
    few = render_text(a_sheet(Form.CLOSING, done=("Wij gaven informatie.",)), Audience.PARENTS)
    assert "Wij gaven informatie." in few.telegram
    text = render_text(a_sheet(Form.CLOSING, done=tuple(texts.DID.values())), Audience.PARENTS)
    assert texts.DID[OutcomeCode.A] in text.telegram
    assert all(line in text.plain for line in texts.DID.values())
