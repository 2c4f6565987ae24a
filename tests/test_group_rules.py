"""A group by rule: the more it asks, the fewer are in it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contacts.directory import Audience, Domain, SchoolType
from contacts.groups import Rule, Work, matches

WIJKEN = ("WK020201", "WK020202", "WK020203")
RULES = st.builds(
    Rule,
    st.frozensets(st.sampled_from(Domain)),
    st.frozensets(st.sampled_from(Audience)),
    st.frozensets(st.sampled_from(WIJKEN)),
    st.frozensets(st.sampled_from(SchoolType)),
)
SOMEBODY = st.builds(
    Work,
    st.sampled_from(Domain),
    st.frozensets(st.sampled_from(WIJKEN)),
    st.frozensets(st.sampled_from([one.value for one in Audience])),
    st.frozensets(st.sampled_from([one.value for one in SchoolType])),
)


@given(RULES, SOMEBODY)
def test_a_rule_is_all_of_its_parts_and_nobody_without_any(rule: Rule, who: Work) -> None:
    parts = [
        replace(Rule(), domains=rule.domains),
        replace(Rule(), audiences=rule.audiences),
        replace(Rule(), districts=rule.districts),
        replace(Rule(), school_types=rule.school_types),
    ]
    asked = [part for part in parts if not part.is_empty]
    assert matches(rule, who) == (bool(asked) and all(matches(part, who) for part in asked))


@given(RULES, SOMEBODY, st.sampled_from(WIJKEN))
def test_one_wijk_more_loses_nobody_who_was_in_by_wijk(rule: Rule, who: Work, wijk: str) -> None:
    wider = replace(rule, districts=rule.districts | {wijk})
    if rule.districts and matches(rule, who):
        assert matches(wider, who)
    if not rule.districts and matches(wider, who):
        assert wijk in who.districts


@given(RULES)
def test_a_rule_is_read_back_as_it_was_kept(rule: Rule) -> None:
    assert Rule.from_json(rule.to_json()) == rule


def test_a_rule_kept_before_there_were_kinds_of_school_is_read() -> None:
    old = {"domains": ["onderwijs"], "audiences": [], "districts": ["WK020201"]}
    rule = Rule.from_json(old)
    assert rule == Rule(frozenset({Domain.EDUCATION}), frozenset(), frozenset({"WK020201"}))
