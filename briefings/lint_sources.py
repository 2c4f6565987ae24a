"""Sources that are no sources: social media and hearsay, in the source of a fact. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import escape

from briefings.capitals import with_capital
from briefings.fact_rules import is_official, source_parts
from briefings.lint import BLOCK, Remark
from briefings.lint_rules import lint_rules
from briefings.render import Rendered
from briefings.rows import Fact


def source_remarks(facts: Iterable[Fact], text: Rendered) -> list[Remark]:
    """N4: a fact in this text, or its source under it, is of social media or hearsay."""
    rules, said = lint_rules(), f"{text.html}\n{text.telegram}"
    found = [fact.source_name for fact in facts if is_hearsay(fact.source_name) and _in(fact, said)]
    return [
        Remark("N4", BLOCK, f"{rules.places['source']}: “{name}”", rules.advice["N4_source"])
        for name in dict.fromkeys(found)
    ]


@lru_cache(maxsize=1024)
def is_hearsay(source_name: str) -> bool:
    """Whether one of the sources named together is social media or hearsay.

    A body that may confirm may say it there: *politie op Facebook* is the police.
    """
    return any(not is_official(part) and _is_rumour(part) for part in source_parts(source_name))


def _is_rumour(part: str) -> bool:
    rules = lint_rules()
    phrases = (rule for rule in rules.rules if rule.code == "N4")
    by_name = rules.sources.rumours.search(part) is not None
    return by_name or part in rules.links.social or any(rule.hit(part) for rule in phrases)


def _in(fact: Fact, said: str) -> bool:
    shown = (with_capital(fact.text), fact.source_name)
    return any(str(escape(one)) in said for one in shown)
