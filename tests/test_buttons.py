"""Button data round-trips and fits 64 bytes; odd data never raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.buttons import (
    MAX_BYTES,
    ButtonTooLong,
    Tap,
    data,
    parse,
    short,
    with_delivery,
)

parts = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_.-", min_size=1, max_size=8)


@given(parts, st.lists(parts, max_size=4), st.integers(0, 36**8))
def test_what_goes_out_comes_back(verb: str, args: list[str], delivery_id: int) -> None:
    wire = with_delivery(data(verb, *args), delivery_id)
    assert len(wire.encode()) <= MAX_BYTES
    assert parse(wire) == Tap(verb, tuple(args), delivery_id)


@given(st.text(max_size=80))
def test_forged_or_old_data_is_a_tap_and_never_an_error(wire: str) -> None:
    parse(wire)


def test_too_long_and_forbidden_characters_are_refused() -> None:
    with pytest.raises(ButtonTooLong):
        data("verb", "x" * 60)
    for wrong in ("a:b", "a~b", "é", "a b"):
        with pytest.raises(ValueError, match="button data"):
            data("verb", wrong)


def test_a_missing_or_odd_argument_is_an_old_button() -> None:
    assert parse("ok:12").number(0) == 12
    for wire in ("ok", "ok:x"):
        with pytest.raises(ValueError, match=r"."):
            parse(wire).number(0)


def test_a_long_label_ends_after_a_word() -> None:
    name = "Aanhouding in Presikhaaf na een inval door de politie, zondag 29 november"
    assert short(name) == "Aanhouding in Presikhaaf na een inval door de politie…"
    assert short("Aanhouding, 29 november") == "Aanhouding, 29 november"
    assert short("x" * 80) == "x" * 59 + "…"


@given(st.text(max_size=120), st.integers(12, 64))
def test_a_label_never_grows_and_never_passes_its_limit(label: str, limit: int) -> None:
    assert len(short(label, limit)) <= limit
