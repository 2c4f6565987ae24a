"""The size of a printed text: the largest that fits, found in as few tries as can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.pdf import SIZES, next_size


@pytest.mark.parametrize(
    ("filled", "size"),
    [(2.05, 10.0), (2.2, 10.0), (2.3, 9.0), (2.6, 8.5), (4.0, 8.5)],
)
def test_a_size_at_which_it_cannot_fit_is_passed_over(filled: float, size: float) -> None:
    assert next_size(SIZES[0], filled) == size


def test_below_the_smallest_there_is_none() -> None:
    assert next_size(SIZES[-1], 2.4) is None


@given(st.sampled_from(SIZES), st.floats(2.0, 30.0))
def test_each_try_is_smaller_so_that_it_ends(size: float, filled: float) -> None:
    found = next_size(size, filled)
    assert found is None or found < size


@given(st.sampled_from(SIZES[:-1]), st.floats(2.0, 30.0), st.floats(2.0, 30.0))
def test_more_text_is_never_tried_at_a_larger_size(size: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert (next_size(size, less) or 0) >= (next_size(size, more) or 0)
