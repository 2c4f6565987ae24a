"""A group by rule: the more it asks, the fewer are in it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contacts.directory import Audience, Domain
from contacts.groups import Rule, matches

WIJKEN = ("WK020201", "WK020202", "WK020203")
RULES = st.builds(
    Rule,
    st.frozensets(st.sampled_from(Domain)),
    st.frozensets(st.sampled_from(Audience)),
    st.frozensets(st.sampled_from(WIJKEN)),
)
SOMEBODY = st.tuples(
    st.sampled_from(Domain),
    st.none() | st.sampled_from(WIJKEN),
    st.lists(st.sampled_from([one.value for one in Audience]), unique=True),
)


@given(RULES, SOMEBODY)
def test_a_rule_is_all_of_its_parts_and_nobody_without_any(
    rule: Rule, who: tuple[Domain, str | None, list[str]]
) -> None:
    parts = [
        replace(Rule(), domains=rule.domains),
        replace(Rule(), audiences=rule.audiences),
        replace(Rule(), districts=rule.districts),
    ]
    asked = [part for part in parts if not part.is_empty]
    assert matches(rule, *who) == (bool(asked) and all(matches(part, *who) for part in asked))


@given(RULES, SOMEBODY, st.sampled_from(WIJKEN))
def test_one_wijk_more_loses_nobody_who_was_in_by_wijk(
    rule: Rule, who: tuple[Domain, str | None, list[str]], wijk: str
) -> None:
    wider = replace(rule, districts=rule.districts | {wijk})
    if rule.districts and matches(rule, *who):
        assert matches(wider, *who)
    if not rule.districts and matches(wider, *who):
        assert who[1] == wijk


@given(RULES)
def test_a_rule_is_read_back_as_it_was_kept(rule: Rule) -> None:
    assert Rule.from_json(rule.to_json()) == rule
